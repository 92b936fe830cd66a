"""The mail when a rate leaves its limits: to whom, in which words, once for each excursion."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest
import sqlalchemy as sa

from core.base import clock
from core.base.settings import read
from core.facts.lake import lake
from core.people import accounts
from core.people.person import Role
from core.run.notify import makers
from core.store.engine import store
from core.store.schema import people
from core.tell.mail import Mail
from core.tell.outbox import Channel, Notice, send, tell_due
from pages.reroutes import alert, rules
from pages.reroutes.facts import HANDOVERS, TASKS
from pages.reroutes.rules import Alert, Rules, Scope
from tests.mailbox import Inbox, mail_server

MONDAY = date(2026, 3, 2)
USUAL = [100, 104, 98, 101, 103, 99, 100, 102, 97, 101, 104]


@pytest.fixture(autouse=True)
def told(data: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lead with an address, and rules that watch every entity by week."""
    store().upgrade()
    with store().write() as connection:
        accounts.add(
            connection, who="test", name="lead", role=Role.LEAD, password="long enough a password", chosen=True
        )
        connection.execute(sa.update(people).values(email="lead@exemple.fr"))
    scope = Scope(key="all", name={"fr": "Tout", "en": "All"}, entities=("*",), end="either")
    said = Rules(scopes=(scope,), alert=Alert(scopes=("all",), minimum=200, periods=12, roles=(Role.LEAD,)))
    monkeypatch.setattr(rules, "in_force", lambda: said)


def land(hits: list[int], size: int = 1_000) -> datetime:
    """Weeks of so many rerouted tasks each; gives the moment just after the last."""
    tasks, moves = [], []
    for week, count in enumerate(hits):
        start = datetime(2026, 3, 2, 11, tzinfo=UTC) + timedelta(weeks=week)
        for n in range(size):
            at = start + timedelta(days=n % 7)
            task = {"source": "t", "task": f"{week}-{n}", "placed_at": at, "day": at.date(), "last_at": at}
            task |= {"placed": "A", "final": "B" if n < count else "A", "handovers": int(n < count)}
            tasks.append({**task, "midway": False, "whole": True, "void": False})
        first = {"source": "t", "task": f"{week}-0", "step": "1", "moved_at": start, "day": start.date(), "hour": 12}
        moves.append({**first, "origin": "A", "target": "B", "nth": 1, "total": 1, "way": "MANUAL", "void": False})
    end = datetime(2026, 3, 2, 7, tzinfo=UTC) + timedelta(weeks=len(hits))
    moves.append({**moves[-1], "task": "now", "step": "2", "nth": 2, "moved_at": end, "day": end.date()})
    for table, rows in ((HANDOVERS, moves), (TASKS, tasks)):
        lake().land(table, pa.Table.from_pylist(rows, pa.schema([field.with_nullable(True) for field in table.schema])))
    return end


def due(now: datetime) -> list[Notice]:
    with clock.at(now):
        return [notice for notice in tell_due(store(), makers()) if notice.kind == "reroutes.rate"]


@pytest.mark.parametrize(("last", "expected"), [(101, 0), (240, 1)])
def test_a_mail_is_sent_when_the_last_whole_week_leaves_the_limits(last: int, expected: int) -> None:
    found = due(land([*USUAL, last]))
    assert len(found) == expected
    for notice in found:
        assert notice.to == "lead@exemple.fr"
        assert notice.subject == "Reroutages, Tout\u202f: le taux sort de ses limites habituelles"
        assert notice.text.startswith("Semaine du 18 mai 2026\u202f: 24,0\u202f% des tâches ont été reroutées")
        assert (notice.what, notice.step) == ("reroutes.rate:all:week", "2026-05-18")


def test_an_excursion_that_lasts_is_told_once_and_a_new_one_again() -> None:
    once: Callable[[list[int]], list[Notice]] = lambda hits: due(land(hits))  # noqa: E731
    assert len(once([*USUAL, 240])) == 1
    assert once([*USUAL, 240, 245]) == []
    assert once([*USUAL, 240, 245, 100, 99, 101, 100, 98, 102, 100]) == []
    assert len(once([*USUAL, 240, 245, 100, 99, 101, 100, 98, 102, 100, 103, 101, 99, 100, 250])) == 1


def test_nobody_with_an_address_means_no_mail() -> None:
    with store().write() as connection:
        connection.execute(sa.update(people).values(email=None))
    assert list(_notices(land([*USUAL, 240]))) == []


def _notices(now: datetime) -> list[Notice]:
    with store().read() as connection:
        return list(alert.notices(connection, now))


def test_the_mail_of_an_excursion_is_received_once_by_a_real_mail_server() -> None:
    inbox = Inbox()
    with mail_server(inbox) as server:
        for weeks in ([*USUAL, 240], [*USUAL, 240], [*USUAL, 240, 245], [*USUAL, 240, 245, 100]):
            now = land(weeks)
            due(now)
            with clock.at(now):
                assert [failed for _one, failed in send(store(), Channel.MAIL, Mail(read(server))) if failed] == []
    mails = [(mail["To"], mail["Subject"]) for mail in inbox.mails]
    assert mails == [("lead@exemple.fr", "Reroutages, Tout\u202f: le taux sort de ses limites habituelles")]
    part = inbox.mails[0].get_body(("plain",))
    assert part is not None
    told = part.get_content()
    assert told.startswith("Semaine du 18 mai 2026\u202f: 24,0\u202f% des tâches ont été reroutées")
    assert "Périmètre\u202f: Tout. Un courriel par sortie des limites" in told


def test_too_few_routed_tasks_send_nothing() -> None:
    inbox = Inbox()
    with mail_server(inbox) as server:
        now = land([*[n // 10 for n in USUAL], 40], size=100)
        due(now)
        with clock.at(now):
            list(send(store(), Channel.MAIL, Mail(read(server))))
    assert inbox.mails == []
