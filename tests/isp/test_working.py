"""The working of one name agrees with the name, and says why each other lease does not fit."""

import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal, assert_series_equal

from tests.isp import logs
from tests.isp.logs import ZERO, log, records
from traceblock.isp import attribute, working

HOUR, DAY = 3_600, 86_400


@settings(max_examples=200)
@given(st.data())
def test_the_candidates_are_those_of_attribute(data):
    rows = data.draw(logs.leases())
    time, address, port = data.draw(logs.observations(rows).filter(len))[0]
    correction = data.draw(st.integers(-3, 3))
    use_port, around = data.draw(st.booleans()), data.draw(st.sampled_from([0, 1, 5, DAY]))
    seen, leases = records([(time, address, port)]), log(rows)
    leases = leases.set_axis(data.draw(st.permutations(range(len(rows)))))
    unit, zone = data.draw(st.sampled_from(["s", "ns"])), data.draw(st.sampled_from(["UTC", "Asia/Tokyo"]))
    seen["time"] = seen["time"].dt.tz_convert(zone).dt.as_unit(unit)
    found = attribute(seen, leases, pd.Timedelta(correction, "s"), use_port).iloc[0]
    shown = working(seen.iloc[0], leases, f"{correction}s", use_port, f"{around}s")
    asked = time + correction
    held = logs.holding(rows, asked, address, port if use_port else None)
    fits = shown[shown["candidate"]]
    assert sorted(fits["subscriber"]) == sorted(row[3] for row in held)
    assert fits["subscriber"].nunique() == found["candidates"]
    if found["candidates"] == 1:
        assert fits["subscriber"].iloc[0] == found["subscriber"]
    near = [row for row in rows if row[0] == address and row[4] <= asked + around and row[5] > asked - around]
    assert len(shown) == len(near)
    assert_frame_equal(shown[leases.columns], leases.loc[shown.index])
    assert_frame_equal(shown, shown.sort_values(["start", "port_first"], kind="stable"))
    for row, (_, one) in zip(leases.loc[shown.index].itertuples(), shown.iterrows(), strict=True):
        start, end = (round(bound.timestamp()) for bound in (row.start, row.end))
        word = "ended" if end <= asked else "begins" if start > asked else "fits"
        assert one["by_time"].startswith(word)
        inside = row.port_first <= port <= row.port_last
        assert one["by_port"] == ("not used" if not use_port else "fits" if inside else "another block")
        assert one["candidate"] == (word == "fits" and (inside or not use_port))


NOON = ZERO + 12 * HOUR
LEASES = [
    (5, 0, 1_023, 8, NOON - 5 * HOUR, NOON - 2 * HOUR - 5 * 60),
    (5, 0, 1_023, 2, NOON - 2 * HOUR, NOON - 7),
    (5, 1_024, 2_047, 3, NOON - HOUR, NOON + HOUR),
    (5, 0, 1_023, 1, NOON - 7, NOON + 90),
    (5, 0, 1_023, 4, NOON + 90, NOON + 9 * HOUR),
    (5, 0, 1_023, 6, NOON + 30 * HOUR, NOON + 31 * HOUR),
    (6, 0, 1_023, 7, NOON - HOUR, NOON + HOUR),
]


def test_worked_by_hand():
    shown = working(records([(NOON, 5, 80)]).iloc[0], log(LEASES))
    assert list(shown.columns) == [*logs.COLUMNS, "isp", "by_time", "by_port", "candidate"]
    assert shown["subscriber"].tolist() == [8, 2, 3, 1, 4]
    assert shown["by_time"].tolist() == [
        "ended 2 h 05 min before",
        "ended 0 h 00 min 07 s before",
        "fits",
        "fits",
        "begins 0 h 01 min 30 s after",
    ]
    assert shown["by_port"].tolist() == ["fits", "fits", "another block", "fits", "fits"]
    assert shown["candidate"].tolist() == [False, False, False, True, False]
    assert shown["candidate"].dtype == bool


def test_a_correction_moves_the_question():
    one = records([(NOON, 5, 80)]).iloc[0]
    shown = working(one, log(LEASES), "-7s")
    assert shown.loc[shown["candidate"], "subscriber"].tolist() == [1]
    shown = working(one, log(LEASES), "-8s")
    assert shown.loc[shown["candidate"], "subscriber"].tolist() == [2]
    shown = working(one, log(LEASES), "90s")
    assert shown.loc[shown["candidate"], "subscriber"].tolist() == [4]
    assert shown.set_index("subscriber")["by_time"][1] == "ended 0 h 00 min before"


def test_without_the_port_every_block_fits():
    shown = working(records([(NOON, 5, 80)]).iloc[0], log(LEASES), use_port=False)
    assert shown.loc[shown["candidate"], "subscriber"].tolist() == [3, 1]
    assert set(shown["by_port"]) == {"not used"}
    without = working(records([(NOON, 5, 80)]).drop(columns="port").iloc[0], log(LEASES), use_port=False)
    assert_frame_equal(shown, without)


def test_around_widens_and_narrows():
    one = records([(NOON, 5, 80)]).iloc[0]
    assert working(one, log(LEASES), around="0s")["subscriber"].tolist() == [3, 1]
    assert working(one, log(LEASES), around="30h")["subscriber"].tolist() == [8, 2, 3, 1, 4, 6]


def test_an_address_that_nobody_had_shows_nothing():
    for address, leases in ((9, log(LEASES)), (5, log([]))):
        shown = working(records([(NOON, address, 80)]).iloc[0], leases)
        assert len(shown) == 0
        assert list(shown.columns)[-3:] == ["by_time", "by_port", "candidate"]


def test_a_row_is_one_however_it_was_taken():
    seen = records([(NOON, 5, 80), (NOON, 6, 80)]).set_axis([(1, 2), (3, 4)])
    expected = working(seen.iloc[1], log(LEASES))
    attributed = attribute(seen, log(LEASES))
    ways = [*(row for _, row in list(seen.iterrows())[1:]), seen.loc[[(3, 4)]].squeeze(), attributed.iloc[1]]
    ways += [pd.Series({"time": seen["time"].iloc[1], "address": 6, "port": 80})]
    ways += [seen.iloc[1].astype(object), seen.assign(port=pd.array([80, 80], "Int64")).iloc[1]]
    for row in ways:
        copy = row.copy()
        assert_frame_equal(working(row, log(LEASES)), expected)
        assert_series_equal(row, copy)


def test_what_is_no_row_is_refused():
    seen, leases = records([(NOON, 5, 80)]), log(LEASES)
    for value in (seen, dict(seen.iloc[0]), None, list(seen.iloc[0])):
        kind = type(value).__name__
        with pytest.raises(ValueError, match=f"^observation is a {kind}; give one row, such as observations"):
            working(value, leases)
    row = seen.iloc[0]
    bad = {
        "observation has no column time; it needs": row.drop("time"),
        "observation has no column port; it needs": row.drop("port"),
        "observation has more than one column port": pd.concat([row, row[["port"]]]),
        "observation: time has no time zone": row.replace({row["time"]: row["time"].tz_localize(None)}),
        "observation: time has the type str": pd.Series(row.to_dict() | {"time": "2010-01-01"}),
        "observation: time has": pd.Series(row.to_dict() | {"time": pd.NaT}),
        "observation: address is of the type str": pd.Series(row.to_dict() | {"address": "198.18.0.1"}),
        "observation: 1 of 1 rows have no address": pd.Series(row.to_dict() | {"address": None}),
        "observation: 1 of 1 rows have a port out of range": pd.Series(row.to_dict() | {"port": 65_536}),
    }
    for message, value in bad.items():
        with pytest.raises(ValueError, match=f"^{message}"):
            working(value, leases)


def test_every_row_of_a_renewed_lease_is_shown():
    renewed = log([*LEASES, (5, 0, 1_023, 1, NOON - 3, NOON + 80), LEASES[3]])
    shown = working(records([(NOON, 5, 80)]).iloc[0], renewed)
    assert shown.loc[shown["candidate"], "subscriber"].tolist() == [1, 1, 1]
    assert attribute(records([(NOON, 5, 80)]), renewed)["candidates"].tolist() == [1]


@pytest.mark.parametrize("fraction", ["1ms", "999999999ns"])
def test_the_second_before_decides(fraction):
    seen, leases = records([(NOON - 1, 5, 80)]), log(LEASES)
    finer = pd.Timedelta(fraction)
    late = leases.assign(start=leases["start"] + finer, end=leases["end"] + finer)
    plain = working(seen.iloc[0], leases)
    found = working(seen.assign(time=seen["time"] + finer).iloc[0], late)
    assert_frame_equal(found.drop(columns=["start", "end"]), plain.drop(columns=["start", "end"]))
    assert_series_equal(found["start"], late["start"].loc[found.index])


def test_what_attribute_refuses_is_refused():
    row, leases = records([(NOON, 5, 80)]).iloc[0], log(LEASES)
    with pytest.raises(ValueError, match=r"^leases overlap in time"):
        working(row, pd.concat([leases, leases[:1].assign(subscriber=99)]))
    with pytest.raises(ValueError, match=r"^leases is a list"):
        working(row, LEASES)
    for name, value in {"use_port": 1, "clock_correction": 5, "around": 5}.items():
        with pytest.raises(ValueError, match=rf"^{name}={value} is not accepted"):
            working(row, leases, **{name: value})
    with pytest.raises(ValueError, match=rf"^around={re.escape(repr('-1s'))} .* of at least 0 s"):
        working(row, leases, around="-1s")
