"""What a month was, is, and is expected to come to: exact values from a few looks."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.base.periods import months_later
from pages.indicators import readings

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)


def looks(*rows: tuple[date, date, float], version: int = 1, take: int = 1) -> pd.DataFrame:
    """(period, seen_on, value) of one series."""
    frame = pd.DataFrame(rows, columns=["period", "seen_on", "value"])
    return frame.assign(indicator="cheques", slice="", version=version, take=take)


def grown(growth: float, months: int, *, start: float = 100.0) -> pd.DataFrame:
    """Months that all grow by one factor a month until they are a year old, each looked at every month."""
    first = date(2024, 1, 1)
    rows = [
        (months_later(first, born), months_later(date(2024, 1, 9), at), start * growth ** min(at - born, 12))
        for born in range(months)
        for at in range(born + 1, months)
    ]
    return looks(*rows)


def test_up_to_date_is_the_newest_look_and_as_seen_is_the_newest_of_its_day() -> None:
    frame = looks((JANUARY, date(2026, 2, 6), 10), (JANUARY, date(2026, 3, 6), 12), (JANUARY, date(2026, 4, 8), 15))
    assert readings.as_seen(frame)["value"].tolist() == [15]
    assert readings.as_seen(frame, date(2026, 3, 31))["value"].tolist() == [12]
    assert readings.as_seen(frame, date(2026, 2, 5)).empty


def test_of_one_day_the_last_take_counts() -> None:
    frame = pd.concat([looks((JANUARY, date(2026, 2, 6), 10)), looks((JANUARY, date(2026, 2, 6), 11), take=2)])
    assert readings.last_takes(frame)["value"].tolist() == [11]


def test_drift_is_told_in_number_and_share_with_the_age_of_the_look() -> None:
    frame = looks((JANUARY, date(2026, 2, 6), 10), (JANUARY, date(2026, 4, 8), 15), (FEBRUARY, date(2026, 4, 8), 7))
    published = looks((JANUARY, date(2026, 2, 6), 10))
    told = readings.compared(published, frame)
    assert told[["published", "value", "drift", "share", "age"]].iloc[0].tolist() == [10, 15, 5, 0.5, 3]
    assert told["published"].isna().tolist() == [False, True]


def test_a_new_definition_is_no_drift_of_what_was_published() -> None:
    old, new = looks((JANUARY, date(2026, 2, 6), 10)), looks((JANUARY, date(2026, 3, 6), 99), version=2)
    told = readings.compared(old, pd.concat([old, new]))
    assert told[["version", "published", "value", "drift"]].values.tolist() == [[1, 10, 10, 0]]


def test_a_month_published_as_nothing_has_no_share_of_drift() -> None:
    frame = looks((JANUARY, date(2026, 2, 6), 0), (JANUARY, date(2026, 3, 6), 3))
    told = readings.compared(looks((JANUARY, date(2026, 2, 6), 0)), frame)
    assert told["drift"].tolist() == [3]
    assert told["share"].isna().all()


def test_the_triangle_holds_one_cell_a_month_and_age_as_a_share_of_the_newest() -> None:
    frame = looks(
        (JANUARY, date(2026, 2, 6), 10),
        (JANUARY, date(2026, 2, 20), 12),
        (JANUARY, date(2026, 3, 6), 16),
        (FEBRUARY, date(2026, 3, 6), 5),
    )
    cells = readings.triangle(frame)
    assert cells[["period", "age", "value", "of_newest"]].values.tolist() == [
        [JANUARY, 1, 12, 0.75],
        [JANUARY, 2, 16, 1.0],
        [FEBRUARY, 1, 5, 1.0],
    ]


def test_a_growth_that_is_always_the_same_completes_a_month_to_one_value() -> None:
    expected = readings.completion(readings.triangle(grown(1.1, 30)))
    youngest = max(expected)
    told = expected[youngest]
    assert youngest == date(2026, 5, 1)
    assert (told.low, told.high) == pytest.approx((100 * 1.1**12, 100 * 1.1**12))
    assert told.steps == readings.WINDOW


def test_fewer_than_six_steps_say_nothing() -> None:
    whole = readings.triangle(grown(1.1, 30))
    assert readings.completion(whole, first=date(2026, 1, 1)) == {}
    assert readings.completion(readings.triangle(grown(1.1, 12))) == {}


def test_a_month_of_a_year_or_more_is_complete_and_has_no_range() -> None:
    expected = readings.completion(readings.triangle(grown(1.1, 30)))
    assert min(expected) == date(2025, 7, 1)


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.text(max_size=20), max_size=4))
def test_dimensions_come_back_from_the_text_that_holds_them(dimensions: dict[str, str]) -> None:
    assert readings.dimensions_of(readings.slice_of(dimensions)) == dimensions


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 8), st.integers(1, 3), st.integers(0, 1000)),
        min_size=1,
        max_size=40,
        unique_by=lambda row: row[:3],
    )
)
def test_every_month_looked_at_stands_once_in_what_is_compared(rows: list[tuple[int, int, int, int]]) -> None:
    frame = pd.DataFrame(
        [
            (months_later(JANUARY, born), months_later(date(2026, 1, 9), born + age), take, float(value))
            for born, age, take, value in rows
        ],
        columns=["period", "seen_on", "take", "value"],
    ).assign(indicator="cheques", slice="", version=1)
    told = readings.compared(frame.head(0), frame)
    assert sorted(told["period"]) == sorted(set(frame["period"]))
    cells = readings.triangle(frame)
    assert cells.groupby("period")["of_newest"].last().dropna().eq(1).all()
