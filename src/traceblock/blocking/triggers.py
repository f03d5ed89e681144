"""What a policy rule waits for: a name, or an address in a block (draft-vixie-dnsop-dns-rpz §4)."""

import ipaddress
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Generic, TypeVar

T = TypeVar("T")

#: IPv4 stands among the 128-bit addresses as in ::ffff:0:0/96 (RFC 4291, "IPv4-mapped"), so prefixes compare.
_MAPPED, _MAPPED_PREFIX = 0xFFFF << 32, 96
_IPV4 = re.compile(r"(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})")
_IPV6 = re.compile(r"(\d{1,3})((?:\.(?:[0-9a-f]{1,4}|zz)){1,8})")


@dataclass
class Names(Generic[T]):
    """Rules by name, looked up as records are (RFC 4592): by the name itself, else by the wildcard of its
    closest encloser, the longest name above it that exists. A name exists if a rule or a name below has it.

    Attributes
    ----------
    exact : dict
        Name to rule.
    wild : dict
        What stands behind ``*.`` to rule; the empty text for a bare ``*``.
    """

    exact: dict[str, T] = field(default_factory=dict)
    wild: dict[str, T] = field(default_factory=dict)
    _between: set[str] = field(default_factory=set, compare=False)  # empty non-terminals (RFC 4592 §2.2.2)

    def __len__(self) -> int:
        """Return the number of rules."""
        return len(self.exact) + len(self.wild)

    def rules(self) -> Iterator[tuple[str, T]]:
        """Yield owner and rule."""
        yield from self.exact.items()
        for name, rule in self.wild.items():
            yield _wildcard(name), rule

    def close(self) -> None:
        """Find the names that exist only because of others below; call it after the last rule."""
        exact, wild, between = self.exact, self.wild, self._between
        for table in (exact, wild):
            for name in table:
                above = name.partition(".")[2]
                while above and above not in between and above not in exact and above not in wild:
                    between.add(above)
                    above = above.partition(".")[2]

    def find(self, name: str) -> tuple[str, T] | None:
        """Return the owner that covers a name, and its rule."""
        rule = self.exact.get(name)
        if rule is not None:
            return name, rule
        wild = self.wild
        if not wild or name in self._between or name in wild:
            return None
        while name:
            name = name.partition(".")[2]
            rule = wild.get(name)
            if rule is not None:
                return _wildcard(name), rule
            if name in self.exact or name in self._between:
                return None
        return None


@dataclass
class Blocks(Generic[T]):
    """Rules by block of addresses: the longest prefix wins (§5.6), then the smallest address (§5.7).

    Attributes
    ----------
    by_length : dict
        Prefix length (of 128 bits) to the blocks of that length: their leading bits to rule.
    """

    by_length: dict[int, dict[int, T]] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return the number of rules."""
        return sum(map(len, self.by_length.values()))

    def rules(self) -> Iterator[tuple[str, T]]:
        """Yield owner and rule."""
        for length, blocks in self.by_length.items():
            for bits, rule in blocks.items():
                yield encoded(length, bits), rule

    def close(self) -> None:
        """Put the longest prefixes first; call it after the last rule."""
        self.by_length = dict(sorted(self.by_length.items(), reverse=True))

    def find(self, addresses: Iterable[int]) -> tuple[str, T] | None:
        """Return the block that covers one of some addresses, as an owner, and its rule."""
        addresses = list(addresses) if self.by_length else ()
        for length, blocks in self.by_length.items():
            held = {address >> (128 - length) for address in addresses} & blocks.keys()
            if held:
                return encoded(length, min(held)), blocks[min(held)]
        return None


def _wildcard(name: str) -> str:
    return f"*.{name}" if name else "*"


@lru_cache(maxsize=1 << 16)
def number(address: str) -> int:
    """Return an address as one of 128 bits; ValueError if it is none."""
    given = ipaddress.ip_address(address)
    return int(given) | _MAPPED if given.version == 4 else int(given)


def block(text: str) -> tuple[int, int]:
    """Read a block of addresses from the labels before ``rpz-ip``, such as 24.0.113.0.203 (§4.1.1).

    IPv6 has its words in hexadecimal, in reverse; ``zz`` stands for ``::``. Only the form of `encoded` is
    read: BIND loads others too, but finds no rule under them.

    Returns
    -------
    length, bits : int
        Of a 128-bit address, and its so many leading bits.
    """
    if found := _IPV4.fullmatch(text):
        prefix, *reverse = found.groups()
        network: ipaddress.IPv4Network | ipaddress.IPv6Network
        network = ipaddress.IPv4Network(f"{'.'.join(reversed(reverse))}/{prefix}")
    elif found := _IPV6.fullmatch(text):
        words = found[2].split(".")[:0:-1]
        gap = words.index("zz") if "zz" in words else len(words)
        address = ":".join(words[:gap]) + "::" * ("zz" in words) + ":".join(words[gap + 1 :])
        network = ipaddress.IPv6Network(f"{address}/{found[1]}")
    else:
        raise ValueError("give the prefix length and the address in reverse, such as 24.0.113.0.203")
    if network.prefixlen == 0:
        raise ValueError("the prefix length is 0; give 1 or more")
    length, first = network.prefixlen, int(network.network_address)
    if network.version == 4:
        length, first = length + _MAPPED_PREFIX, first | _MAPPED
    bits = first >> (128 - length)
    if encoded(length, bits) != text:
        raise ValueError(f"write it as {encoded(length, bits)}; a resolver looks for no other form")
    return length, bits


def encoded(length: int, bits: int) -> str:
    """Return a block as `block` reads it, an IPv6 address in the one form that RFC 5952 leaves."""
    address = bits << (128 - length)
    if length >= _MAPPED_PREFIX and address >> 32 == 0xFFFF:
        words = str(ipaddress.IPv4Address(address & 0xFFFFFFFF)).split(".")
        length -= _MAPPED_PREFIX
    else:
        words = str(ipaddress.IPv6Address(address)).replace("::", ":zz:").strip(":").split(":")
    return ".".join([str(length), *reversed(words)])
