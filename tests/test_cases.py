import hashlib
import json
import shutil

import pandas as pd
import pytest

from traceblock import cases
from traceblock.files import course_file

COLUMNS = {
    cases.facts: ["case", "fact", "kind", "value", "unit", "date", "status", "source", "note"],
    cases.timeline: ["case", "date", "event", "actor", "status", "source"],
    cases.actors: ["case", "actor", "role", "asks", "asks_role", "for_what", "date", "status", "source"],
    cases.sources: ["source", "title", "publisher", "date", "kind", "locator", "read_as"],
    cases.procedures: [
        *("procedure", "title", "country", "issued_by", "recipient", "conduit"),
        *("addresses_a_case", "deadline_days", "record_days", "basis", "status", "source", "note"),
    ],
    cases.stages: [
        *("procedure", "stage", "name", "observations", "window_months", "status", "source", "note"),
    ],
    cases.estimates: [
        *("study", "measure", "country", "year", "outcome", "estimate", "low", "high"),
        *("kind", "design", "funder", "status", "source", "note"),
    ],
}
NUMBERS = {cases.estimates: ["estimate", "low", "high"]}


@pytest.fixture
def copied_record(tmp_path, monkeypatch):
    """A copy of data/ that a test may damage, read instead of the real one."""
    folder = tmp_path / "data"
    shutil.copytree(course_file("data"), folder)
    monkeypatch.setattr(cases, "course_file", lambda *parts: tmp_path.joinpath(*parts))
    cases._parsed.cache_clear()
    yield folder
    cases._parsed.cache_clear()


@pytest.mark.parametrize("table", COLUMNS)
def test_tables_have_the_promised_columns_as_text(table):
    rows = table()
    assert list(rows.columns) == COLUMNS[table]
    assert len(rows) > 0
    numbers = NUMBERS.get(table, [])
    assert all(rows[column].dtype == "float64" for column in numbers)
    text = rows.drop(columns=numbers)
    assert all(isinstance(dtype, pd.StringDtype) for dtype in text.dtypes)
    assert not text.isna().any().any()


@pytest.mark.parametrize("table", COLUMNS)
def test_a_table_is_the_callers_own(table):
    rows = table()
    for column in rows:
        rows[column] = "changed"
    assert not (table() == "changed").any().any()


def test_every_case_is_on_the_record():
    assert set(cases.facts()["case"]) == set(cases.CASES)
    for case in cases.CASES:
        of_case = cases.facts(case)
        assert (of_case["case"] == case).all()
        assert len(of_case) == (cases.facts()["case"] == case).sum()
    assert len(cases.facts()) > 100


@pytest.mark.parametrize("table", [table for table in COLUMNS if table is not cases.sources])
def test_every_source_resolves(table):
    assert set(table()["source"]) <= set(cases.sources()["source"])


def test_every_source_is_used():
    tables = (cases.facts, cases.timeline, cases.actors, cases.estimates)
    used = pd.concat([table()["source"] for table in tables])
    assert set(cases.sources()["source"]) == set(used)


def test_article_facts_are_reported():
    articles = cases.sources().query("kind == 'article'")["source"]
    assert len(articles) == 5
    of_articles = cases.facts()[cases.facts()["source"].isin(articles)]
    assert set(of_articles["status"]) == {"reported"}


def test_a_fact_is_a_number_where_its_unit_is_numeric():
    fact = cases.fact("fall", "subscribers_asked")
    assert (fact.value, fact.unit, fact.status) == (150, "subscribers", "reported")
    assert isinstance(fact.value, int)
    assert cases.fact("cloudflare-milan", "music_sales_growth_italy").value == pytest.approx(27.8)
    assert cases.fact("fall", "film").value == "Fall"


def test_every_row_can_be_had_as_a_fact():
    rows = cases.facts()
    for row in rows.itertuples():
        found = cases.fact(row.case, row.fact, row.status)
        assert found.source == row.source
        assert isinstance(found.value, str) == (row.unit in cases.WORDS)


def test_a_corrected_fact_keeps_its_name():
    assert cases.fact("hurt-locker", "oscars").value == 5
    assert cases.fact("hurt-locker", "oscars", "established").value == 6


def test_a_fact_reads_as_a_sentence():
    text = str(cases.fact("hurt-locker", "people_contacted"))
    assert text.startswith("50,000 people (reported, 2010-05; source: 001_")
    assert "Fall (reported" in str(cases.fact("fall", "film"))


def test_compared_holds_every_fact_with_two_statuses_and_no_other():
    rows = cases.facts()
    statuses = {key: set(group["status"]) for key, group in rows.groupby(["case", "fact"])}
    expected = {key for key, found in statuses.items() if len(found) > 1}
    compared = cases.compared()
    assert set(zip(compared["case"], compared["fact"], strict=True)) == expected
    assert len(cases.compared("fall")) == (compared["case"] == "fall").sum()


def test_procedures_and_stages_are_keyed_and_use_the_words_promised():
    procedures, stages = cases.procedures(), cases.stages()
    assert procedures["procedure"].is_unique
    assert set(procedures["issued_by"]) == {"clerk", "judge", "agency", "nobody"}
    assert set(procedures["recipient"]) == {"right holder", "agency", "nobody"}
    assert set(procedures["conduit"]) == {"yes", "no", "not applicable"}
    assert set(procedures["status"]) | set(stages["status"]) <= set(cases.STATUSES)
    for column in ("addresses_a_case", "deadline_days", "record_days"):
        assert procedures[column].str.fullmatch(r"([1-9]\d*)?").all()
    assert set(stages["procedure"]) <= set(procedures["procedure"])


def test_a_judge_or_clerk_issues_where_a_right_holder_learns_the_name():
    by_recipient = cases.procedures().groupby("recipient")["issued_by"].agg(set).to_dict()
    assert by_recipient == {"right holder": {"clerk", "judge"}, "agency": {"agency"}, "nobody": {"nobody"}}


def test_stages_are_counted_from_one_and_need_ever_more_observations():
    for _, stages in cases.stages().groupby("procedure"):
        assert list(stages["stage"].astype(int)) == list(range(1, len(stages) + 1))
        needed = stages["observations"].astype(int)
        assert needed.iloc[0] >= 1
        assert (needed.diff().dropna() >= 1).all()
        assert stages["window_months"].iloc[0] == ""  # there is no stage before the first


@pytest.mark.parametrize(
    ("procedure", "column", "fact", "days"),
    [
        ("us-doe-joined", "deadline_days", ("hurt-locker", "days_to_serve"), {120: 120}),
        ("us-doe-joined", "deadline_days", ("hurt-locker", "days_to_serve", "established"), {120: 120}),
        (
            "us-doe-single",
            "deadline_days",
            ("literature", "service_limit_days_since_2015_12", "established"),
            {90: 90},
        ),
        ("canada-notice", "record_days", ("literature", "canada_record_months", "established"), {6: 182}),
        (
            "canada-order",
            "record_days",
            ("literature", "canada_record_months_suit", "established"),
            {12: 365},
        ),
    ],
)
def test_limits_of_procedures_are_those_of_the_facts(procedure, column, fact, days):
    row = cases.procedures().set_index("procedure").loc[procedure]
    assert int(row[column]) == days[cases.fact(*fact).value]


def test_windows_and_number_of_stages_are_those_of_the_facts():
    stages = dict(list(cases.stages().groupby("procedure")))
    for stage, fact in enumerate(("hadopi_window_second", "hadopi_window_third"), 1):
        window = stages["france-graduated"]["window_months"].iloc[stage]
        found = cases.fact("literature", fact, "established")
        assert (int(window), "months") == (found.value, found.unit)
    alerts = cases.fact("literature", "cas_steps_high", "established").value
    assert len(stages["us-copyright-alerts"]) == alerts


def test_estimates_are_changes_in_percent_within_their_range():
    rows = cases.estimates()
    assert rows["estimate"].notna().sum() > 30
    assert (rows["low"].isna() == rows["high"].isna()).all()
    ranged = rows.dropna(subset="low")
    assert (ranged["low"] < ranged["high"]).all()
    both = ranged.dropna(subset="estimate")
    assert both["estimate"].between(both["low"], both["high"]).all()
    assert rows["estimate"].dropna().gt(-100).all()
    unsaid = rows[rows["estimate"].isna() & rows["low"].isna()]
    assert unsaid["note"].str.contains("no figure in what was read").all()


def test_estimates_name_their_study_kind_design_and_funder():
    rows = cases.estimates()
    assert not rows.duplicated(["study", "measure", "country", "year", "outcome"]).any()
    assert set(rows["kind"]) == {"blocked sites", "piracy", "legal use"}
    assert "difference in differences" in set(rows["design"])
    assert set(rows["status"]) <= set(cases.STATUSES)
    assert (rows["funder"] != "").all()
    of_a_party = rows["source"].map(cases.sources().set_index("source")["kind"]) == "industry"
    assert set(rows.loc[of_a_party, "status"]) == {"disputed"}


@pytest.mark.parametrize(
    ("study", "outcome", "case", "fact", "status"),
    [
        ("Arcom 2023", "audience of", "allostreaming", "arcom_audience_change", "established"),
        ("Aguiar", "unlicensed", "literature", "kino_to_change", "established"),
        ("Aguiar", "use of licensed", "literature", "kino_to_licensed_gain", "established"),
        ("Danaher and others 2015", "paid legal sites$", "literature", "uk_2013_legal_gain", "established"),
        ("Danaher and others 2015", "lightest", "literature", "uk_2013_legal_gain_lightest", "established"),
        ("Danaher and others 2015", "heaviest", "literature", "uk_2013_legal_gain_heaviest", "established"),
        ("Danaher and others 2016", "blocked sites", "literature", "uk_2014_blocked_visits", "established"),
        ("Danaher and others 2016", "affected", "literature", "uk_2014_piracy_affected", "established"),
        ("Danaher and others 2016", "all users", "literature", "uk_2014_piracy_all", "established"),
        ("Danaher and others 2016", "paid legal sites$", "literature", "uk_2014_paid_gain", "established"),
        ("Danaher and others 2016", "advertising", "literature", "uk_2014_ad_funded_gain", "established"),
        ("Incopro, United Kingdom", "blocked sites$", "literature", "incopro_change", "disputed"),
    ],
)
def test_estimates_are_those_of_the_facts(study, outcome, case, fact, status):
    rows = cases.estimates().dropna(subset="estimate")
    found = rows[rows["study"].str.startswith(study) & rows["outcome"].str.contains(outcome)]
    assert list(found["estimate"]) == [cases.fact(case, fact, status).value]
    assert list(found["status"]) == [status]


@pytest.mark.parametrize(("isps", "fact"), [("four", "netherlands"), ("two", "netherlands_first")])
def test_a_share_that_rose_is_given_as_a_change_relative_to_itself(isps, fact):
    rows = cases.estimates()
    change = rows.loc[rows["measure"] == f"The Pirate Bay, {isps} ISPs", "estimate"].item()
    before, after = (
        cases.fact("literature", f"{fact}_{when}", "established").value for when in ("before", "after")
    )
    assert change == pytest.approx(100 * (after / before - 1), abs=0.05)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: cases.facts("falls"), r"case='falls'.*'fall'"),
        (lambda: cases.facts(""), r"case=''.*choose from fall, hurt-locker"),
        (lambda: cases.facts(3), r"case=3"),
        (lambda: cases.compared("x"), r"case='x'"),
        (lambda: cases.fact("fall", "subscriber_asked"), r"fact='subscriber_asked'.*'subscribers_asked'"),
        (lambda: cases.fact("fall", "film", "established"), r"status='established'.*its rows: reported"),
        (lambda: cases.fact("fall", "film", "true"), r"status='true': 0 rows"),
        (lambda: cases.fact("nowhere", "film"), r"case='nowhere'"),
    ],
)
def test_what_is_not_on_the_record_is_named(call, said):
    with pytest.raises(LookupError, match=said):
        call()


def test_a_missing_file_says_what_to_do(copied_record):
    (copied_record / "facts.csv").unlink()
    with pytest.raises(cases.RecordError, match=r"data/facts\.csv.*`traceblock doctor` names the command"):
        cases.facts()


def test_a_missing_description_says_what_to_do(copied_record):
    (copied_record / "datapackage.json").unlink()
    with pytest.raises(cases.RecordError, match=r"datapackage\.json cannot be read.*`traceblock doctor`"):
        cases.actors()


def test_a_changed_file_is_refused(copied_record):
    path = copied_record / "timeline.csv"
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(cases.RecordError, match=r"timeline\.csv is not the published file"):
        cases.timeline()


def test_several_rows_are_an_error(copied_record):
    path, package = copied_record / "facts.csv", copied_record / "datapackage.json"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines, *[line for line in lines if line.startswith(b"fall,film,")]]))
    described = json.loads(package.read_text("utf-8"))
    described["resources"][0]["hash"] = f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
    package.write_text(json.dumps(described), "utf-8")
    with pytest.raises(LookupError, match="2 rows for fact 'film'"):
        cases.fact("fall", "film")
