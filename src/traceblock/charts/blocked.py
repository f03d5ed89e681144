"""Pictures of Part III: a look-up, who is covered, what goes dark, new names, and whether it worked."""

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from traceblock import arguments, blocking
from traceblock.charts import layout, needs, parts, theme

_PALE = "#dcdcdc"
#: What became of visits, in words that a chart has room for.
CLASSES = {
    "blocked": "blocked",
    "missed": "still reached",
    "over_blocked": "dark, not ordered",
    "untouched": "untouched",
}
_CLASSES = dict(zip(CLASSES.values(), (theme.BLUE, theme.YELLOW, theme.VERMILION, _PALE), strict=True))
_DOWN = 12
_REACH, _DEAD, _WRONG = "site in reach", "block on a closed site", "lawful name blocked"
_STATES = {_REACH: theme.SKY, _DEAD: theme.PURPLE, _WRONG: theme.VERMILION}


def look_up(answer: blocking.Answer, title: str = "Who asks whom for an address") -> alt.TopLevelMixin:
    """Return a look-up as arrows from who asks to who is asked, a row each, and the answer at the end.

    Parameters
    ----------
    answer : Answer
        As from `traceblock.blocking.resolve`.
    title : str
        What is looked up.
    """
    arguments.instance("answer", answer, blocking.Answer)
    first, *others = answer.steps
    lanes = ["you", "resolver", "cache", "root", "TLD", "authority"]
    stopped = answer.verdict != "passed"
    rows = [("you", "resolver", f"you ask: {first.question}", "question")]
    rows += [("resolver", _lane(step.asked), _heard(step), "question") for step in others]
    heard = first.answer.split(", ")  # aliases on the way have rows of their own
    outcome = f"stopped: {heard[0]}" if stopped else f"answer: {heard[-1]}"
    rows.append(("resolver", "you", outcome, "stopped by a rule" if stopped else "answer"))
    table = pd.DataFrame(rows, columns=["from", "to", "said", "what"])
    table["row"] = [f"{i:02}" for i in range(len(table))]
    numbered = pd.Series([f"{i}. {said}" for i, said in enumerate(table["said"], 1)])
    table = layout.wrapped(table, numbered, narrow=36, wide=110)
    kinds = {"question": theme.BLUE, "answer": theme.GREEN, "stopped by a rule": theme.VERMILION}
    used = [kind for kind in kinds if kind in set(table["what"])]
    colour = parts.coloured("what", {kind: kinds[kind] for kind in used})
    marks = dict(zip(kinds, ["triangle-right", "circle", "cross"], strict=True))
    scale = alt.Scale(domain=used, range=[marks[kind] for kind in used])
    shape = alt.Shape("what:N", title=None, legend=theme.legend(), scale=scale)
    y = alt.Y("row:N", sort=list(table["row"]), axis=None)
    x: dict[str, Any] = {
        "title": "who asks, and who is asked (place)",
        "scale": alt.Scale(type="point", domain=lanes, padding=0.4),
        "axis": alt.Axis(labelAngle=0, labelOverlap=False, labelFontSize=10.5, grid=True),
    }
    tips = parts.tooltip("from", "to", "said")
    return theme.finish(
        alt.layer(
            alt.Chart(table)
            .mark_rule(strokeWidth=2, yOffset=14)
            .encode(x=alt.X("from:N", **x), x2=alt.X2("to:N"), y=y, color=colour, tooltip=tips),
            alt.Chart(table)
            .mark_point(filled=True, size=90, opacity=1, yOffset=14)
            .encode(x=alt.X("to:N", **x), y=y, color=colour, shape=shape, tooltip=tips),
            parts.row_names(table[["row", "narrow", "wide"]], y, dy=-1),
        ),
        title=title,
        description=f"A look-up in {len(table)} steps. {'; '.join(table['said'].str.rstrip('.'))}.",
        height=max(46 * len(table), 150),
    )


def _heard(step: blocking.Step) -> str:
    return f"{step.asked}: {step.answer.replace('referral to', 'ask')}"


def _lane(asked: str) -> str:
    if asked in ("cache", "root"):
        return asked
    return "TLD" if asked.count(".") == 1 else "authority"


def coverage(
    table: pd.DataFrame, title: str = "Whom does the order reach?", what: str = "visits"
) -> alt.TopLevelMixin:
    """Return bars of what became of visits, a row for each group.

    Parameters
    ----------
    table : DataFrame
        ``group`` (text, rows in order of first appearance), ``class`` (of `CLASSES`), ``visits`` (any unit:
        shares of the group are drawn).
    title : str
        What the bars show.
    what : str
        What is counted, if it is not visits.
    """
    kinds = {"group": needs.text, "class": needs.one_of(CLASSES), "visits": needs.amount}
    table = needs.table("table", table, **kinds)
    shown = table.assign(**{"class": table["class"].astype(str).map(CLASSES)})
    return parts.stacked(shown, "group", "class", "visits", _CLASSES, title, what)


def sites(table: pd.DataFrame, title: str = "Sites by address: what goes dark?") -> alt.TopLevelMixin:
    """Return a map of sites: a square each, those of one address in one run, top to bottom.

    Parameters
    ----------
    table : DataFrame
        ``name``, ``address`` (text), ``class`` (of `CLASSES`); up to about 1,000 rows.
    title : str
        What the colours show.
    """
    kinds = {"name": needs.text, "address": needs.text, "class": needs.one_of(CLASSES)}
    table = needs.table("table", table, **kinds)
    table = table.astype(dict.fromkeys(kinds, str))
    size = table.groupby("address")["name"].transform("size")
    shown = table.assign(size=size).sort_values(
        ["size", "address", "name"], ascending=[False, True, True], ignore_index=True
    )
    # A gap of one square between addresses, so that a run is seen as one.
    place = shown.index + (shown["address"] != shown["address"].shift()).cumsum() - 1
    shown = shown.assign(across=place // _DOWN, down=place % _DOWN)
    counts = shown["class"].value_counts()
    words = {c: f"{CLASSES[c]}: {counts[c]:,}" for c in CLASSES if counts.get(c)}
    colours = {words[c]: _CLASSES[CLASSES[c]] for c in words}
    shown["what"] = shown["class"].map(words)
    tight = alt.Scale(paddingInner=0.15, paddingOuter=0)
    return theme.finish(
        alt.Chart(shown[["across", "down", "what", "name", "address"]])
        .mark_rect(opacity=1)
        .encode(
            x=alt.X("across:O", axis=None, scale=tight),
            y=alt.Y("down:O", axis=None, scale=tight),
            color=parts.coloured("what", colours),
            tooltip=parts.tooltip("name", "address", "what"),
        ),
        title=title,
        description=f"{len(shown):,} sites on {shown['address'].nunique():,} addresses, a square each. "
        f"{'; '.join(words.values())}.",
        height=240,
    )


def tenants(
    table: pd.DataFrame,
    neighbours: float,
    title: str = "Most addresses have few sites, most sites have many neighbours",
) -> alt.TopLevelMixin:
    """Return how many sites each address has, the fullest first, on scales of powers of ten.

    Parameters
    ----------
    table : DataFrame
        As from `traceblock.blocking.tenants`: ``address``, ``sites``, the most sites first.
    neighbours : float
        Mean number of other sites on a site's address.
    title : str
        What the picture shows.
    """
    neighbours = arguments.between("neighbours", neighbours)
    table = needs.table("table", table, sites=needs.count)
    arguments.rows("table", table, table["sites"] < 1, "have no site; every address needs one")
    counts = -np.sort(-table["sites"].to_numpy(np.int64))
    rank = np.arange(1, len(counts) + 1)
    # Steps alone are drawn: where many addresses have the same number, its first and last.
    edge = np.flatnonzero(np.r_[True, counts[1:] != counts[:-1]] | np.r_[counts[1:] != counts[:-1], True])
    points = pd.DataFrame({"rank": rank[edge], "sites": counts[edge]})
    mean = float(counts.mean())
    rules = pd.DataFrame(
        {
            "sites": [mean, max(neighbours, 0.5)],
            "what": [
                f"mean address: {mean:,.1f} sites",
                f"mean site: {neighbours:,.0f} neighbours",
            ],
        }
    )
    scale = alt.Scale(type="log", nice=False)
    x = alt.X(
        "rank:Q",
        title="addresses, the fullest first (rank)",
        scale=scale,
        axis=alt.Axis(values=parts.powers(len(counts)), format="~s"),
    )
    y: dict[str, Any] = {
        "title": "sites on the address (count)",
        "scale": scale,
        "axis": alt.Axis(values=parts.powers(int(counts.max())), format="~s"),
    }
    return theme.finish(
        alt.layer(
            alt.Chart(points)
            .mark_line(color=theme.INK, strokeWidth=2.5, interpolate="step-after")
            .encode(x=x, y=alt.Y("sites:Q", **y), tooltip=parts.tooltip("rank", "sites")),
            alt.Chart(rules)
            .mark_rule(strokeWidth=2)
            .encode(y=alt.Y("sites:Q", **y), **parts.lines_by("what", list(rules["what"]))),
        ),
        title=title,
        description=f"Sites to an address, {len(counts):,} addresses, the fullest has {counts.max():,}. "
        f"{'; '.join(rules['what'])}.",
        height=260,
    )


def effects(
    table: pd.DataFrame,
    starts: float,
    title: str = "Before and after",
    what: str = "visits a user",
) -> alt.TopLevelMixin:
    """Return means over time, a line for each group, and when the block began.

    Parameters
    ----------
    table : DataFrame
        ``period`` (number), ``group`` (text, four at most), ``outcome`` (mean).
    starts : float
        The first period of the block.
    title : str
        What the lines show.
    what : str
        What is counted, with its unit in parentheses if it is not a count.
    """
    table = needs.table("table", table, period=needs.number, group=needs.text, outcome=needs.number)
    starts = arguments.between("starts", starts, -arguments.MOST, arguments.MOST)
    arguments.text("what", what)
    names = list(dict.fromkeys(table["group"]))
    x: dict[str, Any] = {
        "title": "time (weeks)",
        "axis": alt.Axis(tickMinStep=1, tickCount=8),
        "scale": alt.Scale(nice=False),
    }
    y_title = what if "(" in what else f"{what} (count)"
    begins = pd.DataFrame({"period": [starts - 0.5], "what": ["the block begins"]})
    after = table[table["period"] >= starts].groupby("group", sort=False)["outcome"].mean()
    before = table[table["period"] < starts].groupby("group", sort=False)["outcome"].mean()
    if lacking := [name for name in names if name not in before or name not in after]:
        raise arguments.refuse("starts", starts, f"a period with others before it, in {lacking[0]} too")
    said = [f"{name}: {before[name]:.1f} before, {after[name]:.1f} after" for name in names]
    return theme.finish(
        alt.layer(
            alt.Chart(table[["period", "group", "outcome"]])
            .mark_line(strokeWidth=2)
            .encode(
                x=alt.X("period:Q", **x),
                y=alt.Y("outcome:Q", title=y_title, scale=alt.Scale(zero=True)),
                **parts.lines_by("group", names),
                tooltip=parts.tooltip("period", "group", "outcome"),
            ),
            alt.Chart(begins)
            .mark_rule(strokeWidth=1.5, color=theme.INK, strokeDash=[3, 3])
            .encode(x=alt.X("period:Q", **x), tooltip=parts.tooltip("what")),
        ),
        title=title,
        description=f"Means over time; a dashed line where the block begins. {'; '.join(said)}.",
        height=260,
    )


def event_study(
    table: pd.DataFrame,
    title: str = "The effect, period by period",
    what: str = "difference from the control group (visits)",
) -> alt.TopLevelMixin:
    """Return the estimate of each period with its interval, against the last period before.

    Parameters
    ----------
    table : DataFrame
        As from `traceblock.blocking.event_study`: ``period`` (0 is the first of the block), ``estimate``,
        ``low``, ``high``.
    title : str
        What the points show.
    what : str
        What is estimated, with its unit in parentheses.
    """
    arguments.text("what", what)
    kinds = dict.fromkeys(["period", "estimate", "low", "high"], needs.number)
    table = needs.table("table", table, **kinds)
    shown = table.assign(when=np.where(table["period"] < 0, "before", "after"))
    x = alt.X(
        "period:Q",
        title="time since the block (weeks)",
        axis=alt.Axis(tickMinStep=1, tickCount=8),
        scale=alt.Scale(padding=8),
    )
    y: dict[str, Any] = {"title": what, "scale": alt.Scale(zero=True)}
    colour = parts.coloured("when", {"before": theme.ORANGE, "after": theme.BLUE})
    shape = alt.Shape(
        "when:N",
        title=None,
        legend=theme.legend(),
        scale=alt.Scale(domain=["before", "after"], range=["circle", "square"]),
    )
    mean = shown.groupby("when")["estimate"].mean()
    return theme.finish(
        alt.layer(
            alt.Chart(pd.DataFrame({"zero": [0]}))
            .mark_rule(color=theme.MUTED)
            .encode(y=alt.Y("zero:Q", **y)),
            alt.Chart(shown)
            .mark_rule(strokeWidth=2)
            .encode(x=x, y=alt.Y("low:Q", **y), y2=alt.Y2("high:Q"), color=colour),
            alt.Chart(shown)
            .mark_point(filled=True, size=50, opacity=1)
            .encode(
                x=x,
                y=alt.Y("estimate:Q", **y),
                color=colour,
                shape=shape,
                tooltip=parts.tooltip("period", "estimate", "low", "high"),
            ),
        ),
        title=title,
        description="Estimates with intervals for each period, the last one before the block as zero. "
        f"Mean before {mean.get('before', 0):.2f}, after {mean.get('after', 0):.2f}.",
        height=260,
    )


def forest(
    table: pd.DataFrame, title: str = "What studies found", what: str = "change (%)"
) -> alt.TopLevelMixin:
    """Return estimates side by side, a row each: a point, its interval if there is one, and who paid.

    Parameters
    ----------
    table : DataFrame
        ``name`` (text above the row), ``estimate``, ``low``, ``high`` (missing where the source gives none:
        a row without estimate and ends is its name alone), ``group`` (text, four at most: colour and shape).
    title : str
        What the points show.
    what : str
        What the estimates are, with their unit in parentheses.
    """
    arguments.text("what", what)
    ends = dict.fromkeys(["estimate", "low", "high"], needs.known_or_not)
    table = needs.table("table", table, name=needs.text, group=needs.text, **ends)
    shown = table.assign(row=[f"row {i}" for i in range(len(table))])
    there = shown["estimate"].notna()
    groups = list(dict.fromkeys(shown["group"]))
    y = alt.Y("row:N", sort=list(shown["row"]), axis=None)
    lowest = float(np.nanmin([shown["estimate"].min(), shown["low"].min(), 0]))
    highest = float(np.nanmax([shown["estimate"].max(), shown["high"].max(), 0]))
    x: dict[str, Any] = {
        "title": what,
        "scale": alt.Scale(domain=[lowest, highest], padding=12),
        "axis": alt.Axis(tickCount=6),
    }
    colour, shape = parts.points_by("group", groups)
    ranged = shown.dropna(subset=["low", "high"])
    numbers = shown[["estimate", "low", "high"]].astype(float)
    said = [
        f"{name}: " + ", ".join(f"{number:+g}" for number in row.dropna())
        for name, (_, row) in zip(shown["name"], numbers.iterrows(), strict=True)
    ]
    layers: list[Any] = [
        alt.Chart(pd.DataFrame({"zero": [0]})).mark_rule(color=theme.MUTED).encode(x=alt.X("zero:Q", **x)),
        alt.Chart(shown[there])
        .mark_point(filled=True, size=80, opacity=1, yOffset=8)
        .encode(
            x=alt.X("estimate:Q", **x),
            y=y,
            color=colour,
            shape=shape,
            tooltip=parts.tooltip("name", "estimate", "low", "high", "group"),
        ),
        parts.row_names(shown[["name", "row"]], y, dy=-9),
    ]
    if len(ranged):
        bars = alt.Chart(ranged).mark_rule(strokeWidth=2, yOffset=8)
        layers.insert(1, bars.encode(x=alt.X("low:Q", **x), x2=alt.X2("high:Q"), y=y, color=colour))
    return theme.finish(
        alt.layer(*layers),
        title=title,
        description=f"Estimates with their ends where there are any, {what}. {'; '.join(said)}.",
        height=40 * len(shown),
    )


def names(
    table: pd.DataFrame,
    days: int,
    today: float | None = None,
    title: str = "A new name after each block",
) -> alt.TopLevelMixin:
    """Return when each site had a name in reach, and when lawful names were blocked: a row for each.

    Parameters
    ----------
    table : DataFrame
        As from `traceblock.blocking.mirrors`, of at most eight sites.
    days : int
        How long they are watched.
    today : float, optional
        Nothing after this day is shown.
    title : str
        What the bars show.
    """
    arguments.whole("days", days, 1, 10**6)
    if today is not None:
        today = arguments.between("today", today)
    moments = dict.fromkeys(["blocked", "unblocked", "lapsed", "closed"], needs.known_or_not)
    kinds = {"name": needs.text, "site": needs.count, "wrong": needs.flag, "opened": needs.number}
    table = needs.any_rows("table", table, **kinds, **moments)
    table["wrong"] = table["wrong"].astype(bool)
    now = float(days if today is None else today)
    right, wrong = table[~table["wrong"]], table[table["wrong"] & table["blocked"].notna()]
    ends = right[["blocked", "closed"]].min(axis=1).fillna(np.inf)
    spells = [right.assign(start=right["opened"], end=ends, state=_REACH)]
    again = right[right["lapsed"].notna()]
    spells.append(again.assign(start=again["lapsed"], end=again["closed"].fillna(np.inf), state=_REACH))
    blocks = right[right["blocked"].notna()]
    dead = blocks[["blocked", "closed"]].max(axis=1, skipna=False)
    spells.append(blocks.assign(start=dead, end=blocks["unblocked"].fillna(np.inf), state=_DEAD))
    spells.append(wrong.assign(start=wrong["blocked"], end=wrong["unblocked"].fillna(np.inf), state=_WRONG))
    shown = pd.concat(spells)[["name", "site", "wrong", "start", "end", "state"]]
    shown["end"] = shown["end"].clip(upper=now)
    shown = shown[shown["start"] < shown["end"]]
    shown["row"] = np.where(shown["wrong"], "lawful", "site " + (shown["site"] + 1).astype(str))
    sites = sorted(table["site"].unique().tolist())
    rows = [*(f"site {site + 1}" for site in sites), "lawful"]
    until = right[right["opened"] <= now].groupby("site").size()
    hit = int((wrong["blocked"] <= now).sum())
    numbers = [f"{n:,} {'name' if n == 1 else 'names'}" for n in until.reindex(sites, fill_value=0)]
    said = [f"site {site + 1}: {number} so far" for site, number in zip(sites, numbers, strict=True)]
    heads = pd.DataFrame({"name": [*said, f"lawful names blocked so far: {hit:,}"], "row": rows})
    used = [state for state in _STATES if state in set(shown["state"])]
    y = alt.Y("row:N", sort=rows, axis=None, scale=alt.Scale(domain=rows))
    x: dict[str, Any] = {
        "title": "time since the first request (days)",
        "scale": alt.Scale(domain=[0, days], nice=False),
        "axis": alt.Axis(tickCount=6),
    }
    return theme.finish(
        alt.layer(
            alt.Chart(shown.drop(columns=["wrong", "site"]))
            .mark_bar(size=14, opacity=1, yOffset=8)
            .encode(
                x=alt.X("start:Q", **x),
                x2=alt.X2("end:Q"),
                y=y,
                color=parts.coloured("state", {state: _STATES[state] for state in used}),
                tooltip=parts.tooltip("name", "state", "start", "end"),
            ),
            parts.row_names(heads, y, dy=-9),
        ),
        title=title,
        description=f"When sites had a name in reach over {now:g} days. {'; '.join(heads['name'])}.",
        height=42 * len(rows),
    )


def audience(
    table: pd.DataFrame, title: str = "How much of the audience still gets there?"
) -> alt.TopLevelMixin:
    """Return the share of the audience that finds a name, over the days, a line for each group.

    Parameters
    ----------
    table : DataFrame
        ``day``, ``group`` (text, four at most), ``audience`` (share).
    title : str
        What the lines show.
    """
    table = needs.table("table", table, day=needs.number, group=needs.text, audience=needs.share)
    groups = list(dict.fromkeys(table["group"]))
    mean = table.groupby("group", sort=False)["audience"].mean()
    said = [f"{group}: {mean[group]:.0%} on average" for group in groups]
    return theme.finish(
        alt.Chart(table[["day", "group", "audience"]])
        .mark_line(strokeWidth=1.8)
        .encode(
            x=alt.X("day:Q", title="time (days)", scale=alt.Scale(nice=False), axis=alt.Axis(tickCount=6)),
            y=alt.Y(
                "audience:Q",
                title="audience that gets there (%)",
                scale=alt.Scale(domain=[0, 1]),
                axis=alt.Axis(format="%", tickCount=5),
            ),
            **parts.lines_by("group", groups),
            tooltip=parts.tooltip("group", "day", "audience"),
        ),
        title=title,
        description=f"Share of the audience over time. {'; '.join(said)}.",
        height=260,
    )


def regimes(table: pd.DataFrame, title: str = "Faster blocks, more mistakes?") -> alt.TopLevelMixin:
    """Return what each way of deciding costs on either side: days in reach against wrong blocks.

    Parameters
    ----------
    table : DataFrame
        ``group`` (text, six at most), ``reach`` (days, weighted by the audience there),
        ``blocked_wrongly`` (lawful names).
    title : str
        What the points show.
    """
    kinds = {"group": needs.text, "reach": needs.amount, "blocked_wrongly": needs.amount}
    table = needs.table("table", table, **kinds)
    groups = list(dict.fromkeys(table["group"]))
    colour, shape = parts.points_by("group", groups)
    highest = max(1, int(table["blocked_wrongly"].max()))
    said = [
        f"{row.group}: {row.reach:,.0f} days, {row.blocked_wrongly:,.0f} lawful names"
        for row in table.itertuples()
    ]
    return theme.finish(
        alt.Chart(table[["group", "reach", "blocked_wrongly"]])
        .mark_point(filled=True, size=140, opacity=1)
        .encode(
            x=alt.X(
                "reach:Q",
                title="a site reached its audience (days)",
                scale=alt.Scale(zero=True),
                axis=alt.Axis(tickCount=6),
            ),
            y=alt.Y(
                "blocked_wrongly:Q",
                title="lawful names blocked (count)",
                scale=alt.Scale(zero=True),
                axis=alt.Axis(values=parts.ticks(highest), format="d"),
            ),
            color=colour,
            shape=shape,
            tooltip=parts.tooltip("group", "reach", "blocked_wrongly"),
        ),
        title=title,
        description=f"Days in reach against lawful names blocked. {'; '.join(said)}.",
        height=260,
    )
