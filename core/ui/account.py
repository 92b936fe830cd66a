"""The person's corner at the foot of the menu: who am I, my language, my password, sign out."""

import streamlit as st

from core.base import clock
from core.base.errors import VigieError
from core.base.i18n import LANGUAGES, N_, _
from core.base.settings import settings
from core.people import accounts, credentials
from core.people.person import ROLE_NAMES, Person
from core.store.engine import store
from core.ui import language
from core.ui.session import current_session, go, sign_out
from core.ui.words import plain

TITLE = N_("Change my password")


def corner(person: Person) -> None:
    """Draw it below the menu."""
    st.space("small")
    with st.popover(plain(person.display_name), icon=":material/account_circle:", width="stretch"):
        st.markdown(f"**{plain(person.display_name)}** ({plain(person.name)})  \n{_(ROLE_NAMES[person.role])}")
        if person.squads:
            st.caption(_("Squads: {squads}").format(squads=plain(", ".join(sorted(person.squads)))))
        st.radio(
            _("Language"),
            LANGUAGES,
            format_func=language.NAMES.__getitem__,
            key=language.KEY,
            horizontal=True,
            on_change=_speak,
            args=(person.id,),
        )
        if person.toured and st.button(_("Show the first visit again"), icon=":material/tour:", width="stretch"):
            with store().write() as connection:
                accounts.close_tour(connection, person.id, None)
            go(settings().base_path + "/")
        session = current_session()
        if session and not session.oidc and st.button(_(TITLE), icon=":material/key:", width="stretch"):
            st.dialog(_(TITLE))(_password_form)(person)
        st.button(_("Sign out"), icon=":material/logout:", on_click=sign_out, width="stretch")


def first_password(person: Person) -> None:
    """The only page of somebody whose password was made by somebody else."""
    with st.container(horizontal_alignment="center"), st.container(width=480):
        st.title(_("Choose your password"))
        st.markdown(_("The one you signed in with was made for you: it opens nothing but this page, and for a day."))
        _password_form(person)
        st.button(_("Sign out"), icon=":material/logout:", on_click=sign_out, width="stretch")


def _speak(person_id: int) -> None:
    with store().write() as connection:
        accounts.speak(connection, person_id, st.session_state[language.KEY])


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
