"""What each check accepts, as what, and that it names the argument, the value and what it accepts."""

import datetime
import math
import re
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from traceblock import arguments


def refused(check, value, *words, **bounds):
    with pytest.raises(ValueError, match=r"^speed=") as error:
        check("speed", value, **bounds)
    assert arguments.shown(value) in str(error.value)
    for word in words:
        assert word in str(error.value)


@pytest.mark.parametrize(
    ("value", "bounds"),
    [
        (0, {}),
        (2**63 - 1, {}),
        (10**30, {"high": math.inf}),
        (np.uint8(7), {"low": 7, "high": 7}),
        (-3, {"low": -3}),
        (np.array(5), {}),
    ],
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


@pytest.mark.parametrize("value", [True, False])
def test_a_flag_is_accepted(value):
    assert arguments.flag("speed", value) is value


@pytest.mark.parametrize("value", [0, 1, 1.0, "True", "", None, pd.NA, np.True_, [True]], ids=repr)
def test_what_is_no_flag_is_refused(value):
    refused(arguments.flag, value, "True or False")


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


@pytest.mark.parametrize("written", ["\ufeffb", "ï»¿b", " b", "b ", "B", "'b'"])
def test_a_column_with_a_sign_too_many_is_named(written):
    table = pd.DataFrame({"a": [1], written: [2], "c": [3]})
    with pytest.raises(ValueError, match=r"^peers has no column b; it needs a, b; rename ") as error:
        arguments.columns("peers", table, ("a", "b"))
    assert f"rename {written!r}, which" in str(error.value)


def test_columns_that_come_twice():
    table = pd.DataFrame([[1, 2, 3, 4, 5]], columns=["a", "b", "a", "c", "a"])
    with pytest.raises(
        ValueError, match=r"^peers has more than one column a; give each column a name of its"
    ):
        arguments.columns("peers", table, ("a",))
    with pytest.raises(
        ValueError, match=r"^peers has more than one column a; give each column a name of its"
    ):
        arguments.columns("peers", table, ("b",))


TABLE = pd.DataFrame({"a": range(10, 16)}, index=[0, 0, 1, 1, 2, 2])


@pytest.mark.parametrize("kind", [list, np.array, pd.Series])
def test_bad_rows_are_counted_and_the_first_three_shown(kind):
    arguments.rows("peers", TABLE, kind([False] * 6), "are bad")
    arguments.rows("peers", TABLE[:0], kind([]), "are bad")
    bad = [False, True, True, False, True, True]
    with pytest.raises(ValueError, match=r"^peers: 4 of 6 rows are bad\. The first:\n") as error:
        arguments.rows("peers", TABLE, kind(bad), "are bad")
    assert str(error.value).endswith("\n" + TABLE.iloc[[1, 2, 4]].to_string())


SECONDS = [-5, 0, 1_288_486_800, 1_288_490_400]  # the last two: an hour that Paris and Dublin had twice


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", ["UTC", "Europe/Dublin", "America/New_York", "+05:30"])
def test_times_are_seconds_in_whatever_zone_and_unit(unit, zone):
    given = pd.Series(pd.DatetimeIndex(np.array(SECONDS, "M8[s]")).tz_localize("UTC"))
    table = given.dt.tz_convert(zone).dt.as_unit(unit).set_axis([3, 3, 1, 0]).to_frame("time")
    copy = table.copy()
    found = arguments.times("peers", table, "time")
    assert found.dtype == np.int64
    assert found.tolist() == SECONDS
    assert arguments.times("peers", table[:0], "time").tolist() == []
    pd.testing.assert_frame_equal(table, copy)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Dublin", "Asia/Kolkata"])
@pytest.mark.parametrize(("unit", "step"), [("ms", 1_000), ("us", 1_000_000), ("ns", 1_000_000_000)])
def test_the_second_before_decides_also_before_1970_and_the_fraction_is_kept(unit, step, zone):
    parts = [second * step + part for second in SECONDS for part in (0, 1, step // 2, step - 1)]
    given = pd.Series(pd.DatetimeIndex(np.array(parts, f"M8[{unit}]")).tz_localize("UTC"))
    table = given.dt.tz_convert(zone).to_frame("time").assign(note="kept")
    copy = table.copy()
    floored = [second for second in SECONDS for _ in range(4)]
    assert arguments.times("peers", table, "time").tolist() == floored
    split = arguments.split_times("peers", table, "time")
    assert list(split) == ["time", "time_fraction", "note"]
    assert str(split["time"].dtype) == f"datetime64[s, {zone}]"
    assert (split["time"] + split["time_fraction"]).tolist() == given.tolist()
    assert split["time_fraction"].between(pd.Timedelta(0), pd.Timedelta("1s"), inclusive="left").all()
    assert arguments.times("peers", split, "time").tolist() == floored
    pd.testing.assert_frame_equal(table, copy)
    pd.testing.assert_frame_equal(arguments.split_times("peers", split, "time"), split)
    whole = table[::4]
    assert list(arguments.split_times("peers", whole, "time")) == ["time", "note"]
    pd.testing.assert_frame_equal(
        arguments.split_times("peers", split.iloc[::-1].assign(time=given[::-1]), "time"),
        split.iloc[::-1].assign(time=split["time"].dt.tz_convert("UTC")),
    )


def test_what_is_told_of_text_reads_every_time_of_it():
    table = pd.DataFrame({"time": ["2026-11-01T20:02:41Z", "2026-11-01T20:02:41.99Z"]})
    with pytest.raises(ValueError, match=r"^peers: time has the type") as error:
        arguments.times("peers", table, "time")
    told = re.search(r"such as (pd\..*?\))\.", str(error.value))[1]
    read = eval(told, {"pd": pd, "peers": table})
    assert arguments.times("peers", read.to_frame(), "time").tolist() == [1_793_563_361] * 2


def test_an_error_stays_small_whatever_a_table_holds():
    table = pd.DataFrame({"time": ["\U0001f600" * 100_000] * 9, **{f"c{i}": "y" * 1_000 for i in range(200)}})
    for call in (
        lambda: arguments.times("peers", table, "time"),
        lambda: arguments.wholes("peers", table, "time"),
        lambda: arguments.rows("peers", table, [True] * 9, "are bad"),
        lambda: arguments.columns("peers", table, ["b"]),
        lambda: arguments.one_of("peers", table["time"][0], ["b"]),
    ):
        with pytest.raises(ValueError, match=r"^peers") as error:
            call()
        assert len(str(error.value).encode()) <= 4_096


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda times: times.dt.tz_localize(None), "time has no time zone; give times in UTC"),
        (lambda times: times.astype(str), "time has the type str; give times in UTC"),
        (lambda times: times.astype(object), "time has the type object; give times in UTC"),
        (lambda times: times.astype("int64"), "time has the type int64; give times in UTC"),
        (lambda times: times.mask(times.index == 1), "1 of 4 rows have no time; every row needs one"),
    ],
)
def test_what_are_no_times(change, message):
    times = pd.Series(pd.DatetimeIndex(np.array(SECONDS, "M8[s]")).tz_localize("UTC"))
    table = change(times).to_frame("time")
    with pytest.raises(ValueError, match=rf"^peers: {message}") as error:
        arguments.times("peers", table, "time")
    shown = table.iloc[1:2] if message.startswith("1 of") else table[:3]
    assert str(error.value).endswith("\n" + shown.to_string())


@pytest.mark.parametrize(
    "kind", ["int8", "uint8", "uint16", "uint32", "int64", "uint64", "Int64", "UInt8", "Sparse[int64]"]
)
def test_whole_numbers_of_every_type(kind):
    for numbers in ([0, 5, 100], []):
        table = pd.Series(numbers, numbers, "int64").astype(kind).to_frame("a")
        found = arguments.wholes("peers", table, "a", 100)
        assert found.dtype.kind in "iu"
        assert found.tolist() == arguments.wholes("peers", table, "a").tolist() == numbers


@pytest.mark.parametrize(
    ("values", "high", "message"),
    [
        ([0, -1, 7], 7, r"1 of 3 rows have a a out of range; give a whole number from 0 to 7"),
        ([0, 8, 9], 7, r"2 of 3 rows have a a out of range; give a whole number from 0 to 7"),
        (
            pd.array([0, None, 7], "Int64"),
            7,
            r"1 of 3 rows have no a; every row needs a whole number from 0 to 7",
        ),
        ([0, math.nan, 7], None, r"1 of 3 rows have no a; every row needs a whole number below 2\*\*63"),
        ([0, None, "7"], 7, "1 of 3 rows have no a; every row needs a whole number from 0 to 7"),
        (
            np.array([0, 2**63, 7], "uint64"),
            None,
            r"1 of 3 rows have a a out of range; give a whole number below",
        ),
        ([0.0, 1.0, 2.0], 7, "a is of the type float64; give a whole number from 0 to 7 in every row"),
        (["0", "1", "2"], None, r"a is of the type str; give a whole number below 2\*\*63 in every row"),
        ([True, False, True], 7, "a is of the type bool; give a whole number"),
        ([0, True, 2], 7, "a is of the type object; give a whole number"),
        (pd.Categorical([0, 1, 2]), 7, "a is of the type category; give a whole number"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_are_no_whole_numbers(values, high, message):
    table = pd.DataFrame({"a": values}, index=[7, 7, 5])
    with pytest.raises(ValueError, match=rf"^peers: {message}") as error:
        arguments.wholes("peers", table, "a", high)
    shown = {"1 of": table[1:2], "2 of": table[1:3]}.get(message[:4], table)
    assert str(error.value).endswith("\n" + shown.to_string())
    assert "from_text" not in str(error.value)


def test_negative_numbers_without_a_bound_are_whole():
    assert arguments.wholes("peers", pd.DataFrame({"a": [-5, 2**63 - 1]}), "a").tolist() == [-5, 2**63 - 1]


def test_dotted_text_is_told_what_makes_numbers_of_it():
    table = pd.DataFrame({"address": ["198.18.0.1"]})
    with pytest.raises(ValueError, match=r"every row; network\.from_text makes numbers of dotted text\. The"):
        arguments.wholes("peers", table, "address", 2**32 - 1)


@pytest.mark.parametrize("values", [["yes", "no"], [True, None], [0, 2], [1.0, 0.5], [0, True, "a"]], ids=str)
def test_flags_of_a_table_are_true_or_false(values):
    for given in ([True, False], np.array([True, False], object), pd.array([True, False], "boolean")):
        found = arguments.flags("rows", pd.DataFrame({"on": given}), "on")
        assert found.dtype == bool
        assert found.tolist() == [True, False]
    with pytest.raises(ValueError, match=r"^rows: .*on.*(give|needs) True or False, or 1 or 0"):
        arguments.flags("rows", pd.DataFrame({"on": values}), "on", or_numbers=True)


@pytest.mark.parametrize("values", [[1, 0], [1.0, 0.0], pd.array([1, 0], "Int64")], ids=repr)
def test_numbers_stand_for_flags_only_where_that_is_said(values):
    table = pd.DataFrame({"on": values})
    assert arguments.flags("rows", table, "on", or_numbers=True).tolist() == [True, False]
    with pytest.raises(ValueError, match=r"^rows: on is of the type .*; give True or False in every row$"):
        arguments.flags("rows", table, "on")


@pytest.mark.parametrize("values", [["1"], [True], [-1.0], [math.nan], [math.inf], [2e15], [1j]], ids=repr)
def test_numbers_of_a_table_are_finite_and_in_their_range(values):
    table = pd.DataFrame({"visits": pd.array([0, 3], "Int64")})
    assert arguments.numbers("rows", table, "visits", low=0).tolist() == [0, 3]
    with pytest.raises(ValueError, match=r"^rows: .*visits .*numbers? of 0 or more"):
        arguments.numbers("rows", pd.DataFrame({"visits": values}), "visits", low=0)


def test_numbers_of_a_table_may_be_missing_where_that_is_said():
    for given in ([0.5, math.nan], pd.array([0.5, None], "Float64")):
        found = arguments.numbers("rows", pd.DataFrame({"a": given}), "a", high=1, low=0, missing=True)
        assert found[0] == 0.5
        assert math.isnan(found[1])
    with pytest.raises(ValueError, match=r"^rows: 1 of 2 rows have a a that is no number from 0 to 1"):
        arguments.numbers("rows", pd.DataFrame({"a": [2, math.nan]}), "a", low=0, high=1, missing=True)


def test_texts_of_a_table():
    for given in (["a", "b"], np.array(["a", "b"], object), pd.Categorical(["a", "b"]), []):
        arguments.texts("rows", pd.DataFrame({"name": given}), "name", ("a", "b", "c"))
    with pytest.raises(ValueError, match=r"^rows: 1 of 2 rows have a name that is none of a, c\. The"):
        arguments.texts("rows", pd.DataFrame({"name": ["a", "b"]}), "name", ("a", "c"))
    for given in ([1, 2], ["a", 2], [b"a", b"b"], [[], []], pd.Categorical([1, 2])):
        with pytest.raises(ValueError, match=r"^rows: name is of the type .*; give a text in every row$"):
            arguments.texts("rows", pd.DataFrame({"name": given}), "name")
    with pytest.raises(ValueError, match=r"^rows: 1 of 2 rows have no name; every row needs a text"):
        arguments.texts("rows", pd.DataFrame({"name": ["a", None]}), "name")


def test_spans_end_after_they_start():
    start = pd.to_datetime(["2010-06-01", "2010-06-02"], utc=True).as_unit("s")
    table = pd.DataFrame({"start": start, "end": start + pd.Timedelta("1h")})
    found = arguments.spans("peers", table)
    assert (found[1] - found[0]).tolist() == [3_600, 3_600]
    with pytest.raises(ValueError, match=r"^peers: 2 of 2 rows do not end after they start"):
        arguments.spans("peers", table.assign(end=start))


@pytest.mark.parametrize("value", ["1h", "24h", "10:30", "5", "May", "now", "1200h", "9"])
def test_what_has_no_date_is_no_time(value):
    refused(arguments.instant, value, "a time in whole seconds, such as '2010-05-28'")


@pytest.mark.parametrize("value", ["28 May 2010", "May 28, 2010", "2010-05-28 00:00", "20100528T000000Z"])
def test_a_date_may_be_written_in_words(value):
    assert arguments.instant("speed", value).isoformat() == "2010-05-28T00:00:00+00:00"


def test_what_begins_late_must_leave_room():
    assert arguments.instant("start", "9999-12-31", 86_399).year == 9999
    with pytest.raises(ValueError, match=r"^start='9999-12-31' .*; give a time that leaves 86,400 s"):
        arguments.instant("start", "9999-12-31", 86_400)


def test_numbers_that_overflow_are_refused_unless_it_is_said_that_they_may():
    with pytest.raises(ValueError, match=r"^speed=.* give a whole number, 0 or more, below 2\*\*63$"):
        arguments.whole("speed", 2**63)
    with pytest.raises(ValueError, match=r"^speed=.* give a duration .*, of at most 10,000 years$"):
        arguments.seconds("speed", np.timedelta64(2**40, "s"))
    assert arguments.seed(10**5000) == 10**5000


class _Unshowable:
    def __repr__(self):
        raise RuntimeError("no repr")


HARD_TO_SHOW = [_Unshowable(), [_Unshowable()], 10**5000, "x" * 10**6, list(range(10**5))]


@pytest.mark.parametrize("value", HARD_TO_SHOW, ids=range(5))
def test_a_message_is_short_and_never_fails(value):
    for check in (arguments.flag, arguments.between, arguments.seconds, arguments.instant, arguments.text):
        with pytest.raises(ValueError, match=r"^speed=") as error:
            check("speed", value)
        assert len(str(error.value)) < 650
    table = pd.DataFrame({"a": pd.Series([value] * 5, dtype=object), "b": -1})
    with pytest.raises(ValueError, match=r"^rows: 5 of 5 rows have a b out of range") as error:
        arguments.wholes("rows", table, "b", 7)
    assert len(str(error.value)) < 1_200


def test_a_text_has_letters_and_an_end():
    assert arguments.text("speed", "schnell, über 日本") == "schnell, über 日本"
    assert arguments.text("speed", "", empty=True) == ""
    for value in ("", "  ", "a\nb", "\x00", "\ud800", "x" * 1_001, b"x", 5, None):
        refused(arguments.text, value, "a text, in at most 1,000 printable characters")


def test_an_object_of_a_kind():
    assert arguments.instance("speed", Fraction(5), Fraction) == 5
    refused(lambda name, value: arguments.instance(name, value, Fraction), "5", "give a Fraction")


def test_several_values():
    for values in ([1, 2], (1, 2), {1: 2, 2: 3}.keys(), iter([1, 2]), pd.Series([1, 2]), np.array([1, 2])):
        assert arguments.several("speed", values, "numbers") == [1, 2]
    for values in (None, 5, "ab", b"ab", {1: 2}, pd.DataFrame({"a": [1]}), [], iter([])):
        refused(lambda name, value: arguments.several(name, value, "numbers"), values, "a list of numbers")


def test_columns_of_several_levels():
    table = pd.DataFrame({("a", "b"): [1]})
    with pytest.raises(ValueError, match=r"^peers has columns of several levels; give one with a$"):
        arguments.columns("peers", table, ("a",))


def test_a_plain_table_has_no_names_beside_its_columns():
    table = pd.DataFrame({"a": [1, 2], "b": [3, 4]}, pd.Index([5, 5], name="a")).rename_axis(columns="b")
    pd.testing.assert_frame_equal(arguments.plain(table, "b"), pd.DataFrame({"b": [3, 4]}))
    pd.testing.assert_frame_equal(arguments.plain(table), pd.DataFrame({"a": [1, 2], "b": [3, 4]}))


def test_times_beyond_the_calendar():
    far = pd.Series(np.array([10**14, 0]).astype("M8[s]")).dt.tz_localize("UTC")
    with pytest.raises(ValueError, match=r"^peers: 1 of 2 rows have a time outside the years 1 to 9999"):
        arguments.times("peers", far.to_frame("time"), "time")


@pytest.mark.parametrize(
    "column",
    [
        [1, None, 2**63 - 1],
        pd.array([1, None, 2**63 - 1], "Int64"),
        np.array([1, math.nan, 3.0]),
        [1, pd.NA, -(2**63)],
        [None] * 3,
        np.array([0, 1, 2], "uint16"),
    ],
    ids=str,
)
def test_whole_numbers_of_which_some_may_be_missing(column):
    given = pd.Series(column, dtype=object if isinstance(column, list) else None)
    found = pd.Series(arguments.wholes_or_missing("t", given.to_frame("n"), "n"))
    assert found.dtype == "Int64"
    assert found.isna().equals(given.isna())
    assert [int(value) for value in found.dropna()] == [int(value) for value in given.dropna()]


@pytest.mark.parametrize(
    ("column", "problem"),
    [
        ([0.5, 1.0, math.nan], "1 of 3 rows have a n that is not a whole number below 2"),
        ([1.0, 1e300, math.inf], "2 of 3 rows have a n that is not"),
        (np.array([1, 2, 2**63], "uint64"), "1 of 3 rows have a n that is not"),
        ([None, 1, 10**400], "1 of 3 rows have a n that is not"),
        (["1", "2", "3"], "n is of the type str; give a whole number"),
        ([None, "a", 1], "n is of the type object"),
        ([True, False, True], "n is of the type bool"),
        (pd.Categorical([1, 2, 2]), "n is of the type category"),
    ],
    ids=str,
)
def test_what_is_no_whole_number_where_some_may_be_missing(column, problem):
    with pytest.raises(ValueError, match=f"^t: {problem}"):
        arguments.wholes_or_missing("t", pd.DataFrame({"n": column}), "n")


def test_whole_numbers_out_of_range_where_some_may_be_missing():
    table = pd.DataFrame({"n": pd.array([None, 7, 8, -1], "Int64")})
    with pytest.raises(ValueError, match=r"^t: 2 of 4 rows have a n that is not a whole number from 0 to 7"):
        arguments.wholes_or_missing("t", table, "n", 7)


@pytest.mark.parametrize(
    "column",
    [["a", None, "b"], ["a", None, 5], [64_500, 64_501, 64_500], [None] * 3, pd.Categorical(["a", "b", "a"])],
    ids=str,
)
def test_labels_are_texts_or_numbers(column):
    table = pd.DataFrame({"n": column})
    found = pd.Series(arguments.labels("t", table, "n"))
    assert found.isna().tolist() == table["n"].isna().tolist()
    assert found.dropna().tolist() == table["n"].dropna().tolist()


@pytest.mark.parametrize(
    "column", [[[1], [2]], [{}, {}], [b"a", b"b"], [1, [2]], ["a", object], [True, False]], ids=str
)
def test_what_is_no_label_is_refused(column):
    with pytest.raises(ValueError, match=r"^t: n is of the type .*; give texts, or numbers, or nothing"):
        arguments.labels("t", pd.DataFrame({"n": column}), "n")


@pytest.mark.parametrize("column", [[True, None, False], [1, None, 0], [1.0, math.nan, 0.0]], ids=str)
def test_a_flag_that_is_missing_is_false(column):
    found = arguments.flags_or_missing("t", pd.DataFrame({"n": pd.Series(column)}), "n")
    assert found.tolist() == [True, False, False]
    assert not arguments.flags_or_missing("t", pd.DataFrame({"n": [None, None]}), "n").any()


@pytest.mark.parametrize("column", [["yes", None], [2, 0], [0.5, math.nan]], ids=str)
def test_what_is_no_flag_beside_a_missing_one_is_refused(column):
    with pytest.raises(ValueError, match=r"^t: n is of the type .*give True or False, or 1 or 0"):
        arguments.flags_or_missing("t", pd.DataFrame({"n": column}), "n")


def test_numbers_in_an_array():
    assert arguments.floats("days", 2, 0).tolist() == 2.0
    assert arguments.floats("days", [0, 1.5], 0).tolist() == [0, 1.5]
    for bad in (-1, math.nan, [1, -0.5], "1", [True], [None], [[1], [1, 2]], 10**400, {}):
        with pytest.raises(ValueError, match=r"^days=.*a number of at least 0, or an array of such"):
            arguments.floats("days", bad, 0)


def test_factors_tell_rows_apart():
    for good in (["a", "b", "a"], [2, 1, 2], [1, "a", 1], pd.Series(["a", "b", "a"], dtype="category")):
        which, labels = arguments.factors("table", pd.DataFrame({"unit": good}), "unit")
        assert (which.tolist(), labels.tolist()) == ([0, 1, 0], list(good[:2]))
    for bad in ([[1], [2]], [{}, {}], [1, [2]]):
        with pytest.raises(ValueError, match=r"^table: unit is of the type object; give numbers or texts"):
            arguments.factors("table", pd.DataFrame({"unit": bad}), "unit")
    with pytest.raises(ValueError, match=r"^table: 1 of 2 rows have no unit; every row needs one"):
        arguments.factors("table", pd.DataFrame({"unit": ["a", None]}), "unit")
