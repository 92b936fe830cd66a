"""Guessing is slowed, and the sentence says until when."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from core.base.errors import NotAllowed
from core.base.i18n import speaking
from core.people import accounts, credentials, throttle
from core.people.person import Role
from core.store.engine import Store
from core.store.schema import attempts

NOW = datetime(2026, 11, 20, 8, 0, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LIMIT = throttle.PER_NAME_AND_ADDRESS


def enter(made: Store, name: str = "ana", address: str = "10.0.0.1", now: datetime = NOW) -> None:
    with made.write() as connection:
        throttle.enter(connection, name, address, now)


def is_stopped(made: Store, name: str = "ana", address: str = "10.0.0.1", now: datetime = NOW) -> bool:
    try:
        enter(made, name, address, now)
    except NotAllowed:
        return True
    return False


def test_the_sentence_says_when_and_then_it_works(made: Store) -> None:
    for minutes in range(LIMIT):
        enter(made, now=NOW + minutes * MINUTE)
    with speaking("en"), pytest.raises(NotAllowed, match=r"^Too many attempts\. Try again at 09:16\.$"):
        enter(made, now=NOW + 10 * MINUTE)
    assert is_stopped(made, now=NOW + 14 * MINUTE)
    assert not is_stopped(made, now=datetime(2026, 11, 20, 8, 16, tzinfo=UTC))


def test_a_stranger_elsewhere_does_not_soon_lock_the_person_out(made: Store) -> None:
    for _ in range(LIMIT):
        enter(made, address="6.6.6.6")
    assert is_stopped(made, address="6.6.6.6")
    assert not is_stopped(made, address="10.0.0.1")


def test_one_name_guessed_from_everywhere_is_stopped(made: Store) -> None:
    for number in range(throttle.PER_NAME):
        enter(made, address=f"10.0.1.{number}")
    assert is_stopped(made, address="10.0.2.1")
    assert not is_stopped(made, name="bob", address="10.0.2.1")


def test_one_address_guessing_every_name_is_stopped(made: Store) -> None:
    for number in range(throttle.PER_ADDRESS):
        enter(made, name=f"n{number}")
    assert is_stopped(made, name="fresh")
    assert not is_stopped(made, name="fresh", address="10.0.0.2")


def test_a_success_forgives_and_old_attempts_are_forgotten(made: Store) -> None:
    for _ in range(LIMIT):
        enter(made)
    with made.write() as connection:
        throttle.forgive(connection, "ana", "10.0.0.1")
    assert not is_stopped(made)
    enter(made, name="bob", now=NOW + 16 * MINUTE)
    with made.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(attempts)) == 1


def test_parallel_guesses_count_one_by_one(data: Path, made: Store) -> None:
    barrier, stopped = Barrier(20), []

    def guess() -> None:
        barrier.wait()
        stopped.append(is_stopped(made))

    threads = [Thread(target=guess) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stopped.count(False) == LIMIT


def test_the_names_typed_are_not_kept(made: Store) -> None:
    enter(made, name="my password by mistake")
    with made.read() as connection:
        assert "mistake" not in str(connection.execute(sa.select(attempts)).all())


def check(made: Store, password: str, now: datetime = NOW, name: str = "ana") -> str:
    return credentials.check(made, name, password, "10.0.0.1", now).name


def test_the_right_password_names_the_person(made: Store) -> None:
    with made.write() as connection:
        accounts.add(connection, who="root", name="ana", role=Role.DUTY, password="a long enough secret")
    assert check(made, "a long enough secret", name=" ANA ") == "ana"
    for _ in range(LIMIT + 1):
        assert check(made, "a long enough secret") == "ana"


def test_an_account_without_a_password_cannot_be_signed_in_with_one(made: Store) -> None:
    with made.write() as connection:
        accounts.add(connection, who="root", name="ana", role=Role.DUTY, oidc_subject="issuer#1")
    with pytest.raises(NotAllowed):
        check(made, "")


def test_an_access_that_ended_is_told_to_its_person_alone(made: Store) -> None:
    with made.write() as connection:
        accounts.add(
            connection, who="root", name="ana", role=Role.INSPECTOR, password="a long enough secret", expires_at=NOW
        )
    with speaking("en"), pytest.raises(NotAllowed, match=r"^Your access ended on Nov 20, 2026, 09:00\.$"):
        check(made, "a long enough secret")
    with speaking("en"), pytest.raises(NotAllowed, match=r"^The name or the password is wrong\.$"):
        check(made, "a wrong long secret")
