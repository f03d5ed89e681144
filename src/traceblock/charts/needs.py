"""What a chart needs: each names the columns of its table, and what kind of values they hold."""

from collections.abc import Callable, Collection
from functools import partial
from typing import Any

import pandas as pd

from traceblock import arguments

#: Refuses a column that is not of a kind; takes the argument's name, the table and the column's name.
Kind = Callable[[str, pd.DataFrame, str], object]

text: Kind = arguments.texts
number: Kind = arguments.numbers
amount: Kind = partial(arguments.numbers, low=0)
share: Kind = partial(arguments.numbers, low=0, high=1)
above_0: Kind = partial(arguments.numbers, low=1e-12, high=1)
known_or_not: Kind = partial(arguments.numbers, missing=True)
count: Kind = partial(arguments.wholes, high=10**6)
time: Kind = arguments.times
flag: Kind = arguments.flags


def one_of(words: Collection[str]) -> Kind:
    """Return the kind of a column that holds some of the words."""
    return partial(arguments.texts, accepted=words)


def date(name: str, given: pd.DataFrame, column: str) -> None:
    """Refuse a column that does not hold years, months or days as the record has them."""
    arguments.texts(name, given, column)
    bad = ~given[column].astype(str).str.fullmatch(r"\d{4}(-\d\d){0,2}")
    arguments.rows(name, given, bad, f"have a {column} that is not like 2010, 2010-05 or 2010-05-28")


def table(name: str, given: Any, /, **kinds: Kind) -> pd.DataFrame:
    """Return what `any_rows` does of a table that has at least one row, or refuse it."""
    found = any_rows(name, given, **kinds)
    if found.empty:
        raise ValueError(f"{name} has no rows; the chart needs at least one")
    return found


def any_rows(name: str, given: Any, /, **kinds: Kind) -> pd.DataFrame:
    """Return a table numbered anew, with times in UTC, without columns that no chart can hold.

    Parameters
    ----------
    name : str
        The chart's argument.
    given : DataFrame
        What the chart was given.
    kinds
        By column needed, its kind.

    Raises
    ------
    ValueError
        If it is no table, or lacks a column or a value.
    """
    arguments.columns(name, given, kinds)
    plain = arguments.plain(given)
    for column, kind in kinds.items():
        kind(name, plain, column)
    held = [
        column
        for column in plain.columns
        if column in kinds or (isinstance(column, str) and _can_be_drawn(plain[column].dtype))
    ]
    zoned = {
        column: plain[column].dt.tz_convert("UTC")
        for column, kind in kinds.items()
        if kind is arguments.times
    }
    return plain[held].assign(**zoned)


def series(name: str, given: Any, labels: tuple[str, Kind], values: tuple[str, Kind]) -> pd.DataFrame:
    """Return a Series as a table of two columns, given by name and kind: its index and its values."""
    if not isinstance(given, pd.Series) or given.index.nlevels > 1:
        raise arguments.refuse(name, given, f"a Series of {values[0]}, with an index of {labels[0]}")
    rows = given.rename(values[0]).rename_axis(labels[0]).reset_index()
    return table(name, rows, **dict([labels, values]))


def _can_be_drawn(dtype: Any) -> bool:
    if isinstance(dtype, pd.CategoricalDtype):
        dtype = dtype.categories.dtype
    return isinstance(dtype, pd.StringDtype) or dtype.kind in "biufM"
