"""Estimated against spent in hours, by client: a request of several counts in each."""

from core.base.i18n import N_
from core.show.figure import Figure
from pages.jira.behind import Behind
from pages.jira.figures.drift_by_client import DRIFT_BY_CLIENT, TIME_BY_CLIENT
from pages.jira.figures.hours import ABOUT, by_name, columns, in_hours
from pages.jira.figures.notes import shows
from pages.jira.look import JiraLook

HOURS_BY_CLIENT: Figure[JiraLook] = Figure(
    name="hours-client",
    title=N_("Estimated against spent in hours, by client"),
    about=ABOUT,
    query=TIME_BY_CLIENT,
    shape=lambda look, rows: in_hours(DRIFT_BY_CLIENT.shape(look, rows)),
    columns=columns(N_("Client")),
    chart=lambda frame, _look: by_name(frame),
    means=lambda _look, mark: shows(Behind("measured"), clients=[mark["code"]]),
)
