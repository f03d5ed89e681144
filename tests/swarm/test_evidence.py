"""What records prove: worked by hand, counted out, and drawn."""

import math
from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from traceblock import cases, network
from traceblock.swarm import evidence
from traceblock.swarm.evidence import coincidences, coverage, estimate_size, precision

SAMPLES = st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)).flatmap(
    lambda n: st.tuples(st.just(n[0]), st.just(n[1]), st.integers(0, min(n)))
)
SHARES = st.floats(0, 1, allow_subnormal=False)


# the size of a swarm


def test_size_worked_by_hand():
    # 11 · 12 / 4 − 1 = 32; variance 11 · 12 · 7 · 8 / (4² · 5) = 92.4
    size = estimate_size(10, 11, 3)
    assert size == pytest.approx((32, 32 - 1.96 * math.sqrt(92.4), 32 + 1.96 * math.sqrt(92.4)))
    assert (size.estimate, size.low, size.high) == size


def overlaps(size, first, second):
    """Every overlap of two random samples of a closed swarm, and its chance (hypergeometric)."""
    for both in range(max(0, first + second - size), min(first, second) + 1):
        ways = math.comb(first, both) * math.comb(size - first, second - both)
        yield both, ways / math.comb(size, second)


@pytest.mark.parametrize(("size", "first", "second"), [(30, 20, 10), (30, 17, 22), (9, 9, 1), (1, 1, 0)])
def test_estimate_and_variance_have_no_bias_where_the_samples_could_hold_the_swarm(size, first, second):
    chances = list(overlaps(size, first, second))
    results = [(estimate_size(first, second, both), chance) for both, chance in chances]
    mean = sum(chance * result.estimate for result, chance in results)
    assert mean == pytest.approx(size)
    variance = sum(chance * (result.estimate - mean) ** 2 for result, chance in results)
    claimed = sum(chance * ((result.high - result.low) / (2 * 1.96)) ** 2 for result, chance in results)
    assert claimed == pytest.approx(variance)


@pytest.mark.parametrize(("size", "first", "second"), [(100, 20, 30), (12, 4, 3), (50, 10, 1)])
def test_smaller_samples_fall_short_by_the_closed_form(size, first, second):
    chances = overlaps(size, first, second)
    mean = sum(chance * estimate_size(first, second, both).estimate for both, chance in chances)
    short = (second + 1) * math.comb(size - first, second + 1) / math.comb(size, second)
    assert short > 0
    assert mean == pytest.approx(size - short)


@pytest.mark.parametrize(
    ("size", "first", "second"), [(2_000, 400, 400), (2_000, 500, 400), (2_000, 600, 300), (5_000, 900, 700)]
)
def test_interval_covers_the_truth_nineteen_times_in_twenty(size, first, second):
    covered = 0.0
    for both, chance in overlaps(size, first, second):
        _, low, high = estimate_size(first, second, both)
        covered += chance * (low <= size <= high)
    assert 0.93 < covered < 0.97


def test_interval_covers_the_truth_in_samples_drawn():
    size, first, second = 2_000, 500, 400
    overlap = np.random.default_rng(1951).hypergeometric(first, size - first, second, 4_000)
    values, times = np.unique(overlap, return_counts=True)
    results = [estimate_size(first, second, both) for both in values]
    covered = [result.low <= size <= result.high for result in results]
    assert 0.93 < np.average(covered, weights=times) < 0.97


@given(SAMPLES)
def test_size_does_not_depend_on_which_sample_came_first(samples):
    first, second, both = samples
    assert estimate_size(first, second, both) == estimate_size(second, first, both)


@given(SAMPLES)
def test_size_lies_in_its_interval_and_is_at_least_what_was_seen(samples):
    first, second, both = samples
    size = estimate_size(first, second, both)
    assert size.low <= size.estimate <= size.high
    assert size.estimate - size.low == pytest.approx(size.high - size.estimate)
    assert size.estimate >= (first + second - both) * (1 - 1e-12)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_sample_that_lies_in_the_other_leaves_no_doubt(inner, more):
    outer = inner + more
    assert estimate_size(outer, inner, inner) == pytest.approx((outer, outer, outer))


def test_the_interval_is_not_clipped():
    assert estimate_size(10, 10, 0).low < 0


def test_numpy_counts_do_not_overflow():
    assert estimate_size(*np.array([10**9, 10**9, 5], "int32")) == estimate_size(10**9, 10**9, 5)
    assert coincidences(np.uint8(200), np.uint8(200)) == coincidences(200, 200) == 99.5


# repeated samples


def test_coverage_worked_by_hand():
    assert coverage(1, 2, 1) == 0.5
    assert coverage(1, 2, 3) == 0.875
    assert coverage(50, 200, 2) == 0.4375


@pytest.mark.parametrize("n", [1, 2, 3, 4])
@pytest.mark.parametrize("draws", [0, 1, 2, 3])
def test_coverage_is_the_mean_over_all_ways_to_draw(n, draws):
    for k in range(n + 1):
        seen = [len(set().union(*ways)) for ways in product(combinations(range(n), k), repeat=draws)]
        assert coverage(k, n, draws) == pytest.approx(float(Fraction(sum(seen), len(seen) * n)))


def test_coverage_of_drawn_samples():
    rng, (k, n, draws, runs) = np.random.default_rng(7), (15, 100, 10, 500)
    places = rng.permuted(np.tile(np.arange(n), (runs, draws, 1)), axis=2)  # the first k are drawn
    seen = (places < k).any(axis=1).mean(axis=1)
    assert seen.mean() == pytest.approx(coverage(k, n, draws), abs=4 * seen.std() / math.sqrt(runs))


@given(st.integers(1, 2**32), st.integers(0, 10**6))
def test_coverage_at_its_edges(n, draws):
    assert coverage(0, n, draws) == 0
    assert coverage(n, n, draws) == (1 if draws else 0)
    assert coverage(n // 2, n, 0) == 0
    assert isinstance(coverage(0, n, draws), float)


# chance repeats


@pytest.mark.parametrize(("records", "pool"), [(0, 3), (1, 3), (2, 5), (3, 4), (5, 3), (4, 1)])
def test_coincidences_are_the_mean_over_all_records(records, pool):
    every = list(product(range(pool), repeat=records))
    pairs = sum(a == b for addresses in every for a, b in combinations(addresses, 2))
    assert coincidences(records, pool) == pytest.approx(pairs / len(every))


def test_repeats_in_a_pool_that_renumbers_are_as_many_as_the_formula_says():
    """One sighting of a random line a day, so that none falls into the lease of another."""
    lines, days, worlds = 200, 40, 150
    repeats, circulating = [], []
    for seed in range(worlds):
        net = network.build([network.Isp("A", lines, "198.18.0.0/24", lease="24h")], "2011-01-01", days, seed)
        rng = np.random.default_rng(seed)
        noon = network.epoch(net.start) + 86_400 * np.arange(days) + 43_200
        held = net.lease_at(rng.integers(0, lines, days), noon)
        counts = net.leases["address"].iloc[held].value_counts()
        repeats.append((counts * (counts - 1) // 2).sum())
        circulating.append(net.leases["address"].nunique())
    error = np.std(repeats) / np.sqrt(worlds)
    assert np.mean(repeats) == pytest.approx(coincidences(days, round(np.mean(circulating))), abs=4 * error)


def test_coincidences_worked_by_hand():
    assert coincidences(23, 365) == pytest.approx(253 / 365)
    assert coincidences(33, 131_072) == pytest.approx(528 / 131_072)


# how many of the flagged took part


def test_precision_worked_by_hand():
    assert precision(0.01, 0.9, 0.05) == pytest.approx(0.009 / 0.0585)
    assert precision(0.5, 0.8, 0.2) == pytest.approx(0.8)


def test_precision_counted_in_a_population():
    rng, size = np.random.default_rng(11), 400_000
    took_part = rng.random(size) < 0.1
    flagged = rng.random(size) < np.where(took_part, 0.7, 0.04)
    counted = took_part[flagged].mean()
    error = math.sqrt(counted * (1 - counted) / flagged.sum())
    assert counted == pytest.approx(precision(0.1, 0.7, 0.04), abs=4 * error)


@given(st.floats(0.001, 1), st.floats(0.001, 1), SHARES)
def test_precision_at_its_limits(share, rate, other):
    assert precision(share, rate, 0) == 1
    assert precision(1, rate, other) == 1
    assert precision(1 - share, 0, rate) == 0
    assert precision(0, other, rate) == 0
    assert precision(share, rate, rate) == pytest.approx(share)


@given(st.floats(0.001, 0.999), SHARES, SHARES, SHARES)
def test_false_alarms_only_lower_precision(prior, sensitivity, rate, another):
    assume(sensitivity > 1e-9)
    low, high = sorted([rate, another])
    assert 0 <= precision(prior, sensitivity, high) <= precision(prior, sensitivity, low) <= 1


@pytest.mark.parametrize("arguments", [(0, 0.5, 0), (0.5, 0, 0), (1, 0, 0.5), (0, 0, 0)])
def test_precision_of_nothing_flagged_is_refused(arguments):
    with pytest.raises(
        ValueError, match=r"prior=.*sensitivity=.*false_positive_rate=.*nothing is ever flagged"
    ):
        precision(*arguments)


# what is refused

GOOD = {
    estimate_size: {"first": 5, "second": 4, "both": 2},
    coverage: {"k": 2, "n": 5, "draws": 3},
    coincidences: {"records": 3, "pool": 10},
    precision: {"prior": 0.5, "sensitivity": 0.5, "false_positive_rate": 0.5},
}
ARGUMENTS = [(call, name) for call, good in GOOD.items() for name in good]
NO_NUMBERS = [True, np.True_, None, "3", math.nan, math.inf, -math.inf, pd.NA, [1], 1j, -1, np.int64(-1)]


def assert_refused(call, name, value, accepted):
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 (the whole message is compared)
        call(**GOOD[call] | {name: value})
    assert str(refusal.value) == f"{name}={value!r} is not accepted; give a {accepted}"


LIMITS = {"both": "0 to 4", "k": "0 to 5", "n": "1 or more", "pool": "1 or more"}


@pytest.mark.parametrize("value", [*NO_NUMBERS, 2.0, 2.5, np.float64(2)], ids=repr)
@pytest.mark.parametrize(("call", "name"), [pair for pair in ARGUMENTS if pair[0] is not precision])
def test_no_count(call, name, value):
    assert_refused(call, name, value, f"whole number, {LIMITS.get(name, '0 or more')}")


@pytest.mark.parametrize("value", [*NO_NUMBERS, 1.0000001, -1e-300, 2, 10**400])
@pytest.mark.parametrize("name", GOOD[precision])
def test_no_share(name, value):
    assert_refused(precision, name, value, "number at least 0 and at most 1")


@pytest.mark.parametrize(
    ("call", "name", "value"),
    [(estimate_size, "both", 5), (coverage, "k", 6), (coverage, "n", 0), (coincidences, "pool", 0)],
)
def test_count_out_of_range(call, name, value):
    assert_refused(call, name, value, f"whole number, {LIMITS[name]}")


# the ladder


def test_the_ladder_is_ordered_from_a_list_to_a_piece():
    assert evidence.EVIDENCE == ("listed", "answered", "handshake", "bitfield", "piece")
    assert evidence.LADDER.ordered
    assert tuple(evidence.LADDER.categories) == evidence.EVIDENCE
    steps = evidence.ladder()["evidence"]
    assert steps.dtype == evidence.LADDER
    assert steps.is_monotonic_increasing
    assert tuple(steps) == evidence.EVIDENCE


def test_the_ladder_says_something_of_every_step_and_from_where():
    table = evidence.ladder()
    assert list(table.columns) == ["evidence", "recorded", "proves", "does_not_prove", "source"]
    texts = table[["recorded", "proves", "does_not_prove"]]
    assert (texts.map(lambda text: text.count(". ") + text.endswith(".")).isin([1, 2])).all(axis=None)
    assert table["source"].isin(cases.sources()["source"]).all()


def test_no_step_says_who():
    assert evidence.ladder()["does_not_prove"].str.contains("Nor who").all()


def test_rung():
    assert [evidence.rung(step) for step in evidence.EVIDENCE] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("value", ["Piece", "", "seen", None, 0, ["piece"], math.nan, pd.NA], ids=repr)
def test_no_step(value):
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 (the whole message is compared)
        evidence.rung(value)
    expected = f"evidence={value!r} is not accepted; give one of listed, answered, handshake, bitfield, piece"
    assert str(refusal.value) == expected
