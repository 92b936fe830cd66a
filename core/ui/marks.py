"""The marked events of a mission: listed for all, added and taken away by whoever may act there."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from core.base.i18n import _, language, show_date
from core.facts.squads import squads
from core.notes import marks
from core.notes.marks import Mark
from core.ui.filters import DATE_FORMATS
from core.ui.forms import done, write
from core.ui.screen import Screen
from core.ui.words import plain


def panel(s: Screen, known: Sequence[Mark], *, default: date) -> None:
    """The list and its forms. `default` is the day first proposed for a new one."""
    title = _("Marked events ({n})").format(n=len(known))
    opened = st.expander(title, icon=":material/flag:", key=f"{s.mission.key}.marks", on_change="rerun")
    if not opened.open:
        return
    with opened:
        for mark in known:
            _line(s, mark)
        if not known:
            st.caption(_("Nothing has been marked in this period."))
        if s.can_act:
            _form(s, default)


def _line(s: Screen, mark: Mark) -> None:
    key = f"{s.mission.key}.mark.{mark.id}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        line = f"**{show_date(mark.day)}** · {plain(mark.title)}"
        if mark.squad:
            line += f" :small[({plain(mark.squad)})]"
        st.markdown(line + (f"  \n:small[{plain(mark.note)}]" if mark.note else ""), width="stretch")
        if s.can_act:
            with st.popover(":material/edit:", key=f"{key}.open", help=_("Change or remove the event")):
                _change(s, mark, key)


def _change(s: Screen, mark: Mark, key: str) -> None:
    with st.form(f"{key}.{mark.version}", border=False):
        day, title, note, squad = _fields(s, f"{key}.{mark.version}", mark.day, mark)
        save, drop = st.form_submit_button(_("Save"), type="primary"), st.form_submit_button(_("Remove"))
    if save:
        with write(s) as connection:
            marks.change(connection, mark, day, title, note, who=s.person.name, squad=squad)
            done(_("Event {title} changed."), title=title)
    if drop:
        with write(s) as connection:
            marks.remove(connection, mark, who=s.person.name)
            done(_("Event {title} removed."), title=mark.title)


def _form(s: Screen, default: date) -> None:
    key = f"{s.mission.key}.mark.new"
    with st.form(key, border=False, clear_on_submit=True):
        day, title, note, squad = _fields(s, key, default)
        if st.form_submit_button(_("Mark the event"), type="primary"):
            with write(s) as connection:
                marks.add(connection, s.mission.key, day, title, note, who=s.person.name, squad=squad)
                done(_("Event {title} marked."), title=title)


def _fields(s: Screen, key: str, day: date, mark: Mark | None = None) -> tuple[date, str, str, str | None]:
    """Day, title, note and squad. A squad's people mark for their squads, everybody else also for everybody."""
    chosen = st.date_input(_("Day of the event"), day, format=DATE_FORMATS[language()], key=f"{key}.day")
    title, note, whose = (mark.title, mark.note, mark.squad) if mark else ("", "", None)
    what = st.text_input(_("What happened"), title, max_chars=marks.LONGEST, key=f"{key}.title")
    more = st.text_input(_("Note"), note, max_chars=500, key=f"{key}.note")
    own = s.person.scope.squads
    offered: list[str | None] = [*([None] if own is None else []), *(own or squads(s.reader, s.mission.tables))]
    if whose not in offered:
        offered.append(whose)
    if len(offered) == 1:
        return chosen, what, more, whose
    squad = st.selectbox(
        _("Squad"),
        offered,
        index=offered.index(whose),
        format_func=lambda squad: squad or _("everybody's"),
        help=_("Whom the event is shown to, beside those who see every squad."),
        key=f"{key}.squad",
    )
    return chosen, what, more, squad if squad in offered else whose
