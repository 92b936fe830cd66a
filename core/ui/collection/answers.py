"""One answer for many records: which question, what is answered, and what becomes of answers that are there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from core.base.i18n import _, ngettext, show_number
from core.records import acts, fill, records
from core.records.collection import Collection
from core.records.fields import blank
from core.records.fill import HOW, How
from core.records.lists import Lists
from core.records.records import Line, Wanted
from core.records.words import show_field
from core.store.engine import store
from core.ui.collection.form import known
from core.ui.editing import Work
from core.ui.entry import Content
from core.ui.forms import done, write
from core.ui.screen import Screen

MOST = 1_000
"""Records that one answer is given for: others wait while it is written."""


@dataclass(frozen=True)
class Scratch(Work):
    """What is entered and belongs to no record yet: held in this session alone."""

    place: str = ""

    @property
    def content(self) -> Mapping[str, Any]:
        typed: Mapping[str, Any] = st.session_state.get(self.place, {})
        return {**self.saved, **typed}

    def keep(self, given: Content) -> None:
        st.session_state[self.place] = {**st.session_state.get(self.place, {}), **given}


def draw(s: Screen, collection: Collection, picked: Sequence[Line], wanted: Wanted, total: int) -> None:
    """A button that opens the question; records that are picked are answered for, or all that pass the filters."""
    key = f"{s.mission.key}.answer"
    opened = st.popover(_("Answer for all"), icon=":material/edit_note:", key=key, on_change="rerun")
    if not opened.open:
        return
    with opened:
        _question(s, collection, picked, wanted, total, key)


def _question(s: Screen, collection: Collection, picked: Sequence[Line], wanted: Wanted, total: int, key: str) -> None:
    form = collection.form
    asked = {field.path: field for field in fill.fields(form, (collection.workflow.held,))}
    path = st.selectbox(
        _("Question"), list(asked), format_func=partial(show_field, form), index=None, placeholder=_("Choose"),
        key=f"{key}.path",
    )  # fmt: skip
    everyone = False
    if total > len(picked):
        whom = {False: _("those picked ({n})"), True: _("all that pass the filters ({n})")}
        numbers = {False: len(picked), True: min(total, MOST)}
        everyone = st.radio(
            _("For"), [False, True] if picked else [True], key=f"{key}.whom",
            format_func=lambda all_: whom[all_].format(n=show_number(numbers[all_])),
        )  # fmt: skip
    if path is None:
        return
    with store().read() as connection:
        lists = collection.lists(connection)
    answer = _answer(s, collection, path, lists, key)
    offered = list(How) if asked[path].kind in fill.MANY else [How.EMPTY, How.REPLACE]
    how = st.radio(_("Given"), offered, format_func=lambda way: _(HOW[way]), key=f"{key}.how.{len(offered)}")
    if st.button(_("Answer"), type="primary", key=f"{key}.give"):
        with write(s) as connection:
            lines = records.find(connection, collection.kind, wanted, limit=MOST).lines if everyone else picked
            ids = [(line.id, line.version) for line in lines]
            changed = acts.answer_many(connection, collection, s.person.id, ids, path, answer, how)
            sentence = ngettext("{n} record answered.", "{n} records answered.", len(changed)).format(n=len(changed))
            if rest := len(ids) - len(changed):
                stay = ngettext("{n} stays as it was.", "{n} stay as they were.", rest)
                sentence += f" {stay.format(n=rest)}"
            done(sentence)


def _answer(s: Screen, collection: Collection, path: str, lists: Lists, key: str) -> Any:
    """What is entered as the answer."""
    asked = collection.form.field(path)
    empty = {asked.name: blank(asked)}
    scratch = Scratch(collection.mission, s.person.id, -1, 0, empty, None, place=f"{key}.said.{path}")
    scratch.fields(collection.form, [asked], lists, known=known(s, collection))
    return scratch.content[asked.name]
