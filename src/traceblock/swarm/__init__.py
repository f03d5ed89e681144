"""Part I, Traced: a swarm, an observer of it, and what the observer's records prove."""

from traceblock.swarm.evidence import (
    EVIDENCE,
    Size,
    coincidences,
    coverage,
    estimate_size,
    ladder,
    precision,
)
from traceblock.swarm.monitor import Monitor, observe
from traceblock.swarm.peers import Release, counts, present, sessions, simulate

__all__ = [
    "EVIDENCE",
    "Monitor",
    "Release",
    "Size",
    "coincidences",
    "counts",
    "coverage",
    "estimate_size",
    "ladder",
    "observe",
    "precision",
    "present",
    "sessions",
    "simulate",
]
