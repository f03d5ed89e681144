"""Half-open intervals: which one of them, or how many, hold a track at a second.

A track is what intervals lie on: an address, or a block of its ports. Track, second and row are packed into
one whole number, since sorting numbers is several times as fast as sorting them and keeping their order.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt

_Array = npt.NDArray[Any]
_WORD = 64  # bits
_PIECE = 1 << 16  # so many numbers, and what comes of them on the way, stay in a processor's cache


def pieces(length: int, overlap: int = 0) -> Iterator[slice]:
    """Cut rows into pieces, so that what is computed on the way stays small."""
    return (slice(low, low + _PIECE + overlap) for low in range(0, length, _PIECE))


class Intervals:
    """Intervals of which each track holds one at a time.

    A row's number lies half in the key of its start, half in the key of its end. Where nothing overlaps, the
    order by start is the order by end, so the two sorted arrays are all that a look-up needs.

    Parameters
    ----------
    track : array of unsigned int
    start, end : array of int64
        Seconds, start < end.

    Attributes
    ----------
    overlap : bool
        Whether some track holds two at once; then `at` must not be asked.
    """

    def __init__(self, track: _Array, start: _Array, end: _Array) -> None:
        half = (max(len(track) - 1, 0).bit_length() + 1) // 2
        self._keys = _Keys(track, start, end, half)
        self._rows: _Array | None = None
        if self._keys.width + half <= _WORD:
            self._half, self._mask = np.uint64(half), np.uint64((1 << half) - 1)
            with ThreadPoolExecutor(2) as threads:  # NumPy lets go of the interpreter while it computes
                low = threads.submit(self._sorted, track, start, lambda row: row & self._mask)
                high = threads.submit(self._sorted, track, end, lambda row: row >> self._half)
                starts, ends = low.result(), high.result()
        else:
            self._half, self._mask = np.uint64(0), np.uint64(0)
            starts, ends = self._keys.of(track, start), self._keys.of(track, end)
            self._rows = np.argsort(starts)
            starts, ends = starts[self._rows], ends[self._rows]
        self._starts, self._ends = starts, ends
        self.overlap = any(
            (ends[part][:-1] > starts[part][1:] | self._mask).any() for part in pieces(len(track), overlap=1)
        )

    def _sorted(self, track: _Array, time: _Array, part_of: Callable[[_Array], _Array]) -> _Array:
        """Return keys with part of the row's number, in order."""
        keys = np.empty(len(track), np.uint64)
        for part in pieces(len(track)):
            row = np.arange(part.start, min(part.stop, len(track)), dtype=np.uint64)
            keys[part] = self._keys.of(track[part], time[part]) << self._half | part_of(row)
        keys.sort()
        return keys

    def at(self, track: _Array, time: _Array) -> _Array:
        """Return the row of the interval that holds each track at each second, -1 where there is none."""
        row = np.full(len(track), -1)
        known = np.flatnonzero(self._keys.known(track, time))
        key, order = _in_order(self._keys.of(track[known], time[known]), self._keys.width)
        order = known[order]

        def look_up(part: slice) -> None:
            asked = key[part]
            place = np.searchsorted(self._starts, asked << self._half | self._mask, side="right") - 1
            end = self._ends[place]
            held = np.flatnonzero((place >= 0) & (end >> self._half > asked))  # other tracks end below it
            if self._rows is None:
                start = self._starts[place[held]]
                found = (end[held] & self._mask) << self._half | start & self._mask
            else:
                found = self._rows[place[held]]
            row[order[part][held]] = found

        with ThreadPoolExecutor(2) as threads:
            list(threads.map(look_up, pieces(len(key))))
        return row


class Crowds:
    """Intervals of which a track may hold any number at a time.

    Parameters
    ----------
    track : array of unsigned int
    start, end : array of int64
        Seconds, start < end.
    values : array of int64
        What to add up over those that hold.
    """

    def __init__(self, track: _Array, start: _Array, end: _Array, *values: _Array) -> None:
        self._keys = _Keys(track, start, end, 0)
        self._bounds = []
        for time in (start, end):
            key = self._keys.of(track, time)
            order = np.argsort(key)
            sums = [np.append(0, np.cumsum(value[order])) for value in (np.ones_like(start), *values)]
            self._bounds.append((key[order], sums))

    def at(self, track: _Array, time: _Array) -> list[_Array]:
        """Return how many hold each track at each second, and the sums of their values."""
        known = np.flatnonzero(self._keys.known(track, time))
        key, order = _in_order(self._keys.of(track[known], time[known]), self._keys.width)
        # those that have begun without those that have ended; other tracks have done both, or neither
        begun, ended = (
            [total[np.searchsorted(bound, key, side="right")] for total in sums]
            for bound, sums in self._bounds
        )
        totals = np.zeros((len(begun), len(track)), np.int64)
        totals[:, known[order]] = np.subtract(begun, ended)
        return list(totals)


def clashes(track: _Array, start: _Array, end: _Array) -> _Array:
    """Return the rows, in pairs, of intervals next to one another that overlap on their track."""
    order = np.lexsort((start, track))
    one, other = order[:-1], order[1:]
    clash = (track[one] == track[other]) & (end[one] > start[other])
    return np.column_stack((one[clash], other[clash]))


def unions(keys: Sequence[_Array], start: _Array, end: _Array) -> tuple[_Array, _Array]:
    """Return rows by keys and start, and where in that order each stretch of overlapping intervals begins.

    Those of a stretch have the same keys. One that begins when all before it have ended begins a stretch.
    """
    order = np.lexsort((start, *keys))
    start, end = start[order], end[order]
    new = np.ones(len(order), bool)
    new[1:] = False
    for key in keys:
        new[1:] |= key[order[1:]] != key[order[:-1]]
    # the latest end so far, by its rank: those of later keys lie above all of earlier ones
    by_end = np.argsort(end, kind="stable")
    rank = np.empty(len(order), np.int64)
    rank[by_end] = np.arange(len(order))
    latest = np.maximum.accumulate(np.cumsum(new) * len(order) + rank) % max(len(order), 1)
    new[1:] |= start[1:] >= end[by_end[latest[:-1]]]
    return order, np.flatnonzero(new)


class _Keys:
    """Whole numbers in the order of (track, second)."""

    def __init__(self, track: _Array, start: _Array, end: _Array, spare: int) -> None:
        self._tracks: _Array | None = None
        self._lowest, self._highest = (int(track.min()), int(track.max())) if len(track) else (0, -1)
        self._first, self._last = (int(start.min()), int(end.max())) if len(track) else (0, 0)
        self.clock = np.uint64((self._last - self._first).bit_length())
        self.width = (self._highest - self._lowest).bit_length() + int(self.clock)
        if self.width + spare > _WORD:  # number only the tracks that there are
            self._tracks = np.unique(track)
            self.width = len(self._tracks).bit_length() + int(self.clock)

    def known(self, track: _Array, time: _Array) -> _Array:
        """Return whether something may hold a track at a second: elsewhere there is no key."""
        known: _Array = (time >= self._first) & (time < self._last)
        known &= (track >= self._lowest) & (track <= max(self._highest, 0))
        if self._tracks is not None:
            place = np.minimum(np.searchsorted(self._tracks, track), len(self._tracks) - 1)
            known &= self._tracks[place] == track
        return known

    def of(self, track: _Array, time: _Array) -> _Array:
        """Return the keys of tracks and seconds that are known."""
        if self._tracks is None:
            key: _Array = (track - track.dtype.type(self._lowest)).astype(np.uint64)
        else:
            key = np.searchsorted(self._tracks, track).astype(np.uint64)
        key <<= self.clock
        key |= (time - self._first).view(np.uint64)
        return key


def _in_order(key: _Array, width: int) -> tuple[_Array, _Array]:
    """Return keys about in order, and where each was: neighbours are looked up several times as fast."""
    bits = len(key).bit_length()
    spare = np.uint64(max(width + bits - _WORD, 0))  # the last bits of a key give way to the row's number
    packed = key >> spare << np.uint64(bits) | np.arange(len(key), dtype=np.uint64)
    packed.sort()
    order = (packed & np.uint64((1 << bits) - 1)).astype(np.int64)
    return key[order], order
