"""Weekday and hour of reroutes."""

from functools import lru_cache
from typing import Any

import altair as alt
import sqlalchemy as sa

from core.base.i18n import N_, _, language
from core.show.about import About
from core.show.charts import Drawing, drawn, pick, specification_of
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.reroutes.look import RerouteLook
from pages.reroutes.queries import COUNT, Columns, Select, question, weekday_of
from pages.reroutes.words import SOURCE, weekday_name


@question("hours")
def hours(h: Columns) -> Select:
    """Each weekday (Monday is 1) and local hour."""
    weekday = weekday_of(h).label("weekday")
    return sa.select(weekday, h.hour, COUNT).where(h.day.is_not(None)).group_by(weekday, h.hour)


@lru_cache(maxsize=4)
def _specification(_language: str) -> dict[str, Any]:
    told = [
        alt.Tooltip("name:N", title=_("Weekday")),
        alt.Tooltip("hour:O", title=_("Hour")),
        alt.Tooltip("handovers:Q", title=_("Reroutes"), format=",d"),
    ]
    chart = (
        drawn()
        .mark_rect(cornerRadius=2, cursor="pointer")
        .encode(
            x=alt.X(
                "hour:O",
                title=None,
                scale=alt.Scale(domain=list(range(24))),
                axis=alt.Axis(labelAngle=0, labelOverlap=True, ticks=False, domain=False),
            ),
            y=alt.Y(
                "name:N", sort=alt.EncodingSortField("weekday"), title=None, axis=alt.Axis(ticks=False, domain=False)
            ),
            color=alt.value("blue"),
            opacity=alt.Opacity("handovers:Q", scale=alt.Scale(range=[0.06, 1]), legend=None),
            tooltip=told,
        )
        .add_params(pick("weekday", "hour"))
        .properties(height=alt.Step(24))
    )
    return specification_of(chart)


HOURS: Figure[RerouteLook] = Figure(
    name="hours",
    title=N_("Weekday and hour"),
    about=About(N_("Local weekday and hour at which tasks were rerouted."), SOURCE),
    query=hours,
    shape=lambda _look, counts: counts.assign(name=[weekday_name(int(number)) for number in counts["weekday"]]),
    columns=(
        Column("name", N_("Weekday")),
        Column("hour", N_("Hour"), Kind.NUMBER),
        Column("handovers", N_("Reroutes"), Kind.NUMBER),
    ),
    chart=lambda frame, _look: Drawing(_specification(language()), frame),
    means=lambda _look, mark: {"only": {"weekday": mark["weekday"], "hour": mark["hour"]}},
    when=lambda look: bool(look.dated),
)
