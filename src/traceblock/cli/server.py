"""A server process that never outlives the command that started it."""

import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import IO

from traceblock.cli import terminal
from traceblock.cli.errors import CommandError

START_LIMIT, STOP_LIMIT = 120, 15  # seconds
PAUSE = 0.1  # seconds between two looks
LOG_LINES = 20


class Server:
    """A process with its log in a nameless file."""

    def __init__(self, command: Sequence[str], environment: dict[str, str], log: IO[bytes]) -> None:
        # In a session of its own, so that Ctrl-C reaches this process alone, which then stops the server.
        self._process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._log = log

    def wait_until(self, is_ready: Callable[[], bool]) -> None:
        """Wait until the server is ready; CommandError if it ends first, or takes too long."""
        end = time.monotonic() + START_LIMIT
        while not is_ready():
            if self._process.poll() is not None:
                raise CommandError(self._ended())
            if time.monotonic() > end:
                raise CommandError(f"the server did not answer within {START_LIMIT} s. {self._tail()}")
            self._pause()

    def wait(self) -> None:
        """Wait until the server ends; CommandError if it failed."""
        while self._process.poll() is None:
            self._pause()
        if self._process.returncode != 0:
            raise CommandError(self._ended())

    def stop(self) -> None:
        """Stop the server, by force if it does not listen; say so once it has been told."""
        if self._process.poll() is not None:
            return
        self._process.terminate()  # on this signal JupyterLab shuts down its kernels too
        with suppress(terminal.OutputError):
            terminal.say("Stopping JupyterLab …")
        try:
            self._process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _pause(self) -> None:
        if terminal.is_closed():
            raise terminal.OutputError("nobody can read its output any more, so JupyterLab was stopped")
        time.sleep(PAUSE)

    def _ended(self) -> str:
        status = self._process.returncode
        how = f"signal {-status}, {signal.strsignal(-status)}" if status < 0 else f"exit status {status}"
        return f"the server ended by itself ({how}); `traceblock doctor` says what is wrong. {self._tail()}"

    def _tail(self) -> str:
        self._log.seek(0)
        lines = self._log.read().decode("utf-8", "replace").splitlines()
        return "Its log ends:\n" + ("\n".join(lines[-LOG_LINES:]) or "(nothing)")


@contextmanager
def running(
    command: Sequence[str], environment: dict[str, str], interrupts: terminal.Interrupts
) -> Iterator[Server]:
    """Run a server, and stop it on the way out, whatever happened."""
    server = None
    with tempfile.TemporaryFile() as log:
        try:
            with interrupts.held():
                server = Server(command, environment, log)
            yield server
        finally:
            interrupts.ignore()
            if server is not None:
                server.stop()
