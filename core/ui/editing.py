"""One person's work on one record: what they enter is kept at once as their draft (`core.records.drafts`).

So a reload, a lost connection or a click elsewhere loses nothing, and what is not saved yet is seen as such.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.base.errors import VigieError
from core.base.i18n import _
from core.mission.discovery import missions
from core.records import drafts
from core.records.drafts import Draft
from core.records.fields import Asked, Form
from core.records.lists import Lists
from core.ui import focus
from core.ui.entry import Content, Entry
from core.ui.failures import noted
from core.ui.forms import door
from core.ui.words import plain

PATIENCE = 3.0
"""Seconds that an entry waits for the store while somebody else writes: it is kept on the screen meanwhile."""
_FAILED = "editing.failed"
_WANTED = "editing.wanted"


@dataclass(frozen=True)
class Work:
    """A record as a person works on it. `saved` is its content as of `version`, the newest; `draft` theirs, if any."""

    mission: str
    person_id: int
    record_id: int
    version: int
    saved: Mapping[str, Any]
    draft: Draft | None

    @property
    def content(self) -> Mapping[str, Any]:
        """What is shown: what could not be kept yet over the draft, else over what is saved."""
        return {**(self.draft.data if self.draft else self.saved), **st.session_state.get(self._unkept, {})}

    @property
    def base(self) -> int:
        """The version that the content is made of."""
        return self.draft.version if self.draft else self.version

    @property
    def _unkept(self) -> str:
        """Where this session holds what the store could not take yet."""
        return f"editing.unkept.{self.record_id}"

    @property
    def outdated(self) -> bool:
        """Whether somebody saved the record since the draft was begun."""
        return self.base != self.version

    def fields(
        self,
        form: Form,
        asked: Sequence[Asked],
        lists: Lists,
        *,
        missing: Collection[str] = (),
        locked: Collection[str] = (),
        known: Mapping[str, Sequence[str] | Mapping[str, str]] | None = None,
    ) -> None:
        """Draw fields to be filled; every change is kept before the page runs again."""
        counter = f"editing.{self.record_id}"

        def entry() -> Entry:
            key = f"{counter}.{st.session_state.setdefault(counter, 0)}"
            return Entry(key, form, tuple(asked), self.content, lists, self.keep, missing, locked, known or {})

        shown = entry()
        if any(value != self.content.get(name) for name, value in shown.read().items()):
            st.session_state[counter] += 1  # it was changed elsewhere, or its rows were: the widgets begin anew
            shown = entry()
        shown.draw()
        if self._unkept in st.session_state:
            st.button(_("Keep it now"), icon=":material/save:", on_click=self.keep, args=({},))
        wanted = st.session_state.pop(_WANTED, None)
        if wanted is not None:
            focus.on(shown.place(wanted))

    def keep(self, given: Content) -> None:
        """Keep what was entered, and what could not be kept before. Runs before the page: what fails is told by
        `told_failure` and stays on the screen."""
        unkept = st.session_state.get(self._unkept, {})
        mine = {**unkept, **{name: value for name, value in given.items() if value != self.content.get(name)}}
        try:
            with door(self.person_id, missions()[self.mission], patience=PATIENCE) as connection:
                held = drafts.find(connection, self.person_id, [self.record_id]).get(self.record_id)
                base, content = (held.version, held.data) if held else (self.base, self.saved)
                proposed = {**content, **mine}
                if base == self.version and proposed == self.saved:
                    drafts.drop(connection, self.person_id, [self.record_id])
                elif proposed != content:
                    drafts.keep(connection, self.person_id, self.record_id, base, proposed)
        except VigieError as error:
            st.session_state[self._unkept] = mine
            st.session_state[_FAILED] = noted(error)
        else:
            st.session_state.pop(self._unkept, None)


def want(path: str) -> None:
    """Move the focus to the field of a path (`purposes[0].name`) when a record's fields are drawn next."""
    st.session_state[_WANTED] = path


def told_failure() -> None:
    """Say, once, why the last entry could not be kept."""
    if failed := st.session_state.pop(_FAILED, None):
        sentence, reference = failed
        stays = _("What you entered stays on this screen.")
        st.error(f"{plain(sentence)} {stays}  \n:small[{reference}]")
