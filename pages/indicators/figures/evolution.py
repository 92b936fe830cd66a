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


@lru_cache(maxsize=8)
def _specification(_language: str, ratio: bool, unit: str) -> dict[str, Any]:
    number = ".1%" if ratio else ",.4~r"
    base = drawn().encode(x=month_axis("period"))
    scale = alt.Scale(zero=not ratio)
    gap = base.transform_filter("isValid(datum.published)").mark_area(opacity=0.18).encode(
        y=alt.Y("published:Q"), y2="value:Q", color=alt.value("orange"), detail="version:N"
    )  # fmt: skip
    words = {"published": _("Published"), "value": _("Up to date")}
    lines = (
        base.transform_fold(["published", "value"], as_=["reading", "number"])
        .transform_filter("isValid(datum.number)")
        .mark_line(point=alt.OverlayMarkDef(filled=True, size=36))
        .encode(
            y=alt.Y("number:Q", title=unit or None, axis=alt.Axis(format=".0%" if ratio else ",d"), scale=scale),
            color=alt.Color(
                "reading:N",
                title=None,
                scale=alt.Scale(domain=["published", "value"], range=["blue", "orange"]),
                legend=legend(words),
            ),
            strokeWidth=alt.condition("datum.reading == 'published'", alt.value(2.5), alt.value(1)),
            detail="version:N",
            tooltip=[
                month_tooltip("period"),
                alt.Tooltip("published:Q", title=words["published"], format=number),
                alt.Tooltip("value:Q", title=words["value"], format=number),
                alt.Tooltip("version:N", title=_("Version")),
            ],
        )
    )
    return specification_of(alt.layer(gap, lines).properties(height=260))


def _chart(frame: pd.DataFrame, look: IndicatorLook) -> Drawing:
    one = look.indicator
    assert one is not None
    shown = frame[["period", "published", "value", "version"]].sort_values("period")
    return Drawing(_specification(language(), one.shape == "ratio", one.unit), midnights(shown, "period"))


EVOLUTION: Figure[IndicatorLook] = Figure(
    name="evolution",
    title=lambda look, _frame: look.indicator.title if look.indicator else "",
    about=ABOUT,
    shape=told,
    columns=columns,
    chart=_chart,
    told=N_(
        "The months as published and as they are today; the table below says the same. A new version breaks lines."
    ),
)
