"""Sources and refused rows as frames."""

from datetime import UTC, datetime

import pyarrow as pa

from core.base.i18n import speaking
from core.facts.check import Refused
from core.run.registry import Entry
from core.sources.refusals import Kept
from pages.sources import frames

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
        frame = frames.sources([entry("a"), entry("b"), entry("c"), entry("d", enabled=False)], readings, {"a": 2})
    assert frame["state"].to_list() == ["✔ in order", "✖ failing", "○ never read", "– removed"]
    assert frame["landed"].to_list() == [3, 0, 0, 1]
    assert frame["refused"].to_list() == [2, 0, 0, 0]
    assert frame["error"].to_list() == ["", "No.", "", "No."]
    assert frame["good_at"].notna().to_list() == [True, False, False, True]


def test_a_source_that_only_readings_tell_of_comes_last() -> None:
    readings = [{"source": "demo", "mission": "pipelines", "outcome": "ok", "landed": 5}]
    frame = frames.sources([entry("z")], readings, {})
    assert frame["name"].to_list() == ["z", "demo"]
    assert frame["landed"].to_list() == [0, 5]


def test_a_source_of_a_mission_that_is_gone_is_listed() -> None:
    gone = Entry("x", "gone", "file", {}, None, True, 1, {})
    assert frames.sources([gone], [], {})["mission"].to_list() == ["gone"]


def test_refused_rows_keep_their_cells_and_what_a_correction_needs() -> None:
    rows = [Kept("0123", "a.csv:2", {"Nom": "x"}, "No date.", AT), Kept("4567", "a.csv:3", {"Why": "y"}, "No.", AT)]
    with speaking("en"):
        frame, columns = frames.refused(rows)
    assert [column.label for column in columns] == ["Where", "Why (Vigie)", "Nom", "Why", "vigie_row"]
    assert frame.to_numpy().tolist() == [
        ["a.csv:2", "No date.", "x", "", "0123"],
        ["a.csv:3", "No.", "", "y", "4567"],
    ]


def test_rows_of_a_preview_have_no_name_yet() -> None:
    frame, _columns = frames.refused([Refused("a.csv:2", {"Nom": "x"}, "No date.")])
    assert frame["vigie_row"].to_list() == [""]


def test_rows_with_a_known_key_are_not_new() -> None:
    rows = pa.table({"source": ["s", "s"], "run_id": ["1", "2"], "more": [1, 2]})
    known = pa.table({"source": ["s"], "run_id": ["2"]})
    assert frames.new_keys(rows, known, ("source", "run_id")) == 1
