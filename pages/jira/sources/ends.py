"""The ends of issues whose changes came apart from them, as DevLake keeps them: read once all is in the lake."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

import pyarrow as pa
import sqlalchemy as sa

from core.facts.query import Query
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from core.sources.base import Batch
from pages.jira.facts import CHANGES, ISSUES
from pages.jira.sources.rest import came_to_an_end
from pages.jira.words import brought

_I, _C = ISSUES.sql.c, CHANGES.sql.c
_SOURCE = sa.bindparam("source", type_=sa.Text)
_OPEN_ENDED = sa.and_(_I.source == _SOURCE, _I.category == "done", _I.resolved_at.is_(None), _I.gone_at.is_(None))
OPEN_ENDED = Query(
    name="open_ended_issues",
    select=sa.select(*(_I[name] for name in ISSUES.schema.names)).where(_OPEN_ENDED),
    tables=(ISSUES,),
    params={"source": str},
)
MOVES = Query(
    name="moves_of_open_ended_issues",
    select=sa.select(_C.issue_id, _C.at, sa.func.coalesce(_C.before, "").label("before"))
    .join_from(CHANGES.sql, ISSUES.sql, sa.and_(_C.source == _I.source, _C.issue_id == _I.issue_id))
    .where(_OPEN_ENDED, sa.func.lower(_C.field) == "status"),
    tables=(ISSUES, CHANGES),
    params={"source": str},
)
DONE = Query(
    name="done_statuses",
    select=sa.select(sa.func.lower(_I.status).label("status"))
    .where(_I.source == _SOURCE, _I.category == "done", _I.status.is_not(None))
    .distinct(),
    tables=(ISSUES,),
    params={"source": str},
)


def found(source: str) -> Iterator[Batch]:
    """The done issues of a source that have no day of resolution, with the one that their changes tell."""
    reader = warehouse().reader(EVERYTHING)
    moves: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for batch in reader.stream(MOVES, source=source):
        for row in batch.to_pylist():
            moves[row["issue_id"]].append((row["at"], row["before"]))
    if not moves:
        return
    over = {*brought("done"), *reader.run(DONE, source=source).table["status"].to_pylist()}
    for batch in reader.stream(OPEN_ENDED, source=source):
        ended = [
            row | {"resolved_at": end, "ended_at": end}
            for row in batch.to_pylist()
            if (end := came_to_an_end(moves[row["issue_id"]], over)) is not None
        ]
        if ended:
            yield Batch(pa.Table.from_pylist(ended, ISSUES.schema), table=ISSUES)
