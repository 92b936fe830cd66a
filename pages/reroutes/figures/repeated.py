"""Tasks that have two or more of the hand-overs shown."""

from typing import Any

import sqlalchemy as sa

from core.base.i18n import N_
from core.show.about import About
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.reroutes.figures.path import path_of
from pages.reroutes.look import RerouteLook
from pages.reroutes.queries import ROWS_SHOWN, Columns, Select, question
from pages.reroutes.words import SOURCE, shown_of


@question("rerouted_again_tasks", cap=ROWS_SHOWN)
def repeated(h: Columns) -> Select:
    """The tasks that have two or more of the hand-overs, each by the last of them, the newest first."""
    told = (h.task, h.reference, h.total, h.placed, h.final, h.moved_at, h.router)
    window: dict[str, Any] = {"partition_by": h.task}
    last = sa.func.row_number().over(**window, order_by=(h.moved_at.desc(), h.nth.desc())).label("last")
    times = sa.func.count().over(**window).label("times")
    t = sa.select(*told, times, last).subquery("last_ones").c
    return (
        sa.select(*(t[column.name] for column in told), t.times)
        .where(t.times > 1, t.last == 1)
        .order_by(t.moved_at.desc(), t.task)
    )


REPEATED: Figure[RerouteLook] = Figure(
    name="repeated",
    title=N_("Tasks rerouted twice or more"),
    about=About(N_("The tasks that have two or more of the hand-overs shown, the newest first."), SOURCE),
    query=repeated,
    columns=(
        Column("task", N_("Task")),
        Column("times", N_("Reroutes shown"), Kind.NUMBER),
        Column("total", N_("Reroutes in all"), Kind.NUMBER),
        Column("placed", N_("First entity")),
        Column("final", N_("Last entity")),
        Column("moved_at", N_("Last of them"), Kind.MOMENT),
        Column("reference", N_("Reference")),
        Column("router", N_("Version of the router")),
    ),
    means=path_of,
    detail=shown_of,
    rows=lambda look: look.stream(repeated),
    height=320,
    mailed=False,
)
