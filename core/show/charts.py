"""Charts in the house's way: verdict colours, words and numbers in the person's language, local wall time.

Pure Altair. A page's `charts.py` builds a chart from a frame with these parts; `localised` is applied once, where
the chart is shown. Colours of text, grid and background come from the theme that Streamlit puts on the chart.

Time. A browser draws local time in its own zone, which need not be the screens', and counts no hour twice. So moments
are plotted as they are (UTC) on a UTC scale, and the axis says the hour on the wall: on the night when clocks go back,
two ticks say 02:00, and a run that lasted an hour is an hour long. Days are plotted as midnight UTC.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import altair as alt
import babel.dates
import pandas as pd

from core.base.i18n import MINUS, _, language
from core.base.settings import settings
from core.base.status import LOOKS, Verdict, word

STEPS = (
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
)
THEME_COLOURS = {
    Verdict.KO: "red",
    Verdict.WARNING: "orange",
    Verdict.UNKNOWN: "gray",
    Verdict.RUNNING: "blue",
    Verdict.NOT_DUE: "gray",
    Verdict.OK: "green",
}
"""Name under which the theme (`.streamlit/config.toml`) holds each verdict's colour, light and dark.

In a chart such a name works in `encoding.color` alone, as a value or in a scale's range.
"""
PICK = "pick"
"""Name of the selection by which a mark of a chart is picked."""
GROWING = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)
"""Ticks of a scale whose steps grow."""
ROWS = alt.ExprRef("width < 500 ? 1 : 4")
"""Columns of a legend of sentences: on a phone each stands on a line."""
COLUMNS = alt.ExprRef("width < 500 ? 2 : 4")
"""Columns of a legend of names: on a phone two."""
TEXT_COLOURS = {"light": "#3d4653", "dark": "#c6ced8"}
"""Of axes and legends: Streamlit's own grey is too pale on white."""
AnyChart = alt.Chart | alt.LayerChart | alt.FacetChart | alt.HConcatChart | alt.VConcatChart | alt.ConcatChart


def plottable(frame: pd.DataFrame) -> pd.DataFrame:
    """A copy that a browser draws right: moments stay UTC, days become midnight UTC."""
    copy = frame.copy()
    for name in copy.columns:
        kind = copy[name].dtype
        if isinstance(kind, pd.ArrowDtype) and kind.pyarrow_dtype == "date32[day]":
            copy[name] = pd.to_datetime(copy[name].astype(object), utc=True)
    return copy


def verdict_colour(field: str, *, title: str = "", legend: bool = True) -> alt.Color:
    """Colour of a column of verdicts, the most severe first in the legend, with marks and words."""
    ordered = sorted(LOOKS, key=lambda verdict: -LOOKS[verdict].severity)
    words = {verdict.value: word(verdict) for verdict in ordered}
    return alt.Color(
        f"{field}:N",
        title=title or None,
        scale=alt.Scale(
            domain=[verdict.value for verdict in ordered], range=[THEME_COLOURS[verdict] for verdict in ordered]
        ),
        legend=alt.Legend(
            labelExpr=spelled_out(words), orient="top", columns=alt.expr("width < 330 ? 2 : 3"), symbolType="square"
        )
        if legend
        else None,
    )


def legend(
    words: Mapping[str, str] | None = None,
    *,
    sentences: bool = False,
    symbol: Any = "square",
    only: Sequence[str] | None = None,
) -> alt.Legend:
    """A legend above a chart, none of whose words is cut on a phone: names two a line, `sentences` one. `words`: what
    is said for a code; `symbol`: `alt.Undefined` where shapes tell too; `only`: those of the domain that are told."""
    words_of = alt.Undefined if words is None else spelled_out(words)
    columns = ROWS if sentences else COLUMNS
    values = alt.Undefined if only is None else list(only)
    return alt.Legend(
        orient="top",
        columns=columns,
        symbolType=symbol,
        symbolOpacity=1,
        labelLimit=260,
        labelExpr=words_of,
        values=values,
    )


def keyed(marks: alt.Chart, word: str, hues: Mapping[str, str], *, lines: bool = False) -> alt.Chart:
    """A layer whose marks stand for one word of several, in its colour: the legend names them all, as `lines` where
    all are."""
    key = legend(sentences=True, symbol="stroke" if lines else "square")
    key.title = None
    scale = alt.Scale(domain=list(hues), range=list(hues.values()))
    coloured: alt.Chart = marks.transform_calculate(stands_for=json.dumps(word))
    return coloured.encode(color=alt.Color("stands_for:N", title=_("Stands for"), scale=scale, legend=key))


def spelled_out(words: Mapping[str, str], of: str = "datum.value") -> str:
    """A Vega expression that says the word of a code, in place of a legend's label or in a tooltip."""
    return f"({json.dumps(words, ensure_ascii=False)})[{of}]"


class _Chart(alt.Chart):
    """A chart whose channels are made of their own kind at once: Altair finds the kind of a word like "days:Q" among
    all its schemas, which takes it 4 ms each time, and 18 for a condition."""

    def encode(self, *args: Any, **channels: Any) -> "_Chart":
        made: _Chart = super().encode(*args, **{name: _channel(name, channel) for name, channel in channels.items()})
        return made


def _channel(name: str, value: Any) -> Any:
    kind = name[0].upper() + name[1:]
    if isinstance(value, str):
        return getattr(alt, kind)(value)
    if isinstance(value, dict) and "value" in value:  # `alt.value`, also with a condition
        return getattr(alt, f"{kind}Value")(**value)
    return value


def drawn() -> alt.Chart:
    """The beginning of a specification that is kept: a chart of the frame that `Drawing` brings along."""
    return _Chart(alt.NamedData("drawn"))


BESIDE = alt.Scale(rangeMax=alt.ExprRef("width - 44"))
"""The scale of bars that lie and have their `numbers` beside them: room is left for the longest one's."""


def numbers(bars: alt.Chart, field: str, format: str, *, upright: bool = False) -> alt.Chart:
    """The numbers of some bars as d3 writes them, beside their ends, or above upright ones. `bars` has no mark yet."""
    looks: dict[str, Any] = {"baseline": "bottom", "dy": -3} if upright else {"align": "left", "dx": 4}
    texts: alt.Chart = said(bars.mark_text(fontSize=10, aria=False, **looks), field, format)
    return texts


def said(texts: alt.Chart, field: str, format: str) -> alt.Chart:
    """Marks of text that say a number as d3 writes it, never pale: it is read in a period covered in part too."""
    written: alt.Chart = texts.encode(text=alt.Text(field, format=format), opacity=alt.value(1))
    return written


def month_totals(field: str) -> alt.Chart:
    """What months of stacked bars hold in all, above each, where there is room for the number."""
    months = drawn().transform_aggregate(total=f"sum({field})", groupby=["month"])
    fits = "bandwidth('x') >= 6 * length(format(datum.total, ',.1~f'))"
    texts = months.mark_text(
        fontSize=10, baseline="bottom", dy=-3, aria=False, fillOpacity=alt.ExprRef(f"{fits} ? 1 : 0")
    )
    totals: alt.Chart = texts.encode(x=month_axis("month"), y="total:Q", text=alt.Text("total:Q", format=",.1~f"))
    return totals


def pick(*fields: str) -> alt.Parameter:
    """A click on a mark picks it, as the values of these fields; a double click lets it go."""
    return alt.selection_point(name=PICK, fields=list(fields), clear="dblclick")


def midnights(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """A copy whose columns of days are midnight UTC, as `month_axis` and `day_axis` read them."""
    return frame.assign(**{name: pd.to_datetime(frame[name].astype(object), utc=True) for name in columns})


def month_axis(field: str) -> alt.X:
    """A horizontal axis of months, a place each, as `midnights` makes them."""
    axis = alt.Axis(format="%b %y", labelAngle=0, labelOverlap=True, labelBound=True)
    return alt.X(f"{field}:O", timeUnit=alt.TimeUnitParams(unit="yearmonth", utc=True), title=None, axis=axis)


def month_tooltip(field: str) -> alt.Tooltip:
    """A month in words."""
    return alt.Tooltip(f"utcyearmonth({field}):T", title=_("Month"), format="%B %Y")


def week_tooltip(field: str) -> alt.Tooltip:
    """A week by its first day."""
    return alt.Tooltip(f"{field}:T", title=_("Week"), format="%-d %b %Y")


def pale() -> alt.Opacity:
    """Marks whose period is covered in part (`partial`) are pale, as the legend says."""
    label = json.dumps(_("pale: partial period"), ensure_ascii=False)
    legend = alt.Legend(
        orient="bottom", values=[True], labelExpr=label, labelLimit=260, symbolType="square", symbolFillColor="#8d99a6"
    )
    scale = alt.Scale(domain=[False, True], range=[1, 0.45])
    return alt.Opacity("partial:N", title=None, scale=scale, legend=legend)


def signed_axis(**how: Any) -> alt.Axis:
    """An axis of differences in percent: each with its sign, zero without one."""
    return alt.Axis(format="+.0%", labelExpr="datum.value === 0 ? slice(datum.label, 1) : datum.label", **how)


def growing_axis(field: str, most: float, *, title: str) -> alt.Y:
    """A vertical axis from zero to beyond `most` whose steps grow, for values of which few are many times the others.
    The one scale that is not linear, and its title says so."""
    titled = _("{title}, logarithmic scale").format(title=title)
    ticks = [tick for tick in GROWING if tick <= most]
    return alt.Y(field, title=titled, scale=alt.Scale(type="symlog", constant=1), axis=alt.Axis(values=ticks))


def moment_axis(field: str, first: datetime, last: datetime, *, title: str = "") -> alt.X:
    """A horizontal axis of moments from `first` to `last` (UTC-aware), labelled with local wall time."""
    return alt.X(
        f"{field}:T",
        title=title or None,
        scale=alt.Scale(type="utc", domainMin=_vega(first), domainMax=_vega(last), nice=False),
        axis=alt.Axis(values=[_vega(tick) for tick in ticks(first, last)], labelExpr=_wall_clock(first, last)),
    )


def day_axis(field: str, *, title: str = "", at: Sequence[date] = ()) -> alt.X:
    """A horizontal axis of days, as `plottable` makes them, said in the language in force: «2 août», "Aug 2". `at`: the
    days that have a tick, where round ones would not do: a week begins on Monday, but not for Vega."""
    week = "%-d %b" if language() == "fr" else "%b %-d"
    formats = {"year": "%Y", "quarter": "%B", "month": "%B", "week": week, "date": "%a %-d"}
    days = [alt.DateTime(year=day.year, month=day.month, date=day.day, utc=True) for day in thinned(at)]
    axis = alt.Axis(grid=False, **({"values": days, "format": week} if days else {"tickCount": 8, "format": formats}))
    return alt.X(f"{field}:T", title=title or None, scale=alt.Scale(type="utc"), axis=axis)


def thinned(days: Sequence[date], most: int = 10) -> list[date]:
    """Days in even steps, at most so many."""
    return list(days[:: -(-len(days) // most)]) if days else []


def specification_of(chart: AnyChart) -> dict[str, Any]:
    """A chart as Vega-Lite takes it. One view alone becomes a layer: Streamlit leaves a void above its legend. Whether
    Vega-Lite allows it the tests ask of every chart: it takes 10 ms."""
    layers = alt.layer(chart) if isinstance(chart, alt.Chart) else chart
    specification: dict[str, Any] = layers.to_dict(validate=False)
    return specification


def lines(field: str, order: tuple[str, ...]) -> alt.Y:
    """One line a name, from the top, in the order given."""
    axis = alt.Axis(labelLimit=190, labelPadding=10, labelFlush=False, ticks=False, domain=False)
    return alt.Y(f"{field}:N", sort=list(order), title=None, axis=axis)


def ticks(first: datetime, last: datetime) -> list[datetime]:
    """About ten round local hours, or midnights, within two UTC-aware moments; both 02:00 where there are two."""
    zone = ZoneInfo(settings().timezone)
    step = next((step for step in STEPS if (last - first) / step <= 10), None)
    if step is None:
        return _midnights(first, last, zone)
    grain = min(step, timedelta(hours=1))
    tick = datetime.min.replace(tzinfo=UTC) + -(-(first - datetime.min.replace(tzinfo=UTC)) // grain) * grain
    marks = []
    while tick <= last:
        wall = tick.astimezone(zone)
        if timedelta(hours=wall.hour, minutes=wall.minute) % step == timedelta():
            marks.append(tick)
        tick += grain
    return marks


def _midnights(first: datetime, last: datetime, zone: ZoneInfo) -> list[datetime]:
    days = pd.date_range(first.astimezone(zone).date(), last.astimezone(zone).date()).date
    midnights = [datetime.combine(day, time(), zone).astimezone(UTC) for day in days[:: -(-len(days) // 10)]]
    return [midnight for midnight in midnights if first <= midnight <= last]


def _wall_clock(first: datetime, last: datetime) -> str:
    """A Vega expression for the label of a tick: the local hour, or the day at midnight.

    Vega knows no zone but the browser's, so the offsets in force between the two moments are written out.
    """
    offset = "0"
    for start, seconds in _offsets(first, last):
        offset = f"(time(datum.value) >= {_milliseconds(start)} ? {1000 * seconds} : {offset})"
    wall = f"(time(datum.value) + {offset})"
    day = f"utchours({wall}) == 0 && utcminutes({wall}) == 0"
    return f"{day} ? utcFormat({wall}, '%-d %b') : utcFormat({wall}, '%H:%M')"


def _offsets(first: datetime, last: datetime) -> list[tuple[datetime, int]]:
    """(from when, seconds ahead of UTC): the offset at the start, then each change; zones change on full hours."""
    zone = ZoneInfo(settings().timezone)
    start = first.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    offsets = [(start, _offset(start, zone))]
    day = start
    while day < last:
        if _offset(day + timedelta(days=1), zone) != offsets[-1][1]:
            hours = (day + timedelta(hours=hour) for hour in range(1, 25))
            change = next(hour for hour in hours if _offset(hour, zone) != offsets[-1][1])
            offsets.append((change, _offset(change, zone)))
        day += timedelta(days=1)
    return offsets


def _offset(moment: datetime, zone: ZoneInfo) -> int:
    return round((moment.astimezone(zone).utcoffset() or timedelta()).total_seconds())


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _vega(moment: datetime) -> alt.DateTime:
    """A moment as Vega-Lite takes it on a scale; milliseconds, which its documentation allows, draw no tick."""
    utc = moment.astimezone(UTC)
    return alt.DateTime(
        utc=True, year=utc.year, month=utc.month, date=utc.day, hours=utc.hour, minutes=utc.minute, seconds=utc.second
    )


@lru_cache
def locale(code: str) -> dict[str, Any]:
    """How Vega writes numbers and dates in a language ("fr" or "en")."""
    names = {
        "days": babel.dates.get_day_names("wide", "stand-alone", code),
        "shortDays": babel.dates.get_day_names("abbreviated", "stand-alone", code),
        "months": babel.dates.get_month_names("wide", "stand-alone", code),
        "shortMonths": babel.dates.get_month_names("abbreviated", "stand-alone", code),
    }
    french = code == "fr"
    return {
        "number": {
            "decimal": "," if french else ".",
            "thousands": "\u202f" if french else ",",
            "grouping": [3],
            "currency": ["", "\u00a0€"] if french else ["€", ""],
            "percent": "\u202f%" if french else "%",
            "minus": MINUS,
        },
        "time": {
            "dateTime": "%A %e %B %Y à %X" if french else "%A, %e %B %Y, %X",
            "date": "%d/%m/%Y" if french else "%Y-%m-%d",
            "time": "%H:%M:%S",
            "periods": ["AM", "PM"],
            "days": [names["days"][(index - 1) % 7] for index in range(7)],
            "shortDays": [names["shortDays"][(index - 1) % 7] for index in range(7)],
            "months": [names["months"][index] for index in range(1, 13)],
            "shortMonths": [names["shortMonths"][index] for index in range(1, 13)],
        },
    }


@dataclass(frozen=True, eq=False)
class Drawing:
    """A chart as Vega-Lite takes it, and the frame it draws, which the specification calls "drawn".

    Where only the data differ from one screen to the next, the specification is built once (`specification_of` a chart
    that began as `drawn`) and kept.
    """

    spec: dict[str, Any]
    frame: pd.DataFrame


def localised_drawing(drawing: Drawing, code: str, theme: str = "light") -> dict[str, Any]:
    """The whole specification, data included, as `localised` shows a chart."""
    return {
        **drawing.spec,
        "config": _configured(drawing.spec.get("config", {}), code, theme),
        "datasets": {"drawn": drawing.frame},
    }


def localised(chart: AnyChart, code: str, theme: str = "light") -> AnyChart:
    """The chart as it is shown: numbers and dates in a language, texts readable in the theme ("light" or "dark")."""
    copy = chart.copy(deep=False)
    copy.config = _configured(copy.config.to_dict() if copy.config is not alt.Undefined else {}, code, theme)
    return copy


def _configured(own: dict[str, Any], code: str, theme: str) -> dict[str, Any]:
    """A chart's own configuration, then the house's. Vega's `locale` holds; embedOptions Streamlit drops."""
    house = {
        "axis": {**_guide(theme), "labelPadding": 8},
        "axisDiscrete": {"labelFlush": False},
        "axisY": {"labelFlush": False},
        "legend": {**_guide(theme), "padding": 0, "offset": 10, "rowPadding": 3},
        "text": {"color": TEXT_COLOURS[theme]},
    }
    return {**own, "locale": locale(code), **{part: {**how, **own.get(part, {})} for part, how in house.items()}}


def _guide(theme: str) -> dict[str, Any]:
    """Of an axis or a legend: read by whoever sees. Vega says it aloud in English; each mark says its own values."""
    return {"labelColor": TEXT_COLOURS[theme], "titleColor": TEXT_COLOURS[theme], "aria": False}
