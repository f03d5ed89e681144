"""How much memory a function takes at most."""

import resource
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context


def peak(function: Callable[..., object], *arguments: object) -> float:
    """Call a function in a process of its own, and return the GB that this process held at its peak."""
    # Only a forked process starts from nothing: on Linux others report the peak of the one that started them.
    with ProcessPoolExecutor(1, get_context("forkserver")) as pool:
        return pool.submit(_run, function, arguments).result()


def _run(function: Callable[..., object], arguments: tuple[object, ...]) -> float:
    function(*arguments)
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e9
