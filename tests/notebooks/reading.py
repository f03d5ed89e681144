"""Read a notebook of the course as a reader does: by its headings, its cells and its charts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from traceblock.charts.theme import MIME
from traceblock.files import checkout

ROOT = checkout()
PATTERN = "[0-9][0-9]_*.ipynb"


@dataclass
class Section:
    """What stands between one H2 and the next: the lines of its markdown, and its code cells."""

    title: str
    lines: list[str] = field(default_factory=list)
    code: list[NotebookNode] = field(default_factory=list)


@dataclass
class Page:
    """A notebook and its place."""

    path: Path
    notebook: NotebookNode

    def __repr__(self) -> str:
        return f"{self.path.parent.name}/{self.path.stem}"

    @property
    def no(self) -> str:
        return self.path.name[:2]

    @property
    def cells(self) -> list[NotebookNode]:
        return self.notebook.cells

    @property
    def code(self) -> list[NotebookNode]:
        return [cell for cell in self.cells if cell.cell_type == "code"]

    @property
    def markdown(self) -> list[NotebookNode]:
        return [cell for cell in self.cells if cell.cell_type == "markdown"]

    @property
    def outputs(self) -> list[NotebookNode]:
        return [output for cell in self.code for output in cell.outputs]

    @property
    def sections(self) -> list[Section]:
        """The sections in their order; the first, without a title, is what stands above any H2."""
        found = [Section("")]
        for cell in self.cells:
            if cell.cell_type == "code":
                found[-1].code.append(cell)
                continue
            for line in without_fences(cell.source).splitlines():
                if line.startswith("## "):
                    found.append(Section(line.removeprefix("## ").strip()))
                else:
                    found[-1].lines.append(line)
        return found

    def section(self, title: str) -> Section:
        """Return the section of that title, an empty one if there is none."""
        return next((section for section in self.sections if section.title == title), Section(title))


def pages(folder: str) -> list[Page]:
    """Return the notebooks of a folder, in their order."""
    return [Page(path, nbformat.read(path, as_version=4)) for path in sorted((ROOT / folder).glob(PATTERN))]


def without_fences(markdown: str) -> str:
    return re.sub(r"^```.*?^```", "", markdown, flags=re.MULTILINE | re.DOTALL)


def tags(cell: NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


def charts(cells: list[NotebookNode]) -> list[dict[str, Any]]:
    """Return the specifications of the charts that are stored below some cells."""
    data = (output.get("data", {}) for cell in cells for output in cell.get("outputs", []))
    return [bundle[MIME] for bundle in data if MIME in bundle]


def within(value: Any, key: str) -> Iterator[Any]:
    """Go through what stands under a key anywhere inside a specification."""
    if isinstance(value, dict):
        if key in value:
            yield value[key]
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from within(item, key)
