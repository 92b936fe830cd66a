"""What the router gets wrong, by entity: precision and recall with their intervals."""

import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_, _
from core.show.about import About
from core.show.columns import Column, Kind
from core.show.figure import Figure, Note
from pages.reroutes.facts import VOLUMES
from pages.reroutes.look import RerouteLook
from pages.reroutes.queries import ROUTED_IN, ROUTED_SUM, Columns, Select, query, question
from pages.reroutes.router.evaluate import Judged, judge
from pages.reroutes.shares import summed
from pages.reroutes.words import SOURCE


@question("by_router")
def confusion(h: Columns) -> Select:
    """Rerouted tasks by the entity that the router chose, the one they ended in, and the version of the router."""
    router = sa.func.coalesce(h.router, sa.literal_column("''")).label("router")
    return (
        sa.select(h.placed, h.final, router, sa.func.count().label("tasks"))
        .where(h.nth == 1)
        .group_by(h.placed, h.final, h.router)
    )


_V = VOLUMES.sql.c
ROUTED_TO = query(
    "routed_to",
    sa.select(_V.entity, _V.router, ROUTED_SUM)
    .where(*ROUTED_IN)
    .group_by(_V.entity, _V.router)
    .order_by(_V.entity, _V.router),
    VOLUMES,
)
"""Tasks routed, by entity and version of the router."""


def moved(look: RerouteLook) -> pd.DataFrame:
    """Rerouted tasks by the entity chosen and the one they ended in, of the version asked for."""
    return _of_version(look, look.ask(confusion))


def _of_version(look: RerouteLook, frame: pd.DataFrame) -> pd.DataFrame:
    version = look.chosen.router
    return frame[frame["router"] == version] if version else frame


def _placed(look: RerouteLook) -> dict[str, int]:
    """Tasks routed by entity; {} where the volumes of what is asked are not known."""
    asked = look.slice
    if asked.targets or asked.lines or asked.only or (asked.scope and asked.scope.centres is not None):
        return {}
    return dict(summed(_of_version(look, look.ask(ROUTED_TO)), ["entity"], "routed"))


def _judged(look: RerouteLook) -> list[Judged]:
    counts = {(first, last): count for first, last, count in summed(moved(look), ["placed", "final"], "tasks")}
    judged = judge(counts, _placed(look))
    if look.slice.origins or look.slice.scope:
        judged = [one for one in judged if one.lost or one.gained]
    return judged


def _shape(look: RerouteLook) -> pd.DataFrame:
    rows = []
    for one in _judged(look):
        row: dict[str, object] = {"entity": one.entity, "placed": one.placed, "lost": one.lost, "gained": one.gained}
        for name, share in (("precision", one.precision), ("recall", one.recall)):
            low, high = share.interval if share and share.interval else (None, None)
            row |= {name: share.value if share else None, f"{name}_low": low, f"{name}_high": high}
        rows.append(row)
    whole = {"placed": "Int64", "lost": "Int64", "gained": "Int64"}
    return pd.DataFrame(rows, columns=[column.name for column in COLUMNS]).astype(whole)


def _doubts(look: RerouteLook) -> list[str]:
    said = []
    if not _placed(look):
        said.append(
            _(
                "The routed volumes are not known for what is asked: how many tasks were placed right cannot be said, "
                "and neither precision nor recall. What was rerouted is shown."
            )
        )
    if any(one.contradicts for one in _judged(look)):
        said.append(
            _("For some entities more tasks were rerouted than routed: the sources disagree, no share is made.")
        )
    return said


COLUMNS = (
    Column("entity", N_("Entity")),
    Column("placed", N_("Tasks routed"), Kind.NUMBER),
    Column("lost", N_("Rerouted elsewhere"), Kind.NUMBER),
    Column("gained", N_("Came from elsewhere"), Kind.NUMBER),
    Column("precision", N_("Precision"), Kind.PERCENT, digits=1),
    Column("precision_low", N_("from"), Kind.PERCENT, digits=1),
    Column("precision_high", N_("to"), Kind.PERCENT, digits=1),
    Column("recall", N_("Recall"), Kind.PERCENT, digits=1),
    Column("recall_low", N_("from "), Kind.PERCENT, digits=1),
    Column("recall_high", N_("to "), Kind.PERCENT, digits=1),
)
DOUBTS: Note[RerouteLook] = Note(_doubts, tone="info")
EVALUATION: Figure[RerouteLook] = Figure(
    name="evaluation",
    title=N_("Evaluation of the router"),
    about=About(
        N_(
            "Precision: of the tasks placed in an entity, those that stayed or came back. Recall: of the tasks that "
            "belong "
            "there, those placed there at once. With 95 % intervals (Wilson) from 30 tasks on. Not rerouted does "
            "not mean "
            "right; an escalation is not a misroute."
        ),
        SOURCE,
    ),
    shape=_shape,
    columns=COLUMNS,
    height=420,
    mailed=False,
)
