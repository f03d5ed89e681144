"""The shape of a lesson: each rule goes through a page and says what is wrong with it."""

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator
from statistics import median
from typing import Any

from .reading import ROOT, Page, charts, tags, within

Complaints = Iterator[str]
HEADINGS = [
    "You will be able to",
    "The case",
    "Words you need",
    "Predict",
    "The mechanism",
    "Explore",
    "What the record says",
    "Take away",
    "Under the hood",
    "Next",
    "Sources",
]
WIDGET = "application/vnd.jupyter.widget-view+json"
# What JupyterLab shows of a collapsed output: the first line of the first of these that the output has.
PREVIEWED = ("text/html", "image/svg+xml", "application/pdf", "text/markdown", "text/plain")
NET_AND_SHELL = {"http", "httpx", "os", "pip", "requests", "shutil", "socket", "subprocess", "urllib"}
WRITES = re.compile(
    r"to_(csv|excel|feather|hdf|html|json|parquet|pickle)|save\w*|write\w*|dump|mkdir|touch|unlink"
)


def size(page: Page) -> Complaints:
    cells, share = len(page.cells), len(page.markdown) / max(len(page.code), 1)
    if not 25 <= cells <= 45:
        yield f"{cells} cells; 25 to 45 are accepted"
    if not 1.0 <= share <= 1.6:
        yield f"{share:.2f} markdown cells to a code cell; 1.0 to 1.6 are accepted"
    if len(json.dumps(page.notebook, ensure_ascii=False, indent=1).encode()) >= 400_000:
        yield "400 KB or more"


def length_of_code(page: Page) -> Complaints:
    lengths = [sum(bool(line.strip()) for line in cell.source.splitlines()) for cell in page.code]
    if median(lengths) > 4:
        yield f"the median code cell has {median(lengths)} lines; 4 are accepted"
    if sum(length <= 13 for length in lengths) < 0.9 * len(lengths):
        yield "more than a tenth of the code cells have over 13 lines"
    if max(lengths) > 20:
        yield f"a code cell has {max(lengths)} lines; 20 are accepted"


def opening(page: Page) -> Complaints:
    titles = [line for section in page.sections for line in section.lines if line.startswith("# ")]
    if len(titles) != 1:
        yield f"{len(titles)} H1; one is accepted"
    first = [line for line in page.cells[0].source.splitlines() if line.strip()] + [""] * 3
    if not re.fullmatch(r"# .*\?", first[0]):
        yield f"it opens with {first[0]!r}, not with an H1 that asks a question"
    if not re.fullmatch(r"[A-Z][^?.!]*\?", first[1]):
        yield f"below the H1 stands {first[1]!r}, not one sentence that asks"
    line = re.fullmatch(r"⏱ (\d+) minutes · case: \S.* · before: \S.*", first[2])
    if not line:
        yield f"{first[2]!r} is not '⏱ N minutes · case: … · before: …'"
    elif line[1] != minutes_in_readme().get(page.no):
        yield f"{line[1]} minutes here, {minutes_in_readme().get(page.no)} in README.md"


def minutes_in_readme() -> dict[str, str]:
    rows = re.findall(r"^\| \**(\d\d)\** \|.*\| (\d+) \|$", (ROOT / "README.md").read_text("utf-8"), re.M)
    return dict(rows)


def headings(page: Page) -> Complaints:
    found = [section.title for section in page.sections[1:]]
    if found != HEADINGS:
        yield f"the H2 are {', '.join(found)}; accepted are, in this order, {', '.join(HEADINGS)}"


def objectives(page: Page) -> Complaints:
    found = numbered_objectives(page)
    if [int(number) for number, _ in found] != list(range(1, len(found) + 1)) or not 2 <= len(found) <= 4:
        yield f"{len(found)} objectives, or not numbered 1, 2, 3 …; 2 to 4 are accepted"
    for number, text in found:
        if not re.match(r"\*\*[a-z]+\*\* \S", text):
            yield f"objective {number} does not begin with a verb in bold: {text!r}"


def numbered_objectives(page: Page) -> list[tuple[str, str]]:
    """Return number and text of each objective of a lesson."""
    lines = page.section("You will be able to").lines
    return [found.groups() for line in lines if (found := re.fullmatch(r"(\d+)\. (.*)", line))]


def take_away(page: Page) -> Complaints:
    bullets = [line for line in page.section("Take away").lines if line.startswith("- ")]
    if len(bullets) != 3:
        yield f"{len(bullets)} bullets to take away; 3 are accepted"


def prediction(page: Page) -> Complaints:
    answers = [cell for cell in page.section("Predict").code if "hide-output" in tags(cell)]
    if len(answers) != 1:
        yield f"{len(answers)} cells tagged hide-output from 'Predict' to 'The mechanism'; one is due"
    for cell in answers:
        if cell.metadata.get("jupyter", {}).get("outputs_hidden") is not True:
            yield "the answer to the prediction is stored open: run tools/notebooks.py"
        line = shown_when_collapsed(cell)
        if not line or re.search(r"\d", line):
            yield f"the collapsed answer shows {line!r}; a first line without a figure is due"


def shown_when_collapsed(cell: Any) -> str:
    """Return the line that JupyterLab shows of a cell's collapsed outputs."""
    for output in cell.outputs[:1]:
        kinds = [kind for kind in PREVIEWED if kind in output.get("data", {})]
        text = output.data[kinds[0]] if kinds else output.get("text", "")
        return next((line for line in text.splitlines() if line), "")
    return ""


def explorer(page: Page) -> Complaints:
    code = page.section("Explore").code
    found = [i for i, cell in enumerate(code) if "explore." in cell.source]
    if not found:
        yield "no explorer between 'Explore' and the next H2"
    elif not charts(code[found[0] + 1 :]):
        yield "no static chart after the explorer, before the next H2"
    for i in found:
        stored = [output.get("data", {}) for output in code[i].outputs]
        if not any(data.get("text/plain", "").startswith("Explorer of ") for data in stored):
            yield "the explorer is not stored as text"
        if any(WIDGET in data for data in stored):
            yield "the explorer is stored as a widget: run tools/notebooks.py"


def pictures(page: Page) -> Complaints:
    for spec in charts(page.code):
        title = in_words(spec.get("title"))
        if len(re.findall(r"[^\W\d_]{2,}", title)) < 2:
            yield f"a chart's title is {title!r}; a few words are due"
        if len(spec.get("description", "")) < 20:
            yield f"{title}: its description is {spec.get('description')!r}; 20 characters or more are due"
        for encoding in within(spec, "encoding"):
            yield from (f"{title}: {complaint}" for complaint in axes(encoding))


def axes(encoding: dict[str, Any]) -> Complaints:
    """Say which axis that measures something does not say in what unit."""
    for channel in ("x", "y"):
        position = encoding.get(channel, {})
        axis = position.get("axis", {})
        if position.get("type") not in ("quantitative", "temporal") or axis is None:
            continue
        name = in_words(axis.get("title", position.get("title")))
        if not re.search(r"\w.*\([^)]+\)|\b(date|year)\b", name):
            yield f"the title of its {channel} axis is {name!r}; a unit in parentheses is due"


def in_words(title: Any) -> str:
    """Return a title as text: it is a text, a list of lines, an object with a text, or a Vega expression."""
    if isinstance(title, dict):
        if "expr" in title:
            return " ".join(re.findall(r'"([^"]*)"', title["expr"]))
        return in_words(title.get("text"))
    return " ".join(title) if isinstance(title, list) else title or ""


def innocence_of_code(page: Page) -> Complaints:
    for cell in page.code:
        try:
            tree = ast.parse(cell.source)
        except SyntaxError:
            yield f"not plain Python (a line for the shell, a magic?): {cell.source!r}"
            continue
        yield from (f"{complaint}: {cell.source!r}" for node in ast.walk(tree) for complaint in harm(node))


#: Of the web, but not of the synthetic one.
REAL_ADDRESS = re.compile(r"://(?![\w.-]*\.(example|test)\b)")


def harm(node: ast.AST) -> Complaints:
    """Say whether a piece of code installs, downloads or writes."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        for name in names:
            if name.partition(".")[0] in NET_AND_SHELL:
                yield f"it imports {name}"
    elif isinstance(node, ast.Call):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        opens = name == "open" and any(map(mode_that_writes, [*node.args, *(k.value for k in node.keywords)]))
        if opens or WRITES.fullmatch(name):
            yield f"it writes with {name}()"
    elif isinstance(node, ast.Constant) and REAL_ADDRESS.search(str(node.value)):
        yield f"it names the address {node.value}"


def mode_that_writes(argument: ast.expr) -> bool:
    mode = set(str(getattr(argument, "value", "")))
    return mode <= set("rwxabt+") and bool(mode & set("wxa+"))


def company_of_code(page: Page) -> Complaints:
    """Code has words beside it, and in 'The mechanism' a reading below it."""
    kinds = ["", *(cell.cell_type for cell in page.cells), ""]
    for place, cell in enumerate(page.cells, start=1):
        if cell.cell_type == "code" and "markdown" not in (kinds[place - 1], kinds[place + 1]):
            yield f"no words right before or after {cell.source!r}"
    steps = page.section("The mechanism").code
    for cell, below in zip(page.cells, [*page.cells[1:], None], strict=True):
        unread = below is None or below.cell_type != "markdown" or below.source.startswith("#")
        if unread and any(cell is step for step in steps):
            yield f"nothing reads the result of {cell.source!r}"


def links(page: Page) -> Complaints:
    text = "\n".join(cell.source for cell in page.markdown)
    for target in re.findall(r"\]\(\s*<?([^)>\s#]+)", text):
        if ":" not in target and not (page.path.parent / target).exists():
            yield f"the link to {target} leads nowhere"
    for name in re.findall(r"`((?:data|exercises|notebooks|solutions|src|tests|tools)/[\w./-]+)`", text):
        if not (ROOT / name).exists():
            yield f"there is no {name}"
    stored = [str(value) for output in page.outputs for value in output.get("data", {}).values()]
    linked = [found for value in stored for found in re.findall(r"(?:href|src)=\W*https?:[^\s\"'>]+", value)]
    for address in re.findall(r"https?://\S+|\bwww\.\S+|\]\((?:\w+:|//)[^)]*", text) + linked:
        yield f"it links to the web: {address}"


def clean_outputs(page: Page) -> Complaints:
    for output in page.outputs:
        if output.output_type == "error":
            yield f"an error is stored: {output.ename}"
        if output.get("name") == "stderr":
            yield f"a complaint is stored: {output.text}"


def defined_twice(pages: list[Page]) -> set[str]:
    """Return the names of functions and classes that more than one page defines."""
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    names = Counter()
    for page in pages:
        nodes = (node for cell in page.code for node in ast.walk(ast.parse(cell.source)))
        names.update({node.name for node in nodes if isinstance(node, kinds)})
    return {name for name, times in names.items() if times > 1}


ANYWHERE = [innocence_of_code, links, clean_outputs, pictures]
IN_A_LESSON = [
    *ANYWHERE,
    size,
    length_of_code,
    opening,
    headings,
    objectives,
    take_away,
    prediction,
    explorer,
    company_of_code,
]
