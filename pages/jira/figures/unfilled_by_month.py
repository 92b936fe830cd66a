"""Empty mandatory fields by month of creation."""

import pandas as pd

from core.base.i18n import N_
from core.facts.conditions import local_month
from core.show.columns import Kind
from core.show.figure import Figure
from pages.jira.conditions import I
from pages.jira.figures.notes import PARTIAL_COLUMN, shows
from pages.jira.figures.unfilled import ABOUT, group_columns, groups, lacking, unfilled_by
from pages.jira.look import JiraLook


def _shape(look: JiraLook, rows: pd.DataFrame) -> pd.DataFrame:
    frame = groups(look, rows)
    return frame.assign(partial=frame["name"].isin(look.months.partial))


BY_MONTH = unfilled_by("_by_month", local_month(I.created_at))
UNFILLED_BY_MONTH: Figure[JiraLook] = Figure(
    name="unfilled-months",
    title=N_("By month"),
    about=ABOUT,
    query=lambda look: BY_MONTH(look.rules),
    shape=_shape,
    columns=lambda look: (*group_columns(N_("Month"), Kind.MONTH)(look), PARTIAL_COLUMN),
    means=lambda look, mark: shows(lacking(look, mark["column"], str(mark["name"]))),
    mailed=False,
)
