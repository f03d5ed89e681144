"""What is built from the repository: an installed course has all that it reads, and nothing else."""

import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from .tree import ROOT, files

COURSE = {"data", "notebooks", "exercises", "solutions", "requirements.txt"}


def names():
    return [path.relative_to(ROOT).as_posix() for path in files()]


def build(source, target):
    command = [sys.executable, "-m", "hatchling", "build", "--directory", target]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    (wheel,), (sdist,) = target.glob("*.whl"), target.glob("*.tar.gz")
    return wheel, sdist


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A wheel and a source distribution, from a folder in which people have worked."""
    folder = tmp_path_factory.mktemp("used")
    for name in names():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    for name in ("notebooks/.ipynb_checkpoints/00-checkpoint.ipynb", "data/__pycache__/a.pyc", ".venv/a.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("made by a tool")
    return build(folder, tmp_path_factory.mktemp("built"))


def test_a_wheel_holds_the_package_the_course_and_nothing_else(built):
    expected = set()
    for name in names():
        if name.startswith("src/"):
            expected.add(name.removeprefix("src/"))
        elif PurePosixPath(name).parts[0] in COURSE:
            expected.add(f"traceblock/course/{name}")
    with zipfile.ZipFile(built[0]) as archive:
        inside = set(archive.namelist())
    assert {name for name in inside if ".dist-info/" not in name} == expected
    assert {name.rpartition("/")[2] for name in inside if ".dist-info/licenses/" in name} == {
        "LICENSE",
        "LICENSE-content",
    }


def test_a_source_distribution_is_the_repository(built):
    with tarfile.open(built[1]) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    assert inside - {"PKG-INFO"} == set(names())


def test_a_wheel_from_the_source_distribution_is_the_same(built, tmp_path):
    with tarfile.open(built[1]) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    wheel, _ = build(source, tmp_path / "built")
    assert wheel.read_bytes() == built[0].read_bytes()


@pytest.mark.slow
def test_an_installed_wheel_opens_a_copy_in_which_everything_works(built, tmp_path):
    """In a venv of its own, which borrows from the present one all but the course."""
    venv.create(tmp_path / "venv", symlinks=True)
    python = tmp_path / "venv" / "bin" / "python"
    install = [sys.executable, "-m", "pip", f"--python={python}", "install", "--no-index", "--no-deps"]
    subprocess.run([*install, built[0]], check=True, capture_output=True)
    (site,) = tmp_path.glob("venv/lib/python*/site-packages")
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    shutil.copytree(Path(sys.prefix, "share", "jupyter"), tmp_path / "venv" / "share" / "jupyter")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    settings = {"cwd": tmp_path, "env": environment, "text": True}

    opened = subprocess.Popen(
        [tmp_path / "venv" / "bin" / "traceblock", "lab", "4", "--no-browser", "--port", "0"],
        stdout=subprocess.PIPE,
        **settings,
    )
    try:
        shown = list(itertools.takewhile(lambda line: "Ctrl-C" not in line, opened.stdout))
        assert shown[0] == f"The course was copied to {tmp_path / 'traceblock-course'}.\n"
        assert "/lab/tree/notebooks/04_address_to_subscriber.ipynb?token=" in shown[-1]
    finally:
        opened.send_signal(signal.SIGTERM)
        opened.communicate(timeout=60)
    assert opened.returncode == 0

    copy = tmp_path / "traceblock-course"
    run = [python, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace", "--allow-errors"]
    for name in ("notebooks/04_address_to_subscriber.ipynb", "exercises/02_monitor.ipynb"):
        subprocess.run([*run, copy / name], check=True, capture_output=True, **settings)
        notebook = json.loads((copy / name).read_text("utf-8"))
        outputs = [each for cell in notebook["cells"] for each in cell.get("outputs", ())]
        assert outputs
        assert not [each for each in outputs if each["output_type"] == "error"]
    code = (
        "from traceblock import exercises, files; ex = exercises.lesson(2); assert files.checkout() is None\n"
    )
    code += "assert all(q.outcome(ex.answers.expected(q.name)).kind == 'right' for q in ex)"
    subprocess.run([python, "-c", code], check=True, **settings)
    examined = subprocess.run(
        [tmp_path / "venv" / "bin" / "traceblock", "doctor"], stdout=subprocess.PIPE, **settings
    )
    assert (examined.returncode, examined.stdout.count("✗")) == (0, 0), examined.stdout
