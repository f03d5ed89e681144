"""Who is in the swarm, and when: arrivals, sessions, and the addresses held meanwhile."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from traceblock import arguments
from traceblock.memory import refuse_too_large
from traceblock.network import DAY, Network, epoch, instants, ports

_HOUR = 3_600
_LONGEST = 36_525 * DAY  # seconds, a century: a heavy tail has no end, a calendar has
_BYTES_A_SESSION = 90  # at the peak, measured
_BYTES_A_POLL = 32
START = "2010-01-01"


@dataclass(frozen=True)
class Release:
    """A file that appears, and the people who come to download it.

    Parameters
    ----------
    downloaders : int
        People who come within `days`.
    decay_days : float
        Arrivals fall off as λ0·exp(-t/τ) with this τ (Guo et al. 2005, "Measurements, Analysis, and
        Modeling of BitTorrent-like Systems"); cut at `days`.
    days : float
    session_hours : float
        The median length of a session.
    session_shape : float
        Shape k of its Weibull distribution, in (0, 1]: below 1 the tail is heavy, at 1 it is exponential.
        P(S > s) = exp(-ln 2·(s/median)^k).
    sessions : float
        Sessions of a downloader on average, 1 or more: 1 + Poisson(sessions - 1).
    pause_hours : float
        The mean time between two sessions of one downloader, exponential.
    leak_share : float
        Share of the downloaders who come after a leak on day 0; the others come after the release.
    release_day : float
        When the release is, in days after the beginning; without a leak nobody comes before.

    Raises
    ------
    ValueError
        If a parameter is out of its range.
    """

    downloaders: int
    decay_days: float
    days: float
    session_hours: float
    session_shape: float
    sessions: float = 1.0
    pause_hours: float = 24.0
    leak_share: float = 0.0
    release_day: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what no release can be."""
        arguments.whole("downloaders", self.downloaders)
        arguments.between("decay_days", self.decay_days, above=True)
        arguments.between("days", self.days, low=1 / DAY, high=_LONGEST / DAY)
        arguments.between("session_hours", self.session_hours, above=True)
        arguments.between("session_shape", self.session_shape, high=1, above=True)
        arguments.between("sessions", self.sessions, low=1)
        arguments.between("pause_hours", self.pause_hours, above=True)
        arguments.between("leak_share", self.leak_share, high=1)
        arguments.between("release_day", self.release_day, high=self.days, below=True)


def sessions(release: Release, seed: int, start: Any = START) -> pd.DataFrame:
    """Draw when each downloader is in the swarm.

    Parameters
    ----------
    release : Release
    seed : int
    start : Timestamp-like
        The beginning of day 0; without a zone it is UTC.

    Returns
    -------
    DataFrame
        ``peer`` (0, 1, 2 …, one a downloader), ``start``, ``end`` (datetime64[s, UTC], ``[start, end)``); by
        peer and start. Sessions of one peer neither meet nor overlap, and are not cut at the end.
    """
    n = arguments.instance("release", release, Release).downloaders
    rng = np.random.default_rng([arguments.seed(seed), 0])
    zero = epoch(arguments.instant("start", start, _seconds(release.days)))
    remedy = "take fewer downloaders or sessions."
    refuse_too_large("the table of sessions", n * release.sessions, _BYTES_A_SESSION, remedy)
    leaked = round(release.leak_share * n)
    begin = np.concatenate(
        (
            _arrivals(leaked, 0.0, release, rng),
            _arrivals(n - leaked, release.release_day, release, rng),
        )
    )
    number = 1 + rng.poisson(release.sessions - 1, n)
    peer = np.repeat(np.arange(n), number)
    with np.errstate(over="ignore"):  # what is beyond every number is beyond the longest session too
        medians = (rng.standard_exponential(len(peer)) / math.log(2)) ** (1 / release.session_shape)
    length = 1 + np.minimum(medians * release.session_hours * _HOUR, _LONGEST).astype(np.int64)
    if len(peer) > n:
        pauses = rng.standard_exponential(len(peer)) * release.pause_hours
        pause = 1 + np.minimum(pauses * _HOUR, _LONGEST).astype(np.int64)
        passed = np.cumsum(length + pause) - (length + pause)
        begin = np.repeat(begin - passed[np.cumsum(number) - number], number) + passed
    begin += zero
    latest = arguments.LAST_SECOND - int((begin + length).max(initial=0))
    if latest < 0:
        raise ValueError(
            f"start={arguments.shown(start)} is not accepted for this release: its sessions last beyond the "
            "year 9999; give an earlier start, or a release with shorter sessions and pauses"
        )
    return pd.DataFrame({"peer": peer, "start": instants(begin), "end": instants(begin + length)}, copy=False)


def present(sessions: pd.DataFrame, start: Any, every: Any, days: float) -> npt.NDArray[np.int64]:
    """Count the sessions that are open at each poll: those with start ≤ poll < end.

    Parameters
    ----------
    sessions : DataFrame
        ``start``, ``end`` (datetime64[s, UTC]; of a finer time the second before counts).
    start : Timestamp-like
    every : Timedelta-like
        Polls are at start + j·every for j = 0, 1, 2 … while j·every is below `days`.
    days : float

    Returns
    -------
    array of int
        One count a poll.

    Raises
    ------
    ValueError
        If a column is missing, a time is missing or has no zone, a session ends before it starts,
        another argument is out of its range, or the counts would not fit into memory.
    """
    arguments.columns("sessions", sessions, ("start", "end"))
    step = arguments.seconds("every", every, low=1)
    length = _seconds(arguments.between("days", days, low=1 / DAY, high=_LONGEST / DAY))
    polls = -(-length // step)
    zero = epoch(arguments.instant("start", start, length))
    begun, over = (arguments.times("sessions", sessions, column) for column in ("start", "end"))
    arguments.rows("sessions", sessions, over < begun, "end before they start")
    refuse_too_large("the table of counts", polls, _BYTES_A_POLL, "ask less often, or for fewer days.")
    change = np.zeros(polls + 1, np.int64)
    for times, sign in ((begun, 1), (over, -1)):
        next_poll = -((zero - times) // step)
        change += sign * np.bincount(np.clip(next_poll, 0, polls), minlength=polls + 1)
    return np.cumsum(change[:-1])


def counts(release: Release, every: Any, seed: int, start: Any = START) -> pd.DataFrame:
    """Count the peers in the swarm at each poll, as `sessions` draws them; no network is needed.

    Parameters
    ----------
    release : Release
    every : Timedelta-like
    seed : int
    start : Timestamp-like
        The first poll; the last one is within ``release.days``.

    Returns
    -------
    DataFrame
        ``time`` (datetime64[s, UTC]), ``present`` (peers).
    """
    arguments.instance("release", release, Release)
    step = arguments.seconds("every", every, low=1)
    number = present(sessions(release, seed, start), start, every, release.days)
    time = epoch(arguments.instant("start", start)) + step * np.arange(len(number))
    return pd.DataFrame({"time": instants(time), "present": number}, copy=False)


def simulate(network: Network, release: Release, seed: int) -> pd.DataFrame:
    """Let people of the network's households join the swarm, each from the address of their line.

    Parameters
    ----------
    network : Network
    release : Release
        Its day 0 is the network's start.
    seed : int
        Sessions are those that `sessions` draws from the same seed.

    Returns
    -------
    DataFrame
        One row for each stretch in which a downloader holds one address, by peer and start: ``peer``,
        ``subscriber``, ``person`` (0, 1, 2 … across all households), ``address`` (uint32), ``port`` (uint16,
        inside the lease's block), ``start``, ``end`` (datetime64[s, UTC], ``[start, end)``).

    Raises
    ------
    ValueError
        If more people download than live in the households, or the release outlasts the network.
    """
    rng = np.random.default_rng([arguments.seed(seed), 1])
    arguments.instance("release", release, Release)
    residents = arguments.instance("network", network, Network).subscribers["people"].cumsum().to_numpy()
    if release.downloaders > residents[-1]:
        raise ValueError(
            f"downloaders={release.downloaders!r} is more than the {residents[-1]:,} people of the network; "
            "take fewer downloaders or more subscribers"
        )
    first, last = epoch(network.start), epoch(network.end)
    if _seconds(release.days) > last - first:
        raise ValueError(
            f"days={release.days!r} of the release are more than the network's {(last - first) / DAY:g}; "
            "build the network for longer"
        )
    drawn = sessions(release, seed, network.start)
    drawn = drawn[drawn["start"] < network.end]
    person = rng.choice(residents[-1], release.downloaders, replace=False)
    subscriber = network.subscribers["subscriber"].to_numpy()[
        np.searchsorted(residents, person, side="right")
    ]
    of_peer = rng.random(release.downloaders)  # where in the block is the port

    peer = drawn["peer"].to_numpy()
    begin, end = epoch(drawn["start"]), np.minimum(epoch(drawn["end"]), last)
    held = network.lease_at(np.tile(subscriber[peer], 2), np.concatenate((begin, end - 1)))
    number = np.diff(held.reshape(2, -1), axis=0)[0] + 1
    row = np.repeat(np.arange(len(peer)), number)
    lease = network.leases.iloc[
        held[row] + np.arange(len(row)) - np.repeat(np.cumsum(number) - number, number)
    ]
    peer = peer[row]
    return pd.DataFrame(
        {
            "peer": peer,
            "subscriber": subscriber[peer],
            "person": person[peer],
            "address": lease["address"].to_numpy(),
            "port": ports(lease, of_peer[peer]),
            "start": instants(np.maximum(begin[row], epoch(lease["start"]))),
            "end": instants(np.minimum(end[row], epoch(lease["end"]))),
        },
        copy=False,
    )


def _seconds(days: float) -> int:
    """Return whole seconds, as a network's length is: 1.1 days are 95,040, and not a trace more."""
    return round(days * DAY)


def _arrivals(number: int, begin: float, release: Release, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Draw seconds from a truncated exponential on [begin, days), by inverting its distribution."""
    span = release.days - begin
    days = -release.decay_days * np.log1p(rng.random(number) * math.expm1(-span / release.decay_days))
    whole_seconds = ((begin + days) * DAY).astype(np.int64)
    latest: npt.NDArray[np.int64] = np.minimum(whole_seconds, _seconds(release.days) - 1)
    return latest
