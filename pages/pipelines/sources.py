"""Connectors of the mission: log files, tables, Azure Data Factory. Each gives runs of `pipeline_runs`."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Self
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field as Option
from pydantic import model_validator

from core.base.errors import SourceFailed
from core.base.i18n import N_, _
from core.facts.tables import FactTable
from core.sources import files, folders, tables
from core.sources.base import Batch, Cursor, Options, Source
from core.sources.cells import Cells
from core.sources.files import FileOptions, Shaped
from core.sources.http import JsonClient
from core.sources.mapping import Field, guess, known_names
from core.sources.reach import Files, Secret, Service
from core.sources.secrets import resolve
from core.sources.tables import TableOptions
from pages.pipelines import adf
from pages.pipelines.facts import PIPELINE_RUNS
from pages.pipelines.runs import RUN_FIELDS, RunMapping, RunShaper, guess_key

LAG = timedelta(minutes=2)
"""How long Data Factory may take to tell of a run."""

ADF_RUN = (
    "https://adf.azure.com/en/monitoring/pipelineruns/{{run_id}}?factory=/subscriptions/{subscription}"
    "/resourceGroups/{resource_group}/providers/Microsoft.DataFactory/factories/{factory}"
)


class RunFileOptions(RunMapping, FileOptions):
    """A log file, or several of one form."""


class RunTableOptions(RunMapping, TableOptions):
    """A table or a SELECT of runs."""

    @model_validator(mode="after")
    def _knows_runs_again(self) -> Self:
        known = self.key or "run_id" in self.columns or self.since == self.columns.get("started_at")
        if self.since and not known:
            raise ValueError(_("With a growing column, map the run id, give a key, or let the start be that column."))
        return self


class FactoryOptions(Options):
    """A Data Factory, asked as a registered application that may read it."""

    tenant: str = Option(title=N_("Tenant"))
    client_id: str = Option(title=N_("Client id"))
    client_secret: Secret = Option(title=N_("Client secret"), description=N_("As ${NAME}, e.g. ${VIGIE_SECRET_ADF}"))
    subscription: str = Option(title=N_("Subscription"))
    resource_group: str = Option(title=N_("Resource group"))
    factory: str = Option(title=N_("Factory"))
    history_days: int = Option(
        default=45, ge=1, le=45, title=N_("Days to read first"), description=N_("Data Factory keeps 45")
    )
    overlap_minutes: int = Option(
        default=60, ge=0, le=1440, title=N_("Overlap (minutes)"), description=N_("Read again, for what was told late")
    )
    base_url: Service = Option(default="https://management.azure.com", title=N_("Address of the service"))
    login_url: Service = Option(default="https://login.microsoftonline.com", title=N_("Address of the sign-in"))


class SavedAnswersOptions(Options):
    """Answers of Data Factory that were saved as JSON."""

    path: Files = Option(
        title=N_("Path"), description=N_("A file or a pattern, e.g. incoming/adf-*.json; relative to the data folder")
    )


class _RunConnector:
    """What the connectors share."""

    table: ClassVar[FactTable] = PIPELINE_RUNS
    fields: ClassVar[tuple[Field, ...]] = RUN_FIELDS

    def mapping(self, source: Source) -> RunMapping:
        """How the source's cells become runs."""
        assert isinstance(source.options, RunMapping)
        return source.options

    def shaper(self, source: Source) -> RunShaper:
        """Makes runs of the source's cells."""
        return RunShaper(source.name, source.squad, self.mapping(source), datetime.now(UTC))

    def corrected(self, source: Source, cursor: Cursor) -> Iterator[Batch]:
        """Corrected rows that people dropped."""
        known = known_names(self.fields, self.mapping(source))
        return files.pull_corrections(source.name, cursor, known=known, shaper=lambda: self.shaper(source))


class LogFile(_RunConnector):
    """Log files: CSV in any dialect, workbooks."""

    kind: ClassVar[str] = "file"
    title: ClassVar[str] = N_("Log file (CSV or Excel)")
    options: ClassVar[type[Options]] = RunFileOptions

    def propose(self, cells: Cells) -> dict[str, Any]:
        """Options that fit a first look at a file: the columns by name, and a key where run ids repeat."""
        columns = guess(cells.table.column_names, self.fields)
        return {"columns": columns, "key": guess_key(cells, columns)}

    def pull(self, source: Source, cursor: Cursor) -> Iterator[Batch]:
        """What is new in the files since the cursor."""
        options = source.options
        assert isinstance(options, RunFileOptions)
        return files.pull(
            options.path,
            source.name,
            cursor,
            known=known_names(self.fields, options),
            shaper=lambda: self.shaper(source),
            sheet=options.sheet,
            latest_counts=options.complete_until == "last_row",
        )


class RunTable(_RunConnector):
    """A table of runs in any database: Airflow's `dag_run`, an export, a plan of TWS or Alteryx."""

    kind: ClassVar[str] = "sql"
    title: ClassVar[str] = N_("Table of a database")
    options: ClassVar[type[Options]] = RunTableOptions

    def pull(self, source: Source, cursor: Cursor) -> Iterator[Batch]:
        """Rows from the growing column's last value on, less the overlap; all of them without one."""
        options = source.options
        assert isinstance(options, RunTableOptions)
        return tables.pull(
            options,
            source.name,
            cursor,
            known=known_names(self.fields, options),
            shaper=lambda: self.shaper(source),
            latest_counts=options.complete_until == "last_row",
        )


class DataFactory(_RunConnector):
    """Azure Data Factory, asked for what changed since the last reading."""

    kind: ClassVar[str] = "adf"
    title: ClassVar[str] = N_("Azure Data Factory")
    options: ClassVar[type[Options]] = FactoryOptions

    def mapping(self, source: Source) -> RunMapping:
        options = source.options
        assert isinstance(options, FactoryOptions)
        place = {name: quote(getattr(options, name), safe="") for name in ("subscription", "resource_group", "factory")}
        return adf.MAPPING.model_copy(update={"run_url": ADF_RUN.format(**place)})

    def pull(self, source: Source, cursor: Cursor) -> Iterator[Batch]:
        """Runs last updated since the cursor, less the overlap; the cursor moves when the last page has come."""
        options = source.options
        assert isinstance(options, FactoryOptions)
        now = datetime.now(UTC)
        history = now - timedelta(days=options.history_days)
        until = cursor.get("until")
        after = datetime.fromisoformat(until) - timedelta(minutes=options.overlap_minutes) if until else history
        url = (
            f"{options.base_url}/subscriptions/{quote(options.subscription)}/resourceGroups/"
            f"{quote(options.resource_group)}/providers/Microsoft.DataFactory/factories/{quote(options.factory)}"
            "/queryPipelineRuns"
        )
        secret = resolve(options.client_secret)
        shaper = self.shaper(source)
        done = 0
        with JsonClient(adf.NAME, secrets=(secret,)) as login:

            def bearer() -> str:
                return adf.token(login, options.login_url, options.tenant, options.client_id, secret)

            with JsonClient(adf.NAME, secrets=(secret,), bearer=bearer) as client:
                for records in adf.ask(client, url, after, now):
                    attempts = adf.attempts(records, lambda group: adf.ask_group(client, url, history, now, group))
                    cells = adf.cells(records, options.factory, done + 1, attempts)
                    done += len(records)
                    yield _batch(shaper.shape(cells, now), None, cells, done)
        cursor = {**cursor, "until": now.isoformat()}
        yield Batch(pa.table({}), cursor=cursor, covers_until=now - LAG, done=done)
        yield from self.corrected(source, cursor)


class SavedAnswers(_RunConnector):
    """Answers of Azure Data Factory saved as JSON files."""

    kind: ClassVar[str] = "adf_file"
    title: ClassVar[str] = N_("Azure Data Factory, saved answers")
    options: ClassVar[type[Options]] = SavedAnswersOptions

    def mapping(self, source: Source) -> RunMapping:
        return adf.MAPPING

    def pull(self, source: Source, cursor: Cursor) -> Iterator[Batch]:
        """Every run of every file: they are few. Complete up to the last update that a run tells of."""
        options = source.options
        assert isinstance(options, SavedAnswersOptions)
        paths = folders.found(options.path)
        if not paths:
            raise SourceFailed(_("No file matches {pattern}.").format(pattern=options.path))
        answers = {path: adf.saved(path) for path in paths}
        every = [record for records in answers.values() for record in records]
        attempts = adf.attempts(every, lambda first: adf.group_of(every, first))
        shaper = self.shaper(source)
        latest: datetime | None = None
        for done, (path, records) in enumerate(answers.items(), start=1):
            cells = adf.cells(records, path.name, 1, attempts)
            shaped = shaper.shape(cells, datetime.fromtimestamp(path.stat().st_mtime, UTC))
            latest = max(filter(None, (latest, pc.max(shaped.rows["observed_at"]).as_py())), default=None)
            yield _batch(shaped, None, cells, done, len(paths))
        yield Batch(pa.table({}), cursor=cursor, covers_until=latest, done=len(paths), total=len(paths))
        yield from self.corrected(source, cursor)


def _batch(shaped: Shaped, cursor: Cursor | None, cells: Cells, done: int = 0, total: int | None = None) -> Batch:
    return Batch(
        rows=shaped.rows,
        refused=[*cells.refused, *shaped.refused],
        cursor=cursor,
        done=done or (cells.lines[-1] if len(cells.lines) else 0),
        total=total,
        notes=shaped.notes,
        settles=shaped.settles,
    )


CONNECTORS = (LogFile(), RunTable(), DataFactory(), SavedAnswers())
