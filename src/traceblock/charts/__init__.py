"""From a table to a chart, with the course's theme and renderer; other charts keep theirs."""

import sys

# Altair imports jsonschema, which compiles 38 grammars for formats of links if it finds this package, as it
# does beside JupyterLab: half of a lesson's start, and no chart's schema has such a format.
_GRAMMARS = "rfc3987_syntax"
if _spare := _GRAMMARS not in sys.modules:
    sys.modules[_GRAMMARS] = None  # type: ignore[assignment]
try:
    from traceblock.charts import blocked, named, record, theme, traced
finally:
    if _spare:
        del sys.modules[_GRAMMARS]

__all__ = ["blocked", "named", "record", "theme", "traced"]
