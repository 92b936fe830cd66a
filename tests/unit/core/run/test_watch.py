"""What should have happened and did not is told by something that is neither the sender nor the sync."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from core.base import clock
from core.facts.lake import lake
from core.facts.reads import READS
from core.run import notify, registry, watch
from core.sources.base import Source
from core.store.engine import store
from core.tell.outbox import Channel, Notice, send, tell
from core.tell.teams import Teams
from tests.conftest import forget

NOW = datetime(2026, 11, 20, 7, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _here(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIE_SMTP_HOST", "mail.example.fr")
    forget()
    store().upgrade()


def told(number: int, channel: Channel = Channel.MAIL) -> None:
    with clock.at(NOW), store().write() as connection:
        tell(connection, [Notice(f"m.a:{number}", "1", "no-place", "s", "t", channel)])


def overdue(hours: float) -> list[str]:
    return list(watch.overdue(NOW + timedelta(hours=hours)))


def test_a_message_that_does_not_leave_within_an_hour_is_overdue() -> None:
    told(1)
    assert overdue(0.9) == []
    assert overdue(1.1) == ["1 message est dû depuis plus d’une heure."]


def test_without_a_mail_server_no_mail_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VIGIE_SMTP_HOST")
    forget()
    told(1)
    assert overdue(2) == []


def test_a_message_that_failed_is_told_for_a_day() -> None:
    told(1, Channel.TEAMS)
    with clock.at(NOW):
        assert len(list(send(store(), Channel.TEAMS, Teams()))) == 1
    assert overdue(23) == ["1 message n’a pas pu partir depuis hier."]
    assert overdue(25) == []


def test_a_sender_that_does_not_run_any_more_is_told() -> None:
    with clock.at(NOW):
        assert notify.main([]) == 0
    assert overdue(26) == []
    assert overdue(27) == [
        "Rien n’est parti depuis le 20 nov. 2026, 08:00\u202f: python -m core.run.notify tourne-t-il encore\u202f?"
    ]


def test_a_source_that_is_not_read_any_more_is_told(data: Path) -> None:
    (data / "uploads").mkdir()
    (data / "uploads" / "a.csv").write_text("a\n")
    options = registry.check(registry.connector("pipelines", "file"), {"path": "a.csv"})
    with store().write() as connection:
        registry.add(connection, Source("journal", "pipelines", "file", options, None), who="t")
    row = {"mission": "pipelines", "read_at": NOW, "ended_at": NOW, "outcome": "ok", "landed": 1, "refused": 0}
    rows = [{**row, "source": "journal"}, {**row, "source": "removed long ago"}]
    lake().land(READS, pa.Table.from_pylist(rows, schema=READS.schema))
    assert overdue(26) == []
    assert overdue(27) == ["La source «\u202fjournal\u202f» n’a pas été lue depuis le 20 nov. 2026, 08:00."]
