"""Vigie's own backups and readings are runs, judged as any other."""

import json
import os
import tarfile
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from core.base import clock
from core.base.i18n import speaking
from core.base.stats import usual_between
from core.facts.lake import lake
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from core.run import backup
from core.sources.base import Batch, Cursor, Source
from core.store.engine import store
from pages.pipelines.facts import PIPELINE_RUNS
from pages.pipelines.night import board_of
from pages.pipelines.rules import Rules
from pages.pipelines.sources.vigie import Vigie, VigieOptions
from pages.pipelines.tests.landed import land_reads, utc
from pages.pipelines.why import sentence

NOW = utc("08:00")


def saved(data: Path, day: date, bytes_: int = 1_000, rows: int = 50) -> Path:
    """An archive as the backup writes it, of a size."""
    path = data / "backups" / f"vigie-{day:%Y%m%d}T020000.tar"
    path.parent.mkdir(exist_ok=True)
    at = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
    parts = {"store/people.jsonl": {"rows": rows, "sha256": ""}, "files/a.csv": {"rows": 9_000, "sha256": ""}}
    manifest = json.dumps({"saved_at": at.isoformat(), "parts": parts}).encode().ljust(300)
    with tarfile.open(path, "w") as archive:
        for name, content in (("manifest.json", manifest), ("store/people.jsonl", b"x" * bytes_), ("files/a.csv", b"")):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, BytesIO(content))
    stamp = (at + timedelta(minutes=5)).timestamp()
    os.utime(path, (stamp, stamp))
    return path


def nights(data: Path, n: int = 12) -> None:
    """So many nights up to the 19th, each a little larger than the one before."""
    for back in range(n, 0, -1):
        saved(data, date(2026, 11, 20) - timedelta(days=back), 1_000 + n - back)


def pull(cursor: Cursor | None = None) -> list[Batch]:
    with clock.at(NOW), speaking("en"):
        return list(Vigie().pull(Source("vigie", "pipelines", "vigie", VigieOptions()), cursor or {}))


def told(batches: list[Batch]) -> list[dict[str, Any]]:
    return [row for batch in batches for row in batch.rows.to_pylist()]


def test_what_is_usual_lies_about_the_median_and_needs_ten() -> None:
    assert usual_between([100.0] * 9) is None
    assert usual_between([100.0] * 10) == (80.0, 120.0)


@pytest.mark.parametrize(
    ("bytes_", "rows", "status", "said"),
    [
        (1_013, 50, "SUCCEEDED", None),
        (1_011, 50, "WARNING", "1,311 bytes, the same to the byte as the backup before"),
        (300, 50, "FAILED", "600 bytes, where the last 12 had 1,044 to 1,567"),
        (1_013, 30, "FAILED", "30 rows, where the last 12 had 40 to 60"),
        (2_000, 50, "WARNING", "2,300 bytes, where the last 12 had 1,044 to 1,567"),
    ],
)
def test_a_backup_is_held_against_those_before_it(
    data: Path, bytes_: int, rows: int, status: str, said: str | None
) -> None:
    nights(data)
    saved(data, date(2026, 11, 20), bytes_, rows)
    last = told(pull())[-1]
    assert (last["pipeline"], last["status"], last["started_at"]) == ("vigie_backup", status, utc("02:00"))
    assert (last["error_message"] or "").replace("\u00a0", ",").startswith(said or "")


def test_a_backup_is_told_once_and_the_next_one_still_knows_those_before(data: Path) -> None:
    nights(data)
    first = pull()
    assert len(told(first)) == 12
    cursor = first[-1].cursor
    assert told(pull(cursor)) == []
    saved(data, date(2026, 11, 20), 300)
    assert [row["error_code"] for row in told(pull(cursor))] == ["TOO_SMALL"]


def test_an_archive_that_was_cut_is_no_whole_backup_and_a_real_one_is(data: Path) -> None:
    store().upgrade()
    real = data / "backups" / "vigie-20261120T030000.tar"
    backup.save(real)
    cut = saved(data, date(2026, 11, 19))
    cut.write_bytes(cut.read_bytes()[:700])
    assert {row["error_code"] for row in told(pull())} == {"DAMAGED", None}


def test_a_rule_judges_backups_and_readings(data: Path) -> None:
    nights(data)
    saved(data, date(2026, 11, 20), 1_011)
    land_reads("01:00", source="journal")
    for batch in pull():
        lake().land(PIPELINE_RUNS, batch.rows)
    land_reads("08:00", source="vigie")
    rules = Rules.model_validate(
        {
            "night": {"turns_at": "18:00", "due_by": "07:00"},
            "families": [
                {
                    "key": "vigie",
                    "name": "Vigie",
                    "sources": ["vigie"],
                    "members": [
                        {"pipeline": "vigie_backup", "window": {"from": "02:30", "to": "04:00"}},
                        {"pipeline": "vigie_read_journal"},
                        {"pipeline": "vigie_read_registre"},
                    ],
                }
            ],
        }
    )
    night = rules.night_of(date(2026, 11, 20))
    with speaking("en"):
        [family] = board_of(warehouse().reader(EVERYTHING), rules, night, NOW, replay=False).families
        verdicts = {one.member.pipeline: one.judged.verdict.value for one in family.members}
        said = sentence(family.members[0].judged.told).replace("\u00a0", ",")
    assert verdicts == {"vigie_backup": "WARNING", "vigie_read_journal": "OK", "vigie_read_registre": "KO"}
    assert said.endswith(
        "it says: 1,311 bytes, the same to the byte as the backup before: nothing new may have been saved"
    )
