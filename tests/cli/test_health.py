"""Every damage that the doctor knows of is done to a copy, found, and mended by the command that it names."""

import json
import os
import shlex
import shutil
import subprocess
import sys

import nbformat
import pytest

from tests.cli import read_only
from tests.repository.tree import ROOT, copied, kept
from traceblock import exercises
from traceblock.cli import course as lab_course
from traceblock.cli import health
from traceblock.exercises import lessons

PARTS = (
    "notebooks",
    "exercises",
    "solutions",
    "data",
    "src",
    "Makefile",
    "pyproject.toml",
    "requirements.txt",
)
NAME = "04_address_to_subscriber.ipynb"


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A copy of the course that git keeps."""
    return kept(copied(tmp_path_factory.mktemp("whole"), *PARTS))


@pytest.fixture(params=["git", "no git"])
def course(request, whole, tmp_path):
    """Copies that a test may damage: a clone, and a download without git."""
    left_out = [] if request.param == "git" else [".git"]
    root = tmp_path / "course"
    shutil.copytree(whole, root, ignore=shutil.ignore_patterns(*left_out))
    return root


def mend(root, result):
    """Do as the doctor says: run the command, or take the files named from another copy."""
    if " from a new download of the course into " in result.mend:
        assert not (root / ".git").exists()
        names = result.mend.partition("take ")[2].partition(" from a new download")[0].split(", ")
        assert result.mend.partition(" into ")[2].split(" (git has none here)")[0] == str(root)
        for name in names:
            (found,) = ROOT.glob(name)
            (root / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(found, root / found.relative_to(ROOT))
    else:
        assert result.mend.startswith(f"git -C {root} stash push -- ")
        subprocess.run(result.mend.split(" (or, ")[0], shell=True, check=True, capture_output=True)


def stashed(root):
    """Return what git kept of the files that a mend wrote over."""
    show = ["git", "-C", str(root), "stash", "show", "--patch"]
    return subprocess.run(show, capture_output=True, text=True, check=True).stdout


def edit(path, change):
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    nbformat.write(notebook, path)


def retitled(notebook):
    for cell in notebook.cells:
        cell.source = cell.source.replace("# ", "") if cell.cell_type == "markdown" else cell.source


def answered(notebook):
    notebook.cells = [*notebook.cells[:-2], nbformat.v4.new_code_cell("my_own = 1")]


@pytest.mark.parametrize(
    "name",
    [
        *(f"{folder}/{NAME}" for folder in ("notebooks", "exercises", "solutions")),
        "src/traceblock/exercises/banks/lesson_04.py",
    ],
)
def test_a_missing_file_is_named_and_comes_back(course, name):
    (course / name).unlink()
    result = health.files(course)
    assert not result.fine
    assert name in result.says
    mend(course, result)
    assert health.files(course).fine
    assert (course / name).read_text("utf-8") == (ROOT / name).read_text("utf-8")


def test_a_missing_folder_is_named_and_comes_back(course):
    shutil.rmtree(course / "exercises")
    result = health.files(course)
    assert not result.fine
    assert "exercises/00_five_cases.ipynb" in result.says
    mend(course, result)
    assert health.files(course).fine


@pytest.mark.parametrize(
    ("folder", "damage", "said"),
    [
        ("notebooks", lambda path: path.write_text(""), "cannot be read"),
        (
            "exercises",
            lambda path: path.write_text(path.read_text("utf-8")[:3000], "utf-8"),
            "cannot be read",
        ),
        (
            "solutions",
            lambda path: path.write_text("<<<<<<< HEAD\n" + path.read_text("utf-8"), "utf-8"),
            "cannot be read",
        ),
        ("notebooks", lambda path: path.write_bytes(b"\0" * 5000), "cannot be read"),
        ("exercises", lambda path: path.write_text("{}"), "cannot be read"),
        (
            "solutions",
            lambda path: edit(path, lambda notebook: notebook.update(cells=[])),
            "has no cells to run",
        ),
        ("exercises", lambda path: edit(path, retitled), "has no title"),
    ],
    ids=["empty", "half", "merge", "nulls", "no-notebook", "no-cells", "no-title"],
)
def test_a_damaged_notebook_is_named_and_comes_back(course, folder, damage, said):
    path = course / folder / NAME
    damage(path)
    result = health.notebooks(course)
    assert not result.fine
    assert f"{folder}/{NAME} {said}" in result.says
    mend(course, result)
    assert health.notebooks(course).fine
    assert path.read_text("utf-8") == (ROOT / folder / NAME).read_text("utf-8")


def test_the_mend_keeps_the_damaged_file_and_leaves_every_other_alone(whole, tmp_path):
    root = tmp_path / "course"
    shutil.copytree(whole, root)
    (root / "exercises" / NAME).write_text("half of my work")
    edit(root / "exercises" / "05_subscriber_to_person.ipynb", answered)
    mend(root, health.notebooks(root))
    assert "+half of my work" in stashed(root)
    assert "my_own = 1" in (root / "exercises" / "05_subscriber_to_person.ipynb").read_text("utf-8")


def test_somebodys_work_is_no_damage(course):
    edit(course / "exercises" / NAME, answered)
    (course / "exercises" / "my notes.ipynb").write_text("not even a notebook")
    (course / "data" / "mine.csv").write_text("a\n1\n")
    assert health.notebooks(course).fine
    assert health.files(course).fine
    if (course / ".git").exists():
        assert health.data(course / "data" / "datapackage.json").fine


def test_a_damaged_notebook_of_a_copy_is_set_aside_and_copied_again(tmp_path, monkeypatch):
    monkeypatch.setattr(health, "checkout", lambda: None)
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / lab_course.FOLDER
    lab_course.copy(folder)
    assert health.notebooks().fine
    damaged = folder / "exercises" / NAME
    damaged.write_text("half of my work")
    result = health.notebooks()
    assert f"exercises/{NAME} cannot be read" in result.says
    set_aside, _, again = result.mend.partition(" && ")
    subprocess.run(set_aside, shell=True, check=True)
    assert shlex.split(again) == ["traceblock", "lab", str(folder)]
    lab_course.copy(folder)
    assert health.notebooks().fine
    assert damaged.with_name(f"{NAME}-1").read_text() == "half of my work"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("facts.csv", None, "facts.csv is missing"),
        ("facts.csv", "", "facts.csv is not what was published"),
        ("web.csv", "name,address\n", "web.csv is not what was published"),
        ("datapackage.json", None, "cannot be read"),
        ("datapackage.json", "[]", "cannot be read"),
        ("datapackage.json", '{"resources": []}', "actors.csv is not in datapackage.json"),
    ],
)
def test_damaged_data_are_named_and_come_back(course, name, content, said):
    path = course / "data" / name
    path.unlink() if content is None else path.write_text(content)
    package = course / "data" / "datapackage.json"
    result = health.data(package)
    assert not result.fine
    assert said in result.says
    mend(course, result)
    assert health.data(package).fine
    assert result.mend.endswith(" (or, if it was changed on purpose: make record)")


def test_an_empty_data_package_beside_no_data_is_damaged(tmp_path):
    (tmp_path / "datapackage.json").write_text('{"resources": []}')
    assert health.data(tmp_path / "datapackage.json").says == "data: datapackage.json names no file"


def ask(root, check):
    """Make a check in a process of its own, which imports the course from that folder."""
    code = f"import json; from traceblock.cli import health; print(json.dumps(vars(health.{check}())))"
    environment = os.environ | {"PYTHONPATH": str(root / "src")}
    asked = [sys.executable, "-c", code]
    done = subprocess.run(asked, env=environment, capture_output=True, text=True, check=True)
    return health.Result(**json.loads(done.stdout))


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("isp/attribution.py", lambda text: ""),
        ("charts/traced.py", lambda text: text[: len(text) // 2] + "\n(("),
        ("network.py", lambda text: "\0" * 4000),
        ("arguments.py", lambda text: '"""Only this is left."""\n'),
    ],
)
def test_a_damaged_source_file_is_named_and_comes_back(course, name, damage):
    path = course / "src" / "traceblock" / name
    path.write_text(damage(path.read_text("utf-8")), "utf-8")
    result = ask(course, "source")
    assert not result.fine
    assert f"src/traceblock/{name}" in result.says
    mend(course, result)
    assert path.read_text("utf-8") == (ROOT / "src" / "traceblock" / name).read_text("utf-8")


def test_whole_source_is_imported(whole):
    result = ask(whole, "source")
    assert result.fine
    assert result.says.endswith(" source files can be imported")


def test_a_solution_that_lost_an_answer_is_named_and_comes_back(course):
    def lose(notebook):
        tags = [cell.metadata.get("tags", []) for cell in notebook.cells]
        lost = next(
            place for place, each in enumerate(tags) if any(tag.startswith("question:") for tag in each)
        )
        del notebook.cells[lost]

    edit(course / "solutions" / NAME, lose)
    result = ask(course, "answers")
    assert not result.fine
    assert f"answers: solutions/{NAME}, SolutionError: " in result.says
    mend(course, result)
    assert (course / "solutions" / NAME).read_text("utf-8") == (ROOT / "solutions" / NAME).read_text("utf-8")


def test_whole_answers_are_counted(whole):
    count = sum(len(exercises.lesson(number)) for number in lessons.available())
    assert ask(whole, "answers").says == f"{count} questions have their answers"


@pytest.mark.parametrize("name", ["doctor.py", "findings.py"])
def test_a_damaged_command_is_one_line_with_its_mend(course, name):
    (course / "src" / "traceblock" / "cli" / name).write_text("this is ((")
    code = "import sys; from traceblock.cli import main; sys.exit(main(['doctor']))"
    environment = os.environ | {"PYTHONPATH": str(course / "src")}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("traceblock: its own source is damaged (")
    assert "Traceback" not in done.stderr
    command = done.stderr.strip().partition(" — mend: ")[2]
    if (course / ".git").exists():
        subprocess.run(command, shell=True, check=True, capture_output=True)
        assert ask(course, "files").fine
    else:
        assert command.startswith("take the folder `src` from a new download")


ON_READ_ONLY = """
import subprocess
from pathlib import Path
from traceblock.cli import doctor, health

root, copy = Path("{root}"), Path.home() / "course"
for check, again in ((health.files, health.files), (doctor.folder, doctor.folder)):
    found = check(root)
    assert not found.fine
    print(found.mend)
    if " from a new download " in found.mend:
        continue
    assert found.mend.startswith(f"cp -R {{root}} {{copy}}"), found.mend
    subprocess.run(found.mend, shell=True, check=True)
    assert again(copy).fine
    subprocess.run(["rm", "-r", copy], check=True)
"""


def test_on_a_read_only_disk_the_mend_is_in_a_copy(course, tmp_path):
    (course / "notebooks" / NAME).unlink()
    (tmp_path / "home").mkdir()
    environment = {"PYTHONPATH": course / "src", "HOME": tmp_path / "home", "PYTHONDONTWRITEBYTECODE": "1"}
    said = read_only.run(course, [sys.executable, "-c", ON_READ_ONLY.format(root=course)], environment)
    if not (course / ".git").exists():
        copy = tmp_path / "home" / "course"
        assert said.startswith(f"cp -R {course} {copy} && take notebooks/{NAME} from a new download of ")


def test_a_damaged_source_file_of_an_installed_course_is_named(tmp_path, monkeypatch):
    (tmp_path / "cases.py").write_text("def (")
    monkeypatch.setattr(health, "PACKAGE", tmp_path)
    monkeypatch.setattr(health, "checkout", lambda: None)
    result = health.source()
    assert not result.fine
    assert result.says.startswith("source: cases.py, ")
