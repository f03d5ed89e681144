"""Where the course's own files are: in a checkout beside ``src``, in a wheel inside it."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parents[1]


def checkout() -> Path | None:
    """Return the folder of the checkout that this package runs from, or None in an installed wheel."""
    return _CHECKOUT if _PACKAGE == _CHECKOUT / "src" / "traceblock" else None


def course_file(*parts: str) -> Path:
    """Return the path of a course file, such as ``course_file("data", "facts.csv")``; it may not exist."""
    return (checkout() or _PACKAGE).joinpath(*parts)
