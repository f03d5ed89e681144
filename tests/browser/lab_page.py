"""A page of JupyterLab in Chromium, seen and driven as a reader does."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Nothing of Chromium's own that talks to other machines; and a name is never looked up.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
# What is asked of any other machine goes to a proxy that is not there. Intercepting every request would
# turn off the browser's cache.
NOWHERE = {"server": "http://127.0.0.1:9", "bypass": "127.0.0.1"}
ELSEWHERE = re.compile(r"^(?!(https?|wss?)://127\.0\.0\.1[:/])(?!(data|blob|about):)")
NARROW, WIDE, HEIGHT = 400, 1600, 900
PATIENCE = 120_000  # milliseconds; a machine that is busy with other things is slow
HERE = Path(__file__).parent
LAYOUT_FAULTS = (HERE / "layout_faults.js").read_text()
QUIET = (HERE / "quiet.js").read_text()
DRAWN = """(charts) => charts.map((svg) => ({
    width: svg.getBoundingClientRect().width,
    marks: svg.querySelectorAll("path, line, rect, text").length,
}))"""
ERRORS = "[data-mime-type='application/vnd.jupyter.stderr']"  # tracebacks too
RUN_ENDED = """(errors) => {
    const prompts = [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")];
    const done = prompts.every((prompt) => /^\\[\\d+\\]:$/.test(prompt.textContent));
    return done || document.querySelector(errors);
}"""

expect.set_options(timeout=PATIENCE)


def required_chromium() -> str:
    """Return the path of Chromium; where there is none, skip the test, or fail it under CI=true."""
    named = os.environ.get("TRACEBLOCK_CHROMIUM")
    for name in (named,) if named else NAMES:
        path = shutil.which(name)
        if path:
            return path
    reason = (
        "there is no Chromium: install the Debian package chromium, or set TRACEBLOCK_CHROMIUM to its path"
    )
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def chromium_running(path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS, proxy=NOWHERE)
        try:
            yield browser
        finally:
            browser.close()


class LabPage:
    """A notebook opened in JupyterLab.

    ``strangers`` are the addresses outside 127.0.0.1 that the page asked for, in vain; ``complaints`` what
    it wrote to the console as an error.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.strangers: list[str] = []
        self.complaints: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.context.on("request", lambda request: self._note(request.url))
        page.on("websocket", lambda socket: self._note(socket.url))
        page.on("console", lambda message: message.type == "error" and self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _note(self, address: str) -> None:
        if ELSEWHERE.match(address):
            self.strangers.append(address)

    def wait_until_idle(self) -> None:
        # The toolbar's indicator says "idle" also while there is no kernel yet; the status bar does not.
        idle = self.page.locator(".jp-StatusBar-TextItem", has_text=re.compile(r"^(?!No Kernel).+ \| Idle$"))
        expect(idle).to_have_count(1)

    @property
    def cells(self) -> Locator:
        return self.page.locator(".jp-Notebook .jp-Cell")

    @property
    def prompts(self) -> Locator:
        return self.page.locator(".jp-CodeCell .jp-InputPrompt")

    def cell(self, index: int) -> Locator:
        return self.cells.nth(index)

    def open(self, address: str) -> None:
        self.page.goto(address)
        expect(self.cells.first).to_be_visible()
        expect(self.page.locator("#jupyterlab-splash")).to_be_hidden()
        self.wait_until_idle()
        if self.page.locator(".jp-FileBrowser").is_visible():
            self.page.keyboard.press("Control+b")
            expect(self.page.locator(".jp-FileBrowser")).to_be_hidden()

    def output(self, index: int) -> Locator:
        return self.cell(index).locator(".jp-Cell-outputArea")

    def retype(self, index: int, code: str) -> None:
        """Type a cell anew and run it; wait until it has run."""
        prompt = self.cell(index).locator(".jp-InputPrompt")
        before = prompt.text_content()
        self.cell(index).locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(code)
        self.page.keyboard.press("Shift+Enter")
        expect(prompt).to_have_text(re.compile(r"^\[\d+\]:$"))
        expect(prompt).not_to_have_text(before)

    def run_all(self) -> None:
        """Run all cells, until each has its number or one has failed."""
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        self.page.wait_for_function(RUN_ENDED, arg=ERRORS)
        self.wait_until_idle()

    @property
    def width(self) -> int:
        return self.page.viewport_size["width"]

    def settle(self, width: int | None = None) -> None:
        """Make the page as wide as this, then wait until all is answered and drawn for this width."""
        if width:
            self.page.set_viewport_size({"width": width, "height": HEIGHT})
        self.page.evaluate(QUIET, PATIENCE)
        self.quiet()

    def quiet(self) -> None:
        """Wait until all is answered and drawn."""
        self.page.evaluate("quiet()")

    def stop_kernel(self) -> None:
        self.page.evaluate("() => void jupyterapp.shell.currentWidget.sessionContext.shutdown()")

    def drawn_charts(self) -> list[dict[str, float]]:
        return self.page.locator(".jp-Notebook svg.marks").evaluate_all(DRAWN)

    def layout_faults(self) -> list[str]:
        return self.page.locator(".jp-Notebook").evaluate(LAYOUT_FAULTS)


@contextmanager
def page_of(browser: Browser, width: int) -> Iterator[LabPage]:
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHT}, reduced_motion="reduce", service_workers="block"
    )
    try:
        yield LabPage(context.new_page())
    finally:
        context.close()
