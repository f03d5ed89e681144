"""Read a solution notebook and run its tagged cells: the only source of expected values.

Cells tagged ``setup`` make what the others need; the cell tagged ``question:by_method`` sets the
variable ``by_method``. Cells without such a tag are not read.
"""

import functools
import json
import re
from collections.abc import Mapping
from contextvars import ContextVar
from pathlib import Path

from traceblock.exercises.quiet import quietly

running: ContextVar[int | None] = ContextVar("running", default=None)
"""The variant whose solution is being run, for the call of ``lesson`` inside it."""

_MEND = "restore the file from the course's repository, or install the course again"
_PREFIX = "question:"
_STARTER = re.compile(r"\s*(\w+\s*=\s*)?\.\.\.\s*")


class SolutionError(RuntimeError):
    """A solution notebook is missing or damaged."""


def expected(notebook: Path, variant: int, name: str) -> object:
    """Return what the solution of a question gives on a variant of the data."""
    try:
        return _answers(notebook, variant)[name]
    except KeyError:
        raise SolutionError(f"{notebook} has no cell '{_PREFIX}{name}' that sets {name}: {_MEND}") from None


def code(notebook: Path, name: str) -> str:
    """Return the code that answers a question, without markers and starter lines."""
    sources = [source for tag, source in _cells(notebook) if tag == _PREFIX + name]
    if not sources:
        raise SolutionError(f"{notebook} has no cell '{_PREFIX}{name}': {_MEND}")
    lines = "\n".join(sources).splitlines()
    markers = ("# BEGIN SOLUTION", "# END SOLUTION")
    return "\n".join(
        line for line in lines if line.strip() not in markers and not _STARTER.fullmatch(line)
    ).strip()


@functools.cache
def _answers(notebook: Path, variant: int) -> Mapping[str, object]:
    namespace: dict[str, object] = {"__name__": "__main__"}
    answers = {}
    token = running.set(variant)
    try:
        for tag, source in _cells(notebook):
            with quietly():
                _run(source, f"{notebook}, cell '{tag}'", namespace)
            name = tag.removeprefix(_PREFIX)
            if name in namespace and name != tag:
                answers[name] = namespace[name]
    finally:
        running.reset(token)
    return answers


def _run(source: str, where: str, namespace: dict[str, object]) -> None:
    try:
        exec(compile(source, where, "exec"), namespace)
    except Exception as error:
        raise SolutionError(f"{where} fails with {type(error).__name__}: {error}; {_MEND}") from error


def _cells(notebook: Path) -> list[tuple[str, str]]:
    """Return tag and source of the tagged cells, in order."""
    try:
        cells = json.loads(notebook.read_text("utf-8"))["cells"]
        return [
            (tag, "".join(cell["source"]))
            for cell in cells
            for tag in cell["metadata"].get("tags", [])
            if tag == "setup" or tag.startswith(_PREFIX)
        ]
    except FileNotFoundError:
        raise SolutionError(f"there is no solution notebook {notebook}: {_MEND}") from None
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise SolutionError(f"the solution notebook {notebook} cannot be read: {_MEND}") from error
