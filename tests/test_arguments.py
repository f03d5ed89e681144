"""What each check accepts, as what, and that it names the argument, the value and what it accepts."""

import datetime
import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from traceblock import arguments


def refused(check, value, *words, **bounds):
    with pytest.raises(ValueError, match=r"^speed=") as error:
        check("speed", value, **bounds)
    assert repr(value) in str(error.value)
    for word in words:
        assert word in str(error.value)


@pytest.mark.parametrize(
    ("value", "bounds"),
    [(0, {}), (10**30, {}), (np.uint8(7), {"low": 7, "high": 7}), (-3, {"low": -3}), (np.array(5), {})],
    ids=str,
)
def test_a_whole_number_is_accepted(value, bounds):
    number = arguments.whole("speed", value, **bounds)
    assert type(number) is int
    assert number == value


@pytest.mark.parametrize("value", [True, np.True_, 1.0, "1", b"1", None, pd.NA, math.nan, [1], 1j], ids=repr)
def test_what_is_no_whole_number_is_refused(value):
    refused(arguments.whole, value, "a whole number, 0 or more")


@pytest.mark.parametrize("value", [0, 64_513, -1])
def test_a_whole_number_out_of_bounds_is_refused(value):
    refused(arguments.whole, value, "a whole number, 1 to 64,512", low=1, high=64_512)


@pytest.mark.parametrize("value", [0, 1, 0.5, np.float32(0.25), np.int8(1), Fraction(1, 3), 1e-300], ids=repr)
def test_a_number_is_accepted(value):
    number = arguments.between("speed", value, high=1)
    assert type(number) is float
    assert number == float(value)


@pytest.mark.parametrize(
    "value",
    [True, np.True_, "0.5", None, pd.NA, pd.NaT, math.nan, math.inf, -math.inf, 1j, [1], 10**400, -0.01],
    ids=lambda value: repr(value)[:10],
)
def test_what_is_no_number_is_refused(value):
    refused(arguments.between, value, "a number at least 0")


@pytest.mark.parametrize(
    ("value", "bounds", "accepted"),
    [
        (0, {"above": True}, "above 0"),
        (1, {"high": 1, "below": True}, "at least 0 and below 1"),
        (1.01, {"high": 1}, "at least 0 and at most 1"),
        (0.99, {"low": 1}, "at least 1"),
    ],
)
def test_a_bound_is_inside_unless_it_is_said_to_be_outside(value, bounds, accepted):
    refused(arguments.between, value, f"a number {accepted}", **bounds)
    assert arguments.between("speed", 1, low=1, high=1) == 1


@pytest.mark.parametrize(
    ("value", "length"),
    [
        ("24h", 86_400),
        ("337h", 337 * 3_600),
        ("10:00:00", 36_000),
        ("P1D", 86_400),
        ("0s", 0),
        ("-90s", -90),
        (datetime.timedelta(minutes=10), 600),
        (np.timedelta64(1, "h"), 3_600),
        (pd.Timedelta(hours=2), 7_200),
        (pd.offsets.Hour(2), 7_200),
        (pd.Timedelta(2**33, "s"), 2**33),
    ],
    ids=repr,
)
def test_a_duration_is_accepted(value, length):
    seconds = arguments.seconds("speed", value)
    assert type(seconds) is int
    assert seconds == length


@pytest.mark.parametrize(
    "value",
    [
        *("1.5s", "1s 1ns", "999ms", "5", "NaT", "", "soon", "1 fortnight", b"1s"),
        *(5, 86_400.0, True, math.nan, None, pd.NaT, pd.NA, np.timedelta64("NaT"), [1], np.array(["1s"])),
        *(pd.DateOffset(hours=1), np.timedelta64(5, "Y"), object(), pd.Timestamp("2010-01-01")),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_what_is_no_duration_in_seconds_is_refused(value):
    refused(arguments.seconds, value, "a duration in whole seconds, such as '10min'")


@pytest.mark.parametrize(("value", "low"), [("0s", 1), ("-1s", 0), ("59s", 60)])
def test_too_short_a_duration_is_refused(value, low):
    refused(arguments.seconds, value, f"of at least {low} s", low=low)
    assert arguments.seconds("speed", f"{low}s", low=low) == low


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2010-05-28", "2010-05-28T00:00:00"),
        ("20100528", "2010-05-28T00:00:00"),
        ("2010-05-28T12:00:00Z", "2010-05-28T12:00:00"),
        ("2010-05-28T12:00:00+02:00", "2010-05-28T10:00:00"),
        (datetime.date(2010, 5, 28), "2010-05-28T00:00:00"),
        (datetime.datetime(2010, 5, 28, tzinfo=datetime.UTC), "2010-05-28T00:00:00"),
        (np.datetime64("2010-05-28"), "2010-05-28T00:00:00"),
        (pd.Timestamp("2010-05-28 12:00", tz="Europe/Berlin"), "2010-05-28T10:00:00"),
        ("1600-01-01", "1600-01-01T00:00:00"),
        ("9999-12-31", "9999-12-31T00:00:00"),
    ],
    ids=repr,
)
def test_a_time_is_accepted(value, text):
    time = arguments.instant("speed", value)
    assert time.isoformat() == f"{text}+00:00"
    assert time.unit == "s"


@pytest.mark.parametrize("hour", [0, 1])
def test_an_hour_that_a_zone_has_twice_is_no_riddle(hour):
    time = pd.Timestamp(f"2010-10-31T0{hour}:30Z")
    assert arguments.instant("speed", time.tz_convert("Europe/Paris")) == time


@pytest.mark.parametrize(
    "value",
    [
        *("2010-05-28 12:00:00.5", "NaT", "", "yesterday-ish", "24h", "2010-02-30", b"2010-05-28"),
        *(5, 2010, 2010.0, True, math.nan, None, pd.NaT, pd.NA, ["2010-05-28"], pd.Period("2010"), object()),
        *(pd.Timestamp.max, pd.Timedelta("1s")),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_what_is_no_time_in_seconds_is_refused(value):
    refused(arguments.instant, value, "a time in whole seconds, such as '2010-05-28'")


def test_one_of_several_words():
    assert arguments.one_of("speed", "fast", ("slow", "fast")) == "fast"
    for value in ("Fast", "", "slow, fast", None, 0, ["fast"], np.array(["slow", "fast"])):
        refused(arguments.one_of, value, "one of slow, fast", accepted=("slow", "fast"))


def test_columns_that_are_there():
    arguments.columns("peers", pd.DataFrame(columns=["a", "b", "c"]), ("a", "c"))
    with pytest.raises(ValueError, match=r"^peers has no column b, d; it needs a, b, d$"):
        arguments.columns("peers", pd.DataFrame(columns=["a", "c"]), ("a", "b", "d"))
    for table in (None, {"a": []}, pd.Series(name="a"), [["a"]]):
        with pytest.raises(ValueError, match=f"^peers is a {type(table).__name__}; give a DataFrame with a$"):
            arguments.columns("peers", table, ("a",))
