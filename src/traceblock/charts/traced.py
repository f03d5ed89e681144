"""Pictures of Part I: a swarm, the order of its pieces, and what a monitor's records are worth."""

from typing import Any

import altair as alt
import pandas as pd

from traceblock import arguments, swarm
from traceblock.charts import needs, parts, theme

_TRUTHS = dict(zip(swarm.TRUTHS, (theme.BLUE, theme.SKY, theme.ORANGE), strict=True))
_WAITING, _READY = "arrived, cannot be played yet", "playable without a gap"


def over_time(
    table: pd.DataFrame, title: str = "Who comes, and for how long", what: str = "peers"
) -> alt.TopLevelMixin:
    """Return counts over time, a line for each series.

    Parameters
    ----------
    table : DataFrame
        ``time`` (datetime64[s, UTC]), ``series`` (text, four at most), ``peers`` (count).
    title : str
        What the lines show.
    what : str
        What is counted, if it is not peers.
    """
    arguments.text("what", what)
    table = needs.table("table", table, time=needs.time, series=needs.text, peers=needs.amount)
    names = list(dict.fromkeys(table["series"]))
    peaks = table.loc[table.groupby("series", sort=False)["peers"].idxmax()]
    highest = [f"{row.series}: at most {row.peers:,} on {row.time:%Y-%m-%d}" for row in peaks.itertuples()]
    days = (table["time"].max() - table["time"].min()).days
    return theme.finish(
        alt.Chart(table.assign(time=table["time"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")))
        .mark_line(interpolate="step-after", strokeWidth=1.8)
        .encode(
            x=alt.X(
                "time:T",
                title="date (day, UTC)",
                scale=alt.Scale(type="utc"),
                axis=alt.Axis(
                    format="%d %b",
                    labelFlush=True,
                    tickCount="day" if days <= 14 else "week" if days <= 70 else "month",
                ),
            ),
            y=alt.Y("peers:Q", title=f"{what} (count)", scale=alt.Scale(zero=True)),
            **parts.lines_by("series", names),
            tooltip=parts.tooltip("series", "time", "peers"),
        ),
        title=title,
        description=f"{what.capitalize()} over time. {'; '.join(highest)}.",
        height=260,
    )


def pieces(transfers: pd.DataFrame, pieces: int) -> alt.TopLevelMixin:
    """Return the viewer's pieces as a grid, step across and piece down: missing, arrived, playable.

    Parameters
    ----------
    transfers : DataFrame
        As from `traceblock.swarm.exchange`.
    pieces : int
        Of the whole file.
    """
    table = swarm.arrivals(transfers, pieces)
    end = int(table["playable"].max()) + 1
    waiting = table.assign(state=_WAITING, until=table["playable"])
    ready = table.assign(state=_READY, arrived=table["playable"], until=end)
    shown = pd.concat([waiting[waiting["arrived"] < waiting["until"]], ready], ignore_index=True)
    shown["number"] = shown["piece"] + 1
    half = table["arrived"].sort_values(ignore_index=True)[(pieces - 1) // 2]
    playable = (table["playable"] <= half).mean()
    return theme.finish(
        alt.Chart(shown)
        .mark_bar(stroke="white", strokeWidth=0.5)
        .encode(
            x=alt.X(
                "arrived:Q",
                title="time (steps)",
                scale=alt.Scale(domain=[0, end], nice=False),
                axis=alt.Axis(zindex=1, gridColor="white", gridOpacity=0.6, values=_every_step(end)),
            ),
            x2=alt.X2("until:Q"),
            y=alt.Y(
                "number:O",
                title="piece (number)",
                axis=alt.Axis(ticks=False, labelOverlap=True),
                scale=_TIGHT,
            ),
            color=parts.coloured("state", {_WAITING: theme.SKY, _READY: theme.BLUE}),
            tooltip=parts.tooltip("number", "state", "arrived", "until"),
        ),
        title="What arrived, and what can be played",
        description=f"Grid of {pieces} pieces over {end - 1} steps, a row each, the first at the top. "
        f"When half of them have arrived, at step {half}, {playable:.0%} of the film can be played "
        "without a gap.",
        height=max(180, min(9 * pieces, 420)),
    )


def playable(table: pd.DataFrame) -> alt.TopLevelMixin:
    """Return how much can be played over time, a line for each order.

    Parameters
    ----------
    table : DataFrame
        ``step``, ``order`` (text, four at most), ``playable`` (share); see `traceblock.swarm.progress`.
    """
    table = needs.table("table", table, step=needs.count, order=needs.text, playable=needs.share)
    names = list(dict.fromkeys(table["order"]))
    first = [
        f"{name}: a tenth from step {rows.loc[rows['playable'] >= 0.1, 'step'].min()}"
        for name, rows in table.groupby("order", sort=False)
    ]
    return theme.finish(
        alt.Chart(table)
        .mark_line(interpolate="step-after", strokeWidth=2)
        .encode(
            x=alt.X(
                "step:Q", title="time (steps)", axis=alt.Axis(values=_every_step(int(table["step"].max())))
            ),
            y=alt.Y("playable:Q", title="playable without a gap (%)", axis=alt.Axis(format="%")),
            **parts.lines_by("order", names),
            tooltip=parts.tooltip("order", "step", "playable"),
        ),
        title="Order decides when the film can start",
        description=f"Share of the film that can be played, over time. {'; '.join(first)}.",
        height=240,
    )


def evidence(
    tally: pd.DataFrame, title: str = "How far a record got, and what is true", what: str = "records"
) -> alt.TopLevelMixin:
    """Return the ladder of evidence with its counts, coloured by what is true of them.

    Parameters
    ----------
    tally : DataFrame
        As from `traceblock.swarm.tally`.
    title : str
        What the bars show.
    what : str
        What is counted, if it is not records.
    """
    arguments.text("what", what)
    kinds = {"evidence": needs.one_of(swarm.EVIDENCE), "truth": needs.one_of(swarm.TRUTHS)}
    tally = needs.table("tally", tally, **kinds, records=needs.amount)
    shown = tally.astype({"evidence": str, "truth": str})
    shown["rank"] = shown["truth"].map({truth: i for i, truth in enumerate(swarm.TRUTHS)})
    order = list(reversed(swarm.EVIDENCE))
    y = alt.Y("evidence:N", sort=order, axis=None)
    names = pd.DataFrame({"name": [_rung_name(shown, rung) for rung in order], "evidence": order})
    return theme.finish(
        alt.layer(
            alt.Chart(shown[shown["records"] > 0])
            .mark_bar(size=16, opacity=1, yOffset=8)
            .encode(
                y=y,
                x=alt.X("records:Q", title=f"{what} (count)", axis=alt.Axis(tickMinStep=1, tickCount=6)),
                color=parts.coloured("truth", _TRUTHS),
                order=alt.Order("rank:Q"),
                tooltip=parts.tooltip("evidence", "truth", "records"),
            ),
            parts.row_names(names, y, dy=-9),
        ),
        title=title,
        description="Stacked bars by the rung reached. " + "; ".join(names["name"]) + ".",
        height=46 * len(order),
    )


def precision(curves: pd.DataFrame, now: pd.DataFrame | None = None) -> alt.TopLevelMixin:
    """Return how often a flag is right, over how common the thing is, a line for each test.

    Parameters
    ----------
    curves : DataFrame
        ``prior`` (share, above 0), ``precision`` (share), ``test`` (text, four at most).
    now : DataFrame, optional
        Points to mark, with the same columns.
    """
    kinds = {"prior": needs.above_0, "precision": needs.share, "test": needs.text}
    curves = needs.table("curves", curves, **kinds)
    if now is not None:
        now = needs.any_rows("now", now, **kinds)
    names = list(dict.fromkeys(curves["test"]))
    x = alt.X(
        "prior:Q",
        title="share that downloads (%)",
        scale=alt.Scale(type="log", nice=False),
        axis=alt.Axis(values=[10.0**-i for i in range(6, -1, -1)], format="~%"),
    )
    y = alt.Y(
        "precision:Q",
        title="flags that are right (%)",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format="%", tickCount=5),
    )
    layers: list[Any] = [
        alt.Chart(curves)
        .mark_line(strokeWidth=2)
        .encode(
            x=x, y=y, **parts.lines_by("test", names), tooltip=parts.tooltip("test", "prior", "precision")
        )
    ]
    points = curves.iloc[:0] if now is None else now
    layers.append(
        alt.Chart(points)
        .mark_point(filled=True, size=120, color=theme.VERMILION, opacity=1)
        .encode(x=x, y=y, tooltip=parts.tooltip("test", "prior", "precision"))
    )
    at = [f"{row.test}: {row.precision:.1%} at a prior of {row.prior:.4%}" for row in points.itertuples()]
    ends = [
        f"{name}: from {rows['precision'].iloc[0]:.1%} to {rows['precision'].iloc[-1]:.1%}"
        for name, rows in curves.groupby("test", sort=False)
    ]
    return theme.finish(
        alt.layer(*layers),
        title="The rarer the thing, the less a flag means",
        description="Share of flags that are right, over the share of lines that download, which goes from "
        f"{curves['prior'].min():.4%} to {curves['prior'].max():.0%}. {'; '.join(ends + at)}.",
        height=260,
    )


def estimates(table: pd.DataFrame, title: str = "Estimates beside the truth") -> alt.TopLevelMixin:
    """Return estimates of a swarm's size with their intervals, each beside the truth.

    Parameters
    ----------
    table : DataFrame
        ``label`` (text, one a row), ``estimate``, ``low``, ``high``, ``truth`` (all in peers).
    title : str
        What the rows show.
    """
    sizes = dict.fromkeys(["estimate", "low", "high", "truth"], needs.number)
    table = needs.table("table", table, label=needs.text, **sizes)
    y = alt.Y("label:N", sort=list(table["label"]), axis=None)
    base = alt.Chart()
    tooltip = parts.tooltip("label", "estimate", "low", "high", "truth")
    scale = alt.Scale(zero=False, padding=12)
    marks = {"estimate with 95% interval": theme.BLUE, "truth": theme.VERMILION}
    colour = parts.coloured("mark", marks)
    shapes = alt.Scale(domain=list(marks), range=["circle", "diamond"])
    shape = alt.Shape("mark:N", title=None, legend=theme.legend(), scale=shapes)
    both = [base.transform_calculate(mark=repr(mark)) for mark in marks]
    points: dict[str, Any] = {"filled": True, "size": 110, "opacity": 1, "yOffset": 8}
    return theme.finish(
        alt.layer(
            base.mark_rule(strokeWidth=3, color=theme.SKY, yOffset=8).encode(
                y=y,
                x=alt.X("low:Q", title="peers (count)", scale=scale, axis=alt.Axis(tickCount=6)),
                x2=alt.X2("high:Q"),
            ),
            both[0]
            .mark_point(**points)
            .encode(
                y=y,
                x=alt.X("estimate:Q", title="peers (count)", scale=scale),
                color=colour,
                shape=shape,
                tooltip=tooltip,
            ),
            both[1]
            .mark_point(**points)
            .encode(
                y=y,
                x=alt.X("truth:Q", title="peers (count)", scale=scale),
                color=colour,
                shape=shape,
                tooltip=tooltip,
            ),
            base.mark_text(align="left", fontWeight="bold", dy=-9).encode(
                x=alt.value(0), y=y, text=alt.Text("label:N")
            ),
            data=table[["label", "estimate", "low", "high", "truth"]],
        ),
        title=title,
        description="; ".join(
            f"{row.label}: estimate {row.estimate:,.0f}, 95% interval {row.low:,.0f} to {row.high:,.0f}, "
            f"truth {row.truth:,.0f}"
            for row in table.itertuples()
        )
        + ".",
        height=46 * len(table),
    )


_TIGHT = alt.Scale(paddingInner=0, paddingOuter=0)


def _every_step(last: int) -> list[int]:
    """Return where the ticks of a time axis are: at whole steps, twenty at most."""
    return list(range(0, last + 1, 1 + last // 20))


def _rung_name(tally: pd.DataFrame, rung: str) -> str:
    rows = tally[tally["evidence"] == rung]
    total = int(rows["records"].sum())
    if not total:
        return f"{rung}: none"
    right = int(rows.loc[rows["truth"] == swarm.TRUTHS[0], "records"].sum())
    return f"{rung}: {total:,}, {right / total:.0%} in the swarm"
