"""Empty mandatory fields by assignee, for whom names may be told."""

from core.base.i18n import N_
from core.facts.conditions import NO_VALUE
from core.show.figure import Figure
from pages.jira.conditions import I, filled, person
from pages.jira.figures.notes import shows
from pages.jira.figures.people import ABOUT
from pages.jira.figures.unfilled import group_columns, groups, lacking, unfilled_by
from pages.jira.look import JiraLook

UNFILLED_BY_PERSON: Figure[JiraLook] = Figure(
    name="unfilled-people",
    title=N_("By assignee"),
    about=ABOUT,
    query=unfilled_by("_by_person", filled(I.assignee), person(I)),
    shape=lambda look, rows: groups(look, rows, {}),
    columns=group_columns(N_("Assignee")),
    means=lambda look, mark: shows(lacking(look, mark["column"]), assignees=[str(mark["code"] or NO_VALUE)]),
    when=lambda look: look.named,
    mailed=False,
)
