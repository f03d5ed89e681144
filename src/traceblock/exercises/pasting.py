"""Write a value as Python code that makes it again, to be pasted into a notebook."""

import math
import reprlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from traceblock.exercises.values import plain

_LONGEST = 1_200  # characters that anybody would paste


def call(name: str, arguments: Sequence[object]) -> str | None:
    """Return a call as code that needs pandas as pd only; None if that is too long, or cannot be written."""
    try:
        code = f"{name}({', '.join(map(_code, arguments))})"
    except _NotWritableError:
        return None
    return code if len(code) <= _LONGEST else None


def in_short(name: str, arguments: Sequence[object]) -> str:
    """Return a call in a few words: tables by their kind only, what is long cut."""
    return f"{name}({', '.join(map(_shown, arguments))})"


def _shown(argument: object) -> str:
    kind, _ = plain(argument)
    if kind in ("a table", "a Series", "an array"):
        return kind
    if kind in ("a time", "a duration", "a missing value", "a number"):
        return _code(argument)
    return reprlib.repr(argument)


class _NotWritableError(Exception):
    """There is no code for a value."""


def _code(value: Any) -> str:
    writer = _WRITERS.get(type(value))
    if writer is None:
        raise _NotWritableError
    return writer(value)


def _number(value: Any) -> str:
    return repr(value) if math.isfinite(value) else f'float("{value}")'


def _sequence(value: Any) -> str:
    cells = ", ".join(map(_code, value))
    if type(value) is tuple:
        return f"({cells}{',' if len(value) == 1 else ''})"
    return f"[{cells}]" if type(value) is list else f"{{{cells}}}" if value else "set()"


def _mapping(value: dict[Any, Any]) -> str:
    return "{" + ", ".join(f"{_code(key)}: {_code(each)}" for key, each in value.items()) + "}"


def _table(table: pd.DataFrame) -> str:
    columns, other = [], {}
    for name, column in table.items():
        cells = list(column)
        if isinstance(column.dtype, pd.CategoricalDtype):
            of = f"{_code(list(column.cat.categories))}, ordered={column.cat.ordered}"
            columns.append(f"{_code(name)}: pd.Categorical({_code(cells)}, {of})")
            continue
        columns.append(f"{_code(name)}: {_code(cells)}")
        if not _is_inferred(column, cells):
            other[name] = str(column.dtype)
    return f"pd.DataFrame({{{', '.join(columns)}}}{_index(table)}){_as_types(other)}"


def _series(series: "pd.Series[Any]") -> str:
    cells = list(series)
    name = "" if series.name is None else f", name={_code(series.name)}"
    types = "" if _is_inferred(series, cells) else f".astype({str(series.dtype)!r})"
    return f"pd.Series({_code(cells)}{_index(series)}{name}){types}"


def _is_inferred(column: "pd.Series[Any]", cells: list[Any]) -> bool:
    """Return whether pandas gives a column of these cells its type; times may get another unit."""
    return column.dtype.kind not in "mM" and pd.Series(cells).dtype == column.dtype


def _index(rows: "pd.DataFrame | pd.Series[Any]") -> str:
    plain_index = pd.RangeIndex(len(rows))
    return "" if rows.index.equals(plain_index) else f", index={_code(list(rows.index))}"


def _as_types(types: dict[Any, str]) -> str:
    return f".astype({types!r})" if types else ""


_NUMBERS = (
    *(np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64),
    *(np.float32, np.float64),
)
_WRITERS: dict[type, Callable[[Any], str]] = {
    **dict.fromkeys((bool, int, str, bytes, type(None)), repr),
    **dict.fromkeys(_NUMBERS, lambda value: _number(value.item())),
    **dict.fromkeys((list, tuple, set), _sequence),
    float: _number,
    np.bool_: lambda value: repr(bool(value)),
    dict: _mapping,
    pd.Timestamp: lambda value: f"pd.Timestamp({str(value)!r})",
    pd.Timedelta: lambda value: f"pd.Timedelta({str(value)!r})",
    type(pd.NaT): lambda _: "pd.NaT",
    type(pd.NA): lambda _: "pd.NA",
    pd.DataFrame: _table,
    pd.Series: _series,
}
