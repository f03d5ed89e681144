"""Read an ACNS document piece by piece: what a `Notice` holds, and aside what nobody can know the sense of.

No tree is built, so that a notice about a million files takes little more memory than they do; a document
that is no notice is given up where that shows.
"""

import re
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from functools import cache
from typing import Any
from xml.parsers import expat

from traceblock import arguments
from traceblock.isp.acns import NAMESPACE, NAMESPACES, TIME, Aside, Notice, Part, split

#: What no notice exceeds: characters of a document and of one text, elements inside one another, characters
#: of one tag, and parts that are not understood.
LONGEST, LONGEST_TEXT, DEEPEST, LONGEST_TAG, MOST_ASIDE = 200_000_000, 10_000_000, 32, 1_000_000, 10_000
_BEGINS = re.compile(r"\ufeff?\s*<")
_PIECE = 1 << 18  # characters
_LINES, _BYTES = 20, 4_000  # of an error
_SCHEMA = ("schemaLocation", "noNamespaceSchemaLocation")
#: Without these nobody can be found, and with others somebody else would be.
_MUST = ("Infringement/Source", "Infringement/Source/TimeStamp", "Infringement/Source/IP_Address")
_DECIDES = (*_MUST, "Infringement/Source/Port")
_NO_PLACE = "a notice has no place for it"


def read(text: str) -> Notice:
    """Return the notice that a document holds; see `traceblock.isp.notice.from_xml`."""
    if len(text) > LONGEST:
        raise ValueError(f"text has {len(text):,} characters; a notice has {LONGEST:,} at most")
    if not _BEGINS.match(text):
        raise ValueError(
            f"text begins with {text[:40]!r}, not with an element; give the document, not its name"
        )
    reader = _Reader()
    sent = 0
    for begin in range(0, max(len(text), 1), _PIECE):
        piece = _encoded(text[begin : begin + _PIECE], reader)
        sent += len(piece)
        try:
            reader.parser.Parse(piece, begin + _PIECE >= len(text))
        except expat.ExpatError as error:
            where = f"line {error.lineno}, column {error.offset + 1}"
            raise ValueError(
                f"text is not well-formed XML:\n{where}: {expat.ErrorString(error.code)}"
            ) from None
        if sent - max(reader.parser.CurrentByteIndex, 0) > LONGEST_TAG:
            raise ValueError(
                f"line {reader.parser.CurrentLineNumber}: a tag, comment or instruction has more than "
                f"{LONGEST_TAG:,} characters; no notice has one"
            )
    return reader.notice()


def _encoded(piece: str, reader: "_Reader") -> bytes:
    try:
        return piece.encode()
    except UnicodeEncodeError as error:
        line = reader.parser.CurrentLineNumber + piece.count("\n", 0, error.start)
        raise ValueError(
            f"text is not well-formed XML:\nline {line}: U+{ord(piece[error.start]):04X} is half a character"
        ) from None


@dataclass(slots=True)
class _Element:
    """An element that has begun and not ended, and what of it has been read."""

    name: str
    line: int
    places: Mapping[
        str, Field[Any]
    ]  # of the elements, the attributes (@) and the text (.) that are known here
    values: dict[str, Any]  # by field; of a list, and of a single value, those of the part around it
    part: type[Part] | None = None
    its: Field[Any] | None = None  # the field of the part around it
    known: bool = True
    texts: list[str] = field(default_factory=list)
    length: int = 0
    seen: set[str] = field(default_factory=set)


class _Reader:
    def __init__(self) -> None:
        self.parser = expat.ParserCreate("UTF-8", "}")
        self.parser.buffer_text, self.parser.buffer_size = True, 1 << 16
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._refuse_type
        self._namespace = NAMESPACE
        self._open: list[_Element] = []
        self._aside: list[Aside] = []
        self._faults: list[str] = []
        self._more = 0
        self._values: dict[str, Any] = {}
        self._last: tuple[Any, Any, Any] = (None, None, None)

    def notice(self) -> Notice:
        """Return what was read, once all of it was."""
        self._refuse_faults()
        notice: Notice = _made(Notice, self._values | {"aside": tuple(self._aside)})
        return notice

    def _refuse_faults(self) -> None:
        if self._faults:
            more = [f"… and {self._more:,} more"] if self._more else []
            raise ValueError("\n".join(self._faults + more))

    def _refuse_type(self, *_: object) -> None:
        line = self.parser.CurrentLineNumber
        raise ValueError(f"line {line}: <!DOCTYPE declares a document type; give a notice without it")

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        space, _, name = tag.rpartition("}")
        line = self.parser.CurrentLineNumber
        if len(self._open) == DEEPEST:
            raise ValueError(
                f"line {line}: more than {DEEPEST} elements lie inside one another; give a notice"
            )
        if not self._open:
            self._begin_root(space, name, line)
        else:
            self._open.append(self._inner(space, name, line))
        for attribute, text in attributes.items():
            self._attribute(attribute, text)

    def _begin_root(self, space: str, name: str, line: int) -> None:
        if name != "Infringement" or space not in NAMESPACES:
            tag = f"{{{space}}}{name}" if space else name
            accepted = f"Infringement in the namespace {', '.join(NAMESPACES[:-1])} or in none"
            raise arguments.refuse(f"line {line}, the outermost element", arguments.short(tag, 200), accepted)
        self._namespace = space
        self._open.append(_Element(name, line, _places(Notice), self._values, Notice))

    def _inner(self, space: str, name: str, line: int) -> _Element:
        """Return the element that begins in the innermost one."""
        around = self._open[-1]
        each = around.places.get(name) if space == self._namespace and around.known else None
        if each is None:
            unknown = _Element(name, line, {}, {}, known=False)
            if around.known:
                shown = f"{{{space}}}{name}" if space != self._namespace else name
                why = f"the element {arguments.short(shown, 100)} is unknown here; {_NO_PLACE}"
                self._note(why, "", unknown, fatal=self._where() in _DECIDES[1:])
            return unknown
        if isinstance(each, dict):  # a list: what it holds goes to the part around
            inner = _Element(name, line, each, around.values)
        elif part := each.metadata["part"]:
            inner = _Element(name, line, _places(part), {}, part, each)
        else:
            inner = _Element(name, line, {".": each}, around.values, None, each)
        if name in around.seen and not (inner.its is not None and inner.its.metadata["many"]):
            inner.known, inner.places = False, {}
            self._note(
                f"comes a second time; {_NO_PLACE}", "", inner, fatal=f"{self._where()}/{name}" in _DECIDES
            )
        around.seen.add(name)
        return inner

    def _attribute(self, attribute: str, text: str) -> None:
        space, _, name = attribute.rpartition("}")
        if name in _SCHEMA and len(self._open) == 1:  # the address of a schema, which is not fetched
            return
        element = self._open[-1]
        each = element.places.get(f"@{name}") if space in ("", self._namespace) else None
        if each is not None:
            element.seen.add(f"@{name}")
            self._value(each, element.values, f"@{name}", text)
        elif element.known:
            self._note(
                f"has the attribute {arguments.short(attribute, 100)}; {_NO_PLACE}", text, None, f"@{name}"
            )
        else:
            self._note(_NO_PLACE, text, None, f"@{name}")

    def _text(self, text: str) -> None:
        element = self._open[-1]
        if "." not in element.places and not text.strip():
            return
        element.texts.append(text)
        element.length += len(text)
        if element.length > LONGEST_TEXT:
            raise ValueError(
                f"{self._place()} holds a text of more than {LONGEST_TEXT:,} characters; no notice has one"
            )

    def _end(self, _: str) -> None:
        element = self._open[-1]
        text = "".join(element.texts)
        each = element.places.get(".")
        if each is not None:
            self._value(each, element.values, ".", text)
        elif text.strip():
            why = _NO_PLACE if not element.known else f"holds a text between elements; {_NO_PLACE}"
            self._note(why, text)
        if element.part and element.known:
            self._complete(element, element.part)
        self._open.pop()
        if element.part and element.its and element.known:
            if self._last[:2] != (element.part, element.values):  # of many that are alike one is kept
                self._last = element.part, element.values, _made(element.part, element.values)
            made, values = self._last[2], self._open[-1].values
            if element.its.metadata["many"]:
                values.setdefault(element.its.name, []).append(made)
            else:
                values[element.its.name] = made

    def _value(self, each: Field[Any], values: dict[str, Any], place: str, text: str) -> None:
        """Read the value of an attribute (``@``) or of an element's text (``.``)."""
        kind = each.metadata["kind"]
        try:
            value = kind.read("", text)
        except ValueError:
            where = self._place() + (place if place[0] == "@" else "")
            why = str(_error(kind, text))
            line = f"{where}={why}"
            if place == "." and self._where() in _DECIDES:
                self._fault(line)
            else:
                self._note(why, text, None, place if place[0] == "@" else "")
            return
        if kind is TIME:
            value, values[f"{each.name}_fraction"] = split(value)
        values[each.name] = value

    def _complete(self, element: _Element, part: Any) -> None:
        """Say what a part needs and does not have."""
        for name, place in _needed(part).items():
            if name in element.values or place in element.seen or place == ".":
                continue  # it was there, or something was said of it
            why = f"has no {place.lstrip('@')}; a notice needs it"
            self._note(why, "", fatal=f"{self._where()}/{place}" in _MUST)

    def _note(
        self, why: str, text: str, inner: _Element | None = None, attribute: str = "", fatal: bool = False
    ) -> None:
        """Keep something aside; where it may decide who is found, it is a fault."""
        line, where = (inner or self._open[-1]).line, self._where()
        where = f"{where}/{inner.name}" if inner else f"{where}{attribute}"
        if fatal:
            self._fault(f"line {line}, {where}{':' if why.startswith('the ') else ''} {why}")
            return
        self._aside.append(Aside(line, where, text, why))
        if len(self._aside) > MOST_ASIDE:
            self._refuse_faults()
            first = "\n".join(map(str, self._aside[:3]))
            raise ValueError(
                f"more than {MOST_ASIDE:,} parts of the document are not understood: it is no notice. "
                f"The first:\n{first}"
            )

    def _fault(self, line: str) -> None:
        """Add a line to the error while it is short, and count those that are not shown."""
        line = arguments.short(line, 2_000)
        room = _BYTES - sum(len(each.encode()) + 1 for each in self._faults)
        if self._more or len(self._faults) == _LINES or len(line.encode()) > room:
            self._more += 1
        else:
            self._faults.append(line)

    def _where(self) -> str:
        return "/".join(element.name for element in self._open)

    def _place(self) -> str:
        return f"line {self._open[-1].line}, {self._where()}"


def _error(kind: Any, text: str) -> str:
    """Return why a text is not accepted."""
    try:
        kind.read("", text)
    except ValueError as error:
        return str(error).removeprefix("=")
    raise AssertionError(text)


@cache
def _places(part: type[Part]) -> dict[str, Any]:
    """Return the fields of a part by the places of their values; of a list in an element, by its items'."""
    places: dict[str, Any] = {}
    for each in fields(part):
        place = each.metadata["place"]
        if place:
            outer, _, item = place.partition("/")
            places[outer] = {item: each} if item else each
    return places


@cache
def _empty(part: type[Part]) -> dict[str, Any]:
    """Return what each field of a part is where nothing was read: None, or an empty list or text."""
    return {
        each.name: () if each.metadata.get("many") else None if each.default is MISSING else each.default
        for each in fields(part)
    }


@cache
def _needed(part: type[Part]) -> dict[str, str]:
    """Return the fields that a part needs, and the places of their values."""
    return {each.name: each.metadata["place"] for each in fields(part) if each.default is MISSING}


def _made(part: Any, values: dict[str, Any]) -> Any:
    """Return a part of values that were checked when they were read."""
    made = object.__new__(part)
    for name, value in (_empty(part) | values).items():
        object.__setattr__(made, name, tuple(value) if isinstance(value, list) else value)
    return made
