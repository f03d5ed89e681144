"""Exercise 09: count whom an order meets, compute what it stops at home and abroad, judge who blocks."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from traceblock import blocking
from traceblock.exercises.kinds import Choice, Function, Number, Table
from traceblock.exercises.question import Data, Mistake, Question

_HOME, _ABROAD = "IT", "FR"
_START = "2022-07-11"
_RESOLVERS = ["one", "two", "three"]
_ISP = "the ISP's"
_TAKEN: dict[str, tuple[str, str, bool]] = {
    "ISPs": ("isp", "dns", False),
    "public resolvers, for Italy": ("resolver", "dns", False),
    "public resolvers, for everyone": ("resolver", "dns", True),
    "search engines": ("search", "delisting", False),
    "CDN, for Italy": ("cdn", "edge", False),
    "CDN, for everyone": ("cdn", "edge", True),
    "hosting companies, closure": ("host", "closure", False),
}


def data(variant: int) -> dict[str, Any]:
    """Return people and an addressee, a web with its users, and what orders stop.

    ``people`` are individuals: ``person``, ``country``, ``asks`` (whose resolver), ``vpn``; ``who`` is the
    public resolver that an order names. ``web``, ``users`` and ``names`` (of the sites ordered) are as
    `traceblock.blocking` takes them. ``orders`` has a row for each order: visits a day to the ordered sites,
    by class. ``seen`` says what visitors met over https.
    """
    rng = np.random.default_rng([9, variant])
    web = blocking.build_web(150, 20, seed=500 + variant, platform_share=0, cdns=1)
    infringing = web[~web["lawful"]].sort_values("visits")
    ordered = pd.concat([infringing[infringing["cdn"]].tail(2), infringing[~infringing["cdn"]].tail(2)])
    home = float(rng.choice([0.6, 0.7, 0.8]))
    users = blocking.population(
        {_HOME: home, _ABROAD: round(1 - home, 1)},
        {"north": 1.0},
        public=float(rng.choice([0.08, 0.12, 0.16])),
        encrypted=float(rng.choice([0.05, 0.1])),
        vpn=float(rng.choice([0.04, 0.06, 0.1])),
        search=float(rng.choice([0.3, 0.35, 0.45])),
    )
    who = str(rng.choice(_RESOLVERS))
    names = list(ordered["name"])
    rows = [{"order": order, **_scope(ordered, users, names, order)} for order in _TAKEN]
    return {
        "people": _people(who, rng),
        "who": who,
        "web": web,
        "users": users,
        "names": names,
        "orders": pd.DataFrame(rows),
        "seen": _seen(),
    }


def _people(who: str, rng: np.random.Generator) -> pd.DataFrame:
    """Return people in an order drawn at random, such that every misreading of an order counts others."""
    others = [resolver for resolver in _RESOLVERS if resolver != who]
    rows = [(_HOME, who, False)] * int(rng.choice([3, 5]))
    rows += [(_HOME, who, True)] * 2 + [(_ABROAD, who, False)]
    rows += [(_HOME, resolver, False) for resolver in others * 2]
    rows += [(_HOME, _ISP, False)] * 2 + [(_ABROAD, others[0], False)]
    people = pd.DataFrame(rows, columns=["country", "asks", "vpn"]).sample(frac=1, random_state=rng)
    people.insert(0, "person", range(1, len(people) + 1))
    return people.reset_index(drop=True)


def _seen() -> pd.DataFrame:
    """Return what visitors met, by where they are and whom they ask."""
    rows = [(_HOME, asks, False, "status 451") for asks in [_ISP, *_RESOLVERS]]
    rows += [(_HOME, "one", True, "the site"), (_HOME, _ISP, True, "the site")]
    rows += [(_ABROAD, asks, False, "the site") for asks in [_ISP, "one", "two"]]
    return pd.DataFrame(rows, columns=["country", "asks", "vpn", "met"])


def _scope(web: pd.DataFrame, users: pd.DataFrame, names: list[str], order: str) -> dict[str, int]:
    """Return what one of the orders does, in whole visits a day."""
    addressee, measure, worldwide = _TAKEN[order]
    visits = _visits(web, users, names, [addressee], measure, worldwide=worldwide)
    return {str(name): round(count) for name, count in visits.items()}


def _visits(
    web: pd.DataFrame,
    users: pd.DataFrame,
    names: list[str],
    addressees: list[str],
    measure: str = "dns",
    *,
    worldwide: bool = False,
) -> "pd.Series[float]":
    order = blocking.Order(names, addressees, _HOME, _START, worldwide=worldwide)
    return blocking.scope(blocking.access(web, users, blocking.apply(order, measure, web)))


def _of(data: Data, *addressees: str, worldwide: bool = False) -> "pd.Series[float]":
    """Return the visits by class under an order to resolvers, of the ISPs or public ones."""
    return _visits(data["web"], data["users"], data["names"], list(addressees), worldwide=worldwide)


def _share(data: Data, *addressees: str) -> float:
    """Return the share of the ordered visits that is stopped."""
    visits = _of(data, *addressees)
    return float(visits["blocked"] / (visits["blocked"] + visits["missed"]))


def _count(data: Data, condition: str) -> int:
    return len(data["people"].query(condition, local_dict={"who": data["who"], "isp": _ISP}))


def _shares(data: Data, home: str, abroad: str) -> pd.DataFrame:
    """Return a table of two expressions of the columns of orders."""
    orders: pd.DataFrame = data["orders"]
    everything = orders[list(blocking.reach.CLASSES)].sum(axis=1)
    counts = orders.assign(everything=everything)
    columns = {"home": pd.Series(counts.eval(home)), "abroad": pd.Series(counts.eval(abroad))}
    return orders[["order"]].assign(**columns)


_RIGHT_HOME = "blocked / (blocked + missed)"
_RIGHT_ABROAD = "over_blocked / (over_blocked + untouched)"


def _stopped(public: float, vpn: float, who: str) -> float:
    part = {"isp": 1 - public, "resolver": public, "both": 1.0}
    return part[who] * (1 - vpn)


def _without_vpn(public: float, vpn: float, who: str) -> float:
    return _stopped(public, 0.0, who)


def _subtracted(public: float, vpn: float, who: str) -> float:
    return {"isp": 1 - public - vpn, "resolver": public - vpn, "both": 1 - vpn}[who]


def _exchanged(public: float, vpn: float, who: str) -> float:
    return _stopped(1 - public, vpn, who)


def _all_covered(public: float, vpn: float, who: str) -> float:
    return 1 - vpn


def _per_cent(public: float, vpn: float, who: str) -> float:
    return 100 * _stopped(public, vpn, who)


def _kept_in_both(public: float, vpn: float, who: str) -> float:
    return 1.0 if who == "both" else _stopped(public, vpn, who)


def _multiplied_first(public: float, vpn: float, who: str) -> float:
    return 1 - public * (1 - vpn) if who == "isp" else _stopped(public, vpn, who)


def _with_vpn(public: float, vpn: float, who: str) -> float:
    return _stopped(public, 1 - vpn, who)


def _both_as(alone: str) -> Callable[[Data], Callable[[float, float, str], float]]:
    return lambda _: lambda public, vpn, who: _stopped(public, vpn, alone if who == "both" else who)


def _both_multiplied(public: float, vpn: float, who: str) -> float:
    part = {"isp": 1 - public, "resolver": public, "both": public * (1 - public)}
    return part[who] * (1 - vpn)


QUESTIONS: list[Question] = [
    Number(
        "met",
        minutes=3,
        objective=1,
        unit="people",
        hints=[
            "Go down the column asks first. Whom does the order bind, and who does not ask that one?",
            "Of those who are left: where does the resolver think they are? Look at country and at vpn.",
            "Count the rows with the resolver that is ordered, IT, and False.",
        ],
        mistakes=[
            Mistake(
                lambda data: _count(data, "asks == @who and country == 'IT'"),
                "You count those with a VPN: to the resolver they come from abroad.",
            ),
            Mistake(
                lambda data: _count(data, "asks == @who and not vpn"),
                "You count who is abroad: the order is for visitors from Italy.",
            ),
            Mistake(
                lambda data: _count(data, "asks == @who"),
                "These are all who ask this resolver. Which of them does it take for visitors from Italy?",
            ),
            Mistake(
                lambda data: _count(data, "country == 'IT' and not vpn and asks != @isp"),
                "These ask any public resolver; only one of them is ordered, and it answers for itself only.",
            ),
            Mistake(
                lambda data: _count(data, "country == 'IT' and not vpn"),
                "An order to a public resolver does not cover all users of a country: whom does each ask?",
            ),
            Mistake(
                lambda data: _count(data, "country == 'IT'"),
                "These are all in Italy; the order binds one resolver, and reaches those who ask it.",
            ),
            Mistake(
                lambda data: len(data["people"]),
                "These are all people in the table. Whom does the order bind, and who asks that one?",
            ),
            Mistake(
                lambda data: _count(data, "country == 'IT' and asks == @isp"),
                "These ask their ISP's resolver, which this order does not bind.",
            ),
            Mistake(
                lambda data: (
                    len(data["people"]) - _count(data, "asks == @who and country == 'IT' and not vpn")
                ),
                "These are the people who still get there; those who are stopped are asked.",
            ),
        ],
        why="Three conditions at once, and everybody else gets there.",
    ),
    Number(
        "stopped",
        minutes=6,
        objective=2,
        tolerance=1e-4,  # what a reading with one decimal gives
        unit="a share between 0 and 1",
        hints=[
            'Who is ordered stands in a list: ["isp"]. A list can hold two words, with a comma between them.',
            "The order is about visits from Italy to the ordered sites. Each is blocked or missed.",
            "With the new numbers: blocked / (blocked + missed).",
        ],
        mistakes=[
            Mistake(
                lambda data: _share(data, "isp"),
                "That is the order to the ISPs alone; add the public resolvers to the list.",
            ),
            Mistake(
                lambda data: _share(data, "resolver"),
                "That is the public resolvers alone; keep the ISPs in the list.",
            ),
            Mistake(
                lambda data: _of(data, "isp", "resolver")["blocked"] / _of(data, "isp").sum(),
                "You divide by all visits; most of them go to sites that nobody ordered.",
            ),
            Mistake(
                lambda data: _of(data, "isp")["blocked"] / _of(data, "isp").sum(),
                "This is the ISPs alone, divided by all visits: add to the list, and ask per cent of what.",
            ),
            Mistake(
                lambda data: 1 - _share(data, "isp", "resolver"),
                "This share is missed; what is stopped is the rest.",
            ),
            Mistake(
                lambda data: 100 * _share(data, "isp", "resolver"),
                "This is a percentage; a share lies between 0 and 1.",
            ),
            Mistake(
                lambda data: _of(data, "isp", "resolver")["blocked"],
                "These are the visits; divide them by the visits that the order is about.",
            ),
            Mistake(
                lambda data: _of(data, "isp", "resolver")["blocked"] / _of(data, "isp", "resolver")["missed"],
                "This compares the stopped with the missed; a share divides by both together.",
            ),
            Mistake(
                lambda _: 1.0,
                "Not everybody is met. Do you divide blocked by itself? Divide it by blocked + missed.",
            ),
        ],
        why="Whoever is still missed has a VPN.",
    ),
    Number(
        "elsewhere",
        minutes=4,
        objective=3,
        unit="visits a day",
        hints=[
            "One word of the example says for whom the resolvers block: worldwide.",
            "Put True there and run it again. Which class is stopped though no order holds there?",
        ],
        mistakes=[
            Mistake(
                lambda _: 0,
                "That is so as long as they block for Italy only. Change worldwide to True.",
            ),
            Mistake(
                lambda data: _of(data, "resolver", worldwide=True)["blocked"],
                "These visits come from Italy, where the order holds.",
            ),
            Mistake(
                lambda data: _of(data, "resolver", worldwide=True)[["blocked", "over_blocked"]].sum(),
                "These are all that are stopped; those from Italy, where the order holds, are among them.",
            ),
            Mistake(
                lambda data: (
                    _of(data, "resolver", worldwide=True)["blocked"] - _of(data, "resolver")["blocked"]
                ),
                "That is what is stopped in Italy besides: users of a VPN. Which visits come from abroad?",
            ),
            Mistake(
                lambda data: _of(data, "resolver")["blocked"],
                "These are stopped in Italy, as long as the resolvers block for Italy only.",
            ),
            Mistake(
                lambda data: _of(data, "resolver", worldwide=True)["missed"],
                "These visits come from Italy and arrive.",
            ),
            Mistake(
                lambda data: _of(data, "isp", "resolver", worldwide=True)["blocked"],
                "These visits come from Italy, and the ISPs were ordered too; here only the resolvers are.",
            ),
            Mistake(
                lambda data: _of(data, "resolver", worldwide=True)["untouched"],
                "These arrive, and most of them go to sites that nobody ordered.",
            ),
        ],
        why="The order does not hold there; the block works there all the same.",
    ),
    Table(
        "shares",
        sort_by="order",
        minutes=8,
        objective=2,
        hints=[
            "At home, an ordered site's visit is blocked or missed. Abroad it is over_blocked or untouched.",
            "assign can add two columns at once: assign(home=…, abroad=…). Mind the parentheses.",
            'Abroad: orders["over_blocked"] / (orders["over_blocked"] + orders["untouched"])',
        ],
        mistakes=[
            Mistake(
                lambda data: _shares(data, _RIGHT_ABROAD, _RIGHT_HOME),
                "Home and abroad have changed places: blocked visits come from Italy.",
            ),
            Mistake(
                lambda data: _shares(data, "blocked / everything", "over_blocked / everything"),
                "You divide both by all visits. Those from Italy belong to home, the others to abroad.",
            ),
            Mistake(
                lambda data: _shares(data, _RIGHT_HOME, "over_blocked / everything"),
                "At home it is right. Abroad you divide by all visits; only those from there belong below.",
            ),
            Mistake(
                lambda data: _shares(
                    data, "missed / (blocked + missed)", "untouched / (over_blocked + untouched)"
                ),
                "These are the visits that arrive; what is stopped is the rest.",
            ),
            Mistake(
                lambda data: _shares(data, f"100 * {_RIGHT_HOME}", f"100 * {_RIGHT_ABROAD}"),
                "These are percentages; a share lies between 0 and 1.",
            ),
            Mistake(
                lambda data: _shares(data, "blocked", "over_blocked"),
                "These are the visits; divide them by all visits to the ordered sites from the same place.",
            ),
            Mistake(
                lambda data: _shares(data, "blocked / missed", "over_blocked / untouched"),
                "This compares the stopped with those that arrive; a share divides by both together.",
            ),
            Mistake(
                lambda data: _shares(data, _RIGHT_HOME, "over_blocked / (blocked + over_blocked)"),
                "At home it is right. Abroad you divide by all that is stopped; which visits belong below?",
            ),
            Mistake(
                lambda data: _shares(
                    data, "blocked / blocked + missed", "over_blocked / over_blocked + untouched"
                ),
                "Without parentheses the division comes first: add in parentheses, then divide.",
            ),
            Mistake(
                lambda data: _shares(
                    data, "blocked / (blocked + over_blocked)", "over_blocked / (blocked + over_blocked)"
                ),
                "This says where the stopped visits come from; asked is how many of a place's are stopped.",
            ),
            Mistake(
                lambda data: _shares(data, "(blocked + over_blocked) / everything", "0 * everything"),
                "That is the example, of both places at once; make a column for each.",
            ),
        ],
        why="Two places, two divisors: one share for both would hide what is stopped where no order holds.",
    ),
    Choice(
        "headline",
        minutes=4,
        objective=4,
        options={
            "A": "Servers that answer for the sites turn away addresses in Italy, whatever the resolver",
            "B": "Public resolvers ordered to block: the sites are out of reach for everyone in Italy",
            "C": "Blocked for Italy: Italians can no longer visit the sites, neither at home nor abroad",
            "D": "Hosting companies have taken the sites down, and their pages are gone for all the users",
            "E": "Turned away in Italy, the visitors of these sites have moved on to other sites like them",
        },
        because={
            "B": "A resolver does not send an HTTP status, and it would not meet those who ask another one. "
            "Nor is it all users: two rows in Italy met the site.",
            "C": "Look at the rows from abroad: whoever is there meets the site. A server sees addresses, "
            "no nationality.",
            "D": "A site that is closed is closed for all; here some meet it.",
            "E": "The table says what visitors met, not where they went next. No row and no model here "
            "counts that.",
        },
        hints=[
            "Who sends an HTTP status: a resolver, or a web server? And over https, whose?",
            "Compare rows that differ in one thing only: the resolver, the country, the VPN.",
        ],
        why="It names no court and no CDN: the rows do not show who ordered it, or whose servers they are.",
    ),
    Function(
        "stopped_share",
        minutes=12,
        objective=2,
        stretch=True,
        cases=lambda _: [
            (0.2, 0.05, "isp"),
            (0.2, 0.05, "resolver"),
            (0.2, 0.05, "both"),
            (0.0, 0.0, "isp"),
            (1.0, 0.5, "isp"),
            (0.4, 0.4, "resolver"),
            (0.37, 0.13, "isp"),
            (0.37, 0.13, "resolver"),
            (0.37, 0.13, "both"),
        ],
        hints=[
            "Start without VPNs: of ten users of whom two ask a public resolver, who is met by which order?",
            "Of those, only the part without a VPN is met: multiply by 1 - vpn.",
            'if who == "isp": return (1 - public) * (1 - vpn). Two more lines like it are missing.',
        ],
        mistakes=[
            Mistake(
                lambda _: _without_vpn,
                "You leave the VPN out: its users are met by neither order.",
            ),
            Mistake(
                lambda _: _subtracted,
                "You subtract the share with a VPN, but it cuts through both groups: take it of each.",
            ),
            Mistake(
                lambda _: _exchanged,
                "The two orders have changed places: who asks a public resolver is not met by the ISPs'.",
            ),
            Mistake(
                lambda _: _per_cent,
                "These are percentages; a share lies between 0 and 1.",
            ),
            Mistake(
                lambda _: _multiplied_first,
                "Without parentheses the multiplication comes first: put 1 - public in parentheses.",
            ),
            Mistake(
                lambda _: _kept_in_both,
                "With both orders the users of a VPN are still met by neither.",
            ),
            Mistake(
                lambda _: _with_vpn,
                "This is the part with a VPN, who are missed; the part without one is stopped.",
            ),
            Mistake(
                lambda _: _all_covered,
                "Each order meets only those who ask its addressee; you let each meet all without a VPN.",
            ),
            *(
                Mistake(
                    _both_as(alone),
                    "With both orders, who asks either kind of resolver is met: add the two groups.",
                )
                for alone in ("isp", "resolver")
            ),
            Mistake(
                lambda _: _both_multiplied,
                "Nobody has to be met twice: with both orders, one group or the other is met. Add them.",
            ),
        ],
        why="The lesson's bars, as a formula; it holds only if the two choices are independent.",
    ),
]
