"""Orders and their rules: worked by hand on a small web, every measure against every addressee."""

import re

import dns.rdatatype
import dns.zone
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traceblock.blocking import Order, apply, build_web, policy
from traceblock.blocking.orders import ANSWERS, MEASURES, TAKES, countries

START = "2022-07-11"
#: Site 1 has two names, one of them behind a CDN; sites 0 and 1 share a server.
WEB = pd.DataFrame(
    {
        "site": [0, 1, 1, 2],
        "name": ["a.example", "b.example", "b.test", "c.example"],
        "address": np.array([0xF0010001, 0xF0010001, 0xF0000101, 0xF0000102], dtype=np.uint32),
        "host": ["host-1", "host-1", "cdn-1", "cdn-2"],
        "cdn": [False, False, True, True],
        "lawful": [True, False, False, False],
        "visits": [1, 2, 3, 4],
        "origin": ["host-1", "host-1", "host-2", "host-1"],
    },
    index=[3, 3, 1, 0],
)
COLUMNS = ["addressee", "measure", "trigger", "value", "action"]
PAIRS = [(kind, measure) for kind in TAKES for measure in MEASURES]


def order(sites=("b.example",), addressees=("isp",), country="IT", **more):
    return Order(sites, addressees, country, **{"start": START} | more)


def short(rules, *columns):
    return [tuple(row) for row in rules[list(columns)].to_numpy()]


# an order


def test_an_order_is_brought_into_one_form():
    given = order(
        ["B.Example.", "b.example", np.int64(3), 3], ["north", "isp:north", "ISP", "Resolver: open "]
    )
    assert given.sites == ("b.example", 3)
    assert given.addressees == ("isp:north", "isp", "resolver:open")
    assert given.start == pd.Timestamp("2022-07-11", tz="UTC")
    assert given.end is None
    assert (given.dynamic, given.worldwide) == (False, False)
    assert order({"b.example", "a.example"}) == order(["a.example", "b.example"])  # a set has no order
    series = pd.Series(["b.example"], index=[7])
    assert order(series, end="2022-07-11T00:00:01Z").sites == ("b.example",)


def test_every_name_of_a_web_can_be_ordered():
    web = build_web(3_000, 30, platform_share=0.2)
    assert order(web["name"]).sites == tuple(web["name"])


def test_countries_are_those_of_the_standard():
    assert len(countries()) == 249
    assert {"IT", "FR", "DE", "US", "GB"} <= countries()
    assert not {"UK", "EU", "it", ""} & countries()


@pytest.mark.parametrize(
    ("argument", "value", "accepted"),
    [
        ("sites", [], "none is given"),
        ("sites", "b.example", "a list of the names of sites"),
        ("sites", None, "a list"),
        ("sites", ["bold-river.invalid"], "end in .example or .test"),
        ("sites", ["example"], "end in .example or .test"),
        ("sites", ["*.b.example"], "well-formed"),
        ("sites", ["-b.example"], "well-formed"),
        ("sites", ["b..example"], "well-formed"),
        ("sites", ["b.example\n"], "well-formed"),
        ("sites", ["ü.example"], "in ASCII"),
        ("sites", [f"{'b' * 64}.example"], "well-formed"),
        ("sites", [-1], "a whole number, 0 or more"),
        ("sites", [None], "a whole number"),
        ("sites", [True], "a whole number"),
        ("addressees", [], "none is given"),
        ("addressees", "isp", "one or more: isp, resolver, search, cdn, host"),
        ("addressees", ["court:milan"], "'isp:north'"),
        ("addressees", ["isp:"], "'isp:north'"),
        ("addressees", ["  "], "'isp:north'"),
        ("addressees", [""], "'isp:north'"),
        ("addressees", [3], "'isp:north'"),
        ("country", "XX", "ISO 3166-1"),
        ("country", "it", "such as 'IT'"),
        ("country", ["IT"], "such as 'IT'"),
        ("country", None, "such as 'IT'"),
        ("start", "soon", "a time"),
        ("start", None, "a time"),
        ("end", "2022-07-10", "a time after the start"),
        ("end", START, "a time after the start"),
        ("end", "never", "a time"),
        ("dynamic", 1, "True or False"),
        ("worldwide", "yes", "True or False"),
    ],
)
def test_an_order_that_nobody_can_carry_out_is_refused(argument, value, accepted):
    with pytest.raises(ValueError, match=f"^{argument}=") as refusal:
        order(**{argument: value})
    shown = value[0] if isinstance(value, list) and value and argument != "country" else value
    assert str(shown) in str(refusal.value).replace("\\n", "\n")
    assert accepted in str(refusal.value)


# who can take which measure


@pytest.mark.parametrize(("kind", "measure"), PAIRS)
def test_each_measure_is_taken_by_those_who_can(kind, measure):
    able = {
        "dns": {"isp", "resolver"},
        "address": {"isp"},
        "url": {"isp"},
        "sni": {"isp"},
        "delisting": {"search"},
        "edge": {"cdn", "host"},
        "closure": {"host"},
    }
    if kind in able[measure]:
        rules = apply(order(addressees=[kind]), measure, WEB)
        assert len(rules) > 0
        assert set(rules["measure"]) == {measure}
        return
    with pytest.raises(ValueError, match=f"measure='{measure}' is none that '{kind}' can take") as refusal:
        apply(order(addressees=[kind]), measure, WEB)
    assert f"it can take {', '.join(TAKES[kind])}" in str(refusal.value)
    assert all(other in str(refusal.value).rpartition("ordered of")[2] for other in able[measure])


def test_one_addressee_that_cannot_refuses_the_whole_order():
    with pytest.raises(ValueError, match="is none that 'search:seek' can take"):
        apply(order(addressees=["isp", "search:seek"]), "dns", WEB)


# the rules


@pytest.mark.parametrize(
    ("measure", "addressee", "row"),
    [
        ("dns", "isp:north", ("isp:north", "dns", "qname", "b.example", "nxdomain")),
        ("dns", "resolver", ("resolver", "dns", "qname", "b.example", "nxdomain")),
        ("address", "isp", ("isp", "address", "address", "240.1.0.1", "drop")),
        ("url", "isp", ("isp", "url", "url", "http://b.example/", "block page")),
        ("sni", "isp", ("isp", "sni", "host", "b.example", "reset")),
        ("delisting", "search:seek", ("search:seek", "delisting", "result", "b.example", "delist")),
        ("edge", "host", ("host:host-1", "edge", "host", "b.example", "451")),
        ("edge", "host:host-1", ("host:host-1", "edge", "host", "b.example", "451")),
        ("edge", "cdn", ("cdn", "edge", "host", "b.example", "none")),
        ("edge", "cdn:cdn-1", ("cdn:cdn-1", "edge", "host", "b.example", "none")),
    ],
)
def test_a_rule_of_each_measure_worked_by_hand(measure, addressee, row):
    rules = apply(order(addressees=[addressee], end="2022-08-11"), measure, WEB)
    assert list(rules)[:5] == COLUMNS
    assert short(rules, *COLUMNS) == [row]
    assert short(rules, "site", "country", "worldwide", "intercept") == [(1, "IT", False, False)]
    assert rules["start"].tolist() == [pd.Timestamp(START, tz="UTC")]
    assert rules["end"].tolist() == [pd.Timestamp("2022-08-11", tz="UTC")]


def test_types_are_the_same_with_and_without_an_end():
    for end in (None, "2030-01-01"):
        rules = apply(order(end=end), "dns", WEB)
        types = dict.fromkeys([*COLUMNS, "country"], "str") | {"site": "int64"}
        types |= dict.fromkeys(["worldwide", "intercept"], "bool")
        types |= dict.fromkeys(["start", "end"], "datetime64[s, UTC]")
        assert rules.dtypes.astype(str).to_dict() == types
    assert apply(order(), "dns", WEB)["end"].isna().all()


def test_static_names_a_number_and_a_dynamic_order():
    assert short(apply(order(), "dns", WEB), "value") == [("b.example",)]
    both = [("b.example",), ("b.test",)]
    assert short(apply(order([1]), "dns", WEB), "value") == both
    assert short(apply(order(dynamic=True), "dns", WEB), "value") == both
    assert short(apply(order(["b.test", "c.example"], dynamic=True), "dns", WEB), "value", "site") == [
        ("b.example", 1),
        ("b.test", 1),
        ("c.example", 2),
    ]


def test_a_site_that_is_closed_is_closed_under_all_its_names():
    closed = apply(order(addressees=["host"]), "closure", WEB)
    assert short(closed, "addressee", "trigger", "value", "action") == [
        ("host:host-1", "origin", "b.example", "take down"),
        ("host:host-2", "origin", "b.test", "take down"),
    ]
    one = apply(order(addressees=["host:host-2"]), "closure", WEB)
    assert short(one, "value", "action") == [("b.example", "none"), ("b.test", "take down")]
    # behind the CDN is a hosting company, which can close what it cannot see at the edge
    assert set(apply(order(["c.example"], ["host:host-1"]), "closure", WEB)["action"]) == {"take down"}
    assert set(apply(order(["c.example"], ["host:host-1"]), "edge", WEB)["action"]) == {"none"}
    bare = apply(order(addressees=["host"]), "closure", WEB.drop(columns="origin"))
    assert short(bare, "addressee") == [("host:host-1",), ("host:cdn-1",)]


def test_two_sites_on_one_address_are_two_rules_and_a_site_named_twice_is_one():
    rules = apply(order(["a.example", "b.example"]), "address", WEB)
    assert short(rules, "value", "site") == [("240.1.0.1", 0), ("240.1.0.1", 1)]
    twice = WEB.assign(address=np.uint32(0xF0010001))
    assert short(apply(order(dynamic=True), "address", twice), "value", "site") == [("240.1.0.1", 1)]


def test_rows_come_by_addressee_then_site():
    given = order(["c.example", "a.example"], ["isp:south", "resolver", "isp:north"], worldwide=True)
    rules = apply(given, "dns", WEB, subdomains=True, intercept=True, answer="redirect")
    assert short(rules, "addressee", "value") == [
        (who, value)
        for who in ("isp:south", "resolver", "isp:north")
        for value in ("a.example", "*.a.example", "c.example", "*.c.example")
    ]
    assert set(short(rules, "action", "worldwide", "intercept")) == {("redirect", True, True)}
    assert rules.index.equals(pd.RangeIndex(12))


def test_only_a_dns_rule_intercepts_or_has_a_wildcard():
    for measure in ("address", "sni", "url"):
        plain = apply(order(), measure, WEB)
        pd.testing.assert_frame_equal(apply(order(), measure, WEB, subdomains=True, intercept=True), plain)


@given(st.data())
@settings(max_examples=40)
def test_every_ordered_site_has_its_rules_and_no_other(data):
    web = build_web(40, 10, 4, 0.4, data.draw(st.integers(0, 99)), platform_share=0.2)
    asked = data.draw(st.lists(st.integers(0, 39), min_size=1, max_size=6, unique=True))
    kind, measure = data.draw(st.sampled_from([(k, m) for k, m in PAIRS if m in TAKES[k]]))
    sites = [web["name"][i] if data.draw(st.booleans()) else i for i in asked]
    rules = apply(order(sites, [kind]), measure, web)
    assert rules["site"].tolist() == sorted(asked)
    rows = web.loc[sorted(asked)]
    value = {"address": [".".join(map(str, int(a).to_bytes(4, "big"))) for a in rows["address"]]}
    value["url"] = [f"http://{name}/" for name in rows["name"]]
    assert rules["value"].tolist() == value.get(measure, rows["name"].tolist())
    if kind in ("cdn", "host"):
        served = (
            rows["origin"] if measure == "closure" else rows["host"].where(rows["cdn"] == (kind == "cdn"))
        )
        assert rules["addressee"].tolist() == [kind if pd.isna(s) else f"{kind}:{s}" for s in served]
        assert (rules["action"] == "none").tolist() == served.isna().tolist()
    else:
        assert set(rules["addressee"]) == {kind}


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"order": "b.example"}, "order='b.example' is not accepted; give an Order"),
        ({"measure": "DNS"}, "measure='DNS' is not accepted; give one of dns, address, url"),
        ({"answer": "passthru"}, "answer='passthru' is not accepted; give one of nxdomain, nodata"),
        ({"subdomains": 1}, "subdomains=1 is not accepted; give True or False"),
        ({"intercept": "no"}, "intercept='no' is not accepted; give True or False"),
        ({"web": WEB.drop(columns="name")}, "web has no column name"),
        ({"web": WEB.assign(name="b.example")}, "web: 3 of 4 rows have a name that another row has"),
        ({"web": WEB.assign(host=None)}, "web: 4 of 4 rows lack a value"),
        ({"order": order(["gone.example", "b.example", 9])}, "sites: 2 of the order's are not in the web"),
        (
            {"order": order(addressees=["cdn:cdn-9"]), "measure": "edge"},
            "addressees='cdn:cdn-9' is not accepted; give one of this web: cdn-1, cdn-2",
        ),
        (
            {"order": order(addressees=["cdn:x"]), "measure": "edge", "web": WEB.assign(cdn=False)},
            "give one of this web: it has none",
        ),
        (
            {"order": order(addressees=["host:x"]), "measure": "closure"},
            "give one of this web: host-1, host-2",
        ),
    ],
)
def test_bad_arguments_are_named_with_what_is_accepted(more, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        apply(**{"order": order(), "measure": "dns", "web": WEB} | more)


# a zone of one addressee


def read(text):
    zone = dns.zone.from_text(text, origin="rpz.example.", relativize=True)
    return {
        str(name): (dns.rdatatype.to_text(records.rdtype), str(records[0]))
        for name, node in zone.nodes.items()
        for records in node.rdatasets
        if str(name) != "@"
    }


@pytest.mark.parametrize(
    ("answer", "record"),
    [
        ("nxdomain", ("CNAME", ".")),
        ("nodata", ("CNAME", "*.")),
        ("drop", ("CNAME", "rpz-drop.")),
        ("redirect", ("A", "203.0.113.80")),
    ],
)
def test_dnspython_reads_the_policy_of_each_answer(answer, record):
    assert set(ANSWERS) == {"nxdomain", "nodata", "drop", "redirect"}
    rules = apply(order(["b.example", "a.example"]), "dns", WEB, answer=answer, subdomains=True)
    expected = dict.fromkeys(["a.example", "*.a.example", "b.example", "*.b.example"], record)
    assert read(policy(rules, "isp")) == expected


def test_a_policy_holds_the_rules_of_its_addressee_and_its_kind_and_no_others():
    orders = {"isp:north": "a.example", "isp": "b.example", "isp:south": "c.example", "resolver": "b.test"}
    rules = pd.concat([apply(order([site], [who]), "dns", WEB) for who, site in orders.items()])
    rules = pd.concat([rules, apply(order(["c.example"]), "sni", WEB)])
    held = {
        who: sorted(read(policy(rules, who)))
        for who in ("isp:north", "north", "isp", "resolver:open", "isp:x")
    }
    assert held == {
        "isp:north": ["a.example", "b.example"],
        "north": ["a.example", "b.example"],
        "isp": ["b.example"],
        "resolver:open": ["b.test"],
        "isp:x": ["b.example"],
    }
    assert read(policy(rules.iloc[:0], "isp")) == {}


def test_of_two_answers_for_a_name_the_first_holds():
    rules = pd.concat(
        [apply(order(), "dns", WEB, answer="redirect"), apply(order([1]), "dns", WEB)], ignore_index=True
    )
    page = "198.51.100.7"
    assert read(policy(rules, "isp", page=page)) == {"b.example": ("A", page), "b.test": ("CNAME", ".")}
    assert read(policy(rules[::-1], "isp"))["b.example"] == ("CNAME", ".")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"rules": []}, "rules is a list; give a DataFrame"),
        ({"rules": WEB}, "rules has no column addressee, measure, value, action"),
        (
            {"addressee": "cdn:cdn-1"},
            "addressee='cdn:cdn-1' is not accepted; give an ISP or a public resolver",
        ),
        ({"addressee": None}, "addressee=None is not accepted"),
        ({"page": "a.example"}, "page='a.example' is not accepted; give an IPv4 address"),
        ({"page": None}, "page=None is not accepted"),
    ],
)
def test_a_policy_of_nobody_is_refused(arguments, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        policy(**{"rules": apply(order(), "dns", WEB), "addressee": "isp"} | arguments)


def test_an_action_that_is_no_resolvers_is_refused():
    rules = apply(order(), "dns", WEB).assign(action="451")
    with pytest.raises(ValueError, match="rules: 1 of 1 rows have a action that is none of nxdomain, nodata"):
        policy(rules, "isp")


def test_an_addressee_that_no_rule_names_is_refused_with_those_that_they_name():
    rules = apply(order(["a.example"], ["isp:south", "isp:north", "resolver"]), "dns", WEB)
    for unknown in ("isp:nroth", "isp", "east"):
        message = f"addressee='{unknown}' is not accepted; give one that the rules name: "
        with pytest.raises(ValueError, match=f"^{message}isp:north, isp:south, resolver$"):
            policy(rules, unknown)
    assert "a.example" in policy(rules, "isp:north")
    assert "a.example" in policy(rules, "resolver:open")


@pytest.mark.parametrize("value", ["", "a b", "a.example CNAME .\nb.example", "x" * 64])
def test_a_rule_whose_value_is_no_name_is_in_no_policy(value):
    with pytest.raises(ValueError, match=r"^rules: value=.* is not accepted; give a domain name"):
        policy(apply(order(["a.example"]), "dns", WEB).assign(value=value), "isp")
