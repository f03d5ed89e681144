"""The data of records as they mostly stand in a master file, read in one go instead of word by word."""

import re
from collections.abc import Callable
from socket import AF_INET, AF_INET6, inet_ntop, inet_pton

_RIGHT = re.compile(
    r"(?:([0-9]{1,9})[ \t]++)?(?:IN[ \t]++|in[ \t]++)?(?:([0-9]{1,9})[ \t]++)?"  # time to live and class
    r"([A-Z]++|[a-z]++)[ \t]++(.*[^ \t])[ \t]*"
)
_NAME = re.compile(r"(?:\*\.)?[0-9A-Za-z_-]{1,63}+(?:\.[0-9A-Za-z_-]{1,63}+)*+\.?")
_TEXTS = re.compile(r'"[ !#-\[\]-~]{0,255}+"(?:[ \t]++"[ !#-\[\]-~]{0,255}+")*+')
_BETWEEN = re.compile(r'"[ \t]++"')
_LONGEST = 254  # characters of a name with its final dot


def read(right: str, origin: str) -> tuple[int | None, str, str] | None:
    """Read what stands behind an owner, as dnspython would: names in full, in lower case.

    Parameters
    ----------
    right : str
        Time to live and class, where they are there, type and data; no comment.
    origin : str
        What relative names are relative to, without its final dot.

    Returns
    -------
    (int or None, str, str) or None
        Time to live, type and data; None where it takes a tokenizer to tell.
    """
    found = _RIGHT.fullmatch(right)
    if found is None:
        return None
    first, second, word, data = found.groups()
    kind, reader = _READERS.get(word, _NOBODY)
    if reader is None or (first and second):
        return None
    value = reader(data, origin)
    return None if value is None else (int(first or second) if first or second else None, kind, value)


def _ipv4(data: str, origin: str) -> str | None:
    try:
        return data if inet_ntop(AF_INET, inet_pton(AF_INET, data)) == data else None
    except (OSError, ValueError):
        return None


def _ipv6(data: str, origin: str) -> str | None:
    try:
        address = inet_ntop(AF_INET6, inet_pton(AF_INET6, data))
    except (OSError, ValueError):
        return None
    return None if "." in address else address  # systems differ in what they write with dots


def _name(data: str, origin: str) -> str | None:
    if not _NAME.fullmatch(data):
        return data if data == "." else None
    if data[-1] != ".":
        data = f"{data}.{origin}." if origin else f"{data}."
    return data.lower() if len(data) <= _LONGEST else None


def _texts(data: str, origin: str) -> str | None:
    if not _TEXTS.fullmatch(data):
        return None
    return _BETWEEN.sub('" "', data) if '"' in data[1:-1] else data


_Reader = Callable[[str, str], str | None]
_NOBODY: tuple[str, _Reader | None] = "", None
_OF_TYPE: dict[str, _Reader | None] = {
    "A": _ipv4,
    "AAAA": _ipv6,
    "CNAME": _name,
    "NS": _name,
    "PTR": _name,
    "TXT": _texts,
}
_READERS = {word: (kind, reader) for kind, reader in _OF_TYPE.items() for word in (kind, kind.lower())}
