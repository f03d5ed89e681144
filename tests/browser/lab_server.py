"""A JupyterLab of the tests' own: on a copy of the course, with its own settings, on a free port."""

import json
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from traceblock.cli import lab

from .stored import COURSE, EXERCISES, LESSONS

START_LIMIT, STOP_LIMIT = 180, 30  # seconds
SETTINGS = {
    # Without this, JupyterLab keeps in the page only the cells in view.
    "@jupyterlab/notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
    # On a slow machine a page is open for more than two minutes; what is seen must not depend on that.
    "@jupyterlab/docmanager-extension/plugin.jupyterlab-settings": {"autosave": False},
}


@dataclass
class Server:
    port: int
    token: str
    log: Path

    def address(self, path: str) -> str:
        """Return where a notebook opens by itself: without reset, those of earlier tests open beside it."""
        return f"http://{lab.HOST}:{self.port}/lab/tree/{path}?reset&token={self.token}"


def free_port() -> int:
    with socket.create_server((lab.HOST, 0)) as probe:
        return probe.getsockname()[1]


def copy_notebooks(to: Path) -> None:
    """Copy lessons and exercises, without execution counts: so a cell that has one has been run."""
    for path in LESSONS + EXERCISES:
        notebook = json.loads(path.read_text("utf-8"))
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell["execution_count"] = None
        copy = to / path.relative_to(COURSE)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(json.dumps(notebook), "utf-8")


def own_places(folder: Path) -> dict[str, str]:
    """Return the environment in which Jupyter neither reads nor writes anything of the user's."""
    places = {
        "IPYTHONDIR": "ipython",
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    }
    return {name: str(folder / place) for name, place in places.items()}


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """Serve a copy of the notebooks in `folder` by the command of ``traceblock lab``, until the end."""
    course, places = folder / "course", own_places(folder)
    copy_notebooks(course)
    for name, values in SETTINGS.items():
        file = Path(places["JUPYTERLAB_SETTINGS_DIR"], name)
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(values))
    server = Server(free_port(), secrets.token_urlsafe(8), folder / "log")
    with server.log.open("wb") as log:
        process = subprocess.Popen(
            [*lab._command(course, server.port), "--LabApp.expose_app_in_browser=True"],
            env=lab._environment(server.token) | places,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_ready(server, process)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(course)


def _wait_until_ready(server: Server, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_LIMIT
    while not lab._answers(server.port, server.token):
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"JupyterLab does not answer. Its log:\n{server.log.read_text()}")
        time.sleep(0.1)
