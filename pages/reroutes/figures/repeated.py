"""Tasks that have two or more of the hand-overs shown."""

import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_
from core.show.about import About
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.reroutes.figures.path import path_of
from pages.reroutes.frames import newest
from pages.reroutes.look import RerouteLook
from pages.reroutes.queries import ROWS_SHOWN, Columns, Select, question
from pages.reroutes.words import SOURCE, shown_of

SEARCHED = 4 * ROWS_SHOWN
"""The newest hand-overs among which the tasks that stand first are looked for."""


def _repeated(h: Columns, *among: sa.ColumnElement[bool]) -> Select:
    """The tasks that have two or more of the hand-overs, each by the last of them, the newest first."""
    last, times = sa.func.max(h.moved_at).label("moved_at"), sa.func.count().label("times")
    of_the_task = (
        sa.func.any_value(h[name]).label(name) for name in ("reference", "total", "placed", "final", "router")
    )
    repeated = sa.select(h.task, *of_the_task, last, times).where(*among).group_by(h.task).having(times > 1)
    return repeated.order_by(last.desc(), h.task)


@question("rerouted_again_tasks", cap=ROWS_SHOWN)
def repeated(h: Columns) -> Select:
    """All of them."""
    return _repeated(h)


@question("rerouted_again_lately", cap=ROWS_SHOWN)
def lately(h: Columns) -> Select:
    """Those that have one of the hand-overs on the day `since` or later: a few tasks of a long period are grouped, not
    all. It holds for a slice without hand-overs that have no date."""
    recent = h.task.table.element.subquery("recent").c
    return _repeated(h, h.task.in_(sa.select(recent.task).where(recent.day >= sa.bindparam("since", type_=sa.Date()))))


def _shape(look: RerouteLook) -> pd.DataFrame:
    """The first rows of the list. Every task that stands in front of one of a day has a hand-over later than it."""
    asked = newest(look.counts, look.slice, wanted=SEARCHED)
    if not look.slice.undated and asked.first > look.slice.first:
        rows = look.ask(lately, since=asked.first)
        if len(rows) >= ROWS_SHOWN:
            return rows
    return look.ask(repeated)


REPEATED: Figure[RerouteLook] = Figure(
    name="repeated",
    title=N_("Tasks rerouted twice or more"),
    about=About(N_("The tasks that have two or more of the hand-overs shown, the newest first."), SOURCE),
    shape=_shape,
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
