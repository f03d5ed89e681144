"""Read a zone's master file (RFC 1035 §5): every line checked, all bad ones reported at once.

Most lines of a long policy zone are a name and one of a few right-hand sides. One regular expression reads
such a line; its right-hand side goes to dnspython once, and comes from a dictionary after that. Any other
line goes to dnspython's tokenizer.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.tokenizer
import dns.ttl

from traceblock.blocking import names

_LINE = re.compile(
    r"((?:[0-9A-Za-z_*-]{1,63}\.)*[0-9A-Za-z_*-]{1,63}\.?)"  # the owner
    r"[ \t]+([^;\"()\\\r]+)"  # time to live, class, type and data
    r"\r?(?:;.*)?"
)
_OWNER = re.compile(rf"{names.LABEL}(?:\.{names.LABEL})*\.?|\.|@")
_QUIET = re.compile(r'\\.|"(?:\\.|[^"\\])*"|;.*')  # where a parenthesis does not count
_CLASS = re.compile("IN|CH|HS|CLASS[0-9]+", re.IGNORECASE)
_LONGEST_ENTRY = 100  # lines
_LONGEST_TTL = 2**31 - 1  # RFC 2181 §8
#: Types whose data are names and numbers, where case does not count.
_NAMED = {"AFSDB", "CNAME", "DNAME", "KX", "MX", "NS", "PTR", "RP", "RT", "SOA", "SRV"}

_Lines = Iterator[tuple[int, str]]


class Data(NamedTuple):
    """One record without its owner; names in `value` are absolute, with a final dot, in lower case."""

    ttl: int
    type: str
    value: str


class MasterFile:
    """One zone as text. Go through `records`, then call `finish`.

    ``$ORIGIN``, ``$TTL``, relative names, ``@``, comments and parentheses are understood. The first record
    is the SOA. A record without a time to live has that of ``$TTL`` (RFC 2308 §4), or else the SOA's
    minimum. Without ``$ORIGIN`` names are relative to the zone, as in BIND.

    Parameters
    ----------
    text : str
    file : str
        What error messages call it.

    Attributes
    ----------
    zone : str
        The zone's name: the SOA's owner.
    soa : Data
    """

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.zone = ""
        self.soa = Data(0, "SOA", "")
        self._lines = text.split("\n")
        self._errors: list[tuple[int, str]] = []
        self._started = False
        self._origin: str | None = None
        self._ttl: int | None = None
        self._minimum = 0
        self._parsed: dict[str, Data] = {}  # right-hand sides, for this origin and time to live
        self._last = ""  # the owner of the record before, as it was written

    def bad(self, line: int, reason: str) -> None:
        """Note what is wrong with a line."""
        self._errors.append((line, reason))

    def finish(self) -> None:
        """Refuse the file if there was anything wrong with it."""
        if self._errors:
            raise ValueError("\n".join(f"{self.file}:{line}: {what}" for line, what in sorted(self._errors)))

    def records(self) -> Iterator[tuple[int, str, Data]]:
        """Yield line, owner and data of every good record after the SOA; the owner relative to the zone.

        The zone's own name, its apex, is the empty text.
        """
        lines = iter(enumerate(self._lines, 1))
        self._start(lines)
        room = names.LONGEST - len(self.zone) - bool(self.zone)
        fits, parsed = _LINE.fullmatch, self._parsed
        at_apex = self._origin == self.zone
        for number, line in lines:
            if found := fits(line):
                owner, rest = found.groups()
                self._last = owner
                data = parsed.get(rest)
                if data is None:
                    data = self._data(number, dns.tokenizer.Tokenizer(rest))
                    if data is None:
                        continue
                    parsed[rest] = data
            elif entry := self._entry(number, line, lines):
                owner, data = entry
            else:
                at_apex = self._origin == self.zone
                continue
            if at_apex and owner[-1] != "." and owner != "@":
                owner = owner.lower()
            else:
                name = self._absolute(owner)
                owner = name if not self.zone else name.removesuffix(self.zone)
                if self.zone and (owner == name or owner[-1:] not in ("", ".")):
                    self.bad(number, f"{name} is not in the zone {self.zone}")
                    continue
                owner = owner[:-1] if self.zone else owner
            if len(owner) > room:
                self.bad(number, f"{owner} is too long: a name has 253 characters, the zone's own included")
            else:
                yield number, owner, data

    def _start(self, lines: _Lines) -> None:
        """Read up to the SOA."""
        for number, line in lines:
            if entry := self._entry(number, line, lines):
                owner, data = entry
                if data.type == "SOA":
                    self.zone, self.soa = self._absolute(owner), data
                else:
                    self.bad(number, "no SOA before this record; a zone begins with one")
                    self.zone = self._origin or ""
                break
        else:
            self.bad(1, "no SOA; a zone begins with one")
        self._started = True

    def _entry(self, number: int, line: str, lines: _Lines) -> tuple[str, Data] | None:
        """Read any line with dnspython's tokenizer, and those that follow inside its parentheses."""
        try:
            if "(" in line:
                line = self._whole(number, line, lines)
            tokens = dns.tokenizer.Tokenizer(line)
            first = tokens.get(want_leading=True)
            if first.is_eol_or_eof():
                return None
            owner = self._last if first.is_whitespace() else first.value
            if first.is_whitespace():
                if (token := tokens.get()).is_eol_or_eof():
                    return None
                tokens.unget(token)
            elif owner.startswith("$"):
                self._direct(owner, tokens)
                return None
        except (dns.exception.DNSException, ValueError) as error:
            self.bad(number, _reason(error))
            return None
        if not _OWNER.fullmatch(owner):
            self.bad(number, _not_a_name(owner) if owner else "no owner, and none before it")
            return None
        self._last = owner
        if self._origin is None:
            self._origin = owner[:-1].lower() if owner[-1] == "." else ""
        data = self._data(number, tokens)
        return None if data is None else (owner, data)

    def _whole(self, number: int, line: str, lines: _Lines) -> str:
        """Return a line and those after it, up to where its last parenthesis closes."""
        entry, is_open = [line], _opened(line)
        for following in self._lines[number : number + _LONGEST_ENTRY] if is_open > 0 else ():
            entry.append(following)
            is_open += _opened(following)
            if is_open <= 0:
                break
        if is_open > 0:
            raise ValueError(f"a parenthesis that is not closed within {_LONGEST_ENTRY} lines")
        for _ in entry[1:]:
            next(lines)
        return "\n".join(entry)

    def _direct(self, directive: str, tokens: dns.tokenizer.Tokenizer) -> None:
        """Follow $ORIGIN or $TTL."""
        if directive.upper() == "$ORIGIN":
            name = tokens.get_identifier()
            if not _OWNER.fullmatch(name):
                raise ValueError(_not_a_name(name))
            if self._last:
                self._last = self._absolute(self._last) + "."
            self._origin = self._absolute(name)
        elif directive.upper() == "$TTL":
            self._ttl = _seconds(tokens.get_identifier())
        else:
            raise ValueError(f"{directive} is not read here; give the records themselves")
        tokens.get_eol()
        self._parsed.clear()

    def _absolute(self, owner: str) -> str:
        """Return an owner as it was written as a name in full, in lower case without its final dot."""
        origin = self._origin or ""
        owner = owner.lower()
        if owner[-1] == ".":
            return owner[:-1]
        if owner == "@":
            return origin
        return f"{owner}.{origin}" if origin else owner

    def _data(self, number: int, tokens: dns.tokenizer.Tokenizer) -> Data | None:
        """Read what follows the owner, or note what is wrong with it."""
        kind = ""
        try:
            ttl, kind = _head(tokens)
            if kind == "SOA" and self._started:
                raise ValueError("an SOA below the first record; a zone has one, and begins with it")
            value = self._value(kind, tokens)
        except (dns.exception.DNSException, ValueError) as error:
            self.bad(number, _reason(error))
            return self.soa if kind == "SOA" and not self._started else None  # a bad SOA is not a missing one
        if kind == "SOA":
            self._minimum = int(value.split()[-1])
        if ttl is None:
            ttl = self._minimum if self._ttl is None else self._ttl
        return Data(ttl, kind, value)

    def _value(self, kind: str, tokens: dns.tokenizer.Tokenizer) -> str:
        """Return a record's data as dnspython writes them, names in full."""
        origin = dns.name.from_text(f"{self._origin or ''}.")
        try:
            value = dns.rdata.from_text("IN", kind, tokens, origin, relativize=False).to_text()
        except dns.exception.DNSException as error:
            raise ValueError(f"{kind}: {_reason(error)}") from None
        return value.lower() if kind in _NAMED else value


def _head(tokens: dns.tokenizer.Tokenizer) -> tuple[int | None, str]:
    """Read a time to live and a class, in any order and if they are there, and the type."""
    ttl = None
    while True:
        token = tokens.get()
        if not token.is_identifier():
            raise ValueError("no type; a record has an owner, a type and data")
        word = token.value
        if not word.isascii():
            raise ValueError(_not_a_name(word))
        if _CLASS.fullmatch(word):
            if dns.rdataclass.from_text(word) != dns.rdataclass.IN:
                raise ValueError(f"class {word}; zones here are of the class IN")
        elif word[0].isdigit():
            ttl = _seconds(word)
        else:
            break
    try:
        kind = dns.rdatatype.from_text(word)
    except dns.exception.DNSException:
        raise ValueError(f"unknown type {word!r}") from None
    if dns.rdatatype.is_metatype(kind):
        raise ValueError(f"the type {word} is for questions only")
    return ttl, dns.rdatatype.to_text(kind)


def _seconds(word: str) -> int:
    """Return a time to live such as 300 or 1h30m."""
    ttl = dns.ttl.from_text(word)
    if ttl > _LONGEST_TTL:
        raise ValueError(f"a time to live of {word}; the longest is {_LONGEST_TTL}")
    return ttl


def _opened(line: str) -> int:
    """Return how many more parentheses a line opens than it closes."""
    counted = _QUIET.sub("", line)
    return counted.count("(") - counted.count(")")


def _not_a_name(word: str) -> str:
    if not word.isascii():
        return f"{word!r} is not ASCII; write A-labels (xn--…)"
    return f"{word!r} is no name; its labels have 1 to 63 letters, digits, hyphens or underscores"


def _reason(error: Exception) -> str:
    """Return what dnspython says of an error, without the names of its classes."""
    text = re.sub(r"caught exception <class '[^']*'>: ", "", str(error))
    return text or type(error).__name__
