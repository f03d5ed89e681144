"""Who reaches what: against a plain loop over users, sites and rules, and the laws that hold for any."""

import itertools
import re
import tracemalloc

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traceblock import memory
from traceblock.blocking import (
    Order,
    Resolver,
    Rules,
    access,
    apply,
    build_web,
    neighbours,
    policy,
    population,
    resolve,
    scope,
    zones,
)
from traceblock.blocking.orders import ANSWERS, MEASURES, TAKES
from traceblock.blocking.reach import CLASSES, LAYERS
from traceblock.network import to_text

START = "2022-07-11"
NAMES = ["a.example", "x.a.example", "y.x.a.example", "xa.example", "b.test", "x.b.test", "c.example"]
CDNS, HOSTS = ["cdn-1", "cdn-2"], ["host-1", "host-2"]
ONE_OF = {"isp": ["north", "south"], "resolver": ["open", "clear"], "search": ["seek", "find"]}


# an independent access: a loop, written from the docstring


def stopped_by(user, site, rules):
    """Return the first layer at which a rule stops this visit, or None."""
    for layer in ("delisting", "dns", "address", "sni", "url", "edge", "closure"):
        for rule in rules:
            stops = rule["measure"] == layer and rule["action"] != "none"
            if stops and _is_met(user, rule) and _is_looked_at(user, site, rule):
                return layer
    return None


def _is_met(user, rule):
    kind, _, name = rule["addressee"].partition(":")
    if rule["measure"] == "closure":
        return True
    at_home = user["country"] == rule["country"]
    if kind == "isp":
        if user["vpn"] or (name and user["isp"] != name):
            return False
        if not (at_home or (name and rule["worldwide"])):
            return False
        if rule["measure"] == "dns":
            return user["resolver"] == "isp" or (user["resolver"] == "public" and rule["intercept"])
        return True
    if not rule["worldwide"] and (user["vpn"] or not at_home):
        return False
    if kind == "resolver":
        return user["resolver"] in ("public", "encrypted") and name in ("", user["public_resolver"])
    if kind == "search":
        return user["entry"] == "search" and name in ("", user["search_engine"])
    return True


def _is_looked_at(user, site, rule):
    if rule["measure"] == "address":
        return rule["value"] == to_text(site["address"])
    if rule["measure"] == "url":
        return rule["value"] == f"http://{site['name']}/" and not site["https"]
    if rule["measure"] == "sni" and site["https"] and site["ech"] and user["ech"]:
        return False
    if rule["value"].startswith("*."):
        return site["name"].endswith(rule["value"][1:])
    return rule["value"] == site["name"]


def cells(web, users, rules):
    web, users, rules = (table.to_dict("records") for table in (web, users, rules))
    return [[stopped_by(user, site, rules) for site in web] for user in users]


def codes(found):
    """Return the layer's place of every user and site, from a factored Access."""
    return found.codes[found.behaviour]


# small worlds, every one of them odd in some way


@st.composite
def webs(draw):
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, unique=True))
    rows = len(names)

    def column(values):
        return draw(st.lists(values, min_size=rows, max_size=rows))

    host = column(st.sampled_from(CDNS + HOSTS))
    web = pd.DataFrame(
        {
            "site": column(st.integers(0, 4)),
            "name": names,
            "address": np.array(column(st.integers(0xF0000001, 0xF0000003)), dtype=np.uint32),
            "host": host,
            "cdn": [each in CDNS for each in host],
            "lawful": column(st.booleans()),
            "visits": column(st.integers(0, 9)),
            "origin": column(st.sampled_from(HOSTS)),
            "https": column(st.booleans()),
            "ech": column(st.booleans()),
        },
        index=column(st.integers(0, 3)),  # in any order, and not unique
    )
    return web


@st.composite
def crowds(draw):
    one = st.tuples(
        st.sampled_from(["IT", "FR"]),
        st.sampled_from(ONE_OF["isp"]),
        st.sampled_from(["isp", "public", "encrypted"]),
        st.booleans(),
        st.booleans(),
        st.sampled_from(["name", "search"]),
        st.sampled_from([0, 0.5, 1, 3]),
        st.sampled_from(ONE_OF["resolver"]),
        st.sampled_from(ONE_OF["search"]),
    )
    rows = draw(st.lists(one, min_size=1, max_size=6))
    columns = [
        "country",
        "isp",
        "resolver",
        "vpn",
        "ech",
        "entry",
        "weight",
        "public_resolver",
        "search_engine",
    ]
    users = pd.DataFrame(rows, columns=columns).assign(user=[f"u{i}" for i in range(len(rows))])
    return users.set_index(pd.Index([7] * len(rows)))


RULE = ["addressee", "measure", "trigger", "value", "action", "site", "country", "worldwide", "intercept"]
TAKEN = [(kind, measure) for kind, measures in TAKES.items() for measure in measures]
HAS = ONE_OF | {"cdn": CDNS, "host": HOSTS}


@st.composite
def one_rule(draw, web):
    """Return any rule that `apply` could give, of this web or of another, in the sequence of RULE."""
    kind, measure = draw(st.sampled_from(TAKEN))
    name = draw(st.sampled_from(NAMES))
    if measure == "address":
        value = to_text(draw(st.sampled_from([*web["address"], 0xF0000009])))
    else:
        form = {"url": ["http://{}/"], "dns": ["{}", "*.{}"]}.get(measure, ["{}"])
        value = draw(st.sampled_from(form)).format(name)
    return (
        draw(st.sampled_from([kind, *(f"{kind}:{one}" for one in HAS[kind])])),
        measure,
        "",
        value,
        draw(st.sampled_from(["none", MEASURES[measure][1], MEASURES[measure][1]])),
        draw(st.integers(0, 5)),
        draw(st.sampled_from(["IT", "FR"])),
        draw(st.booleans()),
        draw(st.booleans()),
    )


@st.composite
def worlds(draw):
    web = draw(webs())
    rules = draw(st.lists(one_rule(web), min_size=1, max_size=6))
    return web, draw(crowds()), pd.DataFrame(rules, columns=RULE, index=[2] * len(rules))


@given(worlds())
@settings(max_examples=150)
def test_access_agrees_with_a_plain_loop(world):
    web, users, rules = world
    found, expected = access(web, users, rules), cells(*world)
    layers = np.array(LAYERS, dtype=object)
    assert layers[codes(found)].tolist() == [[layer or "reached" for layer in row] for row in expected]
    assert len(np.unique(found.behaviour)) == len(found.codes) <= len(users)

    table = found.table()
    flat = list(itertools.chain.from_iterable(expected))
    assert table["stopped_by"].astype(object).where(table["stopped_by"].notna(), None).tolist() == flat
    assert table["reached"].tolist() == [layer is None for layer in flat]
    assert table["user"].tolist() == np.repeat(users["user"], len(web)).tolist()
    assert table["name"].tolist() == list(web["name"]) * len(users)
    assert table["site"].tolist() == list(web["site"]) * len(users)

    ordered = {(rule.site, rule.country) for rule in rules.itertuples()}
    sums = {user: dict.fromkeys(CLASSES, 0.0) for user in users["user"]}
    for user, row in zip(users.itertuples(), expected, strict=True):
        for site, layer in zip(web.itertuples(), row, strict=True):
            aimed = (site.site, user.country) in ordered
            name = ("blocked" if layer else "missed") if aimed else ("over_blocked" if layer else "untouched")
            sums[user.user][name] += site.visits
    by_user = found.by_user()
    assert by_user[list(users)].equals(users)
    assert by_user[list(CLASSES)].to_dict("records") == list(sums.values())

    total = scope(found)
    assert list(total.index) == list(CLASSES)
    for name in CLASSES:
        by_hand = sum(w * sums[u][name] for u, w in zip(users["user"], users["weight"], strict=True))
        assert total[name] == pytest.approx(by_hand)
    assert total.sum() == pytest.approx(users["weight"].sum() * web["visits"].sum())

    by_site = found.by_site()
    assert by_site[list(web)].equals(web)
    assert by_site["ordered"].tolist() == [site in set(rules["site"]) for site in web["site"]]
    hit = np.array([[layer is not None for layer in row] for row in expected])
    weight = users["weight"].to_numpy()
    shares = weight @ hit / weight.sum() if weight.sum() else np.zeros(len(web))
    assert by_site["stopped"].tolist() == pytest.approx(shares)


@given(worlds(), st.randoms(use_true_random=False))
@settings(max_examples=25)
def test_the_order_of_rows_does_not_matter_nor_does_a_rule_said_twice(world, chance):
    web, users, rules = world
    places = [*range(len(rules)), *range(len(rules))]
    chance.shuffle(places)
    once, again = access(web, users, rules), access(web, users, rules.iloc[places])
    np.testing.assert_array_equal(codes(once), codes(again))
    pd.testing.assert_series_equal(scope(once), scope(again))
    sites, crowd = list(range(len(web))), list(range(len(users)))
    chance.shuffle(sites)
    chance.shuffle(crowd)
    turned = access(web.iloc[sites], users.iloc[crowd], rules)
    np.testing.assert_array_equal(codes(turned), codes(once)[np.ix_(crowd, sites)])


@given(worlds())
@settings(max_examples=25)
def test_one_rule_more_never_lets_anybody_reach_more(world):
    web, users, rules = world
    reached = np.ones((len(users), len(web)), dtype=bool)
    for rows in range(len(rules) + 1):
        after = codes(access(web, users, rules.iloc[:rows])) == 0
        assert not (after & ~reached).any()
        reached = after


@given(st.data())
@settings(max_examples=25)
def test_a_url_stops_no_more_than_a_host_name_and_that_no_more_than_an_address(data):
    web, users = data.draw(webs()), data.draw(crowds())
    sites = data.draw(st.lists(st.sampled_from(list(web["name"])), min_size=1, max_size=3))
    order = Order(sites, ["isp:north", "isp"], "IT", START)
    url, host, address = (
        codes(access(web, users, apply(order, measure, web))) > 0 for measure in ("url", "sni", "address")
    )
    assert not (url & ~host).any()
    assert not (host & ~address).any()


@given(st.integers(0, 999), st.sampled_from([1, 3, 19]), st.floats(0, 0.5))
@settings(max_examples=25)
def test_an_address_blocks_collateral_is_the_sites_on_it_that_were_no_targets(seed, sharing, cdn):
    web = build_web(60, 4, sharing, cdn, seed)
    targets = set(web.loc[~web["lawful"], "site"])
    users = population({"IT": 1}, {"north": 1})
    found = access(web, users, apply(Order(sorted(targets), ["isp"], "IT", START), "address", web))
    blocked = set(web.loc[web["site"].isin(targets), "address"])
    beside = set(web.loc[web["address"].isin(blocked), "site"]) - targets
    sites = found.by_site()
    assert set(sites.loc[sites["stopped"] == 1, "site"]) == beside | targets
    assert scope(found)["over_blocked"] == web.loc[web["site"].isin(beside), "visits"].sum()
    assert scope(found)["missed"] == 0
    one = access(web, users, apply(Order([0], ["isp"], "IT", START), "address", web)).by_site()
    assert (one["stopped"] == 1).sum() - 1 == neighbours(web)[0]


# territory, detours and habits: each worked by hand


SITE = pd.DataFrame(
    {
        "site": [0, 1],
        "name": ["a.example", "b.example"],
        "address": np.array([0xF0000001, 0xF0000001], dtype=np.uint32),
        "host": ["cdn-1", "cdn-1"],
        "cdn": [True, True],
        "lawful": [False, True],
        "visits": [10, 1],
        "origin": ["host-1", "host-2"],
        "https": [True, True],
        "ech": [True, False],
    }
)


def reaches(who, measure, site=SITE, name="a.example", order=None, rule=None, **user):
    """Say which layer stops one user on the way to one site, or None."""
    one = {"user": 0, "country": "IT", "isp": "north", "resolver": "isp", "vpn": False, "ech": False}
    one |= {"entry": "name", "weight": 1, "public_resolver": "open", "search_engine": "seek"}
    rules = apply(Order(["a.example"], [who], "IT", START, **(order or {})), measure, site, **(rule or {}))
    row = access(site, pd.DataFrame([one | user]), rules).table(sites=[name]).iloc[0]
    return None if row["reached"] else row["stopped_by"]


WORLDWIDE, INTERCEPT = {"order": {"worldwide": True}}, {"rule": {"intercept": True}}


@pytest.mark.parametrize(
    ("who", "measure", "circumstances", "layer"),
    [
        # an ISP's resolver serves its subscribers
        ("isp", "dns", {}, "dns"),
        ("isp:north", "dns", {}, "dns"),
        ("isp:south", "dns", {}, None),
        ("isp", "dns", {"country": "FR"}, None),
        ("isp", "dns", {"country": "FR"} | WORLDWIDE, None),  # who are others' subscribers
        ("isp:north", "dns", {"country": "FR"}, None),
        ("isp:north", "dns", {"country": "FR"} | WORLDWIDE, "dns"),
        ("isp:north", "address", {"country": "FR"} | WORLDWIDE, "address"),
        # round it by another resolver, unless the ISP answers in its place; it cannot if it cannot read
        ("isp", "dns", {"resolver": "public"}, None),
        ("isp", "dns", {"resolver": "encrypted"}, None),
        ("isp", "dns", {"resolver": "public"} | INTERCEPT, "dns"),
        ("isp", "dns", {"resolver": "encrypted"} | INTERCEPT, None),
        ("isp", "dns", {"resolver": "public", "vpn": True} | INTERCEPT, None),
        ("isp", "address", {"resolver": "encrypted"}, "address"),
        # a public resolver blocks by country, or for everyone
        ("resolver", "dns", {}, None),
        ("resolver", "dns", {"resolver": "public"}, "dns"),
        ("resolver", "dns", {"resolver": "encrypted"}, "dns"),
        ("resolver:open", "dns", {"resolver": "public"}, "dns"),
        ("resolver:clear", "dns", {"resolver": "public"}, None),
        ("resolver", "dns", {"resolver": "public", "country": "FR"}, None),
        ("resolver", "dns", {"resolver": "public", "country": "FR"} | WORLDWIDE, "dns"),
        # a virtual private network: nothing of the ISP's, and a visitor from elsewhere
        *(("isp", measure, {"vpn": True}, None) for measure in ("dns", "address", "sni")),
        ("isp:north", "dns", {"vpn": True} | WORLDWIDE, None),
        ("resolver", "dns", {"vpn": True, "resolver": "public"}, None),
        ("resolver", "dns", {"vpn": True, "resolver": "public"} | WORLDWIDE, "dns"),
        ("resolver", "dns", {"vpn": True} | WORLDWIDE, None),
        ("cdn", "edge", {"vpn": True}, None),
        ("cdn", "edge", {"vpn": True} | WORLDWIDE, "edge"),
        ("search", "delisting", {"vpn": True, "entry": "search"}, None),
        # at the edge, in the search engine, at the source
        ("cdn", "edge", {}, "edge"),
        ("cdn", "edge", {"resolver": "encrypted", "ech": True}, "edge"),
        ("cdn", "edge", {"country": "FR"}, None),
        ("cdn", "edge", {"country": "FR"} | WORLDWIDE, "edge"),
        ("host", "edge", {}, None),  # it does not serve the site: the CDN does
        ("search", "delisting", {"entry": "search"}, "delisting"),
        ("search", "delisting", {}, None),
        ("search:find", "delisting", {"entry": "search"}, None),
        ("search:seek", "delisting", {"entry": "search"}, "delisting"),
        ("host", "closure", {"country": "FR", "vpn": True}, "closure"),
        ("host:host-2", "closure", {}, None),
        # what can be seen on the way
        ("isp", "sni", {}, "sni"),
        ("isp", "sni", {"ech": True}, None),
        ("isp", "sni", {"ech": True, "site": SITE.assign(ech=False)}, "sni"),
        ("isp", "sni", {"ech": True, "site": SITE.assign(https=False)}, "sni"),
        ("isp", "sni", {"ech": True, "site": SITE.drop(columns="ech")}, None),
        ("isp", "url", {}, None),
        ("isp", "url", {"site": SITE.assign(https=False)}, "url"),
        ("isp", "url", {"site": SITE.drop(columns="https")}, None),
        # the neighbour on the address
        ("isp", "address", {"name": "b.example"}, "address"),
        ("isp", "dns", {"name": "b.example"}, None),
        ("isp", "dns", {"name": "b.example", "rule": {"subdomains": True}}, None),
    ],
)
def test_who_is_stopped_where(who, measure, circumstances, layer):
    assert reaches(who, measure, **circumstances) == layer


def test_the_first_layer_that_stops_a_visit_is_the_one_told():
    assert LAYERS == ("reached", "delisting", "dns", "address", "sni", "url", "edge", "closure")
    site = SITE.assign(https=False)
    users = population({"IT": 1}, {"north": 1}, search=0.5)
    by = {"delisting": "search", "edge": "cdn", "closure": "host"}
    rules = [
        apply(Order([0], [by.get(measure, "isp")], "IT", START), measure, site) for measure in LAYERS[1:]
    ]
    for first in range(len(rules)):
        table = access(site, users, pd.concat(rules[first:][::-1])).table(sites=[0])
        expected = [LAYERS[max(first, 1) + 1], LAYERS[first + 1]]  # who enters by name meets no search engine
        assert table["stopped_by"].tolist() == expected


def test_scope_of_an_order_worked_by_hand():
    # 0.8 of the users at home, a quarter of them on another resolver; 10 visits to the target, 1 beside it
    users = population({"IT": 0.8, "FR": 0.2}, {"north": 1}, public=0.25)
    isp, everyone, edge = (
        Order(["a.example"], who, "IT", START, worldwide=worldwide)
        for who, worldwide in ((["isp"], False), (["isp", "resolver"], True), (["host"], False))
    )
    dns = scope(access(SITE, users, apply(isp, "dns", SITE)))
    assert dns.to_dict() == pytest.approx({"blocked": 6, "missed": 2, "over_blocked": 0, "untouched": 3})
    # the public resolver abroad: 0.25 · 0.2 · 10 visits that the order's country has no say in
    both = scope(access(SITE, users, apply(everyone, "dns", SITE)))
    assert both.to_dict() == pytest.approx({"blocked": 8, "missed": 0, "over_blocked": 0.5, "untouched": 2.5})
    address = scope(access(SITE, users, apply(isp, "address", SITE)))
    assert address.to_dict() == pytest.approx(
        {"blocked": 8, "missed": 0, "over_blocked": 0.8, "untouched": 2.2}
    )
    # an order to one who cannot is an order all the same: all is missed
    none = scope(access(SITE, users, apply(edge, "edge", SITE)))
    assert none.to_dict() == pytest.approx({"blocked": 0, "missed": 8, "over_blocked": 0, "untouched": 3})
    assert dns.name == "visits"


def test_a_new_name_is_missed_until_a_dynamic_order_meets_it():
    moved = SITE.assign(site=0)  # b.example is another name of the same site
    users = population({"IT": 1}, {"north": 1})
    missed = {
        dynamic: scope(
            access(
                moved, users, apply(Order(["a.example"], ["isp"], "IT", START, None, dynamic), "dns", moved)
            )
        )
        for dynamic in (False, True)
    }
    assert missed[False].to_dict() == {"blocked": 10, "missed": 1, "over_blocked": 0, "untouched": 0}
    assert missed[True].to_dict() == {"blocked": 11, "missed": 0, "over_blocked": 0, "untouched": 0}


def test_rules_for_what_is_no_longer_there_stop_nobody():
    rules = apply(Order([0], ["isp"], "IT", START), "dns", SITE)
    later = SITE.assign(name=["new.example", "b.example"], address=np.uint32(0xF0000009))
    users = population({"IT": 1}, {"north": 1})
    for stale in (rules, apply(Order([0], ["isp"], "IT", START), "address", SITE)):
        assert access(later, users, stale).codes.max() == 0


# end to end: the zone that the rules make, and the resolver that reads it


@pytest.mark.parametrize("answer", ["nxdomain", "nodata", "drop", "redirect"])
def test_the_policy_of_a_resolver_stops_the_names_that_access_says(answer):
    web = build_web(400, 40, platform_share=0.3, seed=5)
    deep = web.loc[web["name"].str.count(r"\.") > 1, "name"]
    platform = deep.iloc[0].partition(".")[2]
    bad = list(web.loc[~web["lawful"], "name"])
    rules = pd.concat(
        [
            apply(Order(bad[:15], ["isp:north", "resolver:open"], "IT", START), "dns", web, answer=answer),
            apply(
                Order([*bad[15:30], platform], ["isp"], "IT", START),
                "dns",
                web,
                answer=answer,
                subdomains=True,
            ),
            apply(Order(bad[30:], ["resolver"], "IT", START), "dns", web),
        ]
    )
    users = pd.DataFrame(
        {"user": [0, 1, 2, 3], "isp": ["north", "south", "south", "south"], "country": "IT"}
        | {"resolver": ["isp", "isp", "public", "encrypted"], "public_resolver": ["", "", "open", "clear"]}
        | {"vpn": False, "ech": False, "entry": "name", "weight": 1}
    )
    hit, authorities = codes(access(web, users, rules)) == LAYERS.index("dns"), zones(web)
    for row, who in zip(hit, ["isp:north", "isp:south", "resolver:open", "resolver:clear"], strict=True):
        zone = Rules.from_rpz(policy(rules, who))
        assert (zone.match(web["name"]) != "passed").tolist() == row.tolist()
        assert row.any()
        answers = [resolve(name, "A", Resolver(who, zone), authorities) for name in web["name"]]
        assert [reply.verdict != "passed" for reply in answers] == row.tolist()
        for reply, stopped, address in zip(answers, row, to_text(web["address"]), strict=True):
            assert (address in [value for _, kind, value in reply.records if kind == "A"]) == (not stopped)


# the views


def test_a_table_is_of_the_users_and_sites_asked_for():
    users = population({"IT": 1}, {"north": 1}, public=0.5)
    found = access(SITE, users, apply(Order([0], ["isp"], "IT", START), "dns", SITE))
    table = found.table([1, 0], ["b.example", 0])
    assert table[["user", "site"]].to_numpy().tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert list(table) == ["user", "site", "name", "reached", "stopped_by"]
    assert table["stopped_by"].dtype == pd.CategoricalDtype(list(LAYERS[1:]))
    assert table["reached"].dtype == bool
    assert len(found.table(users=[1])) == 2
    assert len(found.table(sites=[])) == 0
    for asked, message in (
        ({"users": [0, 9]}, r"users: \[9\] not in the table; choose from its column user"),
        (
            {"sites": [2, "a.example", "c.example"]},
            r"sites: \[2, 'c.example'\] not in .* column site or name",
        ),
    ):
        with pytest.raises(LookupError, match=message):
            found.table(**asked)


def test_no_user_no_rule():
    users = population({"IT": 1}, {"north": 1})
    rules = apply(Order([0], ["isp"], "IT", START), "dns", SITE)
    nobody = access(SITE, users.iloc[:0], rules)
    assert scope(nobody).to_dict() == dict.fromkeys(CLASSES, 0)
    assert (len(nobody.table()), nobody.by_site()["stopped"].sum(), len(nobody.by_user())) == (0, 0, 0)
    for none in (rules.iloc[:0], pd.DataFrame(columns=list(rules))):
        assert scope(access(SITE, users, none))["untouched"] == 11
    joined = pd.concat([pd.DataFrame(columns=list(rules)), rules])  # whose flags are of no type any more
    assert scope(access(SITE, users, joined))["blocked"] == 10


def test_tables_given_stay_as_they_were():
    web, users = SITE.set_index(pd.Index([4, 4])), population({"IT": 1}, {"north": 1}, vpn=0.5)
    rules = apply(Order([0], ["isp"], "IT", START), "sni", web)
    before = [table.copy() for table in (web, users, rules)]
    found = access(web, users, rules)
    found.by_user(), found.by_site(), found.table(), scope(found)
    for table, was in zip((web, users, rules), before, strict=True):
        pd.testing.assert_frame_equal(table, was)


# memory


def test_one_byte_a_cell_and_no_table_of_all_pairs():
    web = build_web(100_000, 10)
    isps = [f"isp-{i}" for i in range(1_000)]
    users = population({"IT": 1}, dict.fromkeys(isps, 1 / 1_000))
    # to each ISP a name of its own, so that no two behave alike: the most that there can be
    rules = apply(Order([0], ["isp"], "IT", START), "dns", web).iloc[[0] * 1_000]
    rules = rules.assign(addressee=[f"isp:{name}" for name in isps], value=web["name"].to_numpy()[:1_000])
    tracemalloc.start()
    found = access(web, users, rules)
    classes = scope(found)
    rows = found.table([3], [3, 5])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.codes.shape == (1_000, 100_000)
    assert found.codes.nbytes == 100_000_000
    assert (found.codes > 0).sum() == 1_000
    assert rows["reached"].tolist() == [False, True]
    assert classes.sum() == pytest.approx(web["visits"].sum())
    assert peak < 300e6


def test_users_who_behave_alike_share_a_row():
    users = population({"IT": 0.5, "FR": 0.5}, {f"isp-{i}": 0.01 for i in range(100)}, ech=0.5, search=0.5)
    found = access(SITE, users, apply(Order([0], ["isp:isp-3"], "IT", START), "dns", SITE))
    assert (len(users), found.codes.shape, found.codes.dtype) == (800, (2, 2), np.uint8)


def test_what_would_not_fit_is_refused_before_it_is_made(monkeypatch):
    users = population({"IT": 1}, {"north": 1}, vpn=0.5)
    rules = apply(Order([0], ["isp"], "IT", START), "dns", SITE)
    found = access(SITE, users, rules)
    monkeypatch.setattr(memory, "available", lambda: 3)
    with pytest.raises(memory.TooLargeError, match="fewer kinds of users, or fewer sites"):
        access(SITE, users, rules)
    with pytest.raises(memory.TooLargeError, match="ask for fewer users or sites"):
        found.table()


# the population


def test_a_population_has_the_shares_asked_for():
    users = population(
        {"IT": 0.9, "FR": 0.1},
        {"north": 0.6, "south": 0.4},
        public=0.2,
        encrypted=0.1,
        vpn=0.3,
        ech=0.4,
        search=0.7,
    )
    assert len(users) == 2 * 2 * 3 * 2 * 2 * 2
    assert users["user"].is_unique
    assert users["weight"].sum() == pytest.approx(1)
    shares = {
        "country": {"IT": 0.9, "FR": 0.1},
        "isp": {"north": 0.6, "south": 0.4},
        "resolver": {"isp": 0.7, "public": 0.2, "encrypted": 0.1},
        "vpn": {False: 0.7, True: 0.3},
        "ech": {False: 0.6, True: 0.4},
        "entry": {"name": 0.3, "search": 0.7},
    }
    for column, share in shares.items():
        assert users.groupby(column)["weight"].sum().to_dict() == pytest.approx(share)


@pytest.mark.parametrize("public", [0.1, 0.3, 0.7, 0.9, 1])
def test_kinds_of_no_share_are_left_out(public):
    users = population({"IT": 1, "FR": 0}, {"north": 1}, public=public, encrypted=round(1 - public, 1))
    assert set(users["country"]) == {"IT"}
    assert "isp" not in set(users["resolver"])
    assert not users["vpn"].any()
    assert users["weight"].sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("argument", "value", "accepted"),
    [
        ("countries", {"IT": 0.5}, "shares that add up to 1"),
        ("countries", ["IT"], "shares that add up to 1, such as {'IT': 0.9"),
        ("countries", {}, "add up to 1"),
        ("isps", {"north": 0.9, "south": 0.2}, "add up to 1"),
        ("public", 1.5, "at most 1"),
        ("encrypted", 0.9, "at most 1 - public, 0.8"),
        ("vpn", -0.1, "at least 0"),
        ("ech", "half", "a number"),
        ("search", float("nan"), "a number"),
    ],
)
def test_shares_that_are_none_are_refused(argument, value, accepted):
    arguments = {"countries": {"IT": 1}, "isps": {"north": 1}, "public": 0.2, argument: value}
    with pytest.raises(ValueError, match=re.escape(f"{argument}={value!r}")) as refusal:
        population(**arguments)
    assert accepted in str(refusal.value)


# what is refused


def bad(table, **columns):
    users = population({"IT": 1}, {"north": 1}, vpn=0.5)
    rules = apply(Order([0], ["isp"], "IT", START), "dns", SITE)
    given = {"web": SITE, "users": users, "rules": rules}
    return given | {table: given[table].assign(**columns)}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (bad("users") | {"web": [1]}, "web is a list; give a DataFrame"),
        (bad("users") | {"users": None}, "users is a NoneType; give a DataFrame with user, country"),
        (bad("users") | {"rules": SITE}, "rules has no column addressee"),
        (bad("web", name="a.example"), "web: 1 of 2 rows have a name that another row has"),
        (bad("web", address=np.nan), "web: 2 of 2 rows lack a value"),
        (bad("web", ech="yes"), "web: ech is of the type str; give True or False"),
        (bad("users", user=1), "users: 1 of 2 rows have a user that another row has"),
        (bad("users", isp=None), "users: 2 of 2 rows have no isp; every row needs a text"),
        (bad("users", country="Italy"), "users: 2 of 2 rows have a country that is no ISO 3166-1 code"),
        (bad("users", country=None), "users: 2 of 2 rows have no country"),
        (bad("users", resolver="google"), "have a resolver that is none of isp, public, encrypted"),
        (bad("users", entry="link"), "have a entry that is none of name, search"),
        (bad("users", vpn="no"), "users: vpn is of the type str; give True or False"),
        (bad("users", ech=[True, None]), "users: 1 of 2 rows have no ech; every row needs True or False"),
        (bad("users", weight=-1), "users: 2 of 2 rows have a weight that is no number of 0 or more"),
        (bad("users", weight=np.nan), "have a weight that is no number of 0 or more"),
        (bad("users", weight=np.inf), "have a weight that is no number of 0 or more"),
        (bad("users", weight="1"), "users: weight is of the type str; give numbers of 0 or more"),
        (bad("rules", measure="reached"), "rules: 1 of 1 rows have a measure that is none of dns, address"),
        (bad("rules", addressee="cdn"), "rules: 1 of 1 rows have a measure that their addressee cannot take"),
        (bad("rules", addressee=None), "rules: 1 of 1 rows have no addressee"),
        (bad("rules", country="XX"), "rules: 1 of 1 rows have a country that is no ISO 3166-1 code"),
        (bad("rules", worldwide=None), "rules: 1 of 1 rows have no worldwide; every row needs True or False"),
        (
            bad("rules", intercept=np.nan),
            "rules: 1 of 1 rows have no intercept; every row needs True or False",
        ),
        (bad("rules", value=None), "rules: 1 of 1 rows have no value; every row needs a text"),
        (bad("rules", site=None), "rules: 1 of 1 rows have no site; every row needs one"),
        (
            bad("rules", addressee="resolver:open"),
            "users has no column public_resolver, and a rule names 'open'; say whose each uses",
        ),
        (
            bad("rules", addressee="search:seek", measure="delisting"),
            "users has no column search_engine, and a rule names 'seek'",
        ),
    ],
)
def test_bad_tables_are_named_with_what_is_accepted(given, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        access(**given)


@pytest.mark.parametrize("action", ["stop", "", "NXDOMAIN", "passthru"])
def test_an_action_that_no_rule_has_is_refused(action):
    with pytest.raises(
        ValueError, match=r"^rules: 1 of 1 rows have a action that is none of nxdomain"
    ) as error:
        access(**bad("rules", action=action))
    assert all(
        known in str(error.value) for known in (*ANSWERS, *(it for _, it in MEASURES.values()), "none")
    )
