"""Every objective of a lesson is checked by its exercise, and every question says what it asks for.

A question that needs no programming beyond changing a value has the tag ``no-programming`` on its cell in the
solution notebook. Above that cell stands its heading: ``### Question 2 · 3 minutes · change a value``, with
``· stretch`` in it for a question that asks for more than the lesson taught.
"""

import copy
import re
from collections.abc import Iterator

import pytest

from traceblock import exercises
from traceblock.exercises import Function, Lesson, Table

from .reading import Page, pages, tags
from .shape import numbered_objectives

LESSONS = pages("notebooks")
SOLUTIONS = {page.no: page for page in pages("solutions")}
HEADING = re.compile(r"^### Question (\d+) · (\d+) minutes?( · stretch)? · \S", re.MULTILINE)


def unchecked(lesson: Page, exercise: list, solution: Page) -> Iterator[str]:
    """Say which objectives are not checked as they should be."""
    marked = {name for name, cell, _ in asked(solution) if "no-programming" in tags(cell)}
    due = range(1, len(numbered_objectives(lesson)) + 1)
    for objective in due:
        names = {question.name for question in exercise if question.objective == objective}
        if not names:
            yield f"no question checks objective {objective}"
        elif not names & marked:
            yield f"objective {objective} has no question tagged no-programming: {', '.join(sorted(names))}"
    for question in exercise:
        if question.objective not in due:
            yield f"{question.name} checks objective {question.objective}, which the lesson does not have"


def unsaid(exercise: list, solution: Page) -> Iterator[str]:
    """Say where an exercise and the text of its notebook differ."""
    found = asked(solution)
    names = [question.name for question in exercise]
    if not 4 <= len(names) <= 6:
        yield f"{len(names)} questions; 4 to 6 are accepted"
    if [name for name, _, _ in found] != names:
        yield f"the notebook asks {[name for name, _, _ in found]}, the exercise {names}"
        return
    for number, (question, (name, cell, heading)) in enumerate(zip(exercise, found, strict=True), start=1):
        said = HEADING.search(heading)
        if not said:
            yield f"{name}: no heading '### Question {number} · {question.minutes} minutes · …' above its cell"
            continue
        if (int(said[1]), int(said[2])) != (number, question.minutes):
            yield f"{name}: it is question {number} of {question.minutes} minutes, its heading is {said[0]!r}"
        if bool(said[3]) != question.stretch:
            yield f"{name}: stretch is {question.stretch}, its heading is {said[0]!r}"
        if isinstance(question, Function) and not question.stretch:
            yield f"{name}: to write a function is a stretch question"
        if isinstance(question, Function | Table) and "no-programming" in tags(cell):
            yield f"{name}: to make a {type(question).__name__.lower()} needs programming"


def asked(solution: Page) -> list[tuple]:
    """Return for each question of a notebook its name, its cell and the markdown since the one before."""
    found, text = [], ""
    for cell in solution.cells:
        if cell.cell_type == "markdown":
            text += f"{cell.source}\n\n"
        for tag in tags(cell):
            if tag.startswith("question:"):
                found.append((tag.removeprefix("question:"), cell, text))
                text = ""
    return found


@pytest.mark.parametrize("page", LESSONS, ids=repr)
def test_every_objective_is_checked(page):
    assert not list(unchecked(page, list(exercises.lesson(int(page.no))), SOLUTIONS[page.no]))


@pytest.mark.parametrize("page", LESSONS, ids=repr)
def test_every_question_says_what_it_is(page):
    assert not list(unsaid(list(exercises.lesson(int(page.no))), SOLUTIONS[page.no]))
