"""The query core: answers, their types and bounds, parameters."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import sqlalchemy as sa

from core.base.errors import QueryFailed
from core.base.i18n import speaking
from core.facts.lake import Lake
from core.facts.query import Query, Warehouse, blanked
from core.facts.reads import READS
from core.facts.tables import TEXT, Column
from core.people.person import EVERYTHING
from tests.unit.core.facts.asking import ALL, HOUR, J, jobs
from tests.unit.core.facts.jobs import JOBS, NOON, batch, job

BEGUN = Query(
    "jobs_begun",
    sa.select(J.c.job).where(J.c.at >= sa.bindparam("since"), J.c.state.in_(sa.bindparam("states", expanding=True))),
    (JOBS,),
    {"since": datetime, "states": list},
)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


@pytest.fixture
def house(lake: Lake) -> Warehouse:
    return Warehouse(lake, {"work": (JOBS,)})


# Answers


def test_a_table_that_never_landed_is_typed_and_empty(house: Warehouse) -> None:
    result = house.reader(EVERYTHING).run(ALL)
    assert (result.table.num_rows, result.truncated, result.freshness) == (0, False, None)
    assert {field.name: str(field.type) for field in result.table.schema} == {
        "job": "string",
        "try": "int64",
        "at": "timestamp[us, tz=UTC]",
        "state": "string",
        "seconds": "double",
        "good": "bool",
        "night": "date32[day]",
        "team": "string",
        "seen_at": "timestamp[us, tz=UTC]",
    }


def test_what_lands_is_what_is_read(lake: Lake, house: Warehouse) -> None:
    row = job("é", seconds=1.5, good=False, night=date(2026, 3, 31), team="T", at=NOON + timedelta(microseconds=1))
    lake.land(JOBS, batch(row))
    assert house.reader(EVERYTHING).run(ALL).table.to_pylist() == [row]


def test_parameters_are_bound_by_name(lake: Lake, house: Warehouse) -> None:
    lake.land(JOBS, batch(job("a"), job("b", at=NOON + HOUR), job("c", at=NOON + HOUR, state="done")))
    reader = house.reader(EVERYTHING)
    assert jobs(reader, BEGUN, since=NOON + HOUR, states=["running"]) == ["b"]
    assert sorted(jobs(reader, BEGUN, since=NOON, states=["done", "running"])) == ["a", "b", "c"]
    assert jobs(reader, BEGUN, since=NOON, states=[]) == []


@pytest.mark.parametrize("evil", ["'; DROP SCHEMA s1; --", "running' OR '1'='1", "$1", ":since", "%s", "\\", "\x00"])
def test_a_parameter_is_never_read_as_sql(lake: Lake, house: Warehouse, evil: str) -> None:
    lake.land(JOBS, batch(job("a")))
    assert jobs(house.reader(EVERYTHING), BEGUN, since=NOON, states=[evil]) == []
    lake.land(JOBS, batch(job("b", state=evil)))
    assert jobs(house.reader(EVERYTHING), BEGUN, since=NOON, states=[evil]) == ["b"]


def test_sums_are_whole_numbers_and_fractions_are_floats(lake: Lake, house: Warehouse) -> None:
    lake.land(JOBS, batch(job("a", seconds=1.5), job("b", seconds=2.0)))
    select = sa.select(
        sa.func.sum(J.c["try"]).label("tries"),
        sa.func.count().label("rows"),
        sa.func.avg(J.c.seconds).label("mean"),
        sa.cast(sa.func.sum(J.c["try"]), sa.Numeric(10, 2)).label("exact"),
    )
    table = house.reader(EVERYTHING).run(Query("sums", select, (JOBS,), {})).table
    assert table.to_pylist() == [{"tries": 2, "rows": 2, "mean": 1.75, "exact": 2.0}]
    assert [str(kind) for kind in table.schema.types] == ["int64", "int64", "double", "double"]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("123456789012.345", 123456789012.345),
        ("1.100000000000000000000", 1.1),
        ("-0.000000000000000001", -1e-18),
        ("9223372036854775807", 2**63 - 1),
        ("1234567890123.456", None),
        ("9223372036854775808", None),
    ],
)
def test_a_decimal_is_a_number_or_is_told_to_have_too_many_figures(
    house: Warehouse, written: str, kept: float | None
) -> None:
    scale = len(written.partition(".")[2])
    asked = Query("exact", sa.select(sa.cast(sa.literal(written), sa.Numeric(38, scale)).label("x")), (JOBS,), {})
    if kept is not None:
        assert house.reader(EVERYTHING).run(asked).table["x"].to_pylist() == [kept]
        return
    with speaking("en"), pytest.raises(QueryFailed) as failed:
        house.reader(EVERYTHING).run(asked)
    assert failed.value.sentence == ("x has more figures than a number keeps: round it, or write CAST(x AS VARCHAR).")


def test_days_and_weeks_are_those_of_paris(lake: Lake, house: Warehouse) -> None:
    lake.land(
        JOBS,
        batch(
            job("a", at=datetime(2026, 3, 29, 21, 59, tzinfo=UTC)), job("b", at=datetime(2026, 3, 29, 22, tzinfo=UTC))
        ),
    )
    local = sa.func.timezone("Europe/Paris", J.c.at)
    select = sa.select(
        sa.cast(local, sa.Date).label("day"), sa.cast(sa.func.date_trunc("week", local), sa.Date).label("week")
    )
    table = house.reader(EVERYTHING).run(Query("days", select.order_by(J.c.job), (JOBS,), {})).table
    assert table["day"].to_pylist() == [date(2026, 3, 29), date(2026, 3, 30)]
    assert table["week"].to_pylist() == [date(2026, 3, 23), date(2026, 3, 30)]


def test_an_answer_is_cut_at_its_cap_and_says_so(lake: Lake, house: Warehouse) -> None:
    lake.land(JOBS, batch(*(job(f"{n:02}") for n in range(10))))
    reader = house.reader(EVERYTHING)
    cut = reader.run(replace(ALL, cap=9))
    assert (cut.table["job"].to_pylist(), cut.truncated) == ([f"{n:02}" for n in range(9)], True)
    assert not reader.run(replace(ALL, cap=10)).truncated


def test_a_stream_has_no_cap_and_the_types_of_an_answer(lake: Lake, house: Warehouse) -> None:
    lake.land(JOBS, batch(*(job(f"{n:02}") for n in range(10))))
    reader = house.reader(EVERYTHING)
    streamed = pa.Table.from_batches(reader.stream(replace(ALL, cap=3)))
    assert streamed == reader.run(ALL).table


def test_a_result_cannot_be_changed_by_who_reads_it(lake: Lake, house: Warehouse) -> None:
    lake.land(JOBS, batch(job("a", seconds=1.0)))
    result = house.reader(EVERYTHING).run(ALL)
    frame = result.frame()
    frame.loc[0, "job"] = "changed"
    frame["seconds"] = 2.0
    with pytest.raises(ValueError, match="read-only"):
        result.table["seconds"].chunk(0).to_numpy()[0] = 2.0
    again = house.reader(EVERYTHING).run(ALL)
    assert again.table is result.table
    assert again.frame()[["job", "seconds"]].to_numpy().tolist() == [["a", 1.0]]


def test_a_query_sees_the_tables_it_names_and_no_other(house: Warehouse) -> None:
    hidden = Query("hidden", sa.select(READS.sql.c.source), (JOBS,), {})
    with pytest.raises(QueryFailed):
        house.reader(EVERYTHING).run(hidden)


def test_a_column_declared_but_not_landed_yet_is_null(lake: Lake) -> None:
    lake.land(JOBS, batch(job("a")))
    grown = replace(JOBS, columns=(*JOBS.columns, Column("colour", TEXT, "new")))
    colours = Query(
        "colours",
        sa.select(sa.column("job"), sa.column("colour")).select_from(sa.table("jobs")).order_by("job"),
        (grown,),
        {},
    )
    house = Warehouse(lake, {"work": (grown,)})
    assert house.reader(EVERYTHING).run(colours).table["colour"].to_pylist() == [None]
    lake.land(grown, pa.Table.from_pylist([job("b", colour="red")], schema=grown.schema))
    assert house.reader(EVERYTHING).run(colours).table["colour"].to_pylist() == [None, "red"]


# Parameters


class State(StrEnum):
    RUNNING = "running"


def test_equal_questions_have_equal_values() -> None:
    paris = timezone(timedelta(hours=2))
    one = BEGUN.values({"states": ["b", "a", "b"], "since": datetime(2026, 3, 31, 14, tzinfo=paris)})
    assert one == BEGUN.values({"since": NOON, "states": ["a", "b"]}) == (("since", NOON), ("states", ("a", "b")))
    assert hash(one) == hash(BEGUN.values({"since": NOON, "states": ["a", "b"]}))


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"since": NOON},
        {"since": NOON, "states": [], "more": 1},
        {"since": "2026-03-31", "states": []},
        {"since": datetime(2026, 3, 31), "states": []},
        {"since": NOON, "states": "running"},
    ],
)
def test_a_wrong_parameter_is_an_error_of_the_program(house: Warehouse, params: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        house.reader(EVERYTHING).run(BEGUN, **params)


def test_a_word_of_an_enumeration_is_text(lake: Lake, house: Warehouse) -> None:
    lake.land(JOBS, batch(job("a")))
    assert jobs(house.reader(EVERYTHING), BEGUN, since=NOON, states=[State.RUNNING]) == ["a"]


def test_none_stands_for_not_given(lake: Lake, house: Warehouse) -> None:
    lake.land(JOBS, batch(job("a", team="A"), job("b")))
    team = sa.bindparam("team", type_=sa.Text)
    of_team = Query(
        "of_team", sa.select(J.c.job).where(sa.or_(team.is_(None), J.c.team == team)), (JOBS,), {"team": str}
    )
    reader = house.reader(EVERYTHING)
    assert sorted(jobs(reader, of_team, team=None)) == ["a", "b"]
    assert jobs(reader, of_team, team="A") == ["a"]


@pytest.mark.parametrize("kind", [pa.int64(), pa.float64(), pa.timestamp("us", tz="UTC"), pa.date32(), pa.int32()])
def test_nothing_of_the_memory_below_a_null_is_handed_on(kind: pa.DataType) -> None:
    held = pa.Array.from_buffers(kind, 3, [pa.py_buffer(b"\x02"), pa.py_buffer(b"secret!!" * 3)])
    table = blanked(pa.table({"x": pa.chunked_array([held, held])}))
    assert table["x"].is_valid().to_pylist() == [False, True, False] * 2
    assert table["x"].equals(pa.chunked_array([held, held]))
    width = kind.bit_width // 8
    for chunk in table["x"].chunks:
        below = [chunk.buffers()[1].to_pybytes()[at * width : (at + 1) * width] for at in range(len(chunk))]
        assert {told for told, valid in zip(below, chunk.is_valid().to_pylist(), strict=True) if not valid} == {
            bytes(width)
        }
