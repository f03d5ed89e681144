"""The terminal or pipe behind a command: lines to it, whether it is still there, the signals it sends."""

import os
import select
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Self, TextIO

from traceblock.cli.errors import CommandError

STOPPING = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")


class OutputError(CommandError):
    """A line could not be written: whoever read the output has gone."""


def say(line: str) -> None:
    """Print a line at once; OutputError if nobody can read it any more."""
    try:
        print(line, flush=True)
    except OSError as error:
        drop(sys.stdout)
        raise OutputError(f"its output cannot be written to any more ({error.strerror})") from error


def complain(line: str) -> None:
    """Print a line to the standard error, if anybody is there to read it."""
    try:
        print(line, file=sys.stderr, flush=True)
    except OSError:
        drop(sys.stderr)


def drop(stream: TextIO) -> None:
    """Let a stream lead nowhere, so that what it still holds raises nothing when Python ends."""
    with suppress(OSError):  # a stream in memory has no number
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def is_closed() -> bool:
    """Return whether nobody can read the standard output any more, where the system tells."""
    if sys.stdout is None or not hasattr(select, "poll"):
        return False
    with suppress(OSError, ValueError):  # a stream in memory, or closed here, has no number
        asked = select.poll()
        asked.register(sys.stdout.fileno(), 0)
        return any(event & (select.POLLERR | select.POLLHUP) for _, event in asked.poll(0))
    return False


class Interrupts:
    """The first signal to stop raises KeyboardInterrupt; those that follow are ignored."""

    def __init__(self) -> None:
        before = {each: signal.getsignal(each) for name in STOPPING if (each := getattr(signal, name, None))}
        # What ignores SIGHUP, as nohup does, goes on ignoring it.
        self._before = {each: how for each, how in before.items() if how not in (signal.SIG_IGN, None)}
        self._is_held = self._is_asked = False

    def __enter__(self) -> Self:
        """Take the signals."""
        for each in self._before:
            signal.signal(each, self._stop)
        return self

    def __exit__(self, *why: object) -> None:
        """Give the signals back."""
        for each, how in self._before.items():
            signal.signal(each, how)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Raise only at the end: a process that is just being started would be lost."""
        self._is_held = True
        try:
            yield
        finally:
            self._is_held = False
        if self._is_asked:
            raise KeyboardInterrupt

    def ignore(self) -> None:
        """Ignore every signal from now on: what is being stopped is stopped to the end."""
        for each in self._before:
            signal.signal(each, signal.SIG_IGN)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.ignore()
        self._is_asked = True
        if not self._is_held:
            raise KeyboardInterrupt
