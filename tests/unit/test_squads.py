"""The squad of a source reaches every table that it feeds, and its readings."""

import inspect
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pytest

from core.base.i18n import speaking
from core.facts.lake import lake
from core.facts.reads import READS
from core.facts.tables import FactTable
from core.mission.discovery import missions
from core.run import registry, sync
from core.run.registry import SourceInvalid
from core.show.figure import walk
from core.sources.base import Source
from core.store.engine import store
from pages.reroutes.facts import HANDOVERS, MAILS, TASK_EVENTS, TASKS

LOG = "tache;date;n;entite\n1;2026-11-02 08:00;1;A\n1;2026-11-02 09:00;2;B\n"
MAIL = "tache;date;objet\n1;2026-11-02 07:00;Bonjour\n"


def declare(folder: Path, name: str, kind: str, text: str, squad: str | None, **options: object) -> None:
    (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    checked = registry.check(registry.connector("reroutes", kind), {"path": f"{name}.csv", **options})
    with store().write() as connection:
        registry.add(connection, Source(name, "reroutes", kind, checked, squad), who="t")


def owners(table: FactTable) -> list[str | None]:
    return sorted(lake().read(table, ["squad"])["squad"].to_pylist(), key=str)


@pytest.mark.parametrize(
    "table", [table for mission in missions().values() for table in mission.tables], ids=lambda one: one.name
)
def test_every_table_says_whose_its_rows_are(table: FactTable) -> None:
    assert table.squad == "squad", table.name


def test_what_follows_from_a_log_is_of_the_logs_squad_and_so_are_its_mails_and_readings(data: Path) -> None:
    store().upgrade()
    columns = {"task": "tache", "moved_at": "date", "counter": "n", "entity": "entite"}
    declare(data, "log", "task_log", LOG, "Nord", columns=columns, whole_log=True)
    mail = {"task": "tache", "received_at": "date", "header": "objet"}
    declare(data, "mails", "task_mails", MAIL, "Nord", columns=mail)
    assert [outcome.error for outcome in sync.run()] == ["", ""]
    assert [owners(table) for table in (TASK_EVENTS, HANDOVERS, TASKS, MAILS, READS)] == [
        ["Nord", "Nord"], ["Nord"], ["Nord"], ["Nord"], ["Nord", "Nord"],
    ]  # fmt: skip
    with store().write() as connection:
        log = registry.find(connection, "log")
        assert log is not None
        registry.change(connection, replace(log.source(), squad="Sud"), log.version, who="t")
    sync.run(["log"])
    assert [owners(table) for table in (TASK_EVENTS, HANDOVERS, TASKS)] == [["Sud", "Sud"], ["Sud"], ["Sud"]]


def test_a_table_that_cannot_say_whose_its_rows_are_refuses_a_squad(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store().upgrade()
    unscoped = replace(MAILS, squad=None)
    connector = SimpleNamespace(
        kind="task_mails", table=unscoped, options=registry.connector("reroutes", "task_mails").options
    )
    monkeypatch.setitem(missions(), "reroutes", replace(missions()["reroutes"], connectors=(connector,)))
    with speaking("en"), pytest.raises(SourceInvalid) as refused:
        declare(data, "mails", "task_mails", MAIL, "Nord")
    assert refused.value.sentence == (
        "squad: the rows of task_mails cannot be kept for one squad; leave it empty, and everybody sees them."
    )
    declare(data, "mails", "task_mails", MAIL, None)


def test_a_row_that_names_its_own_squad_keeps_it(data: Path) -> None:
    store().upgrade()
    runs = "Nom;Statut;Début;Squad\na;OK;08/04/2025 06:43;Sud\nb;OK;08/04/2025 06:43;\n"
    (data / "runs.csv").write_text(runs, encoding="utf-8")
    columns = {"pipeline": "Nom", "status": "Statut", "started_at": "Début", "squad": "Squad"}
    options = registry.check(registry.connector("pipelines", "file"), {"path": "runs.csv", "columns": columns})
    with store().write() as connection:
        registry.add(connection, Source("runs", "pipelines", "file", options, "Nord"), who="t")
    sync.run()
    rows: pa.Table = lake().scan("pipeline_runs").read_all()
    assert {row["pipeline"]: row["squad"] for row in rows.to_pylist()} == {"a": "Sud", "b": "Nord"}


def test_a_figure_that_reads_the_store_is_kept_for_nobody_else() -> None:
    """Looks of people of one scope are equal; what they may see of the store is not."""
    reading = {
        f"{mission.key}.{figure.name}": figure.kept
        for mission in missions().values()
        if mission.figures
        for figure in walk(mission.figures())
        if "store()" in inspect.getsource(figure.shape)
    }
    assert reading == dict.fromkeys(reading, False)
    assert set(reading) >= {"pipelines.told", "pipelines.morning-messages"}
