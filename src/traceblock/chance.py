"""Random numbers from a seed, a stream for each purpose: what is drawn for two of them shares no chance."""

import zlib

import numpy as np

from traceblock import arguments


def stream(seed: int, purpose: str) -> np.random.Generator:
    """Return the generator of a purpose; the same seed and purpose give the same numbers."""
    key = zlib.crc32(purpose.encode())
    return np.random.default_rng(np.random.SeedSequence(arguments.seed(seed), spawn_key=(key,)))
