import os
import subprocess
import sys
from pathlib import Path

import pytest

import traceblock
from traceblock.cli import doctor, lab, main


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        (["lab"], (0, None, True, None)),
        (["lab", "04", "--no-browser", "--port", "9000"], (4, 9000, False, None)),
        (["lab", "--no-browser", "a course"], (0, None, False, Path("a course"))),
        (["lab", "a course", "4"], (4, None, True, Path("a course"))),
        (["lab", "4", "./4"], (4, None, True, Path("4"))),
    ],
)
def test_lab_gets_what_was_asked(monkeypatch, arguments, asked):
    monkeypatch.setattr(lab, "run", lambda *given: 7 if given == asked else given)
    assert main(arguments) == 7


def test_doctor_gives_its_exit_status(monkeypatch):
    monkeypatch.setattr(doctor, "run", lambda: 1)
    assert main(["doctor"]) == 1


def test_version_and_help(capsys):
    for option, shown in (("--version", traceblock.__version__), ("--help", "doctor")):
        with pytest.raises(SystemExit, match="0"):
            main([option])
        assert shown in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["dance"],
        ["lab", "--port", "x"],
        ["lab", "--dance"],
        ["lab", "3", "4"],
        ["lab", "a", "b"],
        ["lab", ""],
        ["doctor", "all"],
    ],
)
def test_what_is_not_understood_is_refused(arguments, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    shown, told = capsys.readouterr()
    assert shown == ""
    assert told.startswith("usage: traceblock")


@pytest.mark.parametrize("asked", ["--help", "lab --help", "doctor"])
def test_output_that_nobody_reads_is_no_traceback(asked):
    reads, writes = os.pipe()
    os.close(reads)
    code = f"import sys; from traceblock.cli import main; sys.exit(main({asked.split()}))"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONUNBUFFERED": ""},
        stdout=writes,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(writes)
    assert (ran.returncode, ran.stderr) == (1, "")


def test_help_waits_for_no_heavy_import():
    code = "import sys; from traceblock.cli import doctor, lab; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not {"pandas", "altair", "ipywidgets", "jupyter_client"} & set(modules.split())


def test_a_terminal_without_the_signs_gets_no_traceback():
    code = "from traceblock.cli import main; main(['lab', '99'])"
    environment = {"PYTHONIOENCODING": "ascii"}
    ran = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert "there is no lesson 99" in ran.stderr
    assert "Traceback" not in ran.stderr
