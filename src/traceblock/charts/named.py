"""Pictures of Part II: who held an address, who was named, who used the line, and where the money goes."""

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from traceblock import arguments, cases, isp
from traceblock.charts import needs, parts, theme

_PALE, _GREY = "#e2e2e2", "#a9a9a9"
_VERDICTS = dict(zip(isp.VERDICTS, (theme.BLUE, theme.VERMILION, theme.SKY, _GREY), strict=True))
_OTHER = "not named"
_USERS = dict(zip(isp.USERS, (theme.BLUE, theme.ORANGE, theme.GREEN), strict=True))
_STATES = {
    "named": theme.BLUE,
    "passed on": theme.SKY,
    "too late": theme.ORANGE,
    "log gone": theme.YELLOW,
    "no match": theme.PURPLE,
    "contested": theme.VERMILION,
    "not asked": _GREY,
}
_LANES = 6
_LEASE = {"start": needs.time, "end": needs.time, "subscriber": arguments.wholes, "candidate": needs.flag}
_LEASE |= {"port_first": arguments.wholes}
_LONGEST = 366 * 86_400  # seconds about a record's time
_HALF_A_TIME = 40  # pixels: a label of a date and time this near an end of its axis would leave the picture


def verdicts(table: pd.DataFrame, title: str = "Who was named?", what: str = "records") -> alt.TopLevelMixin:
    """Return bars of right, wrong, ambiguous and unknown names, a row for each group.

    Parameters
    ----------
    table : DataFrame
        ``group`` (text, rows in order of first appearance), ``verdict``, ``records`` (count).
    title : str
        What the bars show.
    what : str
        What is counted, if it is not records.
    """
    return parts.stacked(table, "group", "verdict", "records", _VERDICTS, title, what)


def users(
    table: pd.DataFrame, title: str = "Whose download was it?", what: str = "downloads"
) -> alt.TopLevelMixin:
    """Return bars of who used a line, a row for each group.

    Parameters
    ----------
    table : DataFrame
        ``group`` (text), ``user`` (of `traceblock.isp.USERS`), ``downloads`` (count or share).
    title : str
        What the bars show.
    what : str
        What is counted, if it is not downloads.
    """
    return parts.stacked(table, "group", "user", "downloads", _USERS, title, what)


def hundred(table: pd.DataFrame, title: str = "Of a hundred downloads over this line") -> alt.TopLevelMixin:
    """Return a hundred squares, coloured by who used the line.

    Parameters
    ----------
    table : DataFrame
        ``user`` (of `traceblock.isp.USERS`), ``share`` (they sum to 1).
    title : str
        What the squares are.
    """
    table = needs.table("table", table, user=needs.one_of(_USERS), share=needs.share)
    if not abs(table["share"].sum() - 1) < 1e-6:
        raise ValueError(f"table: the shares sum to {table['share'].sum():g}; give shares that sum to 1")
    counts = (100 * table["share"]).astype(int)
    largest = np.argsort(-(100 * table["share"] - counts), kind="stable")
    counts.iloc[largest[: 100 - counts.sum()]] += 1  # the largest remainders: a hundred in all
    squares = pd.DataFrame({"user": table["user"].astype(str).repeat(counts.tolist())}).reset_index(drop=True)
    squares["across"], squares["down"] = squares.index // 5, squares.index % 5
    said = [f"{user}: {share:.1%}" for user, share in zip(table["user"], table["share"], strict=True)]
    used = list(squares["user"].unique())
    tight = alt.Scale(paddingInner=0.12, paddingOuter=0)
    return theme.finish(
        alt.Chart(squares)
        .mark_rect(opacity=1)
        .encode(
            x=alt.X("across:O", axis=None, scale=tight),
            y=alt.Y("down:O", axis=None, scale=tight),
            color=parts.coloured("user", {user: _USERS[user] for user in used}),
            tooltip=parts.tooltip("user"),
        ),
        title=title,
        description=f"A hundred squares, one a download. {'; '.join(said)}.",
        height=150,
    )


def states(
    table: pd.DataFrame, title: str = "What became of the addresses?", what: str = "addresses"
) -> alt.TopLevelMixin:
    """Return bars of what became of addresses that were asked for, a row for each group.

    Parameters
    ----------
    table : DataFrame
        ``group`` (text), ``state`` (of `traceblock.isp.STATES`), ``addresses`` (count).
    title : str
        What the bars show.
    what : str
        What is counted, if it is not addresses.
    """
    return parts.stacked(table, "group", "state", "addresses", _STATES, title, what, share=False)


def by_error(
    table: pd.DataFrame,
    expected: pd.DataFrame | None = None,
    title: str = "A wrong clock names the wrong line",
) -> alt.TopLevelMixin:
    """Return the shares of right, wrong, ambiguous and unknown names over the error of the clock.

    Parameters
    ----------
    table : DataFrame
        As from `traceblock.isp.by_error`.
    expected : DataFrame, optional
        ``error_minutes``, ``right`` (share): a dashed line, as a formula has it.
    title : str
        What the areas show.
    """
    kinds = {"verdict": needs.one_of(_VERDICTS), "records": needs.amount, "share": needs.share}
    table = needs.table("table", table, error_minutes=needs.number, **kinds)
    if expected is not None:
        expected = needs.table("expected", expected, error_minutes=needs.number, right=needs.share)
    if not table["records"].any():
        raise ValueError("table: records are 0 in every row; the chart needs one record")
    shown = table.astype({"verdict": str})
    shown["hours"] = shown["error_minutes"] / 60
    shown["rank"] = shown["verdict"].map({name: i for i, name in enumerate(_VERDICTS)})
    shown = shown.sort_values(["hours", "rank"])
    used = [name for name in _VERDICTS if shown.loc[shown["verdict"] == name, "records"].any()]
    shown = shown[shown["verdict"].isin(used)]
    x = alt.X(
        "hours:Q",
        title="clock ahead of the true time (hours)",
        scale=alt.Scale(domain=[float(shown["hours"].min()), float(shown["hours"].max())], nice=False),
        axis=alt.Axis(tickCount=7),
    )
    y: dict[str, Any] = {
        "title": "records (%)",
        "scale": alt.Scale(domain=[0, 1]),
        "axis": alt.Axis(format="%", tickCount=5),
    }
    layers: list[Any] = [
        alt.Chart(shown)
        .mark_area(opacity=1, line=False)
        .encode(
            x=x,
            y=alt.Y("share:Q", stack="zero", **y),
            color=parts.coloured("verdict", {name: _VERDICTS[name] for name in used}),
            order=alt.Order("rank:Q"),
            tooltip=parts.tooltip("hours", "verdict", "records"),
        )
    ]
    if expected is not None:
        formula = expected.assign(hours=expected["error_minutes"] / 60)
        layers.append(
            alt.Chart(formula)
            .mark_line(color=theme.INK, strokeDash=[5, 3], strokeWidth=2)
            .encode(x=x, y=alt.Y("right:Q", **y))
        )
    right = shown[shown["verdict"] == "right"].set_index("hours")["share"]
    if right.empty:
        right = pd.Series(0.0, shown["hours"])
    ends = [
        f"{right.iloc[0]:.0%} right at {right.index[0]:+g} h",
        f"{right.max():.0%} at best",
        f"{right.iloc[-1]:.0%} at {right.index[-1]:+g} h",
    ]
    return theme.finish(
        alt.layer(*layers),
        title=title,
        description=f"Shares of verdicts over a clock's error: {', '.join(ends)}."
        + (" A dashed line shows the share right by the formula." if expected is not None else ""),
        height=260,
    )


def holders(
    leases: pd.DataFrame,
    looked_up: pd.Timestamp,
    true: pd.Timestamp,
    truth: int | None,
    counts: pd.Series | None = None,
    around: Any = "24h",
    title: str = "Who held the address, and who is named?",
    steady: bool = False,
) -> alt.TopLevelMixin:
    """Return who held one address about a record's time, a row for each subscriber, six at most.

    Parameters
    ----------
    leases : DataFrame
        As from `traceblock.isp.working`.
    looked_up : Timestamp
        The time that was looked up in the log.
    true : Timestamp
        When it really was.
    truth : int, optional
        The subscriber whose it really was; None where it was nobody.
    counts : Series, optional
        As from `traceblock.isp.score`, of all records: a bar of its own below.
    around : Timedelta-like
        How much time before and after is shown.
    title : str
        What the picture shows.
    steady : bool
        Whether there is room for six rows whatever the number, so that the height stays.
    """
    length = arguments.seconds("around", around, 1)
    if length > _LONGEST:
        raise arguments.refuse("around", around, "a duration of at most 366 days")
    reach = pd.Timedelta(seconds=length)
    looked_up = arguments.instant("looked_up", looked_up, length)
    true = arguments.instant("true", true, length)
    if truth is not None:
        arguments.whole("truth", truth)
    arguments.flag("steady", steady)
    leases = needs.any_rows("leases", leases, **_LEASE)
    leases["candidate"] = leases["candidate"].astype(bool)
    every = None
    if counts is not None:
        labels_of = ("verdict", needs.one_of(_VERDICTS))
        every = needs.series("counts", counts, labels_of, ("records", needs.amount))
    first, last = min(looked_up, true) - reach, max(looked_up, true) + reach
    lanes, more = _lanes(leases, true, truth)
    lanes = lanes.assign(
        start=lanes["start"].where(lanes["start"] > first, first),
        end=lanes["end"].where(lanes["end"] < last, last),
    )
    lanes = lanes[lanes["start"] < lanes["end"]]
    labels = list(dict.fromkeys(lanes["subscriber"]))
    candidates = leases.loc[leases["candidate"], "subscriber"].unique()
    several = "ambiguous" if len(candidates) > 1 else "right" if truth in candidates else "wrong"
    lanes["verdict"] = lanes["candidate"].map({True: several, False: _OTHER})
    said = {who: _holder(who, lanes, several, truth) for who in labels}
    if labels and more:
        said[labels[-1]] += f" (and {more} more)"
    rows = [f"lane {i}" for i in range(_LANES)]
    place = dict(zip(labels, rows, strict=False))
    lanes = lanes.assign(row=lanes["subscriber"].map(place))
    if labels:
        names = pd.DataFrame({"name": list(said.values()), "row": [place[who] for who in labels]})
    else:
        names = pd.DataFrame({"name": ["nobody held it then"], "row": rows[:1]})
    colour = parts.coloured("verdict", {**_VERDICTS, _OTHER: _PALE})
    order = rows if steady else rows[: max(len(labels), 2)]
    if every is not None:
        order = [*order, "all"]
    y = alt.Y("row:N", sort=order, axis=None, scale=alt.Scale(domain=order))
    x: dict[str, Any] = {
        "scale": alt.Scale(type="utc", domain=[_iso(first), _iso(last)], nice=False),
        "axis": alt.Axis(format="%d %b %H:%M", tickCount=4, labelFlush=_HALF_A_TIME, orient="top"),
    }
    moments = pd.DataFrame(
        {"moment": ["true time", "time looked up"], "time": [_iso(true), _iso(looked_up)]}
    ).merge(names[["row"]], how="cross")
    strip = alt.layer(
        alt.Chart(
            lanes.assign(start=lanes["start"].map(_iso), end=lanes["end"].map(_iso))[
                ["row", "start", "end", "verdict", "subscriber"]
            ]
        )
        .mark_bar(**parts.BAR)
        .encode(
            y=y,
            x=alt.X("start:T", title="time (UTC)", **x),
            x2=alt.X2("end:T"),
            color=colour,
            tooltip=parts.tooltip("subscriber", "start", "end", "verdict"),
        ),
        alt.Chart(moments)
        .mark_rule(strokeWidth=2, color=theme.INK, yOffset=-2, y2Offset=18)
        .encode(
            x=alt.X("time:T", title="time (UTC)", **x),
            y=y,
            y2=alt.Y2("row:N"),
            strokeDash=alt.StrokeDash(
                "moment:N",
                title=None,
                legend=theme.legend(),
                scale=alt.Scale(domain=list(dict.fromkeys(moments["moment"])), range=[[3, 3], [1, 0]]),
            ),
            tooltip=parts.tooltip("moment", "time"),
        ),
    )
    layers: list[Any] = [strip]
    if every is not None:
        every = every.astype({"verdict": str})
        every["to"] = every["records"].cumsum() / max(every["records"].sum(), 1)
        every["from"] = every["to"].shift(fill_value=0.0)
        right = every["records"].where(every["verdict"] == "right", 0).sum()
        names.loc[len(names)] = [
            f"all {every['records'].sum():,} records: {right / max(every['records'].sum(), 1):.0%} right",
            "all",
        ]
        layers.append(
            alt.Chart(every[every["records"] > 0].assign(row="all"))
            .mark_bar(**parts.BAR)
            .encode(
                y=y,
                x=alt.X("from:Q", axis=None, scale=alt.Scale(domain=[0, 1])),
                x2=alt.X2("to:Q"),
                color=colour,
                tooltip=parts.tooltip("verdict", "records"),
            )
        )
    layers.append(parts.row_names(names, y, dy=-9))
    return theme.finish(
        alt.layer(*layers).resolve_scale(x="independent"),
        title=title,
        description=f"Who held an address about {_iso(true)}, looked up at {_iso(looked_up)}. "
        + "; ".join(names["name"])
        + ".",
        height=46 * len(order),
    )


def _lanes(leases: pd.DataFrame, true: pd.Timestamp, truth: int | None) -> tuple[pd.DataFrame, int]:
    """Return the leases of at most six subscribers: who it was, who may be named, and who held it next."""
    begins, ends = leases["start"] - true, true - leases["end"]
    away = begins.where(begins > ends, ends)
    rank = leases["candidate"].map({True: 1, False: 2}).mask(leases["subscriber"] == truth, 0)
    nearest = leases.assign(rank=rank, away=away).sort_values(["rank", "away"], kind="stable")
    chosen = nearest["subscriber"].drop_duplicates().head(_LANES)
    kept = leases[leases["subscriber"].isin(chosen)].sort_values(["start", "port_first"], kind="stable")
    more = leases.loc[leases["candidate"] & ~leases["subscriber"].isin(chosen), "subscriber"].nunique()
    return kept, int(more)


def _holder(who: int, lanes: pd.DataFrame, verdict: str, truth: int | None) -> str:
    words = []
    if who == truth:
        words.append("the true one")
    if lanes.loc[lanes["subscriber"] == who, "candidate"].any():
        words.append("may be named" if verdict == "ambiguous" else "named")
    return f"line {who}" + (f": {', '.join(words)}" if words else "")


def _iso(time: pd.Timestamp) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def funnel(
    table: pd.DataFrame, title: str = "From addresses to letters", what: str = "addresses"
) -> alt.TopLevelMixin:
    """Return a funnel, or several below one another: a bar for each stage, with its number.

    Parameters
    ----------
    table : DataFrame
        ``stage`` (text), ``number`` (count; missing where it is not known), ``series`` (a status of the
        record, or ``"simulated"``); rows in the order given, a stage once in each series.
    title : str
        What the bars show.
    what : str
        What is counted, if it is not addresses.
    """
    arguments.text("what", what)
    colours = {**dict(zip(cases.STATUSES, theme.STATUS_COLOURS.range, strict=True)), "simulated": theme.GREEN}
    kinds = {"stage": needs.text, "number": needs.known_or_not, "series": needs.one_of(colours)}
    table = needs.table("table", table, **kinds)
    arguments.rows("table", table, table["number"] < 0, "have a number below 0")
    table = table.astype({"stage": str, "series": str})
    shown = table.assign(row=[f"row {i}" for i in range(len(table))])
    known = shown["number"].notna()
    numbers = [
        f"{int(n):,}" if there else "not known" for n, there in zip(shown["number"], known, strict=True)
    ]
    shown["name"] = shown["stage"] + ": " + numbers
    used = [name for name in colours if name in set(shown["series"])]
    y = alt.Y("row:N", sort=list(shown["row"]), axis=None)
    bars = shown[known].astype({"number": float})
    return theme.finish(
        alt.layer(
            alt.Chart(bars[["row", "stage", "number", "series"]])
            .mark_bar(**parts.BAR)
            .encode(
                y=y,
                x=alt.X("number:Q", title=f"{what} (count)", axis=alt.Axis(tickCount=4)),
                color=parts.coloured("series", {name: colours[name] for name in used}),
                tooltip=parts.tooltip("stage", "number", "series"),
            ),
            parts.row_names(shown[["name", "row"]], y, dy=-9),
        ),
        title=title,
        description=f"Bars of {what} by stage. "
        + "; ".join(f"{row.series}, {row.name}" for row in shown.itertuples(index=False))
        + ".",
        height=42 * len(shown),
    )


def balances(table: pd.Series, title: str = "Who is paid, and who pays") -> alt.TopLevelMixin:
    """Return what each party has at the end, as bars to the right (received) and to the left (paid).

    Parameters
    ----------
    table : Series
        As from `traceblock.isp.balances`: USD by party.
    title : str
        What the bars show.
    """
    shown = needs.series("table", table, ("party", needs.text), ("usd", needs.number))
    shown["side"] = (shown["usd"] >= 0).map({True: "receives", False: "pays"})
    shown["name"] = [f"{party}: {usd:+,.0f}" for party, usd in zip(shown["party"], shown["usd"], strict=True)]
    y = alt.Y("party:N", sort=list(shown["party"]), axis=None)
    return theme.finish(
        alt.layer(
            alt.Chart(shown[["party", "usd", "side"]])
            .mark_bar(**parts.BAR)
            .encode(
                y=y,
                x=alt.X("usd:Q", title="balance (USD)", axis=alt.Axis(tickCount=4, format="~s")),
                color=parts.coloured("side", {"receives": theme.BLUE, "pays": theme.ORANGE}),
                tooltip=parts.tooltip("party", "usd"),
            ),
            parts.row_names(shown[["name", "party"]], y, dy=-9),
        ),
        title=title,
        description=f"Bars of money by party: {'; '.join(shown['name'])}.",
        height=42 * len(shown),
    )


def answers(
    table: pd.DataFrame, title: str = "What a letter costs, whatever the answer"
) -> alt.TopLevelMixin:
    """Return what each answer to a letter costs on average, over the chance of being sued.

    Parameters
    ----------
    table : DataFrame
        ``sued`` (chance), ``answer`` (text, four at most), ``expected_usd``.
    title : str
        What the lines show.
    """
    table = needs.table("table", table, sued=needs.share, answer=needs.text, expected_usd=needs.number)
    names = list(dict.fromkeys(table["answer"]))
    ends = table.sort_values("sued").groupby("answer", sort=False)["expected_usd"].agg(["first", "last"])
    said = [f"{name}: from {row['first']:,.0f} to {row['last']:,.0f} USD" for name, row in ends.iterrows()]
    return theme.finish(
        alt.Chart(table)
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X("sued:Q", title="chance of being sued (%)", axis=alt.Axis(format="~%", tickCount=5)),
            y=alt.Y("expected_usd:Q", title="expected cost (USD)", axis=alt.Axis(format="~s", tickCount=5)),
            **parts.lines_by("answer", names),
            tooltip=parts.tooltip("answer", "sued", "expected_usd"),
        ),
        title=title,
        description="Expected cost of each answer over the chance of being sued, from "
        f"{table['sued'].min():.0%} to {table['sued'].max():.0%}. {'; '.join(said)}.",
        height=260,
    )
