"""What the home page says of last night."""

from pathlib import Path

import pytest

from core.base.i18n import speaking
from core.base.status import Verdict
from core.mission.discovery import warehouse
from core.people.person import Person, Role
from pages.pipelines.headline import headline
from pages.pipelines.rules import RULES
from pages.pipelines.tests.landed import THREE, land_reads, land_runs, run, utc

MASTER, EXPORT = "telephonie_master", "telephonie_ods_cti_export_incremental"


@pytest.fixture(autouse=True)
def _three(data: Path) -> None:
    """The rules of three families."""
    assert data.is_dir()
    RULES.keep(RULES.text(THREE))


def person(role: Role = Role.SQUAD) -> Person:
    return Person(1, "squad", "Camille", role, frozenset({"Téléphonie"}))


def said(now: str, visit: str | None = None) -> tuple[Verdict | None, str, tuple[str, ...], tuple[str, ...]]:
    somebody = person()
    with speaking("en"):
        found = headline(warehouse().reader(somebody.scope), somebody, utc(now), utc(visit) if visit else None)
    return found.verdict, found.sentence.replace("\u00a0", " "), found.concerns, found.changes


def test_without_any_reading_it_says_so() -> None:
    assert said("07:00") == (None, "No source of runs has been read yet.", (), ())


def test_it_tells_the_night_s_verdict_and_my_squad_s_family() -> None:
    land_runs(
        run(MASTER, "00:42", "00:55", squad="Téléphonie"),
        run(EXPORT, "2026-11-19 23:05", "2026-11-19 23:20", squad="Téléphonie"),
    )
    land_reads("06:00")
    verdict, sentence, concerns, _changes = said("07:00")
    assert (verdict, sentence) == (Verdict.WARNING, "Night of Nov 20, 2026: 1 ▲ WARNING")
    assert concerns == (
        "Téléphonie: ▲ WARNING, telephonie_master: started at 01:42, 12\u202fmin after the window; ended in success",
    )


def test_what_went_wrong_is_something_to_do_for_who_mends_it_and_for_nobody_else() -> None:
    land_runs(run(MASTER, "00:42", "00:55"), run(EXPORT, "2026-11-19 23:05", "2026-11-19 23:20"))
    land_reads("06:00")
    told = {}
    for role in (Role.DUTY, Role.COMPLIANCE):
        somebody = person(role)
        with speaking("en"):
            told[role] = headline(warehouse().reader(somebody.scope), somebody, utc("07:00"), None).tasks
    late = "started at 01:42, 12\u202fmin after the window; ended in success"
    assert [(one.verdict, one.text, dict(one.params)) for one in told[Role.DUTY]][:1] == [
        (
            Verdict.WARNING,
            f"Téléphonie · telephonie_master\u202f: {late}",
            {"night": "2026-11-20", "family": "telephonie"},
        )
    ]
    assert told[Role.COMPLIANCE] == ()


def test_it_tells_what_changed_since_my_last_visit() -> None:
    land_runs(
        run(EXPORT, "2026-11-19 23:05", "2026-11-19 23:20"),
        run(MASTER, "2026-11-19 23:05", "2026-11-19 23:20", "FAILED", seen="2026-11-19 23:30"),
        run(MASTER, "00:05", "00:20", seen="00:30"),
    )
    land_reads("2026-11-19 23:30", "00:30", "06:00")
    assert said("07:00", visit="2026-11-19 23:40")[3] == ("Téléphonie: ✖ KO, now ▲ WARNING",)
    assert said("07:00", visit="06:10")[3] == ()
    assert said("07:00", visit="2026-11-10 07:00")[3] == ("Téléphonie: ○ NOT DUE, now ▲ WARNING",)
