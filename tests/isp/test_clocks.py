"""Wrong clocks and mixed-up zones: as the rules of each zone say, and as the closed forms say."""

import datetime
import math
from fractions import Fraction
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal, assert_series_equal

from tests.isp.logs import ZERO, log, records
from traceblock.isp import VERDICTS, attribute, by_error, misattribution, misread, score, shown
from traceblock.network import Isp, build, epoch, instants

DAY, HOUR = 86_400, 3_600
UTC = datetime.UTC
ZONES = ["UTC", "Europe/Dublin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Etc/GMT-1"]
TIMES = st.lists(st.integers(ZERO, ZERO + 3 * 365 * DAY), max_size=20)


def times(*texts):
    return pd.Series(pd.to_datetime(list(texts), utc=True, format="ISO8601").as_unit("s"), name="time")


def series(seconds):
    return pd.Series(instants(np.array(seconds, np.int64)))


def texts(shown_times):
    return shown_times.dt.strftime("%m-%d %H:%M:%S").tolist()


# error and drift


def test_a_clock_that_is_ahead_shows_more():
    true = times("2010-01-01 00:00:00", "2010-01-02 12:00:00", "2010-01-11 00:00:00")
    assert texts(shown(true, "37s")) == ["01-01 00:00:37", "01-02 12:00:37", "01-11 00:00:37"]
    assert texts(shown(true, "-1h")) == ["12-31 23:00:00", "01-02 11:00:00", "01-10 23:00:00"]
    assert texts(shown(true, drift="4s")) == ["01-01 00:00:00", "01-02 12:00:06", "01-11 00:00:40"]
    assert texts(shown(true[::-1], "1s", "-4s")) == ["01-10 23:59:21", "01-02 11:59:55", "01-01 00:00:01"]
    late = shown(true, "1min", "2s", since="2010-01-06")
    assert texts(late) == ["01-01 00:00:50", "01-02 12:00:53", "01-11 00:01:10"]
    assert_series_equal(shown(true), true)


def test_clocks_show_whole_seconds():
    true = times("2010-01-01 00:00:00", "2010-01-02 12:00:00")
    finer = true + pd.Timedelta("990ms")
    assert_series_equal(shown(finer, "37s", "4s"), shown(true, "37s", "4s"))
    assert_series_equal(misread(finer, "Europe/Paris"), misread(true, "Europe/Paris"))


@given(TIMES, st.integers(-DAY, DAY), st.integers(-600, 600), st.none() | st.integers(ZERO, ZERO + 900 * DAY))
def test_what_a_clock_shows_is_right_to_half_a_second(seconds, error, drift, since):
    since_text = None if since is None else pd.Timestamp(since, unit="s", tz="UTC")
    found = shown(series(seconds), f"{error}s", f"{drift}s", since_text)
    zero = (min(seconds) if seconds else 0) if since is None else since
    for true, wrong in zip(seconds, epoch(found).tolist(), strict=True):
        exact = true + error + drift * Fraction(true - zero, DAY)
        assert abs(wrong - exact) <= Fraction(1, 2) + Fraction(1, 10**6)


def test_the_mended_error_gives_the_names_of_the_true_clock():
    built = build([Isp("A", 200, "198.18.0.0/16", "1h", "exponential")], "2010-01-01", 2, seed=1)
    some = built.leases[::3].reset_index(drop=True)
    seen = some[["address"]].assign(time=some["start"])
    wrong = seen.assign(time=shown(seen["time"], "-25min"))
    found = attribute(wrong, built.leases, "25min", use_port=False)
    assert (found["subscriber"] == some["subscriber"]).all()
    assert (attribute(wrong, built.leases, use_port=False)["subscriber"] != some["subscriber"]).mean() > 0.5


# zones


def read_slowly(second, shown_in, read_as, fold):
    """Return what a reader infers, from the standard library's own zones."""
    local = datetime.datetime.fromtimestamp(second, ZoneInfo(shown_in)).replace(tzinfo=None)
    zone = ZoneInfo(read_as)
    first, other = (local.replace(tzinfo=zone, fold=fold).timestamp() for fold in (0, 1))
    back = datetime.datetime.fromtimestamp(first, zone).replace(tzinfo=None)
    if back == local:
        return round((first, other)[fold])
    low, high = round(other), round(first)  # a time that never comes: the change lies between
    offset = datetime.datetime.fromtimestamp(low, zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        changed = datetime.datetime.fromtimestamp(middle, zone).utcoffset() != offset
        low, high = (low, middle) if changed else (middle, high)
    return high


CHANGES = [
    round(datetime.datetime(*at, tzinfo=UTC).timestamp())
    for at in [(2010, 3, 14, 7), (2010, 3, 28, 1), (2010, 10, 31, 1), (2010, 11, 7, 6), (2010, 4, 3, 15)]
]
NEAR = st.builds(sum, st.tuples(st.sampled_from(CHANGES), st.integers(-8 * HOUR, 8 * HOUR)))


@settings(max_examples=300)
@given(
    st.lists(NEAR | st.integers(ZERO, ZERO + 3 * 365 * DAY), max_size=20),
    st.sampled_from(ZONES),
    st.sampled_from(ZONES),
    st.integers(0, 1),
)
def test_zones_are_read_as_the_standard_library_reads_them(seconds, shown_in, read_as, fold):
    given_times = series(seconds).dt.tz_convert("America/New_York")
    found = misread(given_times, shown_in, read_as, fold)
    assert str(found.dtype) == "datetime64[s, UTC]"
    assert epoch(found).tolist() == [read_slowly(each, shown_in, read_as, fold) for each in seconds]


@given(st.lists(NEAR, max_size=20), st.sampled_from(ZONES), st.integers(0, 1))
def test_one_zone_read_as_itself_is_true_but_in_the_hour_that_comes_twice(seconds, zone, fold):
    for true, found in zip(seconds, epoch(misread(series(seconds), zone, zone, fold)).tolist(), strict=True):
        local = datetime.datetime.fromtimestamp(true, ZoneInfo(zone))
        twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
        if local.fold == fold or not twice:
            assert found == true
        else:
            assert abs(found - true) in (1_800, HOUR)


AUTUMN = times("2010-10-30 12:00", "2010-10-31 00:30", "2010-10-31 01:30", "2010-10-31 12:00")
SPRING = times("2010-03-28 00:59:59", "2010-03-28 01:00:00", "2010-03-28 01:30", "2010-03-28 12:00")


def test_a_clock_that_was_not_put_back_in_dublin_reads_an_hour_late_from_the_change_on():
    for fold, during in ((0, "10-31 00:30:00"), (1, "10-31 01:30:00")):
        found = texts(misread(AUTUMN, "Etc/GMT-1", "Europe/Dublin", fold))
        # Before the change it is right, but for the hour that its reader takes for the second of two.
        assert found == ["10-30 12:00:00", during, "10-31 02:30:00", "10-31 13:00:00"]


def test_a_clock_that_was_not_put_forward_in_dublin_reads_an_hour_early():
    found = texts(misread(SPRING, "UTC", "Europe/Dublin"))
    # The hour that never came is taken for the moment of the change.
    assert found == ["03-28 00:59:59", "03-28 01:00:00", "03-28 01:00:00", "03-28 11:00:00"]


def test_summer_time_in_new_york_taken_for_utc():
    true = times("2010-11-07 05:59:59", "2010-11-07 06:00:00", "2010-03-14 06:59:59", "2010-03-14 07:00:00")
    found = texts(misread(true, "America/New_York"))
    assert found == ["11-07 01:59:59", "11-07 01:00:00", "03-14 01:59:59", "03-14 03:00:00"]
    back = [texts(misread(misread(true, "America/New_York"), "UTC", "America/New_York", f)) for f in (0, 1)]
    assert back[0] == ["11-07 05:59:59", "11-07 05:00:00", "03-14 06:59:59", "03-14 07:00:00"]
    assert back[1] == ["11-07 06:59:59", "11-07 06:00:00", "03-14 06:59:59", "03-14 07:00:00"]


def test_an_hour_in_one_direction_names_another_neighbour_than_in_the_other():
    change = epoch(pd.Timestamp("2010-10-31 01:00", tz="UTC"))
    leases = log([(5, 0, 65_535, n, change + n * HOUR, change + (n + 1) * HOUR) for n in range(5)])
    seen = records([(change + 2 * HOUR + 1, 5, 80)])
    late = seen.assign(time=misread(seen["time"], "Etc/GMT-1", "Europe/Dublin"))
    early = seen.assign(time=misread(seen["time"], "Etc/GMT+1", "Europe/Dublin"))
    named = [attribute(each, leases)["subscriber"].item() for each in (early, seen, late)]
    assert named == [1, 2, 3]


def test_index_and_name_are_kept_and_nothing_is_changed():
    true = AUTUMN.set_axis([5, 5, 1, 0]).rename("seen")
    copy = true.copy()
    for found in (shown(true, "1h", "1s"), misread(true, "Europe/Paris")):
        assert found.index.tolist() == [5, 5, 1, 0]
        assert found.name == "seen"
        assert str(found.dtype) == "datetime64[s, UTC]"
    assert_series_equal(true, copy)
    empty = true[:0]
    assert len(shown(empty, "1h", "5s")) == len(misread(empty, "UTC", "Europe/Paris")) == 0


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
def test_an_hour_that_comes_twice_is_no_riddle_in_what_is_given(unit):
    there = AUTUMN.dt.as_unit(unit).dt.tz_convert("Europe/Dublin")
    assert_series_equal(shown(there), AUTUMN)
    assert_series_equal(misread(there, "UTC"), AUTUMN)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (list(AUTUMN), "times is a list; give a Series of times with a zone"),
        (AUTUMN[0], "times is a Timestamp; give a Series"),
        (pd.DatetimeIndex(AUTUMN), "times is a DatetimeIndex; give a Series"),
        (AUTUMN.to_frame(), "times is a DataFrame; give a Series"),
        (AUTUMN.dt.tz_localize(None), "times: time has no time zone; give times in UTC"),
        (AUTUMN.astype(str), "times: time has the type str; give times in UTC"),
        (AUTUMN.mask(AUTUMN.index == 1), "times: 1 of 4 rows have no time; every row needs one"),
    ],
    ids=["list", "Timestamp", "index", "frame", "naive", "text", "NaT"],
)
def test_what_are_no_times_is_refused(value, message):
    for call in (shown, lambda value: misread(value, "UTC")):
        with pytest.raises(ValueError, match=f"^{message}"):
            call(value)


@pytest.mark.parametrize(
    "value", ["CET+1", "Dublin", "", None, 5, "../UTC", ["UTC"], ZoneInfo("UTC"), "utc"], ids=repr
)
def test_what_is_no_zone_is_refused(value):
    message = "is not accepted; give a time zone such as 'Europe/Paris', 'America/New_York' or 'UTC'"
    with pytest.raises(ValueError, match=rf"^shown_in=.* {message}$"):
        misread(AUTUMN, value)
    with pytest.raises(ValueError, match=rf"^read_as=.* {message}$"):
        misread(AUTUMN, "UTC", value)


@pytest.mark.parametrize("value", [2, -1, 0.0, None, True, "0"], ids=repr)
def test_what_is_no_fold_is_refused(value):
    with pytest.raises(ValueError, match=r"^fold=.* is not accepted; give a whole number, 0 to 1$"):
        misread(AUTUMN, "UTC", "UTC", value)


@pytest.mark.parametrize("name", ["error", "drift", "since"])
@pytest.mark.parametrize("value", [5, "soon", "0.5s", pd.NaT], ids=repr)
def test_what_is_no_error_is_refused(name, value):
    with pytest.raises(ValueError, match=f"^{name}=.* is not accepted; give a "):
        shown(AUTUMN, **{name: value})


# closed forms


def test_closed_forms_worked_by_hand():
    assert misattribution("1h", "24h") == pytest.approx(1 / 24)
    assert misattribution("-1h", "24h", reassigned=0.5) == pytest.approx(1 / 48)
    assert misattribution("30h", "24h", reassigned=0.75) == 0.75
    assert misattribution("24h", "24h", "exponential") == pytest.approx(1 - 1 / math.e)
    assert misattribution("-12h", "24h", "exponential", 0.5) == pytest.approx((1 - math.exp(-0.5)) / 2)
    assert misattribution("1s", pd.Timedelta(days=10_000), "exponential") == pytest.approx(1 / 864e6)


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(1, 10**7), st.floats(0, 1))
def test_closed_forms_at_their_bounds(error, more, lease, reassigned):
    def chance(seconds, kind, share=reassigned):
        return misattribution(f"{seconds}s", f"{lease}s", kind, share)

    for kind in ("periodic", "exponential"):
        assert chance(0, kind) == 0
        assert chance(error, kind) == chance(-error, kind)
        assert 0 <= chance(error, kind) <= chance(error + more, kind) <= reassigned
        assert chance(error, kind) == pytest.approx(reassigned * chance(error, kind, 1.0))
    assert chance(error, "exponential") <= chance(error, "periodic") + 1e-15
    assert chance(lease, "periodic") == reassigned


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((5, "24h"), "error=5 is not accepted; give a duration in whole seconds"),
        (("1h", 24), "lease=24 is not accepted; give a duration in whole seconds"),
        (("1h", "0s"), "lease='0s' is not accepted; .* of at least 1 s"),
        (("1h", "24h", "weekly"), "renumbering='weekly' is not accepted; give one of periodic, exponential"),
        (("1h", "24h", "periodic", 1.1), "reassigned=1.1 is not accepted; .* at least 0 and at most 1"),
    ],
)
def test_what_has_no_closed_form_is_refused(arguments, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        misattribution(*arguments)


# by error


def town():
    built = build([Isp("A", 300, "198.18.0.0/24", "6h", sharing=4)], "2010-01-01", 2, seed=2)
    some = built.leases.sample(400, random_state=3)
    seen = some[["address", "port_first"]].rename(columns={"port_first": "port"}).assign(time=some["start"])
    return seen, built.leases, some["subscriber"].astype("Int64").mask(np.arange(400) % 7 == 0)


@pytest.mark.parametrize("use_port", [True, False])
def test_by_error_is_attribute_and_score_by_hand(use_port):
    seen, leases, truth = town()
    errors = ["-90min", "0s", pd.Timedelta("1h"), np.timedelta64(30, "s"), "-90min"]
    table = by_error(seen, leases, truth, errors, use_port)
    assert list(table.columns) == ["error_minutes", "verdict", "records", "share"]
    assert table.dtypes.astype(str).tolist() == ["float64", "str", "int64", "float64"]
    assert table["verdict"].tolist() == list(VERDICTS) * 5
    assert table["error_minutes"].tolist() == [each for each in (-90, 0, 60, 0.5, -90) for _ in VERDICTS]
    for number, error in enumerate(errors):
        part = table.iloc[4 * number : 4 * number + 4]
        counts = score(attribute(seen, leases, error, use_port), truth)
        assert part["records"].tolist() == counts.tolist()
        assert part["share"].tolist() == (counts / 400).tolist()
        late = seen.assign(time=shown(seen["time"], error))
        assert score(attribute(late, leases, use_port=use_port), truth).tolist() == counts.tolist()
    assert_frame_equal(by_error(seen, leases, truth, iter(errors), use_port), table)


def test_by_error_of_no_records_shares_nothing():
    seen, leases, truth = town()
    table = by_error(seen[:0], leases, truth[:0], ["1h"])
    assert table["records"].tolist() == table["share"].tolist() == [0] * 4


@pytest.mark.parametrize("value", [[], (), None, 5, "1h", pd.Timedelta("1h")], ids=repr)
def test_what_is_no_list_of_errors_is_refused(value):
    with pytest.raises(
        ValueError, match=r"^errors=.* is not accepted; give a list of errors, such as \['-1h"
    ):
        by_error(*town(), value)


@pytest.mark.parametrize("value", [5, "soon", None, "0.1s"], ids=repr)
def test_what_is_no_error_among_errors_is_refused_before_anything_is_looked_up(value):
    with pytest.raises(ValueError, match=r"^errors=.* is not accepted; give a duration in whole seconds"):
        by_error(None, None, None, ["1h", value])
