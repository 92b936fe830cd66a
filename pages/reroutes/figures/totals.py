"""Tasks by how often they were rerouted: those of the hand-overs shown, and those that the router placed."""

from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_, _, language
from core.show.about import About
from core.show.charts import Drawing, drawn, numbers, pick, specification_of
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.reroutes.facts import TASKS
from pages.reroutes.look import RerouteLook
from pages.reroutes.queries import COHORT_OF_LOGS, counted, query
from pages.reroutes.words import SOURCE

_T = TASKS.sql.c
MOVES_OF_PLACED = query(
    "moves_of_placed",
    sa.select(_T.handovers.label("total"), sa.func.count().label("tasks"))
    .where(*COHORT_OF_LOGS)
    .group_by(_T.handovers),
    TASKS,
)
"""Tasks that the router placed, as logs tell that hold every one, by the number of their hand-overs."""


def shape(_look: RerouteLook, counts: pd.DataFrame) -> pd.DataFrame:
    """Tasks by their number of hand-overs: `total`, `tasks`, `share`, the smallest first."""
    ordered = counts[["total", "tasks"]].sort_values("total").reset_index(drop=True)
    return ordered.assign(share=ordered["tasks"] / max(int(ordered["tasks"].sum()), 1))


@lru_cache(maxsize=4)
def _specification(_language: str, picked: bool) -> dict[str, Any]:
    tooltips = [
        alt.Tooltip("total:O", title=_("Reroutes")),
        alt.Tooltip("tasks:Q", title=_("Tasks"), format=",d"),
        alt.Tooltip("share:Q", title=_("Share"), format=".1%"),
    ]
    base = drawn().encode(
        x=alt.X("total:O", title=_("Reroutes"), axis=alt.Axis(labelAngle=0)),
        y=alt.Y("tasks:Q", title=_("Tasks")),
        tooltip=tooltips,
    )
    bars = base.mark_bar(cornerRadiusEnd=2, cursor="pointer" if picked else "default")
    bars = bars.encode(color=alt.value("blue"))
    values = numbers(base, "tasks:Q", ",d", upright=True)
    return specification_of(
        alt.layer(bars.add_params(pick("total")) if picked else bars, values).properties(height=200)
    )


COLUMNS = (
    Column("total", N_("Reroutes"), Kind.NUMBER),
    Column("tasks", N_("Tasks"), Kind.NUMBER),
    Column("share", N_("Share"), Kind.PERCENT, digits=1),
)
TOTALS: Figure[RerouteLook] = Figure(
    name="totals",
    title=N_("How often they were rerouted"),
    about=About(
        N_("Distinct tasks of the hand-overs shown, by the number of their hand-overs in all, others too."), SOURCE
    ),
    query=counted,
    shape=shape,
    columns=COLUMNS,
    chart=lambda frame, _look: Drawing(_specification(language(), picked=True), frame),
    means=lambda _look, mark: {"only": {"total": mark["total"]}},
    mailed=False,
)
MOVES: Figure[RerouteLook] = Figure(
    name="moves",
    title=N_("Routed tasks by number of moves"),
    about=About(
        N_(
            "Tasks that the router placed in the period, in the entities looked at, by how often they were rerouted so "
            "far, never included: together they are the tasks routed."
        ),
        SOURCE,
    ),
    query=MOVES_OF_PLACED,
    shape=shape,
    columns=COLUMNS,
    chart=lambda frame, _look: Drawing(_specification(language(), picked=False), frame),
    when=lambda look: look.there.whole and look.slice.of_tasks,
    mailed=False,
)
