"""Comparing every issue of an activity with what has landed: finds the deleted, the moved, the ones never told of."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

import pyarrow as pa
import sqlalchemy as sa

from core.base.errors import SourceFailed
from core.base.i18n import _
from core.compare.tables import Match, compare
from core.facts.query import Query, Reader
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from core.sources.base import Batch
from pages.jira.facts import ISSUES
from pages.jira.sources import rest
from pages.jira.sources.service import NAME, Issue, Jira, Question

AT_ONCE = 100
FEW = 20
"""So many may vanish at once without a doubt."""
UNUSUAL = 20
"""Of more than one in so many it is told that they are gone."""
WINDOW = 20_000
"""Issues that are compared at once."""
BEGINNING, END = (datetime(year, 1, 1, tzinfo=UTC) for year in (1, 9999))
_COLUMNS = ISSUES.sql.c
T = TypeVar("T")

FIELDS = ("created", "updated", "issuetype", "status", "priority", "resolution", "assignee", "reporter")
"""What is asked of every issue, beside what the team chose."""
PEOPLE = ("assignee_id", "assignee", "assignee_mail", "reporter")
COMPARED = ("key", "updated_at", "issue_type", "request_type", "status", "category", "priority", "resolution",
            "components", *PEOPLE)  # fmt: skip
"""What is compared: that an issue changed, and the names that change without it, since they are of something else."""
KNOWN = Query(
    name="known_issues",
    select=sa.select(
        _COLUMNS.issue_id, *(_COLUMNS[name] for name in COMPARED), _COLUMNS.history.is_(None).label("unread")
    ).where(
        _COLUMNS.source == sa.bindparam("source", type_=sa.Text),
        _COLUMNS.created_at >= sa.bindparam("start", type_=sa.TIMESTAMP(timezone=True)),
        _COLUMNS.created_at < sa.bindparam("end", type_=sa.TIMESTAMP(timezone=True)),
        _COLUMNS.gone_at.is_(None),
    ),
    tables=(ISSUES,),
    params={"source": str, "start": datetime, "end": datetime},
)
"""What is known of issues that are not gone; `unread`: they landed before histories were told whole."""
WHOLE = Query(
    name="whole_issues",
    select=sa.select(*(_COLUMNS[name] for name in ISSUES.schema.names)).where(
        _COLUMNS.source == sa.bindparam("source", type_=sa.Text),
        _COLUMNS.issue_id.in_(sa.bindparam("ids", expanding=True, type_=sa.Text)),
    ),
    tables=(ISSUES,),
    params={"source": str, "ids": list},
)

_SHOWN = pa.schema(
    [*(ISSUES.schema.field(name).with_nullable(True) for name in ("issue_id", *COMPARED)), ("unread", pa.bool_())]
)


@dataclass(frozen=True)
class Window:
    """What Jira shows of the issues created in [start, end[, each once."""

    start: datetime
    end: datetime
    shown: list[dict[str, Any]]


@dataclass
class Compared:
    """One comparison of an activity with what has landed. `everything` asks for all of it, `fields` are those of an
    issue that is read, `of_team` those among them that hold what the team chose."""

    jira: Jira
    everything: Question
    reader: rest.Reader
    fields: list[str]
    of_team: list[str]
    source: str
    known: int = 0
    missing: set[str] = field(default_factory=set)

    def batches(self, belonging: Callable[[list[Issue]], set[str]], now: datetime) -> Iterator[Batch]:
        """Batches that put the lake right, one window of creation after the other, so that memory does not grow with
        the number of issues. What a search does not show is gone only where Jira, asked for it by its id, has none, or
        has it outside the activity: `belonging` gives the ids of those of some issues that are of it.

        Raises SourceFailed, also where most would vanish.
        """
        asking = warehouse().reader(EVERYTHING)
        for window in self._windows():
            yield from self._changed(asking, window)
        left_out: list[Issue] = []
        for ids in _pieces(sorted(self.missing)):
            there = self._by_id(ids)
            held = belonging(there)
            left_out += [issue for issue in there if str(issue["id"]) in held]
        yield from self._read(left_out, _("Jira has requests that its search leaves out: they were asked for by id."))
        gone = sorted(self.missing - {str(issue["id"]) for issue in left_out})
        if len(gone) > max(FEW, self.known // 2):
            sentence = _("{gone} of {known} known requests would go: check the account's rights and the JQL. None is.")
            raise SourceFailed(sentence.format(gone=len(gone), known=self.known))
        unusual = len(gone) > max(FEW, self.known // UNUSUAL)
        sentence = _("Unusually many requests are gone from Jira at once.")
        for ids in _pieces(gone):
            yield Batch(
                _gone(asking, self.source, ids, now), table=ISSUES, notes={sentence: len(ids)} if unusual else {}
            )

    def _changed(self, asking: Reader, window: Window) -> Iterator[Batch]:
        """What a window shows that is not known as it is; what it does not show is noted as missing."""
        rows = asking.stream(KNOWN, source=self.source, start=window.start, end=window.end)
        known = pa.Table.from_batches(list(rows), _SHOWN)
        self.known += len(known)
        comparison = compare(known, _shown(window.shown, known), ["issue_id"])
        self.missing |= {*comparison.left(Match.ONLY_LEFT)["issue_id"].to_pylist()}
        self.missing -= {row["issue_id"] for row in window.shown}
        for ids in _pieces(comparison.right(Match.ONLY_RIGHT, Match.DIFFERING)["issue_id"].to_pylist()):
            yield from self._read(self.jira.some(ids, self.fields))

    def _by_id(self, ids: list[str]) -> list[Issue]:
        """The issues of some ids that Jira has: at once, and one by one where an answer does not hold them."""
        there = {str(issue["id"]): issue for issue in self.jira.some(ids, self.fields)}
        alone = (self.jira.one(issue_id, self.fields) for issue_id in ids if issue_id not in there)
        return [*there.values(), *(issue for issue in alone if issue is not None)]

    def _read(self, issues: list[Issue], note: str = "") -> Iterator[Batch]:
        for some in _pieces(issues):
            self.jira.complete(some)
            rows = self.reader.read(some, NAME)
            for table, part in rows.tables():
                yield Batch(part, table=table, notes={note: len(some)} if note and table is ISSUES else {})

    def _windows(self) -> Iterator[Window]:
        """All of time, in parts of about `WINDOW` issues, which come in order of creation; one may come twice."""
        start = BEGINNING
        waiting: list[dict[str, Any]] = []
        for page in self.jira.pages(self.everything, [*FIELDS, *self.of_team]):
            waiting += self.reader.read(page, NAME).issues
            if len(waiting) >= WINDOW:
                end = waiting[-1]["created_at"]  # others may have been created at that very moment
                yield Window(start, end, [row for row in waiting if row["created_at"] < end])
                start, waiting = end, [row for row in waiting if row["created_at"] >= end]
        yield Window(start, END, waiting)


def _shown(rows: list[dict[str, Any]], known: pa.Table) -> pa.Table:
    """What Jira shows, each issue once, the last where it came twice; without the people of whom nothing is known,
    since they may be forgotten."""
    untold = {row["issue_id"]: [name for name in PEOPLE if row[name] is None] for row in known.to_pylist()}
    by_id = {row["issue_id"]: row | {"unread": False} | dict.fromkeys(untold.get(row["issue_id"], ())) for row in rows}
    return pa.Table.from_pylist(list(by_id.values()), _SHOWN)


def _gone(asking: Reader, source: str, ids: list[str], now: datetime) -> pa.Table:
    """Known issues as they will be: found gone at a moment."""
    rows = pa.Table.from_batches(list(asking.stream(WHOLE, source=source, ids=ids)))
    at = pa.array([now] * len(rows), pa.timestamp("us", "UTC"))
    return rows.set_column(rows.column_names.index("gone_at"), "gone_at", at)


def _pieces(keys: list[T]) -> Iterator[list[T]]:
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]
