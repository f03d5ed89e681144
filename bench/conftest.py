"""Measure with pytest-benchmark, and print what came out as tables at the end."""

from collections.abc import Callable
from typing import Any

import pytest

TABLES = pytest.StashKey[dict[str, list[tuple[str, ...]]]]()
HEADS = {
    "ratios": ("what", "ms", "peer", "ms", "times as fast", "wanted", ""),
    "memory": ("what", "GB added", "peer", "GB added", "share", "at most", ""),
    "rates": ("what", "number", "a second", "wanted"),
    "latency": ("explorer", "key presses", "ms", "ms at most"),
    "sizes": ("what", "rows", "ms", "GB at most", "limit"),
}


def pytest_configure(config: pytest.Config) -> None:
    config.stash[TABLES] = {name: [head] for name, head in HEADS.items()}


@pytest.fixture(scope="session")
def tables(pytestconfig: pytest.Config) -> dict[str, list[tuple[str, ...]]]:
    """The lines to print at the end, cells as text."""
    return pytestconfig.stash[TABLES]


@pytest.fixture(scope="session")
def seconds() -> dict[str, float]:
    """The median time of everything measured so far."""
    return {}


@pytest.fixture
def timed(benchmark: Any, seconds: dict[str, float]) -> Callable[..., Any]:
    """Return a function that measures another under a name, and returns what it returned."""

    def run(name: str, function: Callable[..., Any], *arguments: object, rounds: int = 3) -> Any:
        result = benchmark.pedantic(function, arguments, rounds=rounds, warmup_rounds=1)
        seconds[name] = benchmark.stats.stats.median
        return result

    return run


@pytest.fixture
def compare(seconds: dict[str, float], tables: dict[str, list[tuple[str, ...]]]) -> Callable[..., None]:
    """Return a function that sets one time against another, and fails unless it is so many times as fast."""

    def check(what: str, peer: str, wanted: float) -> None:
        if not {what, peer} <= seconds.keys():
            pytest.skip("not measured in this run")
        ratio = seconds[peer] / seconds[what]
        figures = (
            short(1000 * seconds[what]),
            peer,
            short(1000 * seconds[peer]),
            short(ratio),
            short(wanted),
        )
        tables["ratios"].append((what, *figures, "ok" if ratio >= wanted else "MISSED"))
        assert ratio >= wanted

    return check


def short(number: float) -> str:
    """Return a number with three digits, or as many as it has before the point."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for name, lines in config.stash[TABLES].items():
        if len(lines) > 1:
            terminalreporter.section(name)
            widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
            for line in lines:
                cells = [
                    cell.rjust(width) if cell[:1].isdigit() else cell.ljust(width)
                    for cell, width in zip(line, widths, strict=True)
                ]
                terminalreporter.write_line("  ".join(cells).rstrip())
