"""Refused rows as a table that can be exported, corrected and dropped again."""

from datetime import UTC, datetime

from core.base.i18n import speaking
from core.facts.check import Refused
from core.show import refused
from core.sources.refusals import Kept

AT = datetime(2026, 11, 20, 7, tzinfo=UTC)


def test_refused_rows_keep_their_cells_and_what_a_correction_needs() -> None:
    rows = [Kept("0123", "a.csv:2", {"Nom": "x"}, "No date.", AT), Kept("4567", "a.csv:3", {"Why": "y"}, "No.", AT)]
    with speaking("en"):
        frame, columns = refused.frame(rows), refused.columns(rows)
    assert [column.label for column in columns] == ["Where", "Why (Vigie)", "Nom", "Why", "vigie_row"]
    assert frame.to_numpy().tolist() == [
        ["a.csv:2", "No date.", "x", "", "0123"],
        ["a.csv:3", "No.", "", "y", "4567"],
    ]


def test_rows_of_a_preview_have_no_name_yet() -> None:
    frame = refused.frame([Refused("a.csv:2", {"Nom": "x"}, "No date.")])
    assert frame["vigie_row"].to_list() == [""]


def test_the_heads_of_a_file_are_data_and_stay_as_they_are_in_every_language() -> None:
    row = Refused("a.json:1", {"name": "x"}, "why")
    with speaking("fr"):
        assert "name" in [column.header for column in refused.columns([row])]
