"""The outcomes of a check day by day, by the newest run of each."""

from datetime import date
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from core.base.i18n import N_, _, language
from core.show.about import About
from core.show.charts import PICK, Drawing, day_axis, drawn, legend, plottable, specification_of, thinned
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.checks.figures.board import SOURCE
from pages.checks.look import CheckLook

COLUMNS = (
    Column("day", N_("Day"), Kind.DAY),
    Column("title", N_("Outcome")),
    Column("rows", N_("Rows"), Kind.NUMBER),
    Column("after", N_("Days after"), Kind.NUMBER),
    Column("verdict", N_("Status"), Kind.STATUS),
    Column("version", N_("Version"), Kind.NUMBER),
)


def _shape(look: CheckLook) -> pd.DataFrame:
    check, rows = look.check, []
    if check is not None:
        newest = {run.day: run for run in look.runs}
        place = {name: number for number, name in enumerate(check.words)}
        for day, run in sorted(newest.items()):
            for count in run.counts:
                if day <= look.chosen.day and count.rows:
                    rows.append(
                        {"day": day, "code": day.isoformat(), "title": check.words.get(count.outcome, count.outcome),
                         "rows": count.rows, "after": run.after, "verdict": run.verdict.value, "version": run.version,
                         "place": place.get(count.outcome, 99)}
                    )  # fmt: skip
    return pd.DataFrame(rows, columns=[*(column.name for column in COLUMNS), "code", "place"])


@lru_cache(maxsize=20)
def _specification(
    titles: tuple[str, ...], shown: tuple[str, ...], days: tuple[date, ...], _language: str
) -> dict[str, Any]:
    pick = alt.selection_point(name=PICK, fields=["code"], on="click", clear="dblclick")
    bars = (
        drawn()
        .mark_bar(cursor="pointer")
        .encode(
            x=day_axis("day", at=thinned(days)),
            y=alt.Y("rows:Q", title=_("Rows"), axis=alt.Axis(format=",d", tickMinStep=1)),
            color=alt.Color(
                "title:N",
                scale=alt.Scale(domain=list(titles)),
                title=None,
                legend=legend(sentences=True, only=shown),
            ),
            order=alt.Order("place:Q"),
            tooltip=[
                alt.Tooltip("title:N", title=_("Outcome")),
                alt.Tooltip("rows:Q", title=_("Rows")),
                alt.Tooltip("utcyearmonthdate(day):T", title=_("Day")),
            ],
        )
        .add_params(pick)
    )
    return specification_of(bars.properties(height=260))


def _chart(frame: pd.DataFrame, look: CheckLook) -> Drawing:
    """A colour an outcome by its place in the definition, whatever the days hold; the legend tells those that have
    rows."""
    defined = look.check.words.values() if look.check else ()
    titles = tuple(dict.fromkeys([*defined, *frame.sort_values("place")["title"]]))
    shown = tuple(title for title in titles if title in set(frame["title"]))
    days = tuple(sorted(set(frame["day"])))
    return Drawing(
        _specification(titles, shown, days, language()), plottable(frame[["day", "code", "title", "rows", "place"]])
    )


OVER_TIME: Figure[CheckLook] = Figure(
    name="over_time",
    title=N_("Outcomes over time"),
    about=About(N_("Of each day the newest run; pick a day to see its rows."), SOURCE),
    shape=_shape,
    columns=COLUMNS,
    chart=_chart,
    means=lambda _look, mark: {"day": date.fromisoformat(str(mark["code"]))},
    told=N_("How many rows each outcome had day by day; the export holds the same."),
)
