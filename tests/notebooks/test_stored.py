"""Everything is stored as it was run, and a stored value that is not what the code gives is noticed."""

import copy
import os
import re
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
TABLE, CHART, EXPLORER = CELLS = (
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
    """A small notebook with a table, a chart and an explorer, run as the lessons are."""
    path = tmp_path_factory.mktemp("stored") / "99_same.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(source) for source in CELLS]), path)
    NOTEBOOKS["run"](path)
    return Page(path, nbformat.read(path, as_version=4))


def changed(stored):
    """Return a copy in which one word of the table and one figure of the chart are others."""
    page = copy.deepcopy(stored)
    table, chart, _ = page.code
    text = table.outputs[0].data["text/plain"]
    table.outputs[0].data["text/plain"] = text.replace("reported", "disputed", 1)
    (rows, *_) = chart.outputs[0].data[MIME]["datasets"].values()
    rows[0]["size"] += 1
    return page


def emptied(stored):
    """Return a copy whose chart is stored as if its cell had never been run."""
    page = copy.deepcopy(stored)
    page.code[1].update(execution_count=None, outputs=[])
    return page


@pytest.fixture(scope="module")
def verdicts(stored):
    """What a strict comparison says: the numbers of the cells that fail, by notebook."""
    folder = stored.path.parent
    for change in (changed, emptied):
        nbformat.write(change(stored).notebook, folder / f"99_{change.__name__}.ipynb")
    options = ["--nbval", "-p", "no:cacheprovider", "-p", "no:xdist", "--junit-xml=report.xml"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    subprocess.run(
        [sys.executable, "-m", "pytest", *options],
        cwd=folder,
        env=environment,
        capture_output=True,
        check=False,
    )
    failed = {"same": [], "changed": [], "emptied": []}
    ran = ElementTree.parse(folder / "report.xml").findall(".//testcase")
    assert len(ran) == len(failed) * len(CELLS)
    for case in ran:
        if len(case):
            notebook = re.search("99_([a-z]+)", case.get("classname") + case.get("name"))[1]
            failed[notebook].append(case.get("name"))
    return failed


def test_what_is_stored_as_it_runs_passes(verdicts):
    assert verdicts["same"] == []


def test_a_changed_value_of_a_table_and_of_a_chart_fails(verdicts):
    assert verdicts["changed"] == ["Cell 0", "Cell 1"]


def test_a_cell_stored_without_a_count_is_compared_with_nothing_so_we_refuse_it(verdicts, stored):
    assert verdicts["emptied"] == []
    assert [complaint[:29] for complaint in not_run(emptied(stored))] == [
        "code cell 2 is stored with the"[:29]
    ]


def test_a_count_out_of_order_is_refused(stored):
    page = copy.deepcopy(stored)
    assert not list(not_run(page))
    page.code[0].execution_count = 7
    page.code[2].outputs[0].execution_count = 7
    assert len(list(not_run(page))) == 2
