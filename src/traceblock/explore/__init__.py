"""Explorers: controls on top, a chart, and a sentence that says what it shows."""

from traceblock.explore.recorded import record

__all__ = ["record"]
