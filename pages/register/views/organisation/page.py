"""What the organisation says of itself once: its controller and officers, which records take over."""

from functools import partial

import sqlalchemy as sa
import streamlit as st

from core.base.i18n import _, ngettext, show_number
from core.records import drafts
from core.records.lists import Lists
from core.records.records import Record
from core.store.engine import store
from core.ui.editing import Work
from core.ui.forms import done, write
from core.ui.screen import Screen
from pages.register import check, organisation, treatments
from pages.register.completeness import judge
from pages.register.model import FORMS
from pages.register.organisation import FORM
from pages.register.views.form.page import read
from pages.register.views.page import work_on
from pages.register.views.unsaved.page import draw as draw_unsaved

NO_LISTS = Lists({})
SECTION = "actors"


def draw(s: Screen, kind: str) -> None:
    """The actors, to fill or to read, and the records that say something older."""
    st.header(_("The organisation"), anchor=False)
    st.markdown(_("Who answers for the treatments: said here once, taken over by every new record."))
    with store().read() as connection:
        record = organisation.find(connection)
        draft = drafts.find(connection, s.person.id, [record.id]).get(record.id) if record and s.can_act else None
        behind = organisation.behind(connection, FORMS[kind]) if s.can_act else []
    if record is None:
        _begin(s)
        return
    work = work_on(s, record, draft)
    if not s.can_act:
        read(FORM, SECTION, work.saved, NO_LISTS)
        return
    draw_unsaved(s, record, work, NO_LISTS, partial(_save, s, work))
    if behind and not work.draft:
        _bring_up(s, kind, [(one.id, one.version, content) for one, content in behind])
    missing = [one.path for one in judge(FORM, check.stored(FORM, work.content)).missing]
    work.fields(FORM.fields, NO_LISTS, missing=missing)


def _begin(s: Screen) -> None:
    """Nobody has said anything yet."""
    st.info(_("The organisation has not said yet who answers for its treatments."), icon=":material/inbox:")
    if s.can_act and st.button(_("Name them"), type="primary", icon=":material/edit:"):
        with write(s) as connection:
            organisation.save(connection, s.person.id, 0, {})


def _save(s: Screen, work: Work, connection: sa.Connection) -> Record:
    return organisation.save(connection, s.person.id, work.base, work.content)


def _bring_up(s: Screen, kind: str, changes: list[tuple[int, int, dict[str, object]]]) -> None:
    """Let records that say something older, or nothing, say the same."""
    n = len(changes)
    told = ngettext("{n} record says otherwise or nothing yet.", "{n} records say otherwise or nothing yet.", n).format(
        n=show_number(n)
    )
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f"{told} {_('What a record says of its own stays; a validated one becomes a draft again.')}")
        label = ngettext("Bring {n} record up to date", "Bring {n} records up to date", n).format(n=show_number(n))
        if st.button(label, icon=":material/sync:", key="register.organisation.behind"):
            with write(s) as connection:
                saved = treatments.save_many(connection, s.person.id, changes, kind=kind)
                done(_("Saved: {refs}"), refs=", ".join(one.ref for one in saved))
