"""One server and one browser for all these tests, and one page for each lesson, opened and run once."""

from pathlib import Path

import pytest

from .lab_page import NARROW, chromium_running, page_of, required_chromium
from .lab_server import serving
from .lesson_on_page import LessonOnPage
from .stored import LESSONS

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    """Set these tests first, since they take longest, and those of a lesson side by side."""

    def place(item):
        if item.path.parent != HERE:
            return 1, ""
        lesson = item.callspec.params.get("lesson") if hasattr(item, "callspec") else None
        return 0, lesson.stem if lesson else ""

    items.sort(key=place)


@pytest.fixture(scope="session")
def chromium():
    return required_chromium()


@pytest.fixture(scope="package")
def browser(chromium):
    # Not for the session: while it runs, no other test of this process could start an event loop.
    with chromium_running(chromium) as browser:
        yield browser


@pytest.fixture(scope="package")
def server(chromium, tmp_path_factory):
    with serving(tmp_path_factory.mktemp("lab")) as server:
        yield server


@pytest.fixture(scope="package", params=LESSONS, ids=lambda path: path.stem)
def lesson(request):
    return request.param


@pytest.fixture(scope="package")
def opened(lesson, browser, server):
    """The lesson on a page, after its run."""
    with page_of(browser, NARROW) as lab:
        lab.open(server.address(f"notebooks/{lesson.name}"))
        yield LessonOnPage(lab, lesson)
        lab.stop_kernel()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    server = item.funcargs.get("server")
    if report.failed and server:
        report.sections.append(("The end of JupyterLab's log", server.log.read_text()[-3000:]))
    return report
