"""A policy zone covers the names that RFC 4592 says; dnspython and named-checkzone read the same zones."""

import ipaddress
import itertools
import os
import re
import shutil
import subprocess

import dns.exception
import dns.zone
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.blocking import policies
from tests.blocking.policies import covering, rpz
from traceblock.blocking.authority import Zones
from traceblock.blocking.policy_zone import Rules
from traceblock.blocking.triggers import block, encoded

HEAD = "$ORIGIN policy.test.\n$TTL 60\n@ SOA ns.rpz.test. h.rpz.test. 1 2 3 4 5\n@ NS ns.rpz.test.\n"
FILES = sorted(path.stem for path in (policies.FOLDER / "policy").glob("*.zone"))
named_checkzone = shutil.which("named-checkzone")
# Under CI=true nothing is skipped: there its absence is a failure.
needs_bind = pytest.mark.skipif(
    not named_checkzone and os.environ.get("CI") != "true",
    reason="needs named-checkzone (Debian's bind9-utils)",
)

#: Few labels, so that names meet.
NAMES = [
    ".".join((*labels, "example"))
    for length in range(4)
    for labels in itertools.product("abc", repeat=length)
]
PLAIN = st.sampled_from(NAMES)
OWNERS = st.lists(st.sampled_from([*NAMES, *(f"*.{name}" for name in NAMES), "*"]), max_size=7, unique=True)
#: What one rule out of three does, so that it shows which one fired.
DOES = ["nxdomain", "nodata", "page"]
VERDICT = {action: action for action in policies.ACTIONS} | {"page": "redirected", "moved": "redirected"}


def matching(policy, names):
    return Rules.from_rpz(rpz(policy)).match(names).tolist()


def blocking(owners, action="nxdomain"):
    return [("qname", owner, action) for owner in owners]


# what covers a name


@settings(max_examples=1_000)
@given(OWNERS)
def test_the_closest_encloser_decides_as_in_rfc_4592(owners):
    policy = [("qname", owner, DOES[i % 3]) for i, owner in enumerate(owners)]
    does = {owner: VERDICT[action] for _, owner, action in policy}
    assert matching(policy, NAMES) == [does.get(covering(owners, name), "passed") for name in NAMES]


@given(PLAIN)
def test_a_wildcard_never_covers_its_apex(name):
    below = [f"x.{name}", f"y.x.{name}"]
    assert matching(blocking([f"*.{name}"]), [name, *below]) == ["passed", "nxdomain", "nxdomain"]


@given(PLAIN)
def test_an_exact_name_never_covers_what_is_below_or_above(name):
    around = [f"x.{name}", f"*.{name}", f"a{name}", name.partition(".")[2] or "test"]
    assert matching(blocking([name]), [name, *around]) == ["nxdomain"] + ["passed"] * 4


@given(PLAIN, st.sampled_from(list(policies.ACTIONS)))
def test_a_name_listed_below_a_wildcard_takes_its_own_names_out(name, action):
    policy = [*blocking([f"*.{name}"]), ("qname", f"b.{name}", action)]
    asked = [f"x.b.{name}", f"y.x.b.{name}", f"x.c.{name}"]
    assert matching(policy, asked) == ["passed", "passed", "nxdomain"]


def test_a_name_that_is_there_for_another_ends_the_wildcard_as_well():
    policy = blocking(["*.site.example", "deep.down.site.example"])
    asked = ["down.site.example", "x.down.site.example", "deep.down.site.example", "x.site.example"]
    assert matching(policy, asked) == ["passed", "passed", "nxdomain", "nxdomain"]


def test_a_bare_wildcard_covers_every_name_up_to_a_listed_one():
    policy = [*blocking(["*"]), ("qname", "good.example", "passed")]
    asked = [
        "other.test",
        "x.y.test",
        "test",
        "good.example",
        "x.good.example",
        "other.example",
        "example",
        ".",
    ]
    assert matching(policy, asked) == ["nxdomain"] * 3 + ["passed"] * 5


@given(st.data())
def test_case_and_final_dot_do_not_count(data):
    owner, name = data.draw(PLAIN), data.draw(PLAIN)
    spelled = [
        "".join(letter.upper() if data.draw(st.booleans()) else letter for letter in text)
        for text in (owner, name)
    ]
    dot = data.draw(st.sampled_from(["", "."]))
    policy = blocking([spelled[0]])
    assert matching(policy, [spelled[1] + dot]) == matching(blocking([owner]), [name])


@pytest.mark.parametrize(
    "name",
    [
        "bücher.example",
        "BÜCHER.example.",
        "xn--bcher-kva.example",
        "XN--BCHER-KVA.EXAMPLE",
        "bücher。example",
    ],
)
def test_a_name_in_unicode_is_compared_as_an_a_label(name):
    rules = Rules.from_rpz(rpz(blocking(["xn--bcher-kva.example"])))
    assert rules.match([name]).tolist() == ["nxdomain"]


SPELLED = [
    "site.example",
    "SITE.example.",
    "x.Site.Example",
    "bücher.example",
    "\u212a.example",
    ".",
    "k.example",
]


@given(st.lists(st.sampled_from(SPELLED)))
def test_many_names_at_once_are_matched_as_one_by_one(names):
    rules = Rules.from_rpz(rpz(blocking(["*.site.example", "xn--bcher-kva.example", "k.example"])))
    assert rules.match(names).tolist() == [rules.match([name])[0] for name in names]
    expected = dict(zip(SPELLED, ["passed"] * 2 + ["nxdomain"] * 3 + ["passed", "nxdomain"], strict=True))
    assert rules.match(names).tolist() == [expected[name] for name in names]


@pytest.mark.parametrize("action", policies.ACTIONS)
def test_every_action_is_a_verdict(action):
    assert matching(blocking(["site.example"], action), ["site.example"]) == [VERDICT[action]]


def test_names_may_come_in_any_sequence_and_nothing_is_asked_of_other_triggers():
    rules = Rules.from_rpz(rpz([("nsdname", "site.example", "nxdomain"), ("qname", "a.example", "nodata")]))
    names = ["site.example", "a.example", "site.example.rpz-nsdname"]
    for sequence in (names, tuple(names), iter(names)):
        assert rules.match(sequence).tolist() == ["passed", "nodata", "passed"]
    assert rules.match([]).tolist() == []


@given(OWNERS, PLAIN, st.sampled_from(policies.STOPS), st.booleans())
def test_one_more_block_never_unblocks_unless_it_ends_a_wildcard(owners, name, action, is_wildcard):
    """A new rule makes a name exist. If a wildcard covered that name, it covers none below it any more.

    That is the one way in which a block can unblock; otherwise no blocked name becomes a passed one. (By
    address or in another zone it never can: see the same law in test_resolver.py.)
    """
    new = f"*.{name}" if is_wildcard else name
    assume(new not in owners)
    encloser = covering(owners, name)
    assume(encloser is None or encloser == name)
    before = matching(blocking(owners), NAMES)
    after = matching([*blocking(owners), ("qname", new, action)], NAMES)
    assert not [n for n, b, a in zip(NAMES, before, after, strict=True) if b != "passed" == a]


@given(OWNERS, PLAIN, st.sampled_from(policies.STOPS))
def test_a_name_with_all_below_it_unblocks_nothing_that_is_not_between(owners, name, action):
    """A rule for a name and one for all below it: only names above it, made to exist, can lose a wildcard."""
    assume(not {name, f"*.{name}"} & set(owners))
    before = matching(blocking(owners), NAMES)
    after = matching([*blocking(owners), ("qname", name, action), ("qname", f"*.{name}", action)], NAMES)
    inside = [n for n in NAMES if n == name or n.endswith(f".{name}")]
    lost = [n for n, b, a in zip(NAMES, before, after, strict=True) if b != "passed" == a]
    assert not set(inside) & set(lost)


def test_a_block_can_unblock_what_a_wildcard_covered():
    wide = blocking(["*.site.example"])
    assert matching(wide, ["x.b.site.example"]) == ["nxdomain"]
    assert matching([*wide, *blocking(["b.site.example"])], ["x.b.site.example"]) == ["passed"]
    assert matching([*wide, *blocking(["b.site.example", "*.b.site.example"])], ["x.b.site.example"]) == [
        "nxdomain"
    ]


# text and back


@settings(max_examples=100)
@given(policies.zones(most=12))
def test_written_and_read_back_a_zone_is_the_same(policy):
    rules = Rules.from_rpz(rpz(policy))
    text = rules.to_rpz()
    again = Rules.from_rpz(text)
    assert again == rules
    assert again.to_rpz() == text
    assert len(rules) == len(policy)
    assert policy == [] or Rules.from_rpz(rpz(policy[1:])) != rules
    assert records(text) == records(rpz(policy))


@pytest.mark.parametrize("name", FILES)
def test_the_zones_of_the_cases_are_read_as_by_dnspython(name):
    text = policies.zone_file(name)
    rules = Rules.from_rpz(text, f"{name}.zone")
    assert rules.zone == f"{name}.rpz.test"
    assert records(rules.to_rpz()) == records(text)
    assert Rules.from_rpz(rules.to_rpz()) == rules
    assert len(rules) == len({owner for owner, _, kind, _ in records(text)} - {f"{name}.rpz.test."})


def records(text):
    """Return a zone as dnspython reads it: owner, time to live, type and data in lower case."""
    zone = dns.zone.from_text(text, relativize=False)
    return {
        (
            name.to_text().lower(),
            ttl,
            data.rdtype.name,
            data.to_text() if data.rdtype.name == "TXT" else data.to_text().lower(),
        )
        for name, ttl, data in zone.iterate_rdatas()
    }


def checked(tmp_path, text, zone="policy.test"):
    """Say whether named-checkzone takes a zone, and what it says."""
    path = tmp_path / "zone"
    path.write_bytes(text.encode())
    assert named_checkzone, "there is no named-checkzone: install the Debian package bind9-utils"
    done = subprocess.run(
        [named_checkzone, "-k", "ignore", zone, str(path)], capture_output=True, text=True, check=False
    )
    return done.returncode == 0, done.stdout


GOOD = {
    "nothing": "",
    "relative": "site.example CNAME .\n",
    "in full": "site.example.policy.test. CNAME .\n",
    "capitals": "SITE.example.POLICY.test. cname .\n",
    "class and time": "a.test 30 IN CNAME .\nb.test IN 30 CNAME .\nc.test IN CNAME .\nd.test 1h30m CNAME .\n",
    "tabs": "site.example\t\tCNAME\t*.\t; why\n",
    "comment only": "; a comment\n   ; another\n\n",
    "comment at once": "site.example CNAME .;why\n",
    "owner left out": "site.example A 203.0.113.1\n             A 203.0.113.2\n\tAAAA 2001:db8::1\n",
    "origin": "$ORIGIN example.policy.test.\nsite CNAME .\n*.site CNAME .\n",
    "relative origin": "$ORIGIN example\nsite CNAME .\n",
    "origin and owner left out": "site.example A 203.0.113.1\n$ORIGIN x.policy.test.\n AAAA 2001:db8::1\n",
    "time changes": "a.example A 203.0.113.1\n$TTL 5m\nb.example A 203.0.113.1\n",
    "parentheses": "site.example ( CNAME\n ; why\n . )\nb.example CNAME .\n",
    "parentheses in data": "site.example MX ( 10\n garden.test. ) ; why (\nb.example CNAME .\n",
    "text": 'site.example TXT "a; b" "(c" plain\n',
    "text with a quote": 'site.example TXT "say \\"no\\"" \\065\n',
    "unknown type": "site.example TYPE65300 \\# 2 abcd\n",
    "underscore": "_dmarc.site.example CNAME .\n",
    "carriage return": "site.example CNAME .\r\nb.example CNAME *.\r\n",
    "no last newline": "site.example CNAME .",
    "longest label": f"{'a' * 63}.example CNAME .\n",
    "relative target": "site.example CNAME garden\n",
    "wildcard": "*.site.example CNAME .\n* CNAME *.\n",
    "address": "24.0.2.0.192.rpz-ip CNAME .\n64.zz.db8.2001.rpz-nsip CNAME .\n",
    "several types": "site.example A 203.0.113.1\nsite.example MX 5 garden.test.\nsite.example TXT x\n",
    "service": "_https._tcp.site.example SRV 0 0 443 garden.test.\n",
}


@needs_bind
@pytest.mark.parametrize("name", GOOD)
def test_what_named_checkzone_takes_is_read_as_by_dnspython(tmp_path, name):
    text = HEAD + GOOD[name]
    fine, said = checked(tmp_path, text)
    assert fine, said
    assert records(Rules.from_rpz(text).to_rpz()) == records(text)


BAD = {
    "unknown type": "site.example CNAMES .",
    "no type": "site.example",
    "no data": "site.example CNAME",
    "too much data": "site.example CNAME . .",
    "no address": "site.example A 203.0.113.256",
    "IPv6 as IPv4": "site.example A 2001:db8::1",
    "half an address": "site.example AAAA 2001:db8",
    "no number": "site.example MX ten garden.test.",
    "label too long": f"{'a' * 64}.example CNAME .",
    "name too long": f"{'.'.join(['a' * 60] * 4)}.example CNAME .",
    "empty label": "site..example CNAME .",
    "target too long": f"site.example CNAME {'a' * 64}.test.",
    "second SOA": "@ SOA ns.rpz.test. h.rpz.test. 2 2 3 4 5",
    "second CNAME": "site.example CNAME .\nsite.example CNAME *.",
    "CNAME beside data": "site.example A 203.0.113.1\nsite.example CNAME .",
    "data beside CNAME": "site.example CNAME .\nsite.example A 203.0.113.1",
    "second CNAME in capitals": "site.example CNAME .\nSITE.example CNAME *.",
    "second CNAME at a wildcard": "*.site.example CNAME .\n*.site.example CNAME *.",
    "second CNAME of a block": "24.0.2.0.192.rpz-ip CNAME .\n24.0.2.0.192.rpz-ip CNAME *.",
    "open quote": 'site.example TXT "open',
    "open parenthesis": "site.example MX ( 10\ngarden.test.",
    "closed parenthesis": "site.example CNAME . )",
    "other class": "site.example CH TXT x",
    "time to live": "site.example 99999999999 CNAME .",
    "no origin": "$ORIGIN",
    "bad origin": "$ORIGIN a..b.",
    "bad time": "$TTL soon",
    "unknown directive": "$ORIGINAL policy.test.",
}


@needs_bind
@pytest.mark.parametrize("name", BAD)
def test_what_named_checkzone_refuses_is_refused_with_its_line(tmp_path, name):
    text = f"{HEAD}fine.example CNAME .\n{BAD[name]}\n"
    assert not checked(tmp_path, text)[0]
    with pytest.raises(ValueError, match=r"^list\.zone:[67]: "):
        Rules.from_rpz(text, "list.zone")


#: Fine for named-checkzone, which knows nothing of policies. BIND 9.18 warns of most blocks of addresses here
#: and leaves the rule out; of the rest it says nothing, and answers with what nobody meant.
BAD_RULES = {
    "host bits": "24.7.2.0.192.rpz-ip CNAME .",
    "prefix of 33": "33.1.2.0.192.rpz-ip CNAME .",
    "prefix of 129": "129.1.zz.db8.2001.rpz-ip CNAME .",
    "prefix of 0": "0" + ".0" * 4 + ".rpz-ip CNAME .",
    "prefix of 0, IPv6": "0.zz.rpz-ip CNAME .",
    "leading zero": "32.01.2.0.192.rpz-ip CNAME .",
    "leading zero of the prefix": "08.0.0.0.240.rpz-ip CNAME .",
    "octet": "32.1.2.0.256.rpz-ip CNAME .",
    "three octets": "32.1.0.240.rpz-ip CNAME .",
    "no prefix": "1.2.0.192.rpz-ip CNAME .",
    "no address": "rpz-ip CNAME .",
    "no client": "rpz-client-ip CNAME .",
    "no server": "rpz-nsdname CNAME .",
    "no server's address": "rpz-nsip CNAME .",
    "wildcard of addresses": "*.rpz-ip CNAME .",
    "written out": "128.1.0.0.0.0.2.db8.2001.rpz-ip CNAME .",
    "two gaps": "128.1.zz.zz.db8.2001.rpz-ip CNAME .",
    "leading zero, IPv6": "128.01.zz.db8.2001.rpz-ip CNAME .",
    "the wrong gap": "128.1.zz.1.0.0.db8.2001.rpz-ip CNAME .",
    "gap for one word": "128.1.1.1.1.zz.1.db8.2001.rpz-ip CNAME .",
    "host bits, IPv6": "48.1.zz.1.db8.2001.rpz-ip CNAME .",
    "IPv4 as IPv6": "128.201.c000.ffff.zz.rpz-ip CNAME .",
    "words": "128.one.zz.db8.2001.rpz-ip CNAME .",
    "nine words": "128.1.a.1.a.1.a.1.a.1.rpz-ip CNAME .",
    "unknown trigger": "site.example.rpz-name CNAME .",
    "unknown action": "site.example CNAME rpz-block.",
    "below an action": "site.example CNAME x.rpz-drop.",
    "action without a dot": "site.example CNAME rpz-passthru",
    "asterisk inside": "a.*.example CNAME .",
    "delegation": "site.example NS ns.garden.test.",
    "redirection of all below": "site.example DNAME garden.test.",
    "address at the apex": "@ A 203.0.113.1",
    "outside": "site.example. CNAME .",
    "outside, alike": "site.notpolicy.test. CNAME .",
    "not ASCII": "bücher.example CNAME .",
    "too long a time to live": "site.example 2147483648 CNAME .",
    "included file": "$INCLUDE other.zone",
    "generated": "$GENERATE 1-3 a$.example CNAME .",
}


@pytest.mark.parametrize("name", BAD_RULES)
def test_a_rule_that_could_not_work_is_refused_with_its_line(name):
    with pytest.raises(ValueError, match=r"^list\.zone:5: [^\n]+$"):
        Rules.from_rpz(HEAD + BAD_RULES[name], "list.zone")


def test_all_bad_lines_are_reported_at_once_in_order():
    several = [*BAD_RULES.values()]
    lines = list(
        itertools.chain.from_iterable((bad, f"ok{i}.example CNAME .") for i, bad in enumerate(several))
    )
    with pytest.raises(ValueError, match=r"^list\.zone") as error:
        Rules.from_rpz(HEAD + "\n".join(lines), "list.zone")
    *reported, rest = str(error.value).split("\n")
    assert [line.split(" ")[0] for line in reported] == [f"list.zone:{5 + 2 * i}:" for i in range(20)]
    assert all(re.fullmatch(r"list\.zone:\d+: \S.*", line) for line in reported)
    assert rest == f"and {len(several) - 20} more bad lines"


ONE = "24.0.113.0.203"
TRIGGERS = [
    ("7." + "113.0.203", r"32\.7\.113\.0\.203 for the one address 203\.0\.113\.7"),
    ("192.0.2.92.32", r"32\.92\.2\.0\.192 for 192\.0\.2\.92/32"),
    ("192.0.2.0.24", r"24\.0\.2\.0\.192 for 192\.0\.2\.0/24"),
    ("24.7.2.0.192", r"24\.0\.2\.0\.192 for the block, or 32\.7\.2\.0\.192 for the address"),
    ("33.1.2.0.192", r"33 is no prefix length of IPv4; give 1 to 32"),
    ("32.1.2.0.256", r"256 is no part of an IPv4 address; give 0 to 255"),
    ("1.2.256.192", r"256 is no part of an IPv4 address; give 0 to 255"),
    ("32.01.2.0.192", r"write it as 32\.1\.2\.0\.192"),
    ("192.0.2.0/24", r"write it as 24\.0\.2\.0\.192"),
    ("192.0.2.7/24", r"24\.0\.2\.0\.192 for the block, or 32\.7\.2\.0\.192 for the address"),
    ("2001:db8::1", r"write it as 128\.1\.zz\.db8\.2001"),
    ("1.zz.db8.2001", r"128\.1\.zz\.db8\.2001 if it has no prefix length"),
    ("1.0.0.0.0.0.db8.2001", r"128\.1\.zz\.db8\.2001 for the one address 2001:db8::1"),
    ("129.1.zz.db8.2001", r"no prefix length from 1 to 128"),
    ("48.1.zz.1.db8.2001", r"48\.zz\.1\.db8\.2001 for the block, or 128\.1\.zz\.1\.db8\.2001"),
    ("128.201.c000.ffff.zz", r"write it as 32\.1\.2\.0\.192"),
    ("128.1.0.0.0.0.2.db8.2001", r"write it as 128\.1\.zz\.2\.db8\.2001"),
    ("0.zz", "covers everything; give 1 or more"),
    ("128.one.zz.db8.2001", r"prefix length comes first, then the address in reverse, such as"),
]


@pytest.mark.parametrize("kind", ["rpz-ip", "rpz-nsip", "rpz-client-ip"])
@pytest.mark.parametrize(("trigger", "advice"), TRIGGERS, ids=[trigger for trigger, _ in TRIGGERS])
def test_an_address_trigger_is_told_what_bind_wants(trigger, advice, kind):
    with pytest.raises(ValueError, match=rf"^<text>:5: {re.escape(trigger)}\.{kind}: .*{advice}"):
        Rules.from_rpz(f"{HEAD}{trigger}.{kind} CNAME .\n")


@given(st.ip_addresses(), st.data())
def test_what_an_advice_says_to_write_is_read(address, data):
    length = data.draw(st.integers(1, address.max_prefixlen))
    with pytest.raises(ValueError, match=r"goes on beyond|write it as") as error:
        block(f"{address}/{length}")
    advised = re.findall(r"(?:\d{1,3})(?:\.[0-9a-fz]+)+(?= for| if|;)", str(error.value))
    blocks = [block(each) for each in advised]
    assert {
        (length + 128 - address.max_prefixlen, _leading(address, length)),
    } <= set(blocks)


def _leading(address, length):
    mapped = 0xFFFF << 32 if address.version == 4 else 0
    return (int(address) | mapped) >> address.max_prefixlen - length


WORDS = st.sampled_from(["0", "0", "0", "1", "db8", "ffff", "zz", "00", "A", "", "z", "1:"])


@settings(max_examples=1_000)
@given(st.sampled_from([1, 32, 48, 64, 96, 97, 128, 129]), st.lists(WORDS, max_size=9))
def test_a_block_is_read_in_the_one_form_that_is_written(length, words):
    text = ".".join([str(length), *words])
    try:
        read = block(text)
    except ValueError:
        read = None
    try:
        forwards = ":".join(reversed(words)).replace("zz", "::", 1).replace(":::", "::").replace(":::", "::")
        network = ipaddress.ip_network(f"{forwards}/{length}")
        expected = encoded(length, int(network.network_address) >> (128 - length)) == text
    except ValueError:
        expected = False
    assert (read is not None) == expected or text.count(".") == 4
    assert read is None or encoded(*read) == text


@pytest.mark.parametrize(
    ("name", "line", "reason"),
    [
        ("four-numbers", 4, r"92\.2\.0\.192\.rpz-client-ip: four numbers.* 32\.92\.2\.0\.192"),
        (
            "byte-order-mark",
            1,
            r"begins with a byte order mark \(U\+FEFF\); save .* without it$",
        ),
    ],
)
def test_a_real_file_is_told_how_to_mend_it(name, line, reason):
    text = (policies.FOLDER / f"{name}.rpz").read_text(encoding="utf-8")
    with pytest.raises(ValueError, match=rf"^{name}\.rpz:{line}: .*{reason}"):
        Rules.from_rpz(text, f"{name}.rpz")


def test_the_same_record_twice_is_one_with_the_first_s_time_to_live():
    text = (policies.FOLDER / "same-rule-twice.rpz").read_text(encoding="utf-8")
    rules = Rules.from_rpz(text)
    assert rules.match(["bad.example", "other.example"]).tolist() == ["nxdomain"] * 2
    assert len(rules) == 2
    assert "bad.example 300 CNAME .\n" in rules.to_rpz()


TWICE = {
    "name": ("site.example A 203.0.113.1", "SITE.Example 5 IN A 203.0.113.1"),
    "IPv6": ("site.example AAAA 2001:db8::1", "site.example AAAA 2001:DB8:0::1"),
    "target": ("site.example CNAME garden.test.", "site.example 7 CNAME Garden.TEST."),
    "wildcard": ("*.site.example CNAME *.", "*.site.example CNAME *."),
    "block": (f"{ONE}.rpz-ip CNAME .", f"{ONE}.rpz-ip CNAME ."),
    "client": (f"{ONE}.rpz-client-ip CNAME rpz-drop.", f"{ONE}.rpz-client-ip CNAME RPZ-DROP."),
    "server": ("ns.example.rpz-nsdname CNAME .", "ns.example.rpz-nsdname CNAME ."),
    "text": ('site.example TXT "a" b', 'site.example TXT  a "b"'),
    "apex": ("@ TXT x", "@ TXT x"),
}


@pytest.mark.parametrize("name", TWICE)
def test_the_same_record_twice_is_one_wherever_it_stands(name):
    first, again = TWICE[name]
    assert (
        Rules.from_rpz(f"{HEAD}{first}\n{again}\n{again}\n").to_rpz() == Rules.from_rpz(HEAD + first).to_rpz()
    )


def test_case_counts_in_a_text():
    assert len(records(Rules.from_rpz(f"{HEAD}a.example TXT x\na.example TXT X\n").to_rpz())) == 4


ENCODINGS = {
    "mark": (lambda text: "\ufeff" + text, "a byte order mark"),
    "mark in Latin-1": (lambda text: text.encode("utf-8-sig").decode("latin-1"), "a byte order mark"),
    "mark in ASCII": (
        lambda text: text.encode("utf-8-sig").decode("ascii", "surrogateescape"),
        "a byte order mark",
    ),
    "UTF-16 in Latin-1": (
        lambda text: text.encode("utf-16").decode("latin-1"),
        "a byte order mark",
    ),
    "UTF-16 without a mark": (lambda text: text.encode("utf-16-le").decode("latin-1"), "a NUL character"),
    "UTF-16 replaced": (lambda text: text.encode("utf-16").decode("utf-8", "replace"), "a NUL character"),
    "binary": (lambda text: text + "\0", "a NUL character"),
    "old Macintosh": (lambda text: text.replace("\n", "\r"), "carriage returns alone"),
}


@pytest.mark.parametrize("name", ENCODINGS)
def test_a_file_in_another_encoding_gets_one_error_that_names_it(name):
    spoil, reason = ENCODINGS[name]
    with pytest.raises(ValueError, match=rf"^list\.zone:\d: [^\n]*{reason}[^\n]*$"):
        Rules.from_rpz(spoil(f"{HEAD}site.example CNAME .\n"), "list.zone")


NO_ZONES = {
    "hosts": "127.0.0.1 site-{}.example\n",
    "names": "site-{}.example\n",
    "dnsmasq": "address=/site-{}.example/\n",
    "unbound": 'local-zone: "site-{}.example" always_nxdomain\n',
    "filter": "||site-{}.example^\n",
    "page": "<p>site-{}</p>\n",
    "table": "site-{},example\n",
}


@pytest.mark.parametrize("name", NO_ZONES)
def test_a_list_of_another_kind_gets_one_error_however_long(name):
    text = "".join(NO_ZONES[name].format(i) for i in range(1_000))
    with pytest.raises(ValueError, match=r"^list:1: [^\n]*begins with its SOA[^\n]*$"):
        Rules.from_rpz(text, "list")


REAL = {
    "BIND": """; a comment
$TTL 2h ;
@\tIN\tSOA\tlocalhost. root.localhost. (
\t\t\t\t2023010101 ; serial
\t\t\t\t12h        ; refresh
\t\t\t\t15m ; retry ( once
\t\t\t\t3w         ; expire
\t\t\t\t2h )       ; minimum
\tIN\tNS\tlocalhost.

nxdomain.Site.Example\tCNAME\t.   ; comment
*.nxdomain.site.example\tIN\tCNAME\t.
NODATA.site.example     60 in cname   *.
\t\t\t
page.site.example       A       203.0.113.1
                        AAAA    2001:db8::1
bzone.site.example      CNAME   garden.test.
ok.site.example         CNAME   rpz-passthru.
48.zz.2.db8.2001.rpz-ip CNAME   .
8.0.0.0.240.rpz-client-ip CNAME rpz-drop.
ns.site.example.rpz-nsdname CNAME .
""".replace(
        "32.zz.db8.2001.rpz-ip   CNAME   .\n48.zz.2.2001.rpz-ip     CNAME   .\n",
        "48.zz.2.db8.2001.rpz-ip CNAME .\n",
    ),
    "named-compilezone": """$ORIGIN .
$TTL 300\t; 5 minutes
policy.test\t\tIN SOA\tns.rpz.test. h.rpz.test. (
\t\t\t\t1          ; serial
\t\t\t\t2 3 4
\t\t\t\t5          ; minimum (5 seconds)
\t\t\t\t)
\t\t\tNS\tns.rpz.test.
$ORIGIN site.example.policy.test.
$TTL 60\t; 1 minute
page\t\tA\t203.0.113.1
\t\t\tAAAA\t2001:db8::1
$TTL 300
nxdomain\t\tCNAME\t.
""",
}


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize("name", REAL)
def test_a_zone_as_it_is_published_is_read(name, last, ends):
    text = REAL[name].replace("\n", ends)
    rules = Rules.from_rpz(text if last else text.rstrip())
    asked = ["nxdomain.site.example", "page.site.example", "other.site.example"]
    assert rules.match(asked).tolist() == ["nxdomain", "redirected", "passed"]
    assert {data.type for data in rules.qname.exact["page.site.example"]} == {"A", "AAAA"}
    assert Rules.from_rpz(rules.to_rpz()) == rules


def test_comments_may_be_in_any_encoding():
    for comment in ("\u00fcber", "\u00c3\u00bcber", b"\xfcber".decode("ascii", "surrogateescape")):
        text = f"; {comment}\n{HEAD}site.example CNAME . ; {comment}\n"
        assert Rules.from_rpz(text).match(["site.example"]).tolist() == ["nxdomain"]
        with pytest.raises(ValueError, match=r"^list:5: .*not ASCII; write A-labels") as error:
            Rules.from_rpz(f"{HEAD}{comment}.example CNAME .\n", "list")
        assert str(error.value).encode(errors="surrogatepass")


HUGE = 1_000_000
DOCUMENTS = {
    "many bad lines": "site..example CNAME .\n" * 5_000,
    "many unknown types": f"site.example {'Z' * 200} .\n" * 2_000,
    "not ASCII": "\u20ac\u20ac.example CNAME .\n" * 2_000,
    "one long line": f"site.example TXT {'x' * HUGE}",
    "one long name": "a." * HUGE + " CNAME .",
    "one long word": "a" * HUGE,
    "one long comment": f"site.example CNAME . ;{'x' * HUGE}",
    "one long quote": f'site.example TXT "{"x" * HUGE}"',
    "blanks": f'site.example{" " * 299_000}"',
    "open parentheses": "site.example CNAME (\n" * 5_000,
    "a parenthesis across megabytes": "site.example TXT (\n" + "x\n" * 20_000,
    "closed parentheses": "site.example CNAME )\n" * 5_000,
    "generated": "$GENERATE 1-1000000000 a$.example CNAME .\n" * 100,
    "included": "$INCLUDE list.zone\n" * 1_000,
    "quotes": '"' * 200_000,
    "backslashes": "\\\\" * 100_000 + '"',
    "long time to live": f"site.example {'9' * 100_000} CNAME .",
    "long trigger": f"{'1.' * 90}rpz-ip CNAME .\n" * 1_000,
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_refusal_is_short_whatever_the_file(name):
    for read in (Rules.from_rpz, Zones.from_text):
        if name == "long trigger" and read == Zones.from_text:
            continue
        with pytest.raises(ValueError, match=r"^<text( 1)?>:5: ") as error:
            read(HEAD + DOCUMENTS[name])
        assert len(str(error.value).encode()) <= 4_096
        assert len(str(error.value).split("\n")) <= 21


def test_a_refusal_is_short_whatever_the_file_is_called():
    with pytest.raises(ValueError, match=r"^\u20acx*…:5: ") as error:
        Rules.from_rpz(HEAD + "a..b CNAME .\n" * 100, "\u20ac" + "x" * HUGE)
    assert len(str(error.value).encode()) <= 4_096


def test_a_refusal_of_many_files_is_short_as_well():
    with pytest.raises(ValueError, match=r"^<text 1>:5: ") as error:
        Zones.from_text(*[f"{HEAD}{'x' * 70}.test A\n" for _ in range(100)])
    *_, rest = str(error.value).split("\n")
    assert rest == "and 80 more bad lines"
    assert len(str(error.value).encode()) <= 4_096


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("a.example CNAME .\na.example CNAME *.", "a second CNAME"),
        ("a.example A 203.0.113.1\na.example CNAME .", "CNAME beside other data"),
        ("24.0.2.0.192.rpz-ip CNAME .\n24.0.2.0.192.rpz-ip A 203.0.113.1", "CNAME beside other data"),
        ("fine.example CNAME .\n128.01.zz.db8.2001.rpz-ip CNAME .", r"128\.1\.zz\.db8\.2001"),
        ("fine.example CNAME .\nsite.example CNAME rpz-drop", r"rpz-drop\."),
    ],
)
def test_the_reason_says_what_is_wrong(lines, reason):
    with pytest.raises(ValueError, match=rf"^<text>:6: .*{reason}"):
        Rules.from_rpz(HEAD + lines)


def test_without_a_file_the_text_is_named():
    with pytest.raises(ValueError, match=r"^<text>:5: "):
        Rules.from_rpz(HEAD + "site.example A nothing")


@pytest.mark.parametrize(
    "text",
    ["", "\n; nothing\n", "$TTL 60\n", "site.example CNAME .\n", "$ORIGIN policy.test.\n@ NS ns.rpz.test.\n"],
)
def test_a_zone_without_a_beginning_is_refused(text):
    with pytest.raises(ValueError, match=r"^list\.zone:\d: .*SOA"):
        Rules.from_rpz(text, "list.zone")


LINES = st.tuples(
    st.sampled_from(
        [
            "a.example",
            "A.example",
            "b.a.example",
            "*.a.example",
            "@",
            "",
            "a.example.policy.test.",
            "..",
            "x" * 64,
        ]
    ),
    st.sampled_from(["", "60 ", "IN ", "IN 60 ", "60 IN ", "1d ", "CH ", "-1 "]),
    st.sampled_from(
        [
            "CNAME .",
            "CNAME *.",
            "A 203.0.113.1",
            "A 203.0.113.1.2",
            "AAAA 2001:db8::1",
            "TXT x y",
            'TXT "',
            "MX 1 a",
            "MX a",
            "NS ns.rpz.test.",
            "",
            "CNAME",
        ]
    ),
).map(lambda parts: f"{parts[0]} {parts[1]}{parts[2]}")


@settings(max_examples=250)
@given(st.lists(LINES, max_size=5))
def test_dnspython_refuses_what_is_refused_and_reads_the_rest_alike(lines):
    text = HEAD + "\n".join(lines) + "\n"
    try:
        rules = Rules.from_rpz(text)
    except ValueError as error:
        reported = [int(line.split(":")[1]) for line in str(error).split("\n")]
        assert reported == sorted(set(reported))
        stricter = any(re.match(r"@.* (A|AAAA|MX|CNAME)\b", line) for line in lines) or re.search(
            "NS is no local data|CNAME at the apex|at the apex|a second CNAME",
            str(error),
        )
        if not stricter:
            with pytest.raises(dns.exception.DNSException):
                dns.zone.from_text(text, relativize=False)
    else:
        assert records(rules.to_rpz()) == records(text)


# bad arguments


@pytest.mark.parametrize("text", [None, b"", 3, ["@ SOA"]])
def test_what_is_no_text_is_refused(text):
    with pytest.raises(ValueError, match=r"^text is a .*; give "):
        Rules.from_rpz(text)


@pytest.mark.parametrize("ede", [None, 0, -1, 3, 14, 18, "15", 15.5])
def test_an_error_code_that_no_filter_gives_is_refused(ede):
    with pytest.raises(ValueError, match=r"^ede=.* is not accepted; give .*15.*16.*17"):
        Rules.from_rpz(HEAD, ede=ede)


@pytest.mark.parametrize("ede", [15, 16, 17])
def test_the_error_code_is_kept(ede):
    assert Rules.from_rpz(HEAD, ede=ede).ede == ede
    assert Rules.from_rpz(HEAD).ede == 15


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a..example",
        ".example",
        "a" * 64 + ".example",
        ".".join(["a" * 60] * 5),
        "a b.example",
        "a\nb.example",
        "a.example\n",
        None,
        3,
        b"a.example",
        "\u2603\u0301-.example",
    ],
)
def test_what_is_no_name_is_refused(name):
    with pytest.raises(ValueError, match=r"^names=.* is not accepted; give a domain name"):
        Rules.from_rpz(HEAD).match(["fine.example", name])


def test_one_name_is_no_sequence_of_names():
    with pytest.raises(ValueError, match=r"^names='site.example' is not accepted"):
        Rules.from_rpz(HEAD).match("site.example")
