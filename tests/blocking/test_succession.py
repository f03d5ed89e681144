"""New names after each block: against the closed forms, a loop over single days, and laws of conservation."""

import dataclasses
import math
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from traceblock import cases
from traceblock.blocking.succession import Chase, Regime, daily, mirrors, outcome, reaction, recovery

LN2 = math.log(2)
QUICK = Regime(decided_by="list", judgment="20D", compliance="1D", term=None)


def a_regime(**changes):
    return dataclasses.replace(QUICK, **changes)


def days_or_none(low, high):
    return st.one_of(st.none(), st.integers(low, high).map("{}h".format))


CHASES = st.builds(
    Chase,
    sites=st.integers(1, 6),
    days=st.integers(1, 120),
    reopens=days_or_none(0, 100),
    half_life=st.integers(1, 500).map("{}h".format),
    closes=days_or_none(1, 3_000),
)
REGIMES = st.builds(
    Regime,
    decided_by=st.sampled_from(["judge", "list"]),
    detection=st.integers(0, 100).map("{}h".format),
    judgment=st.integers(0, 1_000).map("{}h".format),
    hearings=days_or_none(1, 500),
    listing=st.integers(0, 100).map("{}h".format),
    check=st.integers(0, 100).map("{}h".format),
    caught=st.floats(0, 1),
    wrong=st.floats(0, 0.5),
    compliance=st.integers(2, 300).map("{}h".format),
    term=days_or_none(1, 2_000),
    repair=days_or_none(0, 1_000),
)
SEEDS = st.integers(0, 2**32)


# the closed forms


@pytest.mark.parametrize(("days", "share"), [(0, 0), (7, 1 / 2), (14, 3 / 4), (21, 7 / 8), (70, 1 - 2**-10)])
def test_an_audience_recovers_by_halves(days, share):
    assert recovery(days, "7D") == pytest.approx(share, rel=1e-12)


def test_recovery_takes_arrays_and_tiny_times():
    times = np.array([0.0, 1e-12, 3.5])
    assert recovery(times, "7D") == pytest.approx(1 - 2 ** (-times / 7), rel=1e-3)
    assert recovery(1e-12, "7D") == pytest.approx(
        LN2 * 1e-12 / 7, rel=1e-9, abs=0
    )  # where 1 − 2^… loses all digits
    assert type(recovery(1, "7D")) is float


def test_the_reaction_is_the_sum_of_the_delays():
    regime = Regime(detection="2D", judgment="30D", check="4D", compliance="5D", listing="1D")
    assert reaction(regime) == pytest.approx(2 / LN2 + 4 + 30 + 5)
    assert reaction(dataclasses.replace(regime, decided_by="list")) == pytest.approx(2 / LN2 + 4 + 1 + 5)
    assert reaction(dataclasses.replace(regime, hearings="14D")) == pytest.approx(2 / LN2 + 4 + 7 + 30 + 5)


def test_days_in_reach_are_the_sum_of_the_reaction_delays():
    chase = Chase(sites=400, days=3_650, reopens="2D")
    names = mirrors(chase, QUICK, seed=1)
    done = names[names["blocked"].notna()]
    assert outcome(done, chase)["accessible"] * chase.sites == pytest.approx(
        (done["blocked"] - done["opened"]).sum()
    )
    later = done[done["opened"] > 0]
    assert (later["blocked"] - later["opened"]).mean() == pytest.approx(reaction(QUICK), rel=0.01)
    # hence in the long run the share of days in reach, of a cycle of reaction and silence
    share = outcome(names, chase)["accessible"] / chase.days
    assert share == pytest.approx(reaction(QUICK) / (reaction(QUICK) + 2 / LN2), rel=0.01)


@pytest.mark.parametrize("hearings", ["1D", "30D"])
def test_hearings_add_half_the_time_between_them(hearings):
    judged = Regime(detection="40D", judgment="10D", hearings=hearings, term=None)
    names = mirrors(Chase(sites=2_000, days=2_000), judged, seed=3)
    later = names[(names["opened"] > 0) & (names["opened"] < 1_000)]
    assert (later["blocked"] - later["opened"]).mean() == pytest.approx(reaction(judged), rel=0.03)


def test_delays_that_are_no_chance_come_out_to_the_hour():
    chase = Chase(sites=2, days=100, reopens="0D", closes=None)
    judged = Regime(detection="0D", judgment="20D", check="2D", compliance="3D", term=None)
    names = mirrors(chase, judged, seed=0)
    assert names["opened"].tolist() == [0.0, 25.0, 50.0, 75.0] * 2
    assert names["decided"].tolist() == [22.0, 47.0, 72.0, 97.0] * 2
    assert names["blocked"].tolist()[:3] == [25.0, 50.0, 75.0]
    assert names["blocked"].isna().tolist() == [False, False, False, True] * 2  # on day 100 nobody looks
    assert set(names["decided_by"]) == {"judge"}
    total = outcome(names, chase)
    assert total[["names", "hearings", "blocked", "accessible", "dark"]].tolist() == [8, 4, 6, 100, 0]
    # a full audience for 25 days, then three times 25 days of finding the new name, with h = 7
    missed = 3 * 7 / LN2 * (1 - 2 ** (-25 / 7))
    assert total["reach"] == pytest.approx(100 - missed)


def test_a_list_needs_a_judge_once_and_only_while_the_order_holds():
    chase = Chase(sites=1, days=400, reopens="0D")
    listed = Regime(
        decided_by="list", detection="0D", judgment="60D", listing="9D", compliance="1D", term="100D"
    )
    names = mirrors(chase, listed, seed=0)
    assert names["decided_by"].tolist()[:2] == ["judge", "list"]
    assert names["blocked"].tolist()[:4] == [61.0, 71.0, 81.0, 91.0]
    assert names["opened"].tolist()[-1] == 151.0  # the order ends on day 161, when the next would be blocked
    assert pd.isna(names["blocked"].iloc[-1])
    assert set(names["lapsed"].dropna()) == {161.0}
    assert outcome(names, chase)["hearings"] == 1
    standing = daily(names, chase).set_index("day")
    assert standing["blocked"].loc[[60, 61, 160, 161, 400]].tolist() == [0, 1, 10, 0, 0]
    assert standing["open"].loc[[60, 61, 160, 161, 400]].tolist() == [1, 1, 1, 11, 11]


def test_a_judges_order_lapses_for_each_name_in_its_turn():
    chase = Chase(sites=1, days=100, reopens=None, half_life="10D")
    names = mirrors(chase, Regime(judgment="15D", compliance="5D", term="30D"), seed=0)
    assert names[["opened", "blocked", "lapsed", "unblocked"]].to_numpy().tolist() == [[0, 20, 50, 50]]
    total = outcome(names, chase)
    assert total[["accessible", "dark"]].tolist() == [70, 30]
    assert total["reach"] == pytest.approx(20 + 50 - 10 / LN2 * (1 - 2**-5))
    audience = daily(names, chase).set_index("day")["audience"]
    assert audience.loc[[0, 19, 20, 49, 50, 60, 70]].tolist() == [1, 1, 0, 0, 0, 0.5, 0.75]


def test_blocks_outlive_a_site_that_had_closed_before_the_decision():
    chase = Chase(sites=300, days=1_000, closes="30D")
    names = mirrors(chase, Regime(judgment="600D", compliance="15D", term="300D"), seed=2)
    first = names[names["opened"] == 0]
    dead = first[first["closed"] < first["blocked"]]
    assert len(dead) > 280
    assert (dead["lapsed"] == 915).all()
    assert outcome(dead, chase)["dead_days"] == pytest.approx(300 * len(dead))
    assert outcome(names, chase)["names"] < 310  # nobody moves who has closed
    assert daily(names, chase)["dead"].loc[[614, 700, 914, 915]].tolist() == [0, len(dead), len(dead), 0]


def test_nobody_finds_a_name_whose_site_has_closed():
    chase = Chase(sites=500, days=400, closes="20D")
    names = mirrors(chase, a_regime(judgment="2D", detection="20D"), seed=2)
    unfound = names[names["detected"].isna()]
    assert len(unfound) > 100
    assert unfound["blocked"].isna().all()


def test_a_wrong_block_ends_with_its_order_or_its_repair():
    chase = Chase(sites=100, days=400)
    names = mirrors(chase, a_regime(decided_by="judge", wrong=0.5, repair="20D", term="20D"), seed=2)
    ended = names[names["wrong"]].dropna(subset="unblocked")
    assert (ended["unblocked"] - ended["blocked"]).max() == pytest.approx(20)
    assert ended["repaired"].notna().mean() == pytest.approx(0.5, abs=0.1)  # the median is the term


def test_the_share_of_wrong_names_and_of_those_caught_is_as_given():
    chase, regime = Chase(sites=500, days=2_000), a_regime(wrong=0.2, caught=0.7, repair="5D")
    names = mirrors(chase, regime, seed=4)
    decided = names["decided"].notna() | names["caught"]
    assert names.loc[decided, "wrong"].mean() == pytest.approx(0.2, abs=0.003)
    assert names.loc[names["wrong"], "caught"].mean() == pytest.approx(0.7, abs=0.005)
    total = outcome(names, chase)
    assert total["until_repaired"] == pytest.approx(5 / LN2, rel=0.02)
    assert total["caught"] + total["blocked_wrongly"] == pytest.approx(names["wrong"].sum(), rel=0.01)
    assert total["not_repaired"] < 0.01 * total["blocked_wrongly"]


def test_nothing_is_repaired_where_nobody_repairs():
    chase = Chase(sites=50)
    total = outcome(mirrors(chase, a_regime(wrong=0.3, repair=None), seed=4), chase)
    assert total["not_repaired"] == total["blocked_wrongly"] > 100
    assert math.isnan(total["until_repaired"])


def test_the_record_gives_the_defaults_it_has():
    regime = Regime()
    assert (
        pd.Timedelta(regime.compliance).days
        == cases.fact("allostreaming", "days_to_comply", "established").value
    )
    months = cases.fact("allostreaming", "order_months", "established").value
    assert pd.Timedelta(regime.term) / pd.Timedelta("365.25D") == months / 12


# one table against another: the same chances


@given(CHASES, REGIMES, SEEDS)
@settings(max_examples=15)
def test_the_same_arguments_give_the_same_table(chase, regime, seed):
    pd.testing.assert_frame_equal(mirrors(chase, regime, seed), mirrors(chase, regime, seed))


def test_a_list_as_slow_as_a_judge_changes_nothing_but_who_decides():
    chase = Chase(sites=20, closes="100D")
    slow = a_regime(judgment="20D", listing="20D", wrong=0.2, caught=0.5)
    listed, judged = (
        mirrors(chase, a, seed=5) for a in (slow, dataclasses.replace(slow, decided_by="judge"))
    )
    pd.testing.assert_frame_equal(listed.drop(columns="decided_by"), judged.drop(columns="decided_by"))


def test_two_regimes_share_their_chances():
    chase = Chase(sites=20, reopens="3D")
    fast, slow = (mirrors(chase, a_regime(listing=f"{n}D"), seed=6).set_index("name") for n in (1, 30))
    both = fast.join(slow.add_suffix("_slow"), how="inner").dropna(subset="detected_slow")
    assert len(both) > 50
    found = both["detected"] - both["opened"]
    assert found.to_numpy() == pytest.approx((both["detected_slow"] - both["opened_slow"]).to_numpy())
    assert (slow["wrong"].sum(), fast["wrong"].sum()) == (0, 0)


@pytest.mark.parametrize("seed", range(5))
def test_a_check_costs_days_in_reach_and_spares_lawful_names(seed):
    chase = Chase(sites=40, reopens="5D")
    without = outcome(mirrors(chase, a_regime(wrong=0.2), seed), chase)
    checked = outcome(mirrors(chase, a_regime(wrong=0.2, caught=0.9, check="6D"), seed), chase)
    assert checked["blocked_wrongly"] < without["blocked_wrongly"] / 4
    assert checked["wrong_days"] < without["wrong_days"] / 2
    assert checked["reach"] > without["reach"]
    assert checked["accessible"] > without["accessible"]


@pytest.mark.parametrize("seed", range(5))
def test_a_judge_each_time_leaves_a_site_in_reach_for_longer_than_a_list(seed):
    chase = Chase(sites=40)
    listed, judged = (
        outcome(mirrors(chase, a_regime(decided_by=who, judgment="60D", wrong=0.1), seed), chase)
        for who in ("list", "judge")
    )
    assert listed["reach"] < judged["reach"]
    assert listed["blocked"] > judged["blocked"]
    assert listed["blocked_wrongly"] > judged["blocked_wrongly"]  # the price of speed
    assert judged["hearings"] > listed["hearings"] == 1


def test_hearings_bundle_names():
    chase = Chase(sites=40)
    alone, bundled = (
        outcome(mirrors(chase, Regime(judgment="20D", hearings=each), seed=1), chase)
        for each in (None, "30D")
    )
    assert bundled["hearings"] <= 365 / 30 < alone["hearings"]


# laws


@given(CHASES, REGIMES, SEEDS)
@example(Chase(sites=1, days=1, reopens=None), Regime(compliance="2h", judgment="0h", wrong=0.5), 0)
@settings(max_examples=80)
def test_the_laws_of_a_chase(chase, regime, seed):
    names = mirrors(chase, regime, seed)
    right, wrong = names[~names["wrong"]], names[names["wrong"]]
    steps = ["opened", "detected", "decided", "blocked", "unblocked"]
    for before, after in pairwise(steps):
        gap = names[after] - names[before]
        assert not (gap < 0).any()
        if after not in ("detected", "unblocked"):
            assert not (names[after].notna() & names[before].isna()).any()
    times = names[[*steps, "lapsed", "repaired", "closed"]]
    assert ((times >= 0) & (times < chase.days) | times.isna()).all(axis=None)
    assert names["name"].is_unique
    assert names["name"].str.fullmatch(r"title-\d+-\d+\.(example|test)").all()
    assert set(right["site"]) == set(range(chase.sites))  # every site has its first name
    assert (right.groupby("site")["opened"].min() == 0).all()
    assert (wrong["opened"] == 0).all()
    assert (names["decided_by"].isna() == names["decided"].isna()).all()
    assert right["repaired"].isna().all()
    assert not right["caught"].any()
    assert wrong["closed"].isna().all()
    assert names.loc[names["caught"], ["decided", "blocked", "lapsed"]].isna().all(axis=None)
    assert not (names["repaired"].notna() & names["lapsed"].notna()).any()
    assert not (right["detected"] >= right["closed"]).any()  # a closed site is found by nobody
    assert not (right["opened"] >= right["closed"]).any()
    # a new name opens only when the last one is blocked
    last = right.groupby("site")["blocked"].shift()
    assert not (right["opened"] < last).any()
    assert (last.isna() == (right["opened"] == 0)).all() or regime.compliance == "0h"

    total = outcome(names, chase)
    assert total["accessible"] + total["dark"] + total["closed"] == pytest.approx(chase.days)
    assert (total.drop(["until_repaired"]) >= -1e-9).all()
    assert total["reach"] <= total["accessible"] + 1e-9
    assert total["names"] == len(right)
    if regime.term is None:  # what lapses comes back into reach
        ends = right[["blocked", "closed"]].min(axis=1).fillna(chase.days)
        assert total["accessible"] * chase.sites == pytest.approx((ends - right["opened"]).sum())


def by_hand(names, chase, day):
    """Who is where at a moment, name by name."""
    count = dict.fromkeys(("open", "blocked", "dead", "blocked_wrongly"), 0)
    reachable = set()
    for row in names.drop(columns="decided_by").fillna(math.inf).itertuples():
        under_block = row.blocked <= day < row.unblocked
        if row.wrong:
            count["blocked_wrongly"] += under_block
            continue
        open_now = row.opened <= day < row.closed and not under_block
        count["open"] += open_now
        count["blocked"] += under_block
        count["dead"] += under_block and row.closed <= day
        if open_now:
            reachable.add(row.site)
    return [*count.values(), len(reachable) / chase.sites]


@given(CHASES, REGIMES, SEEDS)
@settings(max_examples=60)
def test_the_state_of_a_day_against_a_loop_over_names(chase, regime, seed):
    names = mirrors(chase, regime, seed)
    table = daily(names, chase)
    assert len(table) == chase.days + 1
    for day in {0, 1, chase.days // 2, chase.days}:
        assert table.iloc[day].tolist()[1:6] == pytest.approx(by_hand(names, chase, day)), day
    assert ((table["audience"] >= 0) & (table["audience"] <= table["accessible"] + 1e-12)).all()


@given(CHASES, REGIMES, SEEDS)
@settings(max_examples=20)
def test_the_sums_are_the_integrals_of_the_state(chase, regime, seed):
    names = mirrors(chase, regime, seed)
    total, every = outcome(names, chase), daily(names, chase, every=0.02)
    area = every.iloc[:-1].mean() * chase.days
    slack = 0.02 * (1 + 3 * len(names))
    assert area["accessible"] == pytest.approx(total["accessible"], abs=slack)
    assert area["audience"] == pytest.approx(total["reach"], abs=slack)
    assert area["blocked_wrongly"] == pytest.approx(total["wrong_days"], abs=slack)
    assert area["dead"] == pytest.approx(total["dead_days"], abs=slack)


def test_both_ends_are_moments_if_the_step_divides_the_days():
    chase = Chase(days=33)  # 33 / 1.1 is a little under 30 in floating point
    assert daily(mirrors(chase, QUICK, seed=0), chase, every=1.1)["day"].iloc[-1] == pytest.approx(33)


# bad input


@pytest.mark.parametrize(
    ("name", "value", "accepted"),
    [
        ("sites", 0, "a whole number, 1 to 100,000"),
        ("sites", 1.5, "a whole number"),
        ("days", 0, "a whole number, 1 to 36,525"),
        ("days", True, "a whole number"),
        ("reopens", 3, "a duration"),
        ("reopens", "-1D", "of at least 0 s"),
        ("half_life", "0D", "of at least 1 s"),
        ("half_life", None, "a duration"),
        ("closes", "soon", "a duration"),
        ("closes", "0D", "at least 1 s"),
    ],
)
def test_a_chase_that_cannot_be_is_refused(name, value, accepted):
    with pytest.raises(ValueError, match=rf"^{name}=.*{accepted}"):
        Chase(**{name: value})


@pytest.mark.parametrize(
    ("name", "value", "accepted"),
    [
        ("decided_by", "nobody", "one of judge, list"),
        ("detection", None, "a duration"),
        ("detection", "-1h", "at least 0 s"),
        ("judgment", 60, "a duration"),
        ("hearings", "0D", "at least 1 s"),
        ("listing", "x", "a duration"),
        ("check", "-2D", "at least 0 s"),
        ("caught", 1.1, "at most 1"),
        ("caught", float("nan"), "a number"),
        ("wrong", 0.6, "at most 0.5"),
        ("wrong", -0.1, "at least 0"),
        ("compliance", None, "a duration"),
        ("term", "0D", "at least 1 s"),
        ("repair", 5, "a duration"),
    ],
)
def test_a_regime_that_cannot_be_is_refused(name, value, accepted):
    with pytest.raises(ValueError, match=rf"^{name}=.*{accepted}"):
        Regime(**{name: value})


def test_other_bad_input_is_refused():
    chase = Chase(sites=2, days=30)
    names = mirrors(chase, QUICK, seed=0)
    with pytest.raises(ValueError, match=r"^chase='four'.*a Chase"):
        mirrors("four", QUICK, seed=0)
    with pytest.raises(ValueError, match=r"^regime=None.*a Regime"):
        mirrors(chase, None, seed=0)
    with pytest.raises(ValueError, match=r"^seed=-1.*a whole number"):
        mirrors(chase, QUICK, seed=-1)
    with pytest.raises(ValueError, match=r"^regime=.*a Regime"):
        reaction(chase)
    with pytest.raises(ValueError, match=r"^chase=.*a Chase"):
        outcome(names, QUICK)
    with pytest.raises(ValueError, match=r"^chase=.*a Chase"):
        daily(names, 30)
    with pytest.raises(ValueError, match=r"^names has no column blocked, wrong"):
        outcome(names.drop(columns=["blocked", "wrong"]), chase)
    with pytest.raises(ValueError, match=r"^names is a list; give a DataFrame"):
        daily([], chase)
    for every in (0, 31, "day"):
        with pytest.raises(ValueError, match=r"^every=.*a number at least 0.01 and at most 30"):
            daily(names, chase, every=every)
    for days in (-1, [3, float("nan")]):
        with pytest.raises(ValueError, match=r"^days=.*at least 0"):
            recovery(days, "7D")
    with pytest.raises(ValueError, match=r"^half_life=0"):
        recovery(1, 0)


def test_names_without_end_are_refused():
    instant = Regime(decided_by="list", detection="0D", listing="0D", compliance="0D", judgment="0D")
    with pytest.raises(ValueError, match=r"^reopens='0D'.*at least an hour a name"):
        mirrors(Chase(reopens="0D"), instant, seed=0)
    with pytest.raises(ValueError, match=r"at most 1,000,000 names"):
        mirrors(Chase(sites=100_000, days=3_650), QUICK, seed=0)
    assert len(mirrors(Chase(reopens=None), instant, seed=0)) == 4


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"site": 4}, "have a site out of range; give a whole number from 0 to 3"),
        ({"opened": math.nan}, "have a opened that is no number from 0 to 30"),
        ({"blocked": 31.0}, "have a blocked that is no number from 0 to 30"),
        ({"wrong": "no"}, "names: wrong is of the type str; give True or False"),
        ({"wrong": True}, "names has no row of a site's own name; give the table that mirrors returns"),
        ({"opened": 2.0, "closed": 1.0}, "were opened after they were blocked or closed"),
    ],
)
def test_a_table_that_no_chase_gives_is_refused(change, message):
    chase = Chase(4, 30)
    names = mirrors(chase, Regime(), 1)
    for method in (outcome, daily):
        with pytest.raises(ValueError, match=message):
            method(names.assign(**change), chase)
    with pytest.raises(ValueError, match="have a decided_by that is none of judge, list"):
        outcome(names.assign(decided_by="nobody"), chase)


def test_a_table_of_other_types_comes_to_the_same():
    chase = Chase(4, 100)
    names = mirrors(chase, Regime(wrong=0.3), 1)
    pd.testing.assert_series_equal(outcome(names.convert_dtypes(), chase), outcome(names, chase))
    pd.testing.assert_frame_equal(daily(names.convert_dtypes(), chase), daily(names, chase))
