"""Hours per person and month of the entries that they logged, for whom names may be told."""

import pandas as pd

from core.base.i18n import N_
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.jira.figures.notes import PARTIAL_COLUMN
from pages.jira.figures.people import ABOUT, HOURS
from pages.jira.figures.people_by_month import load, months_of
from pages.jira.look import JiraLook


def _shape(look: JiraLook, rows: pd.DataFrame) -> pd.DataFrame:
    sums = rows.groupby(["code", "month"], as_index=False).agg(name=("name", "max"), spent_s=("spent_s", "sum"))
    return months_of(look, sums.assign(hours=sums["spent_s"].astype(float) / 3600))


PEOPLE_HOURS: Figure[JiraLook] = Figure(
    name="people-hours",
    title=N_("Hours per person and month"),
    about=ABOUT,
    query=HOURS,
    shape=_shape,
    columns=(
        Column("month", N_("Month"), Kind.MONTH),
        Column("name", N_("Who")),
        Column("hours", N_("Hours"), Kind.NUMBER, digits=1),
        PARTIAL_COLUMN,
    ),
    chart=lambda frame, _look: load(frame, "hours", N_("Hours")),
    when=lambda look: look.named,
    mailed=False,
)
