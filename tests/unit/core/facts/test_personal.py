"""A personal column: told to whoever may be told, to nobody else by any way of reading, and forgotten for good."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import sqlalchemy as sa
from deltalake import DeltaTable

from core.facts.forget import forget
from core.facts.lake import Lake
from core.facts.query import Query, Warehouse
from core.facts.tables import MOMENT, TEXT, Column, FactTable, NamingRows
from core.people.person import EVERYTHING, Scope

NOW = datetime(2026, 11, 20, 7, tzinfo=UTC)
OLD, BEFORE, RECENT = NOW - timedelta(days=500), NOW - timedelta(days=365), NOW - timedelta(days=9)
CALLS = FactTable(
    name="calls",
    columns=(
        Column("id", TEXT, "which call", required=True),
        Column("at", MOMENT, "when", required=True),
        Column("seen_at", MOMENT, "when the source said so", required=True),
        Column("caller", TEXT, "who called", personal=True),
        Column("field", TEXT, "what was asked"),
        Column("answer", TEXT, "what was said", personal=NamingRows("field", ("colleague",))),
        Column("squad", TEXT, "whose"),
    ),
    key=("id",),
    time="at",
    observed="seen_at",
    squad="squad",
)
C = CALLS.sql.c
ROWS = Query("calls", sa.select(C.id, C.caller, C.caller_given, C.answer).order_by(C.id), (CALLS,), {})
STATES = Query("states", sa.select(CALLS.observations.sql.c.caller), (CALLS.observations,), {})
NOBODY, CALLERS = Scope(None), Scope(None, frozenset({"calls"}))


def call(number: str, at: datetime = RECENT, **values: Any) -> dict[str, Any]:
    return {"id": number, "at": at, "seen_at": at, "caller": "Zoé", "field": "price", "answer": "12 €", **values}


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = Lake(tmp_path / "lake")
    rows = [call("1"), call("2", caller=None), call("3", field="Colleague", answer="Zoé Noir", squad="Sud")]
    made.land(CALLS, pa.Table.from_pylist(rows, schema=CALLS.schema))
    return made


@pytest.fixture
def house(lake: Lake) -> Warehouse:
    return Warehouse(lake, {"calls": (CALLS,)})


def told(house: Warehouse, scope: Scope) -> list[tuple[Any, ...]]:
    run = house.reader(scope).run(ROWS).table.to_pylist()
    streamed = [row for batch in house.reader(scope).stream(ROWS) for row in batch.to_pylist()]
    assert streamed == run
    return [tuple(row.values()) for row in run]


@pytest.mark.parametrize("scope", [EVERYTHING, CALLERS], ids=["command", "whoever may"])
def test_whoever_may_be_told_reads_the_names(house: Warehouse, scope: Scope) -> None:
    assert told(house, scope) == [
        ("1", "Zoé", True, "12 €"),
        ("2", None, False, "12 €"),
        ("3", "Zoé", True, "Zoé Noir"),
    ]


@pytest.mark.parametrize("scope", [NOBODY, Scope(None, frozenset({"others"}))], ids=["nobody", "of other tables"])
def test_nobody_else_finds_them_and_all_learn_whether_one_is_given(house: Warehouse, scope: Scope) -> None:
    told(house, CALLERS)  # what was kept for those who may is not handed to the others
    assert told(house, scope) == [("1", None, True, "12 €"), ("2", None, False, "12 €"), ("3", None, True, None)]


def test_the_names_of_a_squads_rows_are_hidden_too_and_so_are_observations(house: Warehouse) -> None:
    assert told(house, Scope(frozenset({"Nord"}))) == [("1", None, True, "12 €"), ("2", None, False, "12 €")]
    assert set(house.reader(CALLERS).run(STATES).table["caller"].to_pylist()) == {None}
    assert set(house.reader(EVERYTHING).run(STATES).table["caller"].to_pylist()) == {None, "Zoé"}


def test_a_key_cannot_name_people() -> None:
    wrong = FactTable("wrong", (Column("who", TEXT, "x", personal=True), Column("at", MOMENT, "x")), ("who",), "at")
    with pytest.raises(ValueError, match="cannot be emptied"):
        _ = wrong.personal


def test_what_ended_long_ago_is_forgotten_in_the_table_its_observations_and_older_versions(lake: Lake) -> None:
    rows = [call("7", OLD), call("8", OLD, field="colleague", answer="Zoé Noir"), call("9", OLD, caller=None)]
    lake.land(CALLS, pa.Table.from_pylist(rows, schema=CALLS.schema))
    assert forget(lake, CALLS, BEFORE) == 2 * (
        2 + 1
    )  # two callers and one answer, in the rows and in what was observed
    for table in (CALLS, CALLS.observations):
        kept = sorted(lake.read(table, ["id", "caller", "answer"]).to_pylist(), key=lambda row: str(row["id"]))
        assert [(row["caller"], row["answer"]) for row in kept] == [
            ("Zoé", "12 €"), (None, "12 €"), ("Zoé", "Zoé Noir"), (None, "12 €"), (None, None), (None, "12 €"),
        ]  # fmt: skip
    versions = [lake.version(table) for table in (CALLS, CALLS.observations)]
    assert forget(lake, CALLS, BEFORE) == 0
    assert [lake.version(table) for table in (CALLS, CALLS.observations)] == versions
    live = {file for table in (CALLS, CALLS.observations) for file in _files(lake, table)}
    assert {str(file) for file in lake.root.rglob("month=*/*.parquet")} == live


def _files(lake: Lake, table: FactTable) -> set[str]:
    return set(DeltaTable(lake.root / table.name).file_uris())
