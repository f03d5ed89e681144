"""What a monitor writes down: all that was on the list, no rung too high, and chance as in closed forms."""

import math
import tracemalloc
from functools import cache
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from traceblock import memory, network, swarm
from traceblock.network import Isp, build
from traceblock.swarm import EVIDENCE, Monitor, Release, observe

SE = 4  # a mean may be off by so many standard errors: by chance in 1 of 16,000
ZERO = pd.Timestamp("2010-01-01", tz="UTC").as_unit("s")
ADDRESS = int(network.from_text("198.18.0.0"))
COLUMNS = {
    "time": "datetime64[s, UTC]",
    "true_time": "datetime64[s, UTC]",
    "address": "uint32",
    "port": "uint16",
    "evidence": "category",
    "peer": "Int64",
    "present": "bool",
}


def after(seconds):
    return ZERO + pd.to_timedelta(np.asarray(seconds, np.int64), unit="s").as_unit("s")


def stretches(peer, address, start, end):
    """Return a table of peers, each always at a port of its own; times in seconds."""
    peer = np.asarray(peer, np.int64)
    return pd.DataFrame(
        {
            "peer": peer,
            "subscriber": peer,
            "address": np.uint32(ADDRESS) + np.asarray(address, np.uint32),
            "port": (peer + 2_000).astype(np.uint16),
            "start": after(start),
            "end": after(end),
        }
    )


def closed(size, polls, every=600):
    """Return a swarm in which everybody is present from the first poll to the last."""
    everybody = np.arange(size)
    return stretches(everybody, everybody, np.zeros(size), np.full(size, polls * every))


def codes(log):
    return log["evidence"].cat.codes.to_numpy()


def assert_share(flags, expected):
    """Assert that a share of independent trials is as expected, within SE standard errors."""
    error = math.sqrt(expected * (1 - expected) / len(flags))
    assert np.mean(flags) == pytest.approx(expected, abs=SE * error)


def assert_mean(values, expected):
    """Assert that a mean of independent values is as expected, within SE standard errors."""
    assert np.mean(values) == pytest.approx(expected, abs=SE * np.std(values) / math.sqrt(len(values)))


# by brute force


def listed(peers, monitor, begin=None):
    """Return what is on the tracker's list, one poll and stretch after the other."""
    first, last = begin or peers["start"].min().floor("D"), peers["end"].max()
    polls = pd.date_range(first, last, freq=pd.Timedelta(monitor.every), inclusive="left", unit="s")
    entries = pd.DataFrame({"true_time": polls}).merge(peers, how="cross")
    forgotten = entries["end"] + pd.Timedelta(monitor.stale)
    entries = entries[(entries["start"] <= entries["true_time"]) & (entries["true_time"] < forgotten)]
    entries = entries.assign(present=entries["true_time"] < entries["end"])
    place = keys(monitor)
    best = [*place, "present", "start", "peer"]
    entries = entries.sort_values(best, ascending=[True] * len(place) + [False, True, True])
    return entries.drop_duplicates(place, ignore_index=True)


def keys(monitor):
    return ["true_time", "address", "port"] if monitor.ports else ["true_time", "address"]


@st.composite
def tables(draw):
    """Return peers who crowd at a few addresses, and often come and go on the very second of a poll."""
    times = st.builds(lambda at, off: at * 300 + off, st.integers(0, 500), st.sampled_from([0, 0, 1, -1, 77]))
    row = st.tuples(st.integers(0, 6), st.integers(0, 4), times, times)
    rows = draw(st.lists(row, min_size=1, max_size=12))
    peer, address, start, length = np.array(rows, np.int64).T
    return stretches(peer, address, start + 86_400, start + 86_400 + np.maximum(length, 1))


CHANCES = st.sampled_from([1.0, 1.0, 0.0, 0.5])
MONITORS = st.builds(
    Monitor,
    every=st.sampled_from(["10min", "15min", "1h", "7h", "3D", "613s"]),
    contacts=st.none() | st.integers(1, 6),
    evidence=st.sampled_from(EVIDENCE),
    clock_error=st.sampled_from(["0s", "37s", "-2h"]),
    clock_drift=st.sampled_from(["0s", "9s", "-90s"]),
    stale=st.sampled_from(["0s", "1s", "15min", "2h", "30D"]),
    reachable=CHANCES,
    handshakes=CHANCES,
    bitfields=CHANCES,
    pieces=CHANCES,
    ports=st.booleans(),
)
SEEDS = st.integers(0, 2**70)
ENTRY = ["true_time", "address", "port", "peer", "present"]


def entries_of(log):
    return log[ENTRY].astype({"peer": "int64"})


@given(tables(), MONITORS, SEEDS)
@settings(max_examples=80)
def test_a_log_is_what_was_listed_or_as_much_of_it_as_was_contacted(peers, monitor, seed):
    log, expected = observe(peers, monitor, seed), listed(peers, monitor)
    assert log.dtypes.astype(str).to_dict() == COLUMNS
    if monitor.contacts is None:
        assert_frame_equal(entries_of(log), expected[ENTRY])
    else:
        sizes = expected["true_time"].value_counts().clip(upper=monitor.contacts)
        assert log["true_time"].value_counts().to_dict() == sizes.to_dict()
        assert_frame_equal(entries_of(log), entries_of(log).merge(expected[ENTRY]))
        assert not log.duplicated(keys(monitor)).any()
        assert_frame_equal(log, log.sort_values(keys(monitor)))

    highest, reached = EVIDENCE.index(monitor.evidence), codes(log)
    assert reached.max(initial=0) <= highest
    assert log["present"][reached > 0].all()  # nobody answers who is not there
    one_by_one = (1.0, monitor.reachable, monitor.handshakes, monitor.bitfields, monitor.pieces)
    certain = np.prod(one_by_one[: highest + 1]) == 1
    if certain:
        assert (reached == highest * log["present"]).all()
    if set(one_by_one[2:]) == {1.0}:  # a firewall is up for good
        assert (log.assign(reached=reached)[log["present"]].groupby("peer")["reached"].nunique() == 1).all()
    for rung, chance in enumerate(one_by_one):
        assert chance > 0 or reached.max(initial=0) < rung

    days = (log["true_time"] - peers["start"].min().floor("D")) / pd.Timedelta("1D")
    error = (log["time"] - log["true_time"]).dt.total_seconds()
    drift = pd.Timedelta(monitor.clock_drift).total_seconds() * days
    assert (abs(error - pd.Timedelta(monitor.clock_error).total_seconds() - drift) <= 0.5 + 1e-6).all()


@given(tables(), MONITORS, SEEDS, st.randoms())
@settings(max_examples=40)
def test_the_same_whatever_the_order_of_rows_and_nothing_is_changed(peers, monitor, seed, random):
    before, log = peers.copy(), observe(peers, monitor, seed)
    assert_frame_equal(peers, before)
    order = random.sample(range(len(peers)), len(peers))
    assert_frame_equal(observe(peers.iloc[order], monitor, seed), log)
    assert_frame_equal(observe(peers.drop(columns="subscriber"), monitor, seed), log)


@pytest.mark.parametrize("start", ["2010-01-01 00:00", "2010-01-01 23:59:59"])
def test_polls_begin_at_midnight(start):
    peers = closed(1, 1).assign(start=pd.Timestamp(start, tz="UTC"), end=ZERO + pd.Timedelta("2D"))
    log = observe(peers, Monitor(every="7h"), 0)
    hours = (log["true_time"] - ZERO) / pd.Timedelta("1h")
    assert set(hours) == {at for at in range(0, 48, 7) if ZERO + pd.Timedelta(at, "h") >= peers["start"][0]}


def test_more_polls_than_sixteen_bits_count():
    log = observe(closed(1, 70_000, 60), Monitor("1min", contacts=1, clock_drift="60s"), 0)
    minutes = (log["true_time"] - ZERO) // pd.Timedelta("1min")
    assert minutes.tolist() == list(range(70_000))
    assert (log["time"] - log["true_time"]).iloc[-1].total_seconds() == round(60 * 69_999 / 1_440)


def test_a_clock_that_is_off_and_drifts():
    log = observe(closed(1, 10, 86_400), Monitor(every="1D", clock_error="-1h", clock_drift="3s"), 0)
    assert (log["time"] - log["true_time"]).dt.total_seconds().tolist() == [
        3 * day - 3_600 for day in range(10)
    ]


def test_a_stale_entry_gives_way_to_who_is_there():
    peers = stretches([0, 1], [0, 0], [0, 1_200], [600, 2_400])
    log = observe(peers, Monitor(stale="1h"), 0)
    assert log["peer"].tolist() == [0, 0, 1, 1]
    assert log["present"].tolist() == [True, False, True, True]
    assert log["evidence"].tolist() == ["piece", "listed", "piece", "piece"]


def test_two_who_get_an_address_at_the_same_second():
    peers = stretches([1, 0], [0, 0], [0, 0], [600, 600])
    assert observe(peers, Monitor(), 0)["peer"].tolist() == [0]
    assert observe(peers[::-1], Monitor(), 0)["peer"].tolist() == [0]


@pytest.mark.parametrize("start", ["2010-01-01 00:00", "2010-01-01 12:05"])
def test_with_their_network_polls_are_those_of_counts(start):
    built = build([Isp("A", 300, "198.18.0.0/23")], start, 6, 1)
    release = Release(60, 1, 6, 3, 0.6)
    peers = swarm.simulate(built, release, 1)
    alone = peers.groupby("address")["peer"].transform("nunique") == 1  # nobody hides behind another
    expected = swarm.present(peers[alone], built.start, "10min", 6)
    log = observe(peers[alone], Monitor(), 1, built)
    polls = built.start + pd.to_timedelta(np.arange(len(expected)) * 600, unit="s")
    found = log["true_time"].value_counts().reindex(polls, fill_value=0)
    assert found.tolist() == expected.tolist()
    assert found.sum() == len(log)


def test_who_takes_connections_has_nothing_to_do_with_who_came_when():
    """One seed for the peers and for the monitor must not make the same chance serve twice."""
    built = build([Isp("A", 4_000, "198.18.0.0/19")], ZERO, 10, 3)
    peers = swarm.simulate(built, Release(3_000, 3, 10, 3, 0.6), 3)
    log = observe(peers, Monitor("1h", reachable=0.5), 3)
    seen = log[log["present"]].groupby("peer")["evidence"].max() > "listed"
    came = peers.groupby("peer")["start"].min().reindex(seen.index)
    assert_share(seen, 0.5)
    assert_share(seen[came < came.median()], 0.5)
    assert_share(seen[came >= came.median()], 0.5)


def test_a_firewall_stays_whatever_else_is_changed():
    built = build([Isp("A", 500, "198.18.0.0/22")], ZERO, 5, 3)
    peers = swarm.simulate(built, Release(200, 2, 5, 3, 0.6), 3)
    one = observe(peers, Monitor("1h", reachable=0.5), 3)
    other = observe(peers, Monitor("1h", 10, "answered", injected=0.3, reachable=0.5), 3, built)
    closed_to_all = set(one["peer"]) - set(one.loc[one["evidence"] > "listed", "peer"])
    assert closed_to_all
    assert not closed_to_all & set(other.loc[other["evidence"] > "listed", "peer"])
    open_to_all = set(one.loc[one["evidence"] > "listed", "peer"])
    met = other[other["present"] & other["peer"].isin(open_to_all)]
    assert (met["evidence"] == "answered").all()


def test_behind_a_shared_address_every_port_can_have_its_record():
    built = build([Isp("A", 300, "198.18.0.0/29", sharing=64)], ZERO, 5, 3)
    peers = swarm.simulate(built, Release(200, 2, 5, 3, 0.6), 3)
    by_address, by_port = (observe(peers, Monitor("1h", ports=ports), 3) for ports in (False, True))
    assert by_port["peer"].nunique() > by_address["peer"].nunique()
    assert len(by_port) == swarm.present(peers, ZERO, "1h", 5).sum()
    assert by_address.groupby("true_time").size().max() <= 8


@pytest.mark.parametrize("ports", [None, 1, "yes"])
def test_ports_are_kept_or_not(ports):
    with pytest.raises(ValueError, match=r"^ports=.* is not accepted; give True or False$"):
        Monitor(ports=ports)


def test_a_network_of_another_time_is_refused():
    built = build([Isp("A", 300, "198.18.0.0/23")], "2010-02-01", 6, 1)
    with pytest.raises(ValueError, match=r"^network lasts from 2010-02-01 .* before or after that"):
        observe(closed(3, 5), Monitor(), 1, built)


# injected addresses

WORLDS = ["alone", "shared", "random", "reused"]


@cache
def world(kind, seed):
    """Return a network of about forty lines, and the peers of a swarm in it."""
    isps = [Isp("A", 25, "198.18.0.0/26", "5h", open_wifi=0)]
    if kind == "shared":
        isps.append(Isp("B", 20, "198.18.1.0/30", "3h", sharing=16))
    elif kind == "random":
        isps.append(Isp("B", 15, "198.18.1.0/27", "2h", "exponential"))
    elif kind == "reused":
        isps.append(Isp("B", 15, "198.18.1.0/26", "2h", reuse="30min"))
    built = build(isps, "2010-01-01 13:00", 1.5, seed)
    release = Release(12, 0.5, 1.5, 2, 0.5, sessions=2, pause_hours=2)
    return built, swarm.simulate(built, release, seed)


def outside(built, peers, times):
    """Return what the subscribers outside a swarm hold at each time."""
    held = built.leases[~built.leases["subscriber"].isin(peers["subscriber"])]
    held = pd.DataFrame({"true_time": times}).merge(held, how="cross")
    return held[(held["start"] <= held["true_time"]) & (held["true_time"] < held["end"])]


@given(
    st.sampled_from(WORLDS),
    st.integers(0, 5),
    SEEDS,
    st.sampled_from([0.01, 0.1, 0.5, 2 / 3, 0.9]) | st.floats(0.001, 0.99),
    st.sampled_from(["0s", "2h"]),
    st.sampled_from(["1h", "3h"]),
)
@settings(max_examples=60)
def test_injected_addresses_are_of_others_and_make_up_the_share(kind, number, seed, share, stale, every):
    built, peers = world(kind, number)
    monitor = Monitor(every, injected=share, stale=stale)
    real = listed(peers, monitor, built.start)
    sizes = real.groupby("true_time").size()
    due = sizes.cumsum() * (share / (1 - share))
    needed = np.ceil(due.to_numpy() - 1e-9)
    others = outside(built, peers, sizes.index)
    free = others.merge(real[["true_time", "address"]], how="left", indicator=True)
    free = free[free["_merge"] == "left_only"].groupby("true_time")["address"].nunique()
    if (np.diff(needed, prepend=0) > free.reindex(sizes.index, fill_value=0).to_numpy()).any():
        with pytest.raises(ValueError, match=r"^injected=.* needs .* addresses outside the swarm"):
            observe(peers, monitor, seed, built)
        return

    log = observe(peers, monitor, seed, built)
    assert log.dtypes.astype(str).to_dict() == COLUMNS
    false = log["peer"].isna()
    assert_frame_equal(entries_of(log[~false]).reset_index(drop=True), real[ENTRY])
    so_far = false.groupby(log["true_time"]).sum().cumsum()
    assert so_far.tolist() == needed.tolist()
    assert 1 - share - 1 / len(log) < 1 - false.mean() <= 1 - share + 1e-9
    assert not log.duplicated(["true_time", "address"]).any()
    assert_frame_equal(log, log.sort_values(["true_time", "address"]))
    assert set(log["evidence"][false]) <= {"listed"}
    assert not log["present"][false].any()
    found = log[false].merge(others, on=["true_time", "address"])
    found = found[found["port"].between(found["port_first"].clip(lower=1_024), found["port_last"])]
    assert (
        found[["true_time", "address"]].values.tolist()
        == log[false][["true_time", "address"]].values.tolist()
    )
    assert_frame_equal(observe(peers.sample(frac=1, random_state=1), monitor, seed, built), log)


@given(st.sampled_from(WORLDS), SEEDS, st.integers(1, 20))
@settings(max_examples=30)
def test_injected_addresses_are_contacted_like_the_others(kind, seed, contacts):
    built, peers = world(kind, 0)
    everything = observe(peers, Monitor("1h", injected=0.3), seed, built)
    log = observe(peers, Monitor("1h", injected=0.3, contacts=contacts), seed, built)
    sizes = everything["true_time"].value_counts().clip(upper=contacts)
    assert log["true_time"].value_counts().to_dict() == sizes.to_dict()
    assert_frame_equal(log[ENTRY], log[ENTRY].merge(everything[ENTRY]))


def test_share_of_injected_addresses_among_those_drawn():
    built = build([Isp("A", 2_000, "198.18.0.0/20")], "2010-01-01", 5, 1)
    peers = swarm.simulate(built, Release(300, 1e6, 5, 1e4, 1), 1)
    log = observe(peers, Monitor("1h", contacts=50, injected=0.4, stale="5D"), 1, built)
    assert len(log) > 5_000
    assert_share(log["peer"].isna(), 0.4)


def test_every_line_outside_is_injected_as_often():
    built = build([Isp("A", 60, "198.18.0.0/26", "365D")], "2010-01-01", 10, 1)
    peers = swarm.simulate(built, Release(20, 1e6, 10, 1e4, 1), 1)
    log = observe(peers, Monitor("1h", injected=0.2), 1, built)
    times = log.loc[log["peer"].isna(), "address"].value_counts()
    lines = 60 - peers["subscriber"].nunique()
    assert len(times) == lines
    mean = times.sum() / lines
    chi_squared = ((times - mean) ** 2 / mean).sum()  # a little less than that of independent draws
    assert abs(chi_squared - lines) < SE * math.sqrt(2 * lines)


def test_injection_up_to_the_last_address():
    built = build([Isp("A", 1_024, "198.18.0.0/26", sharing=16)], "2010-01-01", 1, 0)  # full: nobody moves
    peers = closed(8, 24, 3_600).assign(
        address=built.leases["address"][:8], port=built.leases["port_first"][:8]
    )
    real = peers["address"].nunique()
    log = observe(peers, Monitor("1h", injected=(64 - real) / 64), 0, built)
    assert (log.groupby("true_time")["address"].nunique() == 64).all()
    assert (log.groupby("true_time")["peer"].count() == real).all()
    assert len(log) == 24 * 64
    with pytest.raises(
        ValueError, match=rf"needs {65 - real} addresses .* there are {64 - real}; give a smaller"
    ):
        observe(peers, Monitor("1h", injected=(65 - real) / 65), 0, built)


def test_nobody_is_outside():
    built = build([Isp("A", 5, "198.18.0.0/28")], "2010-01-01", 1, 0)
    with pytest.raises(ValueError, match=r"^injected=0\.1 needs 1 addresses .* there are 0; give a smaller"):
        observe(closed(5, 3), Monitor(injected=0.1), 0, built)


# chance


def test_rungs_are_reached_as_often_as_said():
    monitor = Monitor(reachable=0.7, handshakes=0.8, bitfields=0.4, pieces=0.6)
    log = observe(closed(4_000, 5), monitor, 1)
    reached = codes(log)
    answers = log.assign(answered=reached > 0).groupby("peer")["answered"].agg(["min", "max"])
    assert (answers["min"] == answers["max"]).all()
    assert_share(answers["min"], 0.7)
    for rung, chance in enumerate([0.8, 0.4, 0.6], 1):
        assert_share(reached[reached >= rung] > rung, chance)


def test_rungs_of_one_peer_do_not_depend_on_one_another():
    log = observe(closed(5_000, 2), Monitor(handshakes=0.3), 2)
    both = log.assign(up=codes(log) > 1).groupby("peer")["up"].sum()
    for number, expected in enumerate([0.49, 0.42, 0.09]):
        assert_share(both == number, expected)


def test_everybody_is_drawn_as_often():
    size, polls, contacts = 100, 3_000, 15
    times = observe(closed(size, polls), Monitor(contacts=contacts), 3)["peer"].value_counts()
    assert len(times) == size
    mean = polls * contacts / size
    chi_squared = ((times - mean) ** 2).sum() / (mean * (1 - contacts / size)) * (size - 1) / size
    assert abs(chi_squared - (size - 1)) < SE * math.sqrt(2 * (size - 1))


def test_coverage_of_repeated_polls():
    size, contacts, polls, runs = 100, 15, 10, 400
    log = observe(closed(size, polls * runs), Monitor(contacts=contacts), 4)
    run = (log["true_time"] - ZERO) // pd.Timedelta("100min")
    assert_mean(log.groupby(run)["peer"].nunique() / size, swarm.coverage(contacts, size, polls))


def test_estimate_from_two_polls_of_a_closed_swarm():
    size, contacts, runs = 300, 90, 2_000
    log = observe(closed(size, 2 * runs), Monitor(contacts=contacts), 5)
    run = (log["true_time"] - ZERO) // pd.Timedelta("20min")
    both = 2 * contacts - log.groupby(run)["peer"].nunique()
    assert len(both) == runs
    mean = contacts**2 / size  # hypergeometric
    assert_mean(both, mean)
    assert_mean((both - mean) ** 2, mean * (1 - contacts / size) ** 2 * size / (size - 1))
    results = {m: swarm.estimate_size(contacts, contacts, m) for m in set(both)}
    assert_mean([results[m].estimate for m in both], size)
    # The interval is a rounded one; what it covers exactly lies between 93 and 97 %.
    covered = np.mean([results[m].low <= size <= results[m].high for m in both])
    assert covered == pytest.approx(0.95, abs=0.02)


def test_another_seed_another_draw():
    logs = [observe(closed(50, 3), Monitor(contacts=10), seed)["peer"].tolist() for seed in range(5)]
    assert all(one != other for one, other in pairwise(logs))


# nobody


@pytest.mark.parametrize("monitor", [Monitor(), Monitor(contacts=3, stale="1h"), Monitor(injected=0.5)])
def test_an_empty_swarm(monitor):
    built = build([Isp("A", 5, "198.18.0.0/28")], "2010-01-01", 1, 0)
    log = observe(swarm.simulate(built, Release(0, 1, 1, 1, 1), 0), monitor, 0, built)
    assert len(log) == 0
    assert log.dtypes.astype(str).to_dict() == COLUMNS


def test_all_come_and_go_between_two_polls():
    log = observe(stretches([0, 1], [0, 1], [1, 650], [599, 651]), Monitor(), 0)
    assert len(log) == 0
    assert log.dtypes.astype(str).to_dict() == COLUMNS


# memory


def test_a_log_too_large_is_refused_before_it_is_begun():
    peers = closed(1_000, 365, 86_400)
    tracemalloc.start()
    with pytest.raises(memory.TooLargeError) as refusal:
        observe(peers, Monitor(every="1s"), 0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert str(refusal.value).startswith("the log would have 31,536,000,000 rows and need 3,")
    assert "GB of memory" in str(refusal.value)
    assert "Nothing was begun: ask less often" in str(refusal.value)
    assert peak < 10**6


def test_a_log_is_refused_where_little_is_free(monkeypatch):
    monkeypatch.setattr(memory, "available", lambda: 10**6)
    assert len(observe(closed(10, 300), Monitor(), 0)) == 3_000
    with pytest.raises(memory.TooLargeError, match=r"30,000 rows and need 0\.0 GB"):
        observe(closed(10, 3_000), Monitor(), 0)
    built, peers = world("alone", 0)
    with pytest.raises(memory.TooLargeError, match="the log would have"):
        observe(peers, Monitor("1h", injected=0.999), 0, built)


@pytest.mark.parametrize(
    "changes", [{}, {"stale": "12h"}, {"injected": 0.5}, {"contacts": 300}, {"contacts": 10**6}], ids=str
)
def test_no_more_memory_is_used_than_was_asked_for(monkeypatch, changes):
    built = build([Isp("A", 3_000, "198.18.0.0/18")], "2010-01-01", 3, 1)
    peers = swarm.simulate(built, Release(1_000, 2, 3, 12, 0.6, sessions=2), 1)
    promised = []
    monkeypatch.setattr(
        "traceblock.swarm.monitor.refuse_too_large", lambda _, rows, each, __: promised.append(rows * each)
    )
    tracemalloc.start()
    observe(peers, Monitor("5min", **changes), 1, built)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 10**7 < peak < promised[0]


# what is refused


@pytest.mark.parametrize(
    ("name", "value", "accepted"),
    [
        ("every", "0s", "a duration in whole seconds, such as '10min' or '24h', of at least 1 s"),
        ("every", 10, "a duration in whole seconds, such as '10min' or '24h', of at least 1 s"),
        ("every", "500ms", "a duration in whole seconds, such as '10min' or '24h', of at least 1 s"),
        ("contacts", 0, "a whole number, 1 or more"),
        ("contacts", 2.5, "a whole number, 1 or more"),
        ("evidence", "seen", "one of listed, answered, handshake, bitfield, piece"),
        ("evidence", 3, "one of listed, answered, handshake, bitfield, piece"),
        ("injected", 1.0, "a number at least 0 and below 1"),
        ("injected", -0.1, "a number at least 0 and below 1"),
        ("injected", math.nan, "a number at least 0 and below 1"),
        ("clock_error", "soon", "a duration in whole seconds, such as '10min' or '24h'"),
        ("clock_drift", None, "a duration in whole seconds, such as '10min' or '24h'"),
        ("stale", "-1s", "a duration in whole seconds, such as '10min' or '24h', of at least 0 s"),
        ("reachable", 1.1, "a number at least 0 and at most 1"),
        ("handshakes", -1, "a number at least 0 and at most 1"),
        ("bitfields", math.inf, "a number at least 0 and at most 1"),
        ("pieces", "all", "a number at least 0 and at most 1"),
    ],
)
def test_what_no_monitor_can_be(name, value, accepted):
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 (the whole message is compared)
        Monitor(**{name: value})
    assert str(refusal.value) == f"{name}={value!r} is not accepted; give {accepted}"


NEEDED = "peer, address, port, start, end"


@pytest.mark.parametrize(
    ("peers", "monitor", "message"),
    [
        ([1], Monitor(), f"peers is a list; give a DataFrame with {NEEDED}"),
        (closed(3, 3).drop(columns="port"), Monitor(), f"peers has no column port; it needs {NEEDED}"),
        (closed(3, 3)[["peer"]], Monitor(), "peers has no column address, port, start, end; it needs"),
        (
            closed(3, 3).drop(columns="subscriber"),
            Monitor(injected=0.5),
            f"peers has no column subscriber; it needs {NEEDED}, subscriber",
        ),
        (closed(3, 3), Monitor(injected=0.5), "injected=0.5 needs network"),
        (
            stretches([0, 1], [0, 1], [0, 600], [600, 600]),
            Monitor(),
            "peers: 1 of 2 rows do not end",
        ),
        (
            stretches([0, 1], [0, 1], [9, 9], [5, 8]),
            Monitor(),
            "peers: 2 of 2 rows do not end",
        ),
        (
            closed(3, 3).assign(end=lambda peers: peers["end"].where([True, False, False])),
            Monitor(),
            "peers: 2 of 3 rows have no end",
        ),
        *(
            (closed(3, 3).assign(**{column: number}), Monitor(), f"peers: 3 of 3 rows have a {column} out of")
            for column, number in [("address", 2**32), ("address", -1), ("port", 2**16), ("port", -1)]
        ),
    ],
)
def test_what_cannot_be_observed(monkeypatch, peers, monitor, message):
    monkeypatch.setattr("traceblock.swarm.monitor._listed", lambda *_: pytest.fail("a list was made"))
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 (the message is compared)
        observe(peers, monitor, 0)
    assert str(refusal.value).startswith(message)


@pytest.mark.parametrize("seed", [-1, 1.5, None, True])
def test_what_is_no_seed(seed):
    with pytest.raises(ValueError, match=r"^seed=.* is not accepted; give a whole number"):
        observe(closed(3, 3), Monitor(), seed)


@pytest.mark.parametrize(("start", "days"), [("2010-01-01", 1), ("2010-01-02", 5)])
def test_a_network_of_another_time(start, days):
    built, peers = world("alone", 0)
    other = build([Isp("A", 25, "198.18.0.0/26")], start, days, 0)
    with pytest.raises(ValueError, match=rf"^network lasts from {start} .* give the network that the peers"):
        observe(peers, Monitor(injected=0.1), 0, other)
    assert len(observe(peers, Monitor(injected=0.1), 0, built))
