"""How every chart of the course looks and how a notebook shows it: one theme and one renderer.

Both are registered with Altair and neither is enabled: a chart of the course uses them whatever is enabled,
and any other chart is shown as it would be without the course.
"""

import json
import textwrap
from typing import Any

import altair as alt

from traceblock import arguments, cases

# Okabe and Ito (2008), "Color Universal Design": told apart with any colour vision.
# The order keeps neighbours apart in grey as well.
BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILION, PURPLE = (
    "#000000",
    "#E69F00",
    "#56B4E9",
    "#009E73",
    "#F0E442",
    "#0072B2",
    "#D55E00",
    "#CC79A7",
)
INK, MUTED, RULE = "#222222", "#595959", "#d9d9d9"
#: One colour, one shape and one dash for each status of a fact, everywhere.
_STATUSES = list(cases.STATUSES)
STATUS_COLOURS = alt.Scale(domain=_STATUSES, range=[ORANGE, PURPLE, BLUE])
STATUS_DASHES = alt.Scale(domain=_STATUSES, range=[[5, 3], [2, 3], [1, 0]])
STATUS_SHAPES = alt.Scale(domain=_STATUSES, range=["circle", "diamond", "square"])

NAME = "traceblock"
# JupyterLab 4 draws Vega-Lite 5; a chart of Altair 6 that keeps to it draws from this type, also offline.
MIME = "application/vnd.vegalite.v5+json"
_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"

# A chart as wide as the page: the compiled chart is given a signal `container` that follows the width of
# what holds it, also where it is first drawn on a page that does not show yet (0 px wide, it would hang
# JupyterLab). 8 px are JupyterLab's margin, which on a narrow page would push the chart out of its cell;
# wider than 1100 px, the eye loses the line.
_ROOM = "clamp(containerSize()[0] - 8, 0, 1100)"
_CONTAINER = {
    "name": "container",
    "init": f"{_ROOM} || 640",
    "on": [{"events": "timer{250}", "update": f"{_ROOM} || container"}],
}
_WIDTH = {
    "name": "width",
    "init": "container",
    "on": [{"events": {"signal": "container"}, "update": "container"}],
}
_PATCH = [
    {"op": "test", "path": "/signals/0/name", "value": "width"},
    {"op": "replace", "path": "/signals/0", "value": _WIDTH},
    {"op": "add", "path": "/signals/0", "value": _CONTAINER},
]
#: Vega expressions: whether there is little room, and a text as `layout.wrapped` broke it for that room.
NARROW = "container < 640"
FITTING = f"{NARROW} ? datum.narrow : datum.wide"


def render(spec: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Return a chart's MIME bundle: its specification for JupyterLab, its description for everyone else.

    Raises
    ------
    ValueError
        If the chart has no description, or no title.
    """
    if not isinstance(spec, dict):
        raise arguments.refuse("spec", spec, "the specification of a chart, as a dict")
    for part in ("title", "description"):
        if not spec.get(part):
            raise ValueError(f"spec: the chart has no {part}; alt.Chart(…, {part}=…) takes one sentence")
    return {MIME: spec | {"$schema": _SCHEMA}, "text/plain": spec["description"]}


class _OfTheCourse(alt.TopLevelMixin):
    """A chart that has the course's theme and renderer, whichever are enabled."""

    def to_dict(self, *arguments: Any, **options: Any) -> dict[str, Any]:
        """Return the specification, with the theme."""
        with alt.theme.enable(NAME):
            return super().to_dict(*arguments, **options)

    def _repr_mimebundle_(self, *arguments: Any, **options: Any) -> Any:
        with alt.renderers.enable(NAME):
            return super()._repr_mimebundle_(*arguments, **options)


class Chart(_OfTheCourse, alt.Chart):
    """One view of the course."""


class LayerChart(_OfTheCourse, alt.LayerChart):
    """Views of the course on top of one another."""


_OF_THE_COURSE = {alt.Chart: Chart, alt.LayerChart: LayerChart}


def finish(chart: Any, title: str, description: str, height: float) -> alt.TopLevelMixin:
    """Make a chart one of the course: as wide as its container, with title, description, height in pixels."""
    ours = [course for kind, course in _OF_THE_COURSE.items() if isinstance(chart, kind)]
    if not ours:
        raise arguments.refuse("chart", chart, "a chart of Altair, or one of several layers")
    arguments.text("title", title)
    if not (isinstance(description, str) and description.strip()):
        raise arguments.refuse("description", description, "a text that says what the chart shows")
    arguments.between("height", height, 1, 100_000)
    lines, line = json.dumps(textwrap.wrap(title, 27)), json.dumps(title)
    properties: dict[str, Any] = {
        "title": alt.TitleParams(text=alt.ExprRef(f"{NARROW} ? {lines} : {line}")),
        "description": description,
        "width": "container",
        "height": round(height),
        "usermeta": {"embedOptions": {"patch": _PATCH}},
    }
    # In place: chart.properties() would copy the whole chart and its data.
    for name, value in properties.items():
        chart[name] = value
    # Assigned plainly, it would become a part of the specification, as all attributes of Altair's charts do.
    object.__setattr__(chart, "__class__", ours[0])
    finished: alt.TopLevelMixin = chart
    return finished


def legend() -> alt.Legend:
    """Return a legend above the chart: in one line, or, where there is little room, one entry a line."""
    return alt.Legend(columns=alt.ExprRef(f"{NARROW} ? 1 : 4"), labelLimit=0)


def lines_up(share: float, gap: int = 0) -> alt.ExprRef:
    """Return the ``dy`` that moves a text up by `gap` pixels and by a share of its lines after the first."""
    arguments.between("share", share, 0, 1)
    arguments.whole("gap", gap, 0, 1_000)
    return alt.ExprRef(f"-{gap} - {14 * share} * (length(split(datum.text, '\\n')) - 1)")


@alt.theme.register(NAME, enable=False)
def _theme() -> alt.theme.ThemeConfig:
    return alt.theme.ThemeConfig(
        config={
            "font": "system-ui, 'DejaVu Sans', sans-serif",
            "background": "white",
            "view": {"stroke": None, "continuousHeight": 260},
            "title": {
                "anchor": "start",
                "fontSize": 15,
                "fontWeight": 600,
                "color": INK,
                "offset": 12,
                "subtitleColor": MUTED,
                "subtitleFontSize": 12,
            },
            "axis": {
                "labelColor": INK,
                "titleColor": MUTED,
                "titleFontWeight": "normal",
                "labelFontSize": 12,
                "titleFontSize": 12,
                "gridColor": "#ececec",
                "domainColor": "#888888",
                "tickColor": "#888888",
                "labelOverlap": "parity",
                "labelSeparation": 4,
            },
            "legend": {
                "orient": "top",
                "title": None,
                "labelFontSize": 12,
                "labelColor": INK,
                "symbolSize": 90,
            },
            "range": {"category": [BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILION, YELLOW, BLACK]},
            "text": {"color": INK, "fontSize": 12},
        },
        # SVG puts a chart's text into the page, for screen readers. The menu links to an editor elsewhere.
        # The default style is for the menu, and leaves a chart as wide as its container no width at all.
        usermeta={"embedOptions": {"renderer": "svg", "actions": False, "defaultStyle": False}},
    )


alt.renderers.register(NAME, render)
