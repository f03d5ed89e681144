"""A plain loop, merge_asof and closed forms name the same subscribers; what is no log is refused."""

import math
import re
from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal, assert_series_equal

from tests.isp import logs
from tests.isp.logs import CENTURY, ZERO, log, records
from traceblock.isp import VERDICTS, attribute, intervals, lease_log, misattribution, score, verdicts
from traceblock.network import Isp, build, epoch, from_text, instants, ports

DAY, HOUR = 86_400, 3_600
SE = 4  # a mean may be off by so many standard errors: by chance in 1 of 16,000
UNITS = st.sampled_from(["s", "ms", "us", "ns"])
ZONES = st.sampled_from(["UTC", "Europe/Dublin", "America/New_York", "Asia/Kolkata"])


def answers(attributed):
    """Return ISP, subscriber and candidates of each row, None where one is missing."""
    columns = attributed[["isp", "subscriber", "candidates"]].astype(object)
    return list(columns.where(columns.notna(), None).itertuples(index=False, name=None))


# a plain loop


@settings(max_examples=700)
@given(st.data())
def test_a_plain_loop_names_the_same(data):
    rows = data.draw(logs.leases())
    seen = data.draw(logs.observations(rows))
    correction = data.draw(st.sampled_from([0, 0, 1, -1, 5, -7, CENTURY]))
    word = data.draw(st.sampled_from([64, 64, 40, 20, 1]))
    piece = data.draw(st.sampled_from([1, 2, 3, 1 << 16]))
    index = data.draw(st.lists(st.integers(0, 3), min_size=len(seen), max_size=len(seen)))
    given_records = records(seen).set_index(pd.Index(index, dtype="int64"))
    given_leases = log(rows)
    for use_port in (True, False):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(intervals, "_WORD", word)
            patch.setattr(intervals, "_PIECE", piece)
            found = attribute(given_records, given_leases, pd.Timedelta(correction, "s"), use_port)
        assert_frame_equal(found[["time", "address", "port"]], given_records)
        assert answers(found) == [
            logs.answer(rows, time + correction, address, port if use_port else None)
            for time, address, port in seen
        ]


@settings(max_examples=500)
@given(st.data())
def test_a_clash_is_refused_whether_the_port_is_used_or_not_and_nothing_else_is(data):
    rows = data.draw(logs.leases(clashing=True, most=3))
    pairs = [(one, other) for i, one in enumerate(rows) for other in rows[:i] if logs.clash(one, other)]
    none, leases = records([]), log(rows)
    word = data.draw(st.sampled_from([64, 40, 1]))
    for use_port in (True, False):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(intervals, "_WORD", word)
            if pairs:
                with pytest.raises(ValueError, match=r"^leases overlap in time on a port"):
                    attribute(none, leases, use_port=use_port)
            else:
                attribute(none, leases, use_port=use_port)


FAR = [
    (0, 0, 65_535, 3, ZERO - CENTURY, ZERO - CENTURY + 1),
    (0, 0, 65_535, 4, ZERO - CENTURY + 1, ZERO + CENTURY),
    (2**32 - 1, 1_024, 2_047, 5, ZERO + CENTURY - 2, ZERO + CENTURY),
    (2**32 - 1, 2_048, 2_048, 6, ZERO - CENTURY, ZERO + CENTURY),
    (2**32 - 1, 2_047, 2_047, 7, ZERO - CENTURY, ZERO),
]


@pytest.mark.parametrize("use_port", [True, False])
def test_addresses_and_centuries_far_apart(use_port):
    times = sorted({time + off for row in FAR for time in row[4:] for off in (-1, 0)})
    seen = [(t, a, p) for t in times for a in (0, 1, 2**32 - 1) for p in (0, 1_024, 2_047, 2_048, 65_535)]
    found = attribute(records(seen), log(FAR), use_port=use_port)
    assert answers(found) == [logs.answer(FAR, t, a, p if use_port else None) for t, a, p in seen]
    assert found["candidates"].max() == (1 if use_port else 2)


@pytest.mark.parametrize("use_port", [True, False])
@pytest.mark.parametrize("kind", ["int8", "uint8", "uint64", "Int64", "UInt64"])
def test_subscribers_of_any_whole_type_are_exact(kind, use_port):
    numbers = np.array([1, 100, 127] if "8" in kind else [2**60 + 1, 2**60 + 3, 2**63 - 1])
    rows = [(5, 1_024 * i, 1_024 * i + 9, 0, ZERO + i, ZERO + i + 1) for i in range(3)]
    leases = log(rows).assign(subscriber=pd.Series(numbers).astype(kind))
    seen = records([(ZERO + i, 5, 1_024 * i) for i in range(3)])
    assert attribute(seen, leases, use_port=use_port)["subscriber"].tolist() == numbers.tolist()


@pytest.mark.parametrize("use_port", [True, False])
def test_nothing_seen_and_nothing_leased(use_port):
    rows, seen = FAR[:2], [(ZERO, 0, 5), (ZERO, 7, 5)]
    for given_rows, given_seen in ((rows, []), ([], seen), ([], [])):
        found = attribute(records(given_seen), log(given_rows), use_port=use_port)
        assert answers(found) == [(None, None, 0)] * len(given_seen)
        assert_types(found)
        assert list(found["isp"].cat.categories) == ["North", "South"]


# renewals: rows of one subscriber that overlap or repeat are one lease


def test_a_journal_of_leases_is_read_as_the_leases_that_it_records():
    cases = Path(__file__).with_name("cases")
    leases = pd.read_csv(cases / "renewed.csv", parse_dates=["start", "end"])
    seen = pd.read_csv(cases / "records.csv", parse_dates=["time"])
    for table in (leases, seen):
        table["address"] = from_text(table["address"])
    for use_port in (True, False):
        for order in permutations(range(3)):
            found = attribute(seen, leases.iloc[list(order)], use_port=use_port)
            assert found["subscriber"].tolist() == [11, 12]
            assert found["candidates"].tolist() == [1, 1]


RENEWED = [
    (5, 0, 1_023, 7, ZERO, ZERO + 4),
    (5, 0, 1_023, 7, ZERO + 2, ZERO + 6),  # a chain,
    (5, 0, 1_023, 7, ZERO + 5, ZERO + 9),
    (5, 0, 1_023, 7, ZERO + 3, ZERO + 4),  # one inside another,
    (5, 0, 1_023, 7, ZERO + 5, ZERO + 9),  # one twice,
    (5, 1_000, 2_047, 7, ZERO + 1, ZERO + 3),  # and blocks that overlap in part
    (5, 0, 1_023, 8, ZERO + 9, ZERO + 12),
    (5, 0, 1_023, 7, ZERO + 12, ZERO + 13),  # who comes back does not get the time between
    (5, 3_000, 4_000, 9, ZERO, ZERO + 20),
]


@pytest.mark.parametrize("use_port", [True, False])
def test_chains_repeats_and_renewals_within_are_one_lease(use_port):
    seen = [(ZERO + second, 5, port) for second in range(-1, 21) for port in (0, 1_010, 2_000, 3_500)]
    expected = [logs.answer(RENEWED, t, a, p if use_port else None) for t, a, p in seen]
    assert {number for _, _, number in expected} == ({0, 1} if use_port else {0, 1, 2})
    for rows in (RENEWED, RENEWED[::-1]):
        assert answers(attribute(records(seen), log(rows), use_port=use_port)) == expected


@pytest.mark.parametrize(
    "other",
    [
        (5, 1_023, 1_023, 4, ZERO + 8, ZERO + 9),  # what only a renewal holds
        (5, 0, 65_535, 4, ZERO - 5, ZERO + 50),
        (5, 2_047, 2_999, 4, ZERO + 2, ZERO + 3),  # what only the other block holds
    ],
)
def test_a_renewal_is_shown_where_it_clashes(other):
    leases = log([*RENEWED, other])
    text = refused("^leases overlap in time on a port of an address, which only one", leases=leases)
    rows = [tuple(map(int, line.split()[2:5])) for line in text.splitlines()[2:]]
    one, two = rows[:2]
    assert {one[2], two[2]} != {7}
    assert any(number == 4 for _, _, number in (one, two))
    shown = [int(line.split()[0]) for line in text.splitlines()[2:4]]
    assert logs.clash(*([*RENEWED, other][row] for row in shown))


def test_a_log_without_renewals_is_sorted_once(monkeypatch):
    monkeypatch.setattr(lease_log, "unions", None)  # which only a log with overlaps needs
    seen = records([(ZERO + 3, 5, 3_000)])
    assert attribute(seen, log(HELD[:2]))["subscriber"].tolist() == [1]


@pytest.mark.parametrize("isps", [["North", None], [None, "North"]])
def test_a_renewal_that_names_no_isp_takes_none_away(isps):
    rows = [(5, 0, 9, 0, ZERO, ZERO + 5), (5, 0, 9, 0, ZERO + 3, ZERO + 8)]
    seen = records([(ZERO + second, 5, 0) for second in (0, 4, 7)])
    for use_port in (True, False):
        found = attribute(seen, log(rows).assign(isp=isps), use_port=use_port)
        assert found["isp"].tolist() == ["North"] * 3


# times finer than a second: the second before decides


@settings(max_examples=200)
@given(st.data())
def test_a_fraction_of_a_second_changes_no_name_and_is_kept(data):
    rows = data.draw(logs.leases())
    seen = data.draw(logs.observations(rows))
    fraction = st.sampled_from([0, 0, 1, 500_000_000, 999_999_999])

    def finer(times):
        parts = [data.draw(fraction) for _ in times]
        return (times.dt.as_unit("ns") + pd.to_timedelta(pd.Series(parts, dtype="int64"), "ns")).array

    plain, leases = records(seen), log(rows)
    fine = plain.assign(time=finer(plain["time"])).set_axis(list(range(5, 5 + len(seen))))
    fine_leases = leases.assign(start=finer(leases["start"]), end=finer(leases["end"]))
    for use_port in (True, False):
        found = attribute(fine, fine_leases, use_port=use_port)
        assert answers(found) == answers(attribute(plain, leases, use_port=use_port))
        assert found["time"].tolist() == plain["time"].tolist()
        fractions = found.get("time_fraction", pd.Series(pd.Timedelta(0), found.index))
        assert (found["time"] + fractions).tolist() == fine["time"].tolist()
        assert ("time_fraction" in found) == (fine["time"] != found["time"]).any()


def test_a_lease_within_one_second_holds_no_second_and_is_no_fault():
    leases = log([(5, 0, 9, 0, ZERO, ZERO + 3), (5, 0, 9, 1, ZERO + 3, ZERO + 9)])
    short = log([(5, 0, 9, 2, ZERO + 3, ZERO + 4)])
    half, ms = pd.Timedelta("500ms"), pd.Timedelta("1ms")
    short = short.assign(start=short["start"] + ms, end=short["start"] + half)
    leases = leases.assign(end=leases["end"].where([False, True], leases["end"] + ms))
    leases = leases.assign(start=leases["start"].where([True, False], leases["start"] + half))
    seen = records([(ZERO + second, 5, 0) for second in (2, 3)])
    both = pd.concat([short, leases], ignore_index=True)
    for use_port in (True, False):
        assert attribute(seen, both, use_port=use_port)["subscriber"].tolist() == [0, 1]
    both.loc[0, "end"] = both.loc[0, "start"]
    refused("^leases: 1 of 3 rows do not end after they start", leases=both)


# merge_asof


@pytest.mark.parametrize("sharing", [1, 16])
def test_merge_asof_names_the_same(sharing):
    isps = [
        Isp("A", 2_000, "198.18.0.0/19", "12h", "periodic", sharing, reuse="2h"),
        Isp("B", 1_000, "241.0.0.0/17", "30h", "exponential", sharing, reuse="1h"),
    ]
    leases = build(isps, "2010-01-01", 10, seed=1).leases
    rng, draws = np.random.default_rng(2), 30_000
    some = leases.iloc[rng.integers(0, len(leases), draws)]
    bound = np.where(rng.random(draws) < 0.5, epoch(some["start"]), epoch(some["end"]))
    seen = pd.DataFrame(
        {
            "time": instants(bound + rng.integers(-DAY, DAY, draws) * (rng.random(draws) < 0.8)),
            "address": some["address"].to_numpy() + rng.integers(0, 2, draws).astype(np.uint32),
            "port": ports(some, rng.random(draws)),
        }
    )

    def block(port):
        return (port.astype("int64") - 1_024) // (64_512 // sharing) if sharing > 1 else 0

    joined = pd.merge_asof(
        seen.assign(block=block(seen["port"]), row=np.arange(draws)).sort_values("time"),
        leases.assign(block=block(leases["port_first"]))
        .drop(columns=["port_first", "port_last"])
        .sort_values("start"),
        left_on="time",
        right_on="start",
        by=["address", "block"],
    ).sort_values("row", ignore_index=True)
    held = joined["time"] < joined["end"]
    found = attribute(seen, leases.sample(frac=1, random_state=3))
    expected = joined["subscriber"].where(held).astype("Int64")
    assert_series_equal(found["subscriber"], expected)
    assert_series_equal(found["isp"].astype(object), joined["isp"].astype(object).where(held))
    assert found["candidates"].tolist() == held.astype(int).tolist()
    assert 0.2 < held.mean() < 0.9


# closed forms


def world(renumbering, reuse, lines=5_000, days=20):
    return build(
        [Isp("A", lines, "198.18.0.0/16", "24h", renumbering, reuse=reuse)], "2010-01-01", days, seed=4
    )


def seen_truly(built, draws, seed):
    """Return records of random subscribers at random true times, two days from either end, and the truth."""
    rng = np.random.default_rng(seed)
    who = rng.integers(0, len(built.subscribers), draws)
    when = rng.integers(epoch(built.start) + 2 * DAY, epoch(built.end) - 2 * DAY, draws)
    row = built.leases.iloc[built.lease_at(who, when)]
    port = ports(row, rng.random(draws))
    seen = pd.DataFrame({"time": instants(when), "address": row["address"].to_numpy(), "port": port})
    return seen, pd.Series(who)


def rests(leases):
    """Return for how many seconds each address was nobody's, each time."""
    ordered = leases.sort_values(["address", "start"])
    free = (ordered["start"] - ordered["end"].shift())[ordered["address"].diff() == 0]
    return (free / pd.Timedelta("1s")).to_numpy()


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    ("renumbering", "hours", "reuse"),
    [
        ("periodic", 1, "0s"),
        ("periodic", 12, "0s"),
        ("periodic", 30, "0s"),
        ("periodic", 6, "4h"),
        ("periodic", 3, "5h"),
        ("exponential", 1, "0s"),
        ("exponential", 24, "0s"),
        ("exponential", 3, "2h"),
        ("exponential", 3, "5h"),
    ],
)
def test_a_clock_error_misattributes_as_the_closed_form_says(renumbering, hours, reuse, sign):
    draws, lines, days, error = 40_000, 5_000, 20, hours * HOUR
    built = world(renumbering, reuse)
    free = rests(built.leases)
    rest = np.minimum(free, error)
    # The share of records whose error ends in the rest next to their lease: that the lease has ended is as
    # likely at every second of the error, or less and less, and the rest covers the last of these seconds.
    if renumbering == "periodic":
        unknown = rest.mean() / DAY if error < DAY else free.mean() / DAY
    else:
        unknown = np.mean(np.exp(-(error - rest) / DAY) - math.exp(-error / DAY))
    changed = misattribution(f"{sign * error}s", "24h", renumbering)
    expected = (min(1, error / DAY)) if renumbering == "periodic" else 1 - math.exp(-error / DAY)
    assert changed == pytest.approx(expected)
    wrong = misattribution(f"{sign * error}s", "24h", renumbering, 1 - unknown / changed)
    seen, truth = seen_truly(built, draws, seed=5)
    verdict = score(attribute(seen, built.leases, pd.Timedelta(sign * error, "s")), truth) / draws
    # Records are drawn independently from a log. Of a periodic one the shares are exact; an exponential one
    # has Poisson changes, each with up to the error's length of records: variance <= changed · error / time.
    of_log = changed * error / (lines * (days - 4) * DAY) if renumbering == "exponential" else 0
    slack = 1 / 1_000 + 1 / lines  # left out: several changes within the error; a subscriber who comes back
    for name, share in {"right": 1 - changed, "wrong": wrong, "unknown": unknown}.items():
        within = SE * math.sqrt(share * (1 - share) / draws + of_log) + slack
        assert verdict[name] == pytest.approx(share, abs=within), name
    assert verdict["ambiguous"] == 0
    if pd.Timedelta(reuse) >= pd.Timedelta(error, "s"):
        assert verdict["wrong"] == 0
        assert verdict["unknown"] > 0


def test_a_true_clock_misattributes_nobody_and_mends_an_error():
    built = world("exponential", "1h", lines=500)
    seen, truth = seen_truly(built, 5_000, seed=6)
    assert score(attribute(seen, built.leases), truth)["right"] == 5_000
    late = seen.assign(time=(seen["time"] + pd.Timedelta("37min")).dt.as_unit("s"))
    assert score(attribute(late, built.leases, "-37min"), truth)["right"] == 5_000
    assert score(attribute(late, built.leases), truth)["right"] < 5_000


def test_an_address_that_was_given_to_nobody_is_unknown():
    built = world("periodic", "0s", lines=50)
    seen, truth = seen_truly(built, 200, seed=7)
    seen["address"] += np.uint32(2**16)
    found = attribute(seen, built.leases)
    assert score(found, truth).to_dict() == {"right": 0, "wrong": 0, "ambiguous": 0, "unknown": 200}
    assert found["isp"].isna().all()


@pytest.mark.parametrize(
    ("subscribers", "sharing", "renumbering"),
    [(16 * 16, 16, "periodic"), (16 * 64, 64, "periodic"), (700, 64, "exponential")],
)
def test_without_the_port_a_guess_is_right_in_one_of_n(subscribers, sharing, renumbering):
    isp = Isp("A", subscribers, "198.18.0.0/28", "24h", renumbering, sharing)
    built = build([isp], "2010-01-01", 6, seed=8)
    draws = 20_000
    seen, truth = seen_truly(built, draws, seed=9)
    assert score(attribute(seen, built.leases), truth)["right"] == draws
    found = attribute(seen, built.leases, use_port=False)
    everybody = (
        seen.reset_index(names="record")
        .merge(built.leases, on="address")
        .query("start <= time < end")
        .drop_duplicates(["record", "subscriber"])
    )
    candidates = everybody.groupby("record").size()
    assert found["candidates"].tolist() == candidates.tolist()
    guess = everybody.groupby("record").sample(1, random_state=10)["subscriber"].to_numpy()
    if subscribers == isp.places:  # nobody can change, and all behind an address are always there
        assert (candidates == sharing).all()
        assert score(found, truth)["ambiguous"] == draws
    expected = (1 / candidates).mean()
    error = math.sqrt(expected * (1 - expected) / draws)
    assert np.mean(guess == truth) == pytest.approx(expected, abs=SE * error)


# the score


def test_verdicts_worked_by_hand():
    attributed = pd.DataFrame(
        {
            "subscriber": pd.array([1, 2, 3, None, None, None], "Int64"),
            "candidates": pd.array([1, 1, 1, 2, 0, 0], "Int64"),
        },
        index=[9, 9, 7, 5, 3, 1],
    )
    truth = [1, 1, None, 4, 5, None]
    words = ["right", "wrong", "wrong", "ambiguous", "unknown", "unknown"]
    kinds = {"Int64": None, "float64": math.nan, "object": pd.NA}
    for kind, missing in kinds.items():
        values = [missing if value is None else value for value in truth]
        series = pd.Series(values, attributed.index, dtype=kind)
        verdict = verdicts(attributed, series)
        assert verdict.name == "verdict"
        assert list(verdict.cat.categories) == list(VERDICTS)
        assert verdict.tolist() == words
        assert verdict.index.equals(attributed.index)
        counts = score(attributed, series)
        assert counts.to_dict() == {"right": 1, "wrong": 2, "ambiguous": 1, "unknown": 2}
        assert (counts.name, counts.index.name, counts.dtype) == ("records", "verdict", "int64")
    nobody = pd.Series([pd.NA] * 6, attributed.index)
    assert score(attributed, nobody)["wrong"] == 3


@settings(max_examples=100)
@given(st.data())
def test_verdicts_sum_to_the_records(data):
    rows = data.draw(logs.leases())
    seen = data.draw(logs.observations(rows))
    truth = pd.Series([data.draw(st.sampled_from([0, 1, 4, None])) for _ in seen], dtype="Int64")
    for use_port in (True, False):
        found = attribute(records(seen), log(rows), use_port=use_port)
        counts = score(found, truth)
        assert list(counts.index) == list(VERDICTS)
        assert counts.sum() == len(seen)
        named = found["candidates"] == 1
        assert counts["right"] == (named & (found["subscriber"] == truth).fillna(False)).sum()
        assert counts["wrong"] == named.sum() - counts["right"]
        assert counts["ambiguous"] == (found["candidates"] > 1).sum()


def test_a_truth_that_belongs_to_other_records_is_refused():
    found = attribute(records([(ZERO, 5, 6), (ZERO, 7, 8)]), log(FAR))
    truth = pd.Series([1, 2])
    for wrong in ([1, 2], truth.to_numpy(), truth[::-1], truth[:1], truth.to_frame(), None):
        for call in (score, verdicts):
            with pytest.raises(ValueError, match=r"^truth has another index than attributed; give a Series"):
                call(found, wrong)
    with pytest.raises(ValueError, match=r"^attributed has no column candidates; it needs subscriber, cand"):
        score(found.drop(columns="candidates"), truth)
    with pytest.raises(ValueError, match=r"^attributed is a list; give a DataFrame with subscriber, candid"):
        score([], truth)
    missing = found.assign(candidates=pd.array([1, None], "Int64"))
    with pytest.raises(ValueError, match=r"^attributed: 1 of 2 rows have no candidates"):
        score(missing, truth)


# the table that comes back


def assert_types(found):
    kinds = found.dtypes.astype(str).to_dict()
    assert {name: kinds[name] for name in ("isp", "subscriber", "candidates")} == {
        "isp": "category",
        "subscriber": "Int64",
        "candidates": "Int64",
    }


SEEN = [(ZERO, 5, 2_000), (ZERO + 3, 5, 3_000), (ZERO + 3, 6, 3_000), (ZERO + 9, 5, 4_000)]
HELD = [
    (5, 1_024, 2_047, 0, ZERO, ZERO + 2),
    (5, 2_048, 3_071, 1, ZERO + 2, ZERO + 4),
    (6, 0, 65_535, 3, ZERO + 3, ZERO + 4),
]


@given(st.data())
def test_records_come_back_as_they_were_recorded(data):
    unit, zone = data.draw(UNITS), data.draw(ZONES)
    autumn = epoch(pd.Timestamp("2010-10-31 00:30", tz="UTC"))  # an hour that Dublin had twice
    zero = data.draw(st.sampled_from([ZERO, autumn, autumn + HOUR, autumn + 6 * DAY + 5 * HOUR]))
    seen = records([(time - ZERO + zero, *rest) for time, *rest in SEEN])
    leases = log([(*row[:4], row[4] - ZERO + zero, row[5] - ZERO + zero) for row in HELD])
    seen["time"] = seen["time"].dt.tz_convert(zone).dt.as_unit(unit)
    for name in ("start", "end"):
        leases[name] = leases[name].dt.tz_convert(data.draw(ZONES)).dt.as_unit(data.draw(UNITS))
    order = data.draw(st.permutations(range(len(seen))))
    index = data.draw(
        st.sampled_from(
            [pd.Index(list("abca")), pd.MultiIndex.from_tuples([(1, 2), (1, 2), (0, 5), (3, 4)]), None]
        )
    )
    seen = seen.iloc[order] if index is None else seen.iloc[order].set_axis(index)
    leases = leases.set_axis([7, 7, 3])
    copies = seen.copy(deep=True), leases.copy(deep=True)
    found = attribute(seen, leases, "0s")
    assert_frame_equal(found[["time"]].astype(seen["time"].dtype), seen[["time"]])
    assert str(found["time"].dtype) == f"datetime64[s, {zone}]"
    assert_frame_equal(found[["address", "port"]], seen[["address", "port"]])
    assert list(found.columns) == ["time", "address", "port", "isp", "subscriber", "candidates"]
    assert_types(found)
    expected = [("North", 0, 1), ("South", 1, 1), ("North", 3, 1), (None, None, 0)]
    assert answers(found) == [expected[row] for row in order]
    assert_frame_equal(seen, copies[0])
    assert_frame_equal(leases, copies[1])


def test_columns_of_those_names_are_replaced_and_others_kept():
    extra = {"candidates": "many", "isp": 5, "note": list("wxyz"), "subscriber": 1.5}
    found = attribute(records(SEEN).assign(**extra), log(HELD), use_port=False)
    assert list(found.columns) == ["time", "address", "port", *extra]
    assert_types(found)
    assert found["note"].tolist() == list("wxyz")
    plain = attribute(records(SEEN), log(HELD), use_port=False)
    assert_frame_equal(found[plain.columns], plain)
    assert_frame_equal(attribute(found, log(HELD)), attribute(found, log(HELD)[::-1]))


def test_the_port_is_not_needed_where_it_is_not_used():
    plain = attribute(records(SEEN), log(HELD), use_port=False)
    without = attribute(records(SEEN).drop(columns="port"), log(HELD), use_port=False)
    assert_frame_equal(without, plain.drop(columns="port"))
    spoiled = records(SEEN).assign(port="none")
    assert attribute(spoiled, log(HELD), use_port=np.False_)["candidates"].tolist() == [1, 1, 1, 0]


@pytest.mark.parametrize(
    "isp", [["x", "y", "x"], ["x", None, 5], pd.Categorical(["b", "a", "a"], list("cba"))]
)
def test_isps_come_as_in_the_log(isp):
    leases = log(HELD).assign(isp=isp)
    found = attribute(records(SEEN), leases)
    assert found["isp"].tolist()[:3] == [
        value if value else pytest.approx(math.nan, nan_ok=True) for value in isp
    ]
    if isinstance(isp, pd.Categorical):
        assert found["isp"].dtype == isp.dtype


def test_a_log_without_isps_names_subscribers_alone():
    found = attribute(records(SEEN), log(HELD).drop(columns="isp"))
    assert found["isp"].isna().all()
    assert_types(found)
    assert found["subscriber"].tolist()[:3] == [0, 1, 3]


def test_candidates_of_two_isps_leave_the_isp_open():
    rows = [(5, 0, 9, 0, ZERO, ZERO + 5), (5, 10, 19, 3, ZERO, ZERO + 3), (5, 20, 29, 1, ZERO + 2, ZERO + 3)]
    seen = records([(ZERO, 5, 0), (ZERO + 2, 5, 0), (ZERO + 4, 5, 0)])
    found = attribute(seen, log(rows), use_port=False)
    assert answers(found) == [("North", None, 2), (None, None, 3), ("North", 0, 1)]


def test_a_subscriber_on_several_blocks_is_one_candidate():
    rows = [
        (5, 0, 9, 0, ZERO, ZERO + 5),
        (5, 10, 19, 0, ZERO + 2, ZERO + 7),
        (5, 20, 29, 0, ZERO + 7, ZERO + 8),
    ]
    seen = records([(ZERO + second, 5, 0) for second in range(9)])
    found = attribute(seen, log(rows), use_port=False)
    assert found["candidates"].tolist() == [1] * 8 + [0]


# what is refused


WHOLE = {"address": "a whole number from 0 to 4,294,967,295", "subscriber": "a whole number below 2**63"}
PORT = "a whole number from 0 to 65,535"


def refused(message, observations=None, leases=None, **more):
    """Assert that the message comes, and that neither table changes."""
    observations = records(SEEN) if observations is None else observations
    leases = log(HELD) if leases is None else leases
    copies = [table.copy() if isinstance(table, pd.DataFrame) else table for table in (observations, leases)]
    for use_port in (True, False) if "use_port" not in more else (more.pop("use_port"),):
        with pytest.raises(ValueError, match=message) as error:
            attribute(observations, leases, use_port=use_port, **more)
    for table, copy in zip((observations, leases), copies, strict=True):
        if isinstance(copy, pd.DataFrame):
            assert_frame_equal(table, copy)
    return str(error.value)


@pytest.mark.parametrize("column", ["time", "address"])
def test_a_record_without_a_column_is_refused(column):
    refused(
        f"^observations has no column {column}; it needs time, address", records(SEEN).drop(columns=column)
    )


def test_a_record_without_a_port_is_refused_where_it_is_used():
    seen = records(SEEN).drop(columns="port")
    refused("^observations has no column port; it needs time, address, port$", seen, use_port=True)


@pytest.mark.parametrize("column", logs.COLUMNS)
def test_a_lease_without_a_column_is_refused(column):
    needed = ", ".join(logs.COLUMNS)
    refused(f"^leases has no column {column}; it needs {needed}$", leases=log(HELD).drop(columns=column))


@pytest.mark.parametrize(
    "table", [None, [], SEEN, {"time": []}, records(SEEN).iloc[0], records(SEEN)["time"]]
)
def test_what_is_no_table_is_refused(table):
    kind = type(table).__name__
    with pytest.raises(ValueError, match=f"^observations is a {kind}; give a DataFrame with time, address"):
        attribute(table, log(HELD))
    with pytest.raises(ValueError, match=f"^leases is a {kind}; give a DataFrame with address, port_first"):
        attribute(records(SEEN), table)


@pytest.mark.parametrize(
    ("name", "column"), [("observations", "time"), ("leases", "start"), ("leases", "end")]
)
def test_what_is_no_time_is_refused_with_the_first_rows(name, column):
    table = records(SEEN) if name == "observations" else log(HELD)
    times = table[column]
    last = np.arange(len(times)) == len(times) - 1
    bad = {
        "has no time zone; give times in UTC, such as": times.dt.tz_localize(None),
        "has the type str; give times in UTC": times.astype(str),
        "has the type object; give times in UTC": times.astype(object),
        "has the type int64; give times in UTC": times.dt.as_unit("s").astype("int64"),
        f"1 of {len(times)} rows have no {column}; every row needs one": times.mask(last),
    }
    for message, values in bad.items():
        spoiled = table.assign(**{column: values})
        pattern = f"^{name}: {column if message.startswith('has') else ''} ?{re.escape(message)}"
        text = refused(pattern, **{name: spoiled})
        shown = spoiled[last] if message.startswith("1 of") else spoiled.head(3)
        assert text.endswith("\n" + shown.to_string())


@pytest.mark.parametrize(
    ("name", "column", "accepted"),
    [
        ("observations", "address", WHOLE["address"]),
        ("observations", "port", PORT),
        ("leases", "address", WHOLE["address"]),
        ("leases", "port_first", PORT),
        ("leases", "port_last", PORT),
        ("leases", "subscriber", WHOLE["subscriber"]),
    ],
)
def test_what_is_no_whole_number_in_range_is_refused_with_the_first_rows(name, column, accepted):
    table = records(SEEN) if name == "observations" else log(HELD)
    use = {"use_port": True} if column == "port" else {}
    number = len(table)
    last = np.arange(number) == number - 1
    whole = table[column].astype("int64")
    over = {"address": 2**32, "subscriber": None}.get(column, 65_536)
    missing = f"1 of {number} rows have no {column}; every row needs {accepted}"
    beyond = f"1 of {number} rows have a {column} out of range; give {accepted}"
    bad = [
        *((missing, value) for value in (whole.mask(last), whole.astype("Int64").mask(last))),
        (missing, whole.astype(object).mask(last, None)),
        *(
            (f"{column} is of the type {kind}; give {accepted} in", whole.astype(kind))
            for kind in ("float64", "str")
        ),
        (f"{column} is of the type bool; give {accepted}", whole > 0),
        (f"{column} is of the type object; give {accepted}", whole.astype(object)),
        (f"{column} is of the type category; give {accepted}", whole.astype("category")),
    ]
    if column == "subscriber":
        bad.append((beyond, whole.astype("uint64").mask(last, 2**63)))
    else:
        bad += [(beyond, whole.mask(last, value)) for value in (-1, over, 2**62)]
        bad.append((beyond, whole.astype("Int64").mask(last, -5)))
    for message, values in bad:
        spoiled = table.assign(**{column: values})
        text = refused(f"^{name}: {re.escape(message)}", **{name: spoiled}, **use)
        shown = spoiled[last] if message.startswith("1 of") else spoiled.head(3)
        assert text.endswith("\n" + shown.to_string())
        assert ("from_text" in text) == (column == "address" and " is of the type " in message)


def test_dotted_text_is_told_where_to_go():
    seen = records(SEEN).assign(address="198.18.0.1")
    text = refused("^observations: address is of the type str; give a whole number", seen)
    assert "network.from_text makes numbers of dotted text" in text


def test_a_lease_that_ends_before_it_starts_is_refused():
    rows = [(5, 0, 9, subscriber, ZERO + 5 * subscriber, ZERO + 5) for subscriber in range(6)]
    leases = log(rows)
    text = refused("^leases: 5 of 6 rows do not end after they start. The first:", leases=leases)
    assert text.endswith("\n" + leases.iloc[1:4].to_string())


def test_a_block_that_ends_before_it_begins_is_refused():
    leases = log([*HELD, (9, 6, 5, 1, ZERO, ZERO + 1)])
    text = refused("^leases: 1 of 4 rows have port_first above port_last. The first:", leases=leases)
    assert text.endswith("\n" + leases.iloc[3:].to_string())


@pytest.mark.parametrize("block", [(2_048, 3_071), (0, 65_535), (3_071, 4_000), (0, 2_048)])
def test_leases_that_overlap_are_refused_and_shown(block):
    other = (5, *block, 3, ZERO + 3, ZERO + 9)
    leases = log([*HELD, other])
    text = refused(
        "^leases overlap in time on a port of an address, which only one subscriber can hold. Pairs: 1, the",
        leases=leases,
    )
    assert text.endswith("\n" + leases.iloc[[1, 3]].to_string())
    attribute(records(SEEN), log([*HELD, (*other[:4], ZERO + 4, ZERO + 9)]))
    attribute(records(SEEN), log([*HELD, (5, 3_072, 3_100, *other[3:])]))
    attribute(records(SEEN), log([*HELD, (7, *other[1:])]))


def test_columns_that_come_twice_are_refused():
    seen, leases = records(SEEN), log(HELD)
    refused(
        "^observations has more than one column time; give each a|column a name",
        pd.concat([seen, seen[["time"]]], axis=1),
    )
    refused("^leases has more than one column isp;", leases=pd.concat([leases, leases[["isp"]]], axis=1))


@pytest.mark.parametrize("value", [1, 0, None, "yes", math.nan, pd.NA, [True]], ids=repr)
def test_use_port_is_yes_or_no(value):
    message = f"^use_port={re.escape(repr(value))} is not accepted; give True or False$"
    refused(message, use_port=value)


@pytest.mark.parametrize("value", [1, None, "soon", "1.5s", pd.NaT], ids=repr)
def test_a_correction_is_a_duration(value):
    message = f"^clock_correction={re.escape(repr(value))} is not accepted; give a duration in whole seconds"
    refused(message, clock_correction=value)
