"""The cumulative flow: how many requests stood in each status at the end of each week, from Jira's history."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_, _, language
from core.facts.conditions import local_week
from core.show.about import About
from core.show.charts import COLUMNS, Drawing, day_axis, drawn, midnights, pick, specification_of, week_tooltip
from core.show.columns import Column, Kind
from core.show.figure import Choose, Figure, Mark
from pages.jira.behind import Behind
from pages.jira.choices import NONE
from pages.jira.colours import OTHERS
from pages.jira.conditions import START, query, stays
from pages.jira.facts import CHANGES, ISSUES
from pages.jira.figures.notes import SOURCE, shows
from pages.jira.figures.stacked import folded
from pages.jira.figures.weeks import week_of
from pages.jira.look import JiraLook

SHOWN = "shown"
"""Of the filter `done`: what is done is drawn too."""
DONE: Choose[JiraLook] = Choose(("done",))


def _steps() -> sa.Select[Any]:
    stay = sa.select(stays()).cte("stays")  # read twice, worked out once
    old = (stay.c.since < START).label("old")
    rests = sa.and_(stay.c.until.is_(None), stay.c.done)
    entered = sa.select(
        local_week(stay.c.since).label("week"), stay.c.status, old, sa.literal(1).label("step"), rests.label("rests")
    )
    left = sa.select(local_week(stay.c.until), stay.c.status, old, sa.literal(-1), sa.false()).where(
        stay.c.until.is_not(None)
    )
    both = sa.union_all(entered, left).subquery()
    step = sa.func.sum(both.c.step)
    return (
        sa.select(
            both.c.week,
            both.c.status,
            step.label("step"),
            sa.func.coalesce(step.filter(sa.not_(both.c.old)), 0).label("new"),
            sa.func.bool_or(both.c.rests).label("rests"),
        )
        .group_by(both.c.week, both.c.status)
        .order_by(both.c.week, both.c.status)
    )


FLOW_WEEKS = query("flow_weeks", _steps(), tables=(ISSUES, CHANGES))
"""How many more issues entered each status than left it, by week: the running sum is the cumulative flow. `new` counts
those alone that entered from the start of the period on; `rests`: resolved ones of that week rest there for good."""


def _shape(look: JiraLook, rows: pd.DataFrame) -> pd.DataFrame:
    start, end = look.chosen.period
    bands = stood(rows, start, min(look.monday, end + timedelta(days=1)))
    return bands if look.chosen.done == SHOWN else bands[~bands["rests"].astype(bool)].reset_index(drop=True)


def stood(rows: pd.DataFrame, start: date, until: date) -> pd.DataFrame:
    """How many `requests` stand in each `status` at the end of each `week`, which ends `until`.

    Weeks that begin from `start` on and are over on `until`. Where resolved requests rest (`rests`), only those that
    came in the period count: what lies before would hide the rest. `rows` is FLOW_WEEKS.
    """
    nothing = pd.DataFrame({"week": [], "until": [], "status": [], "requests": [], "rests": []})
    if rows.empty:
        return nothing
    rests = rows.groupby("status")["rests"].any()
    steps = rows["new"].where(rows["status"].map(rests).astype(bool), rows["step"])
    wide = rows.assign(step=steps).pivot_table(index="week", columns="status", values="step", aggfunc="sum")
    weeks = pd.date_range(wide.index.min(), max(wide.index.max(), until), freq="7D").date
    totals = wide.reindex(weeks).fillna(0).astype(float).cumsum()
    totals.index.name = "week"
    over = [(week >= start) and (week + timedelta(days=7) <= until) for week in totals.index]
    if not any(over):
        return nothing
    long: pd.DataFrame = totals[over].reset_index().melt(id_vars="week", var_name="status", value_name="requests")
    ends = [week + timedelta(days=7) for week in long["week"]]
    return long.assign(until=ends, rests=long["status"].map(rests).astype(bool))


def steps(frame: pd.DataFrame, look: JiraLook) -> Drawing:
    """Where requests come to rest lies lowest; statuses without a colour of their own together, on top."""
    colours = look.status_colours
    kept = frame.assign(status=folded(frame["status"], colours))
    sums = kept.groupby(["week", "until", "status"], as_index=False).agg(
        requests=("requests", "sum"), rests=("rests", "any")
    )
    rests = sums.groupby("status")["rests"].any()
    codes = sorted(
        (status for status in colours if status in rests.index),
        key=lambda status: (status == OTHERS, not rests[status]),
    )
    names = tuple(_(N_("others")) if code == OTHERS else code or _(NONE) for code in codes)
    placed = sums.assign(place=[codes.index(code) for code in sums["status"]]).sort_values(["week", "place"])
    top = placed.groupby("week")["requests"].cumsum()
    placed = placed.assign(
        name=[names[place] for place in placed["place"]],
        top=top,
        bottom=top - placed["requests"],
        week_code=placed["week"].map(str),
    )
    return Drawing(
        _specification(names, tuple(colours[code] for code in codes), language()), midnights(placed, "week", "until")
    )


@lru_cache(maxsize=50)
def _specification(names: tuple[str, ...], colours: tuple[str, ...], _language: str) -> dict[str, Any]:
    return specification_of(
        drawn()
        .mark_rect(opacity=0.85)
        .encode(
            x=day_axis("week"),
            x2="until:T",
            y=alt.Y("bottom:Q", title=_("Requests")),
            y2="top:Q",
            color=alt.Color(
                "name:N",
                title=None,
                sort=list(names),
                scale=alt.Scale(domain=list(names), range=list(colours)),
                legend=alt.Legend(orient="top", columns=COLUMNS),
            ),
            tooltip=[
                week_tooltip("week"),
                alt.Tooltip("name:N", title=_("Status")),
                alt.Tooltip("requests:Q", title=_("Requests")),
            ],
        )
        .add_params(pick("status", "week_code", "rests"))
        .properties(height=260)
    )


def _means(look: JiraLook, mark: Mark) -> Mapping[str, Any]:
    if mark["status"] == OTHERS:
        return {}
    first = look.chosen.period[0] if mark["rests"] else None
    return shows(Behind("stood", first, week_of(mark)[1], str(mark["status"])))


CUMULATIVE: Figure[JiraLook] = Figure(
    name="cumulative",
    title=N_("Cumulative flow"),
    about=About(
        N_(
            "How many requests stood in each status at the end of each week, from Jira's history. Statuses in which "
            "requests come to rest are left out, or start at zero with the period."
        ),
        SOURCE,
    ),
    query=FLOW_WEEKS,
    shape=_shape,
    columns=(
        Column("week", N_("Week"), Kind.DAY),
        Column("status", N_("Status")),
        Column("requests", N_("Requests"), Kind.NUMBER),
    ),
    chart=steps,
    means=_means,
)
