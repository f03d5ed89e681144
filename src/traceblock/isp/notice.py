"""A copyright notice as it reaches an ISP, written and read: ACNS 2.0 (Automated Copyright Notice System)."""

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from lxml import etree

from traceblock import arguments
from traceblock.isp import acns_reader
from traceblock.isp.acns import (
    NAMESPACE,
    NAMESPACES,
    TIME,
    AlsoSeen,
    Aside,
    Asset,
    AssetId,
    Case,
    ContentMatched,
    Declaration,
    Detection,
    EarlierNotice,
    Hash,
    Item,
    Login,
    Notice,
    NoticeType,
    Part,
    Party,
    Source,
    SubType,
    Verification,
    VerificationLevel,
    WatermarkMatched,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "NAMESPACE",
    "NAMESPACES",
    "AlsoSeen",
    "Aside",
    "Asset",
    "AssetId",
    "Case",
    "ContentMatched",
    "Declaration",
    "Detection",
    "EarlierNotice",
    "Hash",
    "Item",
    "Login",
    "Notice",
    "NoticeType",
    "Party",
    "Source",
    "SubType",
    "Verification",
    "VerificationLevel",
    "WatermarkMatched",
    "from_xml",
    "observed",
    "to_xml",
]


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
    """Return a notice as an XML document; in a file it is to be UTF-8, as its first line says.

    What was kept in ``aside`` when the notice was read is not written.
    """
    if not isinstance(notice, Notice):
        raise arguments.refuse("notice", notice, "a Notice")
    versioned = {"acns": NAMESPACE} if notice.schema_version else {}  # an attribute needs a prefix
    root = etree.Element(_tag("Infringement"), nsmap={None: NAMESPACE} | versioned)
    _fill(root, notice)
    if notice.schema_version:
        root.set(_tag("schemaVersion"), root.attrib.pop("schemaVersion"))
    etree.indent(root)
    document: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return document.decode() + "\n"


def from_xml(text: str) -> Notice:
    """Return the notice that an XML document holds.

    It may be of ACNS 2.0 in any revision to 1.2, of 0.7 or of 0.6, each with its namespace. Elements may come
    in any order, as their order says nothing. What decides who is found must be plain: the source, its time
    and address, and its port if there is one. Nothing else is fatal. What a `Notice` has no place for (an
    element, an attribute, a second element of a kind, text between elements), a value that is not of its
    kind, and what a notice needs and lacks are kept and said in ``aside``, one `Aside` each; a field that was
    not understood is None. Of a time finer than a second, ``time`` is the second before, which decides, and
    ``time_fraction`` is the rest.

    Passed over are comments, processing instructions, the encoding that the document names (the text has
    been decoded) and ``xsi:schemaLocation``, the address of a schema, which is not fetched. Nothing else is
    fetched either: a document that declares its own type could name files of this computer or entities that
    swell to fill its memory, and is refused where it does.

    It takes time in proportion to the text, and less than ten times its memory.

    Raises
    ------
    ValueError
        If the text is not well-formed XML, with line and column; if it declares a document type, or is longer
        or deeper than any notice; or if source, time, address or port is missing, unknown or wrong, a line
        for each, with its line and element (20 lines and 4 KB at most, and how many more there are).
    """
    if not isinstance(text, str):
        raise ValueError(f"text is a {type(text).__name__}; give the document as str")
    return acns_reader.read(text)


def _fill(element: Any, part: Part) -> None:
    """Write the fields of a part into its element."""
    for each in fields(part):
        value, place = getattr(part, each.name), each.metadata["place"]
        if value is None or place is None or value == () or (place == "." and value == ""):
            continue
        outer, _, item = place.partition("/")
        if each.metadata["many"]:
            list_ = etree.SubElement(element, _tag(outer)) if item else element
            for one in value:
                _fill(etree.SubElement(list_, _tag(item or outer)), one)
        elif isinstance(value, Part):
            _fill(etree.SubElement(element, _tag(place)), value)
        else:
            kind = each.metadata["kind"]
            finer = (getattr(part, f"{each.name}_fraction"),) if kind is TIME else ()
            _write(element, place, kind.write(value, *finer))


def _write(element: Any, place: str, text: str) -> None:
    if place == ".":
        element.text = text
    elif place[0] == "@":
        element.set(place[1:], text)
    else:
        etree.SubElement(element, _tag(place)).text = text


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
