"""Make docs/lesson-00.png, the README's picture: ``python -m tests.browser.picture``.

The lesson's clock sign wants an emoji font on the machine that makes it (Debian: fonts-noto-color-emoji).
"""

import tempfile
from pathlib import Path

from .lab_page import chromium_running, page_of, required_chromium
from .lab_server import serving
from .stored import COURSE, LESSONS, cells

WIDTH = 1280
SHOWN = "charts.record.timeline("  # the picture begins with the text above this chart


def main() -> None:
    place = next(i for i, cell in enumerate(cells(LESSONS[0])) if SHOWN in "".join(cell["source"]))
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder)) as server,
        chromium_running(required_chromium()) as browser,
        page_of(browser, WIDTH) as lab,
    ):
        lab.open(server.address(f"notebooks/{LESSONS[0].name}"))
        lab.run_all()
        lab.settle()
        lab.cell(place - 1).evaluate("(cell) => cell.scrollIntoView()")
        file = COURSE / "docs" / "lesson-00.png"
        file.parent.mkdir(exist_ok=True)
        lab.page.screenshot(path=file)


if __name__ == "__main__":
    main()
