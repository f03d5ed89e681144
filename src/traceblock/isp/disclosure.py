"""From an address to a name: what is asked of an ISP, under which procedure, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from traceblock import arguments, cases
from traceblock.chance import stream
from traceblock.isp.ports import PORTS
from traceblock.network import DAY, epoch, instants

#: What may have become of an address; each ends in exactly one of these.
STATES = ("not asked", "contested", "log gone", "no match", "too late", "passed on", "named")
MONTH = 2_629_800  # seconds: a twelfth of 365.25 days
_FROM_PROCEDURE = "of the procedure"


@dataclass(frozen=True)
class Response:
    """How an ISP answers.

    Parameters
    ----------
    contests : bool
        Whether it asks the court to quash the request (or, where nothing compels it, declines).
    names_a_month : float, optional
        How many names it looks up a month, evenly spread; None gives all at once.
    retention : Timedelta-like, optional
        How long it keeps a record of who held an address; None keeps it for ever. A duty to keep it
        (``record_days`` of the procedure) is the least: give that for an ISP that keeps no more.
    delay : Timedelta-like
        From the request, or from a lost contest, until it begins to answer.

    Raises
    ------
    ValueError
        If a parameter is out of its range.
    """

    contests: bool = False
    names_a_month: float | None = None
    retention: Any = None
    delay: Any = "30D"

    def __post_init__(self) -> None:
        """Refuse what no ISP does."""
        arguments.flag("contests", self.contests)
        if self.names_a_month is not None:
            arguments.between("names_a_month", self.names_a_month, above=True)
        if self.retention is not None:
            arguments.seconds("retention", self.retention, low=0)
        arguments.seconds("delay", self.delay, low=0)


@dataclass(frozen=True)
class Disclosure:
    """A request for names: the procedure, and how it goes.

    Parameters
    ----------
    procedure : str
        One of `traceblock.cases.procedures`.
    filed : Timestamp-like, optional
        When the request is made (of a suit: the complaint filed); by default at the last observation.
    responses : Mapping of str to Response
        How each ISP answers, by name.
    otherwise : Response
        How every other ISP answers.
    filings : int, optional
        How many cases are begun; None as many as it takes. A procedure that allows one address a case and
        two filings asks for the two addresses that were seen last: their records are the freshest.
    deadline : Timedelta-like, optional
        How long after filing a name is still of use; by default as the procedure has it, and None for ever.
        In a suit it is the time to serve the defendant (Fed. R. Civ. P. 4(m)), which a court may extend.
    upheld : float, optional
        Chance that an ISP's contest succeeds, drawn once for each ISP. By default 0 where the procedure
        reaches a mere conduit (17 U.S.C. 512(a)), and 1 where it does not, or nothing compels.
    ruling : Timedelta-like
        How long the contest takes.
    objections, objections_upheld : float
        Share of the subscribers found who ask the court to quash for themselves, and share of these who
        succeed. Of no effect where no court is asked.
    preserved : bool
        Whether an ISP sets the records aside when it is asked. If not, they may be gone by their turn.

    Raises
    ------
    LookupError
        If there is no such procedure.
    ValueError
        If another parameter is out of its range.
    """

    procedure: str = "us-doe-joined"
    filed: Any = None
    responses: Mapping[str, Response] = field(default_factory=dict)
    otherwise: Response = Response()
    filings: int | None = None
    deadline: Any = _FROM_PROCEDURE
    upheld: float | None = None
    ruling: Any = "120D"
    objections: float = 0.0
    objections_upheld: float = 0.0
    preserved: bool = True

    def __post_init__(self) -> None:
        """Refuse what no request can be."""
        _ = self.rules
        if self.filed is not None:
            arguments.instant("filed", self.filed)
        if not isinstance(self.responses, Mapping) or not all(
            isinstance(name, str) and isinstance(response, Response)
            for name, response in self.responses.items()
        ):
            raise arguments.refuse("responses", self.responses, "a Response for each ISP, by its name")
        arguments.instance("otherwise", self.otherwise, Response)
        if self.filings is not None:
            arguments.whole("filings", self.filings)
        if self.deadline is not None and not _of_procedure(self.deadline):
            arguments.seconds("deadline", self.deadline, low=0)
        if self.upheld is not None:
            arguments.between("upheld", self.upheld, high=1)
        arguments.seconds("ruling", self.ruling, low=0)
        for share in ("objections", "objections_upheld"):
            arguments.between(share, getattr(self, share), high=1)
        arguments.flag("preserved", self.preserved)

    @property
    def rules(self) -> dict[str, str]:
        """The procedure's row on the record."""
        return rules(self.procedure)


def _of_procedure(deadline: Any) -> bool:
    return isinstance(deadline, str) and deadline == _FROM_PROCEDURE


def rules(procedure: str) -> dict[str, str]:
    """Return the row of `traceblock.cases.procedures` with this name.

    Raises
    ------
    LookupError
        If there is none.
    """
    table = cases.procedures().set_index("procedure")
    if not (isinstance(procedure, str) and procedure in table.index):
        raise LookupError(
            f"procedure={arguments.shown(procedure)} is not on the record; "
            f"choose from {', '.join(table.index)}"
        )
    return {str(name): str(value) for name, value in table.loc[procedure].items()}


def disclose(attributed: pd.DataFrame, disclosure: Disclosure, seed: int) -> pd.DataFrame:
    """Ask ISPs for the names behind addresses, and follow each address to its end.

    An ISP that contests and wins gives nothing. Otherwise it looks up one address after another, those seen
    first coming first, at its pace. A look-up fails where the log is gone, or where no single subscriber
    fits; those take no time.

    Parameters
    ----------
    attributed : DataFrame
        As from `attribute`: ``time`` (of one finer than a second, the second before decides), ``address``,
        ``port`` where it was recorded, ``isp``, ``subscriber``.
    disclosure : Disclosure
    seed : int
        For contests and objections.

    Returns
    -------
    DataFrame
        One row for each ISP, address and port, at its first observation and under that observation's
        index, by time, address and port: ``isp``, ``address``, ``port`` (missing where none was recorded),
        ``time``, ``time_fraction`` where finer times were given, ``subscriber`` (Int64), ``asked``,
        ``contested``, ``log_gone``, ``named``, ``passed_on``, ``dropped`` (bool), ``when`` (datetime64[s,
        UTC]: when the name was given or the notice passed on; else missing), ``state`` (categorical). Not
        asked for are addresses without an ISP, and those beyond the filings. An address that was asked for
        is contested (with success: by the ISP or its subscriber), its log gone, named (to the procedure's
        ``recipient``), passed on without a name, or dropped: of those exactly one. Dropped are addresses that
        no single subscriber fits (state *no match*), and those whose name would come after the deadline (*too
        late*).

    Raises
    ------
    ValueError
        If a column is missing or holds what it cannot, the request is filed before an address was first
        observed, or a response names an ISP that is not in the table.
    """
    arguments.columns("attributed", attributed, ("time", "address", "isp", "subscriber"))
    attributed = arguments.split_times("attributed", attributed, "time")
    observed = epoch(attributed["time"])
    arguments.wholes("attributed", attributed, "address", 2**32 - 1)
    attributed = attributed.assign(
        isp=arguments.labels("attributed", attributed, "isp"),
        port=arguments.wholes_or_missing("attributed", attributed, "port", PORTS - 1)
        if "port" in attributed.columns
        else pd.Series(pd.NA, attributed.index, dtype="Int64"),
        subscriber=arguments.wholes_or_missing("attributed", attributed, "subscriber"),
    )
    arguments.instance("disclosure", disclosure, Disclosure)
    names = set(map(str, attributed["isp"].cat.categories))
    if unknown := sorted(set(disclosure.responses) - names):
        raise ValueError(
            f"responses: {', '.join(unknown)} is no ISP of the table; it has {', '.join(sorted(names))}"
        )
    table = _first_observations(attributed)
    time = epoch(table["time"])
    if disclosure.filed is None:
        filed = int(observed.max(initial=0))
    else:
        filed = epoch(arguments.instant("filed", disclosure.filed))
        if (time > filed).any():
            raise ValueError(
                f"filed={disclosure.filed!r} is before some observations, up to {table['time'].max()}; "
                "give a later time, or leave those out"
            )
    state, when = _follow(table, time, filed, disclosure, stream(seed, "disclosure"))
    answered = np.isin(state, [STATES.index("named"), STATES.index("passed on")])
    is_ = {name: state == code for code, name in enumerate(STATES)}
    given = pd.Series(instants(np.where(answered, when, 0).astype(np.int64)), table.index)
    return table.assign(
        asked=~is_["not asked"],
        contested=is_["contested"],
        log_gone=is_["log gone"],
        named=is_["named"],
        passed_on=is_["passed on"],
        dropped=is_["no match"] | is_["too late"],
        when=given.where(answered),
        state=pd.Categorical.from_codes(state, list(STATES)),  # type: ignore[call-overload]
    )


def _first_observations(attributed: pd.DataFrame) -> pd.DataFrame:
    """Return the first record of each ISP, address and port."""
    when = [name for name in ("time", "time_fraction") if name in attributed.columns]
    table = attributed[["isp", "address", "port", *when, "subscriber"]].rename_axis(columns=None)
    order = arguments.plain(table).sort_values([*when, "address", "port"], kind="stable").index
    return table.iloc[order].drop_duplicates(["isp", "address", "port"])


def _follow(
    table: pd.DataFrame,
    time: npt.NDArray[np.int64],
    filed: int,
    disclosure: Disclosure,
    rng: np.random.Generator,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Return each address's state, as a code, and when its ISP comes to it, in seconds since 1970."""
    rule = disclosure.rules
    code = {name: number for number, name in enumerate(STATES)}
    isps = table["isp"].cat
    codes = isps.codes.to_numpy()
    answered = "passed on" if rule["recipient"] == "nobody" else "named"
    state = np.full(len(table), code[answered])
    when = np.full(len(table), float(filed))

    state[table["subscriber"].isna().to_numpy()] = code["no match"]
    asked = np.flatnonzero(codes >= 0)  # nobody leased the others: there is no ISP to ask
    if disclosure.filings is not None and rule["addresses_a_case"]:
        asked = asked[max(0, len(asked) - disclosure.filings * int(rule["addresses_a_case"])) :]
    elif disclosure.filings == 0:
        asked = asked[:0]

    upheld = disclosure.upheld
    if upheld is None:
        upheld = float(rule["conduit"] != "yes")
    won = rng.random(len(isps.categories)) < upheld
    who, found = pd.factorize(table["subscriber"])  # -1, the last, where there is none
    objects = rng.random(len(found) + 1)[who] < disclosure.objections * disclosure.objections_upheld
    objects &= rule["issued_by"] in ("clerk", "judge")
    for number, name in enumerate(isps.categories):
        rows = asked[codes[asked] == number]
        response = disclosure.responses.get(str(name), disclosure.otherwise)
        if response.contests and won[number]:
            state[rows] = code["contested"]
            continue
        begin = filed + arguments.seconds("delay", response.delay)
        if response.contests:
            begin += arguments.seconds("ruling", disclosure.ruling)
        kept = np.inf if response.retention is None else arguments.seconds("retention", response.retention)
        expiry = time[rows] + float(kept)
        state[rows[expiry < filed]] = code["log gone"]
        if disclosure.preserved:
            expiry[:] = np.inf
        in_turn = state[rows] == code[answered]
        queue = rows[in_turn]
        when[queue] = _turns(expiry[in_turn], begin, response.names_a_month)
        state[queue[np.isinf(when[queue])]] = code["log gone"]
    state[(state == code[answered]) & objects] = code["contested"]
    limit = disclosure.deadline
    if limit is None or (_of_procedure(limit) and not rule["deadline_days"]):
        last = np.inf
    elif _of_procedure(limit):
        last = filed + DAY * int(rule["deadline_days"])
    else:
        last = filed + arguments.seconds("deadline", limit)
    state[(state == code[answered]) & (when > last)] = code["too late"]
    unasked = np.ones(len(table), bool)
    unasked[asked] = False
    state[unasked] = code["not asked"]
    return state, when


def _turns(
    expiry: npt.NDArray[np.float64], begin: float, names_a_month: float | None
) -> npt.NDArray[np.float64]:
    """Return when each has its turn, one after another; infinite where its record had gone by then."""
    number = np.arange(1, len(expiry) + 1)
    turns: npt.NDArray[np.float64] = begin + np.ceil(MONTH * number / (names_a_month or np.inf))
    if (turns <= expiry).all():
        return turns
    when = np.full(len(expiry), np.inf)
    done = 0
    for row, gone in enumerate(expiry):  # a record that has gone costs no time: the next one comes sooner
        if turns[done] <= gone:
            when[row] = turns[done]
            done += 1
    return when
