"""How many of each month's new requests lack each mandatory field, as shares, over time."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from core.base.i18n import N_, _, language
from core.show.charts import COLUMNS, Drawing, drawn, midnights, month_axis, month_tooltip, pick, specification_of
from core.show.columns import Column, Kind
from core.show.figure import Figure, Mark
from pages.jira.colours import HUES
from pages.jira.figures.notes import PARTIAL_COLUMN, shows
from pages.jira.figures.unfilled import ABOUT, asked_for, lacking
from pages.jira.figures.unfilled_by_month import UNFILLED_BY_MONTH
from pages.jira.look import JiraLook


def _shape(look: JiraLook, rows: pd.DataFrame) -> pd.DataFrame:
    """A row a month and field."""
    months = UNFILLED_BY_MONTH.shape(look, rows)
    by_field = [
        months[["name", "partial"]].assign(
            field=field.key, said=field.called, empty=months[field.key], requests=asked_for(months, field)
        )
        for field in look.rules.mandatory
    ]
    frame = pd.concat(by_field, ignore_index=True) if by_field else months.assign(field="", said="", empty=0)
    frame = frame[frame["requests"] > 0]
    frame = frame.assign(share=frame["empty"].astype(float) / frame["requests"].astype(float))
    return frame.assign(month=frame["name"], month_code=frame["name"].map(str))


def _chart(frame: pd.DataFrame, look: JiraLook) -> Drawing:
    """A colour a field by its place in the rules, whatever the period holds."""
    names = tuple(field.called for field in look.rules.mandatory)
    return Drawing(_specification(names, language()), midnights(frame, "month"))


@lru_cache(maxsize=20)
def _specification(names: tuple[str, ...], _language: str) -> dict[str, Any]:
    base = drawn().encode(
        x=month_axis("month"),
        y=alt.Y("share:Q", title=_("Share that is empty"), axis=alt.Axis(format=".0%")),
        color=alt.Color(
            "said:N",
            title=None,
            scale=alt.Scale(domain=list(names), range=[HUES[place % len(HUES)] for place in range(len(names))]),
            legend=alt.Legend(orient="top", columns=COLUMNS, symbolType="stroke"),
        ),
        strokeDash=alt.StrokeDash("said:N", sort=list(names), legend=None),
        tooltip=[
            month_tooltip("month"),
            alt.Tooltip("said:N", title=_("Field")),
            alt.Tooltip("share:Q", title=_("Share"), format=".1%"),
            alt.Tooltip("empty:Q", title=_("Empty"), format=",.0f"),
            alt.Tooltip("requests:Q", title=_("Requests"), format=",.0f"),
        ],
    )
    points = base.mark_point(size=40, filled=True, opacity=1).add_params(pick("field", "month_code"))
    return specification_of(alt.layer(base.mark_line(), points).properties(height=260))


def _means(look: JiraLook, mark: Mark) -> Mapping[str, Any]:
    return shows(lacking(look, str(mark["field"]), str(mark["month_code"])))


UNFILLED_TREND: Figure[JiraLook] = Figure(
    name="unfilled-trend",
    title=N_("Empty mandatory fields over time"),
    about=ABOUT,
    query=UNFILLED_BY_MONTH.query,
    shape=_shape,
    columns=(
        Column("month", N_("Month"), Kind.MONTH),
        Column("said", N_("Field")),
        Column("empty", N_("Empty"), Kind.NUMBER),
        Column("requests", N_("Requests"), Kind.NUMBER),
        Column("share", N_("Share"), Kind.PERCENT),
        PARTIAL_COLUMN,
    ),
    chart=_chart,
    means=_means,
)
