"""One query core for many people: the cache, scopes, freshness, files that are gone."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import sqlalchemy as sa
from deltalake import DeltaTable

from core.base.errors import QueryFailed
from core.base.i18n import speaking
from core.facts import lake as lake_module
from core.facts.lake import Lake, files_of
from core.facts.query import Query, Reader, Warehouse
from core.facts.reads import READS
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING, Scope
from tests.unit.core.facts.asking import ALL, HOUR, J, jobs
from tests.unit.core.facts.jobs import JOBS, NOON, batch, job


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


@pytest.fixture
def house(lake: Lake) -> Warehouse:
    return Warehouse(lake, {"work": (JOBS,)})


def counting(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the queries that reach DuckDB from now on."""
    computed: list[str] = []
    compute = Reader._compute

    def counted(reader: Reader, query: Query, values: Any) -> Any:
        computed.append(query.name)
        time.sleep(0.05)
        return compute(reader, query, values)

    monkeypatch.setattr(Reader, "_compute", counted)
    return computed


def read(
    lake: Lake,
    at: datetime,
    source: str = "s",
    mission: str = "work",
    outcome: str = "ok",
    covers_until: datetime | None = None,
) -> None:
    moments = {"read_at": at, "ended_at": at + HOUR, "covers_until": covers_until}
    row = {"source": source, "mission": mission, "outcome": outcome, **moments}
    lake.land(READS, pa.Table.from_pylist([{**row, "landed": 0, "refused": 0}], schema=READS.schema))


# The cache


def test_sixteen_threads_asking_cause_one_computation(
    lake: Lake, house: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake.land(JOBS, batch(job("a")))
    computed, together = counting(monkeypatch), threading.Barrier(16)

    def ask() -> list[str]:
        together.wait()
        return jobs(house.reader(EVERYTHING))

    with ThreadPoolExecutor(16) as pool:
        answers = [future.result() for future in [pool.submit(ask) for _ in range(16)]]
    assert answers == [["a"]] * 16
    assert sorted(computed) == ["all_jobs", "last_reads"]


def test_sixteen_threads_asking_a_failing_query_cause_one_failure(
    house: Warehouse, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken = Query("broken", sa.select(sa.func.error("secret table")), (JOBS,), {})
    computed, together = counting(monkeypatch), threading.Barrier(16)

    def ask() -> QueryFailed:
        together.wait()
        with speaking("en"), pytest.raises(QueryFailed) as failure:
            house.reader(EVERYTHING).run(broken)
        return failure.value

    with ThreadPoolExecutor(16) as pool:
        failures = [future.result() for future in [pool.submit(ask) for _ in range(16)]]
    assert computed == ["broken"]
    assert {failure.sentence for failure in failures} == {
        "The data cannot be read right now. Try again in a moment; if it lasts, tell the team that runs Vigie."
    }
    assert all("secret table" in failure.detail for failure in failures)
    assert "query broken failed: Invalid Input Error: secret table" in caplog.text


def test_a_failure_is_told_in_the_language_of_each_who_asks(house: Warehouse) -> None:
    broken = Query("broken", sa.select(sa.func.error("no")), (JOBS,), {})
    told = []
    for language in ("fr", "en"):
        with speaking(language), pytest.raises(QueryFailed) as failure:
            house.reader(EVERYTHING).run(broken)
        told.append(failure.value.sentence.split(".")[0])
    assert told == ["Les données ne peuvent pas être lues pour l’instant", "The data cannot be read right now"]


def test_a_landing_makes_the_next_read_fresh_and_nothing_else_does(
    lake: Lake, house: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake.land(JOBS, batch(job("a")))
    computed = counting(monkeypatch)
    assert jobs(house.reader(EVERYTHING)) == jobs(house.reader(EVERYTHING)) == ["a"]
    lake.land(JOBS, batch(job("a")))
    read(lake, NOON)
    assert jobs(house.reader(EVERYTHING)) == ["a"]
    assert computed.count("all_jobs") == 1
    lake.land(JOBS, batch(job("b")))
    assert jobs(house.reader(EVERYTHING)) == ["a", "b"]
    assert computed.count("all_jobs") == 2


def test_all_that_one_reader_reads_agrees(lake: Lake, house: Warehouse) -> None:
    lake.land(JOBS, batch(job("a")))
    reader = house.reader(EVERYTHING)
    lake.land(JOBS, batch(job("b")))
    assert jobs(reader) == ["a"]
    assert [row["job"] for piece in reader.stream(ALL) for row in piece.to_pylist()] == ["a"]
    assert jobs(house.reader(EVERYTHING, reader.snapshot)) == ["a"]
    assert jobs(house.reader(EVERYTHING)) == ["a", "b"]


LONGEST = Query(
    "longest",
    sa.select(J.c.team, sa.func.max(J.c.seconds).label("seconds"))
    .where(J.c.state == sa.bindparam("state"))
    .group_by(J.c.team),
    (JOBS,),
    {"state": str},
)
"""How long the longest job of each team took, of those in a state."""
_its = LONGEST.sql.c
AS_LONG = Query(
    "as_long",
    sa.select(J.c.job)
    .join_from(J, LONGEST.sql, sa.and_(_its.team == J.c.team, _its.seconds == J.c.seconds))
    .where(J.c.team.in_(sa.bindparam("teams", expanding=True)))
    .order_by(J.c.job),
    (JOBS,),
    {"state": str, "teams": list},
    upon=(LONGEST,),
)


def test_what_several_questions_read_is_worked_out_once_a_snapshot(
    lake: Lake, house: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = [job("a", team="A", seconds=2.0), job("b", team="A", seconds=1.0), job("c", team="B", seconds=3.0)]
    lake.land(JOBS, batch(*first))
    computed = counting(monkeypatch)
    reader = house.reader(EVERYTHING)
    assert jobs(reader, AS_LONG, state="running", teams=["A"]) == ["a"]
    assert jobs(reader, AS_LONG, state="running", teams=["A", "B"]) == ["a", "c"]
    assert computed.count("longest") == 1
    assert jobs(reader, AS_LONG, state="done", teams=["A", "B"]) == []
    lake.land(JOBS, batch(job("d", team="A", seconds=5.0)))
    assert jobs(reader, AS_LONG, state="running", teams=["A"]) == ["a"]
    assert jobs(house.reader(EVERYTHING), AS_LONG, state="running", teams=["A"]) == ["d"]
    assert computed.count("longest") == 3


def test_a_question_names_the_tables_of_those_that_it_reads() -> None:
    with pytest.raises(TypeError, match=r"counted reads answers about \['jobs'\]"):
        Query("counted", sa.select(sa.func.count()).select_from(LONGEST.sql), (), LONGEST.params, upon=(LONGEST,))


def test_what_several_questions_read_holds_no_row_of_another_squad(lake: Lake, house: Warehouse) -> None:
    lake.land(JOBS, batch(job("a", team="A", seconds=2.0), job("b", team="B", seconds=2.0)))
    asked = {"state": "running", "teams": ["A", "B"]}
    assert jobs(house.reader(EVERYTHING), AS_LONG, **asked) == ["a", "b"]
    assert jobs(house.reader(Scope(frozenset({"A"}))), AS_LONG, **asked) == ["a"]
    assert house.reader(Scope(frozenset({"A"}))).run(LONGEST, state="running").table["team"].to_pylist() == ["A"]


def test_a_cached_read_takes_well_under_two_milliseconds(lake: Lake, house: Warehouse) -> None:
    lake.land(JOBS, batch(*(job(str(n)) for n in range(1000))))
    times = []
    for _ in range(200):
        begun = time.perf_counter()
        house.reader(EVERYTHING).run(ALL)
        times.append(time.perf_counter() - begun)
    assert sorted(times)[100] < 0.002


# Scopes


def test_a_squad_never_gets_another_squads_row(lake: Lake, house: Warehouse) -> None:
    lake.land(JOBS, batch(job("a", team="A"), job("b", team="B"), job("n")))
    seen = {
        "all": EVERYTHING,
        "A": Scope(frozenset({"A"})),
        "B": Scope(frozenset({"B"})),
        "AB": Scope(frozenset({"A", "B"})),
        "none": Scope(frozenset()),
    }
    for _warm in range(2):
        assert {name: jobs(house.reader(scope)) for name, scope in seen.items()} == {
            "all": ["a", "b", "n"],
            "A": ["a", "n"],
            "B": ["b", "n"],
            "AB": ["a", "b", "n"],
            "none": ["n"],
        }
    for name, expected in {"A": ["a", "n"], "none": ["n"]}.items():
        streamed = pa.Table.from_batches(house.reader(seen[name]).stream(ALL))
        assert streamed["job"].to_pylist() == expected


def test_history_obeys_the_scope_too(lake: Lake, house: Warehouse) -> None:
    lake.land(JOBS, batch(job("a", team="A"), job("b", team="B")))
    states = JOBS.observations.sql
    history = Query("history", sa.select(states.c.job), (JOBS.observations,), {})
    assert jobs(house.reader(Scope(frozenset({"B"}))), history) == ["b"]


def test_many_squads_asking_at_once_each_get_their_own(lake: Lake, house: Warehouse) -> None:
    lake.land(JOBS, batch(*(job(str(n), team=str(n)) for n in range(16))))

    def ask(turn: int) -> bool:
        squad = str(turn % 16)
        return jobs(house.reader(Scope(frozenset({squad})))) == [squad]

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(ask, range(320)))


# Freshness and faults


def test_freshness_is_the_last_good_reading_of_the_tables_mission(lake: Lake, house: Warehouse) -> None:
    assert house.reader(EVERYTHING).fresh(JOBS) is None
    read(lake, NOON)
    read(lake, NOON + HOUR)
    read(lake, NOON + 2 * HOUR, outcome="failed")
    read(lake, NOON + 3 * HOUR, mission="other")
    reader = house.reader(EVERYTHING)
    assert reader.fresh(JOBS) == reader.fresh(JOBS.observations) == reader.run(ALL).freshness == NOON + HOUR


def test_freshness_is_what_the_data_cover_not_when_they_were_read(lake: Lake, house: Warehouse) -> None:
    read(lake, NOON, covers_until=NOON - 24 * HOUR)
    reader = house.reader(EVERYTHING)
    assert (reader.fresh(JOBS), reader.read_at(JOBS)) == (NOON - 24 * HOUR, NOON)
    read(lake, NOON + HOUR, covers_until=NOON + 99 * HOUR)
    assert house.reader(EVERYTHING).fresh(JOBS) == NOON + 2 * HOUR


def test_of_several_missions_the_stalest_counts(lake: Lake) -> None:
    others = replace(JOBS, name="others")
    house = Warehouse(lake, {"work": (JOBS,), "other": (others,)})
    read(lake, NOON)
    assert house.reader(EVERYTHING).fresh(JOBS, others) is None
    read(lake, NOON + HOUR, mission="other")
    assert house.reader(EVERYTHING).fresh(JOBS, others) == NOON


def vanish(lake: Lake) -> None:
    """Take away the files of every version but the newest, as a compaction long after would."""
    kept = set(files_of(DeltaTable(lake.root / "jobs")))
    for file in (lake.root / "jobs").rglob("*.parquet"):
        if "_delta_log" not in str(file) and str(file) not in kept:
            file.unlink()


@pytest.mark.parametrize("ask", [jobs, lambda reader: [r["job"] for b in reader.stream(ALL) for r in b.to_pylist()]])
def test_a_reader_whose_files_are_gone_takes_a_new_snapshot(
    lake: Lake, house: Warehouse, ask: Callable[[Reader], list[str]]
) -> None:
    lake.land(JOBS, batch(job("a")))
    reader = house.reader(EVERYTHING)
    lake.land(JOBS, batch(job("a", state="done", seen_at=NOON + HOUR), job("b")))
    vanish(lake)
    before = reader.snapshot
    assert ask(reader) == ["a", "b"]
    assert reader.snapshot == house.snapshot() != before


def test_a_file_that_is_lost_is_told_in_one_sentence(lake: Lake, house: Warehouse) -> None:
    lake.land(JOBS, batch(job("a")))
    for file in (lake.root / "jobs").glob("month=*/*.parquet"):
        file.unlink()
    with pytest.raises(QueryFailed, match="Les données ne peuvent pas être lues"):
        house.reader(EVERYTHING).run(ALL)


def test_a_damaged_file_is_told_in_one_sentence(lake: Lake, house: Warehouse) -> None:
    lake.land(JOBS, batch(job("a")))
    for file in (lake.root / "jobs").glob("month=*/*.parquet"):
        file.write_bytes(b"PAR1 not at all PAR1")
    with pytest.raises(QueryFailed, match="Les données ne peuvent pas être lues"):
        list(house.reader(EVERYTHING).stream(ALL))


def test_readers_and_landings_at_once_agree_with_some_version(lake: Lake, house: Warehouse) -> None:
    """Every answer is one that some whole landing left: as many rows of each half of a batch."""
    select = sa.select(J.c.state, sa.func.count().label("n")).group_by(J.c.state)
    halves = Query("halves", select, (JOBS,), {})
    over, wrong = threading.Event(), []

    def watch() -> None:
        while not over.is_set():
            counts = house.reader(EVERYTHING).run(halves).table["n"].to_pylist()
            if len(set(counts)) > 1:
                wrong.append(counts)

    with ThreadPoolExecutor(4) as pool:
        watching = [pool.submit(watch) for _ in range(4)]
        for turn in range(6):
            lake.land(
                JOBS, batch(job(f"{turn} l", state="left", at=NOON - 40 * 24 * HOUR), job(f"{turn} r", state="right"))
            )
            if turn % 5 == 4:
                lake.compact(JOBS)
        over.set()
        for future in watching:
            future.result()
    assert wrong == []


def test_the_house_knows_the_tables_of_every_mission(data: Path) -> None:
    reader = warehouse().reader(EVERYTHING)
    assert reader.run(Query("reads", sa.select(READS.sql), (READS,), {})).table.num_rows == 0
    assert warehouse() is warehouse()
    assert lake_module.lake().root == data / "lake"
