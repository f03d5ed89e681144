"""Response Policy Zones: what a resolver is told to answer instead of the truth.

After Vixie & Schryver, "DNS Response Policy Zones (RPZ)", draft-vixie-dnsop-dns-rpz-00 (2018); § below is
a section of it. Where implementations differ, as BIND 9.18 has it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from traceblock import arguments
from traceblock.blocking.master_file import Data, MasterFile
from traceblock.blocking.names import canonicals
from traceblock.blocking.triggers import Blocks, Names, block

#: What a policy can do (§3); "redirected" is local data (§3.6), also where it lacks the type asked for.
VERDICTS = ("passed", "nxdomain", "nodata", "redirected", "dropped", "tcp-only")
#: Extended DNS errors (RFC 8914 §4) that a filter may give as its reason.
ERRORS = {4: "forged answer", 15: "blocked", 16: "censored", 17: "filtered"}

_SPECIAL = {
    ".": "nxdomain",
    "*.": "nodata",
    "rpz-passthru.": "passed",
    "rpz-drop.": "dropped",
    "rpz-tcp-only.": "tcp-only",
}
#: Types that no local data has: they would make the policy zone itself another zone.
_NO_DATA = {"SOA", "NS", "DNAME", "DS", "CDS", "DNSKEY", "CDNSKEY", "RRSIG", "NSEC", "NSEC3", "NSEC3PARAM"}
_AT_APEX = {"NS", "TXT"}


class Action(NamedTuple):
    """What happens where a rule fires: one of `VERDICTS`, and the records that say so."""

    verdict: str
    records: tuple[Data, ...]
    target: str = ""  # where a CNAME of the local data leads, with its final dot


class Hit(NamedTuple):
    """A rule that fires: the zone, the kind of trigger (``QNAME``, ``IP`` …), its owner, what it does."""

    rules: "Rules"
    trigger: str
    owner: str
    action: Action


@dataclass(repr=False)
class Rules:
    """A Response Policy Zone in memory; made by `from_rpz`.

    Two are equal if they have the same zone's name, SOA, triggers and actions.

    Attributes
    ----------
    zone : str
        Its name, the SOA's owner, without a final dot.
    ede : int
        The extended DNS error that goes with an answer that this zone withheld.
    qname, nsdname : Names of Action
        Rules by name asked for (§4.2, a wildcard does not cover its apex) and by name server (§4.4).
    client_ip, ip, nsip : Blocks of Action
        Rules by the asker's address (§4.1), address in the answer (§4.3) and address of a name server (§4.5).
    needs_answer : bool
        Whether a rule looks at what the resolver finds.
    """

    zone: str
    soa: Data
    ede: int = field(default=15, compare=False)
    apex: tuple[Data, ...] = ()
    qname: Names[Action] = field(default_factory=Names)
    nsdname: Names[Action] = field(default_factory=Names)
    client_ip: Blocks[Action] = field(default_factory=Blocks)
    ip: Blocks[Action] = field(default_factory=Blocks)
    nsip: Blocks[Action] = field(default_factory=Blocks)
    needs_answer: bool = False

    @classmethod
    def from_rpz(cls, text: str, file: str = "<text>", *, ede: int = 15) -> "Rules":
        """Read a policy zone.

        Parameters
        ----------
        text : str
            A master file (RFC 1035 §5). The SOA comes first; NS and TXT may stand at the apex. Owners are
            names, for QNAME, or end in ``rpz-client-ip``, ``rpz-ip``, ``rpz-nsdname``, ``rpz-nsip``.
            ``CNAME .`` answers NXDOMAIN, ``CNAME *.`` NODATA; ``CNAME`` to ``rpz-passthru.``,
            ``rpz-drop.`` or ``rpz-tcp-only.`` lets pass, drops, and sends to TCP; anything else is local
            data. A CNAME to the name asked for lets pass too, the old way to write it.
        file : str
            What error messages call it.
        ede : int
            15 blocked, 16 censored, 17 filtered (RFC 8914 §4.16 to §4.18), or 4 forged.

        Returns
        -------
        Rules

        Raises
        ------
        ValueError
            If any line is bad: every one of them, as ``file:line: reason``, and nothing is loaded.
        """
        if not isinstance(text, str):
            raise ValueError(f"text is a {type(text).__name__}; give the master file as text")
        if ede not in ERRORS:
            raise arguments.refuse("ede", ede, ", ".join(f"{code} ({why})" for code, why in ERRORS.items()))
        source = MasterFile(text, str(file))
        rules = cls("", source.soa, ede)
        rules._fill(source)
        source.finish()
        rules.zone, rules.soa = source.zone, source.soa
        rules.apex = rules.apex or (Data(source.soa.ttl, "NS", "localhost."),)
        for table in (rules.qname, rules.nsdname, rules.client_ip, rules.ip, rules.nsip):
            table.close()
        rules.needs_answer = bool(len(rules.ip) + len(rules.nsdname) + len(rules.nsip))
        return rules

    def __len__(self) -> int:
        """Return the number of triggers."""
        return sum(map(len, self._tables().values()))

    def __repr__(self) -> str:
        """Return the zone's name and how many triggers it has."""
        return f"Rules({self.zone or '.'!r}, triggers={len(self):,})"

    def match(self, names: Iterable[str]) -> npt.NDArray[np.object_]:
        """Say what the QNAME triggers do with names, without looking anything up.

        Parameters
        ----------
        names : sequence of str
            In any case, with a final dot or without; U-labels become A-labels.

        Returns
        -------
        array of object
            One of `VERDICTS` for each name, "passed" where no rule covers it.

        Raises
        ------
        ValueError
            If one is no domain name.
        """
        if isinstance(names, str):
            raise arguments.refuse("names", names, "a sequence of names")
        find, verdicts = self.qname.find, []
        for name in canonicals("names", list(names)):
            found = find(name)
            verdicts.append("passed" if found is None else _at(name, found[1]).verdict)
        return np.array(verdicts, dtype=object)

    def by_question(self, name: str, client: int | None) -> Hit | None:
        """Return the rule that fires on the asker's address, before one on the canonical name (§5.4)."""
        if client is not None and (found := self.client_ip.find([client])):
            return Hit(self, "CLIENT-IP", f"{found[0]}.rpz-client-ip", found[1])
        if found := self.qname.find(name):
            return Hit(self, "QNAME", found[0], _at(name, found[1]))
        return None

    def by_answer(
        self, addresses: Iterable[int], servers: Iterable[str], server_addresses: Iterable[int]
    ) -> Hit | None:
        """Return the rule that fires on what the resolver found: IP before NSDNAME before NSIP (§5.4).

        Parameters
        ----------
        addresses : iterable of int
            In the answer.
        servers, server_addresses : iterable of str and int
            Canonical names and addresses of the name servers of every zone around the name, below the top
            level.
        """
        if found := self.ip.find(addresses):
            return Hit(self, "IP", f"{found[0]}.rpz-ip", found[1])
        by_name = [
            (_rank(found[0], server), server, found)
            for server in servers
            if (found := self.nsdname.find(server))
        ]
        if by_name:
            _, server, (owner, action) = min(by_name)
            return Hit(self, "NSDNAME", f"{owner}.rpz-nsdname", _at(server, action))
        if found := self.nsip.find(server_addresses):
            return Hit(self, "NSIP", f"{found[0]}.rpz-nsip", found[1])
        return None

    def to_rpz(self) -> str:
        """Return the zone as a master file, which `from_rpz` reads back as equal."""
        lines = [f"$ORIGIN {self.zone}.", _line("@", self.soa), *(_line("@", data) for data in self.apex)]
        for suffix, table in self._tables().items():
            for owner, action in table.rules():
                lines += [_line(owner + suffix, data) for data in action.records]
        return "\n".join(lines) + "\n"

    def _tables(self) -> dict[str, Names[Action] | Blocks[Action]]:
        """Return each kind of trigger by what its owners end in."""
        return {
            ".rpz-client-ip": self.client_ip,
            "": self.qname,
            ".rpz-ip": self.ip,
            ".rpz-nsdname": self.nsdname,
            ".rpz-nsip": self.nsip,
        }

    def _fill(self, source: MasterFile) -> None:
        """Put every record where its trigger belongs, and note bad ones."""
        exact = self.qname.exact
        actions: dict[Data, Action | str] = {}
        several: dict[tuple[Data, ...], Action] = {}
        for line, owner, data in source.records():
            if not owner:
                if data.type in _AT_APEX:
                    self.apex += (data,)
                else:
                    source.bad(line, f"{data.type} at the apex of the zone; a rule's name is below it")
                continue
            action = actions.get(data)
            if action is None:
                action = actions[data] = _action(data, source.zone)
            try:
                if isinstance(action, str):
                    raise ValueError(action)
                table, key = self._place(owner) if "rpz-" in owner or "*" in owner else (exact, owner)
                if key in table:
                    records = _together(table[key].records, data)
                    table[key] = several.setdefault(records, Action("redirected", records))
                else:
                    table[key] = action
            except ValueError as error:
                source.bad(line, f"{owner}: {error}")

    def _place(self, owner: str) -> tuple[dict[Any, Action], Any]:
        """Return the table that a trigger belongs to, and its key there."""
        name, _, kind = owner.rpartition(".")
        if not kind.startswith("rpz-"):
            return _place_of_name(self.qname, owner)
        table = self._tables().get(f".{kind}")
        if table is None:
            raise ValueError(f"unknown trigger {kind}")
        if isinstance(table, Names):
            return _place_of_name(table, name)
        length, bits = block(name)
        return table.by_length.setdefault(length, {}), bits


def _place_of_name(table: Names[Action], name: str) -> tuple[dict[Any, Action], Any]:
    wildcard = name == "*" or name.startswith("*.")
    behind = name[2:] if wildcard else name
    if "*" in behind:
        raise ValueError("an asterisk covers names only as the whole first label")
    if not name:
        raise ValueError("no name before the kind of trigger")
    return (table.wild, behind) if wildcard else (table.exact, name)


def _action(data: Data, zone: str) -> Action | str:
    """Return what a record makes a rule do (§3), or why no rule can have it."""
    if data.type in _NO_DATA:
        return f"{data.type} is no local data"
    if data.type != "CNAME":
        return Action("redirected", (data,))
    if verdict := _SPECIAL.get(data.value):
        return Action(verdict, (data,))
    first, _, rest = data.value.partition(".")
    if f"{first}." in _SPECIAL and rest == f"{zone}.":
        return f"CNAME {first} is a name in the zone itself; write {first}. with a final dot"
    last = data.value[:-1].rpartition(".")[2]
    if last.startswith("rpz-"):
        return f"CNAME {data.value} is no action; they are {', '.join(_SPECIAL)}"
    return Action("redirected", (data,), data.value)


def _together(records: tuple[Data, ...], data: Data) -> tuple[Data, ...]:
    """Add a record to those that an owner has already."""
    kinds = {each.type for each in records}
    if data.type == "CNAME" and "CNAME" in kinds:
        raise ValueError("a second CNAME for this owner")
    if "CNAME" in kinds | {data.type}:
        raise ValueError("a CNAME beside other data")
    if any((each.type, each.value) == (data.type, data.value) for each in records):
        raise ValueError("the same record twice")
    return (*records, data)


def _at(name: str, action: Action) -> Action:
    """Return what a rule does at a name that it covers: a CNAME to the name itself lets pass."""
    if action.target and action.target == f"{name}.":
        return Action("passed", action.records)
    return action


def _rank(owner: str, name: str) -> tuple[bool, int, list[str]]:
    """Return a key that sorts rules: exact before wildcard, longer before shorter wildcard (§5.3), then the
    names that they cover as DNSSEC does (§5.5, RFC 4034 §6.1)."""
    wild = owner.startswith("*")
    return wild, -owner.count(".") * wild, name.split(".")[::-1]


def _line(owner: str, data: Data) -> str:
    return f"{owner} {data.ttl} {data.type} {data.value}"
