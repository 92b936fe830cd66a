"""The register on PostgreSQL, where several hosts share it: the same story, the same proofs."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.base import clock
from core.base.errors import StoreFailed
from core.people import accounts
from core.records import acts, records
from core.records.cells import Reading
from core.records.importing import plan
from core.records.records import Wanted
from core.records.row import row
from core.store import audit, guards, schema
from core.store.engine import store
from pages.register.acts.ship import ship
from pages.register.collection import TREATMENTS
from pages.register.demo import demo
from pages.register.lists import shipped
from tests import people
from tests.conftest import forget
from tests.postgres import BINARIES, postgres

pytestmark = pytest.mark.skipif(not BINARIES, reason="needs Debian's package postgresql")


def test_the_register_works_on_postgresql(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with postgres() as url:
        monkeypatch.setenv("VIGIE_STORE", url)
        forget()
        store().upgrade()
        with store().write() as connection:
            people.ensure(connection)
        ship()
        demo(1, datetime(2026, 11, 20, 7, tzinfo=UTC))
        finds_and_counts()
        imports_in_bulk()
        refuses_to_rewrite()
        twenty_editors_lose_nothing()
        store().close()


def finds_and_counts() -> None:
    with store().read() as connection:
        assert records.find(connection, "treatment").total == 186
        assert (
            records.find(connection, "treatment", Wanted("telephone plateaux", facets={"squad": ["Solaris"]})).total
            == 2
        )
        assert records.counts(connection, "treatment", "recipient")["Actuariat"] == 32
        assert list(acts.as_of(connection, TREATMENTS, clock.now()))


def refuses_to_rewrite() -> None:
    for table in (schema.audit, schema.record_versions):
        with pytest.raises(StoreFailed), store().write() as connection:
            connection.execute(sa.delete(table))
    with store().write() as connection, guards.lifted(connection):
        connection.execute(sa.update(schema.audit).where(schema.audit.c.id == 9).values(who="eve"))
    with store().read() as connection:
        assert audit.verify(connection).broken == 9


def imports_in_bulk() -> None:
    """Records are added and changed as on SQLite."""
    imported = Wanted(facets={"squad": ["Import"]})
    with store().read() as connection:
        person = accounts.existing(connection, "compliance").person.id
        drafts = records.find(connection, "treatment", Wanted(facets={"state": ["draft"]})).lines[:2]
        before = records.find(connection, "treatment").total
    contents = [*({"ref": one.ref} for one in drafts), *({"name": f"Neuf {n}"} for n in range(30))]
    rows = [row(f"f:{n}", {**one, "squad": "Import"}, Reading(shipped())) for n, one in enumerate(contents)]
    with store().read() as connection:
        made = plan.make(connection, TREATMENTS, shipped(), rows)
    with store().write() as connection:
        applied = plan.carry_out(connection, person, made)
    assert (len(applied.added), len(applied.changed)) == (30, 2)
    with store().read() as connection:
        found = {one.title: one for one in records.find(connection, "treatment", imported).lines}
        assert {one.title for one in drafts} | {f"Neuf {n}" for n in range(30)} == set(found)
        assert [found[one.title].version for one in drafts] == [one.version + 1 for one in drafts]
        assert records.counts(connection, "treatment", "course", imported) == {"going_on": 32}
        assert records.find(connection, "treatment").total == before + 30
        assert audit.verify(connection).whole


def twenty_editors_lose_nothing() -> None:
    with store().read() as connection:
        person = accounts.existing(connection, "compliance").person.id
        [line, *_others] = records.find(connection, "treatment", Wanted(facets={"state": ["draft"]})).lines

    def edit(number: int) -> None:
        with store().write() as connection:
            record = records.get(connection, "treatment", line.id)
            data = {**record.data, "notes": f"{record.data['notes']} {number}"}
            acts.save(connection, TREATMENTS, person, record.id, record.version, data)

    editors = [threading.Thread(target=edit, args=(number,)) for number in range(20)]
    for editor in editors:
        editor.start()
    for editor in editors:
        editor.join()
    with store().read() as connection:
        record = records.get(connection, "treatment", line.id)
        assert record.version == line.version + 20
        assert {*record.data["notes"].split()} >= {str(number) for number in range(20)}
