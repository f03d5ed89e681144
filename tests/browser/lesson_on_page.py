"""A lesson as its reader meets it: stored outputs first, then a run, on a narrow and a wide page."""

from pathlib import Path

from .explorer_on_page import ExplorerOnPage
from .lab_page import ERRORS, NARROW, WIDE, LabPage
from .stored import explorers


class LessonOnPage:
    """What was seen of a lesson, and its explorers, which are left to use on the page that has run."""

    def __init__(self, lab: LabPage, lesson: Path) -> None:
        self.lab = lab
        self.charts: dict[str, list[dict[str, float]]] = {}
        self.faults: dict[str, list[str]] = {}
        for width in (NARROW, WIDE):
            self._look("stored", width)
        lab.run_all()
        self.prompts = lab.prompts.all_text_contents()
        self.errors = lab.page.locator(ERRORS).all_text_contents()
        self.explorers = {name: ExplorerOnPage(lab, cell) for cell, name in explorers(lesson)}
        for width in (WIDE, NARROW):
            self._look("run", width)
            for explorer in self.explorers.values():
                explorer.remember_first()

    def _look(self, when: str, width: int) -> None:
        self.lab.settle(width)
        self.charts[f"{when}, {width} px"] = self.lab.drawn_charts()
        self.faults[f"{when}, {width} px"] = self.lab.layout_faults()
