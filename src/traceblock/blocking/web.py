"""A synthetic web: lawful and infringing sites, their names, and the addresses that they share.

No name and no address here is anybody's: names end in .example or .test (RFC 2606), addresses come from
240.0.0.0/8, which nobody routes (RFC 1112).
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from traceblock import arguments
from traceblock.chance import stream

COLUMNS = ("site", "name", "address", "host", "cdn", "lawful", "visits")
#: Columns that a web made by hand may go without.
_OPTIONAL = ("origin", "https", "ech")
#: Where web servers are: 240.0.0.0/8; the first 65,536 addresses of it belong to content delivery networks.
_FIRST, _CDNS, _SIZE = 240 << 24, 1 << 16, 1 << 24
_TOPS = (".example", ".test")
_FIRST_WORDS = [
    "amber",
    "bold",
    "calm",
    "dawn",
    "early",
    "fair",
    "gentle",
    "hazel",
    "ivory",
    "jolly",
    "kind",
    "lively",
    "misty",
    "north",
    "open",
    "plain",
    "quiet",
    "rapid",
    "silver",
    "tidy",
    "urban",
    "vivid",
    "warm",
    "young",
    "azure",
    "brisk",
    "coral",
    "dusty",
    "elder",
    "fresh",
    "green",
    "happy",
]
_SECOND_WORDS = [
    "anchor",
    "bridge",
    "candle",
    "door",
    "engine",
    "forest",
    "garden",
    "harbour",
    "island",
    "jungle",
    "kettle",
    "ladder",
    "meadow",
    "needle",
    "orchard",
    "paper",
    "quarry",
    "river",
    "shelf",
    "tower",
    "umbrella",
    "valley",
    "window",
    "yard",
    "acorn",
    "basket",
    "cedar",
    "drum",
    "easel",
    "field",
    "gate",
    "hill",
]


def build_web(
    sites: int,
    infringing: int,
    sites_per_address: float = 19.0,
    cdn_share: float = 0.2,
    seed: int = 0,
    *,
    tail: float = 0.9,
    platform_share: float = 0.05,
    https_share: float = 0.9,
    ech_share: float = 1.0,
    cdns: int = 2,
    cdn_addresses: int = 4,
    hosts: int = 20,
    mean_visits: float = 1_000.0,
) -> pd.DataFrame:
    """Build a web of sites, most of which share the address of their server with others.

    A server has one site, and its part of the others in proportion to a number drawn from a Lomax (Pareto
    II) distribution of index `tail`. The defaults fit what was measured in 2012 (CSMG for Ofcom: 19 sites to
    an address, 7.5 without the addresses of over 1,000, 97 % of the sites share). Visits follow Zipf's law.

    Parameters
    ----------
    sites : int
        All of them, 1 or more.
    infringing : int
        How many of them an order may aim at; the rest are lawful.
    sites_per_address : float
        Mean over the servers that are no CDN's, 1 or more.
    cdn_share : float
        Share of the sites behind a content delivery network: many names on few addresses.
    seed : int
    tail : float
        Index of the tail, 0.1 or more; the smaller, the more sites the largest servers have.
    platform_share : float
        Share of the sites whose name is a subdomain of a platform's (one platform for every 50 of them,
        each a lawful site itself).
    https_share : float
        Share of the sites that answer over TLS only, so that nobody on the way sees more than the host name.
    ech_share : float
        Share of the sites that offer encrypted client hello (RFC 9849), which hides that name too.
    cdns, cdn_addresses : int
        CDNs, and addresses that each uses for its customers.
    hosts : int
        Hosting companies.
    mean_visits : float
        Visits a day to a site, on average before each has one at least.

    Returns
    -------
    DataFrame
        One row a site: ``site`` (0, 1, 2 …), ``name`` (lower case, without a final dot), ``address``
        (uint32: what the name leads to), ``host`` (who runs that server), ``cdn`` (bool: whether that is a
        CDN), ``lawful`` (bool), ``visits`` (a day, 1 or more), ``origin`` (the hosting company that has the
        site's data), ``https``, ``ech`` (bool).

    Raises
    ------
    ValueError
        If an argument is out of its range.
    """
    sites = arguments.whole("sites", sites, low=1, high=5_000_000)
    infringing = arguments.whole("infringing", infringing, high=sites)
    mean = arguments.between("sites_per_address", sites_per_address, low=1)
    tail = arguments.between("tail", tail, low=0.1)
    shares = {"cdn_share": cdn_share, "platform_share": platform_share}
    for name, share in (shares | {"https_share": https_share, "ech_share": ech_share}).items():
        arguments.between(name, share, high=1)
    cdns = arguments.whole("cdns", cdns, low=1, high=250)
    cdn_addresses = arguments.whole("cdn_addresses", cdn_addresses, low=1, high=250)
    hosts = arguments.whole("hosts", hosts, low=1, high=100_000)
    mean_visits = arguments.between("mean_visits", mean_visits, low=1, high=1e9)

    names, apex = _names(sites, platform_share, seed)
    lawful = np.ones(sites, dtype=bool)
    may = np.flatnonzero(~apex)
    if infringing > len(may):
        raise arguments.refuse(
            "infringing", infringing, f"at most {len(may):,}: {sites - len(may)} of the sites are platforms"
        )
    lawful[stream(seed, "infringing").choice(may, infringing, replace=False)] = False

    rng = stream(seed, "servers")
    behind = np.zeros(sites, dtype=bool)
    behind[rng.choice(sites, round(sites * cdn_share), replace=False)] = True
    server, companies = _servers(int((~behind).sum()), mean, tail, hosts, rng)
    address = np.empty(sites, dtype=np.uint32)
    address[~behind] = server
    company = rng.integers(hosts, size=sites)
    company[~behind] = companies
    which, place = rng.integers(cdns, size=sites), rng.integers(cdn_addresses, size=sites)
    address[behind] = (_FIRST + (which + 1) * 256 + place + 1)[behind]
    origin = _labels("host", hosts)[company]
    return pd.DataFrame(
        {
            "site": np.arange(sites),
            "name": pd.array(names, dtype="str"),
            "address": address,
            "host": pd.array(np.where(behind, _labels("cdn", cdns)[which], origin), dtype="str"),
            "cdn": behind,
            "lawful": lawful,
            "visits": _visits(sites, mean_visits, seed),
            "origin": pd.array(origin, dtype="str"),
            "https": stream(seed, "https").random(sites) < https_share,
            "ech": stream(seed, "ech").random(sites) < ech_share,
        }
    )


def tenants(web: pd.DataFrame) -> pd.DataFrame:
    """Count the sites on each address.

    Parameters
    ----------
    web : DataFrame
        As `build_web` gives it.

    Returns
    -------
    DataFrame
        ``address``, ``host``, ``cdn``, ``sites``, ``infringing`` (how many of them), ``visits`` (a day, of
        all of them); the most sites first, then by address.

    Raises
    ------
    ValueError
        If the web is not as `build_web` gives it.
    """
    check(web)
    web = arguments.plain(web)
    counted = (
        web.assign(infringing=web["site"].where(~web["lawful"].astype(bool)))
        .groupby("address", as_index=False)
        .agg(
            host=("host", "first"),
            cdn=("cdn", "first"),
            sites=("site", "nunique"),
            infringing=("infringing", "nunique"),
            visits=("visits", "sum"),
        )
    )
    return counted.sort_values(["sites", "address"], ascending=[False, True], ignore_index=True)


def neighbours(web: pd.DataFrame) -> pd.Series:
    """Count, for each site, the other sites on its address.

    A site is likelier to live on a crowded server than on an empty one, so the mean over sites is
    size-biased: E[k²]/E[k] − 1 for servers of k sites, above the mean server's E[k] − 1 unless all are alike
    (Feld 1991, "Why your friends have more friends than you do", doi:10.1086/229693).

    Parameters
    ----------
    web : DataFrame
        As `build_web` gives it.

    Returns
    -------
    Series of int
        ``neighbours``, on the index of `web`.

    Raises
    ------
    ValueError
        If the web is not as `build_web` gives it.
    """
    check(web)
    return (web.groupby(web["address"].to_numpy())["site"].transform("nunique") - 1).rename("neighbours")


def check(web: Any) -> None:
    """Refuse what is no web: a table that is not as `build_web` gives it, columns of one's own aside."""
    arguments.columns("web", web, COLUMNS)
    needed = [*COLUMNS, *(column for column in _OPTIONAL if column in web)]
    missing = web[needed].isna().any(axis=1)
    arguments.rows("web", web, missing, f"lack a value; each needs {', '.join(needed)}")
    arguments.wholes("web", web, "site")
    arguments.wholes("web", web, "address", 2**32 - 1)
    for column in ("name", "host", "origin"):
        if column in web:
            arguments.texts("web", web, column)
    for column in ("cdn", "lawful", "https", "ech"):
        if column in web:
            arguments.flags("web", web, column)
    arguments.numbers("web", web, "visits", low=0)
    arguments.rows("web", web, web["name"].duplicated(), "have a name that another row has")


def _names(sites: int, platform_share: float, seed: int) -> tuple[list[str], npt.NDArray[np.bool]]:
    """Return a name for each site, and which of them are platforms, whose subdomains are sites too."""
    rng = stream(seed, "names")
    words = rng.permutation(sites)
    tops = rng.random(sites) < 0.2
    several = len(_FIRST_WORDS) * len(_SECOND_WORDS)
    labels = []
    for number in words.tolist():
        turn, pair = divmod(number, several)
        first, second = divmod(pair, len(_SECOND_WORDS))
        labels.append(f"{_FIRST_WORDS[first]}-{_SECOND_WORDS[second]}{turn or ''}")
    apex = np.zeros(sites, dtype=bool)
    under = round(sites * platform_share)
    platforms = -(-under // 50)
    if under + platforms > sites:
        raise arguments.refuse(
            "platform_share", platform_share, f"less for {sites} sites: none is a platform"
        )
    chosen = rng.choice(sites, under + platforms, replace=False)
    apex[chosen[:platforms]] = True
    names = [label + _TOPS[top] for label, top in zip(labels, tops.tolist(), strict=True)]
    homes = [names[site] for site in chosen[:platforms].tolist()]
    for i, site in enumerate(chosen[platforms:].tolist()):
        names[site] = f"{labels[site]}.{homes[i % platforms]}"
    return names, apex


def _servers(
    sites: int, mean: float, tail: float, hosts: int, rng: np.random.Generator
) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return the address of each site that is behind no CDN, and the number of its hosting company."""
    if not sites:
        return np.empty(0, dtype=np.uint32), np.empty(0, dtype=np.int64)
    number = max(1, round(sites / mean))
    appeal = rng.pareto(tail, number) + np.finfo(float).tiny
    size = 1 + rng.multinomial(sites - number, appeal / appeal.sum())
    addresses = _FIRST + _CDNS + rng.choice(_SIZE - _CDNS, number, replace=False)
    server = rng.permutation(np.repeat(np.arange(number), size))
    return addresses[server].astype(np.uint32), rng.integers(hosts, size=number)[server]


def _visits(sites: int, mean: float, seed: int) -> npt.NDArray[Any]:
    """Return visits a day that fall with the rank as 1/rank (Zipf's law)."""
    rank = stream(seed, "visits").permutation(sites) + 1
    part = 1 / rank
    rounded = np.rint(part / part.sum() * sites * mean)
    return np.asarray(rounded.clip(1), dtype=np.int64)


def _labels(kind: str, number: int) -> npt.NDArray[np.object_]:
    return np.array([f"{kind}-{i + 1}" for i in range(number)], dtype=object)
