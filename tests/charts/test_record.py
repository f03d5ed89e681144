import pandas as pd
import pytest

from traceblock import cases
from traceblock.charts import record

FIVE = [case for case in cases.CASES if case != "literature"]


def _of(table, case):
    return table[table["case"] == case]


CHARTS = {
    "timeline": lambda: record.timeline(cases.timeline()),
    "by_status": lambda: record.by_status(cases.facts()),
    "compared": lambda: record.compared(cases.compared()),
    "requests": lambda: record.requests(cases.actors()),
    **{f"events {c}": (lambda c=c: record.events(_of(cases.timeline(), c))) for c in FIVE},
    **{f"requests {c}": (lambda c=c: record.requests(_of(cases.actors(), c))) for c in FIVE},
    **{f"compared {c}": (lambda c=c: record.compared(cases.compared(c))) for c in FIVE},
}


@pytest.fixture(params=CHARTS)
def spec(request):
    return CHARTS[request.param]().to_dict()


def _rows(spec):
    return [row for rows in spec["datasets"].values() for row in rows]


def test_a_chart_has_words_and_follows_its_container(spec):
    assert len(spec["description"]) > 40
    assert spec["width"] == "container"
    assert spec["height"] > 50


def test_a_chart_has_at_most_a_few_thousand_marks(spec):
    assert 0 < len(_rows(spec)) < 2000


def test_axes_that_show_have_a_title(spec):
    for layer in spec["layer"]:
        for channel in ("x", "y"):
            encoding = layer["encoding"].get(channel, {})
            shown = "axis" not in encoding or encoding["axis"] is not None
            if "field" in encoding and shown:
                assert "(" in encoding["title"]


def test_a_chart_says_every_event_and_every_request():
    for case in FIVE:
        events = _of(cases.timeline(), case)
        said = record.events(events).to_dict()["description"]
        assert all(event in said for event in events["event"])
        requests = _of(cases.actors(), case)
        said = record.requests(requests).to_dict()["description"]
        assert all(what in said for what in requests["for_what"])


def test_every_mark_has_its_row():
    events = cases.timeline()
    assert sum("event" in row for row in _rows(record.timeline(events).to_dict())) == len(events)
    facts = cases.facts()
    counted = sum(row["size"] for row in _rows(record.by_status(facts).to_dict()) if "size" in row)
    assert counted == len(facts)


def test_figures_are_written_with_their_units():
    rows = _rows(record.compared(cases.compared("hurt-locker")).to_dict())
    figures = {(row["fact"], row["status"]): row["wide"] for row in rows if "wide" in row}
    assert figures["people_contacted", "reported"] == "50,000 people"
    assert figures["monitoring_firm", "established"] == "GuardaLey"


def test_a_name_that_says_its_role_is_left_alone():
    assert record._label("Italian ISPs", "ISP") == ""
    assert record._label("AGCOM", "regulator") == ", regulator"
    assert record._label("anything", "") == ""


def test_nothing_of_the_table_is_changed():
    table = cases.actors()
    before = table.copy()
    record.requests(table)
    record.compared(cases.compared())
    pd.testing.assert_frame_equal(table, before)


def test_a_tooltip_names_only_columns_of_its_table(spec):
    for layer in spec["layer"]:
        rows = spec["datasets"][layer.get("data", spec.get("data"))["name"]]
        for tip in layer["encoding"].get("tooltip", []):
            assert all(tip["field"] in row for row in rows) or any(
                tip["field"] == step.get("as")
                for step in [*spec.get("transform", []), *layer.get("transform", [])]
            )
