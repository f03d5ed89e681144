"""Domain names as text: lower case, A-labels, without the final dot; the root is the empty text."""

import re
from typing import Any

import idna

from traceblock import arguments

#: The longest name, in characters without the final dot (RFC 1035 §2.3.4: 255 octets on the wire).
LONGEST = 253
#: A label that needs no escape in a master file (RFC 1035 §5.1).
LABEL = r"[!#%&'*+,/0-9:<=>?A-Z\[\]^_`a-z{|}~-]{1,63}+"

_PLAIN = re.compile(rf"{LABEL}(?:\.{LABEL})*+\.?")
_LINES = re.compile(rf"(?:{_PLAIN.pattern}\n)*+")
_DOTS = re.compile("[.\u3002\uff0e\uff61]")  # what separates labels (UTS 46 §2.3)


def canonical(argument: str, name: Any) -> str:
    """Return a name as it is compared: case does not count (RFC 4343), U-labels become A-labels (RFC 5891).

    Raises
    ------
    ValueError
        If it is no domain name; the message begins with the name of the argument.
    """
    accepted = "a domain name such as 'site.example': labels of 1 to 63 characters, 253 in all"
    if not isinstance(name, str):
        raise arguments.refuse(argument, name, accepted)
    if name == ".":
        return ""
    plain = name.lower() if name.isascii() else _encoded(name)
    if not _PLAIN.fullmatch(plain):
        raise arguments.refuse(argument, name, accepted)
    if plain[-1] == ".":
        plain = plain[:-1]
    if len(plain) > LONGEST:
        raise arguments.refuse(argument, name, accepted)
    return plain


def canonicals(argument: str, names: list[Any]) -> list[str]:
    """Return many names as `canonical` returns one; plain ones all at once, several times as fast."""
    try:
        text = "\n".join([*names, ""]).lower()
    except TypeError:  # not all of them are text
        text = ""
    if text.isascii() and _LINES.fullmatch(text):
        plain = text.replace(".\n", "\n").split("\n")[:-1]
        if len(plain) == len(names) and max(map(len, plain), default=0) <= LONGEST:
            return plain
    return [canonical(argument, name) for name in names]


def parent(name: str) -> str:
    """Return a name without its first label."""
    return name.partition(".")[2]


def _encoded(name: str) -> str:
    """Return a name with A-labels, or the empty text if there are none for it."""
    try:
        return ".".join(
            label.lower() if label.isascii() else idna.encode(label, uts46=True).decode()
            for label in _DOTS.split(name)
        )
    except idna.IDNAError:
        return ""
