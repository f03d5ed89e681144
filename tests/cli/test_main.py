import subprocess
import sys

import pytest

import traceblock
from traceblock.cli import doctor, lab, main


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        (["lab"], (0, None, True)),
        (["lab", "04", "--no-browser", "--port", "9000"], (4, 9000, False)),
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


@pytest.mark.parametrize("arguments", [[], ["dance"], ["lab", "four"], ["lab", "--port", "x"]])
def test_what_is_not_understood_is_refused(arguments, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert "usage: traceblock" in capsys.readouterr().err


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
