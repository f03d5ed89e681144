"""Exercise 00: read, filter and count the record; who asks whom; which headline holds."""

import numpy as np
import pandas as pd

from traceblock import cases
from traceblock.exercises.kinds import Choice, Function, Number, Table, Text
from traceblock.exercises.question import Data, Mistake, Question

_NUMBER = cases.fact("fall", "addresses_in_subpoena").value


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


def _counted(facts: pd.DataFrame) -> pd.DataFrame:
    return facts.groupby(["case", "status"], as_index=False).size()


def _sources_counted(facts: pd.DataFrame) -> pd.DataFrame:
    return facts.groupby(["case", "status"]).agg(size=("source", "nunique")).reset_index()


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
        ],
        why="One line of code, and any two properties of the record can be set against each other.",
    ),
    Choice(
        "chain",
        minutes=3,
        objective=3,
        options={
            "A": "A judge heard the studio and the ISP, and then ordered the ISP to give the names.",
            "B": "A clerk issued a subpoena; judges later held that it does not reach a conduit.",
            "C": "The ISP is a host: it stored the film, and so it had to give the names.",
            "D": "The ISP gave the names of its own accord; no court took part.",
        },
        because={
            "A": "No judge looked at this subpoena before it was served: who is the actor of that row?",
            "C": "An ISP that only transmits is a conduit. A host stores what others put there.",
            "D": "Look at the rows in which a court is the one that asks: a subpoena has to be answered.",
        },
        hints=[
            "Look for the rows in which a court asks something of an ISP. Which role has their actor?",
            "A clerk checks a form; a judge decides a dispute. Which row shows a dispute?",
        ],
        why="The clerk is the reason why it was fast; the conduit is the reason why it failed elsewhere.",
    ),
    Choice(
        "headline",
        minutes=4,
        objective=4,
        options={
            "A": f"ISP hands the names of {_NUMBER} pirates to a film studio",
            "B": f"{_NUMBER} people convicted of sharing a film",
            "C": f"Subpoena issued: ISP must name the subscribers behind {_NUMBER} addresses",
            "D": "More and more ISPs cooperate without a court",
        },
        because={
            "A": "Two words too many: nobody was found to have copied anything, and the rows know of a duty "
            "to name, not of names that were handed over.",
            "B": "No row speaks of a conviction, or even of a lawsuit against these subscribers.",
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
        cases=lambda data: [
            (data["facts"], case) for case in [*data["facts"]["case"].unique(), "a case without facts"]
        ],
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
            Mistake(
                lambda _: _share_of_reported,
                "You divide by the reported facts; all facts of the case belong below the line.",
            ),
            Mistake(lambda _: _count, "This counts; to get a share, divide by the facts of the case."),
            Mistake(lambda _: _per_cent, "This is a percentage; the share lies between 0 and 1."),
        ],
        why="The same question, asked of every case at once: that is what functions are for.",
    ),
]


def _count(facts: pd.DataFrame, case: str) -> int:
    return int(((facts["case"] == case) & (facts["status"] == "established")).sum())


def _per_cent(facts: pd.DataFrame, case: str) -> float:
    return 100 * _count(facts, case) / max(int((facts["case"] == case).sum()), 1)


def _share_of_all(facts: pd.DataFrame, case: str) -> float:
    return _count(facts, case) / len(facts)


def _share_of_reported(facts: pd.DataFrame, case: str) -> float:
    reported = (facts["case"] == case) & (facts["status"] == "reported")
    return _count(facts, case) / max(int(reported.sum()), 1)
