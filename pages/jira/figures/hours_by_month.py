"""Estimated against spent in hours, by month of resolution."""

from core.base.i18n import N_
from core.show.columns import Kind
from core.show.figure import Figure
from pages.jira.behind import Behind
from pages.jira.figures.drift_by_month import DRIFT_BY_MONTH, TIME_BY_MONTH
from pages.jira.figures.hours import ABOUT, by_month, columns, in_hours
from pages.jira.figures.notes import PARTIAL_COLUMN, shows
from pages.jira.look import JiraLook

HOURS_BY_MONTH: Figure[JiraLook] = Figure(
    name="hours-month",
    title=N_("Estimated against spent in hours, by month"),
    about=ABOUT,
    query=TIME_BY_MONTH,
    shape=lambda look, rows: in_hours(DRIFT_BY_MONTH.shape(look, rows)),
    columns=(*columns(N_("Month"), Kind.MONTH), PARTIAL_COLUMN),
    chart=lambda frame, _look: by_month(frame),
    means=lambda look, mark: shows(Behind("measured", *look.within(mark["month_code"]))),
)
