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
from traceblock.swarm.pieces import ORDERS, arrivals, exchange, progress
from traceblock.swarm.records import TRUTHS, by_day, recaptures, strongest, tally

__all__ = [
    "EVIDENCE",
    "ORDERS",
    "TRUTHS",
    "Monitor",
    "Release",
    "Size",
    "arrivals",
    "by_day",
    "coincidences",
    "counts",
    "coverage",
    "estimate_size",
    "exchange",
    "ladder",
    "observe",
    "precision",
    "present",
    "progress",
    "recaptures",
    "sessions",
    "simulate",
    "strongest",
    "tally",
]
