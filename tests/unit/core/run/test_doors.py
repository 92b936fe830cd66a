"""What settings and sources open is told by one command and to administrators, and no secret with it."""

import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import gettempdir

import pytest

from core.base.i18n import speaking
from core.base.settings import ROOT, Settings
from core.run import doors, registry
from core.sources.base import Source
from core.store.engine import store
from tests.conftest import forget, housed

QUIET = {"data", "demo_days", "now", "timezone", "log", "organisation", "contact"}
"""Settings that open nothing."""
QUIET |= {"smtp_port", "smtp_user", "smtp_password", "mail_from", "oidc_client_id", "oidc_client_secret"}
QUIET |= {"cookie_secret", "audit_heads", "overdue_hours"}


@pytest.fixture(autouse=True)
def _in_french() -> Iterator[None]:
    with speaking("fr"):
        yield


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Path]:
    with housed(tmp_path, opened=False) as folder:
        yield folder


def told(monkeypatch: pytest.MonkeyPatch, **settings: str) -> dict[str, tuple[bool, str]]:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    forget()
    return {door.name: (door.wider, door.opens) for door in doors.of_settings()}


def test_every_setting_either_opens_something_or_is_known_to_open_nothing() -> None:
    assert set(doors.OPENED) | QUIET == set(Settings.model_fields)
    assert set(doors.OPENED) & QUIET == set()


def test_every_file_that_the_security_page_names_is_there() -> None:
    page = (ROOT / "docs/security.md").read_text(encoding="utf-8")
    tests = [f"/{file.relative_to(ROOT)}" for room in ("tests", "pages") for file in (ROOT / room).rglob("test_*.py")]
    named = set(re.findall(r"`([\w/]*test_\w+\.py)`", page))
    assert [name for name in named if not any(test.endswith(f"/{name}") for test in tests)] == []
    assert [name for name in re.findall(r"`((?:core|pages|tests)/[\w./]+)`", page) if not (ROOT / name).exists()] == []


@pytest.mark.usefixtures("closed")
def test_where_nothing_is_set_nothing_is_widened(monkeypatch: pytest.MonkeyPatch) -> None:
    found = told(monkeypatch)
    assert [name for name, (wider, _opens) in found.items() if wider] == []
    assert found["VIGIE_SOURCE_ENGINES"][1] == "Les sources ne lisent aucun fichier comme une base de données."


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize(
    ("variable", "value", "opens"),
    [
        ("VIGIE_SOURCE_FOLDERS", "/srv/logs", ", /srv/logs."),
        ("VIGIE_SOURCE_HOSTS", "127.0.0.1", "interrogent aussi 127.0.0.1, fermés"),
        ("VIGIE_SOURCE_ENGINES", "sqlite,duckdb", "en lecture seule\u202f: sqlite, duckdb."),
        ("VIGIE_SOURCE_VARIABLES", "JIRA_*", "définis ici\u202f: JIRA_TOKEN."),
        ("VIGIE_STORE", "postgresql+psycopg://vigie:s3cret@base.example/vigie?password=s3cret", "base.example/vigie."),
        ("VIGIE_SMTP_SECURITY", "none", "circulent en clair."),
        ("VIGIE_BASE_URL", "http://vigie.example", "Mots de passe et sessions circulent en clair."),
        ("VIGIE_OIDC_ISSUER", "https://who.example", "Toute personne à qui https://who.example donne un rôle"),
        ("VIGIE_DEMO", "1", "N’importe qui se connecte"),
        ("VIGIE_DEMO_ELSEWHERE", "1", "servies à d’autres machines."),
        ("VIGIE_SESSION_HOURS", "48", "dure 48 heures."),
        ("VIGIE_WAYS", "slack, ntfys", "adresses de\u202f: slack, ntfys."),
        (
            "VIGIE_PLACES",
            "Ventes=VIGIE_SECRET_A, *=VIGIE_SECRET_B",
            "dans son canal\N{NARROW NO-BREAK SPACE}: Ventes, *.",
        ),
        ("VIGIE_STRANGERS", "500", "peut tenir 500 connexions"),
        ("VIGIE_AVAILABILITY", "1", "Chacun apprend quelles données sont prêtes, à /availability."),
        ("VIGIE_SMTP_HOST", "mail.example", "partent par mail.example:587."),
        ("VIGIE_DECLARATIONS", "/srv/declared", "/srv/declared"),
    ],
)
def test_what_a_setting_opens_is_told_without_its_secrets(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, opens: str
) -> None:
    found = told(monkeypatch, JIRA_TOKEN="s3cret", **{variable: value})
    assert found[variable][0]
    assert opens in found[variable][1]
    assert "s3cret" not in str(found)


@pytest.mark.parametrize("name", ["STREAMLIT_SERVER_ENABLE_XSRF_PROTECTION", "FORWARDED_ALLOW_IPS"])
@pytest.mark.usefixtures("closed")
def test_what_is_set_of_the_server_itself_is_told(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert not doors.of_server().wider
    monkeypatch.setenv(name, "s3cret")
    told = doors.of_server()
    assert told.wider
    assert name in told.opens
    assert "s3cret" not in told.opens


@pytest.mark.parametrize(
    ("address", "wider"), [("127.0.0.1", False), ("::1", False), ("localhost", False), ("0.0.0.0", True), ("", True)]
)
def test_where_the_server_listens_is_told(monkeypatch: pytest.MonkeyPatch, address: str, wider: bool) -> None:
    monkeypatch.setenv("STREAMLIT_SERVER_ADDRESS", address)
    assert doors.listening().wider is wider


def test_the_command_tells_what_each_source_reaches_and_which_one_no_longer_may(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store().upgrade()
    for name, path in (("Nuit", "incoming/*.csv"), ("Ailleurs", f"{gettempdir()}/logs/*.csv")):
        options = registry.check(registry.connector("pipelines", "file"), {"path": path})
        with store().write() as connection:
            registry.add(connection, Source(name, "pipelines", "file", options), who="t")
    monkeypatch.delenv("VIGIE_SOURCE_FOLDERS")
    monkeypatch.setenv("COLUMNS", "400")
    forget()
    assert doors.main() == 0
    lines = capsys.readouterr().out.splitlines()
    nuit, elsewhere = ([line for line in lines if name in line] for name in ("Nuit", "Ailleurs"))
    assert f"{data}/incoming/*.csv" in nuit[0]
    assert "Fermée" in elsewhere[0]
    assert "VIGIE_SOURCE_FOLDERS" in elsewhere[0]
