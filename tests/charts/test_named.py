from functools import cache

import pandas as pd
import pytest

from traceblock import isp, network, swarm
from traceblock.charts import named


@cache
def world():
    """Return leases, a log with its truth, and what is named by it."""
    isps = [
        network.Isp("A", 60, "198.18.0.0/26"),
        network.Isp("B", 64, "198.19.0.0/29", sharing=16),
    ]
    connected = network.build(isps, "2010-06-01", 5, 1)
    peers = swarm.simulate(connected, swarm.Release(60, 2, 5, 4, 0.6), 1)
    log = swarm.observe(peers, swarm.Monitor("1h", ports=True), 1)
    line = peers.drop_duplicates("peer").set_index("peer")["subscriber"]
    return connected, log, log["peer"].map(line)


@pytest.fixture(name="world")
def _world():
    return world()


def _verdicts():
    connected, log, truth = world()
    return pd.concat(
        isp.score(isp.attribute(log, connected.leases, use_port=port), truth)
        .rename_axis("verdict")
        .reset_index()
        .assign(group=group)
        for group, port in (("with the port", True), ("without", False))
    )


def _errors():
    connected, log, truth = world()
    return isp.by_error(log, connected.leases, truth, ["-2h", "-1h", "0s", "1h", "2h"])


def _expected():
    minutes = [-120, -60, 0, 60, 120]
    right = [1 - isp.misattribution(f"{each}min", "24h") for each in minutes]
    return pd.DataFrame({"error_minutes": minutes, "right": right})


def _users():
    drawn = isp.downloads(world()[0].subscribers, 500, 1)
    counted = drawn.groupby(["people", "user"], observed=True).size().rename("downloads").reset_index()
    return counted.assign(group=counted["people"].astype(str) + " people")


def _disclosed():
    connected, log, _ = world()
    request = isp.Disclosure(responses={"A": isp.Response(contests=True)}, upheld=1.0)
    return isp.disclose(isp.attribute(log, connected.leases), request, 1)


def _states():
    counted = _disclosed().groupby(["isp", "state"], observed=True).size().rename("addresses")
    return counted.reset_index().rename(columns={"isp": "group"})


def _funnel():
    rows = [("asked", 50_000, "reported"), ("asked", 5_000, "established"), ("paid", None, "simulated")]
    return pd.DataFrame(rows, columns=["stage", "number", "series"])


def _balances():
    terms = isp.Terms(paid=0.2, look_up=45)
    disclosed = _disclosed()
    settled = isp.settle(disclosed, terms, 1, pd.Series(False, disclosed.index))
    return isp.balances(isp.ledger(settled, terms))


def _answers():
    chances = [0.0, 0.05, 0.1]
    return pd.concat(isp.answers(3000, each, 0.5, 30_000, 10_000).assign(sued=each) for each in chances)


def _holders(row, error="0s", port=True, counts=False):
    connected, log, truth = world()
    record = log.loc[row]
    leases = isp.working(record, connected.leases, error, port)
    scored = isp.score(isp.attribute(log, connected.leases, error, port), truth) if counts else None
    looked_up = record["time"] + pd.Timedelta(error)
    return named.holders(leases, looked_up, record["time"], int(truth[row]), scored)


def _shared():
    """Return the row of a record behind a shared address."""
    log = world()[1]
    return log.index[log["address"] >= network.from_text("198.19.0.0")][5]


def _alone():
    log = world()[1]
    alone = log.index[log["address"] < network.from_text("198.19.0.0")]
    return alone[len(alone) // 2]


CHARTS = {
    "verdicts": lambda: named.verdicts(_verdicts()),
    "by_error": lambda: named.by_error(_errors()),
    "by_error expected": lambda: named.by_error(_errors(), _expected()),
    "users": lambda: named.users(_users()),
    "hundred": lambda: named.hundred(isp.shares(3, 1.0)),
    "states": lambda: named.states(_states()),
    "funnel": lambda: named.funnel(_funnel()),
    "balances": lambda: named.balances(_balances()),
    "answers": lambda: named.answers(_answers()),
    "holders": lambda: _holders(_alone()),
    "holders wrong": lambda: _holders(_alone(), "-24h", counts=True),
    "holders ambiguous": lambda: _holders(_shared(), port=False, counts=True),
    "holders nobody": lambda: _holders(_alone(), "-40D"),
}


def _rows(spec, column):
    return [row for rows in spec["datasets"].values() for row in rows if column in row]


def test_nothing_of_the_tables_is_changed():
    tables = [_verdicts(), _errors(), _users(), isp.shares(3), _states(), _funnel(), _balances(), _answers()]
    draw = [named.verdicts, named.by_error, named.users, named.hundred, named.states, named.funnel]
    for chart, table in zip([*draw, named.balances, named.answers], tables, strict=True):
        copy = table.copy()
        chart(table)
        assert table.equals(copy)


def test_a_row_says_its_first_figure():
    table = pd.DataFrame(
        {"group": ["a", "a", "b"], "verdict": ["wrong", "right", "unknown"], "records": [3, 1, 2]}
    )
    spec = named.verdicts(table).to_dict()
    assert [row["name"] for row in _rows(spec, "name")] == ["a: 25% right", "b: 100% unknown"]
    assert {row["verdict"]: row["part"] for row in _rows(spec, "part")} == {
        "right": 0.25,
        "wrong": 0.75,
        "unknown": 1.0,
    }


@pytest.mark.parametrize("shares", [(1 / 3, 1 / 3, 1 / 3), (0.005, 0.005, 0.99), (1.0, 0.0, 0.0)])
def test_a_hundred_squares_are_a_hundred_and_as_near_as_can_be(shares):
    table = isp.shares(2).assign(share=shares)
    squares = pd.DataFrame(_rows(named.hundred(table).to_dict(), "across"))
    assert len(squares) == 100
    assert not squares.duplicated(["across", "down"]).any()
    counts = squares["user"].value_counts().reindex(isp.USERS, fill_value=0)
    assert (counts - 100 * pd.Series(shares, isp.USERS)).abs().max() < 1


def test_the_record_shows_who_is_named_and_who_it_was(world):
    connected, log, truth = world
    row = _alone()
    right = _holders(row).to_dict()["description"]
    assert f"line {truth[row]}: the true one, named" in right
    moved = isp.attribute(log, connected.leases, "-24h").loc[row]
    wrong = _holders(row, "-24h").to_dict()["description"]
    assert f"line {moved['subscriber']}: named" in wrong


def test_of_many_candidates_six_are_shown_and_the_others_counted(world):
    connected, log, _ = world
    row = _shared()
    number = isp.attribute(log, connected.leases, use_port=False).loc[row, "candidates"]
    spec = _holders(row, port=False).to_dict()
    names = [each["name"] for each in _rows(spec, "name")]
    assert len(names) == 6 < number
    assert sum("may be named" in name for name in names) == 6
    assert names[-1].endswith(f"(and {number - 6} more)")


def test_what_is_not_known_has_no_bar():
    spec = named.funnel(_funnel()).to_dict()
    assert [row["stage"] for row in _rows(spec, "number")] == ["asked", "asked"]
    assert "simulated, paid: not known" in spec["description"]
