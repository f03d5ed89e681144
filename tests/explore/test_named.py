"""Explorers of Part II: what their sentences and tables say is what the mechanisms give."""

import pandas as pd
import pytest

from traceblock import cases, explore, isp


@pytest.fixture
def fresh(request):
    return getattr(explore, request.param)()


@pytest.mark.parametrize("fresh", ["attribution"], indirect=True)
@pytest.mark.parametrize("sharing", [1, 64])
def test_a_right_clock_and_a_port_name_everybody_rightly(fresh, sharing):
    fresh.set(minutes=0, sharing=sharing, port=True)
    assert fresh.result.counts["right"] == fresh.result.counts.sum() > 1000
    assert ": right. Of all" in fresh.sentence
    assert "100% are right" in fresh.sentence


@pytest.mark.parametrize("fresh", ["attribution"], indirect=True)
def test_an_hour_names_another_neighbour_in_one_direction_than_in_the_other(fresh):
    named = []
    for minutes in (-1440, 0, 1440):
        fresh.set(minutes=minutes, lease="24h", sharing=4, port=True)
        named.append(fresh.result.line)
    assert len({*named, None}) == 4
    for sign in (-1, 1):
        fresh.set(minutes=sign * 60)
        shares = fresh.result.counts / fresh.result.counts.sum()
        assert 1 - shares["right"] == pytest.approx(isp.misattribution("1h", "24h"), abs=0.015)


@pytest.mark.parametrize("fresh", ["attribution"], indirect=True)
def test_without_the_port_nobody_who_shares_is_named(fresh):
    fresh.set(sharing=16, port=False)
    assert fresh.result.candidates > 1
    assert fresh.result.counts["ambiguous"] == fresh.result.counts.sum()
    assert f"{fresh.result.candidates} lines may be meant, among them line" in fresh.sentence
    fresh.set(sharing=1)
    assert fresh.result.counts["ambiguous"] == 0


@pytest.mark.parametrize("fresh", ["household"], indirect=True)
def test_a_person_who_lives_alone_behind_closed_wifi_is_the_one(fresh):
    fresh.set(people=1, open_wifi=0.0)
    assert "of the downloads 100% the subscriber, 0% another" in fresh.sentence
    fresh.set(people=40, rate=1.0)
    assert fresh.result.users["share"].iloc[0] == pytest.approx(1 / 40)


@pytest.mark.parametrize("fresh", ["disclosure"], indirect=True)
def test_every_address_of_the_list_is_somewhere(fresh):
    listed = cases.fact("hurt-locker", "defendants_2011").value
    for procedure in ("us-doe-joined", "us-doe-single", "us-512h", "relayed-notice"):
        fresh.set(procedure=procedure)
        assert fresh.result["addresses"].sum() == listed
    fresh.set(procedure="relayed-notice")
    assert not (fresh.result["state"] == "named").any()


@pytest.mark.parametrize("fresh", ["funnel"], indirect=True)
def test_money_adds_up_and_more_names_bring_more(fresh):
    assert round(fresh.result.money.sum(), 2) == 0
    income = []
    for pace in (25, 100, 500):
        fresh.set(pace=pace)
        income.append(fresh.result.settled.set_index("stage").at["paid", "amount_usd"])
    assert income == sorted(set(income))
    assert isinstance(fresh.result.money, pd.Series)
