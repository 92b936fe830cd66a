"""Runs land, and the file of a robot is written once."""

import csv
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from io import StringIO
from pathlib import Path
from tempfile import NamedTemporaryFile

import pyarrow as pa

from core.base.errors import LandingFailed
from core.base.i18n import _
from core.base.settings import settings
from core.facts.lake import lake
from core.facts.query import Reader
from core.facts.reads import READS
from pages.checks import running
from pages.checks.definitions import Check, Slot
from pages.checks.facts import CHECK_RUNS, TABLES
from pages.checks.running import Run
from pages.checks.standing import questions


def keep(runs: Sequence[Run], now: datetime, source: str = running.CLOCK) -> None:
    """Land some runs: the runs themselves last, so that one that was killed before counts for nothing and is made
    again. Raises LandingFailed."""
    for table in (*(other for other in TABLES if other is not CHECK_RUNS), CHECK_RUNS):
        lake().land(table, running.landed(runs, table))
    moments = dict.fromkeys(("read_at", "ended_at", "covers_until"), now)
    row = {"source": source, "mission": "checks", **moments, "outcome": "ok", "landed": len(runs), "refused": 0}
    lake().land(READS, pa.Table.from_pylist([row], READS.schema))


def with_file(check: Check, reader: Reader, slot: Slot, run: Run) -> Run:
    """The run with the file that its robot takes, which is written unless it was before: a robot that reads it twice a
    day reads the same. Raises LandingFailed and QueryFailed."""
    if check.robot is None or run.told.get("error"):
        return run
    path = _file(check, slot.day)
    if not path.exists():
        _write(path, _content(check, reader, slot))
    record = {**run.told, "file": path.name, "checksum": sha256(path.read_bytes()).hexdigest()}
    return replace(run, rows={**run.rows, CHECK_RUNS: [record]})


def files_of(check: Check) -> list[tuple[date, Path]]:
    """The files that a check's robot may have taken, each with its day."""
    start = len(check.check) + 1
    files = [(file.stem[start:], file) for file in folder().glob(f"{check.check}-[0-9]*.csv")]
    return [(date.fromisoformat(day), file) for day, file in files]


def _file(check: Check, day: date) -> Path:
    return folder() / f"{check.check}-{day.isoformat()}.csv"


def folder() -> Path:
    """Where robots find their files."""
    return settings().data / "robots"


def _content(check: Check, reader: Reader, slot: Slot) -> bytes:
    assert check.robot is not None
    bounds = check.bounds(slot.day, slot.at)
    rows = running.answered(reader, questions(check).whole, bounds)
    wanted = sorted((row for row in rows if row["outcome"] in check.robot.outcomes), key=_by_key)
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(check.robot.columns)
    writer.writerows([row.get(column) for column in check.robot.columns] for row in wanted)
    return text.getvalue().encode()


def _by_key(row: Mapping[str, object]) -> tuple[str, str]:
    return str(row["key"]), str(sorted((name, str(value)) for name, value in row.items()))


def _write(path: Path, content: bytes) -> None:
    """Write a file that is not there; where somebody else did meanwhile, theirs stays."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("wb", dir=path.parent, suffix=".tmp") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            try:
                os.link(file.name, path)
            except FileExistsError:
                return
    except OSError as error:
        raise LandingFailed(
            _("The file {name} cannot be written.").format(name=path.name), detail=str(error)
        ) from error
