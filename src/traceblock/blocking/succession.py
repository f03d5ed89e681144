"""New names after each block: how long a site stays in reach, and what is blocked by mistake on the way."""

import math
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from traceblock import arguments, cases
from traceblock.chance import stream
from traceblock.network import DAY

#: Who decides that a name is to be blocked.
DECIDED_BY = ("judge", "list")
_MONTH = 365.25 / 12  # days
_MOST_NAMES = 1_000_000
_LEAST_CYCLE = 1 / 24  # days
_COLUMNS = ("site", "opened", "blocked", "lapsed", "unblocked", "caught", "wrong", "closed")

_Days = npt.NDArray[np.floating]


@cache
def _ordered(fact: str, days: float) -> str:
    """Return a duration of the Allostreaming judgment, given in units of so many days."""
    return f"{float(cases.fact('allostreaming', fact, 'established').value) * days:g}D"


def _days(name: str, value: Any, low: float = 0) -> float:
    return arguments.seconds(name, value, low) / DAY


@dataclass(frozen=True)
class Chase:
    """Sites that are to be blocked, and what they do about it.

    No study gives these delays for the sites of a case: all are parameters. The article on Allostreaming
    feared a site back within the hour; the regulator reports new names almost at once.

    Parameters
    ----------
    sites : int
        How many, each under one name at the start.
    days : int
        How long they are watched.
    reopens : Timedelta-like, optional
        Median time from a block until the site has a new name (exponential); None: it takes none.
    half_life : Timedelta-like
        Time in which half of the audience that has not yet found a new name finds it, 1 s or more.
    closes : Timedelta-like, optional
        Median time from the start until a site closes for good, block or no block (exponential), 1 s or
        more; None: it does not close.

    Raises
    ------
    ValueError
        If a parameter is out of its range.
    """

    sites: int = 4
    days: int = 365
    reopens: Any = "1h"
    half_life: Any = "7D"
    closes: Any = None

    def __post_init__(self) -> None:
        """Refuse what no site does."""
        arguments.whole("sites", self.sites, low=1, high=100_000)
        arguments.whole("days", self.days, low=1, high=36_525)
        _days("half_life", self.half_life, low=1)
        if self.reopens is not None:
            _days("reopens", self.reopens)
        if self.closes is not None:
            _days("closes", self.closes, low=1)


@dataclass(frozen=True)
class Regime:
    """How names come to be blocked, and how errors are found and mended.

    What the judgment in Allostreaming had is the default: the time to comply and the term. The rest is not
    on the record and has to be given or tried out.

    Parameters
    ----------
    decided_by : {"judge", "list"}
        A judge decides on every name; or on the first name of a site only, and the parties list the new
        ones without a judge, for as long as that first order lasts.
    detection : Timedelta-like
        Median time until a new name is found (exponential). First names are known at the start.
    judgment : Timedelta-like
        From the hearing of a request to the decision.
    hearings : Timedelta-like, optional
        Time between two dates of hearings, which bundle the names found meanwhile; None: at once, one by one.
    listing : Timedelta-like
        From finding a new name to its listing, where no judge is needed.
    check : Timedelta-like
        What it takes, for every name, to check that it belongs on the list.
    caught : float
        Share of the wrong names that the check catches.
    wrong : float
        Share of the names put forward that are wrong: lawful ones. At most a half.
    compliance : Timedelta-like
        From a decision until the block is in place.
    term : Timedelta-like, optional
        How long an order holds from when its first block is in place; None: until the end.
    repair : Timedelta-like, optional
        Median time until a wrong block is lifted (exponential); None: not before the order ends.

    Raises
    ------
    ValueError
        If a parameter is out of its range.
    """

    decided_by: str = "judge"
    detection: Any = "3D"
    judgment: Any = "60D"
    hearings: Any = None
    listing: Any = "1D"
    check: Any = "0D"
    caught: float = 0.0
    wrong: float = 0.0
    compliance: Any = field(default_factory=lambda: _ordered("days_to_comply", 1))
    term: Any = field(default_factory=lambda: _ordered("order_months", _MONTH))
    repair: Any = "14D"

    def __post_init__(self) -> None:
        """Refuse what nobody can decide."""
        arguments.one_of("decided_by", self.decided_by, DECIDED_BY)
        for name in ("detection", "judgment", "listing", "check", "compliance"):
            _days(name, getattr(self, name))
        for name in ("hearings", "term", "repair"):
            if getattr(self, name) is not None:
                _days(name, getattr(self, name), low=0 if name == "repair" else 1)
        arguments.between("caught", self.caught, high=1)
        arguments.between("wrong", self.wrong, high=0.5)


def recovery(days: Any, half_life: Any) -> Any:
    """Return the share of an audience that has found a new name: 1 − 2^(−t/h).

    Parameters
    ----------
    days : float or array of float
        Days since the name opened (t), 0 or more.
    half_life : Timedelta-like
        Time in which half of those still missing find it (h), 1 s or more.

    Returns
    -------
    float or array of float
        Shares from 0 to 1.

    Raises
    ------
    ValueError
        If an argument is out of its range.
    """
    h = _days("half_life", half_life, low=1)
    t = arguments.floats("days", days, low=0)
    share = -np.expm1(-math.log(2) * t / h)
    return float(share) if share.ndim == 0 else share


def reaction(regime: Regime) -> float:
    """Return how many days a new name is expected to be in reach, from its opening to its block.

    The sum of the delays: the mean of an exponential with the median of ``detection`` (that is median /
    ln 2), check, half the time between two hearings (near enough where detection takes longer than that),
    the decision and compliance. A site of which k new names have been blocked was in reach for k times as
    long on average.

    Parameters
    ----------
    regime : Regime

    Returns
    -------
    float
        Days.
    """
    delays = _Delays(arguments.instance("regime", regime, Regime))
    judged = regime.decided_by == "judge"
    return (
        delays.detection / math.log(2)
        + delays.check
        + ((delays.hearings or 0) / 2 + delays.judgment if judged else delays.listing)
        + delays.compliance
    )


def mirrors(chase: Chase, regime: Regime, seed: int) -> pd.DataFrame:
    """Follow sites from name to name: opened, found, decided on, blocked, and what else was blocked.

    A request is made for the name of each site at the start. A site takes a new name once the last is
    blocked, unless it has closed by then. Names are found while their site is open; a decision comes also
    where the site has closed meanwhile. With each name may come one wrong name, so that the share of wrong
    ones among all put forward is as given. The same seed draws the same chances whatever the regime:
    differences between two tables come from the regime alone.

    Parameters
    ----------
    chase : Chase
    regime : Regime
    seed : int

    Returns
    -------
    DataFrame
        One row a name, by site, then in the order put forward. Times are in days (float) since the start,
        missing where it did not come to that within the days watched. ``site`` (int64), ``name``,
        ``opened`` (0 for the lawful names, which were there before), ``detected``, ``decided_by``
        (categorical: see `DECIDED_BY`; missing without a decision), ``decided``, ``blocked``, ``lapsed``
        (the order ended), ``repaired`` (a wrong block lifted before that), ``unblocked`` (the earlier of
        the two), ``wrong`` (bool, the truth: a lawful name), ``caught`` (bool: wrong, and the check saw
        it), ``closed`` (when the site behind the name closed for good; missing for lawful names).

    Raises
    ------
    ValueError
        If an argument is none of these, or names would follow one another in less than an hour on average,
        or would be more than 1,000,000.
    """
    arguments.instance("chase", chase, Chase)
    arguments.instance("regime", regime, Regime)
    delays, by_list = _Delays(regime), regime.decided_by == "list"
    sites, days = chase.sites, float(chase.days)
    reopens = math.inf if chase.reopens is None else _days("reopens", chase.reopens)
    cycle = reaction(regime) + reopens / math.log(2)
    if cycle < _LEAST_CYCLE or sites * (1 + days / cycle) > _MOST_NAMES:
        raise ValueError(
            f"reopens={chase.reopens!r} with these delays of the regime gives a new name every {cycle:.3g} "
            f"days for each of {sites:,} sites, for {chase.days:,} days; accepted are at least an hour a "
            f"name, and at most {_MOST_NAMES:,} names"
        )
    rng = stream(seed, "mirrors")
    closes = math.inf if chase.closes is None else _days("closes", chase.closes)
    closed = _exponential(rng.random(sites), closes)
    until = _never(sites)  # when the order behind a list ends
    opened = np.zeros(sites)
    active = np.ones(sites, bool)
    rounds: list[dict[str, npt.NDArray[Any]]] = []
    while active.any():
        first = not rounds
        found, back, err, seen, mended = rng.random((5, sites))  # for all: whose turn it is changes no chance
        detected = opened if first else opened + _exponential(found, delays.detection)
        decided = detected + delays.check
        if first or not by_list:
            if delays.hearings:
                decided = np.ceil(decided / delays.hearings) * delays.hearings
            decided = decided + delays.judgment
        else:
            decided = decided + delays.listing
        blocked = decided + delays.compliance
        if first and by_list:
            until = blocked + delays.term
        going = active & (detected < closed) & (blocked < until)
        lapsed = np.minimum(blocked + delays.term, until)
        rounds.append(
            {
                "active": active,
                "opened": opened,
                "detected": np.where(detected < closed, detected, math.inf),
                "decided": np.where(going, decided, math.inf),
                "blocked": np.where(going, blocked, math.inf),
                "lapsed": np.where(going, lapsed, math.inf),
                "mistaken": going & (detected < days) & (err < regime.wrong / (1 - regime.wrong)),
                "caught": seen < regime.caught,
                "repaired": blocked + _exponential(mended, delays.repair),
            }
        )
        opened = blocked + _exponential(back, reopens)
        active = going & (opened < np.minimum(closed, days))
    return _names(rounds, closed, regime.decided_by, days)


def outcome(names: pd.DataFrame, chase: Chase) -> "pd.Series[float]":
    """Add up what a chase came to.

    Parameters
    ----------
    names : DataFrame
        As from `mirrors`.
    chase : Chase
        The one that the names come from: for its days and its half-life.

    Returns
    -------
    Series
        ``names`` (that the sites took), ``hearings`` (days on which a judge decided), ``blocked`` and
        ``blocked_wrongly`` (names), ``caught`` (wrong ones that the check stopped), ``accessible``,
        ``dark`` and ``closed`` (days a site had a name in reach, had none, was closed: means over the
        sites, which sum to the days watched), ``reach`` (accessible days weighted by the share of the
        audience that was there), ``until_repaired`` (mean days from a wrong block to its repair, of those
        repaired; missing without any), ``not_repaired`` (wrong blocks that were not), ``wrong_days`` (days
        of wrong blocks, summed over names), ``dead_days`` (days of blocks on names whose site had closed,
        summed over names).

    Raises
    ------
    ValueError
        If an argument is none of these, or a column is missing.
    """
    names = _checked(names, chase, "decided", "repaired", decided_by=True)
    days, h = float(chase.days), _days("half_life", chase.half_life)
    wrong = names["wrong"].to_numpy()
    blocked, unblocked = _filled(names, "blocked"), np.minimum(_filled(names, "unblocked"), days)
    stopped = np.isfinite(blocked)
    _, start, end = _spells(names, chase)
    length = np.minimum(end, days) - start
    missed = h / math.log(2) * recovery(length, chase.half_life)  # of days, while the audience is on its way
    missed[start == 0] = 0  # under the first name it is there from the start
    closes = _filled(names, "closed")
    life = np.minimum(pd.Series(closes).groupby(names["site"].to_numpy()).min().to_numpy(), days)
    repaired = (names["repaired"] - names["blocked"]).dropna()
    dead = stopped & ~wrong & (unblocked > closes)
    accessible = length.sum() / chase.sites
    return pd.Series(
        {
            "names": float((~wrong).sum()),
            "hearings": float(names.loc[names["decided_by"].eq("judge"), "decided"].nunique()),
            "blocked": float((stopped & ~wrong).sum()),
            "blocked_wrongly": float((stopped & wrong).sum()),
            "caught": float(names["caught"].sum()),
            "accessible": accessible,
            "dark": life.sum() / chase.sites - accessible,
            "closed": days - life.sum() / chase.sites,
            "reach": accessible - missed.sum() / chase.sites,
            "until_repaired": float(repaired.mean()),
            "not_repaired": float((stopped & wrong).sum() - len(repaired)),
            "wrong_days": float((unblocked - blocked)[stopped & wrong].sum()),
            "dead_days": float((unblocked - np.maximum(blocked, closes))[dead].sum()),
        },
        name="outcome",
    )


def daily(names: pd.DataFrame, chase: Chase, every: float = 1.0) -> pd.DataFrame:
    """Return how things stand at each moment: what is open, blocked, wrongly blocked, and who gets there.

    Parameters
    ----------
    names : DataFrame
        As from `mirrors`.
    chase : Chase
        The one that the names come from.
    every : float
        Days between two moments, from a hundredth of a day; both ends are moments if it divides the days.

    Returns
    -------
    DataFrame
        ``day`` (float), ``open`` (names of the sites in reach), ``blocked`` (names of the sites under a
        block), ``dead`` (of these, the ones whose site has closed), ``blocked_wrongly`` (lawful names under
        a block), ``accessible`` (share of the sites with a name in reach), ``audience`` (share of the
        sites' audience that finds one, mean over sites).

    Raises
    ------
    ValueError
        If an argument is none of these, or a column is missing.
    """
    names = _checked(names, chase)
    step = arguments.between("every", every, low=0.01, high=chase.days)
    day = np.arange(math.floor(chase.days / step + 1e-9) + 1) * step
    wrong = names["wrong"].to_numpy()
    blocked, unblocked, opened, lapsed, closed = (
        _filled(names, column) for column in ("blocked", "unblocked", "opened", "lapsed", "closed")
    )
    right = ~wrong
    again = right & (lapsed < closed)  # in reach once more
    site, start, end = _spells(names, chase)
    # which spell, if any, each site is in at each moment: spells of a site do not overlap
    span = chase.days + 2.0
    sites = np.arange(chase.sites)[:, None]
    spell = np.searchsorted(site * span + start, sites * span + day, side="right") - 1
    inside = (spell >= 0) & (site[spell] == sites) & (day < end[spell])
    since = np.where(inside, day - start[spell], 0.0)
    there = np.where(start[spell] == 0, 1.0, recovery(since, chase.half_life)) * inside
    return pd.DataFrame(
        {
            "day": day,
            "open": _standing(day, opened[right], np.minimum(blocked, closed)[right])
            + _standing(day, lapsed[again], closed[again]),
            "blocked": _standing(day, blocked[right], unblocked[right]),
            "dead": _standing(day, np.maximum(blocked, closed)[right], np.maximum(unblocked, closed)[right]),
            "blocked_wrongly": _standing(day, blocked[wrong], unblocked[wrong]),
            "accessible": inside.mean(axis=0),
            "audience": there.mean(axis=0),
        }
    )


class _Delays:
    """The delays of a regime, in days; what never happens is infinite."""

    def __init__(self, regime: Regime) -> None:
        def infinite(name: str) -> float:
            value = getattr(regime, name)
            return math.inf if value is None else _days(name, value)

        self.detection = _days("detection", regime.detection)
        self.judgment = _days("judgment", regime.judgment)
        self.hearings = None if regime.hearings is None else _days("hearings", regime.hearings)
        self.listing = _days("listing", regime.listing)
        self.check = _days("check", regime.check)
        self.compliance = _days("compliance", regime.compliance)
        self.term = infinite("term")
        self.repair = infinite("repair")


def _never(number: int) -> _Days:
    return np.full(number, math.inf)


def _exponential(chance: _Days, median: float) -> _Days:
    """Return exponential times of this median from even chances in [0, 1)."""
    if math.isinf(median):
        return _never(len(chance))
    return -np.log2(1 - chance) * median


def _names(
    rounds: list[dict[str, npt.NDArray[Any]]], closed: _Days, decided_by: str, days: float
) -> pd.DataFrame:
    """Return the table of `mirrors` from its rounds: the names of the sites, and the wrong ones with them."""
    every = {key: np.stack([one[key] for one in rounds], axis=1) for key in rounds[0]}  # sites × rounds
    sites, number = np.nonzero(every["active"])
    right = {key: values[sites, number] for key, values in every.items()}
    right |= {"site": sites, "number": number, "closed": closed[sites]}
    with_error = np.flatnonzero(right["mistaken"])
    row = np.concatenate((np.arange(len(sites)), with_error))
    wrong = np.arange(len(row)) >= len(sites)
    order = np.argsort(row, kind="stable")  # a wrong name comes after the one that it came with
    row, wrong = row[order], wrong[order]
    table = {key: values[row] for key, values in right.items()}
    caught = wrong & table["caught"]

    def when(name: str, where: npt.NDArray[np.bool]) -> _Days:
        values = np.where(where, table[name], math.inf)
        return np.where(values < days, values, math.nan)

    decided, lapsed = when("decided", ~caught), when("lapsed", ~caught)
    mended = wrong & ~caught & (table["repaired"] < table["lapsed"])
    repaired = when("repaired", mended)
    first = table["number"] == 0
    by = np.where(first | (decided_by == "judge"), DECIDED_BY.index("judge"), DECIDED_BY.index("list"))
    by = np.where(np.isnan(decided), -1, by)
    label, top = table["site"] + table["number"], np.array([".example", ".test"])
    names = [  # a lawful name is taken for another that differs in its end: neither end tells which it is
        f"title-{site}-{turn}{end}"
        for site, turn, end in zip(
            (table["site"] + 1).tolist(),
            (table["number"] + 1).tolist(),
            top[(label + wrong) % 2].tolist(),
            strict=True,
        )
    ]
    return pd.DataFrame(
        {
            "site": table["site"].astype(np.int64),
            "name": names,
            "opened": np.where(wrong, 0.0, table["opened"]),
            "detected": when("detected", np.ones(len(row), bool)),
            "decided_by": pd.Categorical.from_codes(by, list(DECIDED_BY)),  # type: ignore[call-overload]
            "decided": decided,
            "blocked": when("blocked", ~caught),
            "lapsed": np.where(np.isnan(repaired), lapsed, math.nan),
            "repaired": repaired,
            "unblocked": np.where(np.isnan(repaired), lapsed, repaired),
            "wrong": wrong,
            "caught": caught,
            "closed": when("closed", ~wrong),
        }
    )


def _checked(names: pd.DataFrame, chase: Chase, *times: str, decided_by: bool = False) -> pd.DataFrame:
    """Return the columns of a table of `mirrors` that are needed, each in its plain type."""
    arguments.instance("chase", chase, Chase)
    arguments.columns("names", names, (*_COLUMNS, *times, *(["decided_by"] if decided_by else [])))
    read: dict[str, Any] = {"site": arguments.wholes("names", names, "site", chase.sites - 1).astype(int)}
    read |= {column: arguments.flags("names", names, column) for column in ("wrong", "caught")}
    read["opened"] = arguments.numbers("names", names, "opened", 0, chase.days)
    for column in ("blocked", "lapsed", "unblocked", "closed", *times):
        read[column] = arguments.numbers("names", names, column, 0, chase.days, missing=True)
    if decided_by:
        arguments.texts("names", names[names["decided_by"].notna()], "decided_by", DECIDED_BY)
        read["decided_by"] = names["decided_by"].array
    late = ~read["wrong"] & (read["opened"] > np.fmin(read["blocked"], read["closed"]))
    arguments.rows("names", names, late, "were opened after they were blocked or closed")
    if read["wrong"].all():
        raise ValueError("names has no row of a site's own name; give the table that mirrors returns")
    return pd.DataFrame(read)


def _filled(names: pd.DataFrame, column: str) -> _Days:
    """Return a column of times with infinity where there is none."""
    values = names[column].to_numpy()
    return np.where(np.isnan(values), math.inf, values)


def _spells(names: pd.DataFrame, chase: Chase) -> tuple[npt.NDArray[np.int64], _Days, _Days]:
    """Return the times a site was in reach without a break, by site and start: site, start, end in days.

    A new name begins a new spell, for the audience has to find it; a block that lapses while another name is
    open does not. What is open when the days are over ends a day later.
    """
    own = names[~names["wrong"].to_numpy()]
    sites = own["site"].to_numpy()
    closed = np.minimum(_filled(own, "closed"), chase.days + 1.0)
    lapsed = _filled(own, "lapsed")
    again = lapsed < closed
    site = np.concatenate((sites, sites[again]))
    start = np.concatenate((own["opened"].to_numpy(), lapsed[again]))
    end = np.concatenate((np.minimum(_filled(own, "blocked"), closed), closed[again]))
    order = np.lexsort((start, site))
    site, start, end = site[order], start[order], end[order]
    offset = site * (chase.days + 2.0)
    so_far = np.maximum.accumulate(end + offset)
    new = np.ones(len(site), bool)
    new[1:] = (start + offset)[1:] >= so_far[:-1]
    heads = np.flatnonzero(new)
    return site[heads], start[heads], np.maximum.reduceat(end, heads) if len(heads) else end


def _standing(day: _Days, start: _Days, end: _Days) -> npt.NDArray[np.int64]:
    """Return how many of the intervals [start, end) each moment lies in; missing ends are infinite."""
    begun = np.searchsorted(np.sort(start), day, side="right")
    return begun - np.searchsorted(np.sort(end), day, side="right")
