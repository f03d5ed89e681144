"""Run code of others without a trace of it on the screen."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quietly() -> Iterator[None]:
    """Swallow everything printed, displayed or warned of inside the block."""
    from IPython.utils.capture import capture_output  # here: `import traceblock` need not pay for IPython

    with capture_output(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
