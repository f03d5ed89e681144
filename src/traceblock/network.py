"""A synthetic internet: ISPs, their subscribers, and who held which address when.

No address here is anybody's: pools come from ranges that the public internet does not route.
"""

import ipaddress
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from traceblock import arguments
from traceblock.memory import refuse_too_large

DAY = 86_400  # seconds
RENUMBERING = ("periodic", "exponential")
#: Ports that are dealt out where an address is shared: all but the 1,024 well-known ones (RFC 7422).
SHARED_PORTS = 64_512
_FIRST_SHARED_PORT = 1_024
# Nobody's addresses: for benchmarks (RFC 2544), and reserved (RFC 1112); 240.0.0.0/8 is for web hosts here.
_SMALL, _LARGE = ipaddress.IPv4Network("198.18.0.0/15"), ipaddress.IPv4Network("240.0.0.0/4")
_LARGE_FROM = ipaddress.IPv4Address("241.0.0.0")
_MISSING = np.iinfo(np.int64).min  # a missing time, as a whole number
_LONGEST = 36_525  # days, a century
_BYTES_A_LEASE = 52  # at the peak of building several ISPs, measured; 44 for one
_OCTETS = np.array([str(i) for i in range(256)], dtype=object)

_Ints = npt.NDArray[Any]  # whole numbers


@dataclass(frozen=True)
class Isp:
    """An internet service provider, and how it gives addresses to its subscribers.

    Parameters
    ----------
    name : str
    subscribers : int
        Lines, 1 or more; each is connected all the time.
    pool : str
        The public addresses that the ISP has, as a CIDR block that nobody routes: inside 198.18.0.0/15
        (RFC 2544) or, where more are needed, 241.0.0.0/8 and up in 240.0.0.0/4 (RFC 1112).
    lease : Timedelta-like
        How long a subscriber keeps an address; with exponential renumbering, on average.
    renumbering : str
        ``"periodic"``: every subscriber changes after each lease, at an hour of its own.
        ``"exponential"``: changes come at random, as those of a line that loses its connection now and then.
        Both patterns were measured by Padmanabhan et al. (2016), "Reasons Dynamic Addresses Change".
    sharing : int
        Subscribers to an address (RFC 6598), 1 to 64,512. Block i of n has the ports 1024 + i·w to
        1023 + (i+1)·w with w = 64512 // n (RFC 7422); where nobody shares, a subscriber has 0–65535.
    reuse : Timedelta-like
        How long an address that was given back rests. Whoever renumbers next after that gets it.
    household : float
        People to a line on average, 1 to 1,000: 1 + Poisson(household - 1).
    open_wifi : float
        Share of lines whose Wi-Fi lets anybody in.

    Raises
    ------
    ValueError
        If a parameter is out of its range, or the pool has fewer places than subscribers.
    """

    name: str
    subscribers: int
    pool: str
    lease: Any = "24h"
    renumbering: str = "periodic"
    sharing: int = 1
    reuse: Any = "0s"
    household: float = 2.5
    open_wifi: float = 0.05

    def __post_init__(self) -> None:
        """Refuse what no ISP can be."""
        arguments.text("name", self.name, "a name")
        arguments.whole("subscribers", self.subscribers, low=1)
        arguments.seconds("lease", self.lease, low=1)
        arguments.one_of("renumbering", self.renumbering, RENUMBERING)
        arguments.whole("sharing", self.sharing, low=1, high=SHARED_PORTS)
        arguments.seconds("reuse", self.reuse, low=0)
        arguments.between("household", self.household, low=1, high=1_000)
        arguments.between("open_wifi", self.open_wifi, high=1)
        if self.places < self.subscribers:
            raise ValueError(
                f"pool={self.pool!r} has places for {self.places:,} subscribers and {self.name} has "
                f"{self.subscribers:,}; give a larger pool, or more sharing than {self.sharing} to an address"
            )

    @property
    def addresses(self) -> ipaddress.IPv4Network:
        """The pool as a block of addresses."""
        accepted = "a CIDR block such as '198.18.0.0/24', inside 198.18.0.0/15 or 241.0.0.0/8 and up"
        pool = arguments.text("pool", self.pool, accepted)
        try:
            block = ipaddress.IPv4Network(pool)
        except ValueError as error:
            raise ValueError(f"pool={pool!r}: {error}; give {accepted}") from None
        if not (block.subnet_of(_SMALL) or (block.subnet_of(_LARGE) and block[0] >= _LARGE_FROM)):
            raise arguments.refuse("pool", self.pool, f"{accepted}: elsewhere an address may be somebody's")
        return block

    @property
    def places(self) -> int:
        """How many subscribers the pool can hold at once."""
        return self.addresses.num_addresses * self.sharing


@dataclass(frozen=True)
class Network:
    """Who is connected, and who holds which address when; made by `build`.

    Attributes
    ----------
    subscribers : DataFrame
        ``isp`` (categorical), ``subscriber`` (0, 1, 2 … across all ISPs), ``people`` (in the household),
        ``open_wifi`` (bool).
    leases : DataFrame
        ``isp`` (categorical), ``address`` (uint32), ``port_first``, ``port_last`` (uint16, both included),
        ``subscriber``, ``start``, ``end`` (datetime64[s, UTC], ``[start, end)``); sorted by subscriber and
        start. The leases of a subscriber follow one another without a gap from `start` to `end`.
    start, end : Timestamp
        When it all begins and ends, in UTC.
    """

    subscribers: pd.DataFrame
    leases: pd.DataFrame
    start: pd.Timestamp
    end: pd.Timestamp

    def lease_at(self, subscribers: npt.ArrayLike, times: npt.ArrayLike) -> _Ints:
        """Return the row number in ``leases`` of what each subscriber holds at a time of its own.

        Parameters
        ----------
        subscribers : array of int
        times : array of int
            Seconds since 1970, at or after `start` and before `end`.

        Raises
        ------
        ValueError
            If there is no such subscriber or the time is another, or the arrays are not of one length.
        """
        most = len(self.subscribers) - 1
        subscribers = arguments.array("subscribers", subscribers, 0, most)
        times = arguments.array("times", times, epoch(self.start), epoch(self.end) - 1)
        if subscribers.shape != times.shape or times.ndim > 1:
            raise ValueError(
                f"times has the shape {times.shape} and subscribers {subscribers.shape}; give a time for each"
            )
        held = self.leases["subscriber"].to_numpy()
        begins = epoch(self.leases["start"])
        low, high = (np.searchsorted(held, subscribers, side=side) for side in ("left", "right"))
        while (high - low > 1).any():  # bisect every subscriber's rows at once
            middle = (low + high) // 2
            begun = begins[middle] <= times
            low, high = np.where(begun, middle, low), np.where(begun, high, middle)
        return low


def build(isps: Iterable[Isp], start: Any, days: float, seed: int) -> Network:
    """Connect every ISP's subscribers, and give them addresses for so many days.

    An address that was given back goes to the subscriber who renumbers next, once it has rested for the
    ISP's ``reuse``. So only as much of a pool circulates as that takes: of a roomy one, with ``reuse`` at
    0 s, as many addresses as there are subscribers and a thousandth more. In a pool exactly full nobody can
    change, and addresses stay.

    Parameters
    ----------
    isps : sequence of Isp
        With different names, and pools that have no address in common.
    start : Timestamp-like
        Without a zone it is UTC.
    days : float
        Up to 36,525, a century.
    seed : int
        The same arguments give the same tables.

    Returns
    -------
    Network

    Raises
    ------
    ValueError
        If there is no ISP, if two share a name or an address, if a pool is too small to let addresses rest
        as long as ``reuse`` says, or if the leases would not fit into memory.
    """
    isps = arguments.several("isps", isps, "at least one Isp", kind=Isp)
    for i, isp in enumerate(isps):
        for other in isps[:i]:
            if isp.name == other.name:
                raise ValueError(f"isps: two are called {isp.name!r}; give each a name of its own")
            if isp.addresses.overlaps(other.addresses):
                raise ValueError(
                    f"isps: the pools of {other.name} ({other.pool}) and {isp.name} ({isp.pool}) overlap; "
                    "give each addresses of its own"
                )
    length = round(DAY * arguments.between("days", days, above=True, high=_LONGEST))
    if length < 1:
        raise arguments.refuse("days", days, "at least one second")
    first = arguments.instant("start", start, length)
    seeds = np.random.SeedSequence(arguments.seed(seed)).spawn(len(isps))
    rows = sum(
        isp.subscribers
        * (1 + (isp.places > isp.subscribers) * length / arguments.seconds("lease", isp.lease))
        for isp in isps
    )
    remedy = "take fewer subscribers, fewer days or longer leases."
    refuse_too_large("the table of leases", rows, _BYTES_A_LEASE, remedy)

    lines, leases = [], []
    before = 0
    for code, (isp, own_seed) in enumerate(zip(isps, seeds, strict=True)):
        rng = np.random.default_rng(own_seed)
        ids = np.arange(before, before + isp.subscribers)
        lines.append(
            {
                "isp": np.full(isp.subscribers, code, np.int16),
                "subscriber": ids,
                "people": 1 + rng.poisson(isp.household - 1, isp.subscribers),
                "open_wifi": rng.random(isp.subscribers) < isp.open_wifi,
            }
        )
        leases.append(_leases(isp, code, before, length, epoch(first), rng))
        before += isp.subscribers
    names = [isp.name for isp in isps]
    return Network(
        _table(lines, names), _table(leases, names), first, first + pd.Timedelta(length, "s").as_unit("s")
    )


def ports(leases: pd.DataFrame, share: npt.ArrayLike) -> Any:
    """Return a port (uint16) inside each lease's block, above the well-known ones, where a client listens.

    Parameters
    ----------
    leases : DataFrame
        ``port_first``, ``port_last``.
    share : array of float
        Where in the block, from 0 to below 1.

    Raises
    ------
    ValueError
        If a lease has no port from 1,024 on, or a share is missing or out of its range.
    """
    arguments.columns("leases", leases, ("port_first", "port_last"))
    first, last = (arguments.wholes("leases", leases, f"port_{end}", 2**16 - 1) for end in ("first", "last"))
    low = np.maximum(first.astype(np.int64), _FIRST_SHARED_PORT)
    arguments.rows("leases", leases, low > last, "have no port from 1,024 on, or port_first above port_last")
    try:
        place = np.asarray(share)
    except ValueError:  # rows of different lengths
        place = np.array(None)
    if place.dtype.kind not in "iuf" or not ((place >= 0) & (place < 1)).all():
        raise arguments.refuse("share", share, "a number from 0 to below 1 for each lease")
    if place.shape not in ((), low.shape):
        raise ValueError(f"share has the shape {place.shape} and leases {low.shape}; give one for each lease")
    return (low + place * (last - low + 1)).astype(np.uint16)


def epoch(times: Any) -> Any:
    """Return a time, or a column of times, with a zone, as whole seconds since 1970; rounded down."""
    if isinstance(times, pd.Timestamp) and times.tz is not None:
        return int(times.as_unit("s").timestamp())
    if not isinstance(getattr(times, "dtype", None), pd.DatetimeTZDtype):
        raise arguments.refuse("times", times, "a time with a zone, or a column of them")
    seconds = times.to_numpy("M8[s]").view(np.int64)
    if len(seconds) and seconds.min() == _MISSING:
        raise arguments.refuse("times", times, "times, of which none is missing")
    return seconds


def instants(seconds: _Ints) -> pd.DatetimeIndex:
    """Return whole seconds since 1970 as times in UTC, in the years 1 to 9999."""
    given = arguments.array("seconds", seconds, arguments.FIRST_SECOND, arguments.LAST_SECOND)
    moments = np.atleast_1d(given).astype(np.int64, copy=False).view("M8[s]")
    return pd.DatetimeIndex(moments, copy=False).tz_localize("UTC")


def to_text(addresses: npt.ArrayLike) -> Any:
    """Return addresses (uint32) as dotted text: an array of str, or one str for a single address.

    Raises
    ------
    ValueError
        If one is missing, not a whole number, or outside 0 to 4,294,967,295.
    """
    numbers = arguments.array("addresses", addresses, 0, 2**32 - 1).astype(np.uint32)
    octets = [_OCTETS[(numbers >> shift) & 255] for shift in (24, 16, 8, 0)]
    return octets[0] + "." + octets[1] + "." + octets[2] + "." + octets[3]


def from_text(texts: Any) -> Any:
    """Return dotted text as addresses: an array of uint32, or one for a single text.

    Raises
    ------
    ValueError
        If a text is not an IPv4 address; the message shows it.
    """
    if isinstance(texts, str):
        return from_text([texts])[0]
    accepted = "IPv4 addresses such as '198.18.0.1'"
    given = texts if isinstance(texts, Iterable) and not isinstance(texts, bytes) else [texts]
    several = pd.Series(arguments.several("texts", given, accepted, empty=True), dtype=object)
    if several.isna().any():
        raise ValueError(f"texts: a value is missing; give {accepted}")
    for text in several if pd.api.types.infer_dtype(several) not in ("string", "empty") else ():
        if not isinstance(text, str):
            raise ValueError(f"texts: {arguments.shown(text)} is no text; give {accepted}")
    codes, different = pd.factorize(several)
    numbers = np.empty(len(different), np.uint32)
    for i, text in enumerate(different):
        try:
            numbers[i] = int(ipaddress.IPv4Address(text))
        except ValueError:
            raise ValueError(f"texts: {arguments.shown(text)} is no IPv4 address; give {accepted}") from None
    return numbers[codes]


def _table(parts: list[dict[str, Any]], names: list[str]) -> pd.DataFrame:
    table: dict[str, Any] = {}
    for name in list(parts[0]):
        arrays = [part.pop(name) for part in parts]
        column = arrays[0] if len(arrays) == 1 else np.concatenate(arrays)
        table[name] = instants(column) if name in ("start", "end") else column
    table["isp"] = pd.Categorical.from_codes(table["isp"], names)  # type: ignore[call-overload]
    return pd.DataFrame(table, copy=False)


def _leases(
    isp: Isp, code: int, before: int, length: int, zero: int, rng: np.random.Generator
) -> dict[str, npt.NDArray[Any]]:
    """Return the columns of an ISP's leases, rows by subscriber and start."""
    n = isp.subscribers
    if isp.places == n:
        subscriber, start, place = np.arange(n), np.zeros(n, np.int64), rng.permutation(n)
    else:
        subscriber, start, place = _assign(isp, *_renumberings(isp, length, rng), rng)
    rows = len(place)
    columns: dict[str, npt.NDArray[Any]] = {"isp": np.full(rows, code, np.int16)}
    columns["address"] = np.uint32(int(isp.addresses[0])) + (place // isp.sharing).astype(np.uint32)
    if isp.sharing > 1:
        width = SHARED_PORTS // isp.sharing
        columns["port_first"] = (_FIRST_SHARED_PORT + place % isp.sharing * width).astype(np.uint16)
        columns["port_last"] = columns["port_first"] + np.uint16(width - 1)
    else:
        columns["port_first"], columns["port_last"] = (
            np.zeros(rows, np.uint16),
            np.full(rows, 65_535, np.uint16),
        )
    del place
    columns["subscriber"] = subscriber.astype(np.int64) + before
    columns["start"] = start.astype(np.int64) + zero
    columns["end"] = np.append(columns["start"][1:], zero)
    columns["end"][columns["end"] == zero] = zero + length  # the next row is another subscriber's first
    return columns


def _renumberings(isp: Isp, length: int, rng: np.random.Generator) -> tuple[_Ints, _Ints]:
    """Return when (seconds after the start) who renumbers, in order of time."""
    n, lease = isp.subscribers, arguments.seconds("lease", isp.lease)
    bits = n.bit_length()  # time and subscriber in one number sort fastest
    if isp.renumbering == "periodic":
        once = np.sort(rng.integers(1, lease + 1, n) << bits | np.arange(n))
        periods = np.arange(math.ceil(length / lease)) * lease << bits
        every = (periods[:, np.newaxis] + once).ravel()
        every = every[: np.searchsorted(every, length << bits)]
    else:
        # the changes of lines that lose their connection at random: a Poisson process
        number = rng.poisson(n * length / lease) if length > 1 else 0
        every = np.sort(rng.integers(1, max(length, 2), number) << bits | rng.integers(0, n, number))
        every = every[np.diff(every, prepend=-1) > 0]
    return (every >> bits).astype(_least(length)), (every & ((1 << bits) - 1)).astype(_least(n))


def _assign(isp: Isp, time: _Ints, who: _Ints, rng: np.random.Generator) -> tuple[_Ints, _Ints, _Ints]:
    """Return subscriber, start and place of each lease, rows by subscriber and start.

    Renumberings go through in batches, in order of time: each takes a place that one of an earlier batch
    gave back, in random order inside the batch.
    """
    n, events = isp.subscribers, len(who)
    batch, batches = _batches(isp, time)
    spare = batch * batches
    index = _least(n + spare + events)
    place = np.empty(n + spare + events, _least(isp.places))
    place[: n + spare] = rng.choice(isp.places, n + spare, replace=False)

    by_subscriber = np.sort(who.astype(np.int64) << 32 | np.arange(events))
    owner, order = (by_subscriber >> 32).astype(index), (by_subscriber & 0xFFFFFFFF).astype(index)
    del by_subscriber
    # Where in `place` stands what a subscriber holds until the event: its first place, or its last event's.
    held = np.empty(events, index)
    held[order[1:]] = np.where(owner[1:] == owner[:-1], order[:-1] + index(n + spare), owner[1:])
    held[order[:1]] = owner[:1]
    giver = np.arange(events, dtype=index)
    mixed = giver[: events - events % batch].reshape(-1, batch)
    rng.permuted(mixed, axis=1, out=mixed)
    taken = np.concatenate((giver[:spare] + index(n), held[giver[spare:] - index(spare)]))
    del giver, mixed, held
    _follow(place, taken, n)
    del taken

    rows = np.arange(events, dtype=index) + owner + index(1)  # a row each, after its subscriber's first
    subscriber = np.repeat(np.arange(n, dtype=index), 1 + np.bincount(owner, minlength=n))
    first = np.flatnonzero(np.diff(subscriber, prepend=-1))
    start = np.zeros(n + events, time.dtype)
    start[rows] = time[order]
    found = np.empty(n + events, place.dtype)
    found[rows], found[first] = place[n + spare :][order], place[:n]
    return subscriber, start, found


def _batches(isp: Isp, time: _Ints) -> tuple[int, int]:
    """Return the size of a batch, and how many batches back are the places that have rested long enough."""
    rest, spare = arguments.seconds("reuse", isp.reuse), isp.places - isp.subscribers
    needed = 0
    # A thousandth of a round mixes the order and delays nobody; one at a time needs the fewest spare places.
    for batch in (min(1 + isp.subscribers // 1000, spare), 1):
        begins, ends = time[::batch], time[batch - 1 :: batch]
        rested = np.searchsorted(ends, begins - np.int64(rest), side="right")
        back = int(
            max(1, (np.arange(len(begins)) - np.minimum(rested, np.arange(len(begins)))).max(initial=0) + 1)
        )
        needed = batch * back
        if needed <= spare:
            return batch, back
    raise ValueError(
        f"pool={isp.pool!r} of {isp.name} is too small for reuse={isp.reuse!r}: {needed:,} free places would "
        f"rest at once, and {spare:,} are free; give a larger pool or a shorter rest"
    )


def _follow(place: _Ints, taken: _Ints, lines: int) -> None:
    """Fill the end of `place`, for each event, with the place that it took: ``place[taken]``, in order."""
    first = len(place) - len(taken)
    step = max(lines // 2, 256)
    for low in range(0, len(taken), step):
        source = taken[low : low + step]
        result = place[first + low : first + low + len(source)]
        result[:] = place[source]
        recent = np.flatnonzero(source >= first + low)  # given back in this very step, maybe several times
        while recent.size and (place[source[recent]] != result[recent]).any():
            result[recent] = place[source[recent]]


def _least(largest: int) -> type[np.signedinteger[Any]]:
    """Return the smaller type that holds whole numbers up to the largest: half the memory, mostly."""
    return np.int32 if largest < 2**31 else np.int64
