"""How many requests each person resolved, month by month, for whom names may be told."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_, _, language
from core.facts.conditions import NO_VALUE, local_month
from core.show.charts import Drawing, midnights, month_axis, month_tooltip
from core.show.columns import Column, Kind
from core.show.figure import Figure, Mark
from core.show.heat import heat
from pages.jira.behind import Behind
from pages.jira.conditions import I, chosen, count, person, query, resolved_in
from pages.jira.figures.notes import PARTIAL_COLUMN, shows
from pages.jira.figures.people import ABOUT, called
from pages.jira.look import JiraLook

LOAD_MONTHS = query(
    "people_months",
    sa.select(
        person(I).label("code"),
        sa.func.max(I.assignee).label("name"),
        local_month(I.resolved_at).label("month"),
        count().label("handled"),
    )
    .where(*chosen(), *resolved_in())
    .group_by(person(I), local_month(I.resolved_at))
    .order_by(local_month(I.resolved_at), sa.desc("handled"), person(I)),
)


def months_of(look: JiraLook, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows by person (`code`, `name`) and `month`, as a chart and a table show them."""
    return rows.assign(
        name=called(rows["code"], rows["name"]),
        code=[code or NO_VALUE for code in rows["code"]],
        partial=rows["month"].isin(look.months.partial),
        month_code=rows["month"].map(str),
    )


def load(frame: pd.DataFrame, value: str, title: str) -> Drawing:
    """Who by which month, with totals; a mark tells its `code` and `month_code`."""
    names = frame.groupby("name")[value].sum().sort_values(ascending=False, kind="stable").index
    return Drawing(_specification(tuple(names), value, title, language()), midnights(frame, "month"))


@lru_cache(maxsize=50)
def _specification(names: tuple[str, ...], value: str, title: str, _language: str) -> dict[str, Any]:
    tooltips = [
        alt.Tooltip("name:N", title=_("Assignee")),
        month_tooltip("month"),
        alt.Tooltip(f"{value}:Q", title=_(title), format=",.1~f"),
    ]
    down = alt.Y("name:N", sort=list(names), title=None, axis=alt.Axis(labelLimit=170))
    return heat(month_axis("month"), down, value, tooltips, picks=("code", "month_code"), totals=True)


def _means(look: JiraLook, mark: Mark) -> Mapping[str, Any]:
    return shows(Behind("resolved", *look.within(mark["month_code"])), assignees=[str(mark["code"])])


PEOPLE_BY_MONTH: Figure[JiraLook] = Figure(
    name="people-months",
    title=N_("Requests handled per person and month"),
    about=ABOUT,
    query=LOAD_MONTHS,
    shape=months_of,
    columns=(
        Column("month", N_("Month"), Kind.MONTH),
        Column("name", N_("Assignee")),
        Column("handled", N_("Handled"), Kind.NUMBER),
        PARTIAL_COLUMN,
    ),
    chart=lambda frame, _look: load(frame, "handled", N_("Handled")),
    means=_means,
    when=lambda look: look.named,
    mailed=False,
)
