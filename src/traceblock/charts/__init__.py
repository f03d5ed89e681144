"""From a table to a chart. Importing this enables the course's theme and renderer."""

from traceblock.charts import theme as theme
