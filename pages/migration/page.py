"""The plan's screen: burn-up and end, then the lots."""

import streamlit as st

from core.base.i18n import N_, _, local, show_number
from core.records.collection import Collection
from core.store.engine import store
from core.ui.collection import board, listing
from core.ui.collection.page import View, collection
from core.ui.collection.ways import go_to
from core.ui.screen import Screen, screen
from pages.migration import MISSION, figures, plan
from pages.migration.collection import LOTS, kept


def draw(s: Screen, collection: Collection) -> None:
    """The plan of all lots that the person sees."""
    with store().read() as connection:
        found = kept(connection, s.person.scope.squads)
    if not found:
        s.empty(_("No lot yet."), hint=_("The part “Import” takes the team's workbook."))
    lots, today = [lot for _ref, _state, lot in found], local(s.now).date()
    minutes = plan.pace(lots)
    s.say(figures.told_end(plan.end(lots, today)))
    with st.container(horizontal=True, gap="xsmall"):
        scope = _("of {n} in scope").format(n=show_number(sum(plan.size(lot, today) for lot in lots)))
        s.figure(_("Treated"), show_number(plan.sums(lots).treated), figures.BURN_UP, detail=scope)
        s.figure(_("Left"), show_number(plan.remaining(lots, today)), figures.END)
        planned = _("{n} min planned").format(n=plan.PLANNED_MINUTES)
        measured = "–" if minutes is None else _("{n} min").format(n=show_number(minutes, 1))
        s.figure(_("A treatment takes"), measured, figures.PACE, detail=planned)
    frame = figures.burn_up(lots)
    s.chart(
        figures.chart(frame),
        title=_("Burn-up, with the scope"),
        about=figures.BURN_UP,
        frame=frame,
        columns=figures.burn_up_columns(),
        name="burn-up",
    )
    s.table(
        figures.by_lot(found),
        title=_("Day by day, and as written"),
        columns=figures.by_lot_columns(),
        about=figures.BY_LOT,
        name="by-lot",
        on_open=go_to,
    )


with screen(MISSION) as s:
    views = {
        "list": View(N_("Lots"), listing.draw),
        "plan": View(N_("Plan"), draw),
        "board": View(N_("Board"), board.draw),
    }
    collection(s, LOTS, views=views)
