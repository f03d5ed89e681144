"""What a log says when it is counted: by address, by rung, by day, and from one poll to another."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from traceblock import arguments
from traceblock.network import DAY, epoch, instants
from traceblock.swarm.evidence import estimate_size, rungs
from traceblock.swarm.peers import present

#: What may be true of a record: the address belonged to a peer who was there, to one who was not there
#: any more, or to somebody who never joined.
TRUTHS = ("in the swarm", "had left", "never joined")
_TRUTHS = pd.CategoricalDtype(list(TRUTHS), ordered=True)


def strongest(log: pd.DataFrame) -> pd.DataFrame:
    """Keep one record of each address, as a list for a court may: the highest rung, and then the first.

    Parameters
    ----------
    log : DataFrame
        As from `observe`: at least ``time``, ``address`` (numbers, or dotted text), ``evidence``.

    Returns
    -------
    DataFrame
        Rows of the log, by address; times in [s], and where finer ones were given, ``time_fraction`` (and
        ``true_time_fraction``) after them.

    Raises
    ------
    ValueError
        If a column is missing, or a time is missing or without a zone.
    """
    arguments.columns("log", log, ("time", "address", "evidence"))
    _addressed("log", log)
    best = arguments.plain(log).assign(evidence=rungs("log", log).array)
    for column in ("time", "true_time"):
        if column in log.columns:
            best = arguments.split_times("log", best, column)
    order = [name for name in ("address", "evidence", "time", "time_fraction") if name in best.columns]
    best = best.sort_values(order, ascending=[name != "evidence" for name in order], kind="stable")
    return best.drop_duplicates("address", ignore_index=True)


def tally(records: pd.DataFrame) -> pd.DataFrame:
    """Count records by the rung that they reached and by what is true of them.

    Parameters
    ----------
    records : DataFrame
        As from `observe` or `strongest`: ``evidence``, ``peer``, ``present``.

    Returns
    -------
    DataFrame
        One row a rung and truth, by both, also where nothing was counted: ``evidence`` (ordered
        categorical), ``truth`` (categorical: in the swarm, had left, never joined), ``records`` (count).
    """
    arguments.columns("records", records, ("evidence", "peer", "present"))
    there = arguments.flags("records", records, "present")
    truth = np.where(records["peer"].isna(), 2, np.where(there, 0, 1))
    counted = pd.DataFrame(
        {
            "evidence": rungs("records", records).array,
            "truth": pd.Categorical.from_codes(truth, dtype=_TRUTHS),
        }
    )
    return counted.groupby(["evidence", "truth"], observed=False).size().reset_index(name="records")


def by_day(peers: pd.DataFrame, log: pd.DataFrame) -> pd.DataFrame:
    """Count, day by day, who came to a swarm, and what of it a monitor saw.

    Parameters
    ----------
    peers : DataFrame
        As from `simulate`: ``peer``, ``start``, ``end``.
    log : DataFrame
        As from `observe`: ``true_time``, ``peer``.

    Returns
    -------
    DataFrame
        One row a day (UTC), from the first on which somebody came to the last: ``time``
        (datetime64[s, UTC]), ``present`` (peers, the mean of its 24 full hours), ``arrived`` (peers who
        came for the first time), ``first_seen`` (peers whom the monitor saw for the first time).

    Raises
    ------
    ValueError
        If a column is missing, a time is missing or without a zone, or the log is of other days.
    """
    arguments.columns("peers", peers, ("peer", "start", "end"))
    arguments.columns("log", log, ("true_time", "peer"))
    first, last = (times // DAY for times in arguments.spans("peers", peers))
    _numbered("peers", peers)
    met = log[log["peer"].notna()]
    _numbered("log", met)
    watched = arguments.times("log", log, "true_time")
    zero, days = int(first.min(initial=2**40)), int((last + 1).max(initial=0))
    number = max(0, days - zero)
    time = instants(DAY * np.arange(zero, zero + number))

    if ((watched < DAY * zero) | (watched >= DAY * days)).any():
        raise ValueError("log has records of days on which no peer was there; give the log of these peers")

    def per_day(peer: "pd.Series[Any]", when: "pd.Series[Any]") -> npt.NDArray[Any]:
        firsts = when.groupby(peer.to_numpy()).min()
        return np.bincount(epoch(firsts) // DAY - zero, minlength=number)

    hourly = present(peers, time[0], "1h", number) if number else np.zeros(0)
    return pd.DataFrame(
        {
            "time": time,
            "present": hourly.reshape(-1, 24).mean(axis=1),
            "arrived": per_day(peers["peer"], peers["start"]),
            "first_seen": per_day(met["peer"], met["true_time"]),
        }
    )


def recaptures(log: pd.DataFrame, gap: Any) -> pd.DataFrame:
    """Estimate the size of the swarm from each poll and the one so much later: capture and recapture.

    Parameters
    ----------
    log : DataFrame
        As from `observe`: ``true_time`` (of one finer than a second, the second before decides which poll it
        was), ``address`` (numbers, or dotted text), each once a poll.
    gap : Timedelta-like
        From the first of two polls to the second.

    Returns
    -------
    DataFrame
        One row for each poll that has another one so much later, both with at least one address:
        ``time`` (datetime64[s, UTC], of the first), ``first``, ``second``, ``both`` (addresses),
        ``estimate``, ``low``, ``high`` (see `estimate_size`).
    """
    arguments.columns("log", log, ("true_time", "address"))
    later = arguments.seconds("gap", gap, low=1)
    seen = pd.DataFrame(
        {
            "time": arguments.times("log", log, "true_time"),
            "address": _addressed("log", log),
        }
    )
    twice = seen.duplicated()
    arguments.rows("log", log, twice, "have an address that another row has at the same poll; give each once")
    both = seen.merge(seen.assign(time=seen["time"] - later))["time"].value_counts()
    sizes = seen["time"].value_counts().sort_index()
    table = pd.DataFrame({"first": sizes, "second": sizes.reindex(sizes.index + later).set_axis(sizes.index)})
    table = table.dropna().astype(np.int64)
    table["both"] = both.reindex(table.index, fill_value=0)
    found = [estimate_size(*row) for row in table.itertuples(index=False)]
    table[["estimate", "low", "high"]] = np.array(found, float).reshape(-1, 3)
    table.insert(0, "time", instants(table.index.to_numpy(np.int64)))
    return table.reset_index(drop=True)


def _addressed(name: str, table: pd.DataFrame) -> npt.NDArray[Any]:
    """Return a table's addresses; they are only told apart here, so they may be text."""
    if isinstance(table["address"].dtype, pd.StringDtype):
        arguments.texts(name, table, "address")
        return table["address"].to_numpy()
    return arguments.wholes(name, table, "address", 2**32 - 1)


def _numbered(name: str, table: pd.DataFrame) -> None:
    """Refuse a table with a peer that is no number; one that was read from a file may be a float."""
    arguments.numbers(name, table, "peer")
