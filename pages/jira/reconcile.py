"""Comparing every issue of an activity with what has landed: finds the deleted, the moved, the ones never told of."""

from array import array
from collections.abc import Iterator
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from core.auth.people import EVERYTHING
from core.errors import SourceFailed
from core.i18n import _
from core.query import Query, warehouse
from core.sources.base import Batch
from pages.jira import rest
from pages.jira.facts import ISSUES
from pages.jira.service import NAME, Jira, Question

AT_ONCE = 100
FEW = 20
"""So many may vanish at once without a doubt."""
_MICROSECONDS = 1_000_000
_COLUMNS = ISSUES.sql.c

KNOWN = Query(
    name="known_issues",
    select=sa.select(_COLUMNS.issue_id, _COLUMNS.updated_at, _COLUMNS.gone_at).where(
        _COLUMNS.source == sa.bindparam("source", type_=sa.Text)
    ),
    tables=(ISSUES,),
    params={"source": str},
)
WHOLE = Query(
    name="whole_issues",
    select=sa.select(*_COLUMNS).where(
        _COLUMNS.source == sa.bindparam("source", type_=sa.Text),
        _COLUMNS.issue_id.in_(sa.bindparam("ids", expanding=True, type_=sa.Text)),
    ),
    tables=(ISSUES,),
    params={"source": str, "ids": list},
)


def compare(
    jira: Jira, everything: Question, reader: rest.Reader, fields: list[str], source: str, now: datetime
) -> Iterator[Batch]:
    """Batches that put the lake right. 16 bytes an issue. Raises SourceFailed, also where most would vanish."""
    there = _there(jira, everything)
    asking = warehouse().reader(EVERYTHING)
    known = pa.Table.from_batches(
        list(asking.stream(KNOWN, source=source)),
        pa.schema([ISSUES.schema.field(name).with_nullable(True) for name in ("issue_id", "updated_at", "gone_at")]),
    )
    alive = known.filter(pc.is_null(known["gone_at"]))
    gone = alive.join(there, "issue_id", join_type="left anti")["issue_id"]
    if len(gone) > max(FEW, len(alive) // 2):
        sentence = _(
            "Jira shows {there} of {known} known requests: check the account's rights and the JQL. None is removed."
        )
        raise SourceFailed(sentence.format(there=len(there), known=len(alive)))
    stale = there.join(alive.select(["issue_id", "updated_at"]), ["issue_id", "updated_at"], join_type="left anti")
    for ids in _pieces(stale["issue_id"].to_pylist()):
        issues = jira.some(ids, fields)
        jira.complete(issues)
        for table, rows in reader.read(issues, NAME).tables():
            yield Batch(rows, table=table)
    for ids in _pieces(gone.to_pylist()):
        rows = pa.Table.from_batches(list(asking.stream(WHOLE, source=source, ids=ids)))
        place = rows.column_names.index("gone_at")
        yield Batch(
            rows.set_column(place, "gone_at", pa.array([now] * len(rows), pa.timestamp("us", "UTC"))), table=ISSUES
        )


def _there(jira: Jira, everything: Question) -> pa.Table:
    """Id and last change of every issue of the activity."""
    ids, moments = array("q"), array("q")
    for page in jira.pages(everything, ["created", "updated"]):
        for issue in page:
            ids.append(int(issue["id"]))
            moments.append(round(rest.moment(issue["fields"]["updated"]).timestamp() * _MICROSECONDS))
    found = pa.table({"issue_id": pa.array(ids, pa.int64()), "updated_at": pa.array(moments, pa.int64())})
    found = found.group_by("issue_id").aggregate([("updated_at", "max")])
    return pa.table(
        {
            "issue_id": found["issue_id"].cast(pa.string()),
            "updated_at": found["updated_at_max"].cast(pa.timestamp("us")).cast(pa.timestamp("us", "UTC")),
        }
    )


def _pieces(ids: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]
