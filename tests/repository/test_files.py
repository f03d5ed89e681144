"""What the repository promises is there, says the same everywhere, and names no machine."""

import os
import re
import shlex
import subprocess
import tomllib

import pytest
import yaml

import traceblock
from traceblock.cli import _parser

from .tree import ROOT, files

PROMISED = """
    .ci/run .gitattributes .github/workflows/test.yml .gitignore CHANGELOG.md CITATION.cff CONTRIBUTING.md
    LICENSE LICENSE-content Makefile README.md data/datapackage.json environment.yml postBuild pyproject.toml
    requirements.txt requirements-dev.txt requirements-bench.txt
"""
WORKFLOWS = [f".github/workflows/{name}.yml" for name in ("test", "weekly")]
PROSE = sorted(path.name for path in ROOT.glob("*.md"))
MACHINE = re.compile(r"(?<![\w.~}])/(?:work|root|home|Users|mnt)\b(?!-)")


def read(name):
    return (ROOT / name).read_text("utf-8")


def planned(command):
    """Return the commands that `make` would run, where everything is installed."""
    installed = [f"--assume-old=.venv/{each}" for each in (".lessons", ".dev", "bin/python")]
    alone = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    planned = subprocess.run(
        [*command.split(), "--dry-run", "VENV=.venv", *installed],
        cwd=ROOT,
        env=alone,
        check=True,
        capture_output=True,
        text=True,
    )
    return planned.stdout.splitlines()


def numbers(folder):
    return [path.name[:2] for path in sorted((ROOT / folder).glob("[0-9][0-9]_*.ipynb"))]


@pytest.mark.parametrize("name", PROMISED.split())
def test_a_promised_file_is_there(name):
    assert (ROOT / name).stat().st_size


def test_every_lesson_has_its_exercise_and_solution():
    assert numbers("notebooks") == numbers("exercises") == numbers("solutions")
    assert numbers("notebooks")[0] == "00"


def test_the_readme_marks_the_lessons_that_are_there():
    assert re.findall(r"^\| \*\*(\d\d)\*\* \|", read("README.md"), re.MULTILINE) == numbers("notebooks")


@pytest.mark.parametrize("name", PROSE)
def test_relative_links_resolve(name):
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", read(name))
    assert not [target for target in targets if "://" not in target and not (ROOT / target).is_file()]


@pytest.mark.parametrize("name", [*PROSE, ".ci/run", *WORKFLOWS])
def test_commands_that_are_named_exist(name):
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    named = re.findall(r"(?:^|`|run: |exec )(make|traceblock)((?: [\w=./-]+)+)", read(name), re.MULTILINE)
    for program, rest in named:
        words = shlex.split(rest)
        if program == "make":
            assert {word for word in words if "=" not in word} <= targets
        else:
            _parser().parse_args(words)


def test_the_checks_are_run_by_one_command_everywhere():
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert read(".ci/run").rstrip().endswith("\nexec make ci")
    assert planned("make ci") == planned("make test")
    workflow, weekly = (yaml.safe_load(read(name)) for name in WORKFLOWS)
    assert {"run": "make ci"} in workflow["jobs"]["test"]["steps"]
    assert {"run": "make test-all"} in weekly["jobs"]["test"]["steps"]
    python = tomllib.loads(read("pyproject.toml"))["project"]["classifiers"]
    tested = workflow["jobs"]["test"]["strategy"]["matrix"]["python"]
    assert [each.rpartition(" ")[2] for each in python if "Python :: 3." in each] == tested
    assert weekly["jobs"]["test"]["env"] == workflow["jobs"]["test"]["env"]


def test_every_check_is_run_each_week_and_on_demand():
    triggers = yaml.safe_load(read(".github/workflows/weekly.yml"))[True]  # YAML 1.1 reads "on" as true
    assert triggers.keys() == {"schedule", "workflow_dispatch"}
    assert all(len(each["cron"].split()) == 5 for each in triggers["schedule"])
    assert all(each["cron"].split()[4].isdigit() for each in triggers["schedule"])


def test_only_test_all_runs_what_is_slow():
    test, test_all = planned("make test"), planned("make test-all")
    assert [line for line in test if line not in test_all] == [f'{test_all[-1]} -m "not slow"']
    for folder in ("tests", "notebooks", "solutions", "exercises"):
        assert folder in shlex.split(test_all[-1])
    assert "--durations=10" in test_all[-1]


def test_the_version_is_the_same_everywhere():
    version = tomllib.loads(read("pyproject.toml"))["project"]["version"]
    assert traceblock.__version__ == version
    assert yaml.safe_load(read("CITATION.cff"))["version"] == version
    assert f"\n## [{version}]" in read("CHANGELOG.md")


def test_the_citation_has_what_its_format_requires():
    citation = yaml.safe_load(read("CITATION.cff"))
    assert citation["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= set(citation)


def test_there_is_one_marked_place_for_the_public_address():
    assert sum(path.read_bytes().count(b"<!-- HOME:") for path in files() if path.suffix == ".md") == 1


def test_no_file_names_a_folder_of_some_machine():
    named = []
    for path in files():
        content = path.read_bytes()
        if b"\0" not in content and (found := MACHINE.search(content.decode("utf-8"))):
            named.append(f"{path.relative_to(ROOT)}: {found[0]}")
    assert not named


@pytest.mark.parametrize("text", ["cd {}work/main", "'{}root/.cache'", "{}home/someone", "file://{}work/a"])
def test_a_folder_of_some_machine_is_seen(text):
    assert MACHINE.search(text.format("/"))


@pytest.mark.parametrize("text", ["notebooks/work", "~/work", "home/", "/usr/bin/python3", "{folder}/work"])
def test_other_paths_are_none(text):
    assert not MACHINE.search(text)


def test_no_file_is_over_one_megabyte():
    assert not [path.name for path in files() if path.stat().st_size > 1_000_000]
