"""Business nights, working days, public holidays and cron schedules."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.base import calendar
from core.base.calendar import Night

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


def test_a_time_can_be_told_in_another_time_zone() -> None:
    assert night("2026-07-10").moment(time(1), zone="Indian/Reunion") == utc("2026-07-09 21:00")


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-11-20 16:59", "2026-11-20"),
        ("2026-11-20 17:00", "2026-11-21"),
        ("2026-11-19 23:30", "2026-11-20"),
    ],
)
def test_a_moment_belongs_to_the_night_that_ends_after_it(moment: str, day: str) -> None:
    assert calendar.night_of(utc(moment), SIX_PM, PARIS).day == date.fromisoformat(day)


@given(st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)))
def test_every_moment_lies_in_exactly_its_night(moment: datetime) -> None:
    moment = moment.replace(tzinfo=UTC)
    found = calendar.night_of(moment, SIX_PM, PARIS)
    assert found.start <= moment < found.end


def test_french_public_holidays_are_known_by_name() -> None:
    assert calendar.public_holiday(date(2026, 7, 14)) == "Fête nationale"
    assert calendar.public_holiday(date(2026, 5, 25)) == "Lundi de Pentecôte"
    assert calendar.public_holiday(date(2026, 7, 15)) is None


@pytest.mark.parametrize("department", ["57", "67", "68"])
def test_alsace_and_moselle_have_two_more(department: str) -> None:
    more = [date(2026, 4, 3), date(2026, 12, 26)]
    assert [calendar.public_holiday(day) for day in more] == [None, None]
    assert [calendar.public_holiday(day, department) for day in more] == ["Vendredi saint", "Saint-Étienne"]


def test_working_days_leave_out_week_ends_and_public_holidays() -> None:
    days = calendar.working_days(date(2026, 5, 20))
    assert days[:3] == [date(2026, 5, 4), date(2026, 5, 5), date(2026, 5, 6)]
    assert len(days) == 17
    assert calendar.is_working_day(date(2026, 4, 3))
    assert not calendar.is_working_day(date(2026, 4, 3), "67")


@pytest.mark.parametrize(("month", "days"), [("2026-02-10", 28), ("2028-02-10", 29), ("2026-12-31", 31)])
def test_it_knows_the_last_day_of_a_month(month: str, days: int) -> None:
    assert calendar.last_day(date.fromisoformat(month)) == days


def test_a_cron_fires_once_when_its_hour_comes_twice_and_just_after_the_gap_when_it_lacks() -> None:
    autumn, spring = night("2026-10-25"), night("2026-03-29")
    assert calendar.cron_times("30 2 * * *", autumn.start, autumn.end, PARIS) == (utc("2026-10-25 00:30"),)
    assert calendar.cron_times("30 2 * * *", spring.start, spring.end, PARIS) == (utc("2026-03-29 01:00"),)


def test_a_cron_tells_its_moments_from_the_first_on_and_without_the_last() -> None:
    start, end = utc("2026-11-19 17:00"), utc("2026-11-20 17:00")
    assert calendar.cron_times("0 18 * * *", start, end, PARIS) == (start,)
    assert len(calendar.cron_times("*/30 * * * *", start, end, PARIS)) == 48
    assert calendar.cron_times("0 3 * * 1", start, end, PARIS) == ()


@pytest.mark.parametrize("expression", ["30 2 * *", "61 2 * * *", "", "0 0 31 2 *"])
def test_a_wrong_cron_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match="cron"):
        calendar.check_cron(expression)
