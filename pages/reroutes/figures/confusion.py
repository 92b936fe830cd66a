"""Rerouted tasks by the entity that the router chose and the one they ended in."""

import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_, language
from core.show.about import About
from core.show.charts import Drawing
from core.show.columns import Column, Kind
from core.show.figure import Figure, Mark
from pages.reroutes.figures.matrix import said_share, specification
from pages.reroutes.look import RerouteLook
from pages.reroutes.queries import Columns, Select, question
from pages.reroutes.shares import most_met
from pages.reroutes.words import SOURCE


@question("chosen_and_right")
def confusion(h: Columns) -> Select:
    """Distinct tasks of the hand-overs that ended elsewhere than where the router put them, by both entities."""
    tasks = sa.func.count(h.task.distinct()).label("tasks")
    return (
        sa.select(h.placed.label("origin"), h.final.label("target"), tasks)
        .where(h.placed != h.final, sa.not_(sa.func.coalesce(h.midway, sa.false())))
        .group_by(h.placed, h.final)
        .order_by(tasks.desc(), h.placed, h.final)
    )


def _shape(_look: RerouteLook, found: pd.DataFrame) -> pd.DataFrame:
    return found.assign(handovers=found["tasks"])


def _means(_look: RerouteLook, mark: Mark) -> dict[str, object]:
    ends = (("placed", "origin"), ("final", "target"))
    return {"only": {column: mark[end] for column, end in ends if not mark.get(f"other_{end}")}}


CONFUSION: Figure[RerouteLook] = Figure(
    name="confusion",
    title=N_("Chosen by the router → right in the end"),
    about=About(N_("Rerouted tasks by the entity that the router chose and the one they ended in."), SOURCE),
    query=confusion,
    shape=_shape,
    columns=(
        Column("origin", N_("First entity")),
        Column("target", N_("Last entity")),
        Column("tasks", N_("Tasks"), Kind.NUMBER),
    ),
    chart=lambda frame, _look: Drawing(specification(language()), most_met(frame)),
    means=_means,
    detail=said_share,
    mailed=False,
)
