"""Explorers of Part III: a look-up, whom an order reaches, what goes dark, new names, and the effect."""

from functools import cache
from itertools import product
from typing import NamedTuple

import altair as alt
import ipywidgets as widgets
import pandas as pd

from traceblock import blocking, cases
from traceblock.charts import blocked as charts
from traceblock.explore.explorer import Explorer, slider
from traceblock.network import to_text

_SEED = 1
_HOME, _ABROAD = "IT", "FR"
_GROUPS = [
    "everybody in Italy",
    "with their ISP's resolver",
    "with a public resolver",
    "through a VPN",
    "abroad",
]
_KIND = ["country", "isp", "resolver", "vpn", "ech", "entry"]
_ADDRESSEES: dict[str, tuple[str, tuple[str, ...], bool]] = {
    "the ISPs": ("dns", ("isp",), False),
    "ISPs that intercept": ("dns", ("isp",), True),
    "a public resolver": ("dns", ("resolver",), False),
    "the ISPs and the public resolver": ("dns", ("isp", "resolver"), False),
    "search engines": ("delisting", ("search",), False),
    "the CDN": ("edge", ("cdn",), False),
    "the hosting companies": ("closure", ("host",), False),
}
_NOT_BY_ISPS = {"edge": "cdn", "closure": "host"}
_MEASURE_NAMES = {
    "a DNS rule": "dns",
    "an address block": "address",
    "a URL filter": "url",
    "a host name filter (SNI)": "sni",
    "the CDN, at its edge": "edge",
    "closure at the source": "closure",
}
_OUTCOMES = {
    "visits to all infringing sites": "infringing",
    "visits to the blocked sites": "blocked",
    "visits to licensed services": "licensed",
}
_ISP, _PUBLIC = "the ISP's resolver", "a public resolver"
_RULES = {
    "no rule": ("", False),
    "no such name": ("nxdomain", False),
    "no such name, subdomains too": ("nxdomain", True),
    "no address": ("nodata", False),
    "a block page": ("redirect", False),
    "no answer": ("drop", False),
}
#: What share of the wrong names a check catches, and how long it takes: parameters without a source.
_CHECKS = {"none": (0.0, "0D"), "50 % in 1 day": (0.5, "1D"), "90 % in 5 days": (0.9, "5D")}
_CENSORED = 16  # the extended error of what somebody else requires (RFC 8914)
_NOWHERE = (240 << 24) + (1 << 16)
_SITES = 300
_SHARES = {f"{share} %": share / 100 for share in (0, 5, 10, 20, 40)}


class _Asked(NamedTuple):
    rule: str
    https: bool
    resolver: str
    name: str
    answer: blocking.Answer
    diagnosis: blocking.Diagnosis


class _Covered(NamedTuple):
    who: str
    worldwide: bool
    public: float
    vpn: float
    groups: pd.DataFrame
    scope: "pd.Series[float]"


class _Hit(NamedTuple):
    measure: str
    sharing: float
    cdn: float
    ordered: int
    sites: pd.DataFrame


class _Chase(NamedTuple):
    names: pd.DataFrame
    chase: blocking.Chase
    regime: blocking.Regime
    day: int
    so_far: "pd.Series[float]"


class _Effect(NamedTuple):
    study: blocking.Study
    means: pd.DataFrame
    found: blocking.Difference
    truth: float


def look_up() -> Explorer:
    """Return the explorer of a look-up: a name, a resolver, a rule; what OONI's logic makes of it."""
    sites, aimed = _small_web()
    neighbour = sites[(sites["address"] == aimed["address"]) & sites["lawful"]].iloc[0]["name"]
    names = [aimed["name"], f"www.{aimed['name']}", neighbour, f"old-{aimed['name']}"]
    return Explorer(
        name="a look-up",
        controls={
            "name": widgets.Dropdown(description="Name", options=names),
            "resolver": widgets.Dropdown(description="Resolver", options=[_ISP, _PUBLIC]),
            "rule": widgets.Dropdown(
                description="The ISP's rule", options=list(_RULES), value="no such name"
            ),
            "https": widgets.Checkbox(description="Site over https", value=True),
        },
        model=_asked,
        chart=lambda result: charts.look_up(result.answer, title=f"Looking up {result.name} (simulated)"),
        reading=_asked_in_words,
    )


def coverage() -> Explorer:
    """Return the explorer of an order: who is ordered, for whom, and which users go another way."""
    for who, worldwide in product(_ADDRESSEES, (False, True)):
        _reached(who, worldwide)
    for public, vpn in product(_SHARES.values(), repeat=2):
        _users(public, vpn)  # so that no control has to wait
    return Explorer(
        name="whom an order reaches",
        controls={
            "who": widgets.Dropdown(description="The order goes to", options=list(_ADDRESSEES)),
            "worldwide": widgets.Checkbox(description="Blocked for visitors from everywhere", value=False),
            "public": slider("Users of a public resolver", _SHARES, 0.1),
            "vpn": slider("Users of a VPN", _SHARES, 0.05),
        },
        model=_covered,
        chart=_draw_covered,
        reading=_covered_in_words,
    )


def reach() -> Explorer:
    """Return the explorer of a measure: which sites go dark with those that were ordered."""
    mean = float(cases.fact("literature", "sites_per_address_2012", "established").value)
    sharing = {f"{n:g}": float(n) for n in sorted({1, 4, mean, 50})}
    return Explorer(
        name="what goes dark",
        controls={
            "measure": widgets.Dropdown(description="Measure", options=_MEASURE_NAMES, value="address"),
            "sharing": slider("Sites to an address", sharing, mean),
            "cdn": slider("Sites behind a CDN", {f"{n} %": n / 100 for n in (0, 20, 50, 80)}, 0.2),
            "ordered": slider("Sites ordered", {str(n): n for n in (1, 3, 12, 30)}, 12),
        },
        model=_hit,
        chart=_draw_hit,
        reading=_hit_in_words,
    )


def succession() -> Explorer:
    """Return the explorer of new names: who decides, how fast, how carefully; a day at a time."""
    days = {str(n): n for n in (*range(30, 361, 30), 365)}
    return Explorer(
        name="new names after each block",
        controls={
            "decided_by": widgets.Dropdown(
                description="New names are decided by", options={"a judge": "judge", "a list": "list"}
            ),
            "decision": slider("Days to a decision", {str(n): n for n in (0, 1, 7, 30, 60)}, 30),
            "detection": slider("Days to find a name", {str(n): n for n in (1, 3, 7, 14)}, 3),
            "half_life": slider("Days until half follow", {str(n): n for n in (1, 3, 7, 14)}, 7),
            "caught": slider("Check of a name", {label: share for label, (share, _) in _CHECKS.items()}, 0.0),
            "day": slider("Day", days, 365),
        },
        model=_chased,
        chart=_draw_chased,
        reading=_chased_in_words,
        clock="day",
    )


def effect() -> Explorer:
    """Return the explorer of an evaluation: what a block does, and what a comparison shows of it."""
    blocking.difference_in_differences(blocking.panel(blocking.Study(units=8), _SEED))  # loads statsmodels
    return Explorer(
        name="the effect of a block",
        controls={
            "outcome": widgets.Dropdown(description="Counted", options=_OUTCOMES),
            "diversion": slider(
                "Visits diverted to other sites", {f"{n} %": n / 100 for n in (0, 25, 50, 75, 100)}, 0.5
            ),
            "units": slider("Users watched", {str(n): n for n in (20, 60, 200, 600)}, 200),
            "noise": slider("Noise", {"little": 1.0, "some": 2.0, "much": 6.0}, 2.0),
            "trend": slider(
                "The covered users' own trend", {"falling": -0.1, "none": 0.0, "rising": 0.1}, 0.0
            ),
        },
        model=_estimated,
        chart=_draw_effect,
        reading=_effect_in_words,
    )


@cache
def _small_web() -> tuple[pd.DataFrame, pd.Series]:
    """Return a small web, and the site in it that is ordered: one behind a CDN, as others are there."""
    sites = blocking.build_web(60, 4, cdn_share=0.5, seed=_SEED, platform_share=0)
    return sites, sites[~sites["lawful"] & sites["cdn"]].iloc[0]


@cache
def _known() -> blocking.Zones:
    return blocking.zones(_small_web()[0])


@cache
def _rules(rule: str) -> tuple[blocking.Rules, ...]:
    sites, aimed = _small_web()
    answer, subdomains = _RULES[rule]
    if not answer:
        return ()
    order = blocking.Order([aimed["name"]], ["isp:north"], "FR", "2013-11-28")
    rules = blocking.apply(order, "dns", sites, answer=answer, subdomains=subdomains)
    return (blocking.Rules.from_rpz(blocking.policy(rules, "isp:north"), ede=_CENSORED),)


def _asked(name: str, resolver: str, rule: str, https: bool) -> _Asked:
    url = f"{'https' if https else 'http'}://{name}/"
    rules = _rules(rule) if resolver == _ISP else ()
    answer, plain = (
        blocking.resolve(name, "A", blocking.Resolver(resolver, each), _known()) for each in (rules, ())
    )
    own = [value for _, kind, value in plain.records if kind == "A"] or [to_text([_NOWHERE])[0]]
    networks = {value: "another network" for _, _, value in answer.records} | dict.fromkeys(
        own, "its network"
    )
    here, control = (
        blocking.measured(url, own, rcode=each.rcode, records=each.records, networks=networks)
        for each in (answer, plain)
    )
    return _Asked(rule, https, resolver, name, answer, blocking.diagnose(here, control))


def _asked_in_words(result: _Asked) -> str:
    answer, asks = result.answer, len(result.answer.steps) - 1
    said = {
        "passed": "no rule fired",
        "nxdomain": "the rule says that there is no such name",
        "nodata": "the rule says that the name has no address",
        "redirected": "the rule sends the visitor to a block page",
        "dropped": "the rule leaves the question without an answer",
    }[answer.verdict]
    error = f", with the extended error {answer.ede}" if answer.ede else ""
    rule = result.rule if result.resolver == _ISP else f"none (the ISP's is: {result.rule})"
    return (
        f"{result.name} asked of {result.resolver}, its rule: {rule}. It asked {asks or 'no'} others; "
        f"{said}{error}; the response code is {answer.rcode or 'missing: nothing came back'}. By OONI's "
        f"logic, over {'https' if result.https else 'http'}, the verdict is: {result.diagnosis.verdict}."
    )


@cache
def _targets() -> pd.DataFrame:
    """Return the sites that an order names, as many as in Milan, two of them behind a CDN."""
    number = int(cases.fact("cloudflare-milan", "sites_ordered").value)
    web = blocking.build_web(200, 20, seed=_SEED)
    aimed = web[~web["lawful"]].sort_values(["cdn", "visits"], ascending=False)
    return pd.concat([aimed.head(number - 1), aimed.tail(1)])


@cache
def _users(public: float, vpn: float) -> pd.DataFrame:
    return blocking.population({_HOME: 0.7, _ABROAD: 0.3}, {"north": 1.0}, public=public, vpn=vpn, search=0.4)


@cache
def _reached(who: str, worldwide: bool) -> pd.DataFrame:
    """Return, for each kind of user that there may be, the visits to the ordered sites, by class."""
    measure, addressees, intercept = _ADDRESSEES[who]
    sites = _targets()
    order = blocking.Order(list(sites["name"]), addressees, _HOME, "2022-07-11", worldwide=worldwide)
    rules = blocking.apply(order, measure, sites, intercept=intercept)
    of_user = blocking.access(sites, _users(0.5, 0.5), rules).by_user()
    home, public = of_user["country"] == _HOME, of_user["resolver"] == "public"
    of_user["group"] = _GROUPS[1]
    of_user.loc[public, "group"] = _GROUPS[2]
    of_user.loc[of_user["vpn"], "group"] = _GROUPS[3]
    of_user.loc[~home, "group"] = _GROUPS[4]
    return of_user.drop(columns=["user", "weight"])


def _covered(who: str, worldwide: bool, public: float, vpn: float) -> _Covered:
    kinds = _reached(who, worldwide)
    weight = _users(public, vpn).set_index(_KIND)["weight"]
    classes = list(charts.CLASSES)
    visits = kinds[classes].mul(kinds.join(weight, on=_KIND)["weight"].fillna(0.0), axis=0)
    groups = visits.groupby(kinds["group"]).sum().reindex(_GROUPS)
    groups.loc[_GROUPS[0]] = groups.loc[_GROUPS[1:4]].sum()
    table = groups.rename_axis("group").reset_index().melt("group", classes, "class", "visits")
    return _Covered(who, worldwide, public, vpn, table, visits.sum())


def _draw_covered(result: _Covered) -> alt.TopLevelMixin:
    title = "Whom does the order reach? (simulated)"
    return charts.coverage(result.groups, title, what="visits to the ordered sites")


def _covered_in_words(result: _Covered) -> str:
    scope = result.scope
    ordered = scope["blocked"] + scope["missed"]
    abroad = scope["over_blocked"] + scope["untouched"]
    where = "for visitors from everywhere" if result.worldwide else "for visitors from Italy"
    if _ADDRESSEES[result.who][1] == ("isp",) and result.worldwide:
        where = "for their own subscribers, since an ISP has no other visitors"
    return (
        f"{result.who[0].upper()}{result.who[1:]} must block, {where}; {result.public:.0%} use a public "
        f"resolver, {result.vpn:.0%} a VPN: {scope['blocked'] / ordered:.0%} of the visits from Italy to the "
        f"ordered sites are stopped, and {scope['over_blocked'] / abroad:.0%} of those from abroad, where "
        "the order does not hold."
    )


@cache
def _shared(sharing: float, cdn: float) -> pd.DataFrame:
    return blocking.build_web(_SITES, 30, sharing, cdn, _SEED)


@cache
def _subscriber() -> pd.DataFrame:
    return blocking.population({_HOME: 1.0}, {"north": 1.0})


@cache
def _hit(measure: str, sharing: float, cdn: float, ordered: int) -> _Hit:
    web = _shared(sharing, cdn)
    aimed = list(web.loc[~web["lawful"], "name"])[:ordered]
    order = blocking.Order(aimed, [_NOT_BY_ISPS.get(measure, "isp")], _HOME, "2022-07-11")
    sites = blocking.access(web, _subscriber(), blocking.apply(order, measure, web)).by_site()
    dark = sites["stopped"] > 0
    sites["class"] = "untouched"
    sites.loc[dark & ~sites["ordered"], "class"] = "over_blocked"
    sites.loc[sites["ordered"], "class"] = "missed"
    sites.loc[sites["ordered"] & dark, "class"] = "blocked"
    return _Hit(measure, sharing, cdn, ordered, sites.assign(address=to_text(sites["address"].to_numpy())))


def _draw_hit(result: _Hit) -> alt.TopLevelMixin:
    return charts.sites(result.sites, title="Sites by address: what goes dark? (simulated)")


def _sites(number: float) -> str:
    return "site" if number == 1 else "sites"


def _hit_in_words(result: _Hit) -> str:
    counts = result.sites["class"].value_counts()
    name = next(name for name, measure in _MEASURE_NAMES.items() if measure == result.measure)
    visits = result.sites.groupby("class")["visits"].sum()
    hit = counts.get("over_blocked", 0)
    shared = f"{result.sharing:g} {_sites(result.sharing)} to an address"
    return (
        f"With {name}, {shared}, {result.cdn:.0%} behind a CDN: of {result.ordered} ordered "
        f"{_sites(result.ordered)} "
        f"{counts.get('blocked', 0)} cannot be reached and {counts.get('missed', 0)} still can; {hit} of "
        f"{_SITES - result.ordered} others go dark with them, with "
        f"{visits.get('over_blocked', 0) / visits.sum():.0%} of all visits."
    )


@cache
def _run(
    decided_by: str, decision: int, detection: int, half_life: int, caught: float
) -> tuple[blocking.Chase, blocking.Regime, pd.DataFrame]:
    chase = blocking.Chase(sites=4, days=365, half_life=f"{half_life}D")
    regime = blocking.Regime(
        decided_by,
        detection=f"{detection}D",
        judgment=f"{decision}D",
        listing=f"{decision}D",
        check=dict(_CHECKS.values())[caught],
        caught=caught,
        wrong=0.1,
        compliance="1D",
    )
    return chase, regime, blocking.mirrors(chase, regime, _SEED)


def _chased(
    decided_by: str, decision: int, detection: int, half_life: int, caught: float, day: int
) -> _Chase:
    chase, regime, names = _run(decided_by, decision, detection, half_life, caught)
    until = blocking.daily(names, chase).query("day <= @day")
    return _Chase(names, chase, regime, day, until[["accessible", "audience"]].sum())


def _draw_chased(result: _Chase) -> alt.TopLevelMixin:
    title = "A new name after each block (simulated)"
    return charts.names(result.names, result.chase.days, result.day, title)


def _chased_in_words(result: _Chase) -> str:
    names, day, regime = result.names, result.day, result.regime
    stopped = names[names["blocked"] <= day]
    wrong = int(stopped["wrong"].sum())
    mended = int((stopped["wrong"] & (stopped["repaired"] <= day)).sum())
    who = "A judge decides each time" if regime.decided_by == "judge" else "New names are listed, no judge"
    delays = (regime.detection, regime.judgment, result.chase.half_life)
    found, decided, follows = (_in_days(delay) for delay in delays)
    check = next(label for label, (share, _) in _CHECKS.items() if share == regime.caught)
    lawful = f"{wrong} lawful {'one' if wrong == 1 else 'ones'}"
    return (
        f"{who}, {found} to find a name, {decided} to decide, check for wrong names: {check}. By day {day}, "
        f"{len(stopped) - wrong} names of 4 sites are blocked, and {lawful} by mistake "
        f"({mended} of them repaired); the sites kept their audience, half of which follows in "
        f"{follows}, for {result.so_far['audience']:.0f} of {day} days."
    )


def _in_days(delay: str) -> str:
    days = pd.Timedelta(delay).days
    return f"{days} day" if days == 1 else f"{days} days"


@cache
def _estimated(outcome: str, diversion: float, units: int, noise: float, trend: float) -> _Effect:
    study = blocking.Study(units=units, outcome=outcome, diversion=diversion, noise=noise, trend=trend)
    users = blocking.panel(study, _SEED)
    found = blocking.difference_in_differences(users)
    truth = users.loc[users["after"] & users["treated"], "effect"].mean()
    group = users["treated"].map({True: "users whom the block covers", False: "other users"})
    means = users.assign(group=group).groupby(["group", "period"])["outcome"].mean()
    covered_first = means.sort_index(ascending=[False, True]).reset_index()
    return _Effect(study, covered_first, found, float(truth))


def _draw_effect(result: _Effect) -> alt.TopLevelMixin:
    return charts.effects(result.means, 0, title="Before and after a block (simulated)")


def _effect_in_words(result: _Effect) -> str:
    found, study = result.found, result.study
    holds = "inside" if found.low <= result.truth <= found.high else "outside"
    what = next(name for name, outcome in _OUTCOMES.items() if outcome == study.outcome)
    trend = " A trend of the covered users' own is taken for an effect." if study.trend else ""
    return (
        f"{study.units} users, {what}, noise of {study.noise:g}; {study.diversion:.0%} of those "
        f"stopped go to other infringing sites: the comparison finds {found.estimate:+.2f} a "
        f"user and week (95%: {found.low:+.2f} to {found.high:+.2f}); the truth is "
        f"{result.truth:+.2f}, {holds} the interval.{trend}"
    )
