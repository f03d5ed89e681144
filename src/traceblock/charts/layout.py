"""Where things stand in a chart: pure arithmetic on tables, so that nothing overlaps by construction."""

import textwrap

import pandas as pd


def wrapped(table: pd.DataFrame, texts: "pd.Series[str]", narrow: int, wide: int) -> pd.DataFrame:
    """Add columns ``narrow`` and ``wide``: a text broken at spaces into lines of so many characters."""
    broken = {
        name: ["\n".join(textwrap.wrap(text, width, break_long_words=False)) for text in texts]
        for name, width in (("narrow", narrow), ("wide", wide))
    }
    return table.assign(**broken)


def three_columns(requests: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lay out who asks for what of whom as three columns that read like a sentence.

    Each request has a row of its own in the middle. Whoever asks stands at the left, at the middle of
    their own requests, which are kept together; whoever is asked stands at the right, evenly spaced in the
    order of the requests that reach them. So no two texts of a column meet, whatever the table.

    Parameters
    ----------
    requests : DataFrame
        ``actor``, ``role``, ``asks``, ``asks_role``, ``for_what``, ``status``.

    Returns
    -------
    texts : DataFrame
        ``column`` (who asks, for what, of whom), ``text``, ``role`` (empty in the middle), ``x``, ``y``
        (0, 1, 2 … in the middle), ``align``.
    edges : DataFrame
        The requests twice, with the ends ``x``, ``y``, ``x2``, ``y2`` of the line that leads to the middle
        and of the one that leads on from it (``arrow`` is True). x runs from 0 to 1.
    """
    order = {name: i for i, name in enumerate(dict.fromkeys(requests["actor"]))}
    middle = requests.sort_values(
        "actor", key=lambda names: names.map(order), kind="stable", ignore_index=True
    )
    middle["y"] = middle.index.astype(float)
    asking = _parties(middle, "actor", "role").sort_values("y", kind="stable", ignore_index=True)
    asked = _parties(middle, "asks", "asks_role").sort_values(["y", "text"], kind="stable", ignore_index=True)
    asked["y"] = (asked.index + 0.5) * len(middle) / max(len(asked), 1) - 0.5
    what = middle[["for_what", "y"]].rename(columns={"for_what": "text"}).assign(role="")
    texts = [
        asking.assign(column="who asks", x=0.27, align="right"),
        what.assign(column="for what", x=0.5, align="center"),
        asked.assign(column="of whom", x=0.74, align="left"),
    ]
    y_asking = middle["actor"].map(asking.set_index("text")["y"])
    y_asked = middle["asks"].map(asked.set_index("text")["y"])
    edges = [
        middle.assign(arrow=False, x=0.28, x2=0.34, y=y_asking, y2=middle["y"]),
        middle.assign(arrow=True, x=0.66, x2=0.72, y2=y_asked),
    ]
    return pd.concat(texts, ignore_index=True), pd.concat(edges, ignore_index=True)


def _parties(requests: pd.DataFrame, name: str, role: str) -> pd.DataFrame:
    parties = requests.groupby(name, sort=False).agg(role=(role, "first"), y=("y", "mean"))
    return parties.rename_axis("text").reset_index()


def ledger(facts: pd.DataFrame, statuses: tuple[str, ...]) -> pd.DataFrame:
    """Lay out the rows of one fact under one another: its name, then one row for each status.

    Parameters
    ----------
    facts : DataFrame
        ``case``, ``fact``, ``status``, ``number`` (float, missing where the value is in words), ``name``
        (one line or several) and ``narrow`` (the value's text, broken for a narrow page; see `wrapped`).
    statuses : tuple of str
        The order of the statuses.

    Returns
    -------
    DataFrame
        The facts, sorted, with ``share`` (the number as a share of the largest of the same fact, by size;
        0 to 1, missing for words), ``first`` (whether it is the first row of its fact), and the heights
        ``y``, ``bottom`` and ``y_name`` of the row's two ends and of its fact's name. One unit of height
        holds a bar or a line of text; a text of several lines takes more.
    """
    rank = {status: i for i, status in enumerate(statuses)}
    laid = facts.assign(
        rank=facts["status"].map(rank), group=facts.groupby(["case", "fact"], sort=False).ngroup()
    )
    laid = laid.sort_values(["group", "rank"], kind="stable", ignore_index=True)
    largest = laid["number"].abs().groupby(laid["group"]).transform("max")
    laid["share"] = (laid["number"].abs() / largest).where(largest > 0, laid["number"].abs())
    laid["first"] = ~laid["group"].duplicated()
    height, of_name = _height(laid["narrow"]), 0.2 + _height(laid["name"])
    laid["bottom"] = (height + of_name * laid["first"]).cumsum()
    laid["y"] = laid["bottom"] - height
    laid["y_name"] = (laid["y"] - of_name).where(laid["first"]).ffill() + 0.2
    return laid.drop(columns=["rank", "group"])


def _height(texts: "pd.Series[str]") -> "pd.Series[float]":
    return 0.4 + 0.6 * (texts.str.count("\n") + 1)
