"""Snapshots: what they see, in which order, and that they notice every change."""

import shutil
import threading
from pathlib import Path

import pytest

from core.facts import snapshot
from core.facts.lake import Lake
from core.facts.reads import READS
from core.facts.snapshot import Snapshot, Snapshots
from tests.unit.core.facts.jobs import JOBS, batch, job


def number(taken: Snapshot, table: object = JOBS) -> int | None:
    version = taken.version(table)  # type: ignore[arg-type]
    return version.number if version else None


def test_a_table_that_never_landed_has_no_version(tmp_path: Path) -> None:
    snapshot = Snapshots(Lake(tmp_path), [JOBS]).take()
    assert [number(snapshot, table) for table in (READS, JOBS, JOBS.observations)] == [None, None, None]


def test_it_names_the_version_that_the_lake_names(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    snapshots = Snapshots(lake, [JOBS])
    for turn in range(22):  # past a checkpoint of the log, one in twenty versions
        lake.land(JOBS, batch(job(str(turn))))
        assert number(snapshots.take()) == lake.version(JOBS)
    assert number(Snapshots(lake, [JOBS]).take()) == lake.version(JOBS)


def test_two_snapshots_are_equal_until_something_lands(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    snapshots = Snapshots(lake, [JOBS])
    lake.land(JOBS, batch(job()))
    before = snapshots.take()
    assert (snapshots.take(), hash(snapshots.take())) == (before, hash(before))
    lake.land(JOBS, batch(job("b")))
    assert snapshots.take() != before
    assert snapshots.take().of([READS]) == before.of([READS])


def test_a_folder_that_stood_still_is_not_looked_into_until_something_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake, looks = Lake(tmp_path), list[str]()
    snapshots, look = Snapshots(lake, [JOBS]), Snapshots._look
    monkeypatch.setattr(Snapshots, "_look", lambda its, table, at: (looks.append(table), look(its, table, at))[1])
    lake.land(JOBS, batch(job("a")))
    first = snapshots.take()
    assert (snapshots.take(), len(looks)) == (first, 4)  # it was written just now
    monkeypatch.setattr(snapshot, "SETTLED", -1.0)
    assert (snapshots.take(), len(looks)) == (first, 6)
    assert (snapshots.take(), len(looks)) == (first, 6)
    monkeypatch.undo()
    lake.land(JOBS, batch(job("b")))
    assert number(snapshots.take()) == lake.version(JOBS) != number(first)


def test_a_folder_put_back_is_another_version_even_at_the_same_number(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    snapshots = Snapshots(lake, [JOBS])
    lake.land(JOBS, batch(job("a")))
    shutil.copytree(lake.root, tmp_path / "copy")
    lake.land(JOBS, batch(job("b")))
    before = snapshots.take()
    shutil.rmtree(lake.root)
    shutil.copytree(tmp_path / "copy", lake.root)
    assert number(snapshots.take()) == 1
    lake.land(JOBS, batch(job("c")))
    assert number(snapshots.take()) == number(before)
    assert snapshots.take() != before


def test_a_state_is_never_seen_without_its_observation(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    snapshots, seen, over = Snapshots(lake, [JOBS]), [], threading.Event()

    def watch() -> None:
        while not over.is_set():
            seen.append(snapshots.take())

    watching = threading.Thread(target=watch)
    watching.start()
    for turn in range(8):
        lake.land(JOBS, batch(job(str(turn))))
    over.set()
    watching.join()
    assert all((number(one, JOBS.observations) or 0) >= (number(one) or 0) for one in seen)
