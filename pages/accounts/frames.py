"""Accounts and their changes as frames for the screen: pure functions."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import pandas as pd

from core.base.i18n import N_, _, show_moment
from core.mission.discovery import rights
from core.people.accounts import Account
from core.people.person import ROLE_NAMES

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
    columns = ["name", "display_name", "role", "squads", "state", "seen_at", "expires_at"]
    return _moments(pd.DataFrame(rows, columns=columns), "seen_at", "expires_at")


def _state(account: Account, now: datetime) -> str:
    if account.closed_at:
        return _("closed")
    return _("open") if account.active(now) else _("over")


def changes(entries: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """One row a change of the audit: `at` (UTC), `who`, `name`, `action`, `detail` (each field before → after)."""
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
    return _moments(pd.DataFrame(rows, columns=["at", "who", "name", "action", "detail"]), "at")


def _difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    parts = []
    for field, label in FIELDS.items():
        old, new = _shown(before.get(field)), _shown(after.get(field))
        if old != new:
            parts.append(_("{field}: {old} → {new}").format(field=_(label), old=old, new=new))
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


def _moments(frame: pd.DataFrame, *names: str) -> pd.DataFrame:
    for name in names:
        frame[name] = pd.to_datetime(frame[name], utc=True)
    return frame
