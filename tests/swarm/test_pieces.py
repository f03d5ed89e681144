"""How pieces travel: only what was there is sent, everybody gets all, and the order is as asked for."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from traceblock import memory, swarm
from traceblock.swarm import ORDERS, arrivals, exchange, progress

SE = 4  # standard errors
COLUMNS = ["step", "piece", "sender", "receiver"]

EXCHANGES = st.fixed_dictionaries(
    {
        "order": st.sampled_from(ORDERS),
        "pieces": st.integers(1, 25),
        "leechers": st.integers(1, 6),
        "seed": st.integers(0, 2**70),
        "others": st.none() | st.sampled_from(ORDERS),
        "seeds": st.integers(1, 3),
        "slots": st.integers(1, 6),
        "others_have": st.sampled_from([0.0, 0.5, 1.0]) | st.floats(0, 1),
    }
)


def had(transfers, given_exchange):
    """Return who had what at the beginning: all but what was sent to them."""
    have = np.ones((given_exchange["leechers"] + given_exchange["seeds"], given_exchange["pieces"]), bool)
    have[transfers["receiver"], transfers["piece"]] = False
    return have


@given(EXCHANGES)
@settings(max_examples=60)
def test_everybody_gets_what_it_lacks_once_from_somebody_who_had_it(given_exchange):
    transfers = exchange(**given_exchange)
    assert transfers.columns.tolist() == COLUMNS
    assert (transfers.dtypes == "int64").all()
    assert_frame_equal(transfers, transfers.sort_values(["step", "receiver", "piece"], ignore_index=True))
    leechers, pieces = given_exchange["leechers"], given_exchange["pieces"]
    assert not transfers.duplicated(["receiver", "piece"]).any()
    number = transfers["receiver"].value_counts().reindex(range(leechers), fill_value=0)
    assert number[0] == pieces  # the viewer begins with nothing
    assert (number[1:] == pieces - round(given_exchange["others_have"] * pieces)).all()
    assert number.sum() == len(transfers)  # seeds fetch nothing

    have = had(transfers, given_exchange)
    for step, sent in transfers.groupby("step"):
        assert step == 1 or (transfers["step"] == step - 1).any()
        assert have[sent["sender"], sent["piece"]].all()  # and before this step
        assert not have[sent["receiver"], sent["piece"]].any()
        have[sent["receiver"], sent["piece"]] = True
    assert have.all()


@given(EXCHANGES)
@settings(max_examples=60)
def test_slots_are_kept_and_filled(given_exchange):
    transfers, slots = exchange(**given_exchange), given_exchange["slots"]
    for role in ("sender", "receiver"):
        assert transfers.groupby(["step", role]).size().max() <= slots
    # A seed is never idle in a step while a leecher who lacks something still has a slot.
    have = had(transfers, given_exchange)
    for _, sent in transfers.groupby("step"):
        lacking = np.minimum((~have).sum(axis=1), slots)
        fetched = np.bincount(sent["receiver"], minlength=len(have))
        uploads = np.bincount(sent["sender"], minlength=len(have))[given_exchange["leechers"] :]
        assert (fetched == lacking).all() or (uploads == slots).all()
        have[sent["receiver"], sent["piece"]] = True
    last = transfers["step"].max()
    assert last >= -(-given_exchange["pieces"] // slots)
    assert last >= -(-len(transfers) // (slots * len(have)))


@given(EXCHANGES)
@settings(max_examples=30)
def test_same_seed_same_table(given_exchange):
    assert_frame_equal(exchange(**given_exchange), exchange(**given_exchange))
    same = given_exchange | {"others": given_exchange["others"] or given_exchange["order"]}
    assert_frame_equal(exchange(**same), exchange(**given_exchange))


@pytest.mark.parametrize("order", ["random", "rarest"])
def test_another_seed_another_order(order):
    assert not exchange(order, 30, 1, 1).equals(exchange(order, 30, 1, 2))


# the order


@given(EXCHANGES)
@settings(max_examples=60)
def test_whoever_streams_takes_the_first_piece_that_it_can_get(given_exchange):
    """In a step, a later piece comes only if the earlier ones came too, or nobody could send them."""
    transfers = exchange(**given_exchange | {"order": "sequential", "others": "random"})
    have, slots = had(transfers, given_exchange), given_exchange["slots"]
    for _, sent in transfers.groupby("step"):
        mine = sent.loc[sent["receiver"] == 0, "piece"]
        before = have.copy()
        have[sent["receiver"], sent["piece"]] = True
        skipped = np.flatnonzero(~have[0, : mine.max()]) if len(mine) else []
        uploads = np.bincount(sent["sender"], minlength=len(have))
        assert all((uploads[before[:, piece]] == slots).all() for piece in skipped)


@pytest.mark.parametrize("slots", [1, 3, 4])
def test_a_lone_viewer_streams_without_a_gap(slots):
    transfers = exchange("sequential", 100, 1, 0, slots=slots)
    assert transfers["piece"].tolist() == list(range(100))
    assert transfers["step"].tolist() == [1 + piece // slots for piece in range(100)]
    table = progress(transfers, 100)
    assert (table["playable"] == table["have"]).all()
    assert len(table) == 1 + -(-100 // slots)
    assert (transfers["sender"] == 1).all()


@pytest.mark.parametrize("order", ["random", "rarest"])
def test_a_lone_viewer_in_another_order_has_gaps(order):
    size, runs = 50, 150
    correlations, first = [], []
    for seed in range(runs):
        arrived = arrivals(exchange(order, size, 1, seed, slots=1), size)["arrived"]
        correlations.append(np.corrcoef(arrived, np.arange(size))[0, 1])
        first.append(arrived[0])
    # A random permutation: correlation 0 with variance 1/(n - 1); the first piece at a uniform place.
    assert np.mean(correlations) == pytest.approx(0, abs=SE / np.sqrt((size - 1) * runs))
    assert np.var(correlations) == pytest.approx(1 / (size - 1), rel=SE * np.sqrt(2 / runs))
    assert np.mean(first) == pytest.approx((size + 1) / 2, abs=SE * size / np.sqrt(12 * runs))
    table = progress(exchange(order, size, 1, 0), size)
    assert table["playable"][6] < 0.2 < table["have"][6]


def test_turns_and_senders_are_drawn():
    """Two want the one piece that one seed sends in a step; of three seeds each is as likely to send it."""
    runs = 600
    lucky = [exchange("random", 1, 2, seed, slots=1)["receiver"].iloc[0] for seed in range(runs)]
    assert np.mean(lucky) == pytest.approx(1 / 2, abs=SE / np.sqrt(4 * runs))
    senders = [exchange("random", 1, 1, seed, seeds=3)["sender"].iloc[0] for seed in range(runs)]
    for number in np.bincount(senders, minlength=4)[1:]:
        assert number / runs == pytest.approx(1 / 3, abs=SE * np.sqrt(2 / 9 / runs))


def test_the_rarest_goes_first():
    """Nobody takes a piece while somebody could send it a rarer one."""
    given_exchange = {"pieces": 40, "leechers": 6, "seeds": 1}
    for seed in range(8):
        transfers = exchange("rarest", 40, 6, seed, slots=1, others_have=0.5)
        have = had(transfers, given_exchange)
        for _, sent in transfers.groupby("step"):
            holders = have.sum(axis=0)
            uploads = np.bincount(sent["sender"], minlength=len(have))
            for row in sent.itertuples():
                free = have[uploads == 0].any(axis=0) & ~have[row.receiver]
                assert not free.any() or holders[row.piece] <= holders[free].min()
            have[sent["receiver"], sent["piece"]] = True


def test_the_rarest_first_spreads_pieces_faster_than_streaming():
    steps = {order: exchange(order, 60, 20, 1, slots=2)["step"].max() for order in ORDERS}
    assert steps["rarest"] < steps["sequential"]


def test_the_others_may_choose_otherwise():
    transfers = exchange("random", 50, 4, 3, others="sequential", seeds=4, slots=1)
    for peer in range(4):
        arrived = arrivals(transfers, 50, peer)["arrived"]
        assert arrived.is_monotonic_increasing == (peer > 0)


# progress


@given(EXCHANGES, st.integers(0, 5))
@settings(max_examples=30)
def test_progress_piece_by_piece(given_exchange, peer):
    given_exchange = given_exchange | {"others_have": 0.0}
    peer %= given_exchange["leechers"]
    transfers, pieces = exchange(**given_exchange), given_exchange["pieces"]
    got, sent, rows = set(), 0, []
    arrived, playable = {}, {}
    for step in range(transfers["step"].max() + 1):
        for row in transfers[transfers["step"] == step].itertuples():
            if row.receiver == peer:
                got.add(row.piece)
                arrived[row.piece] = step
            sent += row.sender == peer
        gapless = 0
        while gapless in got:
            playable.setdefault(gapless, step)
            gapless += 1
        rows.append((step, len(got) / pieces, gapless / pieces, sent))
    expected = pd.DataFrame(rows, columns=["step", "have", "playable", "sent"])
    assert_frame_equal(progress(transfers, pieces, peer), expected)
    assert_frame_equal(progress(transfers[::-1], pieces, peer), expected)
    by_piece = [(piece, arrived[piece], playable[piece]) for piece in range(pieces)]
    assert arrivals(transfers, pieces, peer).values.tolist() == [list(row) for row in by_piece]
    assert arrivals(transfers, pieces, peer).columns.tolist() == ["piece", "arrived", "playable"]


def test_progress_of_the_viewer_is_the_default():
    transfers = exchange("rarest", 20, 3, 0)
    assert_frame_equal(progress(transfers, 20), progress(transfers, 20, 0))
    assert not progress(transfers, 20).equals(progress(transfers, 20, 1))


# what is refused

GOOD = {"order": "rarest", "pieces": 5, "leechers": 2, "seed": 0}


@pytest.mark.parametrize(
    ("name", "value", "accepted"),
    [
        ("order", "first", "one of sequential, random, rarest"),
        ("order", None, "one of sequential, random, rarest"),
        ("others", "first", "one of sequential, random, rarest"),
        ("others", "", "one of sequential, random, rarest"),
        ("pieces", 0, "a whole number, 1 to 10,000"),
        ("pieces", 10_001, "a whole number, 1 to 10,000"),
        ("pieces", 5.0, "a whole number, 1 to 10,000"),
        ("leechers", 0, "a whole number, 1 to 1,000"),
        ("leechers", 1_001, "a whole number, 1 to 1,000"),
        ("seeds", 0, "a whole number, 1 to 1,000"),
        ("slots", 0, "a whole number, 1 to 1,000"),
        ("slots", True, "a whole number, 1 to 1,000"),
        ("others_have", -0.1, "a number at least 0 and at most 1"),
        ("others_have", 1.5, "a number at least 0 and at most 1"),
        ("seed", -1, "a whole number, 0 or more"),
    ],
)
def test_what_no_exchange_can_be(monkeypatch, name, value, accepted):
    monkeypatch.setattr("traceblock.swarm.pieces._one_step", lambda *_: pytest.fail("a step was made"))
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 (the whole message is compared)
        exchange(**GOOD | {name: value})
    assert str(refusal.value) == f"{name}={value!r} is not accepted; give {accepted}"


def test_a_swarm_that_is_not_small(monkeypatch):
    monkeypatch.setattr("traceblock.swarm.pieces._one_step", lambda *_: pytest.fail("a step was made"))
    message = "^pieces=10000 for leechers=11 are 110,000 pieces to be sent; give a small swarm, of 100,000 at"
    with pytest.raises(ValueError, match=message):
        exchange("random", 10_000, 11, 0)


@pytest.mark.parametrize("call", [arrivals, progress])
def test_what_has_no_progress(call):
    transfers = exchange("rarest", 10, 2, 0, others_have=0.5)
    for bad, message in [
        (lambda: call(transfers.drop(columns="sender"), 10), "transfers has no column sender"),
        (lambda: call([], 10), "transfers is a list"),
        (lambda: call(transfers, 0), "pieces=0 is not accepted"),
        (lambda: call(transfers, 10, -1), "peer=-1 is not accepted"),
        (lambda: call(transfers, 9), "peer=0 fetched 10 of pieces=9"),
        (lambda: call(transfers, 11), "peer=0 fetched 10 of pieces=11"),
        (lambda: call(transfers, 10, 1), "peer=1 fetched 5 of pieces=10"),
        (lambda: call(transfers, 10, 2), "peer=2 fetched 0 of pieces=10"),
        (lambda: call(transfers.iloc[:0], 10), "peer=0 fetched 0 of pieces=10"),
        (lambda: call(transfers, 10**15), "peer=0 fetched 10 of pieces=1000000000000000 "),
        (lambda: call(transfers.assign(step=10**12), 10), "transfers: .* have a step out of range"),
    ]:
        with pytest.raises(ValueError, match=f"^{message}"):
            bad()


def test_more_steps_than_memory_holds_have_no_progress(monkeypatch):
    monkeypatch.setattr("traceblock.memory.available", lambda: 10**9)
    transfers = exchange("rarest", 10, 2, 0)
    with pytest.raises(memory.TooLargeError, match=r"^the table of progress .* give transfers with fewer"):
        progress(transfers.assign(step=10**9), 10)


def test_orders_are_those_of_the_module():
    assert swarm.ORDERS == ("sequential", "random", "rarest")
