"""Returns of tasks to an entity that held them before."""

import sqlalchemy as sa

from core.base.i18n import N_
from core.show.about import About
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.reroutes.figures.path import path_of
from pages.reroutes.look import RerouteLook
from pages.reroutes.queries import ROWS_SHOWN, Columns, Select, question
from pages.reroutes.words import SOURCE, shown_of


@question("returns", cap=ROWS_SHOWN)
def returned(h: Columns) -> Select:
    """Hand-overs that took a task back to an entity that held it before, the newest first: `target` is that entity,
    `loop` how many moves it took; 2 where it came straight back."""
    return (
        sa.select(h.task, h.reference, h.target, h.origin, h.loop, h.moved_at, h.waited_s, h.total)
        .where(h.loop.is_not(None))
        .order_by(h.moved_at.desc(), h.task, h.nth.desc())
    )


RETURNS: Figure[RerouteLook] = Figure(
    name="pingpong",
    title=N_("Returns"),
    about=About(
        N_("Hand-overs by which a task came back to an entity: straight back, A→B→A, after two moves, or after more."),
        SOURCE,
    ),
    query=returned,
    columns=(
        Column("task", N_("Task")),
        Column("target", N_("Entity (A)")),
        Column("origin", N_("Came from")),
        Column("loop", N_("After so many moves"), Kind.NUMBER),
        Column("moved_at", N_("Came back"), Kind.MOMENT),
        Column("waited_s", N_("Waited"), Kind.DURATION),
        Column("total", N_("Reroutes"), Kind.NUMBER),
        Column("reference", N_("Reference")),
    ),
    means=path_of,
    detail=shown_of,
    rows=lambda look: look.stream(returned),
    height=320,
    mailed=False,
)
