"""Every explorer of every lesson, after Run All Cells: by keyboard alone, at two widths."""

import itertools
import re
import statistics
import sys

import pytest
from explorer_on_page import CONTROLS, ExplorerOnPage
from lab_page import NARROW, WIDE, page_of
from playwright.sync_api import expect
from stored import LESSONS, explorers

EXPLORERS = [
    pytest.param((lesson, cell), id=f"{lesson.stem}:{name}")
    for lesson in LESSONS
    for cell, name in explorers(lesson)
]


@pytest.fixture(scope="module", params=EXPLORERS)
def opened(browser, server, request):
    lesson, cell = request.param
    with page_of(browser, WIDE) as lab:
        lab.open(server.address(f"notebooks/{lesson.name}"))
        lab.run_all()
        yield ExplorerOnPage(lab, cell)


@pytest.fixture
def explorer(opened):
    """The explorer in its first state on a wide page, whatever the test before left."""
    opened.lab.settle(WIDE)
    opened.reset()
    return opened


def test_each_control_has_a_label(explorer):
    assert explorer.controls
    for control in explorer.root.locator(CONTROLS).all():
        expect(control).to_have_accessible_name(re.compile(r"\w"))


def test_a_slider_says_the_word_beside_it(explorer):
    for slider in explorer.root.get_by_role("slider").all():
        for _ in range(2):
            word = slider.locator("xpath=ancestor::*[contains(@class, 'widget-inline-hbox')]").locator(
                ".widget-readout"
            )
            expect(slider).to_have_attribute("aria-valuetext", word.text_content())
            assert explorer.change(slider)


def test_tab_reaches_each_enabled_control_in_order(explorer):
    explorer.cell_before.click()
    for _ in range(10):  # JupyterLab's own buttons of the cell may come first
        explorer.page.keyboard.press("Tab")
        if explorer.root.evaluate("(root) => root.contains(document.activeElement)"):
            break
    for control in explorer.enabled:
        expect(control).to_be_focused()
        explorer.page.keyboard.press("Tab")
    expect(explorer.root.get_by_role("button", name="Reset")).to_be_focused()


def test_each_control_shows_something_else_and_reset_the_first_state(explorer):
    controls, changed = explorer.controls, set()

    def change(index):
        assert explorer.change(controls[index]), f"control {index} cannot be changed by keyboard"
        changed.add(index)

    for index, control in enumerate(controls):
        if control.is_enabled():
            change(index)
            explorer.reset()
    # Those that are disabled at first must be enabled for some value of the first control.
    for _ in explorer.walk(controls[0]):
        for index, control in enumerate(controls):
            if index not in changed and control.is_enabled():
                change(index)
    assert len(changed) == len(controls)


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_nothing_flickers(explorer, width):
    explorer.lab.settle(width)
    for control in explorer.enabled:
        explorer.reset()
        before = explorer.height
        explorer.start_recording()
        assert explorer.change(control)
        explorer.lab.settle()
        frames = explorer.frames()
        assert len(frames) > 2
        assert min(frame["marks"] for frame in frames) > 0, "a frame without a chart"
        assert min(frame["height"] for frame in frames) >= min(before, explorer.height) - 1


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_every_picture_fits_the_page(explorer, width):
    """Each pair of values of the first two controls."""
    explorer.lab.settle(width)
    faults = []
    first, *others = explorer.enabled
    for _ in explorer.walk(first):
        for _ in explorer.walk(others[0]) if others else [None]:
            values = " / ".join(map(str, explorer.values()))
            faults += [f"{width} px, {values}: {fault}" for fault in explorer.layout_faults()]
    assert not faults, "\n".join(faults)


def test_latency_is_printed(explorer, capsys):
    """Measured and shown, never judged: how fast a machine is says nothing about the code.

    Each control is moved a step and back, in turn.
    """
    times: list[float] = []
    for control in itertools.cycle(explorer.enabled):
        box = control.evaluate("(control) => control.type === 'checkbox'")
        moves = [explorer.time(control, key) for key in (["Space"] * 2 if box else ["ArrowDown", "ArrowUp"])]
        times += [took for took in moves if took is not None]  # none where a slider is at its end
        assert any(moves)
        if len(times) >= 20:
            break
    line = f"median {statistics.median(times):.0f} ms, worst {max(times):.0f} ms (n={len(times)})"
    # To stderr, since pytest-xdist's workers have no stdout.
    with capsys.disabled():
        print(f"\nkey press to changed chart: {line}", file=sys.stderr)


@pytest.mark.parametrize("opened", [each for each in EXPLORERS if each.id.endswith(":record")], indirect=True)
def test_an_error_of_the_model_is_a_line_in_place_of_the_chart(explorer):
    explorer.choose("Case", "Allostreaming")
    explorer.choose("Status", "disputed")
    expect(explorer.error).to_have_text(re.compile(r"nothing to show for: .*disputed.*\."))
    expect(explorer.chart).to_have_count(0)
    expect(explorer.sentence).to_be_empty()
    explorer.choose("Status", "any")
    expect(explorer.error).to_have_count(0)
    expect(explorer.chart).to_be_visible()


@pytest.mark.parametrize(
    "opened", [each for each in EXPLORERS if each.id.endswith(":succession")], indirect=True
)
def test_play_moves_the_day_on_and_stop_takes_it_back(explorer):
    day = explorer.root.get_by_role("slider").last
    explorer.root.get_by_role("button", name="Play").press("Enter")
    expect(day).to_have_attribute("aria-valuetext", "60")
    expect(explorer.sentence).to_contain_text("By day 60, ")
    explorer.root.get_by_role("button", name="Stop").press("Enter")
    expect(day).to_have_attribute("aria-valuetext", "30")
    expect(explorer.sentence).to_contain_text("By day 30, ")
