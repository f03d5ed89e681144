"""The table of DNS cases, random policies, and what they mean: written from the draft and the RFCs alone.

A policy zone here is a list of triples: kind, trigger, action. A kind is that of the draft (§4): client-ip,
qname, ip, nsdname or nsip; a trigger is a name, a wildcard or a network; an action is a key of `ACTIONS`.
"""

import csv
import ipaddress
from functools import cache, lru_cache
from pathlib import Path

import dns.name
import dns.zone
from hypothesis import strategies as st

FOLDER = Path(__file__).parent / "rpz"
#: In the order of the draft's §5.4.
KINDS = ["client-ip", "qname", "ip", "nsdname", "nsip"]
ACTIONS = {
    "nxdomain": "CNAME .",
    "nodata": "CNAME *.",
    "passed": "CNAME rpz-passthru.",
    "dropped": "CNAME rpz-drop.",
    "tcp-only": "CNAME rpz-tcp-only.",
    "page": "A 203.0.113.80",
    "moved": "CNAME lane.garden.test.",
}
STOPS = ("nxdomain", "nodata", "dropped")
#: What `moved` leads to, for each type.
LANE = ("lane.garden.test.", "CNAME", "garden.test.")
GARDEN = {"A": "203.0.113.80", "AAAA": "2001:db8:80::80"}


def world():
    """Return the master files of the world that the cases are asked in."""
    return [path.read_text(encoding="utf-8") for path in sorted((FOLDER / "world").glob("*.zone"))]


def zone_file(name):
    """Return one of the policy zones of the cases."""
    return (FOLDER / "policy" / f"{name}.zone").read_text(encoding="utf-8")


def cases():
    """Return the rows of the table, with lists for lists.

    In the file, ``zones`` are policy zones in their order, by blanks; ``records`` stand between `` | ``;
    ``client`` is empty for an asker whom no rule knows, ``rcode`` where no answer comes. ``clause`` is the
    section that says so, of draft-vixie-dnsop-dns-rpz-00 ("rpz") or of an RFC. What the resolver says was
    seen in BIND 9.18, asked with a cold and a warm cache, but where the clause says otherwise.
    """
    with (FOLDER / "cases.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["zones"] = row["zones"].split()
        row["records"] = sorted(tuple(each.split(" ", 2)) for each in row["records"].split(" | ") if each)
        row["tcp"] = row["tcp"] == "1"
        row["client"] = row["client"] or None
        row["rcode"] = row["rcode"] or None
    return rows


# names


def parents(name):
    """Return a name and those above it, the root left out."""
    labels = name.split(".")
    return [".".join(labels[i:]) for i in range(len(labels))]


def covering(owners, name):
    """Return which of some owners covers a name, or None (RFC 4592 §3.3.1)."""
    if name in owners:
        return name
    there = _existing(frozenset(owners))
    if name in there:
        return None
    encloser = next((above for above in parents(name) if above in there), "")
    wildcard = f"*.{encloser}" if encloser else "*"
    return wildcard if wildcard in owners else None


@lru_cache(maxsize=64)
def _existing(owners):
    """Return some names and all those above them."""
    return {above for owner in owners for above in parents(owner)}


def dnssec_order(name):
    """Return a key that sorts names as DNSSEC does (RFC 4034 §6.1)."""
    return [label.encode() for label in reversed(name.split("."))]


# the world


@cache
def zones_of_the_world():
    """Return the zones by name, as dnspython reads them."""
    found = [dns.zone.from_text(text, relativize=False) for text in world()]
    return {_text(zone.origin): zone for zone in found}


def zone_of(name):
    """Return the longest zone name that a name is in."""
    return next((above for above in parents(name) if above in zones_of_the_world()), "")


@cache
def owners(zone):
    """Return the names with records in a zone that its own servers answer for."""
    names = map(_text, zones_of_the_world()[zone].nodes)
    return {name for name in names if zone_of(name) == zone}


@cache
def find(name, qtype):
    """Return rcode, type and values of one name, without following a CNAME."""
    zone = zone_of(name)
    owner = covering(owners(zone), name)
    if owner is None:
        there = any(name in parents(each) for each in (*owners(zone), *zones_of_the_world()))
        return "NOERROR" if there else "NXDOMAIN", qtype, []
    for kind in (qtype, "CNAME"):
        data = zones_of_the_world()[zone].get_rdataset(dns.name.from_text(owner), kind)
        if data:
            return "NOERROR", kind, [each.to_text() for each in data]
    return "NOERROR", qtype, []


def chain(name, qtype):
    """Return each name of a chain of CNAMEs with its rcode, type and values."""
    links = [(name, *find(name, qtype))]
    while links[-1][2] == "CNAME" != qtype:
        target = links[-1][3][0].strip(".")
        links.append((target, *find(target, qtype)))
    return links


@cache
def servers(name):
    """Return the names of the servers of every zone around a name, below the top level."""
    around = [zones_of_the_world().get(above) for above in parents(name) if "." in above]
    return {
        _text(record.target) for zone in around if zone for record in zone.get_rdataset(zone.origin, "NS")
    }


@cache
def addresses(server):
    """Return the addresses of a server."""
    return {address for qtype in ("A", "AAAA") for address in find(server, qtype)[2]}


def _text(name):
    return name.to_text(omit_final_dot=True).strip(".")


# what a policy does


def decide(policies, name, qtype, client=None, tcp=False):
    """Return verdict, rcode and sorted records, by the draft's rules of precedence (§5)."""
    before = []
    links = chain(name, qtype)
    for link, _, kind, values in links:
        if action := _first(policies, link, qtype, kind, values, client):
            return _done(links, action, before, link, qtype, tcp)
        before += [(f"{link}.", kind, value) for value in values]
    return "passed", links[-1][1], sorted(before)


def _first(policies, name, qtype, kind, values, client):
    answers = set(values) if kind == qtype in ("A", "AAAA") else set()
    nearby = {address for server in servers(name) for address in addresses(server)}
    seen = {
        "client-ip": {client} - {None},
        "qname": {name},
        "ip": answers,
        "nsdname": servers(name),
        "nsip": nearby,
    }
    for policy in policies:
        for trigger in KINDS:
            rules = {owner: action for each, owner, action in policy if each == trigger}
            rank = _by_name if trigger in ("qname", "nsdname") else _by_network
            if hits := [hit for what in seen[trigger] for hit in rank(rules, what)]:
                return rules[min(hits)[-1]]
    return None


def _by_name(rules, name):
    """Return an exact match before a wildcard, more labels before fewer (§5.3), the smaller name (§5.5)."""
    owner = covering(rules.keys(), name)
    if owner is None:
        return []
    wild = owner.startswith("*")
    return [(wild, -owner.count(".") * wild, dnssec_order(name), owner)]


def _by_network(rules, address):
    """Return the longer prefix before the shorter (§5.6), the smaller address (§5.7); IPv4 is 96 bits on."""
    held = ipaddress.ip_address(address)
    networks = [(ipaddress.ip_network(text), text) for text in rules]
    shift = {4: 96, 6: 0}[held.version]
    mapped = {4: 0xFFFF << 32, 6: 0}[held.version]
    return [
        (-network.prefixlen - shift, int(network.network_address) + mapped, text)
        for network, text in networks
        if held.version == network.version and held in network
    ]


def _done(links, action, before, link, qtype, tcp):
    owner = f"{link}."
    if action == "passed" or (action == "tcp-only" and tcp):
        return "passed", links[-1][1], sorted((f"{at}.", kind, v) for at, _, kind, vs in links for v in vs)
    if action == "dropped":
        return "dropped", None, []
    if action == "tcp-only":
        return "tcp-only", "NOERROR", []
    if action in ("nxdomain", "nodata"):
        return action, {"nxdomain": "NXDOMAIN", "nodata": "NOERROR"}[action], sorted(before)
    if action == "page":
        data = [(owner, "A", "203.0.113.80")] * (qtype == "A")
    else:
        data = [(owner, "CNAME", LANE[0])]
        if qtype != "CNAME":
            data.append(LANE)
        if qtype in GARDEN:
            data.append(("garden.test.", qtype, GARDEN[qtype]))
    return "redirected", "NOERROR", sorted(before + data)


# policies as text, and by chance


def rpz(policy, zone="policy.test"):
    """Return a policy as a master file."""
    lines = [f"$ORIGIN {zone}.", "$TTL 60", "@ SOA ns.rpz.test. hostmaster.rpz.test. 1 3600 900 604800 60"]
    lines.append("@ NS ns.rpz.test.")
    for kind, trigger, action in policy:
        owner = encoded(trigger) if kind in ("client-ip", "ip", "nsip") else trigger
        lines.append(f"{owner}{'' if kind == 'qname' else f'.rpz-{kind}'} {ACTIONS[action]}")
    return "\n".join(lines) + "\n"


def encoded(network):
    """Return a network as the labels of a trigger (§4.1.1)."""
    network = ipaddress.ip_network(network)
    if network.version == 4:
        words = str(network.network_address).split(".")
    else:
        words = str(network.network_address).replace("::", ":zz:").strip(":").split(":")
    return ".".join([str(network.prefixlen), *reversed(words)])


#: Names that exist in the world, behind aliases, below a wildcard, and not at all.
ASKED = [
    "alpha.example",
    "www.alpha.example",
    "alias.alpha.example",
    "twice.alpha.example",
    "astray.alpha.example",
    "two.alpha.example",
    "six.alpha.example",
    "any.deep.alpha.example",
    "x.b.deep.alpha.example",
    "nowhere.alpha.example",
    "www.beta.example",
    "nowhere.beta.example",
    "x.sub.beta.example",
    "gamma.example",
    "garden.test",
]
_NAMES = [*ASKED, "b.deep.alpha.example", "beta.example", "sub.beta.example", "example"]
_SERVERS = [
    "ns1.alpha.example",
    "ns2.alpha.example",
    "ns.host.test",
    "ns.deep.test",
    "z.aa.test",
    "a.bb.test",
]
_ABOVE = ["*.test", "*.host.test", "*.alpha.example", "*.aa.test", "*.bb.test", "*", "aa.test", "*.example"]
_TRIGGERS = {
    "client-ip": ["198.18.0.0/16", "198.18.0.0/24", "198.18.0.9/32", "2001:db8:c::/48", "2001:db8:c::7/128"],
    "qname": [*_NAMES, *(f"*.{name}" for name in _NAMES), "*"],
    "ip": [
        "240.0.0.0/8",
        "240.0.0.0/16",
        "240.0.0.1/32",
        "240.0.0.4/32",
        "240.0.1.4/32",
        "240.0.2.0/24",
        "203.0.113.80/32",
        "2001:db8::/32",
        "2001:db8:1::1/128",
        "2001:db8:2::/48",
    ],
    "nsdname": [*_SERVERS, *_ABOVE],
    "nsip": [
        "192.0.2.0/24",
        "192.0.2.11/32",
        "192.0.2.12/32",
        "198.51.100.0/24",
        "198.51.100.1/32",
        "198.51.100.12/32",
        "203.0.113.5/32",
        "2001:db8:53::/64",
        "2001:db8:53::11/128",
    ],
}
CLIENTS = st.sampled_from([None, "198.18.0.9", "198.18.0.10", "198.18.7.7", "2001:db8:c::7", "2001:db8:d::7"])
TYPES = ["A", "A", "AAAA", "MX", "CNAME"]
QUESTIONS = st.tuples(st.sampled_from(ASKED), st.sampled_from(TYPES), CLIENTS, st.booleans())


@cache
def rules(actions=tuple(ACTIONS), kinds=tuple(KINDS)):
    """Draw one rule: kind, trigger and action; each kind about as often."""
    most = max(map(len, _TRIGGERS.values()))
    return st.sampled_from(
        [
            (kind, trigger, action)
            for kind in kinds
            for trigger in _TRIGGERS[kind] * (most // len(_TRIGGERS[kind]))
            for action in actions
        ]
    )


def zones(most=8, kinds=tuple(KINDS)):
    """Draw a policy zone, no two rules with one trigger."""
    return st.lists(rules(kinds=kinds), max_size=most, unique_by=lambda rule: rule[:2])
