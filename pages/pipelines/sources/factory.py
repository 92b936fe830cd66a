"""Azure Data Factory, asked, or its answers saved as files. Each gives runs of `pipeline_runs`."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field as Option

from core.base.errors import SourceFailed
from core.base.i18n import N_, _
from core.sources import folders
from core.sources.base import Batch, Cursor, Options, Source
from core.sources.reach import Files, Service
from pages.pipelines.sources import adf
from pages.pipelines.sources.asked import Asked, AskedOptions, Runs, landed
from pages.pipelines.sources.entra import EntraOptions
from pages.pipelines.sources.runs import RunMapping

ADF_RUN = (
    "https://adf.azure.com/en/monitoring/pipelineruns/{{run_id}}?factory=/subscriptions/{subscription}"
    "/resourceGroups/{resource_group}/providers/Microsoft.DataFactory/factories/{factory}"
)


class FactoryOptions(EntraOptions):
    """A Data Factory, asked as a registered application that may read it."""

    subscription: str = Option(title=N_("Subscription"))
    resource_group: str = Option(title=N_("Resource group"))
    factory: str = Option(title=N_("Factory"))
    history_days: int = Option(
        default=45, ge=1, le=45, title=N_("Days to read first"), description=N_("Data Factory keeps 45")
    )
    base_url: Service = Option(default="https://management.azure.com", title=N_("Address of the service"))


class SavedAnswersOptions(Options):
    """Answers of Data Factory that were saved as JSON."""

    path: Files = Option(
        title=N_("Path"), description=N_("A file or a pattern, e.g. incoming/adf-*.json; relative to the data folder")
    )


class DataFactory(Asked):
    """Azure Data Factory, asked for what changed since the last reading."""

    kind: ClassVar[str] = "adf"
    title: ClassVar[str] = N_("Azure Data Factory")
    options: ClassVar[type[Options]] = FactoryOptions
    own_mapping: ClassVar[RunMapping] = adf.MAPPING

    def mapping(self, source: Source) -> RunMapping:
        options = source.options
        assert isinstance(options, FactoryOptions)
        place = {name: quote(getattr(options, name), safe="") for name in ("subscription", "resource_group", "factory")}
        return adf.MAPPING.model_copy(update={"run_url": ADF_RUN.format(**place)})

    def pages(self, options: AskedOptions, after: datetime, now: datetime) -> Iterator[list[Any]]:
        """Runs that were last updated since."""
        assert isinstance(options, FactoryOptions)
        history = now - timedelta(days=options.history_days)
        url = (
            f"{options.base_url}/subscriptions/{quote(options.subscription)}/resourceGroups/"
            f"{quote(options.resource_group)}/providers/Microsoft.DataFactory/factories/{quote(options.factory)}"
            "/queryPipelineRuns"
        )
        with options.asking(adf.NAME, adf.SCOPE) as client:
            for records in adf.ask(client, url, after, now):
                attempts = adf.attempts(records, lambda group: adf.ask_group(client, url, history, now, group))
                yield adf.rows(records, attempts)


class SavedAnswers(Runs):
    """Answers of Azure Data Factory saved as JSON files."""

    kind: ClassVar[str] = "adf_file"
    title: ClassVar[str] = N_("Azure Data Factory, saved answers")
    options: ClassVar[type[Options]] = SavedAnswersOptions
    own_mapping: ClassVar[RunMapping] = adf.MAPPING

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
            cells = self.cells(adf.rows(records, attempts), path.name)
            shaped = shaper.shape(cells, datetime.fromtimestamp(path.stat().st_mtime, UTC))
            latest = max(filter(None, (latest, pc.max(shaped.rows["observed_at"]).as_py())), default=None)
            yield landed(shaped, cells.refused, done, len(paths))
        yield Batch(pa.table({}), cursor=cursor, covers_until=latest, done=len(paths), total=len(paths))
        yield from self.corrected(source, cursor)
