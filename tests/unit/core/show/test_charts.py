"""Charts say local time whatever the browser's zone, and their colours are the house's."""

import json
import re
import tomllib
from datetime import UTC, date, datetime, timedelta
from typing import Any

import altair as alt
import pandas as pd
import pyarrow as pa
import pytest
import vl_convert

from core.base.i18n import local, speaking
from core.base.settings import ROOT
from core.base.status import LOOKS, Verdict
from core.show import charts, counted

ORDINARY = (datetime(2026, 11, 19, 21, tzinfo=UTC), datetime(2026, 11, 20, 7, tzinfo=UTC))
CLOCKS_BACK = (datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 4, tzinfo=UTC))
CLOCKS_FORWARD = (datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 4, tzinfo=UTC))


def _walls(first: datetime, last: datetime) -> list[str]:
    """The labels of the axis as the offsets written into it make them."""
    offsets = charts._offsets(first, last)
    labels = []
    for tick in charts.ticks(first, last):
        seconds = next(seconds for start, seconds in reversed(offsets) if tick >= start)
        labels.append(f"{tick + timedelta(seconds=seconds):%H:%M}")
    return labels


def test_ticks_stand_on_local_hours() -> None:
    assert _walls(*ORDINARY) == [f"{hour % 24:02d}:00" for hour in range(22, 33)]


def test_the_night_when_clocks_go_back_has_two_o_clock_twice() -> None:
    labels = _walls(*CLOCKS_BACK)
    assert [label for label in labels if label.endswith(":00")] == [
        "00:00", "01:00", "02:00", "02:00", "03:00", "04:00", "05:00",
    ]  # fmt: skip


def test_the_night_when_clocks_go_forward_has_no_two_o_clock() -> None:
    labels = _walls(*CLOCKS_FORWARD)
    assert [label[:2] for label in labels if label.endswith(":00")] == ["00", "01", "03", "04", "05", "06"]


@pytest.mark.parametrize("minutes", [10, 45, 200, 600, 1500, 5000, 60_000, 1_000_000])
def test_no_axis_is_crowded(minutes: int) -> None:
    first = datetime(2026, 3, 1, 4, 17, tzinfo=UTC)
    assert len(charts.ticks(first, first + timedelta(minutes=minutes))) <= 12


def test_an_axis_of_some_weeks_ticks_at_start_of() -> None:
    ticks = charts.ticks(datetime(2026, 10, 20, tzinfo=UTC), datetime(2026, 10, 30, tzinfo=UTC))
    assert [f"{local(tick):%d %H:%M}" for tick in ticks] == [f"{day} 00:00" for day in (22, 24, 26, 28, 30)]


def test_an_axis_of_moments_asks_the_browser_for_no_zone() -> None:
    axis = charts.moment_axis("at", *ORDINARY, title="Heure").to_dict()
    assert axis["scale"]["type"] == "utc"
    assert "utcFormat" in axis["axis"]["labelExpr"]
    assert "timeFormat" not in json.dumps(axis)
    assert all(value["utc"] for value in axis["axis"]["values"])


def test_days_are_plotted_as_midnight_utc() -> None:
    frame = pa.table({"day": [date(2026, 11, 20)], "n": [1]}).to_pandas(types_mapper=pd.ArrowDtype)
    drawn = charts.plottable(frame)
    assert drawn["day"].tolist() == [pd.Timestamp("2026-11-20", tz="UTC")]
    assert frame["day"].tolist() == [date(2026, 11, 20)]


def test_numbers_and_dates_of_a_chart_follow_the_language() -> None:
    chart = alt.Chart(pd.DataFrame({"x": [1]})).mark_bar().encode(x="x:Q")
    french = charts.localised(chart, "fr").to_dict()["config"]["locale"]
    assert (french["number"]["decimal"], french["number"]["thousands"]) == (",", "\u202f")
    assert french["time"]["months"][7] == "août"
    assert french["time"]["days"][0] == "dimanche"
    english = charts.localised(chart, "en").to_dict()["config"]["locale"]
    assert (english["number"]["decimal"], english["time"]["months"][7]) == (".", "August")


def test_a_chart_writes_true_minus_signs() -> None:
    for code in ("fr", "en"):
        chart = alt.Chart(alt.Data(values=[{"x": -2}, {"x": 1}])).mark_point().encode(x="x:Q")
        drawn = vl_convert.vegalite_to_svg(charts.localised(chart, code).to_dict(), vl_version="6.4")
        assert (">−2" in drawn, ">-2" in drawn) == (True, False), code


def test_vega_says_nothing_of_its_axes_and_legends_aloud_in_english() -> None:
    values = alt.Data(values=[{"x": 2, "c": "a"}])
    chart = alt.Chart(values).mark_point().encode(x="x:Q", color="c:N", tooltip="x:Q")
    drawn = vl_convert.vegalite_to_svg(charts.localised(chart, "fr").to_dict(), vl_version="6.4")
    assert ("axis for" in drawn, "legend for" in drawn, 'aria-label="x: 2; c: a"' in drawn) == (False, False, True)


def _scales() -> set[tuple[str, str]]:
    """The file and the type of every scale that the code names, of all missions and of core."""
    files = [file for room in ("core", "pages") for file in (ROOT / room).rglob("*.py")]
    return {
        (str(file.relative_to(ROOT)), kind)
        for file in files
        for kind in re.findall(r"""Scale\([^)]*\btype=["'](\w+)["']""", file.read_text(encoding="utf-8"))
    }


def test_the_one_scale_that_is_not_linear_says_so() -> None:
    assert {(file, kind) for file, kind in _scales() if kind not in ("linear", "utc")} == {
        ("core/show/charts.py", "symlog")
    }
    with speaking("fr"):
        axis = charts.growing_axis("days:Q", 30, title="Jours").to_dict()
    assert axis["title"] == "Jours, échelle logarithmique"
    assert axis["axis"]["values"] == [0, 1, 2, 5, 10, 20]


def test_a_legend_names_what_layers_stand_for_and_that_pale_is_partial() -> None:
    with speaking("fr"):
        base = charts.drawn().encode(x="x:Q", opacity=charts.pale())
        spec = charts.specification_of(charts.keyed(base.mark_bar(), "Reçu", {"Reçu": "#111111", "Fait": "#222222"}))
    encoded = spec["layer"][0]["encoding"]
    assert encoded["color"]["scale"] == {"domain": ["Reçu", "Fait"], "range": ["#111111", "#222222"]}
    assert encoded["opacity"]["legend"]["labelExpr"] == '"pâle\u202f: période partielle"'


def test_a_chart_keeps_its_own_configuration_and_is_left_as_it_was() -> None:
    chart = alt.Chart(pd.DataFrame({"x": [1]})).mark_bar().encode(x="x:Q").configure_axis(grid=False)
    assert charts.localised(chart, "fr").to_dict()["config"]["axis"]["grid"] is False
    assert "locale" not in chart.to_dict()["config"]


def test_every_verdict_has_its_colour_and_word_in_the_order_of_severity() -> None:
    with speaking("fr"):
        colour = charts.verdict_colour("verdict").to_dict()
    assert colour["scale"]["domain"] == ["KO", "WARNING", "UNKNOWN", "RUNNING", "NOT DUE", "OK"]
    assert colour["scale"]["range"] == ["red", "orange", "gray", "blue", "gray", "green"]
    assert "✖ KO" in colour["legend"]["labelExpr"]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("verdict", list(Verdict))
def test_the_theme_holds_the_colours_of_the_verdicts(verdict: Verdict, theme: str) -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"][theme]
    name = charts.THEME_COLOURS[verdict]
    assert config[f"{name}Color"] == config[f"{name}TextColor"] == getattr(LOOKS[verdict], theme)


def test_nothing_but_ok_is_green() -> None:
    assert [verdict for verdict, name in charts.THEME_COLOURS.items() if name == "green"] == [Verdict.OK]


def _luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_are_readable_on_their_backgrounds(theme: str) -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"][theme]
    pairs = [("textColor", "backgroundColor"), ("linkColor", "backgroundColor")]
    for name in set(charts.THEME_COLOURS.values()):
        pairs += [(f"{name}TextColor", f"{name}BackgroundColor"), (f"{name}TextColor", "backgroundColor")]
    for front, back in pairs:
        lighter, darker = sorted((_luminance(config[front]), _luminance(config[back])), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, (front, back)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_texts_of_a_chart_are_readable_on_the_background(theme: str) -> None:
    chart = alt.Chart(pd.DataFrame({"x": [1]})).mark_bar().encode(x="x:Q")
    shown = charts.localised(chart, "fr", theme).to_dict()["config"]["axis"]["labelColor"]
    back = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"][theme]["backgroundColor"]
    lighter, darker = sorted((_luminance(shown), _luminance(back)), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 7


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_numbers_that_a_chart_writes_are_readable_in_both_themes(theme: str) -> None:
    spec = charts.localised_drawing(charts.Drawing({"mark": "text"}, pd.DataFrame()), "fr", theme)
    assert spec["config"]["text"]["color"] == charts.TEXT_COLOURS[theme]


def test_no_legend_of_the_missions_is_cut_on_a_phone() -> None:
    for sentences, columns in ((True, charts.ROWS), (False, charts.COLUMNS)):
        made = charts.legend({"a": "Une longue phrase qui dit ce que c’est"}, sentences=sentences).to_dict()
        assert made["columns"] == columns.to_dict()
        assert "Une longue phrase" in made["labelExpr"]
    bare = [
        str(file)
        for file in (ROOT / "pages").rglob("figures/*.py")
        if re.search(r"alt\.Legend\((?![^)]*columns=)", file.read_text(encoding="utf-8"))
    ]
    assert bare == []


def test_an_axis_of_differences_writes_zero_without_a_sign() -> None:
    assert "slice(datum.label, 1)" in charts.signed_axis().to_dict()["labelExpr"]


def _bars(node: Any) -> list[Any]:
    """The marks of a scene that are bars."""
    if isinstance(node, dict):
        return node["items"] if node.get("role") == "mark" and node["marktype"] == "rect" else _bars([*node.values()])
    return [bar for one in node for bar in _bars(one)] if isinstance(node, list) else []


def test_the_longest_bar_leaves_room_for_the_number_beside_it() -> None:
    drawing = counted.bars(pd.DataFrame({"value": ["a"], "n": [4_236]}))
    spec = {**drawing.spec, "width": 100, "datasets": {"drawn": drawing.frame.to_dict("records")}}
    (bar,) = _bars(vl_convert.vegalite_to_scenegraph(spec))
    assert bar["width"] <= 100 - 44
