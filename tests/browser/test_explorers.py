"""Every explorer of every lesson, after Run All Cells: by keyboard alone, at two widths."""

import re

import pytest
from playwright.sync_api import expect

from .explorer_on_page import CONTROLS
from .lab_page import NARROW, WIDE
from .stored import LESSONS, explorers

EXPLORERS = [
    pytest.param(lesson, name, id=f"{lesson.stem}:{name}")
    for lesson in LESSONS
    for _, name in explorers(lesson)
]


def each(*names):
    """Parametrize a test with these explorers; without names, with every one."""
    chosen = [param for param in EXPLORERS if not names or param.values[1] in names]
    return pytest.mark.parametrize(("lesson", "name"), chosen, indirect=["lesson"], scope="package")


@pytest.fixture
def explorer(opened, name):
    """The explorer in its first state, whatever the test before left."""
    explorer = opened.explorers[name]
    explorer.reset()
    assert explorer.state().shown == explorer.first[explorer.lab.width].shown
    return explorer


@pytest.fixture(params=[NARROW, WIDE])
def changes(request, opened, name):
    """Each enabled control changed and reset, with what was seen of it."""
    return opened.explorers[name].changes(request.param)


@each()
def test_each_control_has_a_label(explorer):
    assert explorer.controls
    for control in explorer.root.locator(CONTROLS).all():
        expect(control).to_have_accessible_name(re.compile(r"\w"))


@each()
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


@each()
def test_each_control_shows_something_else_and_reset_the_first_state(opened, name, changes):
    first = opened.explorers[name].first
    assert changes
    for label, change in changes.items():
        assert change.before.shown in {state.shown for state in first.values()}
        assert change.after.words[label] != change.before.words[label], (
            f"{label} cannot be changed by keyboard"
        )
        assert change.after.shown != change.before.shown, f"{label} changes nothing"
        assert change.reset == change.before, f"{label}, then Reset"


@each()
def test_what_is_disabled_at_first_shows_something_else_once_enabled(explorer):
    """For some word of the first control."""
    waiting = [control for control in explorer.controls if not control.is_enabled()]
    for _ in explorer.walk(explorer.controls[0]) if waiting else ():
        for control in [control for control in waiting if control.is_enabled()]:
            before = explorer.state().shown
            assert explorer.change(control)
            assert explorer.state().shown != before
            waiting.remove(control)
    assert not waiting


@each()
def test_a_slider_says_the_word_beside_it(changes):
    for change in changes.values():
        for state in (change.before, change.after):
            assert state.spoken == {label: state.words[label] for label in state.spoken}


@each()
def test_nothing_flickers(changes):
    for label, change in changes.items():
        assert len(change.frames) > 2
        assert min(frame["marks"] for frame in change.frames) > 0, f"{label}: a frame without a chart"
        lowest = min(change.before.height, change.after.height)
        assert min(frame["height"] for frame in change.frames) >= lowest - 1, label


def faults(explorer, width, settings):
    explorer.lab.settle(width)
    found = []
    for setting in settings:
        explorer.go(setting)
        found += [f"{width} px, {' / '.join(setting)}: {fault}" for fault in explorer.layout_faults()]
    return "\n".join(found)


@pytest.mark.parametrize("width", [WIDE, NARROW])
@each()
def test_some_pictures_fit_the_page(explorer, width):
    """With the widest and the narrowest words, and with some pairs of values of the first two controls."""
    assert not faults(explorer, width, explorer.sample())


@pytest.mark.slow
@pytest.mark.parametrize("width", [WIDE, NARROW])
@each()
def test_every_picture_fits_the_page(explorer, width):
    """With each pair of values of the first two controls."""
    assert not faults(explorer, width, explorer.pairs())


@each("record")
def test_an_error_of_the_model_is_a_line_in_place_of_the_chart(explorer):
    explorer.choose("Case", "Allostreaming")
    explorer.choose("Status", "disputed")
    expect(explorer.error).to_have_text(re.compile(r"nothing to show for: .*disputed.*\."))
    expect(explorer.chart).to_have_count(0)
    expect(explorer.sentence).to_be_empty()
    explorer.choose("Status", "any")
    expect(explorer.error).to_have_count(0)
    expect(explorer.chart).to_be_visible()


@each("succession")
def test_play_moves_the_day_on_and_stop_takes_it_back(explorer):
    day = explorer.root.get_by_role("slider").last
    explorer.root.get_by_role("button", name="Play").press("Enter")
    expect(day).to_have_attribute("aria-valuetext", "60")
    expect(explorer.sentence).to_contain_text("By day 60, ")
    explorer.root.get_by_role("button", name="Stop").press("Enter")
    expect(day).to_have_attribute("aria-valuetext", "30")
    expect(explorer.sentence).to_contain_text("By day 30, ")
