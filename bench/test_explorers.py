"""From a key press to a changed picture in JupyterLab: measured and shown, never judged.

How fast a machine is says nothing about the code, and the peers have no such picture.
"""

import itertools
import statistics
from pathlib import Path

import pytest

from bench.conftest import short
from tests.browser.explorer_on_page import ExplorerOnPage, is_box
from tests.browser.lab_page import WIDE, chromium_running, page_of, required_chromium
from tests.browser.lab_server import serving
from tests.browser.stored import LESSONS, explorers

LATENCY = Path(__file__).with_name("latency.js").read_text()
MOVES = 20


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("lab")) as server:
        yield server


@pytest.fixture(scope="module")
def browser():
    with chromium_running(required_chromium()) as browser:
        yield browser


@pytest.fixture
def lab(browser, server, lesson):
    with page_of(browser, WIDE) as lab:
        lab.open(server.address(f"notebooks/{lesson.name}"))
        lab.run_all()
        lab.settle()
        yield lab
        lab.stop_kernel()


def moves(explorer):
    """Move each control a step and back, in turn; yield the milliseconds until a picture came."""
    for control in explorer.enabled * MOVES:
        for key in ["Space"] * 2 if is_box(control) else ["ArrowDown", "ArrowUp"]:
            explorer.root.evaluate(LATENCY)
            control.press(key)
            if took := explorer.page.evaluate("took()"):
                yield took


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_latency(lab, lesson, tables):
    for cell, name in explorers(lesson):
        times = list(itertools.islice(moves(ExplorerOnPage(lab, cell)), MOVES))
        tables["latency"].append((name, str(len(times)), short(statistics.median(times)), short(max(times))))
