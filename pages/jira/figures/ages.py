"""Open requests by the days since their creation."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_, _, language
from core.facts.conditions import NO_VALUE
from core.show.about import About
from core.show.charts import BESIDE, COLUMNS, Drawing, drawn, numbers, pick, specification_of
from core.show.columns import Column, Kind
from core.show.figure import Figure, Mark
from pages.jira.behind import Behind
from pages.jira.choices import NONE
from pages.jira.colours import OTHERS
from pages.jira.conditions import BAND, STATUS, UNRESOLVED, chosen, count, query
from pages.jira.figures.notes import SOURCE, shows
from pages.jira.figures.stacked import folded
from pages.jira.look import JiraLook
from pages.jira.rules import AGES as BANDS

OPEN_AGES = query(
    "open_ages",
    sa.select(BAND.label("band"), STATUS.label("status"), count().label("requests"))
    .where(*chosen(), UNRESOLVED)
    .group_by(BAND, STATUS)
    .order_by(BAND, STATUS),
)


def _shape(look: JiraLook, rows: pd.DataFrame) -> pd.DataFrame:
    """Open requests by age and status; the rarest statuses together where there are more than colours."""
    if rows.empty:
        return rows.assign(age="", name="")
    codes = folded(rows["status"], look.status_colours)
    sums = rows.assign(status=codes).groupby(["band", "status"])["requests"].sum()
    frame = pd.DataFrame({"requests": sums}).reset_index()
    ages = [_("{range} days").format(range=BANDS[int(band)]) for band in frame["band"]]
    words = {OTHERS: _(N_("others")), "": _(NONE)}
    return frame.assign(age=ages, name=[words.get(status, status) for status in frame["status"]])


def _chart(frame: pd.DataFrame, look: JiraLook) -> Drawing:
    names = dict(zip(frame["status"], frame["name"], strict=True))
    order = [status for status in look.status_colours if status in names]
    colours = tuple(look.status_colours[status] for status in order)
    spec = _specification(tuple(names[status] for status in order), colours, language())
    return Drawing(spec, frame.assign(place=[order.index(status) for status in frame["status"]]))


@lru_cache(maxsize=50)
def _specification(names: tuple[str, ...], colours: tuple[str, ...], _language: str) -> dict[str, Any]:
    ages = alt.Y("age:N", sort=alt.EncodingSortField("band", op="min"), title=None)
    bars = (
        drawn()
        .mark_bar()
        .encode(
            x=alt.X("requests:Q", title=_("Requests"), axis=alt.Axis(tickMinStep=1), scale=BESIDE),
            y=ages,
            color=alt.Color(
                "name:N",
                title=None,
                sort=list(names),
                scale=alt.Scale(domain=list(names), range=list(colours)),
                legend=alt.Legend(orient="top", columns=COLUMNS),
            ),
            order=alt.Order("place:Q"),
            tooltip=[
                alt.Tooltip("age:N", title=_("Age")),
                alt.Tooltip("name:N", title=_("Status")),
                alt.Tooltip("requests:Q", title=_("Requests")),
            ],
        )
        .add_params(pick("band", "status"))
    )
    values = numbers(drawn().encode(x="sum(requests):Q", y=ages), "sum(requests):Q", ",d")
    return specification_of(alt.layer(bars, values).properties(height=alt.Step(30)))


def _means(_look: JiraLook, mark: Mark) -> Mapping[str, Any]:
    if mark["status"] == OTHERS:
        return {}
    return shows(Behind("aged", value=str(mark["band"])), statuses=[mark["status"] or NO_VALUE])


AGES: Figure[JiraLook] = Figure(
    name="ages",
    title=N_("Open requests by age"),
    about=About(N_("Open requests by the days since their creation."), SOURCE),
    query=OPEN_AGES,
    shape=_shape,
    columns=(
        Column("age", N_("Age")),
        Column("name", N_("Status")),
        Column("requests", N_("Requests"), Kind.NUMBER),
    ),
    chart=_chart,
    means=_means,
)
