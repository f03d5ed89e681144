"""Graduated response: which warning a subscriber gets, and when."""

from typing import Any

import pandas as pd

from traceblock import arguments, cases


def escalate(
    attributed: pd.DataFrame, procedure: str = "france-graduated", grace: Any = "0D"
) -> pd.DataFrame:
    """Send each subscriber the warnings that a graduated response has for repeated observations.

    A repeat within the window of the stage before leads to the next stage; one after it begins again with
    the first. After the last stage nothing more is sent.

    Parameters
    ----------
    attributed : DataFrame
        As from `attribute`: ``time``, ``subscriber``. Records without a subscriber warn nobody.
    procedure : str
        One of `traceblock.cases.stages`.
    grace : Timedelta-like
        For how long after a warning further observations do not count. At 0 every record counts, and a
        monitor that sees a line three times in one evening leads it through three stages.

    Returns
    -------
    DataFrame
        ``subscriber``, ``stage`` (1, 2 …), ``name`` (of the stage), ``time`` (of the observation that led to
        it, datetime64[s, UTC]); by subscriber and time.

    Raises
    ------
    LookupError
        If the procedure has no stages on the record.
    ValueError
        If a column is missing, or `grace` is no duration.
    """
    arguments.columns("attributed", attributed, ("time", "subscriber"))
    arguments.times("attributed", attributed, "time")
    pause = pd.Timedelta(arguments.seconds("grace", grace, low=0), "s")
    stages = cases.stages()
    known = sorted(stages["procedure"].unique())
    if procedure not in known:
        raise LookupError(
            f"procedure={procedure!r} has no stages on the record; choose from {', '.join(known)}"
        )
    rules = stages[stages["procedure"] == procedure].astype({"stage": int, "observations": int})
    rules = rules.sort_values("stage")
    needed = rules["observations"].diff().fillna(rules["observations"]).astype(int).tolist()
    windows = [pd.DateOffset(months=int(text)) if text else None for text in rules["window_months"]]
    names = rules["name"].tolist()

    rows = attributed[["subscriber", "time"]].sort_values("time", kind="stable")
    sent = []
    subscriber: Any
    for subscriber, times in rows.groupby("subscriber")["time"]:  # a missing one is in no group
        stage, seen, last = 0, 0, None
        for time in times.dt.tz_convert("UTC"):
            if last is not None:
                if stage < len(names) and _over(last, windows[stage], time):
                    stage, seen, last = 0, 0, None
                elif time <= last + pause:
                    continue
            if stage == len(names):
                break
            seen += 1
            if seen == needed[stage]:
                sent.append((int(subscriber), stage + 1, names[stage], time))
                stage, seen, last = stage + 1, 0, time
    table = pd.DataFrame(sent, columns=["subscriber", "stage", "name", "time"])
    types: dict[Any, Any] = {"subscriber": "Int64", "stage": int, "name": "str", "time": "datetime64[s, UTC]"}
    return table.astype(types)


def _over(last: pd.Timestamp, window: Any, time: pd.Timestamp) -> bool:
    return window is not None and bool(time > last + window)
