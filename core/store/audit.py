"""The audit: who did what, when and why, in a chain that shows any later change of it (`core.run.audit` verifies).
Each entry's hash is the SHA-256 of the hash before it and of the entry itself, as canonical JSON. Altering or taking
out an entry breaks the chain after it. Whoever can write in the database can also cut the end off or compute the whole
chain anew: so the newest hash, the head, leaves the database every day (`head`, from a daily task, into a file that
the database's administrator cannot write, or by mail), and `verify` looks for every head that ever left. A restored
backup ends before the heads exported after it, and is reported as cut: that is what happened.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from core.base import clock
from core.base.errors import InputInvalid
from core.base.i18n import _, ngettext, show_moment, show_number
from core.base.settings import settings
from core.store.encoded import canonical
from core.store.engine import store
from core.store.schema import audit, record_versions

START = "0" * 64
"""What stands before the first entry."""
CHAINED = ("id", "at", "who", "entity", "key", "action", "why", "before", "after")


@dataclass(frozen=True)
class Head:
    """The end of the chain at a moment: the newest entry's number (0: none yet) and hash."""

    at: str
    id: int
    hash: str


@dataclass(frozen=True)
class Report:
    """What `verify` found: the entries read, where the chain ends, how many heads were found in it, what is wrong.

    `broken` is the number of the first entry that does not hold, None when all do; `sentence` says it in words.
    """

    entries: int
    head: Head
    heads: int
    broken: int | None
    sentence: str

    @property
    def whole(self) -> bool:
        return self.broken is None


def digest(value: Any) -> str:
    """SHA-256 of a JSON value, in hexadecimal."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def append(connection: sa.Connection, entries: Sequence[Mapping[str, Any]]) -> None:
    """Add entries at the end of the chain: each has every column but `id` and `hash`; states are plain JSON
    or encoded.

    Call it in a `Store.write` transaction, where writers queue: a fork of the chain is refused by the entry's number.
    `core.store.changes.record` is the usual way here.
    """
    if not entries:
        return
    last = head(connection)
    number, previous, rows = last.id, last.hash, []
    for entry in entries:
        number += 1
        row = {**entry, "id": number}
        previous = _hash(previous, row)
        rows.append({**row, "hash": previous})
    connection.execute(sa.insert(audit), rows)


def head(connection: sa.Connection) -> Head:
    """The end of the chain as it is now."""
    row = connection.execute(sa.select(audit.c.id, audit.c.hash).order_by(audit.c.id.desc()).limit(1)).first()
    at = clock.now().isoformat(timespec="seconds")
    return Head(at, row.id, row.hash) if row else Head(at, 0, START)


def verify(connection: sa.Connection, heads: Iterable[Head] = ()) -> Report:
    """Read the whole chain, look for every head that left the database, and compare versions with their digests."""
    waiting = sorted((one for one in heads if one.id), key=lambda one: one.id, reverse=True)
    found, sure = 0, 0
    versions: dict[tuple[int, int], tuple[int, str]] = {}
    number, previous, count = 0, START, 0

    def report(broken: int | None, sentence: str) -> Report:
        end = Head(clock.now().isoformat(timespec="seconds"), number, previous)
        return Report(count, end, found, broken, sentence)

    chain = sa.select(audit).order_by(audit.c.id).execution_options(yield_per=1000)
    with connection.execute(chain) as rows:
        for row in rows.mappings():
            expected, number, count = number + 1, row["id"], count + 1
            if _hash(previous, row) != row["hash"]:
                return report(number, _fault(number, expected))
            previous = row["hash"]
            here = []
            while waiting and waiting[-1].id <= number:
                here.append(waiting.pop())
            for one in here:
                if (one.id, one.hash) != (number, previous):
                    return report(sure + 1, _forged(sure + 1, one))
            if here:
                sure, found = number, found + len(here)
            _note_version(versions, row)
    if waiting:
        return report(number + 1, _cut(number, waiting[-1]))
    broken, sentence = _altered_version(connection, versions)
    return report(broken, sentence or _whole(count, found))


def read_heads(file: Path) -> list[Head]:
    """The heads of a file that `head` wrote. Raises InputInvalid when it is not one."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
        return [Head(**json.loads(line)) for line in lines if line.strip()]
    except (OSError, ValueError, TypeError) as error:
        raise InputInvalid(
            _("{file} holds no heads of the audit.").format(file=file.name), detail=str(error)
        ) from error


def export_head(file: Path) -> Head:
    """Add the present head to a file, one JSON object a line. Raises StoreFailed, InputInvalid."""
    with store().read() as connection:
        now = head(connection)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as handle:
            handle.write(canonical(asdict(now)) + "\n")
    except OSError as error:
        raise InputInvalid(_("{file} cannot be written.").format(file=file.name), detail=str(error)) from error
    return now


def heads_file() -> Path:
    """Where `head` writes when it is told no other place."""
    return settings().data / "audit-heads.jsonl"


def _hash(previous: str, row: Mapping[Any, Any]) -> str:
    """The hash of an entry as canonical JSON behind the hash before it."""
    entry = {name: row[name] for name in CHAINED}
    entry["at"] = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    told = ",".join(f'"{name}":{canonical(entry[name])}' for name in sorted(CHAINED))
    return hashlib.sha256(f"{previous}{{{told}}}".encode()).hexdigest()


def _note_version(versions: dict[tuple[int, int], tuple[int, str]], row: Mapping[Any, Any]) -> None:
    after = row["after"] or {}
    if "digest" in after:
        versions[int(row["key"]), after["version"]] = (row["id"], after["digest"])


def _altered_version(
    connection: sa.Connection, versions: Mapping[tuple[int, int], tuple[int, str]]
) -> tuple[int | None, str]:
    """The first audited version whose content is no longer the one that the audit saw, or is gone."""
    left = dict(versions)
    wrong: list[tuple[int, int, int]] = []
    content = sa.select(record_versions.c.record_id, record_versions.c.version, record_versions.c.data)
    for row in connection.execute(content.execution_options(yield_per=1000)):
        entry, expected = left.pop((row.record_id, row.version), (0, ""))
        if digest(row.data) != expected:
            wrong.append((entry, row.record_id, row.version))
    wrong += [(entry, record, version) for (record, version), (entry, _digest) in left.items()]
    if not wrong:
        return None, ""
    entry, record, version = min(wrong)
    sentence = _("Version {version} of record {record} is not the one that the audit saw (entry {n}).")
    return entry, sentence.format(version=version, record=record, n=entry)


def _fault(number: int, expected: int) -> str:
    if number != expected:
        return _("Entries {first} to {last} of the audit are missing.").format(first=expected, last=number - 1)
    return _("Entry {n} of the audit was altered.").format(n=number)


def _forged(first: int, exported: Head) -> str:
    sentence = _("The chain was made anew: between entries {first} and {last} it is not the one exported on {day}.")
    day = show_moment(datetime.fromisoformat(exported.at))
    return sentence.format(first=first, last=exported.id, day=day)


def _cut(last: int, exported: Head) -> str:
    return _("The audit ends at entry {last}, but entry {n} was exported on {day}: its end was cut off.").format(
        last=last, n=exported.id, day=show_moment(datetime.fromisoformat(exported.at))
    )


def _whole(count: int, heads: int) -> str:
    entries = ngettext("The audit is whole: {n} entry.", "The audit is whole: {n} entries.", count)
    compared = ngettext("{n} exported head found in it.", "{n} exported heads found in it.", heads)
    return f"{entries.format(n=show_number(count))} {compared.format(n=show_number(heads))}"
