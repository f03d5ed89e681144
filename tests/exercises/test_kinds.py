"""Right, wrong and blank answers to each kind of question, and what is said of them."""

import warnings

import numpy as np
import pandas as pd
import pytest

from traceblock.exercises import Number, Table, Text, kinds


class Fixed:
    """An answer book of one question with a known answer."""

    def __init__(self, answer):
        self.answer = answer
        self.pristine = {}

    def expected(self, name):
        return self.answer


def asked(kind, answer, **options):
    return kind("answer", minutes=1, hints=["…"], objective=1, **options).bound(Fixed(answer))


def said(question, value):
    outcome = question.outcome(value)
    assert outcome.text.startswith(
        {"right": "✅", "wrong": "❌ Not yet: ", "blank": "⬜ Not attempted: "}[outcome.kind]
    )
    return outcome.text


def test_a_right_answer_is_told_what_to_take_from_it():
    assert asked(Number, 3, why="Three is odd.").outcome(3).text == "✅ Right. Three is odd."
    assert asked(Number, 3).outcome(3).text == "✅ Right."


@pytest.mark.parametrize("value", [3, 3.0, np.int8(3), np.float32(3), np.array(3), np.uint64(3), 3 + 1e-9])
def test_a_number_may_be_of_any_numeric_type(value):
    assert asked(Number, np.int64(3)).outcome(value).kind == "right"


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (4, "too big"),
        (2.99, "too small"),
        (10**400, "too big"),
        (-(10**400), "too small"),
        (float("inf"), "too big"),
        (float("nan"), "a missing value where a number is asked"),
        (True, "True or False where a number is asked"),
        (np.True_, "True or False"),
        ("3", "leave the quotes out"),
        ("three sites", "write the number alone, in digits"),
        ([3], "take the value out of the list"),
        (np.array([3]), ".item()"),
        (pd.Series([3]), ".item()"),
        (pd.Series([1, 2]), "it holds many"),
        (pd.Series([True, False]), "it answers row by row"),
        (pd.DataFrame({"n": [3]}), "len(…)"),
        ((3).bit_length, "put () after its name"),
        (3 + 0j, "an object of type complex"),
        (None, "printed instead of returned"),
    ],
)
def test_a_wrong_number_is_told_what_is_wrong(value, word):
    assert word in said(asked(Number, 3), value)


def test_numbers_agree_to_a_relative_tolerance_but_whole_ones_exactly():
    assert asked(Number, 4_026_531_841).outcome(4_026_531_840).kind == "wrong"
    assert asked(Number, 0.3).outcome(0.1 + 0.2).kind == "right"
    assert asked(Number, 0.3).outcome(0.30001).kind == "wrong"
    assert asked(Number, 50_000, tolerance=0.05).outcome(48_000).kind == "right"
    assert asked(Number, 50_000, tolerance=0.05).outcome(47_000).kind == "wrong"
    assert asked(Number, 0.0).outcome(1e-17).kind == "right"


def test_the_unit_is_named_when_the_size_is_wrong():
    assert "too big (unit: days)" in said(asked(Number, 3, unit="days"), 72)


SHARES = pd.DataFrame(
    {
        "isp": ["a", "b", "c"],
        "when": pd.to_datetime(["2020-01-01", "2021-01-01", None], utc=True).as_unit("s"),
        "count": [1, 2, 3],
        "share": [0.5, None, 0.25],
        "sure": [True, False, True],
    }
)


@pytest.mark.parametrize(
    "same",
    [
        lambda table: table,
        lambda table: table.iloc[::-1],
        lambda table: table[list(reversed(table.columns))],
        lambda table: table.assign(more=1),
        lambda table: table.astype(
            {"isp": "category", "count": "float32", "share": "Float64", "sure": "boolean"}
        ),
        lambda table: table.astype(object),
        lambda table: table.assign(count=table["count"].astype("Int8"), when=table["when"].dt.as_unit("ns")),
        lambda table: table.assign(when=table["when"].dt.tz_convert("Asia/Tokyo")),
        lambda table: table.set_index(pd.Index([7, 7, 7])),
        lambda table: table.rename_axis(columns="names"),
    ],
)
def test_a_table_is_right_in_any_order_and_any_fitting_dtype(same):
    assert said(asked(Table, SHARES, sort_by="isp"), same(SHARES)) == "✅ Right."


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (lambda table: table.drop(columns="share"), "the column 'share' is missing"),
        (lambda table: table.set_index("isp"), "it is in the index, `.reset_index()`"),
        (
            lambda table: table.set_index("isp")["share"],
            "a Series where a table is asked; `.reset_index(name=…)`",
        ),
        (lambda table: table.to_dict(), "`pd.DataFrame(...)`"),
        (lambda table: table[["isp", *table.columns]], "more than one column 'isp'"),
        (lambda table: pd.concat({"x": table}, axis=1), "several levels"),
        (lambda table: pd.concat([table, table]), "too many rows"),
        (lambda table: table.head(0), "too few rows"),
        (lambda table: table.assign(isp=["a", "b", "b"]), "the column 'isp' is not right"),
        (
            lambda table: table.assign(count=["1", "2", "3"]),
            "3 of 3 rows; the first of them: text where a number",
        ),
        (lambda table: table.assign(count=table["sure"]), "True or False where a number is asked"),
        (lambda table: table.assign(share=[0.5, None, 0.26]), "1 of 3 rows; the first of them: too big"),
        (lambda table: table.assign(share=0.25), "2 of 3 rows; the first of them: too small"),
        (lambda table: table.assign(when=table["when"].astype(str)), "text where a time is asked"),
        (lambda table: table.assign(sure=1), "a number where True or False is asked"),
        (lambda table: table.assign(share=[[0.5], {}, object()]), "a list where a number is asked"),
    ],
)
def test_a_wrong_table_is_told_what_is_wrong(other, words):
    assert words in said(asked(Table, SHARES, sort_by="isp"), other(SHARES))


def test_the_order_of_rows_matters_without_a_key():
    assert asked(Table, SHARES).outcome(SHARES).kind == "right"
    assert asked(Table, SHARES).outcome(SHARES.iloc[::-1]).kind == "wrong"


def test_a_table_is_left_as_it_was():
    table = SHARES.iloc[::-1].astype(object)
    before = table.copy()
    asked(Table, SHARES, sort_by=["isp", "when"]).outcome(table)
    pd.testing.assert_frame_equal(table, before)


@pytest.mark.parametrize(
    "value", ["Zoë's Café", " the zoes   CAFE. ", "“Zoe’s café”", "Zoe-s Cafe", ("zoes cafe",)]
)
def test_text_is_compared_without_case_accents_space_punctuation_and_article(value):
    assert asked(Text, "Zoë's Café").outcome(value).kind == "right"


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("15", "wrong"),
        ("1.5", "right"),
        ("1 5", "right"),
        ("", "blank"),
        (" ", "blank"),
        ("!", "wrong"),
        (1.5, "wrong"),
    ],
)
def test_text_keeps_digits_apart(value, kind):
    assert asked(Text, "1.5").outcome(value).kind == kind


def test_any_accepted_text_is_right():
    film = asked(Text, ("The Cobbler", "Cobbler (2014)"))
    assert [film.outcome(value).kind for value in ("cobbler", "cobbler 2014", "a", ())] == [
        "right",
        "right",
        "wrong",
        "wrong",
    ]
    assert film.outcome(("The Cobbler", "Cobbler (2014)")).kind == "right"
    assert film.outcome(("The Cobbler", "Fall")).kind == "wrong"


@pytest.mark.parametrize("value", ["B", "b", " b ", "(b)", "B."])
def test_a_choice_is_a_letter_in_any_dress(trial, value):
    assert trial["claim"].outcome(value).kind == "right"


def test_a_wrong_choice_gets_its_own_sentence(trial):
    assert said(trial["claim"], "c") == "❌ Not yet: Three are there."
    assert said(trial["claim"], "D") == "❌ Not yet: answer with one of the letters A, B, C."
    assert "a letter in quotes" in said(trial["claim"], 2)
    for several in ("A, B", "a) B", "AB", "A or B", ""):
        assert "✅" not in said(trial["claim"], several)


def test_a_choice_shows_its_options(trial):
    assert trial["claim"]._repr_markdown_().splitlines()[1] == "- **B**: Most of them."


def test_a_function_is_tried_on_its_own_copies(trial):
    right = trial.answers.expected("share")

    def careless(isps, name):
        print("noise")
        warnings.warn("noise", stacklevel=1)
        result = right(isps, name)
        isps["addresses"] = 0
        return result

    for _ in range(2):
        assert said(trial["share"], careless) == "✅ Right."


def _never_ending(isps, name):
    return _never_ending(isps, name)


def _interrupted(isps, name):
    raise KeyboardInterrupt


def _exits(isps, name):
    raise SystemExit


async def _waits(isps, name):
    return 1


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda isps: 0, "it cannot be called with 2 arguments"),
        (lambda isps, name: 0, "try 1 of 3, share(a table, 'a'): too small"),
        (lambda isps, name: name and None, "None where a number is asked; was the value printed"),
        (lambda isps, name: print(name), "None where a number is asked; was the value printed"),
        (lambda isps, name: "0", "text where a number is asked"),
        (lambda isps, name: isps.nothing, "it raises AttributeError"),
        (lambda isps, name: 0.25, "An ISP is not a quarter of all addresses."),
        (_never_ending, "it raises RecursionError"),
        (_exits, "it raises SystemExit"),
        (_interrupted, "it was interrupted before it came to an end."),
        (_waits, "an object of type coroutine"),
        (len, "it raises TypeError"),
        (int, "it raises TypeError"),
        (0.25, "a number where a function is asked"),
        ([], "a list where a function is asked"),
    ],
)
def test_a_wrong_function_is_told_which_case(trial, capfd, function, words):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert words in said(trial["share"], function)
    assert capfd.readouterr() == ("", "")


def test_a_function_that_is_right_at_first_is_told_the_case_where_it_is_not(trial):
    right = trial.answers.expected("share")
    assert "try 3 of 3, share(a table, 'z'): too big" in said(
        trial["share"], lambda isps, name: right(isps, name) + (name == "z")
    )


def test_a_mistake_is_met_with_its_sentence(trial):
    for name in ("addresses", "shares", "film"):
        for mistake in trial[name].mistakes:
            assert said(trial[name], mistake.answer(trial.data)) == f"❌ Not yet: {mistake.text}"


def test_a_mistake_that_cannot_be_made_on_this_data_is_passed_over(trial):
    assert said(trial["mean"], 1) == "❌ Not yet: too small."


def test_a_try_names_its_time_in_full():
    time = pd.Timestamp("2010-06-08T12:34:56Z")
    assert kinds._shown(time) == "'2010-06-08 12:34:56+00:00'"
    assert kinds._shown(pd.DataFrame({"a": [1]})) == "a table"
    assert len(kinds._shown("x" * 1000)) < 60
