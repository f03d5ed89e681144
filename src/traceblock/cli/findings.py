"""What a check of the doctor found, and the command that mends it; no command here loses anybody's work."""

import errno
import json
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from traceblock import __version__
from traceblock.files import checkout, course_file

NAMED = 5  # of what is wrong, in one line


@dataclass(frozen=True)
class Result:
    """What a check found: whether all is fine, in words, and the command that mends it if not."""

    fine: bool
    says: str
    mend: str = ""

    def __str__(self) -> str:
        """Return the line that the doctor prints."""
        return f"✓ {self.says}" if self.fine else f"✗ {self.says} — mend: {self.mend}"


def install(lock: Path | None = None) -> str:
    """Return the command that installs what is missing, in the locked versions."""
    return _pip("--require-hashes", "--requirement", lock or course_file("requirements.txt"))


def reinstall(lock: Path | None = None) -> str:
    """Return the command that writes the locked packages anew, also where what is there looks installed."""
    lock = lock or course_file("requirements.txt")
    return _pip("--ignore-installed", "--no-deps", "--require-hashes", "--requirement", lock)


def install_course() -> str:
    """Return the command that installs the course itself anew."""
    if (root := checkout()) is not None:
        return _pip("--no-deps", "--editable", root)
    try:
        origin = json.loads(metadata.distribution("traceblock").read_text("direct_url.json") or "{}")
    except (metadata.PackageNotFoundError, ValueError):
        origin = {}
    wheel = origin.get("url", f"traceblock=={__version__}")
    if wheel.startswith("file:") and not Path(url2pathname(urlsplit(wheel).path)).exists():
        wheel = Path(urlsplit(wheel).path).name
        return f"get {wheel} again, and in its folder: {_pip('--force-reinstall', '--no-deps', wheel)}"
    return _pip("--force-reinstall", "--no-deps", wheel)


def restore(root: Path, names: Sequence[str]) -> str:
    """Return the command that brings files of the course back; git's stash keeps what they hold now."""
    if checkout() is None:
        return install_course()
    there, first = root, ""
    if is_read_only(unwritable(root)):
        there = free(Path.home() / root.name)
        first = line("cp", "-R", root, there) + " && "
    if set(names) <= set(tracked(root, "--cached", names) or []):
        return first + line("git", "-C", there, "stash", "push", "--", *names)
    return (
        f"{first}take {', '.join(names)} from a new download of the course into {there} (git has none here)"
    )


def tracked(root: Path, which: str, names: Sequence[str]) -> list[str] | None:
    """Return which of these files and folders git lists, such as ``--deleted``; None without git."""
    command = ["git", "-C", str(root), "ls-files", "-z", which, "--", *names]
    try:
        listing = subprocess.run(command, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    return [os.fsdecode(name) for name in listing.split(b"\0") if name]


def unwritable(folder: Path) -> OSError | None:
    """Return why nothing can be written to a folder, or None if something can."""
    try:
        with tempfile.TemporaryFile(dir=folder) as trial:
            trial.write(b"trial")
    except OSError as error:
        return error
    return None


def is_read_only(error: OSError | None) -> bool:
    """Return whether a disk that is mounted read-only is why nothing can be written."""
    return error is not None and error.errno == errno.EROFS


def make_writable(folder: Path, error: OSError) -> str:
    """Return the command after which a folder, or a copy of it, can be written to."""
    if is_read_only(error):
        return line("cp", "-R", folder, free(Path.home() / folder.name))
    if error.errno == errno.ENOSPC:
        return f"make room on the disk of {folder}"
    if folder.is_dir():
        mine = not hasattr(os, "geteuid") or folder.stat().st_uid == os.geteuid()
        mode = line("chmod", "u+rwx", folder)
        return mode if mine else f"{line('sudo', 'chown', os.geteuid(), folder)} && {mode}"
    made = line("mkdir", "-p", folder)
    return f"{line('mv', folder, free(folder))} && {made}" if folder.exists() else made


def free(path: Path) -> Path:
    """Return this path, or one beside it, that nothing has yet."""
    number, other = 1, path
    while other.exists():
        number, other = number + 1, path.with_name(f"{path.name}-{number}")
    return other


def line(*words: object) -> str:
    """Return a command as one pastes it into a shell."""
    return shlex.join(str(word) for word in words)


def listed(names: Sequence[str]) -> str:
    """Return the first of these names and how many more there are."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def reason(error: BaseException) -> str:
    """Return an error in one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())


def _pip(*words: object) -> str:
    command = line(sys.executable, "-m", "pip", "install", *words)
    if util.find_spec("pip") is None:
        command = f"{line(sys.executable, '-m', 'ensurepip')} && {command}"
    if is_read_only(unwritable(Path(sys.prefix))):
        return f"{sys.prefix} is on a read-only disk; make it writable, then: {command}"
    return command
