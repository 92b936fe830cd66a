"""Vigie itself: its own backups and its readings of sources, as runs that are judged by rules like any other.

A backup is a run of the pipeline `vigie_backup`. It failed where the archive is not whole, or is smaller or has fewer
rows than it ever was lately; it is a warning where it has the size of the one before to the byte, or is larger than
usual. How old one may be says its rule: none that came in its window never started. A reading is a run of
`vigie_read_` and the name of its source.
"""

import json
import tarfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field as Option

from core.base import clock
from core.base.i18n import N_, _, show_number
from core.base.settings import backups
from core.base.stats import usual_between
from core.facts.lake import lake
from core.facts.reads import READS, REMOVED
from core.facts.tables import FactTable
from core.sources import folders
from core.sources.base import Batch, Cursor, Options, Source
from core.sources.reach import Files
from pages.pipelines.facts import PIPELINE_RUNS, RunStatus, complete

BACKUP, READ = "vigie_backup", "vigie_read_"
BEFORE = 30
"""So many backups before one are what is usual."""
AGAIN = timedelta(hours=1)
"""Readings are told again so far back: one that began earlier may have ended later."""
Known = list[Any]
"""Of a backup: its name, its moment, bytes and rows; these two None where it is not whole."""


class VigieOptions(Options):
    """Where the archives of `core.run.backup` lie."""

    path: Files = Option(
        default="",
        title=N_("Backups"),
        description=N_("A pattern, e.g. /mnt/backups/vigie-*.tar; empty: those of the data folder"),
    )
    history_days: int = Option(default=60, ge=1, le=400, title=N_("Days to read first"))


class Vigie:
    """Vigie's own backups and readings."""

    kind: ClassVar[str] = "vigie"
    title: ClassVar[str] = N_("Vigie itself: its backups and readings")
    table: ClassVar[FactTable] = PIPELINE_RUNS
    options: ClassVar[type[Options]] = VigieOptions

    def pull(self, source: Source, cursor: Cursor) -> Iterator[Batch]:
        """Backups and readings since the cursor. Raises SourceFailed."""
        options = source.options
        assert isinstance(options, VigieOptions)
        now = clock.now()
        first = now - timedelta(days=options.history_days)
        since = datetime.fromisoformat(cursor["until"]) - AGAIN if cursor.get("until") else first
        seen: list[Known] = list(cursor.get("backups", []))
        rows = [*_backups(_archives(options), seen, first), *_readings(source.name, since)]
        records = [{"source": source.name, "squad": source.squad, "observed_at": now, **row} for row in rows]
        schema = pa.schema([field.with_nullable(True) for field in PIPELINE_RUNS.schema])
        left = {**cursor, "until": now.isoformat(), "backups": seen[-2 * BEFORE :]}
        table = complete(pa.Table.from_pylist(records, schema))
        yield Batch(table, cursor=left, covers_until=now, done=len(records), total=len(records))


def _archives(options: VigieOptions) -> list[Path]:
    """The archives, the oldest first."""
    archives = folders.found(options.path) if options.path else sorted(backups().glob("vigie-*.tar"))
    return sorted(archives, key=lambda path: (path.stat().st_mtime_ns, path.name))


def _backups(archives: Sequence[Path], seen: list[Known], first: datetime) -> Iterator[dict[str, Any]]:
    """A run an archive that is not among those `seen`, to which it is added."""
    names = {(name, at) for name, at, *_sizes in seen}
    for path in archives:
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        if at < first or (path.name, at.isoformat()) in names:
            continue
        began, size, rows = _measured(path)
        status, code, sentence = _told(size, rows, [known for known in seen if known[2] is not None][-BEFORE:])
        seen.append([path.name, at.isoformat(), size, rows])
        yield {
            "pipeline": BACKUP,
            "run_id": f"{path.name} {at:%Y-%m-%dT%H:%M:%S}",
            "started_at": min(began or at, at),
            "ended_at": at,
            "status": status,
            "raw_status": code or "whole",
            "error_code": code,
            "error_message": sentence,
        }


def _measured(path: Path) -> tuple[datetime | None, int | None, int | None]:
    """When what an archive holds was read, its bytes without the padding, and the rows of its tables; None where it is
    not whole. The parts are not checked against their digests: `python -m core.run.backup verify` does."""
    try:
        with tarfile.open(path) as archive:
            size = sum(member.size for member in archive)
            held = archive.extractfile("manifest.json")
            manifest = json.load(held) if held else {}
            names = set(archive.getnames())
        parts = manifest["parts"]
        if not names.issuperset(parts):
            return None, None, None
        rows = sum(facts["rows"] for part, facts in parts.items() if not part.startswith("files/"))
        return datetime.fromisoformat(manifest["saved_at"]), size, rows
    except (OSError, tarfile.TarError, KeyError, ValueError, TypeError):
        return None, None, None


def _told(size: int | None, rows: int | None, before: Sequence[Known]) -> tuple[str, str | None, str | None]:
    """What is said of a backup, by those before it: its status, a code and a sentence."""
    if size is None or rows is None:
        return RunStatus.FAILED, "DAMAGED", _("The archive is not a whole backup.")
    bytes_, counts = ([float(known[place]) for known in before] for place in (2, 3))
    for code, value, values, sentence in (
        ("TOO_SMALL", size, bytes_, _("{n} bytes, where the last {k} had {low} to {high}.")),
        ("TOO_FEW_ROWS", rows, counts, _("{n} rows, where the last {k} had {low} to {high}.")),
        ("LARGE", size, bytes_, _("{n} bytes, where the last {k} had {low} to {high}.")),
    ):
        usual = usual_between(values)
        if usual and (value > usual[1] if code == "LARGE" else value < usual[0]):
            low, high = (show_number(round(end)) for end in usual)
            words = sentence.format(n=show_number(value), k=len(values), low=low, high=high)
            return RunStatus.WARNING if code == "LARGE" else RunStatus.FAILED, code, words
    if before and before[-1][2] == size:
        words = _("{n} bytes, the same to the byte as the backup before: nothing new may have been saved.")
        return RunStatus.WARNING, "SAME_SIZE", words.format(n=show_number(size))
    return RunStatus.SUCCEEDED, None, None


def _readings(own: str, since: datetime) -> Iterator[dict[str, Any]]:
    """A run a reading of another source, as whose squad it is."""
    reads = lake().read(READS, [column.name for column in READS.columns])
    ended = reads.filter(pc.and_(pc.greater_equal(reads["read_at"], since), pc.not_equal(reads["outcome"], REMOVED)))
    for reading in ended.to_pylist():
        if reading["source"] != own:
            yield {
                "pipeline": f"{READ}{reading['source']}",
                "run_id": reading["read_at"].isoformat(),
                "started_at": reading["read_at"],
                "ended_at": reading["ended_at"],
                "status": RunStatus.SUCCEEDED if reading["outcome"] == "ok" else RunStatus.FAILED,
                "raw_status": reading["outcome"],
                "error_message": reading["error"],
                "squad": reading["squad"],
            }
