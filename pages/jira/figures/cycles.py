"""Cycle times of resolved requests, with their percentiles; a picked point is one request."""

from functools import lru_cache
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from core.base.calendar import worked_days
from core.base.i18n import DAY_S, N_, _, language, show_number
from core.base.settings import settings
from core.facts.conditions import local_month, percentiles, seconds_between
from core.show.about import About
from core.show.charts import Drawing, day_axis, drawn, growing_axis, keyed, pick, specification_of
from core.show.figure import Figure, Note
from pages.jira.colours import HUES
from pages.jira.conditions import CYCLE, CYCLES_OF_ALL, ITS_CYCLE, ROWS, I, chosen, query, resolved_in
from pages.jira.facts import CHANGES, ISSUES
from pages.jira.figures.notes import SOURCE
from pages.jira.figures.requests import columns, one_request
from pages.jira.look import JiraLook

SHARES = (50, 85, 95)
CYCLE_TIMES = query(
    "cycles",
    sa.select(
        *ROWS,
        CYCLE.begun_at,
        CYCLE.cycle_s,
        CYCLE.since,
        CYCLE.until,
        seconds_between(CYCLE.begun_at, I.resolved_at).label("elapsed_s"),
        CYCLE.issue_id.is_not(None).label("told"),
    )
    .join_from(ISSUES.sql, CYCLES_OF_ALL.sql, ITS_CYCLE, isouter=True)
    .where(*chosen(), *resolved_in())
    .order_by(I.resolved_at, I.key),
    tables=(ISSUES, CHANGES),
    cap=20_000,
    upon=(CYCLES_OF_ALL,),
)
"""Every request resolved in the period: its cycle where it has one (`begun_at` is filled), and whether its history is
`told`."""
CYCLE_MONTHS = query(
    "cycle_months",
    sa.select(local_month(I.resolved_at).label("month"), *(p.label("cycle_s") for p in percentiles(CYCLE.cycle_s, 0.5)))
    .join_from(ISSUES.sql, CYCLES_OF_ALL.sql, ITS_CYCLE)
    .where(*chosen(), *resolved_in(), CYCLE.begun_at.is_not(None))
    .group_by(local_month(I.resolved_at))
    .order_by(local_month(I.resolved_at)),
    tables=(ISSUES, CHANGES),
    upon=(CYCLES_OF_ALL,),
)
"""The median of the cycle times, by month of resolution."""


def days_within(frame: pd.DataFrame) -> dict[str, float]:
    """The percentiles `p50`, `p85` and `p95` of the cycle times, in days."""
    days = frame["cycle_s"].astype(float) / DAY_S
    return {f"p{share}": float(days.quantile(share / 100)) for share in SHARES}


def _shape(look: JiraLook, rows: pd.DataFrame) -> pd.DataFrame:
    measured = rows[rows["begun_at"].notna()]
    days = in_working_days(pa.array(measured["since"]), pa.array(measured["until"]), look.rules.department)
    return measured.drop(columns=["since", "until"]).assign(cycle_days=days)


def in_working_days(since: pa.ListArray, until: pa.ListArray, department: str) -> np.ndarray:
    """How many working days the parts of each cycle hold together."""
    zone = settings().timezone
    starts, ends = (
        pc.local_timestamp(pc.list_flatten(side).cast(pa.timestamp("us", zone))).to_numpy(zero_copy_only=False)
        for side in (since, until)
    )
    whose = pc.list_parent_indices(since).to_numpy(zero_copy_only=False)
    return np.bincount(whose, worked_days(starts, ends, department), minlength=len(since))


def _title(look: JiraLook, frame: pd.DataFrame) -> str:
    limits = days_within(frame)
    words = " · ".join(f"{share} % ≤ {show_number(limits[f'p{share}'], 1)}" for share in SHARES if len(frame))
    counted = _("{n} of {all} resolved requests").format(
        n=show_number(len(frame)), all=show_number(len(look.ask(CYCLE_TIMES)))
    )
    return _("Cycle time (days): {percentiles}").format(percentiles=" · ".join(filter(None, (words, counted))))


def _left_out(look: JiraLook) -> str:
    """What the cycle times say nothing of, and why."""
    rows = look.ask(CYCLE_TIMES)
    untold = int((~rows["told"].astype(bool)).sum())
    idle = int(rows["begun_at"].isna().sum()) - untold
    each = [
        _("{n} never worked on, as far as Jira tells").format(n=show_number(idle)) if idle else "",
        _("{n} without history").format(n=show_number(untold)) if untold else "",
    ]
    reasons = ", ".join(filter(None, each))
    return _("Resolved without a cycle time: {reasons}.").format(reasons=reasons) if reasons else ""


def _chart(frame: pd.DataFrame, _look: JiraLook) -> Drawing:
    points = frame[["resolved_at", "key", "summary"]].assign(
        days=frame["cycle_s"].astype(float) / DAY_S, **days_within(frame)
    )
    return Drawing(_specification(float(points["days"].max()), language()), points)


@lru_cache(maxsize=50)
def _specification(most: float, _language: str) -> dict[str, Any]:
    words = (_("{share} of 100 requests within").format(share=share) for share in SHARES)
    hues = dict(zip(words, (HUES[4], HUES[1], HUES[5]), strict=True))
    points = (
        drawn()
        .mark_circle(size=28, opacity=0.65, color=HUES[0])
        .encode(
            x=day_axis("resolved_at"),
            y=growing_axis("days:Q", most, title=_("Cycle time (days)")),
            tooltip=[
                alt.Tooltip("key:N", title=_("Key")),
                alt.Tooltip("summary:N", title=_("Name")),
                alt.Tooltip("days:Q", title=_("Cycle time (days)"), format=",.1f"),
            ],
        )
    )
    rules = [
        keyed(drawn().mark_rule(strokeDash=[5, 3], size=2).encode(y=f"min(p{share}):Q"), word, hues, lines=True)
        for share, word in zip(SHARES, hues, strict=True)
    ]
    return specification_of(alt.layer(points.add_params(pick("key")), *rules).properties(height=280))


CYCLES: Figure[JiraLook] = Figure(
    name="cycles",
    title=_title,
    about=About(
        N_(
            "Cycle time: the time in statuses that neither wait nor are done, from the first one to the resolution; "
            "time back in waiting is not in it. Nights and weekends included; beside it the same in working days, and "
            "all that went by since work began."
        ),
        SOURCE,
    ),
    query=CYCLE_TIMES,
    shape=_shape,
    columns=lambda look: columns(look, cycle=True),
    chart=_chart,
    told=lambda look, frame: _title(look, frame),
    means=one_request,
)
LEFT_OUT: Note[JiraLook] = Note(_left_out)
