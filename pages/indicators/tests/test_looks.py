"""What a SELECT answers becomes values, or a sentence; what went away counts as nothing."""

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest

from core.base.errors import RulesInvalid
from core.facts.squads import HOUSE
from pages.indicators import looks
from pages.indicators.looks import Taken
from pages.indicators.tests.test_definitions import indicator

FIRST, LAST = date(2026, 8, 1), date(2026, 10, 31)
TAKEN = Taken(date(2026, 11, 6), datetime(2026, 11, 6, 6, tzinfo=UTC), "scheduled", "vigie")
OCTOBER = date(2026, 10, 1)


def told(shape: str = "number", own: str | None = None, **columns: list[Any]) -> dict[looks.Cell, Any]:
    return looks.values(indicator(shape=shape, squad=own), pa.table(columns), FIRST, LAST)


def test_a_row_becomes_the_value_of_its_month_whatever_its_day() -> None:
    assert told(period=[date(2026, 10, 17)], value=[3]) == {
        (OCTOBER, "", HOUSE): {"value": 3.0, "numerator": None, "denominator": None}
    }


def test_further_columns_are_dimensions_and_a_squad_is_one_of_them() -> None:
    found = told(period=[OCTOBER] * 2, value=[1, 2], product=["Auto", "Home"], squad=["T", None])
    assert list(found) == [(OCTOBER, "product=Auto;squad=T", "T"), (OCTOBER, "product=Home", HOUSE)]
    assert list(told(own="Corporelle", period=[OCTOBER], value=[1])) == [(OCTOBER, "squad=Corporelle", "Corporelle")]


def test_a_ratio_over_nothing_has_no_value() -> None:
    found = told("ratio", period=[OCTOBER, date(2026, 9, 1)], numerator=[0, 1], denominator=[0, 4])
    assert [one["value"] for one in found.values()] == [None, 0.25]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"period": [None], "value": [1]}, "sans période"),
        ({"period": ["octobre"], "value": [1]}, "n’est pas un jour"),
        ({"period": [OCTOBER, date(2026, 10, 2)], "value": [1, 1]}, "deux fois 10/2026"),
        ({"period": [date(2026, 11, 1)], "value": [1]}, "on lui demandait de 08/2026 à 10/2026"),
        ({"period": [OCTOBER], "value": ["x"]}, "n’est pas un nombre"),
        ({"period": [OCTOBER], "value": [float("inf")]}, "n’est pas un nombre"),
    ],
)
def test_an_answer_that_cannot_stand_is_told_in_a_sentence(columns: dict[str, list[Any]], said: str) -> None:
    with pytest.raises(RulesInvalid, match=said):
        told(**columns)


def test_what_a_look_tells_no_more_is_nothing_and_not_what_it_was() -> None:
    seen = [(OCTOBER, "", HOUSE), (date(2026, 9, 1), "", HOUSE), (date(2020, 1, 1), "", HOUSE)]
    rows = looks.rows(indicator(), told(period=[OCTOBER], value=[3]), seen, (FIRST, LAST), TAKEN)
    assert [(row["period"], row["value"]) for row in rows.to_pylist()] == [(OCTOBER, 3.0), (date(2026, 9, 1), 0.0)]


def test_another_answer_on_the_same_day_is_told() -> None:
    rows = looks.rows(indicator(), told(period=[OCTOBER], value=[3]), [], (FIRST, LAST), TAKEN)
    assert looks.changed(rows.to_pylist(), rows) == ""
    assert looks.changed([], rows) == ""
    other = [{**rows.to_pylist()[0], "value": 4.0}]
    assert looks.changed(other, rows).startswith("1 valeur diffère")
