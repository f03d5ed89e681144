"""The five kinds of question."""

import copy
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import FunctionType
from typing import Any, NamedTuple

from traceblock import arguments
from traceblock.exercises import pasting
from traceblock.exercises.blank import is_stub
from traceblock.exercises.comparing import Rule, complaint
from traceblock.exercises.question import Data, Question
from traceblock.exercises.rounding import SIZES
from traceblock.exercises.time_limit import TimeUp
from traceblock.exercises.values import error_text, mismatch, plain

_ENDLESS = (
    "it was stopped, since it had not come to an end; a loop is the likely cause: "
    "look whether the condition of the `while` ever becomes false"
)


@dataclass(kw_only=True, eq=False, repr=False)
class Number(Question):
    """A number, also a 0-dimensional one of NumPy; True and False are none.

    Parameters
    ----------
    tolerance, decimals
        As for :class:`traceblock.exercises.comparing.Rule`; without them, the one rule of rounding.
    unit : str
        What it counts or measures: said when the answer is too big or too small.
    """

    tolerance: float | None = None
    decimals: int | None = None
    unit: str = ""

    def __post_init__(self) -> None:
        """Refuse what no question can be made of."""
        super().__post_init__()
        if isinstance(self.decimals, Mapping):
            raise arguments.refuse("decimals", self.decimals, "a whole number")
        Rule(tolerance=self.tolerance, decimals=self.decimals)
        arguments.text("unit", self.unit, empty=True)

    def _complaint(self, given: Any, expected: Any) -> str | None:
        wrong = complaint(given, expected, Rule(tolerance=self.tolerance, decimals=self.decimals))
        return f"{wrong} (unit: {self.unit})" if self.unit and wrong in SIZES else wrong


@dataclass(kw_only=True, eq=False, repr=False)
class Table(Question):
    """A DataFrame with at least the columns of the solution, in any order.

    Parameters
    ----------
    sort_by : str or sequence of str
        The columns that tell the rows apart: they are compared first.
    ordered : bool
        Whether the order of the rows is asked.
    tolerance, decimals
        As for :class:`traceblock.exercises.comparing.Rule`, for the numbers in the table.
    """

    sort_by: str | Sequence[str] = ()
    ordered: bool = False
    tolerance: float | None = None
    decimals: int | Mapping[str, int] | None = None

    def __post_init__(self) -> None:
        """Refuse what no question can be made of."""
        super().__post_init__()
        _rule(self)

    def _complaint(self, given: Any, expected: Any) -> str | None:
        return complaint(given, expected, _rule(self))


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

    def __post_init__(self) -> None:
        """Refuse what no question can be made of."""
        super().__post_init__()
        for name, given in (("options", self.options), ("because", self.because)):
            if not isinstance(given, Mapping):
                raise arguments.refuse(name, given, "texts by letter")
            for part in (*given, *given.values()):
                arguments.text(name, part)
        if not self.options:
            raise arguments.refuse("options", self.options, "at least one text by its letter")

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
            several = "several words; " if len(text.split()) > 1 else ""
            return f"{several}answer with one of the letters {', '.join(self.options)}"
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
    sort_by, ordered, tolerance, decimals
        As for :class:`Number` and :class:`Table`, for what is returned.
    """

    cases: Callable[[Data], Sequence[tuple[object, ...]]]
    sort_by: str | Sequence[str] = ()
    ordered: bool = False
    tolerance: float | None = None
    decimals: int | Mapping[str, int] | None = None

    def __post_init__(self) -> None:
        """Refuse what no question can be made of."""
        super().__post_init__()
        if not callable(self.cases):
            raise arguments.refuse("cases", self.cases, "a function that takes the lesson's data")
        _rule(self)

    def arguments(self, number: int) -> tuple[object, ...]:
        """Return what the function is called with in a try, numbered from 1 as in what `check` says.

        Raises
        ------
        LookupError
            If there is no such try.
        """
        cases = self.cases(self._answers.pristine)
        if type(number) is not int or not 1 <= number <= len(cases):
            raise LookupError(
                f"number={arguments.shown(number)}: the tries of {self.name} are 1 to {len(cases)}"
            )
        return copy.deepcopy(cases[number - 1])

    def _is_blank(self, value: object) -> bool:
        return value is ... or is_stub(value)

    def _read(self, value: object) -> list[_Call] | str:
        """Return the calls up to one that does not come to an end, or why there are none."""
        if not callable(value):
            return mismatch(value, "a function")
        calls = []
        for case in self.cases(self._answers.pristine):
            calls.append(_call(value, case))
            if calls[-1].failure == _ENDLESS:
                break
        return calls

    def _complaint(self, given: Any, expected: Any) -> str | None:
        if isinstance(given, str):
            return given
        for number, (call, right) in enumerate(zip(given, expected, strict=False), start=1):
            wrong = self._about_call(call, right)
            if wrong:
                short = pasting.in_short(self.name, right.arguments)
                return f"try {number} of {len(expected)}, {short}: {wrong}{self._paste(number, right, short)}"
        return None

    def _about_call(self, call: _Call, right: _Call) -> str | None:
        if call.failure or right.failure:
            return None if call.failure == right.failure else call.failure or "no error where one is due"
        return complaint(call.returned, right.returned, _rule(self))

    def _paste(self, number: int, call: _Call, shown: str) -> str:
        """Return a line with the try as code, unless the code is there already."""
        code = pasting.call(self.name, call.arguments)
        if code == shown:
            return ""
        code = code or f'{self.name}(*ex["{self.name}"].arguments({number}))'
        return f"\n   Try it in a cell: {code}"


def _rule(question: Table | Function) -> Rule:
    return Rule(
        tolerance=question.tolerance,
        decimals=question.decimals,
        sort_by=question.sort_by,
        ordered=question.ordered,
    )


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
    except TimeUp:
        return _Call(arguments, None, _ENDLESS)
    except BaseException as error:
        return _Call(arguments, None, f"it raises {error_text(error)}")
