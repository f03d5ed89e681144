"""Exercise 06: how long a list takes, what an old log gives, who issues what, and who is named in time."""

from collections.abc import Callable
from math import ceil, floor
from typing import Any

import numpy as np
import pandas as pd

from traceblock import cases, isp
from traceblock.exercises.kinds import Choice, Function, Number, Table
from traceblock.exercises.question import Data, Mistake, Question

_ISPS = cases.fact("hurt-locker", "isps_cooperating_share").value
_MONTH = 30.4375  # days
_OF = "Lakecom"  # the ISP of question 1


def data(variant: int) -> dict[str, Any]:
    """Return a made-up list of four ISPs, and what they answer; all of it depends on the variant.

    ``isps``: ``isp``, ``addresses``, ``names_a_month``, ``contests`` (bool). ``records``: the list as from
    `traceblock.isp.attribute`. ``keeps``: days that a log is kept in question 2. ``answers``: ``isp``,
    ``address``, ``state``, ``when`` (when the name was given), each name at the ISP's pace, however late.
    ``needed_by``: the deadline, at the second of which one name is given.
    """
    rng = np.random.default_rng([6, variant])
    sizes = {
        "Eastnet": int(rng.integers(1500, 1800)),
        _OF: int(rng.integers(420, 560)),
        "Hillfibre": int(rng.integers(330, 410)),
        "Portline": int(rng.integers(250, 320)),
    }
    paces = [100, *(int(pace) for pace in rng.choice([35, 45, 55, 65], 3, replace=False))]
    sizes[_OF] += round(0.45 * paces[1]) - sizes[_OF] % paces[1]  # no whole number of months, nor nearly
    responses = {
        name: isp.Response(
            contests=name == "Eastnet",
            names_a_month=pace,
            retention="45D" if name == "Hillfibre" else None,
        )
        for name, pace in zip(sizes, paces, strict=True)
    }
    made = isp.replay.made_up(sizes, "2011-05-01", 120, variant)
    records = isp.attribute(made.observations.drop(columns="truth"), made.network.leases)
    answers = isp.disclose(records, isp.Disclosure("us-512h", responses=responses), variant)
    table = pd.DataFrame(
        {
            "isp": list(sizes),
            "addresses": list(sizes.values()),
            "names_a_month": paces,
            "contests": [response.contests for response in responses.values()],
        }
    )
    asked_for = records["time"].max() + pd.Timedelta("120D")
    return {
        "isps": table,
        "records": records,
        "keeps": int(rng.choice([10, 14, 20])),
        "answers": answers[["isp", "address", "state", "when"]].astype({"isp": "str"}).reset_index(drop=True),
        "needed_by": answers.loc[answers["when"] <= asked_for, "when"].max(),
    }


def _row(data: Data, name: str = _OF) -> "pd.Series[Any]":
    row: pd.Series[Any] = data["isps"].set_index("isp").loc[name]
    return row


def _months(data: Data, name: str = _OF) -> float:
    return float(_row(data, name)["addresses"] / _row(data, name)["names_a_month"])


def _states(data: Data, keeps: str | None = None) -> "pd.Series[int]":
    response = isp.Response(retention=keeps or f"{data['keeps']}D")
    asked = isp.disclose(data["records"], isp.Disclosure("us-512h", otherwise=response), 1)
    return asked["state"].value_counts()


def _in_time(data: Data, counted: "pd.Series[bool]", how: str = "sum") -> pd.DataFrame:
    answers: pd.DataFrame = data["answers"]
    by_isp = answers.assign(in_time=counted).groupby("isp")
    return by_isp.agg(addresses=("address", "size"), in_time=("in_time", how)).reset_index()


def _timely(data: Data) -> "pd.Series[bool]":
    timely: pd.Series[bool] = data["answers"]["when"] <= data["needed_by"]
    return timely


_ROUNDED = "A name that is not finished yet is not given: cut the fraction off, do not round."
_NOT_WHOLE = "Not a whole number: the last month is not a full one. Leave the digits of the division."

QUESTIONS: list[Question] = [
    Number(
        "months_needed",
        minutes=3,
        objective=2,
        unit="months",
        hints=[
            f"Find the row of {_OF} in the table `isps`. Two of its columns are needed.",
            "Copy the example line, and put the addresses of this ISP before the stroke and its names a "
            "month behind it.",
        ],
        mistakes=[
            Mistake(
                lambda data: 1 / _months(data),
                "Upside down: the addresses are divided by the names a month.",
            ),
            Mistake(
                lambda data: _months(data) * _MONTH,
                "That is in days; months are asked.",
            ),
            Mistake(lambda data: _months(data) * 30, "That is in days; months are asked."),
            Mistake(lambda data: _row(data)["addresses"], "Those are its addresses; divide by its pace."),
            Mistake(
                lambda data: _months(data, "Eastnet"),
                f"That is the first row of the table; the row of {_OF} is asked.",
            ),
            Mistake(
                lambda data: data["isps"]["addresses"].sum() / _row(data)["names_a_month"],
                f"That takes the whole list. {_OF} looks up its own subscribers, and no others.",
            ),
            Mistake(
                lambda data: data["isps"]["addresses"].sum() / data["isps"]["names_a_month"].sum(),
                f"That adds up all ISPs; each works through its own addresses. {_OF} alone is asked.",
            ),
            Mistake(lambda _: 600 / 40, "That is the example; put in the two figures of the table."),
            Mistake(lambda data: floor(_months(data)), _NOT_WHOLE),
            Mistake(lambda data: floor(_months(data)) + 1, _NOT_WHOLE),
            Mistake(
                lambda data: _months(data, "Hillfibre"), f"That is Hillfibre; the row of {_OF} is asked."
            ),
            Mistake(lambda data: _months(data, "Portline"), f"That is Portline; the row of {_OF} is asked."),
            Mistake(
                lambda data: 600 / _row(data)["names_a_month"],
                "The addresses are still the example's: put in those of the table.",
            ),
            Mistake(
                lambda data: _row(data)["addresses"] / 40,
                "The names a month are still the example's: put in those of the table.",
            ),
            Mistake(
                lambda data: _row(data)["addresses"] * _row(data)["names_a_month"],
                "Multiplied: the more names a month, the sooner it is done. Divide.",
            ),
        ],
        why="A pace is a division; and this ISP does not even contest.",
    ),
    Number(
        "still_named",
        minutes=4,
        objective=1,
        unit="addresses",
        hints=[
            "Copy the two example lines, and change the days that a log is kept to the number printed above.",
            "Run them. The answer stands beside *named*; *log gone* is another end.",
        ],
        mistakes=[
            Mistake(
                lambda data: len(data["records"]),
                "That counts every address that was asked for. Where the log is gone there is no name.",
            ),
            Mistake(
                lambda data: _states(data)["log gone"],
                "Those are the addresses whose log is gone: the ISP answered, and had no name to give.",
            ),
            Mistake(
                lambda data: _states(data, "60D")["named"],
                "That is the example; change how long a log is kept.",
            ),
            Mistake(
                lambda data: _states(data, "60D")["log gone"],
                "That is the example, and of it the addresses whose log is gone.",
            ),
        ],
        why="Every ISP answered all it could; an old address is no refusal, and no name.",
    ),
    Choice(
        "issued",
        minutes=3,
        objective=3,
        options={
            "A": "A judge has looked at the evidence and found it good enough to name somebody.",
            "B": "The ISP has no choice but to give the names, for the subpoena is an order.",
            "C": "It is an order, and a judge looks at it if somebody asks to quash it.",
            "D": "It was not needed, for a relayed notice brings the studio the same names.",
        },
        because={
            "A": "Look at `issued_by`. A clerk checks the form of the request; no judge has looked.",
            "B": "It must answer, or ask a judge to quash. Look at `conduit`: three circuits hold that this "
            "procedure does not reach an ISP that only transmits.",
            "D": "Look at `recipient`. A relayed notice goes to the subscriber, and nobody outside the ISP "
            "learns a name from it.",
        },
        hints=[
            "The row is `us-512h`. Compare its `issued_by` with that of the two suits.",
            "What did the subscriber of Cox do in the lesson, and who then looked at the subpoena?",
        ],
        why="A clerk is not a judge, and an order is not the last word.",
    ),
    Table(
        "in_time",
        sort_by="isp",
        minutes=10,
        objective=2,
        hints=[
            "First a column that says of each row whether its name came in time, as in the example line. "
            "Where no name was given `when` is missing, and the answer is False by itself.",
            'answers.assign(in_time=…) adds the column. Then groupby("isp"), and two results in agg.',
            'One result is addresses=("address", "size"); the other takes the sum of the new column.',
        ],
        mistakes=[
            Mistake(
                lambda data: _in_time(data, data["answers"]["state"] == "named"),
                "The deadline is ignored: this counts every name, whenever it was given.",
            ),
            Mistake(
                lambda data: _in_time(data, _timely(data) | (data["answers"]["state"] == "log gone")),
                "Addresses whose log is gone are counted as named; nobody was named for them.",
            ),
            Mistake(
                lambda data: _in_time(data, data["answers"]["state"] != "contested"),
                "This counts every address of an ISP that does not contest: without a contest, a log may "
                "still be gone, or a name too late.",
            ),
            Mistake(
                lambda data: _in_time(data, ~_timely(data)),
                "Turned round: this counts the addresses that have no name in time.",
            ),
            Mistake(
                lambda data: _in_time(data, data["answers"]["when"] > data["needed_by"]),
                "This counts the names that came too late.",
            ),
            Mistake(
                lambda data: _in_time(data, _timely(data), "mean"),
                "The column 'in_time' holds shares; how many is asked: the sum.",
            ),
            Mistake(
                lambda data: _in_time(data, _timely(data), "size"),
                "The column 'in_time' counts rows, in time or not; take the \"sum\", which adds up the True.",
            ),
            Mistake(
                lambda data: _in_time(data, data["answers"]["when"] < data["needed_by"]),
                "A name at the very second of the deadline is in time: `<=`, not `<`.",
            ),
            Mistake(
                lambda data: _in_time(data, _timely(data)).assign(
                    addresses=data["answers"].groupby("isp")["address"].sum().to_numpy()
                ),
                "The column 'addresses' adds the addresses up as numbers; count the rows, with \"size\".",
            ),
            Mistake(
                lambda data: _in_time(data, _timely(data)).query("in_time > 0"),
                "An ISP that named nobody in time is missing. It has addresses as well: keep its row.",
            ),
            Mistake(
                lambda data: _in_time({**data, "answers": data["answers"][_timely(data)]}, _timely(data)),
                "Only the rows in time are left, so that 'addresses' counts those alone. Add the column "
                "first, and group all rows.",
            ),
        ],
        why="Contested, log gone, too late: three ways to have no name in time, and only one of them is a "
        "refusal.",
    ),
    Choice(
        "headline",
        minutes=4,
        objective=4,
        options={
            "A": f"{_ISPS} % of the addresses listed are with ISPs that do not contest",
            "B": "Three of four ISPs do not contest; most addresses are with the fourth",
            "C": f"ISPs hand over {_ISPS} % of the names that a right holder asked them for",
            "D": "Three of four ISPs give up their subscribers without any court order",
        },
        because={
            "A": f"{_ISPS} % of the *ISPs*. Add up the addresses of the three that do not contest, and "
            "compare with the fourth.",
            "C": "An ISP is one of four, however many names it gives. Compare *named* with *All*.",
            "D": "What they answer is a subpoena, which a court's clerk has issued: an order. To answer one "
            "is not to help without a court.",
        },
        hints=[
            "Ask of the percentage: of what? Three things can be counted here: ISPs, addresses, names.",
            "Which of the four ISPs has most of the addresses, and what did it do?",
        ],
        why="It counts ISPs as ISPs, and addresses as addresses.",
    ),
    Function(
        "names_by",
        minutes=15,
        objective=2,
        stretch=True,
        cases=lambda data: [
            (100, 30, 120, 5000),
            (int(_row(data)["names_a_month"]), 30, 120, int(_row(data)["addresses"])),
            (45, 0, 200, 5000),
            (45, 30, 10, 5000),
            (45, 30, 1000, 300),
            (45, 30, 1000, 5000),
            (28, 15, 100, 0),
        ],
        hints=[
            "How many days does the ISP work? From `days` take the days before it begins.",
            f"Divide these by {_MONTH}, multiply by the pace, and cut off the fraction: `int(…)`.",
            "Last, the two limits: `max(0, …)` where it has not begun, `min(addresses, …)` where it is done.",
        ],
        mistakes=[
            Mistake(
                lambda _: _by(least=False, most=False),
                "The two limits are missing: never fewer than no names, never more than the addresses.",
            ),
            Mistake(
                lambda _: _by(whole=float, least=False, most=False),
                "The pace is right. What is missing: whole names, no fewer than 0, no more than `addresses`.",
            ),
            Mistake(
                lambda _: _by(begins=False, least=False, most=False),
                "The ISP begins only after `delay_days`: take them away. Then mind the two limits.",
            ),
            Mistake(
                lambda _: _by(by_the_month=True),
                "This counts full months only; names come in evenly, day by day. Cut off the fraction last.",
            ),
            Mistake(lambda _: _by(begins=False), "The ISP begins only after `delay_days`: take them away."),
            Mistake(lambda _: _by(most=False), "An ISP cannot give more names than it has addresses."),
            Mistake(
                lambda _: _by(least=False),
                "Fewer than no names: before it begins, an ISP has given none.",
            ),
            Mistake(lambda _: _by(whole=round), _ROUNDED),
            Mistake(lambda _: _by(whole=ceil), _ROUNDED),
            Mistake(lambda _: _by(whole=float), "Names are whole: cut the fraction off."),
            Mistake(lambda _: _by(month=30), f"A month has {_MONTH} days here, not 30."),
            Mistake(lambda _: _by(month=365 / 12), f"A month has {_MONTH} days here."),
            Mistake(lambda _: _by(month=1), f"The pace is of names a *month*: divide the days by {_MONTH}."),
        ],
        why="This is the whole of `names_a_month`; what remains is who asks, and by which order.",
    ),
]


def _by(
    begins: bool = True,
    least: bool = True,
    most: bool = True,
    whole: Callable[[float], float] = int,
    month: float = _MONTH,
    by_the_month: bool = False,
) -> Callable[[float, float, float, int], float]:
    """Return the function that is asked, with or without one of its parts."""

    def names_by(pace: float, delay_days: float, days: float, addresses: int) -> float:
        months = (days - delay_days * begins) / month
        names = whole((floor(months) if by_the_month else months) * pace)
        names = min(names, addresses) if most else names
        return max(names, 0) if least else names

    return names_by
