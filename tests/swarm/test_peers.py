"""Who is in the swarm: chance as in the closed forms, addresses as in the leases."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from traceblock import network, swarm
from traceblock.network import Isp, build
from traceblock.swarm import Release

DAY, HOUR = 86_400, 3_600
SE = 4  # a mean may be off by so many standard errors: by chance in 1 of 16,000
KOLMOGOROV = 1.95  # the distance of two distributions times √n: by chance above it in 1 of 1,000
ZERO = pd.Timestamp("2010-01-01", tz="UTC")
SHAPES = [0.3, 0.6, 1.0]
COLUMNS = {
    "peer": "int64",
    "subscriber": "int64",
    "person": "int64",
    "address": "uint32",
    "port": "uint16",
    "start": "datetime64[s, UTC]",
    "end": "datetime64[s, UTC]",
}
OPEN = pd.DataFrame({"start": [ZERO], "end": [ZERO + pd.Timedelta("1h")]})
NAIVE = pd.Timestamp("2010-01-01")
GOOD = {"downloaders": 10, "decay_days": 2, "days": 3, "session_hours": 1, "session_shape": 0.5}


def seconds(times, zero=ZERO):
    """Return times as seconds after the beginning."""
    return ((times - zero) // pd.Timedelta("1s")).to_numpy()


def assert_share(flags, expected):
    """Assert that a share of independent trials is as expected, within SE standard errors."""
    error = np.sqrt(expected * (1 - expected) / len(flags))
    assert np.mean(flags) == pytest.approx(expected, abs=SE * error + 1e-12)


def assert_mean(values, expected):
    """Assert that a mean of independent values is as expected, within SE standard errors."""
    assert np.mean(values) == pytest.approx(expected, abs=SE * np.std(values) / math.sqrt(len(values)))


def assert_distribution(values, survival):
    """Assert that P(X > s) of whole seconds is as said at every s (Kolmogorov)."""
    at, number = np.unique(values, return_counts=True)
    above = 1 - np.cumsum(number) / len(values)
    expected = survival(at)
    before = np.concatenate(([1.0], above[:-1]))
    distance = max(abs(above - expected).max(), abs(before - survival(at - 1)).max())
    assert distance * math.sqrt(len(values)) < KOLMOGOROV


def arrived(days, decay, span):
    """Return which share of a truncated exponential on [0, span) lies before a time."""
    return np.clip(np.expm1(-np.clip(days, 0, span) / decay) / np.expm1(-span / decay), 0, 1)


def weibull(hours, median, shape):
    """Return which share of the sessions is longer."""
    return np.exp(-math.log(2) * (hours / median) ** shape)


# arrivals


@pytest.mark.parametrize(("decay", "days"), [(2, 10), (0.1, 10), (30, 10), (1e6, 10)])
def test_arrivals_fall_off_exponentially(decay, days):
    first = seconds(swarm.sessions(Release(20_000, decay, days, 1, 1), 1)["start"])
    assert first.min() >= 0
    assert first.max() < days * DAY
    for at in (0.05, 0.3, 1, 3, 9):
        assert_share(first < at * DAY, arrived(at, decay, days))
    assert_distribution(first, lambda s: 1 - arrived((s + 1) / DAY, decay, days))


def test_after_a_leak_arrivals_are_a_mixture():
    release = Release(20_000, 2, 10, 1, 1, leak_share=0.3, release_day=4.5)
    first = seconds(swarm.sessions(release, 2)["start"]) / DAY
    for at in (0.5, 2, 4, 4.5, 4.6, 6, 9):
        assert_share(first < at, 0.3 * arrived(at, 2, 10) + 0.7 * arrived(at - 4.5, 2, 5.5))


def test_without_a_leak_nobody_comes_before_the_release():
    table = swarm.sessions(Release(5_000, 2, 10, 1, 1, sessions=3, release_day=4), 3)
    first = seconds(table.drop_duplicates("peer")["start"])
    assert first.min() >= 4 * DAY
    assert_share(first[first < 5 * DAY] < 4.5 * DAY, arrived(0.5, 2, 1))


def test_a_start_moves_everything():
    release = Release(50, 2, 10, 1, 0.5, sessions=2)
    late = pd.Timestamp("2012-02-29 23:59:59", tz="Europe/Paris")
    shifted = swarm.sessions(release, 4, late)
    assert shifted["start"].dt.tz is not None
    here = swarm.sessions(release, 4)
    for column in ("start", "end"):
        assert (seconds(shifted[column], late) == seconds(here[column])).all()


# sessions


@pytest.mark.parametrize("shape", SHAPES)
def test_lengths_are_weibull(shape):
    table = swarm.sessions(Release(20_000, 2, 10, 3, shape), 5)
    length = seconds(table["end"]) - seconds(table["start"])
    assert_share(length > 3 * HOUR, 0.5)
    for hours in (0.1, 1, 5, 12, 48):
        assert_share(length > hours * HOUR, weibull(hours, 3, shape))
    assert_distribution(length, lambda s: weibull(s / HOUR, 3, shape))


@pytest.mark.parametrize("mean", [1, 1.5, 4])
def test_number_of_sessions(mean):
    table = swarm.sessions(Release(20_000, 2, 10, 1, 0.5, sessions=mean, pause_hours=5), 6)
    number = table["peer"].value_counts().sort_index()
    assert number.index.tolist() == list(range(20_000))
    assert_mean(number, mean)
    assert_share(number == 1, math.exp(1 - mean))
    assert_mean((number - mean) ** 2, mean - 1)  # Poisson


def test_pauses_are_exponential():
    table = swarm.sessions(Release(5_000, 2, 10, 1, 0.5, sessions=4, pause_hours=5), 7)
    pause = (table["start"] - table["end"].shift())[table["peer"].diff() == 0] // pd.Timedelta("1s")
    assert_distribution(pause.to_numpy(), lambda s: np.exp(-s / (5 * HOUR)))


def test_sessions_of_any_number_of_a_peer_have_the_same_lengths():
    table = swarm.sessions(Release(10_000, 2, 10, 3, 0.6, sessions=3), 8)
    length = seconds(table["end"]) - seconds(table["start"])
    for number in (0, 1, 2, 3):
        of_number = length[table.groupby("peer").cumcount() == number]
        assert_distribution(of_number, lambda s: weibull(s / HOUR, 3, 0.6))


@pytest.mark.parametrize("shape", SHAPES)
def test_occupancy_is_the_integral(shape):
    release = Release(20_000, 3, 20, 12, shape)
    counted = swarm.counts(release, "1h", 9)["present"]
    for day in (0.25, 1, 2, 5, 10, 19):
        s = (np.arange(200_000) + 0.5) * day / 200_000  # the middle of each interval
        density = np.exp(-s / 3) / (3 * -math.expm1(-20 / 3))
        expected = (density * weibull(24 * (day - s), 12, shape)).sum() * day / 200_000
        error = math.sqrt(20_000 * expected * (1 - expected))
        assert counted[round(24 * day)] == pytest.approx(20_000 * expected, abs=SE * error)


def test_exponential_sessions_are_a_queue_with_infinitely_many_servers():
    tau, mu = 3 * 24, math.log(2) / 12  # hours, and departures an hour
    counted = swarm.counts(Release(20_000, 3, 20, 12, 1), "1h", 10)["present"]
    for t in (6, 24, 48, 120, 240, 456):
        share = (math.exp(-t / tau) - math.exp(-mu * t)) / (mu - 1 / tau) / (tau * -math.expm1(-20 / 3))
        error = math.sqrt(20_000 * share * (1 - share))
        assert counted[t] == pytest.approx(20_000 * share, abs=SE * error)


# counts


def test_a_session_is_half_open():
    table = pd.DataFrame({"start": [0, 600, 601, -5, 100], "end": [600, 601, 1200, 1, 500]})
    table = table.apply(lambda column: ZERO + pd.to_timedelta(column, unit="s"))
    assert swarm.present(table, ZERO, "10min", 1 / 48).tolist() == [2, 1, 0]
    assert swarm.present(table.iloc[:0], ZERO, "10min", 1 / 48).tolist() == [0, 0, 0]


@pytest.mark.parametrize(("days", "polls"), [(1.1, 95_040), (0.07, 6_048), (13 / DAY, 13), (1, DAY)])
def test_no_poll_at_the_very_end(days, polls):
    """1.1 times 86,400 is a trace more than 95,040, as floats go."""
    counted = swarm.counts(Release(3, 1, days, 1, 1), "1s", 0)
    assert len(counted) == polls
    assert counted["time"].iloc[-1] < ZERO + pd.Timedelta(polls, "s")


@given(
    st.integers(0, 30), st.floats(0.01, 3), st.sampled_from([1, 7, 60, 599, 600, 100_000]), st.integers(0, 99)
)
@settings(max_examples=40)
def test_counts_are_those_of_the_sessions(downloaders, days, every, seed):
    assume(days * DAY / every < 5_000)
    release = Release(downloaders, 0.5, days, 0.5, 0.5, sessions=2, pause_hours=1)
    table, counted = swarm.sessions(release, seed), swarm.counts(release, f"{every}s", seed)
    start, end = seconds(table["start"])[:, None], seconds(table["end"])[:, None]
    polls = seconds(counted["time"])
    assert polls.tolist() == list(range(0, round(days * DAY), every))
    assert counted["present"].tolist() == ((start <= polls) & (polls < end)).sum(axis=0).tolist()
    assert counted.dtypes.astype(str).to_dict() == {"time": "datetime64[s, UTC]", "present": "int64"}


# in a network


@pytest.fixture(scope="module")
def town():
    isps = [Isp("A", 800, "198.18.0.0/21"), Isp("B", 700, "198.18.8.0/26", sharing=16, household=4)]
    return build(isps, "2010-01-01", 5, 1)


def test_as_many_persons_as_downloaders_and_each_at_home(town):
    table = swarm.simulate(town, Release(2_000, 1, 5, 1, 0.5, sessions=2), 2)
    by_peer = table.groupby("peer")[["person", "subscriber"]].agg(["nunique", "first"])
    assert by_peer.index.tolist() == list(range(2_000))
    assert (by_peer.xs("nunique", axis=1, level=1) == 1).all(axis=None)
    who = by_peer.xs("first", axis=1, level=1)
    assert who["person"].is_unique
    home = np.repeat(town.subscribers["subscriber"], town.subscribers["people"]).to_numpy()
    assert (home[who["person"]] == who["subscriber"]).all()


def test_everybody_is_as_likely_to_download(town):
    people = town.subscribers["people"]
    home = np.repeat(people.to_numpy(), people)
    table = swarm.simulate(town, Release(1_500, 1, 5, 1, 0.5), 3).drop_duplicates("peer")
    assert_mean(people[table["subscriber"]], home.mean())
    of_b = town.subscribers["isp"].eq("B")
    assert_share(of_b[table["subscriber"]], people[of_b].sum() / people.sum())


def test_everybody_may_download(town):
    everybody = int(town.subscribers["people"].sum())
    table = swarm.simulate(town, Release(everybody, 1, 5, 1, 1), 4)
    assert set(table["person"]) == set(range(everybody))


def test_ports_are_even_over_the_block(town):
    table = swarm.simulate(town, Release(2_000, 1, 5, 1, 0.5), 5).drop_duplicates("peer")
    port = table["port"].astype(int)
    shared = town.subscribers["isp"].eq("B")[table["subscriber"]].to_numpy()
    assert port.min() >= 1_024
    for of_isp, width in ((port[~shared], 64_512), (port[shared], 64_512 // 16)):
        assert_distribution((of_isp - 1_024) % width, lambda s, width=width: 1 - (s + 1) / width)


@st.composite
def networks(draw):
    """Return a small network of one to three ISPs."""
    days = draw(st.sampled_from([1.0, 1.1, 0.07]) | st.floats(0.01, 2))
    isps = []
    for i in range(draw(st.integers(1, 3))):
        sharing, wide = draw(st.sampled_from([1, 1, 2, 16])), draw(st.sampled_from([5, 5, 2, 0]))
        lease = draw(st.integers(600, 4 * HOUR))
        isps.append(
            Isp(
                "ABC"[i],
                draw(st.integers(1, min(12, sharing << wide))),
                f"198.18.{i}.0/{32 - wide}",
                f"{lease}s",
                draw(st.sampled_from(network.RENUMBERING)),
                sharing,
                f"{draw(st.sampled_from([0, 0, lease // 4]))}s",
                household=draw(st.sampled_from([1.0, 2.5])),
            )
        )
    start = draw(st.sampled_from(["2010-01-01", "2009-12-31 23:59:59", "2010-06-01 13:00"]))
    try:
        return build(isps, start, days, draw(st.integers(0, 99))), days
    except ValueError as error:
        assume("is too small for reuse" not in str(error))
        raise


@st.composite
def swarms(draw):
    """Return a small network, a release and a seed for both."""
    world, days = draw(networks())
    days *= draw(st.sampled_from([1, 1, 0.5]))
    release = Release(
        draw(st.integers(0, min(20, int(world.subscribers["people"].sum())))),
        draw(st.floats(0.01, 100)),
        days,
        draw(st.sampled_from([1.0, 12.0]) | st.floats(0.001, 1_000)),
        draw(st.floats(0.05, 1)),
        draw(st.floats(1, 4)),
        draw(st.floats(0.001, 50)),
        draw(st.floats(0, 1)),
        draw(st.sampled_from([0, 0, 0.4])) * days,
    )
    return world, release, draw(st.integers(0, 2**70))


@given(swarms())
@settings(max_examples=60)
def test_stretches_are_the_sessions_cut_where_the_lease_changes(given_swarm):
    world, release, seed = given_swarm
    table = swarm.simulate(world, release, seed)
    assert table.dtypes.astype(str).to_dict() == COLUMNS
    drawn = swarm.sessions(release, seed, world.start)
    drawn = drawn[drawn["start"] < world.end].assign(end=drawn["end"].clip(upper=world.end))
    of_peer = table.drop_duplicates("peer")[["peer", "subscriber"]]
    held = drawn.merge(of_peer).merge(world.leases, on="subscriber", suffixes=("", "_lease"))
    held["start"] = held[["start", "start_lease"]].max(axis=1)
    held["end"] = held[["end", "end_lease"]].min(axis=1)
    held = held[held["start"] < held["end"]].sort_values(["peer", "start"], ignore_index=True)
    same = ["peer", "subscriber", "address", "start", "end"]
    assert_frame_equal(table[same], held[same])
    assert table["port"].between(held["port_first"].clip(lower=1_024), held["port_last"]).all()


@given(swarms())
@settings(max_examples=60)
def test_stretches_of_a_peer_join_to_its_sessions(given_swarm):
    world, release, seed = given_swarm
    table = swarm.simulate(world, release, seed)
    drawn = swarm.sessions(release, seed, world.start)
    drawn = drawn[drawn["start"] < world.end].assign(end=drawn["end"].clip(upper=world.end))
    assert table["peer"].nunique() == drawn["peer"].nunique() == release.downloaders
    assert (table["start"] < table["end"]).all()
    assert_frame_equal(table, table.sort_values(["peer", "start"]))
    again = table["peer"].diff() == 0
    assert (table["start"] >= table["end"].shift())[again].all()
    new = ~(again & (table["start"] == table["end"].shift()))
    joined = table.groupby(new.cumsum()).agg({"peer": "first", "start": "first", "end": "last"})
    assert_frame_equal(joined.reset_index(drop=True), drawn.reset_index(drop=True))
    # and a client keeps its place in whatever block the line has
    home = table.merge(world.leases, on=["subscriber", "address"], suffixes=("", "_lease"))
    home = home[(home["start_lease"] <= home["start"]) & (home["start"] < home["end_lease"])]
    assert (home.groupby(["peer", "port_first", "port_last"])["port"].nunique() == 1).all()


@given(swarms())
@settings(max_examples=20)
def test_same_seed_same_table_and_nothing_is_changed(given_swarm):
    world, release, seed = given_swarm
    before = world.subscribers.copy(), world.leases.copy()
    assert_frame_equal(swarm.simulate(world, release, seed), swarm.simulate(world, release, seed))
    assert_frame_equal(world.subscribers, before[0])
    assert_frame_equal(world.leases, before[1])


def test_another_seed_another_table(town):
    release = Release(20, 1, 5, 1, 0.5)
    one, other = swarm.simulate(town, release, 1), swarm.simulate(town, release, 2)
    assert set(one["person"]) != set(other["person"])
    assert not swarm.sessions(release, 1).equals(swarm.sessions(release, 2))


def test_nobody_comes(town):
    nobody = Release(0, 1, 5, 1, 0.5, sessions=3)
    assert swarm.simulate(town, nobody, 0).dtypes.astype(str).to_dict() == COLUMNS
    assert len(swarm.simulate(town, nobody, 0)) == 0
    assert swarm.sessions(nobody, 0).dtypes.astype(str).to_dict() == {
        name: COLUMNS[name] for name in ("peer", "start", "end")
    }
    assert swarm.counts(nobody, "1h", 0)["present"].tolist() == [0] * 120


# what is refused, and what is not


@pytest.mark.parametrize(
    ("name", "value", "accepted"),
    [
        ("downloaders", -1, "a whole number, 0 or more"),
        ("downloaders", 1.5, "a whole number, 0 or more"),
        ("downloaders", True, "a whole number, 0 or more"),
        ("decay_days", 0, "a number above 0"),
        ("decay_days", -1, "a number above 0"),
        ("decay_days", math.inf, "a number above 0"),
        ("days", 0, "a number at least 1.15741e-05 and at most 36525"),
        ("days", 36_526, "a number at least 1.15741e-05 and at most 36525"),
        ("days", math.nan, "a number at least 1.15741e-05 and at most 36525"),
        ("session_hours", 0, "a number above 0"),
        ("session_hours", math.inf, "a number above 0"),
        ("session_shape", 0, "a number above 0 and at most 1"),
        ("session_shape", 1.5, "a number above 0 and at most 1"),
        ("session_shape", math.inf, "a number above 0 and at most 1"),
        ("session_shape", "heavy", "a number above 0 and at most 1"),
        ("sessions", 0.5, "a number at least 1"),
        ("sessions", None, "a number at least 1"),
        ("pause_hours", 0, "a number above 0"),
        ("pause_hours", -3, "a number above 0"),
        ("leak_share", -0.1, "a number at least 0 and at most 1"),
        ("leak_share", 1.1, "a number at least 0 and at most 1"),
        ("release_day", -1, "a number at least 0 and below 3"),
        ("release_day", 3, "a number at least 0 and below 3"),
    ],
)
def test_what_no_release_can_be(name, value, accepted):
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 (the whole message is compared)
        Release(**GOOD | {name: value})
    assert str(refusal.value) == f"{name}={value!r} is not accepted; give {accepted}"


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: swarm.sessions(Release(**GOOD), -1), "seed=-1 "),
        (lambda: swarm.sessions(Release(**GOOD), 1, "soon"), "start='soon' "),
        (lambda: swarm.counts(Release(**GOOD), "0s", 1), "every='0s' "),
        (lambda: swarm.counts(Release(**GOOD), "1500ms", 1), "every='1500ms' "),
        (lambda: swarm.counts(Release(**GOOD), "1h", 1.0), "seed=1.0 "),
        (lambda: swarm.present(pd.DataFrame({"start": []}), ZERO, "1h", 1), "sessions has no column end"),
        (
            lambda: swarm.present(OPEN.assign(end=-1), ZERO, "1h", 1),
            "sessions: end has the type int64; give t",
        ),
        (lambda: swarm.present(OPEN.assign(start=NAIVE), ZERO, "1h", 1), "sessions: start has no time zone"),
        (lambda: swarm.present(OPEN.assign(end=pd.NaT), ZERO, "1h", 1), "sessions: end has no time zone"),
        (lambda: swarm.present(OPEN, "1h", "1h", 1), "start='1h' is not accepted; give a time in whole sec"),
        (lambda: swarm.present(pd.DataFrame({"start": [], "end": []}), ZERO, "1h", 0), "days=0 "),
    ],
)
def test_bad_arguments(call, name):
    with pytest.raises(ValueError, match=name):
        call()


def test_sessions_that_do_not_fit_into_memory():
    message = (
        r"^the table of sessions would have 2,000,000,000,000 rows and need 180,000\.0 GB.*fewer downloaders"
    )
    with pytest.raises(MemoryError, match=message):
        swarm.sessions(Release(10**12, 1, 5, 1, 0.5, sessions=2), 0)


@pytest.fixture
def no_chance(monkeypatch):
    """Fail as soon as sessions are drawn."""
    monkeypatch.setattr("traceblock.swarm.peers.sessions", lambda *_: pytest.fail("something was drawn"))


@pytest.mark.usefixtures("no_chance")
def test_more_downloaders_than_people(town):
    people = int(town.subscribers["people"].sum())
    with pytest.raises(ValueError, match=rf"^downloaders={people + 1} is more than the {people:,} people"):
        swarm.simulate(town, Release(people + 1, 1, 5, 1, 0.5), 0)


@pytest.mark.usefixtures("no_chance")
def test_a_release_that_outlasts_the_network(town):
    with pytest.raises(ValueError, match=r"^days=5\.1 of the release are more than the network's 5; build"):
        swarm.simulate(town, Release(10, 1, 5.1, 1, 0.5), 0)


@pytest.mark.parametrize("days", [1.1, 0.07, 2.2, 13 / DAY, 1.000001])
def test_as_many_days_as_the_network_are_not_more(days):
    world = build([Isp("A", 5, "198.18.0.0/28")], "2010-01-01", days, 0)
    table = swarm.simulate(world, Release(4, 1, days, 1, 0.5), 0)
    assert table["peer"].nunique() == 4
    assert table["end"].max() <= world.end


@pytest.mark.parametrize(
    "extreme",
    [
        {"session_shape": 1e-4},
        {"session_shape": 1e-4, "session_hours": 1e300},
        {"session_hours": 1e-300},
        {"pause_hours": 1e300, "sessions": 5},
        {"decay_days": 1e-300},
        {"decay_days": 1e300},
        {"days": 1 / DAY},
        {"release_day": 2.9999999},
        {"days": 36_525, "decay_days": 1e6, "sessions": 5, "session_hours": 1e6, "pause_hours": 1e6},
    ],
    ids=str,
)
def test_extremes_keep_their_order(extreme):
    release = Release(**GOOD | {"downloaders": 200} | extreme)
    with np.errstate(all="ignore"):
        table = swarm.sessions(release, 0)
    first = table.drop_duplicates("peer")["start"]
    assert first.between(ZERO, ZERO + pd.Timedelta(release.days, "D"), inclusive="left").all()
    assert (table["start"] < table["end"]).all()
    assert (table["start"] > table["end"].shift())[table["peer"].diff() == 0].all()
