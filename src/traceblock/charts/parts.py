"""Pieces that several charts are put together from."""

from typing import Any

import altair as alt
import pandas as pd


def tooltip(*columns: str) -> list[alt.Tooltip]:
    """Return a tooltip that shows columns as they are in the table."""
    return [alt.Tooltip(column, type="nominal") for column in columns]


def row_names(names: pd.DataFrame, y: alt.Y, dy: int) -> Any:
    """Return names above their rows: there they need no margin, so a narrow page can hold them."""
    mark = alt.Chart(names).mark_text(align="left", fontWeight="bold", dy=dy)
    return mark.encode(x=alt.value(0), y=y, text=alt.Text(f"{names.columns[0]}:N"))
