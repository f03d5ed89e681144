"""What a parameter may be. Each check returns the value in its plain type, or says what is accepted."""

import contextlib
import decimal
import math
import numbers as kinds_of_numbers
import operator
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

#: The largest whole number unless a check has a bound of its own, since 64 bits hold no more; and the largest
#: number in a column of others, since beyond it sums are out by more than one.
MOST_WHOLE, MOST = 2**63 - 1, 1e15
#: The years 1 to 9999, as seconds since 1970.
FIRST_SECOND, LAST_SECOND = -62_135_596_800, 253_402_300_799
_LONGEST = 10_000 * 31_556_952  # seconds in ten thousand years (Gregorian)
_LONGEST_TEXT = 1_000  # characters
_REAL = (kinds_of_numbers.Real, decimal.Decimal)
# A year of four digits, by itself or at the head of a date without hyphens: pandas takes "1h" for the year 1,
# and "10:30" for today.
_DATED = re.compile(r"\b\d{4}\b|^\s*\d{8}(?!\d)")


def shown(value: object) -> str:
    """Return a value as an error message shows it: shortly, and whatever it is."""
    if isinstance(value, pd.DataFrame):
        return f"<DataFrame of {len(value):,} rows>"
    try:
        text = repr(value)
    except Exception:
        return f"<{type(value).__name__} that cannot be shown>"
    return short(text, 450)


def refuse(name: str, value: object, accepted: str) -> ValueError:
    """Return the error for a value that is not accepted, to be raised."""
    return ValueError(f"{name}={shown(value)} is not accepted; give {accepted}")


def short(text: str, most: int = 1_000) -> str:
    """Return a text as it is, or its first bytes (UTF-8) and its length: no error is as long as a file."""
    raw = text.encode(errors="replace")
    return text if len(raw) <= most else f"{raw[:most].decode(errors='ignore')}… ({len(text):,} characters)"


def whole(name: str, value: Any, low: int = 0, high: float | None = None) -> int:
    """Return a whole number from `low` to `high`, both included; by default to what 64 bits hold."""
    most = MOST_WHOLE if high is None else high
    try:
        number = None if isinstance(value, bool) else operator.index(value)
    except Exception:
        number = None
    if number is None or not low <= number <= most:
        bound = f"{low} or more" if high in (None, math.inf) else f"{low} to {high:,}"
        below = ", below 2**63" if high is None and number is not None and number > most else ""
        raise refuse(name, value, f"a whole number, {bound}{below}")
    return number


def seed(value: Any) -> int:
    """Return the seed of what is drawn: a whole number, as long as it likes."""
    return whole("seed", value, high=math.inf)


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
    number = math.nan
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, _REAL) and not isinstance(value, bool | np.timedelta64):
        with contextlib.suppress(TypeError, ValueError, OverflowError):
            number = float(value)
    fits = (number > low if above else number >= low) and (number < high if below else number <= high)
    if not (math.isfinite(number) and fits):
        bounds = [f"{'above' if above else 'at least'} {low:g}"]
        if high < math.inf:
            bounds.append(f"{'below' if below else 'at most'} {high:g}")
        raise refuse(name, value, f"a number {' and '.join(bounds)}")
    return number


def seconds(name: str, value: Any, low: float = -_LONGEST) -> int:
    """Return a duration in whole seconds, from what `pandas.Timedelta` takes: 10,000 years at most."""
    missing: Any = None
    number = isinstance(value, int | float | np.number) and not isinstance(value, np.timedelta64)
    try:
        duration = pd.Timedelta(missing if number else value)
        length = duration.total_seconds()  # not a number if the duration is missing
    except Exception:
        length = math.nan
    if not (length == length // 1 and low <= length <= _LONGEST):
        accepted = "a duration in whole seconds, such as '10min' or '24h'"
        if low > -_LONGEST:
            accepted += f", of at least {low:g} s"
        if length > _LONGEST:
            accepted += ", of at most 10,000 years"
        raise refuse(name, value, accepted)
    return round(length)


def instant(name: str, value: Any, length: float = 0) -> pd.Timestamp:
    """Return a time in UTC, in whole seconds; a time without a zone is UTC already.

    With a length, so many seconds must lie between it and the end of the year 9999.
    """
    time: Any = pd.NaT
    undated = isinstance(value, str) and not _DATED.search(value)
    if not undated and not isinstance(value, int | float | np.number | np.ndarray):
        try:
            time = pd.Timestamp(value)
            time = time.tz_localize("UTC") if time.tz is None else time.tz_convert("UTC")
        except Exception:
            time = pd.NaT
    if time is pd.NaT or time != time.floor("s"):
        raise refuse(name, value, "a time in whole seconds, such as '2010-05-28' or '2010-05-28T12:00:00Z'")
    if time.timestamp() + length > LAST_SECOND:
        raise refuse(name, value, f"a time that leaves {length:,.0f} s to the end of the year 9999")
    found: pd.Timestamp = time.as_unit("s")
    return found


def one_of(name: str, value: Any, accepted: Collection[str]) -> str:
    """Return one of several words."""
    if not (isinstance(value, str) and value in accepted):
        raise refuse(name, value, f"one of {', '.join(accepted)}")
    return value


def text(name: str, value: Any, accepted: str = "a text", *, empty: bool = False) -> str:
    """Return a text in one line of at most 1,000 characters, which is not blank unless empty is True."""
    fits = isinstance(value, str) and len(value) <= _LONGEST_TEXT and value.isprintable()
    if not (fits and (empty or value.strip())):
        raise refuse(name, value, f"{accepted}, in at most {_LONGEST_TEXT:,} printable characters")
    return str(value)


def instance(name: str, value: Any, kind: type) -> Any:
    """Return an object of one of the course's own kinds."""
    if not isinstance(value, kind):
        article = "an" if kind.__name__[0] in "AEIOU" else "a"
        raise refuse(name, value, f"{article} {kind.__name__}")
    return value


def several(name: str, values: Any, accepted: str, *, kind: type = object, empty: bool = False) -> list[Any]:
    """Return what a list holds, or anything that is gone through like one: of one kind, and not empty."""
    found: list[Any] | None = None
    if isinstance(values, Iterable) and not isinstance(values, str | bytes | Mapping | pd.DataFrame):
        try:
            found = list(values)
        except Exception:
            found = None
    if found is None or not all(isinstance(one, kind) for one in found):
        raise refuse(name, values, f"a list of {accepted}")
    if not (found or empty):
        raise refuse(name, values, f"a list of {accepted}; none is given")
    return found


def array(name: str, values: Any, low: int, high: int) -> npt.NDArray[Any]:
    """Return an array of whole numbers from `low` to `high`, both included; of one number it has no axis."""
    try:
        found = np.asarray(values)
    except Exception:
        found = np.array(None)
    if found.dtype.kind not in "iu" or (found.size and (found.min() < low or found.max() > high)):
        if found.size or found.dtype.kind not in "iuf":  # an empty list is an array of float
            raise refuse(name, values, f"whole numbers from {low:,} to {high:,}")
        found = found.astype(np.int64)
    return found


def floats(name: str, values: Any, low: float) -> npt.NDArray[np.float64]:
    """Return an array of numbers of at least `low`; of one number it has no axis."""
    try:
        found = np.asarray(values)
        fits = found.dtype.kind in "iuf" and bool((found >= low).all())
    except Exception:
        fits = False
    if not fits:
        raise refuse(name, values, f"a number of at least {low:g}, or an array of such")
    return found.astype(float)


def columns(name: str, table: Any, needed: Collection[str]) -> None:
    """Refuse what is not a table with the columns needed."""
    if not isinstance(table, pd.DataFrame):
        raise ValueError(f"{name} is a {type(table).__name__}; give a DataFrame with {', '.join(needed)}")
    if table.columns.nlevels > 1:
        raise ValueError(f"{name} has columns of several levels; give one with {', '.join(needed)}")
    if missing := [column for column in needed if column not in table.columns]:
        near = [each for each in table.columns if str(each).strip("\ufeffï»¿ \t\"'").lower() in missing]
        hint = f"; rename {short(repr(near[0]), 100)}, which has a sign or a capital too many" if near else ""
        raise ValueError(f"{name} has no column {', '.join(missing)}; it needs {', '.join(needed)}{hint}")
    if not table.columns.is_unique:
        twice = ", ".join(map(str, table.columns[table.columns.duplicated()].unique()))
        raise ValueError(f"{name} has more than one column {twice}; give each column a name of its own")


def plain(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Return columns of a table, or the whole, numbered anew: an index may bear the name of a column."""
    return (table[list(columns)] if columns else table).reset_index(drop=True).rename_axis(columns=None)


def first_rows(table: pd.DataFrame) -> str:
    """Return the first three rows as an error message shows them: shortly, and whatever they hold."""
    try:
        lines = table.head(3).to_string(max_cols=20, max_colwidth=60).splitlines()
    except Exception:
        return "(rows that cannot be shown)"
    return "\n".join(short(line, 300) for line in lines[:6])


def rows(name: str, table: pd.DataFrame, bad: Any, problem: str) -> None:
    """Refuse a table with bad rows, and show the first three of them."""
    if number := int(np.count_nonzero(bad)):
        first = first_rows(table[np.asarray(bad, bool)])
        raise ValueError(f"{name}: {number:,} of {len(table):,} rows {problem}. The first:\n{first}")


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
            f"The first rows:\n{first_rows(table)}"
        )
    rows(name, table, given.isna(), f"have no {column}; every row needs one")
    found = given.to_numpy("M8[s]").view(np.int64)
    if len(found) and (found.min() < FIRST_SECOND or found.max() > LAST_SECOND):
        far = (found < FIRST_SECOND) | (found > LAST_SECOND)
        rows(name, table, far, f"have a {column} outside the years 1 to 9999")
    return found


def spans(name: str, table: pd.DataFrame) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the columns ``start`` and ``end`` as whole seconds since 1970, each end after its start."""
    start, end = times(name, table, "start"), times(name, table, "end")
    rows(name, table, start >= end, "do not end after they start; each needs start < end")
    return start, end


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
            f"The first rows:\n{first_rows(table)}"
        )
    found = given.to_numpy()
    if len(found) and (found.min() < low or found.max() > most):
        bad = (found < low) | (found > most)
        rows(name, table, bad, f"have a {column} out of range; give {accepted}")
    return found


def wholes_or_missing(
    name: str, table: pd.DataFrame, column: str, high: int | None = None
) -> pd.arrays.IntegerArray:
    """Return a column of whole numbers as `wholes` does, of which some may be missing.

    A float without a fraction stands for a whole number: so a column with gaps is read from a file.
    """
    given = table[column]
    low, most = (-(2**63), 2**63 - 1) if high is None else (0, high)
    accepted = "a whole number below 2**63" if high is None else f"a whole number from 0 to {high:,}"
    missing = given.isna().to_numpy(bool)
    there = (given[~missing] if missing.any() else given).to_numpy()
    plain_object = given.dtype.kind == "O" and not isinstance(given.dtype, pd.CategoricalDtype)
    known = given.dtype.kind in "iuf" or (plain_object and pd.api.types.infer_dtype(there) == "integer")
    if len(there) and not known:
        raise ValueError(
            f"{name}: {column} is of the type {given.dtype}; give {accepted} or nothing in every row. "
            f"The first rows:\n{first_rows(table)}"
        )
    found = np.zeros(len(given), np.int64)
    if given.dtype.kind == "f":
        low, most = max(low, -(2**53)), min(most, 2**53)
        there = there.astype(float, copy=False)
    if len(there) and known:
        bad = np.zeros(len(given), bool)
        bad[~missing] = (there < low) | (there > most)
        if given.dtype.kind == "f":
            bad[~missing] |= there != np.floor(there)
        rows(name, table, bad, f"have a {column} that is not {accepted}")
        found[~missing] = there.astype(np.int64)
    return pd.arrays.IntegerArray(found, missing)


def labels(name: str, table: pd.DataFrame, column: str) -> pd.Categorical:
    """Return a column of texts, or of numbers, as categories; some may be missing."""
    given = table[column]
    different = given.cat.categories if isinstance(given.dtype, pd.CategoricalDtype) else given
    known = isinstance(different.dtype, pd.StringDtype)
    if not known:
        kind = pd.api.types.infer_dtype(different)
        known = kind in ("string", "integer", "floating", "empty")
        if kind == "mixed-integer":  # a few texts among numbers, or anything else
            known = all(isinstance(one, str | int | float) for one in different.dropna())
    if not known:
        raise ValueError(
            f"{name}: {column} is of the type {given.dtype}; give texts, or numbers, or nothing. "
            f"The first rows:\n{first_rows(table)}"
        )
    return pd.Categorical(given)


def flags(name: str, table: pd.DataFrame, column: str, *, or_numbers: bool = False) -> npt.NDArray[np.bool]:
    """Return a column of True and False; or_numbers: 1 and 0 may stand for them."""
    given = table[column]
    accepted = "True or False" + (", or 1 or 0" if or_numbers else "")
    rows(name, table, given.isna(), f"have no {column}; every row needs {accepted}")
    known = given.dtype.kind == "b" or pd.api.types.infer_dtype(given) == "boolean"
    if not known and not (or_numbers and given.dtype.kind in "iuf" and given.isin([0, 1]).all()):
        raise ValueError(f"{name}: {column} is of the type {given.dtype}; give {accepted} in every row")
    return given.to_numpy().astype(bool)


def flags_or_missing(name: str, table: pd.DataFrame, column: str) -> npt.NDArray[np.bool]:
    """Return a column of True and False, or of 1 and 0; where a value is missing, False."""
    there = table[column].notna().to_numpy(bool)
    found = np.zeros(len(there), bool)
    if there.any():
        found[there] = flags(name, table[there], column, or_numbers=True)
    return found


def numbers(
    name: str,
    table: pd.DataFrame,
    column: str,
    low: float = -MOST,
    high: float = MOST,
    *,
    missing: bool = False,
) -> npt.NDArray[np.float64]:
    """Return a column of finite numbers from `low` to `high`; missing: some may be."""
    given = table[column]
    if given.dtype.kind not in "iuf":
        raise ValueError(f"{name}: {column} is of the type {given.dtype}; give numbers{_range(low, high)}")
    found = given.to_numpy(float, na_value=math.nan)
    bad = ~((found >= low) & (found <= high))
    bad = bad & ~np.isnan(found) if missing else bad
    rows(name, table, bad, f"have a {column} that is no number{_range(low, high)}")
    return found


def texts(name: str, table: pd.DataFrame, column: str, accepted: Collection[str] | None = None) -> None:
    """Refuse a table with a column that is not of texts, of those that are accepted if they are given."""
    given = table[column]
    asked = "a text" if accepted is None else f"one of {', '.join(accepted)}"
    rows(name, table, given.isna(), f"have no {column}; every row needs {asked}")
    different = given.cat.categories if isinstance(given.dtype, pd.CategoricalDtype) else given
    known = isinstance(different.dtype, pd.StringDtype) or not len(given)
    if not known and pd.api.types.infer_dtype(different) != "string":
        raise ValueError(f"{name}: {column} is of the type {given.dtype}; give {asked} in every row")
    if accepted is not None:
        rows(name, table, ~given.isin(accepted), f"have a {column} that is none of {', '.join(accepted)}")


def factors(name: str, table: pd.DataFrame, column: str) -> "tuple[npt.NDArray[np.intp], pd.Index[Any]]":
    """Return which label each row has, and the labels in the order in which they come: of any kind."""
    given = table[column]
    rows(name, table, given.isna(), f"have no {column}; every row needs one")
    try:
        which, different = pd.factorize(given)
    except Exception:
        raise ValueError(f"{name}: {column} is of the type {given.dtype}; give numbers or texts") from None
    return which, pd.Index(different)


def _range(low: float, high: float) -> str:
    if low == -MOST and high == MOST:
        return ""
    return f" of {low:g} or more" if high == MOST else f" from {low:g} to {high:g}"
