"""Exercise 00: read, filter and count the record; who asks whom; which headline holds."""

import numpy as np
import pandas as pd

from traceblock import cases
from traceblock.exercises.kinds import Choice, Function, Number, Table
from traceblock.exercises.question import Mistake, Question


def data(variant: int) -> dict[str, pd.DataFrame]:
    """Return ``facts`` and ``requests`` of the five cases; a variant other than 0 holds a part of the rows.

    Columns as in `traceblock.cases.facts` and `traceblock.cases.actors`. The two rows of the first
    question, and the request of the fourth, are in every variant.
    """
    facts = cases.facts()
    facts = facts[facts["case"] != "literature"].reset_index(drop=True)
    requests = cases.actors()
    if variant:
        rng = np.random.default_rng(variant)
        facts = _part(facts, facts["fact"] == "sites_targeted", rng)
        requests = _part(requests, requests["actor"] == "court clerk", rng)
    return {"facts": facts, "requests": requests}


def _part(table: pd.DataFrame, kept: "pd.Series[bool]", rng: np.random.Generator) -> pd.DataFrame:
    return table[kept | (rng.random(len(table)) < 0.7)].reset_index(drop=True)


def _case_and_status(table: pd.DataFrame) -> pd.DataFrame:
    return table.groupby(["case", "status"], as_index=False).size().rename(columns={"size": "facts"})


_NUMBER = cases.fact("fall", "addresses_in_subpoena").value

QUESTIONS: list[Question] = [
    Number(
        "sites_reported",
        minutes=3,
        objective=1,
        unit="sites",
        hints=[
            "Look at the last table: it has two rows, and both are called sites_targeted.",
            "The question asks what the article reported. Which row has that status?",
        ],
        mistakes=[
            Mistake(
                lambda data: _sites(data["facts"], "established"),
                "That is the row of the court: domain names in the judgment. What did the article report?",
            ),
            Mistake(
                lambda data: _sites(data["facts"], "established") - _sites(data["facts"], "reported"),
                "That is the difference of the two rows; one of them is asked.",
            ),
        ],
    ),
    Number(
        "disputed",
        minutes=3,
        objective=2,
        unit="facts",
        hints=[
            'The example keeps the rows whose status is "reported". Only one word has to change.',
            "len(table) counts the rows of a table.",
        ],
        mistakes=[
            Mistake(
                lambda data: int((data["facts"]["status"] == "reported").sum()),
                "These are the reported facts; the disputed ones are asked.",
            ),
            Mistake(lambda data: len(data["facts"]), "This counts every row: nothing was filtered."),
        ],
    ),
    Table(
        "by_case",
        sort_by=["case", "status"],
        minutes=6,
        objective=2,
        hints=[
            "Group the rows by two columns at once: facts.groupby([…, …]).",
            "size() counts the rows of each group; as_index=False keeps the groups as columns.",
            'The count is then called "size". rename(columns={"size": "facts"}) gives it the name asked for.',
        ],
        mistakes=[
            Mistake(
                lambda data: _case_and_status(data["facts"][data["facts"]["status"] != "disputed"]),
                "The disputed facts are missing: a status that is rare is still a status.",
            ),
            Mistake(
                lambda data: (
                    data["facts"]
                    .groupby(["case", "status"], as_index=False)["source"]
                    .nunique()
                    .rename(columns={"source": "facts"})
                ),
                "This counts the sources of each group; its rows are asked.",
            ),
        ],
    ),
    Choice(
        "who_issued",
        minutes=2,
        objective=3,
        options={
            "A": "a judge, after hearing the studio and the ISP",
            "B": "a clerk of the court, on the form of the request",
            "C": "the ISP, which gave the names of its own accord",
            "D": "the regulator of telecommunications",
        },
        because={
            "A": "No judge looked at it before it was served; judges came in when one subscriber of another "
            "ISP objected.",
            "C": "An ISP that is served with a subpoena has to obey it; it does not issue one.",
            "D": "No regulator takes part in this case: look for the word in the table.",
        },
        hints=["Look for the request for names in the table above: who is its actor, and with which role?"],
    ),
    Choice(
        "headline",
        minutes=3,
        objective=4,
        options={
            "A": f"ISP hands the names of {_NUMBER} pirates to a film studio",
            "B": f"{_NUMBER} people convicted of sharing a film",
            "C": f"Court clerk orders an ISP to name the subscribers behind {_NUMBER} addresses",
            "D": "More and more ISPs cooperate without a court",
        },
        because={
            "A": "Two words too many: nobody was found to have copied anything, and the record knows of an "
            "order to name, not of names handed over.",
            "B": "Nobody was even sued at that point: a subpoena comes before a complaint, or instead of it.",
            "D": "The very case contradicts it: a subpoena is compulsory, and a clerk of a court issues it.",
        },
        hints=[
            "For each headline, ask of every word: which row of the record supports it?",
            "What does the subpoena make the ISP do, and what do we not know?",
        ],
    ),
    Function(
        "established_share",
        minutes=8,
        objective=2,
        stretch=True,
        cases=lambda data: [
            (data["facts"], case) for case in [*data["facts"]["case"].unique(), "a case without facts"]
        ],
        hints=[
            "Keep the rows of the case first; only then count.",
            "The denominator is the number of rows of that case, not of the whole table.",
            "A case without facts has nothing to divide by: ask for len(…) == 0 first, and return 0.0 then.",
        ],
        mistakes=[
            Mistake(
                lambda data: _share_of_all,
                "The denominator is wrong: you divide by the facts of all cases, not by those of this case.",
            ),
            Mistake(
                lambda data: _share_of_reported,
                "You divide by the reported facts; a share has all facts of the case below the line.",
            ),
        ],
    ),
]


def _share_of_all(facts: pd.DataFrame, case: str) -> float:
    return float(((facts["case"] == case) & (facts["status"] == "established")).mean())


def _share_of_reported(facts: pd.DataFrame, case: str) -> float:
    counts = facts.loc[facts["case"] == case, "status"].value_counts()
    return float(counts.get("established", 0) / max(counts.get("reported", 0), 1))


def _sites(facts: pd.DataFrame, status: str) -> int:
    row = (facts["fact"] == "sites_targeted") & (facts["status"] == status)
    return int(facts.loc[row, "value"].iloc[0])
