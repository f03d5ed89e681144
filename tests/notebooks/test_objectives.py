"""Every objective of a lesson is checked by its exercise, and every question says what it asks for.

A question that needs no programming beyond changing a value has the tag ``no-programming`` on its cell in the
solution notebook. Above that cell stands its heading: ``### Question 2 · 3 minutes · change a value``, with
``· stretch`` in it for a question that asks for more than the lesson taught.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from nbformat import from_dict
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from traceblock import exercises
from traceblock.exercises import Choice, Function, Number, Table

from .reading import ROOT, Page, pages, tags
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
            yield f"{name}: no heading '### Question {number} · {question.minutes} minutes · …' above it"
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


OBJECTIVES = """## You will be able to

1. **read** a figure;
2. **judge** a headline.
"""
SHARED = {"minutes": 3, "hints": ["Look."]}
READ = Number("read", objective=1, **SHARED)
COUNT = Table("count", objective=1, **SHARED)
CLAIM = Choice(
    "claim", objective=2, options={"A": "One.", "B": "Two."}, because={"B": "Two is more."}, **SHARED
)
SHARE = Function("share", objective=2, stretch=True, cases=lambda data: [], **SHARED)
EXERCISE = [READ, COUNT, CLAIM, SHARE]


def lesson():
    return Page(ROOT / "notebooks" / "99_trial.ipynb", new_notebook(cells=[new_markdown_cell(OBJECTIVES)]))


def solution():
    cells = []
    for number, question in enumerate(EXERCISE, start=1):
        kind = "stretch · write a function" if question.stretch else "read a value"
        cells.append(new_markdown_cell(f"### Question {number} · 3 minutes · {kind}\n\nHow many?"))
        marks = ["no-programming"] if question in (READ, CLAIM) else []
        cells.append(new_code_cell(metadata={"tags": [f"question:{question.name}", *marks]}))
    return Page(ROOT / "solutions" / "99_trial.ipynb", new_notebook(cells=cells))


def other(question, **fields):
    """Return the exercise with another question in the place of one."""
    return [replace(each, **fields) if each is question else each for each in EXERCISE]


def test_an_exercise_as_it_should_be_passes():
    assert not list(unchecked(lesson(), EXERCISE, solution()))
    assert not list(unsaid(EXERCISE, solution()))


@pytest.mark.parametrize(
    ("exercise", "complaint"),
    [
        ([READ, COUNT], "no question checks objective 2"),
        ([COUNT, CLAIM], "objective 1 has no question tagged no-programming: count"),
        (other(COUNT, objective=3), "count checks objective 3, which the lesson does not have"),
    ],
)
def test_an_objective_that_is_not_checked_is_seen(exercise, complaint):
    assert list(unchecked(lesson(), exercise, solution())) == [complaint]


@pytest.mark.parametrize(
    ("exercise", "complaint"),
    [
        (EXERCISE[:3], "3 questions"),
        (EXERCISE * 2, "8 questions"),
        ([COUNT, READ, CLAIM, SHARE], "the notebook asks"),
        (other(READ, minutes=4), "it is question 1 of 4 minutes, its heading is '### Question 1 · 3"),
        (other(COUNT, stretch=True), "stretch is True"),
        (other(SHARE, stretch=False), "to write a function is a stretch question"),
    ],
)
def test_an_exercise_that_differs_from_its_notebook_is_seen(exercise, complaint):
    assert any(complaint in found for found in unsaid(exercise, solution()))


@pytest.mark.parametrize(
    ("cell", "change", "complaint"),
    [
        (0, {"source": "### Question 1 · read a value"}, "no heading '### Question 1 · 3 minutes"),
        (2, {"source": "### Question 3 · 3 minutes · compute"}, "it is question 2"),
        (6, {"source": "### Question 4 · 3 minutes · write a function"}, "stretch is True"),
        (
            3,
            {"metadata": {"tags": ["question:count", "no-programming"]}},
            "to make a table needs programming",
        ),
    ],
)
def test_a_notebook_that_differs_from_its_exercise_is_seen(cell, change, complaint):
    page = solution()
    page.cells[cell].update(from_dict(change))
    assert any(complaint in found for found in unsaid(EXERCISE, page))
