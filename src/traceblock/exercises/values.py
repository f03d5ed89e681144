"""What kind of thing a student's value is, in words, and what to say of one of another kind than asked.

Nothing here trusts the value: its class is asked of ``type``, never of the object. What its methods may
still raise is for the caller to catch.
"""

import math
import re
import sys
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import typing as grouping

_SCALARS: dict[str, tuple[type, ...]] = {
    "True or False": (bool, np.bool_),
    "a duration": (timedelta, np.timedelta64),  # before numbers: NumPy's durations derive from its integers
    "a number": (int, float, np.integer, np.floating, Decimal, Fraction),
    "text": (str,),
    "a time": (date, np.datetime64),
}
_GROUPS = (
    grouping.DataFrameGroupBy,
    grouping.SeriesGroupBy,
    grouping.Resampler,
    grouping.Rolling,
    grouping.Expanding,
    grouping.Window,
)
_OTHERS: dict[str, tuple[type, ...]] = {
    "a table": (pd.DataFrame,),
    "a Series": (pd.Series,),
    "an array": (np.ndarray, pd.api.extensions.ExtensionArray, pd.Index),
    "a list": (list,),
    "a tuple": (tuple,),
    "a dict": (dict,),
    "a set": (set, frozenset),
    "a function": (FunctionType, BuiltinFunctionType, MethodType),
    "grouped rows": _GROUPS,
}
_TABLE_OF_IT = "`pd.DataFrame(...)` makes a table of it"
_ADVICE = {
    ("a number", "text"): "put it in quotes",
    ("a list", "a number"): "take the value out of the list",
    ("a list", "a letter in quotes"): "take the letter out of the list",
    ("a tuple", "a number"): "take the one that is asked out of it, by its name or its place",
    ("a table", "a number"): "read the number off it, or count its rows with `len(…)`",
    ("a Series", "a table"): "`.reset_index(name=…)` makes a table of it",
    ("a list", "a table"): _TABLE_OF_IT,
    ("a tuple", "a table"): _TABLE_OF_IT,
    ("an array", "a table"): _TABLE_OF_IT,
    ("a dict", "a table"): _TABLE_OF_IT,
    ("a duration", "a number"): "divide it by a unit, such as `pd.Timedelta(hours=1)`, to get a number",
    ("a number", "a duration"): "say of what: `pd.Timedelta(hours=…)`",
}


def mismatch(value: object, asked: str) -> str:
    """Return the complaint about a value that is not of the kind asked."""
    kind = plain(value)[0]
    if value is None:
        return f"None where {asked} is asked; was the value printed instead of returned or assigned?"
    if kind == "a function":
        return f"a function where {asked} is asked; {_to_call(value)}"
    if kind == "grouped rows":
        advice: str | None = "say what to compute of each group, as in `.size()` or `.mean()`"
    else:
        advice = _ADVICE.get((kind, asked)) or _closer_look(value, kind, asked)
    return f"{kind} where {asked} is asked" + (f"; {advice}" if advice else "")


def _to_call(value: Any) -> str:
    if type(value) is MethodType and type(value.__self__) in _GROUPS:
        return 'put () after its name, and in them what to compute of each group, as in `.agg("mean")`'
    return "to call it, put () after its name"


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
        return plain(value[()])
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
    cls = type(value)
    if issubclass(cls, (int, np.integer)):
        number: int | float = int(value)
    elif issubclass(cls, (np.float16, np.float32)):
        number = float(str(value))  # the digits it shows: 0.0851, not 0.08510000258684158
    else:
        number = float(value)
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


def error_text(error: BaseException) -> str:
    """Return the class of an error and its own text, in one line that is not too long."""
    try:
        text = " ".join(str.__str__(str(error)).split())
    except BaseException:  # its __str__ may do what it likes
        text = ""
    text = "".join(filter(str.isprintable, text))
    short = f"{text[:100]} …" if len(text) > 100 else text
    return f"{class_name(type(error))}: {short}" if short else class_name(type(error))
