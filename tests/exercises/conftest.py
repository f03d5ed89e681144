"""A lesson of its own for the tests: number 99, one question of each kind, and its solution notebook."""

from pathlib import Path
from textwrap import dedent

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from traceblock import exercises
from traceblock.exercises import banks, lessons

DEFINITION = """
import numpy as np
import pandas as pd

from traceblock.exercises import Choice, Function, Mistake, Number, Table, Text


def data(variant):
    random = np.random.default_rng([99, variant])
    isps = pd.DataFrame({"isp": list("abcd"), "addresses": random.integers(1000, 9000, 4)})
    return {"isps": isps, "names": pd.Series(["Fall", "Cobbler"])}


shared = dict(minutes=2, hints=["Look at the table.", "Sum its column."], objective=1)
QUESTIONS = [
    Number(
        "addresses", **shared, unit="addresses",
        mistakes=[
            Mistake(lambda data: len(data["isps"]), "This counts ISPs, not addresses."),
            Mistake(lambda data: data["isps"]["addresses"].max(), "This is the largest ISP alone."),
        ],
    ),
    Number("mean", **shared, mistakes=[Mistake(lambda data: 1 / 0, "never shown")]),
    Table(
        "shares", **shared, sort_by="isp",
        mistakes=[
            Mistake(
                lambda data: data["isps"].assign(share=data["isps"]["addresses"]).drop(columns="addresses"),
                "These are counts, not shares.",
            )
        ],
    ),
    Function(
        "share", **shared, stretch=True,
        cases=lambda data: [(data["isps"], name) for name in "ab"] + [(data["isps"], "z")],
        mistakes=[Mistake(lambda data: lambda isps, name: 0.25, "An ISP is not a quarter of all addresses.")],
    ),
    Choice(
        "claim", **shared,
        options={"A": "All of them.", "B": "Most of them.", "C": "None of them."},
        because={"A": "One is missing.", "C": "Three are there."},
    ),
    Text("film", **shared, mistakes=[Mistake(lambda data: data["names"][0], "Another film.")]),
]
"""

CELLS = {
    "setup": """
        from traceblock import exercises

        ex = exercises.lesson(99)
        isps = ex.data["isps"]
        print("noise")
    """,
    "question:addresses": """
        addresses = ...
        # BEGIN SOLUTION
        addresses = isps["addresses"].sum()
        # END SOLUTION
    """,
    "question:mean": """
        mean = ...
        # BEGIN SOLUTION
        mean = isps["addresses"].mean() / 7
        # END SOLUTION
    """,
    "question:shares": """
        shares = ...
        # BEGIN SOLUTION
        isps["share"] = isps["addresses"] / addresses
        shares = isps[["isp", "share"]]
        # END SOLUTION
    """,
    "question:share": '''
        def share(isps, name):
            """Return the share of all addresses that an ISP holds."""
            ...
            # BEGIN SOLUTION
            return isps["addresses"][isps["isp"] == name].sum() / isps["addresses"].sum()
            # END SOLUTION
    ''',
    "question:claim": """
        claim = ...
        # BEGIN SOLUTION
        claim = "B"
        # END SOLUTION
    """,
    "question:film": """
        film = ...
        # BEGIN SOLUTION
        film = ("The Cobbler", "Cobbler (2014)")
        # END SOLUTION
    """,
}


@pytest.fixture(scope="module")
def trial_course(tmp_path_factory) -> Path:
    """A folder with solutions/99_trial.ipynb, and the definition of lesson 99 beside the real ones."""
    root = tmp_path_factory.mktemp("course")
    (root / "lesson_99.py").write_text(DEFINITION)
    (root / "solutions").mkdir()
    cells = [new_markdown_cell("# A trial")]
    for tag, source in CELLS.items():
        cells.append(new_code_cell(dedent(source).strip(), metadata={"tags": [tag]}))
        if tag != "setup":
            name = tag.removeprefix("question:")
            cells.append(new_code_cell(f'ex["{name}"].check()'))
    nbformat.write(new_notebook(cells=cells), root / "solutions" / "99_trial.ipynb")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(banks, "__path__", [*banks.__path__, str(root)])
        patch.setattr(lessons, "course_file", root.joinpath)
        yield root


@pytest.fixture
def trial(trial_course):
    return exercises.lesson(99, 0)
