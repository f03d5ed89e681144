"""The five kinds of question."""

import copy
import inspect
import reprlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import FunctionType
from typing import Any, NamedTuple

import pandas as pd

from traceblock.exercises.blank import is_stub
from traceblock.exercises.comparing import class_name, complaint, mismatch, plain
from traceblock.exercises.question import Data, Question


@dataclass(kw_only=True, eq=False, repr=False)
class Number(Question):
    """A number, also a 0-dimensional one of NumPy; True and False are none.

    Parameters
    ----------
    tolerance : float, optional
        Relative. Without it, whole numbers must agree within 1e-6, others within one part in a million.
    unit : str
        What it counts or measures: said when the answer is too big or too small.
    """

    tolerance: float | None = None
    unit: str = ""

    def _complaint(self, given: Any, expected: Any) -> str | None:
        wrong = complaint(given, expected, self.tolerance)
        return f"{wrong} (unit: {self.unit})" if self.unit and wrong in ("too big", "too small") else wrong


@dataclass(kw_only=True, eq=False, repr=False)
class Table(Question):
    """A DataFrame with at least the columns of the solution, in any order.

    Parameters
    ----------
    sort_by : str or sequence of str
        The columns that tell the rows apart; without them the order of the rows matters.
    tolerance : float, optional
        As for :class:`Number`, for every number in the table.
    """

    sort_by: str | Sequence[str] = ()
    tolerance: float | None = None

    def _complaint(self, given: Any, expected: Any) -> str | None:
        return complaint(given, expected, self.tolerance, self.sort_by)


@dataclass(kw_only=True, eq=False, repr=False)
class Text(Question):
    """A word or a name; the solution is a str, or a tuple of all that are accepted.

    A tuple is also right as an answer if each of its members is: so the solution passes its own check.
    """

    def _is_blank(self, value: object) -> bool:
        return value is ... or (type(value) is str and not value.strip())

    def _complaint(self, given: Any, expected: Any) -> str | None:
        accepted = expected if isinstance(expected, tuple) else (expected,)
        answers = given if type(given) is tuple and given else (given,)
        for answer in answers:
            wrongs = [complaint(answer, text) for text in accepted]
            if None not in wrongs:
                return wrongs[0]
        return None


@dataclass(kw_only=True, eq=False, repr=False)
class Choice(Question):
    """The letter of one option; in a notebook, the question shows its options.

    Parameters
    ----------
    options : mapping
        Letter to text.
    because : mapping
        Wrong letter to the sentence that says why it is wrong.
    """

    options: Mapping[str, str]
    because: Mapping[str, str]

    def _repr_markdown_(self) -> str:
        return "\n".join(f"- **{letter}**: {text}" for letter, text in self.options.items())

    def _is_blank(self, value: object) -> bool:
        return value is ... or (type(value) is str and not value.strip())

    def _complaint(self, given: Any, expected: Any) -> str | None:
        kind, text = plain(given)
        if kind != "text":
            return mismatch(given, "a letter in quotes")
        letter = text.strip(" \t\n.,:;()[]").upper()  # as it may stand in a list
        if letter not in self.options:
            return f"answer with one of the letters {', '.join(self.options)}"
        return None if letter == expected else self.because.get(letter, "another one fits better")


class _Call(NamedTuple):
    """One call of a function: what it was called with and gave, or why it gave nothing."""

    arguments: Sequence[object]
    returned: object
    failure: str | None


@dataclass(kw_only=True, eq=False, repr=False)
class Function(Question):
    """A function that agrees with the solution's wherever it is tried.

    Parameters
    ----------
    cases : callable
        Takes the lesson's data, returns a sequence of argument tuples. Every call gets its own copies.
    tolerance, sort_by
        As for :class:`Number` and :class:`Table`, for what is returned.
    """

    cases: Callable[[Data], Sequence[tuple[object, ...]]]
    tolerance: float | None = None
    sort_by: str | Sequence[str] = ()

    def _is_blank(self, value: object) -> bool:
        return value is ... or is_stub(value)

    def _read(self, value: object) -> list[_Call] | str:
        """Return the calls, or why there are none."""
        if not callable(value):
            return mismatch(value, "a function")
        return [_call(value, case) for case in self.cases(self._answers.pristine)]

    def _complaint(self, given: Any, expected: Any) -> str | None:
        if isinstance(given, str):
            return given
        for number, (call, right) in enumerate(zip(given, expected, strict=True), start=1):
            wrong = self._about_call(call, right)
            if wrong:
                arguments = ", ".join(map(_shown, right.arguments))
                return f"try {number} of {len(given)}, {self.name}({arguments}): {wrong}"
        return None

    def _about_call(self, call: _Call, right: _Call) -> str | None:
        if call.failure or right.failure:
            return None if call.failure == right.failure else call.failure or "no error where one is due"
        return complaint(call.returned, right.returned, self.tolerance, self.sort_by)


def _call(function: Callable[..., object], arguments: Sequence[object]) -> _Call:
    if type(function) is FunctionType:
        try:
            inspect.signature(function).bind(*arguments)
        except TypeError:
            return _Call(arguments, None, f"it cannot be called with {len(arguments)} arguments")
    try:
        return _Call(arguments, function(*copy.deepcopy(arguments)), None)
    except KeyboardInterrupt:
        raise  # a student who stops an endless loop does not want the next case tried
    except BaseException as error:
        return _Call(arguments, None, f"it raises {class_name(type(error))}")


def _shown(argument: object) -> str:
    kind, _ = plain(argument)
    if kind in ("a table", "a Series", "an array"):
        return kind
    return repr(str(argument)) if isinstance(argument, pd.Timestamp) else reprlib.repr(argument)
