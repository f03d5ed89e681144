"""Exercise 01: peers on a list, pieces sent, lines behind addresses; what an exchange of pieces proves."""

import hashlib
import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from traceblock import cases, network, swarm
from traceblock.exercises.kinds import Choice, Function, Number, Table
from traceblock.exercises.question import Data, Mistake, Question

PIECES = 60
_HASH = 20  # bytes of a SHA-1
_HALF = 0.5
_ISP = cases.fact("cobbler", "isp").value
_ADDRESSES = cases.fact("cobbler", "addresses_found").value
_INSTANCES = cases.fact("cobbler", "oregon_instances_low", "disputed").value


def data(variant: int) -> dict[str, Any]:
    """Return a tracker's answer, a viewer's progress, a swarm in one city, and pieces with their hashes.

    ``reply``
        bytes, six a peer (BEP 23).
    ``progress``
        As from `traceblock.swarm.progress`, of a viewer who fetches the rarest pieces first.
    ``peers``
        As from `traceblock.swarm.simulate`, the addresses as text.
    ``received``, ``hashes``
        A list of pieces (bytes), and the SHA-1 of each piece as the torrent has it, one after another
        (BEP 3). Two pieces that are no neighbours have changed places, and two are damaged.
    """
    rng = np.random.default_rng([1, variant])
    received, hashes = _pieces(rng)
    return {
        "reply": _reply(rng),
        "progress": _progress(int(rng.integers(2**32))),
        "peers": _city(int(rng.integers(2**32))),
        "received": received,
        "hashes": hashes,
    }


def _reply(rng: np.random.Generator) -> bytes:
    peers = np.empty(rng.integers(7, 10), dtype=[("address", ">u4"), ("port", ">u2")])
    peers["address"] = network.from_text("198.18.0.0") + rng.integers(2**17, size=len(peers))
    peers["port"] = rng.integers(1_024, 2**16, size=len(peers))
    return peers.tobytes()


def _progress(seed: int) -> pd.DataFrame:
    """Return the first progress, of seeds from this one on, in which each misreading gives another number."""
    for trial in itertools.count(seed):
        transfers = swarm.exchange("rarest", PIECES, leechers=8, seed=trial, others="random", slots=1)
        progress = swarm.progress(transfers, PIECES)
        if (progress["playable"] >= _HALF).sum() > 2:
            found = [*_readings(progress).values()]
            if len({*found}) == len(found):
                return progress
    raise AssertionError("itertools.count does not end")


def _city(seed: int) -> pd.DataFrame:
    isp = network.Isp("City", subscribers=120, pool="198.18.4.0/24")
    city = network.build([isp], "2015-06-01", days=30, seed=seed)
    release = swarm.Release(
        downloaders=40, decay_days=10, days=30, session_hours=3, session_shape=0.6, sessions=2
    )
    peers = swarm.simulate(city, release, seed)
    return peers.assign(address=network.to_text(peers["address"]))


def _pieces(rng: np.random.Generator) -> tuple[list[bytes], bytes]:
    pieces = [b"take %d" % take for take in rng.choice(range(100, 1_000), 8, replace=False)]
    hashes = b"".join(map(_sha1, pieces))
    # The piece at place 0 is whole and in its place; neighbours would pass a check that is one place off.
    first, second = rng.integers([1, 5], [4, 8])
    pieces[first], pieces[second] = pieces[second], pieces[first]
    for place in rng.choice([at for at in range(1, 8) if at not in (first, second)], 2, replace=False):
        pieces[place] = pieces[place].upper()
    return pieces, hashes


def _readings(progress: pd.DataFrame) -> dict[str, float]:
    """Return what is asked in question 2, `right`, and what a hasty reader finds instead."""
    arrived, playable = (progress[progress[share] >= _HALF] for share in ("have", "playable"))
    return {
        "right": int(playable["sent"].iloc[0]),
        "arrived": int(arrived["sent"].iloc[0]),
        "step": int(playable["step"].iloc[0]),
        "step arrived": int(arrived["step"].iloc[0]),
        "row before": int(progress["sent"].iloc[playable.index[0] - 1]),
        "second row": int(playable["sent"].iloc[1]),
        "third row": int(playable["sent"].iloc[2]),
        "at the end": int(progress["sent"].iloc[-1]),
        "half a piece sent": int(progress.loc[progress["sent"] >= _HALF, "sent"].iloc[0]),
        "rows": len(playable),
        "share": float(playable["playable"].iloc[0]),
        "share arrived": float(playable["have"].iloc[0]),
    }


def _misread(reading: str) -> Callable[[Data], float]:
    return lambda data: _readings(data["progress"])[reading]


def _tries(data: Data) -> list[tuple[object, ...]]:
    """Return calls of `verified`: all pieces, some, none, a damaged first one, the first one three times.

    The last one is of pieces that are not shown: all but the third are right.
    """
    received, hashes = data["received"], data["hashes"]
    first, *others = received
    lists = [received, received[:3], [], [first.upper(), *others], [first, first, first]]
    calls: list[tuple[object, ...]] = [(pieces, hashes) for pieces in lists]
    more = [b"one", b"two", b"three", b"four", b"five"]
    return [*calls, (more, b"".join(_sha1(b"3" if piece == b"three" else piece) for piece in more))]


_STOPS = "It looks at the first piece alone: `return` inside the loop ends it. Move it below the loop."
_ONE = "It never gets beyond 1. Does `return` stand inside the loop, or `=+` where `+=` is meant?"
_LAST = "Only the last piece counts: the count begins anew at each piece. Set it to 0 above `for`."

QUESTIONS: list[Question] = [
    Number(
        "listed",
        minutes=3,
        objective=1,
        unit="peers",
        hints=[
            "One peer takes four bytes for its address and two for its port.",
            "The cell above says how many bytes there are. Divide them by the bytes of one peer.",
        ],
        mistakes=[
            Mistake(lambda data: len(data["reply"]), "These are the bytes; how many does one peer take?"),
            Mistake(
                lambda data: len(data["reply"]) / 4,
                "Four bytes are the address alone; its port stands beside it, in two more.",
            ),
            Mistake(
                lambda data: len(data["reply"]) / 2,
                "Two bytes are the port alone; the address before it takes four more.",
            ),
            Mistake(
                lambda data: len(data["reply"].hex()),
                "These are hexadecimal digits; two of them are one byte, and a peer takes six bytes.",
            ),
            Mistake(
                lambda data: len(data["reply"].hex()) / 6,
                "You counted hexadecimal digits; two of them are one byte.",
            ),
        ],
        why="A few bytes of address and port: the tracker has no name to give away.",
    ),
    Number(
        "sent_by_half",
        minutes=4,
        objective=2,
        unit="pieces",
        hints=[
            "`have` is what has arrived, `playable` what can be played without a gap. Which one is asked?",
            "Change one word in the example, and read the column `sent` in the first row.",
        ],
        mistakes=[
            Mistake(
                _misread("arrived"),
                "By then half of the film had arrived. It can be played only where no earlier piece is "
                "missing: look at the column playable.",
            ),
            Mistake(_misread("step"), "That is the step; the pieces sent by then stand in the last column."),
            Mistake(
                _misread("step arrived"),
                "That is the step at which half had arrived. Asked are the pieces sent, and the row at "
                "which half can be played.",
            ),
            Mistake(_misread("row before"), "One row too early: less than half can be played there."),
            Mistake(_misread("second row"), "That is the second row; half could be played in the first."),
            Mistake(_misread("third row"), "That is the third row; half could be played in the first."),
            Mistake(_misread("at the end"), "That is the last row of all, when everybody has the film."),
            Mistake(
                _misread("half a piece sent"),
                "That asks when half a piece had been sent: put playable in the place of have.",
            ),
            Mistake(_misread("rows"), "That counts rows; the pieces sent stand in the last column."),
            Mistake(_misread("share"), "That is the share that can be played; the pieces sent are asked."),
            Mistake(_misread("share arrived"), "That is the share that arrived; the pieces sent are asked."),
        ],
        why="Whether the film can be played yet or not: pieces go out as soon as others miss them.",
    ),
    Number(
        "lines",
        minutes=4,
        objective=3,
        unit="lines",
        hints=[
            "A line is an internet subscription. Which column of the table says whose it is?",
            'The example counts the different values of the column "address". Only that word changes.',
        ],
        mistakes=[
            Mistake(
                lambda data: data["peers"]["address"].nunique(),
                "These are the addresses; a line had several of them, one after another.",
            ),
            Mistake(
                lambda data: data["peers"]["person"].nunique(),
                "These are the people; two of one household share a line.",
            ),
            Mistake(
                lambda data: len(data["peers"]),
                "These are all rows; a line that comes back has several of them.",
            ),
        ],
        why="An ISP can name the subscriber of a line at best; who else used it is not in its books.",
    ),
    Table(
        "by_downloader",
        minutes=8,
        objective=3,
        hints=[
            "The example counts downloaders for each line. Here the rows are downloaders: which column "
            "goes into groupby?",
            "In the brackets behind groupby stands what is counted: different addresses. If the result is no "
            "table, put `as_index=False` into groupby, as in the example.",
            'groupby("…", as_index=False)["…"].nunique(), with the two columns that are asked.',
        ],
        mistakes=[
            Mistake(
                lambda data: data["peers"].groupby("peer", as_index=False)["address"].count(),
                "This counts rows. Whoever came back to the same address has two rows and one address: "
                "count different values.",
            ),
            Mistake(
                lambda data: data["peers"].groupby("subscriber", as_index=False)["address"].nunique(),
                "The rows are lines; a row for each downloader is asked.",
            ),
            Mistake(
                lambda data: data["peers"].groupby("subscriber", as_index=False)["peer"].nunique(),
                "This is the example unchanged, the downloaders on each line. Asked are the addresses of "
                "each downloader.",
            ),
            Mistake(
                lambda data: data["peers"].groupby("address", as_index=False)["peer"].nunique(),
                "This counts the downloaders of each address. Asked is the other way round.",
            ),
        ],
        why="Whoever only has the addresses counts some of these people several times.",
    ),
    Choice(
        "headline",
        minutes=4,
        objective=4,
        options={
            "A": f"{_ADDRESSES} people were caught watching The Cobbler on Popcorn Time",
            "B": f"{_ADDRESSES} customers of {_ISP} passed on pieces of The Cobbler",
            "C": f"More than {_INSTANCES:,} people in Oregon downloaded The Cobbler",
            "D": f"Monitor records pieces of The Cobbler from {_ADDRESSES} addresses",
        },
        because={
            "A": "Pieces were exchanged. Who looks at them, or whether anybody does, leaves no trace in a "
            "swarm; and an address is not a person.",
            "B": "Pieces were passed on, but a monitor sees addresses. From an address to a customer is one "
            "step too many: whoever pays for a line need not be the one who used it.",
            "C": "Instances are not people: one hundred people can leave thousands of sightings. And the "
            "figure is a claim of the complaint.",
        },
        hints=[
            "Ask of each headline what was counted: people, lines, addresses, or sightings.",
            "Then look at its verb: which of them can be seen from inside a swarm?",
        ],
        why="It counts addresses as addresses, claims pieces and no viewing, and says who recorded them.",
    ),
    Function(
        "verified",
        minutes=15,
        objective=1,
        stretch=True,
        cases=_tries,
        hints=[
            "Go through the pieces with their places: for place, piece in enumerate(received).",
            "The hash of the piece at a place begins at byte 20 * place and is 20 bytes long.",
            "Start with count = 0, add 1 where the two hashes are equal, and return count.",
        ],
        mistakes=[
            Mistake(
                lambda _: _found_anywhere,
                "A right piece in a wrong place counts here; compare it with the hash of its own place.",
            ),
            Mistake(
                lambda _: _against_the_first,
                "Every piece is compared with the first hash; each has one of its own, 20 bytes further on.",
            ),
            Mistake(
                lambda _: _none_of_them,
                "No piece passes. Compare `hashlib.sha1(piece).digest()`, and cut from `20 * place` to "
                "`20 * place + 20`: hexdigest() would give text, and another cut another hash.",
            ),
            Mistake(lambda _: _stops_at_the_first, _STOPS),
            Mistake(lambda _: _one_at_most, _ONE),
            Mistake(lambda _: lambda *given: _one_at_most(*given) or None, _ONE),
            Mistake(lambda _: _last_alone, _LAST),
            Mistake(lambda _: lambda pieces, hashes: _last_alone(pieces, hashes) if pieces else 0, _LAST),
            Mistake(
                lambda _: _up_to_the_first_wrong_one,
                "It stops at the first piece that does not pass, and others come after it: go through all.",
            ),
            Mistake(
                lambda _: _cut_at_the_place,
                "Only the piece at place 0 can pass: cut the hash of a place from `20 * place` to "
                "`20 * place + 20`.",
            ),
            Mistake(lambda _: _all_of_them, "This counts all that arrived, damaged or not."),
            Mistake(
                lambda _: lambda received, hashes: len(hashes) // _HASH,
                "This counts the hashes; the received pieces that pass are asked.",
            ),
            Mistake(
                lambda _: _wrong_ones, "This counts the pieces that do not pass; those that do are asked."
            ),
        ],
        why="So a client knows what to keep: the torrent vouches for the data, whoever sent them.",
    ),
]


def _sha1(piece: bytes) -> bytes:
    return hashlib.sha1(piece).digest()


def _found_anywhere(received: Sequence[bytes], hashes: bytes) -> int:
    return sum(_sha1(piece) in hashes for piece in received)


def _against_the_first(received: Sequence[bytes], hashes: bytes) -> int:
    return sum(_sha1(piece) == hashes[:_HASH] for piece in received)


def _stops_at_the_first(received: Sequence[bytes], hashes: bytes) -> int | None:
    return int(_sha1(received[0]) == hashes[:_HASH]) if received else None


def _one_at_most(received: Sequence[bytes], hashes: bytes) -> int:
    return min(len(_places(received, hashes)), 1)


def _last_alone(received: Sequence[bytes], hashes: bytes) -> int:
    for place, piece in enumerate(received):
        count = int(_sha1(piece) == hashes[_HASH * place : _HASH * (place + 1)])
    return count  # of no pieces there is none: an error, as in the student's function


def _up_to_the_first_wrong_one(received: Sequence[bytes], hashes: bytes) -> int:
    wrong = set(range(len(received) + 1)) - set(_places(received, hashes))
    return min(wrong)


def _cut_at_the_place(received: Sequence[bytes], hashes: bytes) -> int:
    return sum(_sha1(piece) == hashes[place : place + _HASH] for place, piece in enumerate(received))


def _places(received: Sequence[bytes], hashes: bytes) -> list[int]:
    hashed = enumerate(map(_sha1, received))
    return [place for place, one in hashed if one == hashes[_HASH * place : _HASH * (place + 1)]]


def _none_of_them(received: Sequence[bytes], hashes: bytes) -> int:
    return 0


def _all_of_them(received: Sequence[bytes], hashes: bytes) -> int:
    return len(received)


def _wrong_ones(received: Sequence[bytes], hashes: bytes) -> int:
    return len(received) - len(_places(received, hashes))
