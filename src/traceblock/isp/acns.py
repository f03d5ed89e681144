"""The format of a copyright notice: ACNS 2.0 (Automated Copyright Notice System), part by part.

The classes are the format: their fields stand in the order of the elements, and what has a default may be
left out. The structure is that of an ``Infringement`` in the schemas of ACNS 0.6 and 0.7 and of ACNS 2.0,
revisions 1.0 to 1.2. Of these, what the ISP itself adds (``InternalTracking``) is not here.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import lru_cache, partial
from typing import Any, NamedTuple

import pandas as pd

from traceblock import arguments, network

#: Of ACNS 2.0 since revision 1.2; what is written has it.
NAMESPACE = "http://www.acns.net/ACNS"
#: Of the same structure: revisions 1.0 and 1.1 had another, ACNS 0.7 had none.
NAMESPACES = (NAMESPACE, "http://www.movielabs.com/ACNS", "")
# A zone is a number here: what "EST" or "CET" means depends on who reads it.
_ZONED = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))", re.ASCII
)
_NO_CHARACTER = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # of XML 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """An element whose fields are checked when it is made."""

    def __post_init__(self) -> None:
        """Refuse what a notice cannot hold; of a finer time, keep the second and the fraction apart."""
        for each in fields(self):
            value = getattr(self, each.name)
            if value is None and each.default is None:
                continue
            kind = each.metadata["kind"]
            value = kind.check(each.name, value)
            if kind is TIME:
                value, fraction = split(value)
                if fraction is not None:
                    object.__setattr__(self, f"{each.name}_fraction", fraction)
            object.__setattr__(self, each.name, value)


def split(time: pd.Timestamp) -> tuple[pd.Timestamp, pd.Timedelta | None]:
    """Return the second that a time lies in, and what is finer; also before 1970 the second before."""
    second = time.as_unit("s")
    fraction = time - second
    return second, fraction if fraction else None


class Kind(NamedTuple):
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
        "a time with its zone, Z or a numeric offset, "
        "such as '2010-05-28T12:00:00Z' or '2010-05-28T14:00:00+02:00'"
    )
    zoned = _ZONED.fullmatch(value) if isinstance(value, str) else getattr(value, "tzinfo", None)
    try:
        time = pd.Timestamp(value if zoned else "").tz_convert("UTC")
    except (TypeError, ValueError, OverflowError):
        raise arguments.refuse(name, value, accepted) from None
    if not 1 <= time.year <= 9999:  # an offset may lead out of what four digits can write
        raise arguments.refuse(name, value, accepted)
    return time


@lru_cache(maxsize=1_000)  # the times of one notice are few, or follow one another
def _read_time(name: str, text: str) -> pd.Timestamp:
    return _time(name, text.strip())


def _write_time(time: pd.Timestamp, fraction: pd.Timedelta | None = None) -> str:
    digits = "" if fraction is None else f".{fraction.value:09d}".rstrip("0")
    return f"{time.tz_localize(None).isoformat()}{digits}Z"


def _fraction(name: str, value: Any) -> pd.Timedelta:
    if not (isinstance(value, pd.Timedelta) and pd.Timedelta(0) < value < pd.Timedelta(1, "s")):
        raise arguments.refuse(name, value, "a Timedelta above 0 and below 1 s")
    return value


def _flag(name: str, text: str) -> bool:
    if text.strip() not in ("true", "1", "false", "0"):
        raise arguments.refuse(name, text, "true, false, 1 or 0")
    return text.strip() in ("true", "1")


def _whole(high: int) -> Kind:
    def read(name: str, text: str) -> int:
        digits = re.fullmatch(r"\s*\+?(\d{1,20})\s*", text, re.ASCII)
        return arguments.whole(name, int(digits[1]) if digits else text, high=high)

    return Kind(partial(arguments.whole, high=high), read)


def _read_address(name: str, text: str) -> int:
    try:
        return int(network.from_text(text.strip()))
    except ValueError:
        raise arguments.refuse(name, text, "an IPv4 address such as '198.18.0.1'") from None


def _word(*words: str) -> Kind:
    check = partial(arguments.one_of, accepted=words)
    return Kind(check, check)


_TEXT = Kind(_text, _text)
_NEEDED = Kind(partial(_text, needed=True), partial(_text, needed=True))
_ADDRESS = Kind(partial(arguments.whole, high=2**32 - 1), _read_address, network.to_text)
_FLAG = Kind(arguments.flag, _flag, lambda flag: "true" if flag else "false")
TIME = Kind(_time, _read_time, _write_time)
#: What is finer than a second in the time of the field before; it is written with that.
_FRACTION = {"place": None, "kind": Kind(_fraction, _fraction), "part": None, "many": False}


def _at(place: str, kind: Kind) -> dict[str, Any]:
    """Say where a value stands: in an element, an attribute (``@``), or as the text of its own (``.``)."""
    return {"place": place, "kind": kind, "part": None, "many": False}


def _one(place: str, part: type[Part]) -> dict[str, Any]:
    def check(name: str, value: Any) -> Part:
        if not isinstance(value, part):
            raise arguments.refuse(name, value, f"one {part.__name__}")
        return value

    return {"place": place, "kind": Kind(check, check), "part": part, "many": False}


def _list(place: str, part: type[Part], least: int = 0) -> dict[str, Any]:
    """Say where a list of parts stands: ``Content/Item`` is any number of Item in one Content."""

    def check(name: str, value: Any) -> tuple[Part, ...]:
        is_list = isinstance(value, list | tuple) and all(isinstance(each, part) for each in value)
        if not is_list or len(value) < least:
            raise arguments.refuse(name, value, f"a list of {part.__name__}, {least} or more")
        return tuple(value)

    return {"place": place, "kind": Kind(check, check), "part": part, "many": True}


def _asides(name: str, value: Any) -> tuple["Aside", ...]:
    if not (isinstance(value, tuple) and all(isinstance(each, Aside) for each in value)):
        raise arguments.refuse(name, value, "a tuple of Aside")
    return value


class Aside(NamedTuple):
    """What a document holds that is not understood, or lacks that a notice needs: where, what and why."""

    line: int
    place: str
    text: str
    why: str

    def __str__(self) -> str:
        """Return one line, such as an error has."""
        return arguments.short(f"line {self.line}, {self.place}: {self.why}", 200)


@dataclass(frozen=True, kw_only=True, slots=True)
class Case(Part):
    """What the complainant calls the matter; ``severity`` is Normal, Low or High."""

    id: str = field(metadata=_at("ID", _NEEDED))
    ref_url: str | None = field(default=None, metadata=_at("Ref_URL", _TEXT))
    status: str | None = field(default=None, metadata=_at("Status", _TEXT))
    severity: str | None = field(default=None, metadata=_at("Severity", _word("Normal", "Low", "High")))


@dataclass(frozen=True, kw_only=True, slots=True)
class Party(Part):
    """Who complains, or which service provider is to pass the notice on."""

    entity: str = field(metadata=_at("Entity", _NEEDED))
    contact: str | None = field(default=None, metadata=_at("Contact", _TEXT))
    address: str | None = field(default=None, metadata=_at("Address", _TEXT))
    phone: str | None = field(default=None, metadata=_at("Phone", _TEXT))
    email: str = field(metadata=_at("Email", _NEEDED))
    contact_url: str | None = field(default=None, metadata=_at("ContactURL", _TEXT))


@dataclass(frozen=True, kw_only=True, slots=True)
class SubType(Part):
    """How the file was offered, such as P2P and BITTORRENT."""

    base_type: str = field(metadata=_at("@BaseType", _NEEDED))
    protocol: str | None = field(default=None, metadata=_at("@Protocol", _TEXT))
    application: str | None = field(default=None, metadata=_at("@Application", _TEXT))
    text: str = field(default="", metadata=_at(".", _TEXT))


@dataclass(frozen=True, kw_only=True, slots=True)
class Login(Part):
    """What opens a server that asks for a password."""

    username: str = field(metadata=_at("@Username", _TEXT))
    password: str = field(metadata=_at("@Password", _TEXT))


@dataclass(frozen=True, kw_only=True, slots=True)
class Source(Part):
    """Where the file was seen: all that the ISP has to find its subscriber by.

    Attributes
    ----------
    time : Timestamp
        In UTC, in [s]. Given with a zone: with the wrong one, the letter goes to whoever held the address
        hours before or after. Of a time finer than a second it is the second before, which decides.
    time_fraction : Timedelta or None
        What was finer, above 0 and below 1 s: their sum is the time that was given.
    address : int
        IPv4, 0 to 4,294,967,295 (`traceblock.network.to_text` shows it with dots).
    port : int or None
        The source port, 0 to 65535. The format allows a notice without it, which does not tell apart
        subscribers who share an address (RFC 6302).
    protocol : int or None
        Of the transport, by its number at IANA: 6 is TCP, 17 is UDP.
    is_source : bool or None
        Whether the file was served from there; False where it was only fetched.
    """

    time: pd.Timestamp = field(metadata=_at("TimeStamp", TIME))
    time_fraction: pd.Timedelta | None = field(default=None, metadata=_FRACTION)
    address: int = field(metadata=_at("IP_Address", _ADDRESS))
    port: int | None = field(default=None, metadata=_at("Port", _whole(2**16 - 1)))
    protocol: int | None = field(default=None, metadata=_at("Protocol", _whole(254)))
    dns_name: str | None = field(default=None, metadata=_at("DNS_Name", _TEXT))
    mac_address: str | None = field(default=None, metadata=_at("MAC_Address", _TEXT))
    ip_block: str | None = field(default=None, metadata=_at("IP_Block", _TEXT))
    type: str | None = field(default=None, metadata=_at("Type", _NEEDED))
    sub_type: SubType | None = field(default=None, metadata=_one("SubType", SubType))
    url_base: str | None = field(default=None, metadata=_at("URL_Base", _TEXT))
    user_name: str | None = field(default=None, metadata=_at("UserName", _TEXT))
    login: Login | None = field(default=None, metadata=_one("Login", Login))
    number_files: int | None = field(default=None, metadata=_at("Number_Files", _whole(2**31 - 1)))
    deja_vu: str | None = field(default=None, metadata=_at("Deja_Vu", _word("Yes", "No")))
    is_source: bool | None = field(default=None, metadata=_at("IsSource", _FLAG))


@dataclass(frozen=True, kw_only=True, slots=True)
class Hash(Part):
    """A fingerprint of a file, and how it was made, such as SHA1."""

    type: str = field(metadata=_at("@Type", _NEEDED))
    value: str = field(metadata=_at(".", _NEEDED))


@dataclass(frozen=True, kw_only=True, slots=True)
class AlsoSeen(Part):
    """From when to when the same file was seen there as well."""

    start: pd.Timestamp = field(metadata=_at("@Start", TIME))
    start_fraction: pd.Timedelta | None = field(default=None, metadata=_FRACTION)
    end: pd.Timestamp = field(metadata=_at("@End", TIME))
    end_fraction: pd.Timedelta | None = field(default=None, metadata=_FRACTION)
    text: str = field(default="", metadata=_at(".", _TEXT))


@dataclass(frozen=True, kw_only=True, slots=True)
class Item(Part):
    """One file and the work that it is said to hold; ``file_size`` in bytes. ACNS 0.6 gave it no time."""

    time: pd.Timestamp | None = field(default=None, metadata=_at("TimeStamp", TIME))
    time_fraction: pd.Timedelta | None = field(default=None, metadata=_FRACTION)
    also_seen: tuple[AlsoSeen, ...] = field(default=(), metadata=_list("AlsoSeen", AlsoSeen))
    title: str | None = field(default=None, metadata=_at("Title", _TEXT))
    artist: str | None = field(default=None, metadata=_at("Artist", _TEXT))
    file_name: str = field(metadata=_at("FileName", _NEEDED))
    file_size: int | None = field(default=None, metadata=_at("FileSize", _whole(2**63 - 1)))
    url: str | None = field(default=None, metadata=_at("URL", _TEXT))
    type: str | None = field(default=None, metadata=_at("Type", _TEXT))
    explicit_type: str | None = field(default=None, metadata=_at("ExplicitType", _NEEDED))
    hash: Hash | None = field(default=None, metadata=_one("Hash", Hash))
    usenet_header: str | None = field(default=None, metadata=_at("UseNetHeader", _TEXT))


@dataclass(frozen=True, kw_only=True, slots=True)
class EarlierNotice(Part):
    """A notice that was sent before about the same matter."""

    id: str | None = field(default=None, metadata=_at("@ID", _TEXT))
    time: pd.Timestamp | None = field(default=None, metadata=_at("@TimeStamp", TIME))
    time_fraction: pd.Timedelta | None = field(default=None, metadata=_FRACTION)
    text: str = field(default="", metadata=_at(".", _TEXT))


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeType(Part):
    """What the notice is, such as INFRINGEMENT, INFO or DMCA, and whether it takes an earlier one back."""

    value: str = field(metadata=_at(".", _NEEDED))
    retraction: bool | None = field(default=None, metadata=_at("@Retraction", _FLAG))
    comments: str | None = field(default=None, metadata=_at("@Comments", _TEXT))


@dataclass(frozen=True, kw_only=True, slots=True)
class AssetId(Part):
    """A number of the work, and of which register it is, such as ISAN."""

    type: str = field(metadata=_at("@type", _NEEDED))
    value: str = field(metadata=_at(".", _NEEDED))


@dataclass(frozen=True, kw_only=True, slots=True)
class Asset(Part):
    """The work that the file was compared with."""

    name: str = field(metadata=_at("OriginalAssetName", _NEEDED))
    id: AssetId | None = field(default=None, metadata=_one("OriginalAssetID", AssetId))


@dataclass(frozen=True, kw_only=True, slots=True)
class ContentMatched(Part):
    """What of the content agreed, and how it was compared; the threshold in percent."""

    audio: bool | None = field(default=None, metadata=_at("@Audio", _FLAG))
    video: bool | None = field(default=None, metadata=_at("@Video", _FLAG))
    text: bool | None = field(default=None, metadata=_at("@Text", _FLAG))
    image: bool | None = field(default=None, metadata=_at("@Image", _FLAG))
    match_threshold: int | None = field(default=None, metadata=_at("@MatchThreshold", _whole(100)))
    fingerprint: bool | None = field(default=None, metadata=_at("@Fingerprint", _FLAG))
    human: bool | None = field(default=None, metadata=_at("@Human", _FLAG))


@dataclass(frozen=True, kw_only=True, slots=True)
class WatermarkMatched(Part):
    """A watermark that was found in the file."""

    type: str = field(metadata=_at("@type", _NEEDED))
    payload: str | None = field(default=None, metadata=_at("@payload", _TEXT))
    text: str = field(default="", metadata=_at(".", _TEXT))


@dataclass(frozen=True, kw_only=True, slots=True)
class Detection(Part):
    """How the complainant says that the work was recognised."""

    asset: Asset = field(metadata=_one("Asset", Asset))
    content_matched: ContentMatched | None = field(
        default=None, metadata=_one("ContentMatched", ContentMatched)
    )
    hash_matched: bool | None = field(default=None, metadata=_at("HashMatched", _FLAG))
    metadata_matched: bool | None = field(default=None, metadata=_at("MetadataMatched", _FLAG))
    watermark_matched: WatermarkMatched | None = field(
        default=None, metadata=_one("WatermarkMatched", WatermarkMatched)
    )
    verification_id: str = field(metadata=_at("VerificationID", _NEEDED))
    verified_data_url: str | None = field(default=None, metadata=_at("VerifiedDataLoc", _TEXT))


@dataclass(frozen=True, kw_only=True, slots=True)
class VerificationLevel(Part):
    """How far it was verified, on a scale of the complainant's own."""

    type: str | None = field(default=None, metadata=_at("@Type", _TEXT))
    value: int = field(metadata=_at(".", _whole(2**31 - 1)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Verification(Part):
    """Whether somebody looked again before the notice was sent."""

    level: VerificationLevel | None = field(
        default=None, metadata=_one("VerificationLevel", VerificationLevel)
    )
    notes: str | None = field(default=None, metadata=_at("Notes", _TEXT))


@dataclass(frozen=True, kw_only=True, slots=True)
class Declaration(Part):
    """What the complainant declares, such as good faith, or where that is written."""

    type: str | None = field(default=None, metadata=_at("Type", _TEXT))
    body: str | None = field(default=None, metadata=_at("Body", _TEXT))
    body_url: str | None = field(default=None, metadata=_at("LinkToBody", _TEXT))


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice(Part):
    """A copyright notice.

    Times are in UTC, in [s], and what is finer is in a field of its own (``time_fraction``); each is given
    with its zone (a Timestamp with one, or a text that ends in Z or a numeric offset), as a time without a
    zone names somebody, but nobody knows whom. A text that must be there cannot be blank.

    Attributes
    ----------
    schema_version : str or None
        The revision of ACNS 2.0 that the sender names, such as 1.2.
    verified_data : str or None
        A copy of the data, in base64 as it came.
    aside : tuple of Aside
        What `from_xml` read and did not understand, or missed: line, place, text and why. It is not written.

    Raises
    ------
    ValueError
        If a value of this or of any part is not of its kind, a time has no zone, or a text holds a
        character that XML 1.0 forbids.
    """

    schema_version: str | None = field(default=None, metadata=_at("@schemaVersion", _TEXT))
    case: Case = field(metadata=_one("Case", Case))
    complainant: Party = field(metadata=_one("Complainant", Party))
    service_provider: Party = field(metadata=_one("Service_Provider", Party))
    source: Source = field(metadata=_one("Source", Source))
    content: tuple[Item, ...] = field(metadata=_list("Content/Item", Item, least=1))
    history: tuple[EarlierNotice, ...] = field(default=(), metadata=_list("History/Notice", EarlierNotice))
    notes: str | None = field(default=None, metadata=_at("Notes", _TEXT))
    type: NoticeType | None = field(default=None, metadata=_one("Type", NoticeType))
    detection: Detection | None = field(default=None, metadata=_one("Detection", Detection))
    verification: Verification | None = field(default=None, metadata=_one("Verification", Verification))
    text_notice: str | None = field(default=None, metadata=_at("TextNotice", _TEXT))
    verified_data: str | None = field(default=None, metadata=_at("VerifiedData", _TEXT))
    declarations: tuple[Declaration, ...] = field(default=(), metadata=_list("Declarations", Declaration))
    aside: tuple[Aside, ...] = field(default=(), metadata={"place": None, "kind": Kind(_asides, _asides)})
