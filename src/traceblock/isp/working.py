"""The working of one attribution, row by row: why a lease fits, or does not."""

from typing import Any

import numpy as np
import pandas as pd

from traceblock import arguments
from traceblock.isp.attribution import asked
from traceblock.isp.lease_log import LeaseLog
from traceblock.network import epoch

FITS = "fits"


def working(
    observation: pd.Series,
    leases: pd.DataFrame,
    clock_correction: Any = "0s",
    use_port: bool = True,
    around: Any = "24h",
) -> pd.DataFrame:
    """Show what the log says about one record: every lease of its address about then, and why it fits or not.

    Parameters
    ----------
    observation : Series
        One row of a table of observations: ``time`` (of one finer than a second, here and in the leases, the
        second before decides), ``address``, and ``port`` where it is used.
    leases : DataFrame
        As for `attribute`.
    clock_correction : Timedelta-like
        Added to the recorded time.
    use_port : bool
    around : Timedelta-like
        Leases are shown that held the address within this long of the corrected time.

    Returns
    -------
    DataFrame
        Rows of the log, by start and first port, with its index and columns, plus ``by_time`` and
        ``by_port`` (text: ``fits``, or what is in the way) and ``candidate`` (bool; the rows of one lease
        that was renewed are candidates together). Empty if the address had no lease then.

    Raises
    ------
    ValueError
        As `attribute`.
    """
    if not isinstance(observation, pd.Series):
        raise ValueError(
            f"observation is a {type(observation).__name__}; give one row, such as observations.iloc[0]"
        )
    one = observation.to_frame().T.convert_dtypes()
    times, *_ = asked(one, clock_correction, use_port, "observation")
    LeaseLog(leases)  # refuses what `attribute` would refuse
    looked_up = int(times[0])
    reach = arguments.seconds("around", around, low=0)
    near = (epoch(leases["start"]) <= looked_up + reach) & (epoch(leases["end"]) > looked_up - reach)
    rows = leases[(leases["address"] == observation["address"]).to_numpy(bool) & near]
    rows = rows.iloc[np.lexsort((rows["port_first"], epoch(rows["start"])))]
    by_time = [
        f"ended {_span(looked_up - end)} before"
        if end <= looked_up
        else f"begins {_span(start - looked_up)} after"
        if start > looked_up
        else FITS
        for start, end in zip(epoch(rows["start"]).tolist(), epoch(rows["end"]).tolist(), strict=True)
    ]
    by_port = np.full(len(rows), "not used" if not use_port else FITS, object)
    if use_port:
        inside = rows["port_first"].le(observation["port"]) & rows["port_last"].ge(observation["port"])
        by_port[~inside.to_numpy()] = "another block"
    fits = (np.array(by_time, object) == FITS) & (by_port != "another block")
    shown: pd.DataFrame = rows.assign(by_time=by_time, by_port=by_port, candidate=fits)
    return shown


def _span(seconds: int) -> str:
    """Return a duration in words, such as 2 h 05 min 07 s."""
    text = f"{seconds // 3600} h {seconds // 60 % 60:02} min"
    return f"{text} {seconds % 60:02} s" if seconds % 60 else text
