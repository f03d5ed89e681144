"""Policy zones, and users of a web, in functions that a process of its own can run too."""

from pathlib import Path

import pandas as pd

from traceblock import blocking

HEAD = """$TTL 300
$ORIGIN rpz.example.
@ SOA ns.example. hostmaster.example. 1 3600 600 86400 300
@ NS ns.example.
"""
_RIGHT = ["CNAME .", "CNAME *.", "CNAME rpz-drop.", "CNAME rpz-tcp-only."]
_RIGHT += [f"A 203.0.113.{i}" for i in range(1, 97)]  # a hundred in all


def zone(rules: int) -> str:
    """Return a zone of so many rules, every second one with a wildcard."""
    lines = [f"{'*.' if i % 2 else ''}site-{i}.example {_RIGHT[i % 100]}" for i in range(rules)]
    return HEAD + "\n".join(lines) + "\n"


def names(number: int, rules: int) -> list[str]:
    """Return names of which half are covered."""
    return [f"{'www.' if i % 2 else ''}site-{i * 7919 % (2 * rules)}.example" for i in range(number)]


def read(text: str) -> blocking.Rules:
    return blocking.Rules.from_rpz(text)


def read_file(path: Path) -> blocking.Rules:
    return read(path.read_text())


def text_of(path: Path) -> str:
    """Return the zone unread: what its text takes by itself."""
    return path.read_text()


def resolved(names: list[str], resolver: blocking.Resolver, known: blocking.Zones) -> None:
    for name in names:
        blocking.resolve(name, "A", resolver, known)


def users(number: int) -> pd.DataFrame:
    """Return so many kinds of users, each of an ISP of its own."""
    i = pd.Series(range(number))
    return pd.DataFrame(
        {
            "user": i,
            "country": i.map(lambda n: ("IT", "FR", "DE")[n % 3]),
            "isp": "isp-" + i.astype(str),
            "resolver": i.map(lambda n: ("isp", "isp", "public", "encrypted")[n % 4]),
            "vpn": i % 20 == 0,
            "ech": i % 5 == 0,
            "entry": i.map(lambda n: ("name", "search")[n % 2]),
            "weight": 1.0,
        }
    )


def ordered(web: pd.DataFrame) -> pd.DataFrame:
    """Return the rules of an order to everybody for 1,000 sites, and of one ISP in ten for ten of its own."""
    aimed = list(web.loc[~web["lawful"], "name"])
    order = blocking.Order(aimed, ["isp"], "IT", "2022-07-11")
    parts = [blocking.apply(order, measure, web) for measure in ("dns", "address", "url", "sni")]
    asked = {"resolver": "dns", "search": "delisting", "cdn": "edge"}
    for addressee, measure in asked.items():
        parts.append(blocking.apply(blocking.Order(aimed, [addressee], "IT", "2022-07-11"), measure, web))
    for i in range(0, 1_000, 10):
        own = blocking.Order(aimed[i : i + 10], [f"isp-{i}"], "FR", "2022-07-11")
        parts.append(blocking.apply(own, "dns", web))
    return pd.concat(parts, ignore_index=True)


def reached(web: pd.DataFrame, kinds: pd.DataFrame, rules: pd.DataFrame) -> pd.Series:
    return blocking.scope(blocking.access(web, kinds, rules))


def pairs(web: pd.DataFrame, kinds: pd.DataFrame, rules: pd.DataFrame) -> pd.Series:
    """Return the same from one row for each user and site, as a long table."""
    access = blocking.access(web, kinds, rules)
    table = access.table().merge(kinds[["user", "country", "weight"]], on="user")
    table = table.merge(web[["site", "visits"]], on="site")
    aimed = rules[["site", "country"]].drop_duplicates().assign(ordered=True)
    table = table.merge(aimed, on=["site", "country"], how="left")
    is_ordered = table["ordered"].eq(True)
    kind = pd.Series("untouched", index=table.index)
    kind[is_ordered & ~table["reached"]] = "blocked"
    kind[is_ordered & table["reached"]] = "missed"
    kind[~is_ordered & ~table["reached"]] = "over_blocked"
    return (table["weight"] * table["visits"]).groupby(kind).sum()


def reached_stored(stored: Path) -> pd.Series:
    """Read tables that were stored as a pickle, and say who reaches what."""
    return reached(*pd.read_pickle(stored))


def only_stored(stored: Path) -> None:
    """Read the tables alone: what they take by themselves."""
    pd.read_pickle(stored)
