"""Exercise 00: read, filter and count the record; who asks whom; which headline holds."""

import numpy as np
import pandas as pd

from traceblock import cases
from traceblock.exercises.kinds import Choice, Function, Number, Table, Text
from traceblock.exercises.question import Data, Mistake, Question

_NUMBER = cases.fact("fall", "addresses_in_subpoena").value
_COX = cases.fact("fall", "cox_subscribers", "established").value


def data(variant: int) -> dict[str, pd.DataFrame]:
    """Return ``facts`` and ``requests`` of the five cases; a variant other than 0 holds a part of the rows.

    Columns as in `traceblock.cases.facts` and `traceblock.cases.actors`. The rows that the first question
    is about are in every variant.
    """
    facts = cases.facts()
    facts = facts[facts["case"] != "literature"].reset_index(drop=True)
    if variant:
        rng = np.random.default_rng(variant)
        kept = (facts["fact"] == "sites_targeted") | (rng.random(len(facts)) < 0.7)
        facts = facts[kept].reset_index(drop=True)
    return {"facts": facts, "requests": cases.actors()}


def _of_sites(data: Data, status: str, column: str) -> str:
    row = (data["facts"]["fact"] == "sites_targeted") & (data["facts"]["status"] == status)
    return str(data["facts"].loc[row, column].iloc[0])


def _rows_with(data: Data, status: str) -> int:
    return int((data["facts"]["status"] == status).sum())


def _place_of_sites(data: Data, status: str) -> int:
    row = (data["facts"]["fact"] == "sites_targeted") & (data["facts"]["status"] == status)
    return int(row.idxmax())


def _counted(facts: pd.DataFrame) -> pd.DataFrame:
    return facts.groupby(["case", "status"], as_index=False).size()


def _sources_counted(facts: pd.DataFrame) -> pd.DataFrame:
    return facts.groupby(["case", "status"]).agg(size=("source", "nunique")).reset_index()


def _with_empty_groups(facts: pd.DataFrame) -> pd.DataFrame:
    return pd.crosstab(facts["case"], facts["status"]).reset_index().melt("case", value_name="size")


def _tries(data: Data) -> list[tuple[object, ...]]:
    """Return calls with the table that is shown, and with two that are not: nobody can type them off."""
    facts = data["facts"]
    names = list(facts["case"].unique())
    moved = facts.assign(case=facts["case"].map(dict(zip(names, names[1:] + names[:1], strict=True))))
    shown: list[tuple[object, ...]] = [(facts, name) for name in [*names, "a case without facts"]]
    return [*shown, *((moved, name) for name in names), (facts.iloc[::2], names[-1])]


_BELOW = "You divide by the reported facts; all facts of the case belong below the line."
_PER_CENT = "This is a percentage; the share lies between 0 and 1."
_ROUNDED = "This is a whole number; a share lies between 0 and 1: leave its digits."
_NOTHING_BELOW = "A case without facts has nothing to divide by: return 0.0 there, before you divide."

QUESTIONS: list[Question] = [
    Text(
        "who_says",
        minutes=3,
        objective=1,
        hints=[
            "The table has two rows, and both are called sites_targeted. Which one was established?",
            "Each row ends with the key of its source. Copy it, and put it in quotation marks.",
        ],
        mistakes=[
            Mistake(
                lambda data: _of_sites(data, "reported", "source"),
                "That is the article: the source of the reported row. Who established the other figure?",
            ),
            Mistake(
                lambda data: _of_sites(data, "established", "value"),
                "That is the figure; the key of its source is asked.",
            ),
            Mistake(
                lambda data: _of_sites(data, "established", "status"),
                "That is the status; the key of the source is asked.",
            ),
            Mistake(
                lambda data: _of_sites(data, "established", "unit"),
                "That is the unit; the key of the source is asked.",
            ),
            Mistake(
                lambda data: _place_of_sites(data, "established"),
                "That is the number of the row; the key of its source is asked.",
            ),
        ],
        why="A judgment counts domain names, an article counts sites: look at the unit as well.",
    ),
    Number(
        "disputed",
        minutes=4,
        objective=2,
        unit="facts",
        hints=[
            'The example keeps the rows whose status is "reported". Only one word has to change.',
            "The word stands in quotation marks, in small letters, spelled as in the table.",
        ],
        mistakes=[
            Mistake(
                lambda data: _rows_with(data, "reported"),
                "These are the reported facts; the disputed ones are asked.",
            ),
            Mistake(
                lambda data: _rows_with(data, "established"),
                "These are the established facts; the disputed ones are asked.",
            ),
            Mistake(lambda data: len(data["facts"]), "This counts every row: nothing was filtered."),
            Mistake(
                lambda data: int((data["facts"]["status"] != "disputed").sum()),
                "This counts the facts that are not disputed: `==` keeps them, `!=` leaves them out.",
            ),
            Mistake(
                lambda data: data["facts"][data["facts"]["status"] == "disputed"].size,
                "`.size` counts cells, rows times columns; `len(…)` counts rows.",
            ),
            Mistake(
                lambda _: 0,
                "No row is left: is the word spelled as in the table, in small letters and in quotes?",
            ),
        ],
        why="Few, because a row is disputed only where the record names who claims it.",
    ),
    Table(
        "by_case",
        sort_by=["case", "status"],
        minutes=10,
        objective=2,
        hints=[
            "Look at the example: it groups by one column. This question groups by two.",
            'Two columns go into a list: groupby(["…", "…"], as_index=False).',
            "Unlike in the lesson, every case and status has a row of its own here: leave out unstack.",
        ],
        mistakes=[
            Mistake(
                lambda data: _counted(data["facts"][data["facts"]["status"] != "disputed"]),
                "The disputed facts are missing: a status that is rare is still a status.",
            ),
            Mistake(
                lambda data: _sources_counted(data["facts"]),
                "This counts the sources of each group; its rows are asked.",
            ),
            Mistake(
                lambda data: _with_empty_groups(data["facts"]),
                "A case and a status that never occur together have a row here, with 0: leave it out.",
            ),
            Mistake(
                lambda data: data["facts"].groupby(["case", "status"], as_index=False).count(),
                "count() counts the values in each column; size() counts the rows.",
            ),
            Mistake(
                lambda data: _counted(data["facts"][data["facts"]["status"] != "reported"]),
                "The reported facts are missing: all statuses are asked.",
            ),
            Mistake(
                lambda data: _counted(data["facts"][data["facts"]["case"] == "fall"]),
                "This is the case *Fall* alone; all cases are asked.",
            ),
            Mistake(
                lambda data: _counted(data["facts"]).assign(size=lambda t: t["size"] / t["size"].sum()),
                "These are shares; the number of facts is asked.",
            ),
        ],
        why="One line of code, and any two properties of the record can be set against each other.",
    ),
    Choice(
        "chain",
        minutes=3,
        objective=3,
        options={
            "A": f"The studio sued its users, and a judge ordered the ISP to name {_NUMBER} of them.",
            "B": f"The ISP gave the names of {_NUMBER} subscribers by itself, and no court took part.",
            "C": "A court clerk asked the ISP for names; the studio's lawyers had asked the clerk.",
            "D": f"One of these {_NUMBER} subscribers asked a court to quash, and so no names were given.",
        },
        because={
            "A": "No row has a judge who asks something of the ISP, or a suit of the studio. Who is the "
            f"actor of the row that asks for {_NUMBER} names?",
            "B": "Look at the rows in which a court asks something of an ISP: a subpoena has to be answered.",
            "D": "The subscriber who asked a court to quash was one of Cox, another ISP: that subpoena was "
            f"another one, for {_COX} names.",
        },
        hints=[
            "Look for the rows in which a court asks something of an ISP. Who is their actor?",
            "Then look for the row in which somebody asks this actor for something. Which subpoena was it?",
        ],
        why="A clerk checks a form, and no judge looks: a quick grant says nothing about the ISP.",
    ),
    Choice(
        "headline",
        minutes=4,
        objective=4,
        options={
            "A": f"A subpoena requires an ISP to name the subscribers of {_NUMBER} addresses",
            "B": f"An ISP has handed the names of {_NUMBER} pirates to the makers of a film",
            "C": f"A court clerk convicts {_NUMBER} people of sharing the film Fall by torrent",
            "D": "More and more ISPs give the names of their subscribers without a court order",
        },
        because={
            "B": "Two words too many: nobody was found to have copied anything, and the established rows "
            "know of a duty to name, not of names that were handed over.",
            "C": "No row speaks of a conviction, or even of a lawsuit against these subscribers.",
            "D": "One case is no trend. Look also at the established row called isp_trend.",
        },
        hints=[
            "Ask of every word of a headline: which row supports it?",
            "What does a subpoena make the ISP do? And what do the rows say about who copied the film?",
        ],
        why="It names a duty instead of a result, and subscribers and addresses instead of culprits.",
    ),
    Function(
        "established_share",
        minutes=20,
        objective=2,
        stretch=True,
        cases=_tries,
        hints=[
            "Start from the example above: it keeps the facts of the case and counts them.",
            "Count twice: all facts of the case, and those of them that are established. Divide.",
            "A case without facts has nothing to divide by: if len(of_case) == 0, return 0.0 first.",
        ],
        mistakes=[
            Mistake(
                lambda _: _share_of_all,
                "You divide by the facts of all cases; the facts of this case belong below the line.",
            ),
            Mistake(lambda _: _share_of_reported, _BELOW),
            Mistake(lambda _: lambda facts, case: _share_of_reported(facts, case, least=1), _BELOW),
            Mistake(lambda _: _count, "This counts; to get a share, divide by the facts of the case."),
            Mistake(
                lambda _: lambda facts, case: int((facts["case"] == case).sum()),
                "This counts all facts of the case; the established ones are divided by them.",
            ),
            Mistake(lambda _: lambda *given: 100 * _share(*given), _PER_CENT),
            Mistake(lambda _: lambda *given: 100 * _by_division(*given), _PER_CENT),
            Mistake(
                lambda data: lambda facts, case: _share(data["facts"], case),
                "It knows only the table shown here. It is tried on other tables as well: work the share out "
                "from the `facts` it is given.",
            ),
            Mistake(
                lambda _: lambda facts, case: _share(facts, "fall"),
                "It answers for *Fall*, whichever case it is asked about: compare with `case`.",
            ),
            Mistake(
                lambda _: lambda facts, case: 1 - _share(facts, case) if case in set(facts["case"]) else 0.0,
                "This is the share that is not established.",
            ),
            Mistake(lambda _: lambda facts, case: round(_share(facts, case)), _ROUNDED),
            Mistake(lambda _: lambda facts, case: int(_share(facts, case)), _ROUNDED),
            Mistake(lambda _: _by_division, _NOTHING_BELOW),
            Mistake(lambda _: _by_mean, _NOTHING_BELOW),
        ],
        why="The same question, asked of every case at once: that is what functions are for.",
    ),
]


def _count(facts: pd.DataFrame, case: str) -> int:
    return int(((facts["case"] == case) & (facts["status"] == "established")).sum())


def _share(facts: pd.DataFrame, case: str) -> float:
    return _count(facts, case) / max(int((facts["case"] == case).sum()), 1)


def _by_division(facts: pd.DataFrame, case: str) -> float:
    return _count(facts, case) / int((facts["case"] == case).sum())


def _by_mean(facts: pd.DataFrame, case: str) -> float:
    return float((facts.loc[facts["case"] == case, "status"] == "established").mean())


def _share_of_all(facts: pd.DataFrame, case: str) -> float:
    return _count(facts, case) / len(facts)


def _share_of_reported(facts: pd.DataFrame, case: str, least: int = 0) -> float:
    reported = int(((facts["case"] == case) & (facts["status"] == "reported")).sum())
    return _count(facts, case) / max(reported, least)
