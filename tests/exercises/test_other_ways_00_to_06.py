"""Exercises 00 to 06: right answers written in other ways are right."""

import hashlib
from collections import Counter
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from traceblock import exercises, isp, network, swarm


def rounded(digits):
    """Return a way to write a number: rounded to significant digits."""
    return lambda right: float(f"{right:.{digits}g}")


def other_table(*changes):
    """Return ways to write a table: shuffled, more columns, other types, another index."""
    ways = [
        lambda t: t.sample(frac=1, random_state=1),
        lambda t: t[t.columns[::-1]].assign(more=1),
        lambda t: t.astype({t.columns[0]: "category"}),
        lambda t: t.astype({t.columns[-1]: float}),
        lambda t: t.astype({t.columns[0]: object}).set_axis(range(7, 7 + len(t))),
    ]
    return [*ways, *changes]


COUNTS = [float, np.int64, np.float32, lambda count: Decimal(int(count)), np.array, Fraction]
SHARES = [float, np.float64, np.array, Decimal, rounded(3), rounded(4), rounded(6)]
OTHER_WAYS = {
    (0, "who_says"): [str.upper, lambda text: f" {text}\n", lambda text: text.replace("-", " ")],
    (0, "disputed"): COUNTS,
    (0, "by_case"): other_table(),
    (0, "chain"): ["c", "C.", "(C)", " C "],
    (1, "listed"): COUNTS,
    (1, "sent_by_half"): COUNTS,
    (1, "lines"): COUNTS,
    (1, "by_downloader"): other_table(),
    (2, "strongest"): [str.upper, lambda word: f"the {word}", lambda word: f"`{word}`"],
    (2, "addresses"): COUNTS,
    (2, "by_rung"): other_table(lambda t: t.round(3), lambda t: t.astype({"evidence": str})),
    (2, "polls"): COUNTS,
    (3, "size_now"): [*SHARES, round, lambda size: round(size, 1)],
    (3, "share_right"): SHARES,
    (3, "by_rung"): other_table(lambda t: t.round(3), lambda t: t.round(4)),
    (4, "named"): COUNTS,
    (4, "lines"): COUNTS,
    (4, "by_candidates"): other_table(lambda t: t.astype({"candidates": int, "size": "Int64"})),
    (4, "sightings"): COUNTS,
    (5, "held"): ["d", "D)"],
    (5, "chance"): SHARES,
    (5, "street_chance"): SHARES,
    (5, "by_size"): other_table(lambda t: t.round(3), lambda t: t.assign(own=t["own"].astype("Float64"))),
    (6, "months_needed"): [*SHARES, lambda months: round(months, 2)],
    (6, "still_named"): COUNTS,
    (6, "in_time"): other_table(lambda t: t.astype({"in_time": "Int64"})),
}
WAYS = [
    pytest.param(no, name, way, id=f"{no:02}-{name}-{place}")
    for (no, name), ways in OTHER_WAYS.items()
    for place, way in enumerate(ways)
]


@pytest.mark.parametrize("variant", [0, 3])
@pytest.mark.parametrize(("no", "name", "way"), WAYS)
def test_a_right_answer_in_another_form_is_right(no, name, way, variant):
    lesson = exercises.lesson(no, variant)
    answer = way if isinstance(way, str) else way(lesson.answers.expected(name))
    outcome = lesson[name].outcome(answer)
    assert outcome.kind == "right", outcome.text


def mended(data):
    records = pd.read_csv(data["monitor_file"], parse_dates=["time"])
    leases = pd.read_csv(data["lease_file"], parse_dates=["start", "end"])
    for table in (records, leases):
        table["address"] = network.from_text(table["address"])
    answers = isp.attribute(records, leases, pd.Timedelta(minutes=-25))
    begin, end = (pd.Timestamp(bound, tz="UTC") for bound in data["span"])
    return answers[(begin <= answers["time"]) & (answers["time"] < end)]["subscriber"]


def chapman(a, b):
    return swarm.estimate_size(
        *(len(set(s)) for s in (a.address, b.address)), a.address[a.address.isin(b.address)].nunique()
    )


WORKED_OUT = {
    (0, "disputed"): lambda d: (d["facts"]["status"] == "disputed").sum(),
    (0, "by_case"): lambda d: d["facts"][["status", "case"]].value_counts().reset_index(name="size"),
    (1, "listed"): lambda d: len(d["reply"]) / 6,
    (1, "lines"): lambda d: len(set(d["peers"]["subscriber"])),
    (1, "by_downloader"): lambda d: (
        d["peers"].drop_duplicates(["peer", "address"])["peer"].value_counts().reset_index(name="address")
    ),
    (2, "by_rung"): lambda d: (
        swarm.strongest(d["log"]).pivot_table("present", "evidence", observed=True).reset_index()
    ),
    (2, "addresses"): lambda d: len(
        {
            row.address
            for row in pd.read_csv(d["log_file"], parse_dates=["time"]).itertuples()
            if str(row.time.date()) == d["day"] and row.evidence in ("piece", "bitfield")
        }
    ),
    (3, "size_now"): lambda d: chapman(d["first"], d["second"]).estimate,
    (4, "lines"): lambda d: len(set(mended(d).dropna())),
    (4, "by_candidates"): lambda d: (
        pd.Series(Counter(isp.attribute(d["seen"], d["leases"], use_port=False)["candidates"]), name="size")
        .rename_axis("candidates")
        .reset_index()
    ),
    (5, "chance"): lambda d: (
        d["line"]["subscriber downloads"] / (d["line"]["subscriber downloads"] + d["line"]["people"] - 1)
    ),
    (5, "by_size"): lambda d: (
        d["drawn"]
        .query("open_wifi")
        .groupby("people")["own"]
        .agg(downloads="count", own="mean")
        .reset_index()
        .round(4)
    ),
    (6, "in_time"): lambda d: (
        d["answers"]
        .groupby("isp")
        .apply(
            lambda rows: pd.Series(
                {"addresses": len(rows), "in_time": (rows["when"] <= d["needed_by"]).sum()}
            )
        )
        .reset_index()
    ),
}


@pytest.mark.parametrize("variant", [0, 3])
@pytest.mark.parametrize(("no", "name"), WORKED_OUT, ids=str)
def test_an_answer_worked_out_in_another_way_is_right(no, name, variant):
    lesson = exercises.lesson(no, variant)
    outcome = lesson[name].outcome(WORKED_OUT[no, name](lesson.data))
    assert outcome.kind == "right", outcome.text


def share_by_mean(table, name="fall"):
    of_case = table.loc[table.case == name]
    return 0 if of_case.empty else of_case.status.eq("established").mean()


def share_rounded(facts, case):
    return round(float(share_by_mean(facts, case)), 4)


def verified_by_zip(pieces, sha1s):
    cuts = (sha1s[at : at + 20] for at in range(0, len(sha1s), 20))
    return sum(hashlib.sha1(piece).digest() == cut for piece, cut in zip(pieces, cuts, strict=False))


def verified_as_array(received, hashes):
    return np.array(
        [hashlib.sha1(r).hexdigest() == hashes.hex()[40 * i :][:40] for i, r in enumerate(received)]
    ).sum()


def precision_by_sum(table, at_least, *, nothing=0):
    kept = table.query("evidence >= @at_least")
    return kept["present"].sum() / len(kept) if len(kept) else nothing


def precision_of_nan(records, rung):
    return np.nan_to_num(records.loc[records.evidence.ge(rung), "present"].mean()).round(6)


def estimate_by_package(a, b):
    return chapman(a, b).estimate


def estimate_by_merge(first, second):
    one, two = first[["address"]].drop_duplicates(), second[["address"]].drop_duplicates()
    return np.float64((len(one) + 1) * (len(two) + 1)) / (len(one.merge(two)) + 1) - 1


def holder_by_loop(log, which, at):
    for row in log.itertuples():
        if row.address == which and row.start <= at < row.end:
            return row.subscriber


def holder_of_nan(book, address, time):
    rows = book.query("address == @address and start <= @time and end > @time")
    return rows["subscriber"].max()


def own_by_index(people):
    rates = people.query("there").groupby("user")["rate"].sum()
    return np.float64(rates.get("the subscriber", 0) / rates.sum()) if rates.sum() > 0 else 0


def own_by_product(who):
    present = who.rate * who.there
    total = present.sum()
    return 0.0 if total == 0 else round(present[who.user == "the subscriber"].sum() / total, 3)


def names_by_floor(pace, wait, days, most=0):
    return float(np.clip(np.floor(pace * (days - wait) / 30.4375), 0, most))


def names_by_if(pace, delay_days, days, addresses):
    if days < delay_days:
        return 0
    names = (days - delay_days) * pace // (365.25 / 12)
    return addresses if names > addresses else int(names)


FUNCTIONS = {
    share_by_mean: (0, "established_share"),
    share_rounded: (0, "established_share"),
    verified_by_zip: (1, "verified"),
    verified_as_array: (1, "verified"),
    precision_by_sum: (2, "precision_from"),
    precision_of_nan: (2, "precision_from"),
    estimate_by_package: (3, "estimate_from"),
    estimate_by_merge: (3, "estimate_from"),
    holder_by_loop: (4, "holder"),
    holder_of_nan: (4, "holder"),
    own_by_index: (5, "own_chance"),
    own_by_product: (5, "own_chance"),
    names_by_floor: (6, "names_by"),
    names_by_if: (6, "names_by"),
}


@pytest.mark.parametrize("variant", [0, 3])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_right_function_written_in_another_way_is_right(function, variant):
    no, name = FUNCTIONS[function]
    outcome = exercises.lesson(no, variant)[name].outcome(function)
    assert outcome.kind == "right", outcome.text
