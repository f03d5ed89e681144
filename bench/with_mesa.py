"""The swarm's size at every poll by Mesa: an agent for each downloader who is there, a step for each poll."""

from collections.abc import Iterable

import mesa


class Downloader(mesa.Agent):
    def __init__(self, swarm: "Swarm", end: int) -> None:
        super().__init__(swarm)
        self.end = end

    def step(self) -> None:
        if self.end <= self.model.now:
            self.remove()


class Swarm(mesa.Model):
    def __init__(self, starts: Iterable[int], ends: Iterable[int]) -> None:
        super().__init__()
        self.now = 0
        self.to_come = sorted(zip(starts, ends, strict=True), reverse=True)

    def step(self) -> None:
        while self.to_come and self.to_come[-1][0] <= self.now:
            Downloader(self, self.to_come.pop()[1])
        self.agents.do("step")


def present(starts: Iterable[int], ends: Iterable[int], polls: Iterable[int]) -> list[int]:
    """Return how many sessions ``[start, end)`` are on at each poll; all are times on one clock, from 0."""
    swarm = Swarm(starts, ends)
    seen = []
    for swarm.now in polls:
        swarm.step()
        seen.append(len(swarm.agents))
    return seen
