"""The marked events of a mission: listed for all, added and taken away by whoever may act there."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from core.base.i18n import _, language, show_date
from core.notes import marks
from core.notes.marks import Mark
from core.ui.filters import DATE_FORMATS
from core.ui.forms import done, write
from core.ui.screen import Screen
from core.ui.words import plain


def panel(s: Screen, known: Sequence[Mark], *, default: date) -> None:
    """The list and its forms. `default` is the day first proposed for a new one."""
    with st.expander(_("Marked events ({n})").format(n=len(known)), icon=":material/flag:"):
        for mark in known:
            _line(s, mark)
        if not known:
            st.caption(_("Nothing has been marked in this period."))
        if s.can_act:
            _form(s, default)


def _line(s: Screen, mark: Mark) -> None:
    key = f"{s.mission.key}.mark.{mark.id}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        said = f"**{show_date(mark.day)}** · {plain(mark.title)}"
        st.markdown(said + (f"  \n:small[{plain(mark.note)}]" if mark.note else ""), width="stretch")
        if s.can_act:
            with st.popover(":material/edit:", key=f"{key}.open", help=_("Change or remove the event")):
                _change(s, mark, key)


def _change(s: Screen, mark: Mark, key: str) -> None:
    with st.form(f"{key}.{mark.version}", border=False):
        day, title, note = _fields(f"{key}.{mark.version}", mark.day, mark.title, mark.note)
        save, drop = st.form_submit_button(_("Save"), type="primary"), st.form_submit_button(_("Remove"))
    if save:
        with write(s) as connection:
            marks.change(connection, mark, day, title, note, who=s.person.name)
            done(_("Event {title} changed."), title=title)
    if drop:
        with write(s) as connection:
            marks.remove(connection, mark, who=s.person.name)
            done(_("Event {title} removed."), title=mark.title)


def _form(s: Screen, default: date) -> None:
    key = f"{s.mission.key}.mark.new"
    with st.form(key, border=False, clear_on_submit=True):
        day, title, note = _fields(key, default, "", "")
        if st.form_submit_button(_("Mark the event"), type="primary"):
            with write(s) as connection:
                marks.add(connection, s.mission.key, day, title, note, who=s.person.name)
                done(_("Event {title} marked."), title=title)


def _fields(key: str, day: date, title: str, note: str) -> tuple[date, str, str]:
    chosen = st.date_input(_("Day of the event"), day, format=DATE_FORMATS[language()], key=f"{key}.day")
    what = st.text_input(_("What happened"), title, max_chars=marks.LONGEST, key=f"{key}.title")
    more = st.text_input(_("Note"), note, max_chars=500, key=f"{key}.note")
    return chosen, what, more
