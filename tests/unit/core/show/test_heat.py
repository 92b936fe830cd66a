"""Heat maps are linear, and their cells, rows and columns say their numbers."""

import re

import altair as alt
import pandas as pd
import vl_convert

from core.base.i18n import speaking
from core.show.charts import Drawing, localised_drawing
from core.show.heat import heat

FRAME = pd.DataFrame([("a", "x", 7), ("a", "y", 20), ("b", "x", 300)], columns=["row", "column", "n"])


def _specification(totals: bool) -> dict:  # type: ignore[type-arg]
    with speaking("fr"):
        return heat(alt.X("column:N"), alt.Y("row:N"), "n", [alt.Tooltip("n:Q")], picks=("row",), totals=totals)


def _svg(totals: bool, width: int = 300) -> str:
    drawn = localised_drawing(Drawing(_specification(totals), FRAME), "fr")
    drawn["datasets"] = {"drawn": FRAME.to_dict("records")}
    return vl_convert.vegalite_to_svg({**drawn, "width": width}, vl_version="6.4")


def _texts(totals: bool) -> list[str]:
    return re.findall(r">([^<>]+)</text>", _svg(totals))


def test_a_number_that_its_cell_has_no_room_for_is_not_shown() -> None:
    narrow = re.findall(r'opacity="([01])"[^>]*>(\d+)</text>', _svg(totals=False, width=20))
    wide = re.findall(r'opacity="([01])"[^>]*>(\d+)</text>', _svg(totals=False, width=300))
    assert narrow == [("1", "7"), ("1", "20"), ("0", "300")]
    assert [shown for shown, _number in wide if shown == "0"] == []


def test_each_cell_row_and_column_says_its_number() -> None:
    assert [text for text in _texts(totals=True) if text.isdigit()] == [
        "7",
        "20",
        "300",
        "307",
        "20",
        "27",
        "300",
        "327",
    ]
    assert [text for text in _texts(totals=False) if text.isdigit()] == ["7", "20", "300"]
    assert "Total" in _texts(totals=True)


def test_cells_are_dark_in_proportion() -> None:
    (scale,) = [
        layer["encoding"]["opacity"]["scale"]
        for layer in _specification(totals=True)["layer"]
        if "opacity" in layer["encoding"]
    ]
    assert (scale["type"], scale["domainMin"]) == ("linear", 0)
