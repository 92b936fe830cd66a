"""First returns A→B→A of the period."""

import sqlalchemy as sa

from core.base.i18n import N_
from core.show.about import About
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.reroutes.look import RerouteLook
from pages.reroutes.queries import ROWS_SHOWN, Columns, Select, question
from pages.reroutes.words import SOURCE, shown_of


@question("returns", cap=ROWS_SHOWN)
def returned(h: Columns) -> Select:
    """First returns A→B→A, the newest first: `target` is A, `origin` is B."""
    return (
        sa.select(h.task, h.reference, h.target, h.origin, h.moved_at, h.waited_s, h.total)
        .where(h.back == 1)
        .order_by(h.moved_at.desc(), h.task)
    )


RETURNS: Figure[RerouteLook] = Figure(
    name="pingpong",
    title=N_("Ping-pong"),
    about=About(N_("First returns A→B→A of the period."), SOURCE),
    shape=lambda look: look.first_rows(returned, "pingpong"),
    columns=(
        Column("task", N_("Task")),
        Column("target", N_("Entity (A)")),
        Column("origin", N_("Went to (B)")),
        Column("moved_at", N_("Came back"), Kind.MOMENT),
        Column("waited_s", N_("After"), Kind.DURATION),
        Column("total", N_("Reroutes"), Kind.NUMBER),
        Column("reference", N_("Reference")),
    ),
    detail=shown_of,
    rows=lambda look: look.stream(returned),
    height=320,
    mailed=False,
)
