"""What the fields make of the first rows of a file."""

from datetime import UTC, datetime

import pyarrow as pa

from core.base.i18n import speaking
from core.sources.cells import Cells
from core.sources.mapping import ColumnMapping, Field
from core.sources.samples import Sample, sample
from core.sources.values.kinds import Kind
from core.ui.sources.samples import order_asked

START = Field("started_at", "Start", Kind.MOMENT, ("start",))
NAME = Field("name", "Name", Kind.TEXT, ("name",))
CELLS = Cells(
    pa.table(
        {
            "d": ["20/11/2026", "hier", "", "20/11/2026", "21/11/2026", "22/11/2026", "23/11/2026"],
            "n": ["a", "a", "b", "", "c", "d", "e"],
        }
    ),
    range(2, 9),
    "x.csv",
)


def test_three_different_cells_are_shown_with_what_they_are_read_as_and_what_cannot_be_read_is_counted() -> None:
    mapping = ColumnMapping(columns={"started_at": "d", "name": "n"}, timezone="UTC")
    moments = [datetime(2026, 11, day, tzinfo=UTC) for day in (20, 21, 22)]
    read = tuple(zip(("20/11/2026", "21/11/2026", "22/11/2026"), moments, strict=True))
    assert sample(CELLS, START, mapping) == Sample(read, filled=6, unreadable=1, example="hier")
    assert sample(CELLS, NAME, mapping) == Sample((("a", "a"), ("b", "b"), ("c", "c")), filled=6, unreadable=0)


def test_days_and_months_that_nothing_tells_apart_are_asked_with_how_one_is_read() -> None:
    cells = Cells(pa.table({"d": ["11/3/2026 12:12 AM"]}), [2], "x.csv")
    mapping = ColumnMapping(columns={"started_at": "d"}, day_first=False)
    with speaking("en"):
        assert order_asked(cells, (START, NAME), mapping) == (
            "Day or month first? Nothing here proves it. “11/3/2026 12\\:12 AM” is read as "
            "Nov 3, 2026, 00:12: else change “Day first” under “Settings”."
        )
    assert order_asked(CELLS, (START,), ColumnMapping(columns={"started_at": "d"})) == ""
