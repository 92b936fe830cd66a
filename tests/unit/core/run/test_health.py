"""What the health address says of each thing that can go wrong."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from core.base import clock
from core.facts.lake import lake
from core.facts.reads import READS
from core.people import accounts, sessions
from core.people.person import Role
from core.run import health, watch
from core.store.engine import store

NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)


@pytest.fixture
def house(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A house in order, looked at anew each time."""
    monkeypatch.setattr(health, "KEPT", -1.0)
    monkeypatch.setattr(health, "PATIENCE", 0.05)
    store().upgrade()
    row = {"source": "s", "mission": "m", "read_at": NOON, "ended_at": NOON, "outcome": "ok", "landed": 1, "refused": 0}
    lake().land(READS, pa.Table.from_pylist([row], schema=READS.schema))
    yield data
    health._whole.clear()


def administrator() -> str:
    with store().write() as connection:
        made = accounts.add(connection, who="t", name="root", role=Role.ADMIN)
        return sessions.open_session(connection, made.person.id, clock.now())


def test_a_house_in_order_is_told_so_with_its_parts_to_the_administrator_alone(house: Path) -> None:
    assert health._examine(None) == (True, {})
    parts = {"store": True, "lake": True, "disk": True, "overdue": True}
    assert health._examine(administrator()) == (True, {**parts, "version": "0.2.0"})


def test_what_is_overdue_is_told(house: Path) -> None:
    (house / watch.NOTIFIED).write_text("2026-11-18T07:00:00+00:00", encoding="utf-8")
    ok, told = health._examine(administrator())
    assert (ok, str(told["overdue"]).partition("\u202f")[0]) == (
        False,
        "Overdue: Rien n’est parti depuis le 18 nov. 2026, 08:00",
    )


def test_a_store_that_somebody_holds_is_told(house: Path) -> None:
    with closing(sqlite3.connect(house / "vigie.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert health._examine(None) == (False, {})
        other.execute("ROLLBACK")
    assert health._examine(None) == (True, {})


def test_a_full_disk_is_told(house: Path) -> None:
    root = administrator()
    (house / health.PROBE).unlink(missing_ok=True)
    (house / health.PROBE).symlink_to("/dev/full")
    ok, told = health._examine(root)
    assert (ok, told["disk"], told["lake"]) == (False, "OSError: [Errno 28] No space left on device", True)


def test_a_lake_that_cannot_be_written_is_told(house: Path) -> None:
    root = administrator()
    (house / "lake").rename(house / "away")
    (house / "lake").symlink_to("/proc/self")
    ok, told = health._examine(root)
    assert (ok, told["store"], told["disk"]) == (False, True, True)
    assert "/lake/.writable" in str(told["lake"])


@pytest.mark.parametrize("broken", [b"no Parquet at all" * 100, b""])
def test_garbage_in_the_lake_is_told_and_so_is_a_file_that_is_gone(house: Path, broken: bytes) -> None:
    root = administrator()
    assert health._examine(root)[0]
    [file] = [Path(one) for one in lake().files(READS.name)]
    whole = file.read_bytes()
    file.write_bytes(broken)
    ok, told = health._examine(root)
    assert (ok, told["store"], told["disk"]) == (False, True, True)
    assert "arquet" in str(told["lake"])
    file.unlink()
    assert health._examine(root)[0] is False
    file.write_bytes(whole)
    assert health._examine(root)[0] is True


def test_asking_often_looks_once(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "KEPT", 60.0)
    monkeypatch.setattr(health, "_known", None)
    assert health._examine(None) == (True, {})
    (house / "vigie.db").rename(house / "away.db")
    assert health._examine(None) == (True, {})
    monkeypatch.setattr(health, "_known", None)
