"""The months as lines: as published, and as they are today; what lies between them is shaded."""

from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from core.base.i18n import N_, _, language
from core.show.charts import Drawing, drawn, legend, midnights, month_axis, month_tooltip, specification_of
from core.show.figure import Figure
from pages.indicators.figures.months import ABOUT, columns, told
from pages.indicators.look import IndicatorLook
from pages.indicators.words import is_share


@lru_cache(maxsize=8)
def _specification(_language: str, ratio: bool, unit: str, rebuilt: bool) -> dict[str, Any]:
    number = ".1%" if ratio else ",.4~r"
    base = drawn().encode(x=month_axis("period"))
    scale = alt.Scale(zero=not ratio)
    gap = base.transform_filter("isValid(datum.published)").mark_area(opacity=0.18).encode(
        y=alt.Y("published:Q"), y2="value:Q", color=alt.value("orange"), detail="version:N"
    )  # fmt: skip
    words = {"published": _("Published"), "value": _("Up to date")} | ({"rebuilt": _("Rebuilt")} if rebuilt else {})
    lines = (
        base.transform_fold(list(words), as_=["reading", "number"])
        .transform_filter("isValid(datum.number)")
        .transform_calculate(line="datum.reading == 'rebuilt' ? 0 : datum.version")
        .mark_line(point=alt.OverlayMarkDef(filled=True, size=36))
        .encode(
            y=alt.Y("number:Q", title=unit or None, axis=alt.Axis(format=".0%" if ratio else ",d"), scale=scale),
            color=alt.Color(
                "reading:N",
                title=None,
                scale=alt.Scale(domain=list(words), range=["blue", "orange", "gray"][: len(words)]),
                legend=legend(words),
            ),
            strokeWidth=alt.condition("datum.reading == 'published'", alt.value(2.5), alt.value(1)),
            strokeDash=alt.condition("datum.reading == 'rebuilt'", alt.value([5, 4]), alt.value([1, 0])),
            detail="line:N",
            tooltip=[
                month_tooltip("period"),
                *(alt.Tooltip(f"{name}:Q", title=word, format=number) for name, word in words.items()),
                alt.Tooltip("version:N", title=_("Version")),
            ],
        )
    )
    return specification_of(alt.layer(gap, lines).properties(height=260))


def _chart(frame: pd.DataFrame, look: IndicatorLook) -> Drawing:
    one = look.indicator
    assert one is not None
    shown = frame[["period", "published", "value", "rebuilt", "version"]].sort_values("period")
    rebuilt = bool(shown["rebuilt"].notna().any())
    return Drawing(
        _specification(language(), is_share(one.shape, one.unit), one.unit, rebuilt), midnights(shown, "period")
    )


EVOLUTION: Figure[IndicatorLook] = Figure(
    name="evolution",
    title=lambda look, _frame: look.indicator.title if look.indicator else "",
    about=ABOUT,
    shape=told,
    columns=columns,
    chart=_chart,
    told=N_(
        "The months as published and as they are today; the table below says the same. A new version breaks lines; "
        "what was rebuilt is dashed."
    ),
)
