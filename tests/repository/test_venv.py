"""What `make` says of a venv that no longer works, and where the course's folder may be."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv

import pytest

from .tree import ROOT, files

MEND = ".venv belongs to another folder, or to a Python that is gone: run `rm -r .venv`, then make again\n"


def ran(*command, **settings):
    """Run a command in another project's folder than this one, as a user's shell would."""
    of_make = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")  # the tests may run under make themselves
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", *of_make)}
    return subprocess.run(
        command, capture_output=True, text=True, env=environment | settings.pop("env", {}), **settings
    )


@pytest.fixture
def project(tmp_path):
    """A folder with a name that ASCII cannot write, a venv in it, and a package for the course's."""
    folder = tmp_path / "cours é"
    (folder / "src" / "traceblock" / "cli").mkdir(parents=True)
    (folder / "src" / "traceblock" / "cli" / "__init__.py").touch()
    for name in ("Makefile", "requirements.txt", "requirements-dev.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    venv.create(folder / ".venv", symlinks=True)
    (site,) = folder.glob(".venv/lib/python*/site-packages")
    (site / "_traceblock.pth").write_text(str(folder / "src"), "utf-8")
    path_file = ran(".venv/bin/python", "-S", ROOT / "tools" / "path_file.py", ".venv", cwd=folder)
    assert path_file.returncode == 0, path_file.stderr
    (folder / ".venv" / ".lessons").write_text(f"{folder}\n", "utf-8")
    (folder / ".venv" / "bin" / "traceblock").write_text("#!/bin/sh\necho opened\n")
    (folder / ".venv" / "bin" / "traceblock").chmod(0o755)
    return folder


def make(folder, target="lab"):
    return ran("make", target, cwd=folder)


@pytest.mark.parametrize("locale", ["C", "POSIX", "C.UTF-8", "en_US.ISO-8859-1"])
def test_the_course_is_found_in_every_locale(project, locale):
    imported = ran(".venv/bin/python", "-c", "import traceblock.cli", cwd=project, env={"LC_ALL": locale})
    assert (imported.returncode, imported.stderr) == (0, "")


def test_a_venv_that_works_is_used(project):
    opened = make(project)
    assert (opened.returncode, opened.stdout, opened.stderr) == (0, "opened\n", "")


def no_python(folder):
    (folder / ".venv" / "bin" / "python").unlink()
    (folder / ".venv" / "bin" / "python").symlink_to("/nowhere/python3")
    return folder


def another_python(folder):
    (library,) = folder.glob(".venv/lib/python*")
    library.rename(library.with_name("python3.0"))
    return folder


def another_name(folder):
    return folder.rename(folder.with_name("cours ü"))


def a_copy(folder):
    return shutil.copytree(folder, folder.with_name("copy"), symlinks=True)


@pytest.mark.parametrize(
    ("damage", "target"),
    [
        (no_python, "lab"),
        (another_python, "lab"),
        (another_name, "lab"),
        (a_copy, "lab"),
        (no_python, "doctor"),
        (another_name, "lint"),
    ],
)
def test_a_venv_that_no_longer_works_is_one_line_with_the_mend(project, damage, target):
    folder = damage(project)
    told = make(folder, target)
    assert told.returncode == 2
    assert told.stdout == ""
    said = [
        line for line in told.stderr.splitlines(keepends=True) if not re.match(r"make(\[\d\])?: \*\*\*", line)
    ]
    assert said == [MEND]


@pytest.mark.slow
def test_make_sets_up_and_runs_in_a_folder_that_ascii_cannot_write(tmp_path):
    folder = tmp_path / "cours é"
    for path in files():
        copied = folder / path.relative_to(ROOT)
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copied)
    (folder / "requirements.txt").write_text("")  # what it names is lent by the present environment
    lent = {
        "PYTHONPATH": sysconfig.get_path("purelib"),
        "PIP_NO_BUILD_ISOLATION": "0",
        "PIP_NO_INDEX": "1",
        "LC_ALL": "C",
    }
    set_up = ran("make", "setup", f"PYTHON={sys.executable}", cwd=folder, env=lent)
    assert set_up.returncode == 0, set_up.stderr
    where = "import traceblock; print(ascii(traceblock.__file__))"
    found = ran(".venv/bin/python", "-c", where, cwd=folder, env={"LC_ALL": "C"})
    assert found.stdout == f"{str(folder / 'src' / 'traceblock' / '__init__.py')!a}\n"
    version = ran(".venv/bin/traceblock", "--version", cwd=folder, env={"LC_ALL": "C"})
    assert version.stdout.startswith("traceblock ")
    told = ran("make", "lab", "ARGS=99", cwd=folder, env=lent)
    assert "there is no lesson 99" in told.stderr
    assert MEND in make(folder.rename(tmp_path / "moved")).stderr
