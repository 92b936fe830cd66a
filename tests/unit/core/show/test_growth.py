"""How months grow by age, and what young ones come to: exact values from a few looks."""

from datetime import date

import pandas as pd
import pytest

from core.base.periods import months_later
from core.show import growth

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)


def looks(*rows: tuple[date, date, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["period", "seen_on", "value"])


def grown(growth: float, months: int, *, start: float = 100.0) -> pd.DataFrame:
    """Months that all grow by one factor a month until they are a year old, each looked at every month."""
    first = date(2024, 1, 1)
    rows = [
        (months_later(first, born), months_later(date(2024, 1, 9), at), start * growth ** min(at - born, 12))
        for born in range(months)
        for at in range(born + 1, months)
    ]
    return looks(*rows)


def test_the_triangle_holds_one_cell_a_month_and_age_as_a_share_of_the_newest() -> None:
    frame = looks(
        (JANUARY, date(2026, 2, 6), 10),
        (JANUARY, date(2026, 2, 20), 12),
        (JANUARY, date(2026, 3, 6), 16),
        (FEBRUARY, date(2026, 3, 6), 5),
    )
    cells = growth.triangle(frame)
    assert cells[["period", "age", "value", "of_newest"]].values.tolist() == [
        [JANUARY, 1, 12, 0.75],
        [JANUARY, 2, 16, 1.0],
        [FEBRUARY, 1, 5, 1.0],
    ]


def test_a_growth_that_is_always_the_same_completes_a_month_to_one_value() -> None:
    expected = growth.completion(growth.triangle(grown(1.1, 30)))
    youngest = max(expected)
    told = expected[youngest]
    assert youngest == date(2026, 5, 1)
    assert (told.low, told.high) == pytest.approx((100 * 1.1**12, 100 * 1.1**12))
    assert told.steps == growth.WINDOW


def test_fewer_than_six_steps_say_nothing() -> None:
    whole = growth.triangle(grown(1.1, 30))
    assert growth.completion(whole, first=date(2026, 1, 1)) == {}
    assert growth.completion(growth.triangle(grown(1.1, 12))) == {}


def test_a_month_of_a_year_or_more_is_complete_and_has_no_range() -> None:
    expected = growth.completion(growth.triangle(grown(1.1, 30)))
    assert min(expected) == date(2025, 7, 1)
