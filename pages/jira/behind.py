"""The requests behind a figure: which set of them a mark of a chart, or a cell of a table, stands for.

What a set is is kept in the address as what was picked (`core.show.filters.Picked`); the filters hold besides. So a
link shows the same rows, and their number is the one of the mark.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Self

import sqlalchemy as sa

from core.base.calendar import to_moment
from core.base.i18n import N_, _, show_date
from core.base.settings import settings
from core.facts.query import Query
from core.show.filters import Picks
from pages.jira import rules
from pages.jira.conditions import (
    BAND,
    DUE_STATES,
    IN_PROGRESS,
    LACKING,
    MEASURED,
    ROWS,
    STAYED,
    STOOD,
    THE_ONE,
    UNRESOLVED,
    I,
    chosen,
    count,
    created_in,
    query,
    resolved_in,
)
from pages.jira.facts import CHANGES, ISSUES
from pages.jira.rules import AGES, FIELDS, OTHER_FIELD, Asked

SHOWN = 5_000
BEGINNING = date(1970, 1, 1)


@dataclass(frozen=True)
class Rows:
    """Questions for the rows of a set, and how many there are."""

    all: Query
    count: Query


def _rows(kind: str, *where: Any, stays: bool = False) -> Rows:
    tables = (ISSUES, CHANGES) if stays else (ISSUES,)
    select = sa.select(*ROWS, I.assignee, I.reporter).where(*chosen(), *where).order_by(I.created_at.desc(), I.key)
    return Rows(
        query(f"rows_{kind}", select, tables=tables, cap=SHOWN),
        query(f"count_{kind}", sa.select(count().label("n")).where(*chosen(), *where), tables=tables),
    )


SETS: dict[str, Rows] = {
    "created": _rows("created", *created_in()),
    "resolved": _rows("resolved", *resolved_in()),
    "measured": _rows("measured", *resolved_in(), *MEASURED),
    **{name: _rows(name, *resolved_in(), state) for name, state in DUE_STATES.items()},
    "open": _rows("open", UNRESOLVED),
    "in_progress": _rows("in_progress", *IN_PROGRESS),
    "aged": _rows("aged", UNRESOLVED, sa.bindparam("band", type_=sa.Integer) == BAND),
    "lacking": _rows("lacking", *created_in(), LACKING),
    "stood": _rows("stood", sa.tuple_(I.source, I.issue_id).in_(STOOD), stays=True),
    "stayed": _rows("stayed", sa.tuple_(I.source, I.issue_id).in_(STAYED), stays=True),
    "key": _rows("key", THE_ONE),
}
WORDS: dict[str, str] = {
    "created": N_("created"),
    "resolved": N_("resolved"),
    "measured": N_("resolved, with both times"),
    "on_time": N_("resolved on time"),
    "late": N_("resolved late"),
    "without_date": N_("resolved, without due date"),
    "open": N_("not resolved"),
    "in_progress": N_("in progress"),
    "aged": N_("open, by age"),
    "lacking": N_("not filled"),
    "stood": N_("in the status at the end of the week"),
    "stayed": N_("were in the status"),
    "key": N_("one request"),
}


def one_of(value: str) -> dict[str, str]:
    """What questions about one request take: `value` is its key, or its address."""
    return {"key": value.rpartition("/browse/")[2], "address": value if "/browse/" in value else ""}


PARTS = ("kind", "first", "last", "value")
"""What picks of a set name."""


@dataclass(frozen=True)
class Behind:
    """A set of requests: its kind, its days (both included; None: those of the period), and what else it needs."""

    kind: str = "created"
    first: date | None = None
    last: date | None = None
    value: str = ""

    @property
    def picks(self) -> Picks:
        """What the address keeps."""
        parts = {
            "kind": self.kind,
            "first": self.first.isoformat() if self.first else "",
            "last": self.last.isoformat() if self.last else "",
            "value": self.value,
        }
        return {name: part for name, part in parts.items() if part}

    @classmethod
    def of(cls, picks: Picks) -> Self | None:
        """What an address says; None where that is nothing."""
        kind, first, last, value = (str(picks.get(name) or "") for name in PARTS)
        try:
            days = [date.fromisoformat(day) if day else None for day in (first, last)]
        except ValueError:
            return None
        behind = cls(kind, days[0], days[1], value)
        wrong = kind not in SETS or (kind == "aged" and value not in map(str, range(len(AGES))))
        return None if wrong or (kind == "lacking" and not _may_lack(value)) else behind

    @property
    def rows(self) -> Rows:
        """What to ask."""
        return SETS[self.kind]

    def params(self) -> dict[str, Any]:
        """What the questions take besides the filters; the period's days only where the set has its own."""
        zone = settings().timezone

        def midnight(day: date) -> datetime:
            return to_moment(day, time(), zone)

        given: dict[str, Any] = {"status": self.value, "field": self.value, **one_of(self.value)}
        given |= {"other_field": self.value.removeprefix(OTHER_FIELD) if self.value.startswith(OTHER_FIELD) else ""}
        given |= {"band": int(self.value)} if self.kind == "aged" else {}
        given |= {"start": midnight(self.first)} if self.first else {}
        given |= {"end": midnight(self.last + timedelta(days=1))} if self.last else {}
        if self.kind == "stood":
            given |= {"at": given["end"], "start": midnight(self.first or BEGINNING)}
        return given

    def words(self) -> str:
        """What the set is, in the person's language."""
        value = self.value
        if self.kind == "aged":
            value = _("{range} days").format(range=AGES[int(value)])
        elif self.kind == "lacking":
            value = (rules.in_force().asked(value) or Asked(field=value)).called
        days = self.last if self.kind == "stood" else self.first
        written = show_date(days) if days else ""
        if self.first and self.last and self.kind != "stood" and self.first != self.last:
            written = f"{show_date(self.first)} – {show_date(self.last)}"
        return " · ".join(filter(None, (_(WORDS[self.kind]), value, written)))


def _may_lack(key: str) -> bool:
    """Whether requests may be asked for a field."""
    return key in FIELDS or rules.in_force().asked(key) is not None
