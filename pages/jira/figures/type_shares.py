"""The share of each type in all requests that were created in the period."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from core.base.i18n import N_, _, language
from core.facts.conditions import NO_VALUE
from core.show.about import About
from core.show.charts import BESIDE, Drawing, drawn, numbers, pick, specification_of
from core.show.columns import Column, Kind
from core.show.figure import Figure, Mark
from pages.jira.behind import Behind
from pages.jira.choices import type_name
from pages.jira.colours import OTHERS_HUE
from pages.jira.figures.by_type import TYPE_MONTHS
from pages.jira.figures.notes import SOURCE, shows
from pages.jira.look import JiraLook, unsaid

ABOUT = About(
    N_("The requests created in the period, each type as a share of all of them. A request has one type or none."),
    SOURCE,
)


def _shape(look: JiraLook, rows: pd.DataFrame) -> pd.DataFrame:
    counts = rows.groupby("type")["requests"].sum().astype(int).sort_values(ascending=False, kind="stable")
    places = {code: place for place, code in enumerate(look.type_colours)}
    codes = sorted(counts.index, key=lambda code: places.get(code, len(places)))
    counts = counts.reindex(codes)
    return pd.DataFrame(
        {
            "name": [type_name(code) for code in codes],
            "code": [code or NO_VALUE for code in codes],
            "requests": counts.to_list(),
            "share": (counts / max(int(counts.sum()), 1)).to_list(),
        }
    )


def _chart(frame: pd.DataFrame, look: JiraLook) -> Drawing:
    hues = tuple(look.type_colours.get(unsaid(code), OTHERS_HUE) for code in frame["code"])
    return Drawing(_specification(tuple(frame["name"]), hues, language()), frame)


@lru_cache(maxsize=50)
def _specification(names: tuple[str, ...], hues: tuple[str, ...], _language: str) -> dict[str, Any]:
    base = drawn().encode(
        y=alt.Y("name:N", sort=list(names), title=None, axis=alt.Axis(labelLimit=170)),
        x=alt.X("share:Q", title=_("Share of all requests"), scale=BESIDE, axis=alt.Axis(format=".0%", tickCount=6)),
        tooltip=[
            alt.Tooltip("name:N", title=_("Request type")),
            alt.Tooltip("share:Q", title=_("Share"), format=".1%"),
            alt.Tooltip("requests:Q", title=_("Requests"), format=",.0f"),
        ],
    )
    colour = alt.Color("name:N", scale=alt.Scale(domain=list(names), range=list(hues)), legend=None)
    bars = base.mark_bar(height=14).encode(color=colour).add_params(pick("code"))
    values = numbers(base, "share:Q", ".0%")
    return specification_of(alt.layer(bars, values).properties(height=alt.Step(26)))


def _means(_look: JiraLook, mark: Mark) -> Mapping[str, Any]:
    return shows(Behind("created"), types=[mark["code"]])


TYPE_SHARES: Figure[JiraLook] = Figure(
    name="type-shares",
    title=N_("Share of each type"),
    about=ABOUT,
    query=TYPE_MONTHS,
    shape=_shape,
    columns=(
        Column("name", N_("Request type")),
        Column("requests", N_("Requests"), Kind.NUMBER),
        Column("share", N_("Share"), Kind.PERCENT, digits=1),
    ),
    chart=_chart,
    means=_means,
)
