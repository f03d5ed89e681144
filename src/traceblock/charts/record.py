"""Pictures of the record: when, who asks whom for what, and reported beside established figures."""

from typing import Any

import altair as alt
import pandas as pd

from traceblock import cases
from traceblock.charts import layout, theme

_UTC = alt.Scale(type="utc", nice="year", padding=10)
_COLOUR = alt.Color("status:N", title=None, scale=alt.Scale(**theme.STATUS_COLOURS))
_SHAPE = alt.Shape("status:N", title=None, scale=alt.Scale(**theme.STATUS_SHAPES))


def timeline(events: pd.DataFrame) -> alt.LayerChart:
    """Return the events of several cases as marks on one time axis, a row for each case.

    Parameters
    ----------
    events : DataFrame
        Rows of `traceblock.cases.timeline`.
    """
    shown = events.assign(title=events["case"].map(cases.TITLES), what=events["actor"] + " " + events["event"])
    order = [title for title in cases.TITLES.values() if title in set(shown["title"])]
    base = alt.Chart(shown).encode(y=alt.Y("title:N", sort=order, title=None))
    spans = base.mark_rule(color=theme.RULE, strokeWidth=6, strokeCap="round").encode(
        x=alt.X("min(date):T", title="date (year)", scale=_UTC), x2="max(date):T"
    )
    marks = base.mark_point(filled=True, size=110, opacity=0.85, stroke="white", strokeWidth=1).encode(
        x=alt.X("date:T", scale=_UTC), color=_COLOUR, shape=_SHAPE, tooltip=["date:N", "what:N", "status:N", "source:N"]
    )
    return theme.finish(
        alt.layer(spans, marks),
        title="A headline is one mark on a long line",
        description=f"Timeline of {len(shown)} events in {len(order)} cases: {', '.join(order)}. Every mark is one "
        "event; its colour and shape say whether it is reported, disputed or established.",
        height=56 * len(order),
    )


def events(events: pd.DataFrame) -> alt.LayerChart:
    """Return the events of one case, each in words above its mark on the time axis.

    Parameters
    ----------
    events : DataFrame
        Rows of `traceblock.cases.timeline` of one case.
    """
    title = ", ".join(events["case"].map(cases.TITLES).unique())
    words = events["date"] + " · " + events["actor"] + " " + events["event"]
    shown = layout.wrapped(events.assign(row=range(len(events))), words, narrow=46, wide=200)
    base = alt.Chart(shown).transform_calculate(text=theme.FITTING)
    y = alt.Y("row:Q", axis=None, scale=alt.Scale(domain=[-0.9, len(shown) - 0.6], reverse=True, nice=False))
    tracks = base.mark_rule(color=theme.RULE).encode(y=y)
    marks = base.mark_point(filled=True, size=120, opacity=1).encode(
        x=alt.X("date:T", title="date (year)", scale=_UTC),
        y=y,
        color=_COLOUR,
        shape=_SHAPE,
        tooltip=["date:N", "actor:N", "event:N", "status:N", "source:N"],
    )
    above = base.mark_text(align="left", baseline="bottom", dy=-9, lineBreak="\n").encode(
        x=alt.value(0), y=y, text="text:N"
    )
    return theme.finish(
        alt.layer(tracks, marks, above),
        title=f"{title}: what happened",
        description=f"Timeline of {len(shown)} events, {title}: {'; '.join(words)}.",
        height=52 * (len(shown) + 0.3),
    )


def requests(requests: pd.DataFrame) -> alt.LayerChart:
    """Return who asks whom for what as a directed graph that reads from left to right.

    Parameters
    ----------
    requests : DataFrame
        Rows of `traceblock.cases.actors`.
    """
    asking, middle, asked = layout.three_columns(requests)
    middle = layout.wrapped(middle, middle["for_what"], narrow=16, wide=40)
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[-0.9, len(middle) - 0.4], reverse=True, nice=False))
    sentences = requests["actor"] + " asks " + requests["asks"] + " for " + requests["for_what"]
    edges = alt.Chart(middle)
    return theme.finish(
        alt.layer(
            *(
                edges.mark_rule(strokeWidth=2, opacity=0.75).encode(
                    x=_across(begin), x2=alt.datum(end), y=alt.Y(f"{here}:Q"), y2=alt.Y2(there), color=_COLOUR
                )
                for begin, end, here, there in ((0.25, 0.33, "y_asking", "y"), (0.67, 0.745, "y", "y_asked"))
            ),
            edges.mark_point(shape="triangle-right", filled=True, size=90, opacity=1).encode(
                x=_across(0.75), y="y_asked:Q", color=_COLOUR
            ),
            edges.transform_calculate(text=theme.FITTING)
            .mark_text(lineBreak="\n", fontSize=11)
            .encode(x=_across(0.5), y=y, text="text:N", tooltip=["date:N", "status:N", "source:N"]),
            *_parties(asking, 0.24, "right"),
            *_parties(asked, 0.765, "left"),
            *(
                alt.Chart().mark_text(align=align, color=theme.MUTED, fontSize=11).encode(
                    x=_across(x), y=alt.datum(-0.75), text=alt.datum(heading)
                )
                for x, align, heading in ((0.24, "right", "who asks"), (0.5, "center", "for what"), (0.765, "left", "of whom"))
            ),
        ),
        title=", ".join(requests["case"].map(cases.TITLES).unique()) + ": who asks whom for what",
        description=f"Graph of {len(requests)} requests, read from left to right: {'; '.join(sentences)}.",
        height=54 * (len(middle) + 0.5),
    )


def compared(facts: pd.DataFrame) -> alt.LayerChart:
    """Return figures of the same name side by side, each as a share of the largest of its name.

    Parameters
    ----------
    facts : DataFrame
        Rows of `traceblock.cases.facts` with numeric units, two or more for each fact.
    """
    numbers = pd.Series(
        [float(value) for value in facts["value"]], index=facts.index, dtype="float64"
    )
    laid = layout.figures(facts, cases.STATUSES, numbers)
    laid["figure"] = [f"{number:,.10g} {unit}" for number, unit in zip(laid["number"], laid["unit"], strict=True)]
    laid["name"] = laid["fact"].str.replace("_", " ")
    rows = laid["y"].max() + 1
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[-0.6, rows - 0.4], reverse=True, nice=False))
    x = alt.X(
        "share:Q",
        title="share of the largest figure of the same name (%)",
        scale=alt.Scale(domain=[0, 1.6], nice=False),
        axis=alt.Axis(values=[0, 0.25, 0.5, 0.75, 1], format="%"),
    )
    base = alt.Chart(laid).encode(x=x, y=y, tooltip=["fact:N", "figure:N", "status:N", "date:N", "source:N", "note:N"])
    names = laid.drop_duplicates("y_name")
    return theme.finish(
        alt.layer(
            base.mark_bar(size=16, opacity=1).encode(color=_COLOUR),
            base.mark_text(align="left", dx=5).encode(text="figure:N"),
            alt.Chart(names).mark_text(align="left", fontWeight="bold", dy=4).encode(
                x=alt.value(0), y="y_name:Q", text="name:N"
            ),
        ),
        title="The same fact, as reported and as it turned out",
        description=f"Bars for {len(names)} facts: "
        + "; ".join(laid["name"] + ", " + laid["status"] + ": " + laid["figure"])
        + ".",
        height=24 * rows + 10,
    )


def by_status(facts: pd.DataFrame) -> alt.LayerChart:
    """Return how many facts of each kind are reported, disputed and established.

    Parameters
    ----------
    facts : DataFrame
        Rows of `traceblock.cases.facts`.
    """
    counts = facts.groupby(["kind", "status"], as_index=False).size()
    counts["rank"] = counts["status"].map({status: i for i, status in enumerate(cases.STATUSES)})
    kinds = counts.groupby("kind")["size"].sum().sort_values(ascending=False, kind="stable")
    bars = alt.Chart(counts).mark_bar(size=20, opacity=1).encode(
        y=alt.Y("kind:N", sort=list(kinds.index), title="kind of fact"),
        x=alt.X("size:Q", title="facts (count)", axis=alt.Axis(tickMinStep=1)),
        color=_COLOUR,
        order="rank:Q",
        tooltip=["kind:N", "status:N", "size:Q"],
    )
    return theme.finish(
        alt.layer(bars),
        title="What kind of fact, and how sure?",
        description=f"Stacked bars of {len(facts)} facts: "
        + "; ".join(f"{row.kind}, {row.status}: {row.size_}" for row in counts.rename(columns={"size": "size_"}).itertuples())
        + ".",
        height=30 * len(kinds),
    )


def _across(share: float) -> alt.XDatum:
    return alt.XDatum(share, scale=alt.Scale(domain=[0, 1], nice=False), axis=None, type="quantitative")


def _parties(parties: pd.DataFrame, x: float, align: str) -> tuple[alt.Chart, alt.Chart]:
    shown = layout.wrapped(parties, parties["name"], narrow=11, wide=30)
    base = alt.Chart(shown).transform_calculate(text=theme.FITTING)
    name: dict[str, Any] = {"x": _across(x), "y": "y:Q"}
    return (
        base.mark_text(align=align, fontWeight="bold", fontSize=11, lineBreak="\n", baseline="middle", dy=-6).encode(
            text="text:N", **name
        ),
        base.mark_text(align=align, fontSize=10, color=theme.MUTED, dy=14).encode(text="role:N", **name),
    )
