"""Landing: what is inserted, updated, left alone, kept as history; what the files look like."""

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, TableFeatures
from hypothesis import given, settings
from hypothesis import strategies as st

from core.base import clock
from core.base.errors import LandingFailed
from core.base.i18n import speaking
from core.facts.lake import Lake, Landed, files_of
from core.facts.reads import READS
from core.facts.tables import TEXT, Column
from tests.unit.core.facts.jobs import JOBS, NOON, batch, job, stored, story

HOUR = timedelta(hours=1)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake été")


def states(lake: Lake, name: str = "jobs") -> list[tuple[str, str]]:
    return [(row["job"], row["state"]) for row in stored(lake, name)]


def test_it_inserts_updates_and_leaves_alone(lake: Lake) -> None:
    assert lake.land(JOBS, batch(job("a"), job("b"))) == Landed(2, 0, 0, [])
    later = NOON + HOUR
    landed = lake.land(JOBS, batch(job("a", state="done", seen_at=later), job("b", seen_at=later), job("c")))
    assert landed == Landed(inserted=1, updated=1, unchanged=1, refused=[])
    assert states(lake) == [("a", "done"), ("b", "running"), ("c", "running")]


def test_landing_twice_changes_nothing_and_makes_no_new_version(lake: Lake) -> None:
    lake.land(JOBS, batch(job("a"), job("b", state=None)))
    versions = lake.version(JOBS), lake.version(JOBS.observations)
    assert lake.land(JOBS, batch(job("a"), job("b", state=None))) == Landed(0, 0, 2, [])
    assert (lake.version(JOBS), lake.version(JOBS.observations)) == versions


def test_two_new_rows_of_one_key_land_once(lake: Lake) -> None:
    assert lake.land(JOBS, batch(job(state="one"), job(state="two"))) == Landed(1, 0, 1, [])
    assert states(lake) == [("a", "two")]


def test_the_good_rows_land_and_the_bad_ones_come_back(lake: Lake) -> None:
    landed = lake.land(JOBS, batch(job("a"), job("b", at=None)))
    assert (landed.inserted, [refused.position for refused in landed.refused]) == (1, ["2"])
    assert states(lake) == [("a", "running")]


def test_a_batch_without_a_good_row_makes_no_table(lake: Lake) -> None:
    assert lake.land(JOBS, batch(job(at=None))).inserted == 0
    assert (lake.version(JOBS), lake.names()) == (None, [])


def test_an_older_observation_never_overwrites_a_newer_one(lake: Lake) -> None:
    lake.land(JOBS, batch(job(state="done", seen_at=NOON + HOUR)))
    assert lake.land(JOBS, batch(job(state="running", seen_at=NOON))).updated == 0
    assert states(lake) == [("a", "done")]
    assert states(lake, "jobs_observations") == [("a", "running"), ("a", "done")]


def test_every_reported_state_is_kept_once(lake: Lake) -> None:
    for hour, state in enumerate(["queued", "running", "running", "done", "running", "running"]):
        lake.land(JOBS, batch(job(state=state, seen_at=NOON + hour * HOUR)))
    kept = [(row["state"], (row["seen_at"] - NOON) // HOUR) for row in stored(lake, "jobs_observations")]
    assert kept == [("queued", 0), ("running", 1), ("done", 3), ("running", 4)]


def test_several_states_of_one_batch_are_all_kept(lake: Lake) -> None:
    rows = [job(state=state, seen_at=NOON + hour * HOUR) for hour, state in enumerate(["queued", "running", "running"])]
    lake.land(JOBS, batch(*reversed(rows)))
    assert states(lake) == [("a", "running")]
    assert states(lake, "jobs_observations") == [("a", "queued"), ("a", "running")]


def test_of_two_reports_of_one_moment_the_last_landed_counts_in_both_tables(lake: Lake) -> None:
    lake.land(JOBS, batch(job(state="one")))
    lake.land(JOBS, batch(job(state="two")))
    assert states(lake) == states(lake, "jobs_observations") == [("a", "two")]


def test_a_table_without_observations_takes_the_last_row(lake: Lake) -> None:
    read = {"source": "s", "mission": "m", "read_at": NOON, "ended_at": NOON, "landed": 0, "refused": 0}
    for outcome in ("failed", "ok"):
        lake.land(READS, pa.Table.from_pylist([{**read, "outcome": outcome}], schema=READS.schema))
    assert lake.scan("source_reads").read_all()["outcome"].to_pylist() == ["ok"]
    assert lake.names() == ["source_reads"]


def test_a_run_whose_time_moves_over_a_month_end_is_not_doubled(lake: Lake) -> None:
    end_of_march = NOON.replace(hour=23)
    lake.land(JOBS, batch(job(at=end_of_march)))
    for hours in (2, -40):
        moved = end_of_march + hours * HOUR
        lake.land(JOBS, batch(job(at=moved, state=f"moved {hours}", seen_at=NOON + abs(hours) * HOUR)))
        assert [row["at"] for row in stored(lake)] == [moved]
    months = [part["month"] for part in DeltaTable(lake.root / "jobs").partitions()]
    assert months == ["2026-03"]


def test_files_are_zstd_by_month_in_utc_without_clock_time(lake: Lake) -> None:
    lake.land(JOBS, batch(job("a"), job("b", at=NOON + 24 * HOUR)))
    delta = DeltaTable(lake.root / "jobs")
    assert sorted(part["month"] for part in delta.partitions()) == ["2026-03", "2026-04"]
    columns = pq.read_metadata(files_of(delta)[0]).row_group(0)
    assert columns.column(0).compression == "ZSTD"
    assert {str(field.type) for field in delta.schema().fields if field.name in ("at", "seen_at")} == {
        'PrimitiveType("timestamp")'
    }


def test_a_batch_of_another_month_does_not_rewrite_the_others(lake: Lake) -> None:
    lake.land(JOBS, batch(*(job(str(n), at=NOON - n * 31 * 24 * HOUR) for n in range(6))))
    before = set(files_of(DeltaTable(lake.root / "jobs")))
    lake.land(JOBS, batch(job("0", state="done")))
    assert len(before & set(files_of(DeltaTable(lake.root / "jobs")))) == 5


def test_a_column_declared_later_is_null_in_older_rows(lake: Lake) -> None:
    lake.land(JOBS, batch(job("a")))
    grown = replace(JOBS, columns=(*JOBS.columns, Column("colour", TEXT, "new", required=True)))
    rows = pa.Table.from_pylist([job("b", colour="red")], schema=grown.schema)
    assert lake.land(grown, rows) == Landed(1, 0, 0, [])
    assert [(row["job"], row["colour"]) for row in stored(lake)] == [("a", None), ("b", "red")]
    assert [(row["job"], row["colour"]) for row in stored(lake, "jobs_observations")] == [("a", None), ("b", "red")]


def test_a_column_that_is_declared_no_more_is_null_in_newer_rows_also_of_a_month_that_is_new(lake: Lake) -> None:
    wider = replace(JOBS, columns=(*JOBS.columns, Column("extra", TEXT, "…")))
    lake.land(wider, pa.Table.from_pylist([job("a", extra="x")], schema=wider.schema))
    lake.land(JOBS, batch(job("b"), job("c", at=NOON + 40 * 24 * HOUR)))
    assert [(row["job"], row["extra"]) for row in stored(lake)] == [("a", "x"), ("b", None), ("c", None)]


def test_a_table_that_another_program_changed_is_not_written(lake: Lake) -> None:
    lake.land(JOBS, batch(job()))
    DeltaTable(lake.root / "jobs").alter.add_feature(
        TableFeatures.DeletionVectors, allow_protocol_versions_increase=True
    )
    with (
        speaking("en"),
        pytest.raises(LandingFailed, match="The table jobs of the lake was changed by another program"),
    ):
        lake.land(JOBS, batch(job("b")))


def test_compaction_joins_files_and_keeps_rows(lake: Lake) -> None:
    for rows in story(8):
        lake.land(JOBS, rows)
    before = stored(lake), stored(lake, "jobs_observations")
    assert len(files_of(DeltaTable(lake.root / "jobs_observations"))) > 2
    lake.compact(JOBS)
    assert (stored(lake), stored(lake, "jobs_observations")) == before
    assert len(files_of(DeltaTable(lake.root / "jobs_observations"))) == 2


def test_compaction_drops_only_files_that_nobody_can_still_read_or_be_writing(lake: Lake) -> None:
    lake.land(JOBS, batch(job(state="one")))
    lake.land(JOBS, batch(job(state="two", seen_at=NOON + HOUR)))
    folder = lake.root / "jobs" / "month=2026-03"
    (folder / "left by a kill.parquet").touch()
    (folder / "being written.parquet").touch()
    long_ago = clock.machine().timestamp() - 2 * 3600
    os.utime(folder / "left by a kill.parquet", (long_ago, long_ago))
    lake.compact(JOBS)
    left = {path.name for path in folder.iterdir()}
    assert "left by a kill.parquet" not in left
    assert "being written.parquet" in left
    assert len(left) == 3, "the file of the version before is kept for who reads it now"


def test_scan_and_replace_bring_a_table_back(lake: Lake) -> None:
    lake.land(JOBS, batch(job("a"), job("b")))
    kept = lake.scan("jobs").read_all()
    lake.land(JOBS, batch(job("c"), job("a", state="done", seen_at=NOON + HOUR)))
    lake.replace("jobs", kept.to_reader())
    assert states(lake) == [("a", "running"), ("b", "running")]
    lake.empty("jobs")
    assert stored(lake) == []


Report = tuple[str, str]


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz")), min_size=1, max_size=3), max_size=5),
    st.data(),
)
def test_landing_any_part_again_ends_as_landing_once(
    tmp_path_factory: pytest.TempPathFactory, told: list[list[Report]], data: st.DataObject
) -> None:
    batches = [
        batch(*(job(name, state=state, seen_at=NOON + hour * HOUR) for name, state in reports))
        for hour, reports in enumerate(told)
    ]
    once, again = Lake(tmp_path_factory.mktemp("once")), Lake(tmp_path_factory.mktemp("again"))
    for number, rows in enumerate(batches):
        once.land(JOBS, rows)
        for repeated in batches[data.draw(st.integers(0, number)) : number + 1]:
            again.land(JOBS, repeated)
    for name in once.names():
        assert stored(again, name) == stored(once, name)
