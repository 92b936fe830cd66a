"""Connectors of the mission: Jira Cloud, Jira Data Center, saved answers of both, exports in CSV or Excel."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Self

import pyarrow as pa
from pydantic import Field as Option
from pydantic import field_validator, model_validator

from core.base import clock
from core.base.i18n import N_, _
from core.facts.tables import FactTable
from core.sources import files, folders
from core.sources.base import Batch, Connector, Cursor, Options, Source
from core.sources.cells import Cells
from core.sources.files import FileOptions
from core.sources.http import JsonClient
from core.sources.mapping import Field, guess, known_names
from core.sources.reach import Files, Proxy, Secret, Service
from core.sources.secrets import resolve
from pages.jira import reconcile, rest, saved, service
from pages.jira.exports import ISSUE_FIELDS, ExportMapping, ExportShaper
from pages.jira.facts import ISSUES
from pages.jira.rest import FieldOptions
from pages.jira.service import Cloud, DataCenter, Jira, Question

GATHERED = 2_000
"""Issues that land at once: a landing costs about the same for one as for thousands."""
MONTHS = 12
"""Of so many months of creation at most."""
LAG = timedelta(minutes=2)
"""How long a search of Jira may not yet know what happened."""


class JiraOptions(FieldOptions):
    """Which Jira, and which of its issues are the activity."""

    site: Service = Option(title=N_("Address of Jira"), description=N_("E.g. https://jira.example"))
    token: Secret = Option(title=N_("Token"), description=N_("As ${NAME}, e.g. ${VIGIE_SECRET_JIRA}"))
    label: str = Option(
        default="start_data_explo", title=N_("Label"), description=N_("Of the activity's issues; empty: any")
    )
    projects: list[str] = Option(default_factory=list, title=N_("Projects"), description=N_("Keys; empty: any"))
    jql: str = Option(default="", title=N_("JQL"), description=N_("Delimits the activity further"))
    overlap_hours: float = Option(
        default=24, ge=0, le=1000, title=N_("Overlap (hours)"), description=N_("Read again, for what was told late")
    )
    reconcile_hours: float = Option(
        default=24,
        ge=1,
        le=1000,
        title=N_("Comparison (hours)"),
        description=N_("How often every issue is compared, to find those deleted or moved"),
    )
    page_size: int = Option(default=500, ge=2, le=5000, title=N_("Issues a page"))
    proxy: Proxy = Option(
        default="",
        title=N_("Proxy"),
        description=N_("E.g. http://proxy.example:3128, its password as ${NAME}; empty: as the environment says"),
    )
    authorities: Files = Option(
        default="",
        title=N_("Certificates"),
        description=N_("A PEM file of the company's own authorities, trusted besides the usual ones"),
    )

    @field_validator("jql")
    @classmethod
    def _is_a_condition(cls, value: str) -> str:
        if re.search(r"\border\s+by\b", value, re.IGNORECASE):
            raise ValueError(_("Leave out ORDER BY: Vigie orders by creation."))
        return value.strip()

    @model_validator(mode="after")
    def _delimits(self) -> Self:
        if not (self.label or self.projects or self.jql):
            raise ValueError(_("Give a label, projects or JQL: Jira answers no question without a limit."))
        return self

    @property
    def activity(self) -> str:
        """The activity in Jira's words."""
        parts = [f"labels in ({service.quoted([self.label])})"] if self.label else []
        parts += [f"project in ({service.quoted(self.projects)})"] if self.projects else []
        parts += [f"({self.jql})"] if self.jql else []
        return " AND ".join(parts)

    def asking(self, token: str, bearer: Callable[[], str] | None = None) -> JsonClient:
        """What asks this Jira, through the proxy and with the certificates that are said."""
        proxy = resolve(self.proxy)
        hidden = (token, *((proxy,) if proxy else ()))
        return JsonClient(
            service.NAME,
            secrets=hidden,
            bearer=bearer,
            proxy=proxy,
            authorities=str(folders.one(self.authorities)) if self.authorities else "",
        )


class CloudOptions(JiraOptions):
    """A Jira Cloud, asked as a person by e-mail and token."""

    email: str = Option(title=N_("E-mail of the account"))


class SavedOptions(FieldOptions):
    """Answers of Jira that were saved as JSON."""

    path: Files = Option(
        title=N_("Path"),
        description=N_("A file or a pattern, e.g. incoming/*.json.gz, or DevLake's *.csv; relative to the data folder"),
    )


class ExportOptions(ExportMapping, FileOptions):
    """An export, or several of one form."""


class _Service:
    """What both kinds of Jira share: a first full reading, then what changed, and now and then a comparison.

    The cursor holds `since` (all is known up to there), and while a reading is under way `began` and `floor`: the
    creation of the last issue that landed, from where a reading that broke off goes on.
    """

    table: ClassVar[FactTable] = ISSUES

    def _asking(self, options: JiraOptions) -> AbstractContextManager[Jira]:
        raise NotImplementedError

    def pull(self, source: Source, cursor: Cursor) -> Iterator[Batch]:
        """What changed since the cursor, less the overlap; then what a comparison with every issue finds."""
        options = source.options
        assert isinstance(options, JiraOptions)
        with self._asking(options) as jira:
            known = jira.fields()
            request_type, client = (service.field_id(name, known) for name in (options.request_type, options.client))
            reader = rest.Reader(source.name, source.squad, request_type=request_type, client=client, site=options.site)
            fields = [*rest.FIELDS, request_type, client]
            zone = jira.zone()
            began = datetime.fromisoformat(cursor["began"]) if "began" in cursor else clock.now()
            yield from self._changed(jira, options, reader, fields, zone, {**cursor, "began": began.isoformat()})
            cursor = {"since": began.isoformat(), "reconciled": cursor.get("reconciled")}
            due = not cursor["reconciled"] or clock.now() - datetime.fromisoformat(cursor["reconciled"]) >= timedelta(
                hours=options.reconcile_hours
            )
            if due:
                now = clock.now()
                everything = Question(options.activity, zone)
                yield from reconcile.reconcile(jira, everything, reader, fields, source.name, now)
                cursor = {**cursor, "reconciled": now.isoformat()}
            yield Batch(pa.table({}), cursor=cursor, covers_until=began - LAG)

    def _changed(
        self, jira: Jira, options: JiraOptions, reader: rest.Reader, fields: list[str], zone: str, cursor: Cursor
    ) -> Iterator[Batch]:
        since, floor = (datetime.fromisoformat(at) if (at := cursor.get(name)) else None for name in ("since", "floor"))
        question = Question(options.activity, zone, since and since - timedelta(hours=options.overlap_hours), floor)
        done = 0
        for gathered in _gathered(jira.pages(question, fields)):
            jira.complete(gathered)
            for issues in _landings(gathered):
                done += len(issues)
                cursor = {**cursor, "floor": service.created(issues[-1]).isoformat()}
                yield from batches(reader.read(issues, service.NAME, done - len(issues)), cursor, done)


def _landings(issues: list[Any]) -> Iterator[list[Any]]:
    """Parts of some issues, of so many months of creation each: a landing holds in memory the months that it rewrites,
    and what changed may be of all times."""
    part: list[Any] = []
    months: set[str] = set()
    for issue in issues:
        said = issue.get("fields") if isinstance(issue, dict) else None
        month = str((said or {}).get("created"))[:7]
        if len(months | {month}) > MONTHS:
            yield part
            part, months = [], set()
        part.append(issue)
        months.add(month)
    if part:
        yield part


def _gathered(pages: Iterator[list[Any]]) -> Iterator[list[Any]]:
    """Pages put together until they are worth a landing."""
    waiting: list[Any] = []
    try:
        for page in pages:
            waiting += page
            if len(waiting) >= GATHERED:
                yield waiting
                waiting = []
    except BaseException:
        # What came before the fault lands all the same, and reading goes on from there next time.
        if waiting:
            yield waiting
        raise
    if waiting:
        yield waiting


def batches(rows: rest.Rows, cursor: Cursor | None, done: int, total: int | None = None) -> Iterator[Batch]:
    """What lands of some issues; the cursor comes with the last part."""
    parts = rows.tables()
    for table, part in parts[:-1]:
        if len(part):
            yield Batch(part, table=table, done=done, total=total)
    table, part = parts[-1]
    yield Batch(part, table=table, refused=rows.refused, cursor=cursor, done=done, total=total)


class JiraCloud(_Service):
    """Jira Cloud."""

    kind: ClassVar[str] = "jira_cloud"
    title: ClassVar[str] = N_("Jira Cloud")
    options: ClassVar[type[Options]] = CloudOptions

    @contextmanager
    def _asking(self, options: JiraOptions) -> Iterator[Jira]:
        assert isinstance(options, CloudOptions)
        token = resolve(options.token)
        with options.asking(token) as client:
            yield Cloud(client, options.site, options.page_size, (options.email, token))


class JiraDataCenter(_Service):
    """Jira Server and Data Center."""

    kind: ClassVar[str] = "jira_server"
    title: ClassVar[str] = N_("Jira Data Center")
    options: ClassVar[type[Options]] = JiraOptions

    @contextmanager
    def _asking(self, options: JiraOptions) -> Iterator[Jira]:
        token = resolve(options.token)
        with options.asking(token, bearer=lambda: token) as client:
            yield DataCenter(client, options.site, options.page_size)


class SavedAnswers:
    """Answers of either API saved as files: JSON (whole answers, lists of issues, one issue a line), the raw tables of
    DevLake as CSV; gzip too."""

    kind: ClassVar[str] = "jira_saved"
    title: ClassVar[str] = N_("Jira, saved answers")
    table: ClassVar[FactTable] = ISSUES
    options: ClassVar[type[Options]] = SavedOptions

    def pull(self, source: Source, cursor: Cursor) -> Iterator[Batch]:
        """The issues of the files that changed since the cursor."""
        options = source.options
        assert isinstance(options, SavedOptions)
        reader = rest.Reader(source.name, source.squad, request_type=options.request_type, client=options.client)
        paths = saved.found(options.path)
        read: dict[str, Any] = dict(cursor.get("files", {}))
        for done, path in enumerate(paths, start=1):
            stat = path.stat()
            version = [stat.st_size, stat.st_mtime_ns]
            if read.get(str(path)) == version:
                continue
            before = 0
            for issues in _gathered(saved.issues(path)):
                yield from batches(reader.read(issues, path.name, before), None, done, len(paths))
                before += len(issues)
            read[str(path)] = version
            yield Batch(pa.table({}), cursor={"files": dict(read)}, done=done, total=len(paths))
        newest = max(path.stat().st_mtime for path in paths)
        yield Batch(pa.table({}), cursor={"files": read}, covers_until=datetime.fromtimestamp(newest, UTC))


class Export:
    """Exports of Jira: CSV in any dialect, workbooks."""

    kind: ClassVar[str] = "jira_export"
    title: ClassVar[str] = N_("Jira export (CSV or Excel)")
    table: ClassVar[FactTable] = ISSUES
    options: ClassVar[type[Options]] = ExportOptions
    fields: ClassVar[tuple[Field, ...]] = ISSUE_FIELDS

    def mapping(self, source: Source) -> ExportMapping:
        """How the export's cells become issues."""
        assert isinstance(source.options, ExportMapping)
        return source.options

    def shaper(self, source: Source) -> ExportShaper:
        """Makes the issues."""
        return ExportShaper(source.name, source.squad, self.mapping(source))

    def propose(self, cells: Cells) -> dict[str, Any]:
        """Options that fit a first look at a file: the columns by name."""
        return {"columns": guess(cells.table.column_names, self.fields)}

    def pull(self, source: Source, cursor: Cursor) -> Iterator[Batch]:
        """What is new in the files since the cursor."""
        options = source.options
        assert isinstance(options, ExportOptions)
        return files.pull(
            options.path,
            source.name,
            cursor,
            known=known_names(self.fields, options),
            shaper=lambda: self.shaper(source),
            sheet=options.sheet,
        )


CONNECTORS: tuple[Connector, ...] = (JiraCloud(), JiraDataCenter(), Export(), SavedAnswers())
