"""Exercise 02: read a monitor's log, rung by rung; how much was seen; what a headline may claim."""

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from traceblock import network, swarm
from traceblock.exercises.kinds import Choice, Function, Number, Table, Text
from traceblock.exercises.question import Data, Mistake, Question
from traceblock.files import course_file

_MIDDLE = ("handshake", "bitfield")
_FIRST_DAY = "2010-06-01"  # of the file; the example counts it
_OTHER_WORDS = ("pieces", "verified piece", "bitfields", "handshakes", "answer", "list", "hearsay")


def data(variant: int) -> dict[str, Any]:
    """Return a log that knows the truth, the path of one that does not, and what is asked of them.

    ``log`` has the columns of `traceblock.swarm.observe` without ``true_time``, its addresses as text;
    ``address`` is one of them. ``log_file`` is the sample in data/, ``day`` one of its days. ``contacts`` (a
    poll) and ``peers`` (who all stay) are for the coverage.
    """
    rng = np.random.default_rng([2, variant])
    isps = [network.Isp("North", 1_024, "198.18.0.0/22"), network.Isp("South", 1_024, "198.19.0.0/22")]
    world = network.build(isps, "2010-06-01", days=4, seed=variant)
    release = swarm.Release(300, decay_days=2, days=4, session_hours=5, session_shape=0.6)
    monitor = swarm.Monitor(
        every="1h", injected=0.2, stale="2h", reachable=0.7, handshakes=0.8, bitfields=0.7, pieces=0.4
    )
    peers = swarm.simulate(world, release, seed=variant)
    seen = swarm.observe(peers, monitor, seed=variant, network=world).drop(columns="true_time")
    seen = seen.assign(address=network.to_text(seen["address"]))
    return {
        "log": seen,
        "log_file": course_file("data", "monitor_log.csv"),
        "address": str(rng.choice(_telling(seen))),
        "day": str(rng.choice(_telling_days())),
        "contacts": int(rng.choice([10, 20, 25, 40])),
        "peers": int(rng.choice([300, 350, 450, 600])),
    }


def _telling(log: pd.DataFrame) -> list[str]:
    """Return the addresses with a few records of which none is the top of the ladder."""
    of_address = log.groupby("address")["evidence"]
    strongest = of_address.max()
    return list(strongest.index[of_address.size().between(4, 14) & strongest.isin(_MIDDLE)])


@cache
def _telling_days() -> list[str]:
    """Return the days of the file on which every misreading of question 2 gives another number."""
    days = pd.read_csv(course_file("data", "monitor_log.csv"))["time"].str[:10].unique().tolist()
    found = {day: [*_readings(day).values()] for day in days if day != _FIRST_DAY}
    return [day for day, numbers in found.items() if len({*numbers}) == len(numbers)]


def _strongest(data: Data) -> str:
    log = data["log"]
    return str(log.loc[log["address"] == data["address"], "evidence"].max())


@cache
def _readings(day: str) -> dict[str, int]:
    """Return what is asked in question 2, `right`, and what a hasty reader counts instead."""
    records = pd.read_csv(course_file("data", "monitor_log.csv"))
    of_day = records[records["time"].str.startswith(day)]
    accepted = records[records["evidence"].isin(["bitfield", "piece"])]
    counted = {
        "right": of_day.query("evidence in ['bitfield', 'piece']"),
        "bitfield": of_day.query("evidence == 'bitfield'"),
        "piece": of_day.query("evidence == 'piece'"),
        "by the alphabet": of_day.query("evidence >= 'bitfield'"),
        "by the alphabet, above": of_day.query("evidence > 'handshake'"),
        "once accepted": of_day[of_day["address"].isin(accepted["address"])],
        "all": of_day,
        "two weeks": accepted,
        "first day": accepted[accepted["time"].str.startswith(_FIRST_DAY)],
        "rungs of the example": of_day.query("evidence in ['listed', 'answered']"),
        "handshake too": of_day.query("evidence not in ['listed', 'answered']"),
        "turned round": of_day.query("evidence not in ['bitfield', 'piece']"),
    }
    numbers = {reading: int(rows["address"].nunique()) for reading, rows in counted.items()}
    return numbers | {"records": len(counted["right"]), "all records": len(of_day)}


def _misread(reading: str) -> Callable[[Data], int]:
    return lambda data: _readings(data["day"])[reading]


def _share_by_rung(records: pd.DataFrame) -> pd.DataFrame:
    return records.groupby("evidence")["present"].mean().reset_index()


def _tries(data: Data) -> list[tuple[object, ...]]:
    """Return calls of `precision_from`: with the table shown, with others, and where no record is kept."""
    best = swarm.strongest(data["log"])
    listed = best[best["evidence"] == "listed"]
    shown: list[tuple[object, ...]] = [(best, rung) for rung in swarm.EVIDENCE]
    return [*shown, (best.iloc[::2], "listed"), (listed, "piece"), (best.iloc[:0], "listed")]


def _reached(data: Data, share: float) -> int:
    """Return the polls after which so much of a closed swarm was seen."""
    return math.ceil(math.log(1 - share) / math.log(1 - data["contacts"] / data["peers"]))


def _of(counted: Callable[[pd.DataFrame, str], pd.Series], text: str) -> list[Mistake]:
    """Return two mistakes: the mean of what is counted, with and without 0.0 where nothing is."""
    return [
        Mistake(lambda _: lambda records, rung: _mean(counted(records, rung)), text),
        Mistake(lambda _: lambda records, rung: counted(records, rung).mean(), text),
    ]


QUESTIONS: list[Question] = [
    Text(
        "strongest",
        minutes=3,
        objective=1,
        hints=[
            "All rows of the table are of one address. Look at the column evidence from top to bottom.",
            "From the lowest: listed, answered, handshake, bitfield, piece. Which is the highest here?",
        ],
        mistakes=[
            Mistake(lambda _: "listed", "That is the foot of the ladder; some of these records got higher."),
            Mistake(lambda _: "answered", "Some of these records got higher than that."),
            Mistake(lambda _: "piece", "None of these records got that far: look at the table again."),
            Mistake(
                lambda data: _MIDDLE[_MIDDLE.index(_strongest(data)) - 1],  # the other of the two
                "Close: is there a record of that rung at all, and is there one of the rung above it?",
            ),
            Mistake(lambda _: _OTHER_WORDS, "Write one of: listed, answered, handshake, bitfield, piece."),
        ],
        why="One record is enough to have reached a rung, at that time.",
    ),
    Number(
        "addresses",
        minutes=8,
        objective=2,
        unit="addresses",
        hints=[
            "Copy the three lines of the example. Two things have to change: the list of rungs, and the day.",
            "Whoever reached a rung has reached all below it: the list needs this rung and all above it.",
            "There is only one rung above bitfield. The last line stays: it counts different addresses.",
        ],
        mistakes=[
            Mistake(
                _misread("records"),
                "These are records. An address that was contacted three times has three; count addresses.",
            ),
            Mistake(
                _misread("bitfield"),
                "Only those with a record of this very rung. Whoever got higher has reached it too.",
            ),
            Mistake(
                _misread("piece"),
                "The rung that is asked is missing: at least bitfield means bitfield and what is above.",
            ),
            Mistake(
                _misread("by the alphabet"),
                "These are nearly all rungs: in a file they are plain text, and >= goes by the alphabet.",
            ),
            Mistake(
                _misread("by the alphabet, above"),
                "In a file rungs are plain text, and > goes by the alphabet: list the rungs that are meant.",
            ),
            Mistake(
                _misread("once accepted"),
                "These were seen on your day, but some of them got that far on another day only: put both "
                "conditions to the same record.",
            ),
            Mistake(_misread("all"), "These are all addresses of the day, also those only listed."),
            Mistake(_misread("all records"), "These are all records of the day, whatever their rung."),
            Mistake(_misread("two weeks"), "This counts two weeks; keep the rows of the day that is asked."),
            Mistake(_misread("first day"), "That is the first day; yours is in the cell above."),
            Mistake(_misread("rungs of the example"), "Right day, but still `listed` and `answered`."),
            Mistake(_misread("handshake too"), "handshake stands below bitfield: leave it out."),
            Mistake(
                _misread("turned round"),
                "These did *not* get as far as bitfield; the ladder climbs from listed to piece.",
            ),
        ],
        why="An analyst can count what reached a rung; who sat there is not in the file.",
    ),
    Table(
        "by_rung",
        sort_by="evidence",
        minutes=8,
        objective=2,
        hints=[
            "Look at the two examples: one groups by evidence, the other takes the mean of present.",
            "Put `as_index=False` into groupby, as in the example; then take present, and its mean.",
            "best has one record an address, log has many: the question is about addresses.",
        ],
        mistakes=[
            Mistake(
                lambda data: _share_by_rung(data["log"]),
                "These are shares of all records; the question is about addresses, one record each: best.",
            ),
            Mistake(
                lambda data: _share_by_rung(
                    (best := swarm.strongest(data["log"])).assign(present=best["peer"].notna())
                ),
                "Somebody who had left has a peer in the table too, and was not there: use present.",
            ),
            Mistake(
                lambda data: _share_by_rung(
                    (best := swarm.strongest(data["log"])).assign(present=~best["present"])
                ),
                "This is the share that was not there.",
            ),
            Mistake(
                lambda data: (
                    swarm.strongest(data["log"]).groupby("evidence", as_index=False)["present"].sum()
                ),
                "This counts those who were there; a share is their mean().",
            ),
            Mistake(
                lambda data: (
                    swarm.strongest(data["log"]).groupby("evidence", as_index=False)["present"].count()
                ),
                "count() counts the rows of each rung, whatever is in them; a share is the mean().",
            ),
            Mistake(
                lambda data: _share_by_rung(
                    (best := swarm.strongest(data["log"])).assign(present=100 * best["present"])
                ),
                "These are percentages; a share lies between 0 and 1.",
            ),
            Mistake(
                lambda data: (
                    swarm.strongest(data["log"])["evidence"]
                    .value_counts(normalize=True)
                    .rename_axis("evidence")
                    .reset_index(name="present")
                ),
                "This is the share that each rung has of all addresses; the share that was there is asked.",
            ),
        ],
        why="On the list most were not there; above it every address was. That is what a contact adds.",
    ),
    Number(
        "polls",
        minutes=5,
        objective=3,
        unit="polls",
        hints=[
            "Double the number until it has passed 0.9, then go back in small steps.",
            "Look for the first number that passes: with one poll less it must still be below.",
        ],
        mistakes=[
            Mistake(
                lambda data: _reached(data, 0.9) - 1,
                "Just too early: with this number, less than nine in ten were seen.",
            ),
            Mistake(
                lambda data: _reached(data, 0.9) + 1,
                "Just too late: with one poll less it was nine in ten already.",
            ),
            Mistake(
                lambda data: math.ceil(0.9 * data["peers"] / data["contacts"]),
                "That would do if every poll drew only peers that were not seen before.",
            ),
            Mistake(
                lambda data: math.ceil(data["peers"] / data["contacts"]),
                "As many contacts as peers: but the same peer is drawn several times, and others never.",
            ),
            Mistake(
                lambda data: _reached(data, 0.95), "This is for 95 %; the question asks for nine in ten."
            ),
            Mistake(
                lambda data: _reached(data, 0.5), "This is for one half; the question asks for nine in ten."
            ),
            Mistake(lambda _: 10, "That is the example: after ten polls less than nine in ten were seen."),
            Mistake(
                lambda data: data["peers"], "That is the size of the swarm; the number of polls is asked."
            ),
            Mistake(
                lambda data: math.log(0.1) / math.log(1 - data["contacts"] / data["peers"]),
                "There is no part of a poll: take the next whole number.",
            ),
            Mistake(
                lambda data: swarm.coverage(data["contacts"], data["peers"], _reached(data, 0.9)),
                "That is the share that was seen; the number of polls is asked.",
            ),
        ],
        why="More than twice what plain division says, and only if nobody comes or goes.",
    ),
    Choice(
        "headline",
        minutes=4,
        objective=4,
        options={
            "A": "A monitor found every downloader of the film within two weeks",
            "B": "Some of the addresses listed sent a monitor a verified piece",
            "C": "Two weeks of monitoring show that every address listed shared the film",
            "D": "Some of the subscribers listed sent a monitor pieces of the film",
        },
        because={
            "A": "The log has one poll an hour, and ten contacts each. Whoever came and went in between, or "
            "was never drawn, is not in it.",
            "C": "Most addresses were only ever listed, and an address can be on a list without ever having "
            "joined.",
            "D": "One step too many: the pieces came from addresses. Who sat there, the subscriber or "
            "somebody else, is not in the log.",
        },
        hints=[
            "Which rung does each headline need, and which rung has every address in the table?",
            "Take each headline word by word. Of whom does it speak, of how many, and what do they do? Where "
            "is that in the log?",
        ],
        why="It names the rung and says some; neither persons nor the rest of the film come into it.",
    ),
    Function(
        "precision_from",
        minutes=15,
        objective=2,
        stretch=True,
        cases=_tries,
        hints=[
            'Keep the records with records["evidence"] >= rung: in this table evidence knows its order.',
            "The share that was there is the mean of present among the records that are kept.",
            "Where none is kept there is no mean: count the rows with `len(kept)`, and if it is 0, return "
            "0.0 first.",
        ],
        mistakes=[
            *_of(
                lambda records, rung: records[records["evidence"] == rung]["present"],
                "You keep only the records of this rung; those above it count too.",
            ),
            *_of(
                lambda records, rung: records[records["evidence"] > rung]["present"],
                "You leave out the records of the rung itself: at least means >=.",
            ),
            *_of(
                lambda records, rung: records[records["evidence"] <= rung]["present"],
                "You keep the rungs up to this one; from this rung on means >=.",
            ),
            *_of(
                lambda records, _: records[records["evidence"] >= "bitfield"]["present"],
                "It answers for bitfield, whichever rung it is asked about: compare with `rung`.",
            ),
            *_of(
                lambda records, rung: records[records["evidence"] >= rung]["peer"].notna(),
                "Somebody who had left has a peer too, and was not there: use present.",
            ),
            *_of(
                lambda records, rung: 100 * records[records["evidence"] >= rung]["present"],
                "This is a percentage; the share lies between 0 and 1.",
            ),
            Mistake(
                lambda _: lambda records, rung: int(records[records["evidence"] >= rung]["present"].sum()),
                "This counts those who were there; their share is asked: the mean.",
            ),
            *_of(
                lambda records, rung: records["evidence"] >= rung,
                "This is the share of the list that is left from this rung on; of those left, who was there?",
            ),
            *_of(
                lambda records, rung: (records["evidence"] >= rung) & records["present"],
                "You divide by the whole list; only the records that are kept belong below the line.",
            ),
            Mistake(
                lambda data: lambda records, rung: _precision(swarm.strongest(data["log"]), rung),
                "It knows only the table shown here. It is tried on others as well: work the share out from "
                "the `records` it is given.",
            ),
            Mistake(
                lambda _: (
                    lambda records, rung: (
                        records[records["evidence"] >= rung]["present"].mean() if len(records) else 0.0
                    )
                ),
                "The table may hold records and none of them reach the rung: ask whether `kept` is empty.",
            ),
            Mistake(
                lambda _: lambda records, rung: records[records["evidence"] >= rung]["present"].mean(),
                "Without any record it gives no number: return 0.0 there.",
            ),
        ],
        why="Precision is bought rung by rung, and paid for with addresses that drop out.",
    ),
]


def _mean(answers: pd.Series) -> float:
    return float(answers.mean()) if len(answers) else 0.0


def _precision(records: pd.DataFrame, rung: str) -> float:
    return _mean(records[records["evidence"] >= rung]["present"])
