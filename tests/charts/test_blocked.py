from functools import cache

import pandas as pd
import pytest

from traceblock import blocking, cases
from traceblock.charts import blocked, parts
from traceblock.network import to_text

CHASE = blocking.Chase(sites=3, days=200)
REGIMES = {
    "a judge": blocking.Regime(judgment="30D"),
    "a list": blocking.Regime("list", wrong=0.2),
}


@cache
def web():
    return blocking.build_web(200, 12, seed=3)


@cache
def reached():
    """Return who reaches what in Italy and abroad while the ISPs of Italy block the addresses of 12 sites."""
    aimed = list(web().loc[~web()["lawful"], "name"])
    rules = blocking.apply(blocking.Order(aimed, ["isp"], "IT", "2022-07-11"), "address", web())
    users = blocking.population({"IT": 0.5, "FR": 0.5}, {"north": 1.0}, vpn=0.2)
    return blocking.access(web(), users, rules)


def _coverage():
    of_user = reached().by_user()
    rows = of_user.melt(["country", "weight"], list(blocked.CLASSES), "class", "visits")
    rows["visits"] *= rows["weight"]
    return rows.rename(columns={"country": "group"})


def _sites():
    sites = reached().by_site()
    dark = sites["stopped"] > 0
    kind = sites["ordered"].map({True: "blocked", False: "over_blocked"}).where(dark, "untouched")
    return sites.assign(**{"class": kind, "address": to_text(sites["address"].to_numpy())})


def _answer(rule):
    name = web()["name"].iloc[0]
    rules = blocking.Rules.from_rpz(
        f"$ORIGIN rpz.example.\n@ 300 SOA a. b. 1 2 3 4 5\n@ 300 NS a.\n{name} 300 {rule}\n"
    )
    return blocking.resolve(name, "A", blocking.Resolver("north", rules), blocking.zones(web()))


@cache
def _names(regime):
    return blocking.mirrors(CHASE, REGIMES[regime], 1)


def _audience():
    return pd.concat(blocking.daily(_names(regime), CHASE).assign(group=regime) for regime in REGIMES)


def _regimes():
    return pd.DataFrame([{"group": each} | dict(blocking.outcome(_names(each), CHASE)) for each in REGIMES])


@cache
def _panel():
    return blocking.panel(blocking.Study(units=60), 1)


def _means():
    group = _panel()["treated"].map({True: "covered", False: "others"})
    return _panel().assign(group=group).groupby(["period", "group"], as_index=False)["outcome"].mean()


def _estimates():
    table = cases.estimates().head(8)
    return table.assign(name=table["study"].str[:30], group=table["kind"])


CHARTS = {
    "look_up": lambda: blocked.look_up(_answer("CNAME rpz-passthru.")),
    "look_up, stopped": lambda: blocked.look_up(_answer("CNAME .")),
    "coverage": lambda: blocked.coverage(_coverage()),
    "sites": lambda: blocked.sites(_sites()),
    "tenants": lambda: blocked.tenants(blocking.tenants(web()), blocking.neighbours(web()).mean()),
    "names": lambda: blocked.names(_names("a list"), CHASE.days),
    "audience": lambda: blocked.audience(_audience()),
    "regimes": lambda: blocked.regimes(_regimes()),
    "effects": lambda: blocked.effects(_means(), 0),
    "event_study": lambda: blocked.event_study(blocking.event_study(_panel())),
    "forest": lambda: blocked.forest(_estimates()),
}


def _rows(chart):
    """Return the rows of all of a chart's tables."""
    return [row for rows in chart.to_dict()["datasets"].values() for row in rows]


def test_the_map_has_a_square_for_each_site_and_a_run_for_each_address():
    squares = pd.DataFrame(_rows(blocked.sites(_sites())))
    assert len(squares) == len(web())
    assert not squares.duplicated(["across", "down"]).any()
    place = squares["across"] * 12 + squares["down"]
    for _, run in place.groupby(squares["address"]):
        assert run.max() - run.min() == len(run) - 1
    # a gap of one between two addresses
    assert place.max() == len(web()) + squares["address"].nunique() - 2


def test_the_map_counts_what_it_colours():
    counts = _sites()["class"].value_counts()
    said = blocked.sites(_sites()).to_dict()["description"]
    assert f"dark, not ordered: {counts['over_blocked']}" in said
    assert f"blocked: {counts['blocked']}" in said
    assert counts["over_blocked"] > counts["blocked"] > 0


def test_coverage_shows_each_class_by_its_name_and_refuses_no_group():
    rows = [row for row in _rows(blocked.coverage(_coverage())) if "part" in row]
    assert {row["class"] for row in rows} <= set(blocked.CLASSES.values())
    assert {row["group"] for row in rows} == {"IT", "FR"}
    for group in ("IT", "FR"):
        assert sum(row["part"] for row in rows if row["group"] == group) == pytest.approx(1)


def test_tenants_keeps_the_ends_of_every_step():
    table = blocking.tenants(web())
    points = [row for row in _rows(blocked.tenants(table, 50.0)) if "rank" in row]
    drawn = {row["rank"]: row["sites"] for row in points}
    assert drawn[1] == table["sites"].max()
    assert drawn[len(table)] == table["sites"].min()
    assert all(table["sites"].iloc[rank - 1] == sites for rank, sites in drawn.items())
    # what is not drawn lies between two points of the same height
    for rank, sites in enumerate(table["sites"], 1):
        if rank not in drawn:
            assert any(drawn.get(before) == sites for before in range(1, rank))
            assert any(drawn.get(after) == sites for after in range(rank + 1, len(table) + 1))


def test_names_hide_what_comes_after_the_day():
    table = _names("a list")
    whole, half = (
        [row for row in _rows(blocked.names(table, CHASE.days, day)) if "start" in row] for day in (None, 100)
    )
    assert len(half) < len(whole)
    assert max(row["end"] for row in half) == 100
    assert max(row["end"] for row in whole) == CHASE.days
    assert all(row["start"] < row["end"] for row in whole)


def test_names_show_a_name_in_reach_from_its_opening_to_its_block():
    table = _names("a judge").query("site == 0 and not wrong")
    rows = [row for row in _rows(blocked.names(_names("a judge"), CHASE.days)) if row.get("row") == "site 1"]
    shown = sorted(row["start"] for row in rows if row.get("state") == "site in reach")
    assert shown == pytest.approx(sorted(table["opened"]))


def test_a_stopped_look_up_ends_with_the_rule_s_answer():
    said = blocked.look_up(_answer("CNAME .")).to_dict()["description"]
    assert "in 2 steps" in said
    assert said.endswith("stopped: NXDOMAIN.")
    passed = blocked.look_up(_answer("CNAME rpz-passthru.")).to_dict()["description"]
    assert "root: ask example;" in passed
    assert "answer: A 240." in passed


def test_a_row_of_the_forest_needs_no_interval_and_one_with_a_range_no_estimate():
    table = pd.DataFrame(
        {
            "name": ["a", "b", "c"],
            "estimate": [-22.0, 10, None],
            "low": [-30.0, None, 7],
            "high": [-14.0, None, 12],
            "group": ["x", "y", "y"],
        }
    )
    chart = blocked.forest(table).to_dict()
    assert "a: -22, -30, -14; b: +10; c: +7, +12" in chart["description"]
    points = [layer for layer in chart["layer"] if layer["mark"]["type"] == "point"]
    assert len(chart["datasets"][points[0]["data"]["name"]]) == 2


def test_more_lines_or_points_than_can_be_told_apart_are_refused():
    with pytest.raises(ValueError, match=r"group: 7 kinds of points, 6 at most"):
        parts.points_by("group", list("abcdefg"))
    assert parts.ticks(1) == [0, 1]
    assert parts.ticks(7) == [0, 2, 4, 6]
    assert parts.ticks(99) == [0, 20, 40, 60, 80]
    assert parts.ticks(715) == [0, 200, 400, 600]
    assert all(2 <= len(parts.ticks(n)) <= 7 for n in range(1, 2000))
    assert parts.powers(1) == [1]
    assert parts.powers(999) == [1, 10, 100]
    assert parts.powers(1000) == [1, 10, 100, 1000]
