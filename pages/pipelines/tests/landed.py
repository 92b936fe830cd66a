"""Runs and readings written in few words, landed in the lake of a test."""

from datetime import UTC, datetime

import pyarrow as pa

from core.facts.lake import lake
from core.facts.reads import READS
from pages.pipelines import rules
from pages.pipelines.facts import PIPELINE_RUNS, complete, statuses

MOMENT = pa.timestamp("us", tz="UTC")
DEMO = rules.load(rules.HERE / "rules.yml", rules.HERE / "demo_rules.yml")
_FAMILIES = tuple(family for family in DEMO.families if family.key in ("telephonie", "solaris", "sitecom"))
_PIPELINES = {member.pipeline for family in _FAMILIES for member in family.members}
_DATA_SETS = tuple(one for one in DEMO.data_sets if _PIPELINES.issuperset(one.pipelines))
THREE = DEMO.model_copy(update={"families": _FAMILIES, "data_sets": _DATA_SETS})
"""Three families of the demo."""


def utc(text: str) -> datetime:
    """A moment of 20 November 2026 ("00:12"), or of another day ("2026-11-19 23:12"); UTC."""
    return datetime.fromisoformat(text if "-" in text else f"2026-11-20 {text}").replace(tzinfo=UTC)


def run(
    pipeline: str, start: str, end: str, word: str = "SUCCEEDED", *, seen: str = "", **more: object
) -> dict[str, object]:
    """A run; `seen` is when its source told of it, by default when it ended."""
    return {
        "source": "journal",
        "run_id": f"{pipeline} {start}",
        "pipeline": pipeline,
        "started_at": utc(start),
        "ended_at": utc(end) if end else None,
        "status": statuses(pa.array([word], pa.string()), {})[0].as_py(),
        "raw_status": word,
        "observed_at": utc(seen or end or start),
        **more,
    }


def land_runs(*runs: dict[str, object]) -> None:
    """Land runs as a source would."""
    schema = pa.schema([field.with_nullable(True) for field in PIPELINE_RUNS.schema])
    lake().land(PIPELINE_RUNS, complete(pa.Table.from_pylist(list(runs), schema)))


def land_reads(*moments: str, source: str = "journal", mission: str = "pipelines") -> None:
    """Land good readings, each complete up to its moment."""
    rows = [
        {
            "source": source,
            "mission": mission,
            "read_at": utc(moment),
            "ended_at": utc(moment),
            "covers_until": utc(moment),
            "outcome": "ok",
            "landed": 1,
            "refused": 0,
        }
        for moment in moments
    ]
    lake().land(READS, pa.Table.from_pylist(rows, pa.schema([f.with_nullable(True) for f in READS.schema])))
