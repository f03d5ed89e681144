"""From a line to a person: drawn downloads agree with the closed form, and what is no line is refused."""

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from traceblock import memory
from traceblock.isp import USERS, Use, downloads, household, shares, subscriber_did
from traceblock.network import Isp, build

SE = 4  # a share may be off by so many standard errors: by chance in 1 of 16,000
RATES = st.floats(0, 1_000, allow_subnormal=False)


def lines(people, open_wifi):
    """Return lines with the columns that downloads needs."""
    number = range(100, 100 + len(people))
    return pd.DataFrame({"subscriber": number, "people": people, "open_wifi": open_wifi})


def assert_share(flags, expected):
    """Assert that a share of independent trials is as expected, within SE standard errors."""
    error = math.sqrt(expected * (1 - expected) / len(flags))
    assert np.mean(flags) == pytest.approx(expected, abs=SE * error + 1e-12)


# the closed form


def test_worked_by_hand():
    assert subscriber_did(1) == 1
    assert subscriber_did(4) == 0.25
    assert subscriber_did(2, 1.0) == subscriber_did(2, True) == subscriber_did(2, np.True_) == 1 / 5
    assert subscriber_did(2, False) == 1 / 2
    assert subscriber_did(2, 0.5) == 1 / 3.5
    assert subscriber_did(60) == pytest.approx(1 / 60)  # a care home
    assert subscriber_did(3, 0.5, Use(subscriber=2, other=0.5, outsider=4, outsiders=2)) == 2 / (2 + 1 + 4)
    assert subscriber_did(5, 1, Use(subscriber=0)) == 0
    assert subscriber_did(5, 1, Use(other=0, outsider=0)) == 1


@given(st.integers(1, 1_000), st.floats(0, 1), RATES, RATES, RATES, st.integers(0, 50))
def test_more_people_and_more_open_wifi_only_lower_it(people, share, subscriber, other, outsider, outsiders):
    use = Use(subscriber + 1e-3, other, outsider, outsiders)
    chance = subscriber_did(people, share, use)
    assert 0 < chance <= 1
    assert subscriber_did(people + 1, share, use) <= chance
    assert subscriber_did(people, 1, use) <= chance <= subscriber_did(people, 0, use)
    twice = Use(2 * use.subscriber, 2 * other, 2 * outsider, outsiders)
    assert subscriber_did(people, share, twice) == pytest.approx(chance)  # only ratios matter
    assert subscriber_did(people) == pytest.approx(1 / people)


def test_shares_of_a_line_worked_by_hand():
    table = shares(3, 0.5, Use(subscriber=2, other=0.5, outsider=4, outsiders=2))
    assert list(table.columns) == ["user", "share"]
    assert tuple(table["user"]) == tuple(table["user"].cat.categories) == USERS
    assert table["share"].tolist() == [2 / 7, 1 / 7, 4 / 7]


# downloads drawn


@pytest.mark.parametrize("people", [1, 2, 4, 30])
@pytest.mark.parametrize("open_of_ten", [0, 3, 10])
@pytest.mark.parametrize("use", [None, Use(2, 0.5, 0.25, 5), Use(0.1, 3, 0)], ids=["equal", "a", "b"])
def test_downloads_are_as_often_the_subscribers_own_as_the_closed_form_says(people, open_of_ten, use):
    table = lines([people] * 10, [line < open_of_ten for line in range(10)])
    drawn = downloads(table, 20_000, 1, use)
    assert_share(drawn["user"] == "the subscriber", subscriber_did(people, open_of_ten / 10, use))
    for who, share in shares(people, open_of_ten / 10, use).itertuples(index=False):
        assert_share(drawn["user"] == who, share)


def test_each_line_and_person_comes_as_often_as_the_rates_say():
    use = Use(subscriber=1, other=2, outsider=0.5, outsiders=4)
    rates = {
        (100, "the subscriber"): 1,
        (100, "somebody outside"): 2,
        (101, "the subscriber"): 1,
        (101, "another in the household"): 4,
        (102, "the subscriber"): 1,
        (102, "another in the household"): 2,
        (102, "somebody outside"): 2,
    }
    drawn = downloads(lines([1, 3, 2], [True, False, True]), 50_000, 2, use)
    found = list(zip(drawn["subscriber"], drawn["user"], strict=True))
    assert set(found) == set(rates)
    for who, rate in rates.items():
        assert_share([each == who for each in found], rate / 13)


def test_who_never_downloads_is_never_drawn():
    drawn = downloads(lines([1, 1, 5], [False, True, False]), 2_000, 3, Use(subscriber=0, other=0))
    assert set(drawn["subscriber"]) == {101}
    assert set(drawn["user"]) == {"somebody outside"}


def test_a_draw_at_the_very_edge_falls_on_somebody_with_a_rate(monkeypatch):
    monkeypatch.setattr(household, "stream", lambda *_: SimpleNamespace(random=np.zeros))
    drawn = downloads(lines([1, 1], [False, True]), 1, 1, Use(subscriber=0, other=0))
    assert drawn[["subscriber", "user"]].values.tolist() == [[101, "somebody outside"]]


def test_the_table_of_downloads():
    table = build([Isp("A", 50, "198.18.0.0/24", open_wifi=0.5)], "2010-01-01", 1, seed=1).subscribers
    copy = table.copy()
    drawn = downloads(table.set_axis([5] * 50), 300, 4)
    assert drawn.dtypes.astype(str).to_dict() == {
        "subscriber": "int64",
        "people": "int64",
        "open_wifi": "bool",
        "user": "category",
    }
    assert tuple(drawn["user"].cat.categories) == USERS
    assert drawn.index.equals(pd.RangeIndex(300))
    kept = drawn[["subscriber", "people", "open_wifi"]].drop_duplicates()
    merged = kept.merge(table[["subscriber", "people", "open_wifi"]])
    assert len(merged) == len(kept)
    assert_frame_equal(table, copy)
    assert_frame_equal(drawn, downloads(table, 300, 4))
    assert not drawn.equals(downloads(table, 300, 5))
    assert_frame_equal(drawn[:0], downloads(table, 0, 4))


@pytest.mark.parametrize("kind", ["uint8", "Int64"])
def test_people_of_any_whole_type(kind):
    plain = lines([1, 2, 200], [True, False, False])
    drawn = downloads(plain.astype({"people": kind, "open_wifi": "boolean"}), 500, 6)
    assert drawn["user"].tolist() == downloads(plain, 500, 6)["user"].tolist()


# what is refused


@pytest.mark.parametrize("value", [0, -1, 1.0, None, True, "2", math.nan, pd.NA], ids=repr)
def test_no_household(value):
    with pytest.raises(ValueError, match=r"^people=.* is not accepted; give a whole number, 1 or more$"):
        subscriber_did(value)


@pytest.mark.parametrize("value", [-0.1, 1.1, None, "0.5", math.nan, pd.NA], ids=repr)
def test_no_share(value):
    with pytest.raises(
        ValueError, match=r"^open_wifi=.* is not accepted; give a number at least 0 and at mo"
    ):
        subscriber_did(2, value)


@pytest.mark.parametrize("value", [-1, math.nan, math.inf, None, True, "1", pd.NA], ids=repr)
@pytest.mark.parametrize("name", ["subscriber", "other", "outsider", "outsiders"])
def test_no_rate(name, value):
    with pytest.raises(ValueError, match=rf"^{name}=.* is not accepted; give a (whole )?number"):
        Use(**{name: value})


@pytest.mark.parametrize("use", [Use(0, 0, 0), Use(0, 0), Use(0)])
def test_a_line_that_nobody_would_use_is_refused(use):
    with pytest.raises(
        ValueError, match=r"^use=Use\(.*nobody on a line of 1 would ever download; give somebo"
    ):
        subscriber_did(1, 0, use)
    with pytest.raises(
        ValueError, match=r"^use=Use\(.*nobody on these lines would ever download; give a rate"
    ):
        downloads(lines([1, 1], [False, False]), 5, 1, use)


def test_no_lines_are_refused():
    with pytest.raises(ValueError, match=r"^use=Use\(.*nobody on these lines would ever download"):
        downloads(lines([], []).astype("int64"), 5, 1)


@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        ("people", [0, 2, -1], "2 of 3 rows have nobody in people; the subscriber is one"),
        ("people", [1.5, 2, 3], "people is of the type float64; give a whole number"),
        ("people", [None, 2, 3], "1 of 3 rows have no people; every row needs a whole number"),
        ("people", ["1", "2", "3"], "people is of the type str; give a whole number"),
        ("open_wifi", [True, False, None], "1 of 3 rows have an open_wifi that is neither True nor False"),
        ("open_wifi", ["no", "yes", "no"], "3 of 3 rows have an open_wifi that is neither True nor False"),
        ("open_wifi", [0.5, 0, 1], "1 of 3 rows have an open_wifi that is neither True nor False"),
    ],
)
def test_what_is_no_line_is_refused(column, values, message):
    table = lines([1, 2, 3], [True, False, False]).assign(**{column: values})
    with pytest.raises(ValueError, match=f"^subscribers: {message}"):
        downloads(table, 5, 1)


def test_what_is_no_table_of_lines_is_refused():
    table = lines([1, 2], [True, False])
    for column in table:
        with pytest.raises(
            ValueError, match=f"^subscribers has no column {column}; it needs subscriber, people"
        ):
            downloads(table.drop(columns=column), 5, 1)
    with pytest.raises(ValueError, match=r"^subscribers is a list; give a DataFrame with subscriber, people"):
        downloads([1, 2], 5, 1)
    for name, arguments in {"number": (-1, 1), "seed": (5, None)}.items():
        with pytest.raises(ValueError, match=f"^{name}=.* is not accepted; give a whole number, 0 or more"):
            downloads(table, *arguments)


@pytest.mark.parametrize("number", [10**12, 10**18, 2**62, 10**400])
def test_more_downloads_than_memory_holds_are_refused(number):
    with pytest.raises(memory.TooLargeError, match=r"^the table of downloads .* a smaller number"):
        downloads(lines([2], [False]), number, seed=1)


@pytest.mark.parametrize("use", [True, 1, "often", {}, Use], ids=repr)
def test_what_is_no_use_is_refused(use):
    for call in (
        lambda: shares(2, 0, use),
        lambda: subscriber_did(2, 0, use),
        lambda: downloads(lines([1], [False]), 5, 1, use),
    ):
        with pytest.raises(ValueError, match=r"^use=.* is not accepted; give an? Use$"):
            call()
