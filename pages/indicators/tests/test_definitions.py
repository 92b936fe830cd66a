"""A definition says when a month is published, which months are looked at, and what tells two of them apart."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from core.base.i18n import speaking
from pages.indicators import words
from pages.indicators.definitions import Indicator

CHEQUES = {
    "indicator": "cheques",
    "title": "Chèques émis",
    "meaning": "Nombre de chèques émis.",
    "tables": ["payments"],
    "select": "SELECT date_trunc('month', issued_on) AS period, count(*) AS value FROM payments GROUP BY ALL",
    "freeze": {"working_day": "5", "hour": "07:00"},
}


def test_a_ratio_is_a_share_or_with_a_unit_a_mean() -> None:
    with speaking("fr"):
        share, mean = indicator(shape="ratio", unit=""), indicator(shape="ratio", unit="€")
        assert [words.written(332.657, mean.shape, mean.unit), words.signed(-4.5, mean)] == [
            "332,7\u00a0€",
            "−4,5\u00a0€",
        ]
        assert [words.written(0.25, share.shape, share.unit), words.signed(0.05, share)] == [
            "25,0\u202f%",
            "+5,0 points",
        ]
        assert [words.moved(4.5, "ratio", "€"), words.moved(0.05, "ratio", "")] == ["+4,5", "+5,0 points"]


def indicator(**said: Any) -> Indicator:
    return Indicator.model_validate({**CHEQUES, **said})


def test_a_month_is_due_on_its_working_day_public_holidays_left_out() -> None:
    # November 2026 begins on a Sunday; the 11th is a public holiday.
    assert indicator().published("75").on(date(2026, 10, 1)) == date(2026, 11, 6)
    assert indicator(freeze={"working_day": "9"}).published("75").on(date(2026, 10, 1)) == date(2026, 11, 13)


def test_it_is_due_from_its_hour_on_the_clock_of_the_screens() -> None:
    day, month = indicator().published("75"), date(2026, 10, 1)
    assert day.at(month) == datetime(2026, 11, 6, 6, tzinfo=UTC)
    assert day.due(datetime(2026, 11, 6, 5, 59, tzinfo=UTC)) is None
    assert day.due(datetime(2026, 11, 6, 6, tzinfo=UTC)) == month


def test_the_months_that_are_over_are_looked_at() -> None:
    assert indicator().looked_at(date(2026, 11, 6)) == (date(2023, 11, 1), date(2026, 10, 31))
    assert indicator(periods="1").looked_at(date(2026, 1, 9)) == (date(2025, 12, 1), date(2025, 12, 31))


def test_a_title_tells_nothing_of_what_is_counted_and_a_condition_does() -> None:
    told = indicator()
    assert indicator(title="Autre", version="2").counted == told.counted
    assert indicator(select=told.select.replace("count(*)", "sum(1)")).counted != told.counted


@pytest.mark.parametrize(
    "said",
    [
        {"indicator": "Chèques"},
        {"indicator": "a" * 21},
        {"periods": "0"},
        {"freeze": {"working_day": "20"}},
        {"shape": "share"},
        {"colour": "red"},
        {"version": "one"},
    ],
)
def test_what_cannot_stand_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        indicator(**said)
