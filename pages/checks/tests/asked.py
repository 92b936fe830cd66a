"""Checks asked of rows that a test makes, without a lake."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb
import pyarrow as pa
import yaml

from core.facts.parquet import name
from core.facts.query import Query
from core.facts.tables import MOMENT, NUMBER, TEXT, Column, FactTable
from pages.checks.compiled import Compiled, compiled
from pages.checks.definitions import Check

DAY = date(2026, 11, 19)
START = datetime(2026, 11, 18, 23, tzinfo=UTC)


def at(hours: float) -> datetime:
    """So many hours after the day began, in Paris."""
    return START + timedelta(hours=hours)


MORNING = at(32)


def table(called: str, *texts: str, moments: tuple[str, ...] = (), numbers: tuple[str, ...] = ()) -> FactTable:
    """A table of texts, moments and numbers, whose rows are of squads."""
    columns = [Column("source", TEXT, "s", True), Column("squad", TEXT, "q"), Column("at", MOMENT, "t", True)]
    columns += [Column(one, TEXT, one) for one in texts]
    columns += [Column(one, MOMENT, one) for one in moments] + [Column(one, NUMBER, one) for one in numbers]
    return FactTable(called, tuple(columns), ("source", "at"), "at", squad="squad")


def check(text: str) -> Check:
    """A check as YAML says it, but for what the reader of declarations does with scalars."""
    values = yaml.load(text, yaml.BaseLoader)
    return Check.model_validate({"title": "T", "meaning": "M", **values})


def answer(
    query: Query, rows: Mapping[FactTable, list[dict[str, Any]]], until: datetime = MORNING
) -> list[dict[str, Any]]:
    """What a question answers of some rows."""
    bounds = {"day": DAY, "start": START, "end": at(24), "until": until}
    statement, places = query.bound(query.values({one: bounds[one] for one in query.params}), capped=False)
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone='UTC'")
        for of, given in rows.items():
            filled = [{"source": "s", "at": at(0), **row} for row in given]
            schema = pa.schema([field.with_nullable(True) for field in of.schema])
            connection.register(f"{of.name}_rows", pa.Table.from_pylist(filled, schema))
            connection.execute(f"CREATE TABLE {name(of.name)} AS FROM {name(f'{of.name}_rows')}")
        return connection.execute(statement, places).to_arrow_table().to_pylist()


def asked(one: Check, *tables: FactTable) -> Compiled:
    """The questions of a check over some tables."""
    return compiled(one, {each.name: each for each in tables})


def outcomes(rows: list[dict[str, Any]]) -> dict[str, str]:
    """Outcome by key."""
    return {row["key"]: row["outcome"] for row in rows}
