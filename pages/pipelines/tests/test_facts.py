"""The one record that all runs become."""

import pyarrow as pa
import pytest

from pages.pipelines.facts import PIPELINE_RUNS, RunStatus, complete, statuses
from pages.pipelines.tests.landed import utc


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("SUCCESS", RunStatus.SUCCEEDED),
        ("Succeeded", RunStatus.SUCCEEDED),
        ("FAILED", RunStatus.FAILED),
        ("FAILURE", RunStatus.FAILED),
        ("InProgress", RunStatus.RUNNING),
        (" queued ", RunStatus.QUEUED),
        ("Cancelled", RunStatus.CANCELLED),
        ("Échec", RunStatus.FAILED),
        ("Bizarre", RunStatus.UNKNOWN),
        ("", RunStatus.UNKNOWN),
        (None, RunStatus.UNKNOWN),
    ],
)
def test_a_scheduler_s_word_becomes_a_status(word: str | None, status: RunStatus) -> None:
    assert statuses(pa.array([word], pa.string()), {}).to_pylist() == [status.value]


def test_a_source_s_own_words_come_first() -> None:
    words = pa.array(["KO", "Fini", "KO", None])
    assert statuses(words, {"fini": "SUCCEEDED", "ko": "WARNING"}).to_pylist() == [
        "WARNING", "SUCCEEDED", "WARNING", "UNKNOWN",
    ]  # fmt: skip


def test_at_is_the_first_known_moment_and_the_duration_is_measured() -> None:
    moment = pa.timestamp("us", tz="UTC")
    rows = pa.table(
        {
            "pipeline": ["planned", "started", "seen", "wrong"],
            "scheduled_at": pa.array([utc("01:00"), None, None, None], moment),
            "started_at": pa.array([utc("01:05"), utc("02:00"), None, utc("02:00")], moment),
            "ended_at": pa.array([utc("01:06"), None, None, utc("01:00")], moment),
            "observed_at": pa.array([utc("07:00")] * 4, moment),
        }
    )
    full = complete(rows)
    assert full.schema.names == PIPELINE_RUNS.schema.names
    assert full["at"].to_pylist() == [utc("01:00"), utc("02:00"), utc("07:00"), utc("02:00")]
    assert full["duration_s"].to_pylist() == [60.0, None, None, None]


def test_a_duration_that_the_source_tells_is_kept() -> None:
    rows = pa.table({"started_at": [utc("01:00")], "ended_at": [utc("01:01")], "duration_s": [55]})
    assert complete(rows)["duration_s"].to_pylist() == [55.0]
