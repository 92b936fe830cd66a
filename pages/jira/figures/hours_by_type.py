"""Estimated against spent in hours, by request type."""

from core.base.i18n import N_
from core.show.figure import Figure
from pages.jira.behind import Behind
from pages.jira.figures.drift_by_type import DRIFT_BY_TYPE, TIME_BY_TYPE
from pages.jira.figures.hours import ABOUT, by_name, columns, in_hours
from pages.jira.figures.notes import shows
from pages.jira.look import JiraLook

HOURS_BY_TYPE: Figure[JiraLook] = Figure(
    name="hours-type",
    title=N_("Estimated against spent in hours, by type"),
    about=ABOUT,
    query=TIME_BY_TYPE,
    shape=lambda look, rows: in_hours(DRIFT_BY_TYPE.shape(look, rows)),
    columns=columns(N_("Request type")),
    chart=lambda frame, _look: by_name(frame),
    means=lambda _look, mark: shows(Behind("measured"), types=[mark["code"]]),
)
