"""Who held an address at a time, by Polars' `join_asof`.

On address and second in one number, which Polars joins in half the time that ``by="address"`` takes it.
"""

import numpy as np
import pandas as pd
import polars as pl

from traceblock.network import epoch


def attribute(observations: pd.DataFrame, leases: pd.DataFrame) -> pd.Series:
    """Return the subscriber (Int64) of each observation, missing where nobody held its address."""
    address = pl.col("address").cast(pl.Int64) * 2**32
    asked = pl.LazyFrame({"address": observations["address"].to_numpy(), "time": epoch(observations["time"])})
    asked = asked.with_row_index("row").select("row", key=address + pl.col("time")).sort("key")
    log = pl.LazyFrame(
        {"address": leases["address"].to_numpy(), "subscriber": leases["subscriber"].to_numpy()}
        | {name: epoch(leases[name]) for name in ("start", "end")}
    )
    log = log.select("subscriber", key=address + pl.col("start"), end=address + pl.col("end")).sort("key")
    held = pl.when(pl.col("end") > pl.col("key")).then("subscriber").fill_null(-1)
    found = asked.join_asof(log, on="key").select("row", subscriber=held).collect()
    subscriber = np.empty(len(observations), np.int64)
    subscriber[found["row"].to_numpy()] = found["subscriber"].to_numpy()  # faster than to sort by row
    return pd.Series(pd.arrays.IntegerArray(subscriber, subscriber < 0), observations.index)
