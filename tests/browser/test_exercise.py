"""Exercise 00 as a student works it: left blank, then a wrong answer, a hint, and the right answer."""

import re

import pytest
from playwright.sync_api import expect

from traceblock import exercises

from .lab_page import ERRORS, WIDE, page_of
from .stored import EXERCISES, cells

EXERCISE = EXERCISES[0]
SOURCES = ["".join(cell["source"]) for cell in cells(EXERCISE)]


@pytest.fixture(scope="module")
def lab(browser, server):
    """The exercise, run while it is still blank."""
    with page_of(browser, WIDE) as lab:
        lab.open(server.address(f"exercises/{EXERCISE.name}"))
        lab.run_all()
        yield lab


@pytest.fixture(scope="module")
def first():
    return exercises.lesson(0)[0]


def place_of(source):
    return [each.strip() for each in SOURCES].index(source)


def test_blank_nothing_fails_and_every_check_says_so(lab):
    assert not lab.page.locator(ERRORS).all_text_contents()
    checks = [place for place, source in enumerate(SOURCES) if source.endswith(".check()")]
    assert len(checks) == len(exercises.lesson(0))
    for place in checks:
        expect(lab.output(place)).to_contain_text("⬜")


def test_a_wrong_answer_a_hint_the_right_answer(lab, first):
    answer, check = place_of(f"{first.name} = ..."), place_of("q1.check()")
    misread = first.mistakes[0]

    lab.retype(answer, f"{first.name} = {misread.answer(exercises.lesson(0).data)!r}")
    lab.retype(check, "q1.check()")
    expect(lab.output(check)).to_contain_text("❌")
    expect(lab.output(check)).to_contain_text(misread.text)

    lab.retype(check, "q1.hint()")
    expect(lab.output(check)).to_contain_text(f"Hint 1 of {len(first.hints)}: {first.hints[0]}")

    lab.retype(answer, f"{first.name} = {first._answers.expected(first.name)!r}")
    lab.retype(check, "q1.check()")
    expect(lab.output(check)).to_have_text(re.compile("^✅ Right"))


def test_a_choice_shows_its_options(lab):
    question = next(each for each in exercises.lesson(0) if hasattr(each, "options"))
    place = place_of(f"{question.name} = ...") - 1
    expect(lab.output(place).locator("li")).to_have_text(
        [f"{letter}: {text}" for letter, text in question.options.items()]
    )


def test_all_this_stays_on_this_machine_and_quiet(lab):
    assert not lab.strangers
    assert not lab.complaints
