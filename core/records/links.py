"""Links from records to records: a field of kind `LINKS` holds references, and either end shows the other.

The one end names the other in its content; the other asks whoever names it (`core.mission.related`), so that missions
import nothing of each other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.base.errors import InputInvalid
from core.base.i18n import _, language
from core.facts.query import Reader
from core.mission.contract import Related, RelatedMaker, Thing
from core.mission.discovery import missions
from core.people.person import Person
from core.people.rights import may_see
from core.records import records
from core.records.collection import Collection
from core.records.fields import Form, Kind
from core.records.records import Line
from core.store.engine import store
from core.store.kept import until_changed
from core.store.schema import records as table

Reaches = Callable[[sa.Connection, Sequence[Line]], Mapping[int, Sequence[str]]]
"""Who is touched by what befalls some records, by record."""
OFFERED = 1_000
"""Records of another collection that a field offers."""


def check(connection: sa.Connection, form: Form, entry: Any, kept: Mapping[str, Any] | None = None) -> None:
    """Raise InputInvalid, naming the field, where a link leads to no record; `kept` ones may stay."""
    for field in form.fields:
        if field.kind is not Kind.LINKS:
            continue
        asked = set(getattr(entry, field.name).values) - set((kept or {}).get(field.name) or ())
        known = sa.select(table.c.ref).where(table.c.kind == field.to, table.c.ref.in_(asked))
        for ref in sorted(asked - set(connection.scalars(known))) if asked else ():
            raise InputInvalid(_("{field}: there is no record {ref}.").format(field=_(field.label), ref=ref))


def collections() -> dict[str, Collection]:
    """The collections of every mission, by kind of record."""
    return {collection.kind: collection for mission in missions().values() for collection in mission.collections}


def options(connection: sa.Connection, person: Person, kind: str) -> dict[str, str]:
    """The records that a link of a kind may lead to, as far as the person may see them: reference → name."""
    collection = collections().get(kind)
    if collection is None or not may_see(person, collection.home):
        return {}
    wanted = replace(collection.live, squads=person.scope.squads)
    lines = records.find(connection, kind, wanted, limit=OFFERED).lines
    return {line.ref: line.title for line in lines}


def related(reaches: Reaches | None, *collections: Collection) -> RelatedMaker:
    """`MISSION.related` of collections: which records name each thing, closed ones left out, and what a thing is that
    is itself one of their records."""

    def say(
        reader: Reader, person: Person, now: datetime, things: frozenset[Thing]
    ) -> Mapping[Thing, Sequence[Related]]:
        with store().read() as connection:
            squads = person.scope.squads
            key = ("related", tuple(collection.kind for collection in collections), things, language(), squads)
            return until_changed(connection, key, lambda: _read(connection, collections, things, reaches, squads))

    return say


def _read(
    connection: sa.Connection,
    collections: Sequence[Collection],
    things: frozenset[Thing],
    reaches: Reaches | None,
    squads: frozenset[str] | None,
) -> Mapping[Thing, Sequence[Related]]:
    related_by_thing: dict[Thing, list[Related]] = {}
    for collection in collections:
        own = records.by_refs(connection, collection.kind, [name for kind, name in things if kind == collection.kind])
        for ref, line in ((ref, line) for ref, line in own.items() if squads is None or line.squad in squads):
            related_by_thing.setdefault((collection.kind, ref), []).append(_told(collection, line, own=True))
        named = naming(connection, collection, things, squads)
        whom = reaches(connection, [line for lines in named.values() for line in lines]) if reaches else {}
        for thing, lines in named.items():
            related_by_thing.setdefault(thing, []).extend(
                _told(collection, line, whom.get(line.id, ())) for line in lines
            )
    return related_by_thing


def naming(
    connection: sa.Connection, collection: Collection, things: frozenset[Thing], squads: frozenset[str] | None
) -> dict[Thing, list[Line]]:
    """The records of some squads (None: of all) that name each thing, closed ones left out."""
    lines_by_thing: dict[Thing, list[Line]] = {}
    for facet, reads in collection.facets.items():
        names = [name for kind, name in things if reads.thing and kind == reads.thing]
        for name, lines in (records.having(connection, collection.kind, facet, names) if names else {}).items():
            mine = [line for line in lines if squads is None or line.squad in squads]
            live = [line for line in mine if line.state not in collection.workflow.closed]
            lines_by_thing.setdefault((reads.thing, name), []).extend(live)
    return lines_by_thing


def _told(collection: Collection, line: Line, reaches: Sequence[str] = (), *, own: bool = False) -> Related:
    text = _("{ref}, {name}").format(ref=line.ref, name=line.title)
    if own:
        text = _("{label}: {value}").format(label=text, value=_(collection.workflow.state(line.state).name))
    first = collection.home.collections[0].kind
    there = {"record": line.ref} if collection.kind == first else {"kind": collection.kind, "record": line.ref}
    return Related(text, reaches=tuple(reaches), address=(collection.mission, there))
