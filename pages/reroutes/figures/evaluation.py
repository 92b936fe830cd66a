"""What the router gets wrong, by entity: precision and recall with their intervals."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_, _, ngettext, show_date, show_number
from core.facts.conditions import among
from core.show.about import About
from core.show.columns import Column, Kind, framed
from core.show.figure import Figure, Note
from pages.reroutes.facts import TASKS
from pages.reroutes.look import RerouteLook
from pages.reroutes.queries import IN_THE_DAYS, ONLY_WHOLE, Slice, query
from pages.reroutes.router.evaluate import Judged, Pair, judge
from pages.reroutes.shares import summed
from pages.reroutes.words import SOURCE

_T = TASKS.sql.c
OUTCOMES = query(
    "outcomes_of_placed",
    sa.select(_T.placed, _T.final, sa.func.count().label("tasks"))
    .where(
        sa.not_(_T.void),
        sa.not_(_T.midway),
        sa.or_(sa.not_(ONLY_WHOLE), sa.func.coalesce(_T.whole, sa.false())),
        IN_THE_DAYS,
        among("versions", _T.router),
    )
    .group_by(_T.placed, _T.final),
    TASKS,
)
"""Tasks routed in a time by where the router placed them and where they are now: those of logs that hold every task, or
of all sources."""


def _over(look: RerouteLook) -> Slice:
    """The days that are evaluated: of volumes those alone that they tell of in full."""
    if look.there.whole or not look.volumes:
        return look.slice
    volumes = look.volumes
    return replace(
        look.slice, first=min(volume.first for volume in volumes), last=max(volume.last for volume in volumes)
    )


def _judged(look: RerouteLook) -> list[Judged]:
    over = _over(look)
    outcomes = look.ask(OUTCOMES, **over.values(), only_whole=look.there.whole)
    counts = {(first, last): count for first, last, count in summed(outcomes, ["placed", "final"], "tasks")}
    judged = judge(counts, _placed(look, counts))
    asked = look.slice.places
    return [entity_judged for entity_judged in judged if asked is None or entity_judged.entity in asked]


def _placed(look: RerouteLook, counts: Mapping[Pair, int]) -> dict[str, int]:
    """Tasks routed by entity, of the same time; none where it is not known."""
    placed: dict[str, int] = {}
    if look.there.whole:
        for (first, _last), count in counts.items():
            placed[first] = placed.get(first, 0) + count
    else:
        for volume in look.volumes:
            placed[volume.entity] = placed.get(volume.entity, 0) + volume.routed
    return placed


def _shape(look: RerouteLook) -> pd.DataFrame:
    rows = []
    for result in _judged(look):
        row: dict[str, object] = {
            "entity": result.entity,
            "placed": result.placed,
            "lost": result.lost,
            "gained": result.gained,
        }
        for name, share in (("precision", result.precision), ("recall", result.recall)):
            low, high = share.interval if share and share.interval else (None, None)
            row |= {name: share.value if share else None, f"{name}_low": low, f"{name}_high": high}
        rows.append(row)
    whole = {"placed": "Int64", "lost": "Int64", "gained": "Int64"}
    return framed(rows, COLUMNS).astype(whole)


def _doubts(look: RerouteLook) -> list[str]:
    sentences, judged, over = [], _judged(look), _over(look)
    if not any(result.placed for result in judged):
        sentences.append(
            _(
                "The routed volumes are not known for what is asked: how many tasks were placed right cannot be said, "
                "and neither precision nor recall. What was rerouted is shown."
            )
        )
    if not look.slice.of_tasks:
        sentences.append(
            _("The evaluation takes whole tasks: of the filters it follows period, origin, scope and version.")
        )
    if (over.first, over.last) != (look.slice.first, look.slice.last):
        sentences.append(
            _("Evaluated from {first} to {last}, of which the routed volumes tell.").format(
                first=show_date(over.first), last=show_date(over.last)
            )
        )
    if any(result.contradicts for result in judged):
        sentences.append(
            _("For some entities more tasks were rerouted than routed: the sources disagree, no share is made.")
        )
    if look.watched.midway:
        sentences.append(
            ngettext(
                "{n} task met in mid-life is left out: nothing tells where the router placed it.",
                "{n} tasks met in mid-life are left out: nothing tells where the router placed them.",
                look.watched.midway,
            ).format(n=show_number(look.watched.midway))
        )
    return sentences


COLUMNS = (
    Column("entity", N_("Entity")),
    Column("placed", N_("Tasks routed"), Kind.NUMBER),
    Column("lost", N_("Rerouted elsewhere"), Kind.NUMBER),
    Column("gained", N_("Came from elsewhere"), Kind.NUMBER),
    Column("precision", N_("Precision"), Kind.PERCENT, digits=1),
    Column("precision_low", N_("Precision, at least"), Kind.PERCENT, digits=1),
    Column("precision_high", N_("Precision, at most"), Kind.PERCENT, digits=1),
    Column("recall", N_("Recall"), Kind.PERCENT, digits=1),
    Column("recall_low", N_("Recall, at least"), Kind.PERCENT, digits=1),
    Column("recall_high", N_("Recall, at most"), Kind.PERCENT, digits=1),
)
DOUBTS: Note[RerouteLook] = Note(_doubts, tone="info")
EVALUATION: Figure[RerouteLook] = Figure(
    name="evaluation",
    title=N_("Evaluation of the router"),
    about=About(
        N_(
            "Tasks that the router placed in the period, and where they are now, whenever they were rerouted. "
            "Precision: of the tasks placed in an entity, those that stayed or came back. Recall: of the tasks that "
            "belong there, those placed there at once. With 95 % intervals (Wilson) from 30 tasks on. Not rerouted "
            "does not mean right; an escalation is not a misroute."
        ),
        SOURCE,
    ),
    shape=_shape,
    columns=COLUMNS,
    height=420,
    mailed=False,
)
