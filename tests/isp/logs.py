"""Small logs of leases by chance, and a plain loop over them that says who held an address."""

import pandas as pd
from hypothesis import strategies as st

from traceblock.network import instants

ZERO = 1_262_304_000  # 2010-01-01
CENTURY = 36_525 * 86_400
#: The ISP of a subscriber: a number belongs to one ISP, or to one that the log does not name.
ISPS = ["North", "South", None]
COLUMNS = ["address", "port_first", "port_last", "subscriber", "start", "end"]
KINDS = {
    "address": "uint32",
    "port": "uint16",
    "port_first": "uint16",
    "port_last": "uint16",
    "subscriber": "int64",
}
PORTS = [0, 1, 2, 1_023, 1_024, 2_047, 2_048, 65_534, 65_535]


def log(rows):
    """Return leases from tuples as in COLUMNS, times in seconds since 1970."""
    leases = typed(rows, COLUMNS)
    leases["isp"] = pd.Categorical([ISPS[row[3] % 3] for row in rows], ISPS[:2])
    return leases


def records(rows):
    """Return observations from tuples of time, address and port."""
    return typed(rows, ["time", "address", "port"])


def typed(rows, columns):
    values = zip(*rows, strict=True) if rows else [[]] * len(columns)
    table = {}
    for name, column in zip(columns, values, strict=True):
        kind = KINDS.get(name, "int64")
        series = pd.Series(list(column), dtype=kind)
        table[name] = instants(series.to_numpy()) if name in ("time", "start", "end") else series
    return pd.DataFrame(table)


def clash(one, other):
    """Say whether two leases give one port of one address to different subscribers at one second."""
    return (
        one[0] == other[0]
        and one[3] != other[3]
        and max(one[1], other[1]) <= min(one[2], other[2])
        and max(one[4], other[4]) < min(one[5], other[5])
    )


def holding(rows, time, address, port=None):
    """Return the leases that hold an address (and the port, if it is given) at a second."""
    return [
        row
        for row in rows
        if row[0] == address and row[4] <= time < row[5] and (port is None or row[1] <= port <= row[2])
    ]


def answer(rows, time, address, port=None):
    """Return ISP, subscriber and number of candidates, None where there is none, or several."""
    candidates = {row[3] for row in holding(rows, time, address, port)}
    isps = {ISPS[subscriber % 3] for subscriber in candidates}
    return (
        isps.pop() if len(isps) == 1 else None,
        min(candidates) if len(candidates) == 1 else None,
        len(candidates),
    )


#: Few of each, so that they meet; and some far apart.
ADDRESSES = st.sampled_from([5, 5, 5, 5, 6, 0, 2**32 - 1])
SECONDS = st.sampled_from(
    [ZERO + second for second in range(12)] * 3 + [ZERO + CENTURY, ZERO + CENTURY + 3, ZERO - CENTURY]
)
BLOCK = st.sampled_from([(low, high) for low in PORTS for high in PORTS if low <= high])
APART = [(0, 0), (1, 1_023), (1_024, 2_047), (2_048, 65_534), (65_535, 65_535)]
CROSSED = [(0, 1_023), (1_023, 2_047), (2_048, 2_048), (1, 65_534)]
LEASE = st.tuples(
    ADDRESSES, st.integers(0, 4), st.sampled_from([1, 1, 4, 7, 0, 3, 5]), SECONDS, st.integers(1, 8)
)


@st.composite
def leases(draw, clashing=False, most=14):
    """Return tuples as in COLUMNS, in any order, some of them renewed; unless clashing, none that clash."""
    blocks = draw(st.sampled_from([APART, CROSSED]) | st.lists(BLOCK, min_size=1, max_size=5))
    rows = []
    for address, block, subscriber, start, length in draw(
        st.lists(LEASE, min_size=draw(st.sampled_from([0, 3, most])), max_size=most)
    ):
        row = (address, *blocks[block % len(blocks)], subscriber, start, start + length)
        if clashing or not any(clash(row, other) for other in rows):
            rows.append(row)
    return rows


def observations(rows, most=20):
    """Return tuples of time, address and port: at the bounds of leases, and anywhere; some of them twice."""
    anywhere = st.tuples(SECONDS, ADDRESSES, st.sampled_from(PORTS))
    bounds = [
        (time, row[0], port)
        for row in rows
        for time in (row[4] - 1, row[4], row[5] - 1, row[5])
        for port in (max(row[1] - 1, 0), row[1], row[2], min(row[2] + 1, 65_535))
    ]
    one = anywhere | st.sampled_from(bounds) if bounds else anywhere
    return st.just([]) | st.lists(one, min_size=most // 2, max_size=most)
