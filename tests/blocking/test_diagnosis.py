"""OONI's questions and answers: a table of cases, the facts that are shown, and what is refused."""

import dataclasses
import ipaddress
import random

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from traceblock import cases
from traceblock.blocking.agreement import is_bogon
from traceblock.blocking.diagnosis import LAYERS, VERDICTS, Measurement, diagnose, measured

HTTP, HTTPS = "http://site.example/", "https://site.example/"
SITE, CDN, PAGE = "240.1.0.9", "240.1.0.200", "192.0.2.1"
SIX = "2001:db8::9"
NOWHERE = str(ipaddress.IPv4Address(0))
NETWORKS = {SITE: "AS64500", CDN: "AS64500", PAGE: "AS64501", SIX: "AS64502"}
HEADERS = ("Content-Type", "Date", "X-Shop")
CLOSED = ("address", "closure")

GOOD = Measurement(
    HTTP,
    addresses=(SITE,),
    networks=("AS64500",),
    tcp={SITE: True},
    status=200,
    body_length=10_000,
    headers=HEADERS,
    title="Anna's garden shop",
)
NO_PAGE = {"status": None, "body_length": None, "headers": (), "title": None}
NO_ANSWER = {"addresses": (), "networks": (), "tcp": {}, **NO_PAGE}
SHORT = {"body_length": 900, "headers": ("Content-Length",), "title": "Blocked by order"}
ASTRAY = {"addresses": (PAGE,), "networks": ("AS64501",), "tcp": {PAGE: True}}
UNKNOWN = {"addresses": (PAGE,), "networks": (), "tcp": {PAGE: True}}
TLS = {"url": HTTPS}


def failed(why, **more):
    return {**NO_PAGE, "http_failure": why, **more}


# what the case is, what differs from a good visit here, and for the control (None: none), and the verdict
CASES = [
    ("the same page", {}, {}, "accessible"),
    # DNS
    ("no such name here only", {**NO_ANSWER, "dns_failure": "dns_nxdomain_error"}, {}, "dns"),
    ("no data here only", {**NO_ANSWER, "dns_failure": "dns_no_answer"}, {}, "dns"),
    (
        "the look-up is not answered here only",
        {**NO_ANSWER, "dns_failure": "generic_timeout_error"},
        {},
        "dns",
    ),
    ("refused here only", {**NO_ANSWER, "dns_failure": "dns_refused_error"}, {}, "dns"),
    (
        "no such name anywhere",
        {**NO_ANSWER, "dns_failure": "dns_nxdomain_error"},
        {**NO_ANSWER, "dns_failure": "dns_nxdomain_error"},
        "down",
    ),
    (
        "no answer here, no such name for the control",
        {**NO_ANSWER, "dns_failure": "generic_timeout_error"},
        {**NO_ANSWER, "dns_failure": "dns_nxdomain_error"},
        "down",
    ),
    (
        "no such name here, and the control's resolver failed",
        {**NO_ANSWER, "dns_failure": "dns_nxdomain_error"},
        {**NO_ANSWER, "dns_failure": "dns_servfail_error"},
        "insufficient",
    ),
    (
        "a name here that is none for the control",
        {},
        {**NO_ANSWER, "dns_failure": "dns_nxdomain_error"},
        "insufficient",
    ),
    (
        "no such name here, and the control has neither addresses nor a failure",
        {**NO_ANSWER, "dns_failure": "dns_nxdomain_error"},
        NO_ANSWER,
        "insufficient",
    ),
    ("a block page at another address", ASTRAY | SHORT, {}, "dns"),
    (
        "a block page, and an address that nobody has",
        {**UNKNOWN, "addresses": ("127.0.0.1",)} | SHORT,
        {},
        "dns",
    ),
    (
        "the unspecified address",
        {**NO_ANSWER, "addresses": (NOWHERE,), "tcp": {NOWHERE: False}},
        {},
        "dns",
    ),
    ("its IPv6 counterpart", {**NO_ANSWER, "addresses": ("::",), "tcp": {"::": False}}, {}, "dns"),
    (
        "an address of this machine for the control too",
        {"addresses": ("127.0.0.1",), "networks": ()} | SHORT,
        {"addresses": ("127.0.0.1",), "networks": ()},
        "http-diff",
    ),
    ("another page from another address, of no known network", UNKNOWN | SHORT, {}, "insufficient"),
    ("another address, but the page expected", ASTRAY, {}, "accessible"),
    ("another address of the same network, another page", {"addresses": (CDN,)} | SHORT, {}, "http-diff"),
    ("another address with a valid certificate", ASTRAY | SHORT | {"tls": True}, {}, "http-diff"),
    ("another address without one", UNKNOWN | SHORT | {"tls": False}, {}, "dns"),
    ("one of two addresses in common", {"addresses": (PAGE, SITE), "networks": ()} | SHORT, {}, "http-diff"),
    (
        "IPv6 in two spellings",
        {"addresses": ("2001:db8:0::9",), "networks": ()} | SHORT,
        {"addresses": (SIX,), "networks": ()},
        "http-diff",
    ),
    ("an address astray that takes no connection", {**ASTRAY, "tcp": {PAGE: False}, **NO_PAGE}, {}, "dns"),
    ("an address astray, and the request fails", failed("connection_reset", **ASTRAY), {}, "dns"),
    (
        "an address of no known network, and the request fails",
        failed("connection_reset", **UNKNOWN),
        {},
        "insufficient",
    ),
    # TCP
    ("no connection here only", {"tcp": {SITE: False}, **NO_PAGE}, {}, "tcp_ip"),
    ("no connection anywhere", {"tcp": {SITE: False}, **NO_PAGE}, {"tcp": {SITE: False}, **NO_PAGE}, "down"),
    (
        "no connection, not tried by the control",
        {"tcp": {SITE: False}, **NO_PAGE},
        {"tcp": {}},
        "insufficient",
    ),
    (
        "no connection, by IPv6 alone, in another spelling",
        {"addresses": (SIX,), "tcp": {SIX: False}, **NO_PAGE},
        {"addresses": (SIX,), "tcp": {"2001:db8:0:0::9": True}},
        "tcp_ip",
    ),
    (
        "no connection by IPv6, but by IPv4",
        {"addresses": (SITE, SIX), "tcp": {SIX: False, SITE: True}},
        {"addresses": (SITE, SIX), "tcp": {SIX: True, SITE: True}},
        "accessible",
    ),
    (
        "of two addresses the control reaches one",
        {"addresses": (SITE, CDN), "tcp": {SITE: False, CDN: False}, **NO_PAGE},
        {"tcp": {SITE: True, CDN: False}},
        "tcp_ip",
    ),
    ("no connection over https", {**TLS, "tcp": {SITE: False}, **NO_PAGE}, TLS, "tcp_ip"),
    # HTTP fails
    ("reset on the name in the handshake", {**TLS, **failed("connection_reset")}, TLS, "http-failure"),
    ("reset on the Host header", failed("connection_reset"), {}, "http-failure"),
    ("a certificate for another name", {**TLS, **failed("ssl_invalid_hostname")}, TLS, "http-failure"),
    ("the request times out", failed("generic_timeout_error"), {}, "http-failure"),
    ("a redirect to a name that does not resolve", failed("dns_nxdomain_error"), {}, "dns"),
    ("it fails for the control too", failed("connection_reset"), failed("generic_timeout_error"), "down"),
    ("a failure of unknown kind", failed("unknown_failure"), {}, "insufficient"),
    ("a failure, and the control made no request", failed("connection_reset"), NO_PAGE, "insufficient"),
    ("no request was made", NO_PAGE, {}, "insufficient"),
    # HTTP differs
    ("a block page", SHORT, {}, "http-diff"),
    ("a block page with the headers expected", {**SHORT, "headers": HEADERS}, {}, "accessible"),
    ("another status alone", {"status": 403}, {}, "http-diff"),
    ("451 over http", {"status": 451}, {}, "http-diff"),
    ("451 for the control too", {"status": 451}, {"status": 451}, "accessible"),
    ("a page of 0.7", {**SHORT, "body_length": 7_000}, {}, "http-diff"),
    ("a page just over 0.7", {**SHORT, "body_length": 7_001}, {}, "accessible"),
    ("a longer page", {**SHORT, "body_length": 14_000}, {}, "accessible"),
    ("a title that shares a word of five", {**SHORT, "title": "GARDEN tools"}, {}, "accessible"),
    (
        "a title that shares words of four",
        {**SHORT, "title": "Good shop"},
        {"title": "Anna's shop"},
        "http-diff",
    ),
    ("a header of the site's own", {**SHORT, "headers": ("x-shop", "Via")}, {}, "accessible"),
    ("usual headers alone", {**SHORT, "headers": ("Content-Type", "Date")}, {}, "http-diff"),
    (
        "usual headers, but the same on both sides",
        {**SHORT, "headers": ("date", "Via")},
        {"headers": ("Via", "Date")},
        "accessible",
    ),
    ("no title, another body", {**SHORT, "title": None}, {}, "http-diff"),
    ("an empty body, another title", {**SHORT, "body_length": 0}, {}, "http-diff"),
    (
        "an empty body without headers or title",
        {"body_length": 0, "headers": (), "title": ""},
        {},
        "insufficient",
    ),
    (
        "nothing on either side but a status",
        {"body_length": 0, "headers": (), "title": None},
        {"body_length": 0, "headers": (), "title": None},
        "insufficient",
    ),
    ("the control met a fault of the server", {}, {"status": 503}, "insufficient"),
    ("the same fault for both", {"status": 503}, {"status": 503}, "accessible"),
    ("the control had no page", {}, failed("connection_reset"), "insufficient"),
    # https
    ("a page over https", TLS, TLS, "accessible"),
    ("another page over https", {**TLS, **SHORT, "status": 451}, TLS, "accessible"),
    ("another page over https after a redirect", {**SHORT, "final_url": HTTPS}, {}, "accessible"),
    ("a block page over http after a redirect", {**TLS, **SHORT, "final_url": HTTP}, TLS, "http-diff"),
    ("a page over https without a control", TLS, None, "accessible"),
    # no control, no measurement
    ("no control", {}, None, "insufficient"),
    (
        "no such name, and no control",
        {**NO_ANSWER, "dns_failure": "dns_nxdomain_error"},
        None,
        "insufficient",
    ),
    ("the control was not reached", SHORT, {"failure": "connection_reset"}, "insufficient"),
    ("nothing was measured", {"failure": "interrupted"}, {}, "insufficient"),
    # an address in the URL
    (
        "an address asked for takes no connection",
        {"url": f"http://{SITE}/", "addresses": (), "networks": (), "tcp": {SITE: False}, **NO_PAGE},
        {"url": f"http://{SITE}/"},
        "tcp_ip",
    ),
    (
        "another page from an IPv6 address asked for",
        {"url": f"http://[{SIX}]/", "addresses": (), **SHORT},
        {"url": f"http://[{SIX}]/"},
        "http-diff",
    ),
]


def of(case):
    _, here, control, _ = case
    return (
        dataclasses.replace(GOOD, **here),
        None if control is None else dataclasses.replace(GOOD, **control),
    )


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_the_verdict_of_a_case(case):
    measurement, control = of(case)
    found = diagnose(measurement, control)
    assert found.verdict == case[3], found
    assert found.because


def test_the_cases_cover_every_verdict_and_no_case_is_there_twice():
    assert len(CASES) >= 25
    assert {case[3] for case in CASES} == set(VERDICTS)
    assert len({case[0] for case in CASES}) == len(CASES)


def test_the_thresholds_are_the_records():
    threshold = cases.fact("literature", "ooni_body_threshold", "established").value
    letters = int(cases.fact("literature", "ooni_title_word_letters", "established").value)
    for length, verdict in ((threshold * 10_000, "http-diff"), (threshold * 10_000 + 1, "accessible")):
        here = dataclasses.replace(GOOD, **SHORT | {"body_length": round(length)})
        assert diagnose(here, GOOD).verdict == verdict
    for letter, verdict in ((letters, "http-diff"), (letters + 1, "accessible")):
        word = "a" * letter
        here = dataclasses.replace(GOOD, **SHORT | {"title": f"{word} other words"})
        assert diagnose(here, dataclasses.replace(GOOD, title=word)).verdict == verdict


def test_the_facts_come_before_the_verdict():
    found = diagnose(dataclasses.replace(GOOD, **SHORT), GOOD)
    assert found.because == (
        "DNS agrees: an address in common with the control.",
        "Status: 200 here, 200 for the control.",
        "Body: the shorter is 0.09 of the longer.",
        "Headers: differ.",
        "Title: differ.",
        "It is not the page that the control has, and DNS agrees: http-diff.",
    )
    assert repr(found).splitlines() == [*found.because, "Verdict: http-diff"]
    assert found.body_proportion == pytest.approx(0.09)
    table = found.table()
    assert table["compared"].tolist() == ["dns", "status", "body", "headers", "title"]
    assert table["agrees"].tolist() == [True, True, False, False, False]
    assert table["agrees"].dtype == "boolean"


def test_what_was_not_compared_is_missing_and_not_false():
    here = dataclasses.replace(GOOD, **NO_ANSWER, dns_failure="dns_nxdomain_error")
    table = diagnose(here, GOOD).table().set_index("compared")["agrees"]
    assert table["dns"] is not pd.NA
    assert not table["dns"]
    assert table.drop("dns").isna().all()
    assert diagnose(GOOD, None).table()["agrees"].isna().all()


PARTS = st.builds(
    lambda parts: {key: value for part in parts for key, value in part.items()},
    st.lists(st.sampled_from([part for case in CASES for part in case[1:3] if part]), max_size=3),
)


def maybe(parts):
    """A measurement of the parts, if they can be together."""
    try:
        return dataclasses.replace(GOOD, **parts | {"url": HTTP})
    except ValueError:
        return GOOD


@given(PARTS.map(maybe), st.one_of(st.none(), PARTS.map(maybe)))
def test_the_laws_of_a_diagnosis(measurement, control):
    found = diagnose(measurement, control)
    assert found.verdict in VERDICTS
    blocked = found.verdict in ("dns", "tcp_ip", "http-diff", "http-failure")
    if control is None or control.failure or measurement.failure:
        assert not blocked  # without both sides there is no finding of a block
    if blocked:
        assert found.dns is not None or measurement.http_failure  # nor without knowing of DNS
        met = control.status is not None or any(control.tcp.values()) or control.addresses
        assert met or any(map(is_bogon, measurement.addresses))  # what no site has needs no page beside it
    if found.verdict == "http-diff":
        assert measurement.status is not None
        assert not measurement.secure
    if measurement == control and not measurement.failure:
        assert not blocked
    shuffled = dataclasses.replace(
        measurement,
        addresses=tuple(random.Random(1).sample(measurement.addresses, len(measurement.addresses))),
        headers=tuple(header.upper() for header in reversed(measurement.headers)),
    )
    assert diagnose(shuffled, control).verdict == found.verdict


# measurements of the simulated world


@pytest.mark.parametrize(
    ("layer", "http", "https"),
    [
        (None, "accessible", "accessible"),
        ("delisting", "accessible", "accessible"),  # who asks by name does not notice
        ("dns", "dns", "dns"),
        ("address", "tcp_ip", "tcp_ip"),
        ("url", "http-diff", None),
        ("host", "http-failure", "http-failure"),
        ("edge", "http-diff", "accessible"),  # OONI's blind spot: a refusal over https
        ("closure", "down", "down"),
    ],
)
def test_each_layer_gives_itself_away_or_not(layer, http, https):
    for url, verdict in ((HTTP, http), (HTTPS, https)):
        if verdict is None:
            with pytest.raises(ValueError, match=r"^stopped_by='url'.*another layer"):
                measured(url, [SITE], layer)
            continue
        control = measured(url, [SITE], "closure" if layer == "closure" else None, networks=NETWORKS)
        assert diagnose(measured(url, [SITE], layer, networks=NETWORKS), control).verdict == verdict


@pytest.mark.parametrize(
    ("rcode", "records", "failure"),
    [
        ("NXDOMAIN", [], "dns_nxdomain_error"),
        ("NOERROR", [], "dns_no_answer"),
        ("NOERROR", [("site.example.", "CNAME", "other.example.")], "dns_no_answer"),
        (None, [], "generic_timeout_error"),
        ("SERVFAIL", [], "dns_servfail_error"),
        ("REFUSED", [], "dns_refused_error"),
        ("NOTIMP", [], "dns_server_misbehaving"),
        ("NXDOMAIN", None, "dns_nxdomain_error"),
        (None, None, "generic_timeout_error"),
    ],
)
def test_what_a_resolver_answered_becomes_a_failure(rcode, records, failure):
    found = measured(HTTP, [SITE], "dns", rcode=rcode, records=records)
    assert found.dns_failure == failure
    assert diagnose(found, measured(HTTP, [SITE])).verdict == "dns"


@pytest.mark.parametrize("url", [HTTP, HTTPS])
def test_a_redirect_to_a_block_page_is_seen_by_its_network(url):
    records = [("site.example.", "A", PAGE)]
    control = measured(url, [SITE], networks=NETWORKS)
    here = measured(url, [SITE], "dns", records=records, networks=NETWORKS)
    assert here.http_failure == (None if url == HTTP else "ssl_invalid_hostname")
    assert diagnose(here, control).verdict == "dns"
    unknown = measured(url, [SITE], "dns", records=records)
    assert diagnose(unknown, control).verdict == ("insufficient" if url == HTTP else "dns")


def test_records_are_read_through_an_alias_and_with_ipv6():
    records = [("site.example.", "CNAME", "edge.example."), ("edge.example.", "A", SITE)]
    found = measured(HTTP, [SITE, SIX], records=[*records, ("edge.example.", "AAAA", SIX)], networks=NETWORKS)
    assert found.addresses == (SITE, SIX)
    assert found.networks == ("AS64500", "AS64502")
    assert found.tcp == {SITE: True, SIX: True}
    assert diagnose(found, measured(HTTP, [SITE, SIX])).verdict == "accessible"


def test_a_closed_site_and_a_blocked_address_take_no_connection():
    for layer in LAYERS:
        assert measured(HTTP, [SITE], layer).tcp == ({} if layer == "dns" else {SITE: layer not in CLOSED})


# bad input


@pytest.mark.parametrize(
    ("name", "value", "accepted"),
    [
        ("url", "site.example", "a URL that begins with http"),
        ("url", "ftp://site.example/", "a URL"),
        ("url", "http://", "has a host"),
        ("url", "http://[2001:db8::/", "a URL"),
        ("url", None, "a URL"),
        ("final_url", "about:blank", "a URL"),
        ("addresses", [SITE], "a tuple of texts"),
        ("addresses", ("site.example",), "addresses as text, IPv4 or IPv6"),
        ("addresses", (4026531849,), "a tuple of texts"),
        ("dns_failure", 3, "a text or None"),
        ("dns_failure", "dns_nxdomain_error", "None where the name has addresses"),
        ("networks", "AS64500", "a tuple of texts"),
        ("tcp", [SITE], "True or False for each address"),
        ("tcp", {SITE: 1}, "True or False for each address"),
        ("tcp", {"site": True}, "addresses as text"),
        ("tls", "yes", "True, False or None"),
        ("http_failure", "connection_reset", "None where an answer has a status"),
        ("status", 99, "a whole number, 100 to 599"),
        ("status", "200", "a whole number"),
        ("body_length", -1, "a whole number, 0 or more"),
        ("headers", ("",), "a tuple of texts"),
        ("title", 5, "a text or None"),
        ("failure", True, "a text or None"),
    ],
)
def test_a_measurement_that_cannot_be_is_refused(name, value, accepted):
    with pytest.raises(ValueError, match=rf"(?s)^{name}=.*{accepted}"):
        dataclasses.replace(GOOD, **{name: value})


def test_other_bad_input_is_refused():
    with pytest.raises(ValueError, match=r"^measurement='here'.*a Measurement"):
        diagnose("here", GOOD)
    with pytest.raises(ValueError, match=r"^control=False.*a Measurement or None"):
        diagnose(GOOD, False)
    with pytest.raises(ValueError, match=r"^control is of 'https.*the same URL"):
        diagnose(GOOD, dataclasses.replace(GOOD, url=HTTPS))
    with pytest.raises(ValueError, match=r"^stopped_by='sni'.*one of delisting, dns"):
        measured(HTTP, [SITE], "sni")
    with pytest.raises(ValueError, match=r"^addresses=\[\].*the address of the site"):
        measured(HTTP, [])
    with pytest.raises(ValueError, match=r"^addresses='site'.*addresses as text"):
        measured(HTTP, ["site"])
    with pytest.raises(ValueError, match=r"^url='site'"):
        measured("site", [SITE])
