"""Version checks and the audit."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.base.errors import Conflict
from core.store import changes
from core.store.engine import Store
from core.store.schema import audit, sources


@pytest.fixture
def made(tmp_path: Path) -> Store:
    made = Store(f"sqlite:///{tmp_path / 'vigie.db'}")
    made.upgrade()
    with made.write() as connection:
        connection.execute(
            sa.insert(sources).values(name="adf", mission="m", kind="adf", options={}, cursor={}, squad="Sud")
        )
    return made


def change(made: Store, version: int, squad: str, name: str = "adf") -> None:
    with made.write() as connection:
        changes.update(connection, sources, {"name": name}, version, {"squad": squad}, sentence="It changed.")


def audited(made: Store, **values: Any) -> dict[str, Any]:
    with made.write() as connection:
        changes.record(connection, who="ana", entity="source", key="adf", action="change", **values)
    with made.read() as connection:
        return dict(connection.execute(sa.select(audit)).mappings().one())


def test_a_change_raises_the_version(made: Store) -> None:
    change(made, 1, "Nord")
    with made.read() as connection:
        row = connection.execute(sa.select(sources.c.squad, sources.c.version)).one()
    assert tuple(row) == ("Nord", 2)


def test_a_stale_version_is_a_conflict_that_shows_both_sides(made: Store) -> None:
    change(made, 1, "Nord")
    with pytest.raises(Conflict, match=r"It changed\.") as raised:
        change(made, 1, "Est")
    assert raised.value.current == {"squad": "Nord"}
    assert raised.value.proposed == {"squad": "Est"}


def test_a_row_that_is_gone_is_a_conflict_with_nothing(made: Store) -> None:
    with pytest.raises(Conflict) as raised:
        change(made, 1, "Est", name="gone")
    assert raised.value.current == {}


def test_the_audit_keeps_only_the_fields_that_differ(made: Store) -> None:
    entry = audited(made, before={"squad": "Sud", "kind": "adf"}, after={"squad": "Nord", "kind": "adf"})
    assert (entry["before"], entry["after"]) == ({"squad": "Sud"}, {"squad": "Nord"})


def test_the_audit_keeps_moments_and_sets_as_plain_json(made: Store) -> None:
    entry = audited(made, after={"squads": frozenset({"b", "a"}), "until": datetime(2026, 11, 20, tzinfo=UTC)}, why="w")
    assert entry["after"] == {"squads": ["a", "b"], "until": "2026-11-20T00:00:00+00:00"}
    assert (entry["who"], entry["why"], entry["before"]) == ("ana", "w", None)
    assert entry["at"].tzinfo is UTC
