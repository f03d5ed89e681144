import altair as alt
import ipywidgets as widgets
import pandas as pd
import pytest

from traceblock.charts import theme
from traceblock.explore.explorer import Explorer


def _model(n):
    if n < 0:
        raise ValueError(f"n={n}: a whole number from 0 is accepted")
    if n == 7:
        raise LookupError("there is nothing for 7")
    if n == 8:
        raise RuntimeError("broken <b>inside</b>")
    return pd.DataFrame({"x": range(n + 2), "y": range(n + 2)})


def _chart(table):
    chart = alt.Chart(table).mark_line().encode(x="x:Q", y="y:Q")
    return theme.finish(chart, title="t", description=f"{len(table)} rows", height=100)


def _reading(table):
    return f"{len(table)} rows & no <tags>"


@pytest.fixture
def explorer():
    controls = {"n": widgets.IntSlider(description="Number", min=-5, max=20, value=3)}
    return Explorer("a line", controls, _model, _chart, _reading)


def _shown(explorer):
    return explorer._picture.outputs[0]["data"]


def test_it_opens_with_a_chart_and_its_sentence(explorer):
    assert isinstance(explorer, widgets.VBox)
    assert explorer.sentence == "5 rows & no <tags>"
    assert _shown(explorer)[theme.MIME]["width"] == "container"
    assert explorer.error == ""
    assert len(explorer.result) == 5


def test_a_control_changes_chart_and_sentence(explorer):
    before = explorer.spec
    explorer.controls["n"].value = 5
    assert explorer.sentence.startswith("7 rows")
    assert explorer.spec != before
    assert _shown(explorer)["text/plain"] == "7 rows"


def test_the_sentence_is_text_and_announced(explorer):
    assert "5 rows &amp; no &lt;tags&gt;" in explorer._words.value
    assert 'role="status"' in explorer._words.value


@pytest.mark.parametrize(
    ("n", "said"),
    [(-1, "n=-1: a whole number"), (7, "there is nothing for 7"), (8, "RuntimeError: broken <b>inside</b>")],
)
def test_an_error_of_the_model_stands_in_place_of_the_chart(explorer, n, said):
    explorer.controls["n"].value = n
    assert explorer.error.startswith(said)
    assert theme.MIME not in _shown(explorer)
    assert 'role="alert"' in _shown(explorer)["text/html"]
    assert "<b>" not in _shown(explorer)["text/html"]
    assert (explorer.sentence, explorer.spec, explorer.result) == ("", {}, None)
    explorer.controls["n"].value = 4
    assert explorer.error == ""
    assert explorer.sentence.startswith("6 rows")


def test_an_error_of_the_chart_or_of_the_reading_is_shown_too():
    slider = widgets.IntSlider(description="Number", value=3)
    assert Explorer("x", {"n": slider}, _model, lambda _: 1 / 0, _reading).error.startswith(
        "ZeroDivisionError"
    )
    assert Explorer("x", {"n": slider}, _model, _chart, lambda _: 1 / 0).error.startswith("ZeroDivisionError")


def test_several_controls_are_set_in_one_step():
    calls = []

    def model(a, b):
        calls.append((a, b))
        return _model(a + b)

    controls = {name: widgets.IntSlider(description=name) for name in "ab"}
    explorer = Explorer("x", controls, model, _chart, _reading)
    explorer.set(a=2, b=3)
    assert calls == [(0, 0), (2, 3)]


def test_reset_goes_back(explorer):
    explorer.controls["n"].value = 9
    buttons = [child for child in explorer.children[0].children if isinstance(child, widgets.Button)]
    buttons[0].click()
    assert explorer.controls["n"].value == 3
    assert explorer.sentence.startswith("5 rows")


def test_an_unknown_control_is_named(explorer):
    with pytest.raises(LookupError, match="no control 'm'; choose from n"):
        explorer.set(m=1)


def test_a_control_without_a_label_is_refused():
    with pytest.raises(ValueError, match=r"controls\['n'\] has no description"):
        Explorer("x", {"n": widgets.IntSlider()}, _model, _chart, _reading)


def test_it_reads_as_a_sentence_where_nothing_runs(explorer):
    assert repr(explorer) == "Explorer of a line: run this cell, then use Number"
    assert explorer._repr_mimebundle_()["text/plain"] == repr(explorer)
