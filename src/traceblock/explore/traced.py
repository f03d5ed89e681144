"""Explorers of Part I: a swarm, the order of its pieces, a monitor, and what a flag is worth."""

from functools import cache
from typing import NamedTuple

import altair as alt
import ipywidgets as widgets
import numpy as np
import numpy.typing as npt
import pandas as pd

from traceblock import swarm as mechanism
from traceblock.charts import traced as charts
from traceblock.explore.explorer import Explorer, slider
from traceblock.network import Isp, Network, build

_SEED = 1
_PIECES = 60
_WATCHED = 1_000_000
_ORDERS = {"in order (streaming)": "sequential", "at random": "random", "rarest first": "rarest"}
_ALL = 0  # not None: to a widget that means that nothing is selected
_CONTACTS = {"5": 5, "10": 10, "20": 20, "all": _ALL}


class _World(NamedTuple):
    downloaders: int
    network: Network
    peers: pd.DataFrame


class _Seen(NamedTuple):
    world: _World
    log: pd.DataFrame
    table: pd.DataFrame


class _Exchange(NamedTuple):
    order: str
    transfers: pd.DataFrame


class _Test(NamedTuple):
    prior: float
    sensitivity: float
    false_alarms: float
    curves: pd.DataFrame
    now: pd.DataFrame


def swarm() -> Explorer:
    """Return the explorer of a swarm over time, and of how much of it a monitor sees."""
    return Explorer(
        name="a swarm over time",
        controls={
            "downloaders": slider("Downloaders", {f"{n:,}": n for n in (250, 500, 1000, 2000)}, 1000),
            "decay_days": slider("Interest fades in", {f"{n} days": n for n in (5, 15, 30, 60)}, 15),
            "session_hours": slider("Median session", {f"{n} h": n for n in (1, 4, 12)}, 4),
            "leaked": widgets.Checkbox(description="Leaked 60 days before", value=False),
            "every": slider("Monitor asks every", {f"{n} h": n for n in (1, 6, 24)}, 6),
            "contacts": slider("Contacts a poll", _CONTACTS, 10),
        },
        model=_swarm_watched,
        chart=_draw_swarm,
        reading=_swarm_in_words,
    )


def pieces() -> Explorer:
    """Return the explorer of the order in which pieces arrive."""
    return Explorer(
        name="the order of pieces",
        controls={
            "order": widgets.Dropdown(description="Viewer fetches", options=_ORDERS),
            "leechers": slider("Peers who fetch", {str(n): n for n in (1, 2, 4, 8, 16)}, 8),
            "others_have": slider("Others begin with", {f"{n}%": n / 100 for n in (0, 25, 50, 75)}, 0.25),
        },
        model=_exchange,
        chart=lambda result: charts.pieces(result.transfers, _PIECES),
        reading=_pieces_in_words,
    )


def monitor() -> Explorer:
    """Return the explorer of a monitor: how far its records go, and what is true of them."""
    return Explorer(
        name="a monitor",
        controls={
            "evidence": widgets.Dropdown(
                description="Goes as far as", options=list(mechanism.EVIDENCE), value="piece"
            ),
            "injected": slider("Injected", {f"{n}%": n / 100 for n in (0, 5, 10, 20, 40)}, 0.2),
            "contacts": slider("Contacts a poll", _CONTACTS, _ALL),
            "every": slider("Asks every", {"10 min": "10min", "1 h": "1h", "6 h": "6h", "24 h": "24h"}, "1h"),
            "stale": slider("List is stale for", {"0 min": "0s", "30 min": "30min", "2 h": "2h"}, "30min"),
        },
        model=_records,
        chart=lambda seen: charts.evidence(seen.table, what="addresses"),
        reading=_records_in_words,
    )


def precision() -> Explorer:
    """Return the explorer of base rates: what a flag is worth."""
    priors = {f"1 in {n:,}": 1 / n for n in (2, 10, 100, 1_000, 10_000, 100_000)}
    alarms = {f"{n}%": n / 100 for n in (0, 0.01, 0.1, 1, 5)}
    hits = {f"{n}%": n / 100 for n in (50, 90, 99, 100)}
    return Explorer(
        name="precision",
        controls={
            "prior": slider("Downloaders", priors, 1 / 1_000),
            "false_alarms": slider("Others flagged", alarms, 0.01),
            "sensitivity": slider("Downloaders flagged", hits, 0.99),
        },
        model=_flags,
        chart=lambda test: charts.precision(test.curves, test.now),
        reading=_flags_in_words,
    )


def size() -> Explorer:
    """Return the explorer of capture and recapture: estimates of a swarm's size beside the truth."""
    return Explorer(
        name="the size of a swarm",
        controls={
            "gap": slider("Between two polls", {f"{n} h": n for n in (1, 3, 6, 12)}, 1),
            "contacts": slider("Contacts a poll", {str(n): n for n in (25, 50, 100)}, 50),
            "session_hours": slider("Median session", {f"{n} h": n for n in (1, 4, 12)}, 4),
        },
        model=_estimated,
        chart=lambda table: charts.estimates(table, title="How many were there? Estimates and the truth"),
        reading=_estimates_in_words,
    )


@cache
def _connected(subscribers: int, days: int) -> Network:
    return build([Isp("Northnet", subscribers, "198.18.0.0/16")], "2010-01-01", days, _SEED)


def _swarm_watched(
    downloaders: int, decay_days: int, session_hours: int, leaked: bool, every: int, contacts: int
) -> _Seen:
    release = mechanism.Release(
        downloaders,
        decay_days,
        150,
        session_hours,
        0.6,
        leak_share=0.3 if leaked else 0,
        release_day=60 if leaked else 0,
    )
    network = _connected(2000, 150)
    peers = mechanism.simulate(network, release, _SEED)
    watch = mechanism.Monitor(every=f"{every}h", contacts=contacts or None, evidence="answered")
    log = mechanism.observe(peers, watch, _SEED)
    return _Seen(_World(downloaders, network, peers), log, mechanism.by_day(peers, log))


def _draw_swarm(seen: _Seen) -> alt.TopLevelMixin:
    names = {
        "present": "in the swarm",
        "arrived": "came for the first time",
        "first_seen": "seen for the first time",
    }
    table = seen.table.rename(columns=names).melt("time", var_name="series", value_name="peers")
    return charts.over_time(table.round({"peers": 1}), title="A swarm day by day, and what is seen of it")


def _swarm_in_words(seen: _Seen) -> str:
    table, found = seen.table, seen.log["peer"].nunique()
    fullest = table.iloc[table["present"].argmax()]
    addresses = seen.world.peers["address"].nunique()
    return (
        f"{seen.world.downloaders:,} people came, from {addresses:,} addresses. The swarm was fullest on "
        f"{fullest['time']:%Y-%m-%d}, with {fullest['present']:.0f} at once on average. The monitor saw "
        f"{found:,} of them, or {found / seen.world.downloaders:.0%}."
    )


def _exchange(order: str, leechers: int, others_have: float) -> _Exchange:
    transfers = mechanism.exchange(order, _PIECES, leechers, _SEED, others="rarest", others_have=others_have)
    return _Exchange(order, transfers)


def _pieces_in_words(result: _Exchange) -> str:
    progress = mechanism.progress(result.transfers, _PIECES)
    tenth = progress.loc[progress["playable"] >= 0.1].iloc[0]
    done = progress.loc[progress["have"] == 1].iloc[0]
    order = {value: words for words, value in _ORDERS.items()}[result.order]
    return (
        f"Fetching {order}, the viewer can play a tenth of the film from step {tenth['step']:.0f} and "
        f"all of it from step {done['step']:.0f}. Pieces received by then: {_PIECES}; sent to others: "
        f"{done['sent']:.0f}."
    )


@cache
def _fortnight() -> _World:
    network = _connected(1500, 14)
    release = mechanism.Release(300, 5, 14, 4, 0.6)
    return _World(300, network, mechanism.simulate(network, release, _SEED))


def _records(evidence: str, injected: float, contacts: int, every: str, stale: str) -> _Seen:
    world = _fortnight()
    watch = mechanism.Monitor(
        every=every,
        contacts=contacts or None,
        evidence=evidence,
        injected=injected,
        stale=stale,
        reachable=0.7,
        handshakes=0.95,
        bitfields=0.95,
        pieces=0.6,
    )
    log = mechanism.observe(world.peers, watch, _SEED, world.network)
    return _Seen(world, log, mechanism.tally(mechanism.strongest(log)))


def _records_in_words(seen: _Seen) -> str:
    table = seen.table
    total, found = int(table["records"].sum()), seen.log["peer"].nunique()
    never = int(table.loc[table["truth"] == "never joined", "records"].sum())
    best = table.loc[table["records"] > 0, "evidence"].max()
    top = int(table.loc[table["evidence"] == best, "records"].sum())
    return (
        f"The strongest record of each of {total:,} addresses: {never:,} of them, or {never / total:.0%}, "
        f"never joined. The best evidence is {best}, for {top:,}. Of "
        f"{seen.world.downloaders} downloaders, {found} are on the list."
    )


@cache
def _hourly(contacts: int, session_hours: int) -> tuple[pd.DataFrame, npt.NDArray[np.int64]]:
    """Return what a monitor sees of a crowded fortnight, and how many are there, both at each hour."""
    network = _connected(2000, 14)
    peers = mechanism.simulate(network, mechanism.Release(2000, 5, 14, session_hours, 0.6), _SEED)
    watch = mechanism.Monitor(every="1h", contacts=contacts, evidence="answered")
    log = mechanism.observe(peers, watch, _SEED)
    return log, mechanism.present(peers, network.start, "1h", 14)


def _estimated(gap: int, contacts: int, session_hours: int) -> pd.DataFrame:
    log, truth = _hourly(contacts, session_hours)
    hours = (log["true_time"] - _connected(2000, 14).start) // pd.Timedelta("1h")
    week = log[hours.lt(24 * 8) & hours.mod(24).isin([12, (12 + gap) % 24])]
    found = mechanism.recaptures(week, f"{gap}h")
    noons: pd.DataFrame = found[found["time"].dt.hour == 12].head(7)
    return noons.assign(label=noons["time"].dt.strftime("%Y-%m-%d, 12 h"), truth=truth[12 : 24 * 7 : 24])


def _estimates_in_words(table: pd.DataFrame) -> str:
    held = int(table["truth"].between(table["low"], table["high"]).sum())
    ratio = (table["estimate"] / table["truth"]).median()
    return (
        f"On {held} of {len(table)} days the 95% interval holds the truth. The median estimate is "
        f"{ratio:.2f} times the truth."
    )


def _flags(prior: float, false_alarms: float, sensitivity: float) -> _Test:
    priors = np.geomspace(1e-5, 1, 61)
    curve = [mechanism.precision(float(share), sensitivity, false_alarms) for share in priors]
    now = mechanism.precision(prior, sensitivity, false_alarms)
    return _Test(
        prior,
        sensitivity,
        false_alarms,
        pd.DataFrame({"prior": priors, "precision": curve, "test": "this test"}),
        pd.DataFrame({"prior": [prior], "precision": [now], "test": ["this test"]}),
    )


def _flags_in_words(test: _Test) -> str:
    downloaders = round(_WATCHED * test.prior)
    right = round(downloaders * test.sensitivity)
    wrong = round((_WATCHED - downloaders) * test.false_alarms)
    return (
        f"Of {_WATCHED:,} lines watched, {downloaders:,} download. The test flags {right:,} of them, and "
        f"{wrong:,} of the others: {test.now['precision'].item():.1%} of the flags are right."
    )
