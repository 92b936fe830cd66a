"""The health address."""

import time
from collections.abc import Callable

import httpx
import pytest

from core.people.person import Role
from tests.client import Browser
from tests.live.conftest import PASSWORD
from tests.servers import Server, serving


def test_health_is_told_to_anybody_without_details(server: Server) -> None:
    assert httpx.get(f"{server.url}/healthz").json() == {"ok": True}


def test_health_tells_an_administrator_which_part_and_version(browser: Browser, join: Callable[..., str]) -> None:
    browser.sign_in(join(Role.ADMIN), PASSWORD)
    assert browser.http.get("/healthz").json() == {
        "ok": True, "store": True, "lake": True, "disk": True, "overdue": True, "version": "0.2.0",
    }  # fmt: skip


def test_health_tells_other_roles_no_details(browser: Browser, join: Callable[..., str]) -> None:
    browser.sign_in(join(Role.LEAD), PASSWORD)
    assert browser.http.get("/healthz").json() == {"ok": True}


def test_health_says_when_the_store_is_gone(tmp_path_factory: pytest.TempPathFactory) -> None:
    with serving(tmp_path_factory.mktemp("gone")) as running:
        running.store.close()
        for file in running.data.glob("vigie.db*"):
            file.write_bytes(b"no database at all" * 100)
        deadline = time.monotonic() + 30
        while (answer := httpx.get(f"{running.url}/healthz")).status_code == 200 and time.monotonic() < deadline:
            time.sleep(0.5)  # what was seen last counts for some seconds
        assert (answer.status_code, answer.json()) == (503, {"ok": False})
        assert httpx.get(running.url).status_code == 200, "the page still comes, to say it in words"
