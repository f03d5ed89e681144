"""Write the samples in data/: tables as an analyst would get them, from simulations, without their truth.

The same seed gives the same bytes. After a change run ``make record`` too, which writes their hashes.
"""

from pathlib import Path

import pandas as pd

from traceblock import cases, network, swarm

ROOT = Path(__file__).resolve().parents[1]

SEED = 20100601
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


def monitor_log() -> pd.DataFrame:
    """Return what a monitor wrote down in two weeks: ``time``, ``address``, ``port``, ``evidence``."""
    connected = network.build(ISPS, "2010-06-01", days=RELEASE.days, seed=SEED)
    peers = swarm.simulate(connected, RELEASE, seed=SEED)
    log = swarm.observe(peers, MONITOR, seed=SEED, network=connected)
    return pd.DataFrame(
        {
            "time": log["time"].dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "address": network.to_text(log["address"]),
            "port": log["port"],
            "evidence": log["evidence"],
        }
    )


def main(root: Path = ROOT) -> None:
    path = root / "data" / "monitor_log.csv"
    table = monitor_log()
    table.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")
    print(f"{path.relative_to(root)}: {len(table):,} rows, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
