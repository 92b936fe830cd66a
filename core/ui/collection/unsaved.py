"""What a person entered in a record and did not save yet; two versions that clash, and how they are merged."""

from collections.abc import Callable

import sqlalchemy as sa
import streamlit as st

from core.base.errors import Conflict, VigieError
from core.base.i18n import _, ngettext, show_number
from core.records import abouts, acts, diff, drafts, frames, records, words
from core.records.collection import Collection
from core.records.diff import Clash
from core.records.lists import Lists
from core.records.records import Record
from core.store.engine import store
from core.ui import focus
from core.ui import records as parts
from core.ui.editing import Work
from core.ui.failures import tell
from core.ui.figure import small
from core.ui.forms import done, door, saving, write
from core.ui.records import Side
from core.ui.screen import Screen
from core.ui.words import plain

Save = Callable[[sa.Connection], object]
"""Saves the draft."""
NAMED = 3
"""Fields that are named as changed; the others are counted."""
_CLASHED = "unsaved.clashed"


def draw(s: Screen, collection: Collection, record: Record, work: Work, lists: Lists, save: Save) -> None:
    """Nothing where nothing is unsaved."""
    if work.outdated:
        _conflict(s, collection, record, work, lists)
    elif work.draft:
        _unsaved(s, collection, record, work, lists, save)


def _unsaved(s: Screen, collection: Collection, record: Record, work: Work, lists: Lists, save: Save) -> None:
    """What the person entered and did not save yet, at the foot of the window: in reach wherever the hand is, and
    nothing else moves as it comes and goes."""
    form = collection.form
    changes = diff.differences(work.saved, work.content, form.keys)
    names = list(dict.fromkeys(words.tell(form, change, lists).where for change in changes))
    named = ", ".join(names[:NAMED]) + (f" + {show_number(len(names) - NAMED)}" if len(names) > NAMED else "")
    count = ngettext("{n} change is not saved yet", "{n} changes are not saved yet", len(changes)).format(
        n=len(changes)
    )
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", key=f"{s.mission.key}-unsaved"):
        kept = _("kept for you if you leave this page")
        st.markdown(f":orange-badge[{count}] {small(named)} {small(f'· {kept}')}", width="content")
        if st.button(_("Save"), type="primary", icon=":material/save:", key=f"{s.mission.key}.save"):
            _save(s, collection, record, save)
        if st.button(_("Discard"), icon=":material/undo:", key=f"{s.mission.key}.discard"):
            with write(s) as connection:
                drafts.drop(connection, s.person.id, [record.id])


def _save(s: Screen, collection: Collection, record: Record, save: Save) -> None:
    """Save a draft; where somebody was faster, the screen shows both sides."""
    try:
        with saving(), door(s.person.id, s.mission) as connection:
            save(connection)
            drafts.drop(connection, s.person.id, [record.id])
        done(_("{ref} is saved."), ref=_(collection.form.title) if record.ref == record.kind else record.ref)
    except Conflict:
        st.session_state[_CLASHED] = True
    except VigieError as error:
        tell(error)
        return
    st.rerun()


def _conflict(s: Screen, collection: Collection, record: Record, work: Work, lists: Lists) -> None:
    """Somebody saved the record meanwhile: both sides field by field, and how they are merged."""
    form = collection.form
    with store().read() as connection:
        base = records.version(connection, record.id, work.base).data
        author = records.version(connection, record.id, record.version).who
        who = acts.people(connection).get(author, author)
        merged = acts.reconcile(connection, collection, record.id, work.base, work.content)
    box = f"{s.mission.key}-conflict"
    with st.container(border=True, key=box):
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

        key = f"{s.mission.key}.clash.{record.id}.{record.version}"
        chosen = parts.settled(merged.clashes, side, who, key=key)
        if st.button(
            _("Merge"), type="primary", disabled=chosen is None, icon=":material/merge:", key=f"{s.mission.key}.merge"
        ):
            with write(s) as connection:
                whole = acts.reconcile(connection, collection, record.id, work.base, work.content, prefer=chosen or ())
                drafts.keep(connection, s.person.id, record.id, record.version, whole.data)
                done(_("Merged. Look at it once more, then save."))
    if st.session_state.pop(_CLASHED, False):
        focus.on(box)  # it stands above the fields, and Save was pressed below them
