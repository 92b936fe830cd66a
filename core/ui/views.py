"""The named views of a screen: open one, keep the present filters as one, take one's own away; and to subscribe."""

from datetime import date
from urllib.parse import urlencode

import streamlit as st

from core.base.i18n import _
from core.notes import views
from core.show.filters import MOVING, SPANS, Days, handed, moving
from core.store.engine import store
from core.ui import drawn, subscribe
from core.ui.forms import done, told, write
from core.ui.screen import Screen
from core.ui.words import plain

AT_FIRST = "-"
"""A view's days that stand as the screen has them at first: its address says nothing of them."""


def menu(s: Screen) -> None:
    """A button that opens the list. To be called after the filters were drawn: they are what is kept."""
    told()
    mission = s.mission.key
    with s.bar:
        popover = drawn.menu(_("Views"), ":material/bookmark:", f"{mission}.views")
    if popover.open:
        with popover:
            _list(s)
            _keep(s)
    subscribe.menu(s, s.seen)


def _list(s: Screen) -> None:
    with store().read() as connection:
        seen = views.seen_by(connection, s.mission.key, s.person.id)
    for view in seen:
        _line(s, view)
    if not seen:
        st.caption(_("No view has been named yet."))


def _keep(s: Screen) -> None:
    """The form that names the filters in use."""
    mission = s.mission.key
    here = s.params
    days = [(name, asked) for name, asked in s.chosen.filters.items() if isinstance(asked, Days) and asked.today]
    with st.form(f"{mission}.views.save", border=False):
        name = st.text_input(_("Name of the view"), max_chars=views.LONGEST, key=f"{mission}.views.name")
        for field, asked in days:
            here[field] = _days(asked, s.chosen.values[field], here.get(field, ""), f"{mission}.views.{field}")
        here = {field: value for field, value in here.items() if value != AT_FIRST}
        label = _("Share with everybody") if s.person.scope.everything else _("Share with my squads")
        shared = st.checkbox(
            label, key=f"{mission}.views.shared", help=_("Its name and its filters are shown to them.")
        )
        if st.form_submit_button(_("Keep these filters"), type="primary"):
            with write(s, act=False) as connection:
                views.save(connection, mission, s.person.id, name, here, shared=shared, who=s.person.name)
                done(_("View {name} kept."), name=name)


def _days(asked: Days, value: tuple[date, date], written: str, key: str) -> str:
    """Whether the view keeps the days in use, or days that move with the calendar; as the address says it. Days that
    nobody chose are those of the screen at first, on whichever day."""
    at_first = {
        AT_FIRST: _("As at first, moving with the calendar: now {days}").format(days=asked.shown(asked.default))
    }
    words = {asked.encode(value): asked.shown(value)} | {f"{MOVING}{months}": moving(months) for months in SPANS}
    words = at_first | words if value == asked.default else words | at_first
    options = list(words)
    written = AT_FIRST if value == asked.default and not asked.moves(written) else written
    return st.selectbox(
        asked.label,
        options,
        index=options.index(written) if written in options else 0,
        key=f"{key}.{written}",
        format_func=lambda code: words.get(code, code),
    )


def _line(s: Screen, view: views.View) -> None:
    mine = view.owner_id == s.person.id
    # A view may come from somebody who is offered more: what is not offered here does not reach this browser.
    params = handed(s.chosen.filters, view.params, wider=view.wider)
    here = {name: value for name, value in st.query_params.to_dict().items() if name in {*s.chosen.values, *params}}
    is_here = urlencode(sorted(params.items())) == urlencode(sorted(here.items()))
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        label = plain(view.name) if mine else f"{plain(view.name)} :small[({plain(view.owner)})]"
        st.button(
            label,
            key=f"{s.mission.key}.views.open.{view.id}",
            icon=":material/check:" if is_here else ":material/group:" if view.shared else ":material/person:",
            type="tertiary",
            width="stretch",
            on_click=st.query_params.from_dict,
            args=(params,),
        )
        if mine and st.button(
            ":material/delete:", key=f"{s.mission.key}.views.drop.{view.id}", type="tertiary", help=_("Remove the view")
        ):
            with write(s, act=False) as connection:
                views.remove(connection, view.id, s.person.id, who=s.person.name)
                done(_("View {name} removed."), name=view.name)
