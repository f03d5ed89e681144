"""Exercise 03: estimate a swarm, distrust an estimate, weigh a flag, and judge what a figure counts."""

from math import floor
from typing import Any

import numpy as np
import pandas as pd

from traceblock import cases, network, swarm
from traceblock.exercises.kinds import Choice, Function, Number, Table
from traceblock.exercises.question import Data, Mistake, Question

_SHOWN = ["time", "address", "evidence"]
_HEADLINE = f"{cases.fact('hurt-locker', 'downloaders_threatened').value:,}"
_LIST = f"{cases.fact('hurt-locker', 'defendants_2011').value:,}"
_ISPS = cases.fact("hurt-locker", "isps_cooperating_share").value


def data(variant: int) -> dict[str, Any]:
    """Return what monitors of a small swarm wrote down, and a town under watch; all depends on the variant.

    ``first``, ``second``, ``later``: samples of the swarm (``time``, ``address``, ``evidence``), the second
    ten minutes after the first, the third a day after it. ``there``: peers in the swarm at the first.
    ``log``: everything listed at hourly polls, one row a poll and address, with ``joined`` (bool, the truth:
    whether it was ever in the swarm). ``town``: ``lines``, ``downloaders``, ``sensitivity``,
    ``false_positive_rate``.
    """
    rng = np.random.default_rng([3, variant])
    isp = network.Isp("Westfield", subscribers=3000, pool="198.18.0.0/18", lease="24h", reuse="24h")
    net = network.build([isp], start="2009-01-26", days=12, seed=variant)
    release = swarm.Release(
        downloaders=int(rng.integers(1700, 2000)),
        decay_days=6,
        days=12,
        session_hours=4,
        session_shape=0.5,
        sessions=2,
    )
    peers = swarm.simulate(net, release, seed=variant)
    evening = net.start + pd.Timedelta("4D 20h")
    contacts = int(rng.integers(62, 75))
    sampled = swarm.observe(peers, swarm.Monitor(contacts=contacts), seed=variant)
    monitor = swarm.Monitor(
        every="1h",
        injected=float(rng.choice([0.1, 0.15, 0.25])),
        reachable=0.7,
        handshakes=0.9,
        bitfields=0.9,
        pieces=0.7,
    )
    log = swarm.observe(peers, monitor, seed=variant, network=net)
    log = log[log["time"] <= evening].assign(joined=lambda table: table["peer"].notna())
    samples = {
        name: sampled.loc[sampled["time"] == evening + pd.Timedelta(gap), _SHOWN].reset_index(drop=True)
        for name, gap in {"first": "0s", "second": "10min", "later": "1D"}.items()
    }
    lines = int(rng.integers(40, 90)) * 1000
    town = {
        "lines": lines,
        "downloaders": lines // int(rng.choice([65, 70, 80])),
        "sensitivity": float(rng.choice([0.85, 0.9, 0.95])),
        "false_positive_rate": float(rng.choice([0.02, 0.03, 0.04])),
    }
    there = int(((peers["start"] <= evening) & (evening < peers["end"])).sum())
    return {**samples, "there": there, "log": log[[*_SHOWN, "joined"]].reset_index(drop=True), "town": town}


def _counts(data: Data) -> tuple[int, int, int]:
    first, second = data["first"]["address"], data["second"]["address"]
    return len(first), len(second), int(first.isin(second).sum())


def _precision(data: Data, **changes: float) -> float:
    town = data["town"] | changes
    prior = town["downloaders"] / town["lines"]
    return swarm.precision(prior, town["sensitivity"], town["false_positive_rate"])


def _by_rung(records: pd.DataFrame, right: str = "mean") -> pd.DataFrame:
    by_rung = records.groupby("evidence", observed=True)
    return by_rung.agg(addresses=("address", "size"), right=("joined", right)).reset_index()


def _and_above(records: pd.DataFrame, right: bool) -> pd.DataFrame:
    """Return the counts of each rung and all above it, with the share of those if `right`."""
    table = _by_rung(records)
    joined = (table["addresses"] * table["right"])[::-1].cumsum()
    table["addresses"] = table["addresses"][::-1].cumsum()
    return table.assign(right=joined / table["addresses"]) if right else table


_ONCE_ONLY = (
    "This counts those who got further as well; `court` keeps each address at its highest rung alone, and "
    "there it is counted."
)


_ONES = "Add one to each of the two counts as well, before they are multiplied."
_ROWS = "This counts rows: one of the tables lists some addresses twice. Count different addresses."

QUESTIONS: list[Question] = [
    Number(
        "size_now",
        minutes=4,
        objective=1,
        unit="peers",
        hints=[
            "Three counts are printed above: in the first sample, in the second, in both.",
            "Copy the example line and put the three counts in the place of its numbers, in that order. "
            "Leave `.estimate` at its end: without it the answer is three numbers, estimate and interval.",
        ],
        mistakes=[
            Mistake(
                lambda data: _counts(data)[0] + _counts(data)[1] - _counts(data)[2],
                "That many were seen at least once; the estimate is about those whom nobody saw, too.",
            ),
            Mistake(
                lambda data: swarm.estimate_size(*_counts(data)).estimate + 1,
                "Nearly: Chapman's estimate takes one away at the end. swarm.estimate_size does it for you.",
            ),
            Mistake(
                lambda data: data["there"],
                "That is the truth, which only a simulation knows; the estimate from the samples is asked.",
            ),
            Mistake(
                lambda data: _counts(data)[0] * _counts(data)[1] / _counts(data)[2],
                "That is the bare ratio. Chapman's estimate adds one to each count: use swarm.estimate_size.",
            ),
            Mistake(
                lambda data: _counts(data)[0] + _counts(data)[1],
                "That adds the samples up; those in both are counted twice, and those in neither not at all.",
            ),
            Mistake(
                lambda _: swarm.estimate_size(10, 20, 5).estimate,
                "That is the estimate of the example; put in the three counts that were printed.",
            ),
            Mistake(lambda data: _counts(data)[2], "That is the overlap; it goes into the estimate."),
            Mistake(
                lambda data: swarm.estimate_size(*_counts(data)).low,
                "That is the lower end of the interval; the estimate itself is asked.",
            ),
            Mistake(
                lambda data: swarm.estimate_size(*_counts(data)).high,
                "That is the upper end of the interval; the estimate itself is asked.",
            ),
            Mistake(
                lambda data: swarm.estimate_size(_counts(data)[0], _counts(data)[1], 0).estimate,
                "The third number is those in *both* samples, and they are not none.",
            ),
            Mistake(
                lambda data: swarm.estimate_size(*_counts(data)[:2], 5).estimate,
                "The third number is still the example's: put in those in both samples.",
            ),
        ],
        why="Two small samples, and the size of a swarm that nobody has a list of.",
    ),
    Choice(
        "day_later",
        minutes=4,
        objective=2,
        options={
            "A": "Peers who had left, or had a new address by then, could not be met again.",
            "B": "Over night the swarm grew to many times the size it had on that evening.",
            "C": "Both samples were too small; larger ones, a day apart, would come out right.",
            "D": "The interval holds the truth, so that the estimate is good enough as it is.",
        },
        because={
            "B": "The overlap shrinks also when a swarm only exchanges its people, or its addresses. What "
            "happens to every address of this ISP once a day?",
            "C": "Larger samples make chance smaller. This error is not chance: those who were marked are "
            "gone, or bear another address.",
            "D": "An interval so wide would hold nearly any number. It speaks of chance alone, and only if "
            "nobody comes or goes.",
        },
        hints=[
            "Which condition of the estimate is broken: samples drawn at random, or a closed swarm?",
            "The lease of this ISP is a day. What does somebody who stayed look like to the monitor?",
        ],
        why="The swarm was open, and to a monitor a new address is a new peer.",
    ),
    Number(
        "share_right",
        minutes=5,
        objective=3,
        unit="a share from 0 to 1",
        hints=[
            "The prior is how common it is before any test: downloaders among all lines.",
            "Copy the example line, and put in: downloaders divided by lines, then the test's two rates.",
        ],
        mistakes=[
            Mistake(
                lambda data: data["town"]["sensitivity"],
                "That is the sensitivity: of the downloaders, the share that is flagged. Asked is: of the "
                "flagged, the share that downloaded.",
            ),
            Mistake(
                lambda data: 1 - data["town"]["false_positive_rate"],
                "That takes the false positive rate for the share of flags that are wrong. It is a share of "
                "those who did not download, and they are many.",
            ),
            Mistake(
                lambda data: data["town"]["false_positive_rate"],
                "That is the false positive rate: of the others, the share that is flagged.",
            ),
            Mistake(
                lambda data: (
                    data["town"]["sensitivity"] * data["town"]["downloaders"] / data["town"]["lines"]
                ),
                "That is the share of all lines that is flagged rightly; divide it by the share flagged.",
            ),
            Mistake(
                lambda data: data["town"]["downloaders"] / data["town"]["lines"],
                "That is the prior: it says how common it is before anything is flagged.",
            ),
            Mistake(
                lambda data: _precision(
                    data,
                    sensitivity=data["town"]["false_positive_rate"],
                    false_positive_rate=data["town"]["sensitivity"],
                ),
                "The two rates of the test have changed places.",
            ),
            Mistake(
                lambda _: swarm.precision(20 / 1000, 0.8, 0.1),
                "That is the share of the example; put in the figures of this town.",
            ),
            Mistake(
                lambda data: _precision(data, sensitivity=0.8, false_positive_rate=0.1),
                "The town's prior with the example's test: put in this test's two rates as well.",
            ),
            Mistake(
                lambda data: swarm.precision(
                    20 / 1000, data["town"]["sensitivity"], data["town"]["false_positive_rate"]
                ),
                "This test with the example's prior: put in the downloaders and the lines of this town.",
            ),
            Mistake(
                lambda data: _precision(data, lines=data["town"]["lines"] - data["town"]["downloaders"]),
                "The prior is a share of *all* lines; this divides the downloaders by the others only.",
            ),
            Mistake(
                lambda data: _precision(data) / (1 - _precision(data)),
                "Those are the odds, flags that are right for each one that is wrong; divide by all flags.",
            ),
            Mistake(
                lambda data: 1 - _precision(data),
                "That is the share of the flags that are wrong; the share that is right is asked.",
            ),
            Mistake(
                lambda data: 100 * _precision(data), "That is a percentage; the share lies between 0 and 1."
            ),
            Mistake(
                lambda data: data["town"]["lines"] * _precision(data),
                "That is a number of lines; a share between 0 and 1 is asked.",
            ),
        ],
        why="Most flags are wrong, by a test that is right about nearly every line: the lines are so many.",
    ),
    Table(
        "by_rung",
        sort_by="evidence",
        minutes=10,
        objective=3,
        hints=[
            "In the example, the groups are made by `joined`. Here they are made by `evidence`.",
            'Two results for each group: one like in the example, and right=("joined", …).',
            "The mean of a column of True and False is the share that is True.",
        ],
        mistakes=[
            Mistake(
                lambda data: _by_rung(data["log"]),
                "This counts records, several of an address; take the table `court`, with each address once.",
            ),
            Mistake(
                lambda data: _by_rung(swarm.strongest(data["log"]), right="sum"),
                "The column 'right' counts those that joined; their share of the group is asked: the mean.",
            ),
            Mistake(
                lambda data: _by_rung(swarm.strongest(data["log"]), right="size"),
                'The column \'right\' counts rows, whether they joined or not: "size" does; take "mean".',
            ),
            Mistake(lambda data: _and_above(swarm.strongest(data["log"]), right=True), _ONCE_ONLY),
            Mistake(lambda data: _and_above(swarm.strongest(data["log"]), right=False), _ONCE_ONLY),
            Mistake(
                lambda data: _by_rung(swarm.strongest(data["log"])).assign(right=lambda t: 1 - t["right"]),
                "The column 'right' holds the share that never joined; the others are asked.",
            ),
            Mistake(
                lambda data: _by_rung(swarm.strongest(data["log"])).assign(right=lambda t: 100 * t["right"]),
                "The column 'right' holds percentages; shares lie between 0 and 1.",
            ),
            Mistake(
                lambda data: _by_rung(swarm.strongest(data["log"]).query("evidence > 'listed'")),
                "Those that were only listed are missing: they are a group as well.",
            ),
            Mistake(
                lambda data: _by_rung(swarm.strongest(data["log"])).assign(
                    addresses=swarm.strongest(data["log"])
                    .groupby("evidence", observed=True)["address"]
                    .sum()
                    .array
                ),
                "The column 'addresses' adds the addresses up as numbers; count the rows, with \"size\".",
            ),
            Mistake(
                lambda data: _by_rung(swarm.strongest(data["log"])).assign(
                    right=lambda t: t["right"] * t["addresses"] / t["addresses"].sum()
                ),
                "The column 'right' holds shares of the whole list; a share of each rung is asked: the mean.",
            ),
        ],
        why="Only the lowest rung holds addresses that never joined; every rung above it is clean of them.",
    ),
    Choice(
        "headline",
        minutes=4,
        objective=4,
        options={
            "A": f"{_HEADLINE} people have downloaded this film without paying",
            "B": f"{_ISPS} % of the addresses listed will be turned into names",
            "C": f"{_LIST} addresses reported; who used them is still open",
            "D": f"{_LIST} people are found to have shared the film by torrent",
        },
        because={
            "A": "The unit says people, and nobody is named who counted them. According to The Hollywood "
            "Reporter (the disputed row), the same figure counts everybody sued in all suits of the firm; "
            "the suit on this film was not filed yet.",
            "B": "That share counts ISPs, says counsel, and it is disputed. One ISP may hold as many "
            "addresses as several others together.",
            "D": "Look at the unit, and at the note: the list counts addresses, and nobody was found to have "
            "done anything.",
        },
        hints=[
            "Ask of each number: of what? The column `unit` answers, and the notes add to it.",
            "Addresses are not people, ISPs are not addresses, and a list is not a finding.",
        ],
        why="It says what was counted, where it stands, and what is not known.",
    ),
    Function(
        "estimate_from",
        minutes=15,
        objective=1,
        stretch=True,
        cases=lambda data: [
            (data["first"], data["second"]),
            (data["first"], data["later"]),
            (data["first"], data["first"]),
            (pd.concat([data["first"], data["first"].head(20)]), data["second"]),
            (data["first"].head(0), data["second"]),
            _with_a_fraction(data),
        ],
        hints=[
            'set(first["address"]) holds each address once; & gives what two sets have in common.',
            "Count three times: in the first set, in the second, in both. Then write down the formula, and "
            "return the number alone (swarm.estimate_size gives three; its `.estimate` is the first).",
            "No line may divide by the overlap alone: it may be zero. The formula adds one to it, in "
            "parentheses.",
        ],
        mistakes=[
            Mistake(
                lambda _: _ratio,
                "This divides by the bare overlap, which may be zero; Chapman adds one to each count.",
            ),
            Mistake(
                lambda _: _ratio_but_for_the_ones,
                "This divides by the bare overlap, which may be zero: add one to it as well.",
            ),
            Mistake(
                lambda _: _without_parentheses,
                "This divides by the overlap alone, which may be zero: parentheses are not in their place. "
                "Write `/ (both + 1) - 1`.",
            ),
            Mistake(lambda _: _rows, _ROWS),
            Mistake(lambda _: _rows_but_for_both, _ROWS),
            Mistake(
                lambda _: lambda first, second: floor(_chapman(first, second)),
                "The fraction is cut off: divide with `/`, and leave the digits.",
            ),
            Mistake(lambda _: _ones_only_below, _ONES),
            Mistake(lambda _: lambda first, second: _ones_only_below(first, second) - 1, _ONES),
            Mistake(lambda _: _without_less_one, "Nearly: one is taken away at the end."),
            Mistake(lambda _: _union, "This counts who was seen at least once; nobody unseen is in it."),
        ],
        why="The same number as swarm.estimate_size gives: there is no more to it.",
    ),
]


def _sets(first: pd.DataFrame, second: pd.DataFrame) -> tuple[int, int, int]:
    one, two = set(first["address"]), set(second["address"])
    return len(one), len(two), len(one & two)


def _chapman(first: pd.DataFrame, second: pd.DataFrame) -> float:
    return _without_less_one(first, second) - 1


def _with_a_fraction(data: Data) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return two samples whose estimate is rounded up, so that one that is cut off does not pass."""
    shorter = (data["first"].head(rows) for rows in range(len(data["first"]) - 1, 20, -1))
    return next((one, data["second"]) for one in shorter if 0.6 < _chapman(one, data["second"]) % 1 < 0.9)


def _ratio(first: pd.DataFrame, second: pd.DataFrame) -> float:
    n1, n2, m = _sets(first, second)
    return n1 * n2 / m


def _ratio_but_for_the_ones(first: pd.DataFrame, second: pd.DataFrame) -> float:
    n1, n2, m = _sets(first, second)
    return (n1 + 1) * (n2 + 1) / m - 1


def _rows(first: pd.DataFrame, second: pd.DataFrame) -> float:
    both = int(first["address"].isin(second["address"]).sum())
    return (len(first) + 1) * (len(second) + 1) / (both + 1) - 1


def _rows_but_for_both(first: pd.DataFrame, second: pd.DataFrame) -> float:
    return (len(first) + 1) * (len(second) + 1) / (_sets(first, second)[2] + 1) - 1


def _without_parentheses(first: pd.DataFrame, second: pd.DataFrame) -> float:
    n1, n2, m = _sets(first, second)
    return (n1 + 1) * (n2 + 1) / m + 1 - 1


def _without_less_one(first: pd.DataFrame, second: pd.DataFrame) -> float:
    n1, n2, m = _sets(first, second)
    return (n1 + 1) * (n2 + 1) / (m + 1)


def _ones_only_below(first: pd.DataFrame, second: pd.DataFrame) -> float:
    n1, n2, m = _sets(first, second)
    return n1 * n2 / (m + 1)


def _union(first: pd.DataFrame, second: pd.DataFrame) -> int:
    n1, n2, m = _sets(first, second)
    return n1 + n2 - m
