import subprocess
import sys
from itertools import pairwise

import altair as alt
import pandas as pd
import pytest

from traceblock.charts import theme


def _chart(**properties):
    table = pd.DataFrame({"x": [1, 2], "y": [3, 4]})
    return alt.Chart(table, **properties).mark_line().encode(x="x:Q", y="y:Q")


def _finished():
    return theme.finish(_chart(), title="A title", description="What it shows", height=100)


IMPORTED = """
import altair as alt

{before}
chart = alt.Chart(alt.Data(values=[dict(x=1)])).mark_point().encode(x="x:Q")
shown = lambda: (chart.to_dict(), chart._repr_mimebundle_(), alt.renderers.active, alt.renderers.options)
expected = shown()
from traceblock import charts, cases
assert shown() == expected
charts.record.by_status(cases.facts())._repr_mimebundle_()
assert shown() == expected
"""


@pytest.mark.parametrize(
    "before",
    [
        "",
        "alt.renderers.enable('mimetype'); alt.theme.enable('dark')",
        "alt.renderers.enable('json', embed_options={'actions': False})",
        "alt.renderers.register('mine', lambda spec: {'text/plain': 'x'}); alt.renderers.enable('mine')",
    ],
)
def test_importing_the_course_changes_nobody_elses_chart(before):
    # The page that the default renderer makes names its place by a random number.
    seeded = "import uuid; uuid.uuid4 = lambda: uuid.UUID(int=0)"
    code = IMPORTED.format(before=f"{seeded}\n{before}")
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("renderer", ["default", "mimetype", "json"])
@pytest.mark.parametrize("look", ["default", "dark"])
def test_a_chart_of_the_course_looks_and_shows_the_same_whatever_is_enabled(renderer, look):
    expected = _finished()._repr_mimebundle_()
    with alt.renderers.enable(renderer), alt.theme.enable(look):
        chart = _finished()
        assert chart._repr_mimebundle_() == expected
        assert chart.copy()._repr_mimebundle_() == expected
        assert (
            chart.properties(title="Another")._repr_mimebundle_()[theme.MIME]["config"]
            == (expected[theme.MIME]["config"])
        )
        assert (alt.renderers.active, alt.theme.active) == (renderer, look)


def test_a_chart_with_another_that_is_not_the_courses_is_somebody_elses():
    layered = alt.layer(_chart(), _chart())
    with alt.renderers.enable("mimetype"):
        assert theme.MIME not in layered._repr_mimebundle_()[0]


def test_a_view_and_layers_of_the_course_stay_what_they_are_in_altair():
    layers = theme.finish(alt.layer(_chart(), _chart()), title="t", description="d", height=100)
    assert isinstance(layers, alt.LayerChart)
    assert isinstance(_finished(), alt.Chart)
    assert len(layers._repr_mimebundle_()[theme.MIME]["layer"]) == 2


def test_a_chart_shows_as_vega_lite_5_and_its_description():
    bundle = _finished()._repr_mimebundle_()
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
    options = _finished().to_dict()["usermeta"]["embedOptions"]
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
