"""Charts of the night: what they say to Vega."""

from typing import Any, cast

import pandas as pd

from core.base.i18n import speaking
from pages.pipelines.figures import timeline
from pages.pipelines.tests.landed import utc


def runs() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "pipeline": ["b", "a", "b"],
            "family": ["F", "F", "F"],
            "verdict": ["KO", "OK", "WARNING"],
            "mark": ["✖", "✔", "▲"],
            "start": [utc("01:10"), utc("01:20"), utc("02:00")],
            "end": [utc("01:10"), utc("01:50"), utc("02:20")],
            "opens": [utc("01:00"), None, utc("01:00")],
            "closes": [utc("03:30"), None, utc("03:30")],
            "hours": ["", "", ""],
            "why": ["", "", ""],
        }
    )


def test_pipelines_stand_in_order_of_execution() -> None:
    spec = timeline.drawing(runs(), *timeline.bounds(runs())).spec
    assert all(layer["encoding"]["y"]["sort"] == ["b", "a"] for layer in spec["layer"])


def test_a_familys_name_stands_above_its_pipelines() -> None:
    two = runs().assign(family=["F", "a", "F"])
    spec = timeline.drawing(two, *timeline.bounds(two)).spec
    assert spec["layer"][0]["encoding"]["y"]["scale"]["domain"] == ["\u2060F", "b", "\u2060a", "a"]


def test_colours_and_the_band_of_the_window_have_their_legends() -> None:
    windows, bars, _marks = timeline.drawing(runs(), *timeline.bounds(runs())).spec["layer"]
    assert "fenêtre attendue" in windows["encoding"]["opacity"]["legend"]["labelExpr"]
    assert "KO" in bars["encoding"]["color"]["legend"]["labelExpr"]


def test_the_axis_holds_every_run_and_window() -> None:
    assert timeline.bounds(runs()) == (utc("01:00"), utc("04:00"))


def test_a_run_of_a_day_does_not_squeeze_the_others_and_ends_in_an_arrow() -> None:
    long = runs().assign(end=[utc("01:10"), utc("18:20"), utc("02:20")])
    first, last = timeline.bounds(long)
    assert (first, last) == (utc("01:00"), utc("06:00"))
    drawn = timeline.drawing(long, first, last).frame
    assert drawn["mark"].tolist() == ["✖", "✔ →", "▲"]
    assert drawn["bar_end"].dt.tz_convert("UTC").max() == utc("05:20")


def test_a_run_alone_is_shown_whole() -> None:
    alone = runs().iloc[1:2].assign(end=[utc("18:20")])
    assert timeline.bounds(alone) == (utc("01:00"), utc("19:00"))


def test_a_run_of_an_instant_can_still_be_seen() -> None:
    frame = timeline.drawing(runs(), *timeline.bounds(runs())).frame
    assert (frame["bar_end"] - frame["start"]).tolist()[0] == timeline.SHORTEST


def test_a_specification_is_built_once_a_language() -> None:
    first, last = timeline.bounds(runs())
    with speaking("fr"):
        french = timeline.drawing(runs(), first, last).spec
        assert timeline.drawing(runs(), first, last).spec is french
    with speaking("en"):
        assert timeline.drawing(runs(), first, last).spec != french


def test_colour_is_never_the_only_sign() -> None:
    spec = timeline.drawing(runs(), *timeline.bounds(runs())).spec
    assert any(
        layer["mark"]["type"] == "text" and layer["encoding"]["text"]["field"] == "mark" for layer in spec["layer"]
    )


def test_a_layer_that_may_be_empty_is_no_picture_without_a_name() -> None:
    windows = timeline.drawing(runs(), *timeline.bounds(runs())).spec["layer"][0]
    assert windows["encoding"]["x"]["field"] == "opens"
    assert windows["mark"]["aria"] is False


def test_a_bar_opens_the_runs_of_its_pipeline() -> None:
    assert timeline.TIMELINE.means is not None
    meant = timeline.TIMELINE.means(cast(Any, None), {"pipeline": "a"})
    assert meant == {"pipeline": {"pipeline": "a"}}
    bars = timeline.drawing(runs(), *timeline.bounds(runs())).spec["layer"][1]
    assert bars["mark"]["cursor"] == "pointer"
