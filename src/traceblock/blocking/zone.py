"""One zone of the DNS, and what its servers answer."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from traceblock.blocking.master_file import MasterFile, Records
from traceblock.blocking.names import parent
from traceblock.blocking.rrsets import RRsets
from traceblock.blocking.triggers import MOST_BETWEEN

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


Node = Records  # of all types
_SILENCE = Reply("SERVFAIL", (), 0)


@dataclass(eq=False, slots=True)
class Zone:
    """One zone, and the way to it from the root.

    Attributes
    ----------
    name : str
        Without a final dot; empty for the root.
    nodes : dict or None
        Name to the records there; a name between two others is there with nothing. None if the zone is
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
        found = [each for each in node if each.type == kind or kind == "ANY"]
        found = found or [each for each in node if each.type == "CNAME"]
        if not found:
            return Reply("NOERROR", (), self.negative_ttl)
        return Reply("NOERROR", tuple(each[1:] for each in found), min(each.ttl for each in found))


class Content(NamedTuple):
    """What a master file holds."""

    nodes: dict[str, Node]
    negative_ttl: int


def content_of(source: MasterFile) -> Content:
    """Read a zone's nodes by full name, and note what is wrong."""
    nodes: dict[str, Node] = {}
    rrsets = RRsets()
    for line, owner, records in source.records():
        name = f"{owner}.{source.zone}".strip(".")
        try:
            if records[0].type == "DNAME":
                raise ValueError("DNAME is not followed here; give a CNAME for each name")
            if records[0].type == "CNAME" and not owner:
                raise ValueError("a CNAME beside other data")
            if name in nodes:
                rrsets.join(nodes, name, records[0])
            else:
                nodes[name] = records
        except ValueError as error:
            source.bad(line, f"{name}: {error}")
    rrsets.close()
    soa = source.soa
    nodes[source.zone] = (soa, *nodes.get(source.zone, ()))
    minimum = int(soa.value.split()[-1]) if soa.value else 0
    return Content(nodes, min(soa.ttl, minimum))


def complete(apex: str, nodes: dict[str, Node], names: Iterable[str]) -> None:
    """Add the names between some and the apex, which have no records (RFC 4592 §2.2.2).

    Raises
    ------
    ValueError
        If they are too many to be of a zone that somebody wrote.
    """
    most = (MOST_BETWEEN + 1) * len(nodes) + 1_000
    for name in names:
        while name != apex and (name := parent(name)) not in nodes:
            nodes[name] = ()
        if len(nodes) > most:
            raise ValueError(f"{apex}: more than {most:,} names, most without a record; split the zone")
