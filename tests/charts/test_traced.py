from functools import cache

import numpy as np
import pandas as pd
import pytest

from traceblock import network, swarm
from traceblock.charts import traced

PIECES = 40


@cache
def world():
    connected = network.build([network.Isp("A", 300, "198.18.0.0/23")], "2010-06-01", 10, 1)
    peers = swarm.simulate(connected, swarm.Release(200, 3, 10, 4, 0.6), 1)
    watch = swarm.Monitor("1h", contacts=20, injected=0.2, stale="1h", reachable=0.6, pieces=0.6)
    return peers, swarm.observe(peers, watch, 1, connected)


def _over_time(world):
    return swarm.by_day(*world).melt("time", var_name="series", value_name="peers")


def _playable():
    made = {order: swarm.exchange(order, PIECES, 5, 1) for order in swarm.ORDERS}
    return pd.concat([swarm.progress(made[order], PIECES).assign(order=order) for order in made])


def _curves():
    priors = np.geomspace(1e-4, 1, 20)
    right = [swarm.precision(prior, 0.9, 0.01) for prior in priors.tolist()]
    return pd.DataFrame({"prior": priors, "precision": right, "test": "a test"})


def _estimates(world):
    found = swarm.recaptures(world[1], "1h").head(4)
    return found.assign(label=found["time"].astype(str), truth=20)


CHARTS = {
    "over_time": lambda: traced.over_time(_over_time(world())),
    **{
        f"pieces {order}": lambda order=order: traced.pieces(swarm.exchange(order, PIECES, 5, 1), PIECES)
        for order in swarm.ORDERS
    },
    "playable": lambda: traced.playable(_playable()),
    "evidence": lambda: traced.evidence(swarm.tally(swarm.strongest(world()[1]))),
    "precision": lambda: traced.precision(_curves()),
    "precision now": lambda: traced.precision(_curves(), _curves().iloc[[7]]),
    "estimates": lambda: traced.estimates(_estimates(world())),
}


def _rows(spec):
    return [row for rows in spec["datasets"].values() for row in rows]


@pytest.fixture(name="world")
def _world():
    return world()


def test_nothing_of_the_tables_is_changed(world):
    tables = [_over_time(world), _playable(), swarm.tally(world[1]), _curves(), _estimates(world)]
    before = [table.copy() for table in tables]
    draw = [traced.over_time, traced.playable, traced.evidence, traced.precision, traced.estimates]
    for chart, table, copy in zip(draw, tables, before, strict=True):
        chart(table)
        pd.testing.assert_frame_equal(table, copy)


def test_the_grid_shows_every_piece_from_its_arrival_to_the_end():
    transfers = swarm.exchange("rarest", PIECES, 5, 1)
    due = swarm.arrivals(transfers, PIECES)
    rows = pd.DataFrame(_rows(traced.pieces(transfers, PIECES).to_dict()))
    shown = rows.groupby("piece").agg(arrived=("arrived", "min"), until=("until", "max"))
    assert shown["arrived"].tolist() == due["arrived"].tolist()
    assert (shown["until"] == due["playable"].max() + 1).all()
    ready = rows[rows["state"] == "playable without a gap"].sort_values("piece")
    assert ready["arrived"].tolist() == due["playable"].tolist()
    lengths = (rows["until"] - rows["arrived"]).groupby(rows["piece"]).sum()
    assert (lengths == shown["until"] - shown["arrived"]).all()


def test_the_ladder_names_its_counts(world):
    records = swarm.strongest(world[1])
    spec = traced.evidence(swarm.tally(records)).to_dict()
    for rung, number in records["evidence"].value_counts().items():
        there = records.loc[records["evidence"] == rung, "present"].mean() if number else 0
        said = f"{rung}: {number:,}, {there:.0%} in the swarm" if number else f"{rung}: none"
        assert said in spec["description"]
    assert sum(row["records"] for row in _rows(spec) if "records" in row) == len(records)


@pytest.mark.parametrize("last", [1, 19, 20, 21, 39, 40, 500])
def test_ticks_are_at_whole_steps(last):
    ticks = traced._every_step(last)
    assert ticks[0] == 0
    assert last - ticks[1] < ticks[-1] <= last
    assert len(ticks) <= 21
    assert len(set(np.diff(ticks))) == 1


def test_a_peak_is_said_of_each_series():
    table = pd.DataFrame(
        {
            "time": pd.to_datetime(["2010-06-01", "2010-06-02"] * 2, utc=True),
            "series": ["a", "a", "b", "b"],
            "peers": [3, 1, 2, 7],
        },
        index=[0, 1, 0, 1],
    )
    said = traced.over_time(table).to_dict()["description"]
    assert "a: at most 3 on 2010-06-01; b: at most 7 on 2010-06-02" in said


def test_too_many_lines_are_refused():
    table = pd.DataFrame({"step": 1, "order": list("abcde"), "playable": 0.5})
    with pytest.raises(ValueError, match="order: 5 lines, 4 at most"):
        traced.playable(table)
