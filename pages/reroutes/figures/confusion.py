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

FIRST, LAST, TASKS = N_("First entity"), N_("Last entity"), N_("Tasks")


@question("chosen_and_right")
def confusion(h: Columns) -> Select:
    """Distinct tasks of the hand-overs that ended elsewhere than where the router put them, by both entities."""
    ends = (
        sa.func.any_value(h.placed, type_=sa.Text()).label("origin"),
        sa.func.any_value(h.final, type_=sa.Text()).label("target"),
    )
    wrong = sa.and_(h.placed != h.final, sa.not_(sa.func.coalesce(h.midway, sa.false())))
    t = sa.select(*ends).where(wrong).group_by(h.task, h.source).subquery("by_task").c
    tasks = sa.func.count().label("tasks")
    pair = (t.origin, t.target)
    return sa.select(*pair, tasks).group_by(*pair).order_by(tasks.desc(), *pair)


def _shape(_look: RerouteLook, pairs: pd.DataFrame) -> pd.DataFrame:
    return pairs.assign(handovers=pairs["tasks"])


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
        Column("origin", FIRST),
        Column("target", LAST),
        Column("tasks", TASKS, Kind.NUMBER),
    ),
    chart=lambda frame, _look: Drawing(specification(language(), FIRST, LAST, TASKS), most_met(frame)),
    means=_means,
    detail=lambda _look, frame: said_share(most_met(frame)),
    mailed=False,
)
