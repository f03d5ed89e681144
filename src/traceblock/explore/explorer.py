"""The one harness of all explorers: controls -> model -> chart -> sentence."""

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

import altair as alt
import anywidget
import ipywidgets as widgets

from traceblock.charts import theme

_CLASS, _WORDS = "traceblock-explorer", "traceblock-words"
# With a picture at hand, JupyterLab does not make one of each new chart and send it back to the kernel.
_BLANK = {
    "image/png": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDw"
    "AChwGA60e6kgAAAABJRU5ErkJggg=="
}
_ROW = widgets.Layout(display="flex", flex_flow="row wrap", align_items="center", width="100%")
_SENTENCE = '<p role="status" style="margin:0;line-height:1.5;font-size:var(--jp-content-font-size1)">{}</p>'
_ERROR = (
    '<p role="alert" style="margin:8px 0;padding:8px 12px;border-left:4px solid {};line-height:1.5">{}</p>'
)


class _Access(anywidget.AnyWidget):
    """Mends what JupyterLab and ipywidgets leave out for the controls of all explorers.

    Keys go to the control that has the focus: JupyterLab would move between cells instead. A slider's
    handle bears its control's label, and a button to play says what it does: ipywidgets gives them none.
    Where a slider chooses among words, its handle says the word, not its number, and the word beside it
    takes no focus: nothing can be typed there.
    """

    _esm = """
    const leaveKeys = ({ target }) => {
        if (target.closest?.(".EXPLORER")) target.setAttribute("data-lm-suppress-shortcuts", "true");
    };
    const say = (handle, attribute, text) => {
        if (text && handle.getAttribute(attribute) !== text) handle.setAttribute(attribute, text);
    };
    const mend = () => {
        for (const handle of document.querySelectorAll(".EXPLORER [role=slider]")) {
            const control = handle.closest(".widget-inline-hbox");
            say(handle, "aria-label", control?.querySelector(".widget-label")?.textContent);
            const word = control?.matches(".WORDS") && control.querySelector(".widget-readout");
            if (!word) continue;
            say(handle, "aria-valuetext", word.textContent);
            word.contentEditable = "false";
        }
        for (const icon of document.querySelectorAll(".EXPLORER .widget-play button i")) {
            const does = ["play", "pause", "stop"].find((each) => icon.classList.contains(`fa-${each}`));
            if (does) say(icon.parentElement, "aria-label", does[0].toUpperCase() + does.slice(1));
        }
    };
    export default {
        initialize() {
            const observer = new MutationObserver(mend);
            const attributeFilter = ["aria-valuetext", "class"];
            observer.observe(document.body, { childList: true, subtree: true, attributeFilter });
            document.addEventListener("focusin", leaveKeys);
            mend();
            return () => {
                observer.disconnect();
                document.removeEventListener("focusin", leaveKeys);
            };
        },
    };
    """.replace("EXPLORER", _CLASS).replace("WORDS", _WORDS)
    # On a narrow page a long label takes a second line, where it would leave its slider no track, and a list
    # is no wider than the page, however long its longest word.
    _css = """
    .EXPLORER .widget-hslider { height: auto; min-height: 28px; align-items: center; }
    .EXPLORER .widget-hslider > .widget-label {
        flex: 0 1 auto; height: auto; line-height: 1.25; text-align: left; white-space: normal;
    }
    .EXPLORER .widget-hslider > .slider-container { flex: 1 1 88px; min-width: 88px; }
    .EXPLORER .widget-dropdown { min-width: 0; }
    .EXPLORER .widget-dropdown > select { flex: 1 1 120px; min-width: 0; }
    """.replace("EXPLORER", _CLASS)


class Explorer(widgets.VBox):  # type: ignore[misc]
    """Controls above, a chart below, and under it a sentence that says what the chart shows now.

    Parameters
    ----------
    name : str
        What is explored, for a reader of the page before it runs.
    controls : Mapping of str to a widget with ``value`` and ``description``
        The model's parameters by name. The description is the visible label.
    model : callable
        Takes the controls' values by name and returns a result, mostly a table. Any error it raises is
        shown as a line in place of the chart.
    chart : callable
        From the result to an Altair chart.
    reading : callable
        From the result to a plain sentence, for those who cannot see the chart.
    clock : str, optional
        The control, a slider of words, that buttons to play, pause and stop move on by one step a second.

    Raises
    ------
    ValueError
        If a control has no label.
    """

    def __init__(
        self,
        name: str,
        controls: Mapping[str, Any],
        model: Callable[..., Any],
        chart: Callable[[Any], alt.TopLevelMixin],
        reading: Callable[[Any], str],
        clock: str | None = None,
    ) -> None:
        for parameter, control in controls.items():
            if not control.description.strip():
                raise ValueError(
                    f"controls[{parameter!r}] has no description; give it a label of a few words"
                )
            control.style.description_width = "initial"
            if isinstance(control, widgets.SelectionSlider):
                control.add_class(_WORDS)
            control.layout = widgets.Layout(
                flex="1 1 280px", width="auto", max_width="420px", margin="2px 16px 2px 0"
            )
        self.name = name
        self.controls = dict(controls)
        self._model, self._draw, self._read = model, chart, reading
        self._initial = {parameter: control.value for parameter, control in controls.items()}
        self._paused = False
        self._picture = widgets.Output(layout=widgets.Layout(margin="0", overflow="hidden"))
        self._words = widgets.HTML()
        reset = widgets.Button(description="Reset", tooltip="Back to the first settings", icon="undo")
        reset.layout = widgets.Layout(width="auto", margin="2px 0")
        reset.on_click(lambda _: self.set(**self._initial))
        play = [] if clock is None else [_player(self.controls[clock])]
        rows = [widgets.Box([*controls.values(), reset, *play], layout=_ROW), self._picture, self._words]
        super().__init__([*rows, _Access(layout=widgets.Layout(display="none"))])
        self.add_class(_CLASS)
        for control in controls.values():
            control.observe(self._update, names="value")
        self._update()

    def set(self, **values: Any) -> None:
        """Set several controls, then redraw once; if they stand so already, the picture stays.

        Raises
        ------
        LookupError
            If there is no such control.
        """
        for parameter in values:
            if parameter not in self.controls:
                raise LookupError(
                    f"there is no control {parameter!r}; choose from {', '.join(self.controls)}"
                )
        before = [control.value for control in self.controls.values()]
        self._paused = True
        try:
            for parameter, value in values.items():
                self.controls[parameter].value = value
        finally:
            self._paused = False
        if [control.value for control in self.controls.values()] != before:
            self._update()

    def _update(self, _: object = None) -> None:
        if self._paused:
            return
        self.result: Any = None
        self.spec: dict[str, Any] = {}
        self.sentence = ""
        try:
            self.result = self._model(**{name: control.value for name, control in self.controls.items()})
            spec = self._draw(self.result).to_dict(validate=False)  # charts are validated by their tests
            bundle, self.sentence = theme.render(spec) | _BLANK, self._read(self.result)
            self.spec = spec
        except (ValueError, LookupError) as error:
            bundle = _line(str(error.args[0] if error.args else error))
        except Exception as error:
            bundle = _line(f"{type(error).__name__}: {error}")
        # One assignment replaces the picture in one step: nothing flickers, no page jumps.
        self._picture.outputs = ({"output_type": "display_data", "data": bundle, "metadata": {}},)
        self._words.value = _SENTENCE.format(escape(self.sentence))

    @property
    def error(self) -> str:
        """The line shown in place of the chart, empty if there is a chart."""
        return "" if self.spec else str(self._picture.outputs[0]["data"]["text/plain"])

    def __repr__(self) -> str:
        """Return what a reader sees who opens the notebook without running it."""
        labels = ", ".join(control.description for control in self.controls.values())
        return f"Explorer of {self.name}: run this cell, then use {labels}"


def slider(label: str, options: Mapping[str, Any], value: Any) -> widgets.SelectionSlider:
    """Return a slider that chooses among words, each of which stands for a value."""
    return widgets.SelectionSlider(description=label, options=options, value=value)


def _player(clock: widgets.SelectionSlider) -> widgets.Play:
    """Return buttons that move a slider on by one step a second, from its first step again after its last."""
    last = len(clock.options) - 1
    player = widgets.Play(value=clock.index, max=last, interval=1_000, show_repeat=False)
    widgets.link((player, "value"), (clock, "index"))
    return player


def _line(text: str) -> dict[str, Any]:
    return {"text/html": _ERROR.format(theme.VERMILION, escape(text)), "text/plain": text}
