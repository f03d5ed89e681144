"""A right answer is right however it is written: rounded, in another order, in another type."""

import copy
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from traceblock import exercises
from traceblock.exercises import Choice, Function, Number, Table, Text
from traceblock.exercises.lessons import available

QUESTIONS = [
    pytest.param(question, id=f"{no:02}-{variant}-{question.name}")
    for no in available()
    for variant in (0, 3)
    for question in exercises.lesson(no, variant)
]


def to_digits(number, digits):
    """Return a number with so many significant digits, if it is one that may be rounded."""
    return float(f"{number:.{digits - 1}e}") if isinstance(number, float) else number


def rounded(value, digits, decimals):
    """Return a value as somebody writes it who rounds, money to the cent."""
    if isinstance(value, pd.DataFrame):
        of = decimals if isinstance(decimals, dict) else dict.fromkeys(value.columns, decimals)
        return value.assign(
            **{name: [rounded(cell, digits, of.get(name)) for cell in value[name]] for name in value}
        )
    if decimals is not None and isinstance(value, float):
        return round(float(value), decimals)
    return to_digits(value, digits)


def differently(question, answer):
    """Yield right answers that are written differently."""
    decimals = getattr(question, "decimals", None)
    if isinstance(question, Number):
        yield np.array(answer)
        yield pd.Series([answer]).iloc[0]
        yield Decimal(str(answer))
        yield from (
            rounded(float(answer) if question.decimals else answer, digits, decimals) for digits in (3, 4, 6)
        )
        if isinstance(answer, (int, np.integer)):
            yield float(answer)
    elif isinstance(question, Table):
        yield answer if question.ordered else answer.iloc[::-1]
        yield answer[list(reversed(answer.columns))].set_index(pd.Index([7] * len(answer)))
        yield answer.astype(object)
        yield answer.assign(more=1)
        yield answer.convert_dtypes()
        yield from (rounded(answer, digits, decimals) for digits in (3, 4, 6))
        floats = answer.select_dtypes("float")
        if decimals is None and len(floats.columns) and (floats.abs().max() >= 0.1).all():
            yield answer.round(3)
    elif isinstance(question, Text):
        first = answer[0] if isinstance(answer, tuple) else answer
        yield from (f" {first.upper()}. ", f"“{first}”", np.str_(first))
    elif isinstance(question, Choice):
        yield from (answer.lower(), f"({answer})", f"{answer}. ", np.str_(answer))


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_right_answer_written_differently_is_right(question):
    answer = question._answers.expected(question.name)
    for value in differently(question, answer):
        assert question.outcome(value).kind == "right", repr(value)


@pytest.mark.parametrize("question", [each for each in QUESTIONS if isinstance(each.values[0], Function)])
def test_a_function_may_round_and_return_other_types(question):
    answer = question._answers.expected(question.name)

    def to_four_digits(*arguments):
        return rounded(answer(*copy.deepcopy(arguments)), 4, question.decimals)

    def in_numpy(*arguments):
        result = answer(*copy.deepcopy(arguments))
        return np.array(result)[()] if isinstance(result, (bool, int, float)) else result

    assert question.outcome(to_four_digits).kind == "right"
    assert question.outcome(in_numpy).kind == "right"
