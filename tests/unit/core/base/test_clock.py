"""The one clock: it tells the machine's time, or that of the moment at which a demo was let start."""

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest

from core.base import clock
from core.base.errors import SettingInvalid
from core.base.settings import ROOT, read, settings
from tests.moments import MORNING, python

SUNDAY = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
COLLECTED = clock.now()


@pytest.fixture(autouse=True)
def _machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "machine", lambda: SUNDAY)


def test_it_tells_the_machines_time() -> None:
    assert clock.now() == SUNDAY


def test_a_demo_starts_at_the_moment_it_is_told_and_runs_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIE_DEMO", "1")
    monkeypatch.setenv("VIGIE_NOW", "2028-02-29T23:59+01:00")
    settings.cache_clear()
    assert clock.now() == datetime(2028, 2, 29, 22, 59, tzinfo=UTC)
    monkeypatch.setattr(clock, "machine", lambda: SUNDAY + timedelta(minutes=2))
    assert clock.now() == datetime(2028, 2, 29, 23, 1, tzinfo=UTC)
    monkeypatch.undo()
    settings.cache_clear()


def test_only_a_demo_stands_at_another_moment() -> None:
    with pytest.raises(SettingInvalid, match="VIGIE_NOW: only a demo"):
        read({"VIGIE_NOW": "2028-02-29T23:59+01:00"})


def test_a_moment_without_its_zone_is_refused() -> None:
    with pytest.raises(SettingInvalid, match="VIGIE_NOW"):
        read({"VIGIE_DEMO": "1", "VIGIE_NOW": "2028-02-29T23:59"})


def test_a_story_of_the_past_is_told_in_its_own_thread_alone() -> None:
    heard: list[datetime] = []
    with clock.at(SUNDAY - timedelta(days=700)):
        Thread(target=lambda: heard.append(clock.now())).start()
        assert clock.now() == SUNDAY - timedelta(days=700)
    assert heard == [SUNDAY]
    assert clock.now() == SUNDAY


@pytest.mark.parametrize("file", ["core/run/sync.py", "pages/jira/page.py", "tests/app/test_home.py"])
def test_nobody_else_may_ask_the_machine(file: str) -> None:
    code = """import time
from datetime import UTC, date, datetime
from sqlalchemy import func
datetime.now(UTC)
datetime.utcnow()
datetime.today()
date.today()
time.time()
func.now()
"""
    command = [sys.executable, "-m", "ruff", "check", "--select", "TID251", "--stdin-filename", file]
    found = subprocess.run(command, input=code, capture_output=True, text=True, cwd=ROOT)
    assert re.findall(rf"--> {file}:(\d+)", found.stdout) == ["4", "5", "6", "7", "8", "9"]


def test_no_test_learns_what_the_machine_says_neither_while_it_is_collected_nor_in_a_process_that_it_begins() -> None:
    said = subprocess.run(
        python("-c", "from core.base import clock; print(clock.now().isoformat())"),
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert MORNING <= COLLECTED < MORNING + timedelta(hours=1)
    assert SUNDAY <= datetime.fromisoformat(said.stdout.strip()) < SUNDAY + timedelta(hours=1)
