"""Who held an address at a time, by DuckDB's ASOF join. The tests use it as an oracle."""

import duckdb
import numpy as np
import pandas as pd

from traceblock.network import epoch

_JOIN = """
    SELECT "row", CASE WHEN "end" > "time" THEN subscriber ELSE -1 END AS subscriber
    FROM asked ASOF LEFT JOIN log ON asked.address = log.address AND asked."time" >= log.start
"""


def attribute(observations: pd.DataFrame, leases: pd.DataFrame) -> pd.Series:
    """Return the subscriber (Int64) of each observation, missing where nobody held its address."""
    asked = {"row": np.arange(len(observations)), "time": epoch(observations["time"])}
    log = {name: epoch(leases[name]) for name in ("start", "end")}
    with duckdb.connect() as connection:
        connection.register(
            "asked", pd.DataFrame(asked | {"address": observations["address"].to_numpy()}, copy=False)
        )
        log |= {name: leases[name].to_numpy() for name in ("address", "subscriber")}
        connection.register("log", pd.DataFrame(log, copy=False))
        found = connection.execute(_JOIN).fetchnumpy()
    subscriber = np.empty(len(observations), np.int64)
    subscriber[found["row"]] = np.ma.filled(found["subscriber"], -1)  # faster than to sort by row
    return pd.Series(pd.arrays.IntegerArray(subscriber, subscriber < 0), observations.index)
