"""From addresses to money: every address leaves the funnel once, and every cent has a payer and a payee."""

import math
import random
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from traceblock import cases, memory
from traceblock.isp import STAGES, Disclosure, Terms, answers, balances, disclose, ledger, settle
from traceblock.isp.settlement import BASES, OWN_WORK, PARTIES

#: Every price known.
PRICES = {"monitoring": 1.0, "look_up": 60.0, "letter": 2.5}
BOOK = pd.DataFrame({"payer": ["court"], "payee": ["counsel"], "amount_usd": [1.0]})


def disclosed(*rows, index=None):
    """Rows of subscriber (None is missing), asked, named."""
    subscriber, asked, named = zip(*rows, strict=True) if rows else ((), (), ())
    table = pd.DataFrame(
        {
            "subscriber": pd.Series(subscriber, dtype="Int64"),
            "asked": pd.Series(asked, dtype=bool),
            "named": pd.Series(named, dtype=bool),
        }
    )
    return table if index is None else table.set_axis(index)


def named(number):
    """So many subscribers, each named once."""
    return disclosed(*((i, True, True) for i in range(number)))


def cents(amount):
    return round(float(amount) * 100)


def by_stage(settled, column):
    return dict(zip(settled["stage"], settled[column], strict=True))


ROWS = st.lists(
    st.one_of(
        st.tuples(st.integers(0, 5) | st.none(), st.booleans(), st.just(False)),
        st.tuples(st.integers(0, 5), st.just(True), st.just(True)),
    ),
    max_size=25,
)
USD = st.floats(0, 9_999, allow_subnormal=False)
SHARE = st.floats(0, 1, allow_subnormal=False)
PRICE = st.none() | USD
TERMS = st.builds(
    lambda offer, paid, **more: Terms(offer_low=min(offer), offer_high=max(offer), paid=paid, **more),
    offer=st.tuples(USD, USD),
    paid=st.none() | SHARE | st.tuples(SHARE, SHARE).map(lambda pair: tuple(sorted(pair))),
    counsel_share=st.floats(0, 100, allow_subnormal=False),
    filing_fee=USD,
    addresses_a_case=st.none() | st.integers(1, 30),
    monitoring=PRICE,
    look_up=PRICE,
    reimbursed=SHARE,
    letter=PRICE,
)


# the funnel


@given(ROWS, TERMS, st.integers(0, 9))
def test_every_address_leaves_once(rows, terms, seed):
    settled = settle(disclosed(*rows), terms, seed, draws=20)
    assert list(settled["stage"]) == list(STAGES)
    counts, leave = settled["addresses"], settled["leave"]
    letters = len({subscriber for subscriber, _, is_named in rows if is_named})
    expected = [len(rows), sum(row[1] for row in rows), sum(row[2] for row in rows), letters]
    assert counts[:4].tolist() == expected
    assert counts.dropna().is_monotonic_decreasing
    assert (leave.dropna() >= 0).all()
    if terms.paid is None:
        assert pd.isna(counts[4])
        assert leave.isna().tolist() == [False] * 3 + [True] * 2
        assert leave[:3].sum() + letters == len(rows)
    else:
        assert counts[4] == round(letters * (terms.paid_range[0] + terms.paid_range[1]) / 2)
        assert leave.sum() == len(rows)


@given(ROWS, TERMS, st.integers(0, 9))
def test_a_stage_is_not_known_or_has_an_amount(rows, terms, seed):
    settled = settle(disclosed(*rows), terms, seed, draws=20)
    has = [terms.monitoring, terms.filing_fee, terms.look_up, terms.letter, terms.paid]
    unknown = [value is None for value in has]
    assert set(settled["basis"]) <= set(BASES)
    assert (settled["basis"] == "not known").tolist() == unknown
    for column in ("amount_usd", "low", "high"):
        assert settled[column].isna().tolist() == unknown
    assert set(settled["payer"]) | set(settled["payee"]) <= {*PARTIES, OWN_WORK}
    assert (settled["low"] <= settled["high"])[~settled["low"].isna()].all()


def test_the_record_alone_leaves_most_stages_unknown():
    settled = settle(named(10), Terms(), 0)
    assert by_stage(settled, "basis") == {
        "observed": "not known",
        "asked": "record",
        "named": "not known",
        "letter sent": "not known",
        "paid": "not known",
    }
    assert settled["amount_usd"].dropna().tolist() == [
        cases.fact("literature", "us_filing_fee", "established").value
    ]


def test_what_the_record_has_is_the_default():
    terms = Terms()
    for name, fact in (
        ("offer_low", "settlement_offer_low"),
        ("offer_high", "settlement_offer_high"),
        ("counsel_share", "counsel_share"),
    ):
        assert getattr(terms, name) == cases.fact("hurt-locker", fact).value
    assert terms.offer == 2_000
    assert (terms.paid, terms.paid_range) == (None, None)


def test_a_figure_that_is_given_is_a_parameter():
    settled = settle(named(10), Terms(filing_fee=400, paid=0.5, **PRICES), 0)
    assert set(settled["basis"]) == {"parameter"}


def test_amounts_worked_by_hand():
    rows = [(None, True, False), (1, False, False), *((i // 2, True, True) for i in range(8))]
    terms = Terms(1_000, 2_000, paid=(0.25, 0.75), addresses_a_case=4, reimbursed=0.5, **PRICES)
    settled = settle(disclosed(*rows), terms, 0)
    assert settled["addresses"].tolist() == [10, 9, 8, 4, 2]
    assert settled["leave"].tolist() == [1, 1, 4, 2, 2]
    assert settled["amount_usd"].tolist() == [10, 3 * 350, 8 * 60 * 0.5, 4 * 2.5, 2 * 1_500]
    assert settled["low"].tolist()[:4] == settled["high"].tolist()[:4] == settled["amount_usd"].tolist()[:4]
    assert list(settled["payer"]) == ["right holder"] * 3 + ["counsel", "subscribers"]
    assert list(settled["payee"]) == ["monitoring firm", "court", "ISP", OWN_WORK, "counsel"]


@pytest.mark.parametrize(
    ("asked", "a_case", "cases_begun"),
    [(0, None, 0), (0, 1, 0), (1, None, 1), (24_583, None, 1), (24_583, 1, 24_583), (11, 5, 3), (10, 5, 2)],
)
def test_a_court_is_paid_for_each_case(asked, a_case, cases_begun):
    rows = disclosed(*((i, True, False) for i in range(asked)))
    settled = settle(rows, Terms(filing_fee=350, addresses_a_case=a_case), 0)
    assert by_stage(settled, "amount_usd")["asked"] == 350 * cases_begun


def test_the_wrong_ones_are_counted_from_the_name_on():
    rows = [
        (None, True, False),
        (1, True, True),
        (1, True, True),
        (2, True, True),
        (3, True, True),
        (4, False, False),
    ]
    right = pd.Series([pd.NA, False, False, True, pd.NA, False], dtype="boolean")
    settled = settle(disclosed(*rows), Terms(paid=1.0), 0, right)
    assert settled["wrong"].tolist() == [pd.NA, pd.NA, 3, 2, 2]
    assert settle(disclosed(*rows), Terms(paid=1.0), 0)["wrong"].isna().all()
    assert pd.isna(settle(disclosed(*rows), Terms(), 0, right)["wrong"][4])


def test_any_index_will_do():
    rows = [(1, True, True), (1, True, True), (2, True, False)]
    twice = disclosed(*rows, index=["b", "a", "a"])
    right = pd.Series([False, True, True], ["b", "a", "a"])
    expected = settle(disclosed(*rows), Terms(paid=0.5), 3, right.reset_index(drop=True))
    pd.testing.assert_frame_equal(settle(twice, Terms(paid=0.5), 3, right), expected)


def test_the_order_of_the_rows_does_not_matter_and_the_seed_decides():
    rows, terms = named(100), Terms(paid=(0.1, 0.4), **PRICES)
    first = settle(rows, terms, 1)
    pd.testing.assert_frame_equal(settle(rows.iloc[::-1], terms, 1), first)
    assert not settle(rows, terms, 2).equals(first)


def test_what_disclose_gives_is_followed():
    observed = pd.DataFrame(
        {
            "isp": ["A", "A", "A", None],
            "address": np.arange(4, dtype="uint32") + 3323068416,
            "time": pd.Timestamp("2010-05-28", tz="UTC"),
            "subscriber": pd.array([1, 1, None, None], "Int64"),
        }
    )
    settled = settle(disclose(observed, Disclosure(), 0), Terms(paid=1.0), 0)
    assert settled["addresses"].tolist() == [4, 3, 2, 1, 1]


# the interval


def binomial_quantile(n, p, q):
    """The least count whose chance to be reached or undercut is at least q."""
    chances = np.cumsum([math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)])
    return int(np.searchsorted(chances, q))


@pytest.mark.parametrize(
    ("letters", "paid"), [(200, 0.3), (200, 0.05), (50, 0.9), (1, 0.5), (30, 0.0), (30, 1.0)]
)
def test_the_interval_of_those_who_pay_is_the_binomial_one(letters, paid):
    settled = settle(named(letters), Terms(1_000, 1_000, paid=paid), 0, draws=40_000)
    for column, q in (("low", 0.025), ("high", 0.975)):
        count = settled[column].iloc[-1] / 1_000
        assert abs(count - binomial_quantile(letters, paid, q)) <= (0 if paid in (0, 1) else 1)


@pytest.mark.parametrize("draws", [10**12, 10**18, 2**62, 10**400])
def test_more_draws_than_memory_holds_are_refused(draws):
    with pytest.raises(memory.TooLargeError, match=r"^the draws of the interval .* Nothing was begun"):
        settle(named(3), Terms(paid=0.1), 1, draws=draws)


def test_the_interval_of_an_offer_is_that_of_its_range():
    settled = settle(named(100), Terms(1_000, 3_000, paid=1.0), 0, draws=40_000)
    assert settled["low"].iloc[-1] == pytest.approx(100 * 1_050, rel=0.01)
    assert settled["high"].iloc[-1] == pytest.approx(100 * 2_950, rel=0.01)


def test_the_interval_covers_both_ranges_and_chance():
    letters, draws = 60, 20_000
    rng = random.Random(7)
    sums = []
    for _ in range(draws):
        share, offer = rng.uniform(0.1, 0.5), rng.uniform(1_000, 3_000)
        sums.append(offer * sum(rng.random() < share for _ in range(letters)))
    expected = np.quantile(sums, [0.025, 0.975])
    settled = settle(named(letters), Terms(1_000, 3_000, paid=(0.1, 0.5)), 0, draws=draws)
    assert settled[["low", "high"]].iloc[-1].to_numpy(float) == pytest.approx(expected, rel=0.04)


# the money


def flows(entries, stage, payee):
    rows = entries[(entries["stage"] == stage) & (entries["payee"] == payee)]
    return sum(cents(amount) for amount in rows["amount_usd"])


@given(ROWS, TERMS, st.integers(0, 9), st.randoms())
def test_money_adds_up_to_the_cent(rows, terms, seed, random):
    right = pd.Series([random.random() < 0.5 for _ in rows], dtype=bool)
    settled = settle(disclosed(*rows), terms, seed, random.choice([None, right]), draws=20)
    entries = ledger(settled, terms)
    assert list(entries.columns) == ["stage", "payer", "payee", "amount_usd"]
    assert (entries["amount_usd"] > 0).all()
    assert (entries["payer"] != entries["payee"]).all()
    amounts, counts = by_stage(settled, "amount_usd"), by_stage(settled, "addresses")
    for row in settled.to_dict("records"):
        of_stage = entries[entries["stage"] == row["stage"]]
        if pd.isna(row["amount_usd"]):
            assert of_stage.empty
        else:
            assert flows(entries, row["stage"], row["payee"]) == cents(row["amount_usd"])
    if terms.look_up is not None:
        assert flows(entries, "named", OWN_WORK) == cents(counts["named"] * terms.look_up)
    if terms.paid is not None:
        to_right_holder, came_in = flows(entries, "paid", "right holder"), cents(amounts["paid"])
        assert abs(to_right_holder - came_in * (1 - terms.counsel_share / 100)) <= 0.5 + 1e-6
        wrong = entries.loc[entries["payer"] == "subscribers wrongly named", "amount_usd"].sum()
        expected = by_stage(settled, "wrong")["paid"]
        assert cents(wrong) == (0 if pd.isna(expected) else cents(expected * terms.offer))

    left = balances(entries)
    assert set(left.index) == set(entries["payer"]) | set(entries["payee"])
    assert list(left.index) == [party for party in (*PARTIES, OWN_WORK) if party in left.index]
    assert sum(cents(amount) for amount in left) == 0
    for party, amount in left.items():
        received = sum(cents(x) for x in entries.loc[entries["payee"] == party, "amount_usd"])
        paid = sum(cents(x) for x in entries.loc[entries["payer"] == party, "amount_usd"])
        assert cents(amount) == received - paid


def test_a_ledger_worked_by_hand():
    rows = [(None, True, False), *((i, True, True) for i in range(4))]
    right = pd.Series([False, False, True, True, True])
    terms = Terms(1_000, 2_000, paid=1.0, counsel_share=70, reimbursed=0.25, **PRICES)
    settled = settle(disclosed(*rows), terms, 0, right)
    entries = ledger(settled, terms)
    assert list(entries.itertuples(index=False, name=None)) == [
        ("observed", "right holder", "monitoring firm", 5.0),
        ("asked", "right holder", "court", 350.0),
        ("named", "ISP", OWN_WORK, 240.0),
        ("named", "right holder", "ISP", 60.0),
        ("letter sent", "counsel", OWN_WORK, 10.0),
        ("paid", "subscribers wrongly named", "counsel", 1_500.0),
        ("paid", "counsel", "right holder", 1_800.0),
        ("paid", "subscribers", "counsel", 4_500.0),
    ]
    assert balances(entries).to_dict() == {
        "right holder": 1_800 - 5 - 350 - 60,
        "counsel": 6_000 - 1_800 - 10,
        "monitoring firm": 5,
        "court": 350,
        "ISP": -180,
        "subscribers": -4_500,
        "subscribers wrongly named": -1_500,
        OWN_WORK: 250,
    }


def test_what_is_not_known_is_in_no_ledger():
    settled = settle(named(3), Terms(), 0)
    assert ledger(settled, Terms())["stage"].tolist() == ["asked"]
    free = Terms(filing_fee=0)
    nothing = ledger(settle(named(3), free, 0), free)
    assert len(nothing) == len(balances(nothing)) == 0


def test_half_a_cent_is_nobodys():
    terms = Terms(0.01, 0.01, paid=1.0, counsel_share=50, filing_fee=0)
    left = balances(ledger(settle(named(1), terms, 0), terms))
    assert sum(map(cents, left)) == 0
    assert cents(left["subscribers"]) == -1


# what to answer


CHANCES = [0.0, 0.25, 1.0]


@pytest.mark.parametrize(("sued", "lost"), list(product(CHANCES, CHANCES)))
def test_answers_cost_what_the_outcomes_cost(sued, lost):
    offer, award, defence, costs = 3_000, 750, 10_000, 400
    cost = {
        "pay": lambda is_sued, loses: offer,
        "ignore": lambda is_sued, loses: is_sued * (award + costs),
        "contest": lambda is_sued, loses: is_sued * (defence + loses * (award + costs)),
    }
    table = answers(offer, sued, lost, award, defence, costs).set_index("answer")
    assert list(table.index) == list(cost)
    for answer, row in table.iterrows():
        outcomes = {
            (is_sued, loses): (sued if is_sued else 1 - sued) * (lost if loses else 1 - lost)
            for is_sued, loses in product((0, 1), (0, 1))
        }
        expected = sum(chance * cost[answer](*outcome) for outcome, chance in outcomes.items())
        assert row["expected_usd"] == pytest.approx(expected, abs=0.005 + 1e-9)
        assert row["worst_usd"] == max(cost[answer](*outcome) for outcome in outcomes)


def test_answers_worked_by_hand():
    table = answers(offer=3_000, sued=0.1, lost=0.5, award=750, defence=10_000)
    assert table["expected_usd"].tolist() == [3_000, 75, 1_037.5]
    assert table["worst_usd"].tolist() == [3_000, 750, 10_750]


# what is refused


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Terms(offer_low=-1), r"offer_low=-1.*at least 0"),
        (lambda: Terms(offer_low=3_000, offer_high=1_000), r"offer_high=1000.*at least 3000"),
        (lambda: Terms(offer_high=math.nan), r"offer_high=nan"),
        (lambda: Terms(offer_high="3,000"), r"offer_high='3,000'"),
        (lambda: Terms(paid=30), r"paid=30.*at most 1"),
        (lambda: Terms(paid=(0.4, 0.1)), r"paid=0.1.*at least 0.4"),
        (lambda: Terms(paid=(0.1, 0.2, 0.3)), r"paid=\(0.1, 0.2, 0.3\)"),
        (lambda: Terms(paid="some"), r"paid='some'"),
        (lambda: Terms(counsel_share=101), r"counsel_share=101.*at most 100"),
        (lambda: Terms(filing_fee=None), r"filing_fee=None"),
        (lambda: Terms(addresses_a_case=0), r"addresses_a_case=0.*1 or more"),
        (lambda: Terms(addresses_a_case=2.5), r"addresses_a_case=2.5"),
        (lambda: Terms(monitoring=-1), r"monitoring=-1"),
        (lambda: Terms(look_up=math.inf), r"look_up=inf"),
        (lambda: Terms(reimbursed=1.5), r"reimbursed=1.5.*at most 1"),
        (lambda: Terms(letter="free"), r"letter='free'"),
        (lambda: settle(named(1).drop(columns="named"), Terms(), 0), r"disclosed has no column named"),
        (lambda: settle({}, Terms(), 0), r"disclosed is a dict"),
        (lambda: settle(named(2).assign(asked="yes"), Terms(), 0), r"disclosed: asked is of the type"),
        (lambda: settle(named(2).assign(named=None), Terms(), 0), r"disclosed: 2 of 2 rows have no named"),
        (lambda: settle(named(2).assign(subscriber="x"), Terms(), 0), r"disclosed: subscriber is of"),
        (lambda: settle(named(2), Terms(), 0, pd.Series(["no", "yes"])), r"right: right is of the type"),
        (lambda: Terms(offer_high=1e300), r"offer_high=1e\+300.*at most 1e\+15"),
        (lambda: ledger(settle(named(1), Terms(), 0), None), r"terms=None.*a Terms"),
        (lambda: ledger(settle(named(1), Terms(), 0).assign(stage="x"), Terms()), r"settled: .*a stage that"),
        (lambda: ledger(settle(named(1), Terms(), 0).assign(payer="x"), Terms()), r"settled: .*a payer that"),
        (lambda: ledger(settle(named(1), Terms(), 0).assign(wrong=0.5), Terms()), r"settled: .*a wrong that"),
        (lambda: ledger(settle(named(1), Terms(), 0).assign(amount_usd="1"), Terms()), r"amount_usd is of"),
        (
            lambda: ledger(settle(named(1), Terms(), 0).assign(addresses=None), Terms()),
            r"settled: .* rows have an amount_usd and no addresses",
        ),
        (
            lambda: balances(BOOK.assign(payee="my bank")),
            r"entries: 1 of 1 rows have a payee that is none of",
        ),
        (lambda: balances(BOOK.assign(amount_usd=math.nan)), r"entries: .* amount_usd that is no number"),
        (lambda: settle(named(1), {"paid": 0.1}, 0), r"terms=.*Terms"),
        (lambda: settle(named(1), Terms(), 0.5), r"seed=0.5"),
        (lambda: settle(named(1), Terms(), 0, draws=0), r"draws=0.*1 or more"),
        (lambda: settle(named(2), Terms(), 0, pd.Series([True])), r"right has another index"),
        (lambda: settle(named(2), Terms(), 0, [True, True]), r"right has another index"),
        (lambda: ledger(named(1), Terms()), r"settled has no column stage"),
        (lambda: balances(named(1)), r"entries has no column payer"),
        (lambda: answers(-1, 0.1, 0.1, 750, 0), r"offer=-1"),
        (lambda: answers(1, 10, 0.1, 750, 0), r"sued=10.*at most 1"),
        (lambda: answers(1, 0.1, -0.1, 750, 0), r"lost=-0.1"),
        (lambda: answers(1, 0.1, 0.1, math.nan, 0), r"award=nan"),
        (lambda: answers(1, 0.1, 0.1, 750, None), r"defence=None"),
        (lambda: answers(1, 0.1, 0.1, 750, 0, "x"), r"costs='x'"),
    ],
)
def test_bad_input_is_named(make, said):
    with pytest.raises(ValueError, match=said):
        make()
