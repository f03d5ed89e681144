"""In which order pieces arrive, what can be played meanwhile, and what goes out to others."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from traceblock import arguments
from traceblock.memory import refuse_too_large

ORDERS = ("sequential", "random", "rarest")
_LARGEST = 100_000  # pieces to be sent: some ten seconds
_LONGEST = 10**9  # steps, pieces, peers
_BYTES_A_STEP = 80  # at the peak


def exchange(
    order: str,
    pieces: int,
    leechers: int,
    seed: int,
    others: str | None = None,
    seeds: int = 1,
    slots: int = 4,
    others_have: float = 0.0,
) -> pd.DataFrame:
    """Exchange the pieces of a file in a small swarm until everybody has them all.

    Time goes in steps: in one step a peer sends a piece over each of its slots, and fetches a piece over
    each of as many. A piece is passed on from the step after it arrived, when its hash has been checked
    (BEP 3). Everybody helps everybody: choking, which favours those who give (Cohen 2003), is left out.

    Parameters
    ----------
    order : str
        How peer 0, the viewer, chooses its next piece. ``"sequential"``: the first that is missing, as
        streaming does. ``"random"``: any. ``"rarest"``: one that the fewest have (Legout et al. 2006,
        "Rarest First and Choke Algorithms Are Enough"), ties at random.
    pieces : int
        1 to 10,000.
    leechers : int
        Peers who fetch, the viewer included: 1 to 1,000, and pieces times leechers at most 100,000.
    seed : int
    others : str, optional
        How the other leechers choose; by default as the viewer does.
    seeds : int
        Peers who have everything from the beginning, 1 or more.
    slots : int
        Pieces that a peer can send in one step, and fetch in one step.
    others_have : float
        Share of the pieces, chosen at random, that every other leecher has at the beginning.

    Returns
    -------
    DataFrame
        One row a piece sent, by step, receiver and piece: ``step`` (1, 2, 3 …), ``piece`` (0, 1, 2 …),
        ``sender``, ``receiver`` (0 is the viewer; the seeds have the highest numbers).

    Raises
    ------
    ValueError
        If a parameter is out of its range.
    """
    arguments.one_of("order", order, ORDERS)
    arguments.one_of("others", order if others is None else others, ORDERS)
    pieces = arguments.whole("pieces", pieces, low=1, high=10_000)
    leechers = arguments.whole("leechers", leechers, low=1, high=1_000)
    if pieces * leechers > _LARGEST:
        raise ValueError(
            f"pieces={pieces!r} for leechers={leechers!r} are {pieces * leechers:,} pieces to be sent; "
            f"give a small swarm, of {_LARGEST:,} at most"
        )
    seeds = arguments.whole("seeds", seeds, low=1, high=1_000)
    slots = arguments.whole("slots", slots, low=1, high=1_000)
    arguments.between("others_have", others_have, high=1)
    rng = np.random.default_rng(arguments.seed(seed))

    orders = [order] + [others or order] * (leechers - 1)
    have = np.zeros((leechers + seeds, pieces), bool)
    have[leechers:] = True
    for peer in range(1, leechers):
        have[peer, rng.permutation(pieces)[: round(others_have * pieces)]] = True
    sent: list[tuple[int, int, int, int]] = []
    step = 0
    while not have.all():
        step += 1
        sent += [(step, *row) for row in _one_step(have, orders, slots, rng)]
    table = pd.DataFrame(sent, columns=["step", "piece", "sender", "receiver"], dtype=np.int64)
    return table.sort_values(["step", "receiver", "piece"], ignore_index=True)


def arrivals(transfers: pd.DataFrame, pieces: int, peer: int = 0) -> pd.DataFrame:
    """Return when each piece reached a leecher who began with nothing, and when it could be played.

    Parameters
    ----------
    transfers : DataFrame
        As from `exchange`.
    pieces : int
        Of the whole file.
    peer : int
        The viewer by default.

    Returns
    -------
    DataFrame
        One row a piece: ``piece``, ``arrived`` (step), ``playable`` (step from which it and all before it
        are there).

    Raises
    ------
    ValueError
        If the peer did not get every piece.
    """
    _check(transfers, pieces, peer)
    mine = arguments.plain(transfers[transfers["receiver"] == peer]).sort_values("piece", ignore_index=True)
    if len(mine) != pieces or (mine["piece"] != np.arange(len(mine))).any():
        raise ValueError(
            f"peer={peer!r} fetched {len(mine)} of pieces={pieces!r} in transfers; give one who began with "
            "nothing, and the number of pieces of the exchange"
        )
    return pd.DataFrame(
        {"piece": mine["piece"], "arrived": mine["step"], "playable": mine["step"].cummax()}, copy=False
    )


def progress(transfers: pd.DataFrame, pieces: int, peer: int = 0) -> pd.DataFrame:
    """Return how far a leecher is after each step who began with nothing: what it has, plays and has sent.

    Parameters
    ----------
    transfers, pieces, peer
        As for `arrivals`.

    Returns
    -------
    DataFrame
        One row a step, from 0: ``step``, ``have`` (share of the pieces that arrived), ``playable`` (share
        that can be played from the beginning without a gap), ``sent`` (pieces sent to others so far).

    Raises
    ------
    ValueError
        As `arrivals` does.
    """
    pieces_of = arrivals(transfers, pieces, peer)
    last = int(transfers["step"].max())
    refuse_too_large("the table of progress", last + 1, _BYTES_A_STEP, "give transfers with fewer steps.")
    steps = np.arange(last + 1)

    def by(step: "pd.Series[Any]") -> npt.NDArray[Any]:
        return np.searchsorted(np.sort(step.to_numpy()), steps, side="right")

    return pd.DataFrame(
        {
            "step": steps,
            "have": by(pieces_of["arrived"]) / pieces,
            "playable": by(pieces_of["playable"]) / pieces,
            "sent": by(transfers.loc[transfers["sender"] == peer, "step"]),
        }
    )


def _check(transfers: Any, pieces: Any, peer: Any) -> None:
    """Refuse what is no table of transfers, no number of pieces and no peer."""
    needed = ("step", "piece", "sender", "receiver")
    arguments.columns("transfers", transfers, needed)
    for column in needed:
        arguments.wholes("transfers", transfers, column, _LONGEST)
    arguments.whole("pieces", pieces, low=1)
    arguments.whole("peer", peer)


def _one_step(
    have: npt.NDArray[np.bool_], orders: list[str], slots: int, rng: np.random.Generator
) -> list[tuple[int, int, int]]:
    """Fill all slots, a piece a turn; return piece, sender, receiver; bring `have` up to date."""
    held = have.copy()  # what arrives now can be passed on only in the next step
    holders = held.sum(axis=0)
    uploads = np.full(len(have), slots)
    sent = []
    for _ in range(slots):
        for receiver in rng.permutation(len(orders)):
            offered = held[uploads > 0].any(axis=0)
            wanted = np.flatnonzero(offered & ~have[receiver])
            if not wanted.size:
                continue
            if orders[receiver] == "sequential":
                piece = wanted[0]
            elif orders[receiver] == "random":
                piece = rng.choice(wanted)
            else:
                rarest = wanted[holders[wanted] == holders[wanted].min()]
                piece = rng.choice(rarest)
            sender = rng.choice(np.flatnonzero((uploads > 0) & held[:, piece]))
            uploads[sender] -= 1
            have[receiver, piece] = True
            sent.append((int(piece), int(sender), int(receiver)))
    return sent
