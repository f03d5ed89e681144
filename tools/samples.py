"""Write the samples in data/: tables as an analyst would get them, from simulations, without their truth.

The same seed gives the same bytes. After a change run ``make record`` too, which writes their hashes.
"""

from functools import cache
from pathlib import Path

import pandas as pd

from traceblock import blocking, cases, network, swarm

ROOT = Path(__file__).resolve().parents[1]

SEED = 20100601
TIME = "%Y-%m-%dT%H:%M:%SZ"
ISPS = [
    network.Isp("North", 3_000, "198.18.0.0/19", lease="24h"),
    network.Isp("South", 2_000, "198.19.0.0/20", lease="168h"),
]
# The median is on the record; this shape makes 3 % longer than six days, as in the study it comes from.
HOURS = cases.fact("literature", "dht_session_median_high", "established").value / 60
RELEASE = swarm.Release(400, decay_days=6, days=14, session_hours=HOURS, session_shape=0.43, sessions=1.5)
# No study gives these: they are chosen so that every rung of the ladder is in the log.
MONITOR = swarm.Monitor(
    every="1h",
    contacts=10,
    injected=0.2,
    stale="90min",
    clock_error="25min",
    reachable=0.6,
    handshakes=0.9,
    bitfields=0.9,
    pieces=0.5,
)


#: The ISP whose log is a sample, the day it was asked, and how long it keeps a lease that has ended.
ASKED_ISP, ASKED, KEPT = "North", "2010-06-15T00:00Z", "10D"
#: How much of the log about each record it hands over.
AROUND = "3h"


@cache
def _world() -> tuple[network.Network, pd.DataFrame]:
    connected = network.build(ISPS, "2010-06-01", days=RELEASE.days, seed=SEED)
    peers = swarm.simulate(connected, RELEASE, seed=SEED)
    return connected, swarm.observe(peers, MONITOR, seed=SEED, network=connected)


def monitor_log() -> pd.DataFrame:
    """Return what a monitor wrote down in two weeks: ``time``, ``address``, ``port``, ``evidence``."""
    _, log = _world()
    return pd.DataFrame(
        {
            "time": log["time"].dt.strftime(TIME),
            "address": network.to_text(log["address"]),
            "port": log["port"],
            "evidence": log["evidence"],
        }
    )


def lease_log() -> pd.DataFrame:
    """Return what one ISP still had of the addresses recorded: a lease a row, about the recorded times."""
    connected, log = _world()
    leases = connected.leases.reset_index(names="lease")
    kept = (leases["isp"] == ASKED_ISP) & (leases["end"] > pd.Timestamp(ASKED) - pd.Timedelta(KEPT))
    pairs = log[["time", "address"]].merge(leases[kept], on="address")
    around = pd.Timedelta(AROUND)
    near = (pairs["start"] <= pairs["time"] + around) & (pairs["end"] > pairs["time"] - around)
    found = leases.loc[sorted(pairs.loc[near, "lease"].unique())].sort_values(["address", "start"])
    return pd.DataFrame(
        {
            "address": network.to_text(found["address"]),
            "port_first": found["port_first"],
            "port_last": found["port_last"],
            "subscriber": found["subscriber"],
            "start": found["start"].dt.strftime(TIME),
            "end": found["end"].dt.strftime(TIME),
        }
    )


def web() -> pd.DataFrame:
    """Return what a survey of names finds: where each leads, who runs the server, and which are ordered."""
    built = blocking.build_web(800, 24, seed=SEED)
    return pd.DataFrame(
        {
            "name": built["name"],
            "address": network.to_text(built["address"].to_numpy()),
            "host": built["host"],
            "cdn": built["cdn"].map({True: "yes", False: "no"}),
            "https": built["https"].map({True: "yes", False: "no"}),
            "ordered": built["lawful"].map({True: "no", False: "yes"}),
            "visits": built["visits"],
        }
    ).sort_values("name", ignore_index=True)


SAMPLES = {"monitor_log.csv": monitor_log, "lease_log.csv": lease_log, "web.csv": web}


def main(root: Path = ROOT) -> None:
    for name, sample in SAMPLES.items():
        path = root / "data" / name
        table = sample()
        table.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")
        print(f"{path.relative_to(root)}: {len(table):,} rows, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
