"""A small fact table to try the lake on, and what lands it in a process that is killed."""

import random
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Semaphore
from pathlib import Path
from typing import Any

import pyarrow as pa

from core.facts.lake import Lake
from core.facts.tables import DAY, FLAG, INTEGER, MOMENT, NUMBER, TEXT, Column, FactTable

JOBS = FactTable(
    name="jobs",
    columns=(
        Column("job", TEXT, "name of the job", required=True),
        Column("try", INTEGER, "1 for the first", required=True),
        Column("at", MOMENT, "when it began", required=True),
        Column("state", TEXT, "what is said of it"),
        Column("seconds", NUMBER, "how long it took"),
        Column("good", FLAG, "whether it went well"),
        Column("night", DAY, "the night it belongs to"),
        Column("team", TEXT, "whose job it is"),
        Column("seen_at", MOMENT, "when it was said", required=True),
    ),
    key=("job", "try"),
    time="at",
    observed="seen_at",
    squad="team",
)
NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)


def job(name: str = "a", **cells: Any) -> dict[str, Any]:
    """One row; what is not given is the first try of a job of nobody, running since noon, seen at noon."""
    return {"job": name, "try": 1, "at": NOON, "state": "running", "team": None, "seen_at": NOON, **cells}


def batch(*rows: dict[str, Any]) -> pa.Table:
    """Rows as a table of the declared types."""
    return pa.Table.from_pylist(list(rows), schema=JOBS.schema)


def stored(lake: Lake, name: str = "jobs") -> list[dict[str, Any]]:
    """Every row of a table in the lake, in one order, without its partition."""
    rows = lake.scan(name).read_all().drop_columns("month").to_pylist()
    return sorted(rows, key=lambda row: (row["job"], row["try"], row["seen_at"], str(row)))


def story(batches: int = 20, jobs: int = 60) -> list[pa.Table]:
    """The same batches at every call: jobs that are seen running, then ended, some of them reported unchanged."""
    chance = random.Random(7)
    begun = {f"job {n}": NOON + timedelta(hours=chance.randrange(48)) for n in range(jobs)}
    told = []
    for number in range(batches):
        seen = NOON + timedelta(hours=number)
        rows = [
            job(name, at=at + timedelta(minutes=number // 8), state=f"step {number // 6}", seen_at=seen)
            for name, at in begun.items()
            if chance.random() < 0.5
        ]
        told.append(batch(*rows))
    return told


def tell(root: Path, landings: Semaphore) -> None:
    """Land the story, joining files now and then; count what landed."""
    lake = Lake(root)
    for number, rows in enumerate(story()):
        lake.land(JOBS, rows)
        landings.release()
        if number % 7 == 6:
            lake.compact(JOBS)
