"""Comparing every issue of an activity with what has landed: finds the deleted, the moved, the ones never told of."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

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
from pages.jira.sources.service import NAME, Issue, Jira, Question, created

AT_ONCE = 100
FEW = 20
"""So many may vanish at once without a doubt."""
WINDOW = 20_000
"""Issues that are compared at once."""
BEGINNING, END = (datetime(year, 1, 1, tzinfo=UTC) for year in (1, 9999))
_COLUMNS = ISSUES.sql.c

KNOWN = Query(
    name="known_issues",
    select=sa.select(_COLUMNS.issue_id, _COLUMNS.updated_at).where(
        _COLUMNS.source == sa.bindparam("source", type_=sa.Text),
        _COLUMNS.created_at >= sa.bindparam("start", type_=sa.TIMESTAMP(timezone=True)),
        _COLUMNS.created_at < sa.bindparam("end", type_=sa.TIMESTAMP(timezone=True)),
        _COLUMNS.gone_at.is_(None),
    ),
    tables=(ISSUES,),
    params={"source": str, "start": datetime, "end": datetime},
)
WHOLE = Query(
    name="whole_issues",
    select=sa.select(*(_COLUMNS[name] for name in ISSUES.schema.names)).where(
        _COLUMNS.source == sa.bindparam("source", type_=sa.Text),
        _COLUMNS.issue_id.in_(sa.bindparam("ids", expanding=True, type_=sa.Text)),
    ),
    tables=(ISSUES,),
    params={"source": str, "ids": list},
)

_TOLD = pa.schema({"issue_id": pa.string(), "updated_at": pa.timestamp("us", tz="UTC")})


@dataclass(frozen=True)
class Window:
    """What Jira shows of the issues created in [start, end[: `there` has columns as KNOWN, each issue once."""

    start: datetime
    end: datetime
    there: pa.Table


def reconcile(
    jira: Jira, everything: Question, reader: rest.Reader, fields: list[str], source: str, now: datetime
) -> Iterator[Batch]:
    """Batches that put the lake right, one window of creation after the other, so that memory does not grow with the
    number of issues. Raises SourceFailed, also where most would vanish."""
    asking = warehouse().reader(EVERYTHING)
    gone: set[str] = set()
    shown = known = 0
    for window in _windows(jira.pages(everything, ["created", "updated"])):
        alive = _alive(asking, source, window)
        shown, known = shown + len(window.there), known + len(alive)
        found = compare(alive, window.there, ["issue_id"])
        gone |= {*found.left(Match.ONLY_LEFT)["issue_id"].to_pylist()}
        gone -= {*window.there["issue_id"].to_pylist()}
        for ids in _pieces(found.right(Match.ONLY_RIGHT, Match.DIFFERING)["issue_id"].to_pylist()):
            issues = jira.some(ids, fields)
            jira.complete(issues)
            for table, rows in reader.read(issues, NAME).tables():
                yield Batch(rows, table=table)
    if len(gone) > max(FEW, known // 2):
        sentence = _(
            "Jira shows {there} of {known} known requests: check the account's rights and the JQL. None is removed."
        )
        raise SourceFailed(sentence.format(there=shown, known=known))
    for ids in _pieces(sorted(gone)):
        rows = pa.Table.from_batches(list(asking.stream(WHOLE, source=source, ids=ids)))
        place = rows.column_names.index("gone_at")
        yield Batch(
            rows.set_column(place, "gone_at", pa.array([now] * len(rows), pa.timestamp("us", "UTC"))), table=ISSUES
        )


def _alive(asking: Reader, source: str, window: Window) -> pa.Table:
    """When each known issue of a window last changed, without those that are gone."""
    batches = asking.stream(KNOWN, source=source, start=window.start, end=window.end)
    return pa.Table.from_batches(list(batches), _TOLD)


def _there(issues: Iterable[tuple[str, datetime]]) -> pa.Table:
    """What Jira shows; of an issue that came twice, the last."""
    found = dict(issues)
    return pa.table([pa.array(found.keys()), pa.array(found.values())], schema=_TOLD)


def _windows(pages: Iterator[list[Issue]]) -> Iterator[Window]:
    """All of time, in parts of about `WINDOW` issues. The pages come in order of creation; an issue may come twice."""
    start = BEGINNING
    waiting: list[tuple[datetime, str, datetime]] = []
    for page in pages:
        waiting += [(created(one), str(one["id"]), rest.moment(one["fields"]["updated"])) for one in page]
        if len(waiting) >= WINDOW:
            end = waiting[-1][0]  # others may have been created at that very moment
            yield Window(start, end, _there((one, updated) for at, one, updated in waiting if at < end))
            start, waiting = end, [one for one in waiting if one[0] >= end]
    yield Window(start, END, _there((one, updated) for _at, one, updated in waiting))


def _pieces(ids: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]
