"""The authoritative side of the DNS: all zones, and who serves them."""

from collections.abc import Callable

import pandas as pd

from traceblock import arguments
from traceblock.blocking.bad_lines import BadLines
from traceblock.blocking.hosting import Hosting
from traceblock.blocking.master_file import MasterFile
from traceblock.blocking.names import parent
from traceblock.blocking.rrsets import uncollected
from traceblock.blocking.triggers import number
from traceblock.blocking.zone import ROOT, Content, Node, Zone, complete, content_of

_ADDRESSES = ("A", "AAAA")


class Zones:
    """The authoritative records that look-ups find; made by `from_text` or `zones`.

    Where the zones above one are not given, a root and a top-level domain stand in for them that know of
    nothing else. A zone that is given counts as delegated.

    Parameters
    ----------
    found : dict
        Zones by name, the root among them.
    make : function, optional
        Makes the zone of a name when it is first needed; None if there is none.
    glue : dict, optional
        Addresses of name servers that their own zones do not give.
    """

    def __init__(
        self,
        found: dict[str, Zone],
        make: Callable[[str], Zone | None] = lambda name: None,
        glue: dict[str, list[int]] | None = None,
    ) -> None:
        self._zones = _Apexes(found)
        self._zones.make = make
        self._glue = glue or {}
        self._server_addresses: dict[str, tuple[int, ...]] = {}

    @classmethod
    def from_text(cls, *master_files: str) -> "Zones":
        """Read zones.

        Parameters
        ----------
        *master_files : str
            The text of one master file each (RFC 1035 §5), the SOA first. NS records below the apex
            delegate; if that zone is not among the files, nobody answers for it.

        Raises
        ------
        ValueError
            If any line of any file is bad: the first 20, as ``<text n>:line: reason``, and how many more; if
            there is no file, or two are of the same zone.
        """
        if not master_files:
            raise arguments.refuse("master_files", master_files, "the text of at least one zone")
        given: dict[str, Content] = {}
        bad = BadLines()
        for i, text in enumerate(master_files, 1):
            if not isinstance(text, str):
                raise ValueError(f"master_files: the {i}. is a {type(text).__name__}; give text")
            source, before = MasterFile(text, f"<text {i}>", bad), len(bad)
            with uncollected():
                content = content_of(source)
            if len(bad) > before:
                continue
            if source.zone in given:
                raise ValueError(f"master_files: the zone {source.zone or ROOT} is given twice")
            given[source.zone] = content
        bad.refuse()
        found = _connected(given)
        return cls(found, glue=_glue(found))

    def zone_of(self, name: str) -> Zone:
        """Return the zone that a canonical name is in."""
        zones = self._zones
        while (zone := zones[name]) is None:
            name = name.partition(".")[2]
        return zone

    def server_addresses(self, zone: Zone) -> tuple[int, ...]:
        """Return the addresses of a zone's servers, as 128-bit numbers."""
        if zone.name not in self._server_addresses:
            self._server_addresses[zone.name] = tuple(
                address for server in zone.servers for address in self._addresses(server[:-1])
            )
        return self._server_addresses[zone.name]

    def _addresses(self, server: str) -> list[int]:
        zone = self.zone_of(server)
        answers = [answer for kind in _ADDRESSES for answer in zone.find(server, kind).records]
        return [number(value) for kind, value in answers if kind != "CNAME"] or self._glue.get(server, [])


class _Apexes(dict[str, "Zone | None"]):
    """Zones by name; those that nobody asked for yet are made when somebody does."""

    make: Callable[[str], Zone | None]

    def __missing__(self, name: str) -> Zone | None:
        zone = self.make(name)
        if zone is not None:
            self[name] = zone
        return zone


def _connected(given: dict[str, Content]) -> dict[str, Zone]:
    """Return zones, with those above them and those that they delegate to nobody."""
    delegated = {
        name: servers
        for each in given.values()
        for name, node in each.nodes.items()
        if (servers := [data for data in node if data.type == "NS"])
    }
    for apex, each in given.items():  # a zone knows its own servers best
        if own := [data for data in each.nodes[apex] if data.type == "NS"]:
            delegated[apex] = own
    apexes = {"", *given, *delegated}
    apexes |= {name.rpartition(".")[2] for name in apexes}
    found: dict[str, Zone] = {}
    for apex in sorted(apexes, key=_depth):
        above = _above(apex, found)
        nodes: dict[str, Node] | None = {apex: ()}  # what stands in for a zone
        negative_ttl = 0
        if apex in given:
            nodes, negative_ttl = given[apex]
            complete(apex, nodes, list(nodes))
        elif apex in delegated:
            nodes = None
        servers = delegated.get(apex, [])
        ttl = min((data.ttl for data in servers), default=0)
        found[apex] = Zone(apex, nodes, tuple(data.value for data in servers), ttl, negative_ttl, above)
        if above and above.nodes is not None:
            above.nodes.setdefault(apex, ())
            complete(above.name, above.nodes, [apex])
    return found


def _above(apex: str, found: dict[str, Zone]) -> Zone | None:
    while apex:
        apex = parent(apex)
        if apex in found:
            return found[apex]
    return None


def _glue(found: dict[str, Zone]) -> dict[str, list[int]]:
    """Return the addresses that stand in a zone for names of zones below it."""
    glue: dict[str, list[int]] = {}
    zones = Zones(found)
    delegating = {zone.above for zone in found.values()}
    for zone in found.values():
        for name, node in (zone.nodes or {}).items() if zone in delegating else ():
            if node and zones.zone_of(name) is not zone:
                addresses = [number(data.value) for kind in _ADDRESSES for data in node if data.type == kind]
                glue.setdefault(name, []).extend(addresses)
    return glue


def _depth(name: str) -> int:
    return name.count(".") + bool(name)


def zones(web: pd.DataFrame) -> Zones:
    """Give the sites of a web their names in the DNS.

    Every site has an A record, and ``www.`` before its name is a CNAME: to the name itself, or behind a CDN
    to a name of the CDN's (``www.shop.example`` to ``shop.example.cdn-1.example``). A site's zone is its
    name's last two labels. Whoever runs the server also runs the zone's name servers and mail
    (``ns1.host-1.example``, ``ns2`` and ``mail``), with addresses in 198.51.100.0/24 and 203.0.113.0/24
    (RFC 5737), where several share one. The root and the top-level domains are in 192.0.2.0/24.

    Parameters
    ----------
    web : DataFrame
        ``name``, ``address`` (uint32), ``host``, ``cdn`` (bool); one row a site.

    Returns
    -------
    Zones
        Each zone is made when it is first asked for.

    Raises
    ------
    ValueError
        If a column is missing, a name is none of `build_web`'s kind or there twice, or a site has the name
        of a host's zone.
    """
    arguments.columns("web", web, ("name", "address", "host", "cdn"))
    for column in ("name", "host"):
        arguments.texts("web", web, column)
    arguments.flags("web", web, "cdn")
    arguments.rows("web", web, web["name"].duplicated(), "have a name that another row has")
    hosting = Hosting(web)
    return Zones(hosting.tops, hosting.make)
