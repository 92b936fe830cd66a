"""Reading a table or a SELECT of a database (`core.sources.dialects`): read-only, streaming, as text cells."""

import re
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from core.base.errors import SourceFailed
from core.base.i18n import _
from core.sources import dialects, limits
from core.sources.cells import BROKEN, Cells, unique_names
from core.sources.deadline import TooLate, in_time
from core.sources.secrets import redact

CHUNK_ROWS = 20_000
_READS = re.compile(r"^\s*(SELECT|WITH)\b[^;]*$", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Question:
    """What to read: a `table` (`schema.table`) or a `query`; from where on, if `since` names a column that grows."""

    url: str
    table: str = ""
    query: str = ""
    since: str = ""

    @property
    def where(self) -> str:
        return self.table or "SELECT"


def check_query(text: str) -> str:
    """The text if it is one statement that only reads. Raises ValueError with a sentence."""
    if text and not _READS.match(text.rstrip().removesuffix(";")):
        raise ValueError(_("The query must be one SELECT."))
    return text.rstrip().removesuffix(";")


def read(question: Question, last: str | None, overlap: timedelta) -> Iterator[tuple[Cells, str | None]]:
    """Rows in the order of `since`, with the value to go on from after each piece.

    `last`: that value of the reading before; rows from `overlap` before it are read again, and those where `since`
    is null always. Raises SourceFailed, also where the database says nothing for too long.
    """
    opened: list[sa.Connection] = []
    pieces = in_time(lambda: _read(question, last, overlap, opened), limits.READING_SECONDS, lambda: _end(opened))
    try:
        yield from pieces
    except TooLate:
        sentence = _("The database takes too long to answer: ask {what} for less.").format(what=question.where)
        raise SourceFailed(sentence) from None


def _read(
    question: Question, last: str | None, overlap: timedelta, opened: list[sa.Connection]
) -> Generator[tuple[Cells, str | None], None, None]:
    """The same, in the thread that may be left to itself; `opened` gets the connection."""
    engine, secrets = dialects.engine(question.url)
    try:
        with _reading(engine) as connection:
            opened.append(connection)
            result = connection.execution_options(stream_results=True, yield_per=CHUNK_ROWS).execute(
                _statement(question, engine, last, overlap)
            )
            names = unique_names(list(result.keys()))
            line = 0
            for rows in result.partitions(CHUNK_ROWS):
                columns = [pa.array([_text(row[at]) for row in rows], pa.string()) for at in range(len(names))]
                cells = Cells(
                    pa.table(columns, names=list(names)),
                    range(line + 1, line + len(rows) + 1),
                    question.where,
                    typed={
                        name: pa.array([isinstance(row[at], float | Decimal) for row in rows], pa.bool_())
                        for at, name in enumerate(names)
                        if any(isinstance(row[at], float | Decimal) for row in rows)
                    },
                )
                line += len(rows)
                last = _furthest(cells, question.since, last)
                yield cells, last
            if not line:
                yield Cells(pa.schema([(name, pa.string()) for name in names]).empty_table(), [], question.where), last
    except SQLAlchemyError as error:
        raise SourceFailed(_sentence(question), detail=redact(str(error), secrets)) from None


def _end(opened: list[sa.Connection]) -> None:
    """Ask a database from outside to end what it does, as its driver can: interrupt, cancel, or close."""
    for connection in opened:
        raw = connection.connection.dbapi_connection
        stop = next((method for name in ("interrupt", "cancel", "close") if (method := getattr(raw, name, None))), None)
        with suppress(Exception):
            if stop:
                stop()


def _reading(engine: sa.Engine) -> sa.Connection:
    """A connection that only reads. Raises SourceFailed where there is none; a driver may raise whatever it likes."""
    try:
        connection = engine.connect()
    except ImportError as error:
        raise SourceFailed(dialects.missing(engine.url), detail=type(error).__name__) from None
    except Exception as error:
        hidden = (str(engine.url.password or ""),)
        raise SourceFailed(dialects.unreachable(), detail=redact(str(error), hidden)) from None
    if engine.dialect.name == "postgresql":
        connection = connection.execution_options(postgresql_readonly=True)
    return connection


def _statement(question: Question, engine: sa.Engine, last: str | None, overlap: timedelta) -> sa.Select[Any]:
    asked: sa.FromClause
    if question.query:
        text = sa.text(question.query.replace(":", r"\:"))
        asked = text.columns(*([sa.column(question.since)] if question.since else [])).subquery("asked")
    else:
        schema, _dot, name = question.table.rpartition(".")
        asked = sa.table(name, schema=schema or None)
    statement = sa.select(sa.text("*")).select_from(asked)
    if question.since:
        column: sa.ColumnElement[Any] = sa.column(question.since)
        if last is not None:
            start = _start(last, overlap, as_text=engine.dialect.name == "sqlite")
            statement = statement.where(sa.or_(column >= sa.literal(start), column.is_(None)))
        statement = statement.order_by(column)
    return statement


def _start(last: str, overlap: timedelta, *, as_text: bool) -> Any:
    """The value to read from: a moment less the overlap; a number, or text that is neither, as it is."""
    if re.fullmatch(r"-?\d+", last):
        return int(last)
    try:
        moment = datetime.fromisoformat(last) - overlap
    except ValueError:
        return last
    return moment.isoformat(sep=last[10] if len(last) > 10 else " ") if as_text else moment


def _furthest(cells: Cells, since: str, last: str | None) -> str | None:
    """The greatest value of the column that grows; rows come in its order, nulls first or last."""
    if not since:
        return None
    values = [value for value in cells.table[since].to_pylist() if value]
    return values[-1] if values else last


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case str():
            return value.replace("\0", BROKEN)
        case bool():
            return "true" if value else "false"
        case datetime() | date():
            return value.isoformat()
        case timedelta():
            return str(value.total_seconds())
        case float() if value.is_integer():
            return str(int(value))
        case Decimal():
            return format(value, "f")
        case bytes() | memoryview():
            return bytes(value).hex()
        case _:
            return str(value)


def _sentence(question: Question) -> str:
    return _("The database cannot answer: check the table, the query and the rights on {what}.").format(
        what=question.where
    )
