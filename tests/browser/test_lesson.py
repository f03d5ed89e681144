"""Every lesson as its reader meets it: stored outputs first, then a run, on a narrow and a wide page."""

from dataclasses import dataclass, field

import pytest
from lab_page import ERRORS, NARROW, WIDE, page_of
from stored import LESSONS, explorers, number_of_charts


@dataclass
class Seen:
    """What was seen of a lesson."""

    charts: dict[str, list[dict[str, float]]] = field(default_factory=dict)
    faults: dict[str, list[str]] = field(default_factory=dict)
    prompts: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="module", params=LESSONS, ids=lambda path: path.stem)
def lesson(request):
    return request.param


@pytest.fixture(scope="module")
def seen(lesson, browser, server):
    seen = Seen()

    def look(lab, when, width):
        lab.settle(width)
        seen.charts[f"{when}, {width} px"] = lab.drawn_charts()
        seen.faults[f"{when}, {width} px"] = lab.layout_faults()

    with page_of(browser, NARROW) as lab:
        lab.open(server.address(f"notebooks/{lesson.name}"))
        look(lab, "stored", NARROW)
        look(lab, "stored", WIDE)
        lab.run_all()
        look(lab, "run", WIDE)
        look(lab, "run", NARROW)
        seen.prompts = lab.prompts.all_text_contents()
        seen.errors = lab.page.locator(ERRORS).all_text_contents()
        seen.strangers, seen.complaints = lab.strangers, lab.complaints
    return seen


def test_every_chart_is_drawn_before_and_after_the_run(lesson, seen):
    stored, live = number_of_charts(lesson), len(list(explorers(lesson)))
    assert stored
    for when, charts in seen.charts.items():
        assert len(charts) == stored + live * when.startswith("run"), when
        assert all(chart["width"] > 200 and chart["marks"] > 2 for chart in charts), (when, charts)


def test_every_cell_runs_without_an_error(seen):
    assert not seen.errors
    # The page was opened without execution counts; now they are there, in order.
    assert seen.prompts == [f"[{number}]:" for number in range(1, len(seen.prompts) + 1)]


def test_every_chart_fits_its_page(seen):
    faults = [f"{when}: {fault}" for when, faults in seen.faults.items() for fault in faults]
    assert not faults, "\n".join(faults)


def test_no_request_leaves_this_machine(seen):
    assert not seen.strangers


def test_nothing_complains_in_the_console(seen):
    assert not seen.complaints
