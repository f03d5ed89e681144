"""Find every network address and host name in a file, and say which of them may not be there.

What counts as what:

- An **IPv4 address** is four numbers up to 255 joined by dots, with a prefix length or without, and the
  reversed forms of the DNS (``in-addr.arpa``, ``rpz-ip``). Three or five numbers are a version or a
  section, a number over 255 makes a version too. A version of four small numbers does count: write it
  otherwise.
- An **IPv6 address** is whatever ``ipaddress`` takes, from 0x1000 in its first group upwards. What
  is below is reserved, and is also how Python writes a slice (``rows[1::2]``).
- A **host name** is what follows ``://``, and any dotted word that ends in a top-level domain of the
  lists below. Python and JavaScript are read as such: only strings and comments can hold a host, so
  ``alt.Chart`` is none. The endings of our own files (py, md, sh) are no domains here, unless after
  ``://``. A country domain counts in lower case only (``pd.NA``) and not before a bracket (``np.to(``).

Out of reach: addresses as plain numbers, and names put together at run time.
"""

import csv
import io
import ipaddress
import json
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

ALLOWED = [
    ipaddress.ip_network(network)
    for network in (
        "198.18.0.0/15",  # benchmarking: subscribers
        "240.0.0.0/4",  # reserved: web hosts, more subscribers
        "100.64.0.0/10",  # the inner side of shared addresses
        "192.0.2.0/24",  # documentation
        "198.51.100.0/24",
        "203.0.113.0/24",
        "127.0.0.0/8",
        "2001:db8::/32",
        "::1/128",
    )
]
#: Nobody's (RFC 1918, RFC 4193): they may stand where a diagnosis meets them as answers, and nowhere else.
PRIVATE = [
    ipaddress.ip_network(network)
    for network in (f"10{'.0' * 3}/8", f"172.16{'.0' * 2}/12", f"192.168{'.0' * 2}/16", f"fc00{'::'}/7")
]
DIAGNOSIS = re.compile(r"(?:src|tests)/(?:\w+/)*(?:test_)?(?:diagnosis|agreement)\w*\.py")
#: Hosts of schemas and of the licence: the only ones that a link may name. Nothing here fetches them.
LINKS = {
    "creativecommons.org",
    "datapackage.org",
    "specs.frictionlessdata.io",
    "vega.github.io",
    "wiki.creativecommons.org",
    "www.acns.net",
    "www.movielabs.com",
    "www.w3.org",
}
#: What can hold a host in JavaScript: strings, templates and comments.
JAVASCRIPT = re.compile(
    r'"(?:\\.|[^"\\])*"' r"|'(?:\\.|[^'\\])*'" r"|`(?:\\.|[^`\\])*`" r"|//[^\n]*|/\*.*?\*/", re.DOTALL
)
NOT_HOSTS = {"traceblock.live"}  # our package
RECORD = {"facts.csv": {"value"}, "sources.csv": {"publisher", "locator", "read_as"}}

#: Country domains, by their first letter.
COUNTRY = re.compile(
    "a[cdefgilmoqrstuwxz]|b[abdefghijmnorstwyz]|c[acdfghiklmnoruvwxyz]|d[ejkmoz]|e[cegrstu]|f[ijkmor]|"
    "g[abdefghilmnpqrstuwy]|h[kmnrtu]|i[delmnoqrst]|j[emop]|k[eghimnprwyz]|l[abcikrstuvy]|"
    "m[aceghklmnopqrstuvwxyz]|n[acefgilopruz]|o[m]|p[aefghklmnrstw]|q[a]|r[eosuw]|"
    "s[abcdegiklmnorstuvxyz]|t[cdfghjklmnortvwz]|u[agksyz]|v[aceginu]|w[fs]|y[et]|z[amw]"
)
GENERIC = re.compile(
    "com|net|org|edu|gov|mil|int|info|biz|pro|mobi|xyz|online|site|website|shop|store|app|dev|cloud|"
    "club|top|live|news|blog|wiki|tech|stream|video|film|movie|music|download|click|icu|space|world|"
    "host|games|fun",
    re.IGNORECASE,
)

_F_STRING, _FIELD = re.compile(r"r?fr?[\"']", re.IGNORECASE), re.compile(r"\{[^{}]*\}")
_ESCAPE = re.compile(r"\\[nrt]")
_REVERSED = re.compile(r"(?<!\d)(?:\d{1,2}\.)?((?:\d{1,3}\.){3}\d{1,3})\.(?:in-addr\.arpa|rpz-[a-z-]*ip)")
_IPV4 = re.compile(r"(?<!\d)(?<!\d\.)(?:\d{1,3}\.){3}\d{1,3}(?:/\d{1,2}(?!\d))?(?!\d|\.\d)")
_IPV6 = re.compile(r"(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?:/\d{1,3})?(?![\w:])", re.IGNORECASE)
_URL = re.compile(r"\b[a-z][a-z0-9+.-]*://([^\s/?#\"'`<>()]*)[^\s\"'`<>()]*", re.IGNORECASE)
_LINK = re.compile(r"(?:\]\(\s*<?|href\s*=\s*[\"']?)([^\s)\"'>]+)")
_NAME = re.compile(r"(?<![\w-])(?:[^\W_](?:[\w-]*[^\W_])?\.)+([^\W\d_]{2,})(?![\w-]|\.\w)(?P<bracket>[(\[])?")


def record(data: Path) -> frozenset[str]:
    """Return the addresses and host names that the record of cases holds as values or locators."""
    held = [cell for name in RECORD for is_record, cell in _cells(data / name) if is_record]
    return frozenset(
        found for text in map(_plain, held) for found in (*addresses(text), *hosts(text), *url_hosts(text))
    )


def is_of_a_diagnosis(path: str) -> bool:
    """Say whether a file, by its path in the repository, is about the diagnosis of a measurement."""
    return bool(DIAGNOSIS.fullmatch(path))


def faults(text: str, held: frozenset[str] = frozenset(), *, of_a_diagnosis: bool = False) -> list[str]:
    """Return a line for each address or host name in a text that may not be there.

    What is ``held`` on record may stand as text, but not in a link.
    """
    text = _plain(text)
    allowed = [*ALLOWED, *PRIVATE] if of_a_diagnosis else ALLOWED
    found = [each for each in addresses(text) if not _is_in(each, allowed)]
    wrong = [f"address {each}" for each in found if each not in held]
    names = [*hosts(text), *url_hosts(text)]
    linked = [*url_hosts(text), *(each for target in _LINK.findall(text) for each in hosts(target))]
    wrong += [f"host {each}" for each in names if not _is_host_allowed(each) and each not in held]
    wrong += [f"link to {each}" for each in linked if not _is_host_allowed(each)]
    return wrong


def texts(path: Path) -> Iterator[str]:
    """Yield the texts of a file in which an address or a host name can stand; nothing for a binary file."""
    content = path.read_bytes()
    if b"\0" in content:
        return
    text = content.decode("utf-8")
    if path.suffix == ".js":
        yield from (re.sub(r"\$\{[^}]*\}", "", text) for text in JAVASCRIPT.findall(path.read_text("utf-8")))
    elif path.suffix == ".py":
        yield from _python(text)
    elif path.suffix == ".ipynb":
        notebook = json.loads(text)
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                yield from _python("".join(cell.pop("source")))
        yield from _strings(notebook)
    elif path.suffix == ".json":
        yield from _strings(json.loads(text))
    elif path.suffix == ".csv":
        yield from (cell for is_record, cell in _cells(path) if not is_record)
    else:
        yield text


def addresses(text: str) -> Iterator[str]:
    """Yield the IPv4 and IPv6 addresses of a text, networks with their prefix length."""
    for found in _REVERSED.findall(text):
        forwards = ".".join(reversed(found.split(".")))
        if _network(forwards):
            yield forwards
    text = _REVERSED.sub(" ", text)
    for found in (*_IPV4.findall(text), *_IPV6.findall(text)):
        network = _network(found)
        if network and (network.version == 4 or int(network.network_address) >> 112 >= 0x1000):
            yield found


def hosts(text: str) -> Iterator[str]:
    """Yield the host names that stand in a text outside any URL, in lower case."""
    for found in _NAME.finditer(_URL.sub(" ", text)):
        name, ending = found[0].rstrip("(["), found[1]
        is_country = COUNTRY.fullmatch(ending) and not found["bracket"]
        if (is_country or GENERIC.fullmatch(ending)) and name not in NOT_HOSTS:
            yield name.lower()


def url_hosts(text: str) -> Iterator[str]:
    """Yield the host of every URL of a text, unless it is an address or a placeholder."""
    for authority in _URL.findall(text):
        host = authority.rpartition("@")[2].split(":")[0].rstrip(".").lower()
        if host and host[0] not in "{[$" and not _network(host):
            yield host


def _is_in(address: str, allowed: list[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    network = _network(address)
    return any(network.version == each.version and network.subnet_of(each) for each in allowed)


def _is_host_allowed(host: str) -> bool:
    return host == "localhost" or host.endswith((".example", ".test")) or host in LINKS


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _plain(text: str) -> str:
    """Undo what would hide a name: escapes of line ends and tabs, and the escaped dots of patterns."""
    return _ESCAPE.sub(" ", text).replace(r"\.", ".")


def _python(source: str) -> Iterator[str]:
    """Yield the strings and comments of Python source; all of it where it is no plain Python."""
    kinds = {tokenize.STRING, tokenize.COMMENT, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):
        yield source
        return
    for token in tokens:
        if token.type in kinds:
            # Before Python 3.12, an f-string is one token, with the code in it.
            yield _FIELD.sub(" ", token.string) if _F_STRING.match(token.string) else token.string


def _strings(node: object) -> Iterator[str]:
    """Yield every string of a parsed JSON document, keys included."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for key, value in node.items():
            yield key
            yield from _strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from _strings(value)


def _cells(path: Path) -> Iterator[tuple[bool, str]]:
    """Yield the cells of a CSV file, its header included, each with whether it is a value of the record."""
    with path.open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    yield from ((False, name) for name in header)
    for row in rows:
        for column, cell in zip(header, row, strict=True):
            yield column in RECORD.get(path.name, ()), cell
