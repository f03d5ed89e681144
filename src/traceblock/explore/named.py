"""Explorers of Part II: who is named, who used the line, what an ISP discloses, what a letter brings in."""

from functools import cache
from itertools import product
from typing import Any, NamedTuple

import altair as alt
import ipywidgets as widgets
import pandas as pd

from traceblock import cases, isp, swarm
from traceblock.chance import stream
from traceblock.charts import named as charts
from traceblock.explore.explorer import Explorer, slider
from traceblock.isp import replay
from traceblock.network import Isp, Network, build, to_text

_SEED = 1
_LINES = 320
_AT_ONCE = 0  # not None: to a widget that means that nothing is selected
_PACES = {"25": 25, "100": 100, "500": 500, "all at once": _AT_ONCE}
_FILINGS = 100
_ERRORS = {"-24 h": -1440, "-3 h": -180, "-1 h": -60, "-10 min": -10, "right": 0}
_ERRORS |= {"+10 min": 10, "+1 h": 60, "+3 h": 180, "+24 h": 1440}
_LEASES = {"1 h": "1h", "6 h": "6h", "24 h": "24h", "7 days": "168h"}
_SHARING = (1, 4, 16, 64)
_PROCEDURES = {
    "one suit for all": "us-doe-joined",
    f"{_FILINGS} suits, one each": "us-doe-single",
    "512(h) subpoena": "us-512h",
    "relayed notice": "relayed-notice",
}


class _World(NamedTuple):
    network: Network
    log: pd.DataFrame
    truth: "pd.Series[int]"
    shown: int  # the row of the record that is drawn


class _Named(NamedTuple):
    world: _World
    minutes: int
    port: bool
    record: pd.Series
    leases: pd.DataFrame
    line: int | None
    candidates: int
    counts: pd.Series


class _Line(NamedTuple):
    people: int
    open_wifi: float
    outsiders: int
    rate: float
    users: pd.DataFrame


class _Funnel(NamedTuple):
    settled: pd.DataFrame
    money: "pd.Series[float]"


def attribution() -> Explorer:
    """Return the explorer of names: a clock, leases, shared addresses, a port, and who is named."""
    for lease, sharing in product(_LEASES.values(), _SHARING):
        _world(lease, sharing)  # so that no control has to wait for its world
    return Explorer(
        name="who is named",
        controls={
            "minutes": slider("Clock ahead by", _ERRORS, 0),
            "lease": slider("Length of a lease", _LEASES, "24h"),
            "sharing": slider("Lines to an address", {str(n): n for n in _SHARING}, 4),
            "port": widgets.Checkbox(description="Port logged", value=True),
        },
        model=_named_under,
        chart=_draw_names,
        reading=_names_in_words,
    )


def household() -> Explorer:
    """Return the explorer of a line: who used it, of those who could?"""
    share = cases.fact("literature", "open_wifi_share_paris_2007", "established").value
    wifi = {"closed": 0.0, f"open: {share} % chance": float(share) / 100, "open": 1.0}
    people = {str(n): n for n in (1, 2, 3, 5, 10, 40)}
    rates = {"half as often": 0.5, "as often": 1.0, "twice as often": 2.0, "ten times": 10.0}
    return Explorer(
        name="who used the line",
        controls={
            "people": slider("People in the household", people, 3),
            "open_wifi": slider("Wi-Fi", wifi, 1.0),
            "outsiders": slider("Others in reach", {str(n): n for n in (1, 3, 10, 30)}, 3),
            "rate": slider("Subscriber downloads", rates, 1.0),
        },
        model=_who,
        chart=lambda line: charts.hundred(line.users),
        reading=_who_in_words,
    )


def disclosure() -> Explorer:
    """Return the explorer of a request: a procedure, ISPs that contest, a pace, and logs that expire."""
    contests = {
        "none": (),
        "Comcast": ("Comcast",),
        "the two largest": ("Comcast", "Verizon"),
        "all": tuple(replay.HURT_LOCKER),
    }
    return Explorer(
        name="what an ISP discloses",
        controls={
            "procedure": widgets.Dropdown(
                description="Procedure", options=_PROCEDURES, value="us-doe-joined"
            ),
            "contests": slider("ISPs that contest", contests, ("Comcast",)),
            "pace": slider("Names a month, each ISP", _PACES, 100),
            "retention": slider(
                "Logs kept", {"7 days": 7, "90 days": 90, "180 days": 180, "18 months": 548}, 180
            ),
            "deadline": slider(
                "Names are of use for", {"120 days": 120, "18 months": 548, "10 years": 3652}, 120
            ),
        },
        model=_disclosed,
        chart=_draw_states,
        reading=_states_in_words,
    )


def funnel() -> Explorer:
    """Return the explorer of letters: how many pay, what is asked, and who has what in the end."""
    low, high = (int(cases.fact("hurt-locker", f"settlement_offer_{end}").value) for end in ("low", "high"))
    offers = {f"{usd:,} USD": usd for usd in (low, (low + high) // 2, high)}
    return Explorer(
        name="what letters bring in",
        controls={
            "paid": slider("Letters that are paid", {f"{n} %": n / 100 for n in (1, 5, 15, 30, 50)}, 0.15),
            "offer": slider("A letter asks for", offers, high),
            "pace": slider("Names a month, each ISP", _PACES, 100),
            "look_up": slider("A look-up costs the ISP", {f"{n} USD": n for n in (0, 5, 45, 100)}, 45),
            "wrong": slider("Names that are wrong", {f"{n} %": n / 100 for n in (0, 5, 30)}, 0.05),
        },
        model=_settled,
        chart=lambda result: charts.balances(result.money, title="Who has what in the end (simulated)"),
        reading=_money_in_words,
    )


@cache
def _world(lease: str, sharing: int) -> _World:
    """Return a swarm behind one ISP, watched for six days, and the record that is drawn."""
    places = (_LINES // sharing + 1) * sharing  # one address is free: what is given back goes to the next
    pool = f"198.18.0.0/{32 - (places // sharing - 1).bit_length()}"
    network = build([Isp("Northnet", _LINES, pool, lease=lease, sharing=sharing)], "2023-03-20", 6, _SEED)
    peers = swarm.simulate(network, swarm.Release(200, 2, 6, 4, 0.6), _SEED)
    log = swarm.observe(peers, swarm.Monitor(every="1h", ports=True), _SEED)
    line = peers.drop_duplicates("peer").set_index("peer")["subscriber"]
    truth = log["peer"].map(line).astype("int64")
    return _World(network, log, truth, _telling(network, log, truth))


def _telling(network: Network, log: pd.DataFrame, truth: "pd.Series[int]") -> int:
    """Return the record in the middle of the log that came soonest after its lease began."""
    middle = log[log["true_time"].between("2023-03-22", "2023-03-24")]
    held = network.leases.iloc[
        network.lease_at(truth[middle.index], middle["true_time"].to_numpy("M8[s]").view("i8"))
    ]
    return int(middle.index[(middle["true_time"].to_numpy() - held["start"].to_numpy()).argmin()])


def _named_under(minutes: int, lease: str, sharing: int, port: bool) -> _Named:
    world = _world(lease, sharing)
    ahead = pd.Timedelta(minutes, "min").as_unit("s")
    log = world.log.assign(time=world.log["true_time"] + ahead)
    leases = world.network.leases
    attributed = isp.attribute(log, leases, use_port=port)
    record, found = log.iloc[world.shown], attributed.iloc[world.shown]
    of_address = leases[leases["address"] == record["address"]]
    return _Named(
        world,
        minutes,
        port,
        record,
        isp.working(record, of_address, use_port=port, around=max(abs(ahead), pd.Timedelta(lease))),
        None if pd.isna(found["subscriber"]) else int(found["subscriber"]),
        int(found["candidates"]),
        isp.score(attributed, world.truth),
    )


def _draw_names(named: _Named) -> alt.TopLevelMixin:
    return charts.holders(
        named.leases,
        named.record["time"],
        named.record["true_time"],
        int(named.world.truth.iloc[named.world.shown]),
        named.counts,
        around=_reach(named),
        title="Who held the address, and who is named? (simulated)",
        steady=True,
    )


def _names_in_words(named: _Named) -> str:
    record, line = named.record, int(named.world.truth.iloc[named.world.shown])
    size = abs(named.minutes)
    hours = f"{size // 60} h" if size >= 60 else f"{size} min"
    clock = "right" if not size else f"{hours} {'ahead' if named.minutes > 0 else 'behind'}"
    if named.candidates > 1:
        among = (
            "among them" if line in set(named.leases.loc[named.leases["candidate"], "subscriber"]) else "not"
        )
        verdict = f"{named.candidates} lines may be meant, {among} line {line}: ambiguous"
    elif named.line is None:
        verdict = f"nobody had it{' with that port' * named.port} then: unknown"
    elif named.line == line:
        verdict = f"line {line} is named: right"
    else:
        verdict = f"line {named.line} is named, and it was line {line}: wrong"
    shares = named.counts / named.counts.sum()
    return (
        f"The clock is {clock}. For {to_text(record['address'])} at {record['time']:%Y-%m-%d %H:%M} by that "
        f"clock, {verdict}. Of all {named.counts.sum():,} records {shares['right']:.0%} are right, "
        f"{shares['wrong']:.0%} wrong, {shares['ambiguous']:.0%} ambiguous, {shares['unknown']:.0%} unknown."
    )


def _who(people: int, open_wifi: float, outsiders: int, rate: float) -> _Line:
    users = isp.shares(people, open_wifi, isp.Use(subscriber=rate, outsiders=outsiders))
    return _Line(people, open_wifi, outsiders, rate, users)


def _who_in_words(line: _Line) -> str:
    said = [
        f"{share:.0%} {user}" for user, share in zip(line.users["user"], line.users["share"], strict=True)
    ]
    wifi = {0.0: "closed", 1.0: "open"}.get(line.open_wifi, f"open with a chance of {line.open_wifi:.0%}")
    return (
        f"{line.people} in the household, Wi-Fi {wifi}, {line.outsiders} others in reach, the subscriber at "
        f"{line.rate:g} times another's rate: of the downloads {', '.join(said)}. Nobody has measured such "
        "rates."
    )


@cache
def _list() -> pd.DataFrame:
    """Return The Hurt Locker's list of 2011 as long as it was, every address named by a perfect clock."""
    made_up = replay.hurt_locker(_SEED)
    return isp.attribute(made_up.observations, made_up.network.leases)


@cache
def _asked(
    procedure: str, contests: tuple[str, ...], pace: int, retention: int, deadline: int
) -> pd.DataFrame:
    responses = {
        name: isp.Response(name in contests, pace or None, retention=f"{retention}D")
        for name in replay.HURT_LOCKER
    }
    request = isp.Disclosure(procedure, responses=responses, deadline=f"{deadline}D", filings=_FILINGS)
    return isp.disclose(_list(), request, _SEED)


def _disclosed(**settings: Any) -> pd.DataFrame:
    asked = _asked(**settings)
    counted = asked.groupby(["isp", "state"], observed=True).size().rename("addresses").reset_index()
    return counted.rename(columns={"isp": "group"})


def _draw_states(table: pd.DataFrame) -> alt.TopLevelMixin:
    return charts.states(table, title="What becomes of the list of 2011? (simulated)")


def _states_in_words(table: pd.DataFrame) -> str:
    by_state = table.groupby("state", observed=True)["addresses"].sum()
    said = [f"{count:,} {state}" for state, count in by_state.items() if count]
    return f"Of {by_state.sum():,} addresses: {', '.join(said)}."


def _settled(paid: float, offer: int, pace: int, look_up: int, wrong: float) -> _Funnel:
    disclosed = _asked("us-doe-joined", (), pace, 548, 548)
    right = pd.Series(stream(_SEED, "right names").random(len(disclosed)) >= wrong, disclosed.index)
    terms = isp.Terms(offer, offer, paid=paid, look_up=look_up)
    settled = isp.settle(disclosed, terms, _SEED, right)
    return _Funnel(settled, isp.balances(isp.ledger(settled, terms)))


def _money_in_words(result: _Funnel) -> str:
    stages = result.settled.set_index("stage")
    number, paid = stages["addresses"].to_dict(), stages.loc["paid"]
    look_ups = float(stages["amount_usd"]["named"])
    return (
        f"Of {number['observed']:,} addresses {number['named']:,} become names in 18 months, and "
        f"{number['paid']:,} letters are paid, {paid['wrong']:,} of them by people wrongly named. They bring "
        f"{paid['amount_usd']:,.0f} USD (95%: {paid['low']:,.0f} to {paid['high']:,.0f}); look-ups cost "
        f"{look_ups:,.0f} USD."
    )


def _reach(named: _Named) -> pd.Timedelta:
    """Return how much time to show: a lease before and after."""
    return pd.Timedelta((named.leases["end"] - named.leases["start"]).max())
