"""How long good runs take, by month: their mean, their median, and what 95 in a hundred keep."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd
import sqlalchemy as sa

from core.base.calendar import start_of
from core.base.i18n import N_, _, language, local
from core.base.periods import Grain
from core.base.settings import settings
from core.facts.conditions import local_month, local_year
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
from pages.pipelines.facts import PIPELINE_RUNS, RunStatus
from pages.pipelines.look import NightLook
from pages.pipelines.queries import NAMED, TOLD
from pages.pipelines.words import SOURCE

MONTHS = 24
YEARS = 3
FEW = 5
"""Fewer runs than this make no mean."""
_R = NAMED.c
BEGAN = sa.func.coalesce(_R.started_at, _R.at)
_month, _year = local_month(BEGAN).label("month"), local_year(BEGAN).label("year")
MEDIAN = sa.func.median(_R.duration_s, type_=sa.Double).label("median")


def of_good_runs(name: str, period: sa.ColumnElement[date], order: sa.ColumnElement[date], *told: Any) -> Query:
    """What is told of the durations of each pipeline's successful runs by a period, which began between two moments."""
    select = sa.select(_R.pipeline, period, *told).where(
        _R.at >= sa.bindparam("since"),
        _R.at < sa.bindparam("until"),
        _R.status == RunStatus.SUCCEEDED.value,
        _R.duration_s.is_not(None),
    )
    return Query(
        name=name,
        select=select.group_by(_R.pipeline, period).order_by(_R.pipeline, order),
        tables=(PIPELINE_RUNS,),
        params={"since": datetime, "until": datetime, "zone": str, "renamed": list},
    )


_SAID = (
    sa.func.count().label("runs"),
    sa.func.avg(_R.duration_s).label("mean"),
    MEDIAN,
    sa.func.percentile_cont(0.95).within_group(_R.duration_s).label("p95"),
)
DURATIONS = of_good_runs("durations_by_month", _month, _month.desc(), *_SAID)
"""Of each pipeline and month of the screens' clock, how long its successful runs took (seconds)."""
BY_YEAR = of_good_runs("durations_by_year", _year, _year.desc(), *_SAID)
"""The same by year."""
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
    return {one.pipeline for family in look.rules.families if family.key in wanted for one in family.members}


def told(rows: pd.DataFrame, begin: date, last: date) -> pd.DataFrame:
    """The periods with what few runs do not say left out, and whether they are covered in part. `rows` have `month` or
    `year`, its first day; `begin` and `last`: the first and the last day that the data tell of."""
    few = rows["runs"] < FEW
    ends = [(first, _last(first, year="year" in rows)) for first in rows["year" if "year" in rows else "month"]]
    partial = [first < begin or over > last for first, over in ends]
    return rows.assign(mean=rows["mean"].where(~few), p95=rows["p95"].where(~few), partial=partial)


def _last(first: date, *, year: bool) -> date:
    return first.replace(month=12, day=31) if year else Grain.MONTH.last(first)


def _rows(look: NightLook, query: Query, first: date) -> pd.DataFrame:
    """What a question says of the pipelines shown, from a day on."""
    end = min(look.night.end, look.now)
    since = start_of(first) - timedelta(days=2)
    rows = look.ask(query, since=since, until=end, zone=settings().timezone)
    began = look.ask(TOLD)["first"].min()
    begin = local(began).date() if not pd.isna(began) else first
    wanted = pipelines_shown(look)
    rows = rows[rows["year" if "year" in rows else "month"] >= first]
    return told(rows if wanted is None else rows[rows["pipeline"].isin(wanted)], begin, local(end).date())


def _shape(look: NightLook) -> pd.DataFrame:
    return _rows(look, DURATIONS, Grain.MONTH.moved(_today(look), 1 - MONTHS))


def _years(look: NightLook) -> pd.DataFrame:
    rows = _rows(look, BY_YEAR, date(_today(look).year + 1 - YEARS, 1, 1))
    return rows.assign(year=[str(first.year) for first in rows["year"]])


def _today(look: NightLook) -> date:
    return local(min(look.night.end, look.now)).date()


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
