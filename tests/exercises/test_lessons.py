"""A lesson finds its questions, its data and its solution; a question finds the student's variable."""

import json
import shutil

import pytest
from IPython.core.interactiveshell import InteractiveShell

from traceblock import exercises
from traceblock.exercises import Lesson, Outcome, SolutionError
from traceblock.exercises.answer_book import AnswerBook


def test_a_lesson_holds_its_questions_in_order(trial):
    names = ["addresses", "mean", "shares", "share", "claim", "film"]
    assert [question.name for question in trial] == names
    assert len(trial) == 6
    assert trial[0] is trial["addresses"]
    assert trial[-1] is trial["film"]
    assert repr(trial) == f"<Lesson 99, variant 0: {', '.join(names)}>"
    assert repr(trial["share"]) == "<Function share: 2 min, stretch>"


def test_what_does_not_exist_is_refused_by_name(trial):
    with pytest.raises(LookupError, match="which='shore': the questions are addresses, mean"):
        trial["shore"]
    with pytest.raises(IndexError):
        trial[6]
    for no in (-1, 98, "0", None, 99.0, True):
        with pytest.raises(ValueError, match=r"no=.*: the lessons with an exercise are .*\b99$"):
            exercises.lesson(no)
    for variant in (-1, "1", 1.0, True):
        with pytest.raises(ValueError, match=r"variant=.*: a whole number from 0 is accepted"):
            exercises.lesson(99, variant)


def test_the_variant_comes_from_the_argument_else_the_environment_else_is_public(trial_course, monkeypatch):
    monkeypatch.delenv("TRACEBLOCK_VARIANT", raising=False)
    assert exercises.lesson(99).variant == 0
    monkeypatch.setenv("TRACEBLOCK_VARIANT", "7")
    assert exercises.lesson(99).variant == 7
    assert exercises.lesson(99, 1).variant == 1
    monkeypatch.setenv("TRACEBLOCK_VARIANT", "seven")
    with pytest.raises(ValueError, match="TRACEBLOCK_VARIANT='seven'"):
        exercises.lesson(99)


def test_the_solution_runs_on_the_variant_asked(trial_course, monkeypatch):
    monkeypatch.setenv("TRACEBLOCK_VARIANT", "7")
    for variant in (0, 1, 5):
        ex = exercises.lesson(99, variant)
        assert ex.answers.expected("addresses") == ex.answers.pristine["isps"]["addresses"].sum()
    assert len({exercises.lesson(99, variant).answers.expected("addresses") for variant in range(5)}) == 5


def test_a_student_may_spoil_the_data(trial):
    largest = trial.data["isps"]["addresses"].max()
    trial.data["isps"]["addresses"] = 0
    del trial.data["isps"]["isp"]
    for question in trial:
        assert question.outcome(trial.answers.expected(question.name)) == Outcome("right", "✅ Right.")
    assert trial["addresses"].outcome(largest).text == "❌ Not yet: This is the largest ISP alone."


def test_check_without_a_value_reads_the_notebook(trial, capsys, monkeypatch):
    shell = InteractiveShell.instance()
    monkeypatch.setattr(shell, "user_ns", {})
    trial["addresses"].check()
    shell.user_ns["addresses"] = ...
    trial["addresses"].check()
    shell.user_ns["addresses"] = 1
    trial["addresses"].check()
    InteractiveShell.clear_instance()
    assert capsys.readouterr().out.splitlines() == [
        "⬜ Not attempted: there is no addresses yet; run the cell that sets it.",
        "⬜ Not attempted: addresses waits for your answer.",
        "❌ Not yet: too small (unit: addresses).",
    ]


def test_check_without_a_notebook_reads_the_script(trial, capsys, monkeypatch):
    import __main__

    monkeypatch.setattr(__main__, "claim", "B", raising=False)
    trial["claim"].check()
    assert capsys.readouterr().out == "✅ Right.\n"


def test_hints_go_one_by_one_and_start_over(trial, capsys):
    for _ in range(4):
        trial["mean"].hint()
    assert capsys.readouterr().out.splitlines() == [
        "Hint 1 of 2: Look at the table.",
        "Hint 2 of 2: Sum its column.",
        "That was the last hint: solution() shows the code.",
        "Hint 1 of 2: Look at the table.",
    ]


def test_the_solution_is_shown_without_starter_and_markers(trial, capsys):
    trial["share"].solution()
    assert capsys.readouterr().out.splitlines() == [
        "def share(isps, name):",
        '    """Return the share of all addresses that an ISP holds."""',
        '    return isps["addresses"][isps["isp"] == name].sum() / isps["addresses"].sum()',
    ]


@pytest.fixture
def copy(trial, trial_course, tmp_path):
    """The trial lesson with a solution notebook of its own, and a function that changes that."""
    notebook = shutil.copy(trial_course / "solutions" / "99_trial.ipynb", tmp_path / "99_copy.ipynb")

    def changed(old, new):
        notebook.write_text(notebook.read_text("utf-8").replace(old, new), "utf-8")

    return Lesson(99, list(trial), AnswerBook(lambda variant: trial.answers.pristine, notebook)), changed


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("question:mean", "mean", "has no cell 'question:mean' that sets mean"),
        ("mean =", "average =", "has no cell 'question:mean' that sets mean"),
        ('"nbformat"', "nbformat", "cannot be read"),
        ('"cells"', '"cell"', "cannot be read"),
        ("/ 7", "/ nothing", "cell 'question:mean' fails with NameError: name 'nothing' is not defined"),
        ("/ 7", "/ 7)", "cell 'question:mean' fails with SyntaxError"),
    ],
)
def test_a_damaged_solution_notebook_is_one_clear_error(copy, old, new, complaint):
    lesson, changed = copy
    changed(old, new)
    with pytest.raises(SolutionError, match=r"99_copy\.ipynb") as raised:
        lesson["mean"].check(1)
    assert complaint in str(raised.value)
    assert "install the course again" in str(raised.value)
    assert lesson["mean"].outcome(...).kind == "blank"


def test_a_missing_solution_notebook_is_one_clear_error(trial, tmp_path):
    book = AnswerBook(lambda variant: trial.answers.pristine, tmp_path / "99_gone.ipynb")
    lesson = Lesson(99, list(trial), book)
    with pytest.raises(
        SolutionError, match=r"there is no solution notebook .*99_gone\.ipynb: restore the file"
    ):
        lesson["mean"].check(1)
    with pytest.raises(SolutionError, match="there is no solution notebook"):
        lesson["mean"].solution()


def test_cells_without_a_tag_are_not_run(copy):
    lesson, changed = copy
    changed(json.dumps('ex["mean"].check()'), json.dumps("mean = 1"))
    assert lesson.answers.expected("mean") != 1
