"""What is free is the least of what the machine and the container's limits leave."""

from types import SimpleNamespace

import psutil
import pytest

from traceblock import memory

GB = 10**9


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """Make a machine with 8 GB free, and give a function that writes the limits of containers around it."""
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=8 * GB))

    def limits(*pairs):
        paths = []
        for i, pair in enumerate(pairs):
            paths.append((tmp_path / f"{i}.max", tmp_path / f"{i}.used"))
            for path, text in zip(paths[-1], pair, strict=True):
                if text is not None:
                    path.write_text(f"{text}\n")
        monkeypatch.setattr(memory, "_LIMITS", tuple(paths))

    limits()
    return limits


@pytest.mark.parametrize(
    ("limits", "free"),
    [
        ([], 8),
        ([(2 * GB, GB // 2)], 1.5),
        ([(20 * GB, GB)], 8),  # more than the machine has
        ([("max", GB)], 8),  # no limit, version 2
        ([(2**63 - 4096, GB)], 8),  # no limit, version 1
        ([(None, None)], 8),
        ([(2 * GB, None)], 8),
        ([("", "")], 8),
        ([(GB, 2 * GB)], 0),
        ([("max", GB), (3 * GB, GB)], 2),
        ([(3 * GB, GB), (None, None)], 2),
        ([(2 * GB, GB), (4 * GB, GB)], 1),
    ],
    ids=str,
)
def test_the_least_of_machine_and_container_is_available(machine, limits, free):
    machine(*limits)
    assert memory.available() == free * GB


def test_files_that_could_be_dropped_count_as_free(machine, tmp_path):
    machine((3 * GB, 2 * GB))
    (tmp_path / "memory.stat").write_text(f"anon 5\ninactive_file {GB // 2}\nactive_file 7\n")
    assert memory.available() == 1.5 * GB


def test_this_machine_has_some_memory():
    assert 0 < memory.available() <= psutil.virtual_memory().total


def test_a_table_is_refused_only_if_it_does_not_fit(machine):
    memory.refuse_too_large("the log", 8e7, 100, "poll less often.")
    message = (
        r"the log would have 80,000,001 rows and need 8\.0 GB of memory; 8\.0 GB are free.*poll less often"
    )
    with pytest.raises(memory.TooLargeError, match=message):
        memory.refuse_too_large("the log", 80_000_001, 100, "poll less often.")


@pytest.mark.parametrize("kind", [ValueError, MemoryError])
def test_too_large_is_a_bad_value_and_a_lack_of_memory(machine, kind):
    with pytest.raises(kind):
        memory.refuse_too_large("the log", float("inf"), 1, "poll less often.")
