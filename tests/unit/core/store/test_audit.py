"""The audit's chain: what it catches, and that nothing slips in or out of it unseen."""

import json
import os
import threading
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command

from core.base import clock
from core.base.i18n import speaking
from core.base.settings import settings
from core.run import audit as audit_command
from core.store import audit, changes, guards, migrations
from core.store.audit import START, Head, Report
from core.store.encoded import canonical
from core.store.engine import Store, store
from core.store.schema import audit as entries
from tests import processes


@pytest.fixture
def made(data: Path) -> Store:
    store().upgrade()
    return store()


def write(made: Store, count: int, who: str = "ana") -> None:
    for number in range(count):
        with made.write() as connection:
            changes.record(connection, who=who, entity="thing", key=str(number), action="change", after={"é": number})


def tamper(made: Store, statement: str) -> None:
    """What somebody does who may alter the database itself."""
    with made.write() as connection, guards.lifted(connection):
        connection.exec_driver_sql(statement)


def verified(made: Store, *heads: Head) -> Report:
    with speaking("en"), made.read() as connection:
        return audit.verify(connection, heads)


def head(made: Store) -> Head:
    with made.read() as connection:
        return audit.head(connection)


def chain_anew(made: Store) -> None:
    """Compute every hash again, as a forger who knows the program would."""
    with made.write() as connection, guards.lifted(connection):
        rows = connection.execute(sa.select(entries).order_by(entries.c.id)).mappings().all()
        connection.execute(sa.delete(entries))
        audit.append(connection, [{k: v for k, v in row.items() if k not in ("id", "hash")} for row in rows])


def test_an_untouched_audit_is_whole(made: Store) -> None:
    write(made, 3)
    report = verified(made, head(made))
    assert (report.entries, report.broken, report.heads) == (3, None, 1)
    assert report.sentence == "The audit is whole: 3 entries. 1 exported head found in it."
    assert report.head.hash == head(made).hash


def test_an_empty_audit_is_whole_and_starts_at_zero(made: Store) -> None:
    assert (verified(made).whole, head(made).id, head(made).hash) == (True, 0, START)


@pytest.mark.parametrize(
    "change",
    [
        "who = 'bob'",
        "after = '{\"é\": 9}'",
        "why = 'asked'",
        "at = '2020-01-01 00:00:00.000000'",
        "action = 'add'",
        "key = '9'",
        "hash = '0'",
    ],
)
def test_it_names_the_entry_that_was_altered(made: Store, change: str) -> None:
    write(made, 5)
    tamper(made, f"UPDATE audit SET {change} WHERE id = 3")
    report = verified(made)
    assert (report.broken, report.sentence) == (3, "Entry 3 of the audit was altered.")


def test_it_names_the_entries_that_were_taken_out(made: Store) -> None:
    write(made, 6)
    tamper(made, "DELETE FROM audit WHERE id IN (3, 4)")
    report = verified(made)
    assert (report.broken, report.sentence) == (5, "Entries 3 to 4 of the audit are missing.")


def test_two_entries_that_change_places_are_seen(made: Store) -> None:
    write(made, 4)
    tamper(made, "UPDATE audit SET id = CASE id WHEN 2 THEN -3 ELSE -2 END WHERE id IN (2, 3)")
    tamper(made, "UPDATE audit SET id = -id WHERE id < 0")
    assert verified(made).broken == 2


def test_an_exported_head_shows_that_the_end_was_cut_off(made: Store) -> None:
    write(made, 5)
    exported = head(made)
    tamper(made, "DELETE FROM audit WHERE id > 3")
    assert verified(made).whole
    report = verified(made, exported)
    assert report.broken == 4
    assert report.sentence.startswith("The audit ends at entry 3, but entry 5 was exported on")


def test_exported_heads_show_a_chain_that_was_wholly_made_anew(made: Store) -> None:
    write(made, 2)
    first = head(made)
    write(made, 3)
    second = head(made)
    tamper(made, "UPDATE audit SET who = 'bob' WHERE id = 4")
    chain_anew(made)
    write(made, 1)
    assert verified(made).whole
    report = verified(made, second, first)
    assert (report.broken, report.heads) == (3, 1)
    assert report.sentence.startswith("The chain was made anew: between entries 3 and 5 it is not the one exported on")


def test_two_heads_of_one_entry_that_differ_are_seen(made: Store) -> None:
    write(made, 2)
    before = head(made)
    tamper(made, "UPDATE audit SET who = 'bob' WHERE id = 1")
    chain_anew(made)
    assert verified(made, before, head(made)).broken == 1
    assert verified(made, head(made), before).broken == 1


@pytest.mark.parametrize("statement", ["UPDATE audit SET who = 'bob'", "DELETE FROM audit WHERE id = 1"])
def test_the_database_refuses_to_change_what_was_written(made: Store, statement: str) -> None:
    write(made, 1)
    with pytest.raises(sa.exc.IntegrityError, match="append-only"), made.write() as connection:
        connection.exec_driver_sql(statement)
    assert verified(made).whole


def test_many_threads_write_one_chain(made: Store) -> None:
    threads = [threading.Thread(target=write, args=(made, 10, f"p{n}")) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (verified(made).entries, verified(made).whole) == (60, True)


def write_in_own_process(url: str) -> None:
    write(Store(url), 10)


def test_several_processes_write_one_chain(made: Store) -> None:
    url = made.engine.url.render_as_string()
    for process in [processes.begin(write_in_own_process, url) for _ in range(3)]:
        process.join()
    assert (verified(made).entries, verified(made).whole) == (30, True)


def test_entries_of_an_older_store_are_chained_when_it_is_brought_up_to_date(tmp_path: Path) -> None:
    old = Store(f"sqlite:///{tmp_path / 'old.db'}")
    with old.write() as connection:
        command.upgrade(migrations.config(connection), "0001")
    with old.write() as connection:
        for who in ("ana", "zoé"):
            connection.exec_driver_sql(
                "INSERT INTO audit (at, who, entity, key, action, after) VALUES (?, ?, 'account', 'x', 'add', ?)",
                ("2026-11-20 12:00:00.250000", who, json.dumps({"squads": ["Téléphonie"]})),
            )
    old.upgrade()
    write(old, 1)
    report = verified(old)
    assert (report.entries, report.whole) == (3, True)
    with pytest.raises(sa.exc.IntegrityError, match="append-only"), old.write() as connection:
        connection.exec_driver_sql("DELETE FROM audit")


def run(*arguments: str) -> int:
    with speaking("en"):
        return audit_command.main(list(arguments))


def test_the_command_exports_heads_and_finds_a_forgery_by_them(made: Store, capsys: pytest.CaptureFixture[str]) -> None:
    write(made, 3)
    assert run("head") == 0
    assert json.loads(capsys.readouterr().out)["id"] == 3
    assert run("verify") == 0
    tamper(made, "UPDATE audit SET who = 'bob' WHERE id = 2")
    chain_anew(made)
    assert run("verify") == 1
    assert "made anew" in capsys.readouterr().out


def test_the_command_says_what_it_could_not_compare(
    made: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(made, 2)
    away = tmp_path / "share" / "heads.jsonl"
    assert (run("head", "--to", str(away)), run("head")) == (0, 0)
    capsys.readouterr()
    assert run("verify") == 0
    assert f"did not leave this machine ({audit.heads_file()})" in capsys.readouterr().out
    assert run("verify", "--heads", str(away)) == 0
    assert capsys.readouterr().out == "The audit is whole: 2 entries. 1 exported head found in it.\n"

    chain_anew(made)
    audit.heads_file().unlink()
    assert run("verify") == 3
    assert "No exported head to compare with" in capsys.readouterr().out
    monkeypatch.setenv("VIGIE_AUDIT_HEADS", str(away))
    settings.cache_clear()
    assert audit.heads_file() == away


def test_a_service_without_a_home_folder_is_told_where_heads_would_lie_and_that_it_may_not_write_there(
    made: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(made, 1)
    for name in ("HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 2**31 - 2)  # nobody's
    file = audit.heads_file()
    assert (file.parent, file.suffix) == (Path("/var/lib/vigie"), ".jsonl")
    assert run("verify") == 3
    assert "No exported head to compare with" in capsys.readouterr().out


def test_heads_that_an_older_vigie_left_in_the_data_folder_are_found(made: Store, data: Path) -> None:
    write(made, 2)
    audit.export_head(data / "audit-heads.jsonl")
    with made.read() as connection:
        assert audit.prove(connection)[0].heads == 1


def test_the_command_says_when_a_file_holds_no_heads(
    made: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "odd.txt").write_text("odd\n", encoding="utf-8")
    assert run("verify", "--heads", str(tmp_path / "odd.txt")) == 1
    assert capsys.readouterr().err == "odd.txt holds no heads of the audit.\n"


def test_equal_values_have_one_canonical_form() -> None:
    assert canonical({"b": 1, "a": "é"}) == '{"a":"\\u00e9","b":1}'
    with pytest.raises(ValueError, match="Out of range"):
        canonical({"a": float("nan")})


def test_moments_are_chained_in_utc(made: Store) -> None:
    write(made, 1)
    with made.read() as connection:
        row: dict[str, Any] = dict(connection.execute(sa.select(entries)).mappings().one())
    assert row["at"].tzinfo is UTC
    assert row["at"] <= clock.now()
