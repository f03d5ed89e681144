"""The data package: valid by its own schema, and its tool refuses what is not."""

import json
import shutil

import pandas as pd
import pytest

from tools import record
from traceblock import cases

from .tree import ROOT


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(ROOT / "data", tmp_path / "data")
    return tmp_path


def _append(root, table, line):
    with (root / "data" / table).open("a", encoding="utf-8") as file:
        file.write(line + "\n")


def test_the_package_is_valid():
    assert record.problems(ROOT / "data" / "datapackage.json") == []


def test_the_units_in_words_are_those_of_the_description():
    described = json.loads((ROOT / "data" / "datapackage.json").read_text("utf-8"))
    fields = {field["name"]: field for field in described["resources"][0]["schema"]["fields"]}
    assert set(fields["unit"]["nonNumeric"]) == cases.WORDS
    assert fields["case"]["constraints"]["enum"] == list(cases.CASES)
    assert set(fields["status"]["constraints"]["enum"]) == set(cases.STATUSES)


def test_rows_are_sorted():
    order = {case: i for i, case in enumerate(cases.CASES)}
    for table, keys in ((cases.facts(), ["case", "fact"]), (cases.timeline(), ["case", "date"])):
        ranked = table.assign(case=table["case"].map(order))
        pd.testing.assert_frame_equal(ranked, ranked.sort_values(keys, kind="stable"))
    assert cases.sources()["source"].is_monotonic_increasing
    assert cases.estimates()["study"].is_monotonic_increasing


@pytest.mark.parametrize(
    ("table", "line"),
    [
        ("facts.csv", "fall,a_new_fact,count,1,people,2023,reported,nowhere,"),  # no such source
        ("facts.csv", "fall,a_new_fact,count,1,people,2023,perhaps,tf-230421,"),  # no such status
        ("facts.csv", "fall,A New Fact,count,1,people,2023,reported,tf-230421,"),  # not a name
        ("facts.csv", "fall,film,work,Fall,name,2023-04,reported,tf-230421,"),  # there already
        ("timeline.csv", "fall,spring 2023,does something,somebody,reported,tf-230421"),  # not a date
        ("actors.csv", "fall,somebody,friend,Lumen,ISP,names,2023,reported,tf-230421"),  # no such role
        (
            "estimates.csv",
            "Zed,a site,FR,2023,visits,much,,,piracy,before and after,Zed,reported,arcom-2023,",
        ),
        (
            "estimates.csv",
            "Zed,a site,France,2023,visits,1,,,piracy,before and after,Zed,reported,arcom-2023,",
        ),
        ("estimates.csv", "Zed,a site,FR,2023,visits,1,,,piracy,before and after,,reported,arcom-2023,"),
        ("sources.csv", "tf-230421,again,somebody,2023,press,there,here"),  # there already
    ],
)
def test_a_bad_row_is_refused_and_nothing_is_written(copy, table, line):
    package = copy / "data" / "datapackage.json"
    before = package.read_bytes()
    _append(copy, table, line)
    with pytest.raises(SystemExit) as refused:
        record.main(copy)
    assert table in str(refused.value)
    assert package.read_bytes() == before


def test_a_good_row_changes_the_hash(copy):
    before = (copy / "data" / "datapackage.json").read_bytes()
    record.main(copy)
    assert (copy / "data" / "datapackage.json").read_bytes() == before
    _append(copy, "facts.csv", "literature,zzz_last,count,1,people,2023,reported,tf-230421,")
    record.main(copy)
    assert (copy / "data" / "datapackage.json").read_bytes() != before
    assert record.problems(copy / "data" / "datapackage.json") == []
