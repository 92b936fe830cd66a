"""Estimate against time spent, of all requests together; and what the drifts by type, client and month share."""

from typing import Any

import altair as alt
import pandas as pd
import sqlalchemy as sa

from core.base.cache import OfFrame
from core.base.i18n import N_, _, show_number, show_percent
from core.facts.conditions import local_day, percentiles
from core.facts.query import Query
from core.show.about import About
from core.show.columns import Column, Kind
from core.show.figure import Note, Number, Numbers
from pages.jira.colours import HUES
from pages.jira.conditions import (
    ESTIMATE_S,
    NOW,
    REMAINING_S,
    SPENT_S,
    UNRESOLVED,
    I,
    chosen,
    count,
    query,
    resolved_in,
)
from pages.jira.figures.notes import SOURCE
from pages.jira.look import JiraLook

ABOUT = About(
    N_(
        "Time spent against the original estimate, of the requests resolved in the period that have both. Drift is "
        "time spent divided by the estimate, minus one: +20 % is a fifth more than estimated."
    ),
    SOURCE,
)
ABOUT_PROGRESS = N_(
    "Jira's own progress: time spent as a part of time spent plus remaining. It says nothing of the original "
    "estimate, so it is no drift: a request that took three times its estimate shows 100 %."
)
_rows: "OfFrame[pd.Series[Any]]" = OfFrame(entries=20)
DRIFT = SPENT_S / sa.func.nullif(ESTIMATE_S, 0) - 1.0


def measures(estimate_s: Any = ESTIMATE_S, spent_s: Any = SPENT_S) -> list[Any]:
    """Estimate against time spent; drift is spent / estimate - 1, of the requests that have both."""
    measured = sa.and_(estimate_s > 0, spent_s > 0)
    drift = spent_s / sa.func.nullif(estimate_s, 0) - 1.0
    quartiles = percentiles(sa.case((measured, drift)), 0.25, 0.5, 0.75)
    limit = sa.bindparam("limit", type_=sa.Double)
    return [
        count().label("resolved"),
        count(measured).label("measured"),
        *(of.label(name) for of, name in zip(quartiles, ("drift_q1", "drift", "drift_q3"), strict=True)),
        (count(measured, drift > limit) * 1.0 / sa.func.nullif(count(measured), 0)).label("above"),
        sa.func.sum(sa.case((measured, estimate_s))).label("estimate_s"),
        sa.func.sum(sa.case((measured, spent_s))).label("spent_s"),
        count(estimate_s.is_(None)).label("without_estimate"),
        count(estimate_s == 0).label("zero_estimate"),
        count(sa.func.coalesce(spent_s, 0) == 0).label("without_time"),
    ]


def times_by(name: str, label: Any) -> Query:
    """The measures of requests resolved in the period, for each value of something."""
    select = sa.select(label.label("name"), *measures()).where(*chosen(), *resolved_in())
    return query(f"time_by_{name}", select.group_by(label).order_by(label))


def columns(look: JiraLook, label: str, kind: Kind = Kind.TEXT) -> tuple[Column, ...]:
    """What a table of the measures shows; `label` says what is measured by."""
    return (
        Column("name", label, kind),
        Column("resolved", N_("Resolved"), Kind.NUMBER),
        Column("measured", N_("With both times"), Kind.NUMBER),
        Column("drift_q1", N_("Drift, 1st quartile"), Kind.PERCENT),
        Column("drift", N_("Median drift"), Kind.PERCENT),
        Column("drift_q3", N_("Drift, 3rd quartile"), Kind.PERCENT),
        Column("above", N_("Share above the limit"), Kind.PERCENT),
        Column("estimate_s", N_("Estimated"), Kind.DURATION, day_s=look.rules.day_s),
        Column("spent_s", N_("Spent"), Kind.DURATION, day_s=look.rules.day_s),
        Column("without_estimate", N_("Without estimate"), Kind.NUMBER),
        Column("zero_estimate", N_("Estimate of zero"), Kind.NUMBER),
        Column("without_time", N_("Without time"), Kind.NUMBER),
    )


def drift_tooltips() -> list[alt.Tooltip]:
    """What a mark of a drift says."""
    return [
        alt.Tooltip("drift:Q", title=_("Median drift"), format="+.0%"),
        alt.Tooltip("drift_q1:Q", title=_("Drift, 1st quartile"), format="+.0%"),
        alt.Tooltip("drift_q3:Q", title=_("Drift, 3rd quartile"), format="+.0%"),
        alt.Tooltip("above:Q", title=_("Share above the limit"), format=".0%"),
        alt.Tooltip("measured:Q", title=_("With both times")),
    ]


def spread() -> tuple[str, str, dict[str, str]]:
    """What bars and ticks of a drift stand for, and the colours of these words."""
    quartiles, median = _("Half of the requests (quartiles)"), _("Median")
    return quartiles, median, {quartiles: HUES[2], median: HUES[0]}


TIME = query("time", sa.select(*measures()).where(*chosen(), *resolved_in()))
OPEN = query(
    "open",
    sa.select(
        count().label("open"),
        sa.func.sum(REMAINING_S).label("remaining_s"),
        count(REMAINING_S.is_(None)).label("without_remaining"),
        count(I.due_on < local_day(NOW)).label("overdue"),
    ).where(*chosen(), UNRESOLVED),
)


def resolved(look: JiraLook) -> "pd.Series[Any]":
    """The measures of all requests resolved in the period."""
    return _only(look.ask(TIME))


def unresolved(look: JiraLook) -> "pd.Series[Any]":
    """The requests that are not resolved."""
    return _only(look.ask(OPEN))


def _only(answer: pd.DataFrame) -> "pd.Series[Any]":
    """Its one row, kept with it: several numbers and their words take theirs of it at every act."""
    return _rows.get(answer, (), lambda: answer.iloc[0])


def _measured(look: JiraLook) -> str:
    counted = resolved(look)
    return _("of {n} requests out of {all} resolved").format(
        n=show_number(counted["measured"]), all=show_number(counted["resolved"])
    )


def days_of_work(seconds: float | None, day_s: float) -> str:
    """Seconds in working days of `day_s` seconds, to a tenth where they are not whole; a dash where unknown."""
    days = round(float(seconds) / day_s, 1) if seconds is not None and pd.notna(seconds) else None
    return _("{n} days").format(n="–" if days is None else show_number(days, 0 if days.is_integer() else 1))


def _remaining(look: JiraLook) -> str:
    return days_of_work(unresolved(look)["remaining_s"], look.rules.day_s)


def _hours(look: JiraLook) -> str:
    return _("of {hours} h each; {n} open requests").format(
        hours=show_number(look.rules.hours_per_day, 1), n=show_number(unresolved(look)["open"])
    )


TIMES: Numbers[JiraLook] = Numbers(
    (
        Number(
            name="drift",
            label=N_("Median drift"),
            about=ABOUT,
            value=lambda look: resolved(look)["drift"],
            kind=Kind.PERCENT,
            detail=_measured,
        ),
        Number(
            name="above",
            label=lambda look: _("Above {limit}").format(limit=show_percent(look.rules.drift_limit)),
            about=ABOUT,
            value=lambda look: resolved(look)["above"],
            kind=Kind.PERCENT,
            detail=lambda _look: _("share of requests with both times"),
        ),
        Number(
            name="without-estimate",
            label=N_("Without estimate"),
            about=ABOUT,
            value=lambda look: int(resolved(look)["without_estimate"]),
        ),
        Number(
            name="without-time",
            label=N_("Without time"),
            about=ABOUT,
            value=lambda look: int(resolved(look)["without_time"]),
        ),
        Number(
            name="remaining",
            label=N_("Remaining"),
            about=ABOUT,
            value=_remaining,
            kind=Kind.TEXT,
            detail=_hours,
            mailed=False,
        ),
    )
)
PROGRESS: Note[JiraLook] = Note(lambda _look: _(ABOUT_PROGRESS))
