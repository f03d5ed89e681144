"""What a policy rule waits for: a name, or an address in a block (draft-vixie-dnsop-dns-rpz §4)."""

import ipaddress
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from socket import AF_INET6, inet_ntop, inet_pton
from typing import Generic, TypeVar

from traceblock.blocking.names import parent

T = TypeVar("T")

#: How many names without a record a zone may have for each that has some, on an average.
MOST_BETWEEN = 20

#: IPv4 stands among the 128-bit addresses as in ::ffff:0:0/96 (RFC 4291, "IPv4-mapped"), so prefixes compare.
_MAPPED, _MAPPED_PREFIX = 0xFFFF << 32, 96
_NUMBERS = {str(number): number for number in range(256)}  # written in the one way that a resolver looks for
_DIGITS = re.compile(r"[0-9]{1,20}+(?:\.[0-9]{1,20}+)*+")
_SHAPE = "the prefix length comes first, then the address in reverse"

Interface = ipaddress.IPv4Interface | ipaddress.IPv6Interface


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
        """Find the names that exist only because of others below; call it after the last rule.

        They matter below a wildcard alone.

        Raises
        ------
        ValueError
            If they are too many to be of a zone that somebody wrote.
        """
        exact, wild, between = self.exact, self.wild, self._between
        most = MOST_BETWEEN * len(self) + 1_000
        for name in chain(exact, wild) if wild else ():
            way, above = [], parent(name)
            while above and above not in wild and above not in between:
                way.append(above)
                above = parent(above)
            if above in wild or above in between:
                between.update(each for each in way if each not in exact)
            if len(between) > most:
                raise ValueError(
                    f"more than {most:,} names that exist only because of names below; split the zone"
                )

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

    Raises
    ------
    ValueError
        If it is none; the message says how to write what was meant, where that can be told.
    """
    found = _ipv4(text) or _ipv6(text)
    if found is None:
        raise ValueError(_advice(text))
    return found


def _ipv4(text: str) -> tuple[int, int] | None:
    """Return the block of five numbers, unless they are none, or not in the one form."""
    try:
        length, d, c, b, a = [_NUMBERS[word] for word in text.split(".")]
    except (KeyError, ValueError):
        return None
    address, rest = a << 24 | b << 16 | c << 8 | d, 32 - length
    if not 0 <= rest < 32 or address >> rest << rest != address:
        return None
    return length + _MAPPED_PREFIX, (address | _MAPPED) >> rest


def _ipv6(text: str) -> tuple[int, int] | None:
    """Return the block of a prefix length and words, unless they are none, or not in the one form."""
    first, _, words = text.partition(".")
    length = _NUMBERS.get(first, 0)
    rest = 128 - length
    try:
        forwards = _forwards(words)
        packed = inet_pton(AF_INET6, forwards)
        if not 0 <= rest < 128 or (inet_ntop(AF_INET6, packed) != forwards and not _is_shortest(forwards)):
            return None
    except (OSError, ValueError):
        return None
    address = int.from_bytes(packed)
    if address >> rest << rest != address or (rest <= 32 and address >> 32 == 0xFFFF):
        return None
    return length, address >> rest


def _forwards(words: str) -> str:
    """Return the reversed words of an IPv6 address as it is written elsewhere."""
    reverse = words.split(".")
    if ":" in words or "" in reverse:
        raise ValueError(words)
    forwards = ":".join(reverse[::-1])
    if "zz" in forwards:
        forwards = f":{forwards}" if forwards[0] == "z" else forwards
        forwards = f"{forwards}:" if forwards[-1] == "z" else forwards
        forwards = forwards.replace("zz", "", 1)
    return forwards


def _is_shortest(address: str) -> bool:
    """Say whether an IPv6 address is as RFC 5952 §4 has it; inet_ntop may give a dotted one (§5)."""
    return str(ipaddress.IPv6Address(address)) == address


def _advice(text: str) -> str:
    """Say how an address trigger is written, and what was probably meant by one that is not."""
    numbers = text.split(".")
    if _DIGITS.fullmatch(text) and len(numbers) in (4, 5):
        return _advice_of_numbers([int(number) for number in numbers])
    for read in (_prefix, _words):
        try:
            return _advice_of(read(text), text)
        except ValueError:
            continue
    try:
        alone = _words(f"128.{text}")
    except ValueError:
        return f"{_SHAPE}, such as 24.0.113.0.203, or 48.zz.1.db8.2001 with the words of IPv6 and zz for ::"
    return (
        f"no prefix length from 1 to 128; {_SHAPE}: {_written(alone.network)} for the one address {alone.ip}"
    )


def _advice_of_numbers(numbers: list[int]) -> str:
    """Say what is wrong with four numbers, or with five that are no block of IPv4."""
    length, *reverse = numbers
    dotted = ".".join(map(str, numbers))
    if len(numbers) == 4 and max(numbers) <= 255:
        address = ".".join(map(str, reversed(numbers)))
        return f"four numbers; {_SHAPE}: 32.{dotted} for the one address {address}"
    if len(numbers) == 5 and length > 32 >= reverse[-1] > 0 and max(numbers) <= 255:
        meant = ipaddress.ip_network(f"{'.'.join(map(str, numbers[:4]))}/{reverse[-1]}", strict=False)
        return f"{length} is no prefix length; {_SHAPE}: {_written(meant)} for {meant}"
    if len(numbers) == 5 and not 1 <= length <= 32:
        return f"{length} is no prefix length of IPv4; give 1 to 32"
    if max(reverse) > 255:
        return f"{max(reverse)} is no part of an IPv4 address; give 0 to 255"
    address = ".".join(map(str, reversed(reverse)))
    return _advice_of(ipaddress.ip_interface(f"{address}/{length}"), dotted)


def _advice_of(given: Interface, text: str) -> str:
    """Say in which form a resolver looks for a block, or what an address beyond its prefix may mean."""
    if given.network.prefixlen == 0:
        return "the prefix length is 0, which covers everything; give 1 or more"
    if given.ip == given.network.network_address:
        return f"write it as {_written(given.network)}; a resolver looks for no other form"
    meant = [
        f"{_written(given.network)} for the block",
        f"{_written(ipaddress.ip_network(given.ip))} for the address",
    ]
    if _ipv6(f"128.{text}"):
        meant.append(f"128.{text} if it has no prefix length")
    return (
        f"{given.ip} goes on beyond a prefix length of {given.network.prefixlen}; write {', or '.join(meant)}"
    )


def _prefix(text: str) -> Interface:
    """Read a block as it is written elsewhere, such as 203.0.113.0/24 or 2001:db8::."""
    return ipaddress.ip_interface(text)


def _words(text: str) -> Interface:
    """Read the words of an IPv6 block in any form."""
    length, _, words = text.partition(".")
    if not length.isdecimal():
        raise ValueError(text)
    return ipaddress.ip_interface(f"{_forwards(words)}/{length}")


def _written(network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> str:
    """Return a block as a trigger."""
    first, length = int(network.network_address), network.prefixlen
    if network.version == 4:
        first, length = first | _MAPPED, length + _MAPPED_PREFIX
    return encoded(length, first >> (128 - length))


def encoded(length: int, bits: int) -> str:
    """Return a block as `block` reads it, an IPv6 address in the one form that RFC 5952 leaves."""
    address = bits << (128 - length)
    if length >= _MAPPED_PREFIX and address >> 32 == 0xFFFF:
        words = str(ipaddress.IPv4Address(address & 0xFFFFFFFF)).split(".")
        length -= _MAPPED_PREFIX
    else:
        words = str(ipaddress.IPv6Address(address)).replace("::", ":zz:").strip(":").split(":")
    return ".".join([str(length), *reversed(words)])
