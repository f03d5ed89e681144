"""How every chart looks, and how a notebook gets to see it: one theme and one renderer, both enabled on import."""

from typing import Any

import altair as alt

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
#: One colour and one shape for each status of a fact, everywhere.
_STATUSES = ["reported", "disputed", "established"]
STATUS_COLOURS = {"domain": _STATUSES, "range": [ORANGE, PURPLE, BLUE]}
STATUS_SHAPES = {"domain": _STATUSES, "range": ["circle", "diamond", "square"]}

# JupyterLab 4 draws Vega-Lite 5; a chart of Altair 6 that keeps to it draws from this type, also offline.
MIME = "application/vnd.vegalite.v5+json"
_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"

#: Vega expression: a text broken for a wide chart, or for a narrow one (see `layout.wrapped`).
FITTING = "width < 560 ? datum.narrow : datum.wide"
_STYLE = ".vega-embed{display:block;width:100%} .vega-embed svg{max-width:100%}"


def render(spec: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Return a chart's MIME bundle: its specification for JupyterLab, its description for everyone else.

    Raises
    ------
    ValueError
        If the chart has no description, or no title.
    """
    for part in ("title", "description"):
        if not spec.get(part):
            raise ValueError(f"the chart has no {part}; alt.Chart(…, {part}=…) takes one sentence")
    return {MIME: spec | {"$schema": _SCHEMA}, "text/plain": spec["description"]}


def finish(chart: Any, title: str, description: str, height: float) -> Any:
    """Return the chart as wide as its container, with a title, a description and a height in pixels."""
    return chart.properties(title=title, description=description, width="container", height=round(height))


@alt.theme.register("traceblock", enable=True)
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
                "labelOverlap": "greedy",
            },
            "legend": {"orient": "top", "title": None, "labelFontSize": 12, "labelColor": INK, "symbolSize": 90},
            "range": {"category": [BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILION, YELLOW, BLACK]},
            "text": {"color": INK, "fontSize": 12},
        },
        # SVG puts a chart's text into the page, for screen readers; the menu links to an editor elsewhere;
        # without the style, a chart as wide as its container is drawn 0 px wide, and JupyterLab hangs on it.
        usermeta={"embedOptions": {"renderer": "svg", "actions": False, "defaultStyle": _STYLE}},
    )


alt.renderers.register("traceblock", render)  # type: ignore[arg-type]
alt.renderers.enable("traceblock")
