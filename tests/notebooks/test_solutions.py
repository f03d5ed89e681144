"""Questions stand beside one another: their minutes add up, and none changes what another shows."""

import ast
import re
from collections.abc import Iterator

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from traceblock import exercises

from .reading import pages, tags

SOLUTIONS = pages("solutions")
HEAD = re.compile(r"⏱ (\d+) minutes, and (\d+) more for the stretch question")


def is_question(cell: NotebookNode) -> bool:
    return any(tag.startswith("question:") for tag in tags(cell))


def top_level(tree: ast.AST) -> Iterator[ast.AST]:
    """Go through what a cell itself runs: functions have names of their own."""
    for node in ast.iter_child_nodes(tree):
        yield node
        if not isinstance(node, ast.FunctionDef | ast.Lambda):
            yield from top_level(node)


def changed(cell: NotebookNode) -> set[str]:
    """Return the names that a cell sets, or whose columns or items it sets."""
    names = set()
    for node in top_level(ast.parse(cell.source)):
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(getattr(node, "ctx", None), ast.Store):
            while isinstance(node, ast.Subscript | ast.Attribute):
                node = node.value
            if isinstance(node, ast.Name):
                names.add(node.id)
    return names


def taken(cell: NotebookNode) -> set[str]:
    """Return the names that a cell reads before it sets them."""
    found, own = set(), set()
    for statement in ast.parse(cell.source).body:
        reads = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
        found |= reads - own - changed(new_code_cell(ast.unparse(statement)))
        own |= changed(new_code_cell(ast.unparse(statement)))
    return found


def disturbed(cells: list[NotebookNode]) -> set[str]:
    """Return the names that a question's cell changes and another cell, not a check, relies on."""
    answers = set().union(*(changed(cell) for cell in cells if is_question(cell)))
    others = [cell for cell in cells if not is_question(cell) and ".check()" not in cell.source]
    return answers & set().union(*(taken(cell) for cell in others))


@pytest.mark.parametrize("page", SOLUTIONS, ids=repr)
def test_the_minutes_add_up(page):
    said = HEAD.search(page.cells[0].source)
    questions = list(exercises.lesson(int(page.no), 0))
    due = [sum(each.minutes for each in questions if each.stretch is stretch) for stretch in (False, True)]
    assert [int(number) for number in said.groups()] == due


@pytest.mark.parametrize("page", SOLUTIONS, ids=repr)
def test_the_head_says_what_is_needed_and_orders_nothing(page):
    assert f"· needs: lesson {page.no}" in page.cells[0].source


@pytest.mark.parametrize("page", SOLUTIONS, ids=repr)
def test_no_question_changes_what_another_cell_shows(page):
    assert not disturbed(page.code)


@pytest.mark.parametrize("page", SOLUTIONS, ids=repr)
def test_no_question_sets_the_answer_of_another(page):
    names = {question.name for question in exercises.lesson(int(page.no), 0)}
    for cell in filter(is_question, page.code):
        own = {tag.removeprefix("question:") for tag in tags(cell)}
        assert not (changed(cell) & names) - own


@pytest.mark.parametrize("page", SOLUTIONS, ids=repr)
def test_what_a_message_recommends_is_imported(page):
    setup = "\n".join(cell.source for cell in page.code if "setup" in tags(cell))
    assert "import pandas as pd" in setup


@pytest.mark.parametrize(
    ("question", "other", "name"),
    [
        ("count = len(rows)\nrows = rows.head()", "rows", "rows"),
        ("rows['share'] = 1", "print(rows.sum())", "rows"),
        ("for row in rows: pass", "rows = 1\nprint(rows, row)", "row"),
        ("def f(rows): rows = 1", "f(rows)", "f"),
    ],
)
def test_a_cell_that_disturbs_another_is_noticed(question, other, name):
    cells = [new_code_cell(question, metadata={"tags": ["question:count"]}), new_code_cell(other)]
    assert disturbed(cells) == {name}
    cells[1].source = f"{name} = 0\n{name}"
    assert not disturbed(cells)
