"""Everyone who may or might sign in; a picked account can be changed."""

from collections.abc import Iterable
from datetime import datetime

import pandas as pd

from core.base.i18n import N_, _
from core.people.accounts import Account
from core.people.person import ROLE_NAMES
from core.show.about import About
from core.show.columns import Column, Kind, framed
from core.show.figure import Figure, Mark, Note
from pages.accounts.look import AccountsLook

ABOUT = About(N_("Everyone who may or might sign in. A closed account keeps its history."), N_("The store of Vigie"))
COLUMNS = (
    Column("name", N_("Name")),
    Column("display_name", N_("Shown name")),
    Column("role", N_("Role")),
    Column("squads", N_("Squads")),
    Column("state", N_("State")),
    Column("seen_at", N_("Last seen"), Kind.MOMENT),
    Column("expires_at", N_("Until"), Kind.MOMENT),
)


def accounts(found: Iterable[Account], now: datetime) -> pd.DataFrame:
    """One row an account: `name`, `display_name`, `role`, `squads`, `state` (text), `seen_at`, `expires_at` (UTC)."""
    rows = [
        {
            "name": one.person.name,
            "display_name": one.person.display_name,
            "role": _(ROLE_NAMES[one.person.role]),
            "squads": ", ".join(sorted(one.person.squads)),
            "state": _state(one, now),
            "seen_at": one.seen_at,
            "expires_at": one.person.expires_at,
        }
        for one in found
    ]
    return framed(rows, COLUMNS)


def _state(account: Account, now: datetime) -> str:
    if account.closed_at:
        return _("closed")
    return _("open") if account.active(now) else _("over")


def _shape(look: AccountsLook) -> pd.DataFrame:
    return accounts(look.found, look.now)


def _means(_look: AccountsLook, mark: Mark) -> dict[str, object]:
    return {"account": {"account": mark["name"]}}


def _hint(look: AccountsLook) -> str:
    return "" if look.account else _("Pick an account in the list to change it.")


ACCOUNTS = Figure(name="accounts", title=N_("Accounts"), about=ABOUT, shape=_shape, columns=COLUMNS, means=_means)
HINT = Note(_hint)
