"""Zones of many kinds beside the simplest: at most three times the time, and ten times the file in memory."""

import pytest

from bench import memory, zones
from bench.conftest import short

LINES = 100_000
TIMES, SHARE = 3, 10
PAIRS = [(reader, kind) for reader in zones.READERS for kind in zones.KINDS]


@pytest.mark.parametrize(("reader", "kind"), PAIRS)
def test_kind(timed, reader, kind):
    timed(f"{reader}: {kind}", zones.READERS[reader], zones.text(kind, LINES))


@pytest.mark.parametrize(("reader", "kind"), [pair for pair in PAIRS if pair[1] != zones.SIMPLE])
def test_ratio(compare, reader, kind):
    compare(f"{reader}: {kind}", f"{reader}: {zones.SIMPLE}", 1 / TIMES)


@pytest.mark.parametrize(("reader", "kind"), PAIRS)
def test_memory(tables, tmp_path, reader, kind):
    stored = tmp_path / "zone"
    stored.write_text(zones.text(kind, LINES))
    size = stored.stat().st_size / 1e9
    added = memory.peak(zones.read_file, reader, stored) - memory.peak(zones.only_text, stored)
    figures = (short(added), "the file", short(size), short(added / size), str(SHARE))
    tables["memory"].append((f"{reader}: {kind}", *figures, "ok" if added < SHARE * size else "MISSED"))
    assert added < SHARE * size
