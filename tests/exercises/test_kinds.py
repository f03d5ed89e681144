"""Right, wrong and blank answers to each kind of question, and what is said of them."""

import time
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest

from traceblock.exercises import Number, Table, Text, question
from traceblock.exercises.answer_book import AnswerBook


class Fixed(AnswerBook):
    """An answer book of one question with a known answer."""

    def __init__(self, answer):
        super().__init__(lambda variant: {}, None)
        self.answer = answer

    def expected(self, name):
        return self.answer


SHARES = pd.DataFrame(
    {
        "isp": ["a", "b", "c"],
        "when": pd.to_datetime(["2020-01-01", "2021-01-01", None], utc=True).as_unit("s"),
        "count": [1, 2, 3],
        "share": [0.5, None, 0.25],
        "sure": [True, False, True],
    }
)


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
        (-(10**400), "below zero, where the answer lies above it"),
        (-3, "the sign is wrong"),
        (np.timedelta64(3), "a duration where a number is asked; divide it by a unit"),
        (np.array(np.timedelta64(3, "ns")), "a duration where a number is asked"),
        (pd.Index([3]), ".item()"),
        (SHARES.groupby("isp"), "grouped rows where a number is asked; say what to compute of each group"),
        (SHARES.groupby("isp")["count"], "grouped rows where a number is asked"),
        (SHARES.groupby("isp").agg, 'what to compute of each group, as in `.agg("mean")`'),
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


def test_the_unit_is_named_when_the_size_is_wrong():
    assert "too big (unit: days)" in said(asked(Number, 3, unit="days"), 72)


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
        (lambda table: list(table.itertuples(index=False)), "`pd.DataFrame(...)`"),
        (lambda table: table.to_numpy(), "`pd.DataFrame(...)`"),
        (lambda table: table.groupby("isp"), "grouped rows where a table is asked; say what to compute"),
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
        (lambda table: table.assign(share=[0.5, None, 0.28]), "1 of 3 rows; the first of them: too big"),
        (lambda table: table.assign(share=0.125), "3 of 3 rows; the first of them: too small"),
        (lambda table: table.assign(when=table["when"].astype(str)), "text where a time is asked"),
        (lambda table: table.assign(sure=1), "a number where True or False is asked"),
        (lambda table: table.assign(share=[[0.5], {}, object()]), "a list where a number is asked"),
    ],
)
def test_a_wrong_table_is_told_what_is_wrong(other, words):
    assert words in said(asked(Table, SHARES, sort_by="isp"), other(SHARES))


def test_the_order_of_rows_matters_only_where_it_is_asked():
    assert asked(Table, SHARES).outcome(SHARES.iloc[::-1]).kind == "right"
    assert asked(Table, SHARES, ordered=True).outcome(SHARES).kind == "right"
    assert "the rows are right, but not in the order" in said(
        asked(Table, SHARES, ordered=True), SHARES.iloc[::-1]
    )
    assert "the column 'count' is not right" in said(
        asked(Table, SHARES, ordered=True), SHARES.assign(count=0)
    )


def test_rounded_rows_in_another_order_are_right_without_a_key():
    table = pd.DataFrame({"share": [0.42449, 0.42451, 0.1234567], "isp": ["b", "a", "c"]})
    assert asked(Table, table).outcome(table.iloc[[2, 1, 0]].round(4)).kind == "right"
    assert asked(Table, table).outcome(table.assign(isp=["b", "a", "a"])).kind == "wrong"


def test_money_in_a_table_is_asked_to_the_cent_beside_shares_by_their_digits():
    table = pd.DataFrame({"isp": ["a", "b"], "usd": [1234.56, 7.0], "share": [0.123456, 0.876544]})
    question = asked(Table, table, sort_by="isp", decimals={"usd": 2})
    assert question.outcome(table.round(3)).kind == "right"
    assert "rounded too far: 2 decimals are asked" in said(question, table.round({"usd": 0}))
    assert "too big" in said(question, table.assign(usd=[1234.57, 7.0]))


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
        (lambda isps, name: isps.nothing, "AttributeError: 'DataFrame' object has no attribute 'nothing'"),
        (lambda isps, name: isps["holders"], "it raises KeyError: 'holders'"),
        (lambda isps, name: 1 / 0, "it raises ZeroDivisionError: division by zero"),
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


def test_a_try_that_fails_can_be_pasted(trial):
    text = said(trial["share"], lambda isps, name: isps["holders"])
    first, second = text.splitlines()
    assert first.startswith("❌ Not yet: try 1 of 3, share(a table, 'a'): it raises KeyError: 'holders'.")
    code = second.removeprefix("   Try it in a cell: ")
    isps, name = eval(code, {"pd": pd, "share": lambda *arguments: arguments})
    pd.testing.assert_frame_equal(isps, trial.answers.pristine["isps"])
    assert name == "a"


def test_a_try_that_is_too_long_to_paste_is_named_by_its_number(trial):
    question = trial["share"]
    question.cases = lambda data: [(pd.DataFrame({"addresses": range(1000), "isp": "a"}), "a")]
    assert said(question, lambda isps, name: 1 / 0).splitlines()[1] == (
        '   Try it in a cell: share(*ex["share"].arguments(1))'
    )
    assert len(question.arguments(1)[0]) == 1000
    del question.arguments(1)[0]["isp"]
    assert "isp" in question.arguments(1)[0]
    for number in (0, 2, "1", True):
        with pytest.raises(LookupError, match=r"number=.*: the tries of share are 1 to 1"):
            question.arguments(number)


def _loops(isps, name):
    while name:
        pass


def _loops_and_swallows(isps, name):
    caught = 0
    while True:
        try:
            len(name)
        except:  # noqa: E722
            caught += 1


def _waits_long(isps, name):
    time.sleep(60)


def _loops_at_last(isps, name):
    while name == "z":
        pass
    return isps["addresses"][isps["isp"] == name].sum() / isps["addresses"].sum()


@pytest.mark.parametrize(
    ("function", "number"),
    [(_loops, 1), (_loops_and_swallows, 1), (_waits_long, 1), (_loops_at_last, 3)],
)
def test_a_loop_without_an_end_is_stopped_and_named(trial, monkeypatch, function, number):
    monkeypatch.setattr(question, "TIME", 0.2)
    text = said(trial["share"], function)
    assert f"try {number} of 3" in text
    assert "a loop is the likely cause: look whether the condition of the `while`" in text


def test_the_time_limit_holds_in_a_thread_too(trial, monkeypatch):
    monkeypatch.setattr(question, "TIME", 0.2)
    with ThreadPoolExecutor(1) as pool:
        assert "a loop is the likely cause" in pool.submit(said, trial["share"], _loops).result()


def test_a_value_that_takes_too_long_to_look_at_is_stopped(trial, monkeypatch):
    class Slow(int):
        def __int__(self):
            while True:
                pass

    monkeypatch.setattr(question, "TIME", 0.2)
    assert "looking at it took more than" in said(trial["addresses"], Slow(3))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("I think it is most of them", "several words; answer with one of the letters A, B, C."),
        ("B because most", "several words"),
        (["B"], "a list where a letter in quotes is asked; take the letter out of the list"),
        (None, "None where a letter in quotes is asked"),
    ],
)
def test_a_sentence_where_a_letter_is_asked_gets_a_useful_line(trial, value, words):
    assert words in said(trial["claim"], value)
