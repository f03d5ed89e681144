"""What a monitor's records prove: the ladder of evidence, and how far counts of addresses carry."""

from math import sqrt
from typing import Any, NamedTuple

import pandas as pd

from traceblock import arguments

#: The steps of the ladder, lowest first; whoever reached one has reached all below it.
EVIDENCE = ("listed", "answered", "handshake", "bitfield", "piece")
#: The type of every ``evidence`` column: its values compare in the order of the ladder.
LADDER = pd.CategoricalDtype(list(EVIDENCE), ordered=True)

_Z95 = 1.96


class Size(NamedTuple):
    """An estimate of a swarm's size with the ends of its 95 % interval, all in peers."""

    estimate: float
    low: float
    high: float


def estimate_size(first: int, second: int, both: int) -> Size:
    """Estimate how many peers a swarm has from two samples of it and their overlap.

    Chapman's estimator (D. G. Chapman, 1951, University of California Publications in Statistics 1),
    (n₁ + 1)(n₂ + 1) / (m + 1) − 1, with the variance of G. A. F. Seber (1970, Biometrics 26; The
    Estimation of Animal Abundance, 1982), (n₁ + 1)(n₂ + 1)(n₁ − m)(n₂ − m) / ((m + 1)² (m + 2)).
    Both presume a closed swarm, in which nobody comes or goes between the samples, and samples drawn at
    random; both are without bias where n₁ + n₂ is at least the size of the swarm. The interval holds the
    truth in near 95 % of cases only if some ten or more are in both samples; with fewer, in less.

    Parameters
    ----------
    first, second : int
        Different peers in the first sample (n₁) and in the second (n₂).
    both : int
        Peers in both samples (m).

    Returns
    -------
    Size
        ``estimate``, and ``low`` and ``high`` = estimate ∓ 1.96 standard deviations. The interval is not
        clipped: ``low`` may lie under the number of peers that were seen, even under zero.

    Raises
    ------
    ValueError
        If a count is no whole number from 0, or ``both`` exceeds one of the samples.
    """
    n1, n2 = arguments.whole("first", first), arguments.whole("second", second)
    m = arguments.whole("both", both, high=min(n1, n2))
    estimate = (n1 + 1) * (n2 + 1) / (m + 1) - 1
    variance = (n1 + 1) * (n2 + 1) * (n1 - m) * (n2 - m) / ((m + 1) ** 2 * (m + 2))
    margin = _Z95 * sqrt(variance)
    return Size(estimate, estimate - margin, estimate + margin)


def coverage(k: int, n: int, draws: int) -> float:
    """Return the expected share of a swarm that repeated random samples have seen at least once.

    1 − (1 − k/n)^draws: each peer is missed by one sample with probability 1 − k/n, and by all of them,
    being independent, with that to the power of their number.

    Parameters
    ----------
    k : int
        Different peers in each sample, from 0 to ``n``.
    n : int
        Peers in the swarm, at least 1; nobody comes or goes.
    draws : int
        Samples, each drawn at random from all ``n``.

    Returns
    -------
    float
        A share from 0 to 1.

    Raises
    ------
    ValueError
        If an argument is no whole number of its range.
    """
    n = arguments.whole("n", n, low=1)
    k, draws = arguments.whole("k", k, high=n), arguments.whole("draws", draws)
    return 1 - ((n - k) / n) ** draws


def coincidences(records: int, pool: int) -> float:
    """Return how many pairs of records are expected to show one address by chance alone.

    n(n − 1) / 2M, as in the birthday problem: n(n − 1)/2 pairs of records, each of which agrees with
    probability 1/M.

    Parameters
    ----------
    records : int
        Records (n), of addresses drawn evenly and independently.
    pool : int
        Addresses that they are drawn from (M), at least 1.

    Returns
    -------
    float
        Pairs.

    Raises
    ------
    ValueError
        If an argument is no whole number of its range.
    """
    n, m = arguments.whole("records", records), arguments.whole("pool", pool, low=1)
    return n * (n - 1) / (2 * m)


def precision(prior: float, sensitivity: float, false_positive_rate: float) -> float:
    """Return the share of flagged addresses that are flagged rightly (the positive predictive value).

    Bayes' theorem: πs / (πs + (1 − π)f).

    Parameters
    ----------
    prior : float
        Share of the addresses looked at that took part (π).
    sensitivity : float
        Share of those that took part which is flagged (s).
    false_positive_rate : float
        Share of those that took no part which is flagged all the same (f).

    Returns
    -------
    float
        A share from 0 to 1.

    Raises
    ------
    ValueError
        If an argument is no number from 0 to 1, or if they leave nothing to be flagged.
    """
    prior = arguments.between("prior", prior, high=1)
    sensitivity = arguments.between("sensitivity", sensitivity, high=1)
    false_positive_rate = arguments.between("false_positive_rate", false_positive_rate, high=1)
    right, wrong = prior * sensitivity, (1 - prior) * false_positive_rate
    if right + wrong == 0:
        raise ValueError(
            f"prior={prior}, sensitivity={sensitivity}, false_positive_rate={false_positive_rate}: nothing "
            "is ever flagged; accepted are prior and sensitivity both above 0, or prior below 1 and "
            "false_positive_rate above 0"
        )
    return right / (right + wrong)


def rung(evidence: str) -> int:
    """Return the place of a step on the ladder, 0 for ``"listed"``.

    Raises
    ------
    ValueError
        If it is none of `EVIDENCE`.
    """
    return EVIDENCE.index(arguments.one_of("evidence", evidence, EVIDENCE))


def rungs(name: str, table: pd.DataFrame) -> "pd.Series[Any]":
    """Return the column ``evidence`` of a table as steps of the ladder, which compare in its order.

    Raises
    ------
    ValueError
        If a step is missing or none of `EVIDENCE`.
    """
    if table["evidence"].dtype != LADDER or table["evidence"].isna().any():
        arguments.texts(name, table, "evidence", EVIDENCE)
    return table["evidence"].astype(LADDER)


def ladder() -> pd.DataFrame:
    """Return what each step of the ladder of evidence proves, and what it does not.

    Returns
    -------
    DataFrame
        One row a step, lowest first: ``evidence`` (ordered categorical), ``recorded`` (what the monitor
        saw), ``proves``, ``does_not_prove``, ``source`` (a key of `traceblock.cases.sources`).
    """
    columns = ["evidence", "recorded", "proves", "does_not_prove", "source"]
    return pd.DataFrame(_STEPS, columns=columns).astype({"evidence": LADDER})


_STEPS = [
    (
        "listed",
        "The tracker, PEX or the DHT gave this address and port for the torrent.",
        "The list had this entry when it was asked for.",
        "That anything runs there: anyone can be put on a list, as printers were. Nor who uses the address.",
        "piatek-2008",
    ),
    (
        "answered",
        "A TCP connection to this address and port was accepted.",
        "Something there takes TCP connections at that time.",
        "That it speaks BitTorrent, or has to do with this torrent. Nor who uses the address.",
        "chothia-2012",
    ),
    (
        "handshake",
        "The 68 bytes of a BitTorrent handshake came back, with the torrent's info-hash.",
        "A program there speaks BitTorrent for this info-hash. With another the connection is dropped.",
        "That it has, fetched or sent any of the data. Nor who uses the address.",
        "bep-3",
    ),
    (
        "bitfield",
        "After the handshake it sent a bitfield, one bit for each piece it says it has.",
        "It claims to have these pieces.",
        "That it has them: a claim cannot be checked without a piece. Nor who uses the address.",
        "bep-3",
    ),
    (
        "piece",
        "It sent every block of a piece, and the whole has the SHA-1 given in the torrent. "
        "A lone block of 16 KiB could not be checked.",
        "It had this piece of the torrent's data, and sent it to the monitor at that time.",
        "That it has the rest, or sent any to others. Nor who sat there: an address is not a person.",
        "bep-3",
    ),
]
