"""The list of sources, as the screen shows it."""

from datetime import UTC, datetime

from core.base.i18n import speaking
from core.run.registry import Entry
from pages.sources.figures.sources import sources

AT = datetime(2026, 11, 20, 7, tzinfo=UTC)


def entry(name: str, *, enabled: bool = True) -> Entry:
    return Entry(name, "pipelines", "file", {}, None, enabled, 1, {})


def test_each_source_says_how_it_stands() -> None:
    readings = [
        {"source": "a", "outcome": "ok", "good_at": AT, "covers_until": AT, "landed": 3, "error": None, "note": None},
        {"source": "b", "outcome": "failed", "good_at": None, "covers_until": None, "landed": 0, "error": "No."},
        {"source": "d", "outcome": "failed", "good_at": AT, "covers_until": AT, "landed": 1, "error": "No."},
    ]
    with speaking("en"):
        frame = sources([entry("a"), entry("b"), entry("c"), entry("d", enabled=False)], readings, {"a": 2})
    assert frame["state"].to_list() == ["✔ in order", "✖ failing", "○ not read yet", "– removed"]
    assert frame["landed"].to_list() == [3, 0, 0, 1]
    assert frame["refused"].to_list() == [2, 0, 0, 0]
    assert frame["error"].to_list() == ["", "No.", "", "No."]
    assert frame["good_at"].notna().to_list() == [True, False, False, True]


def test_a_source_that_only_readings_tell_of_comes_last() -> None:
    readings = [{"source": "demo", "mission": "pipelines", "outcome": "ok", "landed": 5}]
    frame = sources([entry("z")], readings, {})
    assert frame["name"].to_list() == ["z", "demo"]
    assert frame["landed"].to_list() == [0, 5]


def test_a_source_of_a_mission_that_is_gone_is_listed() -> None:
    gone = Entry("x", "gone", "file", {}, None, True, 1, {})
    assert sources([gone], [], {})["mission"].to_list() == ["gone"]
