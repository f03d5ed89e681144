"""Stop code that does not come to an end, in a kernel and outside it."""

import ctypes
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_AGAIN = 1.0  # seconds; a bare `except` in a loop may swallow the first call
_OURS = __name__.rpartition(".")[0]


class TimeUp(BaseException):
    """The time is up; not an Exception, so that `except Exception` lets it pass."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeUp inside the block once its time is up.

    In the main thread of a system with alarms (all but Windows) waiting is cut short too. Elsewhere Python
    code is stopped between two of its steps: a call that waits outside Python ends first, and a loop with a
    bare `except` in it may go on for some seconds.
    """
    in_main = threading.current_thread() is threading.main_thread()
    with _by_alarm(seconds) if in_main and hasattr(signal, "setitimer") else _by_thread(seconds):
        yield


@contextmanager
def _by_alarm(seconds: float) -> Iterator[None]:
    def ring(number: int, frame: FrameType | None) -> None:
        # A bare `except` swallows what is raised in its `try`; so its own lines raise again.
        sys.settrace(lambda *_: None)
        while frame and not frame.f_globals.get("__name__", "").startswith(_OURS):
            frame.f_trace = _raise
            frame = frame.f_back
        raise TimeUp

    tracing = sys.gettrace()
    before = signal.signal(signal.SIGALRM, ring)
    left = signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *left)
        signal.signal(signal.SIGALRM, before)
        sys.settrace(tracing)


def _raise(*_: object) -> None:
    raise TimeUp


@contextmanager
def _by_thread(seconds: float) -> Iterator[None]:
    caller = ctypes.c_ulong(threading.get_ident())
    ended = threading.Event()

    def ring() -> None:
        wait = seconds
        while not ended.wait(wait):
            ctypes.pythonapi.PyThreadState_SetAsyncExc(caller, ctypes.py_object(TimeUp))
            wait = _AGAIN

    watch = threading.Thread(target=ring, daemon=True)
    watch.start()
    try:
        yield
    finally:
        ended.set()
        watch.join()
        ctypes.pythonapi.PyThreadState_SetAsyncExc(caller, None)  # one that was not raised yet
