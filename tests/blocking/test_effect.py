"""Differences in differences: by hand, against statsmodels' formulas, and on worlds whose effect is known."""

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traceblock.blocking.effect import (
    OUTCOMES,
    Study,
    difference_in_differences,
    displacement,
    event_study,
    panel,
)

SMALL = Study(units=60, before=4, after=4, noise=1.0)
NOTHING = {"share": 0.0}


def truth(table):
    """The mean effect on those treated, after the block."""
    return table.loc[table["treated"] & table["after"], "effect"].mean()


def by_hand(table):
    mean = table.groupby([table["treated"].astype(bool), table["after"].astype(bool)])["outcome"].mean()
    return (mean[True, True] - mean[True, False]) - (mean[False, True] - mean[False, False])


def four_units():
    """Two covered and two others, once before and once after."""
    return pd.DataFrame(
        {
            "unit": list("aabbccdd"),
            "after": [0, 1] * 4,
            "treated": [1, 1, 1, 1, 0, 0, 0, 0],
            "outcome": [10, 4, 12, 10, 6, 7, 8, 11],
            "period": [1, 2] * 4,
        }
    )


# the estimate


def test_four_means_worked_by_hand():
    found = difference_in_differences(four_units())
    # covered: 11 to 7; others: 7 to 9
    assert found.estimate == pytest.approx(-4 - 2)
    # changes -6, -2 and 1, 3 lie 2, 2, 1, 1 from their means: (4 + 4)/2² + (1 + 1)/2², G = 4, N = 8, K = 4
    variance = (8 / 4 + 2 / 4) * (4 / 3) * (7 / 4)
    assert found.standard_error == pytest.approx(math.sqrt(variance))
    t = 3.182446305284263  # 97.5 % of Student's t with 3 degrees of freedom
    assert found.low == pytest.approx(-6 - t * math.sqrt(variance))
    assert found.high == pytest.approx(-6 + t * math.sqrt(variance))
    assert (found.treated_units, found.other_units) == (2, 2)


@pytest.mark.parametrize("seed", range(4))
def test_it_is_what_the_formula_gives(seed):
    import statsmodels.formula.api as smf

    table = panel(SMALL, seed).sample(frac=0.7, random_state=seed)  # so that units have gaps
    numbers = table.astype({"after": int, "treated": int})
    fit = smf.ols("outcome ~ treated * after", numbers).fit(
        cov_type="cluster", cov_kwds={"groups": numbers["unit"]}, use_t=True
    )
    found = difference_in_differences(table)
    assert found.estimate == pytest.approx(fit.params["treated:after"])
    assert found.estimate == pytest.approx(by_hand(table))
    assert found.standard_error == pytest.approx(fit.bse["treated:after"])
    assert [found.low, found.high] == pytest.approx(fit.conf_int().loc["treated:after"].tolist())


def test_with_every_period_filled_it_is_what_fixed_effects_give():
    import statsmodels.formula.api as smf

    table = panel(dataclasses.replace(SMALL, units=12), 1)
    table["covered"] = (table["treated"] & table["after"]).astype(int)
    fit = smf.ols("outcome ~ covered + C(unit) + C(period)", table).fit()
    assert difference_in_differences(table).estimate == pytest.approx(fit.params["covered"])


@pytest.mark.parametrize(
    "change",
    [
        lambda table: table.sample(frac=1, random_state=1),
        lambda table: table.assign(unit=[f"user {unit}" for unit in table["unit"]]),
        lambda table: table.assign(after=table["after"].astype(int), treated=table["treated"].astype(float)),
        lambda table: table.astype({"after": "boolean", "treated": object}),
        lambda table: table.drop(columns=["period", "effect"]).set_index(np.ones(len(table))),
        lambda table: table.assign(outcome=table["outcome"] + 100 * table["treated"] - 50 * table["after"]),
        lambda table: table.assign(outcome=table["outcome"].astype("Float64")),
    ],
    ids=["order", "names", "numbers", "nullable", "index", "levels", "nullable outcome"],
)
def test_what_must_not_matter(change):
    table = panel(SMALL, 3)
    assert difference_in_differences(change(table)) == pytest.approx(difference_in_differences(table))


def test_rows_repeated_make_nothing_surer():
    table = panel(SMALL, 3)
    once, often = difference_in_differences(table), difference_in_differences(pd.concat([table] * 50))
    assert often.estimate == pytest.approx(once.estimate)
    assert often.standard_error == pytest.approx(once.standard_error, rel=0.01)


# worlds whose effect is known


def hits(study, seeds):
    """How many intervals hold the effect, and how many are without zero."""
    held = found = 0
    for seed in seeds:
        table = panel(study, seed)
        estimate = difference_in_differences(table)
        held += estimate.low <= truth(table) <= estimate.high
        found += not estimate.low <= 0 <= estimate.high
    return held, found


def test_a_planted_effect_is_covered_as_often_as_the_interval_says():
    held, found = hits(dataclasses.replace(SMALL, spread=0.0, diversion=0.2), range(400))
    # 380 expected; binomial with a standard deviation of 4.4
    assert 366 <= held <= 393
    assert found > 390  # it is a large one


def test_where_users_differ_in_what_they_lose_the_interval_is_not_too_narrow():
    held, _ = hits(SMALL, range(200))
    assert held >= 184


def test_where_nothing_happens_one_in_twenty_intervals_says_otherwise():
    held, found = hits(dataclasses.replace(SMALL, **NOTHING, correlation=0.9), range(400))
    assert held + found == 400
    assert 7 <= found <= 34


def test_without_clusters_serial_correlation_would_find_what_is_not_there():
    study = dataclasses.replace(SMALL, **NOTHING, noise=6.0, correlation=0.9, spread=0.0, before=12, after=12)
    found = {"by user": 0, "by row": 0}
    for seed in range(60):
        table = panel(study, seed)
        for how, unit in (("by user", table["unit"]), ("by row", np.arange(len(table)))):
            estimate = difference_in_differences(table.assign(unit=unit))
            found[how] += not estimate.low <= 0 <= estimate.high
    assert found["by user"] <= 9
    assert found["by row"] >= 15


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_estimates_average_to_the_effect(outcome):
    study = dataclasses.replace(SMALL, outcome=outcome, spread=0.3, shocks=3.0)
    tables = [panel(study, seed) for seed in range(60)]
    errors = [difference_in_differences(table).estimate - truth(table) for table in tables]
    assert abs(np.mean(errors)) < 4 * np.std(errors) / math.sqrt(len(errors))
    stopped = study.visits * study.share * study.fall
    expected = {
        "blocked": -stopped,
        "infringing": -stopped * (1 - study.diversion),
        "licensed": stopped * (1 - study.diversion) * study.converted,
    }[outcome]
    assert np.mean([truth(table) for table in tables]) == pytest.approx(expected, rel=0.05)


def test_spill_over_and_a_trend_bias_the_estimate_by_what_they_are():
    quiet = dataclasses.replace(SMALL, noise=0.0, spread=0.0, shocks=0.0, units=20)
    stopped = displacement(quiet.share, quiet.fall, quiet.diversion)

    def mean_error(**changes):
        tables = [panel(dataclasses.replace(quiet, **changes), seed) for seed in range(200)]
        errors = [difference_in_differences(table).estimate - truth(table) for table in tables]
        return np.mean(errors), 4 * np.std(errors) / math.sqrt(len(errors))

    error, margin = mean_error(spill_over=0.25)
    assert error == pytest.approx(-0.25 * stopped * quiet.visits, abs=margin)
    error, margin = mean_error(trend=0.5)
    assert error == pytest.approx(0.5 * 4, abs=margin)  # before and after are 4 periods apart
    assert margin < 0.5
    drifting = [event_study(panel(dataclasses.replace(quiet, trend=0.5), seed)) for seed in range(200)]
    before = np.mean([found["estimate"].iloc[:4] for found in drifting], axis=0)
    assert before == pytest.approx([-1.5, -1, -0.5, 0], abs=0.4)


# the panel


def test_the_displacement_is_share_times_fall_times_what_is_not_diverted():
    assert displacement(0.5, 0.8, 0.25) == pytest.approx(-0.3)
    assert displacement(1, 1, 0) == -1
    assert displacement(0.5, 0.8, 1) == 0


STUDIES = st.builds(
    Study,
    units=st.integers(4, 40),
    before=st.integers(1, 6),
    after=st.integers(1, 6),
    treated=st.floats(0.01, 0.99),
    outcome=st.sampled_from(OUTCOMES),
    share=st.floats(0, 1),
    fall=st.floats(0, 1),
    diversion=st.floats(0, 1),
    converted=st.floats(0, 1),
    spread=st.floats(0, 10),
    correlation=st.floats(0, 0.99),
    spill_over=st.floats(0, 1),
)


@given(STUDIES, st.integers(0, 2**32))
@settings(max_examples=60)
def test_the_laws_of_a_panel(study, seed):
    table = panel(study, seed)
    pd.testing.assert_frame_equal(table, panel(study, seed))
    assert len(table) == study.units * (study.before + study.after)
    assert table[["unit", "period"]].drop_duplicates().shape[0] == len(table)
    assert (table["after"] == (table["period"] >= 0)).all()
    assert table["period"].min() == -study.before
    covered = table.groupby("unit")["treated"].agg(["min", "max", "first"])
    assert (covered["min"] == covered["max"]).all()
    assert covered["first"].sum() == min(max(round(study.units * study.treated), 2), study.units - 2)
    assert (table.loc[~table["after"], "effect"] == 0).all()
    if study.spill_over == 0:
        assert (table.loc[~table["treated"], "effect"] == 0).all()
    sign = -1 if study.outcome != "licensed" else 1
    assert (sign * table["effect"] >= 0).all()
    assert table["outcome"].dtype == np.int64
    assert (table["outcome"] >= 0).all()
    # without a block, the same world but for what the block did
    bare = panel(dataclasses.replace(study, fall=0.0), seed)
    changed = table["outcome"] - bare["outcome"]
    assert (sign * changed >= 0).all()
    assert (changed[table["effect"] == 0] == 0).all()


LEVEL = {"spread": 0.0, "shocks": 0.0}


@pytest.mark.parametrize(("outcome", "mean", "left"), [("blocked", 3, 0.2), ("infringing", 6, 0.6)])
@pytest.mark.parametrize(("noise", "correlation"), [(0.0, 0.5), (3.0, 0.0), (3.0, 0.6)])
def test_counts_are_negative_binomial(outcome, mean, left, noise, correlation):
    study = Study(
        units=40_000, treated=0.5, before=3, after=2, outcome=outcome, visits=6.0, diversion=0.0, **LEVEL
    )
    table = panel(dataclasses.replace(study, noise=noise, correlation=correlation), 1)
    alpha = (noise / 6) ** 2
    for treated, rows in table.groupby("treated"):
        wide = rows.pivot(index="unit", columns="period", values="outcome")
        means = np.array([mean] * 3 + [mean * (left if treated else 1)] * 2)
        assert wide.mean().to_numpy() == pytest.approx(means, rel=0.03)
        covariance = (
            alpha * np.outer(means, means) * correlation ** abs(np.subtract.outer(range(5), range(5)))
        )
        assert wide.cov().to_numpy() == pytest.approx(covariance + np.diag(means), abs=0.9)
        assert (wide == 0).mean().to_numpy() == pytest.approx(
            (1 + alpha * means) ** (-1 / alpha) if alpha else np.exp(-means), abs=0.015
        )


def test_licensed_services_gain_a_count_of_their_own():
    study = Study(units=20_000, before=1, after=1, outcome="licensed", licensed=4.0, noise=2.0, **LEVEL)
    table = panel(study, 1)
    after = table[table["after"]].groupby("treated")["outcome"]
    gained = 10 * 0.2 * 0.2
    assert after.mean().to_numpy() == pytest.approx([4, 4 + gained], rel=0.02)
    assert after.var()[True] == pytest.approx(4 + gained + (2 / 4) ** 2 * (4 + gained) ** 2, rel=0.05)
    assert truth(table) == pytest.approx(gained)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_no_drift_and_no_shock_takes_visits_below_zero(outcome):
    study = Study(outcome=outcome, visits=3.0, licensed=3.0, trend=-2.0, shocks=10.0, noise=9.0, units=50)
    table = panel(study, 1)
    assert table["outcome"].min() == 0
    covered = table.query("treated and period >= 4")
    if outcome != "licensed":
        assert (covered["effect"] >= -covered["outcome"].max()).all()
        assert panel(dataclasses.replace(study, shocks=0.0), 1).query("treated and period >= 4")[
            ["outcome", "effect"]
        ].to_numpy() == pytest.approx(0)


def test_what_nobody_visits_stays_at_zero():
    assert (panel(Study(visits=0.0, noise=1.0), 1)["outcome"] == 0).all()
    assert (panel(Study(outcome="blocked", share=0.0), 1)["outcome"] == 0).all()


def test_shocks_move_all_users_alike_by_what_is_asked():
    study = Study(units=400, before=200, after=200, noise=0.0, spread=0.0, shocks=3.0, **NOTHING)
    table = panel(study, 1)
    by_period = table.groupby(["period", "treated"])["outcome"].mean().unstack()
    assert by_period.corr().iloc[0, 1] > 0.98
    assert by_period.mean().to_numpy() == pytest.approx(10, rel=0.05)
    assert by_period.std().to_numpy() == pytest.approx(3, rel=0.15)


def test_habits_have_the_spread_asked_for():
    study = Study(units=20_000, before=1, after=1, noise=0.0, shocks=0.0, spread=0.7, visits=5.0, **NOTHING)
    counts = panel(study, 1).pivot(index="unit", columns="period", values="outcome")
    assert counts.mean().to_numpy() == pytest.approx(5, rel=0.02)
    assert counts.cov().iloc[0, 1] == pytest.approx(
        3.5**2, rel=0.1
    )  # a Poisson count adds to none but itself


# the event study


def test_each_period_is_a_difference_in_differences_with_the_last_before():
    table = panel(SMALL, 5).sample(frac=0.9, random_state=1)
    found = event_study(table).set_index("period")
    assert found.index.tolist() == list(range(-4, 4))
    assert found.loc[-1, ["estimate", "low", "high"]].tolist() == [0, 0, 0]
    assert found["after"].tolist() == [False] * 4 + [True] * 4
    for period in (-4, 2):
        pair = table[table["period"].isin([-1, period])]
        one = difference_in_differences(pair.assign(after=pair["period"] == period))
        assert found.loc[period, ["estimate", "low", "high"]].tolist() == pytest.approx(list(one[:3]))


def test_it_is_what_one_regression_on_all_periods_gives():
    import statsmodels.formula.api as smf

    table = panel(SMALL, 6)
    numbers = table.astype({"treated": int})
    fit = smf.ols(
        "outcome ~ C(period, Treatment(-1)) + treated + treated:C(period, Treatment(-1))", numbers
    ).fit(cov_type="cluster", cov_kwds={"groups": numbers["unit"]}, use_t=True)
    found = event_study(table).set_index("period")
    for period in (-4, -3, -2, 0, 1, 2, 3):
        name = f"treated:C(period, Treatment(-1))[T.{period}]"
        assert found.loc[period, "estimate"] == pytest.approx(fit.params[name])
        low, high = fit.conf_int().loc[name]
        assert found.loc[period, "high"] - found.loc[period, "low"] == pytest.approx(high - low, rel=0.02)


def test_before_the_block_estimates_lie_around_zero_and_after_it_around_the_effect():
    tables = [panel(SMALL, seed) for seed in range(60)]
    found = [event_study(table).assign(truth=truth(table)) for table in tables]
    found = pd.concat(found, keys=range(60), names=["seed"]).reset_index("seed")

    def off(rows):
        """The mean distance from the truth, and four standard errors of it, by seed."""
        means = rows.groupby("seed")["error"].mean()
        return means.mean(), 4 * means.std() / math.sqrt(len(means))

    found["error"] = found["estimate"] - found["truth"].where(found["after"], 0)
    before, after = found[~found["after"] & (found["period"] < -1)], found[found["after"]]
    for rows in (before, after):
        error, margin = off(rows)
        assert error == pytest.approx(0, abs=margin)
        assert margin < 0.7
    assert ((before["low"] <= 0) & (before["high"] >= 0)).mean() == pytest.approx(0.95, abs=0.05)


def test_periods_may_be_dates_as_numbers_and_have_gaps():
    table = four_units()
    later = pd.concat([table, table.assign(period=table["period"] * 1_000 + 0.5, after=1)])
    found = event_study(later)
    assert found["period"].tolist() == [1.0, 2.0, 1000.5, 2000.5]
    assert found["estimate"].tolist() == pytest.approx([0, -6, 0, -6])


# bad input


@pytest.mark.parametrize(
    ("name", "value", "accepted"),
    [
        ("units", 3, "a whole number, 4 to"),
        ("units", 10_000_000, "a whole number, 4 to 208,333"),
        ("before", 0, "a whole number, 1 to 10,000"),
        ("after", 1.5, "a whole number, 1 to 10,000"),
        ("treated", 0, "above 0 and below 1"),
        ("treated", 1, "above 0 and below 1"),
        ("outcome", "sales", "one of blocked, infringing, licensed"),
        ("visits", -1, "at least 0"),
        ("licensed", math.inf, "at least 0"),
        ("visits", 2_000_000, "at most 1e\\+06"),
        ("share", 1.1, "at most 1"),
        ("fall", -0.1, "at least 0"),
        ("diversion", "0.5", "a number"),
        ("converted", 2, "at most 1"),
        ("spread", math.nan, "at least 0"),
        ("noise", -2, "at least 0"),
        ("noise", 101, "at most 100"),
        ("correlation", 1, "below 1"),
        ("shocks", None, "at least 0"),
        ("shocks", 100.5, "at most 100"),
        ("trend", math.inf, "a number"),
        ("spill_over", True, "at least 0"),
    ],
)
def test_a_study_that_cannot_be_is_refused(name, value, accepted):
    with pytest.raises(ValueError, match=rf"^{name}=.*{accepted}"):
        Study(**{name: value})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.drop(columns=["treated"]), "table has no column treated"),
        (lambda t: t.assign(treated=0), r"0 unit\(s\) treated have rows before"),
        (lambda t: t.assign(treated=1), r"0 unit\(s\) not treated have rows"),
        (lambda t: t.assign(after=0), r"0 unit\(s\) treated have rows after"),
        (lambda t: t.assign(after=1), r"0 unit\(s\) treated have rows before"),
        (lambda t: t[t["unit"] != "b"], r"1 unit\(s\) treated have rows before; give two or more"),
        (lambda t: t.assign(unit=list("aaaaccdd")), r"1 unit\(s\) treated"),
        (lambda t: t.drop(index=3), r"1 unit\(s\) treated have rows after"),
        (lambda t: t.assign(unit="a"), "8 of 8 rows are of units treated in some rows, not in others"),
        (lambda t: t.assign(treated=[1, 0, 1, 1, 0, 0, 0, 0]), "2 of 8 rows are of units treated in some"),
        (lambda t: t.assign(after=[0, 2] * 4), "after is of the type int64; give True or False, or 1 or 0"),
        (
            lambda t: t.assign(treated=["yes", "no"] * 4),
            "treated is of the type str; give True or False, or 1 or 0",
        ),
        (lambda t: t.assign(outcome=[1, None, *range(6)]), "1 of 8 rows have a outcome that is no number"),
        (lambda t: t.assign(after=[0, None] * 4), "4 of 8 rows have no after"),
        (lambda t: t.assign(unit=[None, *"abbccdd"]), "1 of 8 rows have no unit"),
        (
            lambda t: t.assign(outcome=[math.inf, *range(7)]),
            "1 of 8 rows have a outcome that is no number",
        ),
        (lambda t: t.assign(outcome="many"), "outcome is of the type str; give numbers"),
        (lambda t: t.iloc[:0], r"0 unit\(s\) treated"),
        (lambda t: t.to_dict(), "table is a dict; give a DataFrame"),
    ],
)
def test_a_table_that_shows_no_difference_is_refused(change, message):
    for method in (difference_in_differences, event_study):
        with pytest.raises(ValueError, match=message):
            method(change(four_units()))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.drop(columns=["period"]), "no column period"),
        (lambda t: t.assign(period=1), "4 of 8 rows are before the block in a period that is after it"),
        (lambda t: t.assign(period=3 - t["period"]), "period 2 is before the block, and 1 after it"),
        (lambda t: t.assign(period=[1, None] * 4), "4 of 8 rows have a period that is no number"),
        (lambda t: t.assign(period="now"), "period is of the type str"),
        (lambda t: t.assign(period=[1, 2, 1, 3, 1, 2, 1, 2]), r"1 unit\(s\) treated have rows in period 2"),
    ],
)
def test_periods_that_are_none_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        event_study(change(four_units()))


def test_other_bad_input_is_refused():
    with pytest.raises(ValueError, match=r"^study=None.*a Study"):
        panel(None, 1)
    with pytest.raises(ValueError, match=r"^seed='1'.*a whole number"):
        panel(Study(), "1")
    for name in ("share", "fall", "diversion"):
        with pytest.raises(ValueError, match=rf"^{name}=1.5.*at most 1"):
            displacement(**{"share": 1, "fall": 1, "diversion": 1, name: 1.5})


def test_flags_may_be_one_and_zero_and_numbers_may_not_be_flags():
    table = four_units()
    expected = difference_in_differences(table)
    for kind in (bool, float, "Int64", "boolean"):
        assert difference_in_differences(table.astype({"after": kind, "treated": kind})) == expected
    with pytest.raises(ValueError, match=r"^table: outcome is of the type bool; give numbers"):
        difference_in_differences(table.assign(outcome=table["outcome"] > 4))
    with pytest.raises(ValueError, match=r"^table: 8 of 8 rows have a outcome that is no number"):
        difference_in_differences(table.assign(outcome=1e300))
