"""A generated log of runs: 200 pipelines of 10 families, 4,000 runs a day, up to a fixed night."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pages.pipelines.facts import RunStatus, complete

PIPELINES = 200
FAMILIES = 10
RUNS_A_DAY = 4_000
UNTIL = datetime(2026, 11, 20, tzinfo=UTC)
"""The log ends here, so its last night is the same whatever its length."""

_MOMENT = pa.timestamp("us", tz="UTC")


def months(size: int) -> Iterator[pa.Table]:
    """The log in order of time, a month at once at most; the same rows at every call."""
    begin = UNTIL - timedelta(days=size / RUNS_A_DAY)
    done = 0
    while done < size:
        at = begin + timedelta(days=done / RUNS_A_DAY)
        next_month = (at.replace(day=1) + timedelta(days=32)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        count = min(size - done, max(1, int((next_month - at) / timedelta(days=1) * RUNS_A_DAY)))
        yield runs(size - done - count, count)
        done += count


def runs(back: int, count: int) -> pa.Table:
    """`count` rows of `pipeline_runs`, the last of them `back` runs before the log's end (after it if negative)."""
    numbers = np.arange(back + count, back, -1)
    chance = np.random.default_rng(abs(back))
    pipeline = chance.integers(0, PIPELINES, count)
    planned = UNTIL.timestamp() - numbers * (86_400 / RUNS_A_DAY)
    started = planned + chance.exponential(20, count)
    ended = started + chance.lognormal(5, 1, count)
    failed = chance.random(count) < 0.02
    return complete(
        pa.table(
            {
                "source": pa.array(np.full(count, "scheduler")),
                "run_id": _numbered("run", numbers),
                "pipeline": pc.binary_join_element_wise(
                    _numbered("family", pipeline % FAMILIES), _numbered("flow", pipeline), "_"
                ),
                "attempt": pa.array(np.ones(count, "int64")),
                "scheduled_at": _moments(planned),
                "started_at": _moments(started),
                "ended_at": _moments(ended),
                "status": pa.array(np.where(failed, RunStatus.FAILED.value, RunStatus.SUCCEEDED.value)),
                "raw_status": pa.array(np.where(failed, "FAILURE", "SUCCESS")),
                "error_message": pa.array(np.where(failed, "connection lost", ""), mask=~failed),
                "squad": _numbered("squad", pipeline % FAMILIES),
                "observed_at": _moments(ended),
            }
        )
    )


def _numbered(word: str, numbers: np.ndarray) -> pa.Array:
    return pc.binary_join_element_wise(word, pa.array(numbers).cast(pa.string()), "_")


def _moments(seconds: np.ndarray) -> pa.Array:
    return pa.array((seconds * 1e6).astype("int64")).cast(_MOMENT)
