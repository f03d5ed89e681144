"""From a table to a chart. Importing this enables the course's theme and renderer."""

from traceblock.charts import record, theme

__all__ = ["record", "theme"]
