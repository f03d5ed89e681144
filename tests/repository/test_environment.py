"""The conda environment, and what Binder makes of it, without conda, Docker or a network."""

import os
import re
import shutil
import subprocess
import sys

import pytest
import rattler
import yaml

from .tree import ROOT, files


@pytest.fixture(scope="module")
def environment():
    return yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))


@pytest.fixture
def copy(tmp_path):
    """What repo2docker looks at: the files at the root."""
    for path in files():
        if path.parent == ROOT:
            shutil.copy(path, tmp_path)
    return tmp_path


def repo2docker(folder):
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", "."]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_the_match_specs_parse(environment):
    specs = [each for each in environment["dependencies"] if isinstance(each, str)]
    assert [rattler.MatchSpec(each, strict=True).name.normalized for each in specs] == ["python", "pip"]


def test_the_environment_only_points_at_the_lock(environment):
    python, pip, packages = environment["dependencies"]
    assert re.fullmatch(r"python=3\.\d+", python), "Binder falls back to an old Python without ="
    assert (pip, packages) == ("pip", {"pip": ["-r requirements.txt"]})


def test_binder_builds_with_the_python_that_is_asked_for(copy):
    ran = repo2docker(copy)
    assert ran.returncode == 0, ran.stderr
    assert "conda environment for python=3.12\n" in ran.stderr
    dockerfile = ran.stdout
    # The lock must be there before the environment is made from it, and the course comes last.
    steps = [
        dockerfile.index(step)
        for step in ("COPY --chown=0:0 src/", '--file "environment.yml"', "./postBuild")
    ]
    assert steps == sorted(steps)


@pytest.mark.parametrize(("before", "after"), [("python=3.12", "python=3.99"), ("  - pip:", "  - pip: [")])
def test_binder_refuses_what_it_cannot_build(copy, before, after):
    path = copy / "environment.yml"
    path.write_text(path.read_text("utf-8").replace(before, after), "utf-8")
    assert repo2docker(copy).returncode != 0


def test_the_course_itself_is_installed_by_post_build():
    script = ROOT / "postBuild"
    assert os.access(script, os.X_OK)
    assert "pip install --no-deps --editable ." in script.read_text("utf-8")
    subprocess.run(["bash", "-n", script], check=True)
