"""What a parameter may be. Each check returns the value in its plain type, or says what is accepted."""

import math
import operator
from collections.abc import Collection
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd


def refuse(name: str, value: object, accepted: str) -> ValueError:
    """Return the error for a value that is not accepted, to be raised."""
    return ValueError(f"{name}={short(repr(value))} is not accepted; give {accepted}")


def short(text: str, most: int = 1_000) -> str:
    """Return a text as it is, or its first bytes (UTF-8) and its length: no error is as long as a file."""
    raw = text.encode(errors="replace")
    return text if len(raw) <= most else f"{raw[:most].decode(errors='ignore')}… ({len(text):,} characters)"


def whole(name: str, value: Any, low: int = 0, high: float = math.inf) -> int:
    """Return a whole number from `low` to `high`, both included."""
    accepted = f"a whole number, {low} or more" if high == math.inf else f"a whole number, {low} to {high:,}"
    try:
        number = operator.index(value)
    except TypeError:
        raise refuse(name, value, accepted) from None
    if isinstance(value, bool) or not low <= number <= high:
        raise refuse(name, value, accepted)
    return number


def flag(name: str, value: Any) -> bool:
    """Return True or False, for which neither a number nor a word stands."""
    if not isinstance(value, bool):
        raise refuse(name, value, "True or False")
    return value


def between(
    name: str,
    value: Any,
    low: float = 0.0,
    high: float = math.inf,
    *,
    above: bool = False,
    below: bool = False,
) -> float:
    """Return a finite number from `low` to `high`; above, below: without the bound itself."""
    bounds = [f"{'above' if above else 'at least'} {low:g}"]
    if high < math.inf:
        bounds.append(f"{'below' if below else 'at most'} {high:g}")
    try:
        number = math.nan if isinstance(value, bool | np.bool | str) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    fits = (number > low if above else number >= low) and (number < high if below else number <= high)
    if not (math.isfinite(number) and fits):
        raise refuse(name, value, f"a number {' and '.join(bounds)}")
    return number


def seconds(name: str, value: Any, low: float = -math.inf) -> int:
    """Return a duration in whole seconds, from anything that `pandas.Timedelta` takes."""
    accepted = "a duration in whole seconds, such as '10min' or '24h'"
    if low > -math.inf:
        accepted += f", of at least {low:g} s"
    missing: Any = None
    number = isinstance(value, int | float | np.number) and not isinstance(value, np.timedelta64)
    try:
        duration = pd.Timedelta(missing if number else value)
    except (TypeError, ValueError, OverflowError):
        duration = pd.Timedelta(missing)
    length = duration.total_seconds()  # not a number if the duration is missing
    if not (length == length // 1 and length >= low):
        raise refuse(name, value, accepted)
    return round(length)


def instant(name: str, value: Any) -> pd.Timestamp:
    """Return a time in UTC, in whole seconds; a time without a zone is UTC already."""
    accepted = "a time in whole seconds, such as '2010-05-28' or '2010-05-28T12:00:00Z'"
    missing: Any = pd.NaT
    try:
        time = pd.Timestamp(missing if isinstance(value, int | float | np.number) else value)
    except (TypeError, ValueError, OverflowError):
        time = pd.Timestamp(missing)
    time = time.tz_localize("UTC") if time.tz is None else time.tz_convert("UTC")
    if time != time.floor("s"):  # so is a missing time
        raise refuse(name, value, accepted)
    return time.as_unit("s")


def one_of(name: str, value: Any, accepted: Collection[str]) -> str:
    """Return one of several words."""
    if not (isinstance(value, str) and value in accepted):
        raise refuse(name, value, f"one of {', '.join(accepted)}")
    return value


def columns(name: str, table: Any, needed: Collection[str]) -> None:
    """Refuse what is not a table with the columns needed."""
    if not isinstance(table, pd.DataFrame):
        raise ValueError(f"{name} is a {type(table).__name__}; give a DataFrame with {', '.join(needed)}")
    if missing := [column for column in needed if column not in table.columns]:
        near = [each for each in table.columns if str(each).strip("\ufeffï»¿ \t\"'").lower() in missing]
        hint = f"; rename {short(repr(near[0]), 100)}, which has a sign or a capital too many" if near else ""
        raise ValueError(f"{name} has no column {', '.join(missing)}; it needs {', '.join(needed)}{hint}")
    if not table.columns.is_unique:
        twice = ", ".join(map(str, table.columns[table.columns.duplicated()].unique()))
        raise ValueError(f"{name} has more than one column {twice}; give each column a name of its own")


def rows(name: str, table: pd.DataFrame, bad: Any, problem: str) -> None:
    """Refuse a table with bad rows, and show the first three of them."""
    if number := int(np.count_nonzero(bad)):
        shown = _first(table[np.asarray(bad)])
        raise ValueError(f"{name}: {number:,} of {len(table):,} rows {problem}. The first:\n{shown}")


def _first(table: pd.DataFrame) -> str:
    """Return the first three rows as text, of no more columns and characters than an error can hold."""
    return short(table.head(3).to_string(max_cols=20, max_colwidth=60), 3_000)


def times(name: str, table: pd.DataFrame, column: str) -> npt.NDArray[np.int64]:
    """Return a column of times, which must have a zone, as whole seconds since 1970.

    Of a time finer than a second it is the second before, also before 1970; `split_times` keeps the rest.
    """
    given = table[column]
    if not isinstance(given.dtype, pd.DatetimeTZDtype):
        what = "no time zone" if given.dtype.kind == "M" else f"the type {given.dtype}"
        raise ValueError(
            f"{name}: {column} has {what}; give times in UTC, such as "
            f'pd.to_datetime({name}["{column}"], utc=True, format="ISO8601"). '
            f"The first rows:\n{_first(table)}"
        )
    rows(name, table, given.isna(), f"have no {column}; every row needs one")
    return given.to_numpy("M8[s]").view(np.int64)


def split_times(name: str, table: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return a table with a column of times in [s], as `times` reads it, and what was finer beside it.

    Where some time is finer than a second, ``<column>_fraction`` (timedelta64, from 0 to below 1 s) follows
    it, in place of a column of that name: the sum of the two is the time that was given.
    """
    times(name, table, column)
    given, fraction = table[column], f"{column}_fraction"
    split = table.assign(**{column: given.dt.as_unit("s")})
    if given.dt.unit != "s" and (rest := given - split[column]).any():
        split = split.drop(columns=fraction, errors="ignore")
        split.insert(list(split.columns).index(column) + 1, fraction, rest)
    return split


def wholes(name: str, table: pd.DataFrame, column: str, high: int | None = None) -> npt.NDArray[Any]:
    """Return a column of whole numbers, from 0 to `high` if that is given, else of 64 bits with a sign."""
    given = table[column]
    low, most = (-(2**63), 2**63 - 1) if high is None else (0, high)
    accepted = "a whole number below 2**63" if high is None else f"a whole number from 0 to {high:,}"
    rows(name, table, given.isna(), f"have no {column}; every row needs {accepted}")
    if given.dtype.kind not in "iu":
        hint = "; network.from_text makes numbers of dotted text" if column == "address" else ""
        raise ValueError(
            f"{name}: {column} is of the type {given.dtype}; give {accepted} in every row{hint}. "
            f"The first rows:\n{_first(table)}"
        )
    numbers = given.to_numpy()
    if len(numbers) and (numbers.min() < low or numbers.max() > most):
        bad = (numbers < low) | (numbers > most)
        rows(name, table, bad, f"have a {column} out of range; give {accepted}")
    return numbers


def flags(name: str, table: pd.DataFrame, columns: Collection[str]) -> None:
    """Refuse a table with columns that are not of True and False, where they have to be."""
    for column in columns:
        if table[column].dtype != bool:
            raise ValueError(f"{name}: {column} is of the type {table[column].dtype}; give True or False")


def amounts(name: str, table: pd.DataFrame, column: str) -> None:
    """Refuse a table with a column that is not of finite numbers, 0 or more."""
    if table[column].dtype.kind not in "iuf":
        raise ValueError(f"{name}: {column} is of the type {table[column].dtype}; give numbers, 0 or more")
    bad = ~table[column].between(0, np.finfo(float).max)
    rows(name, table, bad, f"have a {column} that is no number of 0 or more")
