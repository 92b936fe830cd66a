"""The line under the title: what the data cover, and when they were read where that was later."""

from datetime import UTC, datetime, timedelta

from core.base.i18n import speaking
from core.ui.freshness import sentence

NOW = datetime(2026, 11, 20, 7, 12, tzinfo=UTC)


def test_data_are_as_old_as_what_they_cover() -> None:
    with speaking("en"):
        new = sentence(NOW - timedelta(minutes=12), NOW, NOW - timedelta(minutes=10))
        old = sentence(datetime(2012, 12, 31, 22, 50, tzinfo=UTC), NOW, NOW - timedelta(minutes=10))
    assert new == "Data of Nov 20, 2026, 08:00, 12\u202fmin ago"
    assert old == "Data up to Dec 31, 2012, 23:50, 5071 days ago; read 10\u202fmin ago"


def test_nothing_read_is_no_data() -> None:
    with speaking("en"):
        assert sentence(None, NOW) == "No data yet"
