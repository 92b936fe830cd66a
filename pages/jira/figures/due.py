"""Due dates held and missed, by month of resolution."""

from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_, _, language
from core.facts.conditions import local_month
from core.show.about import About
from core.show.charts import (
    Drawing,
    drawn,
    legend,
    midnights,
    month_axis,
    month_tooltip,
    month_totals,
    pale,
    pick,
    specification_of,
    spelled_out,
)
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.jira.behind import Behind
from pages.jira.colours import HUES, NONE_HUE
from pages.jira.conditions import DUE_STATES, I, chosen, count, query, resolved_in
from pages.jira.figures.notes import PARTIAL_COLUMN, SOURCE, shows
from pages.jira.look import JiraLook

WORDS = {"on_time": N_("On time"), "late": N_("Late"), "without_date": N_("Without date")}
COLOURS = {"on_time": HUES[0], "late": HUES[1], "without_date": NONE_HUE}
DUE_MONTHS = query(
    "due",
    sa.select(
        local_month(I.resolved_at).label("month"), *(count(state).label(name) for name, state in DUE_STATES.items())
    )
    .where(*chosen(), *resolved_in())
    .group_by(local_month(I.resolved_at))
    .order_by(local_month(I.resolved_at)),
)


def _shape(look: JiraLook, rows: pd.DataFrame) -> pd.DataFrame:
    long = rows.melt(id_vars="month", var_name="state", value_name="requests")
    return long.assign(
        said=[_(WORDS[state]) for state in long["state"]],
        partial=long["month"].isin(look.months.partial),
        month_code=long["month"].map(str),
    )


def _chart(frame: pd.DataFrame, _look: JiraLook) -> Drawing:
    return Drawing(_specification(language()), midnights(frame, "month"))


@lru_cache(maxsize=4)
def _specification(_language: str) -> dict[str, Any]:
    words = {state: _(word) for state, word in WORDS.items()}
    scale = alt.Scale(domain=list(words), range=list(COLOURS.values()))
    bars = (
        drawn()
        .mark_bar(width=alt.RelativeBandSize(0.8))
        .encode(
            x=month_axis("month"),
            y=alt.Y("requests:Q", title=_("Requests"), axis=alt.Axis(tickMinStep=1)),
            color=alt.Color("state:N", title=None, scale=scale, legend=legend(words)),
            opacity=pale(),
            tooltip=[
                month_tooltip("month"),
                alt.Tooltip("word:N", title=_("Due date")),
                alt.Tooltip("requests:Q", title=_("Requests")),
            ],
        )
        .transform_calculate(word=spelled_out(words, "datum.state"))
        .add_params(pick("state", "month_code"))
    )
    return specification_of(alt.layer(bars, month_totals("requests")).properties(height=240))


DUE: Figure[JiraLook] = Figure(
    name="due",
    title=N_("Due dates"),
    about=About(N_("Requests resolved in the period: by their due date, after it, or without one."), SOURCE),
    query=DUE_MONTHS,
    shape=_shape,
    columns=(
        Column("month", N_("Month"), Kind.MONTH),
        Column("said", N_("Due date")),
        Column("requests", N_("Requests"), Kind.NUMBER),
        PARTIAL_COLUMN,
    ),
    chart=_chart,
    told=N_("Resolved requests by month: on time, late, without due date; the export holds the same."),
    means=lambda look, mark: shows(Behind(mark["state"], *look.within(mark["month_code"]))),
)
