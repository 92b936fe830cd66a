"""How long Vigie keeps what it holds of people: what the register's treatments of Vigie itself declare."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from core.records import records
from core.run.expire import Held
from pages.register.templates import own

DECLARED = {
    Held.ACCOUNTS: ("accounts", "identity"),
    Held.CONNECTIONS: ("visits", "connection"),
    Held.AUDIT: ("audit", "usage"),
    Held.FACTS: ("kpis", "performance"),
}
"""What is held → the treatment of Vigie's own, and its category of data, whose retention counts."""


def kept(connection: sa.Connection) -> Mapping[str, int]:
    """Months by what is held: as the register says now, else as Vigie comes."""
    held = records.refs(connection, "treatment")
    found = {}
    for what, (key, category) in DECLARED.items():
        shipped = own()[key]
        number = held.get(shipped["ref"])
        said = records.get(connection, "treatment", number).data if number else shipped
        months = _months(said, category) or _months(shipped, category)
        if months:
            found[what.value] = months
    return found


def _months(content: Mapping[str, Any], category: str) -> int | None:
    rows = content.get("data_categories") or []
    return next((row.get("retention_months") for row in rows if row["category"] == category), None)
