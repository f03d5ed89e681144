"""Exercise 11: how long a new name lasts, who has followed, what stands on a day, and both costs of speed."""

import math
from collections.abc import Callable
from typing import Any

import pandas as pd

from traceblock import blocking
from traceblock.chance import stream
from traceblock.exercises.kinds import Choice, Function, Number, Table
from traceblock.exercises.question import Data, Mistake, Question

_LN2 = math.log(2)
_SITES = 4
_OF = "agency with a check"  # the way of question 1
_PARTS = ["detection", "check", "decision", "compliance"]
_Audience = Callable[[float, float, float], float]  # of days, the days a name lives, the half-life
_NAMES = ["way", "site", "name", "opened", "blocked", "unblocked", "wrong"]


def data(variant: int) -> dict[str, Any]:
    """Return three ways of deciding on new names, and a year of each; all of it depends on the variant.

    ``ways``: ``way`` and its delays in days, of which ``detection`` is a median. ``half_life``, ``length``:
    days, for question 2. ``names``: as from `traceblock.blocking.mirrors`, one ``way`` after another, of
    four sites, in whole days; each order holds for half a year. ``day``: on which blocks are counted; some
    begin on it, and some end. ``year``: what each
    way came to, one row a way.
    """
    rng = stream(variant, "exercise 11")
    court, agency = int(rng.integers(48, 56)), int(rng.integers(9, 11))
    # no two alike, so that each delay left out gives another sum
    detection, check, compliance = (int(rng.choice(days)) for days in ([4, 6], [2, 5], [7, 8]))
    ways = pd.DataFrame(
        [
            ("court", detection, 0, court, compliance),
            ("agency", detection, 0, agency, compliance),
            (_OF, detection, check, agency, compliance),
        ],
        columns=["way", *_PARTS],
    )
    chase = blocking.Chase(sites=_SITES, days=365)
    tables, sums = [], {}
    for row in ways.itertuples(index=False):
        regime = blocking.Regime(
            detection=f"{row.detection}D",
            check=f"{row.check}D",
            judgment=f"{row.decision}D",
            compliance=f"{row.compliance}D",
            caught=0.75 if row.check else 0.0,
            wrong=0.2,
            term="180D",
            repair="60D",
        )
        played = blocking.mirrors(chase, regime, variant)
        tables.append(played.assign(way=str(row.way))[_NAMES].round())
        sums[row.way] = blocking.outcome(played, chase)
    year = pd.DataFrame(sums).T[["blocked", "blocked_wrongly", "accessible", "reach"]]
    half_life = int(rng.integers(4, 9))
    names = pd.concat(tables, ignore_index=True)
    telling = [day for day in range(280, 331) if _tells(names, day)]
    return {
        "ways": ways,
        "half_life": half_life,
        "length": 2 * half_life + int(rng.integers(1, 3)),
        "names": names,
        "day": int(rng.choice(telling)),
        "year": year.rename_axis("way").reset_index(),
    }


def _tells(names: pd.DataFrame, day: int) -> bool:
    """Return whether it shows on a day if a block that begins or ends on it is counted wrongly."""
    begin, end = (names["way"][names[column] == day].value_counts() for column in ("blocked", "unblocked"))
    return bool(len(begin) and len(end) and begin.sub(end, fill_value=0).any())


def _row(data: Data, way: str = _OF) -> "pd.Series[Any]":
    row: pd.Series[Any] = data["ways"].set_index("way").loc[way]
    return row


def _sum(data: Data, way: str = _OF, leave: str = "") -> float:
    row = _row(data, way)
    means = {part: float(row[part]) / (_LN2 if part == "detection" else 1) for part in _PARTS}
    return sum(days for part, days in means.items() if part != leave)


def _share(data: Data) -> float:
    return float(blocking.recovery(data["length"], f"{data['half_life']}D"))


def _stand(data: Data, rows: "pd.Series[bool]", lawful: str = "sum") -> pd.DataFrame:
    names: pd.DataFrame = data["names"]
    return names[rows].groupby("way").agg(blocks=("name", "size"), lawful=("wrong", lawful)).reset_index()


def _ever(data: Data) -> "pd.Series[bool]":
    ever: pd.Series[bool] = data["names"]["blocked"] <= data["day"]
    return ever


def _over(data: Data) -> "pd.Series[bool]":
    over: pd.Series[bool] = data["names"]["unblocked"] <= data["day"]
    return over


def _right_only(data: Data) -> pd.DataFrame:
    table = _stand(data, _ever(data) & ~_over(data))
    return table.assign(blocks=table["blocks"] - table["lawful"])


def _left_out(part: str, text: str) -> Mistake:
    return Mistake(lambda data: _sum(data, leave=part), text)


def _left_out_with_median(part: str) -> Mistake:
    return Mistake(
        lambda data: _row(data)[_PARTS].sum() - _row(data)[part],
        f"That leaves out {part}, and adds the median of detection: divide it by 0.693.",
    )


def _lost(spell: float, lives: float, half_life: float) -> float:
    """Return how many days a visitor misses, on average, of a name that is in reach for `spell` days."""
    return float(half_life / _LN2 * blocking.recovery(spell, f"{half_life}D"))


def _in_one_step(number: Callable[[float], float]) -> Mistake:
    """Return the mistake of going without a loop: days / lives is made into a number of later names."""
    return Mistake(
        lambda _: lambda days, lives, half_life: days - number(days / lives) * _lost(lives, lives, half_life),
        "That takes the same loss times a number of names. Go from name to name: the first loses nothing, "
        "and the last may be cut short.",
    )


QUESTIONS: list[Question] = [
    Number(
        "days_in_reach",
        minutes=4,
        objective=1,
        tolerance=1e-4,  # 0.693 in place of ln 2
        unit="days",
        hints=[
            f"Find the row of the {_OF} in the table `ways`: it has four delays.",
            "`detection` is a median, and only means add up: put it before the stroke of the example. The "
            "other three are added as they stand.",
        ],
        mistakes=[
            Mistake(
                lambda data: _row(data)[_PARTS].sum(),
                "That adds the median of detection. Means add up: divide it by 0.693.",
            ),
            Mistake(
                lambda data: _row(data)[_PARTS].sum() / _LN2,
                "Only detection is random, with a median; divide that alone by 0.693.",
            ),
            Mistake(
                lambda data: _row(data)[_PARTS].sum() + _row(data)["detection"] * (_LN2 - 1),
                "Detection times 0.693 is shorter than the median; the mean is longer. Divide.",
            ),
            Mistake(
                lambda data: _sum(data) + _row(data)["detection"] * (2 - 1 / _LN2),
                "That doubles the median of detection. Its mean is shorter than that: divide by 0.693.",
            ),
            Mistake(lambda data: _sum(data, "court"), f"That is the row of the court; {_OF} is asked."),
            _left_out("detection", "Somebody has to find the name first: add detection, as a mean."),
            _left_out("check", "That is the agency without a check; the check takes days as well."),
            _left_out("decision", "Detection and check are not yet a decision: add it as well."),
            _left_out("compliance", "A decision is not yet a block: add compliance."),
            *(_left_out_with_median(part) for part in _PARTS[1:]),
            Mistake(
                lambda data: _row(data)["decision"],
                "That is the decision alone; the name is in reach during all four delays.",
            ),
            Mistake(lambda _: 2 / 0.693 + 1 + 20 + 10, "That is the example; put in the row of the table."),
        ],
        why="An agency that decides in days still has to find the name, check it, and wait for the ISPs.",
    ),
    Number(
        "followed",
        minutes=3,
        objective=2,
        unit="share of the audience",
        hints=[
            "The example has 3 days in reach and a half-life of 10 days. Both numbers change.",
            'First the days in reach, then the half-life in quotation marks with a D: "…D".',
        ],
        mistakes=[
            Mistake(
                lambda _: 1,
                "Each half-life brings only half of the rest: after two a quarter is still missing.",
            ),
            Mistake(
                lambda data: 1 - _share(data),
                "Turned round: that is the share that has *not* found the name.",
            ),
            Mistake(
                lambda _: 0.75,
                "Close: that is after two half-lives, and this name was in reach for a little longer.",
            ),
            Mistake(
                lambda data: data["length"] / (2 * data["half_life"]),
                "More than everybody? Each half-life brings half of the *rest*, not half of all.",
            ),
            Mistake(
                lambda data: 1 - math.exp(-data["length"] / data["half_life"]),
                "That has e in place of 2: in one half-life a half follows. recovery has it right.",
            ),
            Mistake(lambda _: 0.5, "That is after one half-life; this name was in reach for longer."),
            Mistake(
                lambda data: blocking.recovery(data["half_life"], f"{data['length']}D"),
                "The two numbers have changed places: days in reach first, then the half-life.",
            ),
            Mistake(
                lambda _: blocking.recovery(3, "10D"), "That is the example; put in the numbers just printed."
            ),
            Mistake(
                lambda data: 100 * _share(data),
                "That is in percent; a share from 0 to 1 is asked, as recovery gives it.",
            ),
            Mistake(
                lambda data: blocking.recovery(data["length"], "10D"),
                "The days are right, the half-life is still that of the example.",
            ),
            Mistake(
                lambda data: blocking.recovery(3, f"{data['half_life']}D"),
                "The half-life is right, the days in reach are still those of the example.",
            ),
        ],
        why="Each half-life brings half of those who are still missing.",
    ),
    Choice(
        "counted",
        minutes=3,
        objective=3,
        options={
            "A": "In two years 60 sites were put out of reach, and none of them came back.",
            "B": "60 blocks stand today, which is on average fifteen for each of the sites.",
            "C": "The blocks on the closed site kept its visitors away for two years.",
            "D": "A name was blocked 60 times; how many of the blocks stand is not said.",
        },
        because={
            "A": "There are four sites. A site takes one name after another, and may be in reach under the "
            "last of them.",
            "B": "An order holds for a year: what was blocked in the first of the two has lapsed. Ask for "
            "the day.",
            "C": "Nobody can visit a closed site, with a block or without; and a block that has lapsed stops "
            "nobody either.",
        },
        hints=[
            "What is counted: sites, names, or blocks that stand on some day?",
            "Which of the blocks of the first year still hold? And what does a block on a closed site stop?",
        ],
        why="Names, sites and standing blocks are three counts; a total over time is only the first.",
    ),
    Table(
        "standing",
        sort_by="way",
        minutes=10,
        objective=3,
        hints=[
            "A block stands on a day if it began by then and has not ended by then. The first is a question "
            "to `blocked`, the second to `unblocked`.",
            "Turn the example round with `~`: not yet ended. Where `unblocked` is missing, the block holds "
            "on, and `~` gets that right. Join the two with `&`, each in parentheses.",
            'Then names[…].groupby("way"), and in agg blocks=("name", "size") and lawful=("wrong", "sum").',
        ],
        mistakes=[
            Mistake(
                lambda data: _stand(data, _ever(data)),
                "That counts every block so far, and some have ended: their order lapsed, or a mistake was "
                "repaired.",
            ),
            Mistake(
                lambda data: _stand(data, _ever(data) & ~data["names"]["wrong"]),
                "That is the example on another day: it counts blocks that have ended, and leaves out the "
                "lawful names.",
            ),
            Mistake(
                lambda data: _stand(data, _ever(data) & data["names"]["unblocked"].isna()),
                "Some blocks that stand are missing: they end later than this day.",
            ),
            Mistake(
                lambda data: _stand(data, (data["names"]["blocked"] <= 100) & ~_over(data)),
                "That asks what began by day 100, as the example does; ask for `day`.",
            ),
            Mistake(
                lambda data: _stand(
                    data, (data["names"]["blocked"] <= 100) & ~(data["names"]["unblocked"] <= 100)
                ),
                "That is what stood on day 100, the day of the example; ask for `day`.",
            ),
            Mistake(
                lambda data: _stand(data, (data["names"]["blocked"] < data["day"]) & ~_over(data)),
                "A block that begins on this very day has begun by then: ask with <=, not with <.",
            ),
            Mistake(
                lambda data: _stand(data, _ever(data) & ~(data["names"]["unblocked"] < data["day"])),
                "A block that ends on this very day has ended by then: ask with <=, not with <.",
            ),
            Mistake(
                lambda data: _stand(
                    data,
                    (data["names"]["blocked"] < data["day"]) & ~(data["names"]["unblocked"] < data["day"]),
                ),
                "What begins on this very day has begun by then, and what ends has ended: ask with <=.",
            ),
            Mistake(
                lambda data: _stand(data, _ever(data) & ~_over(data) & data["names"]["wrong"]),
                "That counts the lawful names alone; `blocks` are all that stand.",
            ),
            Mistake(
                lambda data: _stand(data, _ever(data) & (data["names"]["unblocked"] > data["day"])),
                "Some blocks that stand are missing: they hold beyond the year, so that `unblocked` is "
                "empty, and > says no to what is empty. Ask what has *not* ended, with ~.",
            ),
            Mistake(
                lambda data: _stand(data, data["names"]["blocked"].notna() & ~_over(data)),
                "That counts blocks which began after this day; ask of `blocked` as well.",
            ),
            Mistake(
                lambda data: _stand(data, _ever(data) & ~_over(data) & ~data["names"]["wrong"]),
                "The lawful names are left out; they are blocked too, and asked for.",
            ),
            Mistake(
                lambda data: _stand(data, _ever(data) & ~_over(data)).assign(blocks=_SITES),
                "The column 'blocks' counts sites: a site has had many names. Count names.",
            ),
            Mistake(
                lambda data: _stand(data, (data["names"]["opened"] <= data["day"]) & ~_over(data)),
                "A name that is open is not yet blocked; ask of `blocked`, not of `opened`.",
            ),
            Mistake(
                lambda data: _stand(data, ~_over(data)),
                "That counts names that were never blocked; ask of `blocked` as well.",
            ),
            Mistake(
                lambda data: _stand(data, _ever(data) & _over(data)),
                "Those are the blocks that have ended; ~ turns it round.",
            ),
            Mistake(
                lambda data: _stand(data, _ever(data) & ~_over(data), lawful="mean"),
                "The column 'lawful' holds shares; how many is asked: the sum.",
            ),
            Mistake(
                lambda data: _stand(data, _ever(data) & ~_over(data), lawful="size"),
                "The column 'lawful' counts every block: \"size\" does; take the sum of `wrong`.",
            ),
            Mistake(
                _right_only,
                "In 'blocks' the lawful names are missing: they are blocks too, and stand in both columns.",
            ),
        ],
        why="A count of blocks needs a day: many of those ever made are gone.",
    ),
    Choice(
        "headline",
        minutes=4,
        objective=4,
        options={
            "A": "An agency in place of a court takes the sites off the network for most of the year",
            "B": "Faster: fewer days with an audience, more lawful names blocked; a check trades the two",
            "C": "An agency blocks over twice as many names, and so its blocks work twice as well",
            "D": "Faster at no cost: with an agency the sites lose audience, and nobody else loses anything",
            "E": "A court is more careful than an agency: it looks closely, and hits fewer lawful names",
        },
        because={
            "A": "Look at *accessible*: a site has a name on nearly every day of the year, whoever decides.",
            "C": "Look at *blocked* beside *reach*. Names are not sites: each block brings a new name.",
            "D": "Look at *blocked_wrongly*. More names put forward with the same share of errors are more "
            "errors.",
            "E": "Neither catches any wrong name here. The court hits fewer because it decides on fewer: the "
            "share of wrong ones put forward is the same.",
        },
        hints=[
            "Two columns are costs: how long sites reach their audience, and how many lawful names go dark.",
            "Which headline says something about both?",
        ],
        why="Both costs belong in the sentence; which of them weighs more no simulation can say.",
    ),
    Function(
        "audience_days",
        minutes=15,
        objective=2,
        stretch=True,
        tolerance=5e-4,  # 0.693 in place of ln 2
        cases=lambda data: [
            (50, 79, 7),
            (365, 79, 7),
            (365, 20, 7),
            (365, 20, 1),
            (360, 20, 14),
            (365, round(_sum(data), 2), data["half_life"]),
        ],
        hints=[
            "Under the first name the whole audience is there: it counts `min(days, lives)`.",
            "What is `left` are further names. While `left > 0`, one of them lives `min(left, lives)` days.",
            "Of these it loses half_life / 0.6931 * blocking.recovery(…, …). Add the rest, and take the days "
            "it lived from `left`.",
        ],
        mistakes=[
            Mistake(
                lambda _: _audience(first=False),
                "Under its first name the whole audience is there from the start: it loses nothing.",
            ),
            Mistake(
                lambda _: _audience(last=False),
                "The last name is cut short by the end of the days, and counts as well.",
            ),
            Mistake(
                lambda _: _audience(cut=False),
                "The last name lives only as long as there are days left: min(left, lives).",
            ),
            Mistake(
                lambda _: _audience(lost=lambda *_: 0),
                "These are days with a name in reach. At each new name the audience has to follow first.",
            ),
            Mistake(
                lambda _: _audience(lost=lambda *name: _LN2 * _lost(*name)),
                "A visitor needs half_life / 0.6931 days on average: the mean is longer than the median.",
            ),
            Mistake(
                lambda _: _audience(lost=lambda *name: _LN2**2 * _lost(*name)),
                "Divide the half-life by 0.6931: the mean is longer than the median.",
            ),
            Mistake(
                lambda _: _audience(lost=lambda _spell, _lives, half_life: half_life / _LN2),
                "A name loses half_life / 0.6931 days only if it lives long; multiply by recovery.",
            ),
            Mistake(
                lambda _: _audience(lost=lambda _spell, lives, half_life: _lost(lives, lives, half_life)),
                "The last name is cut short, and loses less: give recovery the days that it lives.",
            ),
            Mistake(
                lambda _: _audience(lost=_as_at_the_end),
                "That takes the share at the *end* of each name for all of its days; it was less before.",
            ),
            Mistake(
                lambda _: _audience(lost=_as_at_the_end, first=False),
                "That takes the share at the *end* of each name for all of its days, the first name's too.",
            ),
            Mistake(
                lambda _: lambda days, lives, half_life: days * blocking.recovery(lives, f"{half_life}D"),
                "That takes one share, the one at the end of a name, for all days. Go from name to name.",
            ),
            *(
                _in_one_step(number)
                for number in (float, math.floor, lambda n: n - 1, lambda n: max(n - 1, 0))
            ),
            Mistake(
                lambda _: lambda days, *name: name[0] if days < name[0] else _audience()(days, *name),
                "Where there are fewer days than a name lives, it counts the days: min(days, lives).",
            ),
            Mistake(
                lambda _: lambda days, *name: min(days, name[0]) + _audience(first=False)(days, *name),
                "The days of the first name count twice: take them from `left` before the loop.",
            ),
            Mistake(
                lambda _: _audience(kept=False),
                "These are the days lost; the days kept are asked.",
            ),
        ],
        why="A year is names one after another, and each loses at most half-life / ln 2 days.",
    ),
]


def _as_at_the_end(spell: float, lives: float, half_life: float) -> float:
    return float(spell * (1 - blocking.recovery(spell, f"{half_life}D")))


def _audience(
    first: bool = True, last: bool = True, cut: bool = True, kept: bool = True, lost: _Audience = _lost
) -> _Audience:
    """Return the function that is asked, with or without one of its parts."""

    def audience_days(days: float, lives: float, half_life: float) -> float:
        reached = missed = 0.0
        left = float(days)
        if first:
            reached = min(left, lives)
            left -= reached
        while left > 0 and (last or left >= lives):
            spell = min(left, lives) if cut else lives
            loss = lost(spell, lives, half_life)
            reached, missed, left = reached + spell - loss, missed + loss, left - lives
        return reached if kept else missed

    return audience_days
