"""An explorer on a page, used by keyboard alone."""

from collections.abc import Iterator
from pathlib import Path

from lab_page import LAYOUT_FAULTS, NARROW, WIDE, LabPage
from playwright.sync_api import Locator

CONTROLS = "select, input, textarea, button:not(.widget-play button), [role=slider]"
VALUE = "(control) => control.type === 'checkbox' ? control.checked : control.value ?? control.ariaValueNow"
WATCHING = Path(__file__).with_name("watching.js").read_text()


class ExplorerOnPage:
    """Controls, and what they lead to: a chart or an error's line, and a sentence."""

    def __init__(self, lab: LabPage, cell: int) -> None:
        self.lab = lab
        self.page = lab.page
        self.cell_before = lab.cell(cell - 1)
        self.root = lab.cell(cell).locator(".jp-OutputArea-output .widget-vbox").first
        self.chart = self.root.locator("svg.marks")
        self.sentence = self.root.get_by_role("status")
        self.error = self.root.get_by_role("alert")
        self.page.evaluate(WATCHING)
        self.first = {}
        for width in (NARROW, WIDE):
            lab.settle(width)
            self.first[width] = self.shown()

    @property
    def controls(self) -> list[Locator]:
        """All but Reset."""
        return self.root.locator(CONTROLS).all()[:-1]

    @property
    def enabled(self) -> list[Locator]:
        return [control for control in self.controls if control.is_enabled()]

    @property
    def height(self) -> float:
        return self.root.evaluate("(root) => root.getBoundingClientRect().height")

    def values(self) -> list[str | bool]:
        return [value(control) for control in self.controls]

    def layout_faults(self) -> list[str]:
        return self.root.evaluate(LAYOUT_FAULTS)

    def shown(self) -> str:
        return self.root.evaluate("(root) => shown(root)")

    def press(self, control: Locator, key: str) -> bool:
        """Press a key; if that changes the control, wait until something else is shown. Return whether."""
        before = value(control), self.shown()
        control.press(key)
        if value(control) == before[0]:
            return False
        self.page.wait_for_function(
            "([root, before]) => shown(root) !== before", arg=[self.root.element_handle(), before[1]]
        )
        return True

    def change(self, control: Locator) -> bool:
        """Change a control's value by the keys that people try, if they do. Return whether."""
        if control.evaluate("(control) => control.matches('[type=checkbox], button')"):
            return self.press(control, "Space")
        return self.press(control, "ArrowDown") or self.press(control, "ArrowUp")

    def walk(self, control: Locator) -> Iterator[None]:
        """Stop at each value of a control, from the end where it stands to the other."""
        yield
        key = "ArrowUp" if self.time(control, "ArrowDown") is None else "ArrowDown"
        if key == "ArrowDown":
            yield
        while self.time(control, key) is not None:
            yield

    def choose(self, label: str, option: str) -> None:
        control = self.root.get_by_label(label, exact=True)
        for key in ("ArrowDown", "ArrowUp"):
            while value(control) != option and self.time(control, key) is not None:
                pass
        if value(control) != option:
            raise LookupError(f"{label} has no option {option!r}")

    def reset(self) -> None:
        self.root.get_by_role("button", name="Reset").press("Enter")
        self.page.wait_for_function(
            "([root, first]) => shown(root) === first[innerWidth]",
            arg=[self.root.element_handle(), self.first],
        )

    def start_recording(self) -> None:
        self.root.evaluate("(root) => record(root)")

    def frames(self) -> list[dict[str, float]]:
        """Return what each frame since then showed: number of charts with marks, and the height."""
        return self.page.evaluate("() => frames.splice(0)")

    def time(self, control: Locator, key: str) -> float | None:
        """Press a key; return the milliseconds until another picture is there, None if it changes nothing."""
        before = value(control)
        self.root.evaluate("(root) => { window.changed = change(root); }")
        control.press(key)
        return None if value(control) == before else self.page.evaluate("() => window.changed")


def value(control: Locator) -> str | bool:
    return control.evaluate(VALUE)
