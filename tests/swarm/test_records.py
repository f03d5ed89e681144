"""What a log says when it is counted: against plain loops, and closed forms where there are any."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from traceblock import network, swarm
from traceblock.swarm.evidence import LADDER

START = pd.Timestamp("2010-06-01", tz="UTC")


@pytest.fixture(scope="module")
def connected():
    return network.build([network.Isp("A", 400, "198.18.0.0/23")], START, 5, seed=1)


@pytest.fixture(scope="module")
def peers(connected):
    return swarm.simulate(connected, swarm.Release(300, 2, 5, 3, 0.6, sessions=1.5), seed=1)


@pytest.fixture(scope="module")
def log(connected, peers):
    watch = swarm.Monitor("1h", contacts=20, injected=0.2, stale="2h", reachable=0.7, pieces=0.5)
    return swarm.observe(peers, watch, 1, connected)


def test_the_strongest_record_of_each_address(log):
    best = {}
    for row in log.itertuples():
        rank = (-swarm.EVIDENCE.index(row.evidence), row.time)
        if row.address not in best or rank < best[row.address][0]:
            best[row.address] = rank, row
    found = swarm.strongest(log)
    assert list(found.columns) == list(log.columns)
    assert found["address"].tolist() == sorted(best)
    assert found["evidence"].tolist() == [best[address][1].evidence for address in sorted(best)]
    assert found["time"].tolist() == [best[address][1].time for address in sorted(best)]


def test_addresses_may_be_dotted_text(log):
    written = log.assign(address=network.to_text(log["address"]))
    strongest = swarm.strongest(written).sort_values("time", ignore_index=True)
    assert set(strongest["address"]) == set(written["address"])
    assert strongest["evidence"].value_counts().equals(swarm.strongest(log)["evidence"].value_counts())
    pd.testing.assert_frame_equal(swarm.recaptures(written, "1h"), swarm.recaptures(log, "1h"))
    with pytest.raises(ValueError, match=r"log: .* have no address"):
        swarm.strongest(written.assign(address=written["address"].where(written["address"] > "198.18.0.5")))


def test_the_order_of_a_log_does_not_matter(log):
    pd.testing.assert_frame_equal(swarm.strongest(log.sample(frac=1, random_state=1)), swarm.strongest(log))


def test_finer_times_are_kept_and_the_second_before_decides(peers, log):
    fine = pd.to_timedelta(np.arange(len(log)) % 5 * 199, "ms")
    finer = log.assign(time=log["time"] + fine, true_time=log["true_time"] + fine)
    found = swarm.strongest(finer)
    assert list(found)[:4] == ["time", "time_fraction", "true_time", "true_time_fraction"]
    pd.testing.assert_frame_equal(found[log.columns], swarm.strongest(log))
    again = found.merge(finer, on=["address", "evidence", "port"], suffixes=("", "_given"))
    assert (again["time"] + again["time_fraction"]).isin(again["time_given"]).all()
    pd.testing.assert_frame_equal(swarm.recaptures(finer, "1h"), swarm.recaptures(log, "1h"))
    pd.testing.assert_frame_equal(swarm.by_day(peers, finer), swarm.by_day(peers, log))
    later = {name: peers[name] + pd.Timedelta("999ms") for name in ("start", "end")}
    watch = swarm.Monitor("1h")
    pd.testing.assert_frame_equal(
        swarm.observe(peers.assign(**later), watch, 1), swarm.observe(peers, watch, 1)
    )


def test_a_tally_counts_every_record_once(log):
    counted = swarm.tally(log)
    assert len(counted) == len(swarm.EVIDENCE) * len(swarm.TRUTHS)
    assert counted["evidence"].dtype == LADDER
    assert counted["records"].sum() == len(log)
    for row in counted.itertuples():
        truth = {
            "in the swarm": log["peer"].notna() & log["present"],
            "had left": log["peer"].notna() & ~log["present"],
            "never joined": log["peer"].isna(),
        }[row.truth]
        assert row.records == (truth & (log["evidence"] == row.evidence)).sum()


def test_each_truth_occurs(log):
    assert (swarm.tally(log).groupby("truth", observed=True)["records"].sum() > 0).all()


def test_a_tally_of_nothing_is_all_zero(log):
    assert swarm.tally(log.iloc[:0])["records"].tolist() == [0] * 15


def test_by_day_against_a_loop(peers, log):
    days = swarm.by_day(peers, log)
    assert days["time"].tolist() == [START + pd.Timedelta(d, "D") for d in range(len(days))]
    hours = pd.date_range(START, periods=24 * len(days), freq="h")
    there = [((peers["start"] <= hour) & (hour < peers["end"])).sum() for hour in hours]
    assert days["present"].tolist() == np.reshape(there, (-1, 24)).mean(axis=1).tolist()
    first = peers.groupby("peer")["start"].min().dt.floor("D")
    assert days["arrived"].tolist() == [(first == day).sum() for day in days["time"]]
    seen = log[log["peer"].notna()].groupby("peer")["true_time"].min().dt.floor("D")
    assert days["first_seen"].tolist() == [(seen == day).sum() for day in days["time"]]
    assert days["arrived"].sum() == peers["peer"].nunique()


def test_by_day_of_nobody(peers, log):
    assert swarm.by_day(peers.iloc[:0], log.iloc[:0]).shape == (0, 4)


def test_by_day_of_nothing_seen(peers, log):
    days = swarm.by_day(peers, log.iloc[:0])
    assert days["first_seen"].sum() == 0
    assert days["arrived"].sum() == 300


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 8)), unique=True, max_size=30), st.integers(1, 5))
def test_recaptures_against_sets(rows, gap):
    seen = {}
    for poll, address in rows:
        seen.setdefault(poll, set()).add(address)
    pairs = [(poll, seen[poll], seen[poll + gap]) for poll in sorted(seen) if poll + gap in seen]
    times = [START + pd.Timedelta(poll, "h") for poll, _ in rows]
    log = pd.DataFrame(
        {
            "true_time": pd.DatetimeIndex(times, tz="UTC").as_unit("s"),
            "address": np.array([address for _, address in rows], np.uint32),
        }
    )
    found = swarm.recaptures(log, f"{gap}h")
    assert found["time"].tolist() == [START + pd.Timedelta(poll, "h") for poll, _, _ in pairs]
    for row, (_, first, second) in zip(found.itertuples(), pairs, strict=True):
        assert (row.first, row.second, row.both) == (len(first), len(second), len(first & second))
        size = swarm.estimate_size(row.first, row.second, row.both)
        assert (row.estimate, row.low, row.high) == pytest.approx(tuple(size))


def test_in_a_closed_swarm_the_estimates_average_to_the_truth():
    n = 200
    there = pd.DataFrame(
        {
            "peer": np.arange(n),
            "address": np.arange(n, dtype=np.uint32) + 4_000_000,
            "port": np.full(n, 6881, np.uint16),
            "start": START,
            "end": START + pd.Timedelta("30D"),
        }
    ).astype({"start": "datetime64[s, UTC]", "end": "datetime64[s, UTC]"})
    drawn = swarm.observe(there, swarm.Monitor("1h", contacts=110), 3)
    found = swarm.recaptures(drawn, "1h")
    assert len(found) == 30 * 24 - 1
    # 110 + 110 > 200: without bias; neighbouring pairs share a poll, hence twice the error of the mean
    error = 2 * found["estimate"].std() / len(found) ** 0.5
    assert found["estimate"].mean() == pytest.approx(n, abs=3 * error)


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda log, _: swarm.strongest(log.drop(columns="evidence")), "log has no column evidence"),
        (lambda log, _: swarm.tally(log.drop(columns="present")), "records has no column present"),
        (lambda log, _: swarm.tally(log.assign(evidence="seen")), "records: .* none of listed, answered"),
        (lambda log, _: swarm.tally(log.assign(evidence=3)), "records: evidence is of the type int64"),
        (lambda log, _: swarm.tally(log.assign(present="yes")), "records: present is of the type"),
        (lambda log, peers: swarm.by_day(peers.drop(columns="end"), log), "peers has no column end"),
        (lambda log, peers: swarm.by_day(peers, log.drop(columns="peer")), "log has no column peer"),
        (lambda log, _: swarm.recaptures(log.drop(columns="address"), "1h"), "log has no column address"),
        (
            lambda log, _: swarm.recaptures(log, "0s"),
            "gap='0s' is not accepted; give a dur.* at least 1 s",
        ),
        (lambda log, _: swarm.strongest(None), "log is a NoneType; give a DataFrame"),
    ],
)
def test_what_is_refused(log, peers, call, named):
    with pytest.raises(ValueError, match=named):
        call(log, peers)
