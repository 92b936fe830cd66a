"""Work in progress by status and age, against what resolved requests took; a picked point is one request."""

import json
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd
import sqlalchemy as sa

from core.base.i18n import DAY_S, N_, _, language
from core.facts.conditions import seconds_between
from core.show.about import About
from core.show.charts import Drawing, drawn, growing_axis, legend, pick, specification_of
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.jira.colours import HUES
from pages.jira.conditions import NOW, STATUS, UNRESOLVED, C, I, chosen, query
from pages.jira.facts import CHANGES, ISSUES
from pages.jira.figures.cycles import CYCLE_TIMES, CYCLES, days_within
from pages.jira.figures.notes import SOURCE
from pages.jira.figures.requests import one_request
from pages.jira.held import blocked, flags, its
from pages.jira.look import JiraLook


def _open() -> sa.Select[Any]:
    held, flag = blocked(UNRESOLVED), flags()
    last = sa.select(C.source, C.issue_id, sa.func.max(C.at).label("at")).group_by(C.source, C.issue_id).subquery()
    return (
        sa.select(
            I.key,
            I.url,
            I.summary,
            STATUS.label("status"),
            I.created_at,
            held.c.worked_s,
            seconds_between(held.c.since, NOW).label("stayed_s"),
            (held.c.blocked_s + sa.func.coalesce(flag.c.flagged_s, 0)).label("blocked_s"),
            seconds_between(sa.func.coalesce(last.c.at, I.created_at), NOW).label("still_s"),
            sa.func.coalesce(flag.c.flagged, sa.false()).label("flagged"),
        )
        .join_from(ISSUES.sql, held, its(held))
        .join(flag, its(flag), isouter=True)
        .join(last, its(last), isouter=True)
        .where(*chosen(), UNRESOLVED, held.c.begun_at.is_not(None))
        .order_by(held.c.worked_s.desc(), I.key)
    )


IN_WORK = query("in_work", _open(), tables=(ISSUES, CHANGES), cap=5_000)
"""Open requests that somebody has worked on, by their history: times in seconds, in working and in blocking statuses or
flagged, in the present status, and since anything changed."""
DAYS = {"worked": "worked_s", "stayed": "stayed_s", "blocked": "blocked_s", "still": "still_s"}


def in_days(rows: pd.DataFrame) -> pd.DataFrame:
    """IN_WORK with its times in days as `worked`, `stayed`, `blocked` and `still`."""
    return rows.assign(**{name: rows[seconds].astype(float) / DAY_S for name, seconds in DAYS.items()})


def _shape(look: JiraLook, rows: pd.DataFrame, done: pd.DataFrame) -> pd.DataFrame:
    limits = days_within(CYCLES.shape(look, done))
    return in_days(rows).assign(**limits)


def _chart(frame: pd.DataFrame, look: JiraLook) -> Drawing:
    """Statuses from left to right as requests pass them: by the age of the youngest in each."""
    order = tuple(frame.groupby("status")["worked"].min().sort_values(kind="stable").index)
    return Drawing(_specification(order, float(frame["worked"].max()), language()), frame)


@lru_cache(maxsize=50)
def _specification(statuses: tuple[str, ...], most: float, _language: str) -> dict[str, Any]:
    young, old = _("younger"), _("older than 85 of 100 resolved requests")
    scale = alt.Scale(domain=[young, old], range=[HUES[0], HUES[1]])
    points = (
        drawn()
        .transform_calculate(
            aside="random() - 0.5", said=f"datum.worked > datum.p85 ? {json.dumps(old)} : {json.dumps(young)}"
        )
        .mark_circle(size=60, opacity=0.7)
        .encode(
            x=alt.X("status:N", sort=list(statuses), title=None, axis=alt.Axis(labelAngle=0, labelLimit=160)),
            xOffset=alt.XOffset("aside:Q", scale=alt.Scale(domain=[-1, 1])),
            y=growing_axis("worked:Q", most, title=_("Days in work")),
            color=alt.Color("said:N", title=None, scale=scale, legend=legend(sentences=True, symbol="circle")),
            tooltip=[
                alt.Tooltip("key:N", title=_("Key")),
                alt.Tooltip("summary:N", title=_("Name")),
                alt.Tooltip("status:N", title=_("Status")),
                alt.Tooltip("worked:Q", title=_("Days in work"), format=",.1f"),
                alt.Tooltip("stayed:Q", title=_("Days in this status"), format=",.1f"),
            ],
        )
        .add_params(pick("key", "url"))
    )
    limit = drawn().encode(y="min(p85):Q")
    line = limit.mark_rule(strokeDash=[5, 3], size=2, color=HUES[5])
    label = limit.mark_text(text=_("85 of 100 within"), align="right", baseline="bottom", dy=-3, aria=False)
    return specification_of(alt.layer(points, line, label.encode(x=alt.value("width"))).properties(height=280))


AGEING: Figure[JiraLook] = Figure(
    name="ageing",
    title=N_("Ageing work in progress by status"),
    about=About(
        N_(
            "Open requests that somebody has worked on, by their present status and the time spent so far in statuses "
            "that neither wait nor are done. The dashed line is the cycle time below which 85 of 100 requests resolved "
            "in the period lie: what lies above it is old already."
        ),
        SOURCE,
    ),
    query=(IN_WORK, CYCLE_TIMES),
    shape=_shape,
    columns=(
        Column("key", N_("Key")),
        Column("url", N_("Jira"), Kind.LINK, width="small"),
        Column("summary", N_("Name"), width="large"),
        Column("status", N_("Status")),
        Column("worked", N_("Days in work"), Kind.NUMBER, digits=1),
        Column("stayed", N_("Days in this status"), Kind.NUMBER, digits=1),
        Column("created_at", N_("Created"), Kind.MOMENT),
    ),
    chart=_chart,
    means=one_request,
)
