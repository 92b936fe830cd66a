"""What is held of people is erased once its retention is over; proofs stay."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from core.base import clock
from core.people import accounts, sessions
from core.people.person import Role
from core.run import expire as command
from core.run.expire import Held, expire
from core.store import audit, schema
from core.store.engine import Store

NOW = datetime(2026, 11, 20, 7, tzinfo=UTC)
MONTHS = {Held.ACCOUNTS.value: 12, Held.CONNECTIONS.value: 1, Held.AUDIT.value: 60, Held.DESK.value: 12}


def closed(house: Store, name: str, ago: timedelta) -> int:
    with house.write() as connection:
        made = accounts.add(
            connection, who="t", name=name, role=Role.LEAD, display_name="Lou Parti", email="lou@example.fr"
        )
        accounts.close(connection, who="t", name=name)
        connection.execute(sa.update(schema.people).where(schema.people.c.name == name).values(closed_at=NOW - ago))
        return made.person.id


def test_the_person_is_taken_out_of_an_account_closed_a_year_ago(house: Store) -> None:
    gone, kept = closed(house, "gone", timedelta(days=400)), closed(house, "kept", timedelta(days=300))
    with house.write() as connection:
        assert expire(connection, MONTHS, NOW)["accounts"] == 1
        rows = {row["id"]: row for row in connection.execute(sa.select(schema.people)).mappings()}
    assert (rows[gone]["display_name"], rows[gone]["email"], rows[gone]["name"]) == ("", None, "gone")
    assert rows[kept]["email"] == "lou@example.fr"


def test_sessions_and_attempts_go_a_month_after_their_end(house: Store) -> None:
    with house.write() as connection:
        person = accounts.add(connection, who="t", name="lou", role=Role.LEAD).person.id
        for days in (90, 10):
            sessions.open_session(connection, person, NOW - timedelta(days=days))
            row = {"name_hash": "x", "address": "::1", "at": NOW - timedelta(days=days)}
            connection.execute(sa.insert(schema.attempts).values(row))
        assert expire(connection, MONTHS, NOW)["connections"] == 2
        assert connection.scalar(sa.select(sa.func.count()).select_from(schema.sessions)) == 1
        assert connection.scalar(sa.select(sa.func.count()).select_from(schema.attempts)) == 1


def test_the_audit_past_its_retention_is_counted_and_stays_whole(house: Store) -> None:
    closed(house, "gone", timedelta(days=400))
    with house.write() as connection:
        before = audit.head(connection).id
        later = clock.now() + timedelta(days=6 * 366)
        assert expire(connection, MONTHS, later)["audit"] == before
        assert audit.verify(connection).whole
        assert audit.head(connection).id == before + 1  # the erasing itself is in it


def test_erasing_twice_erases_nothing_more(house: Store) -> None:
    closed(house, "gone", timedelta(days=400))
    with house.write() as connection:
        expire(connection, MONTHS, NOW)
        assert expire(connection, MONTHS, NOW) == {"accounts": 0, "connections": 0, "audit": 0, "desk": 0}


def test_the_names_of_the_duty_desk_go_a_year_after_the_end_and_what_they_wrote_stays(house: Store) -> None:
    with house.write() as connection:
        for days in (400, 300):
            end = NOW - timedelta(days=days)
            opened = {"scope": "f", "kind": f"E{days}", "opened_at": end - timedelta(hours=2), "closed_at": end}
            made = connection.execute(sa.insert(schema.incidents).values(**opened))
            assert made.inserted_primary_key is not None
            step = {"incident_id": made.inserted_primary_key[0], "at": end, "note": f"disk {days}"}
            for who, action, owner in (
                ("vigie", "opened", None),
                ("ana", "taken", "Ana Petit"),
                ("ana", "closed", None),
            ):
                known = {**step, "who": who, "action": action, "owner": owner}
                connection.execute(sa.insert(schema.incident_steps).values(**known))
            quiet = {"scope": "f", "since": end, "until": end, "who": "ana", "why": f"disk {days}"}
            connection.execute(sa.insert(schema.silences).values(**quiet))
            message = {"night": end.date(), "audience": "", "subject": "s", "text": "t", "as_of": end, "sent_at": end}
            connection.execute(sa.insert(schema.morning_messages).values(**message, who="ana"))
            decided = {"what": "normal", "subject": "p", "value": "2026-11-12", "why": "", "at": end, "who": "ana"}
            connection.execute(sa.insert(schema.night_decisions).values(**decided))
        assert expire(connection, MONTHS, NOW)["desk"] == 5
        steps, kept, messages, decided = (
            [tuple(row) for row in connection.execute(sa.select(*columns))]
            for columns in (
                (schema.incident_steps.c.who, schema.incident_steps.c.owner, schema.incident_steps.c.note),
                (schema.silences.c.who, schema.silences.c.why),
                (schema.morning_messages.c.who,),
                (schema.night_decisions.c.who,),
            )
        )
    assert steps == [
        ("vigie", None, "disk 400"),
        ("", None, "disk 400"),
        ("", None, "disk 400"),
        ("vigie", None, "disk 300"),
        ("ana", "Ana Petit", "disk 300"),
        ("ana", None, "disk 300"),
    ]
    assert kept == [("", "disk 400"), ("ana", "disk 300")]
    assert messages == decided == [("",), ("ana",)]


def test_what_has_no_retention_is_left_alone(house: Store) -> None:
    closed(house, "gone", timedelta(days=4000))
    with house.write() as connection:
        assert expire(connection, {}, NOW) == {}


def test_the_command_says_what_it_did(house: Store, capsys: pytest.CaptureFixture[str]) -> None:
    closed(house, "gone", timedelta(days=400))
    assert command.main([]) == 0
    assert "Comptes dont la personne a été effacée : 1" in capsys.readouterr().out
