"""Requests created and resolved, by week; weeks that are not over are left out."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_, _, language
from core.base.periods import Grain, Period
from core.facts.conditions import local_week
from core.show.about import About
from core.show.charts import (
    Drawing,
    day_axis,
    drawn,
    legend,
    midnights,
    pick,
    specification_of,
    spelled_out,
    week_tooltip,
)
from core.show.columns import Column, Kind
from core.show.figure import Figure, Mark
from pages.jira.behind import Behind
from pages.jira.colours import HUES
from pages.jira.conditions import DONE, I, chosen, query
from pages.jira.figures.notes import SOURCE, shows
from pages.jira.look import JiraLook


def _weeks() -> sa.Select[Any]:
    zero, one = sa.literal(0), sa.literal(1)
    created = sa.select(local_week(I.created_at).label("week"), one.label("created"), zero.label("resolved"))
    resolved = sa.select(local_week(I.resolved_at), zero, one).where(*chosen(), DONE, I.resolved_at.is_not(None))
    both = sa.union_all(created.where(*chosen()), resolved).subquery()
    sums = (sa.func.sum(both.c[name]).label(name) for name in ("created", "resolved"))
    return sa.select(both.c.week, *sums).group_by(both.c.week).order_by(both.c.week)


CREATED_RESOLVED = query("weeks", _weeks())


def every_week(rows: pd.DataFrame, monday: date) -> pd.DataFrame:
    """Whole weeks only, those before `monday`, also those in which nothing happened: `week`, `created`, `resolved`."""
    over = rows[rows["week"] < monday]
    if over.empty:
        return pd.DataFrame({"week": [], "created": [], "resolved": []})
    weeks = Period(over["week"].min(), monday - timedelta(days=1)).each(Grain.WEEK)
    counts = over.set_index("week")[["created", "resolved"]].astype(int)
    return counts.reindex(weeks, fill_value=0).rename_axis("week").reset_index()


def _shape(look: JiraLook, rows: pd.DataFrame) -> pd.DataFrame:
    start, end = look.chosen.period
    weeks = every_week(rows, look.monday)
    within: pd.DataFrame = weeks[(weeks["week"] >= start) & (weeks["week"] <= end - timedelta(days=6))]
    return within


def week_of(mark: Mark) -> tuple[date, date]:
    """First and last day of a mark's week."""
    monday = date.fromisoformat(mark["week_code"])
    return monday, Grain.WEEK.last(monday)


def _chart(frame: pd.DataFrame, _look: JiraLook) -> Drawing:
    long = frame.melt(id_vars="week", value_vars=["created", "resolved"], var_name="what", value_name="requests")
    return Drawing(_specification(language()), midnights(long.assign(week_code=long["week"].map(str)), "week"))


@lru_cache(maxsize=4)
def _specification(_language: str) -> dict[str, Any]:
    words = {"created": _("Created"), "resolved": _("Resolved")}
    base = (
        drawn()
        .transform_calculate(word=spelled_out(words, "datum.what"))
        .encode(
            x=day_axis("week"),
            y=alt.Y("requests:Q", title=_("Requests")),
            color=alt.Color(
                "what:N",
                title=None,
                scale=alt.Scale(domain=list(words), range=[HUES[1], HUES[0]]),
                legend=legend(words, symbol="circle"),
            ),
            tooltip=[
                week_tooltip("week"),
                alt.Tooltip("word:N", title=_("Status")),
                alt.Tooltip("requests:Q", title=_("Requests")),
            ],
        )
    )
    points = base.mark_point(size=36, filled=True, opacity=1).add_params(pick("what", "week_code"))
    return specification_of(alt.layer(base.mark_line(), points).properties(height=260))


def _means(_look: JiraLook, mark: Mark) -> Mapping[str, Any]:
    return shows(Behind(mark["what"], *week_of(mark)))


WEEKS: Figure[JiraLook] = Figure(
    name="weeks",
    title=N_("Created against resolved"),
    about=About(N_("Requests created and resolved, by week. Weeks that are not over are left out."), SOURCE),
    query=CREATED_RESOLVED,
    shape=_shape,
    columns=(
        Column("week", N_("Week"), Kind.DAY),
        Column("created", N_("Created"), Kind.NUMBER),
        Column("resolved", N_("Resolved"), Kind.NUMBER),
    ),
    chart=_chart,
    means=_means,
)
