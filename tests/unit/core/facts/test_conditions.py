"""Filters as conditions with bound parameters, and the functions that databases spell differently."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.facts import conditions
from core.facts.conditions import NO_VALUE
from core.facts.lake import Lake
from core.facts.query import Query, Reader, Warehouse
from core.people.person import EVERYTHING
from tests.unit.core.facts.asking import J, jobs, plan
from tests.unit.core.facts.jobs import JOBS, NOON, batch, job

TEAMS = Query("of_teams", sa.select(J.c.job).where(conditions.among("teams", J.c.team)), (JOBS,), {"teams": list})
TRIES = Query("of_tries", sa.select(J.c.job).where(conditions.among("tries", J.c["try"])), (JOBS,), {"tries": list})
STATES = Query("in_states", sa.select(J.c.job).where(conditions.one_of("states", J.c.state)), (JOBS,), {"states": list})
LINES = Query(
    "of_lines",
    sa.select(J.c.job).where(conditions.any_among("teams", sa.func.string_split(J.c.team, "/"))),
    (JOBS,),
    {"teams": list},
)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


@pytest.fixture
def reader(lake: Lake) -> Reader:
    lake.land(
        JOBS,
        batch(
            job("a", team="A"),
            job("b", team="B", state="done"),
            job("both", team="A/B"),
            job("empty", team=""),
            job("null"),
            job("quoted", team='L\'été, "-"\n$1'),
        ),
    )
    return Warehouse(lake, {"work": (JOBS,)}).reader(EVERYTHING)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ([], ["a", "b", "both", "empty", "null", "quoted"]),
        (["A"], ["a"]),
        (["B", "A", "A"], ["a", "b"]),
        ([NO_VALUE], ["empty", "null"]),
        ([NO_VALUE, "B"], ["b", "empty", "null"]),
        (['L\'été, "-"\n$1'], ["quoted"]),
        (["Z"], []),
    ],
)
def test_a_list_wants_its_values_and_an_empty_one_all(reader: Reader, wanted: list[str], found: list[str]) -> None:
    assert sorted(jobs(reader, TEAMS, teams=wanted)) == found


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ([], ["a", "b", "both", "empty", "null", "quoted"]),
        (["A"], ["a", "both"]),
        ([NO_VALUE], ["empty", "null"]),
        ([NO_VALUE, "B"], ["b", "both", "empty", "null"]),
    ],
)
def test_of_several_values_one_is_enough(reader: Reader, wanted: list[str], found: list[str]) -> None:
    assert sorted(jobs(reader, LINES, teams=wanted)) == found


def test_whole_numbers_are_wanted_as_texts_are(reader: Reader) -> None:
    assert jobs(reader, TRIES, tries=[2]) == []
    assert len(jobs(reader, TRIES, tries=[2, 1])) == 6
    assert len(jobs(reader, TRIES, tries=[])) == 6
    assert jobs(reader, TRIES, tries=[NO_VALUE]) == []


def test_a_plain_list_holds_what_it_holds(reader: Reader) -> None:
    assert jobs(reader, STATES, states=["done", "late"]) == ["b"]
    assert jobs(reader, STATES, states=[]) == []


def test_a_condition_that_wants_all_is_gone_before_a_row_is_read(reader: Reader) -> None:
    assert "team" in plan(reader, TEAMS, teams=["A"])
    assert "team" not in plan(reader, TEAMS, teams=[])


def test_a_question_tells_its_own_parameters() -> None:
    select = sa.select(J.c.job).where(
        conditions.among("teams", J.c.team),
        conditions.among("tries", J.c["try"]),
        conditions.between("seen", J.c.at),
        conditions.between("of", J.c.night),
        conditions.local_day(J.c.at) == J.c.night,
        J.c.seconds > sa.bindparam("longest", type_=sa.Double()),
        J.c.state.in_(sa.bindparam("states", expanding=True)),
        J.c.state != "gone",
    )
    assert conditions.params_of(select) == {
        "teams": list,
        "tries": list,
        "seen_start": datetime,
        "seen_end": datetime,
        "of_first": date,
        "of_last": date,
        "zone": str,
        "longest": float,
        "states": list,
    }


def test_a_period_holds_both_its_days_and_ends_before_its_last_moment(lake: Lake) -> None:
    hour = timedelta(hours=1)
    nights = {"a": date(2026, 3, 29), "b": date(2026, 3, 30), "c": date(2026, 3, 31), "d": None}
    lake.land(
        JOBS, batch(*(job(one, night=night, at=NOON + n * hour) for n, (one, night) in enumerate(nights.items())))
    )
    reader = Warehouse(lake, {"work": (JOBS,)}).reader(EVERYTHING)

    def asked(column: Any, **params: Any) -> list[str]:
        select = sa.select(J.c.job).where(conditions.between("of", column)).order_by(J.c.job)
        return jobs(reader, Query("within", select, (JOBS,), conditions.params_of(select)), **params)

    assert asked(J.c.night, of_first=date(2026, 3, 30), of_last=date(2026, 3, 31)) == ["b", "c"]
    assert asked(J.c.at, of_start=NOON + hour, of_end=NOON + 3 * hour) == ["b", "c"]


def test_days_weeks_and_months_are_those_of_a_time_zone(lake: Lake) -> None:
    before, after = datetime(2025, 12, 31, 22, 59, tzinfo=UTC), datetime(2025, 12, 31, 23, tzinfo=UTC)
    summer = datetime(2026, 3, 29, 22, tzinfo=UTC)
    lake.land(JOBS, batch(job("a", at=before), job("b", at=after), job("c", at=summer)))
    parts = (conditions.local_day, conditions.local_week, conditions.local_month)
    columns = [part(J.c.at).label(part.__name__) for part in parts]
    select = sa.select(*columns, sa.func.count().label("n")).group_by(*(part(J.c.at) for part in parts))
    query = Query("days", select.order_by("local_day"), (JOBS,), conditions.params_of(select))
    reader = Warehouse(lake, {"work": (JOBS,)}).reader(EVERYTHING)
    assert [tuple(row.values()) for row in reader.run(query, zone="Europe/Paris").table.to_pylist()] == [
        (date(2025, 12, 31), date(2025, 12, 29), date(2025, 12, 1), 1),
        (date(2026, 1, 1), date(2025, 12, 29), date(2026, 1, 1), 1),
        (date(2026, 3, 30), date(2026, 3, 30), date(2026, 3, 1), 1),
    ]
    assert reader.run(query, zone="UTC").table["local_day"].to_pylist() == [date(2025, 12, 31), date(2026, 3, 29)]


def test_percentiles_and_spans_are_numbers(lake: Lake) -> None:
    lake.land(JOBS, batch(*(job(str(n), seconds=float(n), at=NOON + timedelta(seconds=n)) for n in (1, 2, 4))))
    since = sa.bindparam("since", type_=sa.TIMESTAMP(timezone=True))
    middle, high = conditions.percentiles(J.c.seconds, 0.5, 0.75)
    select = sa.select(
        middle.label("middle"),
        high.label("high"),
        sa.func.max(conditions.seconds_between(since, J.c.at)).label("seconds"),
        sa.func.max(conditions.days_between(sa.cast(since, sa.Date), sa.cast(J.c.at, sa.Date))).label("days"),
    )
    query = Query("numbers", select, (JOBS,), conditions.params_of(select))
    table = Warehouse(lake, {"work": (JOBS,)}).reader(EVERYTHING).run(query, since=NOON - timedelta(days=2)).table
    assert table.to_pylist() == [{"middle": 2.0, "high": 3.0, "seconds": 172_804, "days": 2}]


def test_seconds_are_counted_at_each_full_second_forwards_and_backwards(lake: Lake) -> None:
    beside = {"a": -1.4, "b": -0.6, "c": 0.3, "d": 0.4, "e": 86_400.0}
    lake.land(JOBS, batch(*(job(name, at=NOON + timedelta(seconds=seconds)) for name, seconds in beside.items())))
    since = sa.bindparam("since", type_=sa.TIMESTAMP(timezone=True))
    select = sa.select(J.c.job, conditions.seconds_between(since, J.c.at).label("seconds"))
    query = Query("seconds", select, (JOBS,), conditions.params_of(select))
    moment = NOON + timedelta(seconds=0.35)
    table = Warehouse(lake, {"work": (JOBS,)}).reader(EVERYTHING).run(query, since=moment).table
    assert {row["job"]: row["seconds"] for row in table.to_pylist()} == {"a": -2, "b": -1, "c": 0, "d": 0, "e": 86_400}


def test_of_two_conditions_only_the_one_asked_for_is_written_and_holds(reader: Reader) -> None:
    select = sa.select(J.c.job).where(conditions.either("named", J.c.team == "A", J.c.team == "B"))
    query = Query("either", select, (JOBS,), conditions.params_of(select))
    assert query.params == {"named": bool}
    assert (jobs(reader, query, named=True), jobs(reader, query, named=False)) == (["a"], ["b"])
    statement, values = query.bound(query.values({"named": False}), capped=False)
    assert values == ["B"]
    assert statement.count("team") == 1


def test_a_shorter_statement_is_run_where_its_yes_or_no_is_no(reader: Reader) -> None:
    whole = sa.select(J.c.job).where(conditions.either("all", sa.true(), J.c.team == "A"))
    query = Query("shorter", whole, (JOBS,), {"all": bool}, shorter=("all", sa.select(J.c.job).where(J.c.team == "B")))
    assert len(jobs(reader, query, all=True)) == 6
    assert jobs(reader, query, all=False) == ["b"]
