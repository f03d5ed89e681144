"""Response Policy Zones: what a resolver is told to answer instead of the truth.

After Vixie & Schryver, "DNS Response Policy Zones (RPZ)", draft-vixie-dnsop-dns-rpz-00 (2018); § below is
a section of it. Where implementations differ, as BIND 9.18 has it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from os import PathLike
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from traceblock import arguments
from traceblock.blocking.bad_lines import BadLines
from traceblock.blocking.master_file import Data, MasterFile, Records
from traceblock.blocking.names import canonicals
from traceblock.blocking.rrsets import RRsets, uncollected
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
_NEVER = {"SOA", "NS", "DNAME", "DS", "CDS", "DNSKEY", "CDNSKEY", "RRSIG", "NSEC", "NSEC3", "NSEC3PARAM"}
_AT_APEX = {"NS", "TXT"}

_Table = Names[Records] | Blocks[Records]


class Action(NamedTuple):
    """What happens where a rule fires: one of `VERDICTS`, and the records that say so."""

    verdict: str
    records: Records
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
    qname, nsdname : Names of records
        Rules by name asked for (§4.2, a wildcard does not cover its apex) and by name server (§4.4).
    client_ip, ip, nsip : Blocks of records
        Rules by the asker's address (§4.1), address in the answer (§4.3) and address of a name server (§4.5).
    needs_answer : bool
        Whether a rule looks at what the resolver finds.
    """

    zone: str
    soa: Data
    ede: int = field(default=15, compare=False)
    apex: Records = ()
    qname: Names[Records] = field(default_factory=Names)
    nsdname: Names[Records] = field(default_factory=Names)
    client_ip: Blocks[Records] = field(default_factory=Blocks)
    ip: Blocks[Records] = field(default_factory=Blocks)
    nsip: Blocks[Records] = field(default_factory=Blocks)
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
            data. A CNAME to the name asked for lets pass too, the old way to write it. The same record twice
            is one, with the first's time to live (RFC 2181 §5).
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
            If any line is bad: the first 20, as ``file:line: reason``, and how many more; nothing is loaded.
        """
        if not isinstance(text, str):
            raise ValueError(f"text is a {type(text).__name__}; give the master file as text")
        if not isinstance(file, str | PathLike):
            raise arguments.refuse("file", file, "the name of the file, as a text or a path")
        if not (isinstance(ede, int | np.integer) and ede in ERRORS):
            raise arguments.refuse("ede", ede, ", ".join(f"{code} ({why})" for code, why in ERRORS.items()))
        bad = BadLines()
        source = MasterFile(text, str(file), bad)
        rules = cls("", source.soa, ede)
        with uncollected():
            rules._fill(source)
        bad.refuse()
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
        find, verdicts = self.qname.find, []
        for name in canonicals("names", arguments.several("names", names, "names", empty=True)):
            found = find(name)
            verdicts.append("passed" if found is None else _at(name, found[1]).verdict)
        return np.array(verdicts, dtype=object)

    def by_question(self, name: str, client: int | None) -> Hit | None:
        """Return the rule that fires on the asker's address, before one on the canonical name (§5.4)."""
        if client is not None and (found := self.client_ip.find([client])):
            return Hit(self, "CLIENT-IP", f"{found[0]}.rpz-client-ip", _action(found[1]))
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
            return Hit(self, "IP", f"{found[0]}.rpz-ip", _action(found[1]))
        by_name = [
            (_rank(found[0], server), server, found)
            for server in servers
            if (found := self.nsdname.find(server))
        ]
        if by_name:
            _, server, (owner, records) = min(by_name)
            return Hit(self, "NSDNAME", f"{owner}.rpz-nsdname", _at(server, records))
        if found := self.nsip.find(server_addresses):
            return Hit(self, "NSIP", f"{found[0]}.rpz-nsip", _action(found[1]))
        return None

    def to_rpz(self) -> str:
        """Return the zone as a master file, which `from_rpz` reads back as equal."""
        lines = [f"$ORIGIN {self.zone}.", _line("@", self.soa), *(_line("@", data) for data in self.apex)]
        for suffix, table in self._tables().items():
            for owner, records in table.rules():
                lines += [_line(owner + suffix, data) for data in records]
        return "\n".join(lines) + "\n"

    def _tables(self) -> dict[str, _Table]:
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
        tables, exact, apex = self._tables(), self.qname.exact, dict[str, Records]()
        rrsets = RRsets()
        table: dict[Any, Records]
        for line, owner, records in source.records():
            kind, value = records[0][1:]
            try:
                if owner:
                    if kind in _NEVER:
                        raise ValueError(f"{kind} is no local data")
                    if kind == "CNAME" and ("rpz-" in value or value[0] == "*"):
                        _refuse_no_action(value, source.zone)
                    table, key = _place(owner, tables) if "rpz-" in owner or "*" in owner else (exact, owner)
                elif kind in _AT_APEX:
                    table, key = apex, owner
                else:
                    raise ValueError(f"{kind} at the apex of the zone; a rule's name is below it")
                if key in table:
                    rrsets.join(table, key, records[0])
                else:
                    table[key] = records
            except ValueError as error:
                source.bad(line, f"{owner}: {error}" if owner else error)
        rrsets.close()
        self.apex = apex.get("", ())


def _place(owner: str, tables: dict[str, _Table]) -> tuple[dict[Any, Records], Any]:
    """Return the table that a trigger belongs to, and its key there."""
    name, _, kind = owner.rpartition(".")
    if not kind.startswith("rpz-"):
        name, kind = owner, ""
    table = tables.get(f".{kind}" if kind else "")
    if table is None:
        raise ValueError(f"unknown trigger {kind}")
    if isinstance(table, Blocks):
        length, bits = block(name)
        return table.by_length.setdefault(length, {}), bits
    wildcard = name == "*" or name.startswith("*.")
    behind = name[2:] if wildcard else name
    if "*" in behind:
        raise ValueError("an asterisk covers names only as the whole first label")
    if not name:
        raise ValueError("no name before the kind of trigger")
    return (table.wild, behind) if wildcard else (table.exact, name)


def _refuse_no_action(value: str, zone: str) -> None:
    """Refuse a CNAME that looks like an action (§3) and is none."""
    first, _, rest = value.partition(".")
    if f"{first}." in _SPECIAL and rest == f"{zone}.":
        raise ValueError(f"CNAME {first} is a name in the zone itself; write {first}. with a final dot")
    if value not in _SPECIAL and value[:-1].rpartition(".")[2].startswith("rpz-"):
        raise ValueError(f"CNAME {value} is no action; they are {', '.join(_SPECIAL)}")


def _action(records: Records) -> Action:
    """Return what the records of a rule make it do."""
    kind, value = records[0][1:]
    if kind != "CNAME":
        return Action("redirected", records)
    verdict = _SPECIAL.get(value)
    return Action(verdict, records) if verdict else Action("redirected", records, value)


def _at(name: str, records: Records) -> Action:
    """Return what a rule does at a name that it covers: a CNAME to the name itself lets pass."""
    action = _action(records)
    return Action("passed", records) if action.target and action.target == f"{name}." else action


def _rank(owner: str, name: str) -> tuple[bool, int, list[str]]:
    """Return a key that sorts rules: exact before wildcard, longer before shorter wildcard (§5.3), then the
    names that they cover as DNSSEC does (§5.5, RFC 4034 §6.1)."""
    wild = owner.startswith("*")
    return wild, -owner.count(".") * wild, name.split(".")[::-1]


def _line(owner: str, data: Data) -> str:
    return f"{owner} {data.ttl} {data.type} {data.value}"
