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
    asked = _parser().parse_args(arguments)
    try:
        from traceblock.cli import doctor, lab
    except (ImportError, SyntaxError, ValueError) as error:
        print(f"traceblock: its own source is damaged ({error}) — mend: {_mend()}", file=sys.stderr)
        return 1
    if asked.command == "doctor":
        return doctor.run()
    return lab.run(asked.lesson, asked.port, asked.browser)


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
        description="Open the course in JupyterLab, on this machine only; Ctrl-C stops it.",
    )
    lab.add_argument(
        "lesson", nargs="?", type=int, default=0, help="the number of the lesson to open (default: 0)"
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
