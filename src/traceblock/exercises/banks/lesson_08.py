"""Exercise 08: who was asked, which names a list covers, what a code says, what shows a block."""

import re
from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from traceblock import blocking, network
from traceblock.exercises.kinds import Choice, Function, Number, Table
from traceblock.exercises.question import Data, Mistake, Question

_HEAD = "$ORIGIN rpz.example.\n@ 300 SOA ns.example. hostmaster.example. 1 3600 600 86400 300\n"
_PAGE = "203.0.113.80"
_NETWORKS = ("AS64500", "AS64501")
_SHOWN = ("dns", "tcp_ip", "http-diff", "http-failure")


def data(variant: int) -> dict[str, Any]:
    """Return look-ups, a list with names to hold against it, a resolver's log, and visits.

    ``steps`` are three look-ups at the resolver *north*, one after the other: ``customer`` and the columns
    of an answer's steps. ``zone`` is a policy zone (text), ``names`` are to be held against it. ``log`` has
    ``name``, ``type``, ``rcode``, ``ede`` (Int64, missing without one), a row for each answer of *north*.
    ``pairs`` are visits, each a measurement and its control; ``visits`` says in words what they met.
    ``answers`` is what two resolvers, *north* with a list and *south* without, said of one name, in text.
    """
    rng = np.random.default_rng([8, variant])
    web = blocking.build_web(80, 4, cdn_share=0.3, seed=80 + variant, platform_share=0)
    zones = blocking.zones(web)
    order = rng.permutation(len(web))
    sites = [str(name) for name in web["name"].iloc[order]]
    at_cdn = [str(name) for name in web["name"].iloc[order][web["cdn"].iloc[order]]]
    zone, names = _list(rng, sites[:3])
    pairs = _pairs(rng, web.iloc[order])
    return {
        "steps": _steps(rng, zones, web.iloc[order]),
        "zone": zone,
        "names": names,
        "log": _log(rng, zones, sites),
        "pairs": pairs,
        "visits": pd.DataFrame([_in_words(*pair) for pair in pairs]),
        "answers": _answers(zones, at_cdn[0]),
    }


def _steps(rng: np.random.Generator, zones: blocking.Zones, web: pd.DataFrame) -> pd.DataFrame:
    """Return three look-ups at one resolver; the third asks again what the first asked."""
    north = blocking.Resolver("north", cache=blocking.Cache())
    sites = [str(web.loc[web["cdn"] == cdn, "name"].iloc[0]) for cdn in (False, True)]
    names = [f"{rng.choice(['', 'www.'])}{sites[i]}" for i in rng.permutation(2)]
    asked = [blocking.resolve(name, "A", north, zones).table() for name in (*names, names[0])]
    steps = pd.concat(dict(enumerate(asked, 1)), names=["customer", None])
    return steps.reset_index("customer").reset_index(drop=True)[["customer", "asker", "asked", "answer"]]


def _list(rng: np.random.Generator, sites: list[str]) -> tuple[str, list[str]]:
    """Return a policy zone on three sites, and names to hold against it."""
    exact, below, whole = sites
    rules = [exact, f"*.{below}", whole, f"*.{whole}"]
    spared = [f"{label}.{whole}" for label in ("help", "pay")]
    lines = [f"{rule} CNAME ." for rule in rules] + [f"{name} CNAME rpz-passthru." for name in spared]
    names = [exact, *(f"{label}.{exact}" for label in ("www", "shop", "video"))]
    names += [below, f"www.{below}", f"a.b.{below}", whole, *spared, f"old-{whole}"]
    more = [f"{label}.{site}" for label in ("www", "img", "m") for site in (below, whole)]
    names += [more[i] for i in rng.permutation(len(more))[: rng.integers(1, 6)] if more[i] not in names]
    return _HEAD + "\n".join(lines) + "\n", [names[i] for i in rng.permutation(len(names))]


def _log(rng: np.random.Generator, zones: blocking.Zones, sites: list[str]) -> pd.DataFrame:
    """Return the answers of a resolver with two lists to its customers' questions."""
    ordered = "".join(f"{name} CNAME .\n" for name in sites[:4]) + f"{sites[4]} A {_PAGE}\n"
    wished = "".join(f"{name} CNAME *.\n" for name in sites[5:8])
    rules = [blocking.Rules.from_rpz(_HEAD + lines, ede=ede) for lines, ede in ((ordered, 16), (wished, 17))]
    north = blocking.Resolver("north", rules)
    chosen = rng.integers(0, 20, 240)
    kinds = rng.choice(["A", "AAAA", "MX"], 240, p=[0.6, 0.3, 0.1])
    wrong = rng.random(240) < 0.15  # mistyped: there is no such name
    rows = []
    for i, kind, mistyped in zip(chosen, kinds, wrong, strict=True):
        name = f"x{sites[i]}" if mistyped else sites[i]
        answer = blocking.resolve(name, str(kind), north, zones)
        rows.append((name, kind, answer.rcode, answer.ede))
    log = pd.DataFrame(rows, columns=["name", "type", "rcode", "ede"])
    return log.astype({"name": "str", "type": "str", "rcode": "str", "ede": "Int64"})


def _pairs(
    rng: np.random.Generator, web: pd.DataFrame
) -> list[tuple[blocking.Measurement, blocking.Measurement]]:
    """Return visits of all kinds in no order, each a measurement and its control.

    How many show no block is the same in every variant, and another number for each reason, so that each
    mistake has its own count.
    """
    made = {
        "no such name here": int(rng.integers(1, 4)),
        "a block page, another network": int(rng.integers(1, 3)),
        "the address dropped": int(rng.integers(1, 3)),
        "the connection reset": int(rng.integers(1, 3)),
        "another page over https": 1,
        "the control failed": 2,
        "a block page, networks not known": 3,
        "no such name anywhere": 3,
        "closed": 1,
        "nothing": 1,
    }
    kinds = [kind for kind, times in made.items() for _ in range(times)]
    addresses = network.to_text(web["address"].to_numpy())
    sites = zip(web["name"], addresses, strict=True)
    pairs = [
        _visit(kind, str(name), str(address)) for kind, (name, address) in zip(kinds, sites, strict=False)
    ]
    return [pairs[i] for i in rng.permutation(len(pairs))]


def _visit(kind: str, name: str, address: str) -> tuple[blocking.Measurement, blocking.Measurement]:
    url = f"http{'' if kind.startswith('a block page') else 's'}://{name}/"
    known = {address: _NETWORKS[0], _PAGE: _NETWORKS[1]} if kind.endswith("another network") else None
    control = blocking.measured(url, [address], networks=known)
    if kind.startswith("a block page"):
        return blocking.measured(url, [address], records=[("", "A", _PAGE)], networks=known), control
    gone = blocking.measured(url, [address], "dns")
    closed = blocking.measured(url, [address], "closure")
    return {
        "no such name here": (gone, control),
        "the address dropped": (blocking.measured(url, [address], "address"), control),
        "the connection reset": (blocking.measured(url, [address], "host"), control),
        "another page over https": (blocking.measured(url, [address], "edge"), control),
        "the control failed": (gone, blocking.Measurement(url, failure="the control did not answer")),
        "no such name anywhere": (gone, gone),
        "closed": (closed, closed),
        "nothing": (control, control),
    }[kind]


def _in_words(here: blocking.Measurement, control: blocking.Measurement) -> dict[str, str]:
    """Return what a visit and its control met, as a student reads it."""
    addresses = ""
    if here.addresses and control.addresses:
        addresses = "the same"
        if here.addresses != control.addresses:
            addresses = "of another network" if here.networks else "others, networks not known"
    return {
        "scheme": here.url.partition(":")[0],
        "here": _met(here),
        "control": _met(control),
        "addresses": addresses,
    }


def _met(visit: blocking.Measurement) -> str:
    if visit.failure:
        return "the control failed"
    if visit.dns_failure:
        return "no such name"
    if not any(visit.tcp.values()):
        return "no connection"
    if visit.http_failure:
        return "connection reset"
    words = {"Blocked": "a page 'Blocked by order'", "Unavailable": "legal reasons"}
    title = (visit.title or "").split()[0]
    return f"status {visit.status}, {words.get(title, 'the page')}"


def _answers(zones: blocking.Zones, name: str) -> str:
    """Return what two resolvers say of a name and of what belongs to it, a line each."""
    north = blocking.Resolver("north", blocking.Rules.from_rpz(f"{_HEAD}{name} CNAME .\n", ede=16))
    south = blocking.Resolver("south")
    asked = [(north, name, "A"), (north, f"www.{name}", "A"), (north, name, "MX"), (south, name, "A")]
    lines = [
        f"{who.name} {each:28} {kind:2} {blocking.resolve(each, kind, who, zones)}"
        for who, each, kind in asked
    ]
    return "\n".join(lines)


def _outside(data: Data) -> int:
    steps = data["steps"]
    return int(((steps["asker"] == "north") & (steps["asked"] != "cache")).sum())


def _from_cache(data: Data) -> int:
    return int((data["steps"]["asked"] == "cache").sum())


def _referrals(data: Data) -> int:
    return int(data["steps"]["answer"].str.startswith("referral").sum())


def _counted(data: Data, covers: Callable[[str, str], bool], *, exceptions: bool = True) -> int:
    """Return how many names a list stops, if `covers` says which name a rule covers."""
    lines = [line.split() for line in data["zone"].splitlines() if " CNAME " in line]
    spared = [owner for owner, _, target in lines if target != "." and exceptions]
    rules = [owner for owner, _, target in lines if target == "."]
    return sum(any(covers(rule, name) for rule in rules) and name not in spared for name in data["names"])


def _count_by(covers: Callable[[str, str], bool]) -> Callable[[Data], int]:
    return lambda data: _counted(data, covers)


def _covers(rule: str, name: str) -> bool:
    return name.endswith(rule[1:]) if rule.startswith("*.") else name == rule


def _below_too(rule: str, name: str) -> bool:
    return _covers(rule, name) or name.endswith(f".{rule}")


def _apex_too(rule: str, name: str) -> bool:
    return _covers(rule, name) or name == rule.removeprefix("*.")


def _one_level(rule: str, name: str) -> bool:
    return _covers(rule, name) and name.count(".") <= rule.count(".")


def _strangers_too(rule: str, name: str) -> bool:
    return _covers(rule, name) or (rule.startswith("*.") and name.endswith(f"-{rule[2:]}"))


def _by(data: Data, keep: Callable[[pd.DataFrame], pd.Series]) -> pd.DataFrame:
    log: pd.DataFrame = data["log"]
    return log[keep(log)].groupby("rcode").size().rename("size").reset_index()


def _once_each(data: Data) -> pd.DataFrame:
    log: pd.DataFrame = data["log"]
    return log[log["ede"].notna()].groupby("rcode")["name"].nunique().rename("size").reset_index()


def _verdicts(data: Data) -> list[str]:
    return [blocking.diagnose(*pair).verdict for pair in data["pairs"]]


def _shown(data: Data, *also: str) -> int:
    return sum(verdict in (*_SHOWN, *also) for verdict in _verdicts(data))


def _where(data: Data, column: str, words: str) -> int:
    return int(data["visits"][column].str.contains(words).sum())


def _kinds_shown(data: Data) -> list[int]:
    """Return for how many visits each of four things shows a block."""
    visits = data["visits"]
    here = visits.loc[visits["control"] == "status 200, the page", "here"]
    met = [here.eq(what).sum() for what in ("no such name", "no connection", "connection reset")]
    return [*map(int, met), _where(data, "addresses", "another network")]


def _only(kinds: Sequence[int]) -> Callable[[Data], int]:
    """Return an answer that sees a block in some of the four."""
    return lambda data: sum(_kinds_shown(data)[kind] for kind in kinds)


def _tries(data: Data) -> list[tuple[str, str]]:
    names = [name for name in data["names"] if name.count(".") == 1 and not name.startswith("old-")]
    tries = [(rule, name) for site in names[:2] for rule in (site, f"*.{site}") for name in _around(site)]
    return [*tries, (names[0], names[1]), (f"*.{names[0]}", f"www.{names[1]}")]


def _around(site: str) -> list[str]:
    first = site.partition(".")[0]
    other = f"{first}.{'test' if site.endswith('example') else 'example'}"
    inside = [site, f"www.{site}", f"a.b.{site}"]
    strangers = [f"old-{site}", f"my{site}", f"www.old-{site}"]
    return [*inside, *strangers, other, *(f"{name}.mirror.example" for name in inside)]


QUESTIONS: list[Question] = [
    Number(
        "asked_outside",
        minutes=4,
        objective=1,
        unit="questions",
        hints=[
            "The column asked says who was asked. Which of these are neither the resolver nor its memory?",
            "Leave out the rows that are a customer's own question, and those where the cache was asked.",
        ],
        mistakes=[
            Mistake(
                lambda data: len(data["steps"]),
                "These are all rows; three of them are the customers' own questions to north.",
            ),
            Mistake(
                lambda data: len(data["steps"]) - 3,
                "The cache is among them: it is the resolver's own memory, and nobody outside is asked.",
            ),
            Mistake(
                lambda data: len(data["steps"]) - _from_cache(data),
                "The customers' own questions are among them: those are put to north, not by it.",
            ),
            Mistake(
                _from_cache,
                "These are the questions that the cache answered; the others are asked for.",
            ),
            Mistake(
                lambda data: _outside(data) - _referrals(data),
                "A referral is an answer too: the root and the top level were asked, and they are outside.",
            ),
        ],
        why="For the third customer nobody outside was asked: what the first heard was still in the cache.",
    ),
    Number(
        "covered",
        minutes=5,
        objective=2,
        unit="names",
        hints=[
            "Go through the names one by one: does a line have exactly this name, or a wildcard above it?",
            "A line without an asterisk covers one name. A wildcard covers what is below, and no more.",
            "rpz-passthru. lets its own name pass, though a wildcard is above it.",
        ],
        mistakes=[
            Mistake(
                lambda data: _counted(data, _below_too),
                "An exact name covers no subdomain: only a wildcard does.",
            ),
            *(
                Mistake(
                    _count_by(covers),
                    "Mind the dot behind the asterisk: a wildcard covers neither its apex, a.example, nor a "
                    "stranger such as old-a.example.",
                )
                for covers in (_apex_too, _strangers_too)
            ),
            Mistake(
                lambda data: _counted(data, _covers, exceptions=False),
                "rpz-passthru. is an exception: these names pass, though a wildcard is above them.",
            ),
            Mistake(
                lambda data: _counted(data, lambda *both: _below_too(*both) or _apex_too(*both)),
                "An exact name covers no subdomain, and a wildcard does not cover its apex.",
            ),
            Mistake(
                lambda data: _counted(data, _one_level),
                "A wildcard covers names several labels below as well, such as a.b. and the name.",
            ),
            Mistake(lambda data: len(data["names"]), "These are all names; some are let pass."),
            Mistake(lambda _: 0, "Some are on the list letter by letter: begin with these."),
        ],
        why="A name is one line of a list, and its subdomains are another.",
    ),
    Table(
        "withheld",
        sort_by="rcode",
        minutes=6,
        objective=3,
        hints=[
            "First keep the rows with an extended error, then group by response code.",
            'Put log["ede"].notna() where the example asks for the type; the rest stays.',
        ],
        mistakes=[
            Mistake(
                lambda data: _by(data, lambda log: log["rcode"].notna()),
                "These are all answers. A response code alone does not say that something was withheld.",
            ),
            Mistake(
                lambda data: _by(data, lambda log: log["type"] == "A"),
                "This is the example, the questions for an address; ask for an extended error instead.",
            ),
            Mistake(
                lambda data: _by(data, lambda log: log["ede"].isna()),
                "These are the answers without an extended error; it is the other way round.",
            ),
            Mistake(
                lambda data: _by(data, lambda log: log["rcode"] == "NXDOMAIN"),
                "NXDOMAIN does not show that something was withheld: some of these names are mistyped.",
            ),
            Mistake(
                lambda data: _by(data, lambda log: log["ede"] == 16),
                "These are the ones that somebody else requires; there are other reasons on the list.",
            ),
            Mistake(
                lambda data: _by(data, lambda log: log["ede"] > 4),
                "A forged answer is there in place of the true one, which was withheld: it counts too.",
            ),
            Mistake(
                lambda data: _by(data, lambda log: log["ede"].notna()).assign(
                    size=lambda table: table["size"] / len(data["log"])
                ),
                "These are shares; the number of answers is asked for.",
            ),
            Mistake(
                _once_each,
                "These are different names; a name that was asked for twice counts twice.",
            ),
        ],
        why="Some of the NXDOMAIN are honest, and some of what was withheld came as NOERROR.",
    ),
    Number(
        "blocked",
        minutes=8,
        objective=4,
        unit="visits",
        hints=[
            "Row by row: is there a control, did it get further than the visit, can the two be compared?",
            "Where the control failed or met the same, nothing shows a block.",
            "Over https a page is never taken for a block. Over http another page shows one, unless the "
            "networks are not known: then it cannot be told.",
        ],
        mistakes=[
            Mistake(
                lambda data: _shown(data) + _where(data, "here", "legal reasons"),
                "One too many: a page over https came from the site or its CDN, whatever it says; and where "
                "the control meets the same, nothing shows a block.",
            ),
            Mistake(
                lambda data: _shown(data) + _where(data, "control", "failed"),
                "A failed control shows no block: with nothing to compare it is insufficient.",
            ),
            Mistake(
                lambda data: _shown(data) + _where(data, "addresses", "not known"),
                "Three too many: two pages over http, networks not known, show nothing; nor does a name that "
                "the control does not find either.",
            ),
            Mistake(
                lambda data: _shown(data, "down"),
                "Where the control meets the same, nothing shows a block: the site is down.",
            ),
            Mistake(
                lambda data: _shown(data, "insufficient"),
                "Insufficient is no weak 'blocked': no control, or two pages and networks not known.",
            ),
            Mistake(
                lambda data: _shown(data, "insufficient", "down"),
                "A block is shown for fewer: leave out where the control failed, met the same, or cannot be "
                "compared.",
            ),
            Mistake(
                lambda data: _shown(data, "insufficient", "down") + _where(data, "here", "legal reasons"),
                "These are all visits that failed or met another page; a block is shown for fewer.",
            ),
            Mistake(
                lambda data: len(data["pairs"]),
                "These are all visits; one of them met nothing out of the ordinary.",
            ),
            *(
                Mistake(
                    _only(kinds),
                    "Too few: a name that is gone here alone, a dropped address, a reset connection, and a "
                    "page of another network over http each show a block.",
                )
                for number in range(1, 4)
                for kinds in combinations(range(4), number)
            ),
        ],
        why="A block shows where the control gets further, and where the two can be compared.",
    ),
    Choice(
        "headline",
        minutes=4,
        objective=3,
        options={
            "A": "Site gone for good: a resolver confirms that its name does not exist any longer",
            "B": "Court orders the operator of the resolver north to block a site and its mail",
            "C": "Name and all names below it are blocked for everybody who asks the resolver north",
            "D": "Blocked site is off the net: whoever looks its name up will find no address",
            "E": "North withholds a name, for mail too, and says others require it; south does not",
        },
        because={
            "A": "North says 'no such name', and at the same time south gives its address: it exists.",
            "B": "The code says that somebody else requires it: not who, and not that it was a court.",
            "C": "The name with www passes at north: it is another name, and its alias leads elsewhere.",
            "D": "South still gives the address: one resolver's answer changed, the site did not.",
        },
        hints=[
            "Read the four lines one by one. What does each say, and of which resolver?",
            "For each headline, look for a line that says the contrary, or for a word that no line supports.",
        ],
        why="Whose resolver, which name, which reason: each word of it is in one of the four lines.",
    ),
    Function(
        "covers",
        minutes=10,
        objective=2,
        stretch=True,
        cases=_tries,
        hints=[
            "Two kinds of rule, two branches: ask first whether the rule begins with an asterisk.",
            "Without one, the name must be the rule itself.",
            "With one, the name must end in the rest of the rule, its dot included: rule[1:].",
        ],
        mistakes=[
            Mistake(
                lambda _: _apex_too,
                "A wildcard does not cover its apex: *.a.example says nothing of a.example.",
            ),
            Mistake(
                lambda _: _below_too,
                "An exact name covers no subdomain.",
            ),
            Mistake(
                lambda _: lambda rule, name: name.endswith(rule[2:]) if rule[0] == "*" else name == rule,
                "Keep the dot: without it a wildcard takes in its apex, and strangers such as old-a.example.",
            ),
            Mistake(
                lambda _: lambda rule, name: name.endswith(rule),
                "An exact rule must be the whole name; and the asterisk is a sign, not a letter.",
            ),
            Mistake(
                lambda _: lambda rule, name: bool(re.match(rule.replace("*", ".*"), name)),
                "re.match looks at how a name begins, and takes a dot for any letter.",
            ),
            Mistake(
                lambda _: lambda rule, name: name.endswith(rule.removeprefix("*.")),
                "Mind the dot: old-a.example ends in a.example, and is somebody else's name.",
            ),
            Mistake(
                lambda _: lambda rule, name: name.endswith(rule.removeprefix("*")),
                "A rule without an asterisk covers one name only: compare the whole of it.",
            ),
            *(
                Mistake(
                    found,
                    "To occur somewhere in a name is not enough: it must be the name, or what it ends in.",
                )
                for found in (
                    lambda _: lambda rule, name: rule.removeprefix("*.") in name,
                    lambda _: lambda rule, name: rule[1:] in name if rule[0] == "*" else name == rule,
                    lambda _: lambda rule, name: rule[2:] in name if rule[0] == "*" else name == rule,
                    lambda _: lambda rule, name: rule.removeprefix("*") in name,
                    lambda _: lambda rule, name: rule in name,
                )
            ),
            Mistake(
                lambda _: (
                    lambda rule, name: (
                        name.endswith(rule[2:]) and name != rule[2:] if rule[0] == "*" else name == rule
                    )
                ),
                "Mind the dot: old-a.example ends in a.example, and is somebody else's name.",
            ),
            Mistake(
                lambda _: (
                    lambda rule, name: (
                        name.endswith(rule[2:]) and name.count(".") > rule.count(".") - 1
                        if rule[0] == "*"
                        else name == rule
                    )
                ),
                "Mind the dot: www.old-a.example ends in a.example, and is somebody else's name.",
            ),
            Mistake(
                lambda _: lambda rule, name: name.startswith(rule) if rule[0] != "*" else _covers(rule, name),
                "An exact rule must be the whole name, not what it begins with.",
            ),
            Mistake(
                lambda _: lambda rule, name: str(_covers(rule, name)),
                "Return True or False themselves, without quotes.",
            ),
            Mistake(
                lambda _: lambda rule, name: name == rule,
                "The asterisk is a sign, not a letter: a rule that begins with one covers what is below.",
            ),
            Mistake(
                lambda _: _one_level,
                "A wildcard covers names several labels below as well.",
            ),
            Mistake(
                lambda _: lambda rule, name: "nxdomain" if _covers(rule, name) else "passed",
                "Return True or False, not a word.",
            ),
            Mistake(
                lambda _: lambda rule, name: not _covers(rule, name),
                "It is the other way round: True where the rule covers the name.",
            ),
        ],
        why="One character, the dot, is between a subdomain and a stranger's name.",
    ),
]
