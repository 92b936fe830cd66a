"""The person's corner at the foot of the menu: who am I, my language, my password, my subscriptions, sign out."""

from collections.abc import Callable

import sqlalchemy as sa
import streamlit as st

from core.base import clock
from core.base.errors import VigieError
from core.base.i18n import LANGUAGES, N_, _
from core.base.settings import settings
from core.mission.contract import HOME
from core.mission.discovery import missions
from core.notes import subscriptions
from core.people import accounts, credentials
from core.people.person import ROLE_NAMES, Person
from core.store.engine import store
from core.tell import subscribed
from core.ui import figure, forms, language, subscribe
from core.ui.drawn import block, button, once
from core.ui.failures import tell
from core.ui.session import current_session, go, sign_out
from core.ui.words import plain

TITLE = N_("Change my password")
MINE = N_("My subscriptions")


def corner(person: Person) -> None:
    """Draw it below the menu."""
    once(st.space, "small")
    with block(st.popover, plain(person.display_name), icon=":material/account_circle:", width="stretch"):
        once(st.markdown, f"**{plain(person.display_name)}** ({plain(person.name)})  \n{_(ROLE_NAMES[person.role])}")
        if person.squads:
            once(st.caption, _("Squads: {squads}").format(squads=plain(", ".join(sorted(person.squads)))))
        st.radio(
            _("Language"),
            LANGUAGES,
            format_func=language.NAMES.__getitem__,
            key=language.KEY,
            horizontal=True,
            on_change=_speak,
            args=(person.id,),
        )
        if person.toured and button(_("Show the first visit again"), icon=":material/tour:", width="stretch"):
            _own(person.id, lambda connection: accounts.close_tour(connection, person.id, None))
            go(settings().base_path + "/")
        session = current_session()
        if session and not session.oidc and button(_(TITLE), icon=":material/key:", width="stretch"):
            st.dialog(_(TITLE))(_password_form)(person)
        if button(_(MINE), icon=":material/notifications:", width="stretch"):
            st.dialog(_(MINE))(_subscriptions)(person)
        button(_("Sign out"), sign_out, icon=":material/logout:", width="stretch")


def _subscriptions(person: Person) -> None:
    """What the person is subscribed to; each leads to its screen, and ends here."""
    with store().read() as connection:
        mine = subscriptions.of_person(connection, person.id)
        seen = {subscription.id: subscribed.standing(connection, subscription) for subscription in mine}
    if not mine:
        st.markdown(_("Nothing is sent to you. “Subscribe” stands beside the views of each screen, and at home."))
    for subscription in mine:
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.markdown(subscribe.words(subscription), width="stretch")
            if known := seen[subscription.id]:
                params = {} if known.wider else known.params  # a wider view names what is not offered here
                place = figure.address((known.mission.key, params))
                st.markdown(figure.link(_("Open it"), place, ":material/arrow_outward:"), width="content")
            st.button(
                _("End it"),
                key=f"account.subscriptions.{subscription.id}",
                icon=":material/delete:",
                type="tertiary",
                on_click=_end,
                args=(person, subscription.id),
            )


def _end(person: Person, number: int) -> None:
    _own(person.id, lambda connection: subscriptions.end(connection, number, person))


def first_password(person: Person) -> None:
    """The only page of somebody whose password was made by somebody else."""
    with st.container(horizontal_alignment="center"), st.container(width=480):
        st.title(_("Choose your password"))
        st.markdown(_("The one you signed in with was made for you: it opens nothing but this page, and for a day."))
        _password_form(person)
        st.button(_("Sign out"), icon=":material/logout:", on_click=sign_out, width="stretch")


def _speak(person_id: int) -> None:
    _own(person_id, lambda connection: accounts.speak(connection, person_id, st.session_state[language.KEY]))


def _own(person_id: int, change: Callable[[sa.Connection], object]) -> None:
    """A change of what is the person's own, while they may still be here."""
    try:
        with forms.door(person_id, missions()[HOME], act=False) as connection:
            change(connection)
    except VigieError as error:
        tell(error)


def _password_form(person: Person) -> None:
    """Asks for the password in use first: an unlocked screen is not enough to take an account over."""
    with st.form("vigie.password", border=False):
        current = st.text_input(_("Current password"), type="password", autocomplete="current-password")
        new = st.text_input(_("New password"), type="password", autocomplete="new-password")
        again = st.text_input(_("New password, again"), type="password", autocomplete="new-password")
        st.caption(_("You will sign in again with it, here and in your other tabs."))
        if not st.form_submit_button(_("Change"), type="primary"):
            return
    if new != again:
        st.error(_("The two new passwords differ."))
        return
    try:
        credentials.check(store(), person.name, current, st.context.ip_address or "", clock.now())
        with store().write() as connection:
            accounts.set_password(connection, who=person.name, name=person.name, password=new)
    except VigieError as error:
        st.error(error.sentence)
        return
    go(settings().base_path + "/")
    st.stop()
