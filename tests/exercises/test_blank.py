"""A function nobody has written yet is not a function that returns 0."""

import subprocess
import sys
from pathlib import Path

import pytest

from traceblock.exercises import blank

STUBS = [
    "def f(x): pass",
    "def f(x): ...",
    "def f(x, *, y=3): return ...",
    "def f(x):\n    'What it does.'",
    "def f(x):\n    'What it does.'\n    ...\n    ",
    "def f(x):\n    'What it does.'\n    pass\n    # your code\n    ...",
    "f = lambda x: ...",
]
WRITTEN = [
    "def f(x): return 0",
    "def f(x): return False",
    "def f(x): return ''",
    "def f(x): return x",
    "def f(x): print(x)",
    "def f(x): x = 1",
    "def f(x):\n    'What it does.'\n    return 'What it does.'",
    "def f(x):\n    'What it does.'\n    return ()",
    "def f(x):\n    'What it does.'\n    yield",
    "def f(x): raise NotImplementedError",
    "f = len",
    "class f: pass",
    "f = None",
]


def defined(source):
    names = {}
    exec(source, names)
    return names["f"]


@pytest.mark.parametrize("source", STUBS)
def test_a_stub_is_blank(source):
    assert blank.is_stub(defined(source))


@pytest.mark.parametrize("source", WRITTEN)
def test_anything_written_is_not(source):
    assert not blank.is_stub(defined(source))


def test_an_optimising_python_that_drops_docstrings_agrees():
    check = (
        "import runpy; is_stub = runpy.run_path('blank.py')['is_stub']\n"
        f"for sources, blank in (({STUBS!r}, True), ({WRITTEN!r}, False)):\n"
        "    for source in sources:\n"
        "        names = {}; exec(source, names)\n"
        "        if is_stub(names['f']) != blank: raise SystemExit(source)\n"
    )
    subprocess.run([sys.executable, "-OO", "-c", check], cwd=Path(blank.__file__).parent, check=True)


def test_a_blank_function_is_not_attempted(trial):
    for source in STUBS:
        assert trial["share"].outcome(defined(source)).kind == "blank"
