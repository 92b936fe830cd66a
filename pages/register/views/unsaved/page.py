"""What a person entered in a record and did not save yet; two versions that clash, and how they are merged."""

from collections.abc import Callable

import sqlalchemy as sa
import streamlit as st

from core.base.errors import Conflict, VigieError
from core.base.i18n import _, ngettext
from core.records import diff, drafts, records
from core.records.diff import Clash
from core.records.lists import Lists
from core.records.records import Record
from core.store.engine import store
from core.ui import records as parts
from core.ui.editing import Work
from core.ui.failures import tell
from core.ui.forms import done, door, saving, write
from core.ui.records import Side
from core.ui.screen import Screen
from core.ui.words import plain
from pages.register import abouts, frames, treatments, words
from pages.register.organisation import KIND

Save = Callable[[sa.Connection], object]
"""Saves the draft."""


def draw(s: Screen, record: Record, work: Work, lists: Lists, save: Save) -> None:
    """Nothing where nothing is unsaved."""
    if work.outdated:
        _conflict(s, record, work, lists)
    elif work.draft:
        _unsaved(s, record, work, lists, save)


def name_of(record: Record) -> str:
    """What a record is called when something is said of it."""
    return _(treatments.form_of(KIND).title) if record.kind == KIND else record.ref


def _unsaved(s: Screen, record: Record, work: Work, lists: Lists, save: Save) -> None:
    """What the person entered and did not save yet."""
    form = treatments.form_of(record.kind)
    found = diff.differences(work.saved, work.content, form.keys)
    named = ", ".join(dict.fromkeys(words.tell(form, one, lists).where for one in found))
    with st.container(border=True, key="register-unsaved"):
        count = ngettext("{n} change is not saved yet", "{n} changes are not saved yet", len(found))
        st.markdown(f":orange-badge[{count.format(n=len(found))}] {plain(named)}")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            if st.button(_("Save"), type="primary", icon=":material/save:", key="register.save"):
                _save(s, record, save)
            if st.button(_("Discard"), icon=":material/undo:", key="register.discard"):
                with write(s) as connection:
                    drafts.drop(connection, s.person.id, [record.id])


def _save(s: Screen, record: Record, save: Save) -> None:
    """Save a draft; where somebody was faster, the screen shows both sides."""
    try:
        with saving(), door(s.person.id, s.mission) as connection:
            save(connection)
            drafts.drop(connection, s.person.id, [record.id])
        done(_("{ref} is saved."), ref=name_of(record))
    except Conflict:
        pass
    except VigieError as error:
        tell(error)
        return
    st.rerun()


def _conflict(s: Screen, record: Record, work: Work, lists: Lists) -> None:
    """Somebody saved the record meanwhile: both sides field by field, and how they are merged."""
    form = treatments.form_of(record.kind)
    with store().read() as connection:
        base = records.version(connection, record.id, work.base).data
        author = records.version(connection, record.id, record.version).who
        who = treatments.people(connection).get(author, author)
        merged = treatments.reconcile(connection, record.id, work.base, work.content, kind=record.kind)
    with st.container(border=True, key="register-conflict"):
        sentence = _("{who} saved this record while you worked on it. Nothing of yours is lost: merge, then save.")
        st.warning(plain(sentence.format(who=who)), icon=":material/merge:")
        s.table(
            frames.both_sides(base, work.saved, work.content, form, lists),
            title=_("Both versions"),
            columns=frames.both_columns(who),
            about=abouts.HISTORY,
            name="conflict",
        )
        if merged.clashes:
            st.markdown(_("You both changed these: choose. Everything else is taken from whoever changed it."))

        def side(clash: Clash) -> Side:
            return Side(*frames.side(form, lists, clash.path, clash.base, clash.theirs, clash.mine))

        key = f"register.clash.{record.id}.{record.version}"
        chosen = parts.settled(merged.clashes, side, who, key=key)
        if st.button(
            _("Merge"), type="primary", disabled=chosen is None, icon=":material/merge:", key="register.merge"
        ):
            with write(s) as connection:
                whole = treatments.reconcile(
                    connection, record.id, work.base, work.content, kind=record.kind, prefer=chosen or ()
                )
                drafts.keep(connection, s.person.id, record.id, record.version, whole.data)
                done(_("Merged. Look at it once more, then save."))
