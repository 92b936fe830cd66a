"""Throughput: how many requests were resolved each whole week, against the middle of them."""

from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from core.base.i18n import N_, _, language, show_number
from core.show.about import About
from core.show.charts import Drawing, day_axis, drawn, keyed, midnights, pick, specification_of, week_tooltip
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.jira.behind import Behind
from pages.jira.colours import HUES
from pages.jira.figures.notes import SOURCE, shows
from pages.jira.figures.weeks import WEEKS, week_of
from pages.jira.look import JiraLook


def _shape(look: JiraLook, rows: pd.DataFrame) -> pd.DataFrame:
    weeks = WEEKS.shape(look, rows)
    return weeks[["week", "resolved"]].assign(middle=weeks["resolved"].median(), week_code=weeks["week"].map(str))


def _title(_look: JiraLook, frame: pd.DataFrame) -> str:
    median = float(frame["middle"].iloc[0]) if len(frame) else None
    middle = "–" if median is None else show_number(median, 0 if median.is_integer() else 1)
    return _("Throughput by week: {middle} in the middle").format(middle=middle)


@lru_cache(maxsize=4)
def _specification(_language: str) -> dict[str, Any]:
    done, median = _("Resolved"), _("Median")
    hues = {done: HUES[0], median: HUES[1]}
    bars = (
        drawn()
        .transform_calculate(until="datum.week + 6 * 864e5", zero="0")
        .mark_rect()
        .encode(
            x=day_axis("week"),
            x2="until:T",
            y=alt.Y("resolved:Q", title=_("Resolved"), axis=alt.Axis(tickMinStep=1)),
            y2="zero:Q",
            tooltip=[week_tooltip("week"), alt.Tooltip("resolved:Q", title=_("Resolved"), format=",.0f")],
        )
    )
    middle = drawn().mark_rule(strokeDash=[5, 3], size=2).encode(y="min(middle):Q")
    return specification_of(
        alt.layer(keyed(bars, done, hues).add_params(pick("week_code")), keyed(middle, median, hues)).properties(
            height=220
        )
    )


THROUGHPUT: Figure[JiraLook] = Figure(
    name="throughput",
    title=_title,
    about=About(N_("Requests resolved in each whole week of the period; the dashed line is their median."), SOURCE),
    query=WEEKS.query,
    shape=_shape,
    columns=(Column("week", N_("Week"), Kind.DAY), Column("resolved", N_("Resolved"), Kind.NUMBER)),
    chart=lambda frame, _look: Drawing(_specification(language()), midnights(frame, "week")),
    means=lambda _look, mark: shows(Behind("resolved", *week_of(mark))),
)
