"""An explorer on a page, used by keyboard alone."""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path

from playwright.sync_api import Locator

from .lab_page import LAYOUT_FAULTS, LabPage

CONTROLS = "select, input, textarea, button:not(.widget-play button), [role=slider]"
WATCHING = Path(__file__).with_name("watching.js").read_text()
PAIRS = 4  # pairs of values in a sample, besides the widest and the narrowest words

Setting = tuple[str, ...]  # a word for each control that is enabled in the first state


@dataclass(frozen=True)
class State:
    """What there is to see: each control's word, what a slider says, the picture (its hash), the sentence."""

    words: dict[str, str]
    spoken: dict[str, str | None]
    picture: str
    sentence: str
    height: float

    @property
    def shown(self) -> tuple[str, str]:
        return self.picture, self.sentence


@dataclass(frozen=True)
class Change:
    """A control was changed, then all was reset."""

    before: State
    after: State
    reset: State
    frames: list[dict[str, float]]


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
        self.first: dict[int, State] = {}
        self._changes: dict[int, dict[str, Change]] = {}
        self.page.evaluate(WATCHING)

    @property
    def controls(self) -> list[Locator]:
        """All but Reset."""
        return self.root.locator(CONTROLS).all()[:-1]

    @cached_property
    def enabled(self) -> list[Locator]:
        """The controls that are enabled in the first state."""
        return [control for control in self.controls if control.is_enabled()]

    @cached_property
    def words(self) -> list[list[str]]:
        """All words of each of these."""
        words = [self._words(control) for control in self.enabled]
        self.reset()
        return words

    def _words(self, control: Locator) -> list[str]:
        if is_box(control):
            return ["no", "yes"]
        return list(self.walk(control))

    def state(self) -> State:
        seen = self.root.evaluate("(root, selector) => state(root, selector)", CONTROLS)
        return State(picture=hashlib.sha256(seen.pop("looks").encode()).hexdigest()[:8], **seen)

    def remember_first(self) -> None:
        """Keep what is shown on a page of this width before anything is changed."""
        self.first[self.lab.width] = self.state()

    def layout_faults(self) -> list[str]:
        return self.root.evaluate(LAYOUT_FAULTS)

    def press(self, control: Locator, key: str) -> bool:
        """Press a key; wait until the page is quiet; return whether the control has changed."""
        before = word(control)
        control.press(key)
        return control.evaluate("(control) => quiet().then(() => word(control))") != before

    def change(self, control: Locator) -> bool:
        """Change a control by the keys that people try, if they do. Return whether."""
        if is_box(control):
            return self.press(control, "Space")
        return self.press(control, "ArrowDown") or self.press(control, "ArrowUp")

    def walk(self, control: Locator) -> Iterator[str]:
        """Stop at each word of a control."""
        self.press(control, "Home")
        yield word(control)
        while self.press(control, "ArrowRight"):
            yield word(control)

    def reset(self) -> None:
        self.press(self.root.get_by_role("button", name="Reset"), "Enter")

    def changes(self, width: int) -> dict[str, Change]:
        """Change each control from the first state, and reset; done once for each width of the page."""
        if width not in self._changes:
            self.lab.settle(width)
            self.reset()
            self._changes[width] = {name(each): self._change(each) for each in self.enabled}
        return self._changes[width]

    def _change(self, control: Locator) -> Change:
        before = self.state()
        self.root.evaluate("(root) => record(root)")
        self.change(control)
        frames = self.page.evaluate("recorded()")
        after = self.state()
        self.reset()
        return Change(before, after, self.state(), frames)

    def pairs(self) -> list[Setting]:
        """Each pair of words of the first two controls, the others as at first."""
        others = [[word(control)] for control in self.enabled[2:]]
        return list(product(*self.words[:2], *others))

    def sample(self) -> list[Setting]:
        """Some of these pairs, always the same, and the widest and the narrowest word of every control."""
        pairs = self.pairs()
        ends = [tuple(end(words, key=len) for words in self.words) for end in (max, min)]
        return [*ends, *random.Random(str(pairs)).sample(pairs, min(PAIRS, len(pairs)))]

    def go(self, setting: Setting) -> None:
        """Set the controls that are enabled in the first state, key by key as the page keeps up with them."""
        for control, words, wanted in zip(self.enabled, self.words, setting, strict=True):
            steps = words.index(wanted) - words.index(word(control))
            key = "Space" if is_box(control) else "ArrowRight" if steps > 0 else "ArrowLeft"
            for _ in range(abs(steps)):
                self.press(control, key)
            assert word(control) == wanted
        self.lab.quiet()

    def choose(self, label: str, wanted: str) -> None:
        at = [name(control) for control in self.enabled].index(label)
        now = [word(control) for control in self.enabled]
        self.go((*now[:at], wanted, *now[at + 1 :]))


def word(control: Locator) -> str:
    return control.evaluate("(control) => word(control)")


def name(control: Locator) -> str:
    return control.evaluate("(control) => label(control)")


def is_box(control: Locator) -> bool:
    return control.evaluate("(control) => control.type === 'checkbox'")
