"""Azure Data Factory, asked, or its answers saved as files. Each gives runs of `pipeline_runs`."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field as Option

from core.base import clock
from core.base.errors import SourceFailed
from core.base.i18n import N_, _
from core.facts.tables import FactTable
from core.sources import files, folders
from core.sources.base import Batch, Cursor, Options, Source
from core.sources.cells import Cells
from core.sources.files import Shaped
from core.sources.http import JsonClient
from core.sources.mapping import Field, known_names
from core.sources.reach import Files, Secret, Service
from core.sources.secrets import resolve
from pages.pipelines.facts import PIPELINE_RUNS
from pages.pipelines.sources import adf
from pages.pipelines.sources.run_shaper import RunShaper
from pages.pipelines.sources.runs import RUN_FIELDS, RunMapping

LAG = timedelta(minutes=2)
"""How long Data Factory may take to tell of a run."""

ADF_RUN = (
    "https://adf.azure.com/en/monitoring/pipelineruns/{{run_id}}?factory=/subscriptions/{subscription}"
    "/resourceGroups/{resource_group}/providers/Microsoft.DataFactory/factories/{factory}"
)


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


class _Answers:
    """What both connectors share: answers are cells, mapped as Data Factory names them."""

    table: ClassVar[FactTable] = PIPELINE_RUNS
    fields: ClassVar[tuple[Field, ...]] = RUN_FIELDS

    def mapping(self, source: Source) -> RunMapping:
        """How the source's cells become runs."""
        return adf.MAPPING

    def shaper(self, source: Source) -> RunShaper:
        """Makes runs of the source's cells."""
        return RunShaper(source.name, source.squad, self.mapping(source), clock.now())

    def corrected(self, source: Source, cursor: Cursor) -> Iterator[Batch]:
        """Corrected rows that people dropped."""
        known = known_names(self.fields, self.mapping(source))
        return files.pull_corrections(source.name, cursor, known=known, shaper=lambda: self.shaper(source))


class DataFactory(_Answers):
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
        now = clock.now()
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


class SavedAnswers(_Answers):
    """Answers of Azure Data Factory saved as JSON files."""

    kind: ClassVar[str] = "adf_file"
    title: ClassVar[str] = N_("Azure Data Factory, saved answers")
    options: ClassVar[type[Options]] = SavedAnswersOptions

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
