"""Explorers: controls on top, a chart, and a sentence that says what it shows."""

from traceblock.explore.recorded import record
from traceblock.explore.traced import monitor, pieces, precision, size, swarm

__all__ = ["monitor", "pieces", "precision", "record", "size", "swarm"]
