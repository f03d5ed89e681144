"""Every lesson has the shape of a lesson; each rule of shape.py is seen to refuse what breaks it."""

import copy
import re

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from . import shape
from .reading import charts, pages, tags, within
from .shape import ANYWHERE, IN_A_LESSON, WIDGET

LESSONS, SOLUTIONS, EXERCISES = (pages(folder) for folder in ("notebooks", "solutions", "exercises"))
CHECKS = [(rule, page) for page in LESSONS for rule in IN_A_LESSON]
CHECKS += [(rule, page) for page in SOLUTIONS + EXERCISES for rule in ANYWHERE]


@pytest.mark.parametrize(("rule", "page"), [pytest.param(*c, id=f"{c[0].__name__}-{c[1]!r}") for c in CHECKS])
def test_the_shape_is_right(rule, page):
    assert not list(rule(page))


def test_there_are_lessons():
    assert [page.no for page in LESSONS][:1] == ["00"]


def test_no_function_is_defined_in_two_notebooks():
    assert not shape.defined_twice(LESSONS + SOLUTIONS)


def test_a_function_that_is_defined_in_two_notebooks_is_seen():
    page = copy.deepcopy(LESSONS[0])
    page.code[0].source += "\nif True:\n    def first():\n        class Second: ..."
    assert shape.defined_twice([page, page]) == {"first", "Second"}


def put(pattern, replacement):
    """Return a change of the first place in the markdown that matches."""

    def change(page):
        cell = next(cell for cell in page.markdown if re.search(pattern, cell.source, re.MULTILINE))
        cell.source = re.sub(pattern, replacement, cell.source, count=1, flags=re.MULTILINE)

    return change


def code(source):
    """Return a change that adds a line to a code cell."""
    return lambda page: page.code[1].update(source=f"{page.code[1].source}\n{source}")


def words(text):
    """Return a change that adds a paragraph."""
    return lambda page: page.markdown[2].update(source=f"{page.markdown[2].source}\n\n{text}")


def output(kind="display_data", **fields):
    """Return a change that adds an output to a code cell."""
    return lambda page: page.code[1].outputs.append(new_output(kind, **fields))


def chart(**fields):
    """Return a change of the first chart."""
    return lambda page: charts(page.code)[0].update(fields)


def axis(**fields):
    """Return a change of every x axis of the first chart that measures something."""

    def change(page):
        for encoding in within(charts(page.code)[0], "encoding"):
            if encoding.get("x", {}).get("type") in ("quantitative", "temporal"):
                encoding["x"].pop("title", None)
                encoding["x"].update(fields)

    return change


def answer(page):
    return next(cell for cell in page.code if "hide-output" in tags(cell))


def lines(*lengths):
    """Return a change that makes the first code cells that long."""

    def change(page):
        for cell, length in zip(page.code, lengths, strict=False):
            cell.source = "0\n" * length

    return change


def answer_below(heading):
    """Return a change that moves the answer to the prediction below a heading."""

    def change(page):
        cell = answer(page)
        page.cells.remove(cell)
        place = next(i for i, cell in enumerate(page.cells) if cell.source.startswith(heading))
        page.cells.insert(place + 1, cell)

    return change


def without(kind):
    """Return a change that takes the explorer, or the charts, out of the section 'Explore'."""

    def change(page):
        for cell in page.section("Explore").code:
            if ("explore." in cell.source) == (kind == "explorer"):
                page.cells.remove(cell)

    return change


def explorer_stored_as(data):
    def change(page):
        cell = next(cell for cell in page.section("Explore").code if "explore." in cell.source)
        cell.outputs = [new_output("display_data", data=data)]

    return change


def unread(page):
    """Put the first result of 'The mechanism' above the next heading, without a word in between."""
    place = page.cells.index(page.section("The mechanism").code[0])
    page.cells[place + 1].source = "### And on"


def three_in_a_row(page):
    place = page.cells.index(page.code[0])
    page.cells[place:place] = [new_code_cell("1"), new_code_cell("2")]


def answered(*outputs):
    """Return a change of what the answer to the prediction has printed."""
    return lambda page: answer(page).update(outputs=list(outputs))


REAL = "example" + ".com"  # which may not stand in this file
TABLE = {"text/plain": "Open it", "text/html": "<b>37</b>"}
BROKEN = [
    (shape.size, "20 cells", lambda page: page.cells.__delitem__(slice(20, None))),
    (shape.size, "6[0-9] cells", lambda page: page.cells.extend([new_code_cell(), new_markdown_cell()] * 9)),
    (shape.size, r"[2-9]\.\d\d markdown", lambda page: page.cells.extend([new_markdown_cell()] * 19)),
    (shape.size, r"0\.\d\d markdown", lambda page: page.cells.extend([new_code_cell()] * 19)),
    (shape.size, "400 KB", output(data={"text/plain": "x" * 400_000})),
    (shape.length_of_code, "median code cell has 5", lines(*[5] * 45)),
    (shape.length_of_code, "a tenth", lines(*[14] * 5)),
    (shape.length_of_code, "has 21 lines", lines(21)),
    (shape.opening, "2 H1", words("# Is this a second one?")),
    (shape.opening, "opens with", put(r"^# (.*)\?$", r"# \1")),
    (shape.opening, "below the H1", put(r"^([A-Z].*)\?$", r"\1.")),
    (shape.opening, "below the H1", put(r"^([A-Z].*\?)$", r"\1 Why?")),
    (shape.opening, "is not '⏱", put("^⏱ ", "")),
    (shape.opening, "99 minutes here", put(r"^⏱ \d+", "⏱ 99")),
    (shape.opening, "is not '⏱", put(" · case: ", " · ")),
    (shape.opening, "is not '⏱", put(" · before: .*", " · before: ")),
    (shape.headings, "Next; accepted", put("^## Sources$", "### Sources")),
    (shape.headings, "One more", words("## One more")),
    (shape.headings, "Sources, Sources", put("^## Next$", "## Sources")),
    (shape.objectives, "does not begin with a verb", put(r"^1\. \*\*(\w+)\*\*", r"1. \1")),
    (shape.objectives, "not numbered", put(r"^1\. ", "- ")),
    (shape.objectives, "^1 objectives", put(r"^2\. (?s:.*)", "")),
    (shape.objectives, "^0 objectives", put("^## You will be able to", "## Aims")),
    (shape.objectives, "^[5-9] objectives", put(r"^(1\. .*)$", r"\1" + "\n2. **see** it" * 4)),
    (shape.take_away, "^2 bullets", put(r"^## Take away\n\n- ", "## Take away\n\n")),
    (shape.prediction, "^0 cells", lambda page: answer(page).metadata.pop("tags")),
    (shape.prediction, "^0 cells", answer_below("## The case")),
    (shape.prediction, "^0 cells", answer_below("## The mechanism")),
    (shape.prediction, "stored open", lambda page: answer(page).metadata.pop("jupyter")),
    (shape.prediction, "shows '37 of", answered(new_output("stream", text="\n37 of them\n"))),
    (shape.prediction, "shows '<b>37", answered(new_output("display_data", data=TABLE))),
    (shape.prediction, "shows ''", answered()),
    (shape.explorer, "no explorer", without("explorer")),
    (shape.explorer, "no static chart", without("charts")),
    (shape.explorer, "not stored as text", explorer_stored_as({"text/plain": "VBox(children=())"})),
    (shape.explorer, "stored as a widget", explorer_stored_as({"text/plain": "Explorer of x", WIDGET: {}})),
    (shape.pictures, "title is ''", chart(title=None)),
    (shape.pictures, "title is 'Figure 2: 75 %'", chart(title={"text": ["Figure 2:", "75 %"]})),
    (shape.pictures, "title is ' Swarm'", chart(title={"text": {"expr": 'width < 9 ? "" : "Swarm"'}})),
    (shape.pictures, "description is 'A chart.'", chart(description="A chart.")),
    (shape.pictures, "x axis is ''", axis()),
    (shape.pictures, "x axis is 'facts'", axis(title="facts")),
    (shape.pictures, "x axis is ''", axis(title="facts (count)", axis={"title": None})),
    (shape.innocence_of_code, "not plain Python", code("!ls")),
    (shape.innocence_of_code, "not plain Python", code("%pip install dnspython")),
    (shape.innocence_of_code, "not plain Python", code("conda install dnspython")),
    (shape.innocence_of_code, "imports requests", code("import requests")),
    (shape.innocence_of_code, "imports urllib", code("from urllib.request import urlopen")),
    (shape.innocence_of_code, "names the address", code(f'pd.read_csv("https://{REAL}/a.csv")')),
    (shape.innocence_of_code, r"writes with open\(", code('open("a.csv", "w")')),
    (shape.innocence_of_code, r"writes with open\(", code('path.open(mode="ab")')),
    (shape.innocence_of_code, "writes with write_text", code('path.write_text("a")')),
    (shape.innocence_of_code, "writes with to_csv", code('five.to_csv("a.csv")')),
    (shape.innocence_of_code, "writes with to_json", code('five.to_json("a.json")')),
    (shape.innocence_of_code, "writes with savefig", code('picture.savefig("a.png")')),
    (shape.company_of_code, "no words", three_in_a_row),
    (shape.company_of_code, "nothing reads", unread),
    (shape.links, "leads nowhere", words("See [this](../data/gone.csv).")),
    (shape.links, "there is no data/gone", words("See `data/gone.csv`.")),
    (shape.links, "to the web", words("See [this](https://example.test).")),
    (shape.links, "to the web", words("See www.example.test")),
    (shape.links, "to the web", output(data={"text/html": '<a href="https://example.test">a</a>'})),
    (shape.clean_outputs, "complaint is stored", output("stream", name="stderr", text="careful")),
    (shape.clean_outputs, "error is stored", output("error", ename="ValueError", evalue="", traceback=[])),
]


@pytest.mark.parametrize(
    ("rule", "complaint", "change"), [pytest.param(*b, id=f"{b[0].__name__}-{b[1]}") for b in BROKEN]
)
def test_what_breaks_a_rule_is_refused(rule, complaint, change):
    page = copy.deepcopy(LESSONS[0])
    before = set(rule(page))
    change(page)
    assert [new for new in set(rule(page)) - before if re.search(complaint, new)]


def test_every_rule_is_seen_to_refuse_something():
    assert {rule for rule, _, _ in BROKEN} == set(IN_A_LESSON)


@pytest.mark.parametrize("source", ['open("a.csv")', 'path.open("rb")', "path.read_text()", "five.to_dict()"])
def test_reading_is_no_harm(source):
    page = copy.deepcopy(LESSONS[0])
    before = list(shape.innocence_of_code(page))
    code(source)(page)
    assert list(shape.innocence_of_code(page)) == before
