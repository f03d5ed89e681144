"""Whether a table fits into this machine's memory, asked before it is made."""

from pathlib import Path

# Containers, Binder's among them, allow less than the machine has (control groups, version 2 and 1).
_LIMITS = (
    (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")),
    (
        Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
        Path("/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ),
)


class TooLargeError(ValueError, MemoryError):
    """A table would not fit into memory; nothing was begun."""


def available() -> int:
    """Return the bytes that this process may still use."""
    import psutil  # here, since most of the course never asks

    free = [int(psutil.virtual_memory().available)]
    for limit, used in _LIMITS:
        try:
            free.append(
                int(limit.read_text()) - int(used.read_text()) + _cached(limit.with_name("memory.stat"))
            )
        except (OSError, ValueError):  # no such file, or the word "max"
            continue
    return max(0, min(free))


def _cached(stat: Path) -> int:
    """Return what a container holds of files only because nobody needed the room: it counts as used."""
    if not stat.exists():
        return 0
    counts = dict(line.split() for line in stat.read_text().splitlines())
    return int(counts.get("inactive_file", 0))


def refuse_too_large(what: str, rows: float, bytes_a_row: int, remedy: str) -> None:
    """Raise `TooLargeError` with the size if so many rows, at their peak, are more than what is free."""
    rows = min(rows, 10**30)  # a whole number may be larger than what can be divided
    needed, free = rows * bytes_a_row, available()
    if needed > free:
        raise TooLargeError(
            f"{what} would have {rows:,.0f} rows and need {needed / 1e9:,.1f} GB of memory; "
            f"{free / 1e9:,.1f} GB are free. Nothing was begun: {remedy}"
        )
