"""Sources are declared, changed, removed and restored; every change is checked and audited."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.base.errors import Conflict
from core.base.i18n import speaking
from core.run import registry
from core.run.registry import SourceInvalid
from core.run.sources import main, read
from core.sources.base import Source
from core.store.engine import Store, store
from core.store.schema import audit

DECLARED = """
- name: Nuit
  mission: pipelines
  kind: file
  squad: Téléphonie
  options:
    path: logs/*.csv
    columns: {pipeline: Nom, started_at: Début}
"""


@pytest.fixture
def kept(data: Path) -> Store:
    store().upgrade()
    return store()


def source(name: str = "Nuit", **options: Any) -> Source:
    checked = registry.check(registry.connector("pipelines", "file"), {"path": "logs/*.csv", **options})
    return Source(name, "pipelines", "file", checked)


def entry(name: str = "Nuit") -> registry.Entry:
    with store().read() as connection:
        found = registry.find(connection, name)
    assert found is not None
    return found


def added(kept: Store) -> registry.Entry:
    with kept.write() as connection:
        registry.add(connection, source(), who="ada")
    return entry()


def actions() -> list[tuple[str, str, str]]:
    with store().read() as connection:
        rows = connection.execute(sa.select(audit.c.who, audit.c.action, audit.c.key).order_by(audit.c.id))
        return [tuple(row) for row in rows]


def test_a_source_is_kept_with_its_options(kept: Store) -> None:
    found = added(kept)
    assert (found.options, found.enabled, found.version, found.cursor) == ({"path": "logs/*.csv"}, True, 1, {})
    assert found.source() == source()
    assert actions() == [("ada", "add", "Nuit")]


@pytest.mark.parametrize("name", ["", " x", "x.", "a/b", "a\\b", "..", "../x", "a\nb", "a*", "a[1]", "x" * 101])
def test_a_name_that_is_none_is_refused(kept: Store, name: str) -> None:
    with speaking("en"), kept.write() as connection, pytest.raises(SourceInvalid, match="name: "):
        registry.add(connection, source(name), who="ada")


def test_a_name_is_taken_once(kept: Store) -> None:
    added(kept)
    with speaking("en"), kept.write() as connection, pytest.raises(SourceInvalid, match="there is a source “Nuit”"):
        registry.add(connection, source(), who="ada")


def test_other_options_start_the_reading_over_and_the_same_do_not(kept: Store) -> None:
    first = added(kept)
    with kept.write() as connection:
        registry.save_cursor(connection, first, {"files": {}})
        registry.change(connection, source(), first.version, who="ada")
    assert entry().cursor == {"files": {}}
    with kept.write() as connection:
        registry.change(connection, source(timezone="UTC"), 2, who="ada")
    assert entry().left == {}


def test_a_reading_of_former_options_does_not_save_where_it_was(kept: Store) -> None:
    first = added(kept)
    with kept.write() as connection:
        registry.change(connection, source(timezone="UTC"), first.version, who="ada")
        registry.save_cursor(connection, first, {"files": {"x": {}}})
    assert entry().left == {}


def test_a_change_of_what_somebody_else_changed_is_a_conflict(kept: Store) -> None:
    first = added(kept)
    with kept.write() as connection:
        registry.enable(connection, "Nuit", first.version, False, who="bob")
    with kept.write() as connection, pytest.raises(Conflict):
        registry.change(connection, source(timezone="UTC"), first.version, who="ada")


def test_a_removal_keeps_the_source_and_can_be_taken_back(kept: Store) -> None:
    added(kept)
    with kept.write() as connection:
        registry.enable(connection, "Nuit", 1, False, who="ada")
    assert not entry().enabled
    with kept.write() as connection:
        registry.enable(connection, "Nuit", 2, True, who="ada")
    assert entry().enabled
    assert [action for _who, action, _key in actions()] == ["add", "remove", "restore"]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "path: is missing."),
        ({"path": "incoming/x", "colour": "y"}, "colour: is unknown."),
        ({"path": "incoming/x", "timezone": "Paris"}, "timezone: Paris is no time zone."),
        ({"path": "incoming/x", "day_first": "perhaps"}, "day_first: is not right"),
    ],
)
def test_wrong_options_name_the_field(values: dict[str, Any], sentence: str) -> None:
    with speaking("en"), pytest.raises(SourceInvalid) as failed:
        registry.check(registry.connector("pipelines", "file"), values)
    assert failed.value.sentence.startswith(sentence)


@pytest.mark.parametrize(("mission", "kind"), [("nowhere", "file"), ("pipelines", "fax")])
def test_an_unknown_mission_or_kind_names_those_that_there_are(mission: str, kind: str) -> None:
    with speaking("en"), pytest.raises(SourceInvalid, match=r"is none; there are .*(pipelines|file)"):
        registry.connector(mission, kind)


def test_sources_are_declared_listed_and_removed_by_command(
    kept: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "sources.yml"
    file.write_text(DECLARED, encoding="utf-8")
    with speaking("en"):
        assert main(["add", str(file)]) == 0
        assert main(["add", str(file)]) == 0
        assert main(["list"]) == 0
        assert main(["remove", "Nuit"]) == 0
        assert main(["remove", "Jour"]) == 2
    assert not entry().enabled
    assert entry().squad == "Téléphonie"
    said = capsys.readouterr().out
    assert "Nuit is declared." in said
    assert "name: there is no source “Jour”." in said


def test_the_command_tells_how_a_source_is_declared(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    assert "    name: Airflow\n    mission: pipelines\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: [", "is no YAML"),
        ("name: x", "a source has the fields"),
        (DECLARED.replace("path", "paht"), "Nuit: path: is missing. paht: is unknown."),
    ],
)
def test_a_wrong_declaration_names_file_and_field(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "sources.yml"
    file.write_text(text, encoding="utf-8")
    with speaking("en"), pytest.raises(SourceInvalid) as failed:
        read(file)
    assert str(file) in failed.value.sentence
    assert said in failed.value.sentence
