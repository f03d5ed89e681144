"""Orders to block: which sites, by whom, where, for how long; and the rules that carry one out.

No name can be ordered here that could be anybody's: names end in .example or .test (RFC 2606).
"""

import ipaddress
import re
from collections.abc import Iterable, Set
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from traceblock import arguments
from traceblock.blocking.names import canonicals
from traceblock.blocking.web import check
from traceblock.network import to_text

#: Kinds of addressees, and the measures that each can take.
TAKES = {
    "isp": ("dns", "address", "url", "sni"),
    "resolver": ("dns",),
    "search": ("delisting",),
    "cdn": ("edge",),
    "host": ("edge", "closure"),
}
#: What a rule of each measure looks at, and what it does.
MEASURES = {
    "dns": ("qname", "nxdomain"),
    "address": ("address", "drop"),
    "url": ("url", "block page"),
    "sni": ("host", "reset"),
    "delisting": ("result", "delist"),
    "edge": ("host", "451"),
    "closure": ("origin", "take down"),
}
#: How a resolver may answer for a blocked name, as a record of a Response Policy Zone.
ANSWERS = {"nxdomain": "CNAME .", "nodata": "CNAME *.", "drop": "CNAME rpz-drop.", "redirect": "A {page}"}
#: What a rule may say is to happen; "none" where who is told to act can do nothing.
ACTIONS = (*ANSWERS, *(action for measure, (_, action) in MEASURES.items() if measure != "dns"), "none")
_NAME = re.compile(r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+(example|test)")


@dataclass(frozen=True)
class Order:
    """What a court or an authority orders.

    Parameters
    ----------
    sites : sequence of str or int
        The names to be blocked, or the numbers of sites, which stand for all names that they have now.
    addressees : sequence of str
        Who must block: a kind, for all of that kind, or one of them: ``"isp"`` (all of the country) or
        ``"isp:north"``, ``"resolver"`` (a public one), ``"cdn"``, ``"search"`` (an engine), ``"host"`` (a
        hosting company). A name without a kind is an ISP's.
    country : str
        Where the order holds: an ISO 3166-1 code of two letters, such as ``"IT"``.
    start, end : datetime-like
        From when to when, ``[start, end)``; without an end it stands until it is lifted.
    dynamic : bool
        Whether other names of the same sites are blocked too, without a new order.
    worldwide : bool
        Whether one who serves several countries blocks for everyone; else only for those who come from
        the order's country.

    Raises
    ------
    ValueError
        If there is no site or no addressee, a name could be somebody's or is ill formed, a kind of
        addressee or the country is unknown, or the end is not after the start.
    """

    sites: Any
    addressees: Any
    country: str
    start: Any
    end: Any = None
    dynamic: bool = False
    worldwide: bool = False

    def __post_init__(self) -> None:
        """Refuse what no order here can be, and bring the rest into one form."""
        sites = arguments.several("sites", self.sites, "the names of sites, such as ['bold-river.example']")
        object.__setattr__(self, "sites", _each_once(self.sites, map(_site, sites)))
        kinds = f"{', '.join(TAKES)}, or one of a kind, such as 'isp:north'"
        addressees = arguments.several("addressees", self.addressees, f"one or more: {kinds}")
        form = (_addressee("addressees", addressee, kinds) for addressee in addressees)
        object.__setattr__(self, "addressees", _each_once(self.addressees, form))
        if not (isinstance(self.country, str) and self.country in countries()):
            raise arguments.refuse("country", self.country, "an ISO 3166-1 code of two letters, such as 'IT'")
        object.__setattr__(self, "start", arguments.instant("start", self.start))
        if self.end is not None:
            object.__setattr__(self, "end", arguments.instant("end", self.end))
            if self.end <= self.start:
                raise arguments.refuse("end", str(self.end), f"a time after the start, {self.start}")
        arguments.flag("dynamic", self.dynamic)
        arguments.flag("worldwide", self.worldwide)


def apply(
    order: Order,
    measure: str,
    web: pd.DataFrame,
    *,
    answer: str = "nxdomain",
    subdomains: bool = False,
    intercept: bool = False,
) -> pd.DataFrame:
    """Return the rules by which the addressees of an order take one measure.

    Parameters
    ----------
    order : Order
    measure : str
        ``"dns"``: the resolver does not answer for the name (an ISP's or a public one). ``"address"``: the
        ISP drops packets to the address. ``"url"``: the ISP reads the request and answers with a block page,
        where nothing is encrypted. ``"sni"``: the ISP resets connections that name the host (in the TLS
        handshake, RFC 6066, or in the Host header). ``"delisting"``: a search engine leaves the site out.
        ``"edge"``: the CDN or the host answers with HTTP status 451 (RFC 7725). ``"closure"``: the hosting
        company takes the site down, with all of its names.
    web : DataFrame
        As `build_web` gives it; a site that has several names has a row for each. Without the column
        ``origin``, whoever runs a server has the data of the sites on it.
    answer : str
        How a resolver answers: ``"nxdomain"``, ``"nodata"``, ``"drop"``, or ``"redirect"`` to a block page.
    subdomains : bool
        Whether a DNS rule covers the subdomains of each name as well (a second rule, with a wildcard).
    intercept : bool
        Whether an ISP also answers unencrypted look-ups that were sent to somebody else's resolver.

    Returns
    -------
    DataFrame
        ``addressee`` (kind, or kind:name), ``measure``, ``trigger`` (what is looked at: qname, address, url,
        host, result, origin), ``value`` (what it must be), ``action``, ``site`` (the ordered site behind the
        rule), ``country``, ``worldwide``, ``intercept`` (bool), ``start``, ``end`` (datetime64[s, UTC],
        missing if open): a row for each addressee, site and value; by addressee in the order's sequence,
        then site. The action is ``"none"`` where a host or CDN does not serve the site.

    Raises
    ------
    ValueError
        If an argument is not as above, an addressee cannot take the measure, the web has no such host or
        CDN, or an ordered site is not in the web.
    """
    arguments.instance("order", order, Order)
    arguments.one_of("measure", measure, MEASURES)
    arguments.one_of("answer", answer, ANSWERS)
    arguments.flag("subdomains", subdomains)
    arguments.flag("intercept", intercept)
    check(web)
    for addressee in order.addressees:
        kind = addressee.partition(":")[0]
        if measure not in TAKES[kind]:
            able = ", ".join(k for k, takes in TAKES.items() if measure in takes)
            raise ValueError(
                f"measure={measure!r} is none that {addressee!r} can take: it can take "
                f"{', '.join(TAKES[kind])}; {measure} can be ordered of {able}"
            )
    named = _ordered(order, web, every_name=order.dynamic or measure == "closure")
    trigger, action = MEASURES[measure]
    value = named["name"]
    if measure == "address":
        value = pd.Series(to_text(named["address"].to_numpy()), index=named.index)
    elif measure == "url":
        value = "http://" + named["name"] + "/"
    rules = named[["site"]].assign(
        trigger=trigger, value=value, action=answer if measure == "dns" else action
    )
    if measure == "dns" and subdomains:
        rules = pd.concat([rules, rules.assign(value="*." + rules["value"])]).sort_index(kind="stable")
    table = pd.concat([_addressed(rules, who, named, web) for who in order.addressees], ignore_index=True)
    table = table.assign(
        measure=measure,
        country=order.country,
        worldwide=order.worldwide,
        intercept=intercept and measure == "dns",
        start=order.start,
        end=pd.Series(
            pd.NaT if order.end is None else order.end, index=table.index, dtype="datetime64[s, UTC]"
        ),
    )
    columns = ["addressee", "measure", "trigger", "value", "action", "site", "country", "worldwide"]
    text = dict.fromkeys(["addressee", "measure", "trigger", "value", "action", "country"], "str")
    ordered = table[[*columns, "intercept", "start", "end"]].astype(text | {"start": "datetime64[s, UTC]"})
    return ordered.drop_duplicates(ignore_index=True)


def policy(rules: pd.DataFrame, addressee: str, *, page: str = "203.0.113.80") -> str:
    """Return the DNS rules of one addressee as a Response Policy Zone, which `Rules.from_rpz` reads.

    Parameters
    ----------
    rules : DataFrame
        As `apply` gives them, of one or several measures; those of other measures or addressees are not
        its business. A zone knows no country: give the rules of one. Where several answer for a name, the
        first of them holds.
    addressee : str
        As in ``addressee`` of the rules; the rules for all of its kind are its rules as well.
    page : str
        IPv4 address of the block page, where a rule redirects.

    Returns
    -------
    str
        A master file (RFC 1035, section 5) of the zone ``rpz.example``, its rules sorted by name. In a zone
        a name hides what is below it from the wildcard of a name above it (RFC 4592, section 3.3.1).

    Raises
    ------
    ValueError
        If a column is missing, a rule has an action that is no resolver's, the addressee is none that
        filters names, or the page is no address.
    """
    needed = ["addressee", "measure", "value", "action"]
    arguments.columns("rules", rules, needed)
    for column in needed:
        arguments.texts("rules", rules, column)
    accepted = "an ISP or a public resolver, such as 'isp:north'"
    who = _addressee("addressee", addressee, accepted)
    kind = who.partition(":")[0]
    if "dns" not in TAKES[kind]:
        raise arguments.refuse("addressee", addressee, accepted)
    is_its = rules["addressee"].isin([kind, who])
    if len(rules) and not is_its.any():
        known = arguments.short(", ".join(sorted(rules["addressee"].unique())), 300)
        raise arguments.refuse("addressee", addressee, f"one that the rules name: {known}")
    if not _is_ipv4(page):
        raise arguments.refuse("page", page, "an IPv4 address, such as '203.0.113.80'")
    records = {action: record.format(page=page) for action, record in ANSWERS.items()}
    its = rules[(rules["measure"] == "dns") & is_its]
    arguments.texts("rules", its, "action", ANSWERS)
    its = arguments.plain(its, *needed).astype("str").drop_duplicates("value")
    owners = canonicals("rules: value", its["value"].tolist())
    lines = [f"{owner} {records[action]}" for owner, action in zip(owners, its["action"], strict=True)]
    head = [
        "$TTL 300",
        "$ORIGIN rpz.example.",
        "@ SOA ns.example. hostmaster.example. 1 3600 600 86400 300",
        "@ NS ns.example.",
    ]
    return "\n".join([*head, *sorted(lines)]) + "\n"


@cache
def countries() -> frozenset[str]:
    """Return the codes of ISO 3166-1 (two letters), as the time zone database lists them."""
    table = (files("tzdata") / "zoneinfo" / "iso3166.tab").read_text("utf-8")
    return frozenset(line.split("\t")[0] for line in table.splitlines() if not line.startswith("#"))


def _each_once(given: Any, form: Iterable[Any]) -> tuple[Any, ...]:
    """Return what is listed, in one form; a set has no order."""
    return tuple(dict.fromkeys(sorted(form, key=str) if isinstance(given, Set) else form))


def _is_ipv4(page: Any) -> bool:
    try:
        return isinstance(page, str) and bool(ipaddress.IPv4Address(page))
    except ValueError:
        return False


def _site(site: Any) -> str | int:
    if not isinstance(site, str):
        return arguments.whole("sites", site)
    name = site.lower().removesuffix(".")
    if not _NAME.fullmatch(name):
        raise arguments.refuse(
            "sites",
            site,
            "well-formed names in ASCII that end in .example or .test: others could be somebody's",
        )
    return name


def _addressee(argument: str, addressee: Any, accepted: str) -> str:
    """Return a kind of addressee, or a kind and a name with a colon between them."""
    kind, colon, name = addressee.partition(":") if isinstance(addressee, str) else ("", ":", "")
    if not colon and kind.strip().lower() not in TAKES:
        kind, colon, name = "isp", ":", kind
    kind, name = kind.strip().lower(), name.strip()
    if kind not in TAKES or (colon and not name):
        raise arguments.refuse(argument, addressee, accepted)
    return kind + colon + name


def _ordered(order: Order, web: pd.DataFrame, *, every_name: bool) -> pd.DataFrame:
    """Return the rows of the web that an order covers, one for each of its names, by site."""
    numbers = {site for site in order.sites if isinstance(site, int)}
    names = set(order.sites) - numbers
    row_of = web["name"].isin(names) | web["site"].isin(numbers)
    if absent := (names - set(web["name"])) | (numbers - set(web["site"])):
        first = ", ".join(sorted(map(str, absent))[:3])
        raise ValueError(f"sites: {len(absent)} of the order's are not in the web, such as {first}")
    if every_name:
        row_of = web["site"].isin(web.loc[row_of, "site"])
    named = arguments.plain(web[row_of]).astype({"name": "str"})
    return named.sort_values(["site", "name"], ignore_index=True)


def _addressed(rules: pd.DataFrame, addressee: str, named: pd.DataFrame, web: pd.DataFrame) -> pd.DataFrame:
    """Return the rules of one addressee; a host or CDN that does not serve a site can do nothing."""
    kind, _, name = addressee.partition(":")
    if kind not in ("cdn", "host"):
        return rules.assign(addressee=addressee)
    if rules["trigger"].eq("origin").all():
        of_site, of_web = (rows.get("origin", rows["host"]) for rows in (named, web))
    else:
        of_site, of_web = (rows["host"].where(rows["cdn"] == (kind == "cdn")) for rows in (named, web))
    known = sorted(of_web.dropna().unique())
    if name and name not in known:
        accepted = f"one of this web: {', '.join(known) or 'it has none'}"
        raise arguments.refuse("addressees", addressee, accepted)
    serves = of_site == name if name else of_site.notna()
    return rules.assign(
        addressee=addressee if name else (f"{kind}:" + of_site).fillna(kind),
        action=rules["action"].where(serves, "none"),
    )
