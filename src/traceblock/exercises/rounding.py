"""Numbers as people write them: right to the digits given, from three significant digits on."""

import math
from collections.abc import Iterator, Sequence

RULE = "numbers are right to the digits given, from three significant digits on"
ONE_MORE_DIGIT = f"right as far as it goes, but give one more digit: {RULE}"
MORE_DIGITS = f"right as far as it goes, but give more digits: {RULE}"
SIZES = frozenset({"too big", "too small", "too far below zero", "not far enough below zero"})
"""The complaints about a number's size, after which its unit may be told."""

_LEAST, _MOST = 3, 6  # significant digits; with more, a number agrees as a whole
_MOST_SHARED = 12  # in a column a small number may need more of them
_WHOLE = 1e-6  # how near two numbers are that agree as a whole, relative
_NOISE = 1 + 1e-9  # 0.0851 may come as 8.51 / 100


def about_number(
    value: float, expected: float, tolerance: float | None = None, decimals: int | None = None
) -> str | None:
    """Return what is wrong with a number, or None if it is right.

    A whole expected number (of type int) is exact. Any other is right if the value agrees with it to the
    digits that the value has, and three significant digits at least: 0.0851 and 0.08506 for 0.0850557. Zeros
    at the end count: 0.85 is 0.850.

    Parameters
    ----------
    value, expected : int or float
        ``expected`` is finite.
    tolerance : float, optional
        Relative: as near as this is right too.
    decimals : int, optional
        How many decimals must be right, instead of the rule above: 2 for money to the cent.
    """
    if _as_a_whole(value, expected):
        return None
    if tolerance is not None and math.isclose(value, expected, rel_tol=tolerance):
        return None
    if decimals is not None:
        return None if _within(value, expected, 10.0**-decimals) else _exact(value, expected, decimals)
    if isinstance(expected, int) and tolerance is None:
        return _exact(value, expected, 0)
    return _to_the_digits_given(value, expected)


def about_column(
    values: Sequence[float],
    expected: Sequence[float],
    tolerance: float | None = None,
    decimals: int | None = None,
) -> list[str | None]:
    """Return what is wrong with each number of a column, None where it is right.

    Beside what :func:`about_number` accepts, all numbers may share one number of decimals, with which the
    largest has three significant digits at least: so ``.round(3)`` of shares is right.
    """
    pairs = list(zip(values, expected, strict=True))
    wrong = [about_number(value, other, tolerance, decimals) for value, other in pairs]
    exact = decimals is not None or all(isinstance(other, int) for other in expected)
    return [None] * len(pairs) if any(wrong) and not exact and _share_decimals(pairs) else wrong


def _share_decimals(pairs: Sequence[tuple[float, float]]) -> bool:
    largest = max(abs(other) for _, other in pairs)
    for unit in _units(largest, _LEAST, _MOST_SHARED):
        if all(_is_multiple(value, unit) for value, _ in pairs):
            return all(_within(value, other, unit) for value, other in pairs)
    return False


def _to_the_digits_given(value: float, expected: float) -> str | None:
    one, two, *enough = _units(expected, 1)
    for unit in enough:
        if _is_multiple(value, unit):
            if _within(value, expected, unit):
                return None
            break
    if _is_multiple(value, two) and _within(value, expected, two):
        return ONE_MORE_DIGIT
    if _is_multiple(value, one) and _within(value, expected, one):
        return MORE_DIGITS
    if any(_is_multiple(value, unit) and abs(value - expected) < unit for unit in (two, *enough)):
        return f"cut off or rounded the wrong way: {RULE}"
    if abs(value - expected) < enough[0]:
        return f"close, but not it; round once, at the end: {RULE}"
    return _size(value, expected)


def _exact(value: float, expected: float, decimals: int) -> str:
    what = f"{decimals} decimals are asked" if decimals else "a whole number is asked exactly"
    last = 10.0**-decimals
    coarser = (unit for unit in _units(expected, 2) if unit > last * _NOISE)
    if any(_is_multiple(value, unit) and _within(value, expected, unit) for unit in coarser):
        return f"rounded too far: {what}"
    return _size(value, expected)


def _size(value: float, expected: float) -> str:
    if _as_a_whole(-value, expected):
        return "the sign is wrong"
    if value < 0 < expected:
        return "below zero, where the answer lies above it"
    if expected < 0 < value:
        return "above zero, where the answer lies below it"
    if expected < 0:
        return "too far below zero" if value < expected else "not far enough below zero"
    return "too big" if value > expected else "too small"


def _units(expected: float, fewest: int, most: int = _MOST) -> Iterator[float]:
    """Yield the unit of the last place for each number of significant digits."""
    first = math.floor(math.log10(abs(expected))) if expected else 0
    return (10.0 ** (first - digits + 1) for digits in range(fewest, most + 1))


def _is_multiple(value: float, unit: float) -> bool:
    units = value / unit
    return math.isfinite(units) and abs(units - round(units)) <= max(_WHOLE, 1e-15 * abs(units))


def _within(value: float, expected: float, unit: float) -> bool:
    return abs(value - expected) <= unit / 2 * _NOISE


def _as_a_whole(value: float, expected: float) -> bool:
    if isinstance(expected, int):
        return abs(value - expected) <= _WHOLE
    return math.isclose(value, expected, rel_tol=_WHOLE, abs_tol=1e-12)
