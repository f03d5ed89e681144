"""Pictures of the record: when, who asks whom for what, and reported beside established figures."""

import math
from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from traceblock import arguments, cases
from traceblock.charts import layout, needs, parts, theme

_YEARS: dict[str, Any] = {
    "title": "date (year)",
    "scale": alt.Scale(type="utc", nice="year", padding=10),
    "axis": alt.Axis(format="%Y", tickCount="year", labelFlush=True),
}
_COLOUR = alt.Color("status:N", title=None, scale=theme.STATUS_COLOURS)
_DASH = alt.StrokeDash("status:N", title=None, scale=theme.STATUS_DASHES)
_TEXT = alt.Text("text:N")
_FITTING = [alt.CalculateTransform(**{"calculate": theme.FITTING, "as": "text"})]
_STATUS = {"status": needs.one_of(cases.STATUSES)}
_CASE = {"case": needs.one_of(cases.TITLES), **_STATUS}
_EVENT = {**_CASE, "date": needs.date, **dict.fromkeys(["actor", "event", "source"], needs.text)}
_REQUEST = {**_CASE, **dict.fromkeys(["actor", "role", "asks", "asks_role", "for_what"], needs.text)}
_FACT = {**_CASE, **dict.fromkeys(["fact", "value", "unit", "date", "source", "note"], needs.text)}
_SHAPE = alt.Shape("status:N", title=None, scale=theme.STATUS_SHAPES)


def timeline(events: pd.DataFrame) -> alt.TopLevelMixin:
    """Return the events of several cases as marks on one time axis, a row for each case.

    Parameters
    ----------
    events : DataFrame
        Rows of `traceblock.cases.timeline`.
    """
    events = _texts("events", events, _EVENT)
    shown = events.assign(
        title=events["case"].map(cases.TITLES),
        what=events["actor"] + " " + events["event"],
        when=events["date"],  # as it is on the record: the axis parses its own column
    )
    order = [title for title in cases.TITLES.values() if title in set(shown["title"])]
    y = alt.Y("title:N", sort=order, axis=None)
    base = alt.Chart().encode(y=y)
    spans = base.mark_rule(color=theme.RULE, strokeWidth=6, strokeCap="round")
    marks = base.mark_point(filled=True, size=110, opacity=0.85, stroke="white", strokeWidth=1)
    return theme.finish(
        alt.layer(
            spans.encode(x=alt.X("min(date):T", **_YEARS), x2=alt.X2("max(date):T")),
            marks.encode(
                x=alt.X("date:T", **_YEARS),
                color=_COLOUR,
                shape=_SHAPE,
                tooltip=parts.tooltip("when", "what", "status", "source"),
            ),
            parts.row_names(pd.DataFrame({"title": order}), y, dy=-20),
            data=shown,
        ),
        title="A headline is one mark on a long line",
        description=f"Timeline of {len(shown)} events in {len(order)} cases: {', '.join(order)}. Each mark "
        "is one event; its colour and shape say whether it is reported, disputed or established.",
        height=64 * len(order),
    )


def events(events: pd.DataFrame) -> alt.TopLevelMixin:
    """Return the events of one case, each in words above its mark on the time axis.

    Parameters
    ----------
    events : DataFrame
        Rows of `traceblock.cases.timeline` of one case.
    """
    events = _texts("events", events, _EVENT)
    words = events["date"] + " · " + events["actor"] + " " + events["event"]
    shown = layout.wrapped(
        events.assign(row=range(len(events)), when=events["date"]), words, narrow=34, wide=200
    )
    base = alt.Chart()
    y = _rows(len(shown), "row:Q", above=0.9)
    title = _titled(events, "what happened")
    return theme.finish(
        alt.layer(
            base.mark_rule(color=theme.RULE).encode(y=y),
            base.mark_point(filled=True, size=120, opacity=1).encode(
                x=alt.X("date:T", **_YEARS),
                y=y,
                color=_COLOUR,
                shape=_SHAPE,
                tooltip=parts.tooltip("when", "actor", "event", "status", "source"),
            ),
            base.mark_text(align="left", baseline="bottom", dy=theme.lines_up(1, 9), lineBreak="\n").encode(
                x=alt.value(0), y=y, text=_TEXT
            ),
            data=shown,
            transform=_FITTING,
        ),
        title=title,
        description=f"Timeline, {title}: {'; '.join(words)}.",
        height=60 * (len(shown) + 0.3),
    )


def requests(requests: pd.DataFrame) -> alt.TopLevelMixin:
    """Return who asks whom for what as a directed graph that reads from left to right.

    Parameters
    ----------
    requests : DataFrame
        Rows of `traceblock.cases.actors`.
    """
    requests = _texts("requests", requests, _REQUEST)
    texts, edges = layout.three_columns(requests)
    texts["label"] = [_label(*pair) for pair in zip(texts["text"], texts["role"], strict=True)]
    headings = texts.drop_duplicates("column").assign(text=lambda t: t["column"], role="", label="", y=-0.8)
    asked_for = texts["column"] == "for what"
    broken = pd.concat(
        layout.wrapped(some, some["text"] + some["label"], narrow, 30)
        for some, narrow in ((headings, 12), (texts[asked_for], 14), (texts[~asked_for], 11))
    )
    y = _rows(len(requests), "y:Q", above=1.1)
    across: dict[str, Any] = {"axis": None, "scale": alt.Scale(domain=[0, 1], nice=False)}
    x = alt.X("x:Q", **across)
    lines = alt.Chart().mark_rule(strokeWidth=2, opacity=0.75)
    heads = (
        alt.Chart()
        .transform_filter("datum.arrow")
        .mark_point(shape="triangle-right", filled=True, size=90, opacity=1)
    )
    words = alt.Chart(broken).transform_calculate(text=theme.FITTING)
    title = _titled(requests, "who asks whom for what")
    sentences = requests["actor"] + " asks " + requests["asks"] + ": " + requests["for_what"]
    return theme.finish(
        alt.layer(
            lines.encode(x=x, x2=alt.X2("x2"), y=y, y2=alt.Y2("y2"), color=_COLOUR, strokeDash=_DASH),
            heads.encode(
                x=alt.X("x2:Q", **across),
                y=_rows(len(requests), "y2:Q", above=1.1),
                color=_COLOUR,
            ),
            words.mark_text(
                lineBreak="\n",
                fontSize=alt.ExprRef(f"{theme.NARROW} ? 9.5 : 12"),
                baseline="middle",
                align=alt.ExprRef("datum.align"),
                fontWeight=alt.ExprRef("datum.role ? 'bold' : 'normal'"),
                dy=theme.lines_up(0.5),
            ).encode(x=x, y=y, text=_TEXT, tooltip=parts.tooltip("text", "role")),
            data=edges,
        ),
        title=title,
        description=f"Graph, {title}: {'; '.join(sentences)}.",
        height=60 * (len(requests) + 0.7),
    )


def compared(facts: pd.DataFrame) -> alt.TopLevelMixin:
    """Return what was reported beside what was disputed or established: figures as bars, words as words.

    Parameters
    ----------
    facts : DataFrame
        Rows of `traceblock.cases.compared`. A bar is a share of the largest figure of the same fact.
    """
    facts = _texts("facts", facts, _FACT)
    given = pd.to_numeric(facts["value"].where(~facts["unit"].isin(cases.WORDS), "0"), errors="coerce")
    no_number = ~given.between(-arguments.MOST, arguments.MOST)
    arguments.rows("facts", facts, no_number, "have a value that is no number, as their unit asks")
    shown = facts.assign(
        number=[_float(value, unit) for value, unit in zip(facts["value"], facts["unit"], strict=True)],
        name=_names(facts),
    )
    texts = [_figure(*row) for row in zip(shown["number"], shown["value"], shown["unit"], strict=True)]
    laid = layout.ledger(layout.wrapped(shown, pd.Series(texts), narrow=33, wide=110), cases.STATUSES)
    scale = alt.Scale(domain=[0, laid["bottom"].max()], reverse=True, nice=False)
    y = alt.Y("y:Q", axis=None, scale=scale)
    x = alt.X(
        "share:Q",
        title="share of the largest figure (%)",
        scale=alt.Scale(domain=[0, 1.6], nice=False),
        axis=alt.Axis(values=[0, 0.25, 0.5, 0.75, 1], format="%") if laid["number"].notna().any() else None,
    )
    figures = alt.Chart().transform_filter("isValid(datum.number)")
    words = alt.Chart().transform_filter("!isValid(datum.number)")
    names = alt.Chart().transform_filter("datum.first")
    text: dict[str, Any] = {"align": "left", "baseline": "top", "lineBreak": "\n"}
    tooltip = parts.tooltip("fact", "value", "unit", "status", "date", "source", "note")
    at_left = alt.value(6)
    return theme.finish(
        alt.layer(
            figures.mark_bar(size=16, opacity=1, orient="horizontal", yOffset=7).encode(
                x=x, y=y, color=_COLOUR, tooltip=tooltip
            ),
            words.mark_point(filled=True, size=90, opacity=1, yOffset=7).encode(
                x=at_left, y=y, color=_COLOUR, shape=_SHAPE, tooltip=tooltip
            ),
            figures.mark_text(dx=5, dy=1, **text).encode(x=x, y=y, text=_TEXT),
            words.mark_text(dx=12, dy=1, **text).encode(x=at_left, y=y, text=_TEXT),
            names.mark_text(fontWeight="bold", dy=4, **text).encode(
                x=alt.value(0), y=alt.Y("y_name:Q", axis=None, scale=scale), text=alt.Text("name:N")
            ),
            data=laid,
            transform=_FITTING,
        ),
        title="As reported, and as it turned out",
        description=f"{laid['first'].sum()} facts side by side. "
        + "; ".join(
            laid["name"].str.replace("\n", ": ")
            + ", "
            + laid["status"]
            + ": "
            + laid["wide"].str.replace("\n", " ")
        )
        + ".",
        height=23 * laid["bottom"].max(),
    )


def by_status(facts: pd.DataFrame) -> alt.TopLevelMixin:
    """Return how many facts of each kind are reported, disputed and established.

    Parameters
    ----------
    facts : DataFrame
        Rows of `traceblock.cases.facts`.
    """
    facts = _texts("facts", facts, {"kind": needs.text, **_STATUS})
    counts = facts.groupby(["kind", "status"], as_index=False).size()
    counts["rank"] = counts["status"].map({status: i for i, status in enumerate(cases.STATUSES)})
    kinds = counts.groupby("kind")["size"].sum().sort_values(ascending=False, kind="stable").index
    y = alt.Y("kind:N", sort=list(kinds), axis=None)
    return theme.finish(
        alt.layer(
            alt.Chart(counts)
            .mark_bar(size=16, opacity=1, yOffset=7)
            .encode(
                y=y,
                x=alt.X("size:Q", title="facts (count)", axis=alt.Axis(tickMinStep=1, tickCount=7)),
                color=_COLOUR,
                order=alt.Order("rank:Q"),
                tooltip=parts.tooltip("kind", "status", "size"),
            ),
            parts.row_names(pd.DataFrame({"kind": kinds}), y, dy=-10),
        ),
        title="What kind of fact, and how sure?",
        description=f"Stacked bars of {len(facts)} facts. "
        + "; ".join(
            f"{kind}, {status}: {n}" for kind, status, n in counts[["kind", "status", "size"]].to_numpy()
        )
        + ".",
        height=46 * len(kinds),
    )


def _texts(name: str, given: pd.DataFrame, kinds: Mapping[str, needs.Kind]) -> pd.DataFrame:
    """Return a table of the record, its columns as texts; a category does not add up to a sentence."""
    return needs.table(name, given, **kinds).astype(dict.fromkeys(kinds, str))


def _titled(table: pd.DataFrame, what: str) -> str:
    cases_shown = table["case"].unique()
    return f"{cases.TITLES[cases_shown[0]]}: {what}" if len(cases_shown) == 1 else what.capitalize()


def _names(facts: pd.DataFrame) -> "pd.Series[str]":
    names = facts["fact"].str.replace("_", " ")
    return names if facts["case"].nunique() == 1 else facts["case"].map(cases.TITLES) + "\n" + names


def _float(value: str, unit: str) -> float:
    return math.nan if unit in cases.WORDS else float(value)


def _figure(number: float, value: str, unit: str) -> str:
    return value if math.isnan(number) else f"{number:,.10g} {unit}"


def _label(name: str, role: str) -> str:
    """Return what to add to a name so that the role is clear: nothing where the name says it."""
    return "" if role.lower() in name.lower() else f", {role}"


def _rows(number: int, field: str, above: float) -> alt.Y:
    """Return a channel for rows 0, 1, 2 … from the top, with some room above the first."""
    return alt.Y(field, axis=None, scale=alt.Scale(domain=[-above, number - 0.4], reverse=True, nice=False))
