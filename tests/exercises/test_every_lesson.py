"""Every question of the course, on the public variant and on others."""

import copy

import pytest

from traceblock import exercises
from traceblock.exercises import Choice, Function, Table
from traceblock.exercises.lessons import available

VARIANTS = (0, 1, 7)
LESSONS = [exercises.lesson(no, variant) for no in available() for variant in VARIANTS]
QUESTIONS = [
    pytest.param(lesson, question, id=f"{lesson.no:02}-{lesson.variant}-{question.name}")
    for lesson in LESSONS
    for question in lesson
]
each_question = pytest.mark.parametrize(("lesson", "question"), QUESTIONS)


def test_there_are_lessons():
    assert LESSONS


@each_question
def test_the_solution_is_right_and_a_blank_is_blank(lesson, question):
    outcome = question.outcome(lesson.answers.expected(question.name))
    assert outcome.kind == "right", outcome.text
    assert question.outcome(...).kind == "blank"


@each_question
def test_a_question_is_complete(lesson, question):
    assert question.name.isidentifier()
    assert question.minutes > 0
    assert question.objective >= 1
    assert question.hints
    assert all(hint.strip() for hint in question.hints)
    code = lesson.answers.code(question.name)
    assert code
    assert "SOLUTION" not in code
    assert "..." not in map(str.strip, code.splitlines())


@each_question
def test_at_least_two_mistakes_are_wrong_and_met_with_their_sentences(lesson, question):
    mistakes = [(mistake.answer(lesson.answers.pristine), mistake.text) for mistake in question.mistakes]
    if isinstance(question, Choice):
        assert lesson.answers.expected(question.name) not in question.because
        assert question.options.keys() == {*question.because, lesson.answers.expected(question.name)}
        mistakes += question.because.items()
    assert len(mistakes) >= 2
    for answer, text in mistakes:
        outcome = question.outcome(answer)
        coincides = (
            f"on variant {lesson.variant} this mistake gives the right answer: choose other data: {text}"
        )
        assert outcome.kind == "wrong", coincides
        if lesson.variant == 0:
            assert outcome.text == f"❌ Not yet: {text}"


@pytest.mark.parametrize("no", available())
def test_no_mistake_is_right_on_any_of_twenty_variants(no):
    right = []
    for variant in range(20):
        lesson = exercises.lesson(no, variant)
        for question in lesson:
            expected = question._read(lesson.answers.expected(question.name))
            for mistake in question.mistakes:
                answer = question._read(mistake.answer(lesson.answers.pristine))
                if question._complaint(answer, expected) is None:
                    right.append(f"variant {variant}, {question.name}: {mistake.text}")
    assert not right, "\n".join(right)


@each_question
def test_what_is_compared_is_unambiguous(lesson, question):
    answer = lesson.answers.expected(question.name)
    if isinstance(question, Table):
        assert len(answer)
        if question.sort_by:
            keys = [question.sort_by] if isinstance(question.sort_by, str) else list(question.sort_by)
            assert not answer.duplicated(keys).any()
    if isinstance(question, Function):
        cases = question.cases(lesson.answers.pristine)
        assert cases
        for case in cases:
            answer(*copy.deepcopy(case))  # the solution raises on no case


@pytest.mark.parametrize("no", available())
def test_answers_differ_between_variants(no):
    first, other = (exercises.lesson(no, variant) for variant in VARIANTS[:2])
    kinds = {
        first[q.name].outcome(other.answers.expected(q.name)).kind
        for q in first
        if not isinstance(q, Function)
    }
    assert "wrong" in kinds
