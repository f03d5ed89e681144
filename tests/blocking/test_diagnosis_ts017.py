"""The cases of OONI's Web Connectivity, each with its clause and our reading of the right verdict.

A clause is a heading of ts-017 (version 2024-02-14-001), or a word of df-007 (the failures). ``ooni`` is what
that logic gives as *blocking*, *accessible* ("null" where it gives no value); where ours is another, the last
column says why. Test helpers say ``dns_name_error`` for NXDOMAIN, give no failure and no addresses for an
answer without any, and ``unknown_error`` for most failures of a request.
"""

import dataclasses

import pytest

from traceblock.blocking.agreement import is_bogon
from traceblock.blocking.diagnosis import VERDICTS, Measurement, diagnose

HTTP, HTTPS = "http://site.example/", "https://site.example/"
SITE, OTHER, PAGE = "240.1.0.9", "240.1.0.200", "192.0.2.1"
LOOPBACK = "127.0.0.1"

GOOD = Measurement(
    HTTP,
    addresses=(SITE,),
    networks=("AS64500",),
    tcp={SITE: True},
    status=200,
    body_length=10_000,
    headers=("Content-Type", "Date", "X-Shop"),
    title="Anna's garden shop",
)
TLS = {"url": HTTPS, "tls": True}
NO_PAGE = {"status": None, "body_length": None, "headers": (), "title": None}
NO_NAME = {"addresses": (), "networks": (), "tcp": {}, "tls": None, **NO_PAGE}
BLOCK = {"body_length": 900, "headers": ("Content-Length",), "title": "Blocked by order"}
REFUSAL = {"body_length": 1_500, "headers": ("CF-Ray",), "title": "Just a moment"}


def unresolved(failure):
    return {**NO_NAME, "dns_failure": failure}


def at(*addresses, networks=(), took=True, **more):
    """A visit to other addresses."""
    return {"addresses": addresses, "networks": networks, "tcp": dict.fromkeys(addresses, took), **more}


def failed(why, **more):
    return {**NO_PAGE, "http_failure": why, **more}


ASTRAY = at(PAGE, networks=("AS64501",))
GONE = unresolved("dns_name_error")
DOWN = failed("unknown_error")
#: What the case is, its clause, what differs here and for the control, verdict, OONI's, and why another.
CASES = [
    # expected success
    ("a page over http", "blocking", {}, {}, "accessible", "false, true", ""),
    ("a page over https", "blocking: https", TLS, TLS, "accessible", "false, true", ""),
    ("a large file cut short", "title_match", {"body_length": None}, {}, "accessible", "false, true", ""),
    # no such name
    ("no such name for both", "df-007", unresolved("dns_nxdomain_error"), GONE, "down", "false, false", ""),
    (
        "an Android device that does not know, no such name for the control",
        "df-007: android_dns_cache_no_data",
        unresolved("android_dns_cache_no_data"),
        GONE,
        "down",
        "false, false",
        "",
    ),
    (
        "no address for both",
        "df-007: dns_no_answer",
        unresolved("dns_no_answer"),
        NO_NAME,
        "down",
        "false, false",
        "",
    ),
    ("no such name here", "dns_consistency", unresolved("dns_nxdomain_error"), {}, "dns", "dns, false", ""),
    (
        "an Android device that does not know",
        "dns_consistency",
        unresolved("android_dns_cache_no_data"),
        {},
        "dns",
        "dns, false",
        "",
    ),
    ("no address here", "dns_consistency", unresolved("dns_no_answer"), {}, "dns", "dns, false", ""),
    ("refused here", "dns_consistency", unresolved("dns_refused_error"), {}, "dns", "dns, false", ""),
    ("a bogon that the probe noticed", "df-007", unresolved("dns_bogon_error"), {}, "dns", "dns, false", ""),
    (
        "no such name here, the control's server failed",
        "dns_consistency",
        unresolved("dns_nxdomain_error"),
        unresolved("dns_server_failure"),
        "insufficient",
        "null, null",
        "",
    ),
    # bogons
    *(
        (
            f"a bogon with a page: {address}",
            "dns_consistency 3",
            at(address, **BLOCK),
            {},
            "dns",
            "dns, false",
            "",
        )
        for address in (
            "10.10.34.35",
            "172.16.0.1",
            "172.31.255.254",
            "192.168.1.1",
            "100.64.0.1",
            "fc00::1",
            "fd12:3456::1",
            LOOPBACK,
            "::1",
            "::ffff:10.0.0.1",
        )
    ),
    (
        "a bogon with a page, of a network that is said to be the site's",
        "dns_consistency 3",
        at("10.10.34.35", networks=("AS64500",), **BLOCK),
        {},
        "dns",
        "dns, false",
        "",
    ),
    ("two bogons", "dns_consistency 3", at("10.10.34.35", LOOPBACK, **BLOCK), {}, "dns", "dns, false", ""),
    (
        "a bogon and another address astray",
        "dns_consistency 3",
        at("10.10.34.35", PAGE, **BLOCK),
        {},
        "dns",
        "dns, false",
        "",
    ),
    (
        "a bogon that takes no connection",
        "dns_consistency 3",
        at("10.10.34.35", took=False, **NO_PAGE),
        {},
        "dns",
        "dns, false",
        "",
    ),
    (
        "a bogon, and the request times out",
        "dns_consistency 3",
        at("10.10.34.35", **failed("generic_timeout_error")),
        {},
        "dns",
        "dns, false",
        "",
    ),
    (
        "a bogon, and the request fails in a way of its own",
        "dns_consistency 3",
        at("10.10.34.35", **failed("unknown_failure: no route")),
        {},
        "dns",
        "dns, false",
        "",
    ),
    (
        "loopback, which nobody tries to reach",
        "dns_consistency 3",
        {**NO_NAME, "addresses": (LOOPBACK,)},
        {},
        "dns",
        "dns, false",
        "",
    ),
    (
        "the same over https",
        "dns_consistency 3",
        {**NO_NAME, "url": HTTPS, "addresses": (LOOPBACK,)},
        TLS,
        "dns",
        "dns, false",
        "",
    ),
    (
        "loopback for both",
        "dns_consistency 1",
        {**NO_NAME, "addresses": (LOOPBACK,)},
        {**NO_NAME, "addresses": (LOOPBACK,)},
        "down",
        "false, false",
        "",
    ),
    (
        "a bogon with a page, and the control did not get its page",
        "dns_consistency 3",
        at("10.10.34.35", **BLOCK),
        {**REFUSAL, "status": 403},
        "dns",
        "dns, false",
        "",
    ),
    (
        "a bogon with a page, and the control's request failed",
        "dns_consistency 3",
        at("10.10.34.35", **BLOCK),
        DOWN,
        "dns",
        "dns, false",
        "",
    ),
    (
        "a bogon with a page, and no such name for the control",
        "dns_consistency 3",
        at("10.10.34.35", **BLOCK),
        GONE,
        "dns",
        "dns, false",
        "",
    ),
    (
        "a bogon with the very page of the control",
        "blocking: final response that matches",
        at("10.10.34.35"),
        {},
        "accessible",
        "false, true",
        "",
    ),
    (
        "a bogon and the site's own address",
        "dns_consistency 1",
        at("10.10.34.35", SITE, **BLOCK),
        {},
        "http-diff",
        "http-diff, false",
        "",
    ),
    (
        "a page over https from a bogon",
        "blocking: https",
        at("10.10.34.35", **TLS),
        TLS,
        "accessible",
        "false, true",
        "",
    ),
    (
        "a bogon and no control",
        "blocking: null",
        at("10.10.34.35", **BLOCK),
        None,
        "insufficient",
        "null",
        "",
    ),
    # addresses astray
    ("a block page elsewhere", "dns_consistency 2", {**ASTRAY, **BLOCK}, {}, "dns", "dns, false", ""),
    ("a passing proxy", "blocking: final response that matches", ASTRAY, {}, "accessible", "false, true", ""),
    (
        "a passing proxy over https",
        "dns_consistency 4",
        {**ASTRAY, **TLS},
        TLS,
        "accessible",
        "false, true",
        "",
    ),
    (
        "an unknown authority elsewhere",
        "dns_consistency 4",
        {**ASTRAY, **failed("ssl_unknown_authority", url=HTTPS, tls=False)},
        TLS,
        "dns",
        "dns, false",
        "",
    ),
    (
        "a handshake reset, elsewhere",
        "dns_consistency 2",
        {**ASTRAY, **failed("connection_reset", url=HTTPS, tls=False)},
        TLS,
        "dns",
        "dns, false",
        "",
    ),
    (
        "elsewhere no connection is taken",
        "dns_consistency 2",
        at(PAGE, networks=("AS64501",), took=False, **NO_PAGE),
        {},
        "dns",
        "dns, false",
        "",
    ),
    (
        "elsewhere, and the control's request fails too",
        "dns_consistency 2",
        {**ASTRAY, **failed("connection_reset")},
        DOWN,
        "dns",
        "dns, false",
        "",
    ),
    (
        "AS0 for both",
        "dns_consistency 2",
        at(PAGE, networks=("AS0",), **BLOCK),
        {"networks": ("AS0",)},
        "insufficient",
        "dns, false",
        "an unknown network is none in common, nor another",
    ),
    (
        "a block page for a name that is none any more",
        "dns_consistency",
        {**ASTRAY, **BLOCK},
        GONE,
        "insufficient",
        "dns, false",
        "the site is nowhere; whether this is a left-over block or a name of the network's own is not shown",
    ),
    # connections
    (
        "no connection here",
        "blocking: tcp_ip",
        {"tcp": {SITE: False}, **NO_PAGE},
        {},
        "tcp_ip",
        "tcp_ip, false",
        "",
    ),
    (
        "no connection here over https",
        "blocking: tcp_ip",
        {"url": HTTPS, "tcp": {SITE: False}, **failed("generic_timeout_error")},
        TLS,
        "tcp_ip",
        "tcp_ip, false",
        "",
    ),
    (
        "no connection for both",
        "expected failure",
        {"tcp": {SITE: False}, **failed("connection_refused")},
        {"tcp": {SITE: False}, **failed("connection_refused_error")},
        "down",
        "false, false",
        "",
    ),
    (
        "no connection to this address for both, but the control's handshake worked at another",
        "expected failure",
        {"url": HTTPS, "tcp": {SITE: False}, **failed("connection_refused")},
        {**TLS, "tcp": {SITE: False, OTHER: True}, **DOWN},
        "insufficient",
        "false, false",
        "a site whose handshake worked is not down",
    ),
    # TLS and HTTP failures
    *(
        (
            f"the request fails: {why}",
            "blocking: http-failure",
            failed(why),
            {},
            "http-failure",
            "http-failure, false",
            "",
        )
        for why in (
            "connection_reset",
            "connection_refused",
            "eof_error",
            "generic_timeout_error",
            "http_invalid_redirect_location_host",
        )
    ),
    *(
        (
            f"the handshake fails here: {why}",
            "blocking: http-failure",
            {"url": HTTPS, **failed(why, tls=False)},
            TLS,
            "http-failure",
            "http-failure, false",
            "",
        )
        for why in ("connection_reset", "ssl_invalid_hostname", "ssl_unknown_authority", "eof_error")
    ),
    *(
        (
            f"the handshake fails for both: {why}",
            "expected failure",
            {"url": HTTPS, **failed(why, tls=False)},
            {"url": HTTPS, "tls": False, **DOWN},
            "down",
            "false, false",
            "",
        )
        for why in ("ssl_invalid_certificate", "ssl_invalid_hostname", "ssl_unknown_authority")
    ),
    (
        "a bad certificate for both, at addresses of unknown networks",
        "expected failure",
        {"url": HTTPS, **at(OTHER), **failed("ssl_invalid_hostname", tls=False)},
        {"url": HTTPS, "tls": False, "networks": (), **DOWN},
        "down",
        "false, false",
        "",
    ),
    (
        "the handshake fails here, the control's request only after it",
        "unexpected failure",
        {"url": HTTPS, **failed("connection_reset", tls=False)},
        {**TLS, **DOWN},
        "http-failure",
        "http-failure, false",
        "",
    ),
    (
        "the handshake works for both and the request for neither",
        "expected failure",
        {**TLS, **failed("connection_reset")},
        {**TLS, **DOWN},
        "down",
        "false, false",
        "",
    ),
    (
        "the request fails for both",
        "expected failure",
        failed("connection_reset"),
        DOWN,
        "down",
        "false, false",
        "",
    ),
    (
        "too many redirects for both",
        "expected failure",
        failed("unknown_failure: stopped after too many redirects"),
        DOWN,
        "down",
        "false, false",
        "",
    ),
    (
        "a failure of no known kind",
        "df-007: unknown_failure",
        failed("unknown_failure: no route"),
        {},
        "insufficient",
        "null, null",
        "",
    ),
    *(
        (
            f"a redirect to a name that is none here: {why}",
            "blocking: dns",
            failed(why),
            {},
            "dns",
            "dns, false",
            "",
        )
        for why in ("dns_nxdomain_error", "android_dns_cache_no_data")
    ),
    *(
        (f"a fault of the probe's own: {why}", "df-007", failed(why), {}, "insufficient", "null, null", "")
        for why in ("interrupted", "network_down")
    ),
    ("a look-up interrupted", "df-007", unresolved("interrupted"), {}, "insufficient", "null, null", ""),
    # pages that differ
    (
        "a block page",
        "body_length_match, headers_match, title_match",
        BLOCK,
        {},
        "http-diff",
        "http-diff, false",
        "",
    ),
    (
        "another status",
        "status_code_match",
        {**REFUSAL, "status": 403},
        {},
        "http-diff",
        "http-diff, false",
        "",
    ),
    *(
        (
            f"the control got {status}",
            "status_code_match: null unless the control's is 2xx",
            {},
            {**REFUSAL, "status": status},
            "insufficient",
            "http-diff, false",
            "who did not get the page cannot tell that another is wrong",
        )
        for status in (302, 401, 403, 404, 429, 451, 500, 502, 503, 504)
    ),
    (
        "a block page, and the control got 403",
        "status_code_match",
        BLOCK,
        {**REFUSAL, "status": 403},
        "insufficient",
        "http-diff, false",
        "as above",
    ),
    (
        "403 for both, with other pages",
        "status_code_match",
        {**BLOCK, "status": 403},
        {**REFUSAL, "status": 403},
        "insufficient",
        "http-diff, false",
        "as above",
    ),
    (
        "403 for both, with the same page",
        "status_code_match",
        {**REFUSAL, "status": 403},
        {**REFUSAL, "status": 403},
        "accessible",
        "false, true",
        "",
    ),
    (
        "a block page elsewhere, and the control got 429",
        "status_code_match",
        {**ASTRAY, **BLOCK},
        {**REFUSAL, "status": 429},
        "insufficient",
        "dns, false",
        "as above",
    ),
    (
        "the request is reset, and the control got 403",
        "unexpected failure",
        failed("connection_reset"),
        {**REFUSAL, "status": 403},
        "http-failure",
        "http-failure, false",
        "",
    ),
    ("201 for both", "status_code_match", {"status": 201}, {"status": 201}, "accessible", "false, true", ""),
    # no control
    (
        "the control was not reached",
        "blocking: null",
        {},
        {"failure": "connection_reset"},
        "insufficient",
        "null",
        "",
    ),
    (
        "not reached, over https",
        "blocking: https",
        TLS,
        {**TLS, "failure": "connection_reset"},
        "accessible",
        "false, true",
        "",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_the_verdict_of_a_case_of_ts_017(case):
    _, _, here, control, verdict, ooni, why = case
    measurement = dataclasses.replace(GOOD, **here)
    found = diagnose(measurement, None if control is None else dataclasses.replace(GOOD, **control))
    assert found.verdict == verdict, found
    same = {"accessible": "false, true", "down": "false, false", "insufficient": "null"}.get(verdict, verdict)
    assert ooni.startswith(same) == (not why), "a reading of our own has its reason, and no other"


def test_no_case_is_there_twice_and_every_verdict_is():
    assert len({case[0] for case in CASES}) == len(CASES)
    assert {case[4] for case in CASES} == set(VERDICTS)
    assert all(case[1] for case in CASES)


def test_both_words_for_no_such_name_agree():
    here = dataclasses.replace(GOOD, **unresolved("dns_nxdomain_error"))
    for word in ("dns_nxdomain_error", "dns_name_error"):
        found = diagnose(here, dataclasses.replace(GOOD, **unresolved(word)))
        assert (found.verdict, found.dns) == ("down", True)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("10.255.255.255", True),
        ("172.16.0.0", True),
        ("192.168.0.0", True),
        ("100.127.255.255", True),
        ("127.255.255.255", True),
        ("fdff::1", True),
        ("::", True),
        ("::1", True),
        ("::ffff:192.168.0.1", True),
        ("::ffff:192.0.2.1", False),
        ("198.18.0.1", False),
        ("240.1.0.9", False),
        ("192.0.2.1", False),
        ("198.51.100.1", False),
        ("203.0.113.1", False),
        ("2001:db8::1", False),
    ],
)
def test_a_bogon_is_what_no_web_server_has(address, expected):
    assert is_bogon(address) == expected


def test_addresses_just_outside_the_private_ranges_are_none():
    for number in ("11" + ".0.0.0", "172.15" + ".255.255", "172.32" + ".0.0", "100.128" + ".0.0"):
        assert not is_bogon(number)
