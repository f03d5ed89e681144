import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from traceblock.cli import course as folders
from traceblock.cli import lab, server
from traceblock.cli.errors import CommandError


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A checkout with two lessons, in a folder whose name has a space."""
    folder = tmp_path / "my course"
    for name in ("00_five_cases", "04_address_to_subscriber"):
        (folder / "notebooks").mkdir(parents=True, exist_ok=True)
        (folder / "notebooks" / f"{name}.ipynb").write_text("{}")
    monkeypatch.setattr(folders, "checkout", lambda: folder)
    monkeypatch.setattr(lab, "course_file", folder.joinpath)
    monkeypatch.setattr(lab, "PORT", 0)  # a port that no other test has
    return folder


def serve(monkeypatch, code):
    """Let Python code stand for the server; ``PORT`` in it is the port."""

    def command(folder, port):
        return [sys.executable, "-c", code.replace("PORT", str(port))]

    monkeypatch.setattr(lab, "_command", command)


ANSWERING = """
import http.server
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
server = http.server.HTTPServer(("127.0.0.1", PORT), Handler)
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_the_lab_opens_answers_and_stops_cleanly(how):
    command = [sys.executable, "-c", "import sys; from traceblock.cli import main; sys.exit(main())"]
    command += ["lab", "--no-browser", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        shown = []
        for line in process.stdout:
            shown.append(line)
            if "Ctrl-C" in line:
                break
        address = re.fullmatch(
            r"Address: http://127\.0\.0\.1:(\d+)(/lab/tree/notebooks/00_five_cases\.ipynb\?token=\S{32})\n",
            shown[-2],
        )
        assert address, shown
        port = int(address[1])
        assert get(port, address[2]) == 200
        assert get(port, "/api/contents/notebooks/00_five_cases.ipynb") == 403
        servers = psutil.Process(process.pid).children(recursive=True)
        assert servers
    finally:
        process.send_signal(how)
        rest, _ = process.communicate(timeout=4 * server.STOP_LIMIT)
    assert process.returncode == 0
    assert rest.splitlines()[-1] == "Stopped."
    assert not [each for each in servers if each.is_running()]


def get(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    return connection.getresponse().status


def test_a_number_opens_its_lesson(course, monkeypatch, capsys):
    serve(monkeypatch, ANSWERING + "server.handle_request()")
    assert lab.run(4, browser=False) == 0
    shown = capsys.readouterr().out
    assert "/lab/tree/notebooks/04_address_to_subscriber.ipynb?token=" in shown
    assert shown.endswith("JupyterLab was shut down.\n")


def test_an_unknown_number_is_told_what_exists(course, capsys):
    assert lab.run(7) == 2
    told = capsys.readouterr().err
    assert "no lesson 7; there are: 0 (00_five_cases), 4 (04_address_to_subscriber)" in told


def test_a_course_without_lessons_says_so(course, capsys):
    for path in course.glob("notebooks/*"):
        path.unlink()
    assert lab.run() == 2
    assert "there is none at all: `traceblock doctor` says" in capsys.readouterr().err


@pytest.mark.parametrize("asked", [{"lesson": 7}, {"port": 70000}])
def test_nothing_is_copied_for_a_lesson_or_a_port_that_cannot_be(course, tmp_path, asked):
    assert lab.run(**asked, folder=tmp_path / "copy") > 0
    assert not (tmp_path / "copy").exists()


def test_a_folder_gets_a_copy_that_is_opened(course, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(folders, "course_file", course.joinpath)
    opened = []
    monkeypatch.setattr(
        lab, "_command", lambda folder, port: opened.append(folder) or [sys.executable, "-c", ""]
    )
    assert lab.run(4, browser=False, folder=tmp_path / "copy") == 1  # that server ended at once
    assert opened == [tmp_path / "copy"]
    assert (tmp_path / "copy" / "notebooks" / "04_address_to_subscriber.ipynb").is_file()
    assert f"The course was copied to {tmp_path / 'copy'}." in capsys.readouterr().out


def test_a_python_that_is_gone_is_one_line(course, monkeypatch, capsys):
    monkeypatch.setattr(sys, "executable", "/nowhere/python3")
    assert lab.run(browser=False) == 1
    told = capsys.readouterr().err
    assert "No such file or directory: '/nowhere/python3'; `traceblock doctor` says what works here" in told
    assert told.count("\n") == 1


def test_a_server_that_dies_shows_the_end_of_its_log(course, monkeypatch, capsys):
    serve(monkeypatch, "for line in range(99): print('line', line)\nraise SystemExit(3)")
    assert lab.run(browser=False) == 1
    told = capsys.readouterr().err
    assert "exit status 3" in told
    assert told.endswith("line 97\nline 98\n")
    assert "line 1\n" not in told


def test_a_server_that_never_answers_is_stopped(course, monkeypatch, capsys):
    serve(monkeypatch, "import time; print('busy', flush=True); time.sleep(60)")
    monkeypatch.setattr(server, "START_LIMIT", 0.5)
    assert lab.run(browser=False) == 1
    assert capsys.readouterr().err.endswith("did not answer within 0.5 s. Its log ends:\nbusy\n")


def test_a_server_that_does_not_take_the_token_is_not_ready(course, monkeypatch, capsys):
    serve(monkeypatch, ANSWERING.replace("200", "403") + "server.serve_forever()")
    monkeypatch.setattr(server, "START_LIMIT", 0.5)
    assert lab.run(browser=False) == 1
    assert "Address" not in capsys.readouterr().out


def test_a_taken_port_is_left_to_its_owner(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as owner:
        taken = owner.getsockname()[1]
        monkeypatch.setattr(lab, "PORT", taken)
        assert lab._free_port(None) not in (taken, 0)
        with pytest.raises(CommandError, match=f"port {taken} cannot be used"):
            lab._free_port(taken)
    assert lab._free_port(None) == taken


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_that_cannot_be_is_refused(port):
    with pytest.raises(CommandError, match=f"port {port} cannot be used"):
        lab._free_port(port)


@pytest.mark.parametrize(
    ("screen", "wanted", "opens", "opened"),
    [(True, True, True, 1), (True, True, False, 1), (True, False, True, 0), (False, True, True, 0)],
)
def test_a_browser_opens_only_where_wanted_and_possible(monkeypatch, capsys, screen, wanted, opens, opened):
    asked = []
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":0" if screen else "")
    monkeypatch.setattr(lab.webbrowser, "open", lambda address: asked.append(address) or opens)
    lab._invite("http://127.0.0.1:8888/lab", wanted)
    shown = capsys.readouterr().out
    assert len(asked) == opened
    assert ("There is no screen" in shown) == (wanted and not screen)
    assert ("No browser could be opened" in shown) == (wanted and screen and not opens)
    assert shown.splitlines()[-2] == "Address: http://127.0.0.1:8888/lab"


def test_root_is_allowed_and_the_server_stays_on_this_machine(course, monkeypatch):
    monkeypatch.setattr(lab.os, "geteuid", lambda: 1000)
    as_user = lab._command(course, 9000)
    monkeypatch.setattr(lab.os, "geteuid", lambda: 0)
    assert lab._command(course, 9000) == [*as_user, "--allow-root"]
    assert "--ServerApp.ip=127.0.0.1" in as_user


def test_the_settings_keep_those_that_were_set_before(monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "before")
    ours, theirs = lab._environment("sesame")["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    assert Path(ours, "labconfig", "default_setting_overrides.json").is_file()
    assert theirs == "before"
