"""The swarm and its network against peers: never a limit in seconds, since machines differ, but ratios."""

import pytest

from bench import memory, with_mesa, with_simpy, worlds
from bench.conftest import short
from traceblock import swarm
from traceblock.network import epoch

#: What is measured, its peer, and how many times as fast as that it has to be.
WANTED = [
    ("counts", "SimPy", 100),
    ("counts", "Mesa", 100),
    ("simulate", "SimPy", 1),
    ("observe", "SimPy", 1),
    ("build", "floor", 1 / 10),  # the floor is sorted random numbers in a table as large
    ("1,000 of 5,000,000", "1,000 of 50,000", 1 / 3),  # near linear: the time of 1,000 downloaders
]
SIZES = [5_000, 50_000, 500_000, 5_000_000]
GIGABYTES = 1.5  # for building the network, at most


def line(what, rows, seconds, gigabytes, limit=None):
    """Return a line for the table of sizes."""
    return what, f"{rows:,}", short(1000 * seconds), f"{gigabytes:.2f}", f"{limit}" if limit else ""


@pytest.fixture(scope="module")
def sessions():
    return swarm.sessions(worlds.RELEASE, seed=1, start=worlds.START)


@pytest.fixture(scope="module")
def present(sessions):
    return swarm.present(sessions, worlds.START, worlds.EVERY, worlds.DAYS)


@pytest.fixture(scope="module")
def connected():
    return worlds.build()


@pytest.fixture(scope="module")
def there(connected):
    return worlds.simulate(connected)


def test_counts(timed, sessions, present):
    table = (sessions, worlds.START, worlds.EVERY, worlds.DAYS)
    assert (timed("counts", swarm.present, *table, rounds=20) == present).all()


@pytest.mark.parametrize(("name", "peer"), [("SimPy", with_simpy), ("Mesa", with_mesa)])
def test_counts_by_a_peer(timed, sessions, present, name, peer):
    first = epoch(worlds.START)
    starts, ends = ((epoch(sessions[column]) - first).tolist() for column in ("start", "end"))
    polls = range(0, worlds.DAYS * 86_400, 600)
    assert timed(name, peer.present, starts, ends, polls) == present.tolist()


def test_build(timed, connected, tables, seconds):
    assert timed("build", worlds.build).leases.equals(connected.leases)
    gigabytes = memory.peak(worlds.build)
    tables["sizes"].append(line("build", len(connected.leases), seconds["build"], gigabytes, GIGABYTES))
    assert gigabytes < GIGABYTES


def test_floor(timed, connected):
    made = timed("floor", worlds.floor)
    assert (made.dtypes == connected.leases.dtypes).all()
    assert len(made) == len(connected.leases)


def test_simulate(timed, connected, there):
    assert timed("simulate", worlds.simulate, connected).equals(there)


def test_observe(timed, there, tables, seconds):
    log = timed("observe", worlds.observe, there)
    assert 3_500_000 < len(log) < 4_500_000
    total = sum(seconds[each] for each in ("build", "simulate", "observe"))
    tables["sizes"].append(line("all up to the log", len(log), total, memory.peak(worlds.everything)))


@pytest.mark.parametrize("downloaders", SIZES)
def test_counts_of(timed, tables, seconds, downloaders):
    what = f"counts({downloaders:,})"
    rows = len(timed(what, worlds.counts, downloaders))
    seconds[f"1,000 of {downloaders:,}"] = seconds[what] / downloaders * 1000
    tables["sizes"].append(line(what, rows, seconds[what], memory.peak(worlds.counts, downloaders)))


@pytest.mark.parametrize(("what", "peer", "wanted"), WANTED)
def test_ratio(compare, what, peer, wanted):
    compare(what, peer, wanted)
