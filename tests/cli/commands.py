"""The command as a process of its own, with a stand-in for JupyterLab that says which process it is."""

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import termios
from dataclasses import dataclass
from pathlib import Path

import psutil

SERVER = """
import http.server, os, pathlib, signal
note = pathlib.Path({note!r})
note.with_suffix(".part").write_text(str(os.getpid()))
note.with_suffix(".part").rename(note)
{before}
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
server = http.server.HTTPServer(("127.0.0.1", PORT), Handler)
{serve}
"""
COMMAND = """
import sys
from traceblock.cli import lab, main{more}
lab._command = lambda folder, port: [sys.executable, "-c", {server!r}.replace("PORT", str(port))]
sys.exit(main(["lab", "--no-browser", "--port", "0"]))  # 0: one that no other test has
"""


@dataclass
class Command:
    """A running `traceblock lab`."""

    process: subprocess.Popen
    note: Path

    def opened(self, stream=None):
        """Read lines until the last one of the invitation, and return them."""
        lines = []
        for line in stream or self.process.stdout:
            lines.append(line.rstrip("\r\n"))
            if "Ctrl-C" in line:
                break
        return lines

    @property
    def server(self):
        """The server's process."""
        return psutil.Process(int(self.note.read_text()))

    def end(self, limit=30):
        """Wait for the end, and return what was still printed, on both streams."""
        return self.process.communicate(timeout=limit)


@contextlib.contextmanager
def started(tmp_path, *, before="", serve="server.serve_forever()", more="", **streams):
    """Start the command; whatever is left of it and of its server at the end is killed."""
    note = tmp_path / "server"
    server = SERVER.format(before=before, note=str(note), serve=serve)
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND.format(server=server, more=more)],
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True} | streams,
    )
    try:
        yield Command(process, note)
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream:
                stream.close()
        if note.is_file():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(note.read_text()), signal.SIGKILL)


def own_terminal(terminal):
    """Return what makes a terminal the one that a new process is controlled by."""

    def take():
        os.setsid()
        fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)

    return take
