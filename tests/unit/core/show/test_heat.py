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


def _texts(totals: bool) -> list[str]:
    drawn = localised_drawing(Drawing(_specification(totals), FRAME), "fr")
    drawn["datasets"] = {"drawn": FRAME.to_dict("records")}
    svg = vl_convert.vegalite_to_svg(drawn, vl_version="6.4")
    return re.findall(r">([^<>]+)</text>", svg)


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
