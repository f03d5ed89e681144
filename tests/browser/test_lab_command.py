"""The command ``traceblock lab`` itself, in a browser, on a copy of the checkout: that is left alone."""

import os
import re
import shutil
import signal
import subprocess
import sysconfig
from pathlib import Path

import pytest
from playwright.sync_api import expect

from .lab_page import WIDE, page_of
from .lab_server import free_port, own_places
from .stored import COURSE, LESSONS, cells

PARTS = ("src", "data", "notebooks", "exercises", "solutions")
COMMAND = Path(sysconfig.get_path("scripts"), "traceblock")


@pytest.fixture
def checkout(tmp_path):
    for part in PARTS:
        shutil.copytree(
            COURSE / part, tmp_path / "course" / part, ignore=shutil.ignore_patterns(".*", "__pycache__")
        )
    return tmp_path / "course"


@pytest.fixture
def command(checkout, tmp_path):
    """The running command, and the address it printed."""
    process = subprocess.Popen(
        [COMMAND, "lab", "--no-browser", "--port", str(free_port())],
        env=os.environ | own_places(tmp_path) | {"PYTHONPATH": str(checkout / "src")},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        printed = []
        for line in process.stdout:
            printed.append(line)
            if line.startswith("Address: "):
                break
        assert str(checkout) in printed[0], printed
        yield process, printed[-1].removeprefix("Address: ").strip()
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def test_it_opens_lesson_00_without_a_pop_up_and_stops_on_ctrl_c(browser, command):
    process, address = command
    heading = re.match("# (.+)", "".join(cells(LESSONS[0])[0]["source"]))[1]
    with page_of(browser, WIDE) as lab:
        lab.open(address)
        expect(lab.page.get_by_role("heading", level=1)).to_contain_text(heading)
        expect(lab.page.locator(".jp-Dialog, .Toastify__toast")).to_have_count(0)
        assert not lab.strangers
        assert not lab.complaints
    process.send_signal(signal.SIGINT)
    assert process.stdout.read().endswith("Stopped.\n")
    assert process.wait() == 0
