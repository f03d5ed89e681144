"""Clocks that are wrong, zones that are mixed up, and what either does to a name."""

import math
import zoneinfo
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from traceblock import arguments
from traceblock.isp.attribution import asked, named, score
from traceblock.isp.lease_log import LeaseLog
from traceblock.network import DAY, RENUMBERING, epoch, instants


def shown(times: pd.Series, error: Any = "0s", drift: Any = "0s", since: Any = None) -> pd.Series:
    """Return what a clock shows that is ahead by an error, and by more each day.

    Parameters
    ----------
    times : Series
        True times, datetime64 with a zone; of one finer than a second, the second before is shown.
    error : Timedelta-like
        How far the clock is ahead (behind, if negative) at `since`.
    drift : Timedelta-like
        What it gains in a day.
    since : Timestamp-like, optional
        When the error was that; by default at the earliest of the times.

    Returns
    -------
    Series
        datetime64[s, UTC], in whole seconds.

    Raises
    ------
    ValueError
        If the times have no zone, or another argument is not a duration or a time.
    """
    true = _seconds(times)
    ahead, gain = arguments.seconds("error", error), arguments.seconds("drift", drift)
    first = true.min(initial=2**62) if since is None else epoch(arguments.instant("since", since))
    wrong = true + ahead + np.rint(gain * ((true - first) / DAY)).astype(np.int64)
    return pd.Series(instants(wrong), times.index, name=times.name)


def misread(times: pd.Series, shown_in: str, read_as: str = "UTC", fold: int = 0) -> pd.Series:
    """Return the times that a reader infers who takes the local time of one zone for that of another.

    Both zones follow their own rules of summer time. So a clock that was not put back in October is
    ``misread(times, "Etc/GMT-1", "Europe/Dublin")``: it shows summer time, and is read as what is in force.

    Parameters
    ----------
    times : Series
        True times, datetime64 with a zone; of one finer than a second, the second before is read.
    shown_in, read_as : str
        Names of the IANA time zone database, such as ``"Europe/Paris"``.
    fold : int
        Of a local time that comes twice, when clocks go back: 0 takes the first, 1 the second (PEP 495).
        One that never comes, when they go forward, is taken for the moment of the change.

    Returns
    -------
    Series
        datetime64[s, UTC].

    Raises
    ------
    ValueError
        If the times have no zone, a zone is unknown, or fold is neither 0 nor 1.
    """
    _seconds(times)  # refuses what is no time
    zones = zoneinfo.available_timezones()
    for name, zone in (("shown_in", shown_in), ("read_as", read_as)):
        if not (isinstance(zone, str) and zone in zones):
            raise arguments.refuse(
                name, zone, "a time zone such as 'Europe/Paris', 'America/New_York' or 'UTC'"
            )
    first = arguments.whole("fold", fold, high=1) == 0
    local = times.dt.as_unit("s").dt.tz_convert(shown_in).dt.tz_localize(None)
    read = local.dt.tz_localize(read_as, ambiguous=np.full(len(local), first), nonexistent="shift_forward")
    utc: pd.Series = read.dt.tz_convert("UTC").dt.as_unit("s")
    return utc


def misattribution(error: Any, lease: Any, renumbering: str = "periodic", reassigned: float = 1.0) -> float:
    """Return the chance that a clock's error has another subscriber named, or nobody any more.

    With leases of one length L, min(1, |e|/L); with exponential ones of mean L, 1 − exp(−|e|/L); times the
    chance that the address had gone to another (otherwise nobody is named: *unknown*). It follows from where
    in its lease a record falls: anywhere, with the same chance. The sign of the error does not matter to the
    chance, but decides which neighbour is named: the next holder, or the one before.

    Parameters
    ----------
    error, lease : Timedelta-like
        The clock's error, of either sign; how long an address is held (on average, if exponential).
    renumbering : str
        ``"periodic"`` or ``"exponential"``.
    reassigned : float
        Chance that the address is then held by somebody else.

    Raises
    ------
    ValueError
        If an argument is out of its range.
    """
    arguments.one_of("renumbering", renumbering, RENUMBERING)
    ratio = abs(arguments.seconds("error", error)) / arguments.seconds("lease", lease, low=1)
    changed = min(1.0, ratio) if renumbering == "periodic" else -math.expm1(-ratio)
    return changed * arguments.between("reassigned", reassigned, high=1)


def by_error(
    observations: pd.DataFrame,
    leases: pd.DataFrame,
    truth: pd.Series,
    errors: Iterable[Any],
    use_port: bool = True,
) -> pd.DataFrame:
    """Attribute the same records under one clock error after another, and score them.

    Parameters
    ----------
    observations : DataFrame
        As for `attribute`, with the true ``time``.
    leases : DataFrame
    truth : Series
        The subscriber of each record, as for `score`.
    errors : sequence of Timedelta-like
        How far the clock is ahead, one after another.
    use_port : bool

    Returns
    -------
    DataFrame
        ``error_minutes`` (how far ahead), ``verdict`` (text), ``records`` (count), ``share``; four rows
        for each error, in the order given.

    Raises
    ------
    ValueError
        As `attribute` and `score`.
    """
    several = arguments.several("errors", errors, "errors, such as ['-1h', '0s', '1h']")
    seconds = [arguments.seconds("errors", error) for error in several]
    time, address, port = asked(observations, "0s", use_port)
    log = LeaseLog(leases)
    parts = []
    for ahead in seconds:
        # a clock that is ahead looks the lease up later than it was
        found = score(named(observations, log, time + ahead, address, port), truth)
        parts.append(found.reset_index().assign(error_minutes=ahead / 60))
    table = pd.concat(parts, ignore_index=True)
    table["share"] = table["records"] / max(len(observations), 1)
    return table[["error_minutes", "verdict", "records", "share"]]


def _seconds(times: pd.Series) -> Any:
    if not isinstance(times, pd.Series):
        raise ValueError(f"times is a {type(times).__name__}; give a Series of times with a zone")
    return arguments.times("times", times.to_frame("time"), "time")
