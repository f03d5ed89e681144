"""SimPy as an oracle: from the same sessions, the same number of peers at every poll."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from bench import with_simpy
from traceblock import swarm
from traceblock.network import epoch, instants

START = pd.Timestamp("2010-01-01", tz="UTC")
#: Seconds between polls, and days: a second to a day, and a last poll that does or does not end the last one.
POLLS = st.sampled_from(
    [(1, 1 / 64), (7, 1 / 16), (60, 1 / 2), (600, 3), (3_600, 10), (18_000, 10), (86_400, 30)]
)


def by_simpy(sessions, every, days):
    """Return how many sessions SimPy counts at each poll, on a clock that runs from ten polls before."""
    zero = epoch(START) - 10 * every
    starts, ends = ((epoch(sessions[column]) - zero).tolist() for column in ("start", "end"))
    first = 10 * every
    return with_simpy.present(starts, ends, range(first, first + round(days * 86_400), every))


@given(
    polls=POLLS,
    downloaders=st.integers(0, 60),
    decay_days=st.floats(0.01, 30),
    session_hours=st.floats(0.01, 30),
    session_shape=st.floats(0.3, 1),
    sessions=st.floats(1, 4),
    leak_share=st.floats(0, 1),
    release=st.floats(0, 0.9),
    seed=st.integers(0, 2**32),
)
def test_counts_are_those_of_simpy(polls, release, seed, **parameters):
    every, days = polls
    described = swarm.Release(days=days, release_day=release * days, **parameters)
    counted = swarm.counts(described, pd.Timedelta(every, "s"), seed, START)
    held = swarm.sessions(described, seed, START)
    assert counted["present"].tolist() == by_simpy(held, every, days)
    assert (counted["time"] == START + pd.to_timedelta(np.arange(len(counted)) * every, unit="s")).all()


@given(
    polls=POLLS,
    # Starts and lengths in polls, and the seconds by which they miss one: most miss none.
    drawn=st.lists(st.tuples(*[st.integers(-9, 40), st.sampled_from([0, 0, 0, 1, -1])] * 2), max_size=60),
)
def test_sessions_that_begin_and_end_on_a_poll(polls, drawn):
    every, days = polls
    starts = [at * every + off for at, off, _, _ in drawn]
    ends = [
        start + max(0, length * every + off) for start, (*_, length, off) in zip(starts, drawn, strict=True)
    ]
    held = pd.DataFrame({"peer": range(len(drawn))})
    for column, seconds in (("start", starts), ("end", ends)):
        held[column] = instants(np.array(seconds, np.int64) + epoch(START))
    present = swarm.present(held, START, pd.Timedelta(every, "s"), days)
    assert present.tolist() == by_simpy(held, every, days)


def test_simpy_counts_half_open_sessions():
    # Polls at 0, 10, 20: one session from poll to poll, one inside, one of no length, one that goes on.
    assert with_simpy.present([0, 11, 10, 10], [10, 19, 10, 99], range(0, 30, 10)) == [1, 1, 1]
