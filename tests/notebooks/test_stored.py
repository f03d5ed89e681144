"""Everything is stored as it was run, and a stored value that is not what the code gives is noticed."""

import copy
import os
import runpy
import subprocess
import sys
from collections.abc import Iterator
from xml.etree import ElementTree

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from traceblock.charts.theme import MIME

from .reading import ROOT, Page, pages

NOTEBOOKS = runpy.run_path(str(ROOT / "tools" / "notebooks.py"))
CELLS = (
    'from traceblock import cases, charts, explore\n\ncases.facts("fall")[["fact", "status"]].head(3)',
    "charts.record.by_status(cases.facts())",
    "explore.record()",
)


def not_run(page: Page) -> Iterator[str]:
    """Say which cells are not stored as a run from top to bottom stores them."""
    for due, cell in enumerate(page.code, start=1):
        if cell.execution_count != due:
            yield f"code cell {due} is stored with the count {cell.execution_count}: {cell.source!r}"
        for output in cell.outputs:
            if output.get("execution_count", due) != due:
                yield f"an output of code cell {due} has the count {output.execution_count}"


@pytest.mark.parametrize("page", pages("notebooks") + pages("solutions"), ids=repr)
def test_every_cell_is_stored_as_run(page):
    assert not list(not_run(page))


@pytest.mark.parametrize("page", pages("exercises"), ids=repr)
def test_an_exercise_is_stored_empty(page):
    assert not [cell.source for cell in page.code if cell.execution_count is not None or cell.outputs]


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A table, a chart and an explorer, and the same once more, run and stored as the lessons are."""
    path = tmp_path_factory.mktemp("stored") / "99_trial.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(source) for source in CELLS * 2]), path)
    NOTEBOOKS["run"](path)
    return Page(path, nbformat.read(path, as_version=4))


@pytest.fixture(scope="module")
def spoiled(stored):
    """The same, but in the second half the table and the chart are changed, and the explorer is not run."""
    page = copy.deepcopy(stored)
    table, chart, explorer = page.code[3:]
    text = table.outputs[0].data["text/plain"]
    table.outputs[0].data["text/plain"] = text.replace("reported", "disputed", 1)
    rows = next(rows for rows in chart.outputs[0].data[MIME]["datasets"].values() if "size" in rows[0])
    rows[0]["size"] += 1
    explorer.update(execution_count=None, outputs=[])
    return page


@pytest.fixture(scope="module")
def failed(spoiled):
    """The cells that a strict comparison refuses, by their place."""
    nbformat.write(spoiled.notebook, spoiled.path)
    options = [
        "--nbval",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "--junit-xml=report.xml",
        spoiled.path.name,
    ]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    command = [sys.executable, "-m", "pytest", *options]
    subprocess.run(command, cwd=spoiled.path.parent, env=environment, capture_output=True, check=False)
    cells = ElementTree.parse(spoiled.path.with_name("report.xml")).findall(".//testcase")
    assert [cell.get("name") for cell in cells] == [f"Cell {place}" for place in range(6)]
    return [place for place, cell in enumerate(cells) if len(cell)]


def test_what_is_stored_as_it_runs_passes(failed):
    assert not {0, 1, 2} & set(failed)


def test_a_changed_table_and_a_changed_chart_fail(failed):
    assert {3, 4} <= set(failed)


def test_a_cell_stored_without_a_count_passes_uncompared_so_we_refuse_it(failed, spoiled):
    assert 5 not in failed
    (complaint,) = not_run(spoiled)
    assert complaint.startswith("code cell 6 is stored with the count None")


def test_a_count_out_of_order_is_refused(stored):
    page = copy.deepcopy(stored)
    assert not list(not_run(page))
    page.code[0].execution_count = 7
    page.code[2].outputs[0].execution_count = 7
    assert len(list(not_run(page))) == 2
