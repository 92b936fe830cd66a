"""The inspection file: the register at a date with all its proofs, in one archive; and the CNIL's workbook."""

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import IO, Any

import sqlalchemy as sa

from core.base import clock
from core.base.i18n import N_, _, show_moment
from core.people.person import Person, Role
from core.records.exporting.files import FLAT, JSON, PDF, SHEET, Asking, File, proof, told
from core.store import audit, schema
from pages.register import organisation
from pages.register.files.cnil_page import MOST_SHEETS

VERIFICATION = "verification.txt"


def _cnil(file: IO[bytes], asking: Asking) -> None:
    from pages.register.files import cnil_write

    collection, held = asking.order.collection, organisation.find(asking.connection)
    lists = collection.lists(asking.connection)
    actors = held.data if held else _shared(asking)
    cnil_write.write(file, collection.form, lists, asking.read(), actors)


def _shared(asking: Asking) -> dict[str, Any]:
    """The actors that every record names alike, where the organisation has not said them."""
    names = [field.name for field in organisation.FORM.fields]
    shared: dict[str, Any] | None = None
    for record in asking.read():
        own = {name: record.data.get(name) for name in names}
        shared = {name: value for name, value in (shared or own).items() if value and own[name] == value}
        if not shared:
            break
    return shared or {}


def may_inspect(person: Person) -> bool:
    """Whether the person may take the whole audit out of Vigie."""
    return person.role is Role.COMPLIANCE


def _inspection(file: IO[bytes], asking: Asking) -> None:
    """One archive: the register at the date, every version, the audit, and whether its chain holds."""
    steps = _steps(asking)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for done, (name, write) in enumerate(steps):
            asking.step(name, done / len(steps))
            with archive.open(name, "w", force_zip64=True) as inside:
                write(inside)


def _steps(asking: Asking) -> list[tuple[str, Callable[[IO[bytes]], object]]]:
    """What the archive holds, by name, each with what writes it."""
    connection, heads = asking.connection, audit.known_heads()
    table = CNIL if CNIL in asking.order.collection.files else FLAT
    entries = sa.select(schema.audit).order_by(schema.audit.c.id)
    steps: list[tuple[str, Callable[[IO[bytes]], object]]] = []
    for kind in (PDF, table, JSON):
        for part in asking.parts(kind):
            number = f"-{part.order.part}" if part.order.part else ""
            steps.append((f"{_('register')}{number}.{kind.suffix}", partial(_whole, kind, part)))
    steps.append(("versions.jsonl", lambda file: _lines(file, _versions(asking))))
    steps.append(("audit.jsonl", lambda file: _lines(file, _rows(connection, entries))))
    if heads:
        steps.append(("audit-heads.jsonl", lambda file: _lines(file, map(asdict, heads))))
    steps.append((VERIFICATION, lambda file: file.write(f"{proof(connection)}\n".encode())))
    steps.append((_("read-me.txt"), lambda file: file.write(_read_me(asking).encode())))
    return steps


def _whole(kind: File, asking: Asking, file: IO[bytes]) -> None:
    """A file within the archive, made beside it: its writer may go back in what it wrote."""
    made = io.BytesIO()
    kind.write(made, asking)
    file.write(made.getbuffer())


def _read_me(asking: Asking) -> str:
    lines = [
        _("{title}, {which}. Made by {who} on {day}."),
        _("register.*: the records. versions.jsonl: every version of every record, one a line."),
        _("audit.jsonl: who did what, when and why, one entry a line; each hash holds the one before it."),
        _("verification.txt: whether the chain holds, its last entry and hash."),
    ]
    values = {
        "title": _(asking.order.collection.form.title),
        "which": told(asking.order),
        "who": asking.person.display_name,
        "day": show_moment(clock.now()),
    }
    return "\n".join(line.format(**values) for line in lines) + "\n"


def _versions(asking: Asking) -> Iterator[Mapping[str, Any]]:
    table = schema.record_versions
    mine = table.join(schema.records, schema.records.c.id == table.c.record_id)
    query = sa.select(table).select_from(mine).where(schema.records.c.kind == asking.order.collection.kind)
    yield from _rows(asking.connection, query.order_by(table.c.record_id, table.c.version))


def _rows(connection: sa.Connection, query: sa.Select[Any]) -> Iterator[Mapping[str, Any]]:
    for row in connection.execute(query.execution_options(yield_per=500)).mappings():
        yield {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}


def _lines(file: IO[bytes], rows: Iterable[Mapping[str, Any]]) -> None:
    for row in rows:
        file.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")


CNIL = File("cnil", N_("Excel in the CNIL's layout"), "xlsx", SHEET, _cnil, most=MOST_SHEETS, one=True)
INSPECTION = File(
    "inspection",
    N_("Inspection file"),
    "zip",
    "application/zip",
    _inspection,
    about=N_("One archive: the register on that day, every version, the audit, and whether its chain holds."),
    may=may_inspect,
)
