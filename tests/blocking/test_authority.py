"""Authoritative answers are what RFC 1034 and RFC 4592 say, read by dnspython; and a web has its names."""

import ipaddress

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.blocking import policies
from tests.blocking.policies import covering, parents
from traceblock.blocking.authority import Zones, zones
from traceblock.blocking.policy_zone import Rules
from traceblock.blocking.resolver import Resolver, resolve
from traceblock.blocking.web import build_web
from traceblock.network import to_text

OPEN = Resolver("open")
HEAD = "$ORIGIN site.example.\n$TTL 60\n@ SOA ns h 1 2 3 4 5\n@ NS ns\nns A 192.0.2.9\n"


def answer(world, name, qtype="A"):
    """Return code and records of a question."""
    found = resolve(name, qtype, OPEN, world)
    return found.rcode, sorted(found.records)


# the world of the cases

WORLD = Zones.from_text(*policies.world())
#: Every name with a record, the names above it, and names beside and below it.
EVERY = sorted(
    {
        name
        for zone in policies.zones_of_the_world()
        for owner in policies.owners(zone)
        for above in parents(owner)
        if above and "*" not in above
        for name in (above, f"x.{above}", f"y.x.{above}")
    }
)


@pytest.mark.parametrize("qtype", ["A", "AAAA", "MX", "TXT", "NS", "SOA", "CNAME"])
def test_every_name_of_the_world_is_answered_as_in_dnspython_s_zones(qtype):
    assert len(EVERY) > 80
    for name in EVERY:
        assert answer(WORLD, name, qtype) == policies.decide([], name, qtype)[1:], name


def test_the_order_of_the_files_does_not_matter():
    backwards = Zones.from_text(*reversed(policies.world()))
    for name in EVERY:
        assert resolve(name, "A", OPEN, backwards) == resolve(name, "A", OPEN, WORLD)


# one zone by chance

NAMES = [
    f"{name}site.example"
    for name in ("", *(f"{a}." for a in "abc"), *(f"{a}.{b}." for a in "abc" for b in "abc"))
]
OWNERS = [*NAMES[1:], *(f"*.{name}" for name in NAMES), "c.b.a.site.example"]
DATA = {"A": "240.0.0.1", "AAAA": "2001:db8::1", "CNAME": "ns", "TXT": '"x"'}


@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from(OWNERS), st.sampled_from(list(DATA)), max_size=6))
def test_wildcards_and_names_between_are_as_in_rfc_4592(held):
    world = Zones.from_text(HEAD + "".join(f"{owner}. {kind} {DATA[kind]}\n" for owner, kind in held.items()))
    there = {*held, "ns.site.example", "site.example"}
    for name in [*NAMES, *(f"x.{name}" for name in NAMES)]:
        owner = covering(there, name)
        for qtype in ("A", "AAAA"):
            exists = owner or any(name in parents(each) for each in there)
            kind = held.get(owner)
            records = []
            if kind == "CNAME":
                records.append((f"{name}.", "CNAME", "ns.site.example."))
                if qtype == "A":
                    records.append(("ns.site.example.", "A", "192.0.2.9"))
            elif kind == qtype:
                records.append((f"{name}.", qtype, DATA[qtype]))
            assert answer(world, name, qtype) == ("NOERROR" if exists else "NXDOMAIN", sorted(records)), name


# several zones


def test_zones_above_the_one_given_stand_in_and_know_of_nothing_else():
    world = Zones.from_text(HEAD)
    assert answer(world, "ns.site.example") == ("NOERROR", [("ns.site.example.", "A", "192.0.2.9")])
    assert answer(world, "other.example") == ("NXDOMAIN", [])
    assert answer(world, "other.test") == ("NXDOMAIN", [])
    assert answer(world, "example") == ("NOERROR", [])
    steps = resolve("ns.site.example", "A", OPEN, world).steps
    assert [step.asked for step in steps] == ["open", "root", "example.", "site.example."]


def test_nobody_answers_for_a_zone_that_is_delegated_and_not_given():
    world = Zones.from_text(f"{HEAD}part NS ns.part\nns.part A 192.0.2.10\nalias CNAME www.part\n")
    assert answer(world, "www.part.site.example") == ("SERVFAIL", [])
    assert answer(world, "part.site.example") == ("SERVFAIL", [])
    assert answer(world, "alias.site.example") == ("SERVFAIL", [])
    assert answer(world, "other.site.example") == ("NXDOMAIN", [])


def test_a_delegated_zone_answers_itself_and_its_glue_is_not_the_answer():
    parent = f"{HEAD}part NS ns.part\nns.part A 192.0.2.10\n"
    child = "$ORIGIN part.site.example.\n@ 60 SOA ns h 1 2 3 4 5\n@ NS ns\nns A 192.0.2.11\n"
    world = Zones.from_text(parent, child)
    assert answer(world, "ns.part.site.example") == (
        "NOERROR",
        [("ns.part.site.example.", "A", "192.0.2.11")],
    )
    assert world.zone_of("x.part.site.example").name == "part.site.example"
    assert world.zone_of("x.site.example").name == "site.example"
    assert world.zone_of("elsewhere.example").name == "example"


def test_glue_is_where_a_rule_finds_servers_that_nobody_answers_for():
    world = Zones.from_text(f"{HEAD}part NS ns.part\nns.part A 192.0.2.10\n")
    rules = Rules.from_rpz(policies.rpz([("nsip", "192.0.2.10/32", "nxdomain")]))
    assert resolve("www.part.site.example", "A", Resolver("isp", rules), world).verdict == "nxdomain"
    assert resolve("ns.site.example", "A", Resolver("isp", rules), world).verdict == "passed"


def test_a_given_zone_counts_as_delegated_also_when_the_one_above_says_nothing_of_it():
    child = "$ORIGIN part.site.example.\n@ 60 SOA ns h 1 2 3 4 5\n@ NS ns\nns A 192.0.2.11\n"
    world = Zones.from_text(HEAD, child)
    assert answer(world, "ns.part.site.example")[0] == "NOERROR"
    assert answer(world, "part.site.example", "A") == ("NOERROR", [])


# bad zones


def test_all_bad_lines_of_all_files_are_reported_at_once():
    first = f"{HEAD}a A nothing\nfine A 240.0.0.1\nb CNAME ns\nb CNAME ns.other.test.\n"
    third = "$ORIGIN other.test.\n@ 60 SOA ns h 1 2 3 4 5\n@ NS ns\nc..d A 240.0.0.1\n"
    with pytest.raises(ValueError, match="<text") as error:
        Zones.from_text(first, HEAD.replace("site", "fine"), third)
    reported = [line.split(" ")[0:2] for line in str(error.value).split("\n")]
    assert reported == [["<text", "1>:6:"], ["<text", "1>:9:"], ["<text", "3>:4:"]]


@pytest.mark.parametrize(
    "line",
    [
        "a CNAME ns\na A 240.0.0.1",
        "a A 240.0.0.1\na CNAME ns",
        "@ CNAME ns",
        "a A 240.0.0.1.2",
        "a AAAA 240.0.0.1",
        "a MX ns",
        "a FOO ns",
        "elsewhere.test. A 240.0.0.1",
        "bücher A 240.0.0.1",
        "@ SOA ns h 2 2 3 4 5",
    ],
)
def test_a_bad_line_is_refused(line):
    with pytest.raises(ValueError, match=r"^<text 1>:[67]: \S"):
        Zones.from_text(f"{HEAD}{line}\n")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ((), r"^master_files=\(\) is not accepted; give "),
        ((HEAD, HEAD), "site.example"),
        ((HEAD, None), r"^master_files\b.*NoneType.*give text"),
        ((b"",), r"^master_files\b.*bytes.*give text"),
        (("",), r"^<text 1>:1: .*SOA"),
        (("a.example. A 240.0.0.1\n",), r"^<text 1>:1: .*SOA"),
    ],
)
def test_what_are_no_zones_is_refused(files, message):
    with pytest.raises(ValueError, match=message):
        Zones.from_text(*files)


# a web


WEB = build_web(400, 40, seed=3)
SITES = zones(WEB)


def test_every_site_has_its_address_and_www_leads_to_it():
    for name, address in zip(WEB["name"], to_text(WEB["address"].to_numpy()), strict=True):
        assert answer(SITES, name) == ("NOERROR", [(f"{name}.", "A", str(address))])
        code, records = answer(SITES, f"www.{name}")
        assert code == "NOERROR"
        assert [value for _, kind, value in records if kind == "A"] == [str(address)]
        assert [owner for owner, kind, _ in records if kind == "CNAME"] == [f"www.{name}."]


def test_behind_a_cdn_www_leads_to_a_name_of_the_cdn():
    for name, host, cdn in zip(WEB["name"], WEB["host"], WEB["cdn"], strict=True):
        target = next(value for _, kind, value in answer(SITES, f"www.{name}")[1] if kind == "CNAME")
        assert target == (f"{name}.{host}.example." if cdn else f"{name}.")


def test_no_other_name_is_there():
    for name in WEB["name"].head(50):
        assert answer(SITES, f"ftp.{name}") == ("NXDOMAIN", [])
        assert answer(SITES, f"x.www.{name}") == ("NXDOMAIN", [])
    assert answer(SITES, "no-such-site.example") == ("NXDOMAIN", [])
    assert answer(SITES, "no-such-site.test") == ("NXDOMAIN", [])


def test_servers_are_where_servers_may_be_and_names_end_as_they_may():
    allowed = [ipaddress.ip_network(f"{net}.0/24") for net in ("192.0.2", "198.51.100", "203.0.113")]
    for zone in ["", "example", "test", *WEB["name"].head(100)]:
        found = SITES.zone_of(zone)
        assert found.servers
        for server in found.servers:
            assert server.endswith((".example.", ".test."))
            values = [value for _, kind, value in answer(SITES, server)[1] if kind == "A"]
            assert values
            assert all(any(ipaddress.ip_address(value) in net for net in allowed) for value in values)


def test_a_rule_on_a_host_s_server_stops_the_sites_that_it_serves():
    host = WEB["host"].value_counts().index[0]
    rules = Rules.from_rpz(policies.rpz([("nsdname", f"ns1.{host}.example", "nxdomain")]))
    # A zone is served by one host, that of its first site: subdomains of a platform go with the platform.
    apexes = [".".join(name.split(".")[-2:]) for name in WEB["name"]]
    served = WEB.groupby(apexes)["host"].first()[apexes] == host
    verdicts = [resolve(name, "A", Resolver("isp", rules), SITES).verdict for name in WEB["name"]]
    assert [verdict == "nxdomain" for verdict in verdicts] == served.tolist()
    assert 0 < served.sum() < len(WEB)


def test_a_site_whose_name_begins_with_www_keeps_its_address():
    names = ["site.example", "www.site.example"]
    web = pd.DataFrame(
        {"name": names, "address": np.array([0xF0000001, 0xF0000002], "uint32"), "host": "host", "cdn": False}
    )
    for order in (web, web.iloc[::-1]):
        world = zones(order)
        assert answer(world, names[0])[1] == [("site.example.", "A", "240.0.0.1")]
        assert answer(world, names[1])[1] == [("www.site.example.", "A", "240.0.0.2")]


def one(**change):
    web = {"name": "site.example", "address": np.uint32(0xF0000001), "host": "host-1", "cdn": False}
    return pd.DataFrame([{**web, **change}]).astype({"address": "uint32"} if "address" not in change else {})


@pytest.mark.parametrize("column", ["name", "address", "host", "cdn"])
def test_a_web_without_a_column_is_refused(column):
    with pytest.raises(ValueError, match=rf"^web has no column {column}"):
        zones(one().drop(columns=column))


@pytest.mark.parametrize("web", [None, [], "web", {"name": ["site.example"]}])
def test_what_is_no_web_is_refused(web):
    with pytest.raises(ValueError, match=r"^web is a .*; give a DataFrame"):
        zones(web)


@pytest.mark.parametrize(
    "name", ["site.invalid", "site", "example", "Site.example", "site.example.", "a..example", ""]
)
def test_a_name_that_no_site_has_is_refused(name):
    with pytest.raises(ValueError, match=r"^(web: )?name=.* is not accepted; give "):
        zones(one(name=name))


def test_a_name_twice_or_in_the_zone_of_a_host_is_refused():
    with pytest.raises(ValueError, match=r"^web: 1 of 2 rows have a name that another row has"):
        zones(pd.concat([one(), one()]))
    with pytest.raises(ValueError, match=r"^web: .*host-1\.example"):
        zones(one(name="www.host-1.example"))


@pytest.mark.parametrize("address", ["240.0.0.1", 1.5, -1, 2**32])
def test_what_is_no_address_is_refused(address):
    with pytest.raises(ValueError, match=r"^web: .*address"):
        zones(one(address=address))


@pytest.mark.parametrize("host", ["", "a b", ".", "x" * 64])
def test_what_is_no_host_is_refused(host):
    with pytest.raises(ValueError, match=r"^web: host=.* is not accepted; give "):
        zones(one(host=host))
