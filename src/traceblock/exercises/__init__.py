"""The questions of the course: check an answer, ask for a hint, see the solution.

In a notebook::

    from traceblock import exercises

    ex = exercises.lesson(0)
    q1, q2, q3 = ex
    q1.check()
"""

from traceblock.exercises.kinds import Choice, Function, Number, Table, Text
from traceblock.exercises.lessons import Lesson, lesson
from traceblock.exercises.question import Mistake, Outcome, Question
from traceblock.exercises.solutions import SolutionError

__all__ = [
    "Choice",
    "Function",
    "Lesson",
    "Mistake",
    "Number",
    "Outcome",
    "Question",
    "SolutionError",
    "Table",
    "Text",
    "lesson",
]
