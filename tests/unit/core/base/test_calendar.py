"""Working days, public holidays and cron schedules."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from core.base import calendar

PARIS = "Europe/Paris"
SIX_PM = time(18)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


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


def test_a_cron_fires_once_when_its_hour_comes_twice_and_just_after_the_gap_when_it_lacks() -> None:
    autumn, spring = (
        [calendar.to_moment(day + timedelta(days=late), SIX_PM, PARIS) for late in (-1, 0)]
        for day in (date(2026, 10, 25), date(2026, 3, 29))
    )
    assert calendar.cron_times("30 2 * * *", *autumn, PARIS) == (utc("2026-10-25 00:30"),)
    assert calendar.cron_times("30 2 * * *", *spring, PARIS) == (utc("2026-03-29 01:00"),)


def test_a_cron_tells_its_moments_from_the_first_on_and_without_the_last() -> None:
    start, end = utc("2026-11-19 17:00"), utc("2026-11-20 17:00")
    assert calendar.cron_times("0 18 * * *", start, end, PARIS) == (start,)
    assert len(calendar.cron_times("*/30 * * * *", start, end, PARIS)) == 48
    assert calendar.cron_times("0 3 * * 1", start, end, PARIS) == ()


@pytest.mark.parametrize("expression", ["30 2 * *", "61 2 * * *", "", "0 0 31 2 *"])
def test_a_wrong_cron_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match="cron"):
        calendar.check_cron(expression)
