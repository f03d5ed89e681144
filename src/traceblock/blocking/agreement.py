"""What of a measurement agrees with its control (OONI's Web Connectivity, ts-017)."""

import ipaddress
from collections.abc import Collection, Iterable

_TITLE_WORD = 5  # letters: longer than four
#: Header fields that servers of all kinds send (RFC 9110, 9111 and custom): to share one says nothing.
_USUAL_HEADERS = (
    "accept-ranges age cache-control connection content-encoding content-language content-length "
    "content-type date etag expires keep-alive last-modified link location pragma server set-cookie "
    "strict-transport-security transfer-encoding vary via x-content-type-options x-frame-options "
    "x-powered-by x-xss-protection"
)
#: What stands for the addresses of the public internet in this synthetic world.
_PUBLIC = [
    ipaddress.ip_network(network)
    for network in (
        "198.18.0.0/15",
        "240.0.0.0/4",
        "192.0.2.0/24",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "2001:db8::/32",
    )
]
#: That a name does not exist: a probe's words (df-007), and that of the test helper that makes controls.
_NO_SUCH_NAME = ("dns_nxdomain_error", "dns_name_error", "android_dns_cache_no_data")


def is_no_such_name(failure: str | None) -> bool:
    """Say whether a failure means that a name does not exist, or an Android device's word for not knowing."""
    return failure in _NO_SUCH_NAME


def leads_nowhere(failure: str | None) -> bool:
    """Say whether a failure means that a name does not exist or has no address."""
    return failure == "dns_no_answer" or is_no_such_name(failure)


def normal(addresses: Iterable[str]) -> set[str]:
    """Return addresses each in its one spelling: IPv6 has several."""
    return {str(ipaddress.ip_address(one)) for one in addresses}


def is_bogon(address: str) -> bool:
    """Say whether no web server of the internet can have an address.

    Private (RFC 1918, RFC 4193), shared (RFC 6598), loopback, link-local, unspecified, multicast and other
    special addresses (RFC 6890). The reserved ones are this synthetic world's own.
    """
    ip = ipaddress.ip_address(address)
    ip = getattr(ip, "ipv4_mapped", None) or ip
    if any(ip.version == network.version and ip in network for network in _PUBLIC):
        return False
    return not ip.is_global or ip.is_multicast or getattr(ip, "is_site_local", False)


def is_loopback(addresses: Collection[str]) -> bool:
    """Say whether there are addresses, and all of them are of the machine that asks."""
    return bool(addresses) and all(ipaddress.ip_address(one).is_loopback for one in addresses)


def known(networks: Collection[str]) -> set[str]:
    """Return networks without AS0, which is none (RFC 7607): OONI's word for an unknown one."""
    return {name for name in networks if name.upper() not in ("0", "AS0")}


def headers_agree(here: Collection[str], control: Collection[str]) -> bool | None:
    """Say whether two have the same header fields, or an unusual one in common; None if one has none."""
    mine, theirs = ({name.lower() for name in names} for names in (here, control))
    if not mine or not theirs:
        return None
    return mine == theirs or bool((mine & theirs).difference(_USUAL_HEADERS.split()))


def titles_agree(here: str | None, control: str | None) -> bool | None:
    """Say whether two have a word longer than four letters in common; None if one has none so long."""
    mine, theirs = (
        {word for word in (title or "").lower().split() if len(word) >= _TITLE_WORD}
        for title in (here, control)
    )
    return bool(mine & theirs) if mine and theirs else None
