"""Is it blocked, and by which layer? OONI's logic on a measurement and its control."""

import ipaddress
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pandas as pd

from traceblock import arguments

#: What a diagnosis may come to.
VERDICTS = ("accessible", "dns", "tcp_ip", "http-diff", "http-failure", "down", "insufficient")
#: What may have stopped a visit, from the way in to the source.
LAYERS = ("delisting", "dns", "address", "url", "host", "edge", "closure")

_BODY_PROPORTION = 0.7
_TITLE_WORD = 5  # letters: longer than four
_NO_SUCH_NAME = ("dns_nxdomain_error", "dns_no_answer")
#: Header fields that servers of all kinds send (RFC 9110, 9111 and custom): to share one says nothing.
_USUAL_HEADERS = (
    "accept-ranges age cache-control connection content-encoding content-language content-length "
    "content-type date etag expires keep-alive last-modified link location pragma server set-cookie "
    "strict-transport-security transfer-encoding vary via x-content-type-options x-frame-options "
    "x-powered-by x-xss-protection"
)
_RCODES = {
    "NXDOMAIN": "dns_nxdomain_error",
    "NOERROR": "dns_no_answer",
    "SERVFAIL": "dns_servfail_error",
    "REFUSED": "dns_refused_error",
}


@dataclass(frozen=True)
class Measurement:
    """What one visit to a URL met, step by step; a control is another one, from where nothing is blocked.

    Failures are words as OONI has them (df-007): ``dns_nxdomain_error``, ``dns_no_answer``,
    ``generic_timeout_error``, ``connection_refused``, ``connection_reset``, ``ssl_invalid_hostname``,
    ``unknown_failure`` and others.

    Parameters
    ----------
    url : str
        What was asked for, beginning with ``http://`` or ``https://``.
    addresses : tuple of str
        What the name resolved to: IPv4 and IPv6.
    dns_failure : str, optional
        Why it resolved to nothing.
    networks : tuple of str
        The networks (autonomous systems) of these addresses, as far as they are known.
    tcp : mapping of str to bool
        Whether each address that was tried took a connection. A control also tries the addresses that the
        measurement had.
    tls : bool, optional
        Whether one of the addresses showed a valid certificate for the name; None if none was asked.
    http_failure : str, optional
        Why there was no final answer: no redirect, but a page.
    final_url : str, optional
        Where the final answer came from, after redirects; by default the URL asked for.
    status, body_length : int, optional
        Of the final answer: its status code, and the bytes of its body.
    headers : tuple of str
        The names of its header fields.
    title : str, optional
        The title of the page.
    failure : str, optional
        Why there is no measurement at all.

    Raises
    ------
    ValueError
        If a part is out of its range, or two of them exclude each other.
    """

    url: str
    addresses: tuple[str, ...] = ()
    dns_failure: str | None = None
    networks: tuple[str, ...] = ()
    tcp: Mapping[str, bool] = field(default_factory=dict)
    tls: bool | None = None
    http_failure: str | None = None
    final_url: str | None = None
    status: int | None = None
    body_length: int | None = None
    headers: tuple[str, ...] = ()
    title: str | None = None
    failure: str | None = None

    def __post_init__(self) -> None:
        """Refuse what no visit meets."""
        _scheme("url", self.url)
        if self.final_url is not None:
            _scheme("final_url", self.final_url)
        for name in ("addresses", "networks", "headers"):
            value = getattr(self, name)
            if not isinstance(value, tuple) or not all(isinstance(one, str) and one for one in value):
                raise arguments.refuse(name, value, "a tuple of texts")
        for address in self.addresses:
            _address("addresses", address)
        if not isinstance(self.tcp, Mapping) or not all(isinstance(took, bool) for took in self.tcp.values()):
            raise arguments.refuse("tcp", self.tcp, "True or False for each address that was tried")
        for address in self.tcp:
            _address("tcp", address)
        if self.tls is not None and not isinstance(self.tls, bool):
            raise arguments.refuse("tls", self.tls, "True, False or None")
        for name in ("dns_failure", "http_failure", "failure", "title"):
            value = getattr(self, name)
            if value is not None and not isinstance(value, str):
                raise arguments.refuse(name, value, "a text or None")
        if self.status is not None:
            arguments.whole("status", self.status, low=100, high=599)
        if self.body_length is not None:
            arguments.whole("body_length", self.body_length)
        if self.dns_failure and self.addresses:
            raise arguments.refuse("dns_failure", self.dns_failure, "None where the name has addresses")
        if self.http_failure and self.status is not None:
            raise arguments.refuse("http_failure", self.http_failure, "None where an answer has a status")

    @property
    def secure(self) -> bool:
        """Whether the final answer, if there was one, came over https."""
        return self.status is not None and _scheme("url", self.final_url or self.url) == "https"


@dataclass(frozen=True, repr=False)
class Diagnosis:
    """A verdict and the facts that it rests on; in a notebook it shows both.

    Attributes
    ----------
    verdict : str
        One of `VERDICTS`. ``accessible``: the page came, nothing blocks it there. ``dns``, ``tcp_ip``,
        ``http-diff``, ``http-failure``: blocked, as the layer shows. ``down``: it fails for the control too.
        ``insufficient``: the facts carry none of these.
    because : tuple of str
        The facts, then the rule that they meet, a sentence each.
    dns, body, headers, title, status : bool or None
        Whether the measurement agrees with the control in this; None where it cannot be told.
    body_proportion : float or None
        The shorter body over the longer.
    """

    verdict: str
    because: tuple[str, ...]
    dns: bool | None = None
    status: bool | None = None
    body: bool | None = None
    headers: bool | None = None
    title: bool | None = None
    body_proportion: float | None = None

    def __repr__(self) -> str:
        """Show the facts before the verdict."""
        return "\n".join([*self.because, f"Verdict: {self.verdict}"])

    def table(self) -> pd.DataFrame:
        """Return what was compared with the control.

        Returns
        -------
        DataFrame
            ``compared`` (dns, status, body, headers, title), ``agrees`` (boolean; missing where it cannot
            be told).
        """
        compared = ["dns", "status", "body", "headers", "title"]
        agrees = pd.array([getattr(self, name) for name in compared], dtype="boolean")
        return pd.DataFrame({"compared": compared, "agrees": agrees})


def diagnose(measurement: Measurement, control: Measurement | None) -> Diagnosis:
    """Say whether a URL is blocked where it was measured, and by which layer.

    The classic logic of OONI's Web Connectivity (ts-017, version 2024-02-14-001). A final answer over https
    is never held to be blocked. DNS agrees if both have an address or a network in common, or an address
    showed a valid certificate for the name. A page over http is the expected one if the status is the same
    and one of body (the shorter over 0.7 of the longer), headers and title (a common word longer than four
    letters) agrees; else it is ``http-diff``, or ``dns`` where DNS disagrees. Without a page it is ``dns``
    where DNS disagrees, ``tcp_ip`` where no address takes a connection that took one from the control, and
    else ``http-failure``.

    Unlike OONI, which calls a site without a name for anybody *accessible*, this says ``down`` where the
    control fails as well. And it says ``insufficient`` where a rule lacks what it compares, where OONI may
    give a verdict all the same: without a control, with one that has not tried the address, with two pages
    of which nothing but the status can be compared, or with addresses whose networks are not known.

    Parameters
    ----------
    measurement : Measurement
    control : Measurement, optional
        Of the same URL; None if there is none.

    Returns
    -------
    Diagnosis

    Raises
    ------
    ValueError
        If an argument is none of these, or they are not of the same URL.
    """
    if not isinstance(measurement, Measurement):
        raise arguments.refuse("measurement", measurement, "a Measurement")
    if control is not None and not isinstance(control, Measurement):
        raise arguments.refuse("control", control, "a Measurement or None")
    if control is not None and control.url != measurement.url:
        raise ValueError(
            f"control is of {control.url!r}, the measurement of {measurement.url!r}; give one of the same URL"
        )
    return _Case(measurement, control).conclude()


def measured(
    url: str,
    addresses: Collection[str],
    stopped_by: str | None = None,
    *,
    rcode: str | None = "NOERROR",
    records: Iterable[tuple[str, str, str]] | None = None,
    networks: Mapping[str, str] | None = None,
) -> Measurement:
    """Return what a visit in the simulated world would measure.

    Parameters
    ----------
    url : str
        As in `Measurement`.
    addresses : collection of str
        Where the site really is.
    stopped_by : str, optional
        The layer that stops the visit, one of `LAYERS`; None for a control, or where nothing does. A probe
        asks by name: it does not notice delisting. A ``url`` block needs plain http. A block at the
        ``host`` layer resets the connection; the ``edge`` answers 451; a site closed at its source takes no
        connection, from the control either: make that with the same layer.
    rcode : str, optional
        What the resolver answered; None if it did not.
    records : iterable of (name, type, value), optional
        The records of its answer; by default the site's own addresses, or, if ``dns`` stops the visit, none
        and NXDOMAIN. An address that is not the site's is that of a block page.
    networks : mapping of str to str, optional
        The network of each address; unknown for others.

    Returns
    -------
    Measurement

    Raises
    ------
    ValueError
        If an argument is out of its range.
    """
    scheme = _scheme("url", url)
    own = tuple(_address("addresses", one) for one in addresses)
    if not own:
        raise arguments.refuse("addresses", addresses, "the address of the site, or several")
    if stopped_by is not None:
        arguments.one_of("stopped_by", stopped_by, LAYERS)
    if stopped_by == "url" and scheme == "https":
        raise arguments.refuse("stopped_by", stopped_by, "another layer: over https nobody sees the URL")
    if records is None:
        rcode = "NXDOMAIN" if stopped_by == "dns" and rcode == "NOERROR" else rcode
        found = own if rcode == "NOERROR" else ()
    else:
        found = tuple(value for _, kind, value in records if kind in ("A", "AAAA"))
    if rcode is None:
        return Measurement(url, dns_failure="generic_timeout_error")
    if not found:
        return Measurement(url, dns_failure=_RCODES.get(rcode, "dns_server_misbehaving"))
    there = {one: one in own for one in found}
    known = networks or {}
    resolved = {
        "addresses": found,
        "networks": tuple(dict.fromkeys(known[one] for one in found if one in known)),
        "tcp": {one: stopped_by not in ("address", "closure") or not real for one, real in there.items()},
    }
    return Measurement(url, **resolved, **_page(url, scheme, any(there.values()), stopped_by))  # type: ignore[arg-type]


def _page(url: str, scheme: str, real: bool, stopped_by: str | None) -> dict[str, object]:
    """Return what the web step meets: the site's page, another, or a failure."""
    if not real and scheme == "https":
        return {"tls": False, "http_failure": "ssl_invalid_hostname"}
    if not real or stopped_by == "url":
        headers = ("Content-Type", "Content-Length")
        return {"status": 200, "body_length": 900, "headers": headers, "title": "Blocked by order"}
    if stopped_by == "address":
        return {"http_failure": "generic_timeout_error"}
    if stopped_by == "closure":
        return {"http_failure": "connection_refused"}
    if stopped_by == "host":
        return {"http_failure": "connection_reset"}
    usual: dict[str, object] = {"headers": ("Content-Type", "Date", "Server", "X-Request-Id")}
    usual |= {"tls": True} if scheme == "https" else {}
    if stopped_by == "edge":
        title = "Unavailable For Legal Reasons"
        return usual | {"status": 451, "body_length": 1_500, "title": title}
    title = f"Welcome to {urlsplit(url).hostname}"
    return usual | {"status": 200, "body_length": 24_000, "title": title}


class _Case:
    """A measurement and its control, and what has been noted of them so far."""

    def __init__(self, measurement: Measurement, control: Measurement | None) -> None:
        self.here, self.control = measurement, control
        self.facts: list[str] = []
        self.dns: bool | None = None
        self.same: dict[str, bool | None] = {}
        self.proportion: float | None = None

    def verdict(self, word: str, rule: str) -> Diagnosis:
        return Diagnosis(
            word, (*self.facts, rule), dns=self.dns, body_proportion=self.proportion, **self.same
        )

    def conclude(self) -> Diagnosis:
        here, control = self.here, self.control
        if here.failure:
            return self.verdict("insufficient", f"There is no measurement: {here.failure}.")
        if here.secure:
            self.facts.append(f"The final answer came over https, with status {here.status}.")
            return self.verdict(
                "accessible", "Over https only the site can answer for its name: never held to be blocked."
            )
        if control is None or control.failure:
            why = control.failure if control else "none was made"
            return self.verdict("insufficient", f"There is no control to compare with: {why}.")
        if here.dns_failure or control.dns_failure:
            return self._unresolved(here, control)
        self._compare_dns(here, control)
        if here.status is not None:
            return self._answered(here, control)
        if here.tcp and not any(here.tcp.values()):
            return self._unconnected(here, control)
        return self._unanswered(here, control)

    def _unresolved(self, here: Measurement, control: Measurement) -> Diagnosis:
        for who, one in (("Here", here), ("For the control", control)):
            got = one.dns_failure or f"{len(one.addresses)} address(es)"
            self.facts.append(f"{who} the look-up gave {got}.")
        if not control.dns_failure:
            if not control.addresses:
                return self.verdict("insufficient", "Without addresses of the control there is no telling.")
            self.dns = False
            return self.verdict("dns", "The name resolves for the control and not here: dns.")
        if here.dns_failure and control.dns_failure in _NO_SUCH_NAME:
            self.dns = here.dns_failure == control.dns_failure or None
            return self.verdict("down", "The name leads nowhere for the control either: nothing to block.")
        return self.verdict("insufficient", "The control did not resolve the name: nothing to compare with.")

    def _compare_dns(self, here: Measurement, control: Measurement) -> None:
        if _is_address(urlsplit(here.url).hostname or ""):
            self.dns = True
            self.facts.append("The URL has an address, not a name: DNS has no part in it.")
            return
        mine, theirs = _normal(here.addresses), _normal(control.addresses)
        bogons = sorted(one for one in mine - theirs if _bogus(one))
        if not mine or not theirs:
            self.facts.append("One of the two has no addresses to compare.")
        elif mine & theirs:
            self.dns = True
            self.facts.append("DNS agrees: an address in common with the control.")
        elif set(here.networks) & set(control.networks):
            self.dns = True
            self.facts.append("DNS agrees: other addresses, of a network that the control also has.")
        elif here.tls:
            self.dns = True
            self.facts.append("DNS agrees: another address, with a valid certificate for the name.")
        elif bogons:
            self.dns = False
            self.facts.append(f"DNS disagrees: {', '.join(bogons)} can be no web server's address.")
        elif here.tls is False or (here.networks and control.networks):
            self.dns = False
            why = "no valid certificate" if here.tls is False else "another network"
            self.facts.append(f"DNS disagrees: no address in common, {why}.")
        else:
            self.facts.append(
                "No address in common; the networks are not known, and no certificate was seen."
            )

    def _answered(self, here: Measurement, control: Measurement) -> Diagnosis:
        if control.status is None:
            self.facts.append(f"Here the answer over http has status {here.status}; the control had none.")
            return self.verdict("insufficient", "Without a page of the control there is no telling.")
        self._compare_pages(here, control)
        others = [self.same[name] for name in ("body", "headers", "title")]
        if self.same["status"] and True in others:
            return self.verdict("accessible", "The status agrees, and so does the page: not blocked.")
        if self.same["status"] is None or (self.same["status"] and False not in others):
            return self.verdict("insufficient", "Too little of the pages can be compared.")
        return self._blamed("http-diff", "It is not the page that the control has")

    def _compare_pages(self, here: Measurement, control: Measurement) -> None:
        status: bool | None = here.status == control.status
        if not status and control.status is not None and control.status >= 500:
            status = None  # the control met a fault of the server: no standard to hold a page to
        self.same["status"] = status
        self.facts.append(f"Status: {here.status} here, {control.status} for the control.")
        if here.body_length and control.body_length:
            short, long = sorted((here.body_length, control.body_length))
            self.proportion = short / long
            self.same["body"] = self.proportion > _BODY_PROPORTION
            self.facts.append(f"Body: the shorter is {self.proportion:.2f} of the longer.")
        else:
            self.same["body"] = None
            self.facts.append("Body: a length of zero or none cannot be compared.")
        self.same["headers"] = _headers_agree(here.headers, control.headers)
        self.facts.append(f"Headers: {_told(self.same['headers'])}.")
        self.same["title"] = _titles_agree(here.title, control.title)
        self.facts.append(f"Title: {_told(self.same['title'])}.")

    def _unconnected(self, here: Measurement, control: Measurement) -> Diagnosis:
        tried = _normal(here.tcp)
        took = {address for address, done in control.tcp.items() if done}
        self.facts.append(f"Here none of {len(tried)} address(es) took a connection.")
        if self.dns is False:
            return self._blamed("dns", "The resolver gave addresses that are not the site's")
        if tried & _normal(took):
            self.facts.append("From the control at least one of them did.")
            return self._blamed("tcp_ip", "The address is reached from elsewhere and not from here")
        if tried & _normal(control.tcp):
            self.facts.append("From the control they took none either.")
            return self.verdict("down", "It fails for the control too: nothing shows a block.")
        return self.verdict("insufficient", "The control has not tried these addresses.")

    def _unanswered(self, here: Measurement, control: Measurement) -> Diagnosis:
        if here.http_failure is None:
            return self.verdict("insufficient", "No page was asked for.")
        self.facts.append(f"Here the request failed: {here.http_failure}.")
        if control.status is None:
            self.facts.append(f"For the control: {control.http_failure or 'no request'}.")
            if control.http_failure:
                return self.verdict("down", "It fails for the control too: nothing shows a block.")
            return self.verdict("insufficient", "Without an answer to the control there is no telling.")
        self.facts.append(f"The control had an answer, with status {control.status}.")
        if here.http_failure.startswith("unknown"):
            return self.verdict("insufficient", "A failure of unknown kind shows no layer.")
        if here.http_failure.startswith("dns_"):
            return self.verdict("dns", "A redirect led to a name that does not resolve here: dns.")
        return self._blamed("http-failure", "The request fails here and not from elsewhere")

    def _blamed(self, layer: str, why: str) -> Diagnosis:
        """Give the verdict of a layer, or of DNS below it: a page from a wrong address says no more."""
        if self.dns is None:
            return self.verdict("insufficient", f"{why}; whether DNS led astray cannot be told.")
        layer = layer if self.dns else "dns"
        return self.verdict(layer, f"{why}, and DNS {'agrees' if self.dns else 'disagrees'}: {layer}.")


def _scheme(name: str, url: object) -> str:
    accepted = "a URL that begins with http:// or https:// and has a host"
    if not isinstance(url, str):
        raise arguments.refuse(name, url, accepted)
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        raise arguments.refuse(name, url, accepted) from None
    if parts.scheme not in ("http", "https") or not host:
        raise arguments.refuse(name, url, accepted)
    return parts.scheme


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _address(name: str, text: object) -> str:
    if not (isinstance(text, str) and _is_address(text)):
        raise arguments.refuse(name, text, "addresses as text, IPv4 or IPv6")
    return text


def _normal(addresses: Iterable[str]) -> set[str]:
    """Return addresses each in its one spelling: IPv6 has several."""
    return {str(ipaddress.ip_address(one)) for one in addresses}


def _bogus(address: str) -> bool:
    """Whether no web server can have an address; those reserved are this synthetic world's own."""
    ip = ipaddress.ip_address(address)
    return ip.is_loopback or ip.is_unspecified or ip.is_link_local or ip.is_multicast


def _headers_agree(here: Collection[str], control: Collection[str]) -> bool | None:
    mine, theirs = ({name.lower() for name in names} for names in (here, control))
    if not mine or not theirs:
        return None
    return mine == theirs or bool((mine & theirs).difference(_USUAL_HEADERS.split()))


def _titles_agree(here: str | None, control: str | None) -> bool | None:
    mine, theirs = (
        {word for word in (title or "").lower().split() if len(word) >= _TITLE_WORD}
        for title in (here, control)
    )
    return bool(mine & theirs) if mine and theirs else None


def _told(agrees: bool | None) -> str:
    return "cannot be compared" if agrees is None else "agree" if agrees else "differ"
