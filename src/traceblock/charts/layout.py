"""Where things stand in a chart: pure arithmetic on tables, so that nothing overlaps by construction."""

import textwrap

import pandas as pd


def wrapped(table: pd.DataFrame, texts: "pd.Series[str]", narrow: int, wide: int) -> pd.DataFrame:
    """Add columns ``narrow`` and ``wide``: a text broken at spaces into lines of so many characters."""
    broken = {
        name: ["\n".join(textwrap.wrap(text, width)) for text in texts]
        for name, width in (("narrow", narrow), ("wide", wide))
    }
    return table.assign(**broken)


def three_columns(requests: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Lay out who asks for what of whom as three columns of boxes that read like a sentence.

    Each request has a row of its own in the middle. Whoever asks stands at the left, at the middle of
    their own requests, which are kept together; whoever is asked stands at the right, evenly spaced in the
    order of the requests that reach them. So no two boxes of a column meet, whatever the table.

    Parameters
    ----------
    requests : DataFrame
        ``actor``, ``role``, ``asks``, ``asks_role``, ``for_what``, ``status``; their order is kept.

    Returns
    -------
    asking : DataFrame
        ``name``, ``role``, ``y``: one row for each party that asks.
    middle : DataFrame
        The requests with ``y`` (0, 1, 2 …), ``y_asking`` and ``y_asked``, the heights of the two ends.
    asked : DataFrame
        ``name``, ``role``, ``y``: one row for each party that is asked.
    """
    order = {name: i for i, name in enumerate(dict.fromkeys(requests["actor"]))}
    middle = requests.sort_values("actor", key=lambda names: names.map(order), kind="stable")
    middle = middle.reset_index(drop=True)
    middle["y"] = middle.index.astype(float)
    asking = _parties(middle, "actor", "role").sort_values("y", kind="stable", ignore_index=True)
    asked = _parties(middle, "asks", "asks_role").sort_values(["y", "name"], kind="stable", ignore_index=True)
    asked["y"] = (asked.index + 0.5) * len(middle) / len(asked) - 0.5
    middle["y_asking"] = middle["actor"].map(asking.set_index("name")["y"])
    middle["y_asked"] = middle["asks"].map(asked.set_index("name")["y"])
    return asking, middle, asked


def _parties(requests: pd.DataFrame, name: str, role: str) -> pd.DataFrame:
    parties = requests.groupby(name, sort=False).agg(role=(role, "first"), y=("y", "mean"))
    return parties.rename_axis("name").reset_index()


def figures(facts: pd.DataFrame, statuses: tuple[str, ...], number: "pd.Series[float]") -> pd.DataFrame:
    """Lay out figures of one fact under one another: a row for its name, then one for each status.

    Parameters
    ----------
    facts : DataFrame
        ``case``, ``fact``, ``status``; one row a figure.
    statuses : tuple of str
        The order of the statuses.
    number : Series of float
        The figures, on the index of `facts`.

    Returns
    -------
    DataFrame
        The facts, with ``number``, ``share`` (of the largest figure of the same fact, by size; 0 to 1),
        ``y`` (its row) and ``y_name`` (the row of its fact's name).
    """
    rank = {status: i for i, status in enumerate(statuses)}
    laid = facts.assign(number=number, rank=facts["status"].map(rank))
    laid["group"] = laid.groupby(["case", "fact"], sort=False).ngroup()
    laid = laid.sort_values(["group", "rank"], kind="stable", ignore_index=True)
    largest = laid["number"].abs().groupby(laid["group"]).transform("max")
    laid["share"] = (laid["number"].abs() / largest.where(largest > 0)).fillna(0.0)
    laid["y"] = laid.index + laid["group"] + 1.0
    laid["y_name"] = laid.groupby("group")["y"].transform("min") - 1.0
    return laid.drop(columns=["rank", "group"])
