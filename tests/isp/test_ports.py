"""Blocks of ports lie on as few layers as they can, and each port leads to those it lies in."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from traceblock.isp.ports import PORTS, Blocks

BOUND = st.sampled_from([0, 1, 2, 3, 5, 1_023, 1_024, 65_534, 65_535]) | st.integers(0, 65_535)
LISTS = st.lists(st.tuples(BOUND, BOUND).map(sorted), max_size=20)
KINDS = st.sampled_from([np.uint16, np.int64, np.uint64])


@given(LISTS, KINDS)
@example([[0, 65_535]], np.uint16)
@example([[5, 5], [5, 5], [0, 5], [5, 9], [6, 9]], np.int64)
def test_a_port_leads_to_all_the_blocks_that_it_lies_in(drawn, kind):
    first, last = (np.array([pair[side] for pair in drawn], kind) for side in (0, 1))
    blocks = Blocks(first, last)
    different = {tuple(pair) for pair in drawn}
    assert len(blocks) == len(different)
    low, high = (bound.tolist() for bound in blocks.bounds)
    assert [[low[block], high[block]] for block in blocks.block] == drawn
    tables = blocks.tables()
    assert all(len(table) == PORTS for table in tables)
    ports = {
        0,
        65_535,
        *(port for pair in different for port in (pair[0], pair[1], pair[0] - 1, pair[1] + 1)),
    }
    depth = 0
    for port in ports & set(range(PORTS)):
        found = [int(table[port]) for table in tables if table[port] >= 0]
        assert len(found) == len(set(found))
        assert {(low[block], high[block]) for block in found} == {
            pair for pair in different if pair[0] <= port <= pair[1]
        }
        depth = max(depth, len(found))
    assert len(tables) == depth  # no more layers than blocks that one port lies in


@pytest.mark.parametrize("sharing", [1, 2, 64, 1_000])
def test_blocks_of_one_address_lie_on_one_layer(sharing):
    width = 64_512 // sharing
    first = np.tile(1_024 + np.arange(sharing) * width, 3)[::-1]
    blocks = Blocks(first, first + width - 1)
    assert len(blocks) == sharing
    assert not blocks.layer.any()
    (table,) = blocks.tables()
    assert (table[:1_024] == -1).all()
    assert len(np.unique(table[1_024 : 1_024 + sharing * width])) == sharing


def test_no_lease_has_no_block():
    none = np.empty(0, np.uint16)
    assert len(Blocks(none, none)) == 0
    assert Blocks(none, none).tables() == []
