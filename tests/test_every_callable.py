"""Every public callable with one argument spoiled: a result, or an error that says what is wrong."""

import importlib
import inspect
import math
import random
import re
import traceback
import warnings
from pathlib import Path

import altair as alt
import numpy as np
import pandas as pd
import pytest

import traceblock
from tests.every_callable import good
from tests.every_callable.rubbish import spoiled

PACKAGES = ("cases", "network", "swarm", "isp", "blocking", "charts", "explore", "exercises")
SOURCE = str(Path(traceblock.__file__).parent)
#: So many of the ways to spoil an argument are tried each time; `make test-all` tries all of them.
A_SAMPLE, SLOW_SAMPLE = 20, 4
LONGEST_MESSAGE = 1_500
#: What reads a document says the file, the line and the reason instead, of up to 20 lines.
BY_LINE, LONGEST_BY_LINE = ("blocking.Rules.from_rpz", "blocking.Zones.from_text"), 4_096
#: Results in which a value may be missing though the good call has none, and why.
MAY_LACK = {
    "charts.named.answers": "what else its table holds is passed on",
    "charts.blocked.forest": "not every study has a figure, and what else its table holds is passed on",
    "isp.attribute": "a record that no lease fits, or several, or one without an ISP, has no name",
    "isp.disclose": "a log without ports has none, and without a subscriber or an ISP nothing is answered",
}


def public():
    """Give every public callable by name: functions, classes and the methods that they define."""
    for package in PACKAGES:
        yield from _exported(f"traceblock.{package}")


def _exported(path):
    module = importlib.import_module(path)
    own = [name for name, value in vars(module).items() if getattr(value, "__module__", None) == path]
    for name in getattr(module, "__all__", own):
        value = getattr(module, name)
        if inspect.ismodule(value):
            yield from _exported(value.__name__)
        elif callable(value) and not name.startswith("_"):
            yield good.name_of(value), value
            if inspect.isclass(value):
                yield from _methods(value)


def _methods(owner):
    for name, value in vars(owner).items():
        if not name.startswith("_") and callable(getattr(owner, name)) and not inspect.isclass(value):
            yield good.name_of(getattr(owner, name)), value


def test_every_public_callable_has_a_good_call():
    here = good.calls().keys() | good.RECORDS | good.INNER | good.ERRORS
    names = {name for name, _ in public()}
    assert sorted(names - here) == []


NAMES = sorted(good.calls())


@pytest.mark.parametrize("name", NAMES)
def test_one_argument_spoiled(name):
    function, given = good.calls()[name]
    chance = random.Random(name)
    few = SLOW_SAMPLE if name.startswith("charts") else A_SAMPLE
    ways = [
        (argument, way, make)
        for argument, value in given.items()
        for way, make in chance.sample(list(spoiled(value)), few)
    ]
    _try(name, function, given, ways)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_one_argument_spoiled_in_every_way(name):
    function, given = good.calls()[name]
    ways = [(argument, way, make) for argument, value in given.items() for way, make in spoiled(value)]
    _try(name, function, given, ways)


def _try(name, function, given, ways):
    right = _facts(_called(function, given))
    faults = []
    for argument, way, make in ways:
        fault = _fault(name, function, given, argument, make(), right)
        if fault:
            faults.append(f"{name}({argument} = {way}): {fault}")
    assert not faults, f"{len(faults)} of {len(ways)}:\n" + "\n".join(faults[:40])


def _fault(name, function, given, argument, value, right):
    """Return what is wrong with what comes of a call, or None."""
    asked = given | {argument: value}
    before = {key: _picture(each) for key, each in asked.items()}
    fault = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            result = _called(function, asked)
            facts = _facts(result)
    except Exception as error:
        fault = _badly_said(name, error, given)
    else:
        lacked = {where for where, missing in _facts(asked[argument]).items() if missing}  # and passed on
        lost = {where for where, missing in facts.items() if missing and right.get(where) is False}
        if lost := {where for where in lost - lacked if name not in MAY_LACK}:
            fault = f"a result that lacks values in {sorted(map(str, lost))[:4]}"
    changed = [key for key, each in asked.items() if _picture(each) != before[key]]
    return f"changes {changed}" if changed else fault


def _called(function, asked):
    places = [key for key in asked if key.startswith("*")]
    if places:
        several = asked[places[0]]
        return function(*(several if isinstance(several, list | tuple) else [several]))
    result = function(**asked)
    return result.to_dict() if isinstance(result, alt.TopLevelMixin) else result


def _badly_said(function, error, given):
    """Return what is wrong with an error, or None: it must be ours, name an argument, and be short."""
    said = f"{type(error).__name__}: {str(error)[:150]}"
    expected = isinstance(error, ValueError) or type(error) is LookupError
    if not expected:
        return said
    frame = traceback.extract_tb(error.__traceback__)[-1]
    if not frame.filename.startswith(SOURCE):
        return f"{said} (from {Path(frame.filename).name}:{frame.lineno})"
    text = str(error)
    if function in BY_LINE and re.match(r"[^\n]{1,60}:\d+: ", text):
        return None if len(text.encode()) <= LONGEST_BY_LINE else f"a message of {len(text):,} characters"
    if len(text) > LONGEST_MESSAGE:
        return f"a message of {len(text):,} characters: {said}"
    if not any(re.search(rf"\b{name.strip('*')}\b", text) for name in given):  # two may not go together
        return f"a message that names no argument: {said}"
    return None


def _facts(result, where=()):
    """Return for each part of a result whether a value is missing in it."""
    if isinstance(result, pd.DataFrame):
        return {(*where, str(name)): bool(column.isna().any()) for name, column in result.items()}
    if isinstance(result, pd.Series):
        return {where: bool(result.isna().any())}
    if isinstance(result, np.ndarray):
        return {where: bool(pd.isna(result).any())}
    if isinstance(result, float) or result is pd.NaT:
        return {where: not math.isfinite(result) if isinstance(result, float) else True}
    if isinstance(result, tuple) and hasattr(result, "_fields"):
        parts = zip(result._fields, result, strict=True)
        return {key: fact for name, part in parts for key, fact in _facts(part, (*where, name)).items()}
    if isinstance(result, dict) and "datasets" in result:
        return {
            (str(number), column): any(row.get(column) is None for row in rows)
            for number, rows in enumerate(result["datasets"].values())
            for column in (rows[0] if rows else {})
        }
    return {}


def _picture(value):
    """Return something that is equal before and after, unless the value was changed."""
    if isinstance(value, pd.DataFrame):
        columns = tuple(_picture(value.iloc[:, i]) for i in range(value.shape[1]))
        return columns, tuple(map(id_of, value.columns)), value.columns.names
    if isinstance(value, pd.Series):
        return str(value.dtype), value.shape, tuple(map(id_of, value.array)), tuple(map(id_of, value.index))
    if isinstance(value, np.ndarray):
        return str(value.dtype), value.shape, tuple(map(id_of, value.ravel().tolist()))
    if isinstance(value, list | tuple | set):
        return tuple(map(id_of, value))
    if isinstance(value, dict):
        return tuple((id_of(key), id_of(each)) for key, each in value.items())
    return None


def id_of(value):
    """Return what tells a value from another: the value where that is safe, else its place in memory."""
    plain = type(value) in (str, int, bool, pd.Timestamp, bytes) and value is not pd.NaT
    return value if plain else str(value) if isinstance(value, float | np.number) else id(type(value))
