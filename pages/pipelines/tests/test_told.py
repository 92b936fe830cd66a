"""What files tell of a night, read by the sync and judged as a screen does it."""

import os
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from core.base import clock
from core.base.errors import RulesInvalid
from core.base.i18n import speaking
from core.base.settings import settings
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from core.run import registry, sync
from core.sources.base import Source
from core.store.engine import store
from core.store.schema import outbox
from pages.pipelines import alerts, rules
from pages.pipelines.night import board_of
from pages.pipelines.sources import LOG
from pages.pipelines.why import sentence
from tests.conftest import standing

pytestmark = pytest.mark.usefixtures("data")
NIGHT = 'night: {turns_at: "18:00", due_by: "07:00"}\n'
P = NIGHT + "families: [{key: a, name: A, members: [{pipeline: p, required: true}]}]\n"
COLUMNS = {"pipeline": "Nom", "status": "Statut", "started_at": "Debut", "ended_at": "Fin"}


def paris(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=ZoneInfo("Europe/Paris"))


def told(name: str, *lines: str, at: str) -> None:
    """A file of the log as it stands at a moment, then read."""
    file = settings().data / "incoming" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    moment = paris(at).timestamp()
    os.utime(file, (moment, moment))


def source(path: str, **options: object) -> None:
    checked = LOG.connectors[0].options(path=f"incoming/{path}", columns=COLUMNS, **options)
    store().upgrade()
    with store().write() as connection:
        registry.add(connection, Source("journal", "pipelines", "file", checked), who="test")


def said(rule: str, *, night: str, asked: str) -> tuple[str, str]:
    file = settings().data / "rules.yml"
    file.write_text(rule, encoding="utf-8")
    in_force = rules.load(file)
    day = date.fromisoformat(night)
    reader = warehouse().reader(EVERYTHING)
    [one] = board_of(reader, in_force, in_force.night_of(day), paris(asked), replay=False).families
    with speaking("en"):
        return one.verdict.value, sentence(one.why).replace("\u202f", " ").replace("\u00a0", " ")


def read(at: str) -> list[str]:
    with standing(paris(at)), speaking("en"):
        return [outcome.error for outcome in sync.run()]


def test_a_refused_row_is_no_absence() -> None:
    source("x.csv")
    good = "p;SUCCESS;19/11/2026 00:10:00;19/11/2026 00:20:00"
    told(
        "x.csv",
        "Nom;Statut;Debut;Fin",
        good,
        "p;SUCCESS;20/11/2026 00:40:00;20/11/2026 00:10:00",
        at="20/11/2026 07:55",
    )
    read("20/11/2026 07:59")
    why = "p: a row of p was refused: what it says is not known"
    assert said(P, night="2026-11-20", asked="20/11/2026 08:00") == ("UNKNOWN", why)
    assert said(P, night="2026-11-19", asked="20/11/2026 08:00")[0] == "OK"
    assert "refused" not in said(P, night="2026-11-18", asked="20/11/2026 08:00")[1]


def test_a_refused_row_whose_moment_cannot_be_read_is_of_the_night_when_it_was_refused() -> None:
    source("x.csv")
    good = "p;SUCCESS;19/11/2026 00:10:00;19/11/2026 00:20:00"
    told("x.csv", "Nom;Statut;Debut;Fin", good, "p;SUCCESS;the 20th;", at="20/11/2026 07:55")
    read("20/11/2026 07:59")
    assert said(P, night="2026-11-20", asked="20/11/2026 08:00")[0] == "UNKNOWN"


def test_an_emptied_file_proves_nothing() -> None:
    source("x.csv")
    header = "Nom;Statut;Debut;Fin"
    told("x.csv", header, "p;SUCCESS;19/11/2026 00:10:00;19/11/2026 00:20:00", at="19/11/2026 07:00")
    assert read("19/11/2026 07:01") == [""]
    told("x.csv", header, at="20/11/2026 07:00")
    assert read("20/11/2026 07:01") == ["x.csv holds no row."]
    verdict, why = said(P, night="2026-11-20", asked="20/11/2026 08:00")
    assert verdict == "UNKNOWN"
    assert why == (
        "source journal is known until Nov 19, 2026 at 07:00 only, before the window closed (07:00); "
        "its last reading failed: x.csv holds no row"
    )
    assert said(P, night="2026-11-19", asked="20/11/2026 08:00")[0] == "OK"


def test_a_plan_tells_nothing_of_how_far_a_log_is_complete() -> None:
    source("x.csv", complete_until="last_row")
    told(
        "x.csv",
        "Nom;Statut;Debut;Fin;Prevu",
        "p;SUCCESS;19/11/2026 00:10;19/11/2026 00:12;19/11/2026 00:10",
        "q;QUEUED;;;01/01/2099 00:00",
        at="20/11/2026 07:55",
    )
    with store().write() as connection:
        entry = registry.find(connection, "journal")
        assert entry is not None
        columns = {**COLUMNS, "scheduled_at": "Prevu"}
        options = LOG.connectors[0].options(**{**entry.options, "columns": columns})
        registry.change(connection, Source("journal", "pipelines", "file", options), entry.version, who="test")
    read("20/11/2026 07:59")
    verdict, why = said(P, night="2026-11-20", asked="20/11/2026 08:00")
    assert verdict == "UNKNOWN"
    assert why.startswith("source journal is known until Nov 19, 2026 at 00:12 only")


def mailed(at: str) -> list[tuple[str, str, str]]:
    with standing(paris(at)), store().write() as connection:
        return [
            (f"{one.what}:{one.step}:{one.to}", one.subject, one.text)
            for one in alerts.notices(connection, clock.now())
        ]


def test_a_failure_is_mailed_once_and_the_night_in_the_morning() -> None:
    source("x.csv")
    told("x.csv", "Nom;Statut;Debut;Fin", "p;FAILED;20/11/2026 02:00:00;20/11/2026 02:10:00", at="20/11/2026 06:55")
    read("20/11/2026 06:56")
    mails = "[{to: a@example.fr, morning: '07:30'}, {to: b@example.fr, failures: false, families: [a]}]"
    own = f"data_sets: []\nmails: {mails}\n"
    (settings().data / "pipelines_rules.yml").write_text(P + own, encoding="utf-8")
    failure = (
        "pipelines.incident:1:opened:a@example.fr",
        "p en échec dans la nuit du 20 nov. 2026",
        "✖ KO A · p\ndémarré à 02:00\u202f; échec à 02:10\n",
    )
    assert mailed("20/11/2026 07:00") == [failure]
    assert mailed("20/11/2026 07:30") == [failure]
    with store().read() as connection:
        (digest,) = connection.execute(sa.select(outbox).where(outbox.c.what == "pipelines.morning:1")).all()
    assert (digest.recipient, digest.step) == ("a@example.fr", "2026-11-20")
    assert digest.subject == "Nuit du 20 nov. 2026\u202f: 1\u00a0✖\u00a0KO"
    assert digest.text == failure[2]


@pytest.mark.parametrize("mail", ["{to: nobody}", "{to: a@example.fr, families: [b]}"])
def test_a_mail_to_nobody_or_of_no_family_is_refused(mail: str) -> None:
    (settings().data / "pipelines_rules.yml").write_text(f"{P}data_sets: []\nmails: [{mail}]\n", encoding="utf-8")
    with pytest.raises(RulesInvalid, match=r"ligne 4, mails\[0\]"):
        rules.in_force()


STEPS = f"""{NIGHT}families:
  - key: a
    name: A
    steps: [{{name: L}}, {{name: K}}]
    members: [{{pipeline: a, step: L}}, {{pipeline: b, step: K}}]
"""


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (
            ("a;SUCCESS;26/10/2025 02:30:00;26/10/2025 02:50:00", "b;SUCCESS;26/10/2025 02:10:00;26/10/2025 02:40:00"),
            "L ended at 02:50, then K started at 02:10",
        ),
        (
            ("a;SUCCESS;26/10/2025 02:10:00;26/10/2025 02:20:00", "b;SUCCESS;26/10/2025 02:30:00;26/10/2025 02:40:00"),
            "L ended at 02:20, then K started at 02:30",
        ),
        (
            (
                "z;SUCCESS;26/10/2025 05:00:00;26/10/2025 05:10:00",
                "b;SUCCESS;26/10/2025 02:10:00;26/10/2025 02:40:00",
                "a;SUCCESS;26/10/2025 02:30:00;26/10/2025 02:50:00",
                "y;SUCCESS;26/10/2025 01:00:00;26/10/2025 01:10:00",
            ),
            "L ended at 02:50, then K started at 02:10",
        ),
    ],
    ids=["the second row is of the second time", "both are of the first", "the newest row first"],
)
def test_the_hour_that_comes_twice_is_read_in_the_order_of_the_file(lines: tuple[str, ...], why: str) -> None:
    source("x.csv")
    told("x.csv", "Nom;Statut;Debut;Fin", *lines, at="26/10/2025 07:55")
    read("26/10/2025 07:59")
    assert said(STEPS, night="2025-10-26", asked="26/10/2025 08:00") == ("OK", why)
