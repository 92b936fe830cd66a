"""The plan in figures: dates of working days, sums beside written totals, scope, and an end that is a range."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.base.calendar import is_working_day
from pages.migration import plan
from pages.migration.figures import told_end
from pages.migration.model import Lot
from pages.migration.plan import WEEKDAYS, End, Step, Sums

MONDAY = date(2026, 11, 2)


def lot(*days: tuple[int, str, int | None, int | None], **more: object) -> Lot:
    """A lot whose days are (week, weekday, expected, treated)."""
    rows = [dict(zip(("week", "weekday", "expected", "treated"), day, strict=True)) for day in days]
    return Lot.model_validate({"name": "A", "first_monday": MONDAY, "days": rows, **more})


def steady(n: int, each: int, expected: int = 0) -> Lot:
    """A lot of so many days, the same number treated on each; the whole scope is expected on the first."""
    days = [(1 + at // 5, WEEKDAYS[at % 5], expected if at == 0 else 0, each) for at in range(n)]
    return lot(*days)


def test_days_get_their_dates_from_the_monday_of_the_first_week_that_the_lot_names() -> None:
    one = lot((3, "friday", 4, 1), (4, "monday", 5, 2))
    assert [(day, row.expected) for day, row in plan.dated(one)] == [
        (date(2026, 11, 6), 4),
        (date(2026, 11, 9), 5),
    ]
    assert plan.dated(one.model_copy(update={"first_monday": None})) == []


def test_a_written_total_stands_beside_what_the_days_add_up_to_and_corrects_nothing() -> None:
    one = lot((1, "monday", 4, 1), (1, "tuesday", 5, None)).model_dump()
    one["days"] = [*one["days"], {"weekday": "total", "expected": 9, "treated": 3}]
    told = plan.sums([Lot.model_validate(one)])
    assert (told, told.contradicts) == (Sums(9, 1, 9, 3), True)
    assert not plan.sums([lot((1, "monday", 4, 1))]).contradicts


def test_the_scope_moves_on_the_day_that_a_lot_says_and_is_what_its_days_expect_otherwise() -> None:
    grown = lot((1, "monday", 4, 2), (1, "wednesday", 4, None), scope=[
        {"day": MONDAY, "treatments": 8, "why": "Start"},
        {"day": MONDAY + timedelta(days=2), "treatments": 11, "why": "Forgotten"},
    ])  # fmt: skip
    assert plan.steps([grown, lot((1, "tuesday", 3, 3))]) == [
        Step(date(2026, 11, 2), 11, 4, 2),
        Step(date(2026, 11, 3), 11, 7, 5),
        Step(date(2026, 11, 4), 14, 11, None),
    ]


def test_under_five_worked_days_no_end_is_told() -> None:
    assert plan.end([steady(4, 2, 100)], date(2026, 11, 20)) is None
    assert told_end(None) == "No end is told under 5 worked days."


def test_an_even_pace_still_gives_a_range_and_public_holidays_are_skipped() -> None:
    found = plan.end([steady(5, 2, 14)], date(2026, 11, 9))
    assert found == End(date(2026, 11, 12), date(2026, 11, 13), 5)
    assert told_end(found) == "End: between Nov 12, 2026 and Nov 13, 2026."


def test_nothing_left_and_never_are_told_as_such() -> None:
    assert told_end(plan.end([steady(5, 2, 10)], MONDAY + timedelta(days=7))) == "Nothing is left to be treated."
    assert told_end(plan.end([steady(5, 0, 10)], MONDAY + timedelta(days=7))) == "End: not within a year."
    assert told_end(End(MONDAY, None, 9)) == "End: Nov 2, 2026 at the earliest, perhaps not within a year."


def test_holidays_and_days_that_nobody_filled_in_are_no_worked_days() -> None:
    days = [(1, "monday", 5, 3), (1, "tuesday", 5, None), (2, "wednesday", 5, 4), (2, "thursday", 5, 0)]
    assert plan.worked([lot(*days)], date(2026, 11, 30)) == [3, 0]  # the Wednesday is 11 November


def test_measured_minutes_count_the_treatments_of_timed_days_alone() -> None:
    one = lot((1, "monday", 5, 4), (1, "tuesday", 5, 6)).model_dump()
    one["days"][0]["minutes"] = 160
    assert plan.pace([Lot.model_validate(one)]) == 40.0
    assert plan.pace([lot((1, "monday", 5, 4))]) is None


COUNTS = st.none() | st.integers(0, 30)
LOTS = st.lists(
    st.builds(
        lambda days: lot(*((w, d, e, t) for (w, d), (e, t) in days.items())),
        st.dictionaries(
            st.tuples(st.integers(1, 6), st.sampled_from(WEEKDAYS)), st.tuples(COUNTS, COUNTS), max_size=12
        ),
    ),
    max_size=3,
)


@settings(max_examples=30)
@given(LOTS)
def test_steps_add_up_to_the_sums_and_never_go_down(lots: list[Lot]) -> None:
    found, summed = plan.steps(lots), plan.sums(lots)
    treated = [one.treated for one in found if one.treated is not None]
    expected = [one.expected for one in found]
    assert (expected[-1:] or [0]) == [summed.expected]
    assert (treated[-1:] or [0]) == [summed.treated]
    assert treated == sorted(treated)
    assert expected == sorted(expected)
    assert summed == Sums(sum(plan.sums([one]).expected for one in lots), sum(plan.sums([one]).treated for one in lots),
                          None, None)  # fmt: skip


@pytest.mark.parametrize("today", [date(2026, 12, 24), date(2027, 5, 7)])
@settings(max_examples=30)
@given(lots=LOTS)
def test_an_end_is_a_range_of_working_days_after_today(lots: list[Lot], today: date) -> None:
    found = plan.end(lots, today)
    if found is None or found.first is None:
        return
    if plan.remaining(lots, today) == 0:
        assert (found.first, found.last) == (today, today)
        return
    ends = [one for one in (found.first, found.last) if one]
    assert all(one > today and is_working_day(one) for one in ends)
    assert found.last is None or found.first < found.last
