"""The folder that the lab opens: the checkout itself, or a copy of the course that holds a student's work.

A copy keeps, in a hidden file, the hash of what each of its files was copied from. So a file that differs
because a student worked in it is told from one of which the course has another version by now. Neither is
ever written over.
"""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from traceblock.cli.errors import CommandError, RequestError
from traceblock.files import checkout, course_file, published_hash

FOLDER = "traceblock-course"
PARTS = ("notebooks", "exercises", "solutions", "data")
RECORD = ".traceblock-course.json"


@dataclass
class Copied:
    """What a copy did: the files it wrote, and those of another content that it kept."""

    folder: Path
    is_new: bool
    written: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    def says(self) -> list[str]:
        """Return the lines that tell it."""
        lines = []
        if self.is_new:
            lines.append(f"The course was copied to {self.folder}.")
        elif self.written:
            lines.append(f"Files that were missing in {self.folder} were copied: {_some(self.written)}.")
        if self.kept:
            lines.append(
                f"The course has other versions of these files, which were kept: {_some(self.kept)}. "
                "To get the course's own, name a new folder: traceblock lab FOLDER"
            )
        return lines


def place(wanted: Path | None = None) -> tuple[Path, list[str]]:
    """Return the folder to open, with what there is to say about it; a copy is made or completed first.

    Parameters
    ----------
    wanted : Path, optional
        The folder for a copy. Without it, a checkout is opened as it is; an installed course opens the copy
        in the current folder, or in ``traceblock-course`` below it.

    Raises
    ------
    RequestError
        If a file is where a folder is wanted.
    CommandError
        If the folder cannot be written to.
    """
    if wanted is None:
        wanted = checkout() or opened() or Path(FOLDER)
    folder = Path(os.path.abspath(wanted))  # noqa: PTH100 - resolve() would follow links that the user set
    if checkout() is not None and folder.resolve() == checkout():
        return folder, []
    try:
        return folder, copy(folder).says()
    except (FileExistsError, NotADirectoryError) as error:
        raise RequestError(
            f"{error.filename} is not a folder; name another: traceblock lab FOLDER"
        ) from error
    except OSError as error:
        raise CommandError(
            f"the course cannot be copied to {folder} ({error.strerror}); "
            "name a folder that can be written to: traceblock lab FOLDER"
        ) from error


def opened() -> Path | None:
    """Return the copy that an installed course opens here, the current folder or one below it, if any."""
    for folder in (Path.cwd(), Path.cwd() / FOLDER):
        if (folder / RECORD).is_file():
            return folder
    return None


def copy(folder: Path) -> Copied:
    """Copy into a folder what it lacks of the course, and write over nothing."""
    before = _recorded(folder)
    record, done = dict(before), Copied(folder, is_new=not any((folder / part).exists() for part in PARTS))
    for name, source in _published().items():
        content, target = source.read_bytes(), folder / name
        published = published_hash(content)
        if _write(content, target):
            done.written.append(name)
        elif published not in (record.get(name), _hash(target)):
            done.kept.append(name)
            continue
        record[name] = published
    if record != before:
        (folder / RECORD).write_text(json.dumps(record, indent=1), "utf-8")
    return done


def _published() -> dict[str, Path]:
    files: dict[str, Path] = {}
    for part in PARTS:
        root = course_file(part)
        for path in sorted(root.rglob("*")):
            inside = path.relative_to(root).parts
            if path.is_file() and not any(each.startswith((".", "__")) for each in inside):
                files["/".join((part, *inside))] = path
    return files


def _recorded(folder: Path) -> dict[str, str]:
    try:
        record = json.loads((folder / RECORD).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _write(content: bytes, target: Path) -> bool:
    """Write a file whole or not at all, and only where there is none; return whether it was written."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if os.path.lexists(target):
        return False
    part = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        part.write_bytes(content)
        try:
            target.hardlink_to(part)  # unlike a renaming, it never replaces anything
        except FileExistsError:
            return False
        except OSError:  # a file system without links, as on a memory stick
            part.rename(target)
    finally:
        part.unlink(missing_ok=True)
    return True


def _hash(path: Path) -> str | None:
    try:
        return published_hash(path.read_bytes())
    except OSError:  # a folder of that name, or a file that cannot be read
        return None


def _some(names: list[str], most: int = 5) -> str:
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")
