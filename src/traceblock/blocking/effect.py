"""Did it work? A panel of users before and after a block, and what differences show of its effect."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from traceblock import arguments
from traceblock.chance import stream

#: What may be counted: visits to the blocked sites, to all infringing sites, to licensed services.
OUTCOMES = ("blocked", "infringing", "licensed")
_LEVEL = 0.95
_MOST_ROWS = 5_000_000
_MOST_VISITS = 1e6

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Study:
    """Users who are watched before and after a block, some of whom it covers.

    The figures of a real block are not on the record in this form: all are parameters.

    Parameters
    ----------
    units : int
        Users, 4 or more; of these times periods, at most 5,000,000.
    before, after : int
        Periods before and after the block, 1 to 10,000 each.
    treated : float
        Share of the users whom the block covers, drawn at random; two at least are in it, and two are not.
    outcome : {"infringing", "blocked", "licensed"}
        What is counted.
    visits : float
        Mean visits of a user to infringing sites in a period, without a block; at most 1,000,000.
    licensed : float
        Mean visits of a user to licensed services in a period, without a block; at most 1,000,000.
    share : float
        Share of the infringing visits that goes to the sites to be blocked.
    fall : float
        Share of the visits to these sites that the block stops.
    diversion : float
        Share of the visits stopped that goes to other infringing sites.
    converted : float
        Share of the visits neither made nor diverted that becomes visits to licensed services.
    spread : float
        How users differ: standard deviation of a user's habit (lognormal) over its mean, at most 10.
    noise : float
        How far what a user of mean habit is about to do varies from one period to the next: a standard
        deviation, in visits. The count itself varies besides, as a Poisson count does; with 0 by that alone.
        At most 10 times ``visits`` (``licensed``, if that is counted), and none where that is 0.
    correlation : float
        Of that noise in one period with the next (first-order autoregressive), from 0, below 1.
    shocks : float
        How far a period moves all users alike, each in proportion to the habit: a standard deviation, in
        visits of a user of mean habit. At most 10 times ``visits`` or ``licensed``, as ``noise``.
    trend : float
        By how many visits the covered users (of mean habit) drift from the others each period, block or no
        block; it takes nobody below zero. Not 0: the trends are not parallel, which differences presume.
    spill_over : float
        Share of its effect that the block also has on users whom it does not cover.

    Raises
    ------
    ValueError
        If a parameter is out of its range.
    """

    units: int = 200
    before: int = 12
    after: int = 12
    treated: float = 0.5
    outcome: str = "infringing"
    visits: float = 10.0
    licensed: float = 10.0
    share: float = 0.5
    fall: float = 0.8
    diversion: float = 0.5
    converted: float = 0.2
    spread: float = 0.5
    noise: float = 2.0
    correlation: float = 0.5
    shocks: float = 1.0
    trend: float = 0.0
    spill_over: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what no study can be."""
        periods = sum(
            arguments.whole(name, getattr(self, name), low=1, high=10_000) for name in ("before", "after")
        )
        arguments.whole("units", self.units, low=4, high=_MOST_ROWS // periods)
        arguments.between("treated", self.treated, above=True, high=1, below=True)
        arguments.one_of("outcome", self.outcome, OUTCOMES)
        for name in ("visits", "licensed"):
            arguments.between(name, getattr(self, name), high=_MOST_VISITS)
        for name in ("noise", "shocks"):
            arguments.between(name, getattr(self, name), high=10 * self._usual or _MOST_VISITS)
        arguments.between("spread", self.spread, high=10)
        for name in ("share", "fall", "diversion", "converted", "spill_over"):
            arguments.between(name, getattr(self, name), high=1)
        arguments.between("correlation", self.correlation, high=1, below=True)
        arguments.between("trend", self.trend, low=-_MOST_VISITS, high=_MOST_VISITS)

    @property
    def _usual(self) -> float:
        """Mean visits without a block, of the kind that is counted: infringing, or licensed."""
        return self.licensed if self.outcome == "licensed" else self.visits


class Difference(NamedTuple):
    """A difference in differences with its 95 % interval, in the unit of the outcome."""

    estimate: float
    low: float
    high: float
    standard_error: float
    treated_units: int
    other_units: int


def displacement(share: float, fall: float, diversion: float) -> float:
    """Return by what share all infringing visits change when some sites are blocked: −s·f·(1 − d).

    Parameters
    ----------
    share : float
        Share of the visits that goes to the sites blocked (s).
    fall : float
        Share of these that the block stops (f).
    diversion : float
        Share of those stopped that goes to other infringing sites (d).

    Returns
    -------
    float
        From −1 to 0.

    Raises
    ------
    ValueError
        If an argument is no number from 0 to 1.
    """
    s, f, d = (
        arguments.between(name, value, high=1)
        for name, value in (("share", share), ("fall", fall), ("diversion", diversion))
    )
    return -s * f * (1 - d)


def panel(study: Study, seed: int) -> pd.DataFrame:
    """Draw what users do in each period, and what the block does to each.

    Visits are counts: whole, and never below zero. Without a block, a user of habit a (mean 1) makes λ = a ×
    the level of the period visits in expectation. What the user is about to do varies around that by a factor
    of mean 1 (gamma), and the count is Poisson: so it is negative binomial, of mean λ and variance λ + α λ²
    with α = (noise / visits)² (NB2: Cameron and Trivedi 2013, Regression Analysis of Count Data, 3.3). The
    factors of one user follow one another as a gamma autoregression with beta thinning: correlation^k at k
    periods (Lewis, McKenzie and Hugus 1989, Stochastic Models 5; Wolpert 2021, arXiv:2106.00087).

    The block stops each visit by itself, with probability f at the blocked sites and s·f·(1 − d) among all
    infringing ones (`displacement`): what is left is negative binomial again, with the same α. Licensed
    services gain a count of their own, in expectation visits × s·f·(1 − d) × converted times the habit.
    A seed gives the same visits before the block whatever the block is.

    Parameters
    ----------
    study : Study
    seed : int

    Returns
    -------
    DataFrame
        One row for each user and period, by unit and period: ``unit`` (int64), ``period`` (int64, the block
        comes with 0), ``after`` (bool: from 0 on), ``treated`` (bool: the block covers the user),
        ``outcome`` (int64: visits), ``effect`` (float, the truth: by how many visits the block changes what
        is expected of this user in this period).

    Raises
    ------
    ValueError
        If an argument is none of these.
    """
    arguments.instance("study", study, Study)
    rng = stream(seed, "panel")
    units, periods = study.units, study.before + study.after
    period = np.arange(periods) - study.before
    covered = min(max(round(units * study.treated), 2), units - 2)
    treated = rng.permutation(units) < covered
    habit = _around_one(rng, study.spread, units)[:, None]
    usual = study._usual
    moved = _around_one(rng, study.shocks / usual if usual else 0.0, periods)
    own = _gamma_series(
        rng, (study.noise / usual) ** 2 if usual else 0.0, study.correlation, periods, units
    ).T

    after = period >= 0
    felt = np.where(treated, 1.0, study.spill_over)[:, None] * after
    drift = study.trend * (treated[:, None] * period)
    counted = usual * study.share if study.outcome == "blocked" else usual
    expected = habit * np.maximum(counted * moved + drift, 0.0)
    outcome = rng.poisson(expected * own)
    gone = -displacement(study.share, study.fall, study.diversion)
    if study.outcome == "licensed":
        effect = habit * study.visits * moved * gone * study.converted * felt
        outcome = outcome + rng.poisson(effect * own)
    else:
        stopped = felt * (study.fall if study.outcome == "blocked" else gone)
        effect = 0.0 - expected * stopped
        outcome = outcome - rng.binomial(outcome, stopped)
    return pd.DataFrame(
        {
            "unit": np.repeat(np.arange(units), periods),
            "period": np.tile(period, units),
            "after": np.tile(after, units),
            "treated": np.repeat(treated, periods),
            "outcome": outcome.ravel(),
            "effect": effect.ravel(),
        }
    )


def _around_one(rng: np.random.Generator, deviation: float, size: int) -> _Floats:
    """Return lognormal factors of mean 1 and of a standard deviation."""
    sigma = np.sqrt(np.log1p(deviation**2))
    factors: _Floats = np.exp(sigma * rng.normal(size=size) - sigma**2 / 2)
    return factors


def _gamma_series(
    rng: np.random.Generator, variance: float, correlation: float, periods: int, units: int
) -> _Floats:
    """Return gamma factors of mean 1, a row a period, each correlated with the one before.

    G = B·G' + I with B beta(kρ, k(1 − ρ)) and I gamma(k(1 − ρ)), where k = 1 / variance: gamma(k) again.
    """
    if variance == 0:
        return np.ones((periods, units))
    shape = 1 / variance
    if correlation == 0:
        return rng.gamma(shape, variance, (periods, units))
    series = np.empty((periods, units))
    series[0] = rng.gamma(shape, variance, units)
    kept = rng.beta(shape * correlation, shape * (1 - correlation), (periods - 1, units))
    fresh = rng.gamma(shape * (1 - correlation), variance, (periods - 1, units))
    for this in range(1, periods):
        series[this] = kept[this - 1] * series[this - 1] + fresh[this - 1]
    return series


def difference_in_differences(table: pd.DataFrame) -> Difference:
    """Estimate an effect as what changed for those treated beyond what changed for the others.

    The four means of treated or not, before or after: (T₁ − T₀) − (C₁ − C₀), which is the coefficient of
    treated × after in a least-squares regression on treated, after and their product. The interval is from
    standard errors clustered by unit, so that the rows of one unit may depend on one another, with
    Student's t of units − 1 degrees of freedom (Bertrand, Duflo and Mullainathan 2004, Quarterly Journal of
    Economics 119; statsmodels). It is too narrow with few units on either side, a few dozen or less (Cameron
    and Miller 2015, Journal of Human Resources 50), and says nothing of trends that were not parallel.

    Parameters
    ----------
    table : DataFrame
        ``unit``, ``after`` and ``treated`` (bool, or 0 and 1), ``outcome`` (a number). Any number of rows a
        unit; every row weighs the same.

    Returns
    -------
    Difference
        ``estimate``, ``low``, ``high`` (95 %), ``standard_error``, ``treated_units``, ``other_units``
        (how many are in each group).

    Raises
    ------
    ValueError
        If a column is missing, a value is missing or of another kind, a unit is treated in some rows only, or
        one of the four groups has rows of fewer than two units.
    """
    rows = _Rows(table)
    found = _clustered(rows.outcome, rows.treated, rows.after, rows.unit)
    return Difference(*found, rows.treated_units, rows.other_units)


def event_study(table: pd.DataFrame) -> pd.DataFrame:
    """Estimate, for each period, how far those treated and the others are apart, beyond the last one before.

    Each estimate is the difference in differences of two periods, this one and the last before the block,
    with its interval as there: the coefficients of treated × period in a regression on period and treated.
    Before the block they should lie around zero: that is what can be seen of parallel trends.

    Parameters
    ----------
    table : DataFrame
        As for `difference_in_differences`, and ``period`` (numbers, in the order of time; every period is
        before or after for all units alike).

    Returns
    -------
    DataFrame
        By period: ``period``, ``estimate``, ``low``, ``high`` (95 %; each for itself: of twenty periods
        without an effect one is expected not to hold zero), ``after``. The period compared with has zeros.

    Raises
    ------
    ValueError
        As `difference_in_differences`; also if a period is before for some and after for others, comes
        before one that is not after, or has fewer than two units of either group.
    """
    rows = _Rows(table, period=True)
    periods, place = np.unique(rows.period, return_inverse=True)
    after = np.zeros(len(periods), bool)
    after[place[rows.after]] = True
    mixed = after[place] & ~rows.after
    arguments.rows("table", table, mixed, "are before the block in a period that is after it in others")
    if (late := np.flatnonzero(np.diff(after.astype(int)) < 0)).size:
        raise ValueError(
            f"table: period {periods[late[0] + 1]} is before the block, and {periods[late[0]]} after it; "
            "give periods in the order of time"
        )
    for one, period in enumerate(periods):
        for group in (True, False):
            rows.require_two((place == one) & (rows.treated == group), group, f"in period {period}")
    last = int(np.flatnonzero(~after)[-1])
    found = np.zeros((len(periods), 3))
    for one in range(len(periods)):
        if one != last:
            both = (place == one) | (place == last)
            pair = rows.outcome[both], rows.treated[both], place[both] == one, rows.unit[both]
            found[one] = _clustered(*pair)[:3]
    estimate, low, high = found.T
    return pd.DataFrame({"period": periods, "estimate": estimate, "low": low, "high": high, "after": after})


class _Rows:
    """The columns of a table, checked."""

    def __init__(self, table: pd.DataFrame, period: bool = False) -> None:
        needed = ("unit", "after", "treated", "outcome", *(["period"] if period else []))
        arguments.columns("table", table, needed)
        self.after, self.treated = (
            arguments.flags("table", table, column, or_numbers=True) for column in ("after", "treated")
        )
        self.outcome = arguments.numbers("table", table, "outcome")
        if period:
            self.period = arguments.numbers("table", table, "period")
            if (self.period % 1 == 0).all():
                self.period = self.period.astype(np.int64)
        self.unit, names = arguments.factors("table", table, "unit")
        in_group = np.bincount(self.unit, weights=self.treated, minlength=len(names))
        changes = (in_group > 0) & (in_group < np.bincount(self.unit, minlength=len(names)))
        arguments.rows("table", table, changes[self.unit], "are of units treated in some rows, not in others")
        self.treated_units = int((in_group > 0).sum())
        self.other_units = len(names) - self.treated_units
        for group in (True, False):
            for when in (False, True):
                self.require_two(
                    (self.treated == group) & (self.after == when), group, "after" if when else "before"
                )

    def require_two(self, chosen: npt.NDArray[np.bool], treated: bool, when: str) -> None:
        """Refuse a group in which there are not two units: one alone shows nothing of chance."""
        if (number := len(np.unique(self.unit[chosen]))) < 2:
            who = "treated" if treated else "not treated"
            raise ValueError(f"table: {number} unit(s) {who} have rows {when}; give two or more")


def _clustered(
    outcome: _Floats,
    treated: npt.NDArray[np.bool],
    after: npt.NDArray[np.bool],
    unit: npt.NDArray[np.intp],
) -> tuple[float, float, float, float]:
    """Return the coefficient of treated × after, the ends of its interval, and its standard error."""
    from statsmodels.regression.linear_model import OLS  # it takes a second, which only this has to pay

    design = np.column_stack((np.ones(len(outcome)), treated, after, treated & after)).astype(float)
    fit = OLS(outcome, design).fit(cov_type="cluster", cov_kwds={"groups": unit}, use_t=True)
    low, high = fit.conf_int(1 - _LEVEL)[3]
    estimate, low, high, error = _steady((fit.params[3], low, high, fit.bse[3]), outcome)
    return estimate, low, high, error


def _steady(numbers: Iterable[float], outcome: _Floats) -> list[float]:
    """Round to ten digits beside the outcome's: the last ones of linear algebra depend on the processor."""
    size = max(float(np.abs(outcome).max()), 1e-300)
    decimals = 10 - math.floor(math.log10(size))
    return [round(float(number), decimals) for number in numbers]
