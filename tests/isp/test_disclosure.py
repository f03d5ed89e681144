"""What becomes of each address: against a loop, in closed form, and on the record's own figures."""

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from traceblock import cases, network
from traceblock.isp import STATES, Disclosure, Response, attribute, disclose
from traceblock.isp.disclosure import rules

START = pd.Timestamp("2010-05-01", tz="UTC")
BASE = int(network.from_text(["198.18.0.0"])[0])
DAY = 86_400
MONTH = 1_461 * DAY // 48  # a twelfth of 365.25 days
ENDS = ["contested", "log_gone", "named", "passed_on", "dropped"]
PROCEDURES = list(cases.procedures()["procedure"])


def table(rows, index=None):
    """Rows of isp, address, port, hours since the start, subscriber; None is missing."""
    isp, address, port, hours, subscriber = zip(*rows, strict=True) if rows else ((),) * 5
    return pd.DataFrame(
        {
            "isp": pd.Series(isp, dtype="str"),
            "address": pd.Series([BASE + number for number in address], dtype="uint32"),
            "port": pd.Series(port, dtype="Int64"),
            "time": pd.Series([START + pd.Timedelta(h, "h") for h in hours], dtype="datetime64[s, UTC]"),
            "subscriber": pd.Series(subscriber, dtype="Int64"),
        },
    ).set_axis(range(len(rows)) if index is None else index)


def lines(number, isp="A"):
    """One address a line, seen one hour after another."""
    return table([(isp, i, 1024, i, i) for i in range(number)])


def after(out, filed):
    """Seconds from filing to each answer."""
    return (out["when"] - pd.Timestamp(filed, tz="UTC")).dt.total_seconds()


def by_hand(given, disclosure):
    """The state and the time of each address, one after another, without chance."""
    rule = disclosure.rules
    seconds = (given["time"] - START).dt.total_seconds().astype(int).tolist()
    columns = [given["isp"], given["address"], given["port"], given["subscriber"]]
    rows = [
        tuple(None if pd.isna(value) else value for value in row)
        for row in zip(given.index, seconds, *columns, strict=True)
    ]
    rows.sort(key=lambda row: (row[1], row[3], math.inf if row[4] is None else row[4]))
    filed = max((row[1] for row in rows), default=0)
    if disclosure.filed is not None:
        filed = int((pd.Timestamp(disclosure.filed, tz="UTC") - START).total_seconds())
    left = math.inf
    if disclosure.filings is not None:
        left = disclosure.filings * float(rule["addresses_a_case"] or ("inf" if disclosure.filings else 1))
    upheld = disclosure.upheld
    if upheld is None:
        upheld = 0 if rule["conduit"] == "yes" else 1
    objection = disclosure.objections * disclosure.objections_upheld * (rule["issued_by"] in "clerk judge")
    limit = disclosure.deadline
    if limit == "of the procedure":
        limit = int(rule["deadline_days"]) * DAY if rule["deadline_days"] else None
    elif limit is not None:
        limit = pd.Timedelta(limit).total_seconds()

    once, answered, result = {}, {}, {}
    for row in rows:
        once.setdefault(row[2:5], row)
    with_isp = [row for row in once.values() if row[2] is not None]
    asked = with_isp[-int(left) :] if 0 < left < math.inf else with_isp if left else []
    for index, time, isp, address, port, subscriber in once.values():
        if (index, time, isp, address, port, subscriber) not in asked:
            result[index] = ("not asked", None)
            continue
        how = disclosure.responses.get(isp, disclosure.otherwise)
        if how.contests and upheld:
            result[index] = ("contested", None)
            continue
        gone = math.inf if how.retention is None else time + pd.Timedelta(how.retention).total_seconds()
        turn = filed + pd.Timedelta(how.delay).total_seconds()
        if how.contests:
            turn += pd.Timedelta(disclosure.ruling).total_seconds()
        if how.names_a_month is not None:
            place = answered.get(isp, 0) + 1
            turn += math.ceil(Fraction(MONTH) * place / Fraction(how.names_a_month))
        if gone < filed:
            result[index] = ("log gone", None)
        elif subscriber is None:
            result[index] = ("no match", None)
        elif gone < turn and not disclosure.preserved:
            result[index] = ("log gone", None)
        else:
            answered[isp] = answered.get(isp, 0) + 1
            if objection:
                result[index] = ("contested", None)
            elif limit is not None and turn > filed + limit:
                result[index] = ("too late", None)
            else:
                to_nobody = rule["recipient"] == "nobody"
                result[index] = ("passed on" if to_nobody else "named", START + pd.Timedelta(turn, "s"))
    return result


MAYBE = st.integers(0, 6) | st.none()
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["A", "B", "C", None]),
        st.integers(0, 5),
        st.sampled_from([1024, 2048, None]),
        st.integers(0, 400),
        MAYBE,
    ),
    max_size=14,
    unique_by=lambda row: (row[1], row[2], row[3]),
)
DURATIONS = st.sampled_from(["0D", "1s", "20h", "5D", "30D", "45D"])
RESPONSES = st.builds(
    Response,
    contests=st.booleans(),
    names_a_month=st.none() | st.integers(1, 60) | st.just(0.5),
    retention=st.none() | DURATIONS,
    delay=DURATIONS,
)
DISCLOSURES = st.builds(
    Disclosure,
    procedure=st.sampled_from(PROCEDURES),
    filed=st.none() | st.sampled_from(["2010-05-20", "2010-07-01T10:30:01"]),
    otherwise=RESPONSES,
    filings=st.none() | st.integers(0, 4),
    deadline=st.sampled_from(["of the procedure", None, "0D", "31D", "160D"]),
    upheld=st.none() | st.integers(0, 1),
    ruling=DURATIONS,
    objections=st.sampled_from([0.0, 1.0]),
    objections_upheld=st.sampled_from([0.0, 1.0]),
    preserved=st.booleans(),
)


# every address, to its end


@given(ROWS, DISCLOSURES, RESPONSES, st.integers(0, 9))
def test_every_address_ends_as_in_the_loop(rows, disclosure, response, seed):
    if "A" in [row[0] for row in rows]:
        disclosure = Disclosure(**{**vars(disclosure), "responses": {"A": response}})
    given = table(rows)
    out = disclose(given, disclosure, seed)
    when = out["when"].astype(object).where(out["when"].notna(), None)
    found = dict(zip(out.index, zip(out["state"], when, strict=True), strict=True))
    assert found == by_hand(given, disclosure)


@given(ROWS, DISCLOSURES, st.floats(0, 1), st.floats(0, 1), st.integers(0, 9))
def test_every_address_is_in_one_state_and_none_is_lost(rows, disclosure, upheld, objections, seed):
    chances = {"upheld": upheld, "objections": objections, "objections_upheld": 1.0}
    given = table(rows)
    out = disclose(given, Disclosure(**{**vars(disclosure), **chances}), seed)
    assert len(out) == len(given.drop_duplicates(["isp", "address", "port"]))
    assert list(out["state"].cat.categories) == list(STATES)
    assert out["state"].notna().all()
    assert (out[ENDS].sum(axis=1) == out["asked"]).all()
    assert (out["asked"] == (out["state"] != "not asked")).all()
    for state, column in (("contested", "contested"), ("log gone", "log_gone"), ("named", "named")):
        assert (out[column] == (out["state"] == state)).all()
    assert (out["passed_on"] == (out["state"] == "passed on")).all()
    assert (out["dropped"] == out["state"].isin(["no match", "too late"])).all()
    assert (out["when"].notna() == (out["named"] | out["passed_on"])).all()
    assert out.loc[out["named"], "subscriber"].notna().all()
    assert not (out["named"].any() and out["passed_on"].any())


@given(ROWS, DISCLOSURES, st.floats(0, 1), st.integers(0, 9), st.randoms())
def test_the_order_of_the_rows_does_not_matter(rows, disclosure, chance, seed, random):
    disclosure = Disclosure(**{**vars(disclosure), "upheld": chance, "objections": chance})
    given = table(rows)
    order = random.sample(range(len(rows)), len(rows))
    out = disclose(given, disclosure, seed)
    pd.testing.assert_frame_equal(disclose(given.iloc[order], disclosure, seed), out)


def test_one_row_for_each_address_at_its_first_observation_under_its_index():
    given = table(
        [
            ("A", 1, 2048, 9, 5),
            ("A", 1, 1024, 7, 4),
            ("A", 1, 1024, 3, 3),  # held by another line before
            ("B", 1, 1024, 2, 2),
            ("A", 1, None, 1, None),
            ("A", 1, None, 8, 1),
        ],
        index=["late", "same", "twice", "twice", "same", "late"],
    )
    out = disclose(given, Disclosure(), 0)
    assert list(out.index) == ["same", "twice", "twice", "late"]
    assert list(out["isp"]) == ["A", "B", "A", "A"]
    assert out["subscriber"].tolist() == [pd.NA, 2, 3, 5]
    assert list(out["state"]) == ["no match", "named", "named", "named"]
    assert list(out.columns[:5]) == ["isp", "address", "port", "time", "subscriber"]
    assert out["time"].is_monotonic_increasing
    assert {str(out[name].dtype) for name in ("time", "when")} == {"datetime64[s, UTC]"}
    assert (out["port"].dtype, out["subscriber"].dtype) == (pd.Int64Dtype(), pd.Int64Dtype())
    assert all(out[name].dtype == bool for name in ("asked", *ENDS))


def test_a_finer_time_is_kept_and_the_earlier_one_is_first():
    given = table([("A", 1, 1024, 0, 1), ("A", 1, 1024, 0, 1), ("A", 2, 1024, 1, 2)], index=[7, 8, 9])
    fine = pd.to_timedelta(["990ms", "20ms", "0ms"])
    asked = disclose(given.assign(time=given["time"] + fine), Disclosure(), seed=1)
    assert asked.index.tolist() == [8, 9]
    assert list(asked)[:5] == ["isp", "address", "port", "time", "time_fraction"]
    assert asked["time"].tolist() == given["time"].tolist()[1:]
    assert asked["time_fraction"].tolist() == fine[1:].tolist()
    plain = disclose(given, Disclosure(), seed=1).set_axis([8, 9])
    pd.testing.assert_frame_equal(asked[plain.columns], plain)


def test_without_a_port_an_address_comes_once():
    given = table([("A", 1, 1024, 0, 1), ("A", 1, 2048, 1, 2), ("A", 2, 1024, 2, 3)])
    out = disclose(given.drop(columns="port"), Disclosure(), 0)
    assert list(out.index) == [0, 2]
    assert out["port"].isna().all()


def test_an_empty_table_asks_for_nothing():
    out = disclose(table([]), Disclosure(), 0)
    assert len(out) == 0
    assert list(out.columns) == list(disclose(lines(1), Disclosure(), 0).columns)


def test_what_attribute_found_is_followed():
    leases = pd.DataFrame(
        {
            "isp": ["A", "A", "B"],
            "address": np.array([BASE, BASE, BASE + 1], "uint32"),
            "port_first": [0, 32768, 0],
            "port_last": [32767, 65535, 65535],
            "subscriber": [1, 2, 3],
            "start": START,
            "end": START + pd.Timedelta("5D"),
        }
    )
    seen = table([(None, 0, 4000, 0, None), (None, 1, 4000, 1, None), (None, 2, 4000, 2, None)])
    seen = seen[["time", "address", "port"]]
    found = [
        list(disclose(attribute(seen, leases, use_port=use_port), Disclosure(), 0)["state"])
        for use_port in (True, False)
    ]
    assert found == [["named", "named", "not asked"], ["no match", "named", "not asked"]]


def test_the_same_seed_gives_the_same_table():
    given = pd.concat([lines(50, isp) for isp in "ABCDEFGH"], ignore_index=True)
    disclosure = Disclosure(
        otherwise=Response(contests=True), upheld=0.5, objections=0.5, objections_upheld=1
    )
    first, again, other = (disclose(given, disclosure, seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first, again)
    assert not first.equals(other)


# pace


@given(st.integers(1, 4_000), st.integers(0, 150), st.integers(0, 150), st.integers(0, 400))
def test_named_by_the_deadline_in_closed_form(pace, delay, deadline, number):
    disclosure = Disclosure(
        deadline=f"{deadline}D", otherwise=Response(names_a_month=pace, delay=f"{delay}D")
    )
    out = disclose(lines(number), disclosure, 0)
    possible = max(deadline - delay, 0) * DAY * pace // MONTH
    assert out["named"].sum() == min(number, possible if deadline >= delay else 0)
    assert out["named"].is_monotonic_decreasing
    assert (out.loc[~out["named"], "state"] == "too late").all()


@pytest.mark.parametrize("isp", ["verizon", "charter"])
def test_the_months_on_the_record_follow_from_list_and_pace(isp):
    size, pace, months = (
        cases.fact("hurt-locker", f"{fact}_{isp}").value
        for fact in ("addresses", "names_per_month", "months_to_disclose")
    )
    response = Response(names_a_month=pace, delay="0D")
    out = disclose(lines(size, isp), Disclosure(filed="2011-05-01", deadline=None, otherwise=response), 0)
    assert out["named"].all()
    assert round(after(out, "2011-05-01").max() / MONTH, 1) == months


def test_few_are_named_in_the_time_to_serve_of_the_record():
    size, pace = (
        cases.fact("hurt-locker", f"{fact}_verizon").value for fact in ("addresses", "names_per_month")
    )
    days = cases.fact("hurt-locker", "days_to_serve").value
    out = disclose(lines(size), Disclosure(otherwise=Response(names_a_month=pace, delay="0D")), 0)
    assert out["state"].value_counts()["named"] == days * DAY * pace // MONTH
    assert out["state"].value_counts()["too late"] == size - out["named"].sum()


def test_names_come_evenly_those_seen_first_first():
    response = Response(names_a_month=7, delay="1D")
    out = disclose(lines(14).iloc[::-1], Disclosure(filed="2010-06-01", deadline=None, otherwise=response), 0)
    assert list(out.index) == list(range(14))
    assert after(out, "2010-06-01").tolist() == [DAY + -(-MONTH * k // 7) for k in range(1, 15)]


def test_a_turn_that_falls_on_a_second_is_not_rounded_up():
    pace, number = 31, 93
    response = Response(names_a_month=pace, delay="0D")
    out = disclose(lines(number), Disclosure(filed="2010-07-01", deadline=None, otherwise=response), 0)
    assert after(out, "2010-07-01").tolist() == [-(-MONTH * k // pace) for k in range(1, number + 1)]


def test_each_isp_has_a_pace_of_its_own_and_no_match_takes_no_time():
    given = table([(isp, i, 1024, i, None if i % 2 else i) for i in range(8) for isp in "AB"])
    responses = {"A": Response(names_a_month=1, delay="0D"), "B": Response(names_a_month=2, delay="0D")}
    out = disclose(given, Disclosure(filed="2010-06-01", deadline=None, responses=responses), 0)
    months = (after(out, "2010-06-01") / MONTH)[out["named"]].groupby(out["isp"], observed=True).apply(list)
    assert months.to_dict() == {"A": [1, 2, 3, 4], "B": [0.5, 1, 1.5, 2]}
    assert (out["state"] == "no match").sum() == 8


def test_without_a_pace_all_come_at_once_after_the_delay():
    out = disclose(lines(5), Disclosure(otherwise=Response(delay="10D")), 0)
    last_seen = START + pd.Timedelta(4, "h")
    assert (out["when"] == last_seen + pd.Timedelta("10D")).all()


def test_by_default_it_is_filed_at_the_very_last_observation():
    given = table([("A", 1, 1024, 0, 1), ("A", 2, 1024, 1, 2), ("A", 1, 1024, 9, 1)])
    out = disclose(given, Disclosure(otherwise=Response(delay="0D")), 0)
    assert (out["when"] == START + pd.Timedelta(9, "h")).all()


def test_a_contest_that_is_lost_only_takes_time():
    disclosure = Disclosure(
        filed="2010-06-01", ruling="50D", deadline="60D", otherwise=Response(contests=True, delay="10D")
    )
    assert (after(disclose(lines(3), disclosure, 0), "2010-06-01") == 60 * DAY).all()
    late = Disclosure(**{**vars(disclosure), "ruling": "51D"})
    assert (disclose(lines(3), late, 0)["state"] == "too late").all()


# logs


@given(
    st.lists(st.integers(0, 60 * 24), max_size=12, unique=True),
    st.integers(0, 90),
    st.integers(1, 40),
    st.integers(0, 40),
    st.booleans(),
)
def test_logs_against_a_loop(hours, keeps, pace, delay, preserved):
    given = table([("A", i, 1024, hour, i) for i, hour in enumerate(hours)])
    response = Response(names_a_month=pace, retention=f"{keeps}D", delay=f"{delay}D")
    out = disclose(
        given, Disclosure(filed="2010-07-01", deadline=None, preserved=preserved, otherwise=response), 0
    )
    filed = 61 * DAY
    expected, done = [], 0
    for hour in sorted(hours):
        gone, turn = hour * 3600 + keeps * DAY, filed + delay * DAY + -(-MONTH * (done + 1) // pace)
        kept = gone >= filed and (preserved or gone >= turn)
        done += kept
        expected.append(not kept)
    assert out["log_gone"].tolist() == expected
    assert (out["named"] == ~out["log_gone"]).all()


def test_a_log_is_there_to_the_last_second():
    for filed, state in (("2010-05-31", "named"), ("2010-05-31T00:00:01", "log gone")):
        out = disclose(lines(1), Disclosure(filed=filed, otherwise=Response(retention="30D")), 0)
        assert list(out["state"]) == [state]
    for delay, state in (("30D", "named"), (pd.Timedelta(30 * DAY + 1, "s"), "log gone")):
        response = Response(retention="30D", delay=delay)
        out = disclose(lines(1), Disclosure(filed=START, preserved=False, otherwise=response), 0)
        assert list(out["state"]) == [state]
    filed = START + pd.Timedelta(1, "h")
    out = disclose(lines(2), Disclosure(filed=filed, preserved=False, otherwise=Response(retention="30D")), 0)
    assert list(out["state"]) == ["log gone", "named"]


def test_a_record_set_aside_waits_for_its_turn():
    response = Response(names_a_month=1, retention="100D", delay="0D")
    kept, lost = (
        disclose(lines(10), Disclosure(deadline=None, preserved=preserved, otherwise=response), 0)
        for preserved in (True, False)
    )
    assert kept["named"].all()
    assert lost["named"].sum() == 3  # 30, 61 and 91 days
    assert (lost.loc[~lost["named"], "state"] == "log gone").all()


# contests and objections


@pytest.mark.parametrize(
    ("procedure", "contested", "not_contested"),
    [
        ("us-512h", "contested", "named"),
        ("us-doe-joined", "named", "named"),
        ("us-doe-single", "named", "named"),
        ("us-copyright-alerts", "contested", "passed on"),
        ("canada-notice", "passed on", "passed on"),
        ("canada-order", "named", "named"),
        ("france-graduated", "named", "named"),
        ("relayed-notice", "contested", "passed on"),
    ],
)
def test_whether_a_contest_succeeds_follows_from_the_procedure(procedure, contested, not_contested):
    given, responses = pd.concat([lines(150, "A"), lines(150, "B")]), {"A": Response(contests=True)}
    out = disclose(given, Disclosure(procedure, responses=responses, ruling="10D"), 0)
    assert set(out.loc[out["isp"] == "A", "state"]) == {contested}
    assert set(out.loc[out["isp"] == "B", "state"]) == {not_contested}


def test_every_procedure_is_tried():
    tried = test_whether_a_contest_succeeds_follows_from_the_procedure.pytestmark[0].args[1]
    assert [procedure for procedure, *_ in tried] == PROCEDURES


def test_a_contest_is_drawn_once_for_each_isp():
    isps, upheld = 1_000, 0.3
    given = table([(f"{i:04}", 2 * i + k, 1024, k, 2 * i + k) for i in range(isps) for k in (0, 1)])
    out = disclose(given, Disclosure(otherwise=Response(contests=True), upheld=upheld, deadline=None), 7)
    of_isp = out.groupby("isp", observed=True)["contested"].agg(["all", "any"])
    assert (of_isp["all"] == of_isp["any"]).all()
    assert abs(of_isp["all"].mean() - upheld) < 4 * math.sqrt(upheld * (1 - upheld) / isps)


def test_chance_is_only_for_those_who_contest():
    out = disclose(lines(20), Disclosure(upheld=1.0, responses={"A": Response(contests=False)}), 0)
    assert out["named"].all()


def test_a_subscriber_objects_for_all_of_his_addresses():
    people, objections, upheld = 4_000, 0.4, 0.5
    given = table([("A", 2 * i + k, 1024, k, i) for i in range(people) for k in (0, 1)])
    out = disclose(given, Disclosure(objections=objections, objections_upheld=upheld), 3)
    of_line = out.groupby("subscriber")["contested"].agg(["all", "any"])
    assert (of_line["all"] == of_line["any"]).all()
    chance = objections * upheld
    assert abs(of_line["all"].mean() - chance) < 4 * math.sqrt(chance * (1 - chance) / people)


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_objections_need_a_court(procedure):
    out = disclose(lines(5), Disclosure(procedure, objections=1.0, objections_upheld=1.0), 0)
    assert out["contested"].all() == (rules(procedure)["issued_by"] in {"clerk", "judge"})


# filings


@pytest.mark.parametrize(("filings", "asked"), [(None, 11), (0, 0), (1, 1), (4, 4), (20, 11)])
def test_one_address_a_case_asks_for_those_seen_last(filings, asked):
    out = disclose(lines(11).iloc[::-1], Disclosure("us-doe-single", filings=filings), 0)
    assert out["asked"].tolist() == [i >= 11 - (11 if asked is None else asked) for i in range(11)]
    assert (out.loc[~out["asked"], "state"] == "not asked").all()


@pytest.mark.parametrize(("filings", "asked"), [(None, 11), (0, 0), (1, 11)])
def test_a_case_that_joins_asks_for_all(filings, asked):
    assert disclose(lines(11), Disclosure("us-doe-joined", filings=filings), 0)["asked"].sum() == asked


def test_an_address_without_an_isp_uses_up_no_filing():
    given = table([(None, 1, 1024, 0, None), ("A", 2, 1024, 1, None), ("A", 3, 1024, 2, 3)])
    out = disclose(given, Disclosure("us-doe-single", filings=2), 0)
    assert list(out["state"]) == ["not asked", "no match", "named"]


def test_the_deadline_of_the_procedure_is_that_of_the_record():
    for procedure in PROCEDURES:
        days = rules(procedure)["deadline_days"]
        slow = [
            disclose(lines(1), Disclosure(procedure, otherwise=Response(delay=delay)), 0)["state"].iloc[0]
            for delay in (
                pd.Timedelta(int(days or 99_999), "D"),
                pd.Timedelta(int(days or 99_999) * DAY + 1, "s"),
            )
        ]
        in_time = "passed on" if rules(procedure)["recipient"] == "nobody" else "named"
        assert slow == [in_time, "too late" if days else in_time]


# what is refused


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Response(contests="yes"), r"contests='yes'.*True or False"),
        (lambda: Response(names_a_month=0), r"names_a_month=0.*above 0"),
        (lambda: Response(names_a_month="100"), r"names_a_month='100'.*a number above 0"),
        (lambda: Response(retention="-1D"), r"retention='-1D'.*at least 0 s"),
        (lambda: Response(retention=30), r"retention=30.*a duration"),
        (lambda: Response(delay=None), r"delay=None.*a duration"),
        (lambda: Disclosure(filed="soon"), r"filed='soon'.*a time in whole seconds"),
        (lambda: Disclosure(responses=[Response()]), r"responses=\[.*a Response for each ISP"),
        (lambda: Disclosure(responses={"A": 100}), r"responses=\{'A': 100\}.*a Response for each ISP"),
        (lambda: Disclosure(otherwise=100), r"otherwise=100.*a Response"),
        (lambda: Disclosure(filings=-1), r"filings=-1.*0 or more"),
        (lambda: Disclosure(filings=1.5), r"filings=1.5.*a whole number"),
        (lambda: Disclosure(deadline="tomorrow"), r"deadline='tomorrow'.*a duration"),
        (lambda: Disclosure(deadline="-1s"), r"deadline='-1s'.*at least 0 s"),
        (lambda: Disclosure(upheld=1.1), r"upheld=1.1.*at most 1"),
        (lambda: Disclosure(ruling="-1D"), r"ruling='-1D'"),
        (lambda: Disclosure(objections=50), r"objections=50.*at most 1"),
        (lambda: Disclosure(objections_upheld=-0.1), r"objections_upheld=-0.1.*at least 0"),
        (lambda: Disclosure(preserved=1), r"preserved=1.*True or False"),
        (lambda: disclose([], Disclosure(), 0), r"attributed is a list; give a DataFrame"),
        (lambda: disclose(lines(1).drop(columns="isp"), Disclosure(), 0), r"attributed has no column isp"),
        (lambda: disclose(lines(1).assign(isp=[[1]]), Disclosure(), 0), r"attributed: isp is of the type"),
        (
            lambda: disclose(lines(1).assign(port=0.5), Disclosure(), 0),
            r"attributed: 1 of 1 rows have a port",
        ),
        (lambda: disclose(lines(1).assign(port=2**16), Disclosure(), 0), r"port that .* from 0 to 65,535"),
        (lambda: disclose(lines(1).assign(address="x"), Disclosure(), 0), r"attributed: address is of"),
        (lambda: disclose(lines(1).assign(subscriber="x"), Disclosure(), 0), r"attributed: subscriber is"),
        (lambda: Disclosure(responses={None: Response()}), r"responses=\{None: .*by its name"),
        (lambda: Disclosure(deadline=pd.NA), r"deadline=<NA>.*a duration"),
        (lambda: disclose(lines(1), "us-512h", 0), r"disclosure='us-512h'.*a Disclosure"),
        (lambda: disclose(lines(1), Disclosure(), -1), r"seed=-1"),
        (
            lambda: disclose(lines(1), Disclosure(responses={"B": Response()}), 0),
            r"responses: B is no ISP.* A",
        ),
        (lambda: disclose(lines(2), Disclosure(filed="2010-05-01"), 0), r"filed='2010-05-01' is before"),
    ],
)
def test_bad_input_is_named(make, said):
    with pytest.raises(ValueError, match=said):
        make()


def test_times_without_a_zone_are_refused():
    given = lines(2)
    with pytest.raises(ValueError, match="time has no time zone"):
        disclose(given.assign(time=given["time"].dt.tz_localize(None)), Disclosure(), 0)


@pytest.mark.parametrize("procedure", ["512h", "", None, ["us-512h"]])
def test_a_procedure_that_is_not_on_the_record_is_named(procedure):
    with pytest.raises(
        LookupError, match=r"procedure=.*not on the record; choose from us-512h, us-doe-joined"
    ):
        Disclosure(procedure)
