"""Guessing is slowed, and the sentence says until when."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import bcrypt
import pytest
import sqlalchemy as sa

from core.base import clock
from core.base.errors import InputInvalid, NotAllowed
from core.base.i18n import speaking
from core.mission.discovery import missions
from core.people import accounts, credentials, rights, throttle
from core.people.person import Role
from core.store.engine import Store
from core.store.schema import attempts, people

NOW = datetime(2026, 11, 20, 8, 0, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
FREE = throttle.FREE


def is_stopped(made: Store, name: str = "ana", address: str = "10.0.0.1", now: datetime = NOW) -> bool:
    with made.write() as connection:
        return throttle.enter(connection, name, address, now) is not None


enter = is_stopped


def test_the_wait_grows_to_a_minute_and_no_further() -> None:
    waits = [throttle.wait(failures).seconds for failures in (0, 5, 6, 7, 8, 9, 10, 1000)]
    assert waits == [0, 0, 5, 10, 20, 40, 60, 60]


def test_the_sentence_says_when_and_then_it_works(made: Store) -> None:
    for _ in range(FREE):
        enter(made)
    with speaking("en"), pytest.raises(NotAllowed, match=r"^Too many attempts\. Try again at 09:01\.$"):
        check(made, "a long enough secret", NOW + 4 * SECOND)
    assert not is_stopped(made, now=NOW + 5 * SECOND)
    assert is_stopped(made, now=NOW + 14 * SECOND)
    assert not is_stopped(made, now=NOW + 15 * SECOND)


def test_the_sentence_carries_the_date_when_it_is_not_today(made: Store) -> None:
    late = datetime(2026, 11, 20, 22, 59, 58, tzinfo=UTC)  # two seconds before midnight in Paris
    for _ in range(FREE):
        enter(made, now=late)
    with speaking("en"), pytest.raises(NotAllowed, match=r"^Too many attempts\. Try again at Nov 21, 2026, 00:01\.$"):
        check(made, "a long enough secret", late)


def test_no_number_of_strangers_makes_a_person_wait_elsewhere(made: Store) -> None:
    for number in range(200):
        enter(made, address=f"10.0.{number}.1")
    for _ in range(FREE):
        enter(made, address="6.6.6.6")
    assert is_stopped(made, address="6.6.6.6")
    assert not is_stopped(made, address="10.0.0.2")


def test_an_address_that_guesses_many_names_has_one_try_a_name(made: Store) -> None:
    for number in range(throttle.BUSY_ADDRESS):
        enter(made, name=f"n{number}")
    assert not is_stopped(made, name="fresh"), "whoever shares the address and types it right comes in"
    assert is_stopped(made, name="fresh")
    assert not is_stopped(made, name="fresh", address="10.0.0.2")


def test_of_ipv6_a_whole_network_is_one_address(made: Store) -> None:
    for number in range(FREE):
        enter(made, address=f"2001:db8::{number}")
    assert is_stopped(made, address="2001:db8::ffff")
    assert not is_stopped(made, address="2001:db8:0:1::1")
    assert throttle.network("::ffff:10.0.0.1") == "10.0.0.1"


def test_a_clock_that_was_a_day_ahead_makes_nobody_wait_for_tomorrow(made: Store) -> None:
    for _ in range(FREE):
        enter(made, now=NOW + timedelta(days=1))
    assert is_stopped(made, now=NOW)
    assert not is_stopped(made, now=NOW + 5 * SECOND)


def test_a_success_forgives_and_old_attempts_are_forgotten(made: Store) -> None:
    for _ in range(FREE):
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
    assert stopped.count(False) == FREE


def test_the_names_typed_are_not_kept(made: Store) -> None:
    enter(made, name="my password by mistake")
    with made.read() as connection:
        assert "mistake" not in str(connection.execute(sa.select(attempts)).all())


def check(made: Store, password: str, now: datetime = NOW, name: str = "ana") -> str:
    return credentials.check(made, name, password, "10.0.0.1", now).name


def test_the_right_password_names_the_person(made: Store) -> None:
    with made.write() as connection:
        accounts.add(connection, who="root", name="ana", role=Role.DUTY, password="a long enough secret", chosen=True)
    assert check(made, "a long enough secret", name=" ANA ") == "ana"
    for _ in range(FREE + 1):
        assert check(made, "a long enough secret") == "ana"


def test_an_account_without_a_password_cannot_be_signed_in_with_one(made: Store) -> None:
    with made.write() as connection:
        accounts.add(connection, who="root", name="ana", role=Role.DUTY, oidc_subject="issuer#1")
    with pytest.raises(NotAllowed):
        check(made, "")


def test_an_access_that_ended_is_told_to_its_person_alone(made: Store, caplog: pytest.LogCaptureFixture) -> None:
    ends = {"password": "a long enough secret", "chosen": True, "expires_at": NOW}
    with made.write() as connection:
        accounts.add(connection, who="root", name="ana", role=Role.INSPECTOR, **ends)  # type: ignore[arg-type]
    with speaking("en"), pytest.raises(NotAllowed, match=r"^Your access ended on Nov 20, 2026, 09:00\.$"):
        check(made, "a long enough secret")
    with speaking("en"), pytest.raises(NotAllowed, match=r"^The name or the password is wrong\.$"):
        check(made, "a wrong long secret")
    assert [line.message for line in caplog.records] == ["sign-in refused: the access is over", "sign-in refused"]


def test_a_hash_of_before_is_made_anew_at_sign_in(made: Store) -> None:
    with made.write() as connection:
        accounts.add(connection, who="root", name="ana", role=Role.DUTY, password="a long enough secret", chosen=True)
        old = bcrypt.hashpw(b"an old long secret", bcrypt.gensalt()).decode()
        connection.execute(sa.update(people).values(password_hash=old))
    assert check(made, "an old long secret") == "ana"
    with made.read() as connection:
        held = str(connection.scalar(sa.select(people.c.password_hash)))
    assert held.startswith("sha256:$2b$04$"), "tests hash in few rounds"
    assert check(made, "an old long secret") == "ana"
    with pytest.raises(NotAllowed):
        check(made, "a long enough secret")


def test_a_password_made_by_somebody_else_lets_nothing_be_done(made: Store) -> None:
    with made.write() as connection:
        accounts.add(connection, who="root", name="ana", role=Role.ADMIN, password="a long enough secret")
    now = clock.now()
    person = credentials.check(made, "ana", "a long enough secret", "10.0.0.1", now)
    with speaking("en"), made.read() as connection, pytest.raises(NotAllowed, match=r"^Change your first password"):
        rights.require(connection, person.id, missions()["accounts"], act=False)
    with speaking("en"), pytest.raises(NotAllowed, match=r"^This first password has ended: ask an administrator"):
        credentials.check(made, "ana", "a long enough secret", "10.0.0.1", now + timedelta(days=1, seconds=1))
    with made.write() as connection:
        accounts.set_password(connection, who="ana", name="ana", password="a choice of my own")
        assert rights.require(connection, person.id, missions()["accounts"], act=True).name == "ana"
    assert check(made, "a choice of my own", now + timedelta(days=9)) == "ana"


def test_a_first_password_is_not_chosen_again(made: Store) -> None:
    with made.write() as connection:
        accounts.add(connection, who="root", name="ana", role=Role.DUTY, password="a long enough secret")
    with speaking("en"), made.write() as connection, pytest.raises(InputInvalid, match=r"choose another one\.$"):
        accounts.set_password(connection, who="ana", name="ana", password="a long enough secret")


def test_each_sign_in_that_was_tried_is_one_line_of_the_log(made: Store, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "vigie.auth")
    with made.write() as connection:
        accounts.add(connection, who="root", name="ana", role=Role.DUTY, password="a long enough secret", chosen=True)
    for _ in range(FREE + 1):
        with pytest.raises(NotAllowed):
            check(made, "wrong and secret")
    told = [(line.message, line.account, line.address) for line in caplog.records]  # type: ignore[attr-defined]
    assert told == [("sign-in refused", "ana", "10.0.0.1")] * FREE + [("sign-in delayed", "ana", "10.0.0.1")]
    assert "wrong" not in caplog.text
