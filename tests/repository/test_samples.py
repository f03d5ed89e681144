"""The samples in data/: what their tool writes, as their dictionary says, and without the truth."""

import ipaddress
import json

import pandas as pd
import pytest

from tools import samples
from traceblock import network, swarm

from .tree import ROOT

LOG = ROOT / "data" / "monitor_log.csv"
COLUMNS = ["time", "address", "port", "evidence"]


@pytest.fixture(scope="module")
def log():
    return pd.read_csv(LOG)


@pytest.fixture(scope="module")
def described():
    package = json.loads((ROOT / "data" / "datapackage.json").read_text("utf-8"))
    return next(each for each in package["resources"] if each["path"] == LOG.name)


def test_the_tool_writes_the_very_bytes_again(tmp_path):
    (tmp_path / "data").mkdir()
    samples.main(tmp_path)
    assert (tmp_path / "data" / LOG.name).read_bytes() == LOG.read_bytes(), "run `make samples record`"


def test_the_dictionary_explains_every_column_and_says_that_all_is_synthetic(described, log):
    fields = described["schema"]["fields"]
    assert [field["name"] for field in fields] == list(log.columns) == COLUMNS
    assert all(field["title"] and field["description"] and field["unit"] for field in fields)
    assert described["description"].startswith("Synthetic")
    assert fields[3]["constraints"]["enum"] == list(swarm.EVIDENCE)


def test_no_column_tells_the_truth():
    world = network.build(samples.ISPS, "2010-06-01", days=samples.RELEASE.days, seed=0)
    peers = swarm.simulate(world, samples.RELEASE, seed=0)
    with_truth = set(swarm.observe(peers, samples.MONITOR, seed=0, network=world).columns)
    assert with_truth - set(COLUMNS) == {"true_time", "peer", "present"}
    assert set(pd.read_csv(LOG, nrows=0).columns).isdisjoint({"true_time", "peer", "present"})


def test_rows_are_small_sorted_and_within_two_weeks_by_a_clock_that_is_off(log):
    assert 2_000 <= len(log) <= 4_000
    assert LOG.stat().st_size < 200_000
    time = pd.to_datetime(log["time"], format="%Y-%m-%dT%H:%M:%SZ", utc=True)
    assert time.between("2010-06-01T00:00Z", "2010-06-15T00:00Z", inclusive="left").all()
    assert set((time - time.dt.floor("h")).astype(str)) == {"0 days 00:25:00"}
    numbers = log.assign(time=time, address=network.from_text(log["address"]))
    keys = ["time", "address"]
    pd.testing.assert_frame_equal(numbers, numbers.sort_values(keys))
    assert not numbers.duplicated(keys).any()


def test_every_address_is_in_a_pool_of_the_two_isps_and_every_rung_is_there(log):
    pools = [ipaddress.ip_network(isp.pool) for isp in samples.ISPS]
    of_pool = log["address"].map(lambda text: [ipaddress.ip_address(text) in pool for pool in pools])
    assert of_pool.map(sum).eq(1).all()
    assert {tuple(where) for where in of_pool} == {(True, False), (False, True)}
    assert set(log["evidence"]) == set(swarm.EVIDENCE)
