"""Cycle times of resolved requests, with their percentiles; a picked point is one request."""

from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd
import sqlalchemy as sa

from core.base.cache import once_a_frame
from core.base.i18n import N_, _, language, show_number
from core.show.about import About
from core.show.charts import Drawing, day_axis, drawn, pick
from core.show.figure import Figure
from pages.jira.conditions import BEGUN, CYCLE_S, ITS_BEGIN, ROWS, I, chosen, query, resolved_in
from pages.jira.facts import CHANGES, ISSUES
from pages.jira.figures.notes import SOURCE
from pages.jira.figures.requests import columns, one_request
from pages.jira.look import JiraLook

DAY = 86_400
SHARES = (50, 85, 95)
CYCLE_TIMES = query(
    "cycles",
    sa.select(*ROWS, BEGUN.c.begun_at, CYCLE_S.label("cycle_s"))
    .join_from(ISSUES.sql, BEGUN, ITS_BEGIN)
    .where(*chosen(), *resolved_in(), I.resolved_at >= BEGUN.c.begun_at)
    .order_by(I.resolved_at, I.key),
    tables=(ISSUES, CHANGES),
    cap=20_000,
)


@once_a_frame
def percentiles(frame: pd.DataFrame) -> dict[str, float]:
    """`p50`, `p85` and `p95` of the cycle times, in days."""
    days = frame["cycle_s"].astype(float) / DAY
    return {f"p{share}": float(days.quantile(share / 100)) for share in SHARES}


def _title(_look: JiraLook, frame: pd.DataFrame) -> str:
    found = percentiles(frame)
    words = " · ".join(f"{share} % ≤ {show_number(found[f'p{share}'], 1)}" for share in SHARES if len(frame))
    return _("Cycle time (days): {percentiles}").format(percentiles=words)


def _chart(frame: pd.DataFrame, _look: JiraLook) -> Drawing:
    points = frame[["resolved_at", "key", "summary"]].assign(
        days=frame["cycle_s"].astype(float) / DAY, **percentiles(frame)
    )
    return Drawing(_specification(language()), points)


@lru_cache(maxsize=4)
def _specification(_language: str) -> dict[str, Any]:
    points = (
        drawn()
        .mark_circle(size=28, opacity=0.5, color="#4c78a8")
        .encode(
            x=day_axis("resolved_at"),
            y=alt.Y("days:Q", title=_("Cycle time (days)"), scale=alt.Scale(type="symlog", constant=1)),
            tooltip=[
                alt.Tooltip("key:N", title=_("Key")),
                alt.Tooltip("summary:N", title=_("Name")),
                alt.Tooltip("days:Q", title=_("Cycle time (days)"), format=",.1f"),
            ],
        )
    )
    rules = [
        drawn().mark_rule(color=colour, strokeDash=[5, 3], size=2).encode(y=f"min(p{share}):Q")
        for share, colour in zip(SHARES, ("#54a24b", "#f58518", "#e45756"), strict=True)
    ]
    spec: dict[str, Any] = alt.layer(points.add_params(pick("key")), *rules).properties(height=280).to_dict()
    return spec


CYCLES: Figure[JiraLook] = Figure(
    name="cycles",
    title=_title,
    about=About(
        N_(
            "Cycle time: from the first move to a status that is not a waiting one, to the resolution. Elapsed time, "
            "nights and weekends included."
        ),
        SOURCE,
    ),
    query=CYCLE_TIMES,
    columns=columns(cycle=True),
    chart=_chart,
    told=lambda look, frame: _title(look, frame),
    means=one_request,
)
