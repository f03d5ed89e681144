"""``traceblock lab``: JupyterLab on the course's folder, for this machine only, until Ctrl-C."""

import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from traceblock.files import checkout

HOST, PORT = "127.0.0.1", 8888
START_LIMIT, STOP_LIMIT = 120, 15  # seconds
LOG_LINES = 20


class LabError(Exception):
    """The lab cannot open; the message says why and what to do."""

    status = 1


class RequestError(LabError):
    """What was asked for is not there."""

    status = 2


def run(lesson: int = 0, port: int | None = None, browser: bool = True) -> int:
    """Open a lesson in JupyterLab and stay until Ctrl-C or SIGTERM.

    Parameters
    ----------
    lesson : int
        The number of the lesson.
    port : int, optional
        The port to listen on; without it 8888, or a free one if that is taken.
    browser : bool
        Whether to open a browser, where there is a screen.

    Returns
    -------
    int
        The exit status: 0 after a clean stop, 1 if the server failed, 2 if it was asked for wrongly.
    """
    try:
        folder = _course_folder()
        path = _notebook(folder, lesson).relative_to(folder).as_posix()
        port = _free_port(port)
        token = secrets.token_urlsafe(24)
        _say(f"Starting JupyterLab in {folder} on port {port} …")
        with _interruptible(), _server(_command(folder, port), _environment(token)) as (server, log):
            _wait_until_ready(server, log, lambda: _answers(port, token))
            _invite(f"http://{HOST}:{port}/lab/tree/{path}?token={token}", browser)
            if server.wait() != 0:
                raise LabError(_ended(server, log))
            _say("JupyterLab was shut down.")
    except LabError as error:
        print(f"traceblock lab: {error}", file=sys.stderr)
        return error.status
    except KeyboardInterrupt:
        _say("Stopped.")
    return 0


def _invite(address: str, browser: bool) -> None:
    show = browser and _has_screen()
    _say("The server answers." + (" Opening a browser …" if show else ""))
    if browser and not show:
        _say("There is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set): no browser is opened.")
    if show and not webbrowser.open(address):
        _say("No browser could be opened: copy the address into one.")
    _say(f"Address: {address}")
    _say("Press Ctrl-C here to stop it.")


def _say(line: str) -> None:
    print(line, flush=True)


def _course_folder() -> Path:
    folder = checkout()
    if folder is None:
        raise RequestError(
            "this traceblock is an installed package, without the notebooks. "
            "Get the course's repository and run `make lab` in its folder."
        )
    return folder


def _notebook(folder: Path, lesson: int) -> Path:
    there = {int(path.name[:2]): path for path in sorted(folder.glob("notebooks/[0-9][0-9]_*.ipynb"))}
    if lesson not in there:
        names = ", ".join(f"{number} ({path.stem})" for number, path in there.items()) or "none"
        raise RequestError(f"there is no lesson {lesson}; there are: {names}")
    return there[lesson]


def _free_port(wanted: int | None) -> int:
    for port in (PORT, 0) if wanted is None else (wanted,):  # 0: the system picks a free one
        try:
            with socket.create_server((HOST, port)) as probe:
                return int(probe.getsockname()[1])
        except (OSError, OverflowError) as error:
            reason = error
    raise LabError(f"port {wanted} cannot be used ({reason}); without --port a free one is found")


def _command(folder: Path, port: int) -> list[str]:
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser"),
        f"--ServerApp.root_dir={folder}",
        f"--ServerApp.ip={HOST}",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        # Nothing that asks another machine for anything.
        "--LabApp.extension_manager=readonly",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [*command, "--allow-root"] if is_root else command


def _environment(token: str) -> dict[str, str]:
    settings = [str(Path(__file__).with_name("jupyter")), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    return os.environ | {
        "JUPYTER_TOKEN": token,  # not in the command line, which other users of the machine can read
        "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, settings)),
    }


@contextmanager
def _server(
    command: list[str], environment: dict[str, str]
) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]:
    """Run the server with its log in a nameless file; stop it on the way out, whatever happened."""
    with tempfile.TemporaryFile() as log:
        # In a session of its own, so that Ctrl-C reaches this process alone, which then stops the server.
        server = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield server, log
        finally:
            if server.poll() is None:
                _say("Stopping JupyterLab …")
                server.terminate()  # on this signal it shuts down its kernels too
                try:
                    server.wait(STOP_LIMIT)
                except subprocess.TimeoutExpired:
                    server.kill()
                    server.wait()


@contextmanager
def _interruptible() -> Iterator[None]:
    """Turn the first SIGINT, SIGTERM or SIGHUP into a KeyboardInterrupt, and ignore those that follow."""
    signals = [signal.SIGINT, signal.SIGTERM]
    if (
        hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN
    ):  # nohup ignores it
        signals.append(signal.SIGHUP)
    before = {each: signal.getsignal(each) for each in signals}

    def stop(number: int, frame: object) -> None:
        for each in signals:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    for each in signals:
        signal.signal(each, stop)
    try:
        yield
    finally:
        for each in signals:
            signal.signal(each, before[each])


def _wait_until_ready(server: subprocess.Popen[bytes], log: IO[bytes], is_ready: Callable[[], bool]) -> None:
    end = time.monotonic() + START_LIMIT
    while not is_ready():
        if server.poll() is not None:
            raise LabError(_ended(server, log))
        if time.monotonic() > end:
            raise LabError(f"the server did not answer within {START_LIMIT} s. Its log ends:\n{_tail(log)}")
        time.sleep(0.1)


def _answers(port: int, token: str) -> bool:
    # http.client, unlike urllib, asks no proxy for the way to this machine.
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/api/status", headers={"Authorization": f"token {token}"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _has_screen() -> bool:
    is_linux = sys.platform.startswith("linux")
    return not is_linux or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def _ended(server: subprocess.Popen[bytes], log: IO[bytes]) -> str:
    return f"the server ended by itself (exit status {server.returncode}). Its log ends:\n{_tail(log)}"


def _tail(log: IO[bytes]) -> str:
    log.seek(0)
    lines = log.read().decode("utf-8", "replace").splitlines()
    return "\n".join(lines[-LOG_LINES:]) or "(nothing)"
