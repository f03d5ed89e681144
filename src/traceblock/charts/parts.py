"""Pieces that several charts are put together from."""

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from traceblock import arguments
from traceblock.charts import needs, theme

_LINES = [theme.BLUE, theme.ORANGE, theme.GREEN, theme.PURPLE]
_DASHES = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3]]
_POINTS = ["circle", "square", "diamond", "triangle-up", "cross", "triangle-down"]
_COLOURS = [*_LINES, theme.SKY, theme.VERMILION]
#: A bar below the name of its row.
BAR: dict[str, Any] = {"size": 16, "opacity": 1, "yOffset": 8, "stroke": "white", "strokeWidth": 0.5}


def tooltip(*columns: str) -> list[alt.Tooltip]:
    """Return a tooltip that shows columns as they are in the table."""
    return [alt.Tooltip(column, type="nominal") for column in columns]


def row_names(names: pd.DataFrame, y: alt.Y, dy: int) -> Any:
    """Return names above their rows: there they need no margin, so a narrow page can hold them.

    The names are the first column, or, where `layout.wrapped` has broken them, ``narrow`` and ``wide``.
    """
    said, chart = f"{names.columns[0]}:N", alt.Chart(names)
    mark: dict[str, Any] = {"dy": dy}
    if "narrow" in names:
        said, chart = "text:N", chart.transform_calculate(text=theme.FITTING)
        mark = {"dy": theme.lines_up(1, -dy), "lineBreak": "\n"}
    size = alt.ExprRef(f"{theme.NARROW} ? 10.5 : 12")
    text = chart.mark_text(align="left", fontWeight="bold", fontSize=size, **mark)
    return text.encode(x=alt.value(0), y=y, text=alt.Text(said))


def coloured(column: str, colours: Mapping[str, str]) -> alt.Color:
    """Return the colour that each value of a column has, with a legend in the same order."""
    scale = alt.Scale(domain=list(colours), range=list(colours.values()))
    return alt.Color(f"{column}:N", title=None, legend=theme.legend(), scale=scale)


def lines_by(column: str, names: list[str]) -> dict[str, Any]:
    """Return colour and dash for a few lines, so that they are told apart without colour too."""
    if len(names) > len(_LINES):
        raise ValueError(f"{column}: {len(names)} lines, {len(_LINES)} at most")
    shared: dict[str, Any] = {"title": None, "legend": theme.legend(), "sort": names}
    colours, dashes = (alt.Scale(domain=names, range=signs[: len(names)]) for signs in (_LINES, _DASHES))
    return {
        "color": alt.Color(f"{column}:N", scale=colours, **shared),
        "strokeDash": alt.StrokeDash(f"{column}:N", scale=dashes, **shared),
    }


def points_by(column: str, names: list[str]) -> tuple[alt.Color, alt.Shape]:
    """Return colour and shape for a few kinds of points, so that they are told apart without colour too."""
    if len(names) > len(_POINTS):
        raise ValueError(f"{column}: {len(names)} kinds of points, {len(_POINTS)} at most")
    shapes = alt.Scale(domain=names, range=_POINTS[: len(names)])
    shape = alt.Shape(f"{column}:N", title=None, legend=theme.legend(), sort=names, scale=shapes)
    return coloured(column, dict(zip(names, _COLOURS, strict=False))), shape


def ticks(highest: int) -> list[int]:
    """Return whole numbers from 0 to at most the highest, in steps of 1, 2 or 5 times a power of ten."""
    power = 10 ** max(0, len(str(highest)) - 2)
    step = next(step for step in (1, 2, 5, 10, 20) if step * power * 6 >= highest) * power
    return list(range(0, highest + 1, step))


def powers(highest: float) -> list[int]:
    """Return the powers of ten from 1 to a number, as ticks of a logarithmic axis."""
    return [10**power for power in range(len(str(int(highest))))]


def stacked(
    table: pd.DataFrame,
    row: str,
    kind: str,
    count: str,
    colours: Mapping[str, str],
    title: str,
    what: str,
    share: bool = True,
) -> alt.TopLevelMixin:
    """Return a stacked bar for each row, of shares or of counts; the row's name says the numbers."""
    arguments.text("what", what)
    kinds = {row: needs.text, kind: needs.one_of(colours), count: needs.amount}
    table = needs.table("table", table, **kinds)
    cells = table.astype({row: str, kind: str}).groupby([row, kind], sort=False)[count].sum()
    shown = cells.reset_index()
    order = list(dict.fromkeys(shown[row]))
    shown["rank"] = shown[kind].map({name: i for i, name in enumerate(colours)})
    shown["whole"] = shown.groupby(row)[count].transform("sum")
    shown["part"] = shown[count] / shown["whole"].where(shown["whole"] > 0)
    shown = shown.sort_values("rank", kind="stable")
    said = [_said(shown[shown[row] == name], name, kind, count, share) for name in order]
    names = pd.DataFrame({"name": said, row: order})
    y = alt.Y(f"{row}:N", sort=order, axis=None)
    if share:
        x = alt.X(
            "part:Q",
            title=f"{what} (%)",
            axis=alt.Axis(format="%", tickCount=5),
            scale=alt.Scale(domain=[0, 1]),
        )
    else:
        x = alt.X(f"{count}:Q", title=f"{what} (count)", axis=alt.Axis(tickMinStep=1, tickCount=5))
    used = [name for name in colours if name in set(shown.loc[shown[count] > 0, kind])]
    return theme.finish(
        alt.layer(
            alt.Chart(shown[shown[count] > 0])
            .mark_bar(**BAR)
            .encode(
                y=y,
                x=x,
                color=coloured(kind, {name: colours[name] for name in used}),
                order=alt.Order("rank:Q"),
                tooltip=tooltip(row, kind, count),
            ),
            row_names(names, y, dy=-9),
        ),
        title=title,
        description=f"Stacked bars of {what}. {'; '.join(said)}.",
        height=46 * len(order),
    )


def _said(rows: pd.DataFrame, name: str, kind: str, count: str, share: bool) -> str:
    """Return a row's name and its first figure, as they stand above the bar."""
    top = rows[rows[count] > 0]
    if top.empty:
        return f"{name}: none"
    first = top.iloc[0]
    return (
        f"{name}: {first['part']:.0%} {first[kind]}" if share else f"{name}: {first[count]:,} {first[kind]}"
    )
