"""A collection as it was on a day."""

import streamlit as st

from core.base.calendar import end_of
from core.base.i18n import _
from core.records import abouts, acts, frames
from core.records.collection import Collection
from core.records.exporting.files import PUBLISHED
from core.store.engine import store
from core.ui.collection.ways import as_of, go_to
from core.ui.screen import Screen


def draw(s: Screen, collection: Collection) -> None:
    """A collection as it was on a day."""
    on, published = as_of(s, collection, PUBLISHED)
    with store().read() as connection:
        people = acts.people(connection)
        entries = acts.as_of(connection, collection, end_of(on), published=published, squads=s.person.scope.squads)
        versions = [version for version, _entry in entries]
    if not versions:
        nothing = _("Nothing was published on that day.") if published else _("There was no record on that day.")
        st.info(nothing, icon=":material/inbox:")
        return
    s.table(
        frames.past(collection, versions, people),
        title=collection.counted(len(versions)),
        columns=frames.past_columns(collection),
        about=abouts.HISTORY,
        name="past",
        on_open=go_to,
    )
