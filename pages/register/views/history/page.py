"""What became of a record: its versions, two of them compared, as it was on a day, its entries in the audit."""

import streamlit as st

from core.base.calendar import end_of
from core.base.i18n import _, local, show_date, show_moment
from core.records import records
from core.records.lists import Lists
from core.records.records import Record
from core.show.filters import Day
from core.store.engine import store
from core.ui import records as parts
from core.ui.screen import Screen
from pages.register import abouts, check, frames, treatments
from pages.register.model import FORMS, SECTIONS
from pages.register.views.form.page import read


def draw_versions(s: Screen, record: Record, lists: Lists) -> None:
    """Every version, what differs between two, and the record as it was on a day."""
    form = FORMS[record.kind]
    with store().read() as connection:
        found = records.history(connection, record.id)
        people = treatments.people(connection)
    frame = frames.versions(found, people)
    s.table(
        frame,
        title=_("Versions"),
        columns=frames.version_columns(),
        about=abouts.HISTORY,
        name="versions",
    )
    done = zip(found, frame["who"], frame["action"], strict=True)
    named = {one.version: f"{one.version} · {show_moment(one.at)} · {who}, {what}" for one, who, what in done}
    if len(found) > 1:
        earlier, later = parts.two_of(list(named), named.__getitem__, key=f"register.versions.{record.id}")
        with store().read() as connection:
            told_ = treatments.differences(connection, record.id, earlier, later, kind=record.kind)
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
    then = next((one for one in found if one.at <= end_of(on)), None)
    if then is None:
        st.info(_("This record did not exist yet."))
        return
    st.subheader(_("Version {n}, on {day}").format(n=then.version, day=show_date(on)), anchor=False)
    content = check.stored(form, then.data).model_dump(mode="json")
    for section in dict.fromkeys(field.section for field in form.fields):
        with st.expander(_(SECTIONS[section])):
            read(form, section, content, lists)


def draw_audit(s: Screen, record: Record) -> None:
    """The entries of the audit about a record."""
    with store().read() as connection:
        found = frames.audit(connection, record.kind, record.id)
    s.table(found, title=_("Audit"), columns=frames.audit_columns(), about=abouts.AUDIT, name="audit")
