"""``traceblock doctor``: a line for each thing that a lesson needs, and the command that mends it."""

import json
import shlex
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from traceblock.files import checkout, course_file, published_hash

OLDEST_PYTHON = (3, 11)
KERNEL_LIMIT = 60  # seconds


@dataclass(frozen=True)
class Result:
    """What a check found: whether all is fine, in words, and the command that mends it if not."""

    fine: bool
    says: str
    mend: str = ""

    def __str__(self) -> str:
        """Return the line that the doctor prints."""
        return f"✓ {self.says}" if self.fine else f"✗ {self.says} — mend: {self.mend}"


def run() -> int:
    """Make every check, print a line for each as it is made, and return the exit status."""
    checks: list[Callable[[], Result]] = [python, packages, data, kernel, folder]
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
        return Result(False, f"{check.__name__}: the check broke, {_reason(error)}", _install())


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
    from packaging.requirements import Requirement

    lock = lock or course_file("requirements.txt")
    lines = lock.read_text("utf-8").splitlines()
    locked = [Requirement(line.rstrip(" \\")) for line in lines if line[:1].isalnum()]
    locked = [each for each in locked if each.marker is None or each.marker.evaluate()]
    deviations = []
    for each in locked:
        try:
            installed = metadata.version(each.name)
        except metadata.PackageNotFoundError:
            deviations.append(f"{each.name} is missing, locked {each.specifier}")
        else:
            if not each.specifier.contains(installed, prereleases=True):
                deviations.append(f"{each.name} is {installed}, locked {each.specifier}")
    if deviations:
        return Result(False, "packages: " + "; ".join(deviations), _install(lock))
    return Result(True, f"{len(locked)} packages as locked")


def data(package: Path | None = None) -> Result:
    """Check the data files against the hashes in their ``datapackage.json``."""
    package = package or course_file("data", "datapackage.json")
    mend = _restore(package.parent)
    try:
        resources = json.loads(package.read_text("utf-8"))["resources"]
    except (OSError, ValueError, KeyError) as error:
        return Result(False, f"data: {package} cannot be read, {_reason(error)}", mend)
    deviations = [f"{each['path']} {fault}" for each in resources if (fault := _fault(package.parent, each))]
    if deviations:
        return Result(False, "data: " + "; ".join(deviations), mend)
    return Result(True, f"{len(resources)} data files as published")


def kernel(name: str = "python3", limit: float = KERNEL_LIMIT) -> Result:
    """Check that a notebook kernel starts and computes, within ``limit`` seconds."""
    from jupyter_client.kernelspec import NoSuchKernel
    from jupyter_client.manager import KernelManager

    with tempfile.TemporaryDirectory() as scratch, tempfile.TemporaryFile() as log:
        manager = KernelManager(kernel_name=name, connection_file=str(Path(scratch, "kernel.json")))
        try:
            manager.start_kernel(stdout=log, stderr=log)
            client = manager.blocking_client()
            client.start_channels()
            try:
                client.wait_for_ready(timeout=limit)
                reply = client.execute("", user_expressions={"sum": "1 + 1"}, reply=True, timeout=limit)
            finally:
                client.stop_channels()
        except (NoSuchKernel, OSError, RuntimeError, TimeoutError) as error:
            log.seek(0)
            last = log.read().decode("utf-8", "replace").splitlines()[-1:]
            says = "; ".join([f"kernel {name} does not start, {_reason(error)}", *last])
            return Result(False, says, _install())
        finally:
            if manager.has_kernel:
                manager.shutdown_kernel(now=True)
    answer = reply["content"]["user_expressions"]["sum"]["data"]["text/plain"]
    if answer != "2":
        return Result(False, f"kernel {name} computes 1 + 1 = {answer}", _install())
    return Result(True, f"kernel {name} starts and computes 1 + 1 = 2")


def folder(path: Path | None = None) -> Result:
    """Check that the working folder, the checkout's or else the current one, can be written to."""
    path = path or checkout() or Path.cwd()
    try:
        with tempfile.TemporaryFile(dir=path) as trial:
            trial.write(b"trial")
    except OSError as error:
        return Result(
            False, f"folder {path} cannot be written to: {error.strerror}", _line("chmod", "u+rwx", path)
        )
    return Result(True, f"folder {path} can be written to")


def _fault(where: Path, resource: dict[str, str]) -> str:
    """Say what is wrong with a data file, or nothing."""
    path = where / resource["path"]
    if not path.is_file():
        return "is missing"
    published = resource.get("hash", "")
    if published != published_hash(path.read_bytes()):
        return "is not what was published" if published else "has no published hash"
    return ""


def _restore(where: Path) -> str:
    if checkout() is None:
        return "install the course's wheel again, with pip install --force-reinstall --no-deps"
    return (
        _line("git", "-C", where, "checkout", "--", ".") + " (or, if it was changed on purpose: make record)"
    )


def _install(lock: Path | None = None) -> str:
    lock = lock or course_file("requirements.txt")
    return _line(sys.executable, "-m", "pip", "install", "--require-hashes", "--requirement", lock)


def _reason(error: Exception) -> str:
    """Return an error in one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())


def _line(*words: object) -> str:
    """Return a command as one pastes it into a shell."""
    return shlex.join(str(word) for word in words)


def _dotted(version: Sequence[int]) -> str:
    return ".".join(str(part) for part in version)
