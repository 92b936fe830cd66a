"""Open requests by the days since their creation."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_, _, language
from core.facts.conditions import NO_VALUE
from core.show.about import About
from core.show.charts import Drawing, drawn, pick
from core.show.columns import Column, Kind
from core.show.figure import Figure, Mark
from pages.jira.behind import Behind
from pages.jira.colours import HUES
from pages.jira.conditions import BAND, STATUS, UNRESOLVED, chosen, count, query
from pages.jira.figures.notes import SOURCE, shows
from pages.jira.look import JiraLook
from pages.jira.rules import AGES as BANDS

OPEN_AGES = query(
    "open_ages",
    sa.select(BAND.label("band"), STATUS.label("status"), count().label("requests"))
    .where(*chosen(), UNRESOLVED)
    .group_by(BAND, STATUS)
    .order_by(BAND, STATUS),
)


def _shape(_look: JiraLook, rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(age=[_("{range} days").format(range=BANDS[int(band)]) for band in rows["band"]])


@lru_cache(maxsize=4)
def _specification(_language: str) -> dict[str, Any]:
    spec: dict[str, Any] = (
        drawn()
        .mark_bar()
        .encode(
            x=alt.X("requests:Q", title=_("Requests"), axis=alt.Axis(tickMinStep=1)),
            y=alt.Y("age:N", sort=alt.EncodingSortField("band"), title=None),
            color=alt.Color(
                "status:N", title=None, scale=alt.Scale(range=list(HUES)), legend=alt.Legend(orient="top", columns=4)
            ),
            tooltip=[
                alt.Tooltip("age:N", title=_("Age")),
                alt.Tooltip("status:N", title=_("Status")),
                alt.Tooltip("requests:Q", title=_("Requests")),
            ],
        )
        .add_params(pick("band", "status"))
        .properties(height=alt.Step(30))
        .to_dict()
    )
    return spec


def _means(_look: JiraLook, mark: Mark) -> Mapping[str, Any]:
    return shows(Behind("aged", value=str(mark["band"])), statuses=[mark["status"] or NO_VALUE])


AGES: Figure[JiraLook] = Figure(
    name="ages",
    title=N_("Open requests by age"),
    about=About(N_("Open requests by the days since their creation."), SOURCE),
    query=OPEN_AGES,
    shape=_shape,
    columns=(
        Column("age", N_("Age")),
        Column("status", N_("Status")),
        Column("requests", N_("Requests"), Kind.NUMBER),
    ),
    chart=lambda frame, _look: Drawing(_specification(language()), frame),
    means=_means,
)
