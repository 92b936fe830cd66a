"""Writing from a screen: the one door, and a word to the person after the rerun.

Whatever a screen writes passes `door`: rights are checked again in the transaction. Nothing writes while a screen is
drawn; a person does, by what they press.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

import sqlalchemy as sa
import streamlit as st

from core.base.errors import VigieError
from core.base.i18n import _
from core.mission.contract import Mission
from core.people.rights import require
from core.store.engine import store
from core.ui.failures import tell
from core.ui.words import code

if TYPE_CHECKING:  # the tables of a screen write through here too
    from core.ui.screen import Screen

_SAID, _HERE = "forms.said", "forms.here"


@contextmanager
def door(
    person_id: int, mission: Mission, *, act: bool = True, patience: float | None = None
) -> Iterator[sa.Connection]:
    """One transaction of a person who may act on a mission, or see it (`act=False`), as the store knows them now.

    `patience`: seconds to wait for another writer, as `Store.write` takes it. Raises NotAllowed, StoreFailed and what
    the block raises, which undoes it.
    """
    with store().write(patience) as connection:
        require(connection, person_id, mission, act=act)
        yield connection


@contextmanager
def write(s: "Screen", *, act: bool = True) -> Iterator[sa.Connection]:
    """One transaction of a person who may act on this screen's mission, or merely see it where what is written is
    their own (`act=False`); afterwards the screen is drawn afresh.

    While somebody else writes, it waits and says so. A VigieError undoes it and is told as a sentence, the form
    staying as it was filled.
    """
    try:
        with saving(), door(s.person.id, s.mission, act=act) as connection:
            yield connection
    except VigieError as error:
        st.session_state.pop(_SAID, None)
        tell(error)
    else:
        st.rerun()


def saving() -> AbstractContextManager[None]:
    """Say that a change is being saved, and for how long, while it takes more than a moment."""
    return st.spinner(_("Saving: it waits while somebody else writes…"), show_time=True)


def done(sentence: str, **parts: str) -> None:
    """What to say when the change stands; `parts` are shown as they are, never as markup. A sentence without parts is
    said as it is: it may hold data, braces included."""
    known = {name: code(value) for name, value in parts.items()}
    st.session_state[_SAID] = sentence.format(**known) if known else sentence


def told() -> None:
    """Say, once, what the last change did. To be called where the word should stand."""
    if sentence := st.session_state.pop(_SAID, None):
        st.success(sentence, icon=":material/check:")
    else:
        st.session_state.pop(_HERE, None)


def here(key: str) -> None:
    """Note where the change was made that `done` told of."""
    st.session_state[_HERE] = key


def echo(key: str) -> None:
    """Say, where the last change was made, that it stands: what `told` says may be out of sight."""
    if st.session_state.get(_HERE) == key:
        st.caption(f":material/check: {_('Done.')}")
