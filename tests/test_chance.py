import itertools

import numpy as np
import pytest

from traceblock.chance import stream


def test_the_same_seed_and_purpose_give_the_same_numbers():
    assert (stream(3, "firewalls").random(5) == stream(3, "firewalls").random(5)).all()


def test_no_two_streams_are_alike():
    plain = [np.random.default_rng(seed) for seed in (0, 1, [0, 0], [1, 1])]
    drawn = [stream(seed, purpose) for seed in (0, 1, 2**32) for purpose in ("a", "b", "injected")]
    numbers = [generator.random(50) for generator in [*plain[:2], plain[3], *drawn]]
    for one, other in itertools.combinations(numbers, 2):
        assert not np.isin(one, other).any()


@pytest.mark.parametrize("seed", [-1, 1.0, None, True, "1"])
def test_no_seed(seed):
    with pytest.raises(ValueError, match=r"^seed=.* is not accepted; give a whole number, 0 or more$"):
        stream(seed, "a")
