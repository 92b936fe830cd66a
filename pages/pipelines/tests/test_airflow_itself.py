"""The connector on a real Airflow, where `AIRFLOW_BIN` names the command of one (tried: `apache-airflow==3.3.2`)."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.base import clock
from core.base.errors import SourceFailed
from core.base.i18n import speaking
from core.sources.base import Source
from pages.pipelines.sources.airflow import Airflow, AirflowOptions
from pages.pipelines.tests.schedulers import rows

AIRFLOW = os.environ.get("AIRFLOW_BIN", "")
pytestmark = pytest.mark.skipif(not AIRFLOW, reason="AIRFLOW_BIN names no Airflow")

PASSWORD = "s3same-of-airflow"
DAGS = """
from airflow.sdk import dag, task

@dag(schedule=None)
def good():
    @task
    def load():
        return 1
    load()

@dag(schedule=None)
def bad():
    @task
    def load():
        raise ValueError("disk full")
    @task
    def export(rows):
        return rows
    export(load())

good()
bad()
"""
BEGINS = 120.0
"""Seconds that a server may take to begin."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an Airflow in which one run went well and one did not."""
    home = tmp_path_factory.mktemp("airflow")
    (home / "dags").mkdir()
    (home / "dags" / "night.py").write_text(DAGS)
    (home / "passwords.json").write_text(json.dumps({"vigie": PASSWORD}))
    told = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": "vigie:viewer",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home / "passwords.json"),
    }
    around = {**os.environ, **told}
    for command, fine in (
        ("db migrate", True),
        ("dags reserialize", True),
        ("dags test good", True),
        ("dags test bad", False),
    ):
        subprocess.run([AIRFLOW, *command.split()], env=around, cwd=home, check=fine, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [AIRFLOW, "api-server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(command, env=around, cwd=home, stdout=log, stderr=log, start_new_session=True)
    try:
        yield _listening(f"http://127.0.0.1:{port}")
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _listening(url: str) -> str:
    until = time.monotonic() + BEGINS
    while time.monotonic() < until:
        try:
            httpx.get(f"{url}/api/v2/monitor/health")
        except httpx.HTTPError:
            time.sleep(0.2)
        else:
            return url
    raise AssertionError("Airflow does not begin")


def pull(site: str, **options: Any) -> list[Any]:
    told = AirflowOptions(**{"site": site, "user": "vigie", "secret": "${VIGIE_SECRET_AIRFLOW}", **options})
    there = parsedate_to_datetime(httpx.get(f"{site}/api/v2/version").headers["Date"])
    with speaking("en"), clock.at(there):
        return list(Airflow().pull(Source("airflow", "pipelines", "airflow", told), {}))


def test_runs_of_a_real_airflow_land(site: str, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIE_SECRET_AIRFLOW", PASSWORD)
    batches = pull(site)
    assert rows(batches, "pipeline", "status", "trigger", "attempt", "error_message") == [
        ("good", "SUCCEEDED", "manual", None, None),
        ("bad", "FAILED", "manual", 1, "load: failed, export: upstream_failed"),
    ]
    assert all(seconds > 0 for (seconds,) in rows(batches, "duration_s"))
    assert not [refused for batch in batches for refused in batch.refused]


def test_a_real_airflow_refuses_who_it_does_not_know(site: str, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIE_SECRET_AIRFLOW", "another")
    with pytest.raises(SourceFailed) as failed:
        pull(site)
    assert failed.value.sentence == "Airflow refuses the credentials (401)."
    monkeypatch.setenv("VIGIE_SECRET_AIRFLOW", PASSWORD)
    with pytest.raises(SourceFailed) as failed:
        pull(site, version="2")
    assert "There is no API of Airflow 2 at this address (404)" in failed.value.sentence
