"""The month's review: figures frozen on the set working day, kept as records, compared with what they are today.

A review is a publication (`core.records.freeze`) of kind `jira_review`, of a month, for a squad or the house. What was
published never changes; the lead's comments are further versions beside it. The calendar writes it
(`pages.jira.acts.scheduled`), or the lead, by a button; never whoever looks.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from core.base.i18n import N_, _, show_duration, show_number, show_percent
from core.base.periods import Grain
from core.facts.query import Reader
from core.mission.discovery import warehouse
from core.people.person import Scope
from core.records import freeze
from core.records.freeze import Published
from core.records.records import Record
from pages.jira import rules
from pages.jira.facts import ISSUES
from pages.jira.rules import Rules

KIND = "jira_review"

Months = Mapping[date, list[str | None]]
"""The months that are frozen, the newest first: for which squads, None being the house."""

FIGURES: dict[str, tuple[str, str]] = {
    "created": (N_("Requests created"), "number"),
    "resolved": (N_("Requests resolved"), "number"),
    "on_time": (N_("Resolved on time"), "number"),
    "late": (N_("Resolved late"), "number"),
    "late_share": (N_("Late share"), "percent"),
    "drift": (N_("Median drift"), "percent"),
    "above": (N_("Share above the limit"), "percent"),
    "without_estimate": (N_("Without estimate"), "number"),
    "spent_s": (N_("Time spent"), "work"),
    "cycle_s": (N_("Median cycle time"), "duration"),
    "empty": (N_("Empty mandatory fields"), "number"),
}
"""Figures of a month, by name: what they are called, and what they hold."""


@dataclass(frozen=True)
class Line:
    """One figure of a month: as it was published for the month before, for this one, and as it is today."""

    name: str
    label: str
    kind: str
    before: float | None
    published: float | None
    today: float | None


def waiting(frozen: Collection[date], in_force: Rules, now: datetime) -> list[date]:
    """The months that are to be frozen by now and are not, oldest first; at the very first, the last two."""
    return in_force.review.waiting(frozen, now, first=2)


def known_until(reader: Reader, removed: Collection[str] = ()) -> datetime | None:
    """Up to when all that feeds the activity is known complete, without sources that were removed; None where no source
    says so."""
    told = {source: until for source, until in reader.reach(ISSUES).items() if source not in removed}
    return min(told.values(), default=None)


def known_whole(month: date, until: datetime | None) -> bool:
    """Whether what is known reaches the end of a month."""
    return until is None or until >= Grain.MONTH.of(month).end


def of_squad(reader: Reader, squad: str | None) -> Reader:
    """The reader of a squad's rows, and nobody's, at the same snapshot; `reader` itself where no squad is named."""
    return reader if squad is None else warehouse().reader(Scope(frozenset({squad})), reader.snapshot)


@dataclass(frozen=True)
class Review:
    """What was frozen of a month for a squad, or the house, and of the month before."""

    month: date
    squad: str | None
    record: Record
    earlier: Record | None

    @property
    def figures(self) -> dict[str, Any]:
        """What was published."""
        found: dict[str, Any] = self.record.data["figures"]
        return found

    @property
    def comment(self) -> str:
        """What the lead says of it."""
        return freeze.words(self.record)

    def lines(self, today: dict[str, Any]) -> list["Line"]:
        """Published figures against those of the month before and of today."""
        return lines(self.figures, self.earlier.data["figures"] if self.earlier else None, today)


def months(connection: sa.Connection, scope: Scope) -> Months:
    """The months that are frozen within a scope."""
    found: dict[date, list[str | None]] = {}
    for publication in freeze.published(connection, KIND, scope):
        found.setdefault(publication.month, []).append(publication.squad)
    return found


def get(connection: sa.Connection, month: date, squad: str | None, scope: Scope) -> Record | None:
    """The review of a month for a squad, or the house; None where it was not frozen, or is out of the scope."""
    return freeze.get(connection, KIND, Published.of(month, squad), scope)


def read(connection: sa.Connection, month: date, squad: str | None, scope: Scope) -> Review | None:
    """The review of a month with the one before; None where it was not frozen, or is out of the scope."""
    record = get(connection, month, squad, scope)
    if record is None:
        return None
    return Review(month, squad, record, get(connection, Grain.MONTH.moved(month, -1), squad, scope))


def lines(published: dict[str, Any], before: dict[str, Any] | None, today: dict[str, Any]) -> list[Line]:
    """Published figures against those of the month before and of today."""
    earlier = before or {}
    return [
        Line(name, label, kind, earlier.get(name), published.get(name), today.get(name))
        for name, (label, kind) in FIGURES.items()
    ]


def written(value: float | None, kind: str) -> str:
    """A figure in the person's language."""
    if value is None:
        return "–"
    if kind == "percent":
        return show_percent(value)
    if kind == "work":
        return show_duration(value, rules.in_force().day_s)
    return show_duration(value) if kind == "duration" else show_number(value)


def drifted(line: Line) -> str:
    """What changed since a figure was published; empty where nothing did."""
    if line.published != line.today and (line.published is None or line.today is None):
        return _("changed")
    return _step(line.published, line.today, line.kind)


def moved(line: Line) -> str:
    """What changed against the month before; empty where nothing did, or one of them is not known."""
    return _step(line.before, line.published, line.kind)


def _step(of: float | None, to: float | None, kind: str) -> str:
    if of is None or to is None or of == to:
        return ""
    if kind == "percent":
        step = _("{n} points").format(n=show_number(abs(to - of) * 100))
    else:
        step = written(abs(to - of), kind)
    return f"{'+' if to > of else '−'}{step}"
