"""No figure is typed into a notebook that the record holds: the rule, and what it passes over.

A number in words for the reader (markdown, or a text in code) is refused if it equals a numeric value of the
record and

- it has three digits or more: the number alone says which row is meant ("24,583", "27.8 %"); or
- it has two digits, and the row is of a case that the lesson is about ("75" where it is The Hurt Locker); or
- it has two digits or is a power of ten (10, 100, 1,000 …), and the row's unit follows within two words
  ("10,000 euros" is not seen, "10,000 instances" and "24-hour" are).

Leading zeros are no digits. "50 million" is read as 50 and as 50,000,000.
A number in code (from 10 on) is refused by the first two of these: it has no unit beside it.

Passed over, because they name something and count nothing: dates, and years that are on the record; the
minutes of a lesson or a question; the number of a lesson, of a heading, of an item in a list; numbers of
laws, RFCs, BEPs, rules and status codes; code in backticks, unless it is only a number; numbers that are part
of a name, an address or a time (AS64500, 192.0.2.7, 14:05, C-70/10, 20th); what `set_option` is told.
"""

import ast
import math
import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from traceblock import cases

from .reading import Page, without_fences

#: Units of numbers that name something rather than count it.
NAMING = {"code", "status code", "hour of day", "rank"}
MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
PASSED_OVER = re.compile(
    rf"""
    `[^`\n]*[^\W\d][^`\n]*`                                       # code, unless it is only a number
    | \]\([^)]*\)                                                 # where a link leads
    | ^\#*\s*\d+[.)]\s                                            # an item, a numbered heading
    | ⏱.*$ | ·\s\d+\sminutes?\b                                   # how long it takes
    | \d{{4}}-\d\d(?:-\d\d)? | \d\d?\s{MONTH} | {MONTH}\s\d\d?\b  # dates
    | \b(?:lessons?|questions?|parts?|exercises?)\s\d+(?:(?:,|\sand|\sto|,\sand)\s\d+)*
    | \b(?:RFC|BEP|HTTP|status|port|rule|section|article|art\.|directive|regulation|U\.S\.C\.|§)\s*\d+
    """,
    re.VERBOSE | re.MULTILINE | re.IGNORECASE,
)
NUMBER = re.compile(
    r"""
    (?<![\w.:/]) (?<!\w-)
    (?P<digits> \d{1,3}(?:[,' \u00a0\u2009\u202f]\d{3})+ (?:\.\d+)? | \d+(?:\.\d+)? )
    (?! \w | [.,:/]\d | \(\w\) )
    (?: \s(?P<factor>thousand|million|billion) )?
    (?P<after> \W{0,3} \w* (?:\s\w+)? )
    """,
    re.VERBOSE,
)
FACTORS = {None: 1, "thousand": 1e3, "million": 1e6, "billion": 1e9}


class Figure(NamedTuple):
    """A numeric value on the record."""

    value: float
    unit: str
    case: str
    fact: str


@cache
def held() -> tuple[Figure, ...]:
    """Return the figures on the record."""
    facts = cases.facts()
    facts = facts[~facts["unit"].isin(cases.WORDS | NAMING)]
    rows = facts[["value", "unit", "case", "fact"]].itertuples(index=False)
    return tuple(Figure(abs(float(value)), *rest) for value, *rest in rows)


@cache
def years() -> frozenset[float]:
    """Return the years that occur as a date anywhere on the record."""
    dates = [
        *cases.facts()["date"],
        *cases.timeline()["date"],
        *cases.actors()["date"],
        *cases.sources()["date"],
    ]
    return frozenset(float(date[:4]) for date in dates if date)


def about(page: Page) -> set[str]:
    """Return the cases that a lesson says it is about; "all" are the five."""
    said = re.search(r"· case: ([^·]*)", page.cells[0].source)
    five = {slug: title for slug, title in cases.TITLES.items() if slug != "literature"}
    return {
        slug for slug, title in five.items() if said and re.search(rf"\ball\b|{slug}|{title}", said[1], re.I)
    }


def typed(page: Page, own: set[str]) -> Iterator[str]:
    """Say which figures of the record are typed into a page of a lesson on some cases."""
    for cell in page.markdown:
        yield from typed_in_words(cell.source, own)
    for cell in page.code:
        for value in constants(ast.parse(cell.source)):
            if isinstance(value, str):
                yield from typed_in_words(value, own)
            elif isinstance(value, int | float) and value >= 10:
                found = [figure for figure in held() if figure.value == value and tells(figure, own)]
                yield from (refusal(str(value), figure) for figure in found[:1])


def constants(tree: ast.AST) -> Iterator[object]:
    """Go through the constants of some code, but for those that only set how things are shown."""
    if isinstance(tree, ast.Constant):
        yield tree.value
    elif not (isinstance(tree, ast.Call) and getattr(tree.func, "attr", "") in ("lesson", "set_option")):
        for node in ast.iter_child_nodes(tree):
            yield from constants(node)


def typed_in_words(text: str, own: set[str]) -> Iterator[str]:
    text = PASSED_OVER.sub(" … ", without_fences(text))
    for number in NUMBER.finditer(text):
        value = float(re.sub(r"[^\d.]", "", number["digits"]))
        if number["digits"].isdigit() and value in years():
            continue
        values = {value, value * FACTORS[number["factor"]]}
        found = [
            figure
            for figure in held()
            if figure.value in values and (tells(figure, own) or counts(number["after"], figure))
        ]
        yield from (refusal(number[0].strip(), figure) for figure in found[:1])


def refusal(number: str, figure: Figure) -> str:
    return f"{number!r} is on the record, {figure.fact} of {figure.case}: take it from cases.fact()"


def tells(figure: Figure, own: set[str]) -> bool:
    """Return whether the number alone says that this figure is meant."""
    if math.log10(figure.value or 1).is_integer():
        return False
    return digits(figure.value) >= (2 if figure.case in own else 3)


def digits(value: float) -> int:
    return len(f"{value:.10f}".rstrip("0").rstrip(".").replace(".", "").lstrip("0"))


def counts(words: str, figure: Figure) -> bool:
    """Return whether the words after a number name the unit of a figure that has two digits or more."""
    if figure.unit == "percent":
        unit = r"^\s*(%|per\s?cent)"
    else:
        unit = rf"\b{re.escape(figure.unit.split()[0].removesuffix('s'))}(s|es)?\b"
    return digits(figure.value) >= 2 and bool(re.search(unit, words))
