"""How long Vigie keeps what it holds of people: what the register's treatments of Vigie itself declare."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from core.records import records
from core.run.expire import Held
from pages.register.templates import own

DECLARED = {
    Held.ACCOUNTS: ("accounts", "identity"),
    Held.CONNECTIONS: ("visits", "connection"),
    Held.AUDIT: ("audit", "usage"),
    Held.DESK: ("desk", "usage"),
}
"""What is held → the treatment of Vigie's own, and its category of data, whose retention counts."""


def kept(connection: sa.Connection, references: Sequence[str]) -> Mapping[str, int]:
    """Months by what is held, and by treatments that allow facts to name people, of which the shortest retention
    counts: as the register says now, else as Vigie comes."""
    held = records.refs(connection, "treatment")
    months_by_thing: dict[str, int] = {}
    for what, (key, category) in DECLARED.items():
        shipped = own()[key]
        number = held.get(shipped["ref"])
        answers = records.get(connection, "treatment", number).data if number else shipped
        months = _months(answers, category) or _months(shipped, category)
        if months:
            months_by_thing[what.value] = months
    came = {content["ref"]: content for content in own().values()}
    for reference in references:
        number = held.get(reference)
        answers = records.get(connection, "treatment", number).data if number else {}
        months = _months(answers) or _months(came.get(reference, {}))
        if months:
            months_by_thing[reference] = months
    return months_by_thing


def _months(content: Mapping[str, Any], category: str = "") -> int | None:
    """The shortest retention of a category of data, or of all of them."""
    rows = content.get("data_categories") or []
    lengths = [row.get("retention_months") for row in rows if category in ("", row["category"])]
    return min(filter(None, lengths), default=None)
