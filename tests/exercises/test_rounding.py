"""Numbers are right to the digits given, from three significant digits on."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from traceblock.exercises.rounding import ONE_MORE_DIGIT, RULE, SIZES, about_column, about_number

numbers = st.floats(1e-6, 1e9).flatmap(lambda size: st.sampled_from([size, -size]))


def written(number, digits, rounding=ROUND_HALF_UP):
    """Return a number as people write it with so many significant digits."""
    return float(Context(prec=digits, rounding=rounding).create_decimal(Decimal(repr(number))))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.085055, 0.0850551234),
        (0.0851, 0.085055),
        (0.08506, 0.0850557),
        (8.51 / 100, 0.085055),
        (0.425, 0.425),
        (0.25, 0.25),  # exact with fewer digits
        (0.85, 0.8502),  # 0.850
        (185, 185.1818),
        (48_200, 48_213.7),
        (1, 0.9996),  # 1.00
        (10, 9.996),
        (-13.7, -13.65),  # a half may go either way
        (-13.6, -13.65),
        (0.1 + 0.2, 0.3),
        (1e-17, 0.0),
    ],
)
def test_the_digits_given_are_enough(value, expected):
    assert about_number(value, expected) is None


@pytest.mark.parametrize(
    ("value", "expected", "complaint"),
    [
        (0.42, 0.425, ONE_MORE_DIGIT),
        (0.43, 0.425, ONE_MORE_DIGIT),
        (0.4, 0.4249, "right as far as it goes, but give more digits"),
        (180, 183.4, ONE_MORE_DIGIT),
        (-14, -13.65, ONE_MORE_DIGIT),
        (0.085, 0.085055, ONE_MORE_DIGIT),
        (0.084, 0.084755, f"cut off or rounded the wrong way: {RULE}"),
        (0.08505, 0.0850557, f"cut off or rounded the wrong way: {RULE}"),
        (0.0851234567, 0.085055, f"close, but not it; round once, at the end: {RULE}"),
        (0.09, 0.07, "too big"),
        (0.05, 0.07, "too small"),
        (-3, -2, "too far below zero"),
        (-1, -2, "not far enough below zero"),
        (0, -2, "not far enough below zero"),
        (2, -2, "the sign is wrong"),
        (3, -2, "above zero, where the answer lies below it"),
        (-0.5, 0.3, "below zero, where the answer lies above it"),
        (float("inf"), 0.3, "too big"),
    ],
)
def test_what_is_said_of_a_number_that_is_not_right(value, expected, complaint):
    assert about_number(value, expected).startswith(complaint)


@given(numbers, st.integers(3, 15))
def test_a_number_rounded_to_three_digits_or_more_is_right(number, digits):
    assert about_number(written(number, digits), number) is None
    assert about_number(Decimal(written(number, digits)).__float__(), number) is None


@given(numbers, st.integers(1, 2))
def test_a_number_rounded_to_fewer_digits_asks_for_more_unless_it_is_exact(number, digits):
    value = written(number, digits)
    assume(about_number(value, number) is not None)
    assert "digit" in about_number(value, number)


@given(numbers, st.integers(2, 6), st.sampled_from([ROUND_DOWN, ROUND_HALF_UP]))
def test_a_rounded_number_is_never_called_too_big_or_too_small(number, digits, rounding):
    assert about_number(written(number, digits, rounding), number) not in SIZES


@given(numbers, numbers)
def test_what_is_half_a_percent_off_is_not_right(number, value):
    assume(abs(value - number) > 0.0051 * abs(number))
    assert about_number(value, number) is not None


@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9))
def test_whole_numbers_are_exact(value, expected):
    assert (about_number(value, expected) is None) == (value == expected)


def test_a_count_that_was_rounded_is_told_so():
    assert about_number(48_000, 48_213) == "rounded too far: a whole number is asked exactly"
    assert about_number(48_300, 48_213) == "too big"
    assert about_number(4_026_531_840, 4_026_531_841) == "too small"


def test_money_is_asked_to_the_cent():
    for value in (1234.5649, 1234.56, 1234.565):
        assert about_number(value, 1234.5649, decimals=2) is None
    assert about_number(1234.6, 1234.5649, decimals=2) == "rounded too far: 2 decimals are asked"
    assert about_number(1234.57, 1234.56, decimals=2) == "too big"
    assert about_number(12.5, 12, decimals=2) == "too big"


def test_a_tolerance_widens_the_rule():
    assert about_number(48_000, 50_000, tolerance=0.05) is None
    assert about_number(47_000, 50_000, tolerance=0.05) == "too small"
    assert about_number(185, 185.18, tolerance=1e-6) is None


def test_a_column_may_share_its_decimals():
    shares = [0.97031, 0.02957, 0.00012]
    assert about_column([0.970, 0.030, 0.0], shares) == [None] * 3
    assert about_column([0.9703, 0.0296, 0.0001], shares) == [None] * 3
    assert about_column([0.97, 0.03, 0.01], shares)[2] is not None  # 0.010 is not 0.000
    assert about_column([1.0, 0.971, 0.012], [1.0, 0.97123, 0.01187]) == [None] * 3
    two = about_column([0.42, 0.03], [0.42449, 0.02957])
    assert two[0] == ONE_MORE_DIGIT
    assert about_column([0.970, 0.031, 0.0], shares)[1] is not None
    assert about_column([3.0, 2.0], [3, 1]) == [None, "too big"]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.integers(3, 9))
def test_a_column_rounded_to_as_many_decimals_as_its_largest_needs_is_right(column, decimals):
    assume(max(column) >= 0.1)
    assert about_column(list(np.round(column, decimals)), column) == [None] * len(column)
