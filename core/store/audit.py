"""The audit: who did what, when and why, in a chain that shows any later change of it (`core.run.audit` verifies).
Each entry's hash is the SHA-256 of the hash before it and of the entry itself, as canonical JSON. Altering or taking
out an entry breaks the chain after it. Whoever can write in the database can also cut the end off or compute the whole
chain anew: so the newest hash, the head, leaves the machine every day (`head`, from a daily task, into a file that
the database's administrator cannot write, or by mail), and `verify` looks for every head that ever left. A restored
backup ends before the heads exported after it, and is reported as cut: that is what happened. What lies in the tables
beside the chain is compared with it too (`core.store.journal`).
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from core.base import clock
from core.base.errors import InputInvalid
from core.base.i18n import _, ngettext, show_moment, show_number
from core.base.settings import settings, store_url
from core.store.encoded import canonical, digest
from core.store.engine import store
from core.store.journal import Journal
from core.store.schema import audit

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

    `broken` is the number of the first entry that does not hold, or whose row is another one now; None when all do.
    `sentences` say it in words: a line for each thing that differs.
    """

    entries: int
    head: Head
    heads: int
    broken: int | None
    sentences: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """All of it in words."""
        return "\n".join(self.sentences)

    @property
    def whole(self) -> bool:
        return self.broken is None


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


_LAST = sa.select(audit.c.id, audit.c.hash).order_by(audit.c.id.desc()).limit(1)


def head(connection: sa.Connection) -> Head:
    """The end of the chain as it is now."""
    row = connection.execute(_LAST).first()
    at = clock.now().isoformat(timespec="seconds")
    return Head(at, row.id, row.hash) if row else Head(at, 0, START)


def verify(connection: sa.Connection, heads: Iterable[Head] = ()) -> Report:
    """Read the whole chain, look for every head that left the database, and compare what the chain saw of records and
    lists of values with what lies in the tables, row by row."""
    waiting = sorted((head for head in heads if head.id), key=lambda head: head.id, reverse=True)
    heads_met, sure = 0, 0
    journal = Journal()
    number, previous, count = 0, START, 0

    def report(broken: int | None, *sentences: str) -> Report:
        end = Head(clock.now().isoformat(timespec="seconds"), number, previous)
        return Report(count, end, heads_met, broken, sentences)

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
            for entry in here:
                if (entry.id, entry.hash) != (number, previous):
                    return report(sure + 1, _forged(sure + 1, entry))
            if here:
                sure, heads_met = number, heads_met + len(here)
            journal.read(row)
    if waiting:
        return report(number + 1, _cut(number, waiting[-1]))
    faults = journal.compare(connection)
    if faults:
        entries = [fault.entry for fault in faults if fault.entry is not None]
        return report(min(entries, default=number), _past(count), *(fault.sentence for fault in faults))
    return report(None, _whole(count, heads_met))


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
    """Where `head` writes when it is told no other place: a file of this store alone, never beside the store."""
    if chosen := settings().audit_heads:
        return chosen
    home = Path(os.path.expanduser("~"))  # a service may have none: "~" stays
    state = Path(os.environ.get("XDG_STATE_HOME") or (home / ".local/state" if home.is_absolute() else "/var/lib"))
    return state / "vigie" / f"audit-heads-{digest(store_url())[:16]}.jsonl"


def known_heads() -> list[Head]:
    """Every head that was exported from here: to the usual place, or to the data folder, as was once usual."""
    files = (heads_file(), settings().data / "audit-heads.jsonl")
    return [head for file in files if file.exists() for head in read_heads(file)]


def prove(connection: sa.Connection, file: Path | None = None) -> tuple[Report, str]:
    """`verify` with the heads of a file, else with those that were exported from here, and what that proves less than
    it might, in a sentence: no head was there to compare with, or none left this machine. Raises InputInvalid."""
    report = verify(connection, read_heads(file) if file else known_heads())
    if not report.heads:
        return report, _(
            "No exported head to compare with: whoever may write in the store could have made the whole chain anew. "
            "Run python -m core.run.audit head each day."
        )
    if file or _apart(heads_file()):
        return report, ""
    return report, _(
        "The heads did not leave this machine ({file}): whoever rules it could have changed them too. "
        "Let VIGIE_AUDIT_HEADS name a file on another one, or send them by mail."
    ).format(file=heads_file())


def _apart(file: Path) -> bool:
    """Whether a file lies on another disk or machine than the store."""
    if not store_url().startswith("sqlite"):
        return True
    try:
        return file.stat().st_dev != settings().data.stat().st_dev
    except OSError:
        return False


def _hash(previous: str, row: Mapping[Any, Any]) -> str:
    """The hash of an entry as canonical JSON behind the hash before it."""
    entry = {name: row[name] for name in CHAINED}
    entry["at"] = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    fields = ",".join(f'"{name}":{canonical(entry[name])}' for name in sorted(CHAINED))
    return hashlib.sha256(f"{previous}{{{fields}}}".encode()).hexdigest()


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


def _past(count: int) -> str:
    pattern = _("The chain of the audit is whole ({n} entries), but the store was changed past it:")
    return pattern.format(n=show_number(count))


def _whole(count: int, heads: int) -> str:
    entries = ngettext("The audit is whole: {n} entry.", "The audit is whole: {n} entries.", count)
    compared = ngettext("{n} exported head found in it.", "{n} exported heads found in it.", heads)
    return f"{entries.format(n=show_number(count))} {compared.format(n=show_number(heads))}"
