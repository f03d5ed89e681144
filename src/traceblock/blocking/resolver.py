"""A look-up, step by step: stub, resolver with its policy and its cache, root, top level, authority."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import dns.exception
import dns.rdatatype
import pandas as pd

from traceblock import arguments
from traceblock.blocking.authority import Zones
from traceblock.blocking.names import LONGEST, canonical
from traceblock.blocking.policy_zone import Hit, Rules
from traceblock.blocking.triggers import number
from traceblock.blocking.zone import Reply, Zone

#: How many names a chain of CNAMEs may have.
LONGEST_CHAIN = 16
STUB = "stub"
#: Extended DNS errors (RFC 8914) that are not the rules' own: of a forged answer, and where none arrives.
_ERRORS = {"redirected": 4, "dropped": None}
_UNFOLLOWED = ("CNAME", "ANY")  # questions that a CNAME answers
_ADDRESSES = ("A", "AAAA")

Record = tuple[str, str, str]


class Step(NamedTuple):
    """One question and its answer.

    Attributes
    ----------
    asker, asked : str
        ``stub`` (the user's device), the resolver's name, ``cache`` (the resolver's), ``root``, or the name
        of the zone whose servers are asked, with its final dot.
    question : str
        Name and type.
    answer : str
        Records, ``referral to`` a zone, or what else was said.
    note : str
        Which rule fired and where, or which servers answered.
    """

    asker: str
    asked: str
    question: str
    answer: str
    note: str


class Answer(NamedTuple):
    """What came back to the stub.

    Attributes
    ----------
    rcode : str or None
        NOERROR, NXDOMAIN, SERVFAIL, YXDOMAIN; None if the question was dropped.
    records : tuple of (name, type, value)
        Names in lower case with a final dot, CNAMEs in the order in which they were followed.
    ede : int or None
        Extended DNS error (RFC 8914): that of the `Rules` that fired, 4 (forged) if they redirected, None if
        nothing was withheld or nothing came back.
    verdict : str
        What the policy did: one of `traceblock.blocking.policy_zone.VERDICTS`.
    steps : tuple of Step
        The stub's question first, then what the resolver asked, in that order.
    """

    rcode: str | None
    records: tuple[Record, ...]
    ede: int | None
    verdict: str
    steps: tuple[Step, ...]

    def __repr__(self) -> str:
        """Return the answer in one line."""
        values = ", ".join(f"{kind} {value}" for _, kind, value in self.records)
        error = "" if self.ede is None else f", EDE {self.ede}"
        return f"<{self.verdict}: {self.rcode or 'no answer'}{error}; {values or 'no records'}>"

    def table(self) -> pd.DataFrame:
        """Return the steps as a table of text: ``asker``, ``asked``, ``question``, ``answer``, ``note``."""
        return pd.DataFrame(list(self.steps), columns=list(Step._fields), dtype="str")


class Cache:
    """What a resolver remembers until its time to live is over (RFC 1035 §7.4).

    It holds what the zones' servers said, also that something is not there (RFC 2308). Policy is applied to
    every answer anew, also to one from here.

    Attributes
    ----------
    now : int
        The cache's clock, in seconds; `wait` moves it.
    referrals : dict
        Until when it is known who serves a zone.
    """

    def __init__(self) -> None:
        self.now = 0
        self._answers: dict[tuple[str, str], tuple[int, Zone, Reply]] = {}
        self.referrals: dict[str, int] = {}

    def __len__(self) -> int:
        """Return how many answers are remembered and still fresh."""
        return sum(until > self.now for until, _, _ in self._answers.values())

    def __repr__(self) -> str:
        """Return the time and the number of answers."""
        return f"Cache(now={self.now}, answers={len(self)})"

    def wait(self, duration: Any) -> None:
        """Let time pass: anything that `pandas.Timedelta` takes, in whole seconds."""
        self.now += arguments.seconds("duration", duration, low=0)

    def get(self, name: str, kind: str) -> tuple[int, Zone, Reply] | None:
        """Return for how many seconds more an answer holds, the zone it is from, and the answer."""
        kept = self._answers.get((name, kind))
        return (kept[0] - self.now, *kept[1:]) if kept and kept[0] > self.now else None

    def keep(self, name: str, kind: str, zone: Zone, reply: Reply) -> None:
        """Remember what a zone's servers said."""
        self._answers[name, kind] = self.now + reply.ttl, zone, reply


@dataclass(frozen=True)
class Resolver:
    """A recursive resolver.

    Parameters
    ----------
    name : str
    rules : Rules or sequence of Rules
        Its policy zones; the first listed wins (§5.2). None filter nothing.
    cache : Cache, optional
        Without one it asks anew each time.

    Raises
    ------
    ValueError
        If the name is empty, or something among the rules is none.
    """

    name: str
    rules: Any = ()
    cache: Cache | None = None

    def __post_init__(self) -> None:
        """Refuse what no resolver can have."""
        if not (isinstance(self.name, str) and self.name.strip()):
            raise arguments.refuse("name", self.name, "a name")
        if isinstance(self.rules, Rules):
            object.__setattr__(self, "rules", (self.rules,))
        rules = arguments.several("rules", self.rules, "Rules; see Rules.from_rpz", kind=Rules, empty=True)
        object.__setattr__(self, "rules", tuple(rules))
        if not (self.cache is None or isinstance(self.cache, Cache)):
            raise arguments.refuse("cache", self.cache, "a Cache() or None")


def resolve(
    name: str,
    qtype: str,
    resolver: Resolver,
    zones: Zones,
    client: str | None = None,
    tcp: bool = False,
) -> Answer:
    """Look a name up through a resolver, and note every step.

    The policy zones are consulted for each name of a CNAME chain before the next (draft-vixie-dnsop-dns-rpz
    §5.1), in their order (§5.2), in each CLIENT-IP before QNAME, IP, NSDNAME and NSIP (§5.4). The first rule
    that fires decides; none is consulted after that, so what a policy's own CNAME leads to is looked up
    unfiltered, and so is the rest of a chain after ``rpz-passthru.``. A resolver asks nobody as long as it
    can tell without (as BIND does with ``qname-wait-recurse no``, with the same answer).

    Parameters
    ----------
    name : str
        In any case, with a final dot or without; U-labels become A-labels (RFC 5891).
    qtype : str
        ``"A"``, ``"AAAA"``, ``"CNAME"``, ``"MX"``, ``"TXT"`` … or ``"ANY"``.
    resolver : Resolver
    zones : Zones
        What the authoritative servers know.
    client : str, optional
        The asker's address; without it no client-address rule applies.
    tcp : bool
        Whether the question came over TCP.

    Returns
    -------
    Answer

    Raises
    ------
    ValueError
        If an argument is not what it should be.
    """
    canonical_name, kind = canonical("name", name), _type(qtype)
    arguments.instance("resolver", resolver, Resolver)
    if not isinstance(zones, Zones):
        raise arguments.refuse("zones", zones, "Zones; see Zones.from_text and zones(web)")
    arguments.flag("tcp", tcp)
    asker = None if client is None else _client(client)
    return _Walk(resolver, zones).answer(canonical_name, kind, asker, tcp)


class _Walk:
    """The way of one question."""

    __slots__ = ("cache", "known", "now", "policy", "resolver", "steps", "zones")

    def __init__(self, resolver: Resolver, zones: Zones) -> None:
        self.resolver = resolver.name
        self.policy: tuple[Rules, ...] = resolver.rules
        self.cache = resolver.cache
        self.zones = zones
        self.known, self.now = ({}, 0) if self.cache is None else (self.cache.referrals, self.cache.now)
        self.steps: list[Step] = []

    def answer(self, name: str, kind: str, client: int | None, tcp: bool) -> Answer:
        """Follow a name to the end of its chain, or to the first rule that stops it."""
        question = f"{name}. {kind}"
        rcode: str | None
        records: list[Record] = []
        verdict, ede, note = "passed", None, ""
        for _ in range(LONGEST_CHAIN):
            hit, found = self._fired(name, kind, client) if self.policy else (None, None)
            if hit:
                self.policy = ()
                note = _reason(hit)
                if hit.action.verdict != "passed" and not (hit.action.verdict == "tcp-only" and tcp):
                    verdict, ede = hit.action.verdict, _ERRORS.get(hit.action.verdict, hit.rules.ede)
                    rcode, alias = _rewritten(hit, name, kind, records)
                    if alias:
                        name = alias
                        continue
                    break
            rcode, found_records, _ = (found or self._look_up(name, kind))[1]
            records += [(f"{name}.", each, value) for each, value in found_records]
            if kind in _UNFOLLOWED or not found_records or found_records[0][0] != "CNAME":
                break
            name = found_records[0][1][:-1]
        else:
            rcode = "SERVFAIL"  # the chain does not end
        if rcode == "SERVFAIL":
            records = []
        first = Step(STUB, self.resolver, question, _heard(rcode, verdict, records), note)
        return Answer(rcode, tuple(records), ede, verdict, (first, *self.steps))

    def _fired(
        self, name: str, kind: str, client: int | None
    ) -> tuple[Hit | None, tuple[Zone, Reply] | None]:
        """Return the rule that fires on a name, if any, and what was looked up to tell."""
        found = None
        for rules in self.policy:
            hit = rules.by_question(name, client)
            if hit is None and rules.needs_answer:
                zone, reply = found = found or self._look_up(name, kind)
                around = [each for each in zone.way if "." in each.name]
                hit = rules.by_answer(
                    (number(value) for each, value in reply.records if each in _ADDRESSES),
                    (server[:-1] for each in around for server in each.servers),
                    (address for each in around for address in self.zones.server_addresses(each)),
                )
            if hit:
                return hit, found
        return None, found

    def _look_up(self, name: str, kind: str) -> tuple[Zone, Reply]:
        """Find what the authority says of a name: from the cache, or from the root downwards."""
        resolver, question, steps = self.resolver, f"{name}. {kind}", self.steps
        cache, known, now = self.cache, self.known, self.now
        if cache is not None and (kept := cache.get(name, kind)):
            left, zone, reply = kept
            steps.append(Step(resolver, "cache", question, _said(reply), f"for another {left} s"))
            return zone, reply
        zone = self.zones.zone_of(name)
        above = zone.way[0]
        for below in zone.way[1:]:
            if known.get(below.name, 0) <= now:
                known[below.name] = now + (below.ttl or 1)
                answer = f"referral to {below.role}"
                steps.append(Step(resolver, above.role, question, answer, ", ".join(below.servers)))
            above = below
        reply = zone.find(name, kind)
        steps.append(Step(resolver, zone.role, question, _said(reply), ""))
        if cache is not None:
            cache.keep(name, kind, zone, reply)
        return zone, reply


def _rewritten(hit: Hit, name: str, kind: str, records: list[Record]) -> tuple[str | None, str]:
    """Do what a rule says to the records so far; return the response code, and the name to go on with."""
    verdict, target = hit.action.verdict, hit.action.target
    if verdict == "dropped" or verdict == "tcp-only":
        records.clear()
        return (None if verdict == "dropped" else "NOERROR"), ""
    if target:
        if target.startswith("*."):  # §3.6: a wildcard takes the name in
            target = f"{name}.{target[2:]}"
        if len(target) > LONGEST + 1:
            return "YXDOMAIN", ""
        records.append((f"{name}.", "CNAME", target))
        return "NOERROR", "" if kind in _UNFOLLOWED else target[:-1]
    if verdict == "redirected":
        local = hit.action.records
        records += [(f"{name}.", data.type, data.value) for data in local if kind in (data.type, "ANY")]
    return ("NXDOMAIN" if verdict == "nxdomain" else "NOERROR"), ""


def _said(reply: Reply) -> str:
    """Say in words what a zone's servers answered."""
    if reply.records:
        return ", ".join([f"{kind} {value}" for kind, value in reply.records])
    return "no such record" if reply.rcode == "NOERROR" else reply.rcode


def _heard(rcode: str | None, verdict: str, records: list[Record]) -> str:
    """Say in words what the stub got."""
    if rcode is None:
        return "no answer"
    if verdict == "tcp-only":
        return "truncated: ask again over TCP"
    values = ", ".join([f"{kind} {value}" for _, kind, value in records])
    if rcode != "NOERROR":
        return f"{rcode}, {values}" if values else rcode
    return values or "no such record"


def _reason(hit: Hit) -> str:
    """Say which rule fired and where."""
    data = hit.action.records[0]
    return f"{hit.rules.zone}.: {hit.owner} {data.type} {data.value} ({hit.trigger})"


def _type(qtype: Any) -> str:
    """Return a type that can be asked for, in capitals."""
    kind = _known_type(qtype) if isinstance(qtype, str) else None
    if kind is None:
        raise arguments.refuse("qtype", qtype, "a type of record such as 'A', 'AAAA', 'CNAME', 'MX' or 'TXT'")
    return kind


@lru_cache
def _known_type(qtype: str) -> str | None:
    try:
        kind = dns.rdatatype.from_text(qtype)
    except (dns.exception.DNSException, ValueError):
        return None
    is_record = kind != dns.rdatatype.NONE and not dns.rdatatype.is_metatype(kind)
    return dns.rdatatype.to_text(kind) if is_record or kind == dns.rdatatype.ANY else None


def _client(address: Any) -> int:
    accepted = "an address as text, such as '198.18.0.1'"
    if not isinstance(address, str):
        raise arguments.refuse("client", address, accepted)
    try:
        return number(address)
    except ValueError:
        raise arguments.refuse("client", address, accepted) from None
