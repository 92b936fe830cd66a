"""Sources that are tables: the options that say what is asked of a database, and batches of what it answers."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Self

import pyarrow as pa
from pydantic import Field as Option
from pydantic import field_validator, model_validator

from core.base import clock
from core.base.i18n import N_, _
from core.sources import files, sql
from core.sources.base import Batch, Cursor, Options
from core.sources.cells import Known
from core.sources.files import Shaper
from core.sources.reach import Database


class TableOptions(Options):
    """A table or a SELECT of a database; to be joined to a mapping of its columns."""

    url: Database = Option(
        title=N_("Database URL"), description=N_("E.g. postgresql+psycopg://reader:${VIGIE_SECRET_BASE}@host/base")
    )
    table: str = Option(default="", title=N_("Table"), description=N_("E.g. airflow.dag_run"))
    query: str = Option(default="", title=N_("Query"), description=N_("A SELECT, in place of a table"))
    since: str = Option(
        default="",
        title=N_("Growing column"),
        description=N_("Rows are read from its last value on; empty: all of them"),
    )
    overlap_hours: float = Option(
        default=48,
        ge=0,
        le=10_000,
        title=N_("Overlap (hours)"),
        description=N_("Read again, for rows that changed since"),
    )

    @field_validator("query")
    @classmethod
    def _check_query(cls, value: str) -> str:
        return sql.check_query(value)

    @model_validator(mode="after")
    def _asks_one_thing(self) -> Self:
        if bool(self.table) == bool(self.query):
            raise ValueError(_("Give a table or a query."))
        return self


def pull(
    options: TableOptions,
    source: str,
    cursor: Cursor,
    *,
    known: Known,
    shaper: Callable[[], Shaper],
    latest_counts: bool = False,
) -> Iterator[Batch]:
    """Batches of the rows from the growing column's last value on, less the overlap (all of them without one), then
    of the corrections that people dropped.

    What was read is complete up to now, or, with `latest_counts`, up to the latest moment that a row tells of.
    Raises SourceFailed.
    """
    now = clock.now()
    question = sql.Question(options.url, options.table, options.query, options.since)
    reading = f"@{now.isoformat()}"
    shaping = shaper()
    for cells, last in sql.read(question, cursor.get("last"), timedelta(hours=options.overlap_hours)):
        shaped = shaping.shape(cells, now)
        moments = (cursor.get("latest"), shaped.latest and shaped.latest.isoformat())
        cursor = {**cursor, "last": last, "latest": max(filter(None, moments), default=None)}
        yield Batch(
            shaped.rows,
            refused=[replace(refused, reading=reading) for refused in (*cells.refused, *shaped.refused)],
            cursor=cursor,
            done=cells.lines[-1] if len(cells.lines) else 0,
            notes=shaped.notes,
            settles=shaped.settles,
        )
    latest = cursor.get("latest")
    until = (datetime.fromisoformat(latest) if latest else None) if latest_counts else now
    yield Batch(pa.table({}), cursor=cursor, covers_until=until, replaces="" if options.since else reading)
    yield from files.pull_corrections(source, cursor, known=known, shaper=shaper)
