"""Pieces that several charts are put together from."""

from typing import Any

import altair as alt
import pandas as pd

from traceblock.charts import theme

_LINES = [theme.BLUE, theme.ORANGE, theme.GREEN, theme.PURPLE]
_DASHES = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3]]


def tooltip(*columns: str) -> list[alt.Tooltip]:
    """Return a tooltip that shows columns as they are in the table."""
    return [alt.Tooltip(column, type="nominal") for column in columns]


def row_names(names: pd.DataFrame, y: alt.Y, dy: int) -> Any:
    """Return names above their rows: there they need no margin, so a narrow page can hold them."""
    size = alt.ExprRef(f"{theme.NARROW} ? 10.5 : 12")
    mark = alt.Chart(names).mark_text(align="left", fontWeight="bold", fontSize=size, dy=dy)
    return mark.encode(x=alt.value(0), y=y, text=alt.Text(f"{names.columns[0]}:N"))


def lines_by(column: str, names: list[str]) -> dict[str, Any]:
    """Return colour and dash for a few lines, so that they are told apart without colour too."""
    if len(names) > len(_LINES):
        raise ValueError(f"{column}: {len(names)} lines, {len(_LINES)} at most")
    number = len(names)
    return {
        "color": alt.Color(
            f"{column}:N",
            title=None,
            legend=theme.legend(),
            sort=names,
            scale=alt.Scale(domain=names, range=_LINES[:number]),
        ),
        "strokeDash": alt.StrokeDash(
            f"{column}:N",
            title=None,
            legend=theme.legend(),
            sort=names,
            scale=alt.Scale(domain=names, range=_DASHES[:number]),
        ),
    }
