"""Business nights, those when clocks change included."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.pipelines.nights import Night, night_of

PARIS = "Europe/Paris"
SIX_PM = time(18)


def night(day: str) -> Night:
    return Night(date.fromisoformat(day), SIX_PM, PARIS)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_night_lasts_from_the_evening_before_to_the_evening() -> None:
    assert night("2026-11-20").start == utc("2026-11-19 17:00")
    assert night("2026-11-20").end == utc("2026-11-20 17:00")


def test_a_time_of_the_evening_belongs_to_the_day_before() -> None:
    assert night("2026-11-20").moment(time(22)) == utc("2026-11-19 21:00")
    assert night("2026-11-20").moment(time(2)) == utc("2026-11-20 01:00")


def test_the_night_when_clocks_go_forward_has_23_hours_and_the_hour_that_lacks_is_the_next_one() -> None:
    spring = night("2026-03-29")
    assert spring.end - spring.start == timedelta(hours=23)
    assert spring.moment(time(2, 30)) == utc("2026-03-29 01:30")  # 03:30 in Paris
    assert spring.moment(time(2, 30), closing=True) == utc("2026-03-29 01:30")


def test_the_night_when_clocks_go_back_has_25_hours_and_a_closing_takes_the_second_of_the_double_hour() -> None:
    autumn = night("2026-10-25")
    assert autumn.end - autumn.start == timedelta(hours=25)
    assert autumn.moment(time(2, 30)) == utc("2026-10-25 00:30")
    assert autumn.moment(time(2, 30), closing=True) == utc("2026-10-25 01:30")


def test_of_an_hour_that_lacks_the_first_reading_is_the_one_before() -> None:
    assert night("2026-03-29").first(time(2, 30)) == utc("2026-03-29 00:30")  # 01:30 in Paris
    assert night("2026-03-28").first(time(2, 30)) == utc("2026-03-28 01:30")


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-11-20 16:59", "2026-11-20"),
        ("2026-11-20 17:00", "2026-11-21"),
        ("2026-11-19 23:30", "2026-11-20"),
    ],
)
def test_a_moment_belongs_to_the_night_that_ends_after_it(moment: str, day: str) -> None:
    assert night_of(utc(moment), SIX_PM, PARIS).day == date.fromisoformat(day)


@given(st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)))
def test_every_moment_lies_in_exactly_its_night(moment: datetime) -> None:
    moment = moment.replace(tzinfo=UTC)
    found = night_of(moment, SIX_PM, PARIS)
    assert found.start <= moment < found.end
