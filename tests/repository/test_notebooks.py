"""`make notebooks` touches what it was asked for, and nobody's work is lost by it."""

import runpy
import subprocess

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from .tree import ROOT

notebooks = runpy.run_path(str(ROOT / "tools" / "notebooks.py"))
SOLUTION = "answer = ...\n### BEGIN SOLUTION\nanswer = 42\n### END SOLUTION"
OWN = [f"{folder}/{name}.ipynb" for folder in ("notebooks", "solutions") for name in ("01_one", "02_two")]


def write(path, *sources):
    path.parent.mkdir(exist_ok=True)
    cells = [new_code_cell(source, id=f"cell-{place}") for place, source in enumerate(sources)]
    nbformat.write(new_notebook(cells=cells), path)


def git(root, *command):
    who = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.test")
    subprocess.run(["git", "-C", root, *who, *command], check=True, capture_output=True)


def commit(root):
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "so far")


@pytest.fixture
def plain(tmp_path):
    """Two lessons with solutions and current exercises, without git."""
    root = tmp_path / "course"
    root.mkdir()
    for name in OWN:
        write(root / name, SOLUTION)
    (root / "exercises").mkdir()
    for path in (root / "solutions").iterdir():
        (root / "exercises" / path.name).write_text(notebooks["exercise"](path), "utf-8")
    return root


@pytest.fixture
def course(plain):
    """The same, kept by git."""
    git(plain, "init", "--quiet")
    commit(plain)
    return plain


@pytest.fixture
def ran(monkeypatch):
    """The paths that were run, in order; running leaves them as they are."""
    paths = []
    monkeypatch.setitem(notebooks["main"].__globals__, "run", paths.append)
    return paths


def names(root, paths):
    return [path.relative_to(root).as_posix() for path in paths]


def main(root, *arguments):
    notebooks["main"](list(arguments), root)


def answered(root, name="exercises/01_one.ipynb"):
    """Somebody's answer in an exercise; returns its path and text."""
    write(root / name, "answer = 41  # my own work")
    return root / name, (root / name).read_text("utf-8")


def test_without_arguments_the_courses_own_are_run_and_shown(course, ran, capsys):
    main(course)
    assert names(course, ran) == OWN
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(": ")[0] for line in lines[:4]] == [f"{n}/6 {name}" for n, name in enumerate(OWN, 1)]
    assert lines[4:] == ["5/6 exercises/01_one.ipynb: is current", "6/6 exercises/02_two.ipynb: is current"]


@pytest.mark.parametrize("foreign", ["notebooks/mine", "exercises/01_one-Copy1", "exercises/03_my_notes"])
def test_a_students_own_notebook_is_left_alone(course, ran, capsys, foreign):
    path, text = answered(course, f"{foreign}.ipynb")
    main(course)
    main(course, "01", "02", "--force")
    assert path.read_text("utf-8") == text
    assert path not in ran
    assert f"{foreign}.ipynb: left alone, it is not one of the course's own" in capsys.readouterr().out
    assert notebooks["out_of_date"](course) == []


@pytest.mark.parametrize(
    ("asked", "run", "made"),
    [
        (["02"], ["notebooks/02_two", "solutions/02_two"], ["02_two"]),
        (["02_two", "02"], ["notebooks/02_two", "solutions/02_two"], ["02_two"]),
        (["solutions/01_one.ipynb"], ["solutions/01_one"], []),
        (["exercises/01_one.ipynb"], [], ["01_one"]),
        (["01", "exercises/02_two.ipynb"], ["notebooks/01_one", "solutions/01_one"], ["01_one", "02_two"]),
    ],
)
def test_it_touches_only_what_it_was_asked_for(course, ran, asked, run, made):
    for path in (course / "solutions").iterdir():
        write(path, SOLUTION, "# one cell more")
    commit(course)
    before = {path: path.read_bytes() for path in course.glob("*/*.ipynb")}
    main(course, *asked)
    assert names(course, ran) == [f"{name}.ipynb" for name in run]
    changed = sorted(path for path, content in before.items() if path.read_bytes() != content)
    assert names(course, changed) == [f"exercises/{name}.ipynb" for name in made]


@pytest.mark.parametrize("name", OWN)
def test_uncommitted_changes_are_refused_before_anything_runs(course, ran, name):
    answered(course, name)
    with pytest.raises(SystemExit) as refused:
        main(course, name[-12:-6])
    assert f"\n    {name}\n" in str(refused.value)
    assert "make notebooks ARGS='--force " in str(refused.value)
    assert not ran
    main(course, name[-12:-6], "--force")
    assert course / name in ran


@pytest.mark.parametrize("staged", [False, True])
def test_an_answer_in_an_exercise_is_not_written_over(course, ran, staged):
    path, text = answered(course)
    if staged:
        git(course, "add", "--all")
    with pytest.raises(SystemExit, match=r"not committed.*\n    exercises/01_one\.ipynb\n.*--force"):
        main(course)
    assert path.read_text("utf-8") == text
    assert not ran
    main(course, "--force", "exercises/01_one.ipynb")
    assert notebooks["out_of_date"](course) == []


def test_an_exercise_just_generated_is_no_work_to_lose(course, ran):
    write(course / "solutions" / "01_one.ipynb", SOLUTION, "# one cell more")
    git(course, "commit", "--all", "--quiet", "--message", "more")
    for _ in range(2):
        main(course, "01")
    assert notebooks["out_of_date"](course) == []


def test_a_notebook_that_git_does_not_know_is_refused_by_its_name_and_runs_by_force(course, ran):
    write(course / "solutions" / "03_new.ipynb", SOLUTION)
    with pytest.raises(SystemExit, match=r"solutions/03_new\.ipynb"):
        main(course, "03_new")
    main(course, "03_new", "--force")
    assert names(course, ran) == ["solutions/03_new.ipynb"]
    assert (course / "exercises" / "03_new.ipynb").exists()


def test_nothing_is_deleted(course, ran, capsys):
    (course / "solutions" / "01_one.ipynb").unlink()
    main(course, "--force")
    assert (course / "exercises" / "01_one.ipynb").exists()
    assert "exercises/01_one.ipynb: left alone, it has no solution" in capsys.readouterr().out
    assert notebooks["out_of_date"](course) == ["01_one.ipynb"]


def test_without_git_names_decide_and_an_exercise_that_differs_is_somebodys(plain, ran, capsys):
    foreign, _ = answered(plain, "exercises/notes.ipynb")
    main(plain)
    assert names(plain, ran) == OWN
    assert "git does not keep this folder: the course's own notebooks are told by their names" in (
        capsys.readouterr().out
    )
    path, text = answered(plain)
    with pytest.raises(SystemExit, match=r"Without git.*somebody's work.*\n    exercises/01_one\.ipynb\n"):
        main(plain)
    assert path.read_text("utf-8") == text
    main(plain, "--force")
    assert path.read_text("utf-8") != text
    assert foreign.exists()


@pytest.mark.parametrize(
    "name", ["03", "mine", "notebooks/03_none.ipynb", "exercises/03_none.ipynb", "../x.ipynb"]
)
def test_what_is_not_there_is_named(course, ran, name):
    with pytest.raises(SystemExit, match=f"names={name}: there is no such notebook"):
        main(course, "01", name)
    assert not ran


def test_a_notebook_edited_while_it_runs_keeps_the_edit(course):
    path = course / "notebooks" / "01_one.ipynb"
    edit = "import pathlib; path = pathlib.Path('01_one.ipynb'); path.write_text(path.read_text() + '\\n')"
    write(path, edit)
    commit(course)
    before = path.read_text("utf-8")
    with pytest.raises(SystemExit, match="it was changed while it ran; nothing was written"):
        main(course, "notebooks/01_one.ipynb")
    assert path.read_text("utf-8") == before + "\n"
