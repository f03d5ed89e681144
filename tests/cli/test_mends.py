"""The mends that install: each is run in an environment of its own that was damaged, and did mend it."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.repository.tree import copied, kept
from traceblock.cli.findings import Result

pytestmark = pytest.mark.slow

CLEAN = {
    name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "JUPYTER_", "MAKE"))
}


def run(*command, cwd):
    done = subprocess.run(command, cwd=cwd, env=CLEAN, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class Environment:
    """A copy of the course with an environment of its own, set up as a student does."""

    def __init__(self, root):
        self.root = kept(copied(root))
        run("make", "setup", f"PYTHON={sys.executable}", cwd=root)
        self.python = root / ".venv" / "bin" / "python"
        (self.site,) = (root / ".venv" / "lib").glob("python3*/site-packages")

    def ask(self, check, cwd=None):
        """Make a check of the doctor; a Result."""
        code = "import json; from traceblock.cli import doctor, health; "
        code += f"print(json.dumps(vars({check}())))"
        return Result(**json.loads(run(self.python, "-c", code, cwd=cwd or self.root)))

    def mend(self, result):
        """Run the command that a check names, which installs into this environment and no other."""
        assert not result.fine
        assert shlex.split(result.mend)[:4] == [str(self.python), "-m", "pip", "install"]
        run("sh", "-c", result.mend, cwd=self.root)

    def doctor(self):
        return run(self.python.with_name("traceblock"), "doctor", cwd=self.root)


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    return Environment(tmp_path_factory.mktemp("set up") / "course")


def test_as_set_up_all_is_fine(environment):
    assert "✗" not in environment.doctor()


def test_a_package_that_is_not_installed_is_installed(environment):
    run(environment.python, "-m", "pip", "uninstall", "--yes", "--quiet", "anywidget", cwd=environment.root)
    result = environment.ask("doctor.packages")
    assert "anywidget is missing, locked ==" in result.says
    environment.mend(result)
    assert "✗" not in environment.doctor()


def test_a_half_deleted_jupyterlab_is_written_anew(environment):
    shutil.rmtree(environment.site / "jupyterlab" / "handlers")
    shutil.rmtree(environment.root / ".venv" / "share" / "jupyter" / "lab" / "static")
    (next(environment.site.glob("nbclient-*.dist-info")) / "RECORD").unlink()
    spec = environment.root / ".venv" / "share" / "jupyter" / "kernels" / "python3" / "kernel.json"
    spec.write_text("{")
    result = environment.ask("doctor.package_files")
    assert "jupyterlab is damaged (" in result.says
    assert "nbclient has no list of its files" in result.says
    assert "share/jupyter/kernels/python3/kernel.json has another size" in result.says
    assert environment.ask("doctor.packages").fine
    of_kernel = environment.ask("doctor.kernel")
    assert of_kernel.says.startswith(f"kernel python3 of {spec.parent} does not start, ")
    assert of_kernel.mend == result.mend
    environment.mend(result)
    assert "✗" not in environment.doctor()


def test_a_course_that_the_kernel_does_not_find_is_installed(environment):
    for path in environment.site.glob("*traceblock*.pth"):
        path.unlink()
    result = environment.ask("doctor.kernel", cwd=environment.root / "src")
    assert "finds no course (ModuleNotFoundError: " in result.says
    environment.mend(result)
    assert "✗" not in environment.doctor()


@pytest.mark.parametrize(
    "part", ["isp/attribution.py", "course/data/facts.csv", "course/exercises/04_address_to_subscriber.ipynb"]
)
@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(path.read_bytes()[::-1])])
def test_a_damaged_wheel_is_installed_anew(environment, wheel, part, damage):
    damage(environment.site / "traceblock" / part)
    result = environment.ask("health.files", cwd=wheel)
    assert f"traceblock/{part} is " in result.says
    environment.mend(result)
    assert environment.ask("health.files", cwd=wheel).fine


@pytest.fixture(scope="module")
def wheel(environment, tmp_path_factory):
    """The course installed as a wheel, in place of the checkout; a folder elsewhere."""
    folder = tmp_path_factory.mktemp("wheel")
    run(
        sys.executable,
        "-m",
        "hatchling",
        "build",
        "--target",
        "wheel",
        "--directory",
        folder,
        cwd=environment.root,
    )
    (built,) = folder.glob("*.whl")
    run(
        environment.python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--force-reinstall",
        built,
        cwd=folder,
    )
    said = run(environment.python.with_name("traceblock"), "doctor", cwd=folder)
    assert "✓ the course's files are as installed" in said
    assert "✗" not in said
    return folder


def test_a_wheel_that_is_gone_is_to_be_got_again(environment, wheel):
    """Runs last: it takes the wheel away."""
    (environment.site / "traceblock" / "course" / "data" / "facts.csv").unlink()
    (built,) = wheel.glob("*.whl")
    found = environment.ask("health.files", cwd=wheel)
    away = built.rename(wheel.parent / built.name)
    result = environment.ask("health.files", cwd=wheel)
    assert result.mend.startswith(f"get {built.name} again, and in its folder: ")
    away.rename(built)
    run("sh", "-c", result.mend.partition(" folder: ")[2], cwd=wheel)
    assert environment.ask("health.files", cwd=wheel).fine
    assert not found.fine
