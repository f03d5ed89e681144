"""What is measured, in functions that a process of its own can run too."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from traceblock import network, swarm

START, DAYS, EVERY = pd.Timestamp("2010-01-01", tz="UTC"), 150, "10min"
RELEASE = swarm.Release(50_000, decay_days=30, days=DAYS, session_hours=4, session_shape=0.6)
#: The same with longer sessions, so that a log of it has some 4 million rows.
LOGGED = replace(RELEASE, session_hours=4.8)
ISP = network.Isp("Northline", 100_000, pool="198.18.0.0/15", lease="24h")
#: The same with 64 subscribers to an address, and with ten times the subscribers.
SHARED = replace(ISP, pool="198.18.0.0/21", sharing=64)
LARGE = replace(ISP, subscribers=1_000_000, pool="241.0.0.0/12")
LOG_DAYS = 49  # in which a subscriber has 50 leases


def build() -> network.Network:
    return network.build([ISP], START, DAYS, seed=1)


def simulate(connected: network.Network) -> pd.DataFrame:
    return swarm.simulate(connected, LOGGED, seed=1)


def observe(there: pd.DataFrame) -> pd.DataFrame:
    return swarm.observe(there, swarm.Monitor(every=EVERY), seed=1)


def everything() -> pd.DataFrame:
    connected = build()  # kept meanwhile, as a student would
    return observe(simulate(connected))


def counts(downloaders: int) -> pd.DataFrame:
    return swarm.counts(replace(RELEASE, downloaders=downloaders), EVERY, seed=1)


def floor() -> pd.DataFrame:
    """Return a table as large as the leases of `build`, from sorted random numbers: the least it can cost."""
    rows = ISP.subscribers * (DAYS + 1)
    key = np.sort(np.random.default_rng(1).integers(0, 2**63, rows))
    start = pd.DatetimeIndex((key >> 32).view("M8[s]"), copy=False).tz_localize("UTC")
    columns = {
        "isp": pd.Categorical.from_codes(np.zeros(rows, np.int8), [ISP.name]),
        "address": key.astype(np.uint32),
        "port_first": np.zeros(rows, np.uint16),
        "port_last": np.full(rows, 65_535, np.uint16),
        "subscriber": key >> 46,
        "start": start,
        "end": start + pd.Timedelta(1, "D").as_unit("s"),
    }
    return pd.DataFrame(columns, copy=False)


def asked(isp: network.Isp, observations: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return observations and an ISP's leases, both shuffled; some fall on nobody, or beside the log."""
    leases = network.build([isp], START, LOG_DAYS, seed=1).leases
    rng = np.random.default_rng(1)
    leases = leases.take(rng.permutation(len(leases))).reset_index(drop=True)
    pool, first = isp.addresses, network.epoch(START)
    columns = {
        "time": network.instants(first + rng.integers(-86_400, (LOG_DAYS + 1) * 86_400, observations)),
        "address": rng.integers(int(pool[0]), int(pool[-1]) + 1, observations, np.uint32),
        "port": rng.integers(1_024, 65_536, observations, np.uint16),
    }
    return pd.DataFrame(columns, copy=False), leases


def joined(attribute: Callable[..., object], stored: Path) -> object:
    """Read tables that were stored as a pickle, which takes no more memory than they do, and join them."""
    return attribute(*pd.read_pickle(stored))


def nothing(observations: pd.DataFrame, leases: pd.DataFrame) -> None:
    """Join nothing: what the tables take by themselves."""
