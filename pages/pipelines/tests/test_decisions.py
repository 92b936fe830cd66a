"""What people decide beside the rules: durations that are normal from a day on."""

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

from core.base.i18n import speaking
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from core.store.engine import store
from core.store.schema import audit
from pages.pipelines.decisions import What, decide, known, normal_since, of_durations
from pages.pipelines.night import board_of
from pages.pipelines.rules import Rules
from pages.pipelines.tests.landed import land_reads, land_runs, run, utc
from pages.pipelines.why import sentence

RULES = Rules.model_validate(
    {
        "night": {"turns_at": "18:00", "due_by": "07:00"},
        "families": [{"key": "a", "name": "A", "members": [{"pipeline": "p"}]}],
    }
)
pytestmark = pytest.mark.usefixtures("data")


def said(what: What, subject: str, value: str, at: datetime) -> None:
    store().upgrade()
    with store().write() as connection:
        decide(connection, what, subject, value, "after the migration", who="ana", now=at)


def remarks(day: int, at: datetime) -> str:
    night = RULES.night_of(date(2026, 11, day))
    board = board_of(warehouse().reader(EVERYTHING), RULES, night, at, replay=False)
    with speaking("en"):
        return sentence(board.members[0].judged.remarks).replace("\u202f", " ").replace("\u00a0", " ")


def test_a_duration_that_is_normal_from_a_day_on_is_held_against_what_came_since() -> None:
    first = date(2026, 10, 12)
    took = [10 if n < 28 else 40 for n in range(39)]
    days = [first + timedelta(days=n) for n in range(39)]
    land_runs(*(run("p", f"{day} 01:00", f"{day} 01:{minutes}") for day, minutes in zip(days, took, strict=True)))
    land_reads("16:30")
    assert remarks(19, utc("2026-11-19 16:30")) == "unusually long: 40 min, usually 10 min"
    said(What.NORMAL, "p", "2026-11-09", utc("2026-11-18 08:00"))
    assert remarks(19, utc("2026-11-19 16:31")) == ""
    land_runs(run("p", "2026-11-20 01:00", "2026-11-20 03:00"))
    assert remarks(20, utc("16:31")) == "unusually long: 2 h 00 min, usually 40 min"
    said(What.NORMAL, "p", "", utc("2026-11-20 08:00"))
    assert remarks(20, utc("16:32")) == "unusually long: 2 h 00 min, usually 10 min"


def test_the_last_word_counts_as_of_each_moment_and_every_word_is_in_the_audit() -> None:
    said(What.NORMAL, "p", "2026-11-09", utc("01:00"))
    said(What.NORMAL, "p", "2026-11-10", utc("02:00"))
    said(What.NORMAL, "p", "", utc("03:00"))
    days = [normal_since(utc(at), of_durations()).get("p") for at in ("00:59", "01:00", "02:30", "03:00")]
    assert days == [None, date(2026, 11, 9), date(2026, 11, 10), None]
    with store().read() as connection:
        assert known(connection, What.NAME, utc("04:00")) == {}
        told = connection.execute(sa.select(audit.c.who, audit.c.action, audit.c.key).order_by(audit.c.id)).all()
    assert [tuple(row) for row in told] == [
        ("ana", "decide", "normal p"),
        ("ana", "decide", "normal p"),
        ("ana", "undo", "normal p"),
    ]
