"""Compare a student's value with the expected one, and say what is wrong without telling what is right.

Nothing here trusts the value: its class is asked of ``type``, never of the object. What its methods may
still raise is for the caller to catch.
"""

import math
import re
import sys
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

import numpy as np
import pandas as pd

_SCALARS: dict[str, tuple[type, ...]] = {
    "True or False": (bool, np.bool_),
    "a number": (int, float, np.integer, np.floating, Decimal, Fraction),
    "text": (str,),
    "a time": (date, np.datetime64),
    "a duration": (timedelta, np.timedelta64),
}
_OTHERS: dict[str, tuple[type, ...]] = {
    "a table": (pd.DataFrame,),
    "a Series": (pd.Series,),
    "an array": (np.ndarray, pd.api.extensions.ExtensionArray),
    "a list": (list,),
    "a tuple": (tuple,),
    "a dict": (dict,),
    "a set": (set, frozenset),
    "a function": (FunctionType, BuiltinFunctionType, MethodType),
}
_ADVICE = {
    ("a number", "text"): "put it in quotes",
    ("a list", "a number"): "take the value out of the list",
    ("a tuple", "a number"): "take the one that is asked out of it, by its name or its place",
    ("a table", "a number"): "read the number off it, or count its rows with `len(…)`",
    ("a Series", "a table"): "`.reset_index(name=…)` makes a table of it",
    ("a list", "a table"): "`pd.DataFrame(...)` makes a table of it",
    ("a dict", "a table"): "`pd.DataFrame(...)` makes a table of it",
}


def complaint(
    value: object, expected: object, tolerance: float | None = None, sort_by: str | Sequence[str] = ()
) -> str | None:
    """Return what is wrong with a value, by the kind of the expected one, or None if it is right.

    Parameters
    ----------
    value : object
        Anything.
    expected : DataFrame, str, number, bool, time or duration
        Text is compared in its :func:`simplified` form, the cells of a table to the letter.
    tolerance : float, optional
        Relative. Without it, whole numbers must agree within 1e-6, others within one part in a million.
    sort_by : str or sequence of str
        The key columns of a table whose rows may come in any order.

    Raises
    ------
    TypeError
        If the expected value is of no such kind.
    """
    if isinstance(expected, pd.DataFrame):
        return _about_table(value, expected, tolerance, [sort_by] if isinstance(sort_by, str) else sort_by)
    if isinstance(expected, str) and issubclass(type(value), str):
        same = simplified(plain(value)[1]) == simplified(expected)
        return None if same else "not the text that is asked"
    return _about_scalar(value, expected, tolerance)


def simplified(text: str) -> str:
    """Return text without case, accents, white space, punctuation and a leading article.

    Punctuation between two digits stays as a space: 1.5 is not 15.
    """
    text = unicodedata.normalize("NFKD", text.casefold())
    text = re.sub(r"^[\W_]*(a|an|the)\b[\W_]+(?=\w)", "", text)
    text = re.sub(r"(?<=\d)[\W_]+(?=\d)", " ", text)
    return re.sub(r"(?<!\d)[\W_]+|[\W_]+(?!\d)", "", text)


def mismatch(value: object, asked: str) -> str:
    """Return the complaint about a value that is not of the kind asked."""
    kind = plain(value)[0]
    if value is None:
        return f"None where {asked} is asked; was the value printed instead of returned or assigned?"
    if kind == "a function":
        return f"a function where {asked} is asked; to call it, put () after its name"
    advice = _ADVICE.get((kind, asked)) or _closer_look(value, kind, asked)
    return f"{kind} where {asked} is asked" + (f"; {advice}" if advice else "")


def _closer_look(value: Any, kind: str, asked: str) -> str | None:
    """Return advice that depends on what the value holds."""
    if (kind, asked) == ("text", "a number"):
        digits = re.fullmatch(r"\s*[-+]?[\d.,]+\s*", plain(value)[1])
        return "leave the quotes out" if digits else "write the number alone, in digits"
    if kind in ("a Series", "an array") and asked == "a number":
        if len(value) == 1:
            return "`.item()` takes the single value out of it"
        if value.dtype == bool:
            return "it answers row by row; in brackets behind the table it keeps the rows to count"
        return "it holds many; which one is asked, or how many they are? `len(…)` counts them"
    return None


def plain(value: Any) -> tuple[str, Any]:
    """Return the kind of a value in words and, if it is a scalar, the value itself in plain Python."""
    cls = type(value)
    if issubclass(cls, np.ndarray) and value.ndim == 0:
        return plain(value.item())
    if value is None or value is pd.NA or value is pd.NaT:
        return "a missing value", None
    for kind, classes in _SCALARS.items():
        if issubclass(cls, classes):
            scalar = _SCALAR[kind](value)
            return ("a missing value", None) if scalar != scalar else (kind, scalar)
    for kind, classes in _OTHERS.items():
        if issubclass(cls, classes):
            return kind, None
    return f"an object of type {class_name(cls)}", None


def class_name(cls: type) -> str:
    """Return the name of a class, short and printable, whatever its metaclass does."""
    name: str = type.__dict__["__name__"].__get__(cls)
    return "".join(filter(str.isprintable, name))[:40]


def _number(value: Any) -> int | float:
    number = int(value) if issubclass(type(value), (int, np.integer)) else float(value)
    if abs(number) <= sys.float_info.max or number != number:
        return number
    return math.inf if number > 0 else -math.inf


def _time(value: Any) -> Any:
    time = pd.Timestamp(value)
    return time.tz_localize("UTC") if time.tzinfo is None else time


_SCALAR: dict[str, Callable[[Any], Any]] = {
    "True or False": bool,
    "a number": _number,
    "text": str.__str__,  # not str(): a class derived from it may say what it likes
    "a time": _time,
    "a duration": pd.Timedelta,
}


def _about_scalar(value: object, expected: object, tolerance: float | None) -> str | None:
    (kind, given), (asked, wanted) = plain(value), plain(expected)
    if asked not in _SCALARS and asked != "a missing value":
        raise TypeError(f"expected={asked}: a table, text, a number, a time or a duration can be compared")
    if kind != asked:
        return mismatch(value, asked)
    if kind == "a number":
        return _about_number(given, wanted, tolerance)
    return None if given == wanted else "not the value that is asked"


def _about_number(value: int | float, expected: int | float, tolerance: float | None) -> str | None:
    if tolerance is None and isinstance(expected, int):
        close = abs(value - expected) <= 1e-6
    else:
        relative = 1e-6 if tolerance is None else tolerance
        close = math.isclose(value, expected, rel_tol=relative, abs_tol=1e-12)
    return None if close else "too big" if value > expected else "too small"


def _about_table(
    value: Any, expected: pd.DataFrame, tolerance: float | None, keys: Sequence[str]
) -> str | None:
    if not issubclass(type(value), pd.DataFrame):
        return mismatch(value, "a table")
    table = pd.DataFrame(value)
    if table.columns.nlevels > 1:
        return "the columns have several levels; give each one name"
    labels = [label if issubclass(type(label), str) else None for label in table.columns]
    for name in expected.columns:
        if labels.count(name) == 0:
            in_index = any(issubclass(type(label), str) and label == name for label in table.index.names)
            advice = "; it is in the index, `.reset_index()` makes it a column" if in_index else ""
            return f"the column '{name}' is missing{advice}"
        if labels.count(name) > 1:
            return f"there is more than one column '{name}'"
    if len(table) != len(expected):
        return f"too {'many' if len(table) > len(expected) else 'few'} rows"
    given = {name: list(table.iloc[:, labels.index(name)]) for name in expected.columns}
    wanted = {name: list(expected[name]) for name in expected.columns}
    if keys:
        given, wanted = _sorted(given, keys), _sorted(wanted, keys)
    for name in [*keys, *(name for name in expected.columns if name not in keys)]:
        cells = zip(given[name], wanted[name], strict=True)
        wrong = [why for one, other in cells if (why := _about_scalar(one, other, tolerance))]
        if wrong and name in keys:  # sorted by what is wrong, the rows are no longer told apart
            return f"the column '{name}' is not right: {wrong[0]}"
        if wrong:
            rows = f"{len(wrong)} of {len(table)} rows"
            return f"the column '{name}' is not right in {rows}; the first of them: {wrong[0]}"
    return None


def _sorted(columns: dict[str, list[object]], keys: Sequence[str]) -> dict[str, list[object]]:
    rows = list(zip(*(map(plain, columns[key]) for key in keys), strict=True))
    places = sorted(range(len(rows)), key=rows.__getitem__)
    return {name: [cells[place] for place in places] for name, cells in columns.items()}
