"""What a student sees of any question: check, hint, solution."""

import copy
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple, Self

from traceblock import arguments
from traceblock.exercises.answer_book import AnswerBook
from traceblock.exercises.quiet import quietly
from traceblock.exercises.rounding import ONE_MORE_DIGIT
from traceblock.exercises.time_limit import TimeUp, time_limit
from traceblock.exercises.values import class_name

Data = Mapping[str, Any]
_UNSET: Final = object()
TIME: Final = 10.0
"""Seconds that a check may take of a student's own code."""


@dataclass(frozen=True)
class Outcome:
    """What became of an answer: ``kind`` is right, wrong or blank, ``text`` the line a student reads."""

    kind: Literal["right", "wrong", "blank"]
    text: str


class Mistake(NamedTuple):
    """A plausible wrong answer, computed from a lesson's data, and the sentence that meets it."""

    answer: Callable[[Data], object]
    text: str


@dataclass(kw_only=True, eq=False, repr=False)
class Question(ABC):
    """What all questions share.

    Parameters
    ----------
    name : str
        The student's variable, and the question's id.
    minutes : int
        How long it takes.
    hints : sequence of str
        From a nudge to nearly the answer.
    objective : int
        Which of the lesson's objectives it checks, from 1.
    mistakes : sequence of Mistake
        The first that agrees with a wrong answer says what is wrong with it.
    why : str
        What to take from it: said with a right answer.
    stretch : bool
        Whether it asks for more than the lesson taught.
    """

    name: str = field(kw_only=False)
    minutes: int
    hints: Sequence[str]
    objective: int
    mistakes: Sequence[Mistake] = ()
    why: str = ""
    stretch: bool = False
    _answers: AnswerBook = field(init=False)
    _hints_shown: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        """Refuse what no question can be made of."""
        if not (isinstance(self.name, str) and self.name.isidentifier()):
            raise arguments.refuse("name", self.name, "the name of a variable")
        arguments.whole("minutes", self.minutes, 1)
        arguments.whole("objective", self.objective, 1)
        self.hints = arguments.several("hints", self.hints, "texts", kind=str, empty=True)
        self.mistakes = arguments.several("mistakes", self.mistakes, "Mistakes", kind=Mistake, empty=True)
        arguments.text("why", self.why, empty=True)
        arguments.flag("stretch", self.stretch)

    def __repr__(self) -> str:
        """Return kind, name and minutes."""
        stretch = ", stretch" if self.stretch else ""
        return f"<{type(self).__name__} {self.name}: {self.minutes} min{stretch}>"

    def bound(self, answers: AnswerBook) -> Self:
        """Return this question, asked of the data of an answer book."""
        question = copy.copy(self)
        question._answers = arguments.instance("answers", answers, AnswerBook)
        return question

    def check(self, value: object = _UNSET) -> None:
        """Say in one line whether an answer is right; without one, look at the question's own variable."""
        if value is _UNSET:
            value = _notebook().get(self.name, _UNSET)
        if value is _UNSET:
            print(f"⬜ Not attempted: there is no {self.name} yet; run the cell that sets it.")
        else:
            print(self.outcome(value).text)

    def outcome(self, value: object) -> Outcome:
        """Return what :meth:`check` shows for a value, whatever that value is."""
        if self._is_blank(value):
            return Outcome("blank", f"⬜ Not attempted: {self.name} waits for your answer.")
        expected = self._answers.expected(self.name)  # unguarded: a damaged course must be heard of
        with quietly():
            wrong = self._wrong(value, expected)
        if wrong:
            return Outcome("wrong", f"❌ Not yet: {wrong}")
        return Outcome("right", f"✅ Right. {self.why}".rstrip())

    def hint(self) -> None:
        """Show the next hint; after the last they start over."""
        shown, self._hints_shown = self._hints_shown, (self._hints_shown + 1) % (len(self.hints) + 1)
        if shown < len(self.hints):
            print(f"Hint {shown + 1} of {len(self.hints)}: {self.hints[shown]}")
        else:
            print("That was the last hint: solution() shows the code.")

    def solution(self) -> None:
        """Show the code that answers the question."""
        from IPython.display import Code, display

        code = Code(self._answers.code(self.name), language="python")  # type: ignore[no-untyped-call]
        display(code)  # type: ignore[no-untyped-call]

    def _wrong(self, value: object, expected: object) -> str | None:
        """Return a sentence on what is wrong with a value, or None; nothing the value does gets out."""
        right = self._read(expected)
        try:
            with time_limit(TIME):
                given = self._read(value)
                complaint = self._complaint(given, right)
            if complaint is None:
                return None
            if ONE_MORE_DIGIT not in complaint:
                complaint = self._met(given) or complaint
            sentence, *more = complaint.splitlines()
            return "\n".join([sentence if sentence.endswith((".", "?")) else f"{sentence}.", *more])
        except KeyboardInterrupt:
            return "it was interrupted before it came to an end."
        except TimeUp:
            return f"looking at it took more than {TIME:.0f} seconds, and was stopped."
        except BaseException:
            return f"an object of type {class_name(type(value))} that raises an error when it is looked at."

    def _met(self, given: object) -> str | None:
        """Return the sentence of the first mistake that gives the same, if one does."""
        for mistake in self.mistakes:
            with suppress(Exception):  # on some data a mistake may have no answer
                if self._complaint(given, self._read(mistake.answer(self._answers.pristine))) is None:
                    return mistake.text
        return None

    def _is_blank(self, value: object) -> bool:
        return value is ...

    def _read(self, value: object) -> object:
        """Return what is compared: the value itself, unless a kind of question says otherwise."""
        return value

    @abstractmethod
    def _complaint(self, given: Any, expected: Any) -> str | None:
        """Return what is wrong with what was read, given what was read from the right answer, or None."""


def _notebook() -> Mapping[str, object]:
    """Return the names a student has defined."""
    from IPython import get_ipython

    shell = get_ipython()
    return shell.user_ns if shell else vars(sys.modules["__main__"])
