"""Mission "Jira activity": what the team is asked, by whom, and how well it estimates."""

from core.auth.people import Role
from core.i18n import N_
from core.mission import EVERYONE, Mission
from pages.jira import demo
from pages.jira.facts import CHANGES, ISSUES, WORKLOGS
from pages.jira.forget import forget
from pages.jira.headline import headline
from pages.jira.picture import picture
from pages.jira.reminders import notices
from pages.jira.sources import CONNECTORS

MISSION = Mission(
    package=__name__,
    title=N_("Jira activity"),
    summary=N_("What the team is asked, by whom, and how well it estimates"),
    icon=":material/assignment:",
    see=EVERYONE,
    act=frozenset({Role.LEAD, Role.ADMIN}),
    order=20,
    tables=(ISSUES, CHANGES, WORKLOGS),
    connectors=CONNECTORS,
    headline=headline,
    demo=demo.make,
    notices=notices,
    picture=picture,
    forget=forget,
)
