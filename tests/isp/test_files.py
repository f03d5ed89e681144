"""Tables of leases and records as they come in files: they load, or one line says what to mend."""

import io
from pathlib import Path

import pandas as pd
import pytest

from traceblock.isp import attribute, by_error
from traceblock.network import from_text

CASES = Path(__file__).with_name("cases")
LEASES, RECORDS = ((CASES / name).read_text(encoding="utf-8") for name in ("renewed.csv", "records.csv"))
TIMES = {"start", "end", "time"}


def table(text, address=from_text, **how):
    """Return a table from a file's text, as a student would read it."""
    times = sorted(TIMES & set(text.lstrip("\ufeff").splitlines()[0].split(",")))
    read = pd.read_csv(io.BytesIO(text.encode()), parse_dates=times, **how)
    return read.assign(address=address(read["address"])) if address else read


@pytest.mark.parametrize("use_port", [True, False])
@pytest.mark.parametrize(
    "change",
    [
        lambda text: text,
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text.replace("\n", "\r\n").rstrip(),
        lambda text: text.replace("00Z", "00.99Z"),
        lambda text: text.replace("00Z", "00.000Z"),
        lambda text: text.replace("Z", "+00:00"),
        lambda text: text.replace("Z\n", "Z\n\n"),
    ],
    ids=["plain", "mark", "Windows", "both", "fractions", "zeros", "offset", "blank lines"],
)
def test_a_file_loads_whatever_wrote_it(change, use_port):
    found = attribute(table(change(RECORDS)), table(change(LEASES)), use_port=use_port)
    assert found["subscriber"].tolist() == [11, 12]
    assert ("time_fraction" in found) == (".99Z" in change(RECORDS))


def test_times_of_several_kinds_load_as_the_error_says():
    mixed = RECORDS.replace("11:45:00Z", "11:45:00.5Z")
    with pytest.raises(ValueError, match=r"format=\"ISO8601\"") as error:
        attribute(table(mixed), table(LEASES))
    assert str(error.value).startswith("observations: time has the type str; give times in UTC")
    seen = table(mixed)
    seen["time"] = pd.to_datetime(seen["time"], utc=True, format="ISO8601")
    found = attribute(seen, table(LEASES))
    assert found["subscriber"].tolist() == [11, 12]
    assert found["time_fraction"].tolist() == [pd.Timedelta(0), pd.Timedelta("500ms")]


@pytest.mark.parametrize(
    ("change", "how", "says"),
    [
        (
            lambda text: text,
            {"address": None},
            "observations: address is of the type str; give a whole number",
        ),
        (
            lambda text: text.replace("time,", "when,"),
            {},
            "observations has no column time; it needs time, add",
        ),
        (
            lambda text: text.replace(",port", ", port"),
            {},
            "observations has no column port; .* rename ' port',",
        ),
        (
            lambda text: text.replace(",", ";"),
            {"address": None},
            "observations has no column time, address, port",
        ),
        (
            lambda text: text.replace(",4000", ","),
            {},
            "observations: 2 of 2 rows have no port; every row needs",
        ),
        (lambda text: text.replace("Z", ""), {}, "observations: time has no time zone; give times in UTC"),
        (
            lambda text: text.replace("4000", "70000"),
            {},
            "observations: 2 of 2 rows have a port out of range",
        ),
        (lambda text: text.replace("4000", "x" * 10**6), {}, "observations: port is of the type str"),
        (lambda text: text.replace("198.18.0.7", "198. 18.0.7"), {}, "texts: .* give IPv4 addresses such as"),
        (lambda text: text.replace("198.18.0.7", ""), {}, "texts: .* give IPv4 addresses such as"),
    ],
)
def test_a_file_that_does_not_load_is_told_why_in_its_first_line(change, how, says):
    with pytest.raises(ValueError, match=rf"^{says}") as error:
        attribute(table(change(RECORDS), **how), table(LEASES))
    assert len(str(error.value)) <= 4_096


def test_renewals_and_fractions_are_read_alike_under_every_error_of_a_clock():
    seen, leases = table(RECORDS.replace("00Z", "00.5Z")), table(LEASES)
    truth = pd.Series([11, 12])
    found = by_error(seen, leases, truth, ["-46min", "-30min", "0s", "44min", "45min"])
    right = found[found["verdict"] == "right"].set_index("error_minutes")["records"]
    assert right.to_dict() == {-46: 0, -30: 1, 0: 2, 44: 2, 45: 0}
