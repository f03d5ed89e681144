"""``traceblock doctor``: a line for each thing that a lesson needs, and the command that mends it."""

import ast
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import traceblock
from traceblock.cli import findings, health, installed
from traceblock.cli.findings import Result
from traceblock.files import checkout, course_file

OLDEST_PYTHON = (3, 11)
KERNEL_LIMIT = 60  # seconds


def run() -> int:
    """Make every check, print a line for each as it is made, and return the exit status."""
    checks: list[Callable[[], Result]] = [
        *(python, packages, package_files),
        *(health.files, health.notebooks, health.data, health.source, health.answers),
        *(kernel, folder, home),
    ]
    fine = True
    for check in checks:
        result = attempt(check)
        print(result, flush=True)
        fine = fine and result.fine
    return 0 if fine else 1


def attempt(check: Callable[[], Result]) -> Result:
    """Make a check; one that itself breaks counts as failed, with its reason in one line."""
    try:
        return check()
    except Exception as error:
        says = f"{check.__name__}: the check broke, {findings.reason(error)}"
        return Result(False, says, findings.reinstall())


def python(version: tuple[int, ...] = sys.version_info[:3]) -> Result:
    """Check that this Python is new enough."""
    says, oldest = f"Python {_dotted(version)}", _dotted(OLDEST_PYTHON)
    if version < OLDEST_PYTHON:
        return Result(
            False,
            f"{says} is older than {oldest}",
            "rm -r .venv && make setup PYTHON=/path/to/a/newer/python3",
        )
    return Result(True, says)


def packages(lock: Path | None = None) -> Result:
    """Check that the packages of a lock file that apply here are installed in the locked versions."""
    locked = _locked(lock)
    deviations = []
    for name, specifier in locked.items():
        try:
            found = metadata.version(name)
        except metadata.PackageNotFoundError:
            deviations.append(f"{name} is missing, locked {specifier}")
        else:
            if not specifier.contains(found, prereleases=True):
                deviations.append(f"{name} is {found}, locked {specifier}")
    if deviations:
        return Result(False, "packages: " + "; ".join(deviations), findings.install(lock))
    return Result(True, f"{len(locked)} packages as locked")


def package_files(lock: Path | None = None) -> Result:
    """Check that the packages of a lock file have all their files, each of its size."""
    faults = []
    for name in _locked(lock):
        try:
            of_package = installed.faults(name)
        except metadata.PackageNotFoundError:
            continue  # said by `packages`
        if of_package:
            faults.append(f"{name} is damaged ({len(of_package)} files, such as: {of_package[0]})")
    if faults:
        return Result(False, f"package files: {findings.listed(faults)}", findings.reinstall(lock))
    return Result(True, "the packages have all their files")


def kernel(name: str = "python3", limit: float = KERNEL_LIMIT) -> Result:
    """Check that the kernel that JupyterLab starts for a lesson runs this Python, with the course in it."""
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import KernelManager

    where = KernelSpecManager().find_kernel_specs().get(name)
    if where is None:
        return Result(False, f"kernel {name} cannot be found", findings.reinstall())
    asked = {"prefix": "__import__('sys').prefix", "course": "__import__('traceblock.cli').__file__"}
    lessons = course_file("notebooks")
    with tempfile.TemporaryDirectory() as scratch, tempfile.TemporaryFile() as log:
        manager = KernelManager(kernel_name=name, connection_file=str(Path(scratch, "kernel.json")))
        try:
            # As JupyterLab does: in the notebook's folder.
            manager.start_kernel(stdout=log, stderr=log, cwd=str(lessons) if lessons.is_dir() else None)
            client = manager.blocking_client()
            client.start_channels()
            try:
                client.wait_for_ready(timeout=limit)
                reply = client.execute("", user_expressions=asked, reply=True, timeout=limit)
            finally:
                client.stop_channels()
        except Exception as error:  # an unreadable specification too, of whatever kind
            log.seek(0)
            last = log.read().decode("utf-8", "replace").splitlines()[-1:]
            says = "; ".join([f"kernel {name} of {where} does not start, {findings.reason(error)}", *last])
            return Result(False, says, _other_kernel(Path(where), findings.reinstall()))
        finally:
            if manager.has_kernel:
                manager.shutdown_kernel(now=True)
    said = {key: _said(value) for key, value in reply["content"]["user_expressions"].items()}
    return _judged(f"kernel {name} of {where}", Path(where), said)


def folder(path: Path | None = None) -> Result:
    """Check that the working folder, the checkout's or else the current one, can be written to."""
    path = path or checkout() or Path.cwd()
    if error := findings.unwritable(path):
        says = f"folder {path} cannot be written to: {error.strerror}"
        return Result(False, says, findings.make_writable(path, error))
    return Result(True, f"folder {path} can be written to")


def home() -> Result:
    """Check that JupyterLab can write what it keeps: its settings, and what its kernels are reached by."""
    from jupyter_core import paths

    places = {
        "JUPYTER_CONFIG_DIR": paths.jupyter_config_dir(),
        "JUPYTER_DATA_DIR": paths.jupyter_data_dir(),
        "JUPYTER_RUNTIME_DIR": paths.jupyter_runtime_dir(),
    }
    for variable, place in places.items():
        # The first that is there: what is missing below it is made when it is needed.
        found = next(path for path in (Path(place), *Path(place).parents) if path.exists())
        if error := findings.unwritable(found):
            says = f"{found} cannot be written to ({error.strerror}): JupyterLab keeps its files there"
            if findings.is_read_only(error):
                return Result(False, says, "export " + " ".join(f'{each}="$(mktemp -d)"' for each in places))
            return Result(False, f"{says} ({variable})", findings.make_writable(found, error))
    return Result(True, f"JupyterLab can keep its files in {places['JUPYTER_DATA_DIR']}")


def _locked(lock: Path | None) -> dict[str, Any]:
    """Return the packages of a lock file that apply here, each with its version."""
    from packaging.requirements import Requirement

    lines = (lock or course_file("requirements.txt")).read_text("utf-8").splitlines()
    every = [Requirement(line.rstrip(" \\")) for line in lines if line[:1].isalnum()]
    return {each.name: each.specifier for each in every if each.marker is None or each.marker.evaluate()}


def _said(expression: dict[str, Any]) -> tuple[bool, str]:
    if expression["status"] != "ok":
        return False, f"{expression['ename']}: {expression['evalue']}"
    return True, str(ast.literal_eval(expression["data"]["text/plain"]))


def _judged(kernel: str, where: Path, said: dict[str, tuple[bool, str]]) -> Result:
    (is_python, prefix), (imported, course) = said["prefix"], said["course"]
    if not is_python:
        return Result(
            False, f"{kernel} runs no Python ({prefix})", _other_kernel(where, findings.reinstall())
        )
    runs = f"{kernel} runs the Python of {prefix}"
    if not _same(prefix, sys.prefix):
        says = f"{runs}, not that of the course, {sys.prefix}"
        return Result(False, says, _other_kernel(where, findings.reinstall()))
    if not (imported and _same(course, traceblock.__file__)):
        found = f"another course, {course}" if imported else f"no course ({course})"
        return Result(False, f"{runs}, and finds {found}", _other_kernel(where, findings.install_course()))
    return Result(True, f"kernel {where.name} runs the Python of {prefix}, and finds the course")


def _same(one: str, other: str) -> bool:
    return Path(one).resolve() == Path(other).resolve()


def _other_kernel(where: Path, own: str) -> str:
    """Return the command that sets a kernel of others aside, under another name, or mends our ``own``."""
    if where.resolve().is_relative_to(Path(sys.prefix).resolve()):
        return own
    return findings.line("mv", where, findings.free(where.with_name(f"{where.name}-other")))


def _dotted(version: Sequence[int]) -> str:
    return ".".join(str(part) for part in version)
