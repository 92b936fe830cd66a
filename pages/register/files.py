"""The register as files to hand over: each kind of export, and the inspection file with all its proofs.

What is exported is read when the file is made, after the person's right was read again.
"""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import IO, Any

import sqlalchemy as sa

from core.base import clock
from core.base.errors import NotAllowed
from core.base.i18n import N_, _, show_moment, speaking
from core.base.settings import settings
from core.mission.discovery import missions
from core.people.person import Person, Role
from core.people.rights import require
from core.records import records
from core.records.records import Record, Version
from core.show.export import Note
from core.store import audit, schema
from core.store.engine import store
from pages.register import cnil_write, exports, json_file, organisation, pdf, treatments
from pages.register.lists import load
from pages.register.model import FORMS

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
VERIFICATION = "verification.txt"


class File(StrEnum):
    """A kind of file. `INSPECTION` holds the others and the proofs."""

    CNIL = "cnil"
    FLAT = "flat"
    CSV = "csv"
    JSON = "json"
    PDF = "pdf"
    INSPECTION = "inspection"


@dataclass(frozen=True)
class Shape:
    """How a kind of file is called (source string), its suffix and media type."""

    label: str
    suffix: str
    mime: str


SHAPES: dict[File, Shape] = {
    File.CNIL: Shape(N_("Excel in the CNIL's layout"), "xlsx", SHEET),
    File.FLAT: Shape(N_("Excel, one line a treatment"), "xlsx", SHEET),
    File.CSV: Shape(N_("CSV, one line a treatment"), "csv", "text/csv"),
    File.JSON: Shape(N_("JSON"), "json", "application/json"),
    File.PDF: Shape(N_("PDF"), "pdf", "application/pdf"),
    File.INSPECTION: Shape(N_("Inspection file"), "zip", "application/zip"),
}
EXPORTS: dict[str, tuple[File, ...]] = {
    "treatment": (File.CNIL, File.FLAT, File.CSV, File.JSON, File.PDF),
    "processing": (File.FLAT, File.CSV, File.JSON, File.PDF),
}
"""The files of a whole register, by its kind: the CNIL's layout is the one of article 30(1)."""
OF_RECORD: dict[str, tuple[File, ...]] = {
    "treatment": (File.PDF, File.CNIL, File.JSON),
    "processing": (File.PDF, File.JSON),
}
"""The files of one record."""
PUBLISHED, EVERY = "published", "every"
Found = Record | Version


@dataclass(frozen=True)
class Order:
    """What somebody asks for: which register, as it was at a moment (UTC), published versions or every record, or one
    record as it is now (`record_id`)."""

    person_id: int
    language: str
    kind: str
    moment: datetime
    published: bool
    record_id: int | None = None


def make(file: File, order: Order) -> bytes:
    """The file. Raises NotAllowed, InputInvalid when there are more records than it takes, StoreFailed."""
    with speaking(order.language), store().read() as connection:
        person = require(connection, order.person_id, missions()["register"], act=False)
        if file is File.INSPECTION:
            if not may_inspect(person):
                raise NotAllowed(_("The inspection file is made by a compliance officer."))
            return _inspection(connection, person, order)
        out = io.BytesIO()
        _write(file, out, connection, person, order)
        return out.getvalue()


def may_inspect(person: Person) -> bool:
    """Whether the person may take the whole audit out of Vigie."""
    return person.role is Role.COMPLIANCE


def may_verify(person: Person) -> bool:
    """Whether the person may have the audit verified: whoever keeps the register, and whoever inspects it."""
    return person.role in (Role.COMPLIANCE, Role.INSPECTOR)


def verified(person_id: int) -> str:
    """Whether the audit's chain holds, in a sentence, with its last entry. Raises NotAllowed, StoreFailed."""
    with store().read() as connection:
        if not may_verify(require(connection, person_id, missions()["register"], act=False)):
            raise NotAllowed(_("The audit is verified by a compliance officer or an inspector."))
        return _verified(connection)


def _verified(connection: sa.Connection) -> str:
    heads = audit.heads_file()
    report = audit.verify(connection, audit.read_heads(heads) if heads.exists() else ())
    return f"{report.sentence}\n{report.head.id} {report.head.hash}"


def _read(connection: sa.Connection, order: Order) -> Iterator[Found]:
    if order.record_id is not None:
        yield records.get(connection, order.kind, order.record_id)
        return
    found = treatments.register_as_of(connection, order.moment, published=order.published, kind=order.kind)
    for version, _entry in found:
        yield version


def _write(file: File, out: IO[bytes], connection: sa.Connection, person: Person, order: Order) -> None:
    form, lists = FORMS[order.kind], load(connection)

    def read() -> Iterator[Found]:
        return _read(connection, order)

    if file is File.CNIL:
        held = organisation.find(connection)
        cnil_write.write(out, form, lists, read(), held.data if held else None)
    elif file is File.FLAT:
        exports.write_excel(out, form, lists, read, _note(person, order))
    elif file is File.CSV:
        exports.write_csv(out, form, lists, read)
    elif file is File.JSON:
        json_file.write(out, form, read())
    elif order.record_id is not None:
        pdf.write_record(out, form, lists, next(read()))
    else:
        pdf.write_register(out, form, lists, read, title=_(form.title), subtitle=told(order))


def which() -> dict[str, str]:
    """Which versions somebody may ask for, in words."""
    return {PUBLISHED: _("what the register published"), EVERY: _("every record")}


def told(order: Order) -> str:
    """Which records an order is about, in words."""
    words = _("published on {day}") if order.published else _("every record on {day}")
    return words.format(day=show_moment(order.moment))


def _note(person: Person, order: Order) -> Note:
    return Note(
        title=_(FORMS[order.kind].title),
        mission=_("Register of treatments"),
        queries=(),
        filters=((_("Which records"), told(order)),),
        freshness=order.moment,
        who=person.display_name,
        demo=settings().demo,
    )


def _inspection(connection: sa.Connection, person: Person, order: Order) -> bytes:
    """One archive: the register at the date, every version, the audit, and whether its chain holds."""
    heads = audit.heads_file()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in (File.PDF, EXPORTS[order.kind][0], File.JSON):
            part = io.BytesIO()
            _write(file, part, connection, person, order)
            archive.writestr(f"{_('register')}.{SHAPES[file].suffix}", part.getvalue())
        _lines(archive, "versions.jsonl", _versions(connection, order))
        _lines(archive, "audit.jsonl", _rows(connection, sa.select(schema.audit).order_by(schema.audit.c.id)))
        if heads.exists():
            archive.write(heads, "audit-heads.jsonl")
        archive.writestr(VERIFICATION, f"{_verified(connection)}\n")
        archive.writestr(_("read-me.txt"), _read_me(person, order))
    return out.getvalue()


def _read_me(person: Person, order: Order) -> str:
    lines = [
        _("{title}, {which}. Made by {who} on {day}."),
        _("register.*: the records. versions.jsonl: every version of every record, one a line."),
        _("audit.jsonl: who did what, when and why, one entry a line; each hash holds the one before it."),
        _("verification.txt: whether the chain holds, its last entry and hash."),
    ]
    said = {
        "title": _(FORMS[order.kind].title),
        "which": told(order),
        "who": person.display_name,
        "day": show_moment(clock.now()),
    }
    return "\n".join(line.format(**said) for line in lines) + "\n"


def _versions(connection: sa.Connection, order: Order) -> Iterator[Mapping[str, Any]]:
    table = schema.record_versions
    mine = table.join(schema.records, schema.records.c.id == table.c.record_id)
    query = sa.select(table).select_from(mine).where(schema.records.c.kind == order.kind)
    yield from _rows(connection, query.order_by(table.c.record_id, table.c.version))


def _rows(connection: sa.Connection, query: sa.Select[Any]) -> Iterator[Mapping[str, Any]]:
    for row in connection.execute(query.execution_options(yield_per=500)).mappings():
        yield {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}


def _lines(archive: zipfile.ZipFile, name: str, rows: Iterator[Mapping[str, Any]]) -> None:
    with archive.open(name, "w") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")


def name(file: File, order: Order, ref: str = "") -> str:
    """What the file is called, e.g. `vigie-registre-cnil-2026-11-20.xlsx`."""
    what = ref or "registre"
    return f"vigie-{what}-{file}-{order.moment:%Y-%m-%d}.{SHAPES[file].suffix}"
