"""No figure is typed into a notebook that the record holds; figures.py says what counts as one."""

import copy

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from traceblock import cases

from .figures import about, typed, typed_in_words
from .reading import pages

LESSONS = {page.no: page for page in pages("notebooks")}
LONG = cases.fact("hurt-locker", "defendants_2011").value  # five digits
SHORT = cases.fact("hurt-locker", "isps_cooperating_share").value  # two digits
ROUND = cases.fact("cobbler", "oregon_instances_low", "disputed").value  # a power of ten
OWN = {"hurt-locker"}


@pytest.mark.parametrize("page", [*LESSONS.values(), *pages("solutions")], ids=repr)
def test_no_figure_of_the_record_is_typed(page):
    assert not list(typed(page, about(LESSONS.get(page.no, page))))


@pytest.mark.parametrize("page", LESSONS.values(), ids=repr)
def test_a_lesson_says_which_cases_it_is_about(page):
    assert about(page)


@pytest.mark.parametrize(
    "cell",
    [
        new_markdown_cell(f"It had named {LONG:,} of them."),
        new_markdown_cell(f"| ISPs | {SHORT} % |"),
        new_markdown_cell(f"A list that ends in the figure {LONG}"),
        new_code_cell(f"named = {LONG}"),
        new_code_cell(f"share = {SHORT} / (10 * 10)"),
        new_code_cell(f'print(f"{{share}} of {LONG:,} addresses")'),
    ],
)
def test_a_figure_planted_in_a_lesson_is_refused(cell):
    page = copy.deepcopy(LESSONS["00"])
    before = list(typed(page, OWN))
    page.cells.insert(-1, cell)
    assert len(list(typed(page, OWN))) == len(before) + 1


@pytest.mark.parametrize(
    "text",
    [
        f"{LONG:,} addresses",
        f"{LONG:_} defendants".replace("_", "\u202f"),
        f"**{LONG}** defendants",
        f"({LONG}).",
        f"`{LONG}`",
        f"about {SHORT} of a hundred",
        f"{ROUND:,} instances",
        f"{ROUND // 1000} thousand instances",
        f"{ROUND:,} seen instances",
    ],
)
def test_a_figure_of_the_record_is_seen(text):
    assert list(typed_in_words(text, OWN))


@pytest.mark.parametrize(
    "text",
    [
        f"{LONG + 1:,} addresses",
        f"{ROUND:,} euros",
        f"`cut({LONG})`",
        f"```\n{LONG}\n```",
        f"[a link](figure-{LONG}.png)",
        f"AS{LONG}, 192.0.2.{SHORT}, {SHORT}:05, C-{SHORT}/10, the {SHORT}th",
        f"lesson {SHORT}, lessons 01, 02 and {SHORT}, RFC {LONG}, Rule {SHORT}, status {SHORT}",
        f"{SHORT}. an item",
        f"## {SHORT}. a heading",
        f"### Question 1 · {SHORT} minutes · read a value",
        "In 2010, on 11 May 2010 and on 2010-05-11",
    ],
)
def test_a_number_that_names_something_is_none(text):
    assert not list(typed_in_words(text, OWN))


def test_two_digits_need_their_unit_outside_the_lesson_on_their_case():
    assert not list(typed_in_words(f"{SHORT} of them", {"fall"}))
    assert list(typed_in_words(f"{SHORT} per cent", {"fall"}))
    assert list(typed_in_words(f"{SHORT}% of them", {"fall"}))
