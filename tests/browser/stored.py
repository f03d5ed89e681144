"""What the notebooks of the course hold on disk."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from traceblock.charts.theme import MIME
from traceblock.files import checkout

COURSE = checkout()
LESSONS = sorted(COURSE.glob("notebooks/*.ipynb"))
EXERCISES = sorted(COURSE.glob("exercises/*.ipynb"))


def cells(notebook: Path) -> list[dict[str, Any]]:
    return json.loads(notebook.read_text("utf-8"))["cells"]


def number_of_charts(notebook: Path) -> int:
    outputs = (output for cell in cells(notebook) for output in cell.get("outputs", []))
    return sum(MIME in output.get("data", {}) for output in outputs)


def explorers(notebook: Path) -> Iterator[tuple[int, str]]:
    """Return the place of the cell and the name of each explorer; an explorer stores no picture."""
    for place, cell in enumerate(cells(notebook)):
        called = re.search(r"\bexplore\.(\w+)\(", "".join(cell["source"]))
        if called and cell["cell_type"] == "code":
            yield place, called[1]
