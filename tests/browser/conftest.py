"""A server and a browser for each file of tests: nothing is shared, so that the files can run in parallel."""

import pytest
from lab_page import chromium_running, required_chromium
from lab_server import serving


@pytest.fixture(scope="session")
def chromium():
    return required_chromium()


@pytest.fixture(scope="module")
def browser(chromium):
    # Not for the session: while it runs, no other test of this process could start an event loop.
    with chromium_running(chromium) as browser:
        yield browser


@pytest.fixture(scope="module")
def server(chromium, tmp_path_factory):
    with serving(tmp_path_factory.mktemp("lab")) as server:
        yield server


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    server = item.funcargs.get("server")
    if report.failed and server:
        report.sections.append(("The end of JupyterLab's log", server.log.read_text()[-3000:]))
    return report
