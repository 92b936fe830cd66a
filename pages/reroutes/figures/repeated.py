"""Tasks whose second hand-over lies in the period."""

import sqlalchemy as sa

from core.base.i18n import N_
from core.show.about import About
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.reroutes.look import RerouteLook
from pages.reroutes.queries import ROWS_SHOWN, Columns, Select, question
from pages.reroutes.words import SOURCE, shown_of


@question("rerouted_again_tasks", cap=ROWS_SHOWN)
def repeated(h: Columns) -> Select:
    """The tasks whose second hand-over is among them, the newest first."""
    return (
        sa.select(h.task, h.reference, h.total, h.placed, h.final, h.moved_at, h.router)
        .where(h.nth == 2)
        .order_by(h.moved_at.desc(), h.task)
    )


REPEATED: Figure[RerouteLook] = Figure(
    name="repeated",
    title=N_("Tasks rerouted twice or more"),
    about=About(N_("The tasks whose second hand-over lies in the period, the newest first."), SOURCE),
    shape=lambda look: look.first_rows(repeated, "again"),
    columns=(
        Column("task", N_("Task")),
        Column("total", N_("Reroutes"), Kind.NUMBER),
        Column("placed", N_("First entity")),
        Column("final", N_("Last entity")),
        Column("moved_at", N_("Second reroute"), Kind.MOMENT),
        Column("reference", N_("Reference")),
        Column("router", N_("Version of the router")),
    ),
    detail=shown_of,
    rows=lambda look: look.stream(repeated),
    height=320,
    mailed=False,
)
