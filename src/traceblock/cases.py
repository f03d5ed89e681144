"""The documented record of the five cases and of the literature: facts, timeline, actors, sources.

Every row carries its source and its status:

- ``reported``: an article of the five says so, or other press of the time;
- ``established``: a court, a regulator or a study says so; such a row shares the
  fact name of the reported row that it corrects;
- ``disputed``: a party's claim, or an allegation.
"""

import io
import json
import math
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

import pandas as pd

from traceblock.files import course_file, published_hash, with_lf

TITLES = {
    "fall": "Fall",
    "hurt-locker": "The Hurt Locker",
    "cobbler": "The Cobbler",
    "cloudflare-milan": "Milan v. Cloudflare",
    "allostreaming": "Allostreaming",
    "literature": "Literature",
}
CASES = tuple(TITLES)
STATUSES = ("reported", "disputed", "established")
#: Units whose values are words; every other unit's values are numbers.
WORDS = frozenset({"text", "name", "date"})


class RecordError(RuntimeError):
    """A file of the record is missing or is not what was published; the message says what to do."""


@dataclass(frozen=True)
class Fact:
    """One row of the record; ``value`` is a number where the unit is numeric, else text."""

    case: str
    fact: str
    kind: str
    value: int | float | str
    unit: str
    date: str
    status: str
    source: str
    note: str

    def __str__(self) -> str:
        """Return the figure with its unit, status and source, as it may stand in a sentence."""
        figure = f"{self.value:,}" if not isinstance(self.value, str) else self.value
        unit = "" if self.unit in WORDS else f" {self.unit}"
        date = f", {self.date}" if self.date else ""
        return f"{figure}{unit} ({self.status}{date}; source: {self.source})"

    def _repr_markdown_(self) -> str:
        """Return the sentence that a notebook shows."""
        return f"{self}" + (f"  \n*{self.note}*" if self.note else "")


def facts(case: str | None = None) -> pd.DataFrame:
    """Return the facts on the record, all or those of one case.

    Parameters
    ----------
    case : str, optional
        One of ``CASES``: a case's slug, or ``"literature"`` for studies and technical figures.

    Returns
    -------
    DataFrame
        ``case``, ``fact`` (name), ``kind`` (count, share, amount, duration, date, actor, work, site, law,
        claim), ``value`` (text), ``unit``, ``date`` (ISO 8601 text of any precision, maybe empty),
        ``status``, ``source`` (a key of `sources`), ``note``.

    Raises
    ------
    LookupError
        If there is no such case.
    RecordError
        If the file is missing or damaged.
    """
    table = _read("facts")
    return table if case is None else _only(table, "case", case, CASES)


def fact(case: str, fact: str, status: str = "reported") -> Fact:
    """Return the one fact of a case with this name and status.

    Parameters
    ----------
    case : str
        One of ``CASES``.
    fact : str
        A name of the column ``fact`` of `facts`.
    status : str
        One of ``STATUSES``.

    Returns
    -------
    Fact
        With ``.value`` (int or float where the unit is numeric, else text), ``.unit``, ``.source``,
        ``.status``, and the other columns of `facts`.

    Raises
    ------
    LookupError
        If there is none or more than one; the message names those that come close.
    """
    of_case = facts(case)
    named = _only(of_case, "fact", fact, sorted(of_case["fact"].unique()))
    rows = named[named["status"] == status] if isinstance(status, str) else named[:0]
    if len(rows) != 1:
        found = ", ".join(named["status"]) or "none"
        raise LookupError(
            f"status={_shown(status)}: {len(rows)} rows for fact {fact!r} of {case!r}; its rows: {found}"
        )
    row = {str(column): value for column, value in rows.iloc[0].items()}
    return Fact(**row | {"value": number(row["value"], row["unit"])})


def compared(case: str | None = None) -> pd.DataFrame:
    """Return the facts that stand on the record more than once: as reported, and as they turned out.

    Parameters
    ----------
    case : str, optional
        One of ``CASES``; all of them without it.

    Returns
    -------
    DataFrame
        The rows of `facts` whose name has rows of two statuses or more, in the order of `facts`.

    Raises
    ------
    LookupError
        If there is no such case.
    """
    table = facts(case)
    several = table.groupby(["case", "fact"])["status"].transform("nunique") > 1
    return table[several].reset_index(drop=True)


def number(value: str, unit: str) -> int | float | str:
    """Return a recorded value as a number where its unit is numeric, else as the text it is.

    Raises
    ------
    ValueError
        If it is no text, or its unit is numeric and it is the text of no number.
    """
    if not (isinstance(value, str) and isinstance(unit, str)):
        raise ValueError(f"value={_shown(value)}, unit={_shown(unit)}: give texts, as the record has them")
    if unit in WORDS:
        return value
    try:
        as_float = float(value)
    except ValueError:
        as_float = math.nan
    if not math.isfinite(as_float):
        raise ValueError(f"value={_shown(value)} is the text of no number, but its unit is {_shown(unit)}")
    return int(as_float) if as_float.is_integer() else as_float


def timeline() -> pd.DataFrame:
    """Return the events of the five cases.

    Returns
    -------
    DataFrame
        ``case``, ``date`` (ISO 8601 text of any precision), ``event`` (what the actor does, present tense),
        ``actor``, ``status``, ``source``; by case, then date.

    Raises
    ------
    RecordError
        If the file is missing or damaged.
    """
    return _read("timeline")


def actors() -> pd.DataFrame:
    """Return who asks whom for what, one row a request.

    Returns
    -------
    DataFrame
        ``case``, ``actor`` (who asks), ``role``, ``asks`` (who is asked), ``asks_role``, ``for_what``,
        ``date``, ``status``, ``source``.

    Raises
    ------
    RecordError
        If the file is missing or damaged.
    """
    return _read("actors")


def sources() -> pd.DataFrame:
    """Return the sources; every ``source`` of the other tables is one of them.

    Returns
    -------
    DataFrame
        ``source`` (the key), ``title``, ``publisher``, ``date``, ``kind``, ``locator`` (docket, ECLI, DOI,
        RFC number, outlet and date), ``read_as`` (what the authors of the course read).

    Raises
    ------
    RecordError
        If the file is missing or damaged.
    """
    return _read("sources")


def procedures() -> pd.DataFrame:
    """Return the procedures by which an observed address may become a name.

    Returns
    -------
    DataFrame
        ``procedure`` (slug), ``title``, ``country``, ``issued_by`` (clerk, judge, agency, nobody),
        ``recipient`` (who learns the name: right holder, agency, nobody), ``conduit`` (whether it reaches a
        mere conduit: yes, no, not applicable), ``addresses_a_case``, ``deadline_days``, ``record_days``
        (whole numbers as text, empty where there is no limit on the record), ``basis`` (statute or rule),
        ``status``, ``source``, ``note``.

    Raises
    ------
    RecordError
        If the file is missing or damaged.
    """
    return _read("procedures")


def stages() -> pd.DataFrame:
    """Return the stages of graduated responses.

    Returns
    -------
    DataFrame
        ``procedure``, ``stage`` (1, 2 …), ``name``, ``observations`` (of the same line, that lead to it),
        ``window_months`` (since the stage before, empty where there is none on the record), ``status``,
        ``source``, ``note``; all text.

    Raises
    ------
    RecordError
        If the file is missing or damaged.
    """
    return _read("stages")


def estimates() -> pd.DataFrame:
    """Return published estimates of what a block, or a closure at the source, did.

    Returns
    -------
    DataFrame
        ``study``, ``measure`` (what was blocked or closed), ``country`` (ISO 3166, or EU), ``year`` (text),
        ``outcome`` (what was measured), ``estimate``, ``low``, ``high``, ``kind`` (of effect: blocked sites,
        piracy, legal use), ``design``, ``funder`` (not stated, where what was read does not say), ``status``,
        ``source``, ``note``; by study. Unlike the other tables, all of them text, three columns are numbers
        (float64, change in percent), to be drawn and compared: NaN in ``estimate`` where what was read gives
        words only or a mere range, in ``low`` and ``high`` where it gives no range; the note says of what
        kind a range is.

    Raises
    ------
    RecordError
        If the file is missing or damaged.
    """
    table = _read("estimates")
    numbers = ["estimate", "low", "high"]
    return table.assign(**{column: pd.to_numeric(table[column]) for column in numbers})


def _only(
    table: pd.DataFrame, column: str, value: str, accepted: "tuple[str, ...] | list[str]"
) -> pd.DataFrame:
    if not (isinstance(value, str) and value in accepted):
        near = get_close_matches(_shown(value).strip("'"), accepted, n=3, cutoff=0.5)
        hint = (
            f"did you mean {' or '.join(map(repr, near))}?" if near else f"choose from {', '.join(accepted)}"
        )
        raise LookupError(f"{column}={_shown(value)} is not on the record; {hint}")
    return table[table[column] == value].reset_index(drop=True)


def _shown(value: object) -> str:
    """Return what was asked for as a message shows it: shortly, and whatever it is."""
    plain = isinstance(value, str | float | bool | None) or (isinstance(value, int) and abs(value) < 1e9)
    return repr(value)[:100] if plain else f"<{type(value).__name__}>"


def _read(name: str) -> pd.DataFrame:
    return _parsed(name).copy()


@cache
def _parsed(name: str) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(_published(name)), dtype="str", keep_default_na=False, encoding="utf-8")


def _published(name: str) -> bytes:
    """Return a file of the record with LF line ends, once its hash is that of the data package."""
    mend = "`traceblock doctor` names the command that mends it"
    package = course_file("data", "datapackage.json")
    try:
        described = {r["name"]: r for r in json.loads(package.read_text("utf-8"))["resources"]}
        path = package.with_name(described[name]["path"])
        content = path.read_bytes()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RecordError(
            f"data/{name}.csv or data/datapackage.json cannot be read ({error!r}): {mend}"
        ) from error
    if published_hash(content) != described[name]["hash"]:
        raise RecordError(f"{path.name} is not the published file, its SHA-256 differs: {mend}")
    return with_lf(content)
