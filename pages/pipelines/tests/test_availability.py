"""Whether data sets are ready, expected or unavailable, and how often the expected moment held."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import httpx
import pytest
from anyio import run as run_async
from starlette.applications import Starlette

from core.base.calendar import is_working_day, to_moment
from core.base.settings import settings
from core.mission.discovery import missions, warehouse
from core.people.person import EVERYTHING
from core.run import available
from core.store.engine import store
from pages.pipelines import held, rules
from pages.pipelines.availability import Ends, expected, readiness
from pages.pipelines.availability import held as how_often
from pages.pipelines.nights import Night
from pages.pipelines.rules import Rules
from pages.pipelines.tests.landed import DEMO, land_reads, land_runs, run, utc
from pages.pipelines.tests.test_desk import looked
from tests.conftest import forget

FRIDAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _here(data: Path) -> None:
    assert data.is_dir()
    store().upgrade()
    family = {"key": "f", "name": "F", "members": [{"pipeline": "a"}, {"pipeline": "b"}]}
    closed = {"key": "s", "name": "S", "squad": "Nord", "members": [{"pipeline": "c"}]}
    sets = [{"name": "Ventes", "pipelines": ["a", "b"]}, {"name": "Secret", "pipelines": ["c"]}]
    told = {"night": DEMO.night, "families": [family, closed], "data_sets": sets}
    rules.RULES.keep(rules.RULES.text(Rules.model_validate(told)))


def night(day: date) -> Night:
    return Night(day, time(18), "Europe/Paris")


def ready(minutes: dict[date, int]) -> dict[date, datetime]:
    """Nights that were ready so many minutes after their start, on the wall clock of winter."""
    return {day: night(day).start + timedelta(minutes=late) for day, late in minutes.items()}


def working(n: int, last: date = FRIDAY) -> list[date]:
    """The last working days before one."""
    days = (last - timedelta(days=age) for age in range(1, 60))
    return [day for day in days if is_working_day(day)][:n]


def test_it_is_the_18th_of_the_last_20_good_nights_of_that_kind_of_day() -> None:
    days = working(20, date(2026, 11, 10))
    found = ready({day: 600 + number for number, day in enumerate(days)} | {date(2026, 11, 8): 60})
    moment, n = expected(found, night(date(2026, 11, 10)))
    assert (moment, n) == (night(date(2026, 11, 10)).start + timedelta(minutes=617), 20)


def test_under_ten_nights_nothing_is_promised() -> None:
    assert expected(ready(dict.fromkeys(working(9), 600)), night(FRIDAY)) == (None, 9)
    assert expected(ready(dict.fromkeys(working(10), 600)), night(FRIDAY))[1] == 10


@pytest.mark.parametrize(
    ("day", "hour"),
    [
        (date(2026, 10, 25), datetime(2026, 10, 25, 3, tzinfo=UTC)),
        (date(2026, 3, 29), datetime(2026, 3, 29, 2, tzinfo=UTC)),
    ],
)
def test_in_the_nights_of_23_and_25_hours_jobs_go_by_the_clock(day: date, hour: datetime) -> None:
    """Ready at four in the morning by the clock, each night."""
    sundays = [day - timedelta(days=7 * n) for n in range(1, 13)]
    moments = {one: to_moment(one, time(4), "Europe/Paris") for one in sundays}
    assert expected(moments, night(day)) == (hour, 12)


def test_a_data_set_is_ready_once_all_of_its_pipelines_are() -> None:
    first, last = utc("01:00"), utc("02:00")
    ends: Ends = {"a": {FRIDAY: first}, "b": {FRIDAY: last, date(2026, 11, 19): first}}
    assert readiness(["a", "b"], ends) == {FRIDAY: last}
    assert readiness(["a", "z"], ends) == {}


def test_how_often_it_held_is_counted_over_nights_with_enough_history() -> None:
    days = working(30)
    found = ready({day: 700 if number == 0 else 600 for number, day in enumerate(days)})
    assert how_often(found, [night(day) for day in days]) == (19, 20)


def land_history(n: int = 12) -> None:
    rows = []
    for day in working(n):
        for name, end in (("a", "01:00"), ("b", "02:00"), ("c", "01:00")):
            rows.append(run(name, f"{day} 00:30", f"{day} {end}"))
    land_runs(*rows)


def said(at: str) -> dict[str, str]:
    land_reads(at)
    return {one.data_set.name: one.words.replace("\u202f", " ").replace("\xa0", " ") for one in looked(at).available}


def test_the_screen_says_it_in_three_words() -> None:
    land_history()
    assert said("00:40")["Ventes"] == "attendu le 20 nov. 2026, 03:00 (comme 9 fois sur 10, sur 12 nuits semblables)"
    assert said("02:30")["Ventes"] == "indisponible : était attendu le 20 nov. 2026, 03:00"
    land_runs(run("a", "00:30", "01:00"), run("b", "00:30", "02:31"))
    assert said("02:45")["Ventes"] == "prêt depuis le 20 nov. 2026, 03:31"
    land_runs(run("b", "00:30", "02:31", "FAILED"), run("a", "00:30", "01:00", "FAILED"))
    assert said("02:50")["Ventes"] == "indisponible"


def test_with_little_history_it_says_so() -> None:
    land_history(9)
    assert said("00:40")["Ventes"] == "attendu, historique insuffisant pour dire quand (9 nuits réussies)"


def test_the_command_says_how_often_it_held() -> None:
    land_history(20)
    land_reads("02:00")
    told = held.lines(warehouse().reader(EVERYTHING), rules.in_force(), utc("09:00"))
    assert told[0].replace("\u202f", " ").replace("\xa0", " ") == "Ventes : 100% de 10 nuits"


def asked(**headers: str) -> httpx.Response:
    """What the address answers to a stranger."""

    async def get() -> httpx.Response:
        transport = httpx.ASGITransport(Starlette(routes=available.ROUTES))
        async with httpx.AsyncClient(transport=transport, base_url="http://vigie") as client:
            return await client.get("/availability", headers=headers)

    return run_async(get)


def test_without_an_account_only_what_everybody_sees_is_told_and_no_pipeline(monkeypatch: pytest.MonkeyPatch) -> None:
    land_history()
    land_reads("02:00")
    assert asked().status_code == 404
    monkeypatch.setenv("VIGIE_AVAILABILITY", "1")
    forget()
    assert settings().availability
    found = asked().json()["data_sets"]
    assert [(one["name"], one["state"]) for one in found] == [("Ventes", "unavailable")]
    page = asked(accept="text/html").text
    assert "<th scope=row align=left>Ventes</th><td>indisponible" in page
    assert page.startswith('<!doctype html><html lang="fr">')
    assert '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">' in page
    assert "Secret" not in page
    assert missions()["pipelines"].available is not None
