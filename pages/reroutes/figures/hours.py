"""Weekday and hour of reroutes."""

from functools import lru_cache
from typing import Any

import altair as alt
import sqlalchemy as sa

from core.base.i18n import N_, _, language
from core.show.about import About
from core.show.charts import Drawing
from core.show.columns import Column, Kind
from core.show.figure import Figure
from core.show.heat import heat
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
    tooltips = [
        alt.Tooltip("name:N", title=_("Weekday")),
        alt.Tooltip("hour:O", title=_("Hour")),
        alt.Tooltip("handovers:Q", title=_("Reroutes"), format=",d"),
    ]
    plain = alt.Axis(labelAngle=0, ticks=False, domain=False)
    across = alt.X("hour:O", title=_("Hour"), scale=alt.Scale(domain=list(range(24))), axis=plain)
    days = [weekday_name(number) for number in range(1, 8)]
    down = alt.Y("name:N", sort=days, title=None, axis=plain)
    return heat(across, down, "handovers", tooltips, picks=("weekday", "hour"), totals=True)


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
