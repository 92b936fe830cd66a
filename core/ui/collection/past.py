"""A collection as it was on a day."""

from typing import Any

import streamlit as st

from core.base.calendar import end_of
from core.base.i18n import _, local
from core.records import abouts, acts, frames
from core.records.collection import Collection
from core.records.files import EVERY, PUBLISHED, which
from core.show.filters import Choice, Day, Filter
from core.store.engine import store
from core.ui.collection.ways import go_to
from core.ui.screen import Screen


def draw(s: Screen, collection: Collection) -> None:
    """A collection as it was on a day."""
    today = local(s.now).date()
    asked: dict[str, Filter[Any]] = {"on": Day(_("At the end of"), today, last=today)}
    if collection.workflow.publishes:
        asked["which"] = Choice(_("Versions"), PUBLISHED, options=which())
    chosen = s.filters(**asked)
    on, published = chosen.on, collection.workflow.publishes and chosen.which != EVERY
    with store().read() as connection:
        people = acts.people(connection)
        told = acts.as_of(connection, collection, end_of(on), published=published, squads=s.person.scope.squads)
        found = [version for version, _entry in told]
    if not found:
        nothing = _("Nothing was published on that day.") if published else _("There was no record on that day.")
        st.info(nothing, icon=":material/inbox:")
        return
    s.table(
        frames.past(collection, found, people),
        title=collection.counted(len(found)),
        columns=frames.past_columns(collection),
        about=abouts.HISTORY,
        name="past",
        on_open=go_to,
    )
