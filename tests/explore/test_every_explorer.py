"""Every explorer of the course: every setting of every control shows a chart and a sentence of its own."""

import ipywidgets as widgets
import pytest

from traceblock import explore

NAMES = [name for name in explore.__all__ if name != "record"]  # whose settings are tried in test_recorded


@pytest.fixture(scope="module", params=NAMES)
def explorer(request):
    return getattr(explore, request.param)()


def _values(control):
    if isinstance(control, widgets.Checkbox):
        return [False, True]
    options = control.options
    return (
        list(options.values())
        if isinstance(options, dict)
        else [option[1] if isinstance(option, tuple) else option for option in options]
    )


def test_it_opens_with_a_chart_and_a_sentence(explorer):
    assert isinstance(explorer, widgets.VBox)
    assert explorer.error == ""
    assert explorer.sentence.endswith(".")


def test_every_value_of_every_control_shows_something_of_its_own(explorer):
    first = {name: control.value for name, control in explorer.controls.items()}
    for name, control in explorer.controls.items():
        shown = set()
        for value in _values(control):
            explorer.set(**first | {name: value})
            assert explorer.error == "", (name, value)
            assert explorer.sentence
            shown.add((str(explorer.spec["datasets"]), explorer.sentence))
        assert len(shown) == len(_values(control)), name
    explorer.set(**first)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_setting_shows_the_same(name):
    one, other = getattr(explore, name)(), getattr(explore, name)()
    assert one.spec == other.spec
    assert one.sentence == other.sentence
