"""Where the course's own files are: in a checkout beside ``src``, in a wheel in ``course``."""

import hashlib
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parents[1]


def checkout() -> Path | None:
    """Return the folder of the checkout that this package runs from, or None in an installed wheel."""
    return _CHECKOUT if _PACKAGE == _CHECKOUT / "src" / "traceblock" else None


def course_file(*parts: str) -> Path:
    """Return the path of a course file, such as ``course_file("data", "facts.csv")``; it may not exist."""
    return (checkout() or _PACKAGE / "course").joinpath(*parts)


def with_lf(text: bytes) -> bytes:
    """Return a text with LF line ends, as it is published, whatever git or an editor made of them here."""
    return text.replace(b"\r\n", b"\n")


def published_hash(text: bytes) -> str:
    """Return ``sha256:`` and the hash of a text with LF line ends: the same for a copy with CRLF."""
    return f"sha256:{hashlib.sha256(with_lf(text)).hexdigest()}"
