"""The records of a collection as files to hand over: tables, JSON, PDF, and what a mission adds of its own.

What is exported is read when the file is made, after the person's right was read again. What writes a kind of file
is imported when one is made: commands that make none start sooner.
"""

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import IO, TYPE_CHECKING

import sqlalchemy as sa

from core.base.errors import NotAllowed
from core.base.i18n import N_, _, show_moment, speaking
from core.base.settings import settings
from core.people.person import Person
from core.people.rights import require
from core.records import acts, json_file, records, words
from core.records.collection import Collection
from core.records.records import Record, Version
from core.store import audit
from core.store.engine import store

if TYPE_CHECKING:
    from core.show.export import Note

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCUMENT_RECORDS = 2_000
"""Records of one document; more are for the tables."""
PUBLISHED, EVERY = "published", "every"
Found = Record | Version
Step = Callable[[str, float], None]


def _untold(name: str, share: float) -> None:
    """For nobody to follow."""


@dataclass(frozen=True)
class Order:
    """What somebody asks for: the records as they were at a moment (UTC), published versions or every record, or one
    record as it is now (`record_id`). Where a file takes only so many, `part` is which of them, counted from 1; 0 is
    all."""

    person_id: int
    language: str
    collection: Collection
    moment: datetime
    published: bool
    record_id: int | None = None
    part: int = 0


@dataclass(frozen=True)
class Asking:
    """An order while its file is made, by a person whose right was read. `most`: records of a part. `step` is told what
    is begun, and the share that is done."""

    connection: sa.Connection
    person: Person
    order: Order
    most: int = 0
    step: Step = _untold

    def read(self) -> Iterator[Found]:
        """The records that are asked for, afresh at each call."""
        first = (self.order.part - 1) * self.most
        yield from islice(self._every(), first, first + self.most) if self.order.part else self._every()

    def parts(self, file: "File") -> "list[Asking]":
        """The askings by which a file tells of every record: several where it takes only so many."""
        count = sum(1 for _one in self.read())
        if not file.most or count <= file.most:
            return [self]
        numbers = range(1, parts_of(file, count) + 1)
        return [replace(self, order=replace(self.order, part=number), most=file.most) for number in numbers]

    def _every(self) -> Iterator[Found]:
        order = self.order
        if order.record_id is not None:
            record = records.get(self.connection, order.collection.kind, order.record_id)
            acts.require_seen(self.person, record)
            yield record
            return
        squads = self.person.scope.squads
        for version, _entry in acts.as_of(
            self.connection, order.collection, order.moment, published=order.published, squads=squads
        ):
            yield version


@dataclass(frozen=True)
class File:
    """A kind of file: its key, what it is called (source string), suffix and media type, and how it is written.

    `most`: records that it takes; more are made in parts. `one`: it is offered for a record too. `about` explains one
    that is offered apart, since it takes long: it is made in a process of its own (source string). `may`: who may have
    it.
    """

    key: str
    label: str
    suffix: str
    mime: str
    write: Callable[[IO[bytes], Asking], object]
    most: int = 0
    one: bool = False
    about: str = ""
    may: Callable[[Person], bool] = lambda person: True


def _flat(file: IO[bytes], asking: Asking) -> None:
    from core.records.exporting import exports

    collection = asking.order.collection
    exports.write_excel(file, collection, collection.lists(asking.connection), asking.read, _note(asking))


def _csv(file: IO[bytes], asking: Asking) -> None:
    from core.records.exporting import exports

    collection = asking.order.collection
    exports.write_csv(file, collection, collection.lists(asking.connection), asking.read)


def _json(file: IO[bytes], asking: Asking) -> None:
    json_file.write(file, asking.order.collection, asking.read())


def _pdf(file: IO[bytes], asking: Asking) -> None:
    from core.records.exporting import pdf

    collection, lists = asking.order.collection, asking.order.collection.lists(asking.connection)
    if asking.order.record_id is not None:
        pdf.write_record(file, collection, lists, next(asking.read()), _published(asking))
    else:
        title = _(collection.form.title)
        pdf.write_all(
            file, collection, lists, asking.read, title=title, subtitle=told(asking.order), published=_published(asking)
        )


def _published(asking: Asking) -> Callable[[int], str]:
    """Who published a record and when, by its id; empty where nobody did."""
    order = asking.order
    versions = records.publications(asking.connection, order.collection.kind, order.moment)
    people = acts.people(asking.connection)
    sentences = {
        number: words.published(order.collection.workflow, version, people) for number, version in versions.items()
    }
    return lambda number: sentences.get(number, "")


FLAT = File("flat", N_("Excel, one line a record"), "xlsx", SHEET, _flat)
CSV = File("csv", N_("CSV, one line a record"), "csv", "text/csv", _csv)
JSON = File("json", N_("JSON"), "json", "application/json", _json, one=True)
PDF = File("pdf", N_("PDF"), "pdf", "application/pdf", _pdf, most=DOCUMENT_RECORDS, one=True)
COMMON = (FLAT, CSV, JSON, PDF)
"""The files of every collection."""


def offered(collection: Collection) -> Mapping[str, File]:
    """The files of a collection, by key: its own first."""
    return {file.key: file for file in (*collection.files, *COMMON)}


def make(file: File, order: Order) -> bytes:
    """The file. Raises NotAllowed, InputInvalid when there are more records than it takes, StoreFailed."""
    out = io.BytesIO()
    write(out, file, order)
    return out.getvalue()


def write(out: IO[bytes], file: File, order: Order, step: Step = _untold) -> None:
    """Write the file. Raises what `make` does."""
    with speaking(order.language), store().read() as connection:
        file.write(out, Asking(connection, allowed(connection, file, order), order, file.most, step))


def allowed(connection: sa.Connection, file: File, order: Order) -> Person:
    """Who asks for a file, as the store knows them now. Raises NotAllowed."""
    person = require(connection, order.person_id, order.collection.home, act=False)
    if not file.may(person):
        raise NotAllowed(_("Your role does not allow this."))
    return person


def parts_of(file: File, count: int) -> int:
    """In how many parts a file tells of so many records."""
    return -(-count // file.most) if file.most and count > file.most else 1


def may_verify(person: Person, collection: Collection) -> bool:
    """Whether the person may have the audit verified."""
    return person.role in collection.verifiers


def verified(person_id: int, collection: Collection) -> str:
    """Whether the audit's chain holds, in a sentence, with its last entry. Raises NotAllowed, StoreFailed."""
    with store().read() as connection:
        if not may_verify(require(connection, person_id, collection.home, act=False), collection):
            raise NotAllowed(_("Your role does not allow this."))
        return proof(connection)


def proof(connection: sa.Connection) -> str:
    """Whether the audit's chain holds and the records are as it saw them, in sentences; its last entry and hash."""
    report, less = audit.prove(connection)
    return "\n".join(filter(None, (report.sentence, less, f"{report.head.id} {report.head.hash}")))


def which() -> dict[str, str]:
    """Which versions somebody may ask for, in words."""
    return {PUBLISHED: _("what was published"), EVERY: _("every record")}


def told(order: Order) -> str:
    """Which records an order is about, in words."""
    words = _("published on {day}") if order.published else _("every record on {day}")
    return words.format(day=show_moment(order.moment))


def _note(asking: Asking) -> "Note":
    from core.show.export import Note

    order = asking.order
    return Note(
        title=_(order.collection.form.title),
        mission=_(order.collection.home.title),
        queries=(),
        filters=((_("Which records"), told(order)),),
        freshness=order.moment,
        who=asking.person.display_name,
        demo=settings().demo,
    )


def name(file: File, order: Order, ref: str = "") -> str:
    """What the file is called, e.g. `vigie-registre-cnil-2026-11-20.xlsx`."""
    what = ref or order.collection.file_name or order.collection.mission
    part = f"-{order.part}" if order.part else ""
    return f"vigie-{what}-{file.key}-{order.moment:%Y-%m-%d}{part}.{file.suffix}"
