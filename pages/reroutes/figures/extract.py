"""The team's own extract: reroutes made by hand outside complaints, whatever the filters but the period."""

import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_, _, show_date, show_number
from core.show.about import About
from core.show.columns import Column
from core.show.figure import Figure
from pages.reroutes import watch
from pages.reroutes.facts import Way
from pages.reroutes.look import RerouteLook
from pages.reroutes.queries import ROWS_SHOWN, Columns, Select, Slice, question
from pages.reroutes.rules import Resolved
from pages.reroutes.words import SOURCE

OUTSIDE = "outside_complaints"
"""Key of the scope that the team's extract is of."""
TEAM = {
    "act_row_id": "task",
    "Reference_extern": "reference",
    "ancienne_entite": "origin",
    "entite_cible_jour_modif_dli": "target",
    "filiere_cible": "line",
    "type_ancienne_entite": "origin_type",
    "type_entite_cible": "target_type",
    "mail_destinataire": "recipients",
}
"""The eight columns of the team's table, and what fills them."""


@question("team_extract", cap=ROWS_SHOWN)
def extract(h: Columns) -> Select:
    """The hand-overs in the team's own eight columns, the newest first."""
    columns = [h[column].label(name) for name, column in TEAM.items()]
    return sa.select(*columns).order_by(h.moved_at.desc(), h.task, h.step)


def _by_hand(look: RerouteLook, scope: Resolved | None) -> RerouteLook:
    """What people rerouted in the period, of a scope. Of the filters only the period holds."""
    by_hand = (Way.MANUAL.value, Way.UNKNOWN.value)
    return look.of(Slice(look.slice.first, look.slice.last, scope, ways=by_hand, undated=look.slice.undated))


def _outside(look: RerouteLook) -> RerouteLook:
    return _by_hand(look, watch.resolved(look.rules.scope(OUTSIDE), look.there))


def _count(look: RerouteLook, _frame: pd.DataFrame) -> str:
    outside, every = _outside(look).count, _by_hand(look, None).count
    sentence = _(
        "{n} reroutes made by hand from {first} to {last}, whatever the other filters; the export holds all."
    ).format(n=show_number(outside), first=show_date(look.slice.first), last=show_date(look.slice.last))
    if left := every - outside:
        sentence += " " + _("{n} more are left out by the scope “{scope}” of the rules.").format(
            n=show_number(left), scope=(scope.title if (scope := look.rules.scope(OUTSIDE)) else OUTSIDE)
        )
    return sentence


EXTRACT: Figure[RerouteLook] = Figure(
    name="outside-complaints",
    title=N_("Extract outside complaints"),
    about=About(
        N_(
            "Reroutes made in the centres outside complaints, in the team's own eight columns: examples for the router."
        ),
        SOURCE,
    ),
    shape=lambda look: _outside(look).first_rows(extract),
    columns=tuple(Column(name, name) for name in TEAM),
    detail=_count,
    rows=lambda look: _outside(look).stream(extract),
    height=280,
    mailed=False,
)
