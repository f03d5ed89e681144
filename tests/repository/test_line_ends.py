"""A clone on Windows, where git makes CRLF, and a download that an editor saved so, are the same course."""

import os
import shutil
import subprocess
import sys

import pytest
from frictionless import Package

from .tree import ROOT, copied, kept

CHECK = """
from traceblock import cases, exercises
from traceblock.cli import health
from traceblock.files import checkout

print(checkout())
for check in (health.files, health.notebooks, health.data, health.answers):
    assert check().fine, check()
for table in (cases.facts, cases.timeline, cases.actors, cases.sources, cases.procedures, cases.stages):
    rows = table()
    assert len(rows) and not rows.map(lambda value: "\\r" in value).any(axis=None), table
for number in (4, 8):  # of a sample in data/, and of text
    lesson = exercises.lesson(number)
    for question in lesson:
        assert question.outcome(lesson.answers.expected(question.name)).kind == "right", question.name
"""


def git(*command):
    return subprocess.run(["git", *command], check=True, capture_output=True, text=True).stdout


def run(folder, *command):
    environment = os.environ | {"PYTHONPATH": str(folder / "src")}
    done = subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def origin(tmp_path_factory):
    """A repository of the files as they are now."""
    return kept(copied(tmp_path_factory.mktemp("origin")))


@pytest.fixture
def windows(origin, tmp_path):
    """A clone as git for Windows makes it by default."""
    git("clone", "--quiet", "-c", "core.autocrlf=true", str(origin), str(tmp_path / "course"))
    return tmp_path / "course"


@pytest.fixture
def edited(origin, tmp_path):
    """A download without git, every text of it saved with CRLF."""
    root = tmp_path / "course"
    shutil.copytree(origin, root, ignore=shutil.ignore_patterns(".git", ".gitattributes"))
    for path in root.rglob("*"):
        if path.is_file() and b"\0" not in (content := path.read_bytes()):
            path.write_bytes(content.replace(b"\n", b"\r\n"))
    return root


def test_a_clone_on_windows_has_the_line_ends_of_every_other(windows):
    lines = git("-C", str(windows), "ls-files", "--eol").splitlines()
    assert not [line for line in lines if "w/crlf" in line or "w/mixed" in line]
    assert git("-C", str(windows), "status", "--porcelain") == ""
    assert Package(str(windows / "data" / "datapackage.json")).validate().valid


def test_a_clone_on_windows_without_attributes_is_whole(origin, tmp_path):
    root = tmp_path / "course"
    git("clone", "--quiet", "--no-checkout", "-c", "core.autocrlf=true", str(origin), str(root))
    (root / ".git" / "info" / "attributes").write_text("* !text !eol\n")
    git("-C", str(root), "checkout", "--quiet")
    assert b"\r\n" in (root / "data" / "facts.csv").read_bytes()
    assert run(root, "-c", CHECK).startswith(f"{root}\n")
    run(root, "-c", "from traceblock.cli import doctor; assert doctor.run() == 0")


def test_a_download_saved_with_crlf_is_whole(edited):
    assert run(edited, "-c", CHECK).startswith(f"{edited}\n")
    run(edited, "tools/notebooks.py", "--check")
    package = edited / "data" / "datapackage.json"
    run(edited, "tools/record.py")
    assert package.read_bytes() == (ROOT / "data" / "datapackage.json").read_bytes()
