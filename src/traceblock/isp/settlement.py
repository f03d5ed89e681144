"""What a letter is worth: the funnel from addresses to money, and who pays whom."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from traceblock import arguments, cases
from traceblock.chance import stream
from traceblock.memory import refuse_too_large

STAGES = ("observed", "asked", "named", "letter sent", "paid")
PARTIES = (
    "right holder",
    "counsel",
    "monitoring firm",
    "court",
    "ISP",
    "subscribers",
    "subscribers wrongly named",
)
#: Where the figures of a stage come from; *not known*: neither the record nor a parameter has one.
BASES = ("record", "parameter", "not known")
#: Who is paid where a party bears the cost of its own work.
OWN_WORK = "its own work"
_CENTS = 100
_BYTES_A_DRAW = 25  # at the peak, measured


def _on_record(fact: str, case: str = "hurt-locker", status: str = "reported") -> Any:
    return field(default_factory=lambda: cases.fact(case, fact, status).value)


@dataclass(frozen=True)
class Terms:
    """What a campaign of letters asks and costs, in USD.

    What the record of The Hurt Locker has is the default: the offers, counsel's share, the fee of a court at
    the time. For the rest the default is None, which the funnel reports as *not known*.

    Parameters
    ----------
    offer_low, offer_high : float
        The range of what a letter asks for, USD.
    paid : float or (low, high), optional
        Share of the letters that are paid, or the range it may lie in. No source gives it for this case.
    counsel_share : float
        Percent of what comes in that counsel keeps.
    filing_fee : float
        Of one case, USD (28 U.S.C. 1914(a)). Give 0 where no court is asked. A subpoena under 17 U.S.C.
        512(h) needs no case and has a smaller fee, which is not on the record.
    addresses_a_case : int, optional
        How many addresses one case joins; None puts all into one. Give what the procedure allows.
    monitoring : float, optional
        What the right holder pays the monitoring firm for an address, USD.
    look_up : float, optional
        What each name given costs the ISP, USD.
    reimbursed : float
        Share of that which the right holder pays back to the ISP. In Canada it is the reasonable cost (2018
        SCC 38); elsewhere what the parties agree or a court orders.
    letter : float, optional
        What a letter costs counsel, USD.

    Raises
    ------
    ValueError
        If a parameter is out of its range.
    """

    offer_low: float = _on_record("settlement_offer_low")
    offer_high: float = _on_record("settlement_offer_high")
    paid: float | tuple[float, float] | None = None
    counsel_share: float = _on_record("counsel_share")
    filing_fee: float = _on_record("us_filing_fee", "literature", "established")
    addresses_a_case: int | None = None
    monitoring: float | None = None
    look_up: float | None = None
    reimbursed: float = 1.0
    letter: float | None = None

    def __post_init__(self) -> None:
        """Refuse what no campaign can be."""
        arguments.between("offer_low", self.offer_low, high=arguments.MOST)
        arguments.between("offer_high", self.offer_high, low=self.offer_low, high=arguments.MOST)
        arguments.between("counsel_share", self.counsel_share, high=100)
        arguments.between("filing_fee", self.filing_fee, high=arguments.MOST)
        arguments.between("reimbursed", self.reimbursed, high=1)
        for name in ("monitoring", "look_up", "letter"):
            if getattr(self, name) is not None:
                arguments.between(name, getattr(self, name), high=arguments.MOST)
        if self.addresses_a_case is not None:
            arguments.whole("addresses_a_case", self.addresses_a_case, low=1)
        _ = self.paid_range

    @property
    def offer(self) -> float:
        """The middle of the range of offers, USD."""
        return (self.offer_low + self.offer_high) / 2

    @property
    def paid_range(self) -> tuple[float, float] | None:
        """The share that pays, as a range; None if it is not known."""
        if self.paid is None:
            return None
        low, high = (
            self.paid if isinstance(self.paid, tuple) and len(self.paid) == 2 else (self.paid, self.paid)
        )
        least = arguments.between("paid", low, high=1)
        return least, arguments.between("paid", high, low=least, high=1)


def settle(
    disclosed: pd.DataFrame, terms: Terms, seed: int, right: pd.Series | None = None, draws: int = 1_000
) -> pd.DataFrame:
    """Follow the addresses down to money: how many are left at each stage, and what it costs or brings in.

    Every subscriber who was named gets one letter, however many addresses led there. How many pay is drawn
    from a binomial distribution with the share that pays; the offer, and that share if it is a range, are
    drawn evenly from their ranges, once for a whole campaign.

    Parameters
    ----------
    disclosed : DataFrame
        As from `disclose`: ``subscriber``, ``asked``, ``named``.
    terms : Terms
    seed : int
    right : Series of bool, optional
        The truth, on the index of `disclosed`: whether the person named is the one; missing counts as no.
        Whether a letter is paid does not depend on it.
    draws : int
        For the interval.

    Returns
    -------
    DataFrame
        A row for each of `STAGES`: ``stage``; ``addresses`` (Int64, those that get so far); ``leave``
        (Int64, those that get no further; if it is known who pays, they sum to all addresses; of those
        named, the ones whose subscriber has a letter already); ``wrong`` (Int64, of the addresses,
        those where the wrong person is named; missing before there is a name, or without `right`);
        ``amount_usd`` (paid at this stage, with the middle of each range), ``low``, ``high`` (of
        the amount, 95 %); ``payer``, ``payee``; ``basis``: where the stage's amount comes from, *not known*
        where there is none, and then it is missing.

    Raises
    ------
    ValueError
        If a column is missing or holds what it cannot, an argument is out of its range, or the draws would
        not fit into memory.
    """
    arguments.columns("disclosed", disclosed, ("subscriber", "asked", "named"))
    is_asked, is_named = (arguments.flags("disclosed", disclosed, name) for name in ("asked", "named"))
    subscriber = arguments.wholes_or_missing("disclosed", disclosed, "subscriber")
    arguments.instance("terms", terms, Terms)
    if right is not None and not (isinstance(right, pd.Series) and right.index.equals(disclosed.index)):
        raise ValueError(
            "right has another index than disclosed; give True or False for every row of disclosed"
        )
    rng = stream(seed, "settlement")
    draws = arguments.whole("draws", draws, low=1, high=math.inf)
    refuse_too_large("the draws of the interval", draws, _BYTES_A_DRAW, "take fewer draws.")
    first = is_named & ~pd.Series(subscriber).where(is_named).duplicated().to_numpy()
    letters = int(first.sum())
    wrongs: list[int | None] = [None] * len(STAGES)
    if right is not None:
        wrong_name = ~arguments.flags_or_missing("right", right.to_frame("right"), "right")
        wrongs[2:4] = [int((rows & wrong_name).sum()) for rows in (is_named, first)]
    paid = None
    low = high = None
    if terms.paid_range is not None:
        least, most = terms.paid_range
        middle = (least + most) / 2
        paid = round(letters * middle)
        wrongs[4] = None if wrongs[3] is None else round(wrongs[3] * middle)
        offers = rng.uniform(terms.offer_low, terms.offer_high, draws)
        sums = rng.binomial(letters, rng.uniform(least, most, draws)) * offers
        low, high = (_cents(x) for x in np.quantile(sums, [0.025, 0.975]))

    rows = []
    asked, named = int(is_asked.sum()), int(is_named.sum())
    counts = (len(disclosed), asked, named, letters, paid)
    for stage, count, after, wrong in zip(STAGES, counts, [*counts[1:], 0], wrongs, strict=True):
        amount, payer, payee, basis = _flow(stage, count, terms)
        rows.append(
            {
                "stage": stage,
                "addresses": count,
                "leave": None if count is None or after is None else count - after,
                "wrong": wrong,
                "amount_usd": amount,
                "low": low if stage == "paid" else amount,
                "high": high if stage == "paid" else amount,
                "payer": payer,
                "payee": payee,
                "basis": basis,
            }
        )
    table = pd.DataFrame(rows).astype(dict.fromkeys(("addresses", "leave", "wrong"), "Int64"))
    money = ["amount_usd", "low", "high"]
    table[money] = table[money].astype(float) / _CENTS
    return table


def ledger(settled: pd.DataFrame, terms: Terms) -> pd.DataFrame:
    """List who pays whom, to the cent; what is not known is left out.

    Parameters
    ----------
    settled : DataFrame
        As from `settle` with the same terms.
    terms : Terms

    Returns
    -------
    DataFrame
        ``stage``, ``payer``, ``payee`` (one of `PARTIES`, or *its own work* for what a party bears itself),
        ``amount_usd``. What counsel passes on is rounded to the cent, and counsel keeps the rest.

    Raises
    ------
    ValueError
        If a column is missing or holds what it cannot, or `terms` is of another kind.
    """
    arguments.columns("settled", settled, ("stage", "addresses", "wrong", "amount_usd", "payer", "payee"))
    arguments.texts("settled", settled, "stage", STAGES)
    _parties("settled", settled)
    amounts = arguments.numbers("settled", settled, "amount_usd", low=0, missing=True)
    counts = {
        name: arguments.wholes_or_missing("settled", settled, name, arguments.MOST_WHOLE)
        for name in ("addresses", "wrong")
    }
    uncounted = counts["addresses"].isna() & ~np.isnan(amounts)
    arguments.rows(
        "settled", settled, uncounted, "have an amount_usd and no addresses; give both, or neither"
    )
    arguments.instance("terms", terms, Terms)
    settled = arguments.plain(settled).assign(**counts)
    entries: list[tuple[str, str, str, int]] = []
    row: dict[Any, Any]
    for row in settled[settled["amount_usd"].notna()].to_dict("records"):
        stage, count, amount = row["stage"], row["addresses"], _cents(row["amount_usd"])
        if stage == "named":
            entries.append((stage, "ISP", OWN_WORK, _cents(count * (terms.look_up or 0))))
        if stage == "paid":
            wrong = 0 if pd.isna(row["wrong"]) else _cents(row["wrong"] * terms.offer)
            right_holder = _cents(amount * (100 - terms.counsel_share) / 100 / _CENTS)
            entries.append((stage, "subscribers wrongly named", "counsel", wrong))
            entries.append((stage, "counsel", "right holder", right_holder))
            amount -= wrong
        entries.append((stage, row["payer"], row["payee"], amount))
    table = pd.DataFrame(entries, columns=["stage", "payer", "payee", "amount_usd"])
    table["amount_usd"] /= _CENTS
    return table[table["amount_usd"] > 0].reset_index(drop=True)


def balances(entries: pd.DataFrame) -> pd.Series:
    """Return what each party has at the end: what it received without what it paid, in USD.

    Parameters
    ----------
    entries : DataFrame
        As from `ledger`.

    Returns
    -------
    Series
        ``balance_usd`` by party, *its own work* included; they sum to 0.

    Raises
    ------
    ValueError
        If a column is missing or holds what it cannot.
    """
    arguments.columns("entries", entries, ("payer", "payee", "amount_usd"))
    _parties("entries", entries)
    arguments.numbers("entries", entries, "amount_usd")
    cents = (entries["amount_usd"] * _CENTS).round().astype("int64")
    received, paid = cents.groupby(entries["payee"]).sum(), cents.groupby(entries["payer"]).sum()
    total = received.sub(paid, fill_value=0) / _CENTS
    order = [party for party in (*PARTIES, OWN_WORK) if party in total.index]
    return total.reindex(order).rename("balance_usd").rename_axis("party")


def answers(
    offer: float, sued: float, lost: float, award: float, defence: float, costs: float = 0.0
) -> pd.DataFrame:
    """Compare what a person who gets a letter may do, by what it costs on average and at worst.

    Expected values: to pay costs the offer; to ignore it costs the award and costs if one is sued, by
    default judgment; to contest costs the defence if one is sued, and the award and costs if one loses. A
    winner bears the defence here; a court may also have the loser pay it (17 U.S.C. 505). It says nothing
    about who is right, and nothing about risk that a person cannot bear.

    Parameters
    ----------
    offer : float
        USD.
    sued, lost : float
        Chance of being sued after a refusal, and of losing when one defends.
    award : float
        What a court awards, USD; 17 U.S.C. 504(c) sets the range.
    defence : float
        A lawyer for it, USD.
    costs : float
        The other side's costs and fees, where a court awards them, USD.

    Returns
    -------
    DataFrame
        ``answer`` (pay, ignore, contest), ``expected_usd``, ``worst_usd``.

    Raises
    ------
    ValueError
        If an argument is out of its range.
    """
    for name, value in (("offer", offer), ("award", award), ("defence", defence), ("costs", costs)):
        arguments.between(name, value, high=arguments.MOST)
    for name, value in (("sued", sued), ("lost", lost)):
        arguments.between(name, value, high=1)
    judgment = award + costs
    rows = [
        ("pay", offer, offer),
        ("ignore", sued * judgment, judgment),
        ("contest", sued * (defence + lost * judgment), defence + judgment),
    ]
    return pd.DataFrame(rows, columns=["answer", "expected_usd", "worst_usd"]).round(2)


def _parties(name: str, table: pd.DataFrame) -> None:
    """Refuse a table in which somebody else pays or is paid."""
    for column in ("payer", "payee"):
        arguments.texts(name, table, column, (*PARTIES, OWN_WORK))


def _flow(stage: str, count: int | None, terms: Terms) -> tuple[int | None, str, str, str]:
    """Return what is paid at a stage, in cents, by whom to whom, and where the figure comes from."""
    if count is None:
        return None, "subscribers", "counsel", BASES[2]
    if stage == "asked":
        filings = math.ceil(count / terms.addresses_a_case) if terms.addresses_a_case else min(count, 1)
        basis = BASES[0] if terms.filing_fee == Terms().filing_fee else BASES[1]
        return _cents(filings * terms.filing_fee), "right holder", "court", basis
    if stage == "paid":
        return _cents(count * terms.offer), "subscribers", "counsel", BASES[1]
    each, payer, payee = {
        "observed": (terms.monitoring, "right holder", "monitoring firm"),
        "named": (terms.look_up, "right holder", "ISP"),
        "letter sent": (terms.letter, "counsel", OWN_WORK),
    }[stage]
    if each is None:
        return None, payer, payee, BASES[2]
    share = terms.reimbursed if stage == "named" else 1.0
    return _cents(count * each * share), payer, payee, BASES[1]


def _cents(amount: float) -> int:
    return round(amount * _CENTS)
