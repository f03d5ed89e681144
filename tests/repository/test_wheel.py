"""What is built from the repository: an installed course has all that it reads, and nothing else."""

import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import PurePosixPath

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
