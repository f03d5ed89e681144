"""Explorer of the documented record. Its module is not called record: that is the function's name."""

from typing import NamedTuple

import altair as alt
import ipywidgets as widgets
import pandas as pd

from traceblock import cases
from traceblock.charts import record as charts
from traceblock.explore.explorer import Explorer

_PICTURES = {
    "what happened when": "timeline",
    "who asks whom for what": "requests",
    "facts by kind and status": "facts",
    "reported against established": "compared",
}
_WITHOUT_KIND = ("timeline", "requests")  # only facts have a kind
_ANY = "any"  # not None: to a Dropdown that means that nothing is selected


class _View(NamedTuple):
    picture: str
    case: str
    table: pd.DataFrame


def record() -> Explorer:
    """Return the explorer of the record: choose a picture, a case, a status and a kind of fact."""
    kinds = sorted(cases.facts()["kind"].unique())
    titles = {title: slug for slug, title in cases.TITLES.items()}
    picture = widgets.Dropdown(description="Show", options=_PICTURES)
    kind = widgets.Dropdown(description="Kind of fact", options=[_ANY, *kinds], disabled=True)
    widgets.dlink((picture, "value"), (kind, "disabled"), lambda value: value in _WITHOUT_KIND)
    return Explorer(
        name="the record",
        controls={
            "picture": picture,
            "case": widgets.Dropdown(description="Case", options={"all cases": _ANY, **titles}),
            "status": widgets.Dropdown(description="Status", options=[_ANY, *cases.STATUSES]),
            "kind": kind,
        },
        model=_select,
        chart=_draw,
        reading=_in_words,
    )


def _select(picture: str, case: str, status: str, kind: str) -> _View:
    every = {
        "timeline": cases.timeline,
        "requests": cases.actors,
        "facts": cases.facts,
        "compared": cases.compared,
    }[picture]()
    wanted = {"case": case, "status": status, "kind": kind}
    if picture in _WITHOUT_KIND:
        del wanted["kind"]
    wanted = {column: value for column, value in wanted.items() if value != _ANY}
    table = every
    for column, value in wanted.items():
        table = table[table[column] == value]
    if picture == "compared":
        # a status picks the facts that have such a row; what it is compared with stays
        table = every.merge(table[["case", "fact"]].drop_duplicates())
    if table.empty:
        chosen = ", ".join(cases.TITLES.get(value, value) for value in wanted.values())
        raise LookupError(f"The record has nothing to show for: {chosen}. Choose something wider.")
    return _View(picture, case, table.reset_index(drop=True))


def _draw(view: _View) -> alt.TopLevelMixin:
    if view.picture == "timeline":
        return charts.timeline(view.table) if view.case == _ANY else charts.events(view.table)
    if view.picture == "requests":
        return charts.requests(view.table)
    if view.picture == "facts":
        return charts.by_status(view.table)
    return charts.compared(view.table)


def _in_words(view: _View) -> str:
    table = view.table
    by_status = ", ".join(f"{n} {status}" for status, n in _counts(table["status"]))
    if view.picture == "timeline":
        first, last = min(table["date"]), max(table["date"])
        return f"{len(table)} events from {first} to {last}: {by_status}."
    if view.picture == "requests":
        most = table["actor"].value_counts(sort=True).idxmax()
        return f"{len(table)} requests: {by_status}. Most often it is {most} that asks."
    if view.picture == "facts":
        return f"{len(table)} facts: {by_status}."
    number = table.drop_duplicates(["case", "fact"]).shape[0]
    return f"{number} facts stand on the record more than once: {by_status}."


def _counts(statuses: "pd.Series[str]") -> list[tuple[str, int]]:
    counts = statuses.value_counts()
    return [(status, int(counts[status])) for status in cases.STATUSES if status in counts]
