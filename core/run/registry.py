"""The configured sources: kept in the store, checked by their connector's options, every change in the audit.

Who may change them is checked by the caller, in the same transaction (`core.people.rights.require`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from pydantic import ValidationError

from core.base import clock
from core.base.errors import VigieError
from core.base.i18n import _
from core.facts.lake import lake
from core.facts.reads import READS, REMOVED
from core.facts.tables import FactTable
from core.mission.discovery import missions
from core.sources import refusals
from core.sources.base import Connector, Cursor, Options, Source
from core.sources.files import FileOptions
from core.sources.mapping import ColumnMapping
from core.sources.tables import TableOptions
from core.store import changes
from core.store.schema import audit, refused_rows, sources

_NAME = re.compile(r"(?![. ])[^\x00-\x1f\x7f/\\<>:\"|?*\[\]]{1,100}(?<![. ])")
_ENTITY = "source"
_ANEW = "anew"
_PLACES = frozenset({*FileOptions.model_fields, *TableOptions.model_fields}) - {"sheet", "rows"}
"""Options that say where a source lies, and nothing of what its rows mean."""


class SourceInvalid(VigieError):
    """A source is declared wrongly; the sentence names the field."""


@dataclass(frozen=True)
class Entry:
    """A source as the store holds it. Its options were right once: `source()` checks them again."""

    name: str
    mission: str
    kind: str
    options: dict[str, Any]
    squad: str | None
    enabled: bool
    version: int
    cursor: Cursor

    @property
    def anew(self) -> bool:
        """Whether its next reading takes the place of all that it told before."""
        return _ANEW in self.cursor

    @property
    def left(self) -> Cursor:
        """Where it was left; empty where it is read from its beginning."""
        return {} if self.anew else self.cursor

    def connector(self) -> Connector:
        """Its connector. Raises SourceInvalid when the mission has none of that kind any more."""
        return connector(self.mission, self.kind)

    def source(self) -> Source:
        """The source with checked options. Raises SourceInvalid."""
        options = check(self.connector(), self.options)
        return Source(self.name, self.mission, self.kind, options, self.squad, self.enabled)


def connector(mission: str, kind: str) -> Connector:
    """The connector that a mission offers under a kind. Raises SourceInvalid naming those that there are."""
    if mission not in missions():
        raise SourceInvalid(
            _("mission: “{name}” is none; there are {all}.").format(name=mission, all=", ".join(missions()))
        )
    kinds = {connector_there.kind: connector_there for connector_there in missions()[mission].connectors}
    if kind not in kinds:
        if unread := missions()[mission].unread(kind):
            raise SourceInvalid(unread)
        raise SourceInvalid(_("kind: “{name}” is none; there are {all}.").format(name=kind, all=", ".join(kinds)))
    return kinds[kind]


def check(of: Connector, values: Mapping[str, Any]) -> Options:
    """Options from plain values. Raises SourceInvalid with one sentence that names each wrong field."""
    try:
        return of.options.model_validate(dict(values))
    except ValidationError as error:
        raise SourceInvalid(" ".join(map(_fault, error.errors()))) from None


def _fault(error: Any) -> str:
    field = ".".join(map(str, error["loc"]))
    match error["type"]:
        case "missing":
            return _("{field}: is missing.").format(field=field)
        case "extra_forbidden":
            return _("{field}: is unknown.").format(field=field)
        case "value_error":
            sentence = str(error["ctx"]["error"])
            return f"{field}: {sentence}" if field else sentence
    return _("{field}: is not right ({reason}).").format(field=field, reason=error["msg"])


def entries(connection: sa.Connection) -> list[Entry]:
    """Every source, by name."""
    rows = connection.execute(sa.select(sources).order_by(sources.c.name)).mappings()
    return [Entry(**row) for row in rows]


def find(connection: sa.Connection, name: str) -> Entry | None:
    """The source of that name."""
    row = connection.execute(sa.select(sources).where(sources.c.name == name)).mappings().first()
    return Entry(**row) if row else None


def add(connection: sa.Connection, source: Source, *, who: str) -> None:
    """Declare a new source. Raises SourceInvalid when the name is taken or is none."""
    if not _NAME.fullmatch(source.name):
        raise SourceInvalid(
            _("name: “{name}” is empty, too long, or holds a sign that a file name may not.").format(name=source.name)
        )
    if find(connection, source.name):
        raise SourceInvalid(name_taken(source.name))
    _check_squad(source)
    values = _values(source)
    connection.execute(
        sa.insert(sources).values(
            name=source.name, mission=source.mission, kind=source.kind, cursor={}, version=1, **values
        )
    )
    after = {"mission": source.mission, "kind": source.kind, **values}
    changes.record(connection, who=who, entity=_ENTITY, key=source.name, action="add", after=after)


def change(connection: sa.Connection, source: Source, version: int, *, who: str, action: str = "change") -> None:
    """Change a source that still has the version that was read. With other options, or of another squad, it is read
    from its beginning; where they say otherwise what its rows mean, that takes the place of all that it told before.

    Mission and kind stay. Raises Conflict, or SourceInvalid when there is no such source.
    """
    before = _known(connection, source.name)
    _check_squad(source)
    values = _values(source)
    cursor = before.cursor
    if values["options"] != before.options or values["squad"] != before.squad:
        differing = {name for name in {*values["options"], *before.options} if _differs(name, values, before)}
        means = isinstance(source.options, ColumnMapping) and bool(differing - _PLACES - source.options.parts)
        cursor = {_ANEW: True} if means or before.anew else {}
        refusals.forget(connection, source.name)
    changes.update(
        connection,
        sources,
        {"name": source.name},
        version,
        {**values, "cursor": cursor},
        sentence=_("Somebody changed “{name}” meanwhile: look at it again.").format(name=source.name),
    )
    former = {"options": before.options, "squad": before.squad, "enabled": before.enabled}
    changes.record(connection, who=who, entity=_ENTITY, key=source.name, action=action, before=former, after=values)


def name_taken(name: str) -> str:
    """Why a source cannot be added under a name."""
    return _("name: there is a source “{name}” already.").format(name=name)


def added_by(connection: sa.Connection, name: str) -> str | None:
    """Who added the source of that name, as the audit says."""
    adding = (audit.c.entity == _ENTITY) & (audit.c.key == name) & (audit.c.action == "add")
    return connection.scalar(sa.select(audit.c.who).where(adding).order_by(audit.c.id.desc()).limit(1))


def stands(entry: Entry, source: Source) -> bool:
    """Whether the registry holds a source just as it is."""
    return _values(source) == {"options": entry.options, "squad": entry.squad, "enabled": entry.enabled}


def _differs(name: str, values: Mapping[str, Any], before: Entry) -> bool:
    return bool(values["options"].get(name) != before.options.get(name))


def read_anew(connection: sa.Connection, name: str, *, who: str) -> None:
    """Let the next reading of a source begin anew and take the place of all that it told before.

    Raises SourceInvalid when there is no such source.
    """
    entry = _known(connection, name)
    refusals.forget(connection, name)
    changed = {"cursor": {_ANEW: True}, "version": entry.version + 1}
    connection.execute(sa.update(sources).where(sources.c.name == name).values(changed))
    changes.record(connection, who=who, entity=_ENTITY, key=name, action="empty")


def forget(connection: sa.Connection, name: str, *, who: str) -> None:
    """Take a source out for good; of its facts, see `core.run.undo`. Raises SourceInvalid when there is none."""
    entry = _known(connection, name)
    connection.execute(sa.delete(refused_rows).where(refused_rows.c.source == name))
    connection.execute(sa.delete(sources).where(sources.c.name == name))
    before = {"mission": entry.mission, "kind": entry.kind, "options": entry.options, "squad": entry.squad}
    changes.record(connection, who=who, entity=_ENTITY, key=name, action="forget", before=before)


def _known(connection: sa.Connection, name: str) -> Entry:
    entry = find(connection, name)
    if entry is None:
        raise SourceInvalid(_("name: there is no source “{name}”.").format(name=name))
    return entry


def enable(connection: sa.Connection, name: str, version: int, enabled: bool, *, who: str) -> None:
    """Remove a source (it is not read any more; its facts, options and history stay), or take the removal back.

    A removal lands among its readings, so that whoever judges by them knows of it. Raises LandingFailed.
    """
    entry = _known(connection, name)
    changes.update(
        connection,
        sources,
        {"name": name},
        version,
        {"enabled": enabled},
        sentence=_("Somebody changed “{name}” meanwhile: look at it again.").format(name=name),
    )
    if not enabled:
        _land_removal(entry)
    action = "restore" if enabled else "remove"
    changes.record(
        connection,
        who=who,
        entity=_ENTITY,
        key=name,
        action=action,
        before={"enabled": entry.enabled},
        after={"enabled": enabled},
    )


def _land_removal(entry: Entry) -> None:
    now = clock.now()
    moments = {"read_at": now, "ended_at": now}
    row = {"source": entry.name, "mission": entry.mission, "outcome": REMOVED, "squad": entry.squad, **moments}
    lake().land(READS, pa.Table.from_pylist([{**row, "landed": 0, "refused": 0}], schema=READS.schema))


def save_cursor(connection: sa.Connection, entry: Entry, cursor: Cursor) -> None:
    """Remember where a source was left, unless somebody changed it meanwhile: then it is read again from there on."""
    connection.execute(
        sa.update(sources).where(sources.c.name == entry.name, sources.c.version == entry.version).values(cursor=cursor)
    )


def unscoped(table: FactTable) -> str:
    """Why a source of a squad cannot feed a table that does not say whose its rows are."""
    sentence = _("squad: the rows of {table} cannot be kept for one squad; leave it empty, and everybody sees them.")
    return sentence.format(table=table.name)


def _check_squad(source: Source) -> None:
    table = connector(source.mission, source.kind).table
    if source.squad and table.squad is None:
        raise SourceInvalid(unscoped(table))


def _values(source: Source) -> dict[str, Any]:
    return {
        "options": source.options.model_dump(mode="json", exclude_defaults=True),
        "squad": source.squad or connector(source.mission, source.kind).table.whose,
        "enabled": source.enabled,
    }
