"""From subscriber to person: who used the line that a contract names?"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from traceblock import arguments
from traceblock.chance import stream
from traceblock.memory import refuse_too_large

#: Who may have used a line.
USERS = ("the subscriber", "another in the household", "somebody outside")
_BYTES_A_DOWNLOAD = 45  # at the peak, measured


@dataclass(frozen=True)
class Use:
    """How often each person who can use a line downloads, as rates: only their ratios matter.

    No study gives these rates: they are parameters, and equal by default, which says nothing for or against
    anybody.

    Parameters
    ----------
    subscriber, other, outsider : float
        Rate of the subscriber, of each other member of the household, and of each person outside it.
    outsiders : int
        People outside the household who can use Wi-Fi that lets anybody in.

    Raises
    ------
    ValueError
        If a parameter is out of its range.
    """

    subscriber: float = 1.0
    other: float = 1.0
    outsider: float = 1.0
    outsiders: int = 3

    def __post_init__(self) -> None:
        """Refuse what no line can be."""
        for name in ("subscriber", "other", "outsider"):
            arguments.between(name, getattr(self, name), high=arguments.MOST)
        arguments.whole("outsiders", self.outsiders)


def shares(people: int, open_wifi: float = 0.0, use: Use | None = None) -> pd.DataFrame:
    """Return what share of the downloads over a line each of its users makes, if nothing else is known.

    For n people in the household and k outside, with the rates s, o and g of `Use` and Wi-Fi open with the
    chance w: s, (n − 1)·o and w·k·g, each over their sum. It assumes that everybody downloads independently,
    at a rate of their own: the chance that one of several independent Poisson processes has the next event
    is its share of all their rates.

    Parameters
    ----------
    people : int
        In the household with the subscriber, 1 or more; a care home may have dozens.
    open_wifi : float
        Chance that the Wi-Fi lets anybody in; False or True where it is known.
    use : Use, optional

    Returns
    -------
    DataFrame
        ``user`` (categorical: see `USERS`), ``share`` (they sum to 1).

    Raises
    ------
    ValueError
        If an argument is out of its range, or nobody on the line would ever download.
    """
    use = Use() if use is None else arguments.instance("use", use, Use)
    others = arguments.whole("people", people, low=1) - 1
    known = isinstance(open_wifi, bool | np.bool)
    opened = arguments.between("open_wifi", int(open_wifi) if known else open_wifi, high=1)
    rates = np.array([use.subscriber, others * use.other, opened * use.outsiders * use.outsider])
    if not rates.any():
        raise ValueError(
            f"use={use!r}: nobody on a line of {people} would ever download; give somebody a rate above 0"
        )
    users = pd.Categorical(USERS, categories=list(USERS))
    return pd.DataFrame({"user": users, "share": rates / rates.sum()})


def subscriber_did(people: int, open_wifi: float = 0.0, use: Use | None = None) -> float:
    """Return the chance that a download over a line was the subscriber's own: the first of `shares`.

    With equal rates and closed Wi-Fi it is 1 in the number of people on the line.
    """
    return float(shares(people, open_wifi, use)["share"].iloc[0])


def downloads(subscribers: pd.DataFrame, number: int, seed: int, use: Use | None = None) -> pd.DataFrame:
    """Draw downloads from the lines of an ISP, and say who made each: what no log of leases shows.

    Parameters
    ----------
    subscribers : DataFrame
        As in a `Network`: ``subscriber``, ``people``, ``open_wifi``.
    number : int
        How many downloads; a line comes as often as its people's rates say.
    seed : int
    use : Use, optional

    Returns
    -------
    DataFrame
        ``subscriber``, ``people``, ``open_wifi`` as in the table given, and ``user`` (categorical: see
        `USERS`), in the order drawn.

    Raises
    ------
    ValueError
        If a column is missing, a value or an argument is out of its range, nobody would ever download, or the
        table would not fit into memory.
    """
    use = Use() if use is None else arguments.instance("use", use, Use)
    arguments.columns("subscribers", subscribers, ("subscriber", "people", "open_wifi"))
    number = arguments.whole("number", number, high=math.inf)
    remedy = "give a smaller number of downloads."
    refuse_too_large("the table of downloads", number, _BYTES_A_DOWNLOAD, remedy)
    rng = stream(seed, "downloads")
    people, opened = arguments.wholes("subscribers", subscribers, "people"), subscribers["open_wifi"]
    arguments.rows("subscribers", subscribers, people < 1, "have nobody in people; the subscriber is one")
    unclear = ~opened.isin([True, False])
    arguments.rows("subscribers", subscribers, unclear, "have an open_wifi that is neither True nor False")
    rates = np.column_stack(
        (
            np.full(len(people), use.subscriber),
            (people - 1) * use.other,
            opened.to_numpy(bool) * use.outsiders * use.outsider,
        )
    )
    edges = np.cumsum(rates)
    if not (len(edges) and edges[-1] > 0):
        raise ValueError(f"use={use!r}: nobody on these lines would ever download; give a rate above 0")
    line, user = np.divmod(np.searchsorted(edges, rng.random(number) * edges[-1], side="right"), len(USERS))
    known: pd.DataFrame = subscribers[["subscriber", "people", "open_wifi"]]
    drawn = known.take(line).reset_index(drop=True)
    drawn["user"] = pd.Categorical.from_codes(user, list(USERS))  # type: ignore[call-overload]
    return drawn
