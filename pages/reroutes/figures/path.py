"""The path of one task: where it was, since when, how long, and who moved it on."""

from collections.abc import Hashable, Mapping

import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_, _
from core.show.about import About
from core.show.columns import Column, Kind, framed
from core.show.figure import Figure, Mark, Search
from pages.reroutes.facts import HANDOVERS
from pages.reroutes.look import RerouteLook
from pages.reroutes.queries import query
from pages.reroutes.words import SOURCE, ways

_H = HANDOVERS.sql.c
PATH = query(
    "path_of_a_task",
    sa.select(
        *(_H[name] for name in ("source", "nth", "placed_at", "moved_at", "until", "origin", "target", "waited_s")),
        *(_H[name] for name in ("actor", "centre", "way")),
    )
    .where(sa.not_(_H.void), _H.task == sa.bindparam("task", type_=sa.Text()))
    .order_by(_H.source, _H.nth, _H.moved_at, _H.step),
    HANDOVERS,
)
"""Every hand-over of a task, whatever the filters."""


def _task(look: RerouteLook) -> str:
    return str(look.slice.values()["only_task"][0]) if look.slice.values()["only_task"] else ""


def shape(look: RerouteLook) -> pd.DataFrame:
    """One row a place where the task was: `place`, `came_at` (null where it is not known), `stayed_s`, and who moved it
    away from there."""
    rows: list[dict[str, object]] = []
    moved: list[dict[Hashable, object]] = look.ask(PATH, task=_task(look)).to_dict("records")
    for at, move in enumerate(moved):
        begins = at == 0 or moved[at - 1]["source"] != move["source"] or moved[at - 1]["target"] != move["origin"]
        if begins:
            known = move["nth"] == 1 and move["placed_at"] != move["moved_at"]
            rows.append({"place": move["origin"], "came_at": move["placed_at"] if known else None})
        on = {"left_by": move["actor"], "centre": move["centre"], "way": ways().get(str(move["way"]))}
        rows[-1] |= {"stayed_s": move["waited_s"], **on}
        rows.append({"place": move["target"], "came_at": None if move["until"] is not None else move["moved_at"]})
    return framed(rows, COLUMNS)


def path_of(_look: RerouteLook, mark: Mark) -> Mapping[str, object]:
    """The task of a row."""
    return {"only": {"task": mark["task"]}}


COLUMNS = (
    Column("place", N_("Entity")),
    Column("came_at", N_("Came there"), Kind.MOMENT),
    Column("stayed_s", N_("Stayed"), Kind.DURATION),
    Column("left_by", N_("Moved on by")),
    Column("centre", N_("Centre")),
    Column("way", N_("Manual or automatic")),
)
THE_PATH: Figure[RerouteLook] = Figure(
    name="path",
    title=lambda look, _frame: _("Path of the task {task}").format(task=_task(look)),
    about=About(
        N_(
            "Every entity that held the task, in order, whatever the other filters: since when, how long, who moved it."
        ),
        SOURCE,
    ),
    shape=shape,
    columns=COLUMNS,
    when=lambda look: bool(_task(look)),
    empty=N_("No hand-over of this task is known."),
    mailed=False,
)
FIND: Search[RerouteLook] = Search(
    name="task",
    label=N_("Find a task"),
    hint=N_("Type the number of a task, then Enter: every entity that held it is shown here."),
    placeholder="1-2CCDRIBW",
    means=lambda _look, text: {"only": {"task": text.strip()} if text.strip() else {}},
)
