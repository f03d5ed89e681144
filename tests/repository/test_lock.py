"""The lock files are what pyproject.toml asks for, complete, and without any address."""

import importlib.util
import re
import shutil

import pytest
from packaging.requirements import Requirement

from .tree import ROOT

NAMES = LESSONS, DEV, BENCH = "requirements.txt", "requirements-dev.txt", "requirements-bench.txt"


def tool(root):
    """Return tools/lock.py as a module that works on another copy of the project."""
    spec = importlib.util.spec_from_file_location("lock", ROOT / "tools" / "lock.py")
    lock = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(lock)
    lock.ROOT = root
    return lock


def stale(root):
    """Return the names of the lock files whose header is not the one that belongs to them."""
    lock = tool(root)
    return [name for name in NAMES if not (root / name).read_text("utf-8").startswith(lock.header(name))]


def versions(name):
    """Return the versions that a lock file pins, by package."""
    return dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / name).read_text("utf-8"), re.MULTILINE))


@pytest.fixture
def copy(tmp_path):
    for name in ("pyproject.toml", *NAMES):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def test_every_lock_is_known_and_current():
    assert list(tool(ROOT).LOCKS) == list(NAMES)
    assert {path.name for path in ROOT.glob("requirements*")} == set(NAMES)
    assert not stale(ROOT), "run: make lock"


@pytest.mark.parametrize(
    ("name", "before", "after", "touched"),
    [
        ("pyproject.toml", '"pandas>=3.0"', '"pandas>=3.1"', list(NAMES)),
        ("pyproject.toml", '"ruff>=0.14"', '"ruff>=0.15"', [DEV]),
        ("pyproject.toml", '"mesa>=3.3"', '"mesa>=3.4"', [BENCH]),
        ("pyproject.toml", 'requires-python = ">=3.11"', 'requires-python = ">=3.12"', list(NAMES)),
        ("requirements.txt", "\naltair==", "\naltair===", [LESSONS, DEV]),
        ("requirements-dev.txt", "sha256:0", "sha256:1", [DEV, BENCH]),
        ("requirements-bench.txt", "sha256:0", "sha256:1", [BENCH]),
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
    packages = tool(ROOT).body(name).replace("\\\n", " ").splitlines()
    assert packages
    for line in packages:
        requirement, *hashes = re.split(r"\s+--hash=", line.strip())
        assert re.fullmatch(r"==[\w.!+]+", str(Requirement(requirement).specifier)), line
        assert hashes, line
        assert all(re.fullmatch("sha256:[0-9a-f]{64}", each) for each in hashes), line


def test_what_is_declared_is_locked():
    project = tool(ROOT).tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for name, (extra, _) in tool(ROOT).LOCKS.items():
        declared = project["dependencies"] + (project["optional-dependencies"][extra] if extra else [])
        assert {Requirement(each).name for each in declared} <= set(versions(name))


def test_all_locks_agree_on_versions():
    lessons, dev, bench = map(versions, NAMES)
    assert lessons.items() <= dev.items()
    assert {name for name in dev.keys() & bench.keys() if dev[name] != bench[name]} == set()
