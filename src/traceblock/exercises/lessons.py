"""Find the exercise of a lesson and put its questions to a variant of its data."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from traceblock import arguments
from traceblock.exercises import banks, solutions
from traceblock.exercises.answer_book import AnswerBook
from traceblock.exercises.question import Question
from traceblock.files import course_file


class Lesson:
    """The questions of one exercise, in their order, on one variant of its data.

    Parameters
    ----------
    no : int
        The number of the lesson.
    questions : sequence of Question
        As its bank defines them.
    answers : AnswerBook
        The data they are about, and what is right.
    """

    def __init__(self, no: int, questions: Sequence[Question], answers: AnswerBook) -> None:
        """Put each question to this lesson's data."""
        self.no = arguments.whole("no", no)
        self.answers = answers
        asked: list[Question] = arguments.several(
            "questions", questions, "questions", kind=Question, empty=True
        )
        self._questions = {question.name: question.bound(answers) for question in asked}

    @property
    def variant(self) -> int:
        """Which data is asked about; 0 is the public one."""
        return self.answers.variant

    @property
    def data(self) -> Mapping[str, Any]:
        """The tables and values that the questions are about; a student may change them."""
        return self.answers.data

    def __iter__(self) -> Iterator[Question]:
        """Go through the questions in order."""
        return iter(self._questions.values())

    def __len__(self) -> int:
        """Count the questions."""
        return len(self._questions)

    def __getitem__(self, which: int | str) -> Question:
        """Return a question by its place or by its name."""
        if isinstance(which, str):
            if which not in self._questions:
                raise LookupError(
                    f"which={arguments.shown(which)}: the questions are {', '.join(self._questions)}"
                )
            return self._questions[which]
        return list(self)[which]

    def __repr__(self) -> str:
        """Return number, variant and the names of the questions."""
        return f"<Lesson {self.no}, variant {self.variant}: {', '.join(self._questions)}>"


def available() -> list[int]:
    """Return the numbers of the lessons that have an exercise."""
    modules = iter_modules(banks.__path__)
    return sorted(int(module.name[-2:]) for module in modules if re.fullmatch(r"lesson_\d\d", module.name))


def lesson(no: int, variant: int | None = None) -> Lesson:
    """Return the questions of an exercise.

    Parameters
    ----------
    no : int
        The number of the lesson.
    variant : int, optional
        Which data to ask about. Without it, the environment variable TRACEBLOCK_VARIANT says, else 0.

    Raises
    ------
    ValueError
        If there is no such lesson, or the variant is not a whole number from 0.
    """
    if type(no) is not int or no not in available():
        raise ValueError(
            f"no={arguments.shown(no)}: the lessons with an exercise are {', '.join(map(str, available()))}"
        )
    definition = import_module(f"{banks.__name__}.lesson_{no:02}")
    folder, pattern = course_file("solutions"), f"{no:02}_*.ipynb"
    solution = min(folder.glob(pattern), default=folder / pattern)
    return Lesson(no, definition.QUESTIONS, AnswerBook(definition.data, solution, _variant(variant)))


def _variant(variant: int | None) -> int:
    if variant is None:
        variant = solutions.running.get()
    if variant is None:
        text = os.environ.get("TRACEBLOCK_VARIANT") or "0"
        if not text.isdecimal():
            raise ValueError(f"TRACEBLOCK_VARIANT={text!r}: a whole number from 0 is accepted")
        return int(text)
    if type(variant) is not int or variant < 0:
        raise ValueError(f"variant={arguments.shown(variant)}: a whole number from 0 is accepted")
    return variant
