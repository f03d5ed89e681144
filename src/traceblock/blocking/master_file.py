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

from traceblock.blocking import names, plain_data
from traceblock.blocking.bad_lines import BadLines

_LINE = re.compile(
    r"([0-9A-Za-z_*-]{1,63}+(?:\.[0-9A-Za-z_*-]{1,63}+)*+\.?|@|)"  # the owner, or nothing for the last one
    r"[ \t]++((?:[^;\"()\\\r]++|\"[^\"\\\r]*+\")++)"  # time to live, class, type and data
    r"\r?(?:;.*)?"
)
_DIRECTIVE = re.compile(r"(\$(?:ORIGIN|TTL))[ \t]++([^ \t;\"()\\\r]++)[ \t]*+\r?(?:;.*)?", re.IGNORECASE)
_OWNER = re.compile(rf"{names.LABEL}(?:\.{names.LABEL})*\.?|\.|@")
_QUIET = re.compile(r'\\.|"(?:\\.|[^"\\])*+"|;.*')  # where a parenthesis does not count
_CLASS = re.compile("IN|CH|HS|CLASS[0-9]+", re.IGNORECASE)
_LONGEST_ENTRY = 100  # lines
_LONGEST_TEXT = (
    300_000  # characters of an entry: 65,535 bytes, each as \DDD, are fewer (RFC 1035 §3.2.1, §5.1)
)
_LONGEST_TTL = 2**31 - 1  # RFC 2181 §8
_CHUNK = 1 << 16  # characters that are split into lines at a time
_KEPT = 1 << 10  # right-hand sides that are remembered
_FIRST = "a zone begins with its SOA, such as '@ 300 SOA localhost. root.localhost. 1 3600 600 86400 300'"
#: What a file begins with if it is not read as the UTF-8 without a mark that a zone is.
_MARKS = {
    "\ufeff": "a byte order mark (U+FEFF)",
    "\xef\xbb\xbf": "a byte order mark of UTF-8, read in another encoding",
    "\udcef\udcbb\udcbf": "a byte order mark of UTF-8, read in another encoding",
    "\xff\xfe": "a byte order mark of UTF-16, read in another encoding",
    "\xfe\xff": "a byte order mark of UTF-16, read in another encoding",
}
#: Types whose data are names and numbers, where case does not count.
_NAMED = {"AFSDB", "CNAME", "DNAME", "KX", "MX", "NS", "PTR", "RP", "RT", "SOA", "SRV"}

_Lines = Iterator[tuple[int, str]]


class Data(NamedTuple):
    """One record without its owner; names in `value` are absolute, with a final dot, in lower case."""

    ttl: int
    type: str
    value: str


Records = tuple[Data, ...]


class MasterFile:
    """One zone as text. Go through `records`, then see whether anything was `bad`.

    ``$ORIGIN``, ``$TTL``, relative names, ``@``, comments and parentheses are understood. The first record
    is the SOA. A record without a time to live has that of ``$TTL`` (RFC 2308 §4), or else the SOA's
    minimum. Without ``$ORIGIN`` names are relative to the zone, as in BIND.

    Parameters
    ----------
    text : str
    file : str
        What error messages call it.
    bad : BadLines, optional
        Where to note what is wrong; by default it is the file's own.

    Attributes
    ----------
    zone : str
        The zone's name: the SOA's owner.
    soa : Data
    """

    def __init__(self, text: str, file: str, bad: BadLines | None = None) -> None:
        self.file = file
        self.bad_lines = BadLines() if bad is None else bad
        self.zone = ""
        self.soa = Data(0, "SOA", "")
        self._text = text
        self._started = False
        self._origin: str | None = None
        self._ttl: int | None = None
        self._minimum = 0
        self._parsed: dict[str, Records] = {}  # right-hand sides, for this origin and time to live
        self._last = ""  # the owner of the record before, as it was written

    def bad(self, line: int, reason: object) -> None:
        """Note what is wrong with a line."""
        self.bad_lines.note(self.file, line, str(reason))

    def records(self) -> Iterator[tuple[int, str, Records]]:
        """Yield line, owner and data of every good record after the SOA, the data in a tuple of one.

        The owner is relative to the zone, whose own name, its apex, is the empty text. What many owners have
        is mostly one object.
        """
        lines = enumerate(_lines(self._text), 1)
        if not self._start(lines):
            return
        room = names.LONGEST - len(self.zone) - bool(self.zone)
        fits, parsed = _LINE.fullmatch, self._parsed
        at_apex = self._origin == self.zone
        for number, line in lines:
            found = fits(line) if len(line) <= _LONGEST_TEXT else None
            try:
                if found and (owner := found[1] or self._last):
                    self._last = owner
                    records = parsed.get(found[2]) or self._parse(found[2])
                elif entry := self._entry(line, lines):
                    owner, records = entry[0], (entry[1],)
                else:
                    at_apex = self._origin == self.zone
                    continue
            except ValueError as error:
                self.bad(number, error)
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
                yield number, owner, records

    def _start(self, lines: _Lines) -> bool:
        """Read up to the SOA; say whether there is one, or at least a bad one."""
        if fault := _no_master_file(self._text):
            self.bad(*fault)
            return False
        for number, line in lines:
            try:
                entry = self._entry(line, lines)
            except ValueError as error:
                if self._started:  # a bad SOA is not a missing one
                    self.bad(number, error)
                    break
                if not line.startswith("$"):
                    self.bad(number, f"{error}; {_FIRST}")
                    return False
                self.bad(number, error)
            else:
                if entry:
                    self.soa = entry[1]
                    break
        else:
            self.bad(1, f"no record; {_FIRST}")
            return False
        self.zone = self._absolute(self._last)
        return True

    def _entry(self, line: str, lines: _Lines) -> tuple[str, Data] | None:
        """Read any line with dnspython's tokenizer, and those that follow inside its parentheses.

        Returns the owner and the data of a record, and None for a line without one.
        """
        if directive := _DIRECTIVE.fullmatch(line):
            self._direct(*directive.groups())
            return None
        line = _whole(line, lines)
        tokens = dns.tokenizer.Tokenizer(line)
        try:
            first = tokens.get(want_leading=True)
            if first.is_eol_or_eof():
                return None
            owner = self._last if first.is_whitespace() else first.value
            if first.is_whitespace():
                if (token := tokens.get()).is_eol_or_eof():
                    return None
                tokens.unget(token)
            elif owner.startswith("$"):
                word = tokens.get_identifier()
                tokens.get_eol()
                self._direct(owner, word)
                return None
        except dns.exception.DNSException as error:
            raise ValueError(_reason(error)) from None
        if not _OWNER.fullmatch(owner):
            raise ValueError(_not_a_name(owner) if owner else "no owner, and none before it")
        self._last = owner
        if self._origin is None:
            self._origin = owner[:-1].lower() if owner[-1] == "." else ""
        return owner, self._data(tokens)

    def _direct(self, directive: str, word: str) -> None:
        """Follow $ORIGIN or $TTL."""
        if directive.upper() == "$ORIGIN":
            if not _OWNER.fullmatch(word):
                raise ValueError(_not_a_name(word))
            if self._last:
                self._last = self._absolute(self._last) + "."
            self._origin = self._absolute(word)
        elif directive.upper() == "$TTL":
            self._ttl = _seconds(word)
        else:
            raise ValueError(f"{directive} is not read here; give the records themselves")
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

    def _parse(self, right: str) -> Records:
        """Read a right-hand side without parentheses or escapes, and remember it."""
        if found := plain_data.read(right, self._origin or ""):
            ttl, kind, value = found
            data = Data(self._usual_ttl() if ttl is None else ttl, kind, value)
        else:
            data = self._data(dns.tokenizer.Tokenizer(right))
        if len(self._parsed) >= _KEPT:
            self._parsed.clear()
        records = self._parsed[right] = (data,)
        return records

    def _data(self, tokens: dns.tokenizer.Tokenizer) -> Data:
        """Read what follows the owner."""
        try:
            ttl, kind = _head(tokens)
        except dns.exception.DNSException as error:
            raise ValueError(_reason(error)) from None
        if not self._started and kind != "SOA":
            raise ValueError("no SOA before this record")
        if self._started and kind == "SOA":
            raise ValueError("an SOA below the first record; a zone has one, and begins with it")
        self._started = True
        value = self._value(kind, tokens)
        if kind == "SOA":
            self._minimum = int(value.split()[-1])
        return Data(self._usual_ttl() if ttl is None else ttl, kind, value)

    def _usual_ttl(self) -> int:
        return self._minimum if self._ttl is None else self._ttl

    def _value(self, kind: str, tokens: dns.tokenizer.Tokenizer) -> str:
        """Return a record's data as dnspython writes them, names in full."""
        origin = dns.name.from_text(f"{self._origin or ''}.")
        try:
            value = dns.rdata.from_text("IN", kind, tokens, origin, relativize=False).to_text()
        except dns.exception.DNSException as error:
            raise ValueError(f"{kind}: {_reason(error)}") from None
        return value.lower() if kind in _NAMED else value


def _lines(text: str) -> Iterator[str]:
    """Yield the lines of a text, which are not all there at once."""
    start = 0
    while start <= len(text):
        end = text.find("\n", start + _CHUNK)
        end = len(text) if end < 0 else end
        yield from text[start:end].split("\n")
        start = end + 1


def _no_master_file(text: str) -> tuple[int, str] | None:
    """Say by line and reason why a text cannot be one, if it is none at the first sight."""
    mend = "save the file as UTF-8 without it"
    for mark, what in _MARKS.items():
        if text.startswith(mark):
            return 1, f"the file begins with {what}; {mend}"
    if (at := text.find("\0")) >= 0:
        return text.count("\n", 0, at) + 1, "a NUL character: no text, or UTF-16; save the file as UTF-8"
    if "\r" in text and "\n" not in text:
        return 1, "no line feed: the lines end in carriage returns alone; save the file with other line ends"
    return None


def _whole(line: str, lines: _Lines) -> str:
    """Return a line and those after it, up to where its last parenthesis closes."""
    _short(len(line))
    entry, is_open, length = [line], _opened(line) if "(" in line else 0, len(line)
    while is_open > 0:
        _, following = next(lines, (0, None))
        if following is None or len(entry) > _LONGEST_ENTRY:
            raise ValueError(
                f"a parenthesis that is not closed within {_LONGEST_ENTRY} lines; they were not read"
            )
        length += len(following)
        _short(length)
        entry.append(following)
        is_open += _opened(following)
    return "\n".join(entry)


def _short(length: int) -> None:
    if length > _LONGEST_TEXT:
        raise ValueError(f"an entry of {length:,} characters or more; a record has at most {_LONGEST_TEXT:,}")


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
    try:
        ttl = dns.ttl.from_text(word)
    except dns.exception.DNSException as error:
        raise ValueError(_reason(error)) from None
    if ttl > _LONGEST_TTL:
        raise ValueError(f"a time to live of {word}; the longest is {_LONGEST_TTL}")
    return ttl


def _opened(line: str) -> int:
    """Return how many more parentheses a line opens than it closes."""
    counted = _QUIET.sub("", line)
    return counted.count("(") - counted.count(")")


def _not_a_name(word: str) -> str:
    if "\ufeff" in word:
        return f"{word!r} has a byte order mark (U+FEFF) in it; take it out"
    if not word.isascii():
        return f"{word!r} is not ASCII; write A-labels (xn--…)"
    return f"{word!r} is no name; its labels have 1 to 63 letters, digits, hyphens or underscores"


def _reason(error: Exception) -> str:
    """Return what dnspython says of an error, without the names of its classes."""
    text = re.sub(r"caught exception <class '[^']*'>: ", "", str(error))
    return text or type(error).__name__
