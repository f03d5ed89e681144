"""``traceblock lab``: JupyterLab on the course's folder, for this machine only, until Ctrl-C."""

import http.client
import os
import secrets
import socket
import sys
import webbrowser
from contextlib import suppress
from pathlib import Path

from traceblock.cli import course, server, terminal
from traceblock.cli.errors import CommandError, RequestError
from traceblock.cli.terminal import say
from traceblock.files import course_file

HOST, PORT = "127.0.0.1", 8888


def run(lesson: int = 0, port: int | None = None, browser: bool = True, folder: Path | None = None) -> int:
    """Open a lesson in JupyterLab and stay until Ctrl-C, SIGTERM, or the end of the terminal.

    Parameters
    ----------
    lesson : int
        The number of the lesson.
    port : int, optional
        The port to listen on; without it 8888, or a free one if that is taken.
    browser : bool
        Whether to open a browser, where there is a screen.
    folder : Path, optional
        Where to put a copy of the course, and open it. Without it, a checkout is opened as it is; an
        installed course opens its copy in ``traceblock-course``.

    Returns
    -------
    int
        The exit status: 0 after a clean stop, 1 if something failed or nobody reads the output any more, 2 if
        it was asked for wrongly.
    """
    with terminal.Interrupts() as interrupts:
        try:
            _serve(lesson, port, browser, folder, interrupts)
        except KeyboardInterrupt:
            with suppress(terminal.OutputError):
                say("Stopped.")
        except CommandError as error:
            terminal.complain(f"traceblock lab: {error}")
            return error.status
        except OSError as error:
            terminal.complain(f"traceblock lab: {error}; `traceblock doctor` says what works here")
            return CommandError.status
    return 0


def _serve(
    lesson: int, port: int | None, browser: bool, wanted: Path | None, interrupts: terminal.Interrupts
) -> None:
    notebook, port = _notebook(lesson), _free_port(port)
    folder, lines = course.place(wanted)
    for line in lines:
        say(line)
    say(f"Starting JupyterLab in {folder} on port {port} …")
    token = secrets.token_urlsafe(24)
    with server.running(_command(folder, port), _environment(token), interrupts) as jupyter:
        jupyter.wait_until(lambda: _answers(port, token))
        _invite(f"http://{HOST}:{port}/lab/tree/notebooks/{notebook}?token={token}", browser)
        jupyter.wait()
        say("JupyterLab was shut down.")


def _invite(address: str, browser: bool) -> None:
    show = browser and _has_screen()
    say("The server answers." + (" Opening a browser …" if show else ""))
    if browser and not show:
        say("There is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set): no browser is opened.")
    if show and not webbrowser.open(address):
        say("No browser could be opened: copy the address into one.")
    say(f"Address: {address}")
    say("Press Ctrl-C here to stop it.")


def _notebook(lesson: int) -> str:
    """Return the file name of a lesson, as the course has it."""
    files = sorted(course_file("notebooks").glob("[0-9][0-9]_*.ipynb"))
    there = {int(path.name[:2]): path for path in files}
    if lesson not in there:
        names = ", ".join(f"{number} ({path.stem})" for number, path in there.items())
        raise RequestError(
            f"there is no lesson {lesson}; "
            + (
                f"there are: {names}"
                if names
                else "there is none at all: `traceblock doctor` says what mends it"
            )
        )
    return there[lesson].name


def _free_port(wanted: int | None) -> int:
    for port in (PORT, 0) if wanted is None else (wanted,):  # 0: the system picks a free one
        try:
            with socket.create_server((HOST, port)) as probe:
                return int(probe.getsockname()[1])
        except (OSError, OverflowError) as error:
            reason = error
    raise CommandError(f"port {wanted} cannot be used ({reason}); without --port a free one is found")


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
