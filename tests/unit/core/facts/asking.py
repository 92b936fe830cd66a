"""What the tests of the query core ask."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from core.facts.query import Query, Reader
from tests.unit.core.facts.jobs import JOBS

HOUR = timedelta(hours=1)
J = JOBS.sql
ALL = Query("all_jobs", sa.select(J).order_by(J.c.job), (JOBS,), {})


def plan(reader: Reader, query: Query, **params: Any) -> str:
    """How DuckDB would answer."""
    statement, places = query.bound(query.values(params), capped=True)
    cursor = reader._warehouse.views.cursor(query.tables, reader.snapshot, reader.scope)
    return str(cursor.execute(f"EXPLAIN {statement}", places).fetchall())


def jobs(reader: Reader, query: Query = ALL, **params: Any) -> list[str]:
    found: list[str] = reader.run(query, **params).table["job"].to_pylist()
    return found
