"""Zones of lines of one kind each, in functions that a process of its own can run too."""

from pathlib import Path

from traceblock import blocking

HEAD = """$TTL 300
$ORIGIN rpz.example.
@ SOA ns.example. hostmaster.example. 1 3600 600 86400 300
@ NS ns.example.
"""


def _address(i: int) -> list[str]:
    return ["241", str(i >> 16 & 255), str(i >> 8 & 255), str(i & 255)]


SIMPLE = "names"
#: A line of each kind by its number.
KINDS = {
    SIMPLE: lambda i: f"{'*.' if i % 2 else ''}site-{i:07}.example CNAME .",
    "address triggers": lambda i: f"32.{'.'.join(_address(i)[::-1])}.rpz-ip CNAME .",
    "IPv6 triggers": lambda i: f"128.{i % 65535 + 1:x}.{i // 65535 + 1:x}.zz.db8.2001.rpz-ip CNAME .",
    "addresses": lambda i: f"site-{i:07}.example A {'.'.join(_address(i))}",
    "IPv6 addresses": lambda i: f"site-{i:07}.example AAAA 2001:db8::{i // 65535 + 1:x}:{i % 65535 + 1:x}",
    "targets": lambda i: f"site-{i:07}.example CNAME site-{i:07}.garden.test.",
    "texts": lambda i: f'site-{i:07}.example TXT "by order {i}"',
    "one owner": lambda i: f"site.example A {'.'.join(_address(i))}",
    "two an owner": lambda i: f"site-{i // 2:07}.example {'A 203.0.113.1' if i % 2 else 'AAAA 2001:db8::1'}",
    "the same again": lambda i: "site.example CNAME .",
    "origins": lambda i: f"$ORIGIN site-{i:07}.rpz.example." if i % 2 else "www CNAME .",
}


def text(kind: str, lines: int) -> str:
    """Return a zone of so many lines."""
    return HEAD + "".join(f"{KINDS[kind](i)}\n" for i in range(lines))


def policy(zone: str) -> blocking.Rules:
    return blocking.Rules.from_rpz(zone)


def authority(zone: str) -> blocking.Zones:
    return blocking.Zones.from_text(zone)


READERS = {"policy zone": policy, "zone": authority}


def read_file(reader: str, path: Path) -> object:
    return READERS[reader](path.read_text())


def only_text(path: Path) -> str:
    """Return the text unread: what it takes by itself."""
    return path.read_text()
