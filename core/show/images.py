"""Charts as PNG pictures, for mails: drawn on this machine by vl-convert, which carries Vega and asks nobody.

The same specification as on screen, in the light theme: its named colours and its range of colours are Streamlit's to
fill in there, so they are filled in here. Fonts are those that Vigie carries (DejaVu, with every French sign).
"""

import json
import textwrap
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import pandas as pd
import vl_convert

from core.base.i18n import language
from core.base.settings import ROOT
from core.base.status import LOOKS
from core.show.charts import THEME_COLOURS, AnyChart, Drawing, localised, localised_drawing

FONT = "DejaVu Sans"
WIDTH = 820
SCALE = 1.5
"""Pixels of the picture for one of the drawing: sharp on fine screens, and yet small."""
TITLE_SIGNS, NOTE_SIGNS = 84, 124
"""Signs of the title, and of what stands below it, that fit on one line."""
LABELS = 380
"""Pixels of a label that are drawn: a picture cannot be hovered, and is wider than a phone."""
SIGN, SYMBOL = 5.9, 24
"""Pixels of a sign of a legend, and of what stands beside its label."""
WIDEST = 4
"""Columns of a legend that hang on the screen's width."""
VEGA_LITE = "6.4"
EPOCH, MILLISECOND = pd.Timestamp(0, tz="UTC"), pd.Timedelta(milliseconds=1)
COLOURS = {name: LOOKS[verdict].light for verdict, name in THEME_COLOURS.items()}
CATEGORIES = ("#1f5fa8", "#8a5a00", "#1b6e3c", "#7a3e9d", "#b3261e", "#0f7a86", "#5f6368")
"""The theme's range of colours (`.streamlit/config.toml`, light; a test compares them)."""


def png(chart: AnyChart | Drawing, *, title: str, notes: Sequence[str]) -> bytes:
    """The chart in the language in force, under its title and some notes."""
    spec = _spec(chart)
    spec["title"] = {
        "text": textwrap.wrap(title, TITLE_SIGNS),
        "subtitle": [line for note in notes for line in textwrap.wrap(note, NOTE_SIGNS)],
    }
    spec["width"] = WIDTH
    spec["autosize"] = {"type": "fit-x", "contains": "padding"}
    spec["background"] = "#ffffff"
    spec["padding"] = 14
    spec["config"] = _configured(spec.get("config", {}))
    data = spec.pop("datasets")
    drawn: dict[str, Any] = {**_fitted(_filled(spec), data.get("drawn", [])), "datasets": data}
    _fonts()
    return vl_convert.vegalite_to_png(drawn, vl_version=VEGA_LITE, scale=SCALE, allowed_base_urls=[])


def _spec(chart: AnyChart | Drawing) -> dict[str, Any]:
    """The whole specification, its data as plain JSON."""
    if isinstance(chart, Drawing):
        return {**localised_drawing(chart, language()), "datasets": {"drawn": _rows(chart.frame)}}
    spec: dict[str, Any] = localised(chart, language()).to_dict()
    return spec


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as a browser gets them: moments are milliseconds, what is missing is null."""
    moments = {
        str(name): (pd.to_datetime(values, utc=True) - EPOCH) / MILLISECOND
        for name, values in frame.items()
        if pd.api.types.is_datetime64_any_dtype(values.dtype)
    }
    rows: list[dict[str, Any]] = json.loads(frame.assign(**moments).reset_index(drop=True).to_json(orient="records"))
    return rows


def _configured(own: dict[str, Any]) -> dict[str, Any]:
    parts: dict[str, dict[str, Any]] = {
        "axis": {"labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": "normal", "gridColor": "#e6eaf0"},
        "legend": {"labelFontSize": 11, "titleFontSize": 11},
        "title": {
            "anchor": "start",
            "frame": "bounds",
            "offset": 14,
            "fontSize": 15,
            "color": "#0b1117",
            "subtitleFontSize": 11,
            "subtitleColor": "#5f6368",
            "subtitlePadding": 6,
            "subtitleLineHeight": 16,
        },
        "view": {"stroke": None},
        "range": {"category": list(CATEGORIES)},
    }
    return {**own, "font": FONT, **{name: {**own.get(name, {}), **part} for name, part in parts.items()}}


def _filled(part: Any, colour: bool = False) -> Any:
    """A part of the specification with what the screen's theme fills in: colours by name, within encodings of colour
    alone; and with room for long labels."""
    if isinstance(part, list):
        return [_filled(inner, colour) for inner in part]
    if isinstance(part, dict):
        return {
            name: max(inner, LABELS) if name == "labelLimit" else _filled(inner, colour or name == "color")
            for name, inner in part.items()
        }
    return COLOURS.get(part, part) if colour and isinstance(part, str) else part


def _fitted(part: Any, rows: list[dict[str, Any]]) -> Any:
    """A part of the specification with as many columns in each legend as its longest label leaves room for."""
    if isinstance(part, list):
        return [_fitted(inner, rows) for inner in part]
    if not isinstance(part, dict):
        return part
    fitted = {name: _fitted(inner, rows) for name, inner in part.items()}
    if isinstance(part.get("legend"), dict) and "columns" in part["legend"]:
        longest = max((len(str(row.get(str(part.get("field"))))) for row in rows), default=1)
        columns = int((WIDTH - 60) // (min(longest * SIGN, LABELS) + SYMBOL))
        own = part["legend"]["columns"]
        most = own if isinstance(own, int) else WIDEST
        fitted["legend"] = {**fitted["legend"], "columns": max(1, min(columns, most))}
    return fitted


@lru_cache(maxsize=1)
def _fonts() -> None:
    vl_convert.register_font_directory(str(ROOT / "core" / "show" / "fonts"))
