"""Exercise 12: difference in differences, what is left of a fall, an interval, and a headline about them."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from traceblock import blocking
from traceblock.exercises.kinds import Choice, Function, Number, Table
from traceblock.exercises.question import Data, Mistake, Question

_Estimate = Callable[[pd.DataFrame], object]


def data(variant: int) -> dict[str, Any]:
    """Return a survey of two groups, the three figures of a block, and a panel of users.

    ``survey`` has ``group`` ("newly blocked", "not blocked"), ``before`` and ``after`` (percent of those
    asked). ``share``, ``fall`` and ``diversion`` are percentages. ``users`` is a panel as from
    `traceblock.blocking.panel`, without the truth, whose interval holds zero.
    """
    rng = np.random.default_rng([12, variant])
    before = [round(rng.uniform(20, 24), 1), round(rng.uniform(15, 18), 1)]
    changes = [-float(rng.choice([0.8, 1.2, 1.5])), float(rng.choice([1.9, 2.3, 2.7]))]  # no whole sum
    survey = {
        "group": ["newly blocked", "not blocked"],
        "before": before,
        "after": [round(start + change, 1) for start, change in zip(before, changes, strict=True)],
    }
    return {
        "survey": pd.DataFrame(survey),
        "share": int(rng.choice([30, 40, 70])),
        "fall": int(rng.choice([70, 75, 85])),
        "diversion": int(rng.choice([25, 35, 65])),
        "users": _panel(rng),
    }


def _panel(rng: np.random.Generator) -> pd.DataFrame:
    """Return a panel whose estimate is a fall, and whose interval holds zero well inside.

    Each misreading of the interval is another number.
    """
    study = blocking.Study(units=60, treated=0.4, before=6, after=8, diversion=0.6, noise=5)
    while True:
        users = blocking.panel(study, int(rng.integers(10_000))).drop(columns="effect")
        found = blocking.difference_in_differences(users)
        bases = [_mean(users, True, False), _mean(users, False, False), _mean(users, True, True)]
        bases.append(float(users.loc[~users["after"], "outcome"].mean()))
        read = sorted([-found.low / base for base in bases] + [(found.high - found.low) / bases[0]])
        apart = all(above / below > 1.01 for below, above in pairwise(read))
        if found.estimate < -0.5 and found.high > 0.3 and apart:
            return users


def _changes(data: Data) -> tuple[float, float]:
    """Return by how many points the newly blocked changed, and the others."""
    survey = data["survey"].set_index("group")
    change = survey["after"] - survey["before"]
    return float(change["newly blocked"]), float(change["not blocked"])


def _survey(data: Data, group: str, when: str) -> float:
    return float(data["survey"].set_index("group").loc[group, when])


def _twice(data: Data) -> float:
    new, other = _changes(data)
    return new - other


def _percent(data: Data, formula: Callable[[float, float, float], float]) -> float:
    """Return a formula of share, fall and diversion, in percent."""
    return 100 * formula(*(data[name] / 100 for name in ("share", "fall", "diversion")))


def _without_brackets(data: Data) -> float:
    (before, after), (others_before, others_after) = data["survey"][["before", "after"]].to_numpy()
    return float(after - before - others_after - others_before)


def _ratios(data: Data) -> float:
    """Return the difference of two changes that are each in percent of before."""
    survey = data["survey"].set_index("group")
    percent = 100 * (survey["after"] / survey["before"] - 1)
    return float(percent["newly blocked"] - percent["not blocked"])


def _means(data: Data, *by: str, how: str = "mean") -> pd.DataFrame:
    means: pd.DataFrame = data["users"].groupby(list(by), as_index=False)["outcome"].agg(how)
    return means


def _found(data: Data) -> blocking.Difference:
    return blocking.difference_in_differences(data["users"])


def _before(data: Data, treated: bool = True) -> float:
    users = data["users"]
    return float(users.loc[(users["treated"] == treated) & ~users["after"], "outcome"].mean())


def _mean(table: pd.DataFrame, treated: bool, after: bool) -> float:
    rows = (table["treated"] == treated) & (table["after"] == after)
    return float(table.loc[rows, "outcome"].mean())


def _change(table: pd.DataFrame, treated: bool) -> float:
    return _mean(table, treated, True) - _mean(table, treated, False)


def _beyond(table: pd.DataFrame) -> float:
    return _change(table, True) - _change(table, False)


def _grouped(table: pd.DataFrame, how: str = "mean") -> float:
    cells = table.groupby(["treated", "after"])["outcome"].agg(how)
    return float((cells[True, True] - cells[True, False]) - (cells[False, True] - cells[False, False]))


def _by_user(table: pd.DataFrame) -> float:
    """Return the estimate if each user counts once before and once after, whatever the rows."""
    return _beyond(table.groupby(["unit", "treated", "after"])["outcome"].mean().reset_index())


def _of_the_package(table: pd.DataFrame) -> float:
    return blocking.difference_in_differences(table).estimate


def _with_others(estimate: _Estimate) -> Callable[[Data], _Estimate]:
    """Return an answer that is wrong only where there are others to compare with."""
    return lambda _: lambda table: "not known" if table["treated"].all() else estimate(table)


def _without_others(answer: _Estimate) -> Callable[[Data], _Estimate]:
    """Return an answer that is wrong only where there is nobody to compare with."""
    return lambda _: lambda table: answer(table) if table["treated"].all() else _beyond(table)


def _tables(data: Data) -> list[tuple[object, ...]]:
    """Return the panel, uneven groups of both signs, and two tables without anybody to compare with."""
    users = data["users"]
    small = [
        ("a", True, False, 9),
        ("b", True, False, 11),
        ("b", True, False, 11),
        ("a", True, True, 6),
        ("b", True, True, 8),
        ("c", False, False, 4),
        ("d", False, False, 5),
        ("c", False, True, 5),
        ("d", False, True, 7),
        ("d", False, True, 8),
        ("d", False, True, 8),
    ]
    uneven = pd.DataFrame(small, columns=["unit", "treated", "after", "outcome"])
    rising = pd.concat([uneven.assign(outcome=20 - uneven["outcome"]), uneven.head(1)], ignore_index=True)
    return [
        (users,),
        (uneven,),
        (rising,),
        (users[users["treated"]],),
        (uneven[uneven["treated"]],),
    ]


QUESTIONS: list[Question] = [
    Number(
        "effect",
        minutes=4,
        objective=1,
        unit="percentage points",
        hints=[
            "First by how much each group changed, then the difference of the two changes.",
            "A change is after minus before. Mind the sign of each.",
            "(after − before) of those newly blocked, minus (after − before) of those not blocked.",
        ],
        mistakes=[
            Mistake(
                lambda data: _changes(data)[0],
                "This is before and after of those blocked; without the block they might have moved as well.",
            ),
            Mistake(
                lambda data: _changes(data)[1],
                "This is the change of those not blocked: what happened without a block.",
            ),
            Mistake(
                lambda data: -_twice(data), "The sign is turned round: the change of the others is taken off."
            ),
            Mistake(
                lambda data: -_changes(data)[1],
                "This is the change of those not blocked, turned round; that of those blocked is missing.",
            ),
            Mistake(
                lambda data: -sum(_changes(data)),
                "In one group you took before minus after; a change is after minus before in both.",
            ),
            Mistake(
                _without_brackets,
                "Without brackets each minus takes off one value; put each change in brackets.",
            ),
            Mistake(
                lambda data: float(round(_twice(data))),
                "The table has one decimal; so has the answer.",
            ),
            Mistake(
                lambda data: sum(_changes(data)),
                "The change of the others is taken off, not added: minus a rise is a larger fall.",
            ),
            Mistake(
                lambda data: _survey(data, "newly blocked", "after") - _survey(data, "not blocked", "after"),
                "This compares the groups after the block; they differed before it already.",
            ),
            Mistake(
                lambda data: (
                    _survey(data, "newly blocked", "before") - _survey(data, "not blocked", "before")
                ),
                "This compares the groups before the block.",
            ),
            Mistake(
                lambda data: 100 * _twice(data) / _survey(data, "newly blocked", "before"),
                "This is percent of the share before; percentage points are asked, the plain difference.",
            ),
            Mistake(
                _ratios,
                "This is a difference of percents; percentage points are asked, the plain differences.",
            ),
            Mistake(lambda data: _twice(data) / 100, "The table is in percent, and so is the answer."),
        ],
        why="Elsewhere the share rose: the fall is larger than it looks, if both would have moved alike.",
    ),
    Number(
        "change",
        minutes=4,
        objective=2,
        unit="percent",
        hints=[
            "Copy the example, and write your figures as shares: 45 percent is 0.45.",
            "Of the visits stopped, only those count that do not turn up on another infringing site.",
        ],
        mistakes=[
            Mistake(
                lambda data: -data["fall"],
                "This is the change at the blocked sites; all infringing sites are asked.",
            ),
            Mistake(
                lambda data: _percent(data, lambda share, fall, _: -share * fall),
                "This is what was stopped; a part of it turns up at other infringing sites.",
            ),
            Mistake(
                lambda data: _percent(data, lambda share, fall, diversion: -share * fall * diversion),
                "This is the part that was diverted; what is left of the fall is the other part.",
            ),
            Mistake(
                lambda data: _percent(data, lambda _, fall, diversion: -fall * (1 - diversion)),
                "The blocked sites have only a share of all visits: multiply by it as well.",
            ),
            Mistake(
                lambda data: _percent(data, lambda share, fall, diversion: share * fall * (1 - diversion)),
                "The size is right, the sign is not: a fall is below zero.",
            ),
            Mistake(
                lambda data: (
                    _percent(data, lambda share, fall, diversion: -share * fall * (1 - diversion)) / 100
                ),
                "This is a share; percent are asked: multiply by 100.",
            ),
            Mistake(
                lambda data: _percent(data, lambda share, fall, diversion: -(share * fall - diversion)),
                "The diverted are a share of the visits stopped: multiply, do not subtract.",
            ),
            Mistake(
                lambda data: _percent(data, lambda share, fall, diversion: -share * (fall - diversion)),
                "The diverted are a share of the visits stopped: multiply by 1 minus it, do not subtract.",
            ),
            Mistake(
                lambda data: float(data["diversion"] - data["fall"]),
                "The diverted are a share of the visits stopped; and the blocked sites are not all.",
            ),
            Mistake(lambda _: -43.2, "This is the example's block; yours has other figures."),
        ],
        why="A large fall at the blocked sites, a smaller one in all: both figures are true of one block.",
    ),
    Table(
        "four",
        sort_by=["treated", "after"],
        minutes=6,
        objective=1,
        hints=[
            "The example has one row a week. Which columns say of whom, and when?",
            'A list of two columns stands in square brackets: ["treated", "after"].',
            "Copy the example, put the list in place of the column, and leave out head(3).",
        ],
        mistakes=[
            Mistake(
                lambda data: _means(data, "treated", "after", how="sum"),
                "These are sums; the groups differ in size, so take the mean.",
            ),
            Mistake(
                lambda data: _means(data, "treated", "after", how="median"),
                "This is the median; the mean is asked.",
            ),
            Mistake(
                lambda data: _means(data, "treated", "after", how="count"),
                "This counts rows; the mean of their visits is asked.",
            ),
            Mistake(
                lambda data: _means(data, "treated", "after", "period"),
                "This has a row for each week; leave period out of the list.",
            ),
            Mistake(
                lambda data: _means(data, "treated", "after").head(3),
                "head(3) cuts off a row: leave it out.",
            ),
        ],
        why="These four numbers are all that the estimate needs; the interval needs the rows.",
    ),
    Number(
        "largest",
        minutes=6,
        objective=3,
        unit="percent",
        tolerance=5e-4,  # of figures with three decimals
        hints=[
            "The interval has two ends. Which one is the larger fall?",
            "Percent of what? Divide by the visits before the block, of the users whom it covers.",
            "100 * … / before, with the lower end in place of the dots.",
        ],
        mistakes=[
            Mistake(
                lambda _: 0,
                "That zero is possible does not make it so: all that the interval holds is possible.",
            ),
            Mistake(
                lambda data: 100 * _found(data).estimate / _before(data),
                "This is the estimate; the interval leaves a larger fall open.",
            ),
            Mistake(
                lambda data: 100 * _found(data).high / _before(data),
                "This is the other end of the interval, a rise.",
            ),
            Mistake(
                lambda data: _found(data).low,
                "This is in visits; percent of the visits before are asked.",
            ),
            Mistake(
                lambda data: _found(data).low / _before(data),
                "This is a share; percent are asked: multiply by 100.",
            ),
            Mistake(
                lambda data: -100 * _found(data).low / _before(data),
                "The size is right, the sign is not: a fall is below zero.",
            ),
            Mistake(
                lambda data: 100 * _found(data).low / _before(data, treated=False),
                "Divide by what the covered users visited before, not the others.",
            ),
            Mistake(
                lambda data: 100 * _found(data).low / data["users"].query("not after")["outcome"].mean(),
                "Divide by what the covered users visited before, not all users.",
            ),
            Mistake(
                lambda data: 100 * _found(data).low / _mean(data["users"], True, True),
                "Percent of what was visited before the block; this is percent of after.",
            ),
            Mistake(
                lambda data: 100 * (_found(data).low - _found(data).high) / _before(data),
                "This is the whole width of the interval; its lower end is asked.",
            ),
            Mistake(
                lambda data: 100 * (_before(data) + _found(data).low) / _before(data),
                "This is what would be left; by how much it fell is asked.",
            ),
            Mistake(
                lambda data: _found(data).high, "This is the other end, and in visits; percent are asked."
            ),
            Mistake(
                lambda data: _found(data).estimate, "This is the estimate, and in visits; percent are asked."
            ),
        ],
        why="Zero is open, and so is a fall of that size: this study is too small to tell them apart.",
    ),
    Choice(
        "headline",
        minutes=4,
        objective=4,
        options={
            "A": "Infringing visits fell 6 percent against another region; 14 fewer to 2 more are open",
            "B": "Right holders: the block cut piracy by 71 percent, measured against the months before",
            "C": "A ministry's study, with a region to compare, finds that the block has no effect at all",
            "D": "Blocking pays: music sales went up by 19 percent in a year, thanks to this block",
            "E": "Right holders paid for the figure of 71 percent, so that the block must be useless",
        },
        because={
            "B": "This counts the blocked sites only; visits that went elsewhere are not in it.",
            "C": "Zero is inside the interval, and so is a fall of 14 percent: no effect was shown, which is "
            "not the same as none.",
            "D": "These sales came before the block began, and nothing says how sales moved elsewhere.",
            "E": "Who paid is a reason to look closely, not a result; and a ministry paid for one row.",
        },
        hints=[
            "For each headline: what was counted, against what, when, and with which interval?",
            "One counts too little, one takes *not shown* for *none*, one mixes up the order of time, and "
            "one takes who paid for a result.",
        ],
        why="It says what was counted, against what, and how far the interval goes.",
    ),
    Function(
        "beyond",
        minutes=12,
        objective=1,
        stretch=True,
        cases=_tables,
        hints=[
            "What is there to subtract if everybody is treated? Ask that first.",
            "You need four means; the example is one of them. The other three differ in a ~ each.",
            "(covered after − covered before) − (others after − others before), each mean in a name; before "
            'that, an `if` with `table["treated"].all()`.',
        ],
        mistakes=[
            Mistake(
                _without_others(lambda table: _change(table, True)),
                'Without others, before and after is no effect: return "not known".',
            ),
            Mistake(
                _without_others(lambda _: 0.0),
                'Not known is not 0: without others return "not known".',
            ),
            Mistake(
                lambda _: lambda _: "not known",
                'There are others to compare with: "not known" is for a table in which *all* are treated.',
            ),
            Mistake(
                _without_others(lambda _: "unknown"),
                'The text that is asked is "not known".',
            ),
            Mistake(
                _without_others(lambda _: None),
                'Where nobody is left it gives nan or None; return "not known" there.',
            ),
            *(
                Mistake(estimate, 'Where nobody is left it stops with an error: return "not known" there.')
                for estimate in (lambda _: _grouped, lambda _: _of_the_package)
            ),
            Mistake(
                lambda data: lambda _: _beyond(data["users"]),
                "It looks at `users`; use the table that it is given.",
            ),
            Mistake(
                lambda data: _with_others(lambda _: _beyond(data["users"]))(data),
                "It looks at `users`; use the table that it is given.",
            ),
            Mistake(
                lambda _: lambda table: _change(table, True),
                "This is before and after; take off by how much the others changed.",
            ),
            Mistake(
                _with_others(lambda table: _change(table, True)),
                "This is before and after; take off by how much the others changed.",
            ),
            Mistake(
                _with_others(lambda table: _mean(table, True, True) - _mean(table, False, True)),
                "This compares the groups after the block; they may have differed before it already.",
            ),
            Mistake(
                _with_others(lambda table: -_beyond(table)),
                "The sign is turned round: the change of the others is taken off.",
            ),
            Mistake(
                _with_others(lambda table: _change(table, True) + _change(table, False)),
                "The change of the others is taken off, not added.",
            ),
            Mistake(
                _with_others(lambda table: _change(table, False)),
                "This is the change of the others; it is what to take off.",
            ),
            Mistake(
                _with_others(lambda table: _grouped(table, "median")),
                "These are medians; take means.",
            ),
            Mistake(
                _with_others(lambda table: _grouped(table, "sum")),
                "Take means: with sums the larger group weighs more.",
            ),
            Mistake(
                _with_others(lambda table: 100 * _beyond(table) / _mean(table, True, False)),
                "This is in percent of the visits before; the plain difference is asked.",
            ),
            Mistake(
                _with_others(lambda table: _beyond(table.drop_duplicates())),
                "Every row counts, also one that is like another.",
            ),
            Mistake(
                _with_others(_by_user),
                "You took the mean of each user first; every row weighs the same here.",
            ),
        ],
        why="It uses the four means and nothing else. With nobody to compare with there is no second change.",
    ),
]
