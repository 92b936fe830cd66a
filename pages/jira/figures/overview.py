"""How many requests were created and resolved, and how many are open: what is read first."""

from core.base.i18n import N_
from core.show.about import About
from core.show.figure import Number, Numbers
from pages.jira.figures import times
from pages.jira.figures.by_type import TYPE_MONTHS
from pages.jira.figures.notes import SOURCE
from pages.jira.look import JiraLook

ABOUT = About(
    N_("Requests created and resolved in the period; open ones are those that are not resolved now, of any period."),
    SOURCE,
)
OVERVIEW: Numbers[JiraLook] = Numbers(
    (
        Number(
            name="created",
            label=N_("Requests created"),
            about=ABOUT,
            value=lambda look: int(look.ask(TYPE_MONTHS)["requests"].sum()),
        ),
        Number(
            name="resolved",
            label=N_("Requests resolved"),
            about=ABOUT,
            value=lambda look: int(times.resolved(look)["resolved"]),
        ),
        Number(
            name="open",
            label=N_("Open requests"),
            about=ABOUT,
            value=lambda look: int(times.unresolved(look)["open"]),
        ),
    )
)
