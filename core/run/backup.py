"""Backup and restore of store, lake and the data folder's other files, while Vigie runs.

    python -m core.run.backup save [FILE]
    python -m core.run.backup verify FILE
    python -m core.run.backup restore FILE

The archive is one tar: `manifest.json` (version, moment, rows and SHA-256 of each part), `store/<table>.jsonl`,
`lake/<table>.parquet`, and under `files/` what else the data folder holds: uploads, incoming files, the team's own
rules and declarations. Exported heads of the audit lie elsewhere: they are to outlive the store. A new machine needs
nothing but the archive and the settings. The store is read in one transaction, then the lake: facts may be a little
newer than what the store knows of them, never older, so the next sync reads a little again and loses nothing. Sessions
and sign-in attempts are left out: after a restore everybody signs in again.

A restore checks the whole archive first, saves the present state beside it, replaces the store in one transaction,
then each table of the lake in one commit each, then each file: readers see the old or the new, never a half. A file
that the archive does not hold stays. Killed in between, it is simply run again.
"""

import argparse
import hashlib
import json
import re
import shutil
import sys
import tarfile
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext

from core.base import clock
from core.base.errors import VigieError
from core.base.i18n import _
from core.base.settings import backups, settings
from core.facts.lake import lake
from core.store import changes, guards, schema
from core.store.engine import store

LEFT_OUT = {schema.sessions.name, schema.attempts.name}
KEPT = [table for table in schema.METADATA.sorted_tables if table.name not in LEFT_OUT]
NOT_FILES = re.compile(r"lake|answers|backups|demo|vigie\.db(-.*)?|\..*|.*\.tar")
"""What in the data folder is no file of its own: saved as tables or made of them, of backups, another data folder,
locks."""
PIECE = 50_000
"""Rows held in memory at once."""


class BackupInvalid(VigieError):
    """An archive cannot be read back: cut, altered, or of another version."""


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return b64encode(value).decode()
    return value.isoformat() if isinstance(value, datetime | date) else value


def _typed(table: sa.Table, row: dict[str, Any]) -> dict[str, Any]:
    read: dict[str, Callable[[str], date | bytes]]
    read = {c.name: datetime.fromisoformat for c in table.columns if isinstance(c.type, schema.Moment)}
    read |= {c.name: date.fromisoformat for c in table.columns if isinstance(c.type, sa.Date)}
    read |= {c.name: b64decode for c in table.columns if isinstance(c.type, sa.LargeBinary)}
    return {k: read[k](v) if k in read and v is not None else v for k, v in row.items()}


def _revision(connection: sa.Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _digest(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _dump_store(folder: Path) -> tuple[str | None, dict[str, int]]:
    rows: dict[str, int] = {}
    with store().read() as connection:
        for table in KEPT:
            rows[f"store/{table.name}.jsonl"] = 0
            with (folder / f"{table.name}.jsonl").open("w", encoding="utf-8") as handle:
                for row in connection.execute(sa.select(table)).mappings():
                    handle.write(json.dumps({k: _plain(v) for k, v in row.items()}, ensure_ascii=False) + "\n")
                    rows[f"store/{table.name}.jsonl"] += 1
        return _revision(connection), rows


def _dump_lake(folder: Path) -> dict[str, int]:
    rows: dict[str, int] = {}
    for name in lake().names():
        reader = lake().scan(name)
        with pq.ParquetWriter(folder / f"{name}.parquet", reader.schema, compression="zstd") as writer:
            for batch in reader:
                writer.write_batch(batch)
                rows[f"lake/{name}.parquet"] = rows.get(f"lake/{name}.parquet", 0) + batch.num_rows
        rows.setdefault(f"lake/{name}.parquet", 0)
    return rows


def _copy_files(folder: Path) -> dict[str, int]:
    """Copy the data folder's own files; one that is taken away meanwhile is left out. Links are not followed."""
    data, sizes = settings().data, {}
    tops = [path for path in data.iterdir() if not NOT_FILES.fullmatch(path.name)] if data.is_dir() else []
    for path in (below for top in sorted(tops) for below in (top, *sorted(top.rglob("*")))):
        if path.is_symlink() or not path.is_file():
            continue
        part = f"files/{path.relative_to(data)}"
        (folder / part).parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(path, folder / part)
        except FileNotFoundError:
            continue
        sizes[part] = (folder / part).stat().st_size
    return sizes


def save(file: Path) -> dict[str, int]:
    """Write an archive that its owner alone may read. Returns rows by part, of a file its bytes. The archive appears
    whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=file.parent, prefix=".backup-") as temporary:
        folder = Path(temporary)
        (folder / "store").mkdir()
        (folder / "lake").mkdir()
        revision, rows = _dump_store(folder / "store")
        rows |= _dump_lake(folder / "lake") | _copy_files(folder)
        manifest = {
            "revision": revision,
            "saved_at": clock.now().isoformat(timespec="seconds"),
            "parts": {part: {"rows": count, "sha256": _digest(folder / part)} for part, count in rows.items()},
        }
        (folder / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        whole = folder / "archive.tar"
        with tarfile.open(whole, "w") as archive:
            for part in ("manifest.json", *rows):
                archive.add(folder / part, arcname=part)
        whole.chmod(0o600)  # it holds hashes of passwords
        whole.replace(file)
    return rows


def _unpack(file: Path, folder: Path) -> dict[str, Any]:
    """Unpack and check an archive. Raises BackupInvalid before anything is touched."""
    try:
        with tarfile.open(file) as archive:
            archive.extractall(folder, filter="data")
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        for part, facts in manifest["parts"].items():
            if _digest(folder / part) != facts["sha256"]:
                raise BackupInvalid(_("The backup is damaged: {part} was altered. Take another one.").format(part=part))
    except (OSError, tarfile.TarError, KeyError, ValueError) as error:
        raise BackupInvalid(
            _("{file} is not a whole backup of Vigie. Take another one.").format(file=file.name), detail=str(error)
        ) from error
    return manifest


def verify(file: Path) -> dict[str, int]:
    """Rows by part of an archive whose every part was checked. Raises BackupInvalid."""
    with TemporaryDirectory(dir=file.parent) as folder:
        parts = _unpack(file, Path(folder))["parts"]
        return {part: facts["rows"] for part, facts in parts.items()}


def _lines(table: sa.Table, file: Path) -> Iterator[list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    with file.open(encoding="utf-8") as handle:
        for line in handle:
            rows.append(_typed(table, json.loads(line)))
            if len(rows) == PIECE:
                yield rows
                rows = []
    if rows:
        yield rows


def _fill_store(folder: Path, revision: str | None, file: Path) -> None:
    with store().write() as connection:
        if _revision(connection) != revision:
            raise BackupInvalid(
                _(
                    "This backup was made by another version of Vigie. Start that version on an empty folder, "
                    "restore there, then start this one on it."
                ),
                detail=f"store {_revision(connection)}, backup {revision}",
            )
        with guards.lifted(connection):
            for table in reversed(schema.METADATA.sorted_tables):
                connection.execute(table.delete())
            for table in KEPT:
                for rows in _lines(table, folder / f"{table.name}.jsonl"):
                    connection.execute(table.insert(), rows)
                _go_on_counting(connection, table)
        changes.record(connection, who="backup", entity="store", key=file.name, action="restore")


def _go_on_counting(connection: sa.Connection, table: sa.Table) -> None:
    """PostgreSQL numbers new rows by a sequence, which rows inserted with their numbers do not move."""
    number = table.autoincrement_column
    if connection.dialect.name == "postgresql" and number is not None:
        sequence = sa.func.pg_get_serial_sequence(table.name, number.name)
        highest = sa.select(sa.func.coalesce(sa.func.max(number), 0) + 1).scalar_subquery()
        connection.execute(sa.select(sa.func.setval(sequence, highest, False)))


def _fill_lake(folder: Path) -> None:
    kept = {file.stem for file in folder.glob("*.parquet")}
    for name in lake().names():
        if name not in kept:
            lake().empty(name)
    for file in sorted(folder.glob("*.parquet")):
        with pq.ParquetFile(file) as parquet:
            batches = parquet.iter_batches(batch_size=PIECE)
            lake().replace(file.stem, pa.RecordBatchReader.from_batches(parquet.schema_arrow, batches))


def _fill_files(folder: Path, parts: Iterable[str]) -> None:
    """Put each file that the manifest names in its place, whole or not at all; none that is made otherwise."""
    for part in parts:
        name = Path(part.removeprefix("files/"))
        if not part.startswith("files/") or NOT_FILES.fullmatch(name.parts[0]) or ".." in name.parts:
            continue
        place = settings().data / name
        place.parent.mkdir(parents=True, exist_ok=True)
        new = place.with_name(f".{place.name}.restored")
        shutil.copyfile(folder / part, new)
        new.replace(place)


def restore(file: Path) -> Path:
    """Bring store, lake and files back to an archive's state. Returns the archive of the state before, for an undo."""
    store().upgrade()
    with TemporaryDirectory(dir=file.parent, prefix=".restore-") as temporary:
        folder = Path(temporary)
        manifest = _unpack(file, folder)
        before = file.parent / f"before-restore-{clock.now():%Y%m%dT%H%M%S}.tar"
        save(before)
        _fill_store(folder / "store", manifest["revision"], file)
        _fill_lake(folder / "lake")
        _fill_files(folder, manifest["parts"])
    return before


def main(arguments: list[str]) -> int:
    """The command. Exit code 1 with one sentence when it cannot be done."""
    parser = argparse.ArgumentParser(prog="python -m core.run.backup", description="Backup and restore of all data.")
    commands = parser.add_subparsers(dest="command", required=True)
    default = backups() / f"vigie-{clock.now():%Y%m%dT%H%M%S}.tar"
    commands.add_parser("save").add_argument("file", type=Path, nargs="?", default=default)
    commands.add_parser("verify").add_argument("file", type=Path)
    commands.add_parser("restore").add_argument("file", type=Path)
    chosen = parser.parse_args(arguments)
    out = sys.stdout.write
    try:
        if chosen.command == "restore":
            before = restore(chosen.file)
            out(_("Restored. The state before is kept in {file}.").format(file=before) + "\n")
            return 0
        rows = save(chosen.file) if chosen.command == "save" else verify(chosen.file)
    except VigieError as error:
        sys.stderr.write(error.sentence + "\n")
        return 1
    except OSError as error:
        sentence = _("{file} cannot be written there ({reason}): choose a folder with room that Vigie may write to.")
        sys.stderr.write(sentence.format(file=chosen.file, reason=error.strerror or error) + "\n")
        return 1
    for part, count in rows.items():
        out(f"{count:>12,}  {part}\n")
    out(_("{file}: whole.").format(file=chosen.file) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
