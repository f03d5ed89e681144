"""Every lesson: its charts are drawn, stored and run, they fit two widths, and nothing fails or leaves."""

from .stored import explorers, number_of_charts


def test_every_chart_is_drawn_before_and_after_the_run(lesson, opened):
    stored, live = number_of_charts(lesson), len(list(explorers(lesson)))
    assert stored
    for when, charts in opened.charts.items():
        assert len(charts) == stored + live * when.startswith("run"), when
        assert all(chart["width"] > 200 and chart["marks"] > 2 for chart in charts), (when, charts)


def test_every_cell_runs_without_an_error(opened):
    assert not opened.errors
    # The page was opened without execution counts; now they are there, in order.
    assert opened.prompts == [f"[{number}]:" for number in range(1, len(opened.prompts) + 1)]


def test_every_chart_fits_its_page(opened):
    faults = [f"{when}: {fault}" for when, faults in opened.faults.items() for fault in faults]
    assert not faults, "\n".join(faults)


def test_no_request_leaves_this_machine(opened):
    assert not opened.lab.strangers


def test_nothing_complains_in_the_console(opened):
    assert not opened.lab.complaints
