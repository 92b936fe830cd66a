"""Mission "Jira activity": what the team is asked, by whom, and how well it estimates."""

from core.base.i18n import N_
from core.mission.contract import EVERYONE, Mission, People, later
from core.people.person import Role
from pages.jira.facts import CHANGES, ISSUES, WORKLOGS
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
    headline=later("pages.jira.headline", "headline"),
    demo=later("pages.jira.demo", "demo"),
    freeze=later("pages.jira.acts.scheduled", "freeze"),
    notices=later("pages.jira.acts.remind", "notices"),
    opening=later("pages.jira.look", "opening"),
    figures=later("pages.jira.figures", "screen"),
    people=People(frozenset({Role.LEAD}), later("pages.jira.rules", "people_treatment")),
)
