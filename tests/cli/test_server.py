"""However the command ends, no server is left: on real processes, waiting for what they print."""

import os
import pty
import signal
from pathlib import Path

import psutil
import pytest

from .commands import own_terminal, started


def is_gone(server):
    """Whether a server has ended, and was waited for."""
    return not psutil.pid_exists(server.pid)


@pytest.mark.parametrize("how", ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"])
def test_a_signal_stops_the_server_and_then_the_command(tmp_path, how):
    with started(tmp_path) as command:
        shown = command.opened()
        assert shown[-2].startswith("Address: http://127.0.0.1:")
        server = command.server
        command.process.send_signal(getattr(signal, how))
        assert command.end() == ("Stopping JupyterLab …\nStopped.\n", "")
        assert command.process.returncode == 0
        assert is_gone(server)


def test_ctrl_c_twice_stops_it_as_once_does(tmp_path):
    # A server that takes its time, until it is killed: the second signal arrives while the first is obeyed.
    deaf = "signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    with started(tmp_path, before=deaf, more=", server; server.STOP_LIMIT = 1") as command:
        command.opened()
        server = command.server
        command.process.send_signal(signal.SIGINT)
        assert command.process.stdout.readline() == "Stopping JupyterLab …\n"
        command.process.send_signal(signal.SIGINT)
        command.process.send_signal(signal.SIGTERM)
        assert command.end() == ("Stopped.\n", "")
        assert command.process.returncode == 0
        assert is_gone(server)


def test_a_closed_terminal_stops_the_server(tmp_path):
    ours, theirs = pty.openpty()
    streams = {"stdin": theirs, "stdout": theirs, "stderr": theirs}
    with started(tmp_path, **streams, preexec_fn=own_terminal(theirs)) as command:
        os.close(theirs)
        with os.fdopen(ours, encoding="utf-8") as terminal:
            command.opened(terminal)
            server = command.server
        assert command.process.wait(30) == 0
        assert is_gone(server)


def test_a_terminal_that_closes_without_a_signal_stops_the_server(tmp_path):
    ours, theirs = pty.openpty()
    with started(tmp_path, stdout=theirs, start_new_session=True) as command:
        os.close(theirs)
        with os.fdopen(ours, encoding="utf-8") as terminal:
            command.opened(terminal)
            server = command.server
        assert "nobody can read its output any more" in command.end()[1]
        assert command.process.returncode == 1
        assert is_gone(server)


def test_a_pipe_that_closes_before_the_last_line_stops_the_server(tmp_path):
    gate = tmp_path / "gate"
    waiting = f"import time\nwhile not pathlib.Path({str(gate)!r}).exists(): time.sleep(0.01)"
    with started(tmp_path, before=waiting) as command:
        assert command.process.stdout.readline().startswith("Starting JupyterLab in ")
        while not command.note.is_file():
            assert command.process.poll() is None
        server = command.server
        command.process.stdout.close()
        gate.touch()
        _, told = command.end()
        assert command.process.returncode == 1
        assert told.startswith("traceblock lab: ")
        assert told.count("\n") == 1
        assert is_gone(server)


def test_a_pipe_that_closes_after_the_last_line_stops_the_server(tmp_path):
    with started(tmp_path) as command:
        command.opened()
        server = command.server
        command.process.stdout.close()
        assert "nobody can read its output any more" in command.end()[1]
        assert command.process.returncode == 1
        assert is_gone(server)


def test_a_signal_after_the_pipe_was_closed_stops_the_server(tmp_path):
    with started(tmp_path) as command:
        command.opened()
        server = command.server
        command.process.send_signal(signal.SIGSTOP)  # so that it notices both at once
        command.process.stdout.close()
        command.process.send_signal(signal.SIGTERM)
        command.process.send_signal(signal.SIGCONT)
        assert command.end()[1] == ""
        assert command.process.returncode == 0
        assert is_gone(server)


def test_both_streams_closed_is_an_end_without_a_traceback(tmp_path):
    with started(tmp_path) as command:
        command.opened()
        server = command.server
        command.process.stdout.close()
        command.process.stderr.close()
        assert command.process.wait(30) == 1
        assert is_gone(server)


def test_a_server_that_dies_by_itself_is_reported(tmp_path):
    with started(tmp_path) as command:
        command.opened()
        command.server.kill()
        shown, told = command.end()
        assert shown == ""
        assert "the server ended by itself (signal 9, Killed)" in told
        assert "traceblock doctor" in told
        assert command.process.returncode == 1


def test_a_full_disk_under_the_output_stops_the_server(tmp_path):
    with Path("/dev/full").open("w") as full, started(tmp_path, stdout=full) as command:
        _, told = command.end()
        assert "cannot be written to any more (No space left on device)" in told
        assert command.process.returncode == 1
        assert not command.note.is_file()
