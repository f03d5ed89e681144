"""Exercise 07: letters instead of addresses, who pays whom, a break-even, and what a headline may claim."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from traceblock import cases, isp
from traceblock.exercises.kinds import Choice, Function, Number, Table
from traceblock.exercises.question import Data, Mistake, Question

_SEED = 7  # of the funnel: with one share that pays, nothing in it is random but the interval
_NAMED = {"Northnet": 0.8, "Southnet": 0.6, "Westnet": 0.0}


def data(variant: int) -> dict[str, Any]:
    """Return the addresses of one campaign, the ledger of another, and a letter.

    ``disclosed`` has ``isp``, ``subscriber``, ``asked``, ``named``, a row for each address; ``offer`` and
    ``look_up`` (USD) are that campaign's. ``book`` is a ledger as from `traceblock.isp.ledger`. ``letter``
    is what another letter asks for, ``ceiling`` the most that a court may award by statute, ``award`` and
    ``costs`` what one did award, all in USD.
    """
    rng = np.random.default_rng([7, variant])
    disclosed = _campaign(rng)
    right = pd.Series(rng.random(len(disclosed)) >= 0.2, index=disclosed.index)
    asks = int(rng.choice([1_100, 1_300, 1_700]))
    terms = isp.Terms(asks, asks, paid=0.25, monitoring=4, look_up=35, letter=6)
    return {
        "disclosed": disclosed,
        "offer": int(rng.choice([900, 1_200, 1_400, 1_800])),
        "look_up": int(rng.choice([38, 44, 52, 58])),
        "book": isp.ledger(isp.settle(disclosed, terms, _SEED, right), terms),
        "letter": int(rng.choice([1_000, 1_400, 1_900, 2_300])),
        "ceiling": cases.fact("literature", "statutory_damages_wilful", "established").value,
        "award": int(rng.choice([6_000, 8_000, 13_000])),
        "costs": int(rng.choice([800, 1_100, 1_600])),
    }


def _campaign(rng: np.random.Generator) -> pd.DataFrame:
    """Return addresses of three ISPs, one to three of each subscriber."""
    subscriber = np.repeat(np.arange(1, 401), rng.choice([1, 2, 3], size=400, p=[0.7, 0.2, 0.1]))
    isps = rng.choice(list(_NAMED), size=400, p=[0.45, 0.3, 0.25])[subscriber - 1]
    chance = pd.Series(isps).map(_NAMED).to_numpy()
    named = rng.random(len(subscriber)) < chance
    return pd.DataFrame({"isp": isps, "subscriber": subscriber, "asked": True, "named": named})


def _named(data: Data) -> int:
    return int(data["disclosed"]["named"].sum())


def _letters(data: Data) -> int:
    disclosed = data["disclosed"]
    return int(disclosed.loc[disclosed["named"], "subscriber"].nunique())


def _first_percent(data: Data, **terms: Any) -> int:
    """Return from which percentage of paid letters on the right holder does not lose."""

    def balance(percent: int) -> float:
        given = {"look_up": data["look_up"], "paid": percent / 100} | terms
        campaign = isp.Terms(data["offer"], data["offer"], **given)
        entries = isp.ledger(isp.settle(data["disclosed"], campaign, _SEED, draws=1), campaign)
        return float(isp.balances(entries)["right holder"])

    none, every = balance(0), balance(100)
    near = int(-100 * none / (every - none)) - 2  # a share of letters is rounded: not quite a straight line
    return next(percent for percent in range(max(near, 1), 101) if balance(percent) >= 0)


def _by(data: Data, column: str) -> pd.DataFrame:
    """Return the ledger's sums by payer or by payee, under the name of the answer's column."""
    book: pd.DataFrame = data["book"]
    return book.groupby(column)["amount_usd"].sum().rename_axis("payer").reset_index()


def _one_group_of_subscribers(data: Data) -> pd.DataFrame:
    book: pd.DataFrame = data["book"].replace({"payer": {"subscribers wrongly named": "subscribers"}})
    return book.groupby("payer")["amount_usd"].sum().reset_index()


def _net(data: Data) -> pd.DataFrame:
    """Return what each payer paid without what it received."""
    lost = -isp.balances(data["book"])
    lost = lost[lost.index.isin(data["book"]["payer"])]
    return lost.rename("amount_usd").rename_axis("payer").reset_index()


def _left(letters: int, paid: float, offer: float, counsel_share: float, look_up: float) -> float:
    return letters * paid * offer * (100 - counsel_share) / 100 - letters * look_up


def _known(left: Callable[..., float]) -> Callable[[Data], object]:
    """Return an answer that is wrong only where it is known how many pay."""
    return lambda _: lambda letters, paid, *terms: None if paid is None else left(letters, paid, *terms)


def _not_known(text: str) -> Callable[[Data], object]:
    """Return an answer that gives a text where it is not known how many pay."""
    return lambda _: lambda letters, paid, *terms: text if paid is None else _left(letters, paid, *terms)


QUESTIONS: list[Question] = [
    Number(
        "letters",
        minutes=3,
        objective=1,
        unit="letters",
        hints=[
            "Which stage of the table says that a letter has been sent? Read the number beside it.",
            "Each row has two counts: addresses get as far as this stage, and leave get no further.",
        ],
        mistakes=[
            Mistake(_named, "These are addresses with a name; one subscriber may have several of them."),
            Mistake(lambda data: len(data["disclosed"]), "These are all addresses, named or not."),
            Mistake(
                lambda data: len(data["disclosed"]) - _named(data),
                "These are the addresses that left before they had a name.",
            ),
            Mistake(
                lambda data: _named(data) - _letters(data),
                "These left because their subscriber has a letter already; look one row further down.",
            ),
            Mistake(
                lambda data: data["disclosed"]["subscriber"].nunique(),
                "These are all subscribers on the list, also those whose ISP gave no name.",
            ),
            Mistake(
                lambda data: round(0.75 * len(data["disclosed"])),
                "A share of ISPs that cooperate says nothing about addresses; the table counts them.",
            ),
            Mistake(lambda _: 0, "How many *pay* is not known, and not known is not 0; letters were sent."),
        ],
        why="One letter for each subscriber: fewer than addresses, and nobody is asked twice.",
    ),
    Number(
        "percent",
        minutes=7,
        objective=2,
        unit="percent",
        hints=[
            "While the result is below zero, the right holder loses: try a larger share.",
            "Double the share until the result is above zero, then go back in steps of 0.01.",
            "Look for the first percentage without a loss: with one less there must still be one.",
        ],
        mistakes=[
            Mistake(
                lambda data: _first_percent(data) - 1, "Just too low: at this one there is still a loss."
            ),
            Mistake(
                lambda data: _first_percent(data) + 1, "Just too high: with one percent less none is lost."
            ),
            Mistake(
                lambda data: _first_percent(data, counsel_share=0),
                "That would do if counsel kept nothing: most of each payment stays with counsel.",
            ),
            Mistake(
                lambda data: _first_percent(data, counsel_share=30),
                "That would do if counsel kept the smaller part; it keeps the larger.",
            ),
            Mistake(
                lambda data: _first_percent(data) / 100,
                "That is the share; the percentage is asked: 2 for 0.02.",
            ),
            Mistake(lambda _: 2, "That is the share of the example; at 2 percent the right holder loses."),
            Mistake(lambda _: 0.02, "That is the share of the example; at 2 percent the right holder loses."),
            Mistake(
                lambda _: 100, "With every letter paid there is a large gain; find where it begins instead."
            ),
            Mistake(lambda _: 1, "With so few the look-ups cost more than is left of what comes in."),
            Mistake(lambda _: 0, "If nobody pays, the look-ups and the court still have to be paid: a loss."),
        ],
        why="Below that the campaign costs its right holder money, while counsel gains from every payment.",
    ),
    Table(
        "paid_by",
        sort_by="payer",
        minutes=6,
        objective=2,
        decimals=2,
        hints=[
            "The example adds up by stage. Who pays is in another column.",
            "Copy the example and group by payer instead; amount_usd and sum() stay.",
        ],
        mistakes=[
            Mistake(
                lambda data: _by(data, "payee"),
                "This is what each party received; the question is what it paid: group by payer.",
            ),
            Mistake(
                lambda data: data["book"].groupby("payer", as_index=False)["amount_usd"].mean(),
                "This is the mean payment; a sum adds them up.",
            ),
            Mistake(
                lambda data: data["book"].groupby("payer", as_index=False)["amount_usd"].max(),
                "This is the largest payment of each; a sum adds up all of them.",
            ),
            Mistake(
                lambda data: data["book"].groupby("payer", as_index=False)["amount_usd"].count(),
                "count() counts the payments of each; sum() adds up their dollars.",
            ),
            Mistake(
                _one_group_of_subscribers,
                "You put the wrongly named with the other subscribers; in the ledger they are apart.",
            ),
            Mistake(
                lambda data: data["book"][["payer", "amount_usd"]],
                "These are single payments; one row for each payer is asked.",
            ),
            Mistake(
                _net,
                "You took off what each received; the question is only what it paid.",
            ),
            Mistake(
                lambda data: data["book"].query("stage == 'paid'").groupby("payer", as_index=False).sum(),
                "This is the last stage alone; there are payments at the others too.",
            ),
        ],
        why="What the others pay on comes from subscribers, those wrongly named among them.",
    ),
    Number(
        "chance",
        minutes=5,
        objective=3,
        unit="a chance from 0 to 1",
        hints=[
            "Put your letter's figures in the place of the example's: the offer, the award, the costs.",
            "The upper limit is not what is expected. Leave it out, and use what a court has awarded.",
        ],
        mistakes=[
            Mistake(
                lambda data: data["letter"] / data["ceiling"],
                "You took the highest that the statute allows; use what the court has awarded.",
            ),
            Mistake(
                lambda data: data["letter"] / (data["ceiling"] + data["costs"]),
                "You took the highest that the statute allows; use what the court has awarded.",
            ),
            Mistake(
                lambda data: data["letter"] / data["award"],
                "The costs are missing: whoever loses pays them on top of the award.",
            ),
            Mistake(
                lambda data: (data["award"] + data["costs"]) / data["letter"],
                "Upside down: the offer stands above, what a court would give below.",
            ),
            Mistake(
                lambda data: data["award"] / data["letter"],
                "Upside down, and the costs are missing: the offer stands above.",
            ),
            Mistake(
                lambda data: 100 * data["letter"] / (data["award"] + data["costs"]),
                "This is a percentage; a chance lies between 0 and 1.",
            ),
            Mistake(
                lambda data: data["letter"] / data["award"] + data["costs"],
                "Brackets are missing: award and costs are added before the division.",
            ),
            Mistake(
                lambda data: (data["letter"] + data["costs"]) / data["award"],
                "The costs go with the award, not with the offer: whoever pays the letter pays no costs.",
            ),
            Mistake(lambda _: 1_200 / (9_500 + 500), "That is the example; your letter is another one."),
        ],
        why="With the highest sum allowed it would look far smaller. Nobody knows the true chance.",
    ),
    Choice(
        "headline",
        minutes=4,
        objective=4,
        options={
            "A": "Two of three ISPs cooperate: two in three of the addresses become names",
            "B": "Two ISPs gave names and letters went out; how many paid is not known",
            "C": "Campaign fails: letters went out, and nobody has paid for the film",
            "D": "Whoever does not pay the letter will owe the maximum of the law",
            "E": "For each address with a name, the film's makers receive what they ask",
        },
        because={
            "A": "That counts ISPs. Addresses are counted in the columns size and sum: the ISPs differ in "
            "size, and those that gave names did not give all.",
            "C": "Not known is not nothing: the basis of that stage says that there is no figure.",
            "D": "The maximum is the end of a range, for wilful infringement. No row says that a court has "
            "awarded anything.",
            "E": "Three slips: not every letter is paid, counsel takes its share first, and a subscriber "
            "with several addresses has one letter.",
        },
        hints=[
            "Take each headline word by word: which row has it, and does that row have a figure?",
            "Two of them mix up what is counted, one reads *not known* as nothing, one reads a maximum.",
        ],
        why="It says what was counted, of whom, and where the figures end.",
    ),
    Function(
        "left_over",
        minutes=12,
        objective=2,
        stretch=True,
        decimals=2,
        cases=lambda data: [
            (_letters(data), 0.2, data["offer"], 70, data["look_up"]),
            (_letters(data), 0.01, data["offer"], 70, data["look_up"]),  # a loss
            (_letters(data), None, data["offer"], 70, data["look_up"]),
            (_letters(data), 0, data["offer"], 70, data["look_up"]),
            (0, 0.2, data["offer"], 70, data["look_up"]),
            (80, 1.0, data["letter"], 35, 0),
            (37, 0.05, 995, 45, 12.5),  # with cents, and no whole number of letters paid
        ],
        hints=[
            "First ask `if paid is None:` and return None there. Zero is something else than None.",
            "The example's numbers are in the order letters, paid, offer, counsel_share, letters, look_up.",
            "Of what is paid, (100 - counsel_share) / 100 is passed on; each letter costs a look-up.",
        ],
        mistakes=[
            Mistake(
                lambda _: lambda letters, paid, *terms: _left(letters, paid or 0, *terms),
                "Not known is not 0: where paid is None, return None.",
            ),
            Mistake(
                lambda _: lambda letters, paid, *terms: 0 if paid is None else _left(letters, paid, *terms),
                "Not known is not 0: where paid is None, return None.",
            ),
            Mistake(
                lambda _: lambda letters, paid, *terms: None if not paid else _left(letters, paid, *terms),
                "A share of 0 is known: nobody pays, and the look-ups still cost. Ask `if paid is None:`.",
            ),
            Mistake(
                lambda _: _left,
                "It fails where paid is None: ask for that first.",
            ),
            Mistake(
                _known(lambda letters, paid, offer, _, look_up: _left(letters, paid, offer, 0, look_up)),
                "Counsel's share is missing: it comes off the income first.",
            ),
            Mistake(
                _known(
                    lambda letters, paid, offer, counsel_share, look_up: _left(
                        letters, paid, offer, 100 - counsel_share, look_up
                    )
                ),
                "You pass on what counsel keeps; the right holder has the rest of it.",
            ),
            Mistake(
                _known(
                    lambda letters, paid, offer, counsel_share, look_up: (
                        letters * paid * (offer * (100 - counsel_share) / 100 - look_up)
                    )
                ),
                "Every name costs a look-up, not only those whose letter is paid.",
            ),
            Mistake(
                _known(
                    lambda letters, paid, offer, counsel_share, _: _left(
                        letters, paid, offer, counsel_share, 0
                    )
                ),
                "The look-ups are missing: each letter costs one.",
            ),
            Mistake(
                _known(
                    lambda letters, paid, offer, counsel_share, look_up: (
                        _left(letters, paid, offer, counsel_share, 0) - look_up
                    )
                ),
                "You took off one look-up; there is one for each letter.",
            ),
            Mistake(
                _known(lambda letters, paid, offer, _, look_up: _left(letters, paid, offer, 55, look_up)),
                "The share is still the example's 55: use counsel_share.",
            ),
            Mistake(
                _known(
                    lambda letters, paid, offer, counsel_share, look_up: (
                        (letters * paid * offer - letters * look_up) * (100 - counsel_share) / 100
                    )
                ),
                "Counsel's share comes off what is paid in; the look-ups are the right holder's own affair.",
            ),
            Mistake(
                _known(lambda *terms: max(0, _left(*terms))),
                "A loss is an answer too: do not cut it off at 0.",
            ),
            Mistake(
                _known(
                    lambda letters, paid, offer, counsel_share, look_up: (
                        letters * paid * offer * (100 - counsel_share) - letters * look_up
                    )
                ),
                "counsel_share is a percentage: divide by 100.",
            ),
            Mistake(
                _known(
                    lambda letters, paid, offer, counsel_share, look_up: (
                        letters * paid * offer * (1 - counsel_share) - letters * look_up
                    )
                ),
                "counsel_share is a percentage: take it from 100, and divide by 100.",
            ),
            *(
                Mistake(
                    _known(
                        lambda letters, paid, *terms, whole=whole: _left(whole(letters * paid), 1, *terms)
                    ),
                    "Leave letters * paid as it is: paid is a share, and the sum holds on average.",
                )
                for whole in (int, round, math.ceil)
            ),
            *(
                Mistake(_known(lambda *terms, whole=whole: whole(_left(*terms))), "The cents are missing.")
                for whole in (int, round, math.floor, math.ceil)
            ),
            *(
                Mistake(_not_known(text), "Where paid is None, return None itself: no text, and no quotes.")
                for text in ("None", "not known")
            ),
            Mistake(
                _known(lambda *_: 100 * 0.1 * 2_000 * (100 - 55) / 100 - 100 * 9),
                "These are the numbers of the example: use the names in the brackets of the function.",
            ),
        ],
        why="How many pay may be unknown; the look-ups cost what they cost all the same.",
    ),
]
