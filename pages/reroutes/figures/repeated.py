"""Tasks that have two or more of the hand-overs shown."""

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
    last, times = sa.func.max(h.moved_at).label("moved_at"), sa.func.count().label("times")
    of_the_task = (
        sa.func.any_value(h[name]).label(name) for name in ("reference", "total", "placed", "final", "router")
    )
    return sa.select(h.task, *of_the_task, last, times).group_by(h.task).having(times > 1).order_by(last.desc(), h.task)


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
