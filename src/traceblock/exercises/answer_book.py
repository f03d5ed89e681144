"""What the questions of an exercise are about, and what is right: on one variant of its data."""

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from traceblock.exercises import solutions


class AnswerBook:
    """The data of an exercise and the answers of its solution notebook, on one variant.

    Parameters
    ----------
    data : callable
        Takes the variant, returns new tables and values by name: the same ones each time.
    solution : Path
        The solution notebook.
    variant : int
        0 is the public one.
    """

    def __init__(self, data: Callable[[int], Mapping[str, Any]], solution: Path, variant: int = 0) -> None:
        """Open nothing yet: data and solution are read when they are first asked for."""
        self.variant = variant
        self._make_data = data
        self._solution = solution

    @cached_property
    def data(self) -> Mapping[str, Any]:
        """The tables and values that the questions are about; a student may change them."""
        return self._make_data(self.variant)

    @cached_property
    def pristine(self) -> Mapping[str, Any]:
        """The same data, never handed to a student: cases and mistakes are computed from it."""
        return self._make_data(self.variant)

    def expected(self, name: str) -> object:
        """Return what the solution notebook gives for a question; SolutionError if it cannot be run."""
        return solutions.expected(self._solution, self.variant, name)

    def code(self, name: str) -> str:
        """Return the solution's code for a question; SolutionError if it cannot be read."""
        return solutions.code(self._solution, name)
