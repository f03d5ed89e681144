"""Explorers: controls on top, a chart, and a sentence that says what it shows."""

from traceblock.explore.blocked import coverage, effect, look_up, reach, succession
from traceblock.explore.named import attribution, disclosure, funnel, household
from traceblock.explore.recorded import record
from traceblock.explore.traced import monitor, pieces, precision, size, swarm

__all__ = [
    "attribution",
    "coverage",
    "disclosure",
    "effect",
    "funnel",
    "household",
    "look_up",
    "monitor",
    "pieces",
    "precision",
    "reach",
    "record",
    "size",
    "succession",
    "swarm",
]
