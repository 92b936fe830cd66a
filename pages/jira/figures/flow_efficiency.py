"""Flow efficiency: which part of the time since work began was work, by month of resolution; and days blocked."""

from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_, _, language, show_percent
from core.facts.conditions import local_month, seconds_between
from core.show.about import About
from core.show.charts import Drawing, drawn, midnights, month_axis, month_tooltip, pale, pick, specification_of
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.jira.behind import Behind
from pages.jira.colours import HUES
from pages.jira.conditions import I, chosen, count, query, resolved_in
from pages.jira.facts import CHANGES, ISSUES
from pages.jira.figures.notes import PARTIAL_COLUMN, SOURCE, shows
from pages.jira.held import blocked, flags, its
from pages.jira.look import JiraLook

_day: Any = sa.literal_column("86400.0")


def _months() -> sa.Select[Any]:
    held, flag = blocked(*resolved_in()), flags()
    month = local_month(I.resolved_at)
    held_s = held.c.blocked_s + sa.func.coalesce(flag.c.flagged_s, 0)
    return (
        sa.select(
            month.label("month"),
            count().label("requests"),
            (sa.func.sum(held.c.worked_s) / _day).label("worked"),
            (sa.func.sum(seconds_between(held.c.begun_at, I.resolved_at)) / _day).label("elapsed"),
            (sa.func.sum(held_s) / _day).label("blocked"),
        )
        .join_from(ISSUES.sql, held, its(held))
        .join(flag, its(flag), isouter=True)
        .where(*chosen(), *resolved_in(), held.c.begun_at.is_not(None))
        .group_by(month)
        .order_by(month)
    )


EFFICIENCY = query("efficiency", _months(), tables=(ISSUES, CHANGES))
"""Days of work, days that went by since work began, and days blocked, of the requests resolved in each month."""


def _shape(look: JiraLook, rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(
        efficiency=rows["worked"] / rows["elapsed"].where(rows["elapsed"] > 0),
        partial=rows["month"].isin(look.months.partial),
        month_code=rows["month"].map(str),
    )


def _title(_look: JiraLook, frame: pd.DataFrame) -> str:
    elapsed = float(frame["elapsed"].sum())
    share = show_percent(float(frame["worked"].sum()) / elapsed) if elapsed else "–"
    return _("Flow efficiency: {share} of the time since work began was work").format(share=share)


@lru_cache(maxsize=4)
def _specification(_language: str) -> dict[str, Any]:
    percent = alt.Axis(format=".0%")
    bars = (
        drawn()
        .mark_bar(color=HUES[0], width=alt.RelativeBandSize(0.6))
        .encode(
            x=month_axis("month"),
            y=alt.Y("efficiency:Q", title=_("Flow efficiency"), axis=percent, scale=alt.Scale(domain=[0, 1])),
            opacity=pale(),
            tooltip=[
                month_tooltip("month"),
                alt.Tooltip("efficiency:Q", title=_("Flow efficiency"), format=".0%"),
                alt.Tooltip("worked:Q", title=_("Days of work"), format=",.1f"),
                alt.Tooltip("elapsed:Q", title=_("Days since work began"), format=",.1f"),
                alt.Tooltip("blocked:Q", title=_("Days blocked"), format=",.1f"),
                alt.Tooltip("requests:Q", title=_("Requests"), format=",.0f"),
            ],
        )
    )
    return specification_of(bars.add_params(pick("month_code")).properties(height=200))


FLOW_EFFICIENCY: Figure[JiraLook] = Figure(
    name="flow-efficiency",
    title=_title,
    about=About(
        N_(
            "Of the requests resolved in the period that were worked on: the time in statuses that neither wait, nor "
            "block, nor are done, as a part of all the time since work on them began. Days blocked are those flagged "
            "or in a status that blocks. Nights and weekends included on both sides."
        ),
        SOURCE,
    ),
    query=EFFICIENCY,
    shape=_shape,
    columns=(
        Column("month", N_("Month"), Kind.MONTH),
        Column("requests", N_("Requests"), Kind.NUMBER),
        Column("efficiency", N_("Flow efficiency"), Kind.PERCENT),
        Column("worked", N_("Days of work"), Kind.NUMBER, digits=1),
        Column("elapsed", N_("Days since work began"), Kind.NUMBER, digits=1),
        Column("blocked", N_("Days blocked"), Kind.NUMBER, digits=1),
        PARTIAL_COLUMN,
    ),
    chart=lambda frame, _look: Drawing(_specification(language()), midnights(frame, "month")),
    means=lambda look, mark: shows(Behind("resolved", *look.within(mark["month_code"]))),
)
