"""Whether the files of the course are there and are whole.

In a checkout, git says which files there should be; without it, each lesson has a notebook, an exercise, a
solution and questions. An installed package brings a list of its files with their hashes. What somebody
changed is no damage: a notebook is damaged if it cannot be read as one, or has lost its title or its cells; a
source file, if Python cannot read it, if it is empty, or if what another file imports from it is gone.
"""

import importlib
import json
import pkgutil
import re
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

import traceblock
from traceblock.cli import course, findings, installed
from traceblock.cli.findings import Result
from traceblock.files import checkout, course_file, published_hash

FOLDERS = ("notebooks", "exercises", "solutions")
PARTS = (*FOLDERS, "data", "src", "Makefile", "pyproject.toml", "requirements.txt")
LESSON = re.compile(r"(\d\d|L\d)_\w+\.ipynb", re.ASCII)
PACKAGE = Path(traceblock.__file__).parent


def files(root: Path | None = None) -> Result:
    """Check that no file of the course is missing."""
    root = root or course_file()
    if checkout() is None:
        faults = installed.faults("traceblock", hashes=True)
        if faults:
            return Result(False, f"files: {findings.listed(faults)}", findings.install_course())
        return Result(True, "the course's files are as installed")
    kept = findings.tracked(root, "--cached", PARTS)
    missing = (findings.tracked(root, "--deleted", PARTS) if kept else _incomplete(root)) or []
    if missing:
        says = f"files: {findings.listed(missing)} missing"
        return Result(False, says, findings.restore(root, missing))
    return Result(
        True, f"{len(kept)} files of the course are there" if kept else "every lesson has its files"
    )


def notebooks(root: Path | None = None) -> Result:
    """Check that the notebooks of the course, or of the copy of it that is opened here, can be read."""
    copy = None if root or checkout() else course.opened()
    root = root or copy or course_file()
    paths = [path for folder in FOLDERS for path in sorted((root / folder).glob("*.ipynb"))]
    paths = [path for path in paths if LESSON.fullmatch(path.name)]
    faults = {path.relative_to(root).as_posix(): fault for path in paths if (fault := _unreadable(path))}
    if faults or not paths:
        says = findings.listed([f"{name} {fault}" for name, fault in faults.items()]) or "there are none"
        mend = _anew(copy, faults) if copy and faults else findings.restore(root, list(faults) or FOLDERS)
        return Result(False, f"notebooks: {says}", mend)
    return Result(True, f"{len(paths)} notebooks can be read")


def data(package: Path | None = None) -> Result:
    """Check the data files against the hashes in their ``datapackage.json``."""
    package = package or course_file("data", "datapackage.json")
    folder = package.parent
    try:
        resources = json.loads(package.read_text("utf-8"))["resources"]
        published = {str(each["path"]): str(each.get("hash", "")) for each in resources}
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        says = f"data: {package} cannot be read, {findings.reason(error)}"
        return Result(False, says, _restore_data(folder, [package.name]))
    faults = {name: fault for name, due in published.items() if (fault := _unpublished(folder / name, due))}
    kept = findings.tracked(folder, "--cached", ["."])  # what git does not keep is somebody's own
    others = {path.name for path in folder.glob("*.csv")} - published.keys()
    others = others.intersection(kept) if kept else others
    faults |= dict.fromkeys(sorted(others), f"is not in {package.name}")
    if not published:
        faults[package.name] = "names no file"
    if faults:
        says = findings.listed([f"{name} {fault}" for name, fault in faults.items()])
        return Result(False, f"data: {says}", _restore_data(folder, [*faults, package.name]))
    return Result(True, f"{len(published)} data files as published")


def source() -> Result:
    """Check that every module of the course can be read and imported."""
    paths = sorted(PACKAGE.rglob("*.py"))
    faults = {path: fault for path in paths if (fault := _uncompiled(path))}
    blameless = []
    for name in [] if faults else _modules():
        try:
            importlib.import_module(name)
        except Exception as error:
            if (culprit := _culprit(name, error)) is None:
                blameless.append(f"{name}, {findings.reason(error)}")
            else:
                faults.setdefault(culprit, findings.reason(error))
    root = checkout() or PACKAGE
    named = {path.relative_to(root).as_posix(): fault for path, fault in faults.items()}
    if named:
        says = findings.listed([f"{name}, {fault}" for name, fault in named.items()])
        return Result(False, f"source: {says}", findings.restore(root, list(named)))
    if blameless:
        return Result(False, f"source: {findings.listed(blameless)}", findings.reinstall())
    return Result(True, f"{len(paths)} source files can be imported")


def answers() -> Result:
    """Check that every question of the exercises has its answer in a solution notebook."""
    from traceblock.exercises import lesson, lessons

    root, count = course_file(), 0
    for number in lessons.available():
        try:
            of_lesson = lesson(number)
            missing = [each.name for each in of_lesson if not of_lesson.answers.code(each.name)]
            fault = f"no answer to {findings.listed(missing)}" if missing else ""
            count += len(of_lesson)
        except Exception as error:
            fault = findings.reason(error)
        if fault:
            name = _name_of(root, "solutions", number)
            return Result(False, f"answers: {name}, {fault}", findings.restore(root, [name]))
    return Result(True, f"{count} questions have their answers")


def _incomplete(root: Path) -> list[str]:
    """Return the notebooks that the others, and the banks of questions, ask for."""
    names = {path.name for folder in FOLDERS for path in (root / folder).glob("*.ipynb")}
    names = {name for name in names if LESSON.fullmatch(name)}
    numbers = {name.split("_")[0] for name in names}
    folder = root / "src" / "traceblock" / "exercises" / "banks"
    banks = {path.stem[-2:] for path in folder.glob("lesson_[0-9][0-9].py")}
    names |= {f"{number}_*.ipynb" for number in banks - numbers}
    missing = [root / each / name for each in FOLDERS for name in sorted(names)]
    missing += [folder / f"lesson_{number}.py" for number in sorted(numbers) if number.isdigit()]
    return [path.relative_to(root).as_posix() for path in missing if not path.exists()]


def _name_of(root: Path, folder: str, number: int) -> str:
    there = [path.name for each in (folder, *FOLDERS) for path in (root / each).glob(f"{number:02}_*.ipynb")]
    return f"{folder}/{(there or [f'{number:02}_*.ipynb'])[0]}"


def _unreadable(path: Path) -> str:
    """Say what is wrong with a notebook, or nothing."""
    import nbformat

    try:
        with warnings.catch_warnings(action="ignore"):
            notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
            nbformat.validate(notebook)
    except Exception as error:  # whatever a damaged file makes of the reader
        return f"cannot be read, {findings.reason(error)[:120]}"
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    if not any(cell.cell_type == "code" for cell in notebook.cells):
        return "has no cells to run"
    return "" if any(re.search(r"^# \S", text, re.MULTILINE) for text in texts) else "has no title"


def _unpublished(path: Path, published: str) -> str:
    """Say what is wrong with a data file, or nothing."""
    try:
        found = published_hash(path.read_bytes())
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read, {error.strerror}"
    if found == published:
        return ""
    return "is not what was published" if published else "has no published hash"


def _anew(copy: Path, names: Iterable[str]) -> str:
    """Return the command that sets files of a copy aside, which the lab then copies again."""
    aside = [findings.line("mv", copy / name, findings.free(copy / name)) for name in names]
    return " && ".join([*aside, findings.line("traceblock", "lab", copy)])


def _restore_data(folder: Path, names: list[str]) -> str:
    mend = findings.restore(folder.parent, [f"{folder.name}/{name}" for name in dict.fromkeys(names)])
    return mend if checkout() is None else f"{mend} (or, if it was changed on purpose: make record)"


def _uncompiled(path: Path) -> str:
    """Say why Python cannot read a source file, or nothing."""
    try:
        content = path.read_bytes()
        compile(content, path, "exec", dont_inherit=True)
    except (OSError, SyntaxError, ValueError) as error:
        return findings.reason(error)
    return "" if content.strip() else "it is empty"


def _modules() -> Iterator[str]:
    for module in pkgutil.walk_packages([str(PACKAGE)], "traceblock.", onerror=lambda name: None):
        yield module.name


def _culprit(name: str, error: Exception) -> Path | None:
    """Return which source file makes the import of a module fail; None if another package does."""
    blamed = name
    if isinstance(error, ImportError):
        if not (error.name or "").startswith("traceblock"):
            return None
        blamed = error.name or name
    elif isinstance(error, AttributeError) and isinstance(error.obj, ModuleType):
        blamed = error.obj.__name__
    path = PACKAGE.parent.joinpath(*blamed.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
