"""A network in which every address is held by one line, every line holds one, and chance is as said."""

import math
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal, assert_series_equal

from traceblock import memory, network
from traceblock.network import Isp, build

DAY = 86_400
TYPES = {
    "isp": "category",
    "address": "uint32",
    "port_first": "uint16",
    "port_last": "uint16",
    "subscriber": "int64",
    "start": "datetime64[s, UTC]",
    "end": "datetime64[s, UTC]",
}


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("1970-01-01", 0),
        ("1970-01-01T00:00:00.99", 0),
        ("1969-12-31T23:59:59.000000001", -1),
        ("9999-12-31", None),
    ],
)
def test_of_a_time_finer_than_a_second_the_second_before_counts(text, second):
    time = pd.Timestamp(text, tz="UTC")
    second = 253_402_214_400 if second is None else second
    assert network.epoch(time) == second
    assert network.epoch(pd.Series([time])).tolist() == [second]


@st.composite
def worlds(draw):
    """Return the arguments of `build`: one to three ISPs, of up to some 4,000 leases each."""
    days = draw(st.sampled_from([1 / DAY, 1.0, 20.0]) | st.floats(0.0001, 20))
    isps = []
    for i in range(draw(st.integers(1, 3))):
        sharing = draw(st.sampled_from([1, 1, 2, 3, 7, 16, 64, 1_000, 64_512]) | st.integers(1, 64))
        wide = draw(st.integers(0, 6))
        places = sharing << wide
        most = draw(st.sampled_from([60, 60, 60, 2_500]))
        subscribers = draw(st.integers(1, min(places, most)))
        if draw(st.booleans()):  # full, or nearly
            subscribers = max(1, min(places - draw(st.integers(0, 2)), most))
        lease = draw(
            st.sampled_from([60, 3_600, DAY, 7 * DAY, 14 * DAY, 365 * DAY]) | st.integers(60, 14 * DAY)
        )
        lease = max(lease, math.ceil(subscribers * days * DAY / 4_000))
        isps.append(
            Isp(
                name="ABC"[i],
                subscribers=subscribers,
                pool=f"198.18.{i}.0/{32 - wide}",
                lease=f"{lease}s",
                renumbering=draw(st.sampled_from(network.RENUMBERING)),
                sharing=sharing,
                household=draw(st.floats(1, 5)),
                open_wifi=draw(st.floats(0, 1)),
            )
        )
    start = draw(st.sampled_from(["2010-01-01", "2009-12-31 23:59:59", "1969-12-31 12:00+05:30"]))
    return isps, start, days, draw(st.integers(0, 2**70))


def of(table, isp):
    """Return an ISP's rows."""
    return table[table["isp"] == isp.name].reset_index(drop=True)


def seconds(times):
    return times.dt.tz_localize(None).to_numpy("M8[s]").astype(np.int64)


def is_full(isp):
    return isp.places == isp.subscribers


def gaps(leases):
    """Return for how many seconds a place was free, each time, until somebody took it again."""
    ordered = leases.sort_values(["address", "port_first", "start"])
    again = (ordered[["address", "port_first"]].diff() == 0).all(axis=1)
    free = (ordered["start"] - ordered["end"].shift())[again]
    return (free / pd.Timedelta("1s")).to_numpy()


def apart(leases):
    """No two leases hold one address and port at one instant."""
    blocks = leases[["address", "port_first", "port_last"]].drop_duplicates()
    blocks = blocks.sort_values(["address", "port_first", "port_last"]).astype("int64")
    beside = blocks["address"].diff() == 0
    assert (blocks["port_first"] > blocks["port_last"].shift())[beside].all()
    assert (gaps(leases) >= 0).all()


def tile(leases, start, end):
    """Every subscriber holds exactly one address, from start to end."""
    first = leases["subscriber"] != leases["subscriber"].shift()
    last = first.shift(-1, fill_value=True)
    assert (leases["start"] < leases["end"]).all()
    assert (leases.loc[first, "start"] == start).all()
    assert (leases.loc[last, "end"] == end).all()
    assert (leases["start"] == leases["end"].shift())[~first].all()
    assert leases["subscriber"].is_monotonic_increasing


def blocks_are_right(isp, leases):
    if isp.sharing == 1:
        assert (leases["port_first"] == 0).all()
        assert (leases["port_last"] == 65_535).all()
    else:
        width = 64_512 // isp.sharing
        block, rest = np.divmod(leases["port_first"].to_numpy(np.int64) - 1_024, width)
        assert (rest == 0).all()
        assert ((block >= 0) & (block < isp.sharing)).all()
        assert (leases["port_last"].to_numpy(np.int64) == 1_024 + (block + 1) * width - 1).all()


@given(worlds())
@example(([Isp("A", 64_512, "198.18.0.0/32", sharing=64_512)], "2010-01-01", 2.0, 0))
@example(([Isp("A", 3_000, "241.0.0.0/16", "1h", "exponential", 64)], "2010-01-01", 0.5, 0))
def test_whoever_is_connected_holds_one_place_that_nobody_else_holds(world):
    isps, start, days, _ = world
    built = build(*world)
    lines, leases = built.subscribers, built.leases
    zero = pd.Timestamp(start)
    zero = zero.tz_localize("UTC") if zero.tz is None else zero
    assert built.start == zero
    assert built.end == zero + pd.Timedelta(round(days * DAY), "s")
    assert built.start.unit == built.end.unit == "s"
    assert str(built.start.tz) == str(built.end.tz) == "UTC"
    assert leases.dtypes.astype(str).to_dict() == TYPES
    assert lines.dtypes.astype(str).to_dict() == {
        "isp": "category",
        "subscriber": "int64",
        "people": "int64",
        "open_wifi": "bool",
    }
    assert lines["subscriber"].tolist() == list(range(sum(isp.subscribers for isp in isps)))
    assert (lines["people"] >= 1).all()
    assert list(leases["isp"].cat.categories) == list(lines["isp"].cat.categories) == [i.name for i in isps]
    assert_series_equal(leases["subscriber"].drop_duplicates(), lines["subscriber"], check_index=False)
    assert (lines["isp"].to_numpy()[leases["subscriber"]] == leases["isp"]).all()
    apart(leases)
    tile(leases, built.start, built.end)
    for isp in isps:
        own = of(leases, isp)
        assert len(of(lines, isp)) == isp.subscribers
        first, last = int(isp.addresses[0]), int(isp.addresses[-1])
        assert own["address"].between(first, last).all()
        blocks_are_right(isp, own)
        moved = (own[["address", "port_first"]].diff() != 0).any(axis=1)
        assert (moved | (own["subscriber"].diff() != 0)).all()  # whoever renumbers gets another place
        if is_full(isp):
            assert len(own) == isp.subscribers
        elif isp.renumbering == "periodic":
            assert (own["end"] - own["start"]).max() <= pd.Timedelta(isp.lease)


@settings(max_examples=40)
@given(worlds())
def test_the_same_arguments_give_the_same_tables_whoever_comes_after(world):
    isps, *rest = world
    built, again, more = build(*world), build(*world), build([*isps, Isp("D", 5, "198.19.0.0/24")], *rest)
    for name in ("subscribers", "leases"):
        table = getattr(built, name)
        assert_frame_equal(table, getattr(again, name))
        assert_frame_equal(table, getattr(more, name)[: len(table)], check_categorical=False)


def test_another_seed_or_another_place_in_the_list_gives_another_table():
    isps = [Isp("A", 500, "198.18.0.0/20"), Isp("B", 500, "198.18.64.0/20")]
    tables = [build(isps, "2010-01-01", 3, seed).leases for seed in (0, 1)]
    tables.append(tables[0][tables[0]["subscriber"] >= 500])
    for column in ("address", "start"):
        values = [
            (table[column].astype("int64") - table[column].astype("int64").min())[:1000] for table in tables
        ]
        for one, other in ((0, 1), (0, 2)):
            assert values[one].tolist() != values[other].tolist()


@settings(max_examples=50)
@given(worlds(), st.sampled_from([0, 1, 59, 600, 3_600, 86_400, 10**8, 3 * 10**9]) | st.integers(0, 7_200))
@example(([Isp("A", 2_500, "198.18.0.0/20")], "2010-01-01", 2.0, 0), 3_600)
@example(([Isp("A", 2_500, "198.18.0.0/20", renumbering="exponential")], "2010-01-01", 2.0, 0), 7_200)
@example(([Isp("A", 4_000, "198.18.0.0/20", "6h")], "2010-01-01", 1.0, 0), 600)  # 96 free, some 111 rest
@example(([Isp("A", 50, "198.18.0.0/24", "1min")], "2010-01-01", 0.02, 0), 30)  # a change every second
def test_an_address_rests_and_a_pool_too_small_for_that_is_refused(world, rest):
    isps, start, days, seed = world
    isp = isps[0]
    roomy = Isp(**(vars(isp) | {"pool": "241.0.0.0/14"}))  # the same renumberings, and always enough room
    leases = build([roomy], start, days, seed).leases
    changes = np.sort(seconds(leases["start"]))[isp.subscribers :]
    resting = np.arange(len(changes)) - np.searchsorted(changes, changes - rest, side="right")
    needed = max(1, resting.max(initial=0) + 1)  # what rests when somebody renumbers, and one to give
    resting_isp = Isp(**(vars(isp) | {"reuse": f"{rest}s"}))
    if is_full(isp) or isp.places - isp.subscribers >= needed:
        leases = build([resting_isp], start, days, seed).leases
        assert (gaps(leases) >= rest).all()
        apart(leases)
        if not is_full(isp):
            assert np.array_equal(np.sort(seconds(leases["start"]))[isp.subscribers :], changes)
    else:
        with pytest.raises(
            ValueError, match=rf"^pool=.*reuse='{rest}s': {needed:,} free places.*larger pool"
        ):
            build([resting_isp], start, days, seed)


@pytest.mark.parametrize("renumbering", network.RENUMBERING)
def test_a_free_address_goes_to_whoever_renumbers_next(renumbering):
    lines, days = 5_000, 4
    built = build([Isp("A", lines, "198.18.0.0/16", "24h", renumbering)], "2010-01-01", days, seed=1)
    batch = 1 + lines // 1_000
    # A place waits from a random turn of a batch to a random turn of the next. Turns come at random.
    waited = gaps(built.leases) * lines / DAY
    assert waited.mean() == pytest.approx(batch, rel=0.05)
    assert waited.var() == pytest.approx(batch + 2 * (batch**2 - 1) / 12, rel=0.15)
    assert waited.max() < 8 * batch
    assert built.leases["address"].nunique() == lines + batch


def test_in_a_full_pool_addresses_stay_and_one_more_lets_everybody_renumber():
    full = build([Isp("A", 256, "198.18.0.0/24")], "2010-01-01", 5, seed=1).leases
    assert len(full) == full["address"].nunique() == 256
    nearly = build([Isp("A", 255, "198.18.0.0/24")], "2010-01-01", 5, seed=1).leases
    assert set(nearly.groupby("subscriber").size()) == {6}
    assert nearly["address"].nunique() == 256
    shared = build([Isp("A", 63, "198.18.0.0/30", sharing=16)], "2010-01-01", 5, seed=1).leases
    assert set(shared.groupby("subscriber").size()) == {6}


def distance(sample, distribution):
    """Return Kolmogorov's distance between a sample and a distribution, times the root of its size."""
    sample, n = np.sort(sample), len(sample)
    expected = distribution(sample)
    above, below = np.arange(1, n + 1) / n - expected, expected - np.arange(n) / n
    return max(above.max(), below.max()) * math.sqrt(n)


SURELY = 1.95  # Kolmogorov's distance stays below in 999 of 1,000 samples


@pytest.mark.parametrize("hours", [24, 168, 337])
def test_each_line_renumbers_at_an_hour_of_its_own(hours):
    lease = hours * 3_600
    built = build([Isp("A", 2_000, "198.18.0.0/16", f"{hours}h")], "2010-01-01", 3 * hours / 24, seed=2)
    began = seconds(built.leases["start"]) - seconds(built.leases["start"])[0]
    sets = built.leases["subscriber"].to_numpy()
    changes, whose = began[began > 0], sets[began > 0]
    same = np.diff(whose) == 0
    assert (np.diff(changes)[same] == lease).all()
    own_hour = changes[np.flatnonzero(np.diff(whose, prepend=-1))]
    assert len(own_hour) == 2_000
    assert 0 < own_hour.min() <= own_hour.max() <= lease
    assert distance(own_hour, lambda t: t / lease) < SURELY


@pytest.mark.parametrize("periods", [0.25, 1.0, 2.5])
def test_a_line_whose_hour_has_come_renumbers_also_in_a_period_that_is_cut_short(periods):
    built = build([Isp("A", 4_000, "198.18.0.0/16", "240h")], "2010-01-01", 10 * periods, seed=2)
    number = built.leases.groupby("subscriber").size() - 1
    part, whole = math.modf(periods)
    assert number.between(whole, math.ceil(periods)).all()
    assert (number > whole).mean() == pytest.approx(part, abs=4 * math.sqrt(part * (1 - part) / 4_000))


def test_how_often_lines_break_in_all_is_chance_too():
    isps = [Isp(str(i), 1, f"198.18.{i}.0/31", "24h", "exponential") for i in range(100)]
    number = build(isps, "2010-01-01", 20, seed=3).leases.groupby("subscriber").size() - 1
    assert number.var() == pytest.approx(20, abs=4 * math.sqrt((20 + 2 * 20**2) / 100))


def test_lines_that_break_at_random_are_a_poisson_process():
    lines, mean, days = 3_000, 6 * 3_600, 5
    built = build([Isp("A", lines, "198.18.0.0/16", "6h", "exponential")], "2010-01-01", days, seed=3)
    number = built.leases.groupby("subscriber").size() - 1
    expected = days * DAY / mean
    assert number.mean() == pytest.approx(expected, abs=4 * math.sqrt(expected / lines))
    spread = math.sqrt((expected + 2 * expected**2) / lines)  # standard error of a Poisson's variance
    assert number.var() == pytest.approx(expected, abs=4 * spread)
    # Ten means before the end: all but 1 of 22,000 of these leases end by themselves.
    began = built.leases[built.leases["start"] < built.end - 10 * pd.Timedelta(mean, "s")]
    lasted = seconds(began["end"]) - seconds(began["start"])
    assert lasted.mean() == pytest.approx(mean, abs=4 * mean / math.sqrt(len(lasted)))
    assert distance(lasted, lambda t: -np.expm1(-t / mean)) < SURELY
    changes = seconds(built.leases["start"]) - seconds(built.leases["start"])[0]
    assert distance(changes[changes > 0], lambda t: t / (days * DAY)) < SURELY


def holders(leases, addresses, times):
    """Return who held addresses at times, -1 for nobody."""
    ordered = leases.sort_values(["address", "start"])
    place = ordered["address"].to_numpy(np.int64) << 32
    row = np.searchsorted(place + seconds(ordered["start"]), (addresses << 32) + times, side="right") - 1
    held = (ordered["address"].to_numpy()[row] == addresses) & (times < seconds(ordered["end"])[row])
    return np.where(held, ordered["subscriber"].to_numpy()[row], -1)


@pytest.mark.parametrize(
    ("renumbering", "error", "changed"),
    [
        ("periodic", 3_600, 1 / 24),
        ("periodic", 12 * 3_600, 1 / 2),
        ("periodic", 30 * 3_600, 1),
        ("exponential", 3_600, -math.expm1(-1 / 24)),
        ("exponential", 24 * 3_600, -math.expm1(-1)),
    ],
)
def test_a_clock_error_names_whoever_came_after(renumbering, error, changed):
    lines, draws, days = 2_000, 100_000, 6
    built = build([Isp("A", lines, "198.18.0.0/16", "24h", renumbering)], "2010-01-01", days, seed=4)
    rng = np.random.default_rng(5)
    who = rng.integers(0, lines, draws)
    when = network.epoch(built.start) + rng.integers(0, days * DAY - error, draws)
    address = built.leases["address"].to_numpy(np.int64)[built.lease_at(who, when)]
    assert (holders(built.leases, address, when) == who).all()
    named = holders(built.leases, address, when + error)
    within = 4 * math.sqrt(0.25 / draws) + 4 * math.sqrt(changed / lines / days) * (renumbering != "periodic")
    free = (1 + lines // 1_000) / lines  # of the places, at any time
    assert (named != who).mean() == pytest.approx(changed, abs=within + free)
    assert ((named != who) & (named >= 0)).mean() == pytest.approx(changed * (1 - free), abs=within + free)


@settings(max_examples=50)
@given(worlds(), st.data())
def test_the_lease_at_a_time_is_the_one_that_a_plain_loop_finds(world, data):
    built = build(*world)
    leases = built.leases
    starts, ends, owners = seconds(leases["start"]), seconds(leases["end"]), leases["subscriber"].to_numpy()
    zero, end = int(starts[0]), int(ends[-1])
    bounds = starts[data.draw(st.lists(st.integers(0, len(starts) - 1), max_size=4))].tolist()
    times = [zero, end - 1, *bounds, *data.draw(st.lists(st.integers(zero, end - 1), max_size=4))]
    times += [time - 1 for time in bounds if time > zero]
    whose = data.draw(st.lists(st.integers(0, int(owners[-1])), min_size=len(times), max_size=len(times)))
    loop = [
        next(iter(np.flatnonzero((owners == line) & (starts <= time) & (time < ends))))
        for line, time in zip(whose, times, strict=True)
    ]
    assert built.lease_at(whose, times).tolist() == loop
    assert built.lease_at(whose[0], times[0]) == loop[0]
    assert len(built.lease_at([], [])) == 0


def test_households_and_open_networks_are_as_said():
    isps = [Isp("A", 20_000, "198.18.0.0/16", household=3.2, open_wifi=0.2)]
    isps += [
        Isp("B", 500, "198.19.0.0/16", household=1, open_wifi=0),
        Isp("C", 500, "241.0.0.0/16", open_wifi=1),
    ]
    lines = build(isps, "2010-01-01", 0.1, seed=6).subscribers
    people, fans = of(lines, isps[0])["people"], of(lines, isps[0])["open_wifi"]
    assert people.mean() == pytest.approx(3.2, abs=4 * math.sqrt(2.2 / 20_000))
    assert (people == 1).mean() == pytest.approx(math.exp(-2.2), abs=0.01)
    assert fans.mean() == pytest.approx(0.2, abs=4 * math.sqrt(0.16 / 20_000))
    assert (of(lines, isps[1])["people"] == 1).all()
    assert not of(lines, isps[1])["open_wifi"].any()
    assert of(lines, isps[2])["open_wifi"].all()


@given(st.lists(st.integers(0, 2**32 - 1)))
@example([])
@example([0, 2**32 - 1, 0xF1000001, 0xF1000001])
def test_addresses_and_texts_are_one_another(numbers):
    texts = network.to_text(np.array(numbers, np.uint32))
    assert texts.tolist() == [
        ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0)) for number in numbers
    ]
    for kind in (list, pd.Series, np.array, lambda texts: pd.Series(texts, dtype="category")):
        back = network.from_text(kind(texts))
        assert back.dtype == np.uint32
        assert back.tolist() == numbers
    assert network.to_text(pd.Series(numbers, dtype="uint32")).tolist() == texts.tolist()
    for number, text in zip(numbers, texts, strict=True):
        assert network.to_text(number) == text
        assert type(network.to_text(number)) is str
        assert network.from_text(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "198.18.0",
        "198.18.0.256",
        "198.18.0.01",
        "198.18.0.1/32",
        " 198.18.0.1",
        "a.example",
        "::1",
        5,
        True,
        b"abcd",
        1.5,
    ],
    ids=repr,
)
def test_a_text_that_is_no_address_is_named(text):
    for given_texts in (text, [text], pd.Series(["198.18.0.1", text], dtype=object)):
        message = rf"^texts: .*{re.escape(str(text))}.*; give IPv4 addresses such as '198\.18\.0\.1'$"
        with pytest.raises(ValueError, match=message if text else r"^texts: "):
            network.from_text(given_texts)


@pytest.mark.parametrize("missing", [None, math.nan, pd.NA])
def test_a_missing_text_is_refused(missing):
    with pytest.raises(ValueError, match=r"^texts: a value is missing"):
        network.from_text(["198.18.0.1", missing])


@pytest.mark.parametrize("value", [-1, 2**32, 2**64, 1.5, math.nan, None, True, "198.18.0.1"], ids=repr)
def test_a_number_that_is_no_address_is_refused(value):
    for given_numbers in (value, [value]):
        with pytest.raises(ValueError, match=r"^addresses=.* is not accepted; give whole numbers from 0 to"):
            network.to_text(given_numbers)


@pytest.fixture
def nothing_begun(monkeypatch):
    """Fail if chance is asked for anything."""

    def begun(*_):
        raise AssertionError("begun")

    monkeypatch.setattr(np.random, "default_rng", begun)


def routed(*numbers):
    """Return a pool that may not stand in this file."""
    return ".".join(map(str, numbers[:4])) + f"/{numbers[4]}"


WHOLE = "a whole number, 1 or more"
BLOCK = r"a CIDR block such as '198\.18\.0\.0/24', inside 198\.18\.0\.0/15 or 241\.0\.0\.0/8 and up"


@pytest.mark.parametrize(
    ("parameter", "value", "accepted"),
    [
        *(("subscribers", value, WHOLE) for value in (0, -1, 1.0, True, "5", None)),
        *(("name", value, "a name") for value in ("", "  ", None, 1)),
        *(
            ("renumbering", value, "one of periodic, exponential")
            for value in ("sometimes", None, "Periodic")
        ),
        *(("sharing", value, "a whole number, 1 to 64,512") for value in (0, -1, 64_513, 2.0, True)),
        *(
            ("lease", value, "a duration in whole seconds.* of at least 1 s")
            for value in ("0s", "-1h", "1.5s")
        ),
        *(("lease", value, "a duration in whole seconds") for value in (pd.NaT, None, 24, 24.0, "a day")),
        *(("reuse", value, "a duration in whole seconds.* of at least 0 s") for value in ("-1s", "0.5s", 0)),
        *(
            ("household", value, "a number at least 1")
            for value in (0.9, 0, -1, math.nan, math.inf, "2", 1e20)
        ),
        *(("open_wifi", value, "at least 0 and at most 1") for value in (-0.1, 1.1, math.nan, True, None)),
        *(
            ("pool", value, BLOCK)
            for value in ("", "somewhere", None, 5, True, "2001:db8::/112", "198.18.0.0/33")
        ),
        ("pool", "198.18.0.1/24", rf"host bits set; give {BLOCK}"),
        *(
            ("pool", routed(*numbers), rf"{BLOCK}: elsewhere an address may be somebody's")
            for numbers in (
                *(
                    (8, 8, 8, 0, 24),
                    (10, 0, 0, 0, 7),
                    (10, 0, 0, 0, 8),
                    (240, 0, 0, 0, 8),
                    (240, 0, 0, 0, 4),
                    (192, 0, 2, 0, 24),
                    (127, 0, 0, 0, 8),
                    (1, 0, 0, 0, 8),
                    (198, 16, 0, 0, 14),
                    (198, 20, 0, 0, 16),
                    (224, 0, 0, 0, 4),
                ),
                *((224, 0, 0, 0, 3), (192, 0, 0, 0, 2), (0, 0, 0, 0, 1), (0, 0, 0, 0, 0)),  # real in between
            )
        ),
    ],
    ids=repr,
)
def test_an_isp_that_cannot_be_is_refused(parameter, value, accepted):
    right = {"name": "A", "subscribers": 5, "pool": "198.18.0.0/24"}
    with pytest.raises(ValueError, match=rf"^{parameter}={re.escape(repr(value))}.*{accepted}"):
        Isp(**(right | {parameter: value}))


def test_a_pool_with_fewer_places_than_lines_is_refused():
    Isp("A", 256, "198.18.0.0/24")
    Isp("A", 256 * 64_512, "198.18.0.0/24", sharing=64_512)
    with pytest.raises(
        ValueError, match=r"^pool='198\.18\.0\.0/24' has places for 256 .* A has 257; give a larger"
    ):
        Isp("A", 257, "198.18.0.0/24")
    with pytest.raises(
        ValueError, match=r"^pool=.* 4,096 subscribers and A has 4,097; .*more sharing than 16"
    ):
        Isp("A", 4_097, "198.18.0.0/24", sharing=16)


@pytest.mark.parametrize(
    "pool", ["198.18.0.0/15", "198.19.255.255/32", "241.0.0.0/8", "255.0.0.0/8", "198.18.0.7"]
)
def test_a_pool_that_nobody_routes_is_accepted(pool):
    assert Isp("A", 1, pool).places == Isp("A", 1, pool).addresses.num_addresses


@pytest.mark.parametrize(
    ("share", "said"),
    [
        *(
            (share, f"share={share!r} is not accepted; give a number from 0 to below 1")
            for share in (1, -0.1)
        ),
        (math.nan, "share=nan is not accepted; give a number from 0 to below 1 for each lease"),
        ([0.5, math.nan], r"share=\[0.5, nan\] is not accepted"),
        ([0.5], r"share has the shape \(1,\) and leases \(2,\); give one for each"),
        ("half", "share='half' is not accepted"),
    ],
)
def test_what_is_no_share_of_a_block_of_ports(share, said):
    leases = pd.DataFrame({"port_first": [0, 0], "port_last": [65_535, 65_535]})
    with pytest.raises(ValueError, match=f"^{said}"):
        network.ports(leases, share)


@pytest.mark.parametrize("port", [2**16, -1, 0.5, None])
def test_what_is_no_block_of_ports(port):
    with pytest.raises(ValueError, match=r"^leases: .*port_last.* a whole number from 0 to 65,535"):
        network.ports(pd.DataFrame({"port_first": [0], "port_last": [port]}), 0.5)


ONE = Isp("A", 5, "198.18.0.0/24")
TIME = r"a time in whole seconds, such as '2010-05-28'"


@pytest.mark.parametrize(
    ("parameter", "value", "message"),
    [
        *(
            ("isps", value, "isps=.* is not accepted; give a list of at least one Isp")
            for value in ([], (), None, ONE)
        ),
        *(("isps", value, "isps=.*; give a list of at least one Isp") for value in ("A", ["A"], [ONE, None])),
        (
            "isps",
            [ONE, Isp("A", 5, "198.18.1.0/24")],
            "isps: two are called 'A'; give each a name of its own",
        ),
        (
            "isps",
            [ONE, Isp("B", 5, "198.18.1.0/24"), Isp("C", 5, "198.18.0.0/16")],
            r"isps: the pools of A \(198\.18\.0\.0/24\) and C \(198\.18\.0\.0/16\) overlap; give each",
        ),
        *(("start", value, TIME) for value in ("soon", "1h", None, 2010, pd.NaT, "2010-01-01 00:00:00.5")),
        *(("days", value, "a number above 0") for value in (0, -1, math.nan, math.inf, "5", None, True)),
        *(("days", value, "a number above 0 and at most 36525") for value in (36_525.1, 1e9, 1e305)),
        ("days", 1e-6, "at least one second"),
        *(("seed", value, "a whole number, 0 or more") for value in (-1, None, 1.0, True, "1")),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_a_network_that_cannot_be_is_refused_before_it_is_begun(nothing_begun, parameter, value, message):
    right = {"isps": [ONE], "start": "2010-01-01", "days": 3, "seed": 0}
    named = "" if parameter == "isps" else f"{parameter}={re.escape(repr(value))} is not accepted; give "
    with pytest.raises(ValueError, match=f"^{named}{message}"):
        build(**(right | {parameter: value}))


def test_a_table_that_does_not_fit_is_refused_with_its_size(nothing_begun):
    isps = [Isp("A", 100_000, "198.18.0.0/15", lease="1s")]
    message = r"^the table of leases would have 31,536,000,100,000 rows and need 1,639,872\.0 GB.*fewer days"
    with pytest.raises(memory.TooLargeError, match=message):
        build(isps, "2010-01-01", 3_650, seed=0)


def test_a_full_pool_is_as_small_as_it_is():
    leases = build([Isp("A", 1_024, "198.18.0.0/22", lease="1s")], "2010-01-01", 36_525, seed=0).leases
    assert len(leases) == 1_024
