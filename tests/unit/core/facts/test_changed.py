"""The newest state of a row stays, whatever the order in which states arrive; working days between two moments."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.base.calendar import is_working_day, worked_days
from core.facts.lake import Lake
from core.facts.tables import MOMENT, TEXT, Column, FactTable

THINGS = FactTable(
    name="things",
    columns=(
        Column("id", TEXT, "its id", True),
        Column("at", MOMENT, "when it began", True),
        Column("changed_at", MOMENT, "when it changed"),
        Column("state", TEXT, "how it is"),
    ),
    key=("id",),
    time="at",
    changed="changed_at",
)
BEGAN = datetime(2026, 11, 2, tzinfo=UTC)
STATES = tuple((BEGAN + timedelta(days=day), f"of day {day}") for day in range(3))


def land(lake: Lake, *states: tuple[datetime | None, str]) -> None:
    rows = [{"id": "1", "at": BEGAN, "changed_at": at, "state": state} for at, state in states]
    lake.land(THINGS, pa.Table.from_pylist(rows, THINGS.schema))


def state(lake: Lake) -> str:
    [found] = lake.read(THINGS, ["state"])["state"].to_pylist()
    return str(found)


@pytest.mark.parametrize("order", list(permutations(STATES)))
def test_the_newest_state_stays_whatever_the_order(tmp_path: Path, order: tuple[tuple[datetime, str], ...]) -> None:
    one_by_one, at_once = Lake(tmp_path / "a"), Lake(tmp_path / "b")
    for one in order:
        land(one_by_one, one)
    land(at_once, *order)
    assert (state(one_by_one), state(at_once)) == ("of day 2", "of day 2")


def test_of_equal_moments_and_of_none_the_last_landed_stays(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    for moment, said in ((BEGAN, "first"), (BEGAN, "second"), (None, "third"), (BEGAN, "fourth")):
        land(lake, (moment, said))
        assert state(lake) == said


_moment = st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 31))


def counted(start: datetime, end: datetime) -> float:
    [found] = worked_days(*(np.array([moment], "datetime64[us]") for moment in (start, end)))
    return float(found)


@given(_moment, _moment)
def test_working_days_are_those_of_the_calendar_with_parts_of_the_first_and_the_last(
    one: datetime, other: datetime
) -> None:
    start, end = sorted((one, other))
    day, whole = start.date(), 0.0
    while day < end.date():
        whole += is_working_day(day)
        day += timedelta(days=1)

    def part(moment: datetime) -> float:
        gone = moment - datetime.combine(moment.date(), datetime.min.time())
        return gone / timedelta(days=1) if is_working_day(moment.date()) else 0.0

    assert counted(start, end) == pytest.approx(whole - part(start) + part(end), abs=1e-6)


def test_a_weekend_and_a_holiday_are_no_working_days() -> None:
    friday = datetime(2026, 11, 6, 10)
    assert counted(friday, friday + timedelta(days=3)) == pytest.approx(1)
    assert counted(datetime(2026, 11, 10, 10), datetime(2026, 11, 12, 10)) == pytest.approx(1)
    assert worked_days(np.array([], "datetime64[us]"), np.array([], "datetime64[us]")).tolist() == []
