"""Lists of addresses at the scale of the record: as long as those in court, every line on them made up."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from traceblock import arguments, cases
from traceblock.chance import stream
from traceblock.network import DAY, Isp, Network, build, epoch, instants, ports

#: The ISPs of The Hurt Locker's list of 2011, by the fact that counts their addresses.
HURT_LOCKER = {
    "Comcast": "addresses_comcast",
    "Verizon": "addresses_verizon",
    "Charter": "addresses_charter",
    "Time Warner": "addresses_time_warner",
    "other ISPs": "addresses_other_isps",
}

_POOLS = tuple(f"{first}.0.0.0/8" for first in range(241, 256))
_IN_A_POOL = 2**24  # addresses
_LONGEST = 36_525  # days, a century


class Replay(NamedTuple):
    """A list of addresses, and the made-up network they come from."""

    network: Network
    #: ``time``, ``address``, ``port`` and ``truth`` (the subscriber), by time.
    observations: pd.DataFrame


def hurt_locker(seed: int, days: int = 365, lease: str = "168h") -> Replay:
    """Return a made-up list with as many addresses of each ISP as the list of May 2011 had.

    The record has the numbers. When the addresses were observed, and how long each ISP's leases are, it does
    not have: those are parameters.

    Parameters
    ----------
    seed : int
    days : int
        Over how long they were observed, up to 1 May 2011.
    lease : Timedelta-like
        Of every ISP.
    """
    sizes = {isp: int(cases.fact("hurt-locker", fact).value) for isp, fact in HURT_LOCKER.items()}
    return made_up(sizes, "2011-05-01", days, seed, lease)


def fall(seed: int, days: int = 90, lease: str = "168h") -> Replay:
    """Return a made-up list of as many addresses as the subpoena of April 2023 had, all of one ISP.

    Parameters
    ----------
    seed : int
    days : int
        Over how long they were observed, up to 1 April 2023: a parameter.
    lease : Timedelta-like
        A parameter too.
    """
    isp = str(cases.fact("fall", "isp", "established").value)
    return made_up(
        {isp: int(cases.fact("fall", "addresses_in_subpoena").value)}, "2023-04-01", days, seed, lease
    )


def made_up(sizes: Mapping[str, int], until: str, days: int, seed: int, lease: str = "168h") -> Replay:
    """Return a list with so many addresses of each ISP, each observed once at a random time.

    No address is given out twice in that time, so that all addresses on the list differ.

    Parameters
    ----------
    sizes : Mapping of str to int
        Addresses on the list, by ISP; each ISP has just as many subscribers.
    until : Timestamp-like
        The end of the observations.
    days : int
        How long they lasted.
    seed : int
    lease : Timedelta-like

    Raises
    ------
    ValueError
        If an argument is out of its range.
    """
    if not (isinstance(sizes, Mapping) and 1 <= len(sizes) <= len(_POOLS)):
        raise arguments.refuse(
            "sizes", sizes, f"the addresses of each ISP by its name, for 1 to {len(_POOLS)}"
        )
    for name, size in sizes.items():
        arguments.text("sizes", name, "a name for each ISP")
        arguments.whole("sizes", size, low=1, high=_IN_A_POOL)
    days = arguments.whole("days", days, low=1, high=_LONGEST)
    end = arguments.instant("until", until)
    if epoch(end) - days * DAY < arguments.FIRST_SECOND:
        raise arguments.refuse(
            "until", until, f"a time {days:,} days or more after the beginning of the year 1"
        )
    arguments.seconds("lease", lease, low=1)
    arguments.seed(seed)
    isps = [
        Isp(name, size, pool, lease=lease, reuse=f"{days}D")
        for pool, (name, size) in zip(_POOLS, sizes.items(), strict=False)
    ]
    try:
        network = build(isps, end - pd.Timedelta(days, "D"), days, seed)
    except ValueError as error:  # in the words of a network
        raise type(error)(f"days={days:,}, lease={arguments.shown(lease)}: {error}") from None
    rng = stream(seed, "list")
    subscriber = network.subscribers["subscriber"].to_numpy()
    time = epoch(network.start) + rng.integers(0, days * DAY, len(subscriber))
    held = network.leases.iloc[network.lease_at(subscriber, time)]
    table = pd.DataFrame(
        {
            "time": instants(time),
            "address": held["address"].to_numpy(),
            "port": ports(held, rng.random(len(held))),
            "truth": subscriber,
        }
    )
    return Replay(network, table.iloc[np.argsort(time, kind="stable")].reset_index(drop=True))
