"""An ISP's log of leases, checked and indexed, so that millions of addresses are looked up at once."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from traceblock import arguments
from traceblock.isp.intervals import Crowds, Intervals, clashes
from traceblock.isp.ports import PORTS, Blocks

#: What a log of leases needs; ``isp`` is taken where it is there.
COLUMNS = ("address", "port_first", "port_last", "subscriber", "start", "end")
_Array = npt.NDArray[Any]


class Found(NamedTuple):
    """What a look-up gives for each record."""

    subscriber: _Array  # where there is one candidate, else 0
    candidates: _Array  # subscribers who held the address
    isp: _Array  # code, -1 where there is none, or several


class LeaseLog:
    """Leases that no two subscribers hold at once.

    Parameters
    ----------
    leases : DataFrame
        As for `attribute`.

    Raises
    ------
    ValueError
        As `attribute` says of leases.
    """

    def __init__(self, leases: pd.DataFrame) -> None:
        arguments.columns("leases", leases, COLUMNS)
        self._start, self._end = (arguments.times("leases", leases, name) for name in ("start", "end"))
        self._address = arguments.wholes("leases", leases, "address", 2**32 - 1).astype(np.uint32, copy=False)
        first, last = (
            arguments.wholes("leases", leases, f"port_{name}", PORTS - 1) for name in ("first", "last")
        )
        self._subscriber = arguments.wholes("leases", leases, "subscriber").astype(np.int64, copy=False)
        arguments.rows("leases", leases, self._start >= self._end, "do not end after they start")
        arguments.rows("leases", leases, first > last, "have port_first above port_last")
        self.isps = pd.Categorical(leases["isp"] if "isp" in leases.columns else [None] * len(leases))
        self._blocks = Blocks(first, last)
        self._index = Intervals(self._track(self._address, self._blocks.block), self._start, self._end)
        self._refuse_clashes(leases)

    def find(self, time: _Array, address: _Array, port: _Array | None) -> Found:
        """Look up records, at seconds since 1970; without the port, all who shared the address then."""
        address = address.astype(np.uint32, copy=False)
        if port is None and len(self._blocks) > 1:
            return self._everybody(time, address)
        row = np.full(len(time), -1)
        for layer in self._blocks.tables():
            block = np.zeros(len(time), np.int64) if port is None else layer[port]
            there = slice(None) if (block >= 0).all() else np.flatnonzero(block >= 0)
            held = self._index.at(self._track(address[there], block[there]), time[there])
            row[there] = np.maximum(row[there], held)  # no two overlap: one at most holds it
        there = np.flatnonzero(row >= 0)
        none = np.zeros(len(time), np.int64)
        found = Found(none, none.copy(), none - 1)
        found.subscriber[there] = self._subscriber[row[there]]
        found.candidates[there] = 1
        found.isp[there] = self.isps.codes[row[there]]
        return found

    def _everybody(self, time: _Array, address: _Array) -> Found:
        """Count the subscribers who hold each address, whatever their ports."""
        rows, end = self._once_each()
        isp = self.isps.codes[rows].astype(np.int64)
        crowds = Crowds(self._address[rows], self._start[rows], end, self._subscriber[rows], isp, isp * isp)
        candidates, subscribers, isps, squares = crowds.at(address, time)
        # the mean of the codes is the code of all, if the mean of their squares is its square
        mean = isps // np.maximum(candidates, 1)
        same = (candidates > 0) & (candidates * squares == isps * isps)
        return Found(np.where(candidates == 1, subscribers, 0), candidates, np.where(same, mean, -1))

    def _once_each(self) -> tuple[_Array, _Array]:
        """Return rows and ends of leases, where what a subscriber has on several blocks at once is one."""
        lowest = self._subscriber.min(initial=0)
        line = (self._subscriber - lowest).astype(np.uint64)
        if not Intervals(line, self._start, self._end).overlap:  # as in every log where a line has one lease
            return np.arange(len(line)), self._end
        order = np.lexsort((self._start, self._subscriber, self._address))
        address, subscriber, start = (
            column[order] for column in (self._address, self._subscriber, self._start)
        )
        new = np.ones(len(order), bool)
        new[1:] = (address[1:] != address[:-1]) | (subscriber[1:] != subscriber[:-1])
        holder = np.cumsum(new)
        first, last = int(start.min(initial=0)), int(self._end.max(initial=0))
        # a later holder's ends lie above all of an earlier one's
        reached = np.maximum.accumulate(holder * (last - first + 1) + self._end[order] - first)
        new[1:] |= holder[1:] * (last - first + 1) + start[1:] - first >= reached[:-1]
        runs = np.flatnonzero(new)
        end = np.maximum.reduceat(self._end[order], runs) if len(runs) else start
        return order[runs], end

    def _track(self, address: _Array, block: _Array) -> _Array:
        """Return what only one subscriber may hold at a time, as a number."""
        number = len(self._blocks)
        return (
            address
            if number <= 1
            else address.astype(np.uint64) * np.uint64(number) + block.astype(np.uint64)
        )

    def _refuse_clashes(self, leases: pd.DataFrame) -> None:
        pairs = np.empty((0, 2), np.int64)
        if self._index.overlap:
            pairs = clashes(self._track(self._address, self._blocks.block), self._start, self._end)
        elif self._blocks.layer.any():
            pairs = self._across_layers()
        if len(pairs):
            raise ValueError(
                "leases overlap in time on a port of an address, which only one subscriber can hold. Pairs: "
                f"{len(pairs):,}, the first of them:\n{leases.iloc[pairs[:2].ravel()].to_string()}"
            )

    def _across_layers(self) -> _Array:
        """Return the pairs that overlap on addresses whose blocks are not all on one layer."""
        layers = np.uint64(self._blocks.layer.max() + 1)
        layer = self._blocks.layer[self._blocks.block].astype(np.uint64)
        address = np.unique(self._address.astype(np.uint64) * layers + layer) // layers
        several = address[1:][address[1:] == address[:-1]]
        rows = np.flatnonzero(np.isin(self._address, several))
        # cut their blocks where others begin: two overlap where one begins inside the other
        first, last = (bound[self._blocks.block[rows]] for bound in self._blocks.bounds)
        cuts = np.unique(first)
        low = np.searchsorted(cuts, first)
        number = np.searchsorted(cuts, last, side="right") - low
        piece = np.arange(number.sum()) - np.repeat(np.cumsum(number) - number - low, number)
        rows = np.repeat(rows, number)
        track = self._address[rows].astype(np.uint64) * np.uint64(len(cuts)) + piece.astype(np.uint64)
        found = rows[clashes(track, self._start[rows], self._end[rows])]
        return np.unique(np.sort(found, axis=1), axis=0)
