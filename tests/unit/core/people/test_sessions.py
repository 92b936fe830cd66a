"""Sessions, tickets, visits: validity is the store's word."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from core.base.settings import settings
from core.people import accounts, sessions, tickets
from core.people.person import Role
from core.store.engine import Store
from core.store.schema import people
from core.store.schema import sessions as rows

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def ana(made: Store) -> int:
    with made.write() as connection:
        return accounts.add(connection, who="root", name="ana", role=Role.DUTY).person.id


def opened(made: Store, person_id: int, now: datetime = NOW) -> str:
    with made.write() as connection:
        return sessions.open_session(connection, person_id, now)


def name_at(made: Store, session_id: str, now: datetime) -> str | None:
    with made.read() as connection:
        session = sessions.find(connection, session_id, now)
    return session.person.name if session else None


def test_a_session_lasts_as_long_as_the_settings_say(made: Store, ana: int) -> None:
    session_id = opened(made, ana)
    lasts = timedelta(hours=settings().session_hours)
    assert name_at(made, session_id, NOW + lasts - timedelta(seconds=1)) == "ana"
    assert name_at(made, session_id, NOW + lasts) is None


def test_the_store_never_holds_what_the_cookie_holds(made: Store, ana: int) -> None:
    session_id = opened(made, ana)
    with made.read() as connection:
        held = connection.scalar(sa.select(rows.c.id_hash))
    assert held == sessions.digest(session_id) != session_id
    assert name_at(made, str(held), NOW) is None
    assert len(session_id) == 43


def test_an_ended_session_and_an_access_that_ended_stand_for_nobody(made: Store, ana: int) -> None:
    session_id = opened(made, ana)
    with made.write() as connection:
        connection.execute(sa.update(people).values(expires_at=NOW + HOUR))
    assert name_at(made, session_id, NOW) == "ana"
    assert name_at(made, session_id, NOW + HOUR) is None
    with made.write() as connection:
        sessions.end(connection, session_id, NOW)
    assert name_at(made, session_id, NOW) is None


def test_a_long_pause_begins_a_new_visit(made: Store, ana: int) -> None:
    session_id = opened(made, ana)

    def previous(now: datetime) -> datetime | None:
        with made.read() as connection:
            session = sessions.find(connection, session_id, now)
        assert session is not None
        return sessions.seen(made, session, now).previous_visit_at

    assert previous(NOW) is None
    assert previous(NOW + HOUR) is None
    assert previous(NOW + 6 * HOUR) == NOW + HOUR
    assert previous(NOW + 7 * HOUR) == NOW + HOUR


def test_being_seen_is_written_every_few_minutes_only(made: Store, ana: int) -> None:
    session_id = opened(made, ana)
    with made.read() as connection:
        session = sessions.find(connection, session_id, NOW)
    assert session is not None
    assert sessions.seen(made, session, NOW + timedelta(minutes=4)).seen_at == NOW
    assert sessions.seen(made, session, NOW + timedelta(minutes=6)).seen_at == NOW + timedelta(minutes=6)


def test_valid_sessions_are_listed_newest_first(made: Store, ana: int) -> None:
    for hours in (2, 1, 3):
        opened(made, ana, NOW + hours * HOUR)
    with made.read() as connection:
        found = sessions.opened(connection, NOW + 4 * HOUR)
    assert [session.created_at for session in found] == [NOW + hours * HOUR for hours in (3, 2, 1)]


def test_a_ticket_opens_one_session_in_its_browser_within_its_time(made: Store, ana: int) -> None:
    def granted() -> str:
        with made.write() as connection:
            return tickets.grant(connection, "browser", ana, "/pipelines?x=1", NOW)

    def redeemed(browser: str, ticket: str, now: datetime = NOW) -> tuple[str, str] | None:
        with made.write() as connection:
            return tickets.redeem(connection, browser, ticket, now)

    ticket = granted()
    assert redeemed("another browser", ticket) is None
    assert redeemed("browser", "another ticket") is None
    session_id, link = redeemed("browser", ticket) or ("", "")
    assert link == "/pipelines?x=1"
    assert name_at(made, session_id, NOW) == "ana"
    assert redeemed("browser", ticket) is None
    assert redeemed("browser", granted(), NOW + tickets.TICKET_LIVES) is None


def test_the_link_asked_for_waits_once_for_who_comes_back_from_the_provider(made: Store) -> None:
    with made.write() as connection:
        tickets.begin(connection, "browser", "/pipelines", NOW)
    with made.write() as connection:
        assert tickets.back(connection, "other", NOW) is None
        assert tickets.back(connection, "browser", NOW) == "/pipelines"
        assert tickets.back(connection, "browser", NOW) is None
        tickets.begin(connection, "browser", "/pipelines", NOW)
        assert tickets.back(connection, "browser", NOW + tickets.PROVIDER_LIVES) is None


def test_a_ticket_is_no_way_back_from_the_provider(made: Store, ana: int) -> None:
    with made.write() as connection:
        tickets.grant(connection, "browser", ana, "/", NOW)
        assert tickets.back(connection, "browser", NOW) is None


@pytest.mark.parametrize("link", ["/", "/pipelines", "/pipelines?date=2026-11-20&family=T%C3%A9l", "/a#b"])
def test_a_link_in_vigie_is_kept(link: str) -> None:
    assert tickets.local(link) == link


@pytest.mark.parametrize(
    "link",
    [
        "",
        "pipelines",
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/a\r\nSet-Cookie: x",
        "/a\\b",
        "/\t",
    ],
)
def test_a_link_out_of_vigie_leads_home(link: str) -> None:
    assert tickets.local(link) == "/"


@given(st.text())
def test_no_link_leads_elsewhere(link: str) -> None:
    kept = tickets.local(link)
    assert kept.startswith("/")
    assert not kept.startswith(("//", "/\\"))
    assert kept.isprintable() or not any(ord(character) < 33 for character in kept)
