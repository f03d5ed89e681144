"""An ISP's log of leases, checked and indexed, so that millions of addresses are looked up at once."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from traceblock import arguments
from traceblock.isp.intervals import Crowds, Intervals, clashes, unions
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
    """Leases that no two subscribers hold at once; rows of one subscriber that overlap are one lease.

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
        held = self._start < self._end
        if not held.all():  # or it began and ended within one second, and held none
            late = ~held & ~(leases["start"] < leases["end"]).to_numpy(bool)
            arguments.rows("leases", leases, late, "do not end after they start")
        arguments.rows("leases", leases, first > last, "have port_first above port_last")
        if not held.all():
            leases, first, last = leases[held], first[held], last[held]
            self._start, self._end = self._start[held], self._end[held]
            self._address, self._subscriber = self._address[held], self._subscriber[held]
        given = "isp" in leases.columns
        self.isps = (
            arguments.labels("leases", leases, "isp") if given else pd.Categorical([None] * len(leases))
        )
        self._isp = self.isps.codes
        self._blocks = Blocks(first, last)
        self._block = self._blocks.block
        self._index = Intervals(self._track(self._address, self._block), self._start, self._end)
        if self._index.overlap:
            self._join_renewals()
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
            row[there] = np.maximum(row[there], held)  # one subscriber at most holds it
        there = np.flatnonzero(row >= 0)
        none = np.zeros(len(time), np.int64)
        found = Found(none, none.copy(), none - 1)
        found.subscriber[there] = self._subscriber[row[there]]
        found.candidates[there] = 1
        found.isp[there] = self._isp[row[there]]
        return found

    def _everybody(self, time: _Array, address: _Array) -> Found:
        """Count the subscribers who hold each address, whatever their ports."""
        address_, start, end, subscriber, isp = self._once_each()
        crowds = Crowds(address_, start, end, subscriber, isp, isp * isp)
        candidates, subscribers, isps, squares = crowds.at(address, time)
        # the mean of the codes is the code of all, if the mean of their squares is its square
        mean = isps // np.maximum(candidates, 1)
        same = (candidates > 0) & (candidates * squares == isps * isps)
        return Found(np.where(candidates == 1, subscribers, 0), candidates, np.where(same, mean, -1))

    def _once_each(self) -> tuple[_Array, _Array, _Array, _Array, _Array]:
        """Return address, start, end, subscriber and ISP of leases; on several blocks at once it is one."""
        isp = self._isp.astype(np.int64)
        lowest = self._subscriber.min(initial=0)
        line = (self._subscriber - lowest).astype(np.uint64)
        if not Intervals(line, self._start, self._end).overlap:  # as in every log where a line has one lease
            return self._address, self._start, self._end, self._subscriber, isp
        order, first = unions((self._subscriber, self._address), self._start, self._end)
        rows = order[first]
        end, isp = (np.maximum.reduceat(column[order], first) for column in (self._end, isp))
        return self._address[rows], self._start[rows], end, self._subscriber[rows], isp

    def _join_renewals(self) -> None:
        """Make one lease of rows of one subscriber that overlap on one block, as in a journal of leases."""
        track = self._track(self._address, self._block)
        order, first = unions((self._subscriber, track), self._start, self._end)
        rows = order[first]
        # a row that names no ISP, which has the code -1, takes none away
        self._end, self._isp = (np.maximum.reduceat(each[order], first) for each in (self._end, self._isp))
        self._address, self._start = self._address[rows], self._start[rows]
        self._subscriber, self._block = self._subscriber[rows], self._block[rows]
        self._index = Intervals(track[rows], self._start, self._end)

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
            pairs = clashes(self._track(self._address, self._block), self._start, self._end)
        elif self._blocks.layer.any():
            pairs = self._across_layers()
        if len(pairs):
            shown = [row for pair in pairs[:2] for row in self._written(leases, *pair)]
            raise ValueError(
                "leases overlap in time on a port of an address, which only one subscriber can hold. Pairs: "
                f"{len(pairs):,}, the first of them:\n{leases.iloc[shown].to_string()}"
            )

    def _across_layers(self) -> _Array:
        """Return the pairs that clash on addresses whose blocks are not all on one layer."""
        layers = np.uint64(self._blocks.layer.max() + 1)
        layer = self._blocks.layer[self._block].astype(np.uint64)
        address = np.unique(self._address.astype(np.uint64) * layers + layer) // layers
        several = address[1:][address[1:] == address[:-1]]
        rows = np.flatnonzero(np.isin(self._address, several))
        # cut their blocks where others begin: two overlap where one begins inside the other
        first, last = (bound[self._block[rows]] for bound in self._blocks.bounds)
        cuts = np.unique(first)
        low = np.searchsorted(cuts, first)
        number = np.searchsorted(cuts, last, side="right") - low
        piece = np.arange(number.sum()) - np.repeat(np.cumsum(number) - number - low, number)
        rows = np.repeat(rows, number)
        track = self._address[rows].astype(np.uint64) * np.uint64(len(cuts)) + piece.astype(np.uint64)
        order, begin = unions((self._subscriber[rows], track), self._start[rows], self._end[rows])
        end = np.maximum.reduceat(self._end[rows[order]], begin) if len(begin) else begin
        lease = order[begin]
        found = rows[lease[clashes(track[lease], self._start[rows[lease]], end)]]
        return np.unique(found, axis=0)

    def _written(self, leases: pd.DataFrame, one: int, other: int) -> tuple[int, int]:
        """Return the rows of the log of two leases that clash: where the second begins, the first holds."""
        low, high = (bound[self._block[other]] for bound in self._blocks.bounds)
        begin = self._start[other]
        start, end = (arguments.times("leases", leases, name) for name in ("start", "end"))
        here = (leases["address"] == self._address[other]).to_numpy(bool)
        mine, its = ((leases["subscriber"] == self._subscriber[row]).to_numpy(bool) for row in (one, other))
        port_first, port_last = (
            leases["port_first"].to_numpy(np.int64),
            leases["port_last"].to_numpy(np.int64),
        )
        holds = here & mine & (start <= begin) & (end > begin) & (port_first <= high) & (port_last >= low)
        begins = here & its & (start == begin) & (end > begin) & (port_first == low) & (port_last == high)
        return int(np.flatnonzero(holds)[0]), int(np.flatnonzero(begins)[0])
