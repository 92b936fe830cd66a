"""Business nights, those when clocks change included."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.base.status import Verdict
from pages.pipelines.expected import Expected, expect
from pages.pipelines.facts import RunStatus
from pages.pipelines.known import Reading, Run
from pages.pipelines.nights import Night
from pages.pipelines.rules import Family, Rules
from pages.pipelines.verdicts import judge

PARIS = "Europe/Paris"
SIX_PM = time(18)


def turning(at: time) -> Rules:
    return Rules.model_validate({"night": {"turns_at": at, "due_by": at}, "families": []})


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
    assert turning(SIX_PM).night_at(utc(moment)).day == date.fromisoformat(day)


CHANGES = st.sampled_from([date(2026, 3, 29), date(2026, 10, 25)])
small = st.builds(time, st.integers(1, 3), st.integers(0, 59))
"""Hours about the one that comes twice, or never."""


@given(st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)))
def test_every_moment_lies_in_exactly_its_night(moment: datetime) -> None:
    moment = moment.replace(tzinfo=UTC)
    found = turning(SIX_PM).night_at(moment)
    assert found.start <= moment < found.end


@given(CHANGES, st.integers(0, 6 * 60), small)
def test_it_does_so_whenever_nights_turn_also_within_the_hour_that_comes_twice_or_never(
    day: date, minutes: int, turn: time
) -> None:
    moment = datetime.combine(day, time(), UTC) - timedelta(hours=1) + timedelta(minutes=minutes)
    assert turning(turn).night_at(moment).holds(moment)


ZONES = st.sampled_from([PARIS, "Pacific/Auckland", "Pacific/Honolulu"])
hours = st.builds(time, st.integers(0, 23))


@given(st.datetimes(datetime(2026, 11, 15), datetime(2026, 11, 25)), hours, hours, ZONES, ZONES)
def test_where_the_turn_of_nights_changes_they_still_follow_each_other_without_a_gap(
    moment: datetime, turn: time, later: time, zone: str, later_zone: str
) -> None:
    before = {"turns_at": turn, "due_by": turn, "time_zone": zone, "until": date(2026, 11, 19)}
    after = {"turns_at": later, "due_by": turn, "time_zone": later_zone, "since": date(2026, 11, 20)}
    rules = Rules.model_validate({"night": [after, before], "families": []})
    moment = moment.replace(tzinfo=UTC)
    found = rules.night_at(moment)
    day = timedelta(days=1)
    assert found.holds(moment)
    assert [found.start, found.end] == [rules.night_of(found.day - day).end, rules.night_of(found.day + day).start]


def expected(window: tuple[time, time], day: date, *stops: tuple[datetime, datetime]) -> Expected:
    family = Family.model_validate(
        {
            "key": "a",
            "name": "A",
            "members": [{"pipeline": "p"}],
            "window": {"from": window[0], "to": window[1]},
            "maintenance": [{"from": start, "to": end, "reason": "stop"} for start, end in stops],
        }
    )
    return expect(family.members[0], family, Night(day, SIX_PM, PARIS), time(7))


def readings(day: date, wall: time) -> list[datetime]:
    """The moments at which a clock may have shown an hour: two of one that comes twice, or never."""
    local = datetime.combine(day, wall, ZoneInfo(PARIS))
    return [local.replace(fold=fold).astimezone(UTC) for fold in (0, 1)]


@given(CHANGES, small, small)
def test_a_run_by_either_reading_of_its_windows_hours_is_neither_early_nor_late(
    day: date, one: time, other: time
) -> None:
    start, end = sorted((one, other))
    found = expected((start, end), day)
    assert found.earliest <= found.opens <= found.closes <= found.deadline
    assert all(found.earliest <= at <= found.deadline for at in readings(day, start))
    assert all(at <= found.deadline for at in readings(day, end))


def test_a_window_that_begins_in_the_hour_that_lacks_and_ends_after_it_keeps_its_length() -> None:
    found = expected((time(2, 30), time(3, 10)), date(2026, 3, 29))
    assert (found.opens, found.closes) == (utc("2026-03-29 01:30"), utc("2026-03-29 02:10"))


@given(CHANGES, small, small)
def test_a_planned_stop_lasts_through_every_reading_of_its_hours(day: date, one: time, other: time) -> None:
    start, end = (datetime.combine(day, at) for at in sorted((one, other)))
    assume(start < end)
    found = expected((time(0, 30), time(5)), day, (start, end))
    usual = expected((time(0, 30), time(5)), day)
    stopped = max(readings(day, end.time())) - readings(day, start.time())[0]
    assert found.closes == usual.closes + max(stopped, timedelta())


def test_a_stop_up_to_the_hour_that_comes_twice_ends_with_the_second() -> None:
    stop = datetime(2026, 10, 25, 1), datetime(2026, 10, 25, 2, 30)
    found = expected((time(1), time(4)), date(2026, 10, 25), stop)
    assert found.closes == utc("2026-10-25 05:30"), "two and a half hours of stop, four of window"


@given(CHANGES, st.integers(0, 300), st.integers(1, 300))
def test_what_a_run_may_take_is_counted_in_time_that_passed(day: date, start: int, minutes: int) -> None:
    began = datetime.combine(day, time(), UTC) - timedelta(hours=1) + timedelta(minutes=start)
    ended = began + timedelta(minutes=minutes)
    run = Run("s", "1", None, "p", began, began, ended, None, RunStatus.SUCCEEDED)
    found = replace(expected((time(0), time(12)), day), longest=timedelta(minutes=150))
    judged = judge([run], found, Reading("s", ended), ended)
    assert (judged.verdict is Verdict.WARNING) == (minutes > 150)
