"""The register as it was on a day."""

import streamlit as st

from core.base.calendar import end_of
from core.base.i18n import _, local, ngettext, show_number
from core.show.filters import Choice, Day
from core.store.engine import store
from core.ui.screen import Screen
from pages.register import abouts, frames, treatments
from pages.register.files import EVERY, PUBLISHED, which
from pages.register.views.page import go_to


def draw(s: Screen, kind: str) -> None:
    """The register as it was on a day."""
    today = local(s.now).date()
    chosen = s.filters(
        on=Day(_("At the end of"), today, last=today),
        which=Choice(_("Versions"), PUBLISHED, options=which()),
    )
    with store().read() as connection:
        people = treatments.people(connection)
        published = chosen.which != EVERY
        found = [
            version
            for version, _entry in treatments.register_as_of(
                connection, end_of(chosen.on), published=published, kind=kind
            )
        ]
    if not found:
        nothing = (
            _("The register published nothing on that day.") if published else _("There was no record on that day.")
        )
        st.info(nothing, icon=":material/inbox:")
        return
    s.table(
        frames.past(found, kind, people),
        title=ngettext("{n} treatment", "{n} treatments", len(found)).format(n=show_number(len(found))),
        columns=frames.past_columns(),
        about=abouts.HISTORY,
        name="past",
        on_open=go_to,
    )
