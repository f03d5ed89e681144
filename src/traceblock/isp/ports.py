"""Blocks of ports: which subscribers of a shared address a port may belong to."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

PORTS = 65_536
_Array = npt.NDArray[Any]


class Blocks:
    """The different blocks of ports in a log, on layers within which none overlap.

    Parameters
    ----------
    first, last : array of uint16
        Of each lease, both included.

    Attributes
    ----------
    block : array of int
        The number of each lease's block.
    layer : array of int
        The layer of each block.
    bounds : tuple of arrays of int
        The first and the last port of each block.
    """

    def __init__(self, first: _Array, last: _Array) -> None:
        if len(first) and (first == first[0]).all() and (last == last[0]).all():
            self.block, blocks = (
                np.zeros(len(first), np.int64),
                np.array([int(first[0]) << 16 | int(last[0])]),
            )
        else:
            self.block, blocks = pd.factorize(first.astype(np.uint32) << 16 | last)
        self.layer = np.zeros(len(blocks), np.int64)
        reached: list[int] = []  # the last port of each layer so far
        for number in np.argsort(blocks):
            low, high = divmod(int(blocks[number]), PORTS)
            free = next((layer for layer, port in enumerate(reached) if port < low), len(reached))
            reached[free : free + 1] = [high]
            self.layer[number] = free
        self.bounds = np.divmod(blocks.astype(np.int64), PORTS)

    def __len__(self) -> int:
        """Return how many blocks there are."""
        return len(self.layer)

    def tables(self) -> list[_Array]:
        """Return for each layer the block that each port lies in, -1 where it lies in none."""
        tables = np.full((self.layer.max(initial=-1) + 1, PORTS), -1, np.int32)
        for number, (layer, low, high) in enumerate(zip(self.layer, *self.bounds, strict=True)):
            tables[layer, low : high + 1] = number
        return list(tables)
