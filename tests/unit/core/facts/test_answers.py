"""Answers about months that are over outlive landings elsewhere, and the process; never what they were made of."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from errno import ENOSPC
from pathlib import Path

import pyarrow as pa
import pytest
import sqlalchemy as sa

from core.facts import answers, gone
from core.facts.lake import Lake
from core.facts.query import Query, Reader, Warehouse
from core.facts.tables import TEXT, Column
from core.people.person import EVERYTHING, Scope
from tests.unit.core.facts.asking import J
from tests.unit.core.facts.jobs import JOBS, batch, job

NUMBERS = pa.table({"n": [1, 2]})
MARCH, APRIL, MAY = (datetime(2026, month, 1, tzinfo=UTC) for month in (3, 4, 5))
COUNT = Query(
    "count",
    sa.select(sa.func.count().label("n")).where(J.c.at >= sa.bindparam("since"), J.c.at < sa.bindparam("until")),
    (JOBS,),
    {"since": datetime, "until": datetime},
    within=("since", "until"),
)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = Lake(tmp_path / "lake")
    for name, day, team in (("a", 5, None), ("b", 6, "Nord"), ("c", 37, None)):
        at = MARCH.replace(month=3 + day // 31, day=day % 31)
        made.land(JOBS, batch(job(name, at=at, team=team)))
    return made


@pytest.fixture
def reckoned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The months that were worked out, by their first."""
    found: list[str] = []
    real = Reader._compute

    def compute(reader: Reader, query: Query, values: tuple[tuple[str, object], ...]) -> object:
        if query is COUNT:
            found.append(f"{dict(values)['since']:%B}")
        return real(reader, query, values)

    monkeypatch.setattr(Reader, "_compute", compute)
    return found


def asked(lake: Lake, scope: Scope = EVERYTHING, house: Warehouse | None = None) -> list[int]:
    """How many jobs March and April hold; by another process, where no warehouse is given."""
    reader = (house or Warehouse(lake, {"work": (JOBS,)})).reader(scope)
    months = ((MARCH, APRIL), (APRIL, MAY))
    return [reader.run(COUNT, since=since, until=until).table["n"][0].as_py() for since, until in months]


def kept(lake: Lake) -> int:
    return len(list((lake.root.parent / "answers" / "jobs").glob("*")))


def test_a_month_that_is_over_is_worked_out_once_for_all_processes(lake: Lake, reckoned: list[str]) -> None:
    assert [asked(lake), asked(lake)] == [[2, 1], [2, 1]]
    assert reckoned == ["March", "April", "April"]


def test_what_is_asked_ahead_is_kept_for_all_processes_while_its_month_goes_on_and_not_once_it_changed(
    lake: Lake,
) -> None:
    def asked_ahead() -> int:
        answer = Warehouse(lake, {"work": (JOBS,)}).reader(EVERYTHING).run(replace(COUNT, ahead=True), **may)
        return int(answer.table["n"][0].as_py())

    may = {"since": APRIL, "until": MAY}
    assert (asked_ahead(), kept(lake)) == (1, 1)
    lake.land(JOBS, batch(job("d", at=APRIL)))
    assert (asked_ahead(), kept(lake)) == (2, 2)
    lake.compact(JOBS)
    assert kept(lake) == 0


def test_a_landing_in_another_month_changes_nothing_and_one_in_it_is_seen(lake: Lake, reckoned: list[str]) -> None:
    house = Warehouse(lake, {"work": (JOBS,)})
    asked(lake, house=house)
    lake.land(JOBS, batch(job("d", at=APRIL)))
    assert asked(lake, house=house) == [2, 2]
    lake.land(JOBS, batch(job("e", at=MARCH)))
    assert asked(lake, house=house) == [3, 2]
    assert reckoned == ["March", "April", "April", "March"]


def test_each_squad_is_told_its_own(lake: Lake) -> None:
    scopes = (EVERYTHING, Scope(frozenset()), Scope(frozenset({"Nord"})), Scope(frozenset({"Sud"})))
    for _process in range(2):
        assert [asked(lake, scope)[0] for scope in scopes] == [2, 1, 2, 1]


def test_what_is_forgotten_is_in_no_answer(lake: Lake) -> None:
    asked(lake)
    lake.land(JOBS, batch(job("f", at=MARCH)))
    asked(lake)
    assert kept(lake) == 2
    lake.compact(JOBS)
    assert kept(lake) == 0
    assert asked(lake) == [3, 1]
    lake.purge(JOBS)
    assert kept(lake) == 0
    asked(lake)
    lake.drop(JOBS)
    assert (kept(lake), asked(lake)) == (0, [0, 0])


def test_an_answer_of_a_month_that_stays_as_it_was_outlives_what_joins_the_files_of_others(lake: Lake) -> None:
    lake.compact(JOBS)
    asked(lake)
    lake.land(JOBS, batch(job("d", at=APRIL)))
    lake.compact(JOBS)
    assert kept(lake) == 1


@pytest.mark.parametrize("broken", [b"", b"ARROW1\0\0half"])
def test_an_answer_that_cannot_be_read_is_worked_out_anew(lake: Lake, reckoned: list[str], broken: bytes) -> None:
    asked(lake)
    [path] = (lake.root.parent / "answers" / "jobs").glob("*")
    path.write_bytes(broken)
    assert asked(lake) == [2, 1]
    assert asked(lake) == [2, 1]
    assert reckoned.count("March") == 2


def test_where_nothing_can_be_kept_the_answer_is_given(lake: Lake) -> None:
    (lake.root.parent / "answers").write_text("no folder")
    assert asked(lake) == [2, 1]


def test_a_disk_that_is_full_keeps_nothing_half_written(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(new: str, path: Path) -> None:
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    made = answers.Answers(lake.root.parent / "answers" / "jobs")
    assert made.get("all", ["a"], lambda: (NUMBERS, True)) == NUMBERS
    assert kept(lake) == 0


def test_what_another_process_takes_out_meanwhile_stops_no_tidying(lake: Lake) -> None:
    folder = lake.root.parent / "answers" / "jobs"
    folder.mkdir(parents=True)
    (folder / "gone").symlink_to("nowhere")
    answers.Answers(folder).left(["a"])


def test_what_is_not_ours_stays_and_stops_no_tidying(lake: Lake) -> None:
    folder = lake.root.parent / "answers" / "jobs"
    made = answers.Answers(folder)
    made.get("mine", ["a"], lambda: (NUMBERS, True))
    (folder / "folder").mkdir()
    for name, metadata in {
        "bare": None,
        "other": {"x": "1"},
        "alike": {"files": "a.txt"},
        "number": {"files": "3"},
    }.items():
        table = NUMBERS.replace_schema_metadata(metadata)
        with pa.ipc.new_file(str(folder / name), table.schema) as written:
            written.write_table(table)
    made.left(["b"])
    assert {path.name for path in folder.iterdir()} == {"folder", "bare", "other", "alike", "number"}


def test_of_more_than_there_is_room_for_the_newest_answers_stay(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    made = answers.Answers(lake.root.parent / "answers" / "jobs")
    for nth, asked in enumerate(("first", "second", "third")):
        before = set((lake.root.parent / "answers" / "jobs").glob("*"))
        made.get(asked, ["a"], lambda: (NUMBERS, True))
        [new] = set((lake.root.parent / "answers" / "jobs").glob("*")) - before
        os.utime(new, (nth, nth))
    monkeypatch.setattr(answers, "MOST", 2 * new.stat().st_size)
    made.left(["a"])
    assert kept(lake) == 2
    assert new.exists()


def test_an_answer_that_names_people_is_never_kept() -> None:
    named = replace(JOBS, name="named", columns=(*JOBS.columns, Column("who", TEXT, "who", personal=True)))
    with pytest.raises(TypeError, match="names no people"):
        Query("named", sa.select(named.sql.c.job), (named,), {"since": datetime, "until": datetime}, within=("a", "b"))


def test_a_source_that_is_forgotten_leaves_no_answer(lake: Lake) -> None:
    asked(lake)
    sourced = replace(JOBS, columns=(*JOBS.columns, Column("source", TEXT, "source")))
    lake.land(sourced, batch(job("s", at=APRIL)))
    gone.forget_source(lake, [sourced], "log")
    assert kept(lake) == 0
