"""Tasks by how often they were rerouted."""

from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_, _, language
from core.show.about import About
from core.show.charts import Drawing, drawn, pick, specification_of
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.reroutes.look import RerouteLook
from pages.reroutes.queries import Columns, Select, question
from pages.reroutes.words import SOURCE


@question("rerouted_again")
def totals(h: Columns) -> Select:
    """Tasks whose second hand-over is among them, by the number of their hand-overs in all."""
    return sa.select(h.total, sa.func.count().label("again")).where(h.nth == 2).group_by(h.total)


def shape(_look: RerouteLook, counts: pd.DataFrame) -> pd.DataFrame:
    """Tasks rerouted twice or more by their number of hand-overs: `total`, `again`, `share`, the smallest first."""
    ordered = counts.sort_values("total").reset_index(drop=True)
    return ordered.assign(share=ordered["again"] / max(int(ordered["again"].sum()), 1))


@lru_cache(maxsize=4)
def _specification(_language: str) -> dict[str, Any]:
    told = [
        alt.Tooltip("total:O", title=_("Reroutes")),
        alt.Tooltip("again:Q", title=_("Tasks"), format=",d"),
        alt.Tooltip("share:Q", title=_("Share"), format=".1%"),
    ]
    chart = (
        drawn()
        .mark_bar(cornerRadiusEnd=2, cursor="pointer")
        .encode(
            x=alt.X("total:O", title=_("Reroutes"), axis=alt.Axis(labelAngle=0)),
            y=alt.Y("again:Q", title=_("Tasks")),
            color=alt.value("blue"),
            tooltip=told,
        )
        .add_params(pick("total"))
        .properties(height=200)
    )
    return specification_of(chart)


TOTALS: Figure[RerouteLook] = Figure(
    name="totals",
    title=N_("How often they were rerouted"),
    about=About(
        N_(
            "Tasks whose second hand-over lies in the period, by the number of their hand-overs in all, later ones too."
        ),
        SOURCE,
    ),
    query=totals,
    shape=shape,
    columns=(
        Column("total", N_("Reroutes"), Kind.NUMBER),
        Column("again", N_("Tasks"), Kind.NUMBER),
        Column("share", N_("Share"), Kind.PERCENT, digits=1),
    ),
    chart=lambda frame, _look: Drawing(_specification(language()), frame),
    means=lambda _look, mark: {"only": {"total": mark["total"]}},
    mailed=False,
)
