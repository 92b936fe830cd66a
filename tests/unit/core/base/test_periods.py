"""Periods: they tile the days without a gap or an overlap, whatever the calendar and the clock do."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.base.i18n import speaking
from core.base.periods import Grain, Period, last_whole, months_later

DAY = timedelta(days=1)
DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))
GRAINS = st.sampled_from(Grain)


@given(DAYS, GRAINS)
def test_each_day_lies_in_one_period_whose_neighbours_touch_it(day: date, grain: Grain) -> None:
    period = grain.of(day)
    assert day in period
    assert grain.of(period.first) == grain.of(period.last) == period
    assert grain.of(period.first - DAY).last == period.first - DAY
    assert grain.of(period.last + DAY).first == period.last + DAY == grain.moved(day, 1)


@given(DAYS, GRAINS, st.integers(-40, 40))
def test_moving_there_and_back_stays(day: date, grain: Grain, periods: int) -> None:
    there = grain.moved(day, periods)
    assert grain.moved(there, -periods) == grain.first(day)
    assert (there > day) == (periods > 0)


@given(DAYS, st.integers(0, 400), GRAINS)
def test_the_periods_of_some_days_cover_them_and_no_more(first: date, more: int, grain: Grain) -> None:
    period = Period(first, first + more * DAY)
    firsts = period.each(grain)
    assert firsts[0] == grain.first(first)
    assert firsts[-1] == grain.first(period.last)
    wholes = [grain.of(one) for one in firsts]
    assert sum(one.days for one in wholes if period.holds(one)) <= period.days
    assert sum(part.days for one in wholes if (part := period.common(one))) == period.days


@given(DAYS, GRAINS)
def test_the_moments_of_neighbours_touch(day: date, grain: Grain) -> None:
    period = grain.of(day)
    assert period.end == grain.of(period.last + DAY).start
    assert grain.at(period.start) == period == grain.at(period.end - timedelta(microseconds=1))


@given(DAYS, st.integers(0, 400))
def test_the_days_before_are_as_many_and_end_where_these_begin(first: date, more: int) -> None:
    period = Period(first, first + more * DAY)
    assert (period.before.days, period.before.last + DAY) == (period.days, period.first)


@pytest.mark.parametrize(
    ("grain", "day", "first", "last"),
    [
        (Grain.DAY, date(2028, 2, 29), date(2028, 2, 29), date(2028, 2, 29)),
        (Grain.WEEK, date(2027, 1, 3), date(2026, 12, 28), date(2027, 1, 3)),
        (Grain.MONTH, date(2028, 2, 29), date(2028, 2, 1), date(2028, 2, 29)),
        (Grain.MONTH, date(2026, 12, 31), date(2026, 12, 1), date(2026, 12, 31)),
        (Grain.QUARTER, date(2026, 12, 31), date(2026, 10, 1), date(2026, 12, 31)),
        (Grain.QUARTER, date(2026, 5, 1), date(2026, 4, 1), date(2026, 6, 30)),
    ],
)
def test_a_period_has_a_first_and_a_last_day(grain: Grain, day: date, first: date, last: date) -> None:
    assert grain.of(day) == Period(first, last)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 7, 1), 24)])
def test_a_day_is_as_long_as_the_clock_says(day: date, hours: int) -> None:
    assert Grain.DAY.of(day).end - Grain.DAY.of(day).start == timedelta(hours=hours)


def test_a_moment_lies_in_the_period_of_the_screens_clock() -> None:
    late = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)
    assert [grain.at(late).first for grain in Grain] == [
        date(2026, 1, 1),
        date(2025, 12, 29),
        date(2026, 1, 1),
        date(2026, 1, 1),
        date(2026, 1, 1),
    ]


def test_the_last_whole_periods_end_before_today() -> None:
    assert last_whole(date(2026, 3, 31), Grain.MONTH, 1) == Period(date(2026, 2, 1), date(2026, 2, 28))
    assert last_whole(date(2026, 1, 1), Grain.MONTH, 12) == Period(date(2025, 1, 1), date(2025, 12, 31))
    assert last_whole(date(2026, 3, 30), Grain.WEEK, 2) == Period(date(2026, 3, 16), date(2026, 3, 29))


def test_months_later_is_the_same_day_or_the_last_there_is() -> None:
    assert months_later(date(2028, 2, 29), 12) == date(2029, 2, 28)
    assert months_later(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_later(date(2026, 11, 30), -9) == date(2026, 2, 28)


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="2026-02-28 comes before 2026-03-01"):
        Period(date(2026, 3, 1), date(2026, 2, 28))
    assert Grain.MONTH.of(date(2026, 2, 1)).common(Grain.MONTH.of(date(2026, 3, 1))) is None


@pytest.mark.parametrize(
    ("grain", "french", "english"),
    [
        (Grain.DAY, "8 avr. 2026", "Apr 8, 2026"),
        (Grain.WEEK, "semaine du 6 avr. 2026", "week of Apr 6, 2026"),
        (Grain.MONTH, "avril 2026", "April 2026"),
        (Grain.QUARTER, "T2 2026", "Q2 2026"),
    ],
)
def test_a_period_is_named_in_the_persons_language(grain: Grain, french: str, english: str) -> None:
    for language, said in (("fr", french), ("en", english)):
        with speaking(language):
            assert grain.label(date(2026, 4, 8)) == said
