"""Half-open intervals as a plain loop finds them, on each way that the keys may be packed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traceblock.isp import intervals
from traceblock.isp.intervals import Crowds, Intervals, clashes, unions

LONG = 2**60  # seconds: what leaves no room in a key for a row
TRACK = st.sampled_from([0, 1, 2, 3, 2**31, 2**32 - 1])
SECOND = st.sampled_from([*range(-3, 10), 2**31, -(2**33)])
SPAN = st.tuples(TRACK, SECOND, st.integers(1, 6)).map(lambda span: (span[0], span[1], span[1] + span[2]))
WORDS = st.sampled_from([64, 63, 45, 20, 1])
PIECES = {63: 1, 45: 2, 20: 3}
KINDS = st.sampled_from([np.uint32, np.uint64])
ASKED = st.lists(st.tuples(TRACK, SECOND), max_size=20)


def columns(spans, kind=np.uint32):
    track, start, end = zip(*spans, strict=True) if spans else ([], [], [])
    return np.array(track, kind), np.array(start, np.int64), np.array(end, np.int64)


def questions(spans, asked, kind):
    """Return what was asked, and every bound of the spans, as arrays."""
    asked = asked + [(span[0], time + off) for span in spans for time in span[1:] for off in (-1, 0)]
    return np.array([track for track, _ in asked], kind), np.array([time for _, time in asked], np.int64)


def holding(spans, track, time):
    return [row for row, span in enumerate(spans) if span[0] == track and span[1] <= time < span[2]]


def apart(spans):
    """Return the spans without those that overlap one before them."""
    kept = []
    for track, start, end in spans:
        if all(track != other[0] or end <= other[1] or other[2] <= start for other in kept):
            kept.append((track, start, end))
    return kept


def overlaps(spans):
    return len(apart(spans)) < len(spans)


def built(word, make):
    """Return what is made with words of so many bits, and where they are few, in pieces of so few rows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(intervals, "_WORD", word)
        patch.setattr(intervals, "_PIECE", PIECES.get(word, intervals._PIECE))
        return make()


@settings(max_examples=500)
@given(st.lists(SPAN, max_size=30).map(apart), ASKED, WORDS, KINDS)
def test_one_at_a_time_as_a_loop_finds_it(spans, asked, word, kind):
    track, time = questions(spans, asked, kind)
    index = built(word, lambda: Intervals(*columns(spans, kind)))
    assert not index.overlap
    expected = [(holding(spans, *question) or [-1])[0] for question in zip(track, time, strict=True)]
    assert built(word, lambda: index.at(track, time)).tolist() == expected


@settings(max_examples=500)
@given(st.lists(SPAN, max_size=12), WORDS, KINDS)
def test_an_overlap_is_found_whichever_way_the_keys_are_packed(spans, word, kind):
    assert built(word, lambda: Intervals(*columns(spans, kind))).overlap == overlaps(spans)
    pairs = clashes(*columns(spans, kind)).tolist()
    assert bool(pairs) == overlaps(spans)
    for one, other in pairs:
        assert one != other
        assert overlaps([spans[one], spans[other]])


@settings(max_examples=500)
@given(st.lists(SPAN, max_size=30), ASKED, WORDS, KINDS, st.integers(-(2**40), 2**62))
def test_crowds_as_a_loop_counts_them(spans, asked, word, kind, value):
    track, time = questions(spans, asked, kind)
    first = np.arange(len(spans), dtype=np.int64) + value  # whose sums go round and come back
    crowds = built(word, lambda: Crowds(*columns(spans, kind), first, first // 3))
    number, *sums = built(word, lambda: crowds.at(track, time))
    held = [holding(spans, *question) for question in zip(track, time, strict=True)]
    assert number.tolist() == [len(rows) for rows in held]
    for found, values in zip(sums, (first, first // 3), strict=True):
        single = [
            (int(values[rows[0]]), each) for rows, each in zip(held, found, strict=True) if len(rows) == 1
        ]
        assert all(value == each for value, each in single)
        none = [each for rows, each in zip(held, found, strict=True) if not rows]
        assert not any(none)
    if abs(value) < 2**40:
        assert sums[0].tolist() == [sum(int(first[row]) for row in rows) for rows in held]


@settings(max_examples=300)
@given(st.lists(st.tuples(SPAN, st.integers(0, 2)), max_size=30))
def test_unions_hold_what_their_intervals_hold_and_lie_apart(owned):
    track, start, end = columns([span for span, _ in owned])
    owner = np.array([owner for _, owner in owned], np.int64)
    order, first = unions((owner, track), start, end)
    assert sorted(order.tolist()) == list(range(len(owned)))
    found = {}
    for rows in np.split(order, first[1:]) if len(owned) else []:
        assert len({(track[row], owner[row]) for row in rows}) == 1
        key = (int(track[rows[0]]), int(owner[rows[0]]))
        found.setdefault(key, []).append((int(start[rows[0]]), int(end[rows].max())))
    expected = {}
    for (place, begin, until), who in sorted(owned, key=lambda each: each[0][1]):
        spans = expected.setdefault((place, who), [])
        if spans and begin < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], until))
        else:
            spans.append((begin, until))
    assert found == expected


NEAR = [(7, 0, 5), (9, 2, 4), (7, 5, 6)]
FAR = [(0, 0, 5), (2**40, 2, 2**33), (0, 5, 6)]
FARTHEST = [(track, start, start + 1) for track in range(7) for start in (0, LONG - 9)]


@pytest.mark.parametrize(
    ("spans", "word", "dense", "sorted_by_rows"),
    [
        (NEAR, 64, False, False),
        (FAR, 64, True, False),  # numbers the two tracks that there are
        (FARTHEST, 64, True, True),
        (NEAR, 4, True, True),
        (NEAR, 6, False, False),
    ],
)
def test_each_way_of_packing_is_taken_and_gives_the_same(spans, word, dense, sorted_by_rows):
    index = built(word, lambda: Intervals(*columns(spans, np.uint64)))
    assert (index._keys._tracks is not None) == dense
    assert (index._rows is not None) == sorted_by_rows
    assert index._keys.width <= 64
    track, time = questions(spans, [(8, 3), (1, 3), (2**41, 3), (7, 99)], np.uint64)
    expected = [(holding(spans, *question) or [-1])[0] for question in zip(track, time, strict=True)]
    assert built(word, lambda: index.at(track, time)).tolist() == expected
    crowds = built(word, lambda: Crowds(*columns(spans, np.uint64)))
    assert built(word, lambda: crowds.at(track, time))[0].tolist() == [int(row >= 0) for row in expected]


@pytest.mark.parametrize("rows", [1, 2, 3, 4, 5, 1_000, 4_096, 4_097, 70_000])
def test_a_row_comes_back_whole_from_its_two_halves(rows):
    start = np.random.default_rng(rows).permutation(rows)
    index = Intervals(np.zeros(rows, np.uint32), start, start + 1)
    assert index._rows is None
    assert index.at(np.zeros(rows, np.uint32), np.arange(rows)).tolist() == np.argsort(start).tolist()


@pytest.mark.parametrize(("width", "spare"), [(61, 0), (4, 0), (62, 1), (64, 3)])
def test_keys_come_about_in_order_with_where_they_were(width, spare):
    top = np.uint64(width - 4)
    key = np.array([9, 3, 3, 15, 0], np.uint64) << top
    in_order, where = intervals._in_order(key, width)  # 3 bits for where
    assert (in_order >> top).tolist() == [0, 3, 3, 9, 15]
    rest = in_order >> np.uint64(spare)
    assert (rest[1:] >= rest[:-1]).all()
    assert key[where].tolist() == in_order.tolist()
    assert sorted(where.tolist()) == [0, 1, 2, 3, 4]


def test_nothing_holds_nothing():
    none = columns([])
    assert not Intervals(*none).overlap
    assert Intervals(*none).at(np.array([0, 5], np.uint32), np.array([0, 5])).tolist() == [-1, -1]
    assert [part.tolist() for part in Crowds(*none, none[1]).at(np.array([0], np.uint32), np.array([0]))] == [
        [0],
        [0],
    ]
    assert len(clashes(*none)) == 0
    assert [len(part) for part in unions((none[0],), *none[1:])] == [0, 0]
    assert Intervals(*columns(NEAR)).at(none[0], none[1]).tolist() == []
