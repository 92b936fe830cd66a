"""Connectors of the mission: task logs, the team's tables of reroutes, volumes and mails, as files or tables."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from core.base.i18n import N_
from core.facts.tables import FactTable
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from core.sources import files, tables
from core.sources.base import Batch, Connector, Cursor, Options, Source
from core.sources.cells import Cells
from core.sources.files import FileOptions, Shaper
from core.sources.mapping import ColumnMapping, Field, guess, known_names
from core.sources.moments import MOMENT_TYPE
from core.sources.tables import TableOptions
from pages.reroutes import queries, rules
from pages.reroutes.derive import BEGINNING, STANDING_VOLUMES, derive, voided
from pages.reroutes.facts import HANDOVERS, MAILS, TASK_EVENTS, VOLUMES
from pages.reroutes.fields import LogMapping, MailMapping, RerouteMapping, VolumeMapping
from pages.reroutes.shape import EventShaper, MailShaper, RerouteShaper, VolumeShaper


class LogFileOptions(LogMapping, FileOptions):
    """A task log in files."""


class LogTableOptions(LogMapping, TableOptions):
    """A task log in a database."""


class RerouteFileOptions(RerouteMapping, FileOptions):
    """The team's table of reroutes in files."""


class RerouteTableOptions(RerouteMapping, TableOptions):
    """The team's table of reroutes in a database."""


class VolumeFileOptions(VolumeMapping, FileOptions):
    """Routed volumes in files."""


class VolumeTableOptions(VolumeMapping, TableOptions):
    """Routed volumes in a database."""


class MailFileOptions(MailMapping, FileOptions):
    """Mails in files."""


class MailTableOptions(MailMapping, TableOptions):
    """Mails in a database."""


class _Mapped:
    """What the connectors share: the source's options are the mapping of its columns."""

    table: ClassVar[FactTable]
    fields: ClassVar[tuple[Field, ...]]

    def mapping(self, source: Source) -> ColumnMapping:
        """How the source's cells become rows."""
        assert isinstance(source.options, ColumnMapping)
        return source.options

    def propose(self, cells: Cells) -> dict[str, Any]:
        """Options that fit a first look at a file: the columns by name."""
        return {"columns": guess(cells.table.column_names, self.fields)}

    def shaper(self, source: Source) -> Shaper:
        """Makes the rows."""
        raise NotImplementedError

    def rows(self, source: Source, cursor: Cursor) -> Iterator[Batch]:
        """What is new in the source's files, or in its table."""
        known = known_names(self.fields, self.mapping(source))
        options = source.options
        if isinstance(options, TableOptions):
            return tables.pull(options, source.name, cursor, known=known, shaper=lambda: self.shaper(source))
        assert isinstance(options, FileOptions)
        return files.pull(
            options.path,
            source.name,
            cursor,
            known=known,
            shaper=lambda: self.shaper(source),
            sheet=options.sheet,
            latest_counts=True,
        )


class _Log(_Mapped):
    """A log of tasks, from which hand-overs follow."""

    table: ClassVar[FactTable] = TASK_EVENTS
    fields: ClassVar[tuple[Field, ...]] = LogMapping.fields

    def shaper(self, source: Source) -> Shaper:
        mapping = self.mapping(source)
        assert isinstance(mapping, LogMapping)
        is_file = isinstance(mapping, FileOptions)
        return EventShaper(source.name, mapping, datetime.now(UTC), lines=is_file)

    def pull(self, source: Source, cursor: Cursor) -> Iterator[Batch]:
        """Events, then what follows from them. The cursor keeps from which moment on nothing was derived yet."""
        mapping = self.mapping(source)
        assert isinstance(mapping, LogMapping)
        aliases = rules.in_force().aliases
        names = sha256(repr(aliases).encode()).hexdigest()[:16]
        renamed = bool(cursor) and cursor.get("names") != names
        since = BEGINNING.isoformat() if renamed else cursor.get("underived")
        for batch in self.rows(source, cursor):
            if len(batch.rows):
                since = min(filter(None, (since, pc.min(batch.rows["moved_at"]).as_py().isoformat())))
            if batch.cursor is not None:
                cursor = {**batch.cursor, "underived": since, "names": cursor.get("names")}
                batch = replace(batch, cursor=cursor)
            yield batch
        if since:
            moment = datetime.fromisoformat(since)
            yield from derive(source.name, moment, aliases, whole_log=mapping.whole_log)
        yield Batch(pa.table({}), cursor={**cursor, "underived": None, "names": names})


class _Reroutes(_Mapped):
    """Hand-overs that a table holds as they are."""

    table: ClassVar[FactTable] = HANDOVERS
    fields: ClassVar[tuple[Field, ...]] = RerouteMapping.fields

    def shaper(self, source: Source) -> Shaper:
        mapping = self.mapping(source)
        assert isinstance(mapping, RerouteMapping)
        return RerouteShaper(source.name, mapping, datetime.now(UTC))

    def pull(self, source: Source, cursor: Cursor) -> Iterator[Batch]:
        """The rows; where the source is read from its beginning, those of another period become void first."""
        mapping = self.mapping(source)
        assert isinstance(mapping, RerouteMapping)
        if not cursor:
            yield Batch(_of_other_periods(source.name, mapping))
        yield from self.rows(source, cursor)


class _Volumes(_Mapped):
    """Volumes that the router placed."""

    table: ClassVar[FactTable] = VOLUMES
    fields: ClassVar[tuple[Field, ...]] = VolumeMapping.fields

    def shaper(self, source: Source) -> Shaper:
        mapping = self.mapping(source)
        assert isinstance(mapping, VolumeMapping)
        return VolumeShaper(source.name, mapping, datetime.now(UTC))

    def pull(self, source: Source, cursor: Cursor) -> Iterator[Batch]:
        """The rows; where the source is read from its beginning, what it said before counts no more."""
        if not cursor:
            yield Batch(_emptied(source.name))
        yield from self.rows(source, cursor)


class _Mails(_Mapped):
    """Mails that tasks were made of."""

    table: ClassVar[FactTable] = MAILS
    fields: ClassVar[tuple[Field, ...]] = MailMapping.fields

    def shaper(self, source: Source) -> Shaper:
        return MailShaper(source.name, self.mapping(source), datetime.now(UTC))

    def pull(self, source: Source, cursor: Cursor) -> Iterator[Batch]:
        """The mails."""
        yield from self.rows(source, cursor)


def _of_other_periods(source: str, mapping: RerouteMapping) -> pa.Table:
    """Rows without a date that this source brought for another period than the one it now says, made void."""
    reader = warehouse().reader(EVERYTHING)
    batches = list(reader.stream(queries.UNDATED_OF, source=source))
    found = pa.Table.from_batches(batches) if batches else HANDOVERS.schema.empty_table()
    period = [pa.scalar(moment, MOMENT_TYPE) for moment in mapping.period or (None, None)]
    here = pc.and_(*(pc.equal(found[name], moment) for name, moment in zip(("moved_at", "until"), period, strict=True)))
    return voided(HANDOVERS, found.filter(pc.invert(pc.fill_null(here, False))))


def _emptied(source: str) -> pa.Table:
    """What the source said of volumes, as zeros: it is about to say it anew."""
    found = warehouse().reader(EVERYTHING).run(STANDING_VOLUMES, source=source, since=BEGINNING).table
    at = found.column_names.index("routed")
    return found.set_column(at, "routed", pa.array([0] * len(found), pa.int64())).select(VOLUMES.schema.names)


class LogFile(_Log):
    kind: ClassVar[str] = "task_log"
    title: ClassVar[str] = N_("Task log (CSV or Excel)")
    options: ClassVar[type[Options]] = LogFileOptions


class LogTable(_Log):
    kind: ClassVar[str] = "task_log_sql"
    title: ClassVar[str] = N_("Task log in a database")
    options: ClassVar[type[Options]] = LogTableOptions


class RerouteFile(_Reroutes):
    kind: ClassVar[str] = "reroutes"
    title: ClassVar[str] = N_("Table of reroutes (CSV or Excel)")
    options: ClassVar[type[Options]] = RerouteFileOptions


class RerouteTable(_Reroutes):
    kind: ClassVar[str] = "reroutes_sql"
    title: ClassVar[str] = N_("Table of reroutes in a database")
    options: ClassVar[type[Options]] = RerouteTableOptions


class VolumeFile(_Volumes):
    kind: ClassVar[str] = "volumes"
    title: ClassVar[str] = N_("Routed volumes (CSV or Excel)")
    options: ClassVar[type[Options]] = VolumeFileOptions


class VolumeTable(_Volumes):
    kind: ClassVar[str] = "volumes_sql"
    title: ClassVar[str] = N_("Routed volumes in a database")
    options: ClassVar[type[Options]] = VolumeTableOptions


class MailFile(_Mails):
    kind: ClassVar[str] = "task_mails"
    title: ClassVar[str] = N_("Mails of the tasks (CSV or Excel)")
    options: ClassVar[type[Options]] = MailFileOptions


class MailTable(_Mails):
    kind: ClassVar[str] = "task_mails_sql"
    title: ClassVar[str] = N_("Mails of the tasks in a database")
    options: ClassVar[type[Options]] = MailTableOptions


CONNECTORS: tuple[Connector, ...] = (
    LogFile(),
    RerouteFile(),
    VolumeFile(),
    MailFile(),
    LogTable(),
    RerouteTable(),
    VolumeTable(),
    MailTable(),
)
