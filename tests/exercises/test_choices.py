"""Neither its letter nor its length gives the right option of a choice away."""

from statistics import mean

import pytest

from traceblock import exercises
from traceblock.exercises import Choice
from traceblock.exercises.lessons import available

RIGHT = {
    (no, question.name): (question, question._answers.expected(question.name))
    for no in available()
    for question in exercises.lesson(no, 0)
    if isinstance(question, Choice)
}


def others_length(question: Choice, right: str) -> list[int]:
    return [len(text) for letter, text in question.options.items() if letter != right]


@pytest.mark.parametrize("letter", "ABCDE")
def test_a_letter_is_right_about_as_often_as_another(letter):
    with_it = [right for question, right in RIGHT.values() if letter in question.options]
    share = with_it.count(letter) / len(with_it)
    assert share <= 0.35
    if letter != "E":  # which fewer choices have
        assert share >= 0.15


@pytest.mark.parametrize("half", [range(7), range(7, 13)], ids=["00-06", "07-12"])
def test_several_letters_are_right_in_each_half_of_the_course(half):
    assert len({right for (no, _), (_, right) in RIGHT.items() if no in half}) >= 3


def test_the_right_option_is_seldom_the_longest():
    longest = [
        name
        for name, (question, right) in RIGHT.items()
        if len(question.options[right]) >= max(others_length(question, right))
    ]
    assert len(longest) <= len(RIGHT) / 3, longest


def test_the_right_option_is_of_middling_length():
    def rank(question: Choice, right: str) -> float:
        """Return the share of the other options that are shorter, an equal one as a half."""
        here = len(question.options[right])
        others = others_length(question, right)
        return mean(1.0 if other < here else 0.5 if other == here else 0.0 for other in others)

    assert 0.35 <= mean(rank(question, right) for question, right in RIGHT.values()) <= 0.65


@pytest.mark.parametrize("name", RIGHT, ids=lambda name: f"{name[0]:02}-{name[1]}")
def test_no_option_stands_out_by_its_length(name):
    lengths = [len(text) for text in RIGHT[name][0].options.values()]
    assert max(lengths) <= 1.3 * min(lengths)
