"""Net flow: what came in less what was resolved, week by week, and how many requests that left open."""

import json
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from core.base.i18n import N_, _, language
from core.show.about import About
from core.show.charts import Drawing, day_axis, drawn, legend, midnights, pick, specification_of, week_tooltip
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.jira.behind import Behind
from pages.jira.colours import HUES
from pages.jira.figures.forecast import STOCK, uncounted
from pages.jira.figures.notes import SOURCE, shows
from pages.jira.figures.weeks import CREATED_RESOLVED, WEEKS, every_week, week_of
from pages.jira.look import JiraLook


def _shape(look: JiraLook, rows: pd.DataFrame, stock: pd.DataFrame) -> pd.DataFrame:
    """`net` of each whole week of the period, and `open`, the requests open at its end."""
    weeks = every_week(rows, look.monday)
    net = weeks["created"] - weeks["resolved"]
    every = weeks.assign(net=net, open=net.cumsum() + uncounted(rows, stock), week_code=weeks["week"].map(str))
    within: pd.DataFrame = every[every["week"].isin(set(WEEKS.shape(look, rows)["week"]))]
    return within


@lru_cache(maxsize=4)
def _specification(_language: str) -> dict[str, Any]:
    base = drawn().encode(
        x=day_axis("week"),
        tooltip=[
            week_tooltip("week"),
            alt.Tooltip("created:Q", title=_("Created"), format=",.0f"),
            alt.Tooltip("resolved:Q", title=_("Resolved"), format=",.0f"),
            alt.Tooltip("net:Q", title=_("Created less resolved"), format="+,.0f"),
            alt.Tooltip("open:Q", title=_("Open at the end"), format=",.0f"),
        ],
    )
    grew, fell, left = _("More created"), _("More resolved"), _("Open at the end (right)")
    scale = alt.Scale(domain=[grew, fell, left], range=[HUES[1], HUES[0], HUES[3]])
    sign = alt.Color("sign:N", title=None, scale=scale, legend=legend(sentences=True))
    bars = base.transform_calculate(
        until="datum.week + 6 * 864e5",
        zero="0",
        sign=f"datum.net > 0 ? {json.dumps(grew)} : {json.dumps(fell)}",
    ).mark_rect()
    bars = bars.encode(y=alt.Y("net:Q", title=_("Created less resolved")), y2="zero:Q", x2="until:T", color=sign)
    stock = alt.Y("open:Q", title=_("Open at the end"), axis=alt.Axis(grid=False))
    line = base.mark_line().encode(y=stock, color=alt.datum(left))
    both = alt.layer(bars.add_params(pick("week_code")), line).resolve_scale(y="independent")
    return specification_of(both.properties(height=220))


NET_FLOW: Figure[JiraLook] = Figure(
    name="net-flow",
    title=N_("Net flow, and what it leaves open"),
    about=About(
        N_(
            "Requests created less requests resolved in each whole week (bars: above zero the stock grows), and how "
            "many were open at its end (line, scale on the right)."
        ),
        SOURCE,
    ),
    query=(CREATED_RESOLVED, STOCK),
    shape=_shape,
    columns=(
        Column("week", N_("Week"), Kind.DAY),
        Column("created", N_("Created"), Kind.NUMBER),
        Column("resolved", N_("Resolved"), Kind.NUMBER),
        Column("net", N_("Created less resolved"), Kind.NUMBER),
        Column("open", N_("Open at the end"), Kind.NUMBER),
    ),
    chart=lambda frame, _look: Drawing(_specification(language()), midnights(frame, "week")),
    means=lambda _look, mark: shows(Behind("created", *week_of(mark))),
)
