"""What a value may be spoiled with: a table of rubbish for each kind of value."""

import datetime
import decimal
import fractions
import math
from pathlib import Path

import numpy as np
import pandas as pd


class Unshowable:
    """An object of no use whose repr raises."""

    def __repr__(self):
        raise RuntimeError("no repr")


class Unequal:
    """An object that raises when it is compared."""

    def __eq__(self, other):
        raise RuntimeError("not comparable")

    __hash__ = object.__hash__


#: By name, a function that makes the value: generators are used up by one call.
ANYTHING = {
    "None": lambda: None,
    **{
        f"{number!r:.20}": lambda number=number: number
        for number in (True, False, 0, -1, 1, 2, 2.5, -0.5, math.nan, math.inf, -math.inf, 1e300, 1e-300, 1j)
    },
    **{f"2**{power}": lambda power=power: 2**power for power in (31, 32, 63, 64)},
    "10**400": lambda: 10**400,
    "10**5000": lambda: 10**5000,
    "-10**400": lambda: -(10**400),
    "Decimal NaN": lambda: decimal.Decimal("NaN"),
    "Fraction": lambda: fractions.Fraction(1, 3),
    "np.float32 nan": lambda: np.float32("nan"),
    "np.int8": lambda: np.int8(-3),
    "np.uint64": lambda: np.uint64(2**63),
    "np.True_": lambda: np.True_,
    "array 0-d": lambda: np.array(5),
    "array of one": lambda: np.array([1]),
    "array 2-d": lambda: np.array([[1, 2], [3, 4]]),
    "array of nan": lambda: np.array([math.nan, 1.0]),
    "array of objects": lambda: np.array([None, "a", Unshowable()], dtype=object),
    "array of text": lambda: np.array(["a"]),
    **{
        f"{text!r:.20}": lambda text=text: text
        for text in ("", " ", "1", "nan", "1h", "-1h", "1.5s", "no such word", "ünïcode 日本", "\x00", "a\nb")
    },
    "lone surrogate": lambda: "\ud800",
    "very long text": lambda: "x" * 100_000,
    "dots": lambda: "...",
    "bytes": lambda: b"x",
    "list empty": lambda: [],
    "list of one": lambda: [1],
    "list of None": lambda: [None],
    "list in list": lambda: [[1], {}],
    "tuple empty": lambda: (),
    "tuple": lambda: (0.1, 0.2),
    "tuple nan": lambda: (0.1, math.nan),
    "dict empty": lambda: {},
    "dict": lambda: {"a": 1},
    "dict odd keys": lambda: {None: object(), 1: [], (1, "b"): Unshowable()},
    "set": lambda: {1, "a"},
    "range": lambda: range(3),
    "generator": lambda: (i for i in range(3)),
    "object": object,
    "unshowable": Unshowable,
    "unequal": Unequal,
    "class": lambda: int,
    "function": lambda: lambda *given: given,
    "Path": lambda: Path("somewhere"),
    "NaT": lambda: pd.NaT,
    "NA": lambda: pd.NA,
    "np NaT": lambda: np.datetime64("NaT"),
    "np timedelta NaT": lambda: np.timedelta64("NaT"),
    "np timedelta": lambda: np.timedelta64(5, "s"),
    "naive time": lambda: pd.Timestamp("2010-06-02 03:00"),
    "time": lambda: pd.Timestamp("2010-06-02 03:00", tz="Europe/Berlin"),
    "last time": lambda: pd.Timestamp("9999-12-31T23:59:59Z"),
    "Timestamp.max": lambda: pd.Timestamp.max,
    "date": lambda: datetime.date(2010, 6, 2),
    "time of day": lambda: datetime.time(3),
    "text of a time of day": lambda: "10:30",
    "Timedelta": lambda: pd.Timedelta("1h"),
    "negative Timedelta": lambda: pd.Timedelta("-1h"),
    "long Timedelta": lambda: np.timedelta64(2**40, "s"),
    "frame empty": pd.DataFrame,
    "frame": lambda: pd.DataFrame({"a": [1, 2]}),
    "series": lambda: pd.Series([1, 2]),
    "series of objects": lambda: pd.Series([None, Unshowable()], dtype=object),
    "index": lambda: pd.Index([1, 2]),
}

#: What the cells of a column may be instead, from the column as it is.
COLUMNS = {
    "first missing": lambda column: column.astype(object).mask(np.arange(len(column)) == 0),
    "first missing, same type": lambda column: column.where(np.arange(len(column)) > 0),
    "all missing": lambda column: pd.Series(np.nan, column.index),
    "all NaT": lambda column: pd.Series(pd.NaT, column.index),
    "all None": lambda column: pd.Series(None, column.index, dtype=object),
    "object": lambda column: column.astype(object),
    "text": lambda column: pd.Series("x", column.index),
    "text of itself": lambda column: column.astype(str),
    "empty text": lambda column: pd.Series("", column.index),
    "long text": lambda column: pd.Series("x" * 20_000, column.index),
    "other script": lambda column: pd.Series("日本 ü", column.index),
    "lone surrogate": lambda column: pd.Series(["\ud800"] * len(column), column.index, dtype=object),
    "bytes": lambda column: pd.Series([b"x"] * len(column), column.index, dtype=object),
    "lists": lambda column: pd.Series([[1]] * len(column), column.index, dtype=object),
    "dicts": lambda column: pd.Series([{}] * len(column), column.index, dtype=object),
    "unshowable": lambda column: pd.Series([Unshowable()] * len(column), column.index, dtype=object),
    "unequal": lambda column: pd.Series([Unequal()] * len(column), column.index, dtype=object),
    "mixed": lambda column: pd.Series(
        [None, "a", 1, 2.5][: len(column)] + [b""] * (len(column) - 4), column.index, dtype=object
    ),
    "zero": lambda column: pd.Series(0, column.index),
    "one": lambda column: pd.Series(1, column.index),
    "negative": lambda column: pd.Series(-1, column.index),
    "huge": lambda column: pd.Series(2**63 + 5, column.index, dtype="uint64"),
    "large": lambda column: pd.Series(2**62, column.index),
    "too large for an address": lambda column: pd.Series(2**32, column.index),
    "too large for a port": lambda column: pd.Series(2**16, column.index),
    "beyond every type": lambda column: pd.Series([10**400] * len(column), column.index, dtype=object),
    "half": lambda column: pd.Series(0.5, column.index),
    "large float": lambda column: pd.Series(1e300, column.index),
    "inf": lambda column: pd.Series(np.inf, column.index),
    "first inf": lambda column: pd.Series(np.where(np.arange(len(column)), 1.0, -np.inf), column.index),
    "complex": lambda column: pd.Series(1j, column.index),
    "True": lambda column: pd.Series(True, column.index),
    "Int64 missing": lambda column: pd.Series(pd.NA, column.index, dtype="Int64"),
    "boolean missing": lambda column: pd.Series(pd.NA, column.index, dtype="boolean"),
    "category": lambda column: column.astype("category"),
    "category of another": lambda column: pd.Series("x", column.index, dtype="category"),
    "naive times": lambda column: pd.Series(pd.Timestamp("2010-06-02"), column.index).astype("M8[s]"),
    "times": lambda column: pd.Series(pd.Timestamp("2010-06-02T00:00:00Z"), column.index),
    "times of a half": lambda column: pd.Series(pd.Timestamp("2010-06-02T00:00:00.5Z"), column.index),
    "times far off": lambda column: pd.Series(
        np.full(len(column), 10**14).astype("M8[s]"), column.index
    ).dt.tz_localize("UTC"),
    "durations": lambda column: pd.Series(pd.Timedelta("1h"), column.index),
    "in reverse": lambda column: pd.Series(column.array[::-1], column.index),
    "all as the first": lambda column: column.iloc[[0] * len(column)].set_axis(column.index),
}


def _renamed(names):
    return lambda table: table.set_axis(names(table), axis=1)


#: What a whole table may be instead.
TABLES = {
    "no rows": lambda table: table.iloc[:0],
    "one row": lambda table: table.iloc[:1],
    "rows twice": lambda table: pd.concat([table, table]),
    "in reverse": lambda table: table.iloc[::-1],
    "one index": lambda table: table.set_axis([0] * len(table)),
    "index of text": lambda table: table.set_axis([f"row {i}" for i in range(len(table))]),
    "index of pairs": lambda table: table.set_axis(pd.MultiIndex.from_product([["a"], range(len(table))])),
    "index of missing": lambda table: table.set_axis([math.nan] * len(table)),
    "index named as a column": lambda table: table.rename_axis(index=table.columns[0]),
    "columns named": lambda table: table.rename_axis(columns=table.columns[0]),
    "columns twice": lambda table: pd.concat([table, table], axis=1),
    "columns of pairs": _renamed(lambda table: pd.MultiIndex.from_product([table.columns, ["a"]])),
    "columns of pairs, beside": lambda table: pd.concat({"a": table, "b": table}, axis=1),
    "columns numbered": _renamed(lambda table: range(len(table.columns))),
    "an odd column": lambda table: table.assign(**{"a b": 1, "ü": [Unshowable()] * len(table)}),
    "columns of odd names": lambda table: table.assign(one=1, two=2).rename(columns={"one": None, "two": 3}),
    "all objects": lambda table: table.astype(object),
    "all missing": lambda table: table.mask(np.ones(table.shape, bool)),
    "all text": lambda table: table.astype(str),
    "other types": lambda table: table.convert_dtypes(),
    "turned": lambda table: table.T,
    "a dict": lambda table: table.to_dict("list"),
    "an array": lambda table: table.to_numpy(),
    "a list of rows": lambda table: table.to_dict("records"),
    "a column": lambda table: table.iloc[:, 0],
    "grouped": lambda table: table.groupby(table.columns[0]),
}

#: What a Series may be instead.
SERIES = {
    **COLUMNS,
    "shorter": lambda series: series.iloc[:-1],
    "longer": lambda series: pd.concat([series, series]),
    "none": lambda series: series.iloc[:0],
    "another index": lambda series: series.set_axis([f"row {i}" for i in range(len(series))]),
    "one index": lambda series: series.set_axis([0] * len(series)),
    "odd index": lambda series: series.set_axis([(1, i) for i in range(len(series))]),
    "a list": lambda series: list(series),
    "an array": lambda series: series.to_numpy(),
    "a table": lambda series: series.to_frame(),
}

#: What one value of a list or a dict may be instead.
CELLS = {
    name: ANYTHING[name]
    for name in (
        *("None", "True", "nan", "-1", "2**63", "10**400", "''", "'1h'", "very long text", "lone surrogate"),
        *("bytes", "list empty", "dict", "object", "unshowable", "Path", "NaT", "NA"),
    )
}


def spoiled(value):
    """Give, for a good value, the name and the maker of everything that may stand in its place."""
    yield from ANYTHING.items()
    if isinstance(value, pd.DataFrame):
        for name, change in TABLES.items():
            yield f"table: {name}", lambda change=change: change(value.copy())
        for place, column in enumerate(value.columns):
            yield f"no column {column}", lambda column=column: value.drop(columns=column)
            for name, change in COLUMNS.items():
                yield f"{column}: {name}", lambda place=place, change=change: _with(value, place, change)
    elif isinstance(value, pd.Series):
        for name, change in SERIES.items():
            yield f"series: {name}", lambda change=change: change(value.copy())
    elif isinstance(value, dict):
        for name, make in CELLS.items():
            key = next(iter(value), "a")
            yield f"value: {name}", lambda key=key, make=make: {**value, key: make()}
            yield f"key: {name}", lambda key=key, make=make: _keyed(value, key, make())
    elif type(value) in (list, tuple):
        for name, make in CELLS.items():
            yield f"first: {name}", lambda make=make: type(value)([make(), *value[1:]])
        yield "twice", lambda: type(value)([*value, *value])
        yield "an iterator", lambda: iter(value)
        yield "an array", lambda: np.array(value, dtype=object)
        yield "a series", lambda: pd.Series(value, dtype=object)
    elif isinstance(value, np.ndarray):
        yield "shorter", lambda: value[:-1]
        yield "as float", lambda: value.astype(float)
        yield "as text", lambda: value.astype(str)
        yield "in a row", lambda: value[np.newaxis]


def _with(table, place, change):
    columns = [table.iloc[:, i] for i in range(table.shape[1])]
    columns[place] = change(columns[place]).rename(table.columns[place])
    return pd.concat(columns, axis=1)


def _keyed(value, old, new):
    try:
        return {(new if key == old else key): given for key, given in value.items()}
    except TypeError:  # no key
        return {(): None}
