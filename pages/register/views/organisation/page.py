"""What the organisation says of itself once: its controller and officers, which records take over."""

import streamlit as st

from core.base.i18n import _
from core.records import acts, check, drafts
from core.records.collection import Collection
from core.records.completeness import judge
from core.records.lists import Lists
from core.store.engine import store
from core.ui.collection.form import read
from core.ui.collection.unsaved import draw as draw_unsaved
from core.ui.collection.ways import work_on
from core.ui.forms import done, write
from core.ui.screen import Screen
from pages.register import organisation
from pages.register.organisation import FORM

NO_LISTS = Lists({})


def draw(s: Screen, collection: Collection) -> None:
    """The actors, to fill or to read, and the records that say something older."""
    st.header(_("The organisation"), anchor=False)
    st.markdown(_("Who answers for the treatments: said here once, taken over by every new record."))
    with store().read() as connection:
        record = organisation.find(connection)
        draft = drafts.find(connection, s.person.id, [record.id]).get(record.id) if record and s.can_act else None
        behind = organisation.behind(connection, collection) if s.can_act else []
    if record is None:
        st.info(_("The organisation has not said yet who answers for its treatments."), icon=":material/inbox:")
        if s.can_act and st.button(_("Name them"), type="primary", icon=":material/edit:"):
            with write(s) as connection:
                organisation.save(connection, s.person.id, 0, {})
        return
    ours = organisation.COLLECTION
    work = work_on(s, ours, record, draft)
    if not s.can_act:
        read(FORM, "actors", work.saved, NO_LISTS)
        return
    save = lambda connection: organisation.save(connection, s.person.id, work.base, work.content)  # noqa: E731
    draw_unsaved(s, ours, record, work, NO_LISTS, save)
    if behind and not work.draft:
        _bring_up(s, collection, [(record.id, record.version, content) for record, content in behind])
    missing = [missing_field.path for missing_field in judge(FORM, check.stored(FORM, work.content)).missing]
    work.fields(FORM, FORM.fields, NO_LISTS, missing=missing)


def _bring_up(s: Screen, collection: Collection, changes: list[tuple[int, int, dict[str, object]]]) -> None:
    """Let records that say something older, or nothing, say the same."""
    sentence = _(
        "{records} to bring up to date: what a record says of its own stays, a validated one becomes a draft again."
    )
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(sentence.format(records=collection.counted(len(changes))))
        label = _("Bring them up to date")
        if st.button(label, icon=":material/sync:", key="register.organisation.behind"):
            with write(s) as connection:
                saved = acts.save_many(connection, collection, s.person.id, changes)
                done(_("Saved: {refs}"), refs=", ".join(record.ref for record in saved))
