"""Whatever a student leaves in a variable gets one line, never a traceback and never the answer.

Strategies draw makers, functions that make the value: Hypothesis looks at what it draws, and these
values do not bear being looked at.
"""

import contextlib
import decimal
import fractions
import io
import string
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from hypothesis.extra import pandas as hpd

RAISED = [ValueError, TypeError, SystemExit, KeyboardInterrupt, RecursionError, StopIteration, GeneratorExit]
NAMES = """
    repr str eq ne lt le gt ge len bool hash iter next getattr getattribute getitem contains call int float
    index complex round abs neg add radd sub rsub mul rmul truediv array array_priority array_ufunc
    array_function array_interface class dict doc dir format deepcopy copy reduce reduce_ex sizeof
    instancecheck subclasscheck name wrapped signature code dataframe enter exit
"""
METHODS = [f"__{name}__" for name in NAMES.split()]
BASES = [(object, ()), (int, (26293,)), (float, (1.5,)), (str, ("A",)), (list, ())]


def plainly(value):
    return lambda: value


def of(make, parts):
    return lambda: make([part() for part in parts])


def liar(answer):
    return lambda *arguments, **options: answer


def raiser(error):
    def raises(*arguments, **options):
        print("a trace")
        warnings.warn("a trace", stacklevel=1)
        raise error

    return raises


behaviours = st.one_of(
    st.sampled_from(RAISED).map(raiser),
    st.sampled_from([True, False, 0, 1, -1, "B", 26294, None, NotImplemented, ...]).map(liar),
)

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([10**400, -(10**400), 26294.0, np.array(26294), pd.NA, pd.NaT, "B", ...]),
    st.floats(),
    st.complex_numbers(),
    st.decimals(),
    st.fractions(),
    st.text(),
    st.binary(),
    st.datetimes(),
    st.timedeltas(),
    hnp.scalar_dtypes().flatmap(lambda dtype: hnp.arrays(dtype, ())),
).map(plainly)


def thwarted(base, arguments, own, of_class, name="Thwarted"):
    """Return an object with these attributes on its class and on the class of its class."""
    metaclass = type("Meta", (type,), dict(of_class))
    return base.__new__(type.__new__(metaclass, name, (base,), dict(own)), *arguments)


@st.composite
def hostile(draw):
    """An object whose special methods, and those of its class, raise or lie."""
    methods = st.dictionaries(st.sampled_from(METHODS), behaviours | behaviours.map(property))
    name, own, of_class = draw(st.text(string.printable)), draw(methods), draw(methods)
    base, arguments = draw(st.sampled_from(BASES))
    return lambda: thwarted(base, arguments, own, of_class, name)


def array(cells):
    made = np.empty(len(cells), dtype=object)
    for place, cell in enumerate(cells):
        made[place] = cell
    return made


def holding_itself(cells):
    cells.append(cells)
    return cells


def containers(makers):
    lists = st.lists(makers, max_size=4)
    return st.one_of(
        *(
            lists.map(lambda parts, make=make: of(make, parts))
            for make in (list, tuple, array, holding_itself, lambda cells: dict(enumerate(cells)), iter)
        ),
        lists.map(lambda parts: of(lambda cells: pd.Series(array(cells), dtype=object), parts)),
        makers.map(lambda part: lambda: lambda *arguments: part()),
        st.sampled_from([*map(raiser, RAISED), len, print, int, lambda x, y: y]).map(plainly),
    )


@st.composite
def tables(draw, makers):
    """A DataFrame near the one asked: some of its columns, twice perhaps, with anything in their cells."""
    rows = draw(st.integers(0, 5))
    names = draw(st.lists(st.sampled_from(["isp", "share", "addresses", 3, ("isp", "x"), None]), max_size=4))
    columns = [draw(st.lists(makers, min_size=rows, max_size=rows)) for _ in names]
    index = pd.Index(names, tupleize_cols=draw(st.booleans()))

    def make():
        cells = [pd.Series(array([cell() for cell in column]), dtype=object) for column in columns]
        table = pd.concat(cells, axis=1) if cells else pd.DataFrame(index=range(rows))
        table.columns = index
        return table

    return make


typed = hpd.data_frames(
    [hpd.column("isp", dtype=object, elements=st.sampled_from("abcd")), hpd.column("share", dtype=float)]
)
anything = st.one_of(
    st.recursive(scalars | hostile(), containers, max_leaves=8),
    tables(scalars | hostile()),
    typed.map(plainly),
)


def secrets(lesson, question):
    """Return the texts that would give an answer away."""
    answer = lesson.answers.expected(question.name)
    match question.name:
        case "share":
            return [repr(float(answer(*case))) for case in question.cases(lesson.answers.pristine)[:2]]
        case "shares":
            return [repr(share) for share in answer["share"]]
        case "film":
            return [*answer, "Cobbler"]
        case "claim":
            return [repr(answer), "Most of them"]
        case _:
            return [repr(answer), str(answer), str(int(answer))]


def is_right(name, value):
    """Judge by other means the few arbitrary values that may well be right."""
    cls = type(value)
    if name == "addresses":
        numbers = (int, float, np.number, np.ndarray, decimal.Decimal, fractions.Fraction)
        return (
            issubclass(cls, numbers) and round(float(int(value) if issubclass(cls, int) else value)) == 26294
        )
    if name == "claim":
        return issubclass(cls, str) and [letter for letter in str.upper(value) if letter.isalnum()] == ["B"]
    return False


def judge(lesson, value):
    """Put a value to every question, and find nothing but one harmless line each."""
    for question in lesson:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), warnings.catch_warnings():
            warnings.simplefilter("error")
            outcome = question.outcome(value)
        assert (out.getvalue(), err.getvalue()) == ("", "")
        assert outcome.kind in ("right", "wrong", "blank")
        assert type(outcome.text) is str
        first, *paste = outcome.text.splitlines()
        assert len(first) < 320
        assert len(paste) <= (question.name == "share")
        assert not [secret for secret in secrets(lesson, question) if secret in outcome.text]
        assert outcome.kind != "right" or is_right(question.name, value)


@settings(
    max_examples=500,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(make=anything)
def test_any_value_gets_one_line_and_nothing_else(trial, make):
    judge(trial, make())


@pytest.mark.parametrize("behaviour", [raiser(ValueError), raiser(SystemExit), liar(26294)])
def test_no_single_special_method_gets_through(trial, behaviour):
    for method in METHODS:
        for attribute in (behaviour, property(behaviour)):
            for base, arguments in BASES:
                judge(trial, thwarted(base, arguments, {method: attribute}, {}))
                judge(trial, thwarted(base, arguments, {}, {method: attribute}))


@given(row=st.integers(0, 3), change=st.floats(-10, 10))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_table_with_one_cell_changed_is_wrong(trial, row, change):
    table = trial.answers.expected("shares").copy()
    before = table["share"].iloc[row]
    table.loc[row, "share"] = before + change
    kind = trial["shares"].outcome(table).kind
    if np.isclose(before + change, before, rtol=1e-6, atol=1e-12):
        assert kind == "right"
    elif abs(change) > 0.006 * before:
        assert kind == "wrong"
