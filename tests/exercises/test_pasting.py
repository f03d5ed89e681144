"""A try of a function, written as code, makes the same try again."""

import datetime

import numpy as np
import pandas as pd
import pytest

from traceblock.exercises import Function, lesson, pasting
from traceblock.exercises.lessons import available

TIMES = pd.to_datetime(["2026-11-01T20:02:41Z", None], utc=True).as_unit("s")
VALUES = [
    1,
    -1.5,
    True,
    None,
    "it's",
    b"\x00",
    (),
    (1,),
    [1, (2, 3)],
    {1, 2},
    set(),
    {"a": [1, None]},
    float("inf"),
    pd.Timestamp("2010-06-08T12:34:56Z"),
    pd.Timestamp("2010-06-08T12:34:56.789"),
    pd.Timedelta("37s"),
    pd.DataFrame({"time": TIMES, "address": np.array([1, 2], "uint32"), "share": [0.5, np.nan]}),
    pd.DataFrame({"subscriber": pd.array([1, None], "Int64"), "isp": ["a", None], "left": [True, False]}),
    pd.DataFrame({"rung": pd.Categorical(["b", "a"], ["a", "b", "c"], ordered=True)}, index=[7, 8]),
    pd.DataFrame({"a": pd.Series([], dtype="int64"), "b": pd.Series([], dtype="datetime64[s, UTC]")}),
    pd.Series([1, 2], index=["x", "y"], name="n", dtype="uint16"),
]


def same(one, other):
    if isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other, check_index_type=False)
    elif isinstance(one, pd.Series):
        pd.testing.assert_series_equal(one, other)
    else:
        assert one == other
        assert type(one) is type(other)


def made_again(code):
    return eval(code, {"pd": pd, "try_it": lambda *arguments: arguments})


@pytest.mark.parametrize("value", VALUES, ids=lambda value: pasting.in_short("f", [value]))
def test_what_is_pasted_makes_the_same_value(value):
    (again,) = made_again(pasting.call("try_it", [value]))
    same(again, value)


def test_a_time_is_written_as_pandas_takes_it():
    time = pd.Timestamp("2010-06-08T12:34:56Z")
    assert pasting.call("f", [time]) == "f(pd.Timestamp('2010-06-08 12:34:56+00:00'))"
    assert pasting.in_short("f", [time, np.int64(3)]) == "f(pd.Timestamp('2010-06-08 12:34:56+00:00'), 3)"


def test_in_short_a_table_is_named_and_a_long_text_cut():
    assert pasting.in_short("f", [pd.DataFrame({"a": [1]}), 3]) == "f(a table, 3)"
    assert len(pasting.in_short("f", ["x" * 1000])) < 60


@pytest.mark.parametrize("value", [object(), datetime.date(2026, 1, 1), len, "x" * 2000, {"a": object()}])
def test_what_is_too_long_or_has_no_code_is_not_pasted(value):
    assert pasting.call("f", [value]) is None


@pytest.mark.parametrize("no", available())
def test_the_tries_of_the_course_that_are_pasted_are_the_same_again(no):
    for question in lesson(no, 0):
        if isinstance(question, Function):
            for arguments in question.cases(question._answers.pristine):
                code = pasting.call("try_it", arguments)
                if code:
                    for again, value in zip(made_again(code), arguments, strict=True):
                        if isinstance(value, (pd.DataFrame, pd.Series, pd.Timestamp)):
                            same(again, value)
                        else:
                            assert again == value
