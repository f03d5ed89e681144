"""A copyright notice as it reaches an ISP: ACNS 2.0 XML (Automated Copyright Notice System).

The classes are the format: their fields stand in the order of the elements, and what has a default may be
left out. The structure is that of an ``Infringement`` in the schema of ACNS 0.7, which version 2.0 keeps,
with the namespace of 2.0. Of what 2.0 added, only ``SubType`` is here.
"""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import MISSING, dataclass, field, fields
from functools import partial
from typing import Any, NamedTuple, TypeVar

import pandas as pd
from lxml import etree

from traceblock import arguments, network

NAMESPACE = "http://www.acns.net/ACNS"
_SCHEMA_LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
# A zone is a number here: what "EST" or "CET" means depends on who reads it.
_ZONED = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))", re.ASCII
)
_NO_CHARACTER = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # of XML 1.0


@dataclass(frozen=True, kw_only=True)
class _Part:
    """An element whose fields are checked when it is made."""

    def __post_init__(self) -> None:
        """Refuse what a notice cannot hold."""
        for each in fields(self):
            value = getattr(self, each.name)
            if value is not None or each.default is not None:
                object.__setattr__(self, each.name, each.metadata["kind"].check(each.name, value))


class _Kind(NamedTuple):
    """What a field holds: how a value is checked, read from text and written as text."""

    check: Callable[[str, Any], Any]
    read: Callable[[str, str], Any]
    write: Callable[[Any], str] = str


def _text(name: str, value: Any, needed: bool = False) -> str:
    if not isinstance(value, str) or (needed and not value.strip()):
        raise arguments.refuse(name, value, "a text that is not blank" if needed else "a text")
    if wrong := _NO_CHARACTER.search(value):
        accepted = f"a text without U+{ord(wrong[0]):04X}, a character that XML 1.0 cannot hold"
        raise arguments.refuse(name, value, accepted)
    return value


def _time(name: str, value: Any) -> pd.Timestamp:
    accepted = (
        "a time in whole seconds with its zone, Z or a numeric offset, "
        "such as '2010-05-28T12:00:00Z' or '2010-05-28T14:00:00+02:00'"
    )
    zoned = _ZONED.fullmatch(value) if isinstance(value, str) else getattr(value, "tzinfo", None)
    try:
        time = arguments.instant(name, value if zoned else None)
    except ValueError:
        raise arguments.refuse(name, value, accepted) from None
    if not 1 <= time.year <= 9999:  # an offset may lead out of what four digits can write
        raise arguments.refuse(name, value, accepted)
    return time


def _whole(high: int) -> _Kind:
    def read(name: str, text: str) -> int:
        digits = re.fullmatch(r"\s*\+?(\d{1,20})\s*", text, re.ASCII)
        return arguments.whole(name, int(digits[1]) if digits else text, high=high)

    return _Kind(partial(arguments.whole, high=high), read)


def _read_address(name: str, text: str) -> int:
    try:
        return int(network.from_text(text.strip()))
    except ValueError:
        raise arguments.refuse(name, text, "an IPv4 address such as '198.18.0.1'") from None


def _word(*words: str) -> _Kind:
    check = partial(arguments.one_of, accepted=words)
    return _Kind(check, check)


_TEXT = _Kind(_text, _text)
_NEEDED = _Kind(partial(_text, needed=True), partial(_text, needed=True))
_TIME = _Kind(
    _time, lambda name, text: _time(name, text.strip()), lambda time: f"{time.tz_localize(None).isoformat()}Z"
)
_ADDRESS = _Kind(partial(arguments.whole, high=2**32 - 1), _read_address, network.to_text)


def _at(place: str, kind: _Kind) -> dict[str, Any]:
    """Say where a value stands: in an element, an attribute (``@``), or as the text of its own (``.``)."""
    return {"place": place, "kind": kind, "part": None}


def _one(place: str, part: type[_Part]) -> dict[str, Any]:
    def check(name: str, value: Any) -> _Part:
        if not isinstance(value, part):
            raise arguments.refuse(name, value, f"one {part.__name__}")
        return value

    return {"place": place, "kind": _Kind(check, check), "part": part}


def _list(place: str, part: type[_Part], least: int) -> dict[str, Any]:
    """Say where a list of parts stands: ``Content/Item`` is any number of Item in one Content."""

    def check(name: str, value: Any) -> tuple[_Part, ...]:
        is_list = isinstance(value, list | tuple) and all(isinstance(each, part) for each in value)
        if not is_list or len(value) < least:
            raise arguments.refuse(name, value, f"a list of {part.__name__}, {least} or more")
        return tuple(value)

    return {"place": place, "kind": _Kind(check, check), "part": part}


@dataclass(frozen=True, kw_only=True)
class Case(_Part):
    """What the complainant calls the matter; ``severity`` is Normal, Low or High."""

    id: str = field(metadata=_at("ID", _NEEDED))
    ref_url: str | None = field(default=None, metadata=_at("Ref_URL", _TEXT))
    status: str | None = field(default=None, metadata=_at("Status", _TEXT))
    severity: str | None = field(default=None, metadata=_at("Severity", _word("Normal", "Low", "High")))


@dataclass(frozen=True, kw_only=True)
class Party(_Part):
    """Who complains, or which service provider is to pass the notice on."""

    entity: str = field(metadata=_at("Entity", _NEEDED))
    contact: str | None = field(default=None, metadata=_at("Contact", _TEXT))
    address: str | None = field(default=None, metadata=_at("Address", _TEXT))
    phone: str | None = field(default=None, metadata=_at("Phone", _TEXT))
    email: str = field(metadata=_at("Email", _NEEDED))


@dataclass(frozen=True, kw_only=True)
class SubType(_Part):
    """How the file was offered, such as P2P and BITTORRENT."""

    base_type: str = field(metadata=_at("@BaseType", _NEEDED))
    protocol: str | None = field(default=None, metadata=_at("@Protocol", _TEXT))


@dataclass(frozen=True, kw_only=True)
class Login(_Part):
    """What opens a server that asks for a password."""

    username: str = field(metadata=_at("@Username", _TEXT))
    password: str = field(metadata=_at("@Password", _TEXT))


@dataclass(frozen=True, kw_only=True)
class Source(_Part):
    """Where the file was seen: all that the ISP has to find its subscriber by.

    Attributes
    ----------
    time : Timestamp
        In UTC, in whole seconds. Given with a zone: with the wrong one, the letter goes to whoever held the
        address hours before or after.
    address : int
        IPv4, 0 to 4,294,967,295 (`traceblock.network.to_text` shows it with dots).
    port : int or None
        The source port, 0 to 65535. The format allows a notice without it, which does not tell apart
        subscribers who share an address (RFC 6302).
    """

    time: pd.Timestamp = field(metadata=_at("TimeStamp", _TIME))
    address: int = field(metadata=_at("IP_Address", _ADDRESS))
    port: int | None = field(default=None, metadata=_at("Port", _whole(2**16 - 1)))
    dns_name: str | None = field(default=None, metadata=_at("DNS_Name", _TEXT))
    mac_address: str | None = field(default=None, metadata=_at("MAC_Address", _TEXT))
    ip_block: str | None = field(default=None, metadata=_at("IP_Block", _TEXT))
    type: str = field(metadata=_at("Type", _NEEDED))
    sub_type: SubType | None = field(default=None, metadata=_one("SubType", SubType))
    url_base: str | None = field(default=None, metadata=_at("URL_Base", _TEXT))
    user_name: str | None = field(default=None, metadata=_at("UserName", _TEXT))
    login: Login | None = field(default=None, metadata=_one("Login", Login))
    number_files: int | None = field(default=None, metadata=_at("Number_Files", _whole(2**31 - 1)))
    deja_vu: str | None = field(default=None, metadata=_at("Deja_Vu", _word("Yes", "No")))


@dataclass(frozen=True, kw_only=True)
class Hash(_Part):
    """A fingerprint of a file, and how it was made, such as SHA1."""

    type: str = field(metadata=_at("@Type", _NEEDED))
    value: str = field(metadata=_at(".", _NEEDED))


@dataclass(frozen=True, kw_only=True)
class Item(_Part):
    """One file and the work that it is said to hold; ``file_size`` in bytes."""

    time: pd.Timestamp = field(metadata=_at("TimeStamp", _TIME))
    title: str | None = field(default=None, metadata=_at("Title", _TEXT))
    artist: str | None = field(default=None, metadata=_at("Artist", _TEXT))
    file_name: str = field(metadata=_at("FileName", _NEEDED))
    file_size: int | None = field(default=None, metadata=_at("FileSize", _whole(2**63 - 1)))
    url: str | None = field(default=None, metadata=_at("URL", _TEXT))
    type: str | None = field(default=None, metadata=_at("Type", _TEXT))
    hash: Hash | None = field(default=None, metadata=_one("Hash", Hash))


@dataclass(frozen=True, kw_only=True)
class EarlierNotice(_Part):
    """A notice that was sent before about the same matter."""

    id: str | None = field(default=None, metadata=_at("@ID", _TEXT))
    time: pd.Timestamp | None = field(default=None, metadata=_at("@TimeStamp", _TIME))
    text: str = field(default="", metadata=_at(".", _TEXT))


@dataclass(frozen=True, kw_only=True)
class Notice(_Part):
    """A copyright notice.

    Times are in UTC, in whole seconds; each is given with its zone (a Timestamp with one, or a text that
    ends in Z or a numeric offset), as a time without a zone names somebody, but nobody knows whom. A text
    that must be there cannot be blank.

    Raises
    ------
    ValueError
        If a value of this or of any part is not of its kind, a time has no zone, or a text holds a
        character that XML 1.0 forbids.
    """

    case: Case = field(metadata=_one("Case", Case))
    complainant: Party = field(metadata=_one("Complainant", Party))
    service_provider: Party = field(metadata=_one("Service_Provider", Party))
    source: Source = field(metadata=_one("Source", Source))
    content: tuple[Item, ...] = field(metadata=_list("Content/Item", Item, least=1))
    history: tuple[EarlierNotice, ...] = field(
        default=(), metadata=_list("History/Notice", EarlierNotice, least=0)
    )
    notes: str | None = field(default=None, metadata=_at("Notes", _TEXT))


def observed(
    row: "pd.Series[Any]", *, id: str, complainant: Party, service_provider: Party, **item: Any
) -> Notice:
    """Return the notice about one row of a monitor's log of BitTorrent peers.

    Parameters
    ----------
    row : Series
        ``time`` (with a zone), ``address``, and ``port`` if it was recorded.
    id : str
        The number of the case.
    complainant, service_provider : Party
    **item
        The fields of the one `Item`, but for its time, which is the row's.

    Raises
    ------
    ValueError
        As `Notice` does.
    """
    source = Source(
        time=row["time"],
        address=row["address"],
        port=row.get("port"),
        type="BitTorrent",
        sub_type=SubType(base_type="P2P", protocol="BITTORRENT"),
    )
    return Notice(
        case=Case(id=id),
        complainant=complainant,
        service_provider=service_provider,
        source=source,
        content=(Item(time=row["time"], **item),),
    )


def to_xml(notice: Notice) -> str:
    """Return a notice as an XML document; in a file it is to be UTF-8, as its first line says."""
    if not isinstance(notice, Notice):
        raise arguments.refuse("notice", notice, "a Notice")
    root = etree.Element(_tag("Infringement"), nsmap={None: NAMESPACE})
    _fill(root, notice)
    etree.indent(root)
    document: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return document.decode() + "\n"


def from_xml(text: str) -> Notice:
    """Return the notice that an XML document holds.

    Nothing of it is dropped unsaid. Elements may come in any order, as their order says nothing. What a
    `Notice` has no field for is refused, be it an element, an attribute, a second element of a kind or text
    between elements: the rest alone might say something else. Passed over are comments, processing
    instructions, the encoding that the document names (the text has been decoded) and
    ``xsi:schemaLocation``, the address of a schema, which is not fetched. Nothing else is fetched either: a
    document that declares its own type could name files of this computer or entities that swell to fill its
    memory, and is refused before it is read.

    Raises
    ------
    ValueError
        If the text is not well-formed XML, with line and column; if it has a document type declaration; or
        if anything in it is missing, unknown or wrong, one line for each, with its line and element.
    """
    if not isinstance(text, str):
        raise ValueError(f"text is a {type(text).__name__}; give the document as str")
    before, declared, _ = text.partition("<!DOCTYPE")
    if declared:
        line = before.count("\n") + 1
        raise ValueError(f"line {line}: <!DOCTYPE declares a document type; give a notice without it")
    root = _parse(text)
    if root.tag != _tag("Infringement"):
        accepted = f"Infringement in the namespace {NAMESPACE}"
        raise arguments.refuse(f"line {root.sourceline}, the outermost element", root.tag, accepted)
    root.attrib.pop(_SCHEMA_LOCATION, None)
    faults: list[str] = []
    notice = _read(root, Notice, faults)
    if notice is None:
        raise ValueError("\n".join(faults))
    return notice


def _parse(text: str) -> Any:
    """Return the outermost element; entities stay what they are, and nothing is loaded."""
    parser = etree.XMLParser(
        encoding="UTF-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(text.encode(errors="surrogatepass"), parser)
    except etree.XMLSyntaxError:
        wrong = [f"line {each.line}, column {each.column}: {each.message}" for each in parser.error_log]
        raise ValueError("\n".join(["text is not well-formed XML:", *wrong])) from None


_P = TypeVar("_P", bound=_Part)


def _read(element: Any, part: type[_P], faults: list[str]) -> _P | None:
    """Return the part that an element holds, or nothing if there are faults, its own added to them."""
    values = {}
    faults += _strange(element, {each.metadata["place"].partition("/")[0] for each in fields(part)})
    for each in fields(part):
        place, inner = each.metadata["place"], each.metadata["part"]
        outer, _, item = place.partition("/")
        if item:
            for list_ in element.findall(_tag(outer)):
                faults += _strange(list_, {item}, repeated=True)
        found = _found(element, place)
        if not found and each.default is MISSING:
            faults.append(f"{_where(element)} has no {place.lstrip('@')}; a notice needs it")
        if inner:
            read = [_read(one, inner, faults) for one in found]
        else:
            read = [_value(each.metadata["kind"], element, place, one, faults) for one in found]
        if found:
            values[each.name] = tuple(read) if item else read[0]
    return None if faults else part(**values)


def _found(element: Any, place: str) -> list[Any]:
    """Return what stands at a place: the text of an attribute, the element itself, or elements in it."""
    if place == ".":
        return [element]
    if place[0] == "@":
        return [element.get(place[1:])] if place[1:] in element.attrib else []
    return list(element.findall("/".join(map(_tag, place.split("/")))))


def _value(kind: _Kind, element: Any, place: str, found: Any, faults: list[str]) -> Any:
    """Return the value of an attribute or of an element's text, or add to the faults."""
    if place[0] == "@":
        name, text = f"{_where(element)}{place}", found
    else:
        name, text = _where(found), found.text or ""
        if place != ".":
            faults += _strange(found, {"."})
    try:
        return kind.read(name, text)
    except ValueError as error:
        faults.append(str(error))
        return None


def _strange(element: Any, places: Collection[str], repeated: bool = False) -> Iterator[str]:
    """Yield a line for all in an element that a notice has no place for."""
    accepted = "a notice has no place for it"
    for attribute in element.attrib:
        if f"@{attribute}" not in places:
            yield f"{_where(element)} has the attribute {attribute}; {accepted}"
    known, seen = {_tag(place) for place in places}, set()
    for inner in element:
        if inner.tag not in known:
            yield f"{_where(inner)}: the element {inner.tag} is unknown here; {accepted}"
        elif inner.tag in seen and not repeated:
            yield f"{_where(inner)} comes a second time; {accepted}"
        seen.add(inner.tag)
    if "." not in places:
        for text in (element.text, *(inner.tail for inner in element)):
            if text and text.strip():
                yield f"{_where(element)} holds the text {text.strip()!r} between elements; {accepted}"


def _where(element: Any) -> str:
    names = [etree.QName(each).localname for each in (element, *element.iterancestors())]
    return f"line {element.sourceline}, {'/'.join(reversed(names))}"


def _fill(element: Any, part: _Part) -> None:
    """Write the fields of a part into its element."""
    for each in fields(part):
        value = getattr(part, each.name)
        place, kind = each.metadata["place"], each.metadata["kind"]
        outer, _, item = place.partition("/")
        if value is None or value == ():
            continue
        if item:
            list_ = etree.SubElement(element, _tag(outer))
            for one in value:
                _fill(etree.SubElement(list_, _tag(item)), one)
        elif place == ".":
            element.text = kind.write(value)
        elif place[0] == "@":
            element.set(place[1:], kind.write(value))
        elif isinstance(value, _Part):
            _fill(etree.SubElement(element, _tag(place)), value)
        else:
            etree.SubElement(element, _tag(place)).text = kind.write(value)


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
