"""What an observer of a swarm records: a row for each address at each poll, and how far contact got."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from traceblock import arguments
from traceblock.chance import stream
from traceblock.memory import refuse_too_large
from traceblock.network import DAY, Network, epoch, instants, ports
from traceblock.swarm.evidence import LADDER, rung

_BYTES_A_ROW = 110  # at the peak, measured
_TRIES = 20
_Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Monitor:
    """An observer that asks the tracker for its list, and contacts those who are on it.

    Parameters
    ----------
    every : Timedelta-like
        Time between two polls.
    contacts : int, optional
        How many of the list are drawn at each poll; None takes all.
    evidence : str
        The highest rung tried: listed, answered, handshake, bitfield or piece (see `ladder`).
    injected : float
        Share of the resulting list that are addresses of people who never joined, in [0, 1): a tracker may
        mix random addresses into its answers, and anybody may have another's listed (Piatek et al. 2008).
    clock_error, clock_drift : Timedelta-like
        How far the monitor's clock is ahead at its first poll (behind, if negative), and how much it gains
        a day.
    stale : Timedelta-like
        How long the tracker still lists a peer after it left or changed its address.
    reachable : float
        Share of the peers that take connections from outside, behind no firewall; the others are listed.
    handshakes, bitfields, pieces : float
        Chance of each rung at a contact, once the rung below is reached.
    ports : bool
        Whether every port of an address has a record of its own: where several subscribers share an
        address, only so does each of them get one (RFC 6302). By default an address has one record a poll.

    Raises
    ------
    ValueError
        If a parameter is out of its range.
    """

    every: Any = "10min"
    contacts: int | None = None
    evidence: str = "piece"
    injected: float = 0.0
    clock_error: Any = "0s"
    clock_drift: Any = "0s"
    stale: Any = "0s"
    reachable: float = 1.0
    handshakes: float = 1.0
    bitfields: float = 1.0
    pieces: float = 1.0
    ports: bool = False

    def __post_init__(self) -> None:
        """Refuse what no monitor can be."""
        arguments.seconds("every", self.every, low=1)
        if self.contacts is not None:
            arguments.whole("contacts", self.contacts, low=1)
        rung(self.evidence)
        arguments.between("injected", self.injected, high=1, below=True)
        arguments.seconds("clock_error", self.clock_error)
        arguments.seconds("clock_drift", self.clock_drift)
        arguments.seconds("stale", self.stale, low=0)
        for name in ("reachable", "handshakes", "bitfields", "pieces"):
            arguments.between(name, getattr(self, name), high=1)
        arguments.flag("ports", self.ports)


class _List(NamedTuple):
    """The tracker's lists of all polls: entries by poll and address."""

    poll: _Array
    address: _Array
    port: _Array
    peer: _Array  # -1 where injected
    there: _Array  # whether the peer really is at this address
    open: _Array  # whether it takes connections


def observe(peers: pd.DataFrame, monitor: Monitor, seed: int, network: Network | None = None) -> pd.DataFrame:
    """Watch a swarm, and write down each address once a poll.

    Polls are every ``monitor.every``, from the network's start, or without a network from midnight (UTC) of
    the day on which the first peer comes, until the last has left. Of several entries with one address a
    record keeps one: a peer who is there before one who left, then whoever came first, then the lower
    number.

    Parameters
    ----------
    peers : DataFrame
        As from `simulate`: ``peer``, ``address``, ``port``, ``start``, ``end`` (of a time finer than a
        second, the second before counts), and ``subscriber`` where addresses are injected.
    monitor : Monitor
    seed : int
    network : Network, optional
        Where the peers come from. Needed where addresses are injected: they are leased then to subscribers
        outside the swarm.

    Returns
    -------
    DataFrame
        By true time and address: ``time`` (datetime64[s, UTC], what the monitor's clock showed),
        ``true_time`` (datetime64[s, UTC]), ``address`` (uint32), ``port`` (uint16), ``evidence`` (ordered
        categorical, the rung reached), ``peer`` (Int64, the truth: who it was; missing where injected),
        ``present`` (bool, the truth: whether that peer was there at the true time, as it always was above
        *listed*).

    Raises
    ------
    ValueError
        If a column is missing, a stretch does not end after it starts, addresses are to be injected and
        there is no network or too few subscribers outside the swarm, a peer is there before or after the
        network, or the log would not fit into memory.
    """
    arguments.instance("monitor", monitor, Monitor)
    if network is not None:
        arguments.instance("network", network, Network)
    needed = ("peer", "address", "port", "start", "end")
    arguments.columns("peers", peers, (*needed, "subscriber") if monitor.injected else needed)
    peers = arguments.plain(peers)
    arguments.wholes("peers", peers, "peer", arguments.MOST_WHOLE)
    arguments.wholes("peers", peers, "address", 2**32 - 1)
    arguments.wholes("peers", peers, "port", 2**16 - 1)
    if monitor.injected:
        arguments.wholes("peers", peers, "subscriber")
    start, end = arguments.spans("peers", peers)
    arguments.seed(seed)
    if monitor.injected and network is None:
        raise ValueError(
            f"injected={monitor.injected!r} needs network: whose addresses would they be? Give the Network "
            "that the peers come from"
        )
    if network is not None and ((start < epoch(network.start)) | (end > epoch(network.end))).any():
        raise ValueError(
            f"network lasts from {network.start} to {network.end}, and some peers are in the swarm before or "
            "after that; give the network that the peers come from"
        )
    every = arguments.seconds("every", monitor.every)
    zero = int(start.min()) // DAY * DAY if len(peers) else 0
    if network is not None:
        zero = epoch(network.start)
    listed = _listed(peers, monitor, zero, every, stream(seed, "firewalls"))
    if monitor.injected and network is not None:
        listed = _inject(listed, peers, monitor.injected, network, zero, every, stream(seed, "injected"))
    drawn = np.arange(len(listed.poll))
    if monitor.contacts is not None:
        drawn = _draw(listed.poll, monitor.contacts, stream(seed, "contacts"))
    poll, peer = listed.poll[drawn], listed.peer[drawn]
    true_time = zero + every * poll.astype(np.int64)
    error = arguments.seconds("clock_error", monitor.clock_error)
    drift = arguments.seconds("clock_drift", monitor.clock_drift)
    time = true_time + error + np.rint(drift * (every / DAY) * poll).astype(np.int64)
    there = listed.there[drawn]
    codes = _reached(there & listed.open[drawn], monitor, stream(seed, "rungs"))
    return pd.DataFrame(
        {
            "time": instants(time),
            "true_time": instants(true_time),
            "address": listed.address[drawn],
            "port": listed.port[drawn],
            "evidence": pd.Categorical.from_codes(codes, dtype=LADDER),
            "peer": pd.arrays.IntegerArray(np.maximum(peer, 0), peer < 0),
            "present": there,
        },
        copy=False,
    )


def _listed(peers: pd.DataFrame, monitor: Monitor, zero: int, every: int, rng: np.random.Generator) -> _List:
    """Return who is on the tracker's list at each poll, present or stale, each address once."""
    key = peers["address"].to_numpy(np.int64) << 16
    if monitor.ports:
        key |= peers["port"].to_numpy(np.int64)
    order = np.lexsort((peers["peer"], epoch(peers["start"]), key))
    rows, key = peers.iloc[order], key[order]
    address, start, end = rows["address"].to_numpy(), epoch(rows["start"]), epoch(rows["end"])
    first = -((zero - start) // every)
    left = -((zero - end) // every)
    stale = arguments.seconds("stale", monitor.stale)
    last = np.minimum(-((zero - end - stale) // every), left.max(initial=0))
    number = last - first
    remedy = "ask less often, for fewer days or of a smaller swarm."
    whole = number.sum() / (1 - monitor.injected)
    refuse_too_large("the log", whole, _BYTES_A_ROW, remedy)

    row = np.repeat(np.arange(len(rows)), number)
    poll = np.arange(len(row)) - np.repeat(np.cumsum(number) - number, number) + first[row]
    poll = poll.astype(np.uint16 if not len(row) or poll.max() < 2**16 else np.int64)
    in_time = np.argsort(poll, kind="stable")  # by address within a poll: so the rows already are
    row, poll = row[in_time], poll[in_time]
    there = poll < left[row]
    # Entries can be double only where rows of one address follow one another too soon.
    lane = np.cumsum(np.diff(key, prepend=-1) > 0) * (int(last.max(initial=0)) + 1)
    busy = np.maximum.accumulate(lane + last)
    group = np.cumsum(np.concatenate(([0], lane[1:] + first[1:] >= busy[:-1]))) if len(rows) else first
    contested = np.flatnonzero((np.bincount(group) > 1)[group][row])
    best = contested[np.lexsort((row[contested], ~there[contested], group[row[contested]], poll[contested]))]
    same = (poll[best[1:]] == poll[best[:-1]]) & (group[row[best[1:]]] == group[row[best[:-1]]])
    kept = np.ones(len(row), bool)
    kept[best[1:][same]] = False
    row, poll, there = row[kept], poll[kept], there[kept]
    everybody, who = np.unique(rows["peer"], return_inverse=True)
    takes = rng.random(len(everybody)) < monitor.reachable  # a firewall stays where it is
    port, peer = rows["port"].to_numpy(), rows["peer"].to_numpy()
    return _List(poll, address[row], port[row], peer[row], there, takes[who][row])


def _inject(
    listed: _List,
    peers: pd.DataFrame,
    share: float,
    network: Network,
    zero: int,
    every: int,
    rng: np.random.Generator,
) -> _List:
    """Add addresses of subscribers outside the swarm, so that they are this share of the list."""
    subscribers = network.subscribers["subscriber"]
    outside = subscribers[~subscribers.isin(peers["subscriber"])].to_numpy()
    # At each poll as many as bring the whole log up to the share: no fraction gets lost.
    polls, sizes = np.unique(listed.poll, return_counts=True)
    due = np.ceil(np.cumsum(sizes) * (share / (1 - share)) - 1e-9).astype(np.int64)
    number = np.diff(due, prepend=0)
    poll = np.repeat(polls, number)
    times = zero + every * poll.astype(np.int64)
    if number.max(initial=0) > len(outside):
        raise _too_few(share, int(number.max()), len(outside))
    lease, key = np.zeros((2, len(poll)), np.int64)
    again = np.arange(len(poll))
    addresses = network.leases["address"].to_numpy()
    taken = np.append(listed.poll.astype(np.int64) << 32 | listed.address, -1)  # sorted; the last is nobody's
    for _ in range(_TRIES):  # few meet by chance: draw those again
        lease[again] = network.lease_at(rng.choice(outside, len(again)), times[again])
        key[again] = poll[again].astype(np.int64) << 32 | addresses[lease[again]]
        order = np.argsort(key, kind="stable")
        double = np.zeros(len(key), bool)
        double[again] = taken[np.searchsorted(taken[:-1], key[again])] == key[again]
        double[order[1:]] |= key[order[1:]] == key[order[:-1]]
        again = np.flatnonzero(double)
        if not again.size:
            break
    for at in np.unique(poll[again]):  # nearly everybody outside is on the list: draw from those who are left
        here = poll == at
        held = network.lease_at(outside, np.full(len(outside), zero + every * int(at)))
        free = held[np.unique(addresses[held], return_index=True)[1]]
        free = free[~np.isin(addresses[free], listed.address[listed.poll == at])]
        if len(free) < here.sum():
            raise _too_few(share, int(here.sum()), len(free))
        lease[here] = rng.choice(free, int(here.sum()), replace=False)
    block = network.leases.iloc[lease]
    added = _List(
        poll,
        addresses[lease],
        ports(block, rng.random(len(block))),
        np.full(len(poll), -1),
        *np.zeros((2, len(poll)), bool),
    )
    both = [np.concatenate(pair) for pair in zip(listed, added, strict=True)]
    order = np.argsort(both[0].astype(np.int64) << 32 | both[1], kind="stable")
    return _List(*(column[order] for column in both))


def _too_few(share: float, needed: int, found: int) -> ValueError:
    return ValueError(
        f"injected={share!r} needs {needed:,} addresses outside the swarm at one poll, and there are "
        f"{found:,}; give a smaller share, or a network with more subscribers"
    )


def _draw(poll: _Array, contacts: int, rng: np.random.Generator) -> _Array:
    """Return the entries drawn: at each poll so many at random, all of them if there are no more."""
    shuffled = np.argsort(poll + rng.random(len(poll)), kind="stable")
    ordered = poll[shuffled]
    rank = np.arange(len(poll)) - np.searchsorted(ordered, ordered, side="left")
    drawn: _Array = np.sort(shuffled[rank < contacts])
    return drawn


def _reached(up: _Array, monitor: Monitor, rng: np.random.Generator) -> _Array:
    """Return the rung reached by each contact, as a code of the ladder; `up` are those who answer."""
    codes = np.zeros(len(up), np.int8)
    chances = (1.0, monitor.handshakes, monitor.bitfields, monitor.pieces)
    for chance in chances[: rung(monitor.evidence)]:
        if chance < 1:
            still = np.flatnonzero(up)
            up[still] = rng.random(len(still)) < chance
        codes += up
    return codes
