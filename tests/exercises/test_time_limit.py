"""Code that does not come to an end is stopped; what comes after is left alone."""

import signal
import sys
import threading
import time

import pytest

from traceblock.exercises.time_limit import TimeUp, _by_alarm, _by_thread, time_limit


def endless():
    while True:
        pass


def stubborn():
    caught = 0
    while True:
        try:
            len("x")
        except:  # noqa: E722
            caught += 1


@pytest.mark.parametrize("limit", [time_limit, _by_alarm, _by_thread])
def test_a_loop_is_stopped(limit):
    with pytest.raises(TimeUp), limit(0.05):
        endless()


def test_an_alarm_stops_a_loop_that_catches_everything():
    with pytest.raises(TimeUp), _by_alarm(0.05):
        stubborn()
    assert sys.gettrace() is None


def test_an_alarm_cuts_waiting_short():
    with pytest.raises(TimeUp), _by_alarm(0.05):
        time.sleep(600)


@pytest.mark.parametrize("limit", [_by_alarm, _by_thread])
def test_what_ends_in_time_gives_its_result_and_leaves_nothing_behind(limit):
    handler, threads = signal.getsignal(signal.SIGALRM), threading.active_count()
    with limit(60):
        result = sum(range(10))
    assert result == 45
    assert signal.getsignal(signal.SIGALRM) is handler
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert threading.active_count() == threads


@pytest.mark.parametrize("limit", [_by_alarm, _by_thread])
def test_an_error_of_the_work_comes_out_as_it_is(limit):
    with pytest.raises(KeyError, match="name"), limit(60):
        raise KeyError("name")


def test_a_limit_ends_with_its_block():
    with pytest.raises(TimeUp), _by_thread(0.05):
        endless()
    assert sum(range(10**6)) == 499_999_500_000  # nothing rings again
