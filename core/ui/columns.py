"""Which columns of a wide table a person sees, and in what order: chosen beside its title, kept for them by table."""

from collections.abc import Sequence

import streamlit as st

from core.base.errors import VigieError
from core.base.i18n import _
from core.mission.contract import Mission
from core.people import accounts
from core.people.person import Person
from core.show.columns import Column
from core.ui import drawn
from core.ui.failures import tell
from core.ui.forms import door

FEW = 6
"""A table of so many columns offers no choice."""


def chosen(person: Person, mission: Mission, table: str, columns: Sequence[Column]) -> list[Column]:
    """The columns of a table as the person wants them, and the menu to choose them. The first one names the row: it
    always stands, and stands first."""
    if len(columns) <= FEW:
        return list(columns)
    first, *others = columns
    by_name = {column.name: column for column in others}
    kept = [name for name in person.columns.get(table, ()) if name in by_name] or list(by_name)
    key = f"{table}.columns"
    menu = drawn.menu(_("Columns"), ":material/view_column:", key)
    if menu.open:
        with menu:
            st.session_state.setdefault(f"{key}.chosen", kept)
            st.multiselect(
                _("Columns shown, in this order"),
                list(by_name),
                format_func=lambda name: by_name[name].header,
                key=f"{key}.chosen",
                placeholder=_("All of them"),
                help=_("Kept for you. An export holds every column."),
                on_change=_keep,
                args=(person.id, mission, table, tuple(by_name)),
            )
    return [first, *(by_name[name] for name in kept)]


def _keep(person_id: int, mission: Mission, table: str, offered: Sequence[str]) -> None:
    """A browser can send what was not offered: nothing of that is kept."""
    wanted = [name for name in st.session_state[f"{table}.columns.chosen"] if name in offered]
    try:
        with door(person_id, mission, act=False) as connection:
            accounts.keep_columns(connection, person_id, table, list(dict.fromkeys(wanted)))
    except VigieError as error:
        tell(error)
