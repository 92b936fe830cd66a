"""What landed keeps what it was promised, whatever becomes of its declaration."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.facts.lake import lake
from core.mission.discovery import missions, warehouse
from core.people.person import EVERYTHING, Scope
from core.run import expire, registry, undo
from core.run.registry import SourceInvalid
from core.sources.base import Source
from core.store.engine import store
from pages.extracts import declared
from pages.extracts.figures.tables import held
from pages.extracts.tests.test_declared import declare

NOW = datetime(2026, 11, 20, 7, tzinfo=UTC)
CALLS = """
extract: calls
title: Appels
meaning: Un appel par ligne.
columns:
  - {name: number, title: Numéro}
  - {name: called_at, title: Appelé le, kind: moment}
  - {name: seconds, title: Durée, kind: count}
  - {name: agent, title: Agent, personal: true}
key: [number]
time: called_at
treatment: VIGIE-X
"""
WITHOUT = CALLS.replace("  - {name: agent, title: Agent, personal: true}\n", "").replace("treatment: VIGIE-X\n", "")
PLAIN = CALLS.replace(", personal: true", "").replace("treatment: VIGIE-X\n", "")
MONTHS = {"VIGIE-X": 6, "VIGIE-Y": 24}


@pytest.fixture(autouse=True)
def _landed(data: Path) -> None:
    store().upgrade()
    declare(data, "calls", CALLS)
    land({"A1": 300, "A2": 10})


def land(calls: dict[str, int], agent: str = "Lou Parti", **more: Any) -> None:
    """Calls by number, so many days old."""
    (table,) = missions()["extracts"].tables
    rows = [
        {"source": "pbx", "number": number, "called_at": NOW - timedelta(days=age), "agent": agent, **more}
        for number, age in calls.items()
    ]
    known = [{name: value for name, value in row.items() if name in table.schema.names} for row in rows]
    lake().land(table, pa.Table.from_pylist(known))


def forgotten(months: dict[str, int] = MONTHS) -> int:
    return expire.forget([missions()["extracts"]], months, NOW)["facts"]


def agents() -> dict[str, str | None]:
    """Who took each call, as the files of the lake hold it, whatever is declared."""
    rows = lake().scan("calls").read_all().to_pylist()
    return {row["number"]: row["agent"] for row in rows}


def lou(folder: Path) -> int:
    """How often the agent's name stands in the files of the lake, older versions included."""
    columns = (pq.read_table(file) for file in folder.rglob("*.parquet"))
    return sum(table["agent"].to_pylist().count("Lou Parti") for table in columns if "agent" in table.column_names)


def undeclare(data: Path) -> None:
    (data / "declarations" / "extracts" / "calls.yml").unlink()


def test_people_of_a_table_that_is_no_longer_declared_are_erased_on_time(data: Path) -> None:
    undeclare(data)
    assert missions()["extracts"].tables == ()
    assert forgotten() == 1
    assert agents() == {"A1": None, "A2": "Lou Parti"}
    assert lou(data / "lake") == 1
    assert forgotten() == 0


def test_people_of_a_column_that_is_no_longer_declared_are_erased_on_time(data: Path) -> None:
    declare(data, "calls", WITHOUT)
    assert forgotten() == 1
    land({"A3": 1})
    assert agents() == {"A1": None, "A2": "Lou Parti", "A3": None}
    assert forgotten() == 0


def test_a_column_that_named_people_stays_personal_and_is_erased_on_time(data: Path) -> None:
    declare(data, "calls", PLAIN)
    (table,) = missions()["extracts"].tables
    assert [column.name for column in table.personal] == ["agent"]
    land({"A3": 400})
    assert forgotten() == 2
    assert agents() == {"A1": None, "A2": "Lou Parti", "A3": None}


def test_a_column_that_named_people_is_still_personal_when_its_declaration_went_and_came_back(data: Path) -> None:
    undeclare(data)
    assert missions()["extracts"].tables == ()
    declare(data, "calls", PLAIN)
    (table,) = missions()["extracts"].tables
    assert [column.name for column in table.personal] == ["agent"]


def test_another_treatment_does_not_keep_people_longer_than_the_one_they_landed_under(data: Path) -> None:
    declare(data, "calls", CALLS.replace("VIGIE-X", "VIGIE-Y"))
    land({"A3": 1})
    (table,) = missions()["extracts"].tables
    assert table.treatments == ("VIGIE-Y", "VIGIE-X")
    assert forgotten() == 1
    with pytest.raises(expire.ExpireFailed, match="VIGIE-X, VIGIE-Y"):
        forgotten({})


def test_a_retention_of_its_own_counts_where_it_is_shorter_and_after_it_was_taken_out(data: Path) -> None:
    declare(data, "calls", CALLS + "retention: {days: 5}\n")
    land({"A3": 1})
    declare(data, "calls", CALLS + "retention: {months: 120}\n")
    assert forgotten() == 2
    assert agents() == {"A1": None, "A2": None, "A3": "Lou Parti"}


def test_rows_of_checks_go_by_the_treatments_of_tables_that_were_declared(data: Path) -> None:
    undeclare(data)
    tables = {table.name: table for table in missions()["checks"].tables}
    assert tables["check_rows"].treatments == ("VIGIE-X",)


def test_a_source_is_forgotten_with_the_rows_of_a_table_that_is_no_longer_declared(data: Path) -> None:
    kind = missions()["extracts"].connectors[0]
    options = kind.options.model_validate({"path": "uploads/calls.csv", "columns": {"number": "Numéro"}})
    with store().write() as connection:
        registry.add(connection, Source("pbx", "extracts", kind.kind, options), who="test")
    undeclare(data)
    with store().write() as connection:
        entry = registry.find(connection, "pbx")
        assert entry is not None
        with pytest.raises(SourceInvalid, match="calls n’est plus déclarée"):
            entry.connector()
        undo.forget(connection, "pbx", who="test")
    assert agents() == {}


def test_a_reader_who_may_not_know_them_is_not_told_people_that_landed_as_such(data: Path) -> None:
    declare(data, "calls", PLAIN)
    (table,) = missions()["extracts"].tables
    reader = warehouse().reader(Scope(None, frozenset()))
    assert reader.run(held(table)).table.to_pylist()[0]["rows"] == 2
    assert EVERYTHING.people is None
    assert declared.extracts().problems == ()
