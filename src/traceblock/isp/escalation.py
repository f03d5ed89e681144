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
        As from `attribute`: ``time`` (of one finer than a second, the second before decides),
        ``subscriber``. Records without a subscriber warn nobody.
    procedure : str
        One of `traceblock.cases.stages`.
    grace : Timedelta-like
        For how long after a warning further observations do not count. At 0 every record counts, and a
        monitor that sees a line three times in one evening leads it through three stages.

    Returns
    -------
    DataFrame
        ``subscriber``, ``stage`` (1, 2 …), ``name`` (of the stage), ``time`` (of the observation that led to
        it, datetime64[s, UTC]) and, where finer times were given, ``time_fraction`` after it; by subscriber
        and time.

    Raises
    ------
    LookupError
        If the procedure has no stages on the record.
    ValueError
        If a column is missing, a subscriber is no whole number, or `grace` is no duration.
    """
    arguments.columns("attributed", attributed, ("time", "subscriber"))
    attributed = arguments.split_times("attributed", attributed, "time")
    subscriber = arguments.wholes_or_missing("attributed", attributed, "subscriber")
    pause = pd.Timedelta(arguments.seconds("grace", grace, low=0), "s")
    stages = cases.stages()
    known = sorted(stages["procedure"].unique())
    if not (isinstance(procedure, str) and procedure in known):
        raise LookupError(
            f"procedure={arguments.shown(procedure)} has no stages on the record; "
            f"choose from {', '.join(known)}"
        )
    rules = stages[stages["procedure"] == procedure].astype({"stage": int, "observations": int})
    rules = rules.sort_values("stage")
    needed = rules["observations"].diff().fillna(rules["observations"]).astype(int).tolist()
    windows = [pd.DateOffset(months=int(text)) if text else None for text in rules["window_months"]]
    names = rules["name"].tolist()

    order = [name for name in ("time", "time_fraction") if name in attributed.columns]
    rows = arguments.plain(attributed, *order).assign(subscriber=subscriber)
    rows = rows.sort_values(order, kind="stable", ignore_index=True)
    rows["time"] = rows["time"].dt.tz_convert("UTC")
    sent = []
    for _, times in rows.groupby("subscriber")["time"]:  # a missing one is in no group
        stage, seen, last = 0, 0, None
        for row, time in times.items():
            if last is not None:
                if stage < len(names) and _over(last, windows[stage], time):
                    stage, seen, last = 0, 0, None
                elif time <= last + pause:
                    continue
            if stage == len(names):
                break
            seen += 1
            if seen == needed[stage]:
                sent.append((row, stage + 1, names[stage]))
                stage, seen, last = stage + 1, 0, time
    table = pd.DataFrame(sent, columns=["row", "stage", "name"]).astype({"stage": int, "name": "str"})
    led = rows.iloc[table.pop("row").astype(int)].reset_index(drop=True)
    table.insert(0, "subscriber", led.pop("subscriber"))
    return pd.concat([table, led], axis=1)


def _over(last: pd.Timestamp, window: Any, time: pd.Timestamp) -> bool:
    return window is not None and bool(time > last + window)
