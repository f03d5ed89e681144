"""Explorers of Part I: what their sentences and tables say is what the mechanisms give."""

import pytest

from traceblock import explore, swarm


@pytest.fixture
def fresh(request):
    return getattr(explore, request.param)()


@pytest.mark.parametrize("fresh", ["precision"], indirect=True)
def test_the_sentence_on_precision_counts_people(fresh):
    fresh.set(prior=1 / 1_000, false_alarms=0.01, sensitivity=0.99)
    right = swarm.precision(1 / 1_000, 0.99, 0.01)
    assert "1,000 download. The test flags 990 of them, and 9,990 of the others" in fresh.sentence
    assert f"{right:.1%} of the flags are right" in fresh.sentence


@pytest.mark.parametrize("fresh", ["monitor"], indirect=True)
def test_without_injection_everybody_on_the_list_has_joined(fresh):
    fresh.set(injected=0.0)
    assert ": 0 of them, or 0%, never joined" in fresh.sentence
    fresh.set(injected=0.4)
    above = fresh.result.table.query("evidence != 'listed' and truth != 'in the swarm'")
    assert above["records"].sum() == 0


@pytest.mark.parametrize("fresh", ["pieces"], indirect=True)
def test_alone_nobody_sends_anything(fresh):
    fresh.set(leechers=1)
    assert fresh.sentence.endswith("sent to others: 0.")
    fresh.set(leechers=8)
    assert not fresh.sentence.endswith("sent to others: 0.")


@pytest.mark.parametrize("fresh", ["swarm"], indirect=True)
def test_nobody_is_seen_who_did_not_come(fresh):
    table = fresh.result.table
    assert table["first_seen"].sum() == fresh.result.log["peer"].nunique() <= table["arrived"].sum() == 1000


@pytest.mark.parametrize("fresh", ["size"], indirect=True)
def test_turnover_makes_estimates_too_high(fresh):
    fresh.set(gap=12, contacts=100, session_hours=1)
    table = fresh.result
    assert (table["estimate"] > table["truth"]).all()
