"""What landed keeps what it was promised, whatever becomes of its declaration."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from core.base import clock
from core.facts.check import Refused
from core.facts.lake import lake
from core.facts.reads import READS
from core.mission.discovery import missions, warehouse
from core.people.person import EVERYTHING, Person, Role, Scope
from core.run import expire, registry, sync, undo
from core.run.registry import SourceInvalid
from core.show.filters import read
from core.sources import refusals
from core.sources.base import Source
from core.store.engine import store
from core.store.schema import audit
from pages.extracts import declared
from pages.extracts.figures.landed import LANDED
from pages.extracts.figures.tables import TABLES, held
from pages.extracts.look import opening
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
    table = missions()["extracts"].tables[0]
    rows = [
        {"source": "pbx", "number": number, "called_at": NOW - timedelta(days=age), "agent": agent, **more}
        for number, age in calls.items()
    ]
    known = [{name: value for name, value in row.items() if name in table.schema.names} for row in rows]
    lake().land(table, pa.Table.from_pylist(known))


def erased(months: dict[str, int] = MONTHS) -> dict[str, int]:
    return expire.forget([missions()["extracts"]], months, NOW)


def forgotten(months: dict[str, int] = MONTHS) -> int:
    return erased(months)["facts"]


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


def test_refused_rows_and_dropped_files_go_when_the_people_of_their_table_do(data: Path) -> None:
    of = missions()["extracts"].connectors[0]
    options = of.options.model_validate({"path": "uploads/pbx/*", "columns": {"number": "Numéro"}})
    folder = data / "uploads" / "pbx"
    folder.mkdir(parents=True)
    for name, age in (("old", 300), ("new", 10)):
        (folder / f"{name}.csv").write_text("Numéro;Agent\nA1;Lou Parti\n", encoding="utf-8")
        dropped = (NOW - timedelta(days=age)).timestamp()
        os.utime(folder / f"{name}.csv", (dropped, dropped))
        with store().write() as connection, clock.at(NOW - timedelta(days=age)):
            if name == "old":
                registry.add(connection, Source("pbx", "extracts", of.kind, options), who="test")
            refusals.keep(connection, "pbx", [Refused(name, {"Agent": f"Lou Parti {name}"}, "sans date")])
    assert erased()["files"] == 2
    assert [file.name for file in folder.iterdir()] == ["new.csv"]
    with store().read() as connection:
        assert [row.position for row in refusals.open_rows(connection, "pbx")] == ["new"]
    assert erased() == {"facts": 0, "files": 0}


def test_a_table_that_landed_before_promises_were_kept_has_one_from_the_next_start_on(data: Path) -> None:
    (data / "landed" / "calls.json").unlink()
    for table in missions()["extracts"].tables:
        lake().promise(table)
    undeclare(data)
    assert forgotten() == 1


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


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("kind: count", "kind: text", "calls.yml, ligne 8, columns[2].kind : la colonne seconds a été lue en count"),
        ("key: [number]", "key: [number, seconds]", "calls.yml, ligne 10, key : les lignes ont été lues par number"),
        (
            "Agent, personal: true",
            "Agent, required: true",
            "calls.yml, ligne 9, columns[3].required",
        ),
    ],
)
def test_what_cannot_change_below_rows_is_refused_with_its_line_and_the_table_goes_on(
    data: Path, was: str, now: str, said: str
) -> None:
    declare(data, "calls", CALLS.replace(was, now))
    found = declared.extracts()
    assert found.problems[0].startswith(said)
    assert "videz d’abord la table" in found.problems[0]
    assert found.gone == ()
    land({"A1": 300, "A3": 1}, seconds=7)
    assert sorted(agents()) == ["A1", "A2", "A3"]
    assert forgotten() == 1


def test_a_source_that_maps_a_column_which_is_no_longer_declared_goes_on_and_says_so(data: Path) -> None:
    (data / "uploads").mkdir()
    (data / "uploads" / "calls.csv").write_text("N;le;qui\nA1;05/10/2026;Ana\nA7;06/10/2026;Zoé\n", encoding="utf-8")
    declare(data, "calls", WITHOUT)
    kind = missions()["extracts"].connectors[0]
    columns = {"number": "N", "called_at": "le", "agent": "qui"}
    options = kind.options.model_validate({"path": "uploads/calls.csv", "columns": columns})
    with store().write() as connection:
        registry.add(connection, Source("pbx", "extracts", kind.kind, options), who="test")
    (outcome,) = sync.run(["pbx"])
    assert (outcome.error, outcome.landed) == ("", 2)
    assert outcome.notes == {"Plus déclaré, et plus lu : agent.": 2}
    assert agents() == {"A1": "Lou Parti", "A2": "Lou Parti", "A7": None}


def test_a_broken_file_leaves_its_table_as_it_landed_and_a_source_of_a_new_one_says_which_it_is(data: Path) -> None:
    declare(data, "calls", "extract: calls\ntitle: [")
    assert [one.extract for one in declared.extracts().things] == ["calls"]
    declare(data, "other", "extract: visits\ntitle: Visites\n")
    with pytest.raises(SourceInvalid, match=r"other\.yml, ligne 1, meaning"):
        registry.connector("extracts", "extract_visits_sql")


def screen() -> list[list[object]]:
    """What the screen tells of tables that landed otherwise."""
    ana = Person(1, "ana", "Ana", Role.LEAD, frozenset())
    opened = opening(warehouse().reader(EVERYTHING), ana, NOW)
    assert opened is not None
    frame = LANDED.frame(opened.look(read(opened.filters, {})))
    return frame[["name", "said", "next", "rows"]].values.tolist()


def test_the_screen_tells_what_landed_otherwise_and_what_will_happen(data: Path) -> None:
    assert screen() == []
    kept = (
        "Ses personnes sont effacées après la durée de conservation de VIGIE-X ; ses lignes restent jusqu’à ce que "
        "quelqu’un la vide."
    )
    declare(data, "calls", PLAIN.replace("{name: seconds, title: Durée, kind: count}", "{name: why, title: Motif}"))
    said = (
        "Plus déclarées, et plus alimentées : seconds. "
        "Plus déclarées comme personnelles, et toujours tenues pour telles, comme elles ont été lues : agent."
    )
    assert screen() == [["calls", said, kept, 2]]
    undeclare(data)
    assert screen() == [["calls", "Elle n’est plus déclarée.", kept, 2]]


def test_who_may_empties_a_table_that_is_no_longer_declared_and_nothing_of_it_is_left(data: Path) -> None:
    undeclare(data)
    (one,) = declared.extracts().gone
    with store().write() as connection:
        undo.empty(connection, "extracts", one.whole, [], who="ana")
        said = connection.execute(sa.select(audit.c.who, audit.c.action).where(audit.c.entity == "table")).all()
    assert said == [("ana", "empty")]
    assert declared.extracts().gone == ()
    assert not list((data / "lake").rglob("*.parquet"))
    assert list((data / "landed").iterdir()) == []
    declare(data, "calls", CALLS.replace("kind: count", "kind: text").replace(", personal: true", ""))
    land({"A9": 1})
    assert agents() == {"A9": "Lou Parti"}


def test_a_table_is_complete_up_to_what_its_own_sources_cover(data: Path) -> None:
    declare(data, "visits", CALLS.replace("extract: calls", "extract: visits"))
    land_reading("pbx", NOW - timedelta(days=3))
    land_reading("visits-file", NOW)
    ana = Person(1, "ana", "Ana", Role.LEAD, frozenset())
    opened = opening(warehouse().reader(EVERYTHING), ana, NOW)
    assert opened is not None
    frame = TABLES.frame(opened.look(read(opened.filters, {})))
    assert [(row["name"], row["until"]) for row in frame.to_dict("records")] == [
        ("calls", NOW - timedelta(days=3)),
        ("visits", pd.NaT),
    ]


def land_reading(source: str, until: datetime) -> None:
    """A good reading of a source, known complete up to a moment."""
    moments = {"read_at": NOW, "ended_at": NOW, "covers_until": until}
    row = {"source": source, "mission": "extracts", **moments, "outcome": "ok", "landed": 1, "refused": 0}
    lake().land(READS, pa.Table.from_pylist([row], READS.schema))


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
    assert lou(data / "lake") == 0


def test_a_reader_who_may_not_know_them_is_not_told_people_that_landed_as_such(data: Path) -> None:
    declare(data, "calls", PLAIN)
    (table,) = missions()["extracts"].tables
    reader = warehouse().reader(Scope(None, frozenset()))
    assert reader.run(held(table)).table.to_pylist()[0]["rows"] == 2
    assert EVERYTHING.people is None
    assert declared.extracts().problems == ()
