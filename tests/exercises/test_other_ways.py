"""Answers that are right by another way than the solution's, and others that only look right."""

import fnmatch

import numpy as np
import pandas as pd
import pytest

from traceblock import blocking, exercises

HEAD = "$ORIGIN rpz.example.\n@ 300 SOA ns.example. hostmaster.example. 1 3600 600 86400 300\n"


def by_the_package(table):
    if table["treated"].all():
        return "not known"
    return blocking.difference_in_differences(table).estimate


def by_a_pivot(table):
    if table["treated"].all():
        return "not known"
    means = table.pivot_table(index="treated", columns="after", values="outcome")
    change = means[True] - means[False]
    return change[True] - change[False]


def by_a_closed_form(days, lives, half_life):
    if days <= lives:
        return days
    full, rest = divmod(days - lives, lives)
    lost = [full * (1 - 2 ** (-lives / half_life)), 1 - 2 ** (-rest / half_life)]
    return days - half_life / np.log(2) * sum(lost)


def by_a_zone(rule, name):
    return blocking.Rules.from_rpz(f"{HEAD}{rule} CNAME .\n").match([name])[0] == "nxdomain"


RIGHT = [
    (12, "beyond", by_the_package),
    (12, "beyond", by_a_pivot),
    (11, "audience_days", by_a_closed_form),
    (10, "mean_neighbours", lambda sites: np.mean(np.repeat(sites, sites)) - 1 if sites else 0),
    (9, "stopped_share", lambda p, v, who: {"isp": 1 - p - v + p * v, "resolver": p - p * v}.get(who, 1 - v)),
    (8, "covers", by_a_zone),
    (8, "covers", lambda rule, name: fnmatch.fnmatchcase(name, rule)),
]
WRONG = [
    (8, "covers", lambda rule, name: rule[1:] in name if rule[0] == "*" else name == rule),
    (8, "covers", lambda rule, name: name.endswith(rule[2:]) if rule[0] == "*" else name == rule),
    (
        7,
        "left_over",
        lambda letters, paid, offer, share, look_up: (
            None if paid is None else int(letters * paid * offer * (100 - share) / 100 - letters * look_up)
        ),
    ),
    (9, "stopped_share", lambda p, v, who: round({"isp": 1 - p, "resolver": p}.get(who, 1) * (1 - v), 2)),
]


@pytest.mark.parametrize("variant", [0, 3])
@pytest.mark.parametrize(("no", "name", "function"), RIGHT)
def test_another_way_is_right(no, name, function, variant):
    outcome = exercises.lesson(no, variant)[name].outcome(function)
    assert outcome.kind == "right", outcome.text


@pytest.mark.parametrize("variant", [0, 3])
@pytest.mark.parametrize(("no", "name", "function"), WRONG)
def test_what_only_looks_right_is_refused(no, name, function, variant):
    assert exercises.lesson(no, variant)[name].outcome(function).kind == "wrong"


@pytest.mark.parametrize("variant", range(0, 20, 5))
def test_every_table_with_others_can_be_given_to_the_package(variant):
    for (table,) in exercises.lesson(12, variant)["beyond"].cases(exercises.lesson(12, variant).data):
        assert isinstance(table, pd.DataFrame)
        if not table["treated"].all():
            blocking.difference_in_differences(table)
