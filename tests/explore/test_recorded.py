import itertools

import ipywidgets as widgets
import pytest

from traceblock import cases, explore

PICTURES = ["timeline", "requests", "facts", "compared"]


@pytest.fixture(scope="module")
def explorer():
    return explore.record()


def test_it_is_a_container_that_opens_with_a_chart(explorer):
    assert isinstance(explorer, widgets.VBox)
    explorer.set(picture="timeline", case="any", status="any", kind="any")
    assert explorer.error == ""
    assert len(explorer.result.table) == len(cases.timeline())


@pytest.mark.parametrize("picture", PICTURES)
@pytest.mark.parametrize("case", ["any", *cases.CASES])
@pytest.mark.parametrize("status", ["any", *cases.STATUSES])
def test_every_setting_shows_a_chart_with_its_sentence_or_says_why_not(explorer, picture, case, status):
    explorer.set(picture=picture, case=case, status=status, kind="any")
    if explorer.error:
        assert explorer.error.startswith("The record has nothing to show for")
        table = {"timeline": cases.timeline, "requests": cases.actors}.get(picture, cases.facts)()
        rows = table[
            (table["case"] == (table["case"] if case == "any" else case)) & (table["status"] == status)
        ]
        assert rows.empty or picture == "compared" or status == "any"
    else:
        assert explorer.sentence.endswith(".")
        assert str(len(explorer.result.table)) in explorer.sentence or picture == "compared"


def test_what_is_shown_is_what_was_chosen(explorer):
    facts = cases.facts()
    for case, status, kind in itertools.product(["fall", "literature"], cases.STATUSES, ["count", "claim"]):
        explorer.set(picture="facts", case=case, status=status, kind=kind)
        wanted = (facts["case"] == case) & (facts["status"] == status) & (facts["kind"] == kind)
        shown = 0 if explorer.error else len(explorer.result.table)
        assert shown == wanted.sum()


def test_a_comparison_keeps_both_rows(explorer):
    explorer.set(picture="compared", case="hurt-locker", status="established", kind="count")
    table = explorer.result.table
    assert set(table["status"]) == {"reported", "established"}
    assert "oscars" in set(table["fact"])


def test_a_kind_can_be_chosen_only_of_facts(explorer):
    for picture in PICTURES:
        explorer.set(picture=picture, case="any", status="any", kind="any")
        assert explorer.controls["kind"].disabled == (picture in ("timeline", "requests"))


def test_reset_leaves_every_control_with_a_selection(explorer):
    explorer.set(picture="facts", case="fall", status="reported", kind="count")
    explorer.set(**explorer._initial)
    assert all(control.index == 0 for control in explorer.controls.values())
