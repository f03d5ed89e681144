"""Which warning comes when: against a walk through the calendar, and on days worked by hand."""

import calendar
import datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from traceblock import cases
from traceblock.isp import escalate

START = pd.Timestamp("2010-08-01", tz="UTC")
FRANCE = [("first warning", 1, None), ("second warning", 2, 6), ("third phase", 3, 12)]
ALERTS = [
    (name, i, None)
    for i, name in enumerate(cases.stages().query("procedure != 'france-graduated'")["name"], 1)
]
#: Made up: stages that need several observations, and windows of different lengths.
MADE_UP = [("one", 2, None), ("two", 3, 1), ("three", 6, 2), ("four", 7, None)]


def observed(*records, index=None):
    """Rows of subscriber (None is missing) and time."""
    subscriber, time = zip(*records, strict=True) if records else ((), ())
    times = pd.to_datetime(pd.Series(time, dtype="str"), utc=True, format="ISO8601").astype(
        "datetime64[s, UTC]"
    )
    rows = pd.DataFrame({"subscriber": pd.Series(subscriber, dtype="Int64"), "time": times})
    return rows if index is None else rows.set_axis(index)


def of_one(*times):
    """The stages and days of a single line."""
    sent = escalate(observed(*((1, time) for time in times)))
    return list(zip(sent["stage"], sent["time"].dt.strftime("%Y-%m-%d"), strict=True))


def months_later(time, months):
    """The same day of a later month, or that month's last day."""
    years, month = divmod(time.month - 1 + months, 12)
    last = calendar.monthrange(time.year + years, month + 1)[1]
    return time.replace(year=time.year + years, month=month + 1, day=min(time.day, last))


def by_hand(records, stages, grace):
    """Each line's warnings, record after record."""
    sent = []
    for line in sorted({line for line, _ in records if line is not None}):
        reached, counted, warned = 0, 0, None
        for time in sorted(time for owner, time in records if owner == line):
            if reached == len(stages):
                break
            months = stages[reached][2]
            if warned and months and time > months_later(warned, months):
                reached, counted, warned = 0, 0, None
            if warned and time <= warned + grace:
                continue
            counted += 1
            if counted == stages[reached][1]:  # counted from the first record on
                sent.append((line, reached + 1, stages[reached][0], time))
                reached, warned = reached + 1, time
    return sent


def made_up_stages():
    rows = [("made-up", str(i), name, str(n), str(w or "")) for i, (name, n, w) in enumerate(MADE_UP, 1)]
    return pd.DataFrame(rows[::-1], columns=["procedure", "stage", "name", "observations", "window_months"])


@pytest.mark.parametrize(
    ("procedure", "stages"),
    [("france-graduated", FRANCE), ("us-copyright-alerts", ALERTS), ("made-up", MADE_UP)],
)
@given(
    records=st.lists(
        st.tuples(st.integers(0, 3) | st.none(), st.integers(0, 1_200), st.integers(0, 2)), max_size=40
    ),
    grace=st.sampled_from([0, 7, 45]),
)
def test_warnings_are_those_of_the_walk(procedure, stages, records, grace):
    when = datetime.datetime(2010, 1, 1, tzinfo=datetime.UTC)
    records = [(line, when + datetime.timedelta(days=day, seconds=second)) for line, day, second in records]
    given = observed(*((line, time.isoformat()) for line, time in records))
    with pytest.MonkeyPatch.context() as patch:
        if procedure == "made-up":
            patch.setattr(cases, "stages", made_up_stages)
        sent = escalate(given, procedure, f"{grace}D")
    found = list(sent.itertuples(index=False, name=None))
    assert found == by_hand(records, stages, datetime.timedelta(days=grace))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 900)), max_size=20), st.randoms())
def test_the_order_of_the_rows_and_their_index_do_not_matter(records, random):
    given = observed(*((line, (START + pd.Timedelta(day, "D")).isoformat()) for line, day in records))
    order = random.sample(range(len(records)), len(records))
    shuffled = given.iloc[order].set_axis([0] * len(records))
    pd.testing.assert_frame_equal(escalate(shuffled), escalate(given))


def test_the_walk_has_the_windows_of_the_record():
    rows = cases.stages().query("procedure == 'france-graduated'")
    written = list(zip(rows["name"], rows["observations"], rows["window_months"], strict=True))
    assert written == [(name, str(count), str(months or "")) for name, count, months in FRANCE]


def test_three_records_lead_to_the_third_phase():
    assert of_one("2010-10-05", "2011-01-10", "2011-12-01") == [
        (1, "2010-10-05"),
        (2, "2011-01-10"),
        (3, "2011-12-01"),
    ]


def test_the_last_day_of_a_window_counts_and_the_second_after_begins_again():
    assert of_one("2010-10-05T12:00:00", "2011-04-05T12:00:00")[-1] == (2, "2011-04-05")
    assert of_one("2010-10-05T12:00:00", "2011-04-05T12:00:01")[-1] == (1, "2011-04-05")


def test_a_finer_time_is_kept_and_the_second_before_decides():
    fine = pd.to_timedelta(["990ms", "0ms", "1ms"])
    given = observed((1, "2010-10-05T12:00:00"), (2, "2010-10-06"), (1, "2011-04-05T12:00:00"))
    sent = escalate(given.assign(time=given["time"] + fine))
    assert sent["stage"].tolist() == [1, 2, 1]  # within the window: its last second is not over
    assert list(sent) == ["subscriber", "stage", "name", "time", "time_fraction"]
    plain = escalate(given)
    pd.testing.assert_frame_equal(sent[plain.columns], plain)
    assert sent["time_fraction"].tolist() == [fine[0], fine[2], fine[1]]


def test_six_months_from_the_end_of_a_month_end_with_the_shorter_month():
    assert of_one("2010-08-31", "2011-02-28")[-1][0] == 2
    assert of_one("2010-08-31", "2011-02-28T00:00:01")[-1][0] == 1
    assert of_one("2011-08-31", "2012-02-29")[-1][0] == 2  # a leap year


def test_a_window_runs_from_the_warning_before_not_from_the_first():
    assert [stage for stage, _ in of_one("2010-01-01", "2010-06-30", "2011-06-30")] == [1, 2, 3]
    assert [stage for stage, _ in of_one("2010-01-01", "2010-06-30", "2011-07-01")] == [1, 2, 1]


def test_after_the_last_stage_nothing_more_is_sent():
    times = [f"20{year}-01-0{day}" for year in (10, 12, 14) for day in (1, 2, 3, 4)]
    assert [stage for stage, _ in of_one(*times)] == [1, 2, 3]


def test_records_within_the_grace_do_not_count():
    evening = [(1, f"2010-10-05T20:{minute}0:00") for minute in range(4)]
    assert list(escalate(observed(*evening))["stage"]) == [1, 2, 3]
    assert list(escalate(observed(*evening), grace="10min")["stage"]) == [1, 2]
    assert list(escalate(observed(*evening), grace="30min")["stage"]) == [1]


def test_two_records_of_one_instant_are_one():
    assert of_one("2010-10-05", "2010-10-05") == [(1, "2010-10-05")]


def test_records_without_a_subscriber_warn_nobody():
    sent = escalate(observed((None, "2010-10-05"), (2, "2010-10-06"), (None, "2010-10-07")))
    assert list(sent["subscriber"]) == [2]


def test_each_line_has_stages_of_its_own():
    sent = escalate(observed((2, "2010-10-05"), (1, "2010-10-06"), (2, "2010-10-07"), (1, "2010-10-08")))
    assert list(zip(sent["subscriber"], sent["stage"], strict=True)) == [(1, 1), (1, 2), (2, 1), (2, 2)]


def test_months_are_those_of_the_calendar_in_utc():
    # at the end of March in Kiritimati it is still the 30th in UTC; 6 months later both have a 30th
    times = pd.Series(pd.to_datetime(["2011-03-31 01:00", "2011-10-01 01:00"])).dt.tz_localize(
        "Pacific/Kiritimati"
    )
    rows = pd.DataFrame({"subscriber": pd.array([1, 1], "Int64"), "time": times})
    assert list(escalate(rows)["stage"]) == [1, 2]


@pytest.mark.parametrize("rows", [(), ((None, "2010-10-05"),)])
def test_columns_and_types_are_the_same_with_no_warning(rows):
    sent, none = escalate(observed((1, "2010-10-05"))), escalate(observed(*rows))
    assert len(none) == 0
    assert list(sent.columns) == ["subscriber", "stage", "name", "time"]
    assert sent.dtypes.to_dict() == none.dtypes.to_dict()
    assert str(sent["time"].dtype) == "datetime64[s, UTC]"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda rows: escalate(rows.drop(columns="subscriber")), "attributed has no column subscriber"),
        (lambda rows: escalate([]), "attributed is a list"),
        (lambda rows: escalate(rows.assign(subscriber="x")), "attributed: subscriber is of the type str"),
        (lambda rows: escalate(rows.assign(subscriber=0.5)), "attributed: 1 of 1 rows have a subscriber"),
        (lambda rows: escalate(rows.assign(time=rows["time"].dt.tz_localize(None))), "time has no time zone"),
        (lambda rows: escalate(rows, grace=7), "grace=7.*a duration"),
        (lambda rows: escalate(rows, grace="-1s"), "grace='-1s'.*at least 0 s"),
    ],
)
def test_bad_input_is_named(call, said):
    with pytest.raises(ValueError, match=said):
        call(observed((1, "2010-10-05")))


@pytest.mark.parametrize("procedure", ["us-512h", "france", None, ["france-graduated"]])
def test_a_procedure_without_stages_is_named(procedure):
    with pytest.raises(LookupError, match=r"procedure=.*choose from france-graduated, us-copyright-alerts"):
        escalate(observed((1, "2010-10-05")), procedure)
