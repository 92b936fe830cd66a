"""The demo, home and every mission's screen at the moments that a clock or a calendar makes awkward."""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.base import clock
from core.base.settings import ROOT, settings
from core.mission.discovery import missions
from core.people.person import Role
from core.store.engine import store
from tests import people
from tests.conftest import housed, standing

SignIn = Callable[[Role], None]
MOMENTS = {
    "the night of a Friday has begun": "2026-11-20T18:30+01:00",
    "a Sunday, clocks go forward": "2026-03-29T03:15+02:00",
    "a Sunday, clocks go back, the second 02:15": "2026-10-25T02:15+01:00",
    "29 February, a minute before midnight": "2028-02-29T23:59+01:00",
    "1 January, a Monday, a minute after midnight": "2029-01-01T00:01+01:00",
}


@pytest.fixture(params=MOMENTS.values(), ids=MOMENTS)
def moment(request: pytest.FixtureRequest) -> Iterator[datetime]:
    moment = datetime.fromisoformat(request.param)
    with standing(moment):
        yield moment


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of a demo that began before all of the moments: what people wrote is told once, by the first start."""
    before = min(datetime.fromisoformat(moment) for moment in MOMENTS.values()) - timedelta(days=1)
    with standing(before), housed(tmp_path_factory.mktemp("begun")) as folder:
        store().upgrade()
        with store().write() as connection:
            people.ensure(connection)
        _start()
        store().close()
    return folder / "vigie.db"


@pytest.fixture
def told(data: Path, begun: Path, moment: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a start with demo data makes at the moment."""
    shutil.copyfile(begun, data / "vigie.db")
    monkeypatch.setenv("VIGIE_DEMO", "1")
    settings.cache_clear()
    _start()


def _start() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VIGIE_DEMO_DAYS", "4")
        settings.cache_clear()
        for mission in missions().values():
            if mission.ship:
                mission.ship()
        for mission in missions().values():
            if mission.demo:
                mission.demo(7, clock.now())
            if mission.freeze:
                mission.freeze(clock.now())


def test_every_screen_shows_its_data(told: None, sign_in: SignIn) -> None:
    for key, mission in missions().items():
        sign_in(next(role for role in Role if role in mission.see | mission.act))
        shell = ROOT / "core" / "ui" / "script.py"
        shown = AppTest.from_file(shell if key == "home" else mission.page, default_timeout=120).run()
        assert [*shown.exception, *shown.error] == [], key
        said = " ".join(info.value for info in shown.info)
        assert "Aucun" not in said, (key, said)
