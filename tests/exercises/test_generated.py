"""The exercises are what `make notebooks` makes of the solutions; what it stores is the same each time."""

import runpy
import shutil
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from traceblock.files import checkout

notebooks = runpy.run_path(str(checkout() / "tools" / "notebooks.py"))


def test_the_exercises_are_current():
    assert notebooks["out_of_date"](checkout()) == []


@pytest.fixture
def course(trial_course, tmp_path) -> Path:
    """A course of one solution and the exercise generated from it."""
    shutil.copytree(trial_course / "solutions", tmp_path / "solutions")
    (tmp_path / "exercises").mkdir()
    exercise = tmp_path / "exercises" / "99_trial.ipynb"
    exercise.write_text(notebooks["exercise"](tmp_path / "solutions" / "99_trial.ipynb"), "utf-8")
    return tmp_path


def test_an_exercise_holds_the_starters_and_no_solution(course):
    exercise = nbformat.read(course / "exercises" / "99_trial.ipynb", as_version=4)
    nbformat.validate(exercise)
    solution = nbformat.read(course / "solutions" / "99_trial.ipynb", as_version=4)
    assert [cell.id for cell in exercise.cells] == [cell.id for cell in solution.cells]
    sources = {cell.metadata.tags[0]: cell.source for cell in exercise.cells if cell.metadata.get("tags")}
    assert sources["question:mean"] == "mean = ...\n"
    assert sources["question:share"].splitlines()[2].strip() == "..."
    assert not [source for source in sources.values() if "SOLUTION" in source or "return isps" in source]
    assert exercise.metadata.keys() <= {"kernelspec"}


def test_a_change_that_does_not_reach_the_exercise_changes_nothing(course):
    solution = course / "solutions" / "99_trial.ipynb"
    notebook = nbformat.read(solution, as_version=4)
    notebook.cells[1].execution_count = 5
    notebook.cells[1].metadata["execution"] = {"iopub.execute_input": "2026-11-01"}
    notebook.metadata["language_info"] = {"name": "python", "version": "3.12.1"}
    nbformat.write(notebook, solution)
    assert notebooks["out_of_date"](course) == []


@pytest.mark.parametrize(
    ("folder", "old", "new"), [("solutions", "mean = ...", "mean = 0"), ("exercises", "# A", "# B")]
)
def test_a_change_is_noticed(course, folder, old, new):
    path = course / folder / "99_trial.ipynb"
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(SystemExit, match=r"Not what `make notebooks` writes: 99_trial\.ipynb"):
        notebooks["main"](["--check"], course)


def test_an_exercise_without_a_solution_stays_and_a_missing_one_comes(course, monkeypatch):
    (course / "solutions" / "99_trial.ipynb").rename(course / "solutions" / "98_trial.ipynb")
    assert notebooks["out_of_date"](course) == ["98_trial.ipynb", "99_trial.ipynb"]
    monkeypatch.setitem(notebooks["main"].__globals__, "run", lambda path: None)
    notebooks["main"]([], course)
    there = sorted(path.name for path in (course / "exercises").iterdir())
    assert there == ["98_trial.ipynb", "99_trial.ipynb"]
    assert notebooks["out_of_date"](course) == ["99_trial.ipynb"]


def lesson(root, *sources, **metadata):
    (root / "notebooks").mkdir()
    path = root / "notebooks" / "01_trial.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(source, metadata=metadata) for source in sources]), path)
    return path


def test_a_run_stores_outputs_that_are_the_same_each_time(tmp_path, capsys):
    source = "import ipywidgets, pathlib\nprint('a')\nprint(pathlib.Path.cwd().name)\nipywidgets.IntSlider()"
    path = lesson(tmp_path, source, tags=["hide-output"])
    stored = []
    for _ in range(2):
        notebooks["main"]([], tmp_path)
        stored.append(path.read_text("utf-8"))
    assert stored[0] == stored[1]
    assert "notebooks/01_trial.ipynb: ran in" in capsys.readouterr().out
    notebook = nbformat.read(path, as_version=4)
    (cell,) = notebook.cells
    assert cell.execution_count == 1
    assert cell.metadata == {"tags": ["hide-output"], "jupyter": {"outputs_hidden": True}}
    assert cell.outputs[0].text == "a\nnotebooks\n"
    assert cell.outputs[1].data == {"text/plain": "IntSlider(value=0)"}
    assert notebook.metadata.keys() == {"kernelspec", "language_info"}
    assert notebook.metadata.language_info == {"name": "python"}


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("1 / 0", "a cell fails; nothing was written"),
        ("import sys\nsys.stderr.write('careful');", "a cell writes to stderr; nothing was written"),
    ],
)
def test_a_failing_or_complaining_cell_stops_the_run(tmp_path, source, complaint):
    path = lesson(tmp_path, source)
    before = path.read_text("utf-8")
    with pytest.raises(SystemExit, match=rf"01_trial\.ipynb: {complaint}"):
        notebooks["main"]([], tmp_path)
    assert path.read_text("utf-8") == before


def test_only_the_notebooks_named_are_run(tmp_path, capsys):
    lesson(tmp_path, "1 / 0")
    with pytest.raises(SystemExit, match="names=02_trial: there is no such notebook"):
        notebooks["main"](["02_trial"], tmp_path)
