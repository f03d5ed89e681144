"""The swarm's size at every poll by SimPy: a process for each session. The tests use it as an oracle."""

from collections.abc import Iterable, Iterator

import simpy


def present(starts: Iterable[int], ends: Iterable[int], polls: Iterable[int]) -> list[int]:
    """Return how many sessions ``[start, end)`` are on at each poll; all are times on one clock, from 0."""
    environment = simpy.Environment()
    there = 0

    def session(start: int, end: int) -> Iterator[simpy.Event]:
        nonlocal there
        yield environment.timeout(start)
        there += 1
        yield environment.timeout(end - start)
        there -= 1

    for start, end in zip(starts, ends, strict=True):
        environment.process(session(start, end))
    seen = []
    for poll in polls:
        # Whatever happens at the instant of the poll comes before it: arrivals count, departures do not.
        while environment.peek() <= poll:
            environment.step()
        seen.append(there)
    return seen
