"""What changed of the accounts, as the audit tells it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_, _, show_moment
from core.mission.discovery import rights
from core.people.accounts import ENTITY
from core.people.person import ROLE_NAMES
from core.show.about import About
from core.show.columns import Column, Kind, framed
from core.show.figure import Figure
from core.store import schema
from core.store.engine import store
from pages.accounts.look import AccountsLook

ABOUT = About(N_("Every change of an account, the newest first; nothing can be taken out."), N_("The audit"))
COLUMNS = (
    Column("at", N_("When"), Kind.MOMENT),
    Column("who", N_("Who")),
    Column("name", N_("Account")),
    Column("action", N_("What")),
    Column("detail", N_("Before → after"), width="large"),
)
SHOWN = 500
ACTIONS = {
    "add": N_("account made"),
    "change": N_("account changed"),
    "close": N_("account closed"),
    "reopen": N_("account opened again"),
    "password": N_("password set"),
    "give": N_("right given"),
    "take": N_("right taken back"),
}
FIELDS = {
    "display_name": N_("Shown name"),
    "email": N_("Mail address"),
    "role": N_("Role"),
    "squads": N_("Squads"),
    "expires_at": N_("Until"),
    "closed_at": N_("Closed on"),
    "demo": N_("Demonstration"),
    "right": N_("Right"),
}


def changes(entries: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """One row a change of the audit: `at` (UTC), `who`, `name`, `action`, `detail` (each field before → after;
    of what is new its value alone)."""
    rows = [
        {
            "at": entry["at"],
            "who": entry["who"],
            "name": entry["key"],
            "action": _(ACTIONS.get(entry["action"], entry["action"])),
            "detail": _difference(entry["before"] or {}, entry["after"] or {}),
        }
        for entry in entries
    ]
    return framed(rows, COLUMNS)


def _difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    parts = []
    for field, label in FIELDS.items():
        old, new = _shown(before.get(field)), _shown(after.get(field))
        if old == new:
            continue
        said = new if not before else _("{old} → {new}").format(old=old, new=new)
        parts.append(_("{label}: {value}").format(label=_(label), value=said))
    return " ; ".join(parts)


def _shown(value: Any) -> str:
    if value in (None, [], ""):
        return "–"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    try:
        return show_moment(datetime.fromisoformat(value))
    except ValueError:
        return _(ROLE_NAMES.get(value) or rights().get(value) or str(value))


def _shape(_look: AccountsLook) -> pd.DataFrame:
    audit = schema.audit
    newest = sa.select(audit).where(audit.c.entity == ENTITY).order_by(audit.c.id.desc()).limit(SHOWN)
    with store().read() as connection:
        return changes([dict(entry) for entry in connection.execute(newest).mappings()])


CHANGES: Figure[AccountsLook] = Figure(
    name="changes", title=N_("What changed"), about=ABOUT, shape=_shape, columns=COLUMNS
)
