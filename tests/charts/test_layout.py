"""Nothing overlaps by construction: proved on arbitrary tables."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from traceblock.charts import layout

NAMES = st.sampled_from(["A", "B", "C", "D", "a longer name"])
REQUESTS = st.lists(
    st.fixed_dictionaries({"actor": NAMES, "asks": NAMES, "for_what": st.text(min_size=1, max_size=5)}),
    min_size=1,
    max_size=12,
).map(lambda rows: pd.DataFrame(rows).assign(role="r", asks_role="s", status="reported"))
VALUES = st.one_of(st.none(), st.floats(-1e9, 1e9))
FACTS = st.lists(
    st.tuples(
        st.sampled_from("xy"), st.sampled_from("pqr"), st.sampled_from(["reported", "established"]), VALUES
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda row: row[:3],
)


@given(REQUESTS)
def test_texts_of_a_column_are_a_row_apart(requests):
    texts, _ = layout.three_columns(requests)
    for _, column in texts.groupby("column"):
        gaps = column["y"].sort_values().diff().dropna()
        assert (gaps >= 1 - 1e-9).all()


@given(REQUESTS)
def test_every_request_leads_from_its_asker_to_the_one_asked(requests):
    texts, edges = layout.three_columns(requests)
    assert len(edges) == 2 * len(requests)
    at = {(row.column, row.text): row.y for row in texts.itertuples()}
    first, second = edges[~edges["arrow"]], edges[edges["arrow"]]
    for begin, end in zip(first.itertuples(), second.itertuples(), strict=True):
        assert begin.y == at["who asks", begin.actor]
        assert begin.y2 == end.y
        assert end.y2 == at["of whom", end.asks]
    sentences = [
        list(table[["actor", "asks", "for_what"]].itertuples(index=False)) for table in (first, requests)
    ]
    assert sorted(map(tuple, sentences[0])) == sorted(map(tuple, sentences[1]))


@given(REQUESTS)
def test_a_party_stands_once_on_each_side(requests):
    texts, _ = layout.three_columns(requests)
    assert (texts["column"] == "who asks").sum() == requests["actor"].nunique()
    assert (texts["column"] == "of whom").sum() == requests["asks"].nunique()


def test_lines_run_from_left_to_right():
    requests = pd.DataFrame(
        [{"actor": "A", "role": "r", "asks": "B", "asks_role": "s", "for_what": "x", "status": "z"}]
    )
    texts, edges = layout.three_columns(requests)
    assert (edges["x"] < edges["x2"]).all()
    assert list(texts.sort_values("x")["column"]) == ["who asks", "for what", "of whom"]


@given(FACTS)
def test_the_rows_of_a_ledger_never_meet(rows):
    facts = pd.DataFrame(rows, columns=["case", "fact", "status", "number"]).astype({"number": "float64"})
    facts["name"] = facts["case"].map({"x": "x\nx", "y": "y"})
    facts["narrow"] = ["\n".join("abc"[: i % 3 + 1]) for i in range(len(facts))]
    laid = layout.ledger(facts, ("reported", "established"))
    assert len(laid) == len(facts)
    height = laid["bottom"] - laid["y"]
    assert (height >= 0.6 * (laid["narrow"].str.count("\n") + 1)).all()
    assert (laid["y"].iloc[1:].to_numpy() >= laid["bottom"].iloc[:-1].to_numpy() - 1e-9).all()
    names = laid.drop_duplicates("y_name")
    assert len(names) == facts.groupby(["case", "fact"]).ngroups
    for row in names.itertuples(index=False):
        height = 0.6 * (row.name.count("\n") + 1)
        assert not ((laid["y"] < row.y_name + height) & (laid["bottom"] > row.y_name + 0.01)).any()
        assert row.y_name >= 0


def test_shares_are_of_the_largest_of_the_same_fact():
    facts = pd.DataFrame(
        {
            "case": "c",
            "fact": ["f", "f", "g", "w"],
            "status": ["established", "reported", "reported", "reported"],
            "number": [50.0, -200.0, 0.0, None],
            "narrow": "x",
            "name": "x",
        }
    )
    laid = layout.ledger(facts, ("reported", "established"))
    assert list(laid["status"]) == ["reported", "established", "reported", "reported"]
    assert list(laid["share"].iloc[:3]) == [1.0, 0.25, 0.0]
    assert pd.isna(laid["share"].iloc[3])


def test_texts_are_broken_at_spaces():
    table = layout.wrapped(pd.DataFrame({"a": [1]}), pd.Series(["one two three"]), narrow=7, wide=40)
    assert table.loc[0, "narrow"] == "one two\nthree"
    assert table.loc[0, "wide"] == "one two three"
