"""A source reads plain files of opened folders, and no message repeats what they hold."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.base.errors import SourceFailed
from core.base.i18n import speaking
from core.run.registry import SourceInvalid, check, connector
from core.sources import folders
from core.store.engine import store
from tests.conftest import forget, housed


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Path]:
    """A data folder with the settings as they come, a file in `incoming`, and one of Vigie's own."""
    with housed(tmp_path / "data", opened=False) as folder:
        (folder / "incoming").mkdir(parents=True)
        (folder / "incoming" / "night.csv").write_text("a;b\n1;2\n")
        (folder / "lake").mkdir()
        (folder / "lake" / "part.parquet").write_text("x")
        store().upgrade()
        yield folder


def found(pattern: str) -> list[str]:
    return [path.name for path in folders.found(pattern)]


@pytest.mark.parametrize(
    "path",
    [
        "/proc/self/environ",
        "/etc/passwd",
        "/etc/*",
        "/dev/zero",
        "/",
        "~/x.csv",
        "vigie.db",
        "*",
        "*.db*",
        "lake/*",
        "../*.csv",
        "incoming/../vigie.db",
        "incoming/*/../../vigie.db",
        "uploadsx/a.csv",
        "incoming/a\0.csv",
        "",
    ],
)
def test_what_lies_elsewhere_is_refused(closed: Path, path: str) -> None:
    with speaking("en"), pytest.raises(ValueError, match="outside of the folders that sources may read"):
        folders.check(path)
    with pytest.raises(SourceFailed):
        folders.found(path)


def test_uploads_and_incoming_are_open(closed: Path) -> None:
    assert found("incoming/*.csv") == ["night.csv"]
    assert found(str(closed / "incoming" / "night.csv")) == ["night.csv"]
    assert folders.check("uploads/Nuit/*") == "uploads/Nuit/*"


def test_a_setting_opens_further_folders_but_never_vigies_own_files(
    closed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "a.csv").write_text("a")
    monkeypatch.setenv("VIGIE_SOURCE_FOLDERS", f"{tmp_path / 'logs'}, {closed}")
    forget()
    assert found(f"{tmp_path}/logs/*") == ["a.csv"]
    assert found("*.db*") == []
    (closed / "backups").mkdir()
    (closed / "backups" / "vigie.tar").write_text("x")
    assert found("*/*.tar") == []
    for own in ("lake/*", "vigie.db", "answers/jobs/x.arrow", "backups/*"):
        with pytest.raises(ValueError, match=own[:4]):
            folders.check(own)


def test_links_lead_nowhere_else(closed: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.csv").write_text("secret")
    incoming = closed / "incoming"
    (incoming / "out.csv").symlink_to(tmp_path / "outside.csv")
    (incoming / "folder").symlink_to(tmp_path)
    (incoming / "own.csv").symlink_to(closed / "vigie.db")
    (incoming / "in.csv").symlink_to(incoming / "night.csv")
    assert found("incoming/*.csv") == ["in.csv", "night.csv"]
    assert found("incoming/*/*.csv") == []
    for path in ("incoming/out.csv", "incoming/own.csv", "incoming/folder/outside.csv"):
        with pytest.raises(SourceFailed):
            folders.found(path)


def test_only_plain_files_are_read(closed: Path) -> None:
    os.mkfifo(closed / "incoming" / "pipe.csv")
    (closed / "incoming" / "sub.csv").mkdir()
    assert found("incoming/*.csv") == ["night.csv"]


@pytest.mark.parametrize(
    ("mission", "kind", "options"),
    [
        ("pipelines", "file", {}),
        ("pipelines", "adf_file", {}),
        ("pipelines", "tws", {}),
        ("jira", "jira_export", {}),
        ("jira", "jira_saved", {}),
        ("reroutes", "task_log", {}),
        ("reroutes", "volumes", {}),
    ],
)
def test_every_kind_of_file_source_is_held(closed: Path, mission: str, kind: str, options: dict[str, str]) -> None:
    with speaking("en"), pytest.raises(SourceInvalid) as refused:
        check(connector(mission, kind), {"path": "/proc/self/environ", **options})
    assert "path: /proc/self/environ lies outside of the folders" in refused.value.sentence
