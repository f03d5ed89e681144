"""The samples in data/: what their tool writes, as their dictionary says, and without the truth."""

import ipaddress
import json

import pandas as pd
import pytest

from tools import samples
from traceblock import blocking, isp, network, swarm

from .tree import ROOT

LOG = ROOT / "data" / "monitor_log.csv"
LEASES = LOG.with_name("lease_log.csv")
COLUMNS = ["time", "address", "port", "evidence"]


@pytest.fixture(scope="module")
def log():
    return pd.read_csv(LOG)


@pytest.fixture(scope="module")
def leases():
    return pd.read_csv(LEASES, parse_dates=["start", "end"])


@pytest.fixture(scope="module")
def described():
    package = json.loads((ROOT / "data" / "datapackage.json").read_text("utf-8"))
    return {each["path"]: each for each in package["resources"]}


def test_the_tool_writes_the_very_bytes_again(tmp_path):
    (tmp_path / "data").mkdir()
    samples.main(tmp_path)
    for name in samples.SAMPLES:
        again = (tmp_path / "data" / name).read_bytes()
        assert again == (ROOT / "data" / name).read_bytes(), "run `make samples record`"


@pytest.mark.parametrize("name", samples.SAMPLES)
def test_the_dictionary_explains_every_column_and_says_that_all_is_synthetic(described, name):
    fields = described[name]["schema"]["fields"]
    columns = list(pd.read_csv(ROOT / "data" / name, nrows=0).columns)
    assert [field["name"] for field in fields] == columns
    assert all(field["title"] and field["description"] and field["unit"] for field in fields)
    assert described[name]["description"].startswith("Synthetic")


def test_the_dictionary_names_every_rung(described, log):
    fields = described[LOG.name]["schema"]["fields"]
    assert list(log.columns) == COLUMNS
    assert fields[3]["constraints"]["enum"] == list(swarm.EVIDENCE)


def test_the_leases_are_all_that_one_isp_still_had_about_the_recorded_times(log, leases):
    world = network.build(samples.ISPS, "2010-06-01", samples.RELEASE.days, samples.SEED).leases
    world = world.assign(address=network.to_text(world["address"]))
    keys = ["address", "subscriber", "start", "end"]
    there = leases.merge(world, on=keys, suffixes=("", "_true"))
    assert len(there) == len(leases) > 500
    assert (there["isp"] == samples.ASKED_ISP).all()
    oldest = pd.Timestamp(samples.ASKED) - pd.Timedelta(samples.KEPT)
    assert leases["end"].min() > oldest
    around = pd.Timedelta(samples.AROUND)
    kept = world[(world["isp"] == samples.ASKED_ISP) & (world["end"] > oldest)]
    of_address = dict(list(kept.groupby("address")))
    due = set()
    for record in log.assign(time=pd.to_datetime(log["time"], utc=True)).itertuples():
        rows = of_address.get(record.address, kept.iloc[:0])
        due |= set(rows.index[(rows["start"] <= record.time + around) & (rows["end"] > record.time - around)])
    found = world.reset_index().merge(leases, on=keys)["index"]
    assert due == set(found)


def test_a_right_clock_names_more_lines_rightly(log, leases):
    numbers = log.assign(
        time=pd.to_datetime(log["time"], utc=True), address=network.from_text(log["address"])
    )
    table = leases.assign(address=network.from_text(leases["address"]))
    mended = isp.attribute(numbers, table, "-25min")
    as_is = isp.attribute(numbers, table)
    assert 0.3 < (mended["candidates"] == 1).mean() < 0.7
    assert (mended["subscriber"] != as_is["subscriber"]).any()
    assert leases.equals(leases.sort_values(["address", "start"], key=_number))


def _number(column):
    return network.from_text(column) if column.name == "address" else column


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


def test_the_web_is_that_of_the_simulation_and_shares_its_addresses():
    web = pd.read_csv(LOG.with_name("web.csv"))
    built = blocking.build_web(800, 24, seed=samples.SEED).set_index("name").loc[web["name"]]
    assert list(web["name"]) == sorted(built.index)
    assert (network.from_text(web["address"]) == built["address"]).all()
    assert ((web["ordered"] == "yes").to_numpy() == ~built["lawful"].to_numpy()).all()
    for column in ("cdn", "https"):
        assert ((web[column] == "yes").to_numpy() == built[column].to_numpy()).all()
    aimed = web[web["ordered"] == "yes"]
    neighbours = web["address"].isin(aimed["address"]) & (web["ordered"] == "no")
    assert len(aimed) == 24
    assert neighbours.sum() > 10 * len(aimed)  # what the exercise is about
    assert set(aimed["cdn"]) == set(aimed["https"]) == {"yes", "no"}
