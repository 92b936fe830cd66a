"""Every kind of source that reads a table, read by real syncs from a real PostgreSQL and a real SQLite."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from pages.reroutes import queries
from pages.reroutes.figures import examples, rows
from pages.reroutes.tests.reading import LOG, ask, change, declare, moves, read, refused, values
from tests.postgres import postgres

TABLES = {
    "journal": (
        "tache TEXT, date TIMESTAMP, n INTEGER, entite TEXT",
        ["'T1', '2026-03-01 08:00', 0, 'A'", "'T1', '2026-03-01 09:00', 1, 'B'", "NULL, '2026-03-01 09:00', 1, 'B'"],
    ),
    "reroutages": (
        "id TEXT, avant TEXT, apres TEXT, quand TIMESTAMP, mails TEXT",
        [
            "'T1', 'A', 'B', '2026-03-01 09:00', '[\"a@x.fr\"]'",
            "'T2', 'A', 'A', '2026-03-01 09:00', NULL",
            "'T3', 'B', 'C', '2026-03-02 09:00', NULL",
        ],
    ),
    "volumes": (
        "entite TEXT, mois TEXT, nb INTEGER",
        ["'A', '2026-03', 40", "'B', '2026-03-01', 2", "'C', '2026-03-07', 9"],
    ),
    "courriels": (
        "tache TEXT, recu TIMESTAMP, objet TEXT, corps TEXT",
        ["'T1', '2026-03-01 07:50', 'Sinistre', 'Bonjour'", "'T2', NULL, 'x', 'y'"],
    ),
}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres() as url:
        yield url


@pytest.fixture(params=["postgresql", "sqlite"])
def database(request: pytest.FixtureRequest, data: Path) -> str:
    """The URL of a database that holds the four tables."""
    url = request.getfixturevalue("server") if request.param == "postgresql" else f"sqlite:///{data / 'base.db'}"
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for name, (columns, rows) in TABLES.items():
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")
            connection.exec_driver_sql(f"CREATE TABLE {name} ({columns})")
            for row in rows:
                connection.exec_driver_sql(f"INSERT INTO {name} VALUES ({row})")
    engine.dispose()
    return str(url)


def test_a_log_in_a_database_gives_its_hand_overs(database: str) -> None:
    declare("log", "task_log_sql", url=database, table="journal", columns=LOG)
    assert read("log").error == ""
    assert moves() == ["T1 A→B"]
    assert refused("log") == ["La ligne ne nomme pas de tâche."]


def test_a_table_of_reroutes_in_a_database_lands_as_it_is(database: str) -> None:
    columns = {"task": "id", "origin": "avant", "target": "apres", "moved_at": "quand", "recipients": "mails"}
    declare("reroutes", "reroutes_sql", url=database, table="reroutages", columns=columns, timezone="Europe/Paris")
    assert read("reroutes").error == ""
    assert moves() == ["T1 A→B", "T3 B→C"]
    found = values(ask(rows.rows), ["task", "recipients", "way"])
    assert found == [("T3", None, "MANUAL"), ("T1", '["a@x.fr"]', "MANUAL")]
    assert refused("reroutes") == [
        "«\u202fA\u202f» est à la fois l’entité d’avant et d’après\u202f: rien n’a été rerouté."
    ]


def test_volumes_in_a_database_land_by_month_and_a_day_that_begins_none_is_refused(database: str) -> None:
    columns = {"entity": "entite", "start": "mois", "routed": "nb"}
    declare("volumes", "volumes_sql", url=database, table="volumes", columns=columns)
    assert read("volumes").error == ""
    assert values(ask(queries.ROUTED), ["entity", "routed"]) == [("A", 40), ("B", 2)]
    assert refused("volumes") == ["«\u202f2026-03-07\u202f» n’est pas le premier jour d’un mois."]


def test_mails_in_a_database_join_their_tasks(database: str) -> None:
    declare("log", "task_log_sql", url=database, table="journal", columns=LOG)
    read("log")
    columns = {"task": "tache", "received_at": "recu", "header": "objet", "body": "corps"}
    declare("mails", "task_mails_sql", url=database, query="SELECT * FROM courriels", columns=columns)
    assert read("mails").error == ""
    assert values(ask(examples.examples), ["task", "header", "body"]) == [("T1", "Sinistre", "Bonjour")]
    assert refused("mails") == ["La ligne n’a pas de date."]


def test_a_table_that_is_gone_is_one_sentence_and_what_landed_stays(database: str) -> None:
    declare("log", "task_log_sql", url=database, table="journal", columns=LOG)
    read("log")
    change("log", table="nulle_part")
    assert "nulle_part" in read("log").error
    assert moves() == ["T1 A→B"]
