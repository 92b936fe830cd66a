"""The month's review: figures frozen on the set working day, kept as records, compared with what they are today.

A review is a publication (`core.records.freeze`) of kind `jira_review`, of a month, for a squad or the house. What was
published never changes; the lead's comments are further versions beside it. The calendar writes it
(`pages.jira.acts.scheduled`), or the lead, by a button; never whoever looks.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_, _, local, show_duration, show_number, show_percent
from core.base.periods import Grain, Period
from core.facts.query import Reader
from core.mission.discovery import warehouse
from core.people.person import Scope
from core.records import freeze
from core.records.freeze import Published
from core.records.records import Record
from core.store.kept import until_changed
from pages.jira import rules
from pages.jira.facts import ISSUES
from pages.jira.rules import Rules

KIND = "jira_review"

PERIODS = 36
"""So many months are looked at again when one is frozen."""
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


class Seen(NamedTuple):
    """One look at the months of a squad, or the house: its day, by which rules it counted (`Rules.counted`; "": not
    told), and by month (`2026-10`) what FIGURES were."""

    on: date
    counted: str
    months: Mapping[str, Mapping[str, Any]]


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


def looked_back(due: Sequence[date], first: date) -> Sequence[date]:
    """The months that are looked at when some are frozen, the oldest first: `PERIODS` up to the last of them, none of
    before the `first` one that anything is known of; and all that are frozen."""
    oldest = max(first, Grain.MONTH.moved(due[-1], 1 - PERIODS))
    return Period(min(due[0], oldest), due[-1]).each(Grain.MONTH)


def known_until(reader: Reader, removed: Collection[str] = ()) -> datetime | None:
    """Up to when all that feeds the activity is known complete, without sources that were removed; None where no source
    says so."""
    reach = {source: until for source, until in reader.reach(ISSUES).items() if source not in removed}
    return min(reach.values(), default=None)


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
        figures: dict[str, Any] = self.record.data["figures"]
        return figures

    @property
    def comment(self) -> str:
        """What the lead says of it."""
        return freeze.words(self.record)

    def lines(self, today: Mapping[str, Any]) -> list["Line"]:
        """Published figures against those of the month before and of today."""
        return lines(self.figures, self.earlier.data["figures"] if self.earlier else None, today)


def months(connection: sa.Connection, scope: Scope) -> Months:
    """The months that are frozen within a scope."""
    squads_by_month: dict[date, list[str | None]] = {}
    for publication in freeze.published(connection, KIND, scope):
        squads_by_month.setdefault(publication.month, []).append(publication.squad)
    return squads_by_month


def get(connection: sa.Connection, month: date, squad: str | None, scope: Scope) -> Record | None:
    """The review of a month for a squad, or the house; None where it was not frozen, or is out of the scope."""
    return freeze.get(connection, KIND, Published.of(month, squad), scope)


def read(connection: sa.Connection, month: date, squad: str | None, scope: Scope) -> Review | None:
    """The review of a month with the one before; None where it was not frozen, or is out of the scope."""
    record = get(connection, month, squad, scope)
    if record is None:
        return None
    return Review(month, squad, record, get(connection, Grain.MONTH.moved(month, -1), squad, scope))


def seen(connection: sa.Connection, squad: str | None, scope: Scope) -> Sequence[Seen]:
    """Every look at the months of a squad, or the house, the oldest first. A review of before months were looked at
    again tells of its own month alone."""

    def read() -> dict[str | None, list[Seen]]:
        by_squad: dict[str | None, list[Seen]] = {}
        for published, record in freeze.contents(connection, KIND, scope).items():
            on = local(datetime.fromisoformat(record.data["frozen_at"])).date()
            months = record.data.get("seen", {published.period: record.data["figures"]})
            by_squad.setdefault(published.squad, []).append(Seen(on, record.data.get("counted", ""), months))
        return {of: sorted(looks, key=lambda look: (look.on, max(look.months))) for of, looks in by_squad.items()}

    return until_changed(connection, ("jira-reviews", scope.squads), read).get(squad, ())


def as_seen(looks: Sequence[Seen], month: date, on: date) -> Mapping[str, Any] | None:
    """What a month was when it was last looked at, up to a day; None where it was not yet."""
    known = (look.months.get(f"{month:%Y-%m}") for look in reversed(looks) if look.on <= on)
    return next((figures for figures in known if figures is not None), None)


def looked_at(looks: Sequence[Seen], name: str) -> pd.DataFrame:
    """One figure as it was seen by the rules of the newest look: `period`, `seen_on`, `value`, in the order of looks.
    By other rules it is another figure, and no drift of this one."""
    rows = [
        (date.fromisoformat(f"{month}-01"), look.on, figures[name])
        for look in looks
        if look.counted == looks[-1].counted
        for month, figures in look.months.items()
        if figures.get(name) is not None
    ]
    return pd.DataFrame(rows, columns=["period", "seen_on", "value"]).astype({"value": float})


def lines(published: Mapping[str, Any], before: Mapping[str, Any] | None, today: Mapping[str, Any]) -> list[Line]:
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
