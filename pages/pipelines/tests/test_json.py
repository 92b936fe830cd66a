"""Runs that a service tells as nested JSON land by mapping its paths, as those of a CSV do."""

import json
from pathlib import Path
from typing import Any

from core.base.i18n import speaking
from core.sources import drops
from core.sources.base import Source
from core.sources.mapping import known_names
from pages.pipelines.sources import LOG
from pages.pipelines.sources.runs import RUN_FIELDS

LOG_FILE = LOG.connectors[0]


def run(number: int, conclusion: str | None = "success", **more: Any) -> dict[str, Any]:
    """A run as GitHub Actions tells it."""
    return {
        "id": 30_433_642 + number,
        "name": "nightly",
        "head_commit": {"message": "Mend it"},
        "run_number": number,
        "event": "schedule",
        "status": "completed" if conclusion else "in_progress",
        "conclusion": conclusion,
        "run_attempt": 1,
        "created_at": "2026-11-20T01:00:00Z",
        "updated_at": "2026-11-20T01:10:30Z",
        "run_started_at": "2026-11-20T01:00:30Z",
        "triggering_actor": {"login": "ada"},
        **more,
    }


def dropped(folder: Path, content: Any, *, day_first: bool = True, **named: str) -> list[dict[str, Any]]:
    """The runs of a file whose columns are as they are guessed, and as a person `named` more of them."""
    path = folder / "runs.json"
    path.write_text(json.dumps(content))
    proposed = LOG_FILE.propose(drops.look(path, known_names(RUN_FIELDS)))  # type: ignore[attr-defined]
    proposed["columns"] |= named
    source = Source(
        "ci",
        "pipelines",
        "file",
        LOG_FILE.options(**{"path": str(path), "timezone": "UTC", "day_first": day_first, **proposed}),
    )
    with speaking("en"):
        batches = list(LOG_FILE.pull(source, {}))
    return [row for batch in batches if len(batch.rows) for row in batch.rows.to_pylist()]


def test_runs_of_a_forge_land_as_they_are_guessed(data: Path) -> None:
    runs = [run(1), run(2, "timed_out"), run(3, None), run(4, "cancelled", run_attempt=2), run(5, "action_required")]
    landed = dropped(data, {"total_count": 5, "workflow_runs": runs})
    names = ("run_id", "status", "duration_s", "trigger", "error_message")
    assert [tuple(row[name] for name in names) for row in landed] == [
        ("30433643", "SUCCEEDED", 600.0, "schedule", None),
        ("30433644", "FAILED", 600.0, "schedule", None),
        ("30433645", "RUNNING", None, "schedule", None),
        ("30433646#2", "CANCELLED", 600.0, "schedule", None),
        ("30433647", "UNKNOWN", 600.0, "schedule", None),
    ]


def test_a_key_that_no_object_has_is_empty_and_not_missing(data: Path) -> None:
    landed = dropped(data, [{"dag_id": "load", "state": "success", "start_date": "2026-11-20T01:00:00Z"}])
    (data / "runs.json").write_text('[{"dag_id": "load", "start_date": "2026-11-20T01:00:00Z"}]')
    columns = {"pipeline": "dag_id", "status": "state", "started_at": "start_date"}
    source = Source("ci", "pipelines", "file", LOG_FILE.options(path=str(data / "runs.json"), columns=columns))
    again = next(iter(LOG_FILE.pull(source, {}))).rows.to_pylist()
    assert [row["status"] for row in (*landed, *again)] == ["SUCCEEDED", "UNKNOWN"]


def test_the_first_start_and_the_last_end_of_steps_are_read_however_their_moments_are_written(data: Path) -> None:
    def of_steps(*moments: tuple[str, str]) -> list[str]:
        steps = [{"started_at": start, "finished_at": end} for start, end in moments]
        run = {"name": "nightly", "status": "success", "steps": steps}
        named = {"started_at": "steps[].started_at", "ended_at": "steps[].finished_at"}
        (row,) = dropped(data, [run], day_first=False, **named)
        return [f"{row[at]:%d %H:%M}" for at in ("started_at", "ended_at")]

    words = ("Mar 12, 2026 08:00", "Mar 12, 2026 08:10"), ("Mar 12, 2026 08:10", "Mar 12, 2026 08:30")
    assert of_steps(*words) == ["12 08:00", "12 08:30"]
    halves = ("03/12/2026, 8:00 AM", "03/12/2026, 8:10 AM"), ("03/13/2026, 8:10 AM", "03/13/2026, 8:30 AM")
    assert of_steps(*halves) == ["12 08:00", "13 08:30"]
    assert of_steps(("2026-03-12T08:00:00Z", "2026-03-12T08:30:00Z")) == ["12 08:00", "12 08:30"]
    assert of_steps(("Thu, Mar 12, 2026 08:00", "Thu, Mar 12, 2026 08:30")) == ["12 08:00", "12 08:30"]


def test_a_yes_or_no_is_no_message_and_a_state_in_words_comes_before_its_number(data: Path) -> None:
    told = {
        "id": 7,
        "job": {"name": "nightly"},
        "status": 20,
        "status_humanized": "Error",
        "status_message": "Database Error",
        "is_error": True,
        "started_at": "2026-11-20 01:00:00.123456+00:00",
        "finished_at": "2026-11-20 01:10:00.123456+00:00",
    }
    [landed] = dropped(data, {"data": [told]})
    assert [landed[name] for name in ("pipeline", "status", "error_message")] == ["nightly", "FAILED", "Database Error"]
