"""What holds of every chart of the course, whatever it shows."""

import pytest

from traceblock import charts

from . import test_blocked, test_named, test_record, test_traced

CHARTS = {
    f"{module.__name__.rpartition('test_')[2]} {name}": draw
    for module in (test_blocked, test_named, test_record, test_traced)
    for name, draw in module.CHARTS.items()
}


@pytest.fixture(scope="module", params=CHARTS)
def spec(request):
    return CHARTS[request.param]().to_dict()


def _layers(spec):
    """Return the innermost layers, each with the data that it inherits."""
    if "layer" not in spec:
        return [spec]
    inherited = {"data": spec["data"]} if "data" in spec else {}
    return [layer for part in spec["layer"] for layer in _layers(inherited | part)]


def _rows(spec):
    return [row for rows in spec["datasets"].values() for row in rows]


def test_every_function_that_draws_is_here():
    for part in ("blocked", "named", "record", "traced"):
        module = getattr(charts, part)
        drawn = {name.split()[1].strip(",") for name in CHARTS if name.startswith(part)}
        defined = {
            name
            for name, value in vars(module).items()
            if callable(value) and not name.startswith("_") and value.__module__ == module.__name__
        }
        assert defined == drawn


def test_it_has_words_and_follows_its_container(spec):
    assert len(spec["description"]) > 40
    assert spec["description"].endswith(".")
    assert spec["width"] == "container"
    assert spec["height"] > 50


def test_it_has_at_most_a_few_thousand_marks(spec):
    assert 0 < len(_rows(spec)) < 3000


def test_an_axis_that_shows_has_a_title_with_a_unit(spec):
    for channel in ("x", "y"):
        titles = [
            layer["encoding"][channel].get("title")
            for layer in _layers(spec)
            if "field" in layer["encoding"].get(channel, {})
            and layer["encoding"][channel].get("axis", {}) is not None
        ]
        assert all(title and "(" in title for title in titles)


def test_a_tooltip_names_only_columns_of_its_table(spec):
    for layer in _layers(spec):
        rows = spec["datasets"][layer.get("data", spec.get("data"))["name"]]
        made = {each["as"] for each in layer.get("transform", []) + spec.get("transform", []) if "as" in each}
        for tip in layer["encoding"].get("tooltip", []):
            assert tip["field"] in made or all(tip["field"] in row for row in rows)


def test_colour_is_never_the_only_sign(spec):
    """Lines differ in dashes, points in shape; bars are named in text or stand in order."""
    for layer in _layers(spec):
        mark, encoding = layer["mark"], layer["encoding"]
        coloured = "field" in encoding.get("color", {})
        if mark["type"] == "line" and coloured:
            assert encoding["strokeDash"]["field"] == encoding["color"]["field"]
        if mark["type"] == "point" and coloured and "shape" not in mark:  # arrow heads end a dashed line
            assert encoding["shape"]["field"] == encoding["color"]["field"]
