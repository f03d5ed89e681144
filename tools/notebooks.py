"""Run lessons and solutions in place, and generate the exercises from the solutions.

    python tools/notebooks.py                  run every notebook, generate every exercise
    python tools/notebooks.py 00_five_cases    run only the notebooks of that name
    python tools/notebooks.py --check          run nothing; say which exercises are not current

What is stored depends on nothing but the notebooks and the course: no times, no version of Python, no
state of widgets.
"""

import argparse
import os
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbconvert.exporters import NotebookExporter
from nbconvert.filters import strip_ansi
from nbformat import NotebookNode
from traitlets.config import Config

ROOT = Path(__file__).resolve().parents[1]
WIDGET = "application/vnd.jupyter.widget-view+json"

CLEARED = Config(
    NotebookExporter={
        "preprocessors": [
            "nbgrader.preprocessors.ClearSolutions",
            "nbconvert.preprocessors.ClearOutputPreprocessor",
            "nbconvert.preprocessors.ClearMetadataPreprocessor",
        ]
    },
    ClearSolutions={"enforce_metadata": False, "code_stub": {"python": ""}},
    ClearMetadataPreprocessor={
        "preserve_cell_metadata_mask": {"tags"},
        "preserve_nb_metadata_mask": {"kernelspec"},
    },
)


def run(path: Path) -> None:
    """Run a notebook in its own folder and store its outputs; stop if a cell fails or complains."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=300,
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(path.parent)}},
    )
    try:
        client.execute()
    except CellExecutionError as error:
        sys.exit(f"{path}: a cell fails; nothing was written\n{strip_ansi(str(error))}")
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                sys.exit(
                    f"{path}: a cell writes to stderr; nothing was written\n{cell.source}\n{output.text}"
                )
    normalise(notebook)
    nbformat.write(notebook, path)


def normalise(notebook: NotebookNode) -> None:
    """Leave nothing in a notebook that differs from machine to machine."""
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET, None)  # names a model that no file holds
        if "hide-output" in cell.metadata.get("tags", []):
            cell.metadata["jupyter"] = {"outputs_hidden": True}


def exercise(solution: Path) -> str:
    """Return the text of the exercise notebook that belongs to a solution notebook."""
    text, _ = NotebookExporter(config=CLEARED).from_filename(str(solution))
    return text


def out_of_date(root: Path) -> list[str]:
    """Return the names of the exercises that are not what their solutions give."""
    due = {path.name: exercise(path) for path in sorted((root / "solutions").glob("*.ipynb"))}
    held = {path.name: path.read_text("utf-8") for path in (root / "exercises").glob("*.ipynb")}
    return sorted(name for name in due.keys() | held.keys() if due.get(name) != held.get(name))


def main(arguments: list[str] | None = None, root: Path = ROOT) -> None:
    parser = argparse.ArgumentParser(description="Run notebooks and generate the exercises.")
    parser.add_argument(
        "names", nargs="*", help="the notebooks to run, such as 00_five_cases; all by default"
    )
    parser.add_argument("--check", action="store_true", help="only compare exercises with solutions")
    options = parser.parse_args(arguments)
    if options.check:
        stale = out_of_date(root)
        sys.exit(f"Not what `make notebooks` writes: {', '.join(stale)}" if stale else 0)
    os.environ.pop("TRACEBLOCK_VARIANT", None)
    paths = [*sorted((root / "notebooks").glob("*.ipynb")), *sorted((root / "solutions").glob("*.ipynb"))]
    unknown = set(options.names) - {path.stem for path in paths}
    if unknown:
        sys.exit(f"names={', '.join(sorted(unknown))}: there is no such notebook in notebooks/ or solutions/")
    for path in paths:
        if not options.names or path.stem in options.names:
            began = time.monotonic()
            run(path)
            print(f"{path.relative_to(root)}: ran in {time.monotonic() - began:.1f} s", flush=True)
    for name in out_of_date(root):
        target = root / "exercises" / name
        if (root / "solutions" / name).exists():
            target.parent.mkdir(exist_ok=True)
            target.write_text(exercise(root / "solutions" / name), "utf-8")
            print(f"exercises/{name}: written")
        else:
            target.unlink()
            print(f"exercises/{name}: deleted, it has no solution")


if __name__ == "__main__":
    main()
