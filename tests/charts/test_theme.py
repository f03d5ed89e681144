from itertools import pairwise

import altair as alt
import pandas as pd
import pytest

from traceblock.charts import theme


def _chart(**properties):
    table = pd.DataFrame({"x": [1, 2], "y": [3, 4]})
    return alt.Chart(table, **properties).mark_line().encode(x="x:Q", y="y:Q")


def test_the_renderer_and_the_theme_are_enabled():
    assert alt.renderers.active == "traceblock"
    assert alt.theme.active == "traceblock"


def test_a_chart_shows_as_vega_lite_5_and_its_description():
    bundle = _chart(title="A title", description="What it shows")._repr_mimebundle_()
    assert set(bundle) == {theme.MIME, "text/plain"}
    assert bundle["text/plain"] == "What it shows"
    assert bundle[theme.MIME]["$schema"].endswith("/v5.json")


@pytest.mark.parametrize(
    ("properties", "said"), [({"title": "t"}, "no description"), ({"description": "d"}, "no title")]
)
def test_a_chart_without_words_is_refused(properties, said):
    with pytest.raises(ValueError, match=said):
        theme.render(_chart(**properties).to_dict())


def test_charts_are_drawn_as_text_without_a_menu():
    options = _chart().to_dict()["usermeta"]["embedOptions"]
    assert options["renderer"] == "svg"
    assert options["actions"] is False


def test_a_finished_chart_follows_its_container():
    spec = theme.finish(
        _chart(), title="A title that needs two lines here", description="d", height=99.6
    ).to_dict()
    assert (spec["width"], spec["height"]) == ("container", 100)
    options = spec["usermeta"]["embedOptions"]
    assert options["renderer"] == "svg"
    assert [step["op"] for step in options["patch"]] == ["test", "replace", "add"]
    assert '["A title that needs two", "lines here"]' in spec["title"]["text"]["expr"]


def test_the_same_chart_is_the_same_text():
    chart = theme.finish(_chart(), title="t", description="d", height=10)
    assert chart.to_json() == chart.to_json()


def test_status_colours_stay_apart_in_grey():
    def grey(colour):
        red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    shades = sorted(grey(colour) for colour in theme.STATUS_COLOURS["range"])
    assert all(b - a > 15 for a, b in pairwise(shades))


def test_a_status_is_not_told_by_colour_alone():
    for scale in (theme.STATUS_SHAPES, theme.STATUS_DASHES):
        assert len({str(value) for value in scale["range"]}) == len(scale["domain"])
