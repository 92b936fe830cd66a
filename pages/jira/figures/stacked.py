"""Requests by month, a colour a name: the shape of the figures by client and by type."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from core.base.i18n import N_, _, language
from core.show.charts import (
    COLUMNS,
    Drawing,
    drawn,
    midnights,
    month_axis,
    month_tooltip,
    month_totals,
    pale,
    pick,
    specification_of,
)
from core.show.columns import Column, Kind
from pages.jira.colours import OTHERS
from pages.jira.figures.notes import PARTIAL_COLUMN
from pages.jira.months import Months

COUNTS = Column("n", N_("Requests"), Kind.NUMBER, digits=1)
SHARES = Column("share", N_("Share of the month"), Kind.PERCENT)


def columns(*values: Column) -> tuple[Column, ...]:
    """What a table of names by month shows."""
    return (Column("month", N_("Month"), Kind.MONTH), Column("name", N_("Name")), *values, PARTIAL_COLUMN)


def folded(codes: "pd.Series[str]", colours: Mapping[str, str]) -> "pd.Series[str]":
    """Some codes, those together that have no colour of their own (`colours.palette`)."""
    return codes.where(codes.isin(colours), OTHERS)


def by_month(
    rows: pd.DataFrame, code: str, names: Mapping[str, str], months: Months, value: str, colours: Mapping[str, str]
) -> pd.DataFrame:
    """Counts by month of the codes that have colours, the others together: `name`, `code`, `month`, `n`, its `share` of
    the month, `partial`, `month_code`, and `place`: that of the colour, in every month and in the legend."""
    if rows.empty:
        return pd.DataFrame(columns=["name", "code", "month", "n", "share", "partial", "month_code", "place"])
    sums = rows.assign(code=folded(rows[code], colours)).groupby(["code", "month"])[value].sum()
    frame = pd.DataFrame({"n": sums.astype(float)}).reset_index()
    frame["share"] = frame["n"] / frame.groupby("month")["n"].transform("sum")
    frame["name"] = [_(N_("others")) if code == OTHERS else names.get(code, code) for code in frame["code"]]
    frame["partial"] = frame["month"].isin(months.partial)
    frame["month_code"] = frame["month"].map(str)
    frame["place"] = frame["code"].map({code: place for place, code in enumerate(colours)})
    return frame.sort_values(["month", "place"]).reset_index(drop=True)


def stacked(frame: pd.DataFrame, colours: Mapping[str, str], value: str = "n") -> Drawing:
    """Bars of `by_month`, by `n` or `share`. A mark tells `code`, `month_code`."""
    order = frame.drop_duplicates("place").sort_values("place")
    specification = _specification(
        tuple(order["name"]), tuple(colours[code] for code in order["code"]), value, language()
    )
    return Drawing(specification, midnights(frame, "month"))


@lru_cache(maxsize=200)
def _specification(names: tuple[str, ...], colours: tuple[str, ...], value: str, _language: str) -> dict[str, Any]:
    counts = alt.Tooltip("n:Q", title=_("Requests"), format=",.1~f")
    share = alt.Tooltip("share:Q", title=_("Share of the month"), format=".0%")
    percent, whole = alt.Axis(format=".0%"), alt.Scale(domainMax=1)
    of_month = alt.Y("share:Q", title=_("Share of the month"), axis=percent, scale=whole)
    up = alt.Y("n:Q", title=_("Requests"), axis=alt.Axis(tickMinStep=1)) if value == "n" else of_month
    bars = (
        drawn()
        .mark_bar(width=alt.RelativeBandSize(0.8))
        .encode(
            x=month_axis("month"),
            y=up,
            color=alt.Color(
                "name:N",
                title=None,
                sort=list(names),
                scale=alt.Scale(domain=list(names), range=list(colours)),
                legend=alt.Legend(orient="top", columns=COLUMNS, symbolType="square", labelLimit=140),
            ),
            order=alt.Order("place:Q"),
            opacity=pale(),
            tooltip=[alt.Tooltip("name:N", title=_("Name")), month_tooltip("month"), counts, share],
        )
        .add_params(pick("code", "month_code"))
    )
    layers = [bars, month_totals("n")] if value == "n" else [bars]
    return specification_of(alt.layer(*layers).properties(height=300))
