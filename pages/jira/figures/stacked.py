"""Requests by month, a colour a name: the shape of the figures by client and by type."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from core.base.i18n import N_, _, language
from core.show.charts import PALE, Drawing, drawn, midnights, month_axis, month_tooltip, pick
from core.show.columns import Column, Kind
from pages.jira.colours import OTHERS, hues
from pages.jira.figures.notes import PARTIAL_COLUMN
from pages.jira.months import Months

TOP = 9
"""So many names have a colour of their own; the others are drawn together."""
COLUMNS = (
    Column("month", N_("Month"), Kind.MONTH),
    Column("name", N_("Name")),
    Column("n", N_("Requests"), Kind.NUMBER, digits=1),
    PARTIAL_COLUMN,
)


def by_month(rows: pd.DataFrame, code: str, names: Mapping[str, str], months: Months, value: str) -> pd.DataFrame:
    """Counts by month of the biggest codes, the others together: `name`, `code`, `month`, `n`, `partial`,
    `month_code`."""
    if rows.empty:
        return pd.DataFrame({"name": [], "code": [], "month": [], "n": [], "partial": [], "month_code": []})
    biggest = rows.groupby(code)[value].sum().sort_values(ascending=False).index[:TOP]
    kept = rows[code].where(rows[code].isin(biggest), OTHERS)
    sums = rows.assign(code=kept).groupby(["code", "month"])[value].sum()
    frame = pd.DataFrame({"n": sums.astype(float)}).reset_index()
    frame["name"] = [_(N_("others")) if found == OTHERS else names.get(found, found) for found in frame["code"]]
    frame["partial"] = frame["month"].isin(months.partial)
    frame["month_code"] = frame["month"].map(str)
    return frame


def stacked(frame: pd.DataFrame, colours: Mapping[str, str]) -> Drawing:
    """Bars of `by_month`; `colours` are those of some codes. A mark tells its `code` and `month_code`."""
    names = tuple(frame.groupby("name")["n"].sum().sort_values(ascending=False).index)
    codes = dict(zip(frame["name"], frame["code"], strict=True))
    specification = _specification(names, hues([codes[name] for name in names], colours), language())
    return Drawing(specification, midnights(frame, "month"))


@lru_cache(maxsize=200)
def _specification(names: tuple[str, ...], colours: tuple[str, ...], _language: str) -> dict[str, Any]:
    bars = (
        drawn()
        .mark_bar(width=alt.RelativeBandSize(0.8))
        .encode(
            x=month_axis("month"),
            y=alt.Y("n:Q", title=_("Requests"), axis=alt.Axis(tickMinStep=1)),
            color=alt.Color(
                "name:N",
                title=None,
                sort=list(names),
                scale=alt.Scale(domain=list(names), range=list(colours)),
                legend=alt.Legend(orient="top", columns=4, symbolType="square", labelLimit=140),
            ),
            order=alt.Order("n:Q", sort="descending"),
            opacity=PALE,
            tooltip=[
                alt.Tooltip("name:N", title=_("Name")),
                month_tooltip("month"),
                alt.Tooltip("n:Q", title=_("Requests"), format=",.1~f"),
            ],
        )
        .add_params(pick("code", "month_code"))
    )
    spec: dict[str, Any] = bars.properties(height=300).to_dict()
    return spec
