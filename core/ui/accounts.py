"""The forms of accounts: add one, change it, set its password, close it and open it again."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import streamlit as st

from core.base.i18n import _, language
from core.base.settings import settings
from core.people import accounts, passwords
from core.people.accounts import Account
from core.people.person import ROLE_NAMES, Role
from core.ui.filters import DATE_FORMATS
from core.ui.forms import done, write
from core.ui.screen import Screen
from core.ui.words import plain


def _end_of(day: date | None) -> datetime | None:
    """The last moment of a day on the screens' clock."""
    return datetime.combine(day, time(23, 59), ZoneInfo(settings().timezone)).astimezone(UTC) if day else None


def _fields(key: str, account: Account | None, squads: list[str]) -> dict[str, object]:
    """The widgets of an account, filled with what it holds now."""
    person = account.person if account else None
    ends = person.expires_at if person else None
    return {
        "display_name": st.text_input(_("Shown name"), person.display_name if person else "", key=f"{key}.display"),
        "email": st.text_input(
            _("Mail address"),
            (person.email if person else "") or "",
            key=f"{key}.email",
            help=_("Reminders go there; empty: none are sent."),
        )
        or None,
        "role": st.selectbox(
            _("Role"),
            list(Role),
            index=list(Role).index(person.role) if person else 0,
            format_func=lambda role: _(ROLE_NAMES[role]),
            key=f"{key}.role",
        ),
        "squads": st.multiselect(
            _("Squads"),
            squads,
            default=sorted(person.squads) if person else [],
            accept_new_options=True,
            placeholder=_("Choose, or type a new one"),
            help=_("A squad member sees the rows of these squads and those of nobody. Type a name to add one."),
            key=f"{key}.squads",
        ),
        "expires_at": _end_of(
            st.date_input(
                _("Until"),
                value=ends.astimezone(ZoneInfo(settings().timezone)).date() if ends else None,
                format=DATE_FORMATS[language()],
                help=_("The last day of access. An inspector needs one."),
                key=f"{key}.until",
            )
        ),
    }


def add(s: Screen, squads: list[str]) -> None:
    """The panel that adds an account, whose form is built once it is open; `squads` are those to choose from, others
    may be typed."""
    opened = st.expander(_("Add an account"), icon=":material/person_add:", key="accounts.adding", on_change="rerun")
    if not opened.open:
        return
    with opened, st.form("accounts.add", border=False):
        name = st.text_input(_("Name to sign in with"), key="accounts.add.name")
        values = _fields("accounts.add", None, squads)
        if st.form_submit_button(_("Add"), type="primary"):
            password = passwords.generated()
            with write(s) as connection:
                accounts.add(connection, who=s.person.name, name=name, password=password, **values)  # type: ignore[arg-type]
                done(_("Account {name} made. Its password, shown this once: {password}"), name=name, password=password)


def change(s: Screen, account: Account, squads: list[str]) -> None:
    """The form of an account, which somebody else's change begins anew, and what else can be done with it."""
    person, key = account.person, f"accounts.{account.person.name}.{account.version}"
    st.header(plain(person.display_name), anchor=False)
    with st.form(key):
        values = _fields(key, account, squads)
        why = st.text_input(_("Why"), key=f"{key}.why", help=_("Kept in the audit beside the change."))
        if st.form_submit_button(_("Save"), type="primary"):
            with write(s) as connection:
                accounts.change(
                    connection, who=s.person.name, name=person.name, version=account.version, why=why or None, **values
                )
                done(_("Account {name} changed."), name=person.name)
    with st.container(horizontal=True):
        if not account.by_oidc and st.button(_("Set a new password"), icon=":material/key:", key=f"{key}.password"):
            password = passwords.generated()
            with write(s) as connection:
                accounts.set_password(connection, who=s.person.name, name=person.name, password=password)
                done(_("New password of {name}, shown this once: {password}"), name=person.name, password=password)
        if account.closed_at is None:
            if st.button(_("Close the account"), icon=":material/block:", key=f"{key}.close"):
                with write(s) as connection:
                    accounts.close(connection, who=s.person.name, name=person.name)
                    done(_("Account {name} closed; it can be opened again here."), name=person.name)
        elif st.button(_("Open it again"), icon=":material/undo:", key=f"{key}.reopen"):
            with write(s) as connection:
                accounts.reopen(connection, who=s.person.name, name=person.name)
                done(_("Account {name} opened again."), name=person.name)
