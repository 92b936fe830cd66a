"""The zone that a column says: by its name, or in its cells."""

import pytest

from core.sources.values.zones import column, named, told


@pytest.mark.parametrize(
    ("column", "zone"),
    [
        ("Start [UTC]", "UTC"),
        ("fin_utc", "UTC"),
        ("startTimeUTC", "UTC"),
        ("Début (GMT)", "UTC"),
        ("Début (UTC+1)", "Etc/GMT-1"),
        ("end UTC-05:00", "Etc/GMT+5"),
        ("at (Europe/London)", "Europe/London"),
        ("at (Nowhere/Place)", None),
        ("Début (UTC+5:30)", None),
        ("Start", None),
        ("Début", None),
        ("outcome", None),
        ("cetera", None),
        ("begin/end", None),
    ],
)
def test_a_zone_is_told_by_the_name_of_a_column(column: str, zone: str | None) -> None:
    assert told(column) == zone


@pytest.mark.parametrize(
    ("cell", "zone"),
    [
        ("Europe/London", "Europe/London"),
        ("Romance Standard Time", "Europe/Paris"),
        ("(UTC+01:00) Brussels, Copenhagen, Madrid, Paris", "Etc/GMT-1"),
        ("CEST", "Etc/GMT-2"),
        ("UTC+2", "Etc/GMT-2"),
        ("-0500", "Etc/GMT+5"),
        ("Z", "UTC"),
        ("GMT", "GMT"),
        ("+05:30", None),
        ("Paris", None),
        ("../../etc/passwd", None),
        ("", None),
    ],
)
def test_a_zone_is_told_by_a_cell(cell: str, zone: str | None) -> None:
    assert named(cell) == zone


def test_the_column_of_zones_is_the_one_that_is_called_so() -> None:
    assert column(["Début", "Fuseau horaire", "Fin"]) == "Fuseau horaire"
    assert column(["start", "time_zone"]) == "time_zone"
    assert column(["Zone", "Début"]) is None
    assert column(["Fuseau", "TimeZone"]) is None
