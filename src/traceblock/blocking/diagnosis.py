"""Is it blocked, and by which layer? OONI's logic on a measurement and its control."""

import ipaddress
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pandas as pd

from traceblock import arguments
from traceblock.blocking.agreement import (
    headers_agree,
    is_bogon,
    is_loopback,
    is_no_such_name,
    known,
    leads_nowhere,
    normal,
    titles_agree,
)

#: What a diagnosis may come to.
VERDICTS = ("accessible", "dns", "tcp_ip", "http-diff", "http-failure", "down", "insufficient")
#: What may have stopped a visit, from the way in to the source.
LAYERS = ("delisting", "dns", "address", "url", "host", "edge", "closure")

_BODY_PROPORTION = 0.7
#: Failures of the probe's own, which say nothing of what it visited (df-007).
_OWN_FAULTS = ("interrupted", "network_down")
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
    ``unknown_failure`` and others; of a control also as its test helper has them (``dns_name_error``).

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

    An address that no web server of the internet has, and the control has not either (private, shared,
    loopback: a bogon), shows that DNS led astray: it is ``dns`` with any page but the control's own, and
    without one.

    Unlike OONI, which calls a site without a name for anybody *accessible*, this says ``down`` where the
    control fails as well. And it says ``insufficient`` where a rule lacks what it compares, where OONI may
    give a verdict all the same: without a control, with one that did not get the page itself (a status that
    is not 2xx, other than what came here) or has not tried the address, with two pages of which nothing but
    the status can be compared, with addresses whose networks are not known, or where a name that exists
    here is none for the control.

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
    arguments.instance("measurement", measurement, Measurement)
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
    own = tuple(
        _address("addresses", one)
        for one in arguments.several(
            "addresses", addresses, "addresses as text: the address of the site, or more"
        )
    )
    if stopped_by is not None:
        arguments.one_of("stopped_by", stopped_by, LAYERS)
    if stopped_by == "url" and scheme == "https":
        raise arguments.refuse("stopped_by", stopped_by, "another layer: over https nobody sees the URL")
    if rcode is not None:
        arguments.text("rcode", rcode)
    if networks is not None:
        arguments.several(
            "networks",
            arguments.instance("networks", networks, Mapping).values(),
            "texts",
            kind=str,
            empty=True,
        )
    if records is None:
        rcode = "NXDOMAIN" if stopped_by == "dns" and rcode == "NOERROR" else rcode
        found = own if rcode == "NOERROR" else ()
    else:
        form = "records, each of three texts: name, type and value"
        given = arguments.several("records", records, form, kind=tuple, empty=True)
        if not all(len(each) == 3 and all(isinstance(word, str) for word in each) for each in given):
            raise arguments.refuse("records", records, f"a list of {form}")
        found = tuple(_address("records", value) for _, kind, value in given if kind in ("A", "AAAA"))
    if rcode is None:
        return Measurement(url, dns_failure="generic_timeout_error")
    if not found:
        return Measurement(url, dns_failure=_RCODES.get(rcode, "dns_server_misbehaving"))
    there = {one: one in own for one in found}
    of = {} if networks is None else networks
    resolved = {
        "addresses": found,
        "networks": tuple(dict.fromkeys(of[one] for one in found if one in of)),
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
        self.is_forged = False  # an address that no web server has
        self.same: dict[str, bool | None] = {}
        self.proportion: float | None = None

    def verdict(self, word: str, rule: str) -> Diagnosis:
        return Diagnosis(
            word, (*self.facts, rule), dns=self.dns, body_proportion=self.proportion, **self.same
        )

    def conclude(self) -> Diagnosis:
        here, control = self.here, self.control
        if failed := here.failure or next(
            (each for each in (here.dns_failure, here.http_failure) if each in _OWN_FAULTS), None
        ):
            return self.verdict("insufficient", f"There is no measurement: {failed}.")
        if here.secure:
            self.facts.append(f"The final answer came over https, with status {here.status}.")
            return self.verdict(
                "accessible", "Over https only the site can answer for its name: never held to be blocked."
            )
        if control is None or control.failure:
            why = control.failure if control else "none was made"
            return self.verdict("insufficient", f"There is no control to compare with: {why}.")
        is_name = not _is_address(urlsplit(here.url).hostname or "")
        if is_name and (here.dns_failure or control.dns_failure):
            return self._unresolved(here, control)
        if is_name:
            self._compare_dns(here, control)
        else:
            self.dns = True
            self.facts.append("The URL has an address, not a name: DNS has no part in it.")
        if here.status is not None:
            return self._answered(here, control)
        if self.is_forged:
            return self.verdict("dns", "The site can have no such address: dns.")
        if is_loopback(here.addresses) and is_loopback(control.addresses):
            return self.verdict("down", "The name leads each to itself, the control too: nothing to block.")
        if here.tcp and not any(here.tcp.values()):
            return self._unconnected(here, control)
        return self._unanswered(here, control)

    def _unresolved(self, here: Measurement, control: Measurement) -> Diagnosis:
        for who, one in (("Here", here), ("For the control", control)):
            got = one.dns_failure or f"{len(one.addresses)} address(es)"
            self.facts.append(f"{who} the look-up gave {got}.")
        if not control.dns_failure and control.addresses:
            self.dns = False
            return self.verdict("dns", "The name resolves for the control and not here: dns.")
        if not control.dns_failure and here.dns_failure != "dns_no_answer":
            return self.verdict("insufficient", "Without addresses of the control there is no telling.")
        if here.dns_failure and (leads_nowhere(control.dns_failure) or not control.dns_failure):
            both_gone = is_no_such_name(here.dns_failure) and is_no_such_name(control.dns_failure)
            same = here.dns_failure == (control.dns_failure or "dns_no_answer")
            self.dns = True if both_gone or same else None
            return self.verdict("down", "The name leads nowhere for the control either: nothing to block.")
        if leads_nowhere(control.dns_failure) and self._note_bogons(here.addresses):
            self.dns = False
            return self.verdict("dns", "The name leads nowhere for the control, and to no site here: dns.")
        return self.verdict("insufficient", "The control did not resolve the name: nothing to compare with.")

    def _note_bogons(self, addresses: Iterable[str]) -> bool:
        """Note which of some addresses no web server has, and say whether there are any."""
        bogons = sorted(filter(is_bogon, addresses))
        if bogons:
            self.facts.append(f"DNS disagrees: {', '.join(bogons)} can be no web server's address.")
        return bool(bogons)

    def _compare_dns(self, here: Measurement, control: Measurement) -> None:
        mine, theirs = normal(here.addresses), normal(control.addresses)
        only_bogons = bool(mine) and all(map(is_bogon, mine))
        if not mine or not theirs:
            self.facts.append("One of the two has no addresses to compare.")
        elif mine & theirs:
            self.dns = True
            self.facts.append("DNS agrees: an address in common with the control.")
        elif not only_bogons and known(here.networks) & known(control.networks):
            self.dns = True
            self.facts.append("DNS agrees: other addresses, of a network that the control also has.")
        elif here.tls:
            self.dns = True
            self.facts.append("DNS agrees: another address, with a valid certificate for the name.")
        elif self._note_bogons(mine):
            self.dns, self.is_forged = False, True
        elif here.tls is False and control.tls is not False:
            self.dns = False
            self.facts.append("DNS disagrees: no address in common, no valid certificate.")
        elif known(here.networks) and known(control.networks):
            self.dns = False
            self.facts.append("DNS disagrees: no address in common, another network.")
        else:
            self.facts.append(
                "No address in common; the networks are not known, and no certificate was seen."
            )

    def _answered(self, here: Measurement, control: Measurement) -> Diagnosis:
        if control.status is None:
            self.facts.append(f"Here the answer over http has status {here.status}; the control had none.")
        else:
            self._compare_pages(here, control)
        others = [self.same.get(name) for name in ("body", "headers", "title")]
        if self.same.get("status") and True in others:
            return self.verdict("accessible", "The status agrees, and so does the page: not blocked.")
        if self.is_forged:
            return self.verdict("dns", "The site can have no such address: dns.")
        if control.status is None:
            return self.verdict("insufficient", "Without a page of the control there is no telling.")
        if not 200 <= control.status < 300:
            return self.verdict("insufficient", "The control did not get the page: no standard for another.")
        if self.same["status"] and False not in others:
            return self.verdict("insufficient", "Too little of the pages can be compared.")
        return self._blamed("http-diff", "It is not the page that the control has")

    def _compare_pages(self, here: Measurement, control: Measurement) -> None:
        got_page = control.status is not None and 200 <= control.status < 300
        self.same["status"] = here.status == control.status or (False if got_page else None)
        self.facts.append(f"Status: {here.status} here, {control.status} for the control.")
        if here.body_length and control.body_length:
            short, long = sorted((here.body_length, control.body_length))
            self.proportion = short / long
            self.same["body"] = self.proportion > _BODY_PROPORTION
            self.facts.append(f"Body: the shorter is {self.proportion:.2f} of the longer.")
        else:
            self.same["body"] = None
            self.facts.append("Body: a length of zero or none cannot be compared.")
        self.same["headers"] = headers_agree(here.headers, control.headers)
        self.facts.append(f"Headers: {_told(self.same['headers'])}.")
        self.same["title"] = titles_agree(here.title, control.title)
        self.facts.append(f"Title: {_told(self.same['title'])}.")

    def _unconnected(self, here: Measurement, control: Measurement) -> Diagnosis:
        tried = normal(here.tcp)
        took = {address for address, done in control.tcp.items() if done}
        self.facts.append(f"Here none of {len(tried)} address(es) took a connection.")
        if self.dns is False:
            return self._blamed("dns", "The resolver gave addresses that are not the site's")
        if tried & normal(took):
            self.facts.append("From the control at least one of them did.")
            return self._blamed("tcp_ip", "The address is reached from elsewhere and not from here")
        if control.tls or control.status is not None:
            self.facts.append("The control reached the site, by other addresses.")
            return self.verdict("insufficient", "Whether these addresses are the site's cannot be told.")
        if tried & normal(control.tcp):
            self.facts.append("From the control they took none either.")
            return self.verdict("down", "It fails for the control too: nothing shows a block.")
        return self.verdict("insufficient", "The control has not tried these addresses.")

    def _unanswered(self, here: Measurement, control: Measurement) -> Diagnosis:
        if here.http_failure is None:
            return self.verdict("insufficient", "No page was asked for.")
        self.facts.append(f"Here the request failed: {here.http_failure}.")
        if control.status is None and control.tls and not here.tls and _scheme("url", here.url) == "https":
            self.facts.append("The control's handshake worked, and none here.")
            return self._blamed("http-failure", "The handshake fails here and not from elsewhere")
        if control.status is None:
            self.facts.append(f"For the control: {control.http_failure or 'no request'}.")
            if not control.http_failure:
                return self.verdict("insufficient", "Without an answer to the control there is no telling.")
            if self.dns is False:
                return self._blamed("dns", "The resolver gave addresses that are not the site's")
            return self.verdict("down", "It fails for the control too: nothing shows a block.")
        self.facts.append(f"The control had an answer, with status {control.status}.")
        if here.http_failure.startswith("unknown"):
            return self.verdict("insufficient", "A failure of unknown kind shows no layer.")
        if here.http_failure.startswith("dns_") or is_no_such_name(here.http_failure):
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


def _told(agrees: bool | None) -> str:
    return "cannot be compared" if agrees is None else "agree" if agrees else "differ"
