"""Who can still reach what: the layers that a visit passes, and what each stops."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from traceblock import arguments
from traceblock.blocking.orders import ACTIONS, MEASURES, TAKES, countries
from traceblock.blocking.web import check
from traceblock.memory import refuse_too_large
from traceblock.network import from_text

#: What may stop a visit, in the order in which it meets them; a cell's code is the place in this list.
LAYERS = ("reached", "delisting", "dns", "address", "sni", "url", "edge", "closure")
#: What became of a visit, beside what was ordered.
CLASSES = ("blocked", "missed", "over_blocked", "untouched")
RESOLVERS = ("isp", "public", "encrypted")
ENTRIES = ("name", "search")
_USER = ("user", "country", "isp", "resolver", "vpn", "ech", "entry", "weight")
_RULE = ("addressee", "measure", "trigger", "value", "action", "site", "country", "worldwide", "intercept")

#: Rules that are alike in these stop the same users.
_GROUP = ["measure", "addressee", "country", "worldwide", "intercept"]
_COUNTRY = "no ISO 3166-1 code of two letters, such as 'IT'"

_Codes = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Access:
    """Who reaches what; made by `access`.

    Attributes
    ----------
    codes : array of uint8, behaviours × sites
        The first layer that stops a visit, as its place in `LAYERS`; 0 where the site is reached.
    behaviour : array of int, one a user
        The row of `codes` that holds for each user: users whom the same rules meet share one.
    users, web, rules : DataFrame
        As given.
    """

    codes: _Codes
    behaviour: npt.NDArray[np.intp]
    users: pd.DataFrame
    web: pd.DataFrame
    rules: pd.DataFrame

    def table(self, users: Sequence[Any] | None = None, sites: Sequence[Any] | None = None) -> pd.DataFrame:
        """Return who reaches what as rows: only for the users and sites asked for, since all are many.

        Parameters
        ----------
        users : sequence, optional
            Values of the column ``user``; all of them without it.
        sites : sequence, optional
            Values of the column ``site``, or names; all of them without it.

        Returns
        -------
        DataFrame
            ``user``, ``site``, ``name``, ``reached`` (bool), ``stopped_by`` (categorical: a measure, missing
            where the site is reached); by user, then site, in the order of their tables.

        Raises
        ------
        LookupError
            If a user or a site is not in its table.
        TooLargeError
            If the rows would not fit into memory.
        """
        of_user = _places("users", self.users[["user"]], users)
        of_site = _places("sites", self.web[["site", "name"]], sites)
        refuse_too_large("who reaches what", len(of_user) * len(of_site), 80, "ask for fewer users or sites")
        codes = self.codes[np.ix_(self.behaviour[of_user], of_site)].ravel()
        site, user = np.tile(of_site, len(of_user)), np.repeat(of_user, len(of_site))
        stopped = pd.Categorical.from_codes(codes.astype(np.intp) - 1, categories=pd.Index(LAYERS[1:]))
        return pd.DataFrame(
            {
                "user": self.users["user"].to_numpy()[user],
                "site": self.web["site"].to_numpy()[site],
                "name": self.web["name"].array.take(site),
                "reached": codes == 0,
                "stopped_by": stopped,
            }
        )

    def by_user(self) -> pd.DataFrame:
        """Return, for each user, the visits of each class.

        Returns
        -------
        DataFrame
            The columns of the users, and ``blocked``, ``missed``, ``over_blocked``, ``untouched``: visits a
            day to all sites of that class, not weighted; the classes are those of `scope`.
        """
        ordered = self._ordered()
        visits = self.web["visits"].to_numpy(dtype=float)
        country, codes = pd.factorize(self.users["country"])[0], self.behaviour
        pairs, which = np.unique(np.column_stack([codes, country]), axis=0, return_inverse=True)
        first = {int(c): str(name) for c, name in zip(country, self.users["country"], strict=True)}
        none = np.zeros(len(visits), dtype=bool)
        sums = np.empty((len(pairs), 4))
        for row, (behaviour, place) in enumerate(pairs.tolist()):
            aimed = ordered.get(first[place], none)
            sums[row] = np.bincount(2 * ~aimed + (self.codes[behaviour] == 0), weights=visits, minlength=4)
        return self.users.assign(**dict(zip(CLASSES, sums[which.ravel()].T, strict=True)))

    def by_site(self) -> pd.DataFrame:
        """Return, for each site, how many can no longer reach it.

        Returns
        -------
        DataFrame
            The columns of the web, and ``ordered`` (bool: by any order), ``stopped`` (share of the users'
            weight that does not reach it; 0 where no user has a weight).
        """
        weight = np.bincount(self.behaviour, self.users["weight"], minlength=len(self.codes))
        total = weight.sum()
        stopped = np.zeros(self.codes.shape[1])
        for codes, share in zip(self.codes, weight / total if total else weight, strict=True):
            stopped[codes > 0] += share
        return self.web.assign(ordered=self.web["site"].isin(self.rules["site"]), stopped=stopped)

    def _ordered(self) -> dict[str, npt.NDArray[np.bool]]:
        sites = self.rules.groupby("country")["site"].unique()
        return {str(c): self.web["site"].isin(s).to_numpy() for c, s in sites.items()}


def access(web: pd.DataFrame, users: pd.DataFrame, rules: pd.DataFrame) -> Access:
    """Say who reaches what under rules, or which layer stops them.

    A visit passes, in this order: the search engine (by those who enter through one), the resolver, the ISP's
    filters of addresses, host names and URLs, the edge (a CDN or host that answers 451), the source.

    - An ISP's rules meet its own subscribers in the order's country; where the order is worldwide and names
      the ISP, its subscribers elsewhere too. Its resolver meets those who use it, with `intercept` also
      those who ask a public one unencrypted. Nothing at the ISP meets a virtual private network, where who
      would ask the ISP's resolver asks one that filters nothing.
    - A public resolver, a search engine, a CDN, a host block for visitors from the order's country, or for
      everyone where the order is worldwide; through a VPN a visitor comes from elsewhere.
    - A host name is seen in the TLS handshake unless user and site have encrypted client hello; a URL only
      where the site does without TLS. A site that is closed is closed for all.
    - All rules given are in force together, whatever their start and end. One whose action is ``"none"``
      stops nobody.

    Parameters
    ----------
    web : DataFrame
        As `build_web` gives it, or with a row for each name of a site; without the columns ``https`` and
        ``ech``, all sites have TLS and offer ECH.
    users : DataFrame
        One row a user or a kind of user: ``user``, ``country``, ``isp``, ``resolver`` (isp, public,
        encrypted), ``vpn``, ``ech`` (bool), ``entry`` (name, search), ``weight`` (0 or more); where rules
        name one of several, ``public_resolver`` and ``search_engine`` say whose they use.
    rules : DataFrame
        As `apply` gives them; of several orders or measures, one table after the other (`pandas.concat`).

    Returns
    -------
    Access

    Raises
    ------
    ValueError
        If a column is missing, or a value is not as above.
    TooLargeError
        If the codes would not fit into memory.
    """
    check(web)
    _check_users(users)
    _check_rules(rules)
    https = web["https"].to_numpy() if "https" in web else np.ones(len(web), dtype=bool)
    hides = https & (web["ech"].to_numpy() if "ech" in web else True)
    has = {column: users[column].to_numpy() for column in users}

    active = arguments.plain(rules[rules["action"] != "none"])
    number, about = _looked_at(active, web)
    met: list[npt.NDArray[np.bool]] = []
    stops: list[tuple[int, npt.NDArray[np.intp]]] = []
    groups: dict[Any, Any] = active.groupby(_GROUP).indices
    for group, rows in groups.items():
        measure = group[0]
        meets, layer = _meets(has, *group), LAYERS.index(measure)
        hit = np.zeros(len(web), dtype=bool)
        for i in np.unique(number[rows]):
            hit[about[i]] = True
        if measure == "sni":
            met += [meets & ~has["ech"], meets & has["ech"]]
            stops += [(layer, np.flatnonzero(hit)), (layer, np.flatnonzero(hit & ~hides))]
        else:
            met.append(meets)
            stops.append((layer, np.flatnonzero(hit & ~https if measure == "url" else hit)))

    under = np.column_stack(met) if met else np.zeros((len(users), 0), dtype=bool)
    kinds, behaviour = _distinct(under)
    refuse_too_large(
        "who reaches what", len(kinds) * len(web), 1, "give fewer kinds of users, or fewer sites"
    )
    codes = np.zeros((len(kinds), len(web)), dtype=np.uint8)
    # From the last layer to the first: the first that stops a visit is the one that is written last.
    for place in sorted(range(len(stops)), key=lambda i: -stops[i][0]):
        layer, sites = stops[place]
        codes[np.ix_(np.flatnonzero(kinds[:, place]), sites)] = layer
    return Access(codes, behaviour, users, web, rules)


def scope(access: Access) -> pd.Series:
    """Say how much of what was ordered is blocked, and how much else.

    Parameters
    ----------
    access : Access

    Returns
    -------
    Series
        Visits a day, weighted by the users' weights: ``blocked`` (an ordered site, under any of its names,
        a user in the country of the order, stopped), ``missed`` (the same, reached), ``over_blocked`` (any
        other pair, stopped; so is a user abroad) and ``untouched``. They sum to the users' weights times the
        sites' visits.
    """
    arguments.instance("access", access, Access)
    of_user = access.by_user()
    return (of_user[list(CLASSES)].mul(of_user["weight"], axis=0)).sum().rename("visits")


def population(
    countries: Mapping[str, float],
    isps: Mapping[str, float],
    *,
    public: float = 0.0,
    encrypted: float = 0.0,
    vpn: float = 0.0,
    ech: float = 0.0,
    search: float = 0.0,
) -> pd.DataFrame:
    """Return the kinds of users that there are, each with its share of all.

    What a user chooses is taken to be independent: the share of a kind is the product of its parts. No
    study gives these shares by country; they are parameters.

    Parameters
    ----------
    countries : mapping of str to float
        Share of the users in each.
    isps : mapping of str to float
        Share of each ISP among the users of each country.
    public, encrypted : float
        Share who ask a public resolver as everybody can read, and encrypted (RFC 8484); the rest ask their
        ISP's.
    vpn, ech, search : float
        Share with a virtual private network, with encrypted client hello, and of visits that begin in a
        search engine.

    Returns
    -------
    DataFrame
        The users that `access` takes, kinds of share 0 left out; their weights sum to 1.

    Raises
    ------
    ValueError
        If a share is not between 0 and 1, or shares do not add up to 1.
    """
    habits = {"public": public, "encrypted": encrypted, "vpn": vpn, "ech": ech, "search": search}
    for name, share in habits.items():
        arguments.between(name, share, high=1)
    if public + encrypted > 1:
        raise arguments.refuse("encrypted", encrypted, f"at most 1 - public, {1 - public:g}")
    for name, parts in (("countries", countries), ("isps", isps)):
        if (
            not isinstance(parts, Mapping)
            or not all(isinstance(part, str) for part in parts)
            or abs(sum(arguments.between(name, p) for p in parts.values()) - 1) > 1e-9
        ):
            raise arguments.refuse(name, parts, "shares that add up to 1, such as {'IT': 0.9, 'FR': 0.1}")
    choices: dict[str, dict[Any, float]] = {
        "country": dict(countries),
        "isp": dict(isps),
        "resolver": {"isp": 1 - (public + encrypted), "public": public, "encrypted": encrypted},
        "vpn": {False: 1 - vpn, True: vpn},
        "ech": {False: 1 - ech, True: ech},
        "entry": {"name": 1 - search, "search": search},
    }
    table = pd.DataFrame({"weight": [1.0]})
    for column, shares in choices.items():
        part = pd.DataFrame({column: list(shares), "share": list(shares.values())})
        table = table.merge(part[part["share"] > 0], how="cross")
        table["weight"] *= table.pop("share")
    return table.assign(user=np.arange(len(table)))[list(_USER)]


def _check_users(users: Any) -> None:
    arguments.columns("users", users, _USER)
    for column in ("vpn", "ech"):
        arguments.flags("users", users, column)
    arguments.numbers("users", users, "weight", low=0)
    arguments.factors("users", users, "user")
    arguments.texts("users", users, "isp")
    arguments.texts("users", users, "country")
    arguments.texts("users", users, "resolver", RESOLVERS)
    arguments.texts("users", users, "entry", ENTRIES)
    for column in ("public_resolver", "search_engine"):  # who uses none has none
        if column in users:
            arguments.texts("users", users[users[column].notna()], column)
    arguments.rows("users", users, ~users["country"].isin(countries()), f"have a country that is {_COUNTRY}")
    arguments.rows("users", users, users["user"].duplicated(), "have a user that another row has")


def _check_rules(rules: Any) -> None:
    arguments.columns("rules", rules, _RULE)
    if not len(rules):  # a table without rows may have columns of any type
        return
    arguments.factors("rules", rules, "site")
    for column in ("addressee", "value", "country"):
        arguments.texts("rules", rules, column)
    arguments.texts("rules", rules, "measure", MEASURES)
    arguments.texts("rules", rules, "action", ACTIONS)
    taken = zip(rules["addressee"], rules["measure"], strict=True)
    bad = [measure not in TAKES.get(str(who).partition(":")[0], ()) for who, measure in taken]
    arguments.rows("rules", rules, bad, "have a measure that their addressee cannot take")
    arguments.rows("rules", rules, ~rules["country"].isin(countries()), f"have a country that is {_COUNTRY}")
    for column in ("worldwide", "intercept"):
        arguments.flags("rules", rules, column, or_numbers=True)


def _meets(
    users: dict[Any, npt.NDArray[Any]],
    measure: str,
    addressee: str,
    country: str,
    worldwide: bool,
    intercept: bool,
) -> npt.NDArray[np.bool]:
    """Say which users a rule meets, whatever it looks at."""
    kind, _, name = addressee.partition(":")
    direct, at_home, resolver = ~users["vpn"], users["country"] == country, users["resolver"]
    if kind == "isp":
        meets = direct & ((users["isp"] == name) & (at_home | bool(worldwide)) if name else at_home)
        if measure == "dns":
            meets &= (resolver == "isp") | (resolver == "public") & bool(intercept)
        return np.asarray(meets, dtype=bool)
    meets = direct & at_home | bool(worldwide or measure == "closure")
    if kind == "resolver":
        meets &= resolver != "isp"
    if kind == "search":
        meets &= users["entry"] == "search"
    whose = {"resolver": "public_resolver", "search": "search_engine"}.get(kind)
    if whose and name:
        if whose not in users:
            raise ValueError(f"users has no column {whose}, and a rule names {name!r}; say whose each uses")
        meets &= users[whose] == name
    return np.asarray(meets, dtype=bool)


def _looked_at(rules: pd.DataFrame, web: pd.DataFrame) -> tuple[npt.NDArray[np.intp], list[Any]]:
    """Return the number of each rule's value, and for each number the rows of the web that it is about."""
    number, values = pd.factorize(rules["value"])
    names = values.str.removeprefix("http://").str.removesuffix("/")
    place = pd.Index(web["name"]).get_indexer(names)
    about: list[Any] = [[row] if row >= 0 else [] for row in place.tolist()]
    below = {value[2:]: rows for value, rows in zip(values, about, strict=True) if value.startswith("*.")}
    for row, name in enumerate(web["name"] if below else ()):
        while name := name.partition(".")[2]:
            if name in below:
                below[name].append(row)
    address = web["address"].to_numpy()
    order = np.argsort(address, kind="stable")
    of_address = np.unique(number[(rules["measure"] == "address").to_numpy()])
    blocked = from_text(values[of_address])
    first, last = (np.searchsorted(address, blocked, side=side, sorter=order) for side in ("left", "right"))
    for i, start, end in zip(of_address, first, last, strict=True):
        about[i] = order[start:end]
    return number, about


def _distinct(under: npt.NDArray[np.bool]) -> tuple[npt.NDArray[np.bool], npt.NDArray[np.intp]]:
    """Return the distinct rows, and which of them each row is."""
    packed = np.packbits(under, axis=1) if under.shape[1] else np.zeros((len(under), 1), dtype=np.uint8)
    _, first, which = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    return under[first], which.ravel()


def _places(name: str, table: pd.DataFrame, asked: Sequence[Any] | None) -> npt.NDArray[np.intp]:
    """Return which rows of a table are asked for by a value of any of its columns."""
    if asked is None:
        return np.arange(len(table))
    columns = " or ".join(table.columns)
    wanted = arguments.several(name, asked, f"values of the column {columns}", kind=Hashable, empty=True)
    found = table.isin(wanted).any(axis=1).to_numpy()
    held = set(table[found].to_numpy().ravel())
    if missing := [value for value in wanted if value not in held]:
        first = arguments.shown(missing[:3])
        raise LookupError(f"{name}: {first} not in the table; choose from its column {columns}")
    return np.flatnonzero(found)
