"""How long good runs take, by month: their mean, their median, and what 95 in a hundred keep."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd
import sqlalchemy as sa

from core.base.calendar import start_of
from core.base.i18n import N_, _, language, local
from core.base.periods import Grain
from core.facts.query import Query
from core.show.about import About
from core.show.charts import (
    Drawing,
    drawn,
    legend,
    midnights,
    month_axis,
    month_tooltip,
    pale,
    specification_of,
)
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.pipelines import lasted
from pages.pipelines.facts import PIPELINE_RUNS
from pages.pipelines.look import NightLook
from pages.pipelines.queries import TOLD
from pages.pipelines.words import SOURCE

FEW = 5
"""Fewer runs than this make no mean."""
EARLIER = Query(
    name="runs_earlier",
    select=sa.select(sa.exists().where(PIPELINE_RUNS.sql.c.at < sa.bindparam("since")).label("some")),
    tables=(PIPELINE_RUNS,),
    params={"since": datetime},
)
"""Whether anything was told of before a moment: found at once in a long log, all of which TOLD would read."""
_TIMES = (
    Column("runs", N_("Successful runs"), Kind.NUMBER),
    Column("median", N_("Median"), Kind.DURATION),
    Column("mean", N_("Mean"), Kind.DURATION, help=N_("Nothing is said of fewer than five runs.")),
    Column("p95", N_("95 in 100 within"), Kind.DURATION),
    Column("partial", N_("Partial"), Kind.FLAG),
)
COLUMNS = (Column("pipeline", N_("Pipeline")), Column("month", N_("Month"), Kind.MONTH), *_TIMES)
OF_YEARS = (Column("pipeline", N_("Pipeline")), Column("year", N_("Year")), *_TIMES)
ABOUT = About(
    N_(
        "Durations of successful runs alone, since failed ones end early, over two years up to the night shown, by "
        "year over three. The mean and the 95th percentile are told from five runs on; a period that is covered in "
        "part is marked."
    ),
    SOURCE,
)


def pipelines_shown(look: NightLook) -> set[str] | None:
    """The pipeline that was picked, or those of the families chosen; None for all."""
    if picked := look.chosen.pipeline.get("pipeline"):
        return {str(picked)}
    return of_families(look)


def of_families(look: NightLook) -> set[str] | None:
    """The pipelines of the families chosen; None for all."""
    wanted = look.chosen.family
    if not wanted:
        return None
    return {member.pipeline for family in look.rules.families if family.key in wanted for member in family.members}


def told(rows: pd.DataFrame, grain: Grain, begin: date, last: date) -> pd.DataFrame:
    """The periods with what few runs do not say left out, and whether they are covered in part. `begin` and `last`: the
    first and the last day that the data tell of."""
    few = rows["runs"] < FEW
    partial = {first: first < begin or grain.last(first) > last for first in rows["first"].unique()}
    cut = [partial[first] for first in rows["first"]]
    return rows.assign(mean=rows["mean"].where(~few), p95=rows["p95"].where(~few), partial=cut)


def daily(look: NightLook) -> dict[str, list[tuple[date, float]]]:
    """Pipeline → the median of each day, of the pipelines shown."""
    rows, wanted = lasted.daily(look), pipelines_shown(look)
    medians: dict[str, list[tuple[date, float]]] = {}
    columns = (rows[name].to_pylist() for name in ("pipeline", "first", "median"))
    for pipeline, day, median in zip(*columns, strict=True):
        if wanted is None or pipeline in wanted:
            medians.setdefault(pipeline, []).append((day, median))
    return medians


def _rows(look: NightLook, grain: Grain) -> pd.DataFrame:
    """The last so many periods, up to the one in which the night shown ends."""
    now = min(look.night.end, look.now)
    today, first = local(now).date(), lasted.first_of(grain, now)
    rows = lasted.lasted(look, grain, first).to_pandas(types_mapper=pd.ArrowDtype)
    if (wanted := pipelines_shown(look)) is not None:
        rows = rows[rows["pipeline"].isin(wanted)]
    begin = first
    if not look.ask(EARLIER, since=start_of(first))["some"].any():
        began = look.ask(TOLD)["first"].min()
        begin = first if pd.isna(began) else local(began).date()
    return told(rows, grain, begin, today)


def _shape(look: NightLook) -> pd.DataFrame:
    return _rows(look, Grain.MONTH).rename(columns={"first": "month"})


def _years(look: NightLook) -> pd.DataFrame:
    rows = _rows(look, Grain.YEAR)
    return rows.assign(year=[str(first.year) for first in rows["first"]]).drop(columns="first")


@lru_cache(maxsize=4)
def _specification(_language: str) -> dict[str, Any]:
    words = {"median": _("Median"), "p95": _("95 in 100 within")}
    chart = (
        drawn()
        .transform_fold(["median", "p95"], as_=["reading", "seconds"])
        .transform_filter("isValid(datum.seconds)")
        .transform_calculate(minutes="datum.seconds / 60")
        .mark_line(point=alt.OverlayMarkDef(filled=True, size=40))
        .encode(
            x=month_axis("month"),
            y=alt.Y("minutes:Q", title=_("Minutes")),
            opacity=pale(),
            color=alt.Color(
                "reading:N",
                title=None,
                scale=alt.Scale(domain=["median", "p95"], range=["blue", "orange"]),
                legend=legend(words),
            ),
            tooltip=[
                month_tooltip("month"),
                alt.Tooltip("minutes:Q", title=_("Minutes"), format=",.1f"),
                alt.Tooltip("runs:Q", title=_("Successful runs")),
            ],
        )
    )
    return specification_of(chart.properties(height=220))


def _chart(frame: pd.DataFrame, _look: NightLook) -> Drawing:
    shown = frame[["month", "median", "p95", "runs", "partial"]].sort_values("month")
    return Drawing(_specification(language()), midnights(shown, "month"))


PICKED: Figure[NightLook] = Figure(
    name="duration",
    title=lambda look, _frame: _("Duration of {pipeline} by month").format(pipeline=look.chosen.pipeline["pipeline"]),
    about=ABOUT,
    shape=_shape,
    columns=COLUMNS,
    chart=_chart,
    when=lambda look: bool(look.chosen.pipeline),
    told=N_("Median and 95th percentile by month; the table below says the same."),
)
DURATIONS_TABLE: Figure[NightLook] = Figure(
    name="durations",
    title=N_("Durations by month"),
    about=ABOUT,
    shape=_shape,
    columns=COLUMNS,
    means=lambda _look, mark: {"pipeline": {"pipeline": mark["pipeline"]}},
    detail=lambda look, _frame: "" if look.chosen.pipeline else _("Pick a pipeline to see its months as a curve."),
    empty=N_("No run succeeded in these months."),
)
YEARS_TABLE: Figure[NightLook] = Figure(
    name="durations-by-year",
    title=N_("Durations by year"),
    about=ABOUT,
    shape=_years,
    columns=OF_YEARS,
    means=lambda _look, mark: {"pipeline": {"pipeline": mark["pipeline"]}},
    empty=N_("No run succeeded in these years."),
)
