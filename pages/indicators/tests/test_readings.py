"""What a month was and is: exact values from a few looks."""

from datetime import date

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from core.base.periods import months_later
from pages.indicators import readings

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)


def looks(*rows: tuple[date, date, float], version: int = 1, take: int = 1) -> pd.DataFrame:
    """(period, seen_on, value) of one series."""
    frame = pd.DataFrame(rows, columns=["period", "seen_on", "value"])
    return frame.assign(indicator="cheques", slice="", version=version, take=take)


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
