"""Records that people keep together: found fast among many, saved without losing anybody's change, never forgotten.

A record has a kind, a reference, a state and a content (a JSON object that its mission understands). Every save and
every step of its workflow writes one more version; none is ever changed or taken out. What lists show, search and
count lies beside the content (`Summary`), so that a list never reads contents.

Every function that writes is called within `Store.write`, by a mission that has checked the person's right and the
content. None of them checks what a state means: that is the mission's workflow.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Literal

import sqlalchemy as sa

from core.base import clock
from core.base.errors import Conflict, InputInvalid
from core.base.i18n import _
from core.records import bulk, diff
from core.records.bulk import Ready
from core.store import changes, journal
from core.store.encoded import digest, encode, in_order
from core.store.schema import record_facets, record_versions, records

Order = Literal["ref", "title", "state", "squad", "changed_at", "review_on", "completeness"]
Facets = Mapping[str, Iterable[str]]
"""Values by facet."""


@dataclass(frozen=True)
class Summary:
    """What lists show of a record. `search` is any text to be found by, `facets` its values to filter and count by.

    `completeness` is a whole percentage; `review_on` the day on which somebody must look at it again.
    """

    ref: str
    title: str
    completeness: int
    search: str
    squad: str | None = None
    review_on: date | None = None
    facets: Facets = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """A record in a list. `published` is its frozen version that counts, `version` the newest; moments are UTC."""

    id: int
    kind: str
    ref: str
    state: str
    title: str
    squad: str | None
    version: int
    published: int | None
    author: str
    created_at: datetime
    changed_at: datetime
    review_on: date | None
    completeness: int


@dataclass(frozen=True)
class Record(Line):
    """A record with its newest content."""

    data: dict[str, Any]


@dataclass(frozen=True)
class Version:
    """A record as it was from `at` (UTC) on: who did what, why, in which state that left it, and its content."""

    record_id: int
    version: int
    at: datetime
    who: str
    action: str
    why: str | None
    state: str
    frozen: bool
    data: dict[str, Any]


@dataclass(frozen=True)
class Wanted:
    """What a list is filtered by. Empty means everything; several values of one filter mean any of them.

    `words` are all to be found, whatever their accents and case; `meant` are the (facet, value)s that a word stands
    for, by the word as it is folded, where it is not in the record's own texts: a code's label. `facets` may also name
    `state`, `squad`, `author` and `completeness`. `squads` are those whose records may be read at all; None: all.
    """

    words: str = ""
    meant: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    facets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    without_states: tuple[str, ...] = ()
    review_until: date | None = None
    incomplete: bool = False
    whole: bool = False
    changed_since: datetime | None = None
    squads: frozenset[str] | None = None


@dataclass(frozen=True)
class Page:
    """Some lines of a list, and how many there are in all."""

    lines: list[Line]
    total: int


_LINE = [records.c[name] for name in Line.__dataclass_fields__]
_COLUMNS: dict[str, sa.Column[Any]] = {name: records.c[name] for name in ("state", "squad", "author", "completeness")}
NOTHING = Wanted()


def fold(text: str) -> str:
    """The text as it is searched: lower case, without accents."""
    if text.isascii():
        return text.casefold()
    plain = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()


def get(connection: sa.Connection, kind: str, record_id: int) -> Record:
    """A record as it is now. Raises InputInvalid when there is none of that kind."""
    newest = sa.and_(record_versions.c.record_id == records.c.id, record_versions.c.version == records.c.version)
    query = sa.select(*_LINE, record_versions.c.data).join(record_versions, newest)
    row = connection.execute(query.where(records.c.kind == kind, records.c.id == record_id)).mappings().first()
    if row is None:
        raise InputInvalid(_("This record does not exist."))
    return Record(**row)


def named(connection: sa.Connection, kind: str, ref: str) -> Record:
    """The record of a reference. Raises InputInvalid when there is none of that kind."""
    number = connection.scalar(sa.select(records.c.id).where(records.c.kind == kind, records.c.ref == ref))
    return get(connection, kind, number or 0)


def find(
    connection: sa.Connection,
    kind: str,
    wanted: Wanted = NOTHING,
    *,
    order: Order = "ref",
    descending: bool = False,
    offset: int = 0,
    limit: int | None = None,
) -> Page:
    """The lines that are wanted, and their number."""
    where = _where(kind, wanted)
    total = connection.scalar(sa.select(sa.func.count()).select_from(records).where(*where)) or 0
    column = records.c[order]
    by = (column.desc() if descending else column.asc()).nulls_last()
    query = sa.select(*_LINE).where(*where).order_by(by, records.c.id).offset(offset).limit(limit)
    return Page([Line(**row) for row in connection.execute(query).mappings()], total)


def contents(connection: sa.Connection, kind: str, wanted: Wanted = NOTHING) -> Iterator[Record]:
    """Every record that is wanted with its newest content, by reference: for an export. Read it to its end."""
    newest = sa.and_(record_versions.c.record_id == records.c.id, record_versions.c.version == records.c.version)
    query = sa.select(*_LINE, record_versions.c.data).join(record_versions, newest).where(*_where(kind, wanted))
    rows = connection.execute(query.order_by(records.c.ref).execution_options(yield_per=500)).mappings()
    return (Record(**row) for row in rows)


def several(connection: sa.Connection, kind: str, ids: Collection[int]) -> dict[int, Record]:
    """Some records (at most a few hundred) with their newest content, by id; those that do not exist are left out."""
    newest = sa.and_(record_versions.c.record_id == records.c.id, record_versions.c.version == records.c.version)
    query = sa.select(*_LINE, record_versions.c.data).join(record_versions, newest)
    rows = connection.execute(query.where(records.c.kind == kind, records.c.id.in_(ids))).mappings()
    return {row["id"]: Record(**row) for row in rows}


def counts(
    connection: sa.Connection, kind: str, facet: str, wanted: Wanted = NOTHING, *, most: int | None = None
) -> dict[Any, int]:
    """How many wanted records have each value of a facet, the most frequent first; of the `most` frequent ones alone.

    The facet's own filter is left out, so that a person sees what another choice would give.
    """
    others = {name: values for name, values in wanted.facets.items() if name != facet}
    where = _where(kind, replace(wanted, facets=others))
    n = sa.func.count().label("n")
    if facet in _COLUMNS:
        column = _COLUMNS[facet]
        query = sa.select(column, n).where(*where, column.is_not(None)).group_by(column)
    else:
        column = record_facets.c.value
        joined = record_facets.join(records, records.c.id == record_facets.c.record_id)
        query = sa.select(column, n).select_from(joined).where(record_facets.c.facet == facet, *where).group_by(column)
    return {row[0]: row[1] for row in connection.execute(query.order_by(n.desc(), column).limit(most))}


@dataclass(frozen=True)
class Tally:
    """Some records in figures: how many, how many are complete, the sum of their percentages, how many are published,
    and when one of them changed last (UTC)."""

    records: int
    whole: int
    points: int
    published: int
    newest: datetime | None

    @property
    def percent(self) -> int:
        """The mean percentage: 100 only when all are complete."""
        return self.points // self.records if self.records else 0


def tally(connection: sa.Connection, kind: str, wanted: Wanted = NOTHING) -> Tally:
    """The wanted records in figures."""
    count, c = sa.func.count, records.c
    whole = count(sa.case((c.completeness == 100, 1)))
    points = sa.func.coalesce(sa.func.sum(c.completeness), 0)
    query = sa.select(count(), whole, points, count(c.published), sa.func.max(c.changed_at)).where(
        *_where(kind, wanted)
    )
    return Tally(*connection.execute(query.select_from(records)).one())


def having(connection: sa.Connection, kind: str, facet: str, values: Iterable[str]) -> dict[str, list[Line]]:
    """The records that have each of some values of a facet: e.g. those that name a pipeline."""
    joined = records.join(record_facets, record_facets.c.record_id == records.c.id)
    query = (
        sa.select(record_facets.c.value, *_LINE)
        .select_from(joined)
        .where(records.c.kind == kind, record_facets.c.facet == facet, record_facets.c.value.in_(list(values)))
        .order_by(records.c.ref)
    )
    lines: dict[str, list[Line]] = defaultdict(list)
    for row in connection.execute(query).mappings():
        lines[row["value"]].append(Line(**{name: row[name] for name in Line.__dataclass_fields__}))
    return dict(lines)


def by_refs(connection: sa.Connection, kind: str, wanted: Iterable[str]) -> dict[str, Line]:
    """Some records, by reference; those that do not exist are left out."""
    query = sa.select(*_LINE).where(records.c.kind == kind, records.c.ref.in_(list(wanted)))
    return {row["ref"]: Line(**row) for row in connection.execute(query).mappings()}


def values(connection: sa.Connection, facet: str, ids: Collection[int] | str) -> dict[int, list[str]]:
    """The values that some records have of a facet, by record: those of some ids, or all of a kind."""
    those = ids if not isinstance(ids, str) else sa.select(records.c.id).where(records.c.kind == ids)
    mine = sa.and_(record_facets.c.facet == facet, record_facets.c.record_id.in_(those))
    query = sa.select(record_facets.c.record_id, record_facets.c.value).where(mine).order_by(record_facets.c.value)
    texts: dict[int, list[str]] = defaultdict(list)
    for number, value in connection.execute(query):
        texts[number].append(value)
    return dict(texts)


def refs(connection: sa.Connection, kind: str) -> dict[str, int]:
    """Every reference in use, with its record."""
    query = sa.select(records.c.ref, records.c.id).where(records.c.kind == kind)
    return {row[0]: row[1] for row in connection.execute(query)}


def add(
    connection: sa.Connection,
    kind: str,
    made: Sequence[tuple[Summary, Mapping[str, Any]]],
    *,
    who: str,
    state: str,
    action: str = "add",
    why: str | None = None,
) -> list[int]:
    """Add records with their content, many at once. Returns their ids, in order.

    References must be free: the caller has looked (`refs`), the database refuses otherwise.
    """
    rows = [ready(summary, data, state=state) for summary, data in made]
    return bulk.add(connection, kind, rows, who=who, action=action, why=why)


def ready(summary: Summary, data: Mapping[str, Any], *, state: str) -> Ready:
    """A record to add, as `bulk.add` takes it."""
    columns, facets = columns_of(summary), facets_of(summary.facets)
    after = encode({"state": state, **data, **_seal(1, data, shown=journal.shown(columns, facets), writes=True)})
    return Ready(None, 0, state, columns, facets, in_order(data), None, after)


def ready_change(
    record: Record,
    facets: Facets,
    summary: Summary,
    data: Mapping[str, Any],
    *,
    state: str,
    differences: Sequence[diff.Difference],
) -> Ready:
    """A record's next content, as `bulk.change` takes it. `facets` are those of its content as it is,
    `differences` those between it and this one."""
    was, will = facets_of(facets), facets_of(summary.facets)
    moved = None if set(was) == set(will) else will
    columns, content = columns_of(summary), in_order(data)
    seal = _seal(record.version + 1, data, shown=journal.shown(columns, will), writes=True)
    before, after = changes.differing(
        {
            "state": record.state,
            **{difference.path: difference.before for difference in differences},
            "version": record.version,
        },
        {"state": state, **{difference.path: difference.after for difference in differences}, **seal},
    )
    return Ready(record.id, record.version, state, columns, moved, content, encode(before), encode(after))


def save(
    connection: sa.Connection,
    record: Record,
    *,
    version: int,
    who: str,
    action: str,
    state: str,
    keys: diff.Keys,
    data: Mapping[str, Any] | None = None,
    summary: Summary | None = None,
    author: bool = True,
    publish: bool = False,
    why: str | None = None,
) -> Record:
    """Write the next version of a record as read in this transaction (`get`); `version` is what the person had read.

    With `data` and `summary` its content changes and `who` becomes its author, unless `author` is off; without, only
    its state. `publish` freezes the version as the one that counts; whoever publishes does not become the author.
    Raises Conflict when somebody wrote another version meanwhile: `current` and `proposed` then hold the values that
    differ, by path (`core.records.diff`).
    """
    content = record.data if data is None else dict(data)
    if record.version != version:
        current, proposed = diff.sides(record.data, content, keys)
        sentence = _("{who} changed this record meanwhile: compare both versions, then save.")
        last = _last_change(connection, record)
        raise Conflict(sentence.format(who=last), current=current, proposed=proposed)
    number, now = version + 1, clock.now()
    values: dict[str, Any] = {"state": state, "changed_at": now}
    writes = data is not None and author and not publish
    if writes:
        values["author"] = who
    shown = None
    if summary is not None:
        columns = columns_of(summary)
        values |= columns
        shown = journal.shown(columns, facets_of(summary.facets))
    if publish:
        values["published"] = number
    changes.update(connection, records, {"id": record.id}, version, values, sentence=_("The record changed meanwhile."))
    connection.execute(
        sa.insert(record_versions).values(
            record_id=record.id,
            version=number,
            at=now,
            who=who,
            action=action,
            why=why,
            state=state,
            frozen=publish,
            data=content,
        )
    )
    if summary is not None:
        connection.execute(sa.delete(record_facets).where(record_facets.c.record_id == record.id))
        rows = [{"record_id": record.id, "facet": facet, "value": value} for facet, value in facets_of(summary.facets)]
        if rows:
            connection.execute(sa.insert(record_facets), rows)
    before, after = diff.sides(record.data, content, keys)
    changes.record(
        connection,
        who=who,
        entity=record.kind,
        key=str(record.id),
        action=action,
        why=why,
        before={"state": record.state, **before, "version": version},
        after={"state": state, **after, **_seal(number, content, shown=shown, writes=writes, published=publish)},
        at=now,
    )
    return get(connection, record.kind, record.id)


def history(connection: sa.Connection, record_id: int) -> list[Version]:
    """Every version of a record, the newest first."""
    query = sa.select(record_versions).where(record_versions.c.record_id == record_id)
    rows = connection.execute(query.order_by(record_versions.c.version.desc())).mappings()
    return [Version(**row) for row in rows]


def writers(connection: sa.Connection, record: Line) -> frozenset[str]:
    """Who wrote the record's content since it was last published, or ever where it was not: the four-eyes rule asks."""
    query = sa.select(record_versions.c.who, record_versions.c.data).where(
        record_versions.c.record_id == record.id, record_versions.c.version >= (record.published or 1)
    )
    rows = connection.execute(query.order_by(record_versions.c.version)).all()
    wrote = {after.who for before, after in pairwise(rows) if after.data != before.data}
    return frozenset(wrote if record.published else {rows[0].who, *wrote})


def version(connection: sa.Connection, record_id: int, number: int) -> Version:
    """One version of a record. Raises InputInvalid when it has no such version."""
    wanted = sa.and_(record_versions.c.record_id == record_id, record_versions.c.version == number)
    row = connection.execute(sa.select(record_versions).where(wanted)).mappings().first()
    if row is None:
        raise InputInvalid(_("This record has no version {n}.").format(n=number))
    return Version(**row)


def as_of(
    connection: sa.Connection,
    kind: str,
    moment: datetime,
    *,
    published: bool = False,
    without_states: Sequence[str] = (),
) -> Iterator[Version]:
    """Every record of a kind as it was at a moment (UTC), by id; with `published`, as its frozen version that counted.

    A record that did not exist yet is left out, and one that was then in one of some states. Read it to its end.
    """
    then = record_versions.alias("then")
    newest = (
        sa.select(then.c.record_id, sa.func.max(then.c.version).label("version"))
        .where(then.c.at <= moment)
        .group_by(then.c.record_id)
    )
    if published:
        newest = newest.where(then.c.frozen)
    if without_states:
        newest = newest.where(then.c.record_id.not_in(_in_state_then(moment, without_states)))
    chosen = newest.subquery()
    query = (
        sa.select(record_versions)
        .join(
            chosen,
            sa.and_(record_versions.c.record_id == chosen.c.record_id, record_versions.c.version == chosen.c.version),
        )
        .join(records, records.c.id == record_versions.c.record_id)
        .where(records.c.kind == kind)
        .order_by(record_versions.c.record_id)
    )
    return (Version(**row) for row in connection.execute(query.execution_options(yield_per=500)).mappings())


def publications(connection: sa.Connection, kind: str, moment: datetime) -> dict[int, Version]:
    """The version of each record that counted at a moment (UTC), by record: those that were ever published."""
    return {version.record_id: version for version in as_of(connection, kind, moment, published=True)}


def _last_change(connection: sa.Connection, record: Record) -> str:
    return version(connection, record.id, record.version).who


def _in_state_then(moment: datetime, states: Sequence[str]) -> sa.Select[tuple[int]]:
    """Ids of the records that were in one of some states at a moment."""
    then, later = record_versions.alias("one"), record_versions.alias("later")
    newest = (
        sa.select(sa.func.max(later.c.version))
        .where(later.c.record_id == then.c.record_id, later.c.at <= moment)
        .scalar_subquery()
    )
    return sa.select(then.c.record_id).where(then.c.state.in_(states), then.c.at <= moment, then.c.version == newest)


def _where(kind: str, wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    where: list[sa.ColumnElement[bool]] = [records.c.kind == kind]
    where += [_found(word, wanted.meant.get(word, ())) for word in fold(wanted.words).split()]
    for facet, values in wanted.facets.items():
        if values and facet in _COLUMNS:
            where.append(_COLUMNS[facet].in_(values))
        elif values:
            these = sa.and_(record_facets.c.facet == facet, record_facets.c.value.in_(values))
            where.append(records.c.id.in_(sa.select(record_facets.c.record_id).where(these)))
    if wanted.squads is not None:
        where.append(records.c.squad.in_(wanted.squads))
    if wanted.without_states:
        where.append(records.c.state.not_in(wanted.without_states))
    if wanted.review_until:
        where.append(records.c.review_on <= wanted.review_until)
    if wanted.incomplete:
        where.append(records.c.completeness < 100)
    if wanted.whole:
        where.append(records.c.completeness == 100)
    if wanted.changed_since:
        where.append(records.c.changed_at >= wanted.changed_since)
    return where


def _found(word: str, meant: tuple[tuple[str, str], ...]) -> sa.ColumnElement[bool]:
    """That a record is found by a word: in its texts, or as one of the values that it stands for."""
    holds = records.c.search.contains(word, autoescape=True)
    if not meant:
        return holds
    by_facet: dict[str, list[str]] = defaultdict(list)
    for facet, value in meant:
        by_facet[facet].append(value)
    c = record_facets.c
    stands = [sa.and_(c.facet == facet, c.value.in_(codes)) for facet, codes in by_facet.items()]
    return sa.or_(holds, records.c.id.in_(sa.select(c.record_id).where(sa.or_(*stands))))


def columns_of(summary: Summary) -> dict[str, Any]:
    """The columns of a record's row that its summary says."""
    return {
        "ref": summary.ref,
        "title": summary.title[:500],
        "squad": summary.squad,
        "review_on": summary.review_on,
        "completeness": summary.completeness,
        "search": fold(summary.search),
    }


def facets_of(facets: Facets) -> tuple[tuple[str, str], ...]:
    """The rows of a record's facets: (facet, value), none twice."""
    return tuple(
        (facet, value) for facet, values in facets.items() for value in dict.fromkeys(text[:300] for text in values)
    )


def _seal(
    number: int,
    data: Mapping[str, Any],
    *,
    shown: Mapping[str, Any] | None,
    writes: bool,
    published: bool = False,
) -> dict[str, Any]:
    """What the audit keeps of every version beside what changed: `core.store.journal` compares the tables with it."""
    marks = {"shown": shown, "writes": writes, "published": published}
    seal = {name: value for name, value in marks.items() if value}
    return {"version": number, "digest": digest(data), "seal": seal}
