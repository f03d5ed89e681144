"""The zones of a synthetic web: its sites', those of the hosts that run them, and what is above them."""

import pandas as pd

from traceblock import arguments, network
from traceblock.blocking.master_file import Data
from traceblock.blocking.names import canonical
from traceblock.blocking.zone import Node, Zone, complete

_TOPS = ("example", "test")
_MINUTES = 300  # in seconds


class Hosting:
    """Makes a zone when it is asked for: a web of 100,000 sites has about as many.

    Attributes
    ----------
    tops : dict
        The root and the top-level domains, by name.
    """

    def __init__(self, web: pd.DataFrame) -> None:
        self.tops = _tops()
        hosts = {label: _Host(label, i) for i, label in enumerate(web["host"].unique())}
        self._hosts = {host.zone: host for host in hosts.values()}
        self._sites: dict[str, list[tuple[str, str, _Host, bool]]] = {}
        addresses = network.to_text(arguments.wholes("web", web, "address", 2**32 - 1))
        columns = [list(column) for column in (web["name"], addresses, web["host"], web["cdn"])]
        for name, address, label, cdn in zip(*columns, strict=True):
            labels = canonical("web: name", name).rsplit(".", 2)
            apex = ".".join(labels[-2:])
            if len(labels) == 1 or labels[-1] not in _TOPS or ".".join(labels) != name:
                raise arguments.refuse("web: name", name, "names in lower case that end in .example or .test")
            if apex in self._hosts:
                raise ValueError(f"web: the site {name} is in a host's zone, {apex}; rename one of them")
            host = hosts[label]
            self._sites.setdefault(apex, []).append((name, address, host, cdn))
            if cdn:
                host.customers[f"{name}.{host.zone}"] = _one("A", address)

    def make(self, apex: str) -> Zone | None:
        """Return the zone of a host or of a site, or None."""
        if apex in self._hosts:
            host = self._hosts[apex]
            nodes = {apex: host.apex, **host.servers, **host.customers}
            complete(apex, nodes, list(nodes))
        elif sites := self._sites.get(apex):
            host = sites[0][2]
            nodes = {apex: host.apex}
            for name, _, runs, cdn in sites:
                nodes[f"www.{name}"] = _one("CNAME", f"{name}.{runs.zone}." if cdn else f"{name}.")
            for name, address, *_ in sites:  # one of them may begin with www itself
                nodes[name] = (host.apex if name == apex else ()) + _one("A", address)
            complete(apex, nodes, [name for name, *_ in sites])
        else:
            return None
        above = self.tops[apex.rpartition(".")[2]]
        return Zone(apex, nodes, host.names, network.DAY, _MINUTES, above)


class _Host:
    """Who runs servers, and the zone that its own machines are in."""

    def __init__(self, label: str, number: int) -> None:
        self.zone = canonical("web: host", f"{label}.example")
        self.customers: dict[str, Node] = {}  # behind a CDN
        last = 1 + number % 254
        self.servers: dict[str, Node] = {
            f"ns1.{self.zone}": _one("A", f"198.51.100.{last}"),
            f"ns2.{self.zone}": _one("A", f"203.0.113.{last}"),
            f"mail.{self.zone}": _one("A", f"203.0.113.{last}"),
        }
        self.names = (f"ns1.{self.zone}.", f"ns2.{self.zone}.")
        self.apex = _apex(*self.names) + _one("MX", f"10 mail.{self.zone}.")


def _tops() -> dict[str, Zone]:
    """Return the root and the top-level domains, with servers in 192.0.2.0/24."""
    root = Zone("", {"": _apex("a.root.example.")}, ("a.root.example.",), network.DAY, _MINUTES, None)
    found = {"": root}
    for i, top in enumerate(_TOPS, 2):
        server = f"a.nic.{top}"
        nodes: dict[str, Node] = {top: _apex(f"{server}."), server: _one("A", f"192.0.2.{i}")}
        if top == "example":
            nodes["a.root.example"] = _one("A", "192.0.2.1")
        complete(top, nodes, list(nodes))
        found[top] = Zone(top, nodes, (f"{server}.",), network.DAY, _MINUTES, root)
    return found


def _apex(*servers: str) -> Node:
    """Return the records at the top of a zone."""
    soa = f"{servers[0]} hostmaster.{servers[0]} 1 3600 600 86400 {_MINUTES}"
    return (Data(_MINUTES, "SOA", soa), *(Data(network.DAY, "NS", server) for server in servers))


def _one(kind: str, value: str) -> Node:
    return (Data(_MINUTES, kind, value),)
