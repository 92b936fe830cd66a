"""The store on PostgreSQL, where several hosts share it: the same upgrade, accounts, audit and backup as on SQLite."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.base.errors import StoreFailed
from core.base.once import drawing
from core.people import accounts, demo
from core.people.person import Role
from core.run import backup
from core.store import audit, schema
from core.store.engine import Store, store
from tests.conftest import forget
from tests.postgres import BINARIES, postgres

pytestmark = pytest.mark.skipif(not BINARIES, reason="needs Debian's package postgresql")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres() as url:
        yield url


@pytest.fixture
def shared(data: Path, server: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The store of this test is PostgreSQL, upgraded, with the demo accounts."""
    monkeypatch.setenv("VIGIE_STORE", server)
    forget()
    with store().engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    store().upgrade()
    with store().write() as connection:
        demo.ensure(connection)
    return data


def names() -> list[str]:
    with store().read() as connection:
        return [account.person.name for account in accounts.everyone(connection)]


def test_two_hosts_that_start_at_once_upgrade_it_once(shared: Path) -> None:
    hosts = [threading.Thread(target=store().upgrade) for _host in range(4)]
    for host in hosts:
        host.start()
    for host in hosts:
        host.join()
    assert names() == ["admin", "compliance", "duty", "inspector", "lead", "squad"]


def test_new_accounts_get_numbers_of_their_own_after_a_restore(shared: Path) -> None:
    backup.save(shared / "one.tar")
    backup.restore(shared / "one.tar")
    with store().write() as connection:
        accounts.add(connection, who="t", name="later", role=Role.LEAD, password="a long password")
    assert names() == ["admin", "compliance", "duty", "inspector", "later", "lead", "squad"]


def test_the_audit_takes_no_change_and_its_chain_holds(shared: Path) -> None:
    with pytest.raises(StoreFailed), store().write() as connection:
        connection.execute(sa.delete(schema.audit))
    with store().read() as connection:
        assert audit.verify(connection).broken is None


def test_a_writer_that_waits_too_long_is_told_that_the_store_is_busy(shared: Path) -> None:
    with store().write(), pytest.raises(StoreFailed, match="occupée"), store().write(0.05):
        raise AssertionError("got in")


def test_what_a_screen_reads_is_of_one_state_whoever_writes_meanwhile(shared: Path, server: str) -> None:
    other = Store(server)
    before = names()

    def joins(name: str) -> None:
        with other.write() as connection:
            accounts.add(connection, who="t", name=name, role=Role.LEAD, password="a long password")

    def seen() -> tuple[list[str], str]:
        with store().read() as connection:
            return names(), audit.head(connection).hash

    with drawing():
        first = seen()
        joins("amid")
        assert seen() == first, "names and the audit are still those of the first look"
        with store().write() as connection:
            assert "amid" in [account.person.name for account in accounts.everyone(connection)]
        assert seen() != first
    assert names() == sorted([*before, "amid"])
    with store().read() as connection:
        assert len(accounts.everyone(connection)) == len(before) + 1
        joins("later")
        assert len(accounts.everyone(connection)) == len(before) + 1
    other.close()
