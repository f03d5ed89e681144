"""Lists of addresses at the scale of the record; what is no such list is refused by name."""

import pandas as pd
import pytest

from traceblock.isp import replay
from traceblock.memory import TooLargeError


def test_every_isp_has_its_number_of_addresses_each_once():
    made = replay.made_up({"North": 5, "South": 3}, "2011-05-01", 10, 1)
    assert made.network.subscribers["isp"].value_counts().to_dict() == {"North": 5, "South": 3}
    assert len(made.observations) == made.observations["address"].nunique() == 8
    assert made.observations["time"].between("2011-04-21", "2011-05-01").all()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"sizes": {}}, r"^sizes=\{\} is not accepted; give the addresses of each ISP by its name"),
        ({"sizes": [5]}, r"^sizes=\[5\] is not accepted"),
        ({"sizes": {f"isp {i}": 1 for i in range(16)}}, r"^sizes=.*for 1 to 15$"),
        ({"sizes": {"North": 0}}, r"^sizes=0 is not accepted; give a whole number, 1 to 16,777,216"),
        ({"sizes": {5: 1}}, r"^sizes=5 is not accepted; give a name"),
        ({"days": 40_000}, r"^days=40000 is not accepted; give a whole number, 1 to 36,525"),
        ({"until": "soon"}, r"^until='soon' is not accepted; give a time"),
        (
            {"until": pd.Timestamp("0001-01-02")},
            r"^until=.*10 days or more after the beginning of the year 1",
        ),
        ({"lease": "0s"}, r"^lease='0s' is not accepted"),
        ({"seed": -1}, r"^seed=-1 is not accepted"),
    ],
)
def test_what_is_no_list_is_refused(changed, said):
    with pytest.raises(ValueError, match=said):
        replay.made_up(**{"sizes": {"North": 5}, "until": "2011-05-01", "days": 10, "seed": 1} | changed)


def test_more_leases_than_memory_holds_are_refused():
    with pytest.raises(TooLargeError, match=r"^days=36,525, lease='1s': the table of leases"):
        replay.made_up({"North": 1_000_000}, "2011-05-01", 36_525, 1, "1s")
