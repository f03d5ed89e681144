"""One zone of the DNS, and what its servers answer."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from traceblock.blocking.master_file import Data, MasterFile
from traceblock.blocking.names import parent

#: What people call the root zone.
ROOT = "root"


class Reply(NamedTuple):
    """What the servers of a zone say to a question (RFC 1034 §4.3.2), without following a CNAME.

    Attributes
    ----------
    rcode : str
        NOERROR, NXDOMAIN, or SERVFAIL if no server of the zone answers.
    records : tuple of (type, value)
        Empty also where the name has no record of the type (NODATA, RFC 2308 §2.2).
    ttl : int
        How long it may be kept, in seconds (RFC 2308 §5 where there is no record).
    """

    rcode: str
    records: tuple[tuple[str, str], ...]
    ttl: int


Node = dict[str, Reply]  # by type
_SILENCE = Reply("SERVFAIL", (), 0)


@dataclass(eq=False, slots=True)
class Zone:
    """One zone, and the way to it from the root.

    Attributes
    ----------
    name : str
        Without a final dot; empty for the root.
    nodes : dict or None
        Name to what is there, by type; a name between two others is there with nothing. None if the zone is
        delegated to servers that nobody runs.
    servers : tuple of str
        The names of its servers, with final dots.
    ttl, negative_ttl : int
        How long it may be remembered who its servers are, and that it has no such name or record.
    above : Zone or None
        Which zone delegates it.
    role : str
        What to call its servers: the zone's name with a final dot.
    way : tuple of Zone
        From the root to this.
    """

    name: str
    nodes: dict[str, Node] | None
    servers: tuple[str, ...]
    ttl: int
    negative_ttl: int
    above: "Zone | None"
    role: str = field(init=False)
    way: tuple["Zone", ...] = field(init=False)

    def __post_init__(self) -> None:
        """Note what to call it, and the way to it."""
        self.role = f"{self.name}." if self.name else ROOT
        self.way = (*self.above.way, self) if self.above else (self,)

    def find(self, name: str, kind: str) -> Reply:
        """Return what there is at a canonical name in this zone, from a wildcard if need be (RFC 4592)."""
        nodes = self.nodes
        if nodes is None:
            return _SILENCE
        node = nodes.get(name)
        if node is None:
            above = parent(name)
            while above not in nodes:  # the apex always is
                above = parent(above)
            node = nodes.get(f"*.{above}" if above else "*")
            if node is None:
                return Reply("NXDOMAIN", (), self.negative_ttl)
        reply = node.get(kind) or node.get("CNAME")
        if reply is None and kind == "ANY" and node:
            records = tuple(record for each in node.values() for record in each.records)
            return Reply("NOERROR", records, min(each.ttl for each in node.values()))
        return reply or Reply("NOERROR", (), self.negative_ttl)


class Content(NamedTuple):
    """What a master file holds."""

    nodes: dict[str, Node]
    negative_ttl: int


def content_of(source: MasterFile) -> Content:
    """Read a zone's nodes by full name, and note what is wrong."""
    records = source.records()
    held: dict[str, dict[str, list[Data]]] = {}
    for line, owner, data in records:
        name = f"{owner}.{source.zone}".strip(".")
        node = held.setdefault(name, {})
        values = node.setdefault(data.type, [])
        if data.type == "DNAME":
            source.bad(line, "DNAME is not followed here; give a CNAME for each name")
        elif data.type == "CNAME" and values:
            source.bad(line, f"{name}: a second CNAME for this owner")
        elif "CNAME" in node and (len(node) > 1 or not owner):
            source.bad(line, f"{name}: a CNAME beside other data")
        elif any(data.value == other.value for other in values):
            source.bad(line, f"{name}: the same record twice")
        values.append(data)
    soa = source.soa
    held.setdefault(source.zone, {})["SOA"] = [soa]
    nodes = {
        name: {
            kind: Reply(
                "NOERROR", tuple((kind, each.value) for each in values), min(each.ttl for each in values)
            )
            for kind, values in node.items()
        }
        for name, node in held.items()
    }
    minimum = int(soa.value.split()[-1]) if soa.value else 0
    return Content(nodes, min(soa.ttl, minimum))


def complete(apex: str, nodes: dict[str, Node], names: Iterable[str]) -> None:
    """Add the names between some and the apex, which have no records (RFC 4592 §2.2.2)."""
    for name in names:
        while name != apex:
            name = parent(name)
            nodes.setdefault(name, {})
