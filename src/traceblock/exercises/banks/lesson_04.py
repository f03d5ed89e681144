"""Exercise 04: look up records in an ISP's log; mend a clock; count candidates; judge what names say."""

import math
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np
import pandas as pd

from traceblock import isp, network, swarm
from traceblock.exercises.kinds import Choice, Function, Number, Table
from traceblock.exercises.question import Data, Mistake, Question
from traceblock.files import course_file

_AHEAD = "25min"  # the clock of the file
_TWICE = "-50min"  # its error taken off twice
_Holder = Callable[[pd.DataFrame, str, pd.Timestamp], object]
_SHOWN = ("2010-06-08 00:10", "2010-06-10 00:10")  # of the file; the example counts it


def data(variant: int) -> dict[str, Any]:
    """Return a small log to read, the files of the course's sample, and a log of shared addresses.

    ``book`` is a log of two addresses (text) with a gap in each, ``record`` a time, an address and a port at
    the second at which one lease ends and the next one starts. ``monitor_file`` and ``lease_file`` are the
    samples in data/, ``span`` the bounds of two days in them. ``leases`` and ``seen`` are of
    one ISP whose lines share addresses, and whose log does not go back as far as the records. ``pool`` is a
    number of addresses.
    """
    rng = np.random.default_rng([4, variant])
    book = _book(rng)
    moved = book.iloc[int(rng.integers(1, 3))]
    world = network.build(
        [network.Isp("North", 600, "198.18.0.0/24", sharing=4)], "2023-03-01", days=6, seed=variant
    )
    peers = swarm.simulate(world, swarm.Release(80, 2, 6, session_hours=4, session_shape=0.6), seed=variant)
    log = swarm.observe(peers, swarm.Monitor(every="2h", ports=True), seed=variant)
    return {
        "book": book,
        "record": pd.Series({"time": moved["start"], "address": moved["address"], "port": 51413}),
        "monitor_file": course_file("data", "monitor_log.csv"),
        "lease_file": course_file("data", "lease_log.csv"),
        "span": _telling_span(rng),
        "leases": world.leases[world.leases["end"] > pd.Timestamp("2023-03-03", tz="UTC")],
        "seen": log[["time", "address", "port"]],
        "pool": int(rng.choice([2_000, 5_000, 8_000, 15_000, 40_000])),
    }


def _book(rng: np.random.Generator) -> pd.DataFrame:
    """Return four leases a day long of each of two addresses, the last one after a gap."""
    lines = rng.choice(np.arange(100, 1_000), 8, replace=False)
    rows = []
    for address, of_address in zip(("198.18.0.7", "198.18.0.8"), (lines[:4], lines[4:]), strict=True):
        start = pd.Timestamp("2023-03-06", tz="UTC") + pd.Timedelta(int(rng.integers(3_600, 80_000)), "s")
        for number, line in enumerate(of_address):
            start += pd.Timedelta("40min") if number == 3 else pd.Timedelta(0)
            rows.append((address, int(line), start, start := start + pd.Timedelta("24h")))
    return pd.DataFrame(rows, columns=["address", "subscriber", "start", "end"])


def _neighbour(data: Data, step: int) -> int:
    """Return who held the record's address before the one who held it then, or after."""
    book = data["book"]
    place = int(np.flatnonzero(book["start"] == data["record"]["time"])[0])
    return int(book["subscriber"].iloc[place + step])


def _elsewhere(data: Data) -> int:
    """Return who held the other address at the record's time, or soonest after."""
    others = data["book"][data["book"]["address"] != data["record"]["address"]]
    return int(others.loc[others["end"] > data["record"]["time"], "subscriber"].iloc[0])


def _other(data: Data, number: int) -> int:
    """Return one of the four lines in the book that are none of these, nor the one that is asked."""
    told = {*(_neighbour(data, step) for step in (-1, 0, 1)), _elsewhere(data)}
    return [int(line) for line in data["book"]["subscriber"] if line not in told][number]


@cache
def _answers(correction: str) -> pd.DataFrame:
    """Return the file's records attributed with the clock corrected like that."""
    records = pd.read_csv(course_file("data", "monitor_log.csv"), parse_dates=["time"])
    leases = pd.read_csv(course_file("data", "lease_log.csv"), parse_dates=["start", "end"])
    for table in (records, leases):
        table["address"] = network.from_text(table["address"])
    return isp.attribute(records, leases, correction)


def _of(span: tuple[str, str], correction: str, shift: str = "0s") -> pd.DataFrame:
    """Return the answers of a span by the time as recorded, or by that time plus a shift."""
    answers = _answers(correction)
    of_span: pd.DataFrame = answers[(answers["time"] + pd.Timedelta(shift)).between(*span)]
    return of_span


def _lines(span: tuple[str, str], correction: str = f"-{_AHEAD}", shift: str = "0s") -> int:
    return int(_of(span, correction, shift)["subscriber"].nunique())


@cache
def _readings(span: tuple[str, str]) -> dict[str, int]:
    """Return what is asked in question 2, `right`, and what a hasty reader counts instead."""
    mended = _of(span, f"-{_AHEAD}")
    return {
        "right": int(mended["subscriber"].nunique()),
        "doubled": _lines(span, _AHEAD),
        "unmended": _lines(span, "0s"),
        "taken off twice": _lines(span, _TWICE),
        "hours": _lines(span, "-25h"),
        "by the mended time": _lines(span, shift=f"-{_AHEAD}"),
        "with <NA>": len(mended["subscriber"].unique()),
        "unmended, with <NA>": len(_of(span, "0s")["subscriber"].unique()),
        "records with a name": int(mended["subscriber"].count()),
        "records": len(mended),
        "addresses": int(mended["address"].nunique()),
        "addresses with a name": int(mended.dropna(subset="subscriber")["address"].nunique()),
        "span of the example": _lines(_SHOWN),
        "two weeks": int(_answers(f"-{_AHEAD}")["subscriber"].nunique()),
    }


def _misread(reading: str) -> Callable[[Data], int]:
    return lambda data: _readings(data["span"])[reading]


def _telling_span(rng: np.random.Generator) -> tuple[str, str]:
    """Return a span of two days, at random, in which every misreading of question 2 gives another number.

    The polls of the file are on the hour, and 25 minutes past it by the monitor's clock: from 00:10 to 00:10
    the mended times hold other polls than the recorded ones.
    """
    bounds = pd.date_range("2010-06-05 00:10", "2010-06-14 22:10", freq="1h").strftime("%Y-%m-%d %H:%M")
    for begin in rng.permutation(len(bounds) - 48):
        span = bounds[begin], bounds[begin + 48]
        numbers = [*_readings(span).values()]
        if span != _SHOWN and len({*numbers}) == len(numbers):
            return span
    raise AssertionError("the file has such spans")


def _found(data: Data, **how: Any) -> pd.DataFrame:
    return isp.attribute(data["seen"], data["leases"], **how)


def _counted(answers: pd.DataFrame) -> pd.DataFrame:
    return answers.groupby("candidates", as_index=False).size()


def _first_pair(pool: int) -> int:
    """Return from how many sightings on one pair is expected: n(n - 1) / 2M >= 1."""
    return math.ceil(0.5 + math.sqrt(0.25 + 2 * pool))


def _tries(data: Data) -> list[tuple[object, ...]]:
    """Return calls of `holder`: in leases, on their bounds, in the gap, outside, and of no such address.

    The last ones are of two logs that are not shown, so that nobody types the names off.
    """
    book = data["book"]
    second = pd.Timedelta("1s")
    times = [*(book["start"].iloc[:4]), book["start"].iloc[1] - second, book["start"].iloc[0] - second]
    times += [book["end"].iloc[2], book["end"].iloc[2] + pd.Timedelta("10min"), book["end"].iloc[3]]
    calls: list[tuple[object, ...]] = [(book, "198.18.0.7", time) for time in times]
    calls += [(book, "198.18.0.8", time + pd.Timedelta("2h")) for time in book["start"].iloc[4:]]
    calls.append((book, "198.18.0.9", book["start"].iloc[1]))
    other = book.assign(subscriber=book["subscriber"].to_numpy()[::-1]).iloc[::-1].reset_index(drop=True)
    calls += [(other, "198.18.0.8", time + second) for time in book["start"].iloc[4:]]
    return [*calls, (other.head(0), "198.18.0.7", book["start"].iloc[0])]


def _first(rows: pd.DataFrame) -> int | None:
    return int(rows["subscriber"].iloc[0]) if len(rows) else None


def _holds(book: pd.DataFrame, time: pd.Timestamp) -> "pd.Series[bool]":
    return (book["start"] <= time) & (time < book["end"])


def _rows(book: pd.DataFrame, address: str, time: pd.Timestamp) -> pd.DataFrame:
    return book[(book["address"] == address) & _holds(book, time)]


def _held(book: pd.DataFrame, address: str, time: pd.Timestamp) -> int | None:
    return _first(_rows(book, address, time))


def _holder(holds: Callable[[pd.DataFrame, pd.Timestamp], "pd.Series[bool]"]) -> _Holder:
    """Return a function like the one asked, which takes another condition on start and end."""
    return lambda book, address, time: _first(book[(book["address"] == address) & holds(book, time)])


def _only_begun(first: bool) -> Callable[[Data], _Holder]:
    """Return a mistake: of all leases that had begun, the first or the last, also when it is over."""

    def holder(book: pd.DataFrame, address: str, time: pd.Timestamp) -> int | None:
        begun = book[(book["address"] == address) & (book["start"] <= time)]
        return _first(begun if first else begun.iloc[::-1])

    return lambda _: holder


_END = "You do not compare the end: a lease that is over holds the address no longer."
_NOBODY = "Where nobody held the address no row is left, and this raises an error: return None there."

QUESTIONS: list[Question] = [
    Number(
        "named",
        minutes=4,
        objective=1,
        hints=[
            "Two things must fit: the address of the row, and the time, which must lie in the lease.",
            "A lease holds from its start up to, not including, its end. Compare to the second.",
        ],
        mistakes=[
            Mistake(
                lambda data: _neighbour(data, -1),
                "That lease ends at this very second, and its end no longer belongs to it.",
            ),
            Mistake(
                lambda data: _neighbour(data, 1),
                "That lease of this address begins later than the record: look at the day again.",
            ),
            Mistake(_elsewhere, "That is another address: compare it to the last digit."),
            Mistake(
                lambda data: int(np.flatnonzero(data["book"]["start"] == data["record"]["time"])[0]),
                "That is the number of the row; its subscriber is asked.",
            ),
            Mistake(
                lambda data: data["record"]["port"],
                "That is the port of the record; the subscriber is asked.",
            ),
            *(
                Mistake(
                    partial(_other, number=number),
                    "That row does not fit: compare its address, its start and its end with the record.",
                )
                for number in range(4)
            ),
        ],
        why="Half-open: no second belongs to two lines, so the look-up has one answer at most.",
    ),
    Number(
        "lines",
        minutes=8,
        objective=2,
        unit="lines",
        hints=[
            "Copy the three rows of the example. Three things change: the correction, and the two times.",
            "The correction is added to the recorded times. What must be added to a time that is too late?",
            "The correction is the error with the opposite sign, in minutes and in quotation marks.",
            "If lines is not a number: unique() lists the lines, nunique() counts them.",
        ],
        mistakes=[
            Mistake(
                _misread("doubled"),
                "That doubles the error: the correction is added, and these times are too late already.",
            ),
            Mistake(
                _misread("unmended"),
                "Right days, but the clock is not mended: with '0min' the times stay as they were recorded.",
            ),
            Mistake(
                _misread("taken off twice"),
                "The sign is right, but the error is taken off twice: the clock is 25 minutes ahead.",
            ),
            Mistake(_misread("hours"), "Hours instead of minutes: the clock is 25 minutes ahead."),
            Mistake(
                _misread("by the mended time"),
                "The two days are cut out by the mended time; take them by the time as it was recorded.",
            ),
            Mistake(
                _misread("with <NA>"),
                "This counts <NA> as one line more, and it is no line: nunique() passes over it.",
            ),
            Mistake(
                _misread("unmended, with <NA>"),
                "The clock is not mended, and <NA> is counted as a line: nunique() passes over it.",
            ),
            Mistake(
                _misread("records with a name"),
                "These are the records that name somebody; a line may be named by several of them.",
            ),
            Mistake(_misread("records"), "These are all records of the two days, also those without a name."),
            Mistake(
                _misread("addresses"),
                "These are addresses, also the other ISP's, of which this log knows nothing.",
            ),
            Mistake(
                _misread("addresses with a name"),
                "These are the addresses that led to a line; one line may have had two of them.",
            ),
            Mistake(
                _misread("span of the example"),
                "Those are the two days of the example; yours are in the cell above.",
            ),
            Mistake(
                _misread("two weeks"),
                "This counts the lines of two weeks; keep the rows of the two days that are asked.",
            ),
        ],
        why="An error that is known can be taken off. An unknown one leaves a list that looks as good.",
    ),
    Table(
        "by_candidates",
        sort_by="candidates",
        minutes=8,
        objective=3,
        hints=[
            "Look the records up as above, but with use_port=False: then all who shared the address count.",
            'Then group by "candidates" with as_index=False, and count with size().',
            "Keep the rows with 0 candidates: a record that names nobody is still a record.",
        ],
        mistakes=[
            Mistake(
                lambda data: _counted(_found(data)),
                "This is with the port; the question asks what is left without it.",
            ),
            Mistake(
                lambda data: _counted(_found(data, use_port=False).query("candidates > 0")),
                "The records that name nobody are missing: an unknown answer is an answer too.",
            ),
            Mistake(
                lambda data: _counted(_found(data, use_port=False).drop_duplicates("address")),
                "This counts addresses, one record of each; all records are asked.",
            ),
            Mistake(
                lambda data: _counted(_found(data, use_port=False)).assign(
                    size=lambda table: table["size"] / table["size"].sum()
                ),
                "These are shares; the number of records is asked.",
            ),
            Mistake(
                lambda data: (
                    _found(data, use_port=False)
                    .groupby("candidates", as_index=False)
                    .agg(size=("subscriber", "count"))
                ),
                "count() leaves out the rows that name no single line; size() counts them all.",
            ),
        ],
        why="Few records still name one line. The port would have named it, and cannot be added later.",
    ),
    Number(
        "sightings",
        minutes=5,
        objective=3,
        unit="sightings",
        hints=[
            "Double the number until the expected pairs have passed 1, then go back in small steps.",
            "Look for the first number that passes: with one sighting less it must still be below 1.",
        ],
        mistakes=[
            Mistake(
                lambda data: _first_pair(data["pool"]) - 1,
                "Just too few: with this number less than one pair is expected.",
            ),
            Mistake(
                lambda data: _first_pair(data["pool"]) + 1,
                "Just too many: with one sighting less, one pair is expected already.",
            ),
            Mistake(lambda _: 10, "That is the example: far less than one pair is expected of ten."),
            Mistake(
                lambda data: data["pool"],
                "As many sightings as addresses: but every sighting can pair with every other one.",
            ),
            Mistake(
                lambda data: data["pool"] + 1,
                "From there on a repeat is certain; it is expected much earlier.",
            ),
            Mistake(
                lambda data: math.ceil(math.sqrt(data["pool"])),
                "That is the root of the pool, where half a pair is expected.",
            ),
            Mistake(
                lambda data: swarm.coincidences(_first_pair(data["pool"]), data["pool"]),
                "That is the expected number of pairs; the number of sightings is asked.",
            ),
        ],
        why="It grows with the square of the list: a long list has repeats by chance, a short one has none.",
    ),
    Choice(
        "headline",
        minutes=4,
        objective=4,
        options={
            "A": "For most of these records an ISP's log names the people who shared the file",
            "B": "For most of these records a log names a line, if the times are right",
            "C": "A quarter of the addresses are forged, for the ISP knows nothing of them",
            "D": "Every line that is named is the right one, since the ISP's clock is right",
        },
        because={
            "A": "The log has lines and their subscribers. Who used a line, and whether anything was shared, "
            "is not in it.",
            "C": "Unknown means that the log has no lease for that time: this one does not go back far "
            "enough. It says nothing of the address.",
            "D": "Two clocks meet in a look-up. The monitor's is ahead, and some names change with it.",
        },
        hints=[
            "What is in a row of the lease log, and what is not?",
            "Why might a record name nobody? And what would have to be right for a name to be right?",
        ],
        why="It says for how many, names a line instead of a person, and says on what it rests.",
    ),
    Function(
        "holder",
        minutes=20,
        objective=1,
        stretch=True,
        cases=_tries,
        hints=[
            "Keep the rows that fit: the address, the start, and the end. `&` joins three conditions.",
            'A lease has begun if book["start"] <= time. At its end it is over: time < book["end"].',
            'If len(rows) == 0, return None; else the first value: rows["subscriber"].iloc[0].',
        ],
        mistakes=[
            Mistake(
                lambda _: _holder(lambda rows, time: (rows["start"] <= time) & (time <= rows["end"])),
                "At the second of its end a lease is over: the end does not belong to it.",
            ),
            Mistake(
                lambda _: _holder(lambda rows, time: (rows["start"] < time) & (time < rows["end"])),
                "At the second of its start a lease holds already: the start belongs to it.",
            ),
            Mistake(
                lambda _: _holder(lambda rows, time: (rows["start"] < time) & (time <= rows["end"])),
                "The wrong way round: the start belongs to a lease, and its end does not.",
            ),
            Mistake(
                lambda _: lambda book, address, time: _first(book[_holds(book, time)]),
                "You do not compare the address: at any time somebody holds some address.",
            ),
            Mistake(_only_begun(first=True), _END),
            Mistake(_only_begun(first=False), _END),
            Mistake(
                lambda _: _holder(lambda rows, time: time < rows["end"]),
                "You do not compare the start: the lease may begin later than the time that is asked.",
            ),
            Mistake(
                lambda data: lambda book, address, time: _held(data["book"], address, time),
                "It knows only the log shown here. It is tried on others as well: look into the `book` it is "
                "given.",
            ),
            Mistake(
                lambda _: lambda book, address, time: _rows(book, address, time)["subscriber"].iloc[0],
                _NOBODY,
            ),
            Mistake(
                lambda _: lambda book, address, time: _rows(book, address, time)["subscriber"].item(),
                _NOBODY,
            ),
            Mistake(
                lambda _: lambda book, address, time: _held(book, address, time) or 0,
                "0 would be a subscriber; where nobody held the address, return None.",
            ),
            Mistake(
                lambda _: lambda book, address, time: _held(book, address, time) or "None",
                'None stands without quotation marks: "None" is a text.',
            ),
            Mistake(
                lambda _: lambda book, address, time: len(_rows(book, address, time)),
                "This counts the rows that fit; their subscriber is asked.",
            ),
        ],
        why="Three conditions and one honest None: this is all that stands between an address and a name.",
    ),
]
