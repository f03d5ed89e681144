"""Exercise 10: count neighbours, read a survey of a web, compare measures, judge a headline about a block."""

from collections.abc import Callable
from itertools import count
from typing import Any

import numpy as np
import pandas as pd

from traceblock import blocking
from traceblock.exercises.kinds import Choice, Function, Number, Table
from traceblock.exercises.question import Data, Mistake, Question
from traceblock.files import course_file

_START = "2022-07-11"
_EXAMPLE = "host-18"  # of the file; the example counts its neighbours
_TAKES = {
    "dns": "isp",
    "address": "isp",
    "url": "isp",
    "sni": "isp",
    "edge": "cdn",
    "closure": "host",
}


def data(variant: int) -> dict[str, Any]:
    """Return a web, a survey of another as a file, and what is asked of them.

    ``web`` is as `traceblock.blocking.build_web` gives it, ``users`` all ask their ISP's resolver;
    ``site`` is one of its names, ``platform`` the one that has names below it. ``web_file`` is the sample in
    data/, ``host`` one of its hosts. ``measures`` has a row for each measure that carries out one order
    against the web: visits by class, for users of several kinds, and ``others_dark`` (sites).
    """
    rng = np.random.default_rng([10, variant])
    under = float(rng.choice([0.04, 0.05, 0.06, 0.07, 0.08, 0.09]))
    web = _web(variant, under)
    return {
        "web": web,
        "users": blocking.population({"IT": 1.0}, {"north": 1.0}),
        "site": str(rng.choice(_telling(web))),
        "platform": str(web["name"].str.partition(".")[2].value_counts().drop(["example", "test"]).index[0]),
        "web_file": course_file("data", "web.csv"),
        "host": str(rng.choice(_telling_hosts())),
        "measures": _measures(web, rng),
    }


def _web(variant: int, under: float) -> pd.DataFrame:
    """Return the variant's first web that has a telling site: a few webs in a hundred have none."""
    webs = (
        blocking.build_web(500, 20, seed=seed, https_share=0.7, platform_share=under)
        for seed in count(100 + variant, 1000)
    )
    return next(web for web in webs if _telling(web))


def _telling(web: pd.DataFrame) -> list[str]:
    """Return the sites on addresses that a student finds among the ten fullest, the fullest left out.

    None of them has as many others as there are addresses, or sites at the mean one.
    """
    each = blocking.tenants(web)
    near = round(each["sites"].mean())
    some = each.iloc[2:10].query("not cdn and sites > 4")
    some = some[~some["sites"].isin([near, near + 1, len(each), len(each) + 1])]
    return list(web.loc[web["address"].isin(some["address"]), "name"])


def _telling_hosts() -> list[str]:
    """Return the hosting companies on whose blocked addresses are several sites, but not all they have."""
    survey = pd.read_csv(course_file("data", "web.csv"))
    counts = {host: len(_dark(survey, host)) for host in survey.query("cdn == 'no'")["host"].unique()}
    of_host = survey["host"].value_counts()
    return [host for host, dark in counts.items() if 4 < dark < of_host[host]]


def _measures(web: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return what each measure does for one order: visits by class, and how many other sites go dark."""
    infringing = web[~web["lawful"]].sort_values("visits")
    ordered = infringing.groupby(["cdn", "https"]).tail(2)  # so that no measure is without a site it stops
    public, vpn, ech = (float(rng.choice([0.05, 0.1, 0.15])) for _ in range(3))
    users = blocking.population({"IT": 1.0}, {"north": 1.0}, public=public, vpn=vpn, ech=ech)
    rows = []
    for measure, who in _TAKES.items():
        order = blocking.Order(list(ordered["name"]), [who], "IT", _START)
        reached = blocking.access(web, users, blocking.apply(order, measure, web))
        visits = blocking.scope(reached).round().astype(int)
        rows.append({"measure": measure, **visits, "others_dark": _others(reached)})
    return pd.DataFrame(rows)


def _others(reached: blocking.Access) -> int:
    sites = reached.by_site()
    return int(((sites["stopped"] > 0) & ~sites["ordered"]).sum())


def _tenants(data: Data) -> pd.DataFrame:
    return blocking.tenants(data["web"])


def _neighbours(data: Data) -> int:
    web = data["web"]
    return int(blocking.neighbours(web)[web["name"] == data["site"]].item())


def _survey(data: Data) -> pd.DataFrame:
    return pd.read_csv(data["web_file"])


def _dark(survey: pd.DataFrame, host: str | None = None) -> pd.DataFrame:
    """Return all sites on the addresses of those that an order names, at one host or at all."""
    ordered = survey[survey["ordered"] == "yes"]
    blocked = ordered[ordered["host"] == host] if host else ordered
    return survey[survey["address"].isin(blocked["address"])]


def _not_named(survey: pd.DataFrame) -> pd.DataFrame:
    return survey[survey["ordered"] == "no"]


def _below(data: Data, measure: str = "dns", *, subdomains: bool = True) -> int:
    """Return how many other sites go dark with the platform."""
    order = blocking.Order([data["platform"]], ["isp"], "IT", _START)
    rules = blocking.apply(order, measure, data["web"], subdomains=subdomains)
    return _others(blocking.access(data["web"], data["users"], rules))


def _stopped(data: Data, what: str) -> pd.DataFrame:
    """Return a table of an expression of the columns of measures."""
    measures: pd.DataFrame = data["measures"]
    return measures[["measure"]].assign(stopped=pd.Series(measures.eval(what)))


def _slip(mean: Callable[[list[int]], float], text: str) -> list[Mistake]:
    """Return a mistake about the mean of some counts, with and without a guard for no counts."""
    return [
        Mistake(lambda _: lambda counts: mean(counts) if counts else 0.0, text),
        Mistake(lambda _: mean, text),
    ]


QUESTIONS: list[Question] = [
    Number(
        "others",
        minutes=3,
        objective=1,
        unit="sites",
        hints=[
            "The upper table says at which address the site is. Find that address in the lower table.",
            "The column sites counts all sites at an address. Which one of them is not another site?",
        ],
        mistakes=[
            Mistake(
                lambda data: _neighbours(data) + 1,
                "These are all sites at the address; the site itself is not its own neighbour.",
            ),
            Mistake(
                lambda _: 0,
                "That would be so if one address were one site. Look at the column sites.",
            ),
            Mistake(lambda _: 1, "That is the row of the site itself; look its address up in on_each."),
            Mistake(
                lambda data: int(_tenants(data)["sites"].iloc[0]) - 1,
                "That is the fullest address; the site is at another one.",
            ),
            Mistake(
                lambda data: int(_tenants(data)["sites"].iloc[0]),
                "That is the fullest address; the site is at another one.",
            ),
            Mistake(
                lambda data: float(_tenants(data)["sites"].mean()) - 1,
                "That is the mean over addresses. This site's own address is asked.",
            ),
            Mistake(
                lambda data: float(_tenants(data)["sites"].mean()),
                "That is the mean over addresses. This site's own address is asked.",
            ),
            Mistake(
                lambda data: float(blocking.neighbours(data["web"]).mean()),
                "That is the mean over all sites. This site's own address is asked.",
            ),
            Mistake(
                lambda data: len(_tenants(data)),
                "That is how many addresses there are; the sites at one of them are asked.",
            ),
            Mistake(
                lambda data: len(_tenants(data)) - 1,
                "That is how many other addresses there are; the sites at one of them are asked.",
            ),
        ],
        why="So many strangers share its fate if the address is blocked.",
    ),
    Number(
        "hit",
        minutes=8,
        objective=1,
        unit="sites",
        hints=[
            "Copy the lines of the example. Two words in quotes have to change.",
            "The first is the host. The second is in the last line: it says which of the sites are counted.",
            'A site that no order names has "no" in the column ordered.',
        ],
        mistakes=[
            Mistake(
                lambda data: len(_dark(_survey(data), data["host"])),
                "These are all sites on the blocked addresses, those that an order names included.",
            ),
            Mistake(
                lambda data: len(_dark(_survey(data), data["host"]).query("ordered == 'yes'")),
                "These are named in the order; their neighbours are asked: one address is not one site.",
            ),
            Mistake(
                lambda data: len(_not_named(_dark(_survey(data), _EXAMPLE))),
                f"That is {_EXAMPLE}, the host of the example; yours is in the cell above.",
            ),
            Mistake(
                lambda _: 0,
                "That would be so if each blocked address had one site only.",
            ),
            Mistake(
                lambda data: len(_not_named(_survey(data).query(f"host == {data['host']!r}"))),
                "These are all sites of the host that no order names; it has other addresses, not blocked.",
            ),
            Mistake(
                lambda data: len(_survey(data).query(f"host == {data['host']!r}")),
                "These are all sites of the host; only some of its addresses are blocked.",
            ),
            Mistake(
                lambda data: len(_not_named(_dark(_survey(data)))),
                "These are the neighbours at all hosts; keep the ordered sites of yours.",
            ),
            Mistake(
                lambda data: len(_not_named(_survey(data))),
                "These are all sites that no order names, wherever they are.",
            ),
            Mistake(
                lambda data: int(_not_named(_dark(_survey(data), data["host"]))["visits"].sum()),
                "These are their visits; count the sites.",
            ),
        ],
        why="No court had them in mind; they share an address, and the file shows it before anybody blocks.",
    ),
    Number(
        "below",
        minutes=5,
        objective=2,
        unit="sites",
        hints=[
            "The example takes the name alone. One argument of apply says whether names below it count.",
            "Put subdomains=True in place of subdomains=False and run the cell again.",
        ],
        mistakes=[
            Mistake(
                lambda data: _below(data, subdomains=False),
                "That is the name alone. Blocking a name does not block the names below it: a wildcard does.",
            ),
            Mistake(
                lambda data: _below(data) + 1,
                "The platform itself is among them, and it was ordered; count the others.",
            ),
            Mistake(
                lambda data: _below(data, "address"),
                "These are the sites at its address. A rule for names does not look at addresses.",
            ),
            Mistake(lambda _: 2, "These are the rules, a name and a wildcard; count the sites they hit."),
            Mistake(
                lambda data: len(data["web"]) - 1,
                "These are all other sites of the web.",
            ),
        ],
        why="One line in a list, and every customer of the platform is gone.",
    ),
    Table(
        "shares",
        sort_by="measure",
        minutes=7,
        objective=2,
        hints=[
            "Copy the example. It divides by all visits; the visits to the ordered sites are asked.",
            "An ordered site's visit is either blocked or missed: add the two columns, in parentheses.",
            'measures["blocked"] / (measures["blocked"] + measures["missed"])',
        ],
        mistakes=[
            Mistake(
                lambda data: _stopped(data, "missed / (blocked + missed)"),
                "This is the share that is missed; what is stopped is the rest.",
            ),
            Mistake(
                lambda data: _stopped(data, "blocked / (blocked + missed + over_blocked + untouched)"),
                "You divide by all visits; most of them go to sites that nobody ordered.",
            ),
            Mistake(
                lambda data: _stopped(
                    data, "(blocked + over_blocked) / (blocked + missed + over_blocked + untouched)"
                ),
                "This is the share of all visits that is stopped; the ordered sites are asked.",
            ),
            Mistake(
                lambda data: _stopped(data, "over_blocked / (over_blocked + untouched)"),
                "This is what is stopped of the visits to the other sites.",
            ),
            Mistake(
                lambda data: _stopped(data, "blocked / (blocked + over_blocked)"),
                "This says how much of what is stopped was meant; asked is how much of what was meant stops.",
            ),
            Mistake(
                lambda data: _stopped(data, "blocked / missed"),
                "This compares the stopped with the missed; a share divides by both together.",
            ),
            Mistake(
                lambda data: _stopped(data, "blocked / blocked + missed"),
                "Without parentheses the division comes first: add in parentheses, then divide.",
            ),
            Mistake(
                lambda data: _stopped(data, "100 * blocked / (blocked + missed)"),
                "These are percentages; a share lies between 0 and 1.",
            ),
            Mistake(
                lambda data: _stopped(data, "(blocked + over_blocked) / (blocked + missed)"),
                "In the row address you count visits to sites that nobody ordered among those stopped.",
            ),
            Mistake(
                lambda data: _stopped(data, "blocked / (blocked + missed + over_blocked)"),
                "In the row address you divide by visits to sites that nobody ordered, too.",
            ),
            Mistake(
                lambda data: _stopped(data, "blocked"),
                "These are the visits; divide them by all visits to the ordered sites.",
            ),
        ],
        why="Read it beside others_dark: what stops most may hit most.",
    ),
    Choice(
        "headline",
        minutes=4,
        objective=3,
        options={
            "A": "Court has sites blocked; sites that it did not name stay as they were",
            "B": "Providers will filter the pages that infringe, and nothing else of the sites",
            "C": "Court has sites blocked; what else goes dark depends on how this is done",
            "D": "Blocked by name, the sites can no longer be reached from anywhere in Italy",
            "E": "Closure at the source stops these sites and does no harm anywhere else",
        },
        because={
            "A": "Look at others_dark: by address, many sites go dark that no order names.",
            "B": "Providers see no page of a site that uses HTTPS: its URLs are encrypted. The row "
            "url misses all of those.",
            "D": "Look at missed in the row dns: who asks another resolver, or has a VPN, still gets there.",
            "E": "No neighbour goes dark, but these users are all in Italy. A closed site is closed abroad "
            "too, where the order does not hold, and every host here does as it is told.",
        },
        hints=[
            "For each headline, look for a row that would make it false.",
            "Look at others_dark and at missed. And ask in which country the users of the table are.",
        ],
        why="The word blocked names no measure, and the rows differ.",
    ),
    Function(
        "mean_neighbours",
        minutes=12,
        objective=1,
        stretch=True,
        cases=lambda data: [
            ([1, 1, 10],),
            ([4, 4, 4],),
            ([7],),
            ([],),
            (blocking.tenants(data["web"])["sites"].tolist(),),
        ],
        hints=[
            "An address with k sites gives each of its k sites k - 1 neighbours: k * (k - 1) together.",
            "Add that up over all addresses, and divide by the number of sites, which is sum(counts).",
            "Without any site, return 0.0 before you divide.",
        ],
        mistakes=[
            *_slip(
                lambda counts: sum(counts) / len(counts) - 1,
                "This is the mean address less one: it takes addresses at random, not sites.",
            ),
            *_slip(
                lambda counts: sum(counts) / len(counts),
                "This is how many sites the mean address has; take sites at random, not addresses.",
            ),
            *_slip(
                lambda counts: sum(k * k for k in counts) / sum(counts),
                "You count every site as its own neighbour: take one off.",
            ),
            *_slip(
                lambda counts: sum(k * (k - 1) for k in counts) / len(counts),
                "You divide by the number of addresses; a mean over sites divides by the number of sites.",
            ),
            Mistake(
                lambda _: lambda counts: sum(k * (k - 1) for k in counts) / sum(counts),
                "Without any site it divides by zero: return 0.0 there.",
            ),
            Mistake(
                lambda _: lambda counts: sum(k * (k - 1) for k in counts) / sum(counts) if counts else None,
                "Without any site, return 0.0.",
            ),
            Mistake(
                lambda _: lambda counts: sum(k * (k - 1) for k in counts),
                "These are all neighbours together: divide by the number of sites.",
            ),
            *_slip(
                lambda counts: sum(k * (k - 1) for k in counts) // sum(counts),
                "// drops what is behind the point: divide with one stroke.",
            ),
            Mistake(
                lambda _: lambda counts: max(counts, default=1) - 1,
                "These are the neighbours at the fullest address; the mean over all sites is asked.",
            ),
        ],
        why="It is E[k²]/E[k] - 1, and only where all addresses are alike is it the mean less one.",
    ),
]
