"""Backup and restore of store and lake while Vigie runs."""

import tarfile
import threading
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
import sqlalchemy as sa

from core.base import clock
from core.facts.lake import lake
from core.facts.query import Query
from core.facts.reads import READS
from core.mission.discovery import warehouse
from core.people import accounts, credentials
from core.people.person import EVERYTHING, Role
from core.run import backup
from core.store import audit, schema
from core.store.engine import store
from tests.conftest import housed

NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)
NAMES = Query("names", sa.select(READS.sql.c.source).order_by(READS.sql.c.source), (READS,), {})


def land(*sources: str) -> None:
    rows = [
        {"source": s, "mission": "m", "read_at": NOON, "ended_at": NOON, "outcome": "ok", "landed": 1, "refused": 0}
        for s in sources
    ]
    lake().land(READS, pa.Table.from_pylist(rows, schema=READS.schema))


def declare(name: str) -> None:
    with store().write() as connection:
        connection.execute(
            schema.sources.insert().values(name=name, mission="m", kind="file", options={"é": "1"}, cursor={})
        )


def landed() -> list[str]:
    return warehouse().reader(EVERYTHING).run(NAMES).table["source"].to_pylist()


def declared() -> list[str]:
    with store().read() as connection:
        return list(connection.execute(sa.select(schema.sources.c.name).order_by(schema.sources.c.name)).scalars())


@pytest.fixture
def house(data: Path) -> Path:
    store().upgrade()
    declare("kept")
    land("kept")
    return data


def test_a_restore_brings_store_and_lake_back_and_can_be_undone(house: Path) -> None:
    backup.save(house / "one.tar")
    declare("later")
    land("later")
    assert (declared(), landed()) == (["kept", "later"], ["kept", "later"])
    before = backup.restore(house / "one.tar")
    assert (declared(), landed()) == (["kept"], ["kept"])
    backup.restore(before)
    assert (declared(), landed()) == (["kept", "later"], ["kept", "later"])


def test_moments_and_accents_come_back_as_they_were(house: Path) -> None:
    with store().write() as connection:
        connection.execute(
            schema.people.insert().values(
                name="zoé", display_name="Zoé", role="inspector", squads=["Téléphonie"], expires_at=NOON, demo=False
            )
        )
    backup.save(house / "one.tar")
    with store().write() as connection:
        connection.execute(schema.people.delete())
    backup.restore(house / "one.tar")
    with store().read() as connection:
        person = connection.execute(sa.select(schema.people)).one()
    assert (person.name, person.squads, person.expires_at) == ("zoé", ["Téléphonie"], NOON)


def test_a_table_that_came_after_the_backup_is_emptied(data: Path) -> None:
    store().upgrade()
    backup.save(data / "empty.tar")
    land("later")
    backup.restore(data / "empty.tar")
    assert landed() == []


def test_sessions_end_with_a_restore(house: Path) -> None:
    with store().write() as connection:
        connection.execute(
            schema.people.insert().values(id=1, name="a", display_name="A", role="admin", squads=[], demo=False)
        )
        connection.execute(schema.sessions.insert().values(id_hash="x", person_id=1, created_at=NOON, expires_at=NOON))
    backup.save(house / "one.tar")
    backup.restore(house / "one.tar")
    with store().read() as connection:
        assert connection.execute(sa.select(schema.sessions)).all() == []


def test_an_altered_archive_is_refused_and_nothing_changes(house: Path) -> None:
    backup.save(house / "one.tar")
    with tarfile.open(house / "one.tar") as archive:
        archive.extractall(house / "open", filter="data")
    (house / "open" / "store" / "sources.jsonl").write_text("", encoding="utf-8")
    with tarfile.open(house / "forged.tar", "w") as archive:
        archive.add(house / "open", arcname=".")
    with pytest.raises(backup.BackupInvalid, match=r"store/sources\.jsonl"):
        backup.restore(house / "forged.tar")
    assert (declared(), landed()) == (["kept"], ["kept"])


def test_a_cut_archive_is_refused_in_one_sentence(house: Path) -> None:
    backup.save(house / "one.tar")
    whole = (house / "one.tar").read_bytes()
    (house / "cut.tar").write_bytes(whole[: len(whole) // 2])
    assert backup.main(["verify", str(house / "cut.tar")]) == 1
    with pytest.raises(backup.BackupInvalid, match=r"cut\.tar"):
        backup.restore(house / "cut.tar")


def test_nobody_else_may_read_an_archive(house: Path) -> None:
    backup.save(house / "one.tar")
    assert (house / "one.tar").stat().st_mode & 0o777 == 0o600


def test_a_place_that_cannot_be_written_is_told_in_one_sentence(
    house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (house / "file").touch()
    for command in ("save", "verify", "restore"):
        assert backup.main([command, str(house / "file" / "one.tar")]) == 1
        assert "one.tar ne peut pas être écrit" in capsys.readouterr().err


def test_a_backup_taken_while_facts_land_never_holds_half_a_landing(house: Path) -> None:
    stop = threading.Event()

    def landing() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            land(f"{number}-a", f"{number}-b")

    thread = threading.Thread(target=landing)
    thread.start()
    try:
        for number in range(5):
            backup.save(house / f"{number}.tar")
    finally:
        stop.set()
        thread.join()
    for number in range(5):
        rows = backup.verify(house / f"{number}.tar")["lake/source_reads.parquet"]
        assert rows % 2 == 1, "the first row, and whole landings of two"


def test_a_new_machine_starts_from_the_archive_alone(house: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    away = tmp_path_factory.mktemp("elsewhere")
    kept = {
        "uploads/dropped/a b é.csv": b"a;b\n1;2\n", "incoming/2026/night.csv": b"x\n", "jira_rules.yml": b"hours: 7\n",
        "declarations/extracts/own.yml": b"name: own\n",
    }  # fmt: skip
    for name, content in kept.items():
        (house / name).parent.mkdir(parents=True, exist_ok=True)
        (house / name).write_bytes(content)
    (house / "uploads" / "link").symlink_to("/etc/hostname")
    with store().write() as connection:
        accounts.add(connection, who="t", name="ana", role=Role.ADMIN, password="a choice of my own", chosen=True)
    audit.export_head(away / "heads.jsonl")
    rows = backup.save(house / "backups" / "one.tar")
    assert rows["files/uploads/dropped/a b é.csv"] == 8
    (house / "backups" / "one.tar").rename(away / "one.tar")
    with housed(away / "data"):
        backup.restore(away / "one.tar")
        assert (declared(), landed()) == (["kept"], ["kept"])
        assert {name: (away / "data" / name).read_bytes() for name in kept} == kept
        assert credentials.check(store(), "ana", "a choice of my own", "10.0.0.1", clock.now()).role is Role.ADMIN
        with store().read() as connection:
            report = audit.verify(connection, audit.read_heads(away / "heads.jsonl"))
        assert (report.broken, report.heads) == (None, 1)
        names = {str(path.relative_to(away / "data")) for path in (away / "data").rglob("*") if path.is_file()}
        lake_and_store = {name for name in names if name.startswith(("lake/", "vigie.db"))}
        assert names - lake_and_store == set(kept)


def test_a_file_that_came_after_the_backup_stays_and_an_altered_one_comes_back(house: Path) -> None:
    (house / "jira_rules.yml").write_text("hours: 7")
    backup.save(house / "one.tar")
    (house / "jira_rules.yml").write_text("hours: 8")
    (house / "later.yml").write_text("later: 1")
    backup.restore(house / "one.tar")
    assert ((house / "jira_rules.yml").read_text(), (house / "later.yml").read_text()) == ("hours: 7", "later: 1")


def test_pictures_of_the_store_come_back_as_they_were(house: Path) -> None:
    picture = bytes(range(256))
    row = {"night": NOON.date(), "audience": "", "subject": "s", "text": "t", "who": "ana", "as_of": NOON}
    with store().write() as connection:
        connection.execute(schema.morning_messages.insert().values(**row, picture=picture))
        connection.execute(schema.morning_messages.insert().values(**{**row, "audience": "a"}))
    backup.save(house / "one.tar")
    with store().write() as connection:
        connection.execute(schema.morning_messages.delete())
    backup.restore(house / "one.tar")
    with store().read() as connection:
        kept = connection.scalars(sa.select(schema.morning_messages.c.picture).order_by(schema.morning_messages.c.id))
        assert kept.all() == [picture, None]
