"""Both lock files are what pyproject.toml asks for, complete, and without any address."""

import importlib.util
import re
import shutil

import pytest
from packaging.requirements import Requirement

from .tree import ROOT

NAMES = ("requirements.txt", "requirements-dev.txt")


def tool(root):
    """Return tools/lock.py as a module that works on another copy of the project."""
    spec = importlib.util.spec_from_file_location("lock", ROOT / "tools" / "lock.py")
    lock = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(lock)
    lock.ROOT, lock.LESSONS, lock.DEV = root, *(root / name for name in NAMES)
    return lock


def stale(root):
    """Return the names of the lock files whose header is not the one that belongs to them."""
    lock = tool(root)
    return [
        name for name in NAMES if not (root / name).read_text("utf-8").startswith(lock.header(root / name))
    ]


@pytest.fixture
def copy(tmp_path):
    for name in ("pyproject.toml", *NAMES):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def test_both_locks_are_current():
    assert not stale(ROOT), "run: make lock"


@pytest.mark.parametrize(
    ("name", "before", "after", "touched"),
    [
        ("pyproject.toml", '"pandas>=3.0"', '"pandas>=3.1"', list(NAMES)),
        ("pyproject.toml", '"ruff>=0.14"', '"ruff>=0.15"', [NAMES[1]]),
        ("pyproject.toml", 'requires-python = ">=3.11"', 'requires-python = ">=3.12"', list(NAMES)),
        ("requirements.txt", "\naltair==", "\naltair===", list(NAMES)),
        ("requirements-dev.txt", "sha256:0", "sha256:1", [NAMES[1]]),
    ],
)
def test_a_change_makes_its_locks_stale(copy, name, before, after, touched):
    assert not stale(copy)
    text = (copy / name).read_text("utf-8")
    assert before in text
    (copy / name).write_text(text.replace(before, after), "utf-8")
    assert stale(copy) == touched


@pytest.mark.parametrize("name", NAMES)
def test_every_package_is_pinned_with_hashes_and_no_address(name):
    text = (ROOT / name).read_text("utf-8")
    assert "://" not in text
    packages = tool(ROOT).body(ROOT / name).replace("\\\n", " ").splitlines()
    assert packages
    for line in packages:
        requirement, *hashes = re.split(r"\s+--hash=", line.strip())
        assert re.fullmatch(r"==[\w.!+]+", str(Requirement(requirement).specifier)), line
        assert hashes, line
        assert all(re.fullmatch("sha256:[0-9a-f]{64}", each) for each in hashes), line


def test_what_is_declared_is_locked():
    project = tool(ROOT).tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = {NAMES[0]: project["dependencies"], NAMES[1]: project["optional-dependencies"]["dev"]}
    for name, requirements in declared.items():
        locked = set(re.findall(r"^([\w.-]+)==", (ROOT / name).read_text("utf-8"), re.MULTILINE))
        assert {Requirement(each).name for each in requirements} <= locked
