"""The command line: ``traceblock lab`` opens the course, ``traceblock doctor`` says what works here."""

import argparse
import io
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from traceblock import __version__


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that ``arguments`` (by default the process's own) name.

    Returns
    -------
    int
        The exit status: 0 when all went well, 1 when something failed, 2 when it was asked for wrongly.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without ✓ and … gets ? instead of a traceback
    try:
        try:
            return _run(_parser().parse_args(arguments))
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()
    except BrokenPipeError:  # whoever read the output, such as `head`, has what it wanted
        from traceblock.cli import terminal

        terminal.drop(sys.stdout)
        return 1


def _run(asked: argparse.Namespace) -> int:
    try:
        from traceblock.cli import doctor, lab
    except (ImportError, SyntaxError, ValueError) as error:
        print(f"traceblock: its own source is damaged ({error}) — mend: {_mend()}", file=sys.stderr)
        return 1
    if asked.command == "doctor":
        return doctor.run()
    return lab.run(asked.lesson or 0, asked.port, asked.browser, asked.folder)


class _LessonOrFolder(argparse.Action):
    """A whole number names a lesson, any other word a folder, in any order."""

    def __call__(
        self, parser: object, namespace: argparse.Namespace, values: object, option_string: str | None = None
    ) -> None:
        if not isinstance(values, str):  # the default, where nothing was given
            return
        name, value = _lesson_or_folder(values)
        if not values:
            raise argparse.ArgumentError(None, "the name of the folder is empty")
        if getattr(namespace, name) is not None:
            raise argparse.ArgumentError(None, f"name one {name}, not {getattr(namespace, name)} and {value}")
        setattr(namespace, name, value)


def _lesson_or_folder(word: str) -> tuple[str, int | Path]:
    try:
        return "lesson", int(word)
    except ValueError:
        return "folder", Path(word)


def _mend() -> str:
    root = Path(__file__).resolve().parents[3]
    if (root / ".git").exists():
        return shlex.join(["git", "-C", str(root), "stash", "push", "--", "src"])
    return "take the folder `src` from a new download of the course, or install the course again"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="traceblock", description="A course on how online copyright enforcement works, in notebooks."
    )
    parser.add_argument("--version", action="version", version=f"traceblock {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    lab = commands.add_parser(
        "lab",
        help="open the course in JupyterLab",
        description="Open the course in JupyterLab, on this machine only; Ctrl-C stops it. "
        "Exit status: 0 when it was stopped, 1 when something failed, 2 when it was asked for wrongly.",
    )
    lab.add_argument(
        "lesson",
        nargs="?",
        metavar="LESSON",
        action=_LessonOrFolder,
        help="the number of the lesson to open (default: 0)",
    )
    lab.add_argument(
        "folder",
        nargs="?",
        metavar="FOLDER",
        action=_LessonOrFolder,
        help="copy the course to this folder, over nothing that is there, and open it "
        "(default: the repository itself; where traceblock was installed without it, ./traceblock-course)",
    )
    lab.add_argument(
        "--no-browser", dest="browser", action="store_false", help="open no browser, only print the address"
    )
    lab.add_argument("--port", type=int, metavar="N", help="the port to use (default: 8888, or a free one)")

    commands.add_parser(
        "doctor",
        help="say what works on this machine, and what mends the rest",
        description="Say what works on this machine, and what mends the rest; exit status 0 if all is fine.",
    )
    return parser
