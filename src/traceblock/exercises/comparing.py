"""Compare a student's value with the expected one, and say what is wrong without telling what is right.

Nothing here trusts the value; what its methods may raise is for the caller to catch.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from traceblock import arguments
from traceblock.exercises.rounding import about_column
from traceblock.exercises.values import mismatch, plain

_COMPARED = ("True or False", "a number", "text", "a time", "a duration", "a missing value")
_MOST_DECIMALS = 15
_WRONG_ORDER = "the rows are right, but not in the order that is asked"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """When a value is right.

    Parameters
    ----------
    tolerance : float, optional
        Relative: a number as near as this is right, whatever its digits.
    decimals : int or mapping of column to int, optional
        How many decimals must be right, in place of significant digits: 2 for money to the cent.
    sort_by : str or sequence of str
        The key columns of a table.
    ordered : bool
        Whether the order of a table's rows is asked.
    """

    tolerance: float | None = None
    decimals: int | Mapping[str, int] | None = None
    sort_by: str | Sequence[str] = ()
    ordered: bool = False

    def __post_init__(self) -> None:
        """Refuse what is no rule."""
        if self.tolerance is not None:
            arguments.between("tolerance", self.tolerance)
        decimals = self.decimals if isinstance(self.decimals, Mapping) else {"": self.decimals}
        for column, number in decimals.items():
            if not isinstance(column, str):
                raise arguments.refuse("decimals", self.decimals, "decimals by the name of the column")
            if number is not None:
                arguments.whole("decimals", number, 0, _MOST_DECIMALS)
        keys = [self.sort_by] if isinstance(self.sort_by, str) else self.sort_by
        arguments.several("sort_by", keys, "columns", kind=str, empty=True)
        if not isinstance(self.sort_by, Sequence):
            raise arguments.refuse("sort_by", self.sort_by, "the name of a column, or a list of them")
        arguments.flag("ordered", self.ordered)

    def keys(self) -> list[str]:
        """Return the key columns."""
        return [self.sort_by] if isinstance(self.sort_by, str) else list(self.sort_by)

    def decimals_of(self, column: str | None) -> int | None:
        """Return how many decimals must be right in a column, or in a number alone."""
        return self.decimals.get(column or "") if isinstance(self.decimals, Mapping) else self.decimals


ONE_RULE = Rule()


def complaint(value: object, expected: object, rule: Rule = ONE_RULE) -> str | None:
    """Return what is wrong with a value, by the kind of the expected one, or None if it is right.

    Numbers are compared as :mod:`traceblock.exercises.rounding` says, text in its :func:`simplified` form,
    the cells of a table to the letter.

    Raises
    ------
    TypeError
        If the expected value is no table, text, number, True or False, time or duration.
    """
    if isinstance(expected, pd.DataFrame):
        return _about_table(value, expected, rule)
    if isinstance(expected, str) and issubclass(type(value), str):
        same = simplified(plain(value)[1]) == simplified(expected)
        return None if same else "not the text that is asked"
    return _about_cells([value], [expected], rule)[0]


def simplified(text: str) -> str:
    """Return text without case, accents, white space, punctuation and a leading article.

    Punctuation between two digits stays as a space: 1.5 is not 15.
    """
    text = unicodedata.normalize("NFKD", text.casefold())
    text = re.sub(r"^[\W_]*(a|an|the)\b[\W_]+(?=\w)", "", text)
    text = re.sub(r"(?<=\d)[\W_]+(?=\d)", " ", text)
    return re.sub(r"(?<!\d)[\W_]+|[\W_]+(?!\d)", "", text)


def _about_cells(
    given: Sequence[object], expected: Sequence[object], rule: Rule, column: str | None = None
) -> list[str | None]:
    """Return what is wrong with each value of a column, or with the only one."""
    pairs = [(plain(value), plain(other)) for value, other in zip(given, expected, strict=True)]
    wrong: list[str | None] = []
    numbers = []
    for place, ((kind, value), (asked, wanted)) in enumerate(pairs):
        if asked not in _COMPARED:
            raise TypeError(
                f"expected={asked}: a table, text, a number, a time or a duration can be compared"
            )
        if kind != asked:
            wrong.append(mismatch(given[place], asked))
            continue
        wrong.append(None if value == wanted else "not the value that is asked")
        if kind == "a number":
            numbers.append((place, value, wanted))
    if numbers:
        places, values, wanteds = zip(*numbers, strict=True)
        about = about_column(values, wanteds, rule.tolerance, rule.decimals_of(column))
        for place, what in zip(places, about, strict=True):
            wrong[place] = what
    return wrong


def _about_table(value: Any, expected: pd.DataFrame, rule: Rule) -> str | None:
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
    in_place = _about_rows(given, wanted, rule)
    if in_place is None:
        return None
    keys = rule.keys()
    by = [*keys, *(name for name in _most_exact_first(wanted) if name not in keys)]
    in_any_order = _about_rows(_sorted(given, by), _sorted(wanted, by), rule)
    if rule.ordered:
        return in_place if in_any_order else _WRONG_ORDER
    return in_any_order


def _about_rows(
    given: Mapping[str, list[object]], wanted: Mapping[str, list[object]], rule: Rule
) -> str | None:
    keys = rule.keys()
    for name in [*keys, *(name for name in wanted if name not in keys)]:
        wrong = [what for what in _about_cells(given[name], wanted[name], rule, name) if what]
        if wrong and name in keys:  # sorted by what is wrong, the rows are no longer told apart
            return f"the column '{name}' is not right: {wrong[0]}"
        if wrong:
            rows = f"{len(wrong)} of {len(wanted[name])} rows"
            return f"the column '{name}' is not right in {rows}; the first of them: {wrong[0]}"
    return None


def _most_exact_first(columns: Mapping[str, list[object]]) -> list[str]:
    """Return the columns, those that may be rounded last: rounded numbers may come in another order."""
    return sorted(columns, key=lambda name: any(type(plain(cell)[1]) is float for cell in columns[name]))


def _sorted(columns: Mapping[str, list[object]], by: Sequence[str]) -> dict[str, list[object]]:
    rows = list(zip(*(map(plain, columns[name]) for name in by), strict=True))
    places = sorted(range(len(rows)), key=rows.__getitem__)
    return {name: [cells[place] for place in places] for name, cells in columns.items()}
