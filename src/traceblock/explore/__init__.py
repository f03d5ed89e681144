"""Explorers: controls on top, a chart, and a sentence that says what it shows."""

from traceblock.explore.named import attribution, disclosure, funnel, household
from traceblock.explore.recorded import record
from traceblock.explore.traced import monitor, pieces, precision, size, swarm

__all__ = [
    "attribution",
    "disclosure",
    "funnel",
    "household",
    "monitor",
    "pieces",
    "precision",
    "record",
    "size",
    "swarm",
]
