import os
import signal

import pytest

from traceblock.cli.terminal import Interrupts, is_closed


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"])
def test_a_signal_interrupts_once_and_is_given_back(name):
    number = getattr(signal, name)
    before = signal.getsignal(number)
    with Interrupts():
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
        signal.raise_signal(number)
    assert signal.getsignal(number) is before


def test_a_signal_that_was_ignored_stays_so():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        with Interrupts():
            signal.raise_signal(signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_while_a_process_is_being_started_a_signal_waits():
    reached = []

    def start(interrupts):
        with interrupts.held():
            signal.raise_signal(signal.SIGTERM)
            reached.append("the end")
        reached.append("what follows")

    with Interrupts() as interrupts, pytest.raises(KeyboardInterrupt):
        start(interrupts)
    assert reached == ["the end"]


def test_a_pipe_is_closed_once_its_reader_is(monkeypatch):
    reads, writes = os.pipe()
    with os.fdopen(writes, "w") as pipe:
        monkeypatch.setattr("sys.stdout", pipe)
        assert not is_closed()
        os.close(reads)
        assert is_closed()
    assert not is_closed()  # closed here, not there


def test_no_output_at_all_is_not_a_closed_one(monkeypatch):
    monkeypatch.setattr("sys.stdout", None)
    assert not is_closed()
