"""The store's transactions, its errors in words, and its way from any older state to today's."""

import sqlite3
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from core.base.errors import SettingInvalid, StoreFailed
from core.base.i18n import speaking
from core.base.once import drawing
from core.notes import subscriptions
from core.store import migrations
from core.store.engine import Store
from core.store.schema import METADATA, attempts, outbox, people
from tests import processes

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def made(tmp_path: Path) -> Store:
    made = Store(f"sqlite:///{tmp_path / 'vigie.db'}")
    made.upgrade()
    return made


def upgrade(url: str) -> None:
    """Run in a process of its own."""
    Store(url).upgrade()


def attempt(made: Store, at: datetime = NOON) -> None:
    with made.write() as connection:
        connection.execute(sa.insert(attempts).values(name_hash="n", address="a", at=at))


def test_the_migrations_make_exactly_what_the_schema_says(made: Store) -> None:
    with made.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_the_migrations_have_one_head(made: Store) -> None:
    heads = ScriptDirectory.from_config(migrations.config()).get_heads()
    with made.read() as connection:
        assert heads == [connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()]


def test_the_number_of_a_subscription_is_never_given_twice(tmp_path: Path) -> None:
    old = Store(f"sqlite:///{tmp_path / 'old.db'}")
    add = (
        "INSERT INTO subscriptions (person_id, mission, query, part, title, every, since)"
        " VALUES (1, 'jira', '', '', 't', 'day', '2026-11-01')"
    )
    with old.write() as connection:
        command.upgrade(migrations.config(connection), "0018")
        connection.exec_driver_sql(
            "INSERT INTO people (name, display_name, role, squads, demo, version)"
            " VALUES ('ana', 'Ana', 'duty', '[]', 0, 1)"
        )
        for _number in range(3):
            connection.exec_driver_sql(add)
        connection.exec_driver_sql("DELETE FROM subscriptions WHERE id = 3")
        connection.exec_driver_sql(
            "INSERT INTO outbox (what, step, channel, recipient, subject, text, created_at, due_at, state,"
            " attempts, unsure)"
            " VALUES ('subscription:3', '1', 'mail', 'a@b.fr', 's', 't', '2026-11-01', '2026-11-01', 'sent', 1, 0)"
        )
    old.upgrade()
    for expected in ([1, 2, 4], [1, 2, 5]):
        with old.write() as connection:
            connection.exec_driver_sql(add)
            assert connection.scalars(sa.text("SELECT id FROM subscriptions ORDER BY id")).all() == expected
            connection.exec_driver_sql("DELETE FROM subscriptions WHERE id > 2")


def test_a_store_is_known_to_be_up_to_date_without_alembic(made: Store) -> None:
    empty = Store("sqlite://")
    with empty.read() as connection:
        assert not migrations.is_newest(connection)
    with made.write() as connection:
        assert migrations.is_newest(connection)
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0017'")
        assert not migrations.is_newest(connection)


def test_a_store_at_any_older_revision_is_brought_up_to_date_with_its_rows(tmp_path: Path) -> None:
    revisions = [script.revision for script in ScriptDirectory.from_config(migrations.config()).walk_revisions()]
    for revision in revisions:
        old = Store(f"sqlite:///{tmp_path / f'{revision}.db'}")
        with old.write() as connection:
            command.upgrade(migrations.config(connection), revision)
        with old.write() as connection:
            connection.exec_driver_sql(
                "INSERT INTO people (name, display_name, role, squads, demo, version)"
                " VALUES ('ana', 'Ana', 'duty', '[]', 0, 1)"
            )
        old.upgrade()
        with old.read() as connection:
            assert connection.scalars(sa.select(people.c.name)).all() == ["ana"]
            assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_what_was_told_by_mail_before_the_outbox_stays_told(tmp_path: Path) -> None:
    old = Store(f"sqlite:///{tmp_path / 'old.db'}")
    with old.write() as connection:
        command.upgrade(migrations.config(connection), "0010")
        connection.exec_driver_sql(
            'INSERT INTO notices (key, "to", subject, text, due_at, sent_at) VALUES'
            " ('register.review:T-1:2026-12-01:a@b.fr', 'a@b.fr', 's', 't', '2026-12-01 08:00', '2026-12-01 09:00')"
            ", ('view:3:7:2026-10', 'c@d.fr', 's', 't', '2026-12-01 08:00', NULL)"
            ", ('view:4:7:2026-10', 'c@d.fr', 's', 't', '2026-12-01 08:00', NULL)"
        )
        for statement in (
            "INSERT INTO people (id, name, display_name, role, squads, demo, version)"
            " VALUES (7, 'ana', 'Ana', 'duty', '[]', 0, 1)",
            "INSERT INTO saved_views (id, mission, owner_id, name, query, shared, version)"
            " VALUES (3, 'jira', 7, 'Mine', '', 0, 1)",
            "INSERT INTO view_mails (view_id, person_id, since) VALUES (3, 7, '2026-10-12 09:00')",
        ):
            connection.exec_driver_sql(statement)
    old.upgrade()
    with old.read() as connection:
        found = connection.execute(sa.select(outbox)).mappings().all()
        (kept,) = subscriptions.everyone(connection)
    assert (kept.mission, kept.view_id, kept.person_id, kept.title, kept.told) == ("jira", 3, 7, "Mine", "2026-10")
    assert [(row["what"], row["step"], row["recipient"], row["state"]) for row in found] == [
        ("register.review:T-1", "2026-12-01", "a@b.fr", "sent"),
        ("subscription:1", "2026-10", "c@d.fr", "due"),
        ("view:4:7", "2026-10", "c@d.fr", "held"),
    ]


def test_upgrading_twice_changes_nothing(made: Store) -> None:
    attempt(made)
    made.upgrade()
    with made.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(attempts)) == 1


def test_four_processes_upgrade_one_new_store_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'vigie.db'}"
    begun = [processes.begin(upgrade, url) for _ in range(4)]
    for process in begun:
        process.join()
    assert [process.exitcode for process in begun] == [0, 0, 0, 0]


def test_a_store_of_a_newer_version_is_refused_in_words(made: Store) -> None:
    with made.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with speaking("en"), pytest.raises(StoreFailed, match="newer version of Vigie"):
        made.upgrade()


def test_moments_come_back_in_utc(made: Store) -> None:
    attempt(made, datetime(2026, 11, 20, 14, tzinfo=timezone(timedelta(hours=2))))
    with made.read() as connection:
        moment = connection.scalar(sa.select(attempts.c.at))
    assert moment == NOON
    assert moment is not None
    assert moment.tzinfo is UTC


def test_a_naive_moment_is_refused(made: Store) -> None:
    with pytest.raises(sa.exc.StatementError, match="naive datetime"):
        attempt(made, datetime(2026, 11, 20, 12))


def test_a_failed_transaction_leaves_nothing(made: Store) -> None:
    def fail_halfway() -> None:
        with made.write() as connection:
            connection.execute(sa.insert(attempts).values(name_hash="n", address="a", at=NOON))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()
    with made.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(attempts)) == 0


def counted(made: Store) -> int:
    with made.read() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(attempts)) or 0


def test_a_screen_reads_one_state_until_it_writes_itself_or_cannot(made: Store, tmp_path: Path) -> None:
    other = Store(f"sqlite:///{tmp_path / 'vigie.db'}")
    with drawing():
        assert counted(made) == 0
        attempt(other)
        assert counted(made) == 0
        attempt(made)
        assert counted(made) == 2
        attempt(other)
        with pytest.raises(ZeroDivisionError), made.write():
            1 / 0  # noqa: B018
        assert counted(made) == 3
        attempt(other)
        with pytest.raises(ZeroDivisionError), made.read():
            1 / 0  # noqa: B018
        assert counted(made) == 4
    attempt(other)
    assert counted(made) == 5
    other.close()


def test_reads_that_fail_hold_no_connection_each_and_the_next_one_answers(made: Store) -> None:
    with drawing():
        for _ in range(60):
            with pytest.raises(StoreFailed), made.read() as connection:
                connection.execute(sa.text("SELECT nothing FROM nowhere"))
        assert counted(made) == 0


def test_forty_screens_are_drawn_at_once_and_one_of_them_writes(made: Store) -> None:
    read, written = threading.Barrier(41), threading.Event()

    def draw() -> None:
        with drawing():
            counted(made)
            read.wait(30)
            written.wait(30)

    screens = [threading.Thread(target=draw) for _ in range(40)]
    for screen in screens:
        screen.start()
    read.wait(30)
    attempt(made)
    written.set()
    for screen in screens:
        screen.join()
    assert counted(made) == 1


def test_writers_queue_instead_of_failing(made: Store) -> None:
    def add_one() -> None:
        for _ in range(10):
            with made.write() as connection:
                count = connection.scalar(sa.select(sa.func.count()).select_from(attempts))
                connection.execute(sa.insert(attempts).values(at=NOON, name_hash=str(count), address=""))

    threads = [threading.Thread(target=add_one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with made.read() as connection:
        assert set(connection.scalars(sa.select(attempts.c.name_hash))) == {str(n) for n in range(60)}


def test_a_locked_store_says_that_it_is_busy(made: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.store.engine.BUSY_SECONDS", 0.05)
    made.close()
    other = sqlite3.connect(tmp_path / "vigie.db")
    other.execute("BEGIN IMMEDIATE")
    with speaking("en"), pytest.raises(StoreFailed, match=r"^The store is busy: try again in a moment.$"):
        attempt(made)
    other.close()


def test_a_writer_with_less_patience_waits_no_longer(made: Store, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "vigie.db")
    other.execute("BEGIN IMMEDIATE")
    with speaking("en"), pytest.raises(StoreFailed, match=r"^The store is busy"), made.write(0.05):
        raise AssertionError("got in")
    other.rollback()
    with made.write(0.05) as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 50
    with made.write() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 30_000
    other.close()


def test_a_missing_store_says_so_without_naming_paths(tmp_path: Path) -> None:
    absent = Store(f"sqlite:///{tmp_path / 'nowhere' / 'vigie.db'}")
    with speaking("en"), pytest.raises(StoreFailed, match=r"^The store does not answer") as raised, absent.read():
        pass
    assert "nowhere" not in raised.value.sentence


def test_a_store_that_was_never_set_up_says_that_it_does_not_answer(tmp_path: Path) -> None:
    empty = Store(f"sqlite:///{tmp_path / 'vigie.db'}")
    with speaking("en"), pytest.raises(StoreFailed, match=r"^The store does not answer"):
        attempt(empty)


def test_a_file_that_is_no_database_says_that_it_does_not_answer(tmp_path: Path) -> None:
    (tmp_path / "vigie.db").write_bytes(b"something else" * 100)
    broken = Store(f"sqlite:///{tmp_path / 'vigie.db'}")
    with speaking("en"), pytest.raises(StoreFailed, match=r"^The store does not answer"):
        attempt(broken)


def test_a_read_only_store_says_that_it_cannot_be_written(tmp_path: Path, made: Store) -> None:
    reader = Store(f"sqlite:///file:{tmp_path / 'vigie.db'}?mode=ro&uri=true")
    with speaking("en"), pytest.raises(StoreFailed, match=r"^The store cannot be written"):
        attempt(reader)


@pytest.mark.parametrize("url", ["not a url", "nosuch://host/base"])
def test_a_wrong_url_names_the_variable(url: str) -> None:
    with pytest.raises(SettingInvalid, match=r"^VIGIE_STORE: "):
        Store(url)


def test_foreign_keys_hold(made: Store) -> None:
    with pytest.raises(sa.exc.IntegrityError), made.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO sessions (id_hash, person_id, created_at, expires_at, oidc) VALUES ('x', 9, '', '', 0)"
        )
