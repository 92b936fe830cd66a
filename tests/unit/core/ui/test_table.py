"""What the cells of a table say."""

from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from streamlit import dataframe_util

from core.base.i18n import speaking
from core.show.columns import Column, Kind, show
from core.ui.table import _configuration, _words, _written

MORNING = datetime(2026, 1, 15, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "cells"),
    [
        (Kind.TEXT, ["Śródmieście", None, "Śródmieście", "=1+1"]),
        (Kind.TEXT, [["a", "b"], None]),
        (Kind.TEXT, [3, None, 12]),
        (Kind.LINK, ["https://example.fr/a", None]),
        (Kind.NUMBER, [12345, 3, 12345]),
        (Kind.NUMBER, [0.5, None, float("nan"), 1e9]),
        (Kind.PERCENT, [0.0512, None, 1.0]),
        (Kind.DURATION, [90.0, None, 86_400.0]),
        (Kind.MOMENT, [MORNING, None, MORNING]),
        (Kind.TIME, [MORNING, None]),
        (Kind.DAY, [date(2026, 1, 15), None]),
        (Kind.MONTH, [date(2026, 1, 1)]),
        (Kind.FLAG, [True, False, None]),
        (Kind.STATUS, ["OK", None, "KO", "OK"]),
    ],
)
@pytest.mark.parametrize("types", [None, pd.ArrowDtype])
def test_cells_say_what_each_of_them_says_alone_whatever_rows_were_left_out(
    kind: Kind, cells: list[Any], types: Any
) -> None:
    table, column = pa.table({"x": cells * 2}), Column("x", "x", kind)
    left = table.to_pandas(types_mapper=types)["x"].iloc[1:]
    with speaking("fr"):
        assert _words(left, column).tolist() == [show(cell, column) for cell in left.astype(object)]


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", " JaVaScRiPt:alert(1)", "data:text/html,x", "file:///etc/passwd", "//evil", "https://a b"],
)
def test_only_an_address_of_the_web_is_a_link(link: str) -> None:
    frame, columns = pd.DataFrame({"x": [link, "https://example.fr/a"]}), [Column("x", "x", Kind.LINK)]
    written = _written(frame, columns, "light")
    said = written.cells.data["x"]
    assert said.isna().tolist() == [True, False]
    assert said[1] == "https://example.fr/a"
    assert written.cells.data.astype(str)["x"].tolist() == ["", "https://example.fr/a"]


def test_a_table_that_is_kept_is_turned_into_arrow_once_and_another_one_for_itself() -> None:
    frame, columns = pd.DataFrame({"x": ["a", "b"]}), [Column("x", "x")]
    values = _written(frame, columns, "light").cells.data
    sent = dataframe_util.convert_pandas_df_to_arrow_bytes(values)
    assert dataframe_util.convert_pandas_df_to_arrow_bytes(values) is sent
    other = dataframe_util.convert_pandas_df_to_arrow_bytes(frame)
    assert dataframe_util.convert_pandas_df_to_arrow_bytes(frame) is not other
    assert pa.ipc.open_stream(sent).read_all()["x"].to_pylist() == ["a", "b"]


def test_a_day_has_the_room_it_needs_though_the_first_cells_are_empty() -> None:
    widths = [
        _configuration(Column("a", label, kind), None)["width"]
        for label, kind in (("Due", Kind.DAY), ("D" * 30, Kind.DAY))
    ]
    assert widths == [115, 238]
    assert "width" not in _configuration(Column("a", "Name"), None)
