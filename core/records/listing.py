"""The list of a collection: what it can be filtered by, how many records each choice would give, and its figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from core.base.i18n import N_, _, local, show_number
from core.base.periods import Grain
from core.records import records
from core.records.collection import Collection
from core.records.facets import FIXED, LACKS, STATE
from core.records.lists import Lists
from core.records.records import Line, Tally, Wanted, fold
from core.records.words import show_field
from core.store.kept import until_changed

OFFERED = 300
"""Values of a facet that are offered: the most frequent ones."""
WHOLE, INCOMPLETE = "whole", "incomplete"
COMPLETENESS = {WHOLE: N_("complete"), INCOMPLETE: N_("incomplete")}
DUE, CHANGED = "due", "quarter"
LOOKS = {DUE: N_("review overdue"), CHANGED: N_("changed this quarter")}
ORDERS: dict[str, tuple[records.Order, bool, str]] = {
    "ref": ("ref", False, N_("reference")),
    "title": ("title", False, N_("name")),
    "changed": ("changed_at", True, N_("last changed first")),
    "incomplete": ("completeness", False, N_("least complete first")),
    "review": ("review_on", False, N_("next review first")),
}


def label(collection: Collection, facet: str) -> str:
    """What a facet is called."""
    return _(FIXED.get(facet) or collection.facets[facet].label)


def words(collection: Collection, facet: str, lists: Lists, code: str) -> str:
    """A value of a facet in words."""
    if facet == STATE:
        return _(collection.workflow.state(code).name)
    if facet == LACKS:
        return show_field(collection.form, code)
    reads = collection.facets.get(facet)
    if reads and reads.choices:
        return lists.label(reads.choices, code)
    return _(reads.names[code]) if reads and reads.names and code in reads.names else code


def filtered(collection: Collection) -> list[str]:
    """The facets that a list offers."""
    return [*FIXED, *(name for name, facet in collection.facets.items() if facet.filters)]


def counts(connection: sa.Connection, kind: str, facet: str, wanted: Wanted) -> dict[Any, int]:
    """How many records each of the most frequent values of a facet would give; counted once until the store changes."""
    return until_changed(
        connection,
        ("counts", kind, facet, key_of(wanted)),
        lambda: records.counts(connection, kind, facet, wanted, most=OFFERED),
    )


def total(connection: sa.Connection, kind: str, wanted: Wanted) -> int:
    """How many records are wanted; counted once until the store changes."""
    key = ("total", kind, key_of(wanted))
    return until_changed(connection, key, lambda: records.find(connection, kind, wanted, limit=0).total)


def lines(
    connection: sa.Connection,
    kind: str,
    wanted: Wanted,
    order: records.Order,
    *,
    descending: bool,
    offset: int,
    limit: int,
) -> list[Line]:
    """One page of what is wanted; read once until the store changes."""

    def read() -> list[Line]:
        page = records.find(connection, kind, wanted, order=order, descending=descending, offset=offset, limit=limit)
        return page.lines

    return until_changed(connection, ("lines", kind, key_of(wanted), order, descending, offset, limit), read)


def options(
    connection: sa.Connection,
    collection: Collection,
    facet: str,
    wanted: Wanted,
    lists: Lists,
    chosen: Sequence[str] = (),
) -> dict[str, str]:
    """The values to filter by, in words with their counts."""
    numbers = dict(counts(connection, collection.kind, facet, wanted))
    numbers |= {code: 0 for code in chosen if code not in numbers}
    return {code: f"{words(collection, facet, lists, code)} ({show_number(n)})" for code, n in numbers.items()}


def is_rare(collection: Collection, facet: str) -> bool:
    """Whether a facet's filter stands behind the usual ones."""
    return facet == LACKS or (facet in collection.facets and collection.facets[facet].rare)


def meant(collection: Collection, lists: Lists, words: str) -> dict[str, tuple[tuple[str, str], ...]]:
    """The values of lists whose labels hold a word, in any language, by the word."""
    return {word: codes for word in fold(words).split() if (codes := _labelled(collection, lists, word))}


def _labelled(collection: Collection, lists: Lists, word: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (facet, code)
        for facet, reads in collection.facets.items()
        if reads.choices
        for code, value in lists.values[reads.choices].items()
        if any(word in fold(text) for text in (*value.labels.values(), *value.also))
    )


def wanted(
    collection: Collection,
    values: Mapping[str, Any],
    now: datetime,
    lists: Lists,
    squads: frozenset[str] | None = None,
) -> Wanted:
    """What the values of the screen's filters ask for, of the records of some squads (None: of all): closed ones only
    where their state is chosen."""
    facets = {name: values.get(name) or [] for name in filtered(collection)}
    complete, look = values.get("complete"), values.get("look")
    return Wanted(
        words=values.get("words") or "",
        meant=meant(collection, lists, values.get("words") or ""),
        facets=facets,
        without_states=() if facets[STATE] else collection.workflow.closed,
        review_until=yesterday(now) if look == DUE else None,
        incomplete=complete == INCOMPLETE,
        whole=complete == WHOLE,
        changed_since=quarter(now) if look == CHANGED else None,
        squads=squads,
    )


def yesterday(now: datetime) -> date:
    """The last day whose reviews are overdue."""
    return date.fromordinal(local(now).date().toordinal() - 1)


def quarter(now: datetime) -> datetime:
    """The beginning of the quarter (UTC)."""
    return Grain.QUARTER.at(now).start


@dataclass(frozen=True)
class Figures:
    """A collection in figures, closed records left out: `live` counts them, `overdue` those whose day of review has
    passed, `changed` those written or moved this quarter."""

    live: Tally
    overdue: int
    changed: int


def figures(
    connection: sa.Connection, collection: Collection, now: datetime, squads: frozenset[str] | None = None
) -> Figures:
    """Of the records of some squads (None: of all); computed once a day and change of the store."""
    open_ = replace(collection.live, squads=squads)

    def compute() -> Figures:
        late, fresh = (
            replace(open_, review_until=yesterday(now)),
            replace(open_, changed_since=quarter(now)),
        )
        return Figures(
            live=records.tally(connection, collection.kind, open_),
            overdue=total(connection, collection.kind, late),
            changed=total(connection, collection.kind, fresh),
        )

    return until_changed(connection, ("figures", collection.kind, local(now).date(), squads), compute)


def key_of(wanted: Wanted) -> tuple[Any, ...]:
    facets = tuple((name, tuple(values)) for name, values in sorted(wanted.facets.items()) if values)
    return (
        tuple(wanted.meant.items()),
        facets,
        *(getattr(wanted, name) for name in Wanted.__dataclass_fields__ if name not in ("meant", "facets")),
    )
