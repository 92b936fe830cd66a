"""The zone that a column's name says."""

import pytest

from core.sources.zones import told


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
        ("Start", None),
        ("Début", None),
        ("outcome", None),
        ("cetera", None),
        ("begin/end", None),
    ],
)
def test_a_zone_is_told_by_the_name_of_a_column(column: str, zone: str | None) -> None:
    assert told(column) == zone
