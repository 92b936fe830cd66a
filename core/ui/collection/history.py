"""What became of a record: its versions, two of them compared, as it was on a day, its entries in the audit."""

import streamlit as st

from core.base.calendar import end_of
from core.base.i18n import _, local, show_date, show_moment
from core.records import abouts, acts, check, frames, records
from core.records.collection import Collection
from core.records.lists import Lists
from core.records.records import Record
from core.show.filters import Day
from core.store.engine import store
from core.ui import records as parts
from core.ui.collection.form import read
from core.ui.screen import Screen


def draw_versions(s: Screen, collection: Collection, record: Record, lists: Lists) -> None:
    """Every version, what differs between two, and the record as it was on a day."""
    form = collection.form
    with store().read() as connection:
        history = records.history(connection, record.id)
        people = acts.people(connection)
    frame = frames.versions(collection, history, people)
    s.table(
        frame,
        title=_("Versions"),
        columns=frames.version_columns(collection),
        about=abouts.HISTORY,
        name="versions",
    )
    done = zip(history, frame["who"], frame["action"], strict=True)
    named = {
        version.version: f"{version.version} · {show_moment(version.at)} · {who}, {what}" for version, who, what in done
    }
    if len(history) > 1:
        earlier, later = parts.two_of(list(named), named.__getitem__, key=f"{s.mission.key}.versions.{record.id}")
        with store().read() as connection:
            told_ = acts.differences(connection, collection, record.id, earlier, later)
        if told_:
            s.table(
                frames.differences(told_, form, lists),
                title=_("From version {earlier} to version {later}").format(earlier=earlier, later=later),
                columns=frames.difference_columns(),
                about=abouts.HISTORY,
                name="differences",
            )
        else:
            st.info(_("The content of both versions is the same: only the state changed."))
    on = s.filters(on=Day(_("As it was at the end of"), local(s.now).date(), last=local(s.now).date())).on
    then = next((version for version in history if version.at <= end_of(on)), None)
    if then is None:
        st.info(_("This record did not exist yet."))
        return
    st.subheader(_("Version {n}, on {day}").format(n=then.version, day=show_date(on)), anchor=False)
    content = check.stored(form, then.data).model_dump(mode="json")
    for section in dict.fromkeys(field.section for field in form.fields):
        with st.expander(_(form.sections[section])):
            read(form, section, content, lists)


def draw_audit(s: Screen, collection: Collection, record: Record) -> None:
    """The entries of the audit about a record."""
    with store().read() as connection:
        entries = frames.audit(connection, collection, record.id)
    s.table(entries, title=_("Audit"), columns=frames.audit_columns(), about=abouts.AUDIT, name="audit")
