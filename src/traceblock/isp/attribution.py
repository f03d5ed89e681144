"""Who held this address at this time? A monitor's records, joined with an ISP's log of leases."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from traceblock import arguments
from traceblock.isp.lease_log import LeaseLog
from traceblock.isp.ports import PORTS

#: What comes of a record: see `score`.
VERDICTS = ("right", "wrong", "ambiguous", "unknown")
_Array = npt.NDArray[Any]


def attribute(
    observations: pd.DataFrame, leases: pd.DataFrame, clock_correction: Any = "0s", use_port: bool = True
) -> pd.DataFrame:
    """Name the subscriber who held each observed address at the observed time.

    A lease holds ``[start, end)``: at the second of its end the address is the next subscriber's.

    Parameters
    ----------
    observations : DataFrame
        ``time`` (datetime64 with a zone), ``address`` (uint32), and ``port`` (0 to 65535) where it is
        used. In any order; an observation may come twice. Of a time finer than a second, here and in the
        leases, the second before decides: 20:02:41.99 is looked up as 20:02:41.
    leases : DataFrame
        ``address`` (uint32), ``port_first``, ``port_last`` (0 to 65535, both included), ``subscriber``
        (whole number), ``start``, ``end`` (like ``time``), and ``isp`` where it is known. In any order. Rows
        of one subscriber that overlap or repeat on a port of an address are one lease, as in a journal that
        has a row for each renewal.
    clock_correction : Timedelta-like
        Added to every observed time before the look-up: the negative of the clock's error mends it.
    use_port : bool
        Whether the source port was recorded (RFC 6302). Without it, every subscriber behind a shared
        address is a candidate (RFC 6269, section 12).

    Returns
    -------
    DataFrame
        The observations, in their order and with their index, times as they were recorded (in [s]), plus
        ``isp`` (categorical; missing without a lease, or if the candidates have different ones),
        ``subscriber`` (Int64; missing if none or several fit) and ``candidates`` (Int64, subscribers who
        held the address then). Columns of these three names are replaced. Nothing of a finer time is lost:
        where one was given, ``time_fraction`` (timedelta64, below 1 s) follows ``time``, and their sum is
        what was recorded.

    Raises
    ------
    ValueError
        If a column is missing; a time is missing or without a zone; an address or a port is out of range; a
        lease does not end after it starts; leases of two subscribers overlap on a common port of an address.
        The message shows the first of those rows.
    """
    time, address, port = asked(observations, clock_correction, use_port)
    return named(observations, LeaseLog(leases), time, address, port)


def asked(
    observations: pd.DataFrame, clock_correction: Any, use_port: bool, name: str = "observations"
) -> tuple[_Array, _Array, _Array | None]:
    """Return the corrected time, the address and the port of each observation; refuse as `attribute`."""
    if not isinstance(use_port, bool | np.bool):
        raise arguments.refuse("use_port", use_port, "True or False")
    arguments.columns(name, observations, ("time", "address", *(["port"] if use_port else [])))
    correction = arguments.seconds("clock_correction", clock_correction)
    time = arguments.times(name, observations, "time") + correction
    address = arguments.wholes(name, observations, "address", 2**32 - 1)
    port = arguments.wholes(name, observations, "port", PORTS - 1) if use_port else None
    return time, address, port


def named(
    observations: pd.DataFrame, log: LeaseLog, time: _Array, address: _Array, port: _Array | None
) -> pd.DataFrame:
    """Return what `attribute` does, for what was `asked` of a log that is indexed already."""
    found = log.find(time, address, port)
    return arguments.split_times("observations", observations, "time").assign(
        isp=pd.Categorical.from_codes(found.isp, dtype=log.isps.dtype),
        subscriber=pd.arrays.IntegerArray(found.subscriber, found.candidates != 1),
        candidates=pd.arrays.IntegerArray(found.candidates, np.zeros(len(time), bool)),
    )


def score(attributed: pd.DataFrame, truth: pd.Series) -> pd.Series:
    """Count what came of the records: right, wrong, ambiguous and unknown.

    Parameters
    ----------
    attributed : DataFrame
        As from `attribute`.
    truth : Series
        The subscriber of each record, a whole number, on the same index; missing where nobody was there, as
        where a tracker listed an address that was never in the swarm.

    Returns
    -------
    Series
        Count of each verdict: *right* and *wrong* where one subscriber was named (always wrong where the
        truth is missing), *ambiguous* where there are several candidates, *unknown* where there is none.
        They sum to the records.

    Raises
    ------
    ValueError
        If a column is missing, a subscriber is no whole number, or the index is another one.
    """
    verdict = verdicts(attributed, truth)
    return verdict.value_counts(sort=False).reindex(list(VERDICTS), fill_value=0).rename("records")


def verdicts(attributed: pd.DataFrame, truth: pd.Series) -> pd.Series:
    """Say of each record what `score` counts.

    Returns
    -------
    Series
        ``verdict`` (categorical: right, wrong, ambiguous, unknown), on the index of `attributed`.

    Raises
    ------
    ValueError
        As `score`.
    """
    arguments.columns("attributed", attributed, ("subscriber", "candidates"))
    if not isinstance(truth, pd.Series) or not truth.index.equals(attributed.index):
        raise ValueError(
            "truth has another index than attributed; give a Series with the subscriber of every record, "
            "on the index of attributed"
        )
    candidates = arguments.wholes("attributed", attributed, "candidates")
    subscriber = arguments.wholes_or_missing("attributed", attributed, "subscriber")
    known = arguments.wholes_or_missing("truth", truth.to_frame("subscriber"), "subscriber")
    same = pd.Series(subscriber).eq(pd.Series(known)).to_numpy(bool, na_value=False)
    codes = np.select([candidates == 0, candidates > 1, same], [3, 2, 0], default=1)
    kinds = pd.Categorical.from_codes(codes, list(VERDICTS))  # type: ignore[call-overload]
    return pd.Series(kinds, attributed.index, name="verdict")
