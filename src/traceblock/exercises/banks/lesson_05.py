"""Exercise 05: what a subscription says about a person, line by line, street by street, and in a headline."""

from typing import Any

import numpy as np
import pandas as pd

from traceblock import cases, isp, network
from traceblock.exercises.kinds import Choice, Function, Number, Table
from traceblock.exercises.question import Data, Mistake, Question

_FOUND = cases.fact("cobbler", "addresses_found").value
_SUBSCRIBER = isp.USERS[0]


def data(variant: int) -> dict[str, Any]:
    """Return a line, a street, downloads over an ISP's lines, and people on a line; all by the variant.

    ``line``: ``people``, ``wifi``, ``others in reach``, ``subscriber downloads`` (times as often).
    ``street``: ``people``, ``lines``. ``drawn``: ``people``, ``open_wifi``, ``own`` (bool), a row a download.
    ``who``: ``user``, ``rate``, ``there`` (bool), a row a person.
    """
    rng = np.random.default_rng([5, variant])
    line = {
        "people": int(rng.choice([5, 6, 7])),
        "wifi": "closed",
        "others in reach": int(rng.choice([5, 6, 8])),
        "subscriber downloads": int(rng.choice([2, 3])),
    }
    street = pd.DataFrame({"people": [1, 2, 5], "lines": rng.permutation([12, 15, 18, 21])[:3]})
    north = network.Isp("Westfield", 3000, "198.18.0.0/20", open_wifi=float(rng.choice([0.1, 0.15, 0.2])))
    lines = network.build([north], "2015-06-01", days=1, seed=variant).subscribers
    use = isp.Use(outsiders=int(rng.choice([2, 4, 5])))
    drawn = isp.downloads(lines[lines["people"] <= 4], 8000, variant, use)
    others = rng.permutation([1.0, 2.0, 3.0, 4.0])
    who = pd.DataFrame(
        {
            "user": [_SUBSCRIBER, *[isp.USERS[1]] * 3, isp.USERS[2]],
            "rate": [float(rng.choice([1.5, 2.5])), *others],
            "there": [True, *rng.permutation([True, True, False]), True],
        }
    )
    return {
        "line": line,
        "street": street,
        "drawn": drawn.assign(own=drawn["user"] == _SUBSCRIBER)[["people", "open_wifi", "own"]],
        "who": who,
    }


def _chance(data: Data, people: int = 0, open_wifi: int = 0, rate: float = 0, outsiders: int = 0) -> float:
    """Return the chance for the line, but for what is given."""
    line = data["line"]
    use = isp.Use(rate or line["subscriber downloads"], outsiders=outsiders or line["others in reach"])
    return isp.subscriber_did(people or line["people"], open_wifi, use)


def _mean_of_lines(data: Data) -> float:
    street = data["street"]
    return float((street["lines"] / street["people"]).sum() / street["lines"].sum())


def _of_downloads(data: Data) -> float:
    street = data["street"]
    return float(street["lines"].sum() / (street["lines"] * street["people"]).sum())


def _by_size(drawn: pd.DataFrame, own: str = "mean") -> pd.DataFrame:
    return drawn.groupby("people").agg(downloads=("own", "size"), own=("own", own)).reset_index()


def _opened(data: Data) -> pd.DataFrame:
    drawn: pd.DataFrame = data["drawn"]
    return drawn[drawn["open_wifi"]]


def _cases(data: Data) -> list[tuple[pd.DataFrame]]:
    who = data["who"]
    subscriber = who["user"] == _SUBSCRIBER
    return [
        (who,),
        (who.assign(there=True),),
        (who.assign(there=subscriber),),
        (who.assign(there=~subscriber),),
        (who.assign(there=False),),
        (who.assign(rate=who["rate"].where(~subscriber, 0.0)),),
        (who.assign(rate=0.0),),
        (who.sort_values("rate", ascending=False),),
        (who.iloc[::-1].reset_index(drop=True),),
        (who.iloc[::-1].assign(there=lambda table: table["user"] != _SUBSCRIBER).reset_index(drop=True),),
        (who.head(0),),
    ]


_AWAY_TOO = 'This counts those who were away: keep the rows with who["there"] first.'
_HEADS = "This counts heads; each person has a rate of their own."
_OWN_OF_ALL = (
    "This takes the subscriber's rate from all rows, so also where the subscriber was away: take it from "
    "those who were there."
)
_NO_ROW = "Where the subscriber was not there, no row is left: `.sum()` of no rows is 0, `.item()` fails."
_ODDS = "You divide by the rates of the others; the subscriber's belongs below the line as well."
_FIRST_ROW = "The first row need not be the subscriber's: look at `user`."

QUESTIONS: list[Question] = [
    Choice(
        "held",
        minutes=3,
        objective=1,
        options={
            "A": "The subscriber of the address had not downloaded the film or shared it.",
            "B": "An address is no evidence at all, in a complaint or anywhere else.",
            "C": "A subscriber answers for whatever anybody does over the line at home.",
            "D": "Whoever sues must allege more than who the subscriber is.",
        },
        because={
            "A": "The court was not asked who did it, and found nothing about that. It read the complaint. "
            "And the fees go to the side that wins.",
            "B": "That goes further than the ruling: *not enough* by itself is not *nothing*.",
            "C": "The other way round: with nothing but the subscription there was no claim. The note says "
            "that this holds for contributory infringement too.",
        },
        hints=[
            "Look at the value of `subscriber_is_infringer`: what is not enough, and for what?",
            "To state a claim is what a complaint must do. It is a question of what is alleged, before any "
            "question of who did it.",
        ],
        why="It is about what a complaint must say; who did it, nobody found.",
    ),
    Number(
        "chance",
        minutes=4,
        objective=2,
        unit="a chance from 0 to 1",
        hints=[
            "Four values stand in the example, and each has its row in the table of the line.",
            "The first value is how many people live there. Put `open_wifi=0` for closed Wi-Fi.",
            "`subscriber` is how many times as often the subscriber downloads, `outsiders` those in reach.",
        ],
        mistakes=[
            Mistake(
                lambda _: 1.0,
                "The subscriber is not the only one on this line: others live there who could have done it.",
            ),
            Mistake(
                lambda data: _chance(data, open_wifi=1),
                "This counts those in reach as well, and the Wi-Fi is closed: put open_wifi=0.",
            ),
            Mistake(
                lambda data: _chance(data, rate=1),
                "That is 1 in n, with equal rates; on this line the subscriber downloads more often.",
            ),
            Mistake(
                lambda data: _chance(data, rate=1, open_wifi=1),
                "This counts heads, outsiders too. The Wi-Fi is closed, and the rates are not equal.",
            ),
            Mistake(
                lambda data: _chance(data, people=data["line"]["people"] + 1),
                "The people of the household include the subscriber; this counts one too many.",
            ),
            Mistake(
                lambda data: data["line"]["subscriber downloads"] / data["line"]["people"],
                "The rate goes into the sum below the line as well: it is divided by the sum of all rates.",
            ),
            Mistake(lambda data: _chance(data, rate=4), "The rate is still the example's."),
            Mistake(
                lambda data: _chance(data, open_wifi=1, outsiders=3),
                "The Wi-Fi is still the example's, open: put open_wifi=0.",
            ),
            Mistake(
                lambda _: isp.subscriber_did(2, 1, isp.Use(subscriber=4, outsiders=3)),
                "That is the chance of the example; put in the values of this line.",
            ),
            Mistake(
                lambda data: _chance(data, people=2), "The people are still the example's: change the first."
            ),
            Mistake(
                lambda data: _chance(
                    data, rate=data["line"]["others in reach"], outsiders=data["line"]["subscriber downloads"]
                ),
                "Two values have changed places: `subscriber` is how often the subscriber downloads.",
            ),
            Mistake(lambda data: 1 - _chance(data), "That is the chance that it was somebody else."),
            Mistake(lambda data: 100 * _chance(data), "That is a percentage; a chance lies from 0 to 1."),
        ],
        why="Those in reach do not count while the Wi-Fi is closed; the rate that helped is an assumption.",
    ),
    Number(
        "street_chance",
        minutes=6,
        objective=3,
        unit="a chance from 0 to 1",
        hints=[
            "Which households does a monitor meet more often, those of one person or those of five?",
            "A street's downloads come from its people, one like the other. How many of its people are "
            "subscribers?",
            "Subscribers: one a line, so add up the lines. People: for each row lines times people, then add "
            "up.",
        ],
        mistakes=[
            Mistake(
                _mean_of_lines,
                "That is the chance for a line drawn from the customers. Downloads come from large "
                "households more often: take the other calculation.",
            ),
            Mistake(
                lambda data: float((1 / data["street"]["people"]).mean()),
                "This weighs the three sizes alike, however many lines there are of each.",
            ),
            Mistake(
                lambda data: float(1 / data["street"]["people"].mean()),
                "This takes the mean of the three sizes; there are not as many lines of each.",
            ),
            Mistake(
                lambda _: 1.0, "Every line has a subscriber, but most people here are not the subscriber."
            ),
            Mistake(lambda _: 20 / 40, "That is the example's second number; put in this street."),
            Mistake(lambda _: (10 + 10 / 3) / 20, "That is the example's first number, and not the one."),
            Mistake(
                lambda data: _of_downloads({"street": data["street"].head(2)}),
                "The lines of five people are missing: the street has three rows.",
            ),
            Mistake(
                lambda data: _mean_of_lines({"street": data["street"].head(2)}),
                "The street has three rows, and the other calculation answers this question.",
            ),
            Mistake(lambda data: 1 / _of_downloads(data), "Upside down: these are people to a line."),
            Mistake(lambda data: 1 - _of_downloads(data), "That is the chance that it was somebody else."),
            Mistake(
                lambda data: 100 * _of_downloads(data), "That is a percentage; a chance lies from 0 to 1."
            ),
        ],
        why="One over the mean size: size bias in one division.",
    ),
    Table(
        "by_size",
        sort_by="people",
        minutes=10,
        objective=2,
        hints=[
            "The example keeps the lines with closed Wi-Fi. Without `~` it keeps those where it is open.",
            'Then two results in agg: downloads as in the example, and own=("own", …).',
            'The share that is True is the "mean".',
        ],
        mistakes=[
            Mistake(
                lambda data: _by_size(data["drawn"][~data["drawn"]["open_wifi"]]),
                "These are the lines with closed Wi-Fi; leave out the ~.",
            ),
            Mistake(
                lambda data: _by_size(data["drawn"]),
                "These are all lines; keep those with open Wi-Fi first.",
            ),
            Mistake(
                lambda data: _by_size(_opened(data), own="sum"),
                "The column 'own' counts the subscriber's downloads; their share is asked: the mean.",
            ),
            Mistake(
                lambda data: _by_size(_opened(data), own="size"),
                "The column 'own' counts all downloads, whoever made them; take \"mean\".",
            ),
            Mistake(
                lambda data: _by_size(_opened(data)).assign(own=lambda table: 1 / table["people"]),
                "1 in n forgets the outsiders, and here the Wi-Fi is open: take what was drawn.",
            ),
            Mistake(
                lambda data: _by_size(_opened(data)).assign(
                    own=lambda table: [isp.subscriber_did(people, open_wifi=1) for people in table["people"]]
                ),
                "That is what a formula expects; take the mean of what was drawn.",
            ),
            Mistake(
                lambda data: _by_size(_opened(data)).assign(own=lambda table: 1 - table["own"]),
                "The column 'own' holds the share of everybody else.",
            ),
            Mistake(
                lambda data: _by_size(_opened(data)).assign(own=lambda table: 100 * table["own"]),
                "The column 'own' holds percentages; shares lie between 0 and 1.",
            ),
            Mistake(
                lambda data: _by_size(_opened(data)).assign(
                    downloads=lambda table: table["downloads"] * table["own"]
                ),
                "The column 'downloads' counts the subscriber's alone; count all rows, with \"size\".",
            ),
        ],
        why="Even who lives alone is not certain to be the user: with open Wi-Fi the line has other users.",
    ),
    Choice(
        "headline",
        minutes=4,
        objective=4,
        options={
            "A": f"Film's makers sue over {_FOUND} addresses; who used them was open",
            "B": f"{_FOUND} users of Popcorn Time have been identified by their addresses",
            "C": f"{_FOUND} subscribers of one provider watched a film without paying",
            "D": f"Most of the {_FOUND} subscribers who were sued had not done it",
        },
        because={
            "B": "An address was found for each, and at first no name. And a name would be a subscriber's: a "
            "user is one step further.",
            "C": "The accusation is disputed, and an exchange of pieces shows nobody watching. Nor is the "
            "subscriber the person.",
            "D": "Equal rates would say so, but they are an assumption: no row counts who did it. A chance "
            "is no finding, in either direction, and several agreed to judgments.",
        },
        hints=[
            "Which of the rows counts people, and what does its note say about how they were known?",
            "A simulation says what follows from its assumptions. Which headline needs none of them?",
        ],
        why="It counts what was found, and says neither that the subscribers did it nor that they did not.",
    ),
    Function(
        "own_chance",
        minutes=15,
        objective=2,
        stretch=True,
        cases=_cases,
        hints=[
            'Keep those who were there with who[who["there"]], and go on with these rows only.',
            "Add up their rates. If the sum is 0, return 0.0 before anything is divided.",
            'Of those who were there, keep the rows where user is "the subscriber", add up their rates, and '
            "divide by the sum of all. If the subscriber is not among them, the sum of no rows is 0.",
        ],
        mistakes=[
            Mistake(lambda _: _share, _AWAY_TOO),
            Mistake(lambda _: lambda who: _quotient(_own(who), _rates(who)), _AWAY_TOO),
            Mistake(lambda _: lambda who: _share(who[who["there"]], by_head=True), _HEADS),
            Mistake(lambda _: lambda who: 1 / len(who[who["there"]]), _HEADS),
            Mistake(
                lambda _: lambda who: _share(who, by_head=True),
                "1 in n: this counts heads, and those who were away too.",
            ),
            Mistake(
                lambda _: lambda who: _own(who[who["there"]]) / max(_rates(who), 1),
                "The sum below the line holds those who were away, too: add up the rates of those there.",
            ),
            Mistake(
                lambda _: _even_if_away, "A subscriber who was not there cannot have done it: return 0.0."
            ),
            Mistake(
                lambda _: lambda who: _quotient(_own(who[who["there"]]), _rates(who[who["there"]])),
                "Where the rates add up to 0, the answer is 0.0: return it before anything is divided.",
            ),
            Mistake(
                lambda _: _divides_by_nobody,
                "Somebody may be there who never downloads: ask whether the sum of the rates is 0, not "
                "whether the table is empty.",
            ),
            Mistake(lambda _: _own_even_if_away, _OWN_OF_ALL),
            Mistake(lambda _: lambda who: _quotient(_own(who), _rates(who[who["there"]])), _OWN_OF_ALL),
            Mistake(lambda _: lambda who: _by_item(who[who["there"]]), _NO_ROW),
            Mistake(
                lambda _: lambda who: _by_item(who[who["there"]]) if _rates(who[who["there"]]) else 0.0,
                _NO_ROW,
            ),
            Mistake(lambda _: lambda who: _by_first_row(who[who["there"]]), _FIRST_ROW),
            Mistake(
                lambda _: lambda who: _by_first_row(who[who["there"]]) if _rates(who[who["there"]]) else 0.0,
                _FIRST_ROW,
            ),
            Mistake(lambda _: _by_label, _FIRST_ROW),
            Mistake(lambda _: lambda who: _by_label_or_error(who[who["there"]]), _FIRST_ROW),
            Mistake(
                lambda _: (
                    lambda who: _by_label_or_error(who[who["there"]]) if _rates(who[who["there"]]) else 0.0
                ),
                _FIRST_ROW,
            ),
            Mistake(lambda _: lambda who: _odds(who[who["there"]]), _ODDS),
            Mistake(
                lambda _: lambda who: _odds(who[who["there"]]) if _rates(who[who["there"]]) else 0.0, _ODDS
            ),
            Mistake(
                lambda _: lambda who: 1 - _share(who[who["there"]]),
                "This is the chance that it was somebody else.",
            ),
            Mistake(
                lambda _: lambda who: 100 * _share(who[who["there"]]),
                "This is a percentage; a chance lies from 0 to 1.",
            ),
        ],
        why="The address has not changed; what is known about the people has, and the chance with it.",
    ),
]


def _own(who: pd.DataFrame) -> float:
    return float(who.loc[who["user"] == _SUBSCRIBER, "rate"].sum())


def _rates(who: pd.DataFrame) -> float:
    return float(who["rate"].sum())


def _share(who: pd.DataFrame, by_head: bool = False) -> float:
    counted = who.assign(rate=1.0) if by_head else who
    return _own(counted) / _rates(counted) if _rates(counted) else 0.0


def _by_item(there: pd.DataFrame) -> float:
    own: float = there.loc[there["user"] == _SUBSCRIBER, "rate"].item()
    return _quotient(own, _rates(there))


def _by_first_row(there: pd.DataFrame) -> float:
    return _quotient(there["rate"].iloc[0], _rates(there))


def _by_label(who: pd.DataFrame) -> float:
    there = who[who["there"]]
    return there["rate"].to_dict().get(0, 0.0) / _rates(there) if _rates(there) else 0.0


def _by_label_or_error(there: pd.DataFrame) -> float:
    first: float = there["rate"].loc[0]
    return _quotient(first, _rates(there))


def _odds(there: pd.DataFrame) -> float:
    return _quotient(_own(there), _rates(there) - _own(there))


def _quotient(own: float, rates: float) -> float:
    """Divide as pandas does: by 0 too, into something that is no number."""
    return float(np.float64(own) / rates)


def _divides_by_nobody(who: pd.DataFrame) -> float:
    there = who[who["there"]]
    return _quotient(_own(there), _rates(there)) if len(there) else 0.0


def _own_even_if_away(who: pd.DataFrame) -> float:
    there = who[who["there"]]
    return _own(who) / _rates(there) if _rates(there) else 0.0


def _even_if_away(who: pd.DataFrame) -> float:
    there = who[who["there"] | (who["user"] == _SUBSCRIBER)]
    return _share(there)
