"""The extracts as they stand: what is declared now, beside what landed under declarations that were."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from pydantic import ValidationError

from core.base.i18n import _
from core.declared.extracts import Extract, Standing, fed, holds, kept, standing
from core.declared.files import Declared, declared
from core.facts.lake import lake
from core.people.person import Role
from core.rules.document import Where
from core.rules.ruleset import problem

TOLD = frozenset({Role.LEAD})
"""Who is told the people that extracts name, and what is made of them, while their treatments stand in the register."""


@dataclass(frozen=True)
class Extracts(Declared[Standing]):
    """`things` can be asked and fed: as they are declared or, while that is wrong, as they landed. `gone` landed and
    are declared no more. `protected`: by table, columns that are declared no more as personal, and landed so."""

    gone: tuple[Standing, ...] = ()
    protected: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False)


def extracts(taken: Collection[str]) -> Extracts:
    """The extracts as they stand now; `taken` are names of coded tables."""
    before, unread = _landed()
    in_files = declared(Extract, "extracts", partial(_against, taken, before))
    things = {thing.extract: standing(thing, before.get(thing.extract)) for thing in in_files.things}
    old = {name: before[name] for name, _said in in_files.wrong if name in before.keys() - things.keys()}
    gone = tuple(extract for name, extract in before.items() if name not in things.keys() | old.keys() | {*taken})
    protected = {thing.extract: _protected(thing, things[thing.extract]) for thing in in_files.things}
    return Extracts((*things.values(), *old.values()), (*in_files.wrong, *unread), gone, protected)


def _unfed(extract: Standing) -> Iterator[tuple[Where, str]]:
    """What is wrong with options of its sources: what they reach is checked as that of any source."""
    for place, (_feed, connector, options) in enumerate(fed(extract)):
        try:
            connector.options.model_validate(options)
        except ValidationError as error:
            first = error.errors()[0]
            yield ("sources", place, *first["loc"]), problem(first)


def _protected(declared: Extract, stands: Standing) -> tuple[str, ...]:
    pairs = zip(declared.columns, stands.columns, strict=True)
    return tuple(now.name for was, now in pairs if now.personal and not was.personal)


def _landed() -> tuple[Mapping[str, Standing], list[tuple[str, str]]]:
    """What landed, by name, and what cannot be read of it."""
    landed, wrong = {}, []
    for name, text in lake().declarations().items():
        try:
            landed[name] = kept(text)
        except ValidationError:
            pattern = _("What is kept of the declaration of {name} cannot be read: its people are not forgotten.")
            wrong.append((name, pattern.format(name=name)))
    return landed, wrong


def _against(taken: Collection[str], landed: Mapping[str, Standing], extract: Extract) -> Iterator[tuple[Where, str]]:
    """What is not as it landed, and cannot be changed below its rows."""
    if extract.extract in taken or extract.extract.endswith("_observations"):
        yield ("extract",), _("a table of Vigie bears this name: choose another")
    before = landed.get(extract.extract)
    changed = list(_changed(extract, before)) if before else []
    yield from changed
    if not changed:  # what cannot stand over its rows has no table that sources could feed
        yield from _unfed(standing(extract, before))


def _changed(extract: Extract, before: Standing) -> Iterator[tuple[Where, str]]:
    """What cannot be changed below the rows that landed."""
    was = {column.name: column for column in (*before.columns, *before.former)}
    way = _("give it another name, or empty the table first (screen “Declared data”); until then it goes on as it was")
    for place, column in enumerate(extract.columns):
        old = was.get(column.name)
        if old is not None and holds(old) != holds(column):
            pattern = _("the column {name} landed as {kind}: {way}")
            yield ("columns", place, "kind"), pattern.format(name=column.name, kind=old.kind.value, way=way)
        if old is not None and old.personal and column.required:
            pattern = _("the column {name} named people when it landed, so it cannot be required: {way}")
            yield ("columns", place, "required"), pattern.format(name=column.name, way=way)
    for named, now, then in (("key", extract.key, before.key), ("time", (extract.time,), (before.time,))):
        if {*now} != {*then}:
            pattern = _("the rows landed by {columns}: {way}")
            yield (named,), pattern.format(columns=", ".join(then), way=way)
