import pandas as pd

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


def _rows(spec):
    return [row for rows in spec["datasets"].values() for row in rows]


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
