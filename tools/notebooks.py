"""Run lessons and solutions in place, and generate the exercises from the solutions.

    python tools/notebooks.py                            the course's own lessons, solutions and exercises
    python tools/notebooks.py 04                         the lesson, the solution and the exercise of a number
    python tools/notebooks.py solutions/04_trial.ipynb   that file alone; for an exercise, generate it
    python tools/notebooks.py --check                    run nothing; say which exercises are not current

Nobody's work is written over: a file with changes that are not committed is refused before anything runs,
unless --force is given, and a file that changes while it runs is left as it is. Nothing is deleted. The
course's own notebooks are those that git tracks; without git, those named like one, and then an exercise that
is not what its solution gives counts as somebody's work.

What is stored depends on nothing but the notebooks and the course: no times, no version of Python, no
state of widgets.
"""

import argparse
import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbconvert.exporters import NotebookExporter
from nbconvert.filters import strip_ansi
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearSolutions
from traitlets.config import Config

ROOT = Path(__file__).resolve().parents[1]
LESSONS, SOLUTIONS, EXERCISES = FOLDERS = ("notebooks", "solutions", "exercises")
NUMBERED = re.compile(r"(\d\d|L\d)_\w+\.ipynb", re.ASCII)
REASONS = {
    True: "These notebooks have changes that are not committed",
    False: "Without git, an exercise that is not what its solution gives counts as somebody's work",
}
WIDGET = "application/vnd.jupyter.widget-view+json"

CLEARED = Config(
    NotebookExporter={
        "preprocessors": [
            ClearSolutions,
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


@dataclass(frozen=True)
class Holdings:
    """Which notebooks are the course's own, and which hold work that would be lost."""

    own: frozenset[Path]
    uncommitted: frozenset[Path]
    by_git: bool

    @classmethod
    def of(cls, root: Path) -> "Holdings":
        """Ask git; where it does not keep this folder, go by the names."""
        there = {path for folder in FOLDERS for path in (root / folder).glob("*.ipynb")}
        try:
            tracked = _listed(root, "ls-files", "-z")
            differing = _listed(root, "diff", "HEAD", "--name-only", "-z", "--relative")
        except (OSError, subprocess.CalledProcessError):
            tracked = set()
        if not tracked:
            own = frozenset(path for path in there if NUMBERED.fullmatch(path.name))
            exercises = frozenset(path for path in there if path.parent.name == EXERCISES)
            return cls(own, uncommitted=exercises, by_git=False)
        return cls(frozenset(tracked & there), frozenset(there - (tracked - differing)), by_git=True)


def _listed(root: Path, *command: str) -> set[Path]:
    command = ("git", "-C", str(root), *command, "--", *FOLDERS)
    listing = subprocess.run(command, capture_output=True, check=True).stdout
    return {root / os.fsdecode(name) for name in listing.split(b"\0") if name}


def run(path: Path) -> None:
    """Run a notebook in its own folder and store its outputs; stop if a cell fails or complains."""
    before = path.read_bytes()
    notebook = nbformat.reads(before.decode("utf-8"), as_version=4)
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
    if path.read_bytes() != before:
        sys.exit(f"{path}: it was changed while it ran; nothing was written")
    path.write_text(nbformat.writes(notebook) + "\n", "utf-8", newline="\n")


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


def is_current(path: Path) -> bool:
    """Return whether an exercise is there and is what its solution gives."""
    solution = path.parents[1] / SOLUTIONS / path.name
    return path.exists() and solution.exists() and path.read_text("utf-8") == exercise(solution)


def out_of_date(root: Path) -> list[str]:
    """Return the names of the course's exercises that are not what their solutions give."""
    names = {path.name for path in Holdings.of(root).own if path.parent.name != LESSONS}
    return sorted(name for name in names if not is_current(root / EXERCISES / name))


def asked(names: Sequence[str], root: Path, own: frozenset[Path]) -> list[Path]:
    """Return the notebooks that numbers, names or paths ask for: lessons, then solutions, then exercises.

    Nothing asks for all of the course's own. A number is one of the course's own, a name may be a new one;
    each brings the exercise of its solution. A path is that file alone.
    """
    sources = [path for folder in (LESSONS, SOLUTIONS) for path in (root / folder).glob("*.ipynb")]
    found, unknown = [] if names else _with_exercises(own.intersection(sources)), []
    for name in names:
        if "/" in name or os.sep in name:
            of_name = _at(root, name)
        else:
            stem = name.removesuffix(".ipynb")
            numbered = {path for path in own.intersection(sources) if path.stem.split("_")[0] == stem}
            of_name = _with_exercises(numbered | {path for path in sources if path.stem == stem})
        found += of_name
        unknown += [] if of_name else [name]
    if unknown:
        sys.exit(f"names={', '.join(unknown)}: there is no such notebook in notebooks/ or solutions/")
    return sorted(set(found), key=lambda path: (FOLDERS.index(path.parent.name), path.name))


def _with_exercises(sources: Iterable[Path]) -> list[Path]:
    each = list(sources)
    return each + [path.parents[1] / EXERCISES / path.name for path in each if path.parent.name == SOLUTIONS]


def _at(root: Path, name: str) -> list[Path]:
    for path in (Path(name).resolve(), (root / name).resolve()):
        if path.parent in {root / folder for folder in FOLDERS}:
            source = root / SOLUTIONS / path.name if path.parent.name == EXERCISES else path
            if source.is_file():
                return [path]
    return []


def refuse_to_lose(paths: Iterable[Path], holdings: Holdings, root: Path, arguments: Sequence[str]) -> None:
    """Stop if writing these notebooks could lose work."""
    at_risk = [
        path
        for path in paths
        if path in holdings.uncommitted and not (path.parent.name == EXERCISES and is_current(path))
    ]
    if at_risk:
        names = "".join(f"\n    {path.relative_to(root).as_posix()}" for path in at_risk)
        again = shlex.join(["--force", *arguments])
        sys.exit(
            f"{REASONS[holdings.by_git]}; nothing was run or written:{names}\n"
            f"{'Commit them first' if holdings.by_git else 'Keep copies first'}, or write over them with "
            f"--force: python tools/notebooks.py {again} (make notebooks ARGS={shlex.quote(again)})"
        )


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> None:
    parser = argparse.ArgumentParser(description="Run notebooks and generate the exercises.")
    parser.add_argument(
        "names",
        nargs="*",
        help="numbers (04), names (04_trial) or paths (solutions/04_trial.ipynb); without any, all of the "
        "course's own",
    )
    parser.add_argument("--check", action="store_true", help="only compare exercises with solutions")
    parser.add_argument(
        "--force", action="store_true", help="write also over notebooks with changes that are not committed"
    )
    options = parser.parse_args(arguments)
    if options.check:
        stale = out_of_date(root)
        sys.exit(f"Not what `make notebooks` writes: {', '.join(stale)}" if stale else 0)
    os.environ.pop("TRACEBLOCK_VARIANT", None)
    root = root.resolve()
    holdings = Holdings.of(root)
    paths = asked(options.names, root, holdings.own)
    if not holdings.by_git:
        print("git does not keep this folder: the course's own notebooks are told by their names")
    if not options.force:
        refuse_to_lose(paths, holdings, root, options.names)
    for place, path in enumerate(paths, start=1):
        print(f"{place}/{len(paths)} {path.relative_to(root).as_posix()}: ", end="", flush=True)
        began = time.monotonic()
        if path.parent.name != EXERCISES:
            run(path)
            print(f"ran in {time.monotonic() - began:.1f} s", flush=True)
        elif is_current(path):
            print("is current", flush=True)
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(exercise(path.parents[1] / SOLUTIONS / path.name), "utf-8", newline="\n")
            print("written", flush=True)
    others = {path for folder in FOLDERS for path in (root / folder).glob("*.ipynb")} - set(paths)
    for path in sorted(others) if not options.names else []:
        reason = "it has no solution" if path in holdings.own else "it is not one of the course's own"
        print(f"{path.relative_to(root).as_posix()}: left alone, {reason}")


if __name__ == "__main__":
    main()
