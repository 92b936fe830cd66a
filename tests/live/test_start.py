"""How a server starts: with nobody, with demo data, with a wrong setting, twice."""

import re
import subprocess
import tomllib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from core.base import clock
from core.base.errors import NotAllowed
from core.base.settings import ROOT
from core.people import accounts, credentials, demo, sessions
from core.people.person import Role
from core.store.engine import Store
from tests.client import Browser
from tests.moments import python
from tests.servers import free_port, serving

PREPARE = "from core.run import start; start.prepare('http://here')"


def environ(data: Path, **settings: str) -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "VIGIE_DATA": str(data), **settings}


def prepare(data: Path, **settings: str) -> str:
    """What a start prints, run in a process of its own."""
    ran = subprocess.run(python("-c", PREPARE), cwd=ROOT, env=environ(data, **settings), capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def password_told(printed: str) -> str | None:
    told = re.search(r"Premier administrateur\u202f: admin, mot de passe\u202f: (\S+)", printed)
    return told[1] if told else None


def test_the_first_start_makes_an_administrator_and_tells_the_password_once(tmp_path: Path) -> None:
    password = password_told(prepare(tmp_path))
    assert password is not None
    assert password_told(prepare(tmp_path)) is None
    with serving(tmp_path) as running:
        first = Browser(running.url).sign_in("admin", password)
        assert first.labels() == ["Current password", "New password", "New password, again", "Change", "Sign out"]
        first.set("Current password", string_value=password)
        first.set("New password", string_value="a choice of my own")
        first.set("New password, again", string_value="a choice of my own")
        assert first.click("Change").redirect == "/", "the session ends: the page is loaded afresh, without one"
        first.send_rerun()
        assert first.hung_up(), "the password that was made for them ends with its session"
        assert "What changed" in Browser(running.url).sign_in("admin", "a choice of my own", "/accounts").text()


def test_a_first_password_that_nobody_changed_opens_nothing_after_a_day(tmp_path: Path) -> None:
    password = password_told(prepare(tmp_path))
    store = Store(f"sqlite:///{tmp_path / 'vigie.db'}")
    late = clock.now() + timedelta(days=1, minutes=1)
    with pytest.raises(NotAllowed, match="premier mot de passe"):
        credentials.check(store, "admin", str(password), "10.0.0.1", late)


def test_demo_accounts_are_dead_where_demo_is_off(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'vigie.db'}")
    store.upgrade()
    with store.write() as connection:
        demo.ensure(connection)
        before = {role: accounts.existing(connection, role.value).person.id for role in Role}
        held = {role: sessions.open_session(connection, one, clock.now()) for role, one in before.items()}
    with serving(tmp_path) as running:
        for role in Role:
            form = Browser(running.url).open("/")
            form.sign_in(role.value, demo.PASSWORDS[role])
            assert "The name or the password is wrong." in form.text()
            old = Browser(running.url)
            old.http.cookies.set("vigie", held[role])
            assert old.open("/").labels() == ["Name", "Password", "Sign in"]
        printed = running.log.read_text()
    assert "demo accounts cannot sign in while VIGIE_DEMO is 0" in printed
    assert "Premier administrateur\u202f: administrator, mot de passe" in printed


def test_two_first_starts_at_once_make_one_administrator(tmp_path: Path) -> None:
    with ThreadPoolExecutor() as pool:
        printed = list(pool.map(lambda _: prepare(tmp_path), range(3)))
    assert [password_told(text) is not None for text in printed].count(True) == 1


def test_with_a_provider_no_administrator_is_made(tmp_path: Path) -> None:
    assert password_told(prepare(tmp_path, VIGIE_OIDC_ISSUER="https://login.example")) is None


def test_demo_accounts_are_printed_and_stand_on_the_form(tmp_path: Path) -> None:
    with serving(tmp_path, VIGIE_DEMO="1", VIGIE_DEMO_DAYS="5") as running:
        printed = running.log.read_text()
        form = Browser(running.url).open("/")
        for role in Role:
            assert demo.PASSWORDS[role] in printed
        assert "These accounts exist with it alone:" in form.text()
        signed_in = {role: Browser(running.url).sign_in(role.value, demo.PASSWORDS[role]).labels() for role in Role}
    assert all("Sign out" in labels for labels in signed_in.values())


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"VIGIE_SESSION_HOURS": "0"}, "VIGIE_SESSION_HOURS: Input should be greater than or equal to 1"),
        ({"VIGIE_STORE": "nosuch://x"}, "VIGIE_STORE: Can't load plugin: sqlalchemy.dialects:nosuch"),
        ({"VIGIE_OIDC_ISSUER": "https://login.example"}, "VIGIE_OIDC_CLIENT_ID: OpenID Connect needs it."),
        ({"VIGIE_DATA": "/proc/nowhere"}, "VIGIE_DATA: /proc/nowhere cannot be written"),
        ({"VIGIE_BASE_URL": "vigie.example"}, "VIGIE_BASE_URL: String should match pattern"),
        (
            {"VIGIE_DEMO": "1", "STREAMLIT_SERVER_ADDRESS": "0.0.0.0"},
            "VIGIE_DEMO\u202f: tout le monde connaît les mots de passe de démonstration.",
        ),
    ],
)
def test_a_wrong_setting_ends_the_start_with_one_sentence(
    tmp_path: Path, settings: dict[str, str], sentence: str
) -> None:
    ran = subprocess.run(
        python("-m", "streamlit", "run", "app.py", "--server.port", str(free_port())),
        cwd=ROOT,
        env={**environ(tmp_path), **settings},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode == 1
    assert sentence in ran.stderr
    assert "Traceback" not in ran.stdout + ran.stderr


def test_what_a_start_finds_and_makes_is_for_its_owner_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    for folder in ("lake/runs", "uploads", "backups"):
        (data / folder).mkdir(parents=True)
        (data / folder / "of_before").write_text("secret")
    (data / "lake" / "elsewhere").symlink_to(tmp_path / "shared")
    (tmp_path / "shared").write_text("not ours to close")
    for path in data.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    prepare(data)
    modes = {str(path.relative_to(data)): oct(path.lstat().st_mode & 0o777) for path in data.rglob("*")}
    assert modes.pop("lake/elsewhere") == "0o777"
    assert oct((tmp_path / "shared").stat().st_mode & 0o777) == "0o644"
    assert {name for name, mode in modes.items() if mode == "0o700"} == {"lake", "lake/runs", "uploads", "backups"}
    assert set(modes.values()) == {"0o700", "0o600"}
    assert "vigie.db" in modes


def test_it_listens_on_this_machine_alone() -> None:
    server = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))["server"]
    assert server["address"] == "127.0.0.1"
    assert "\nADDRESS ?= 127.0.0.1\n" in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_a_store_of_a_newer_version_ends_the_start(tmp_path: Path) -> None:
    prepare(tmp_path)
    store = Store(f"sqlite:///{tmp_path / 'vigie.db'}")
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(AssertionError, match="plus récente"):
        prepare(tmp_path)
