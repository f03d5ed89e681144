"""Policy zones, look-ups, and who reaches what: rates and memory, beside dnspython and a long table."""

import pandas as pd
import pytest

from bench import memory, webs, with_dnspython
from bench.conftest import short
from traceblock import blocking

RULES, PEER_RULES, NAMES, QUESTIONS = 1_000_000, 100_000, 1_000_000, 100_000
#: What is measured, its peer, and how many times as fast as that it has to be.
WANTED = [
    ("policy zone, 100,000 rules", "dnspython, 100,000 rules", 20),
    ("access and scope of 20 users", "a long table of 20 users", 2),
]
ZONE_GB, REACH_GB = 0.5, 0.3


@pytest.fixture(scope="module")
def large():
    return webs.zone(RULES)


@pytest.fixture(scope="module")
def web():
    return blocking.build_web(100_000, 1_000, seed=1)


@pytest.fixture(scope="module")
def rules(web):
    return webs.ordered(web)


@pytest.fixture
def rate(seconds, tables):
    """Return a function that notes how many of something a second were measured, and how many are wanted."""

    def note(what, number, wanted):
        tables["rates"].append((what, f"{number:,}", short(number / seconds[what]), f"{wanted:,}"))

    return note


def test_policy_zone(timed, large, tables, seconds, tmp_path):
    timed("policy zone, 1M rules", webs.read, large)
    stored = tmp_path / "zone"
    stored.write_text(large)
    added = memory.peak(webs.read_file, stored) - memory.peak(webs.text_of, stored)
    ms = short(1000 * seconds["policy zone, 1M rules"])
    tables["sizes"].append(("policy zone", f"{RULES:,}", ms, f"{added:.2f}", f"{ZONE_GB} (5,000 ms)"))
    assert added < ZONE_GB


def test_policy_zone_beside_dnspython(timed):
    text = webs.zone(PEER_RULES)
    names = webs.names(20_000, PEER_RULES)
    ours = timed("policy zone, 100,000 rules", webs.read, text).match(names) != "passed"
    theirs = with_dnspython.match(with_dnspython.read(text), names)
    assert list(ours) == theirs
    assert 0.2 < ours.mean() < 0.8


def test_dnspython(timed):
    timed("dnspython, 100,000 rules", with_dnspython.read, webs.zone(PEER_RULES), rounds=1)


def test_match(timed, rate, large):
    zone, names = webs.read(large), webs.names(NAMES, RULES)
    timed("match", zone.match, names)
    rate("match", NAMES, 500_000)


def test_resolve(timed, rate, web):
    aimed = web.loc[~web["lawful"], "name"]
    rules = blocking.apply(blocking.Order(aimed, ["isp"], "IT", "2022-07-11"), "dns", web)
    resolver = blocking.Resolver("north", blocking.Rules.from_rpz(blocking.policy(rules, "isp")))
    known, names = blocking.zones(web), list(web["name"].head(QUESTIONS))
    assert not all(blocking.resolve(name, "A", resolver, known).records for name in names)
    timed("resolve", webs.resolved, names, resolver, known)
    rate("resolve", len(names), 100_000)


def test_access(timed, tables, seconds, web, rules, tmp_path):
    kinds = webs.users(1_000)
    scope = timed("access and scope", webs.reached, web, kinds, rules)
    whole = web["visits"].sum() * kinds["weight"].sum()
    assert scope.sum() == pytest.approx(whole)
    stored = tmp_path / "tables"
    pd.to_pickle((web, kinds, rules), stored)
    added = memory.peak(webs.reached_stored, stored) - memory.peak(webs.only_stored, stored)
    ms = short(1000 * seconds["access and scope"])
    cells = f"{len(kinds) * len(web):,}"
    tables["sizes"].append(("access and scope", cells, ms, f"{added:.2f}", f"{REACH_GB} (1,000 ms)"))
    assert added < REACH_GB


def test_access_of_a_few(timed, web, rules):
    timed("access and scope of 20 users", webs.reached, web, webs.users(20), rules)


def test_a_long_table(timed, web, rules):
    kinds = webs.users(20)
    theirs = timed("a long table of 20 users", webs.pairs, web, kinds, rules, rounds=1)
    ours = webs.reached(web, kinds, rules)
    pd.testing.assert_series_equal(ours.sort_index(), theirs, check_names=False, check_index_type=False)


@pytest.mark.parametrize(("what", "peer", "wanted"), WANTED)
def test_ratio(compare, what, peer, wanted):
    compare(what, peer, wanted)
