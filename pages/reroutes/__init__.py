"""Mission "reroutes": where mails go wrong, how it moves, and examples that teach the router."""

from core.base.i18n import N_
from core.mission.contract import EVERYONE, Mission, People, later
from core.people.person import Role
from pages.reroutes.facts import HANDOVERS, MAILS, TASK_EVENTS, TASKS, VOLUMES
from pages.reroutes.sources import CONNECTORS

TREATMENT = "VIGIE-ROUTAGE"
"""The register's treatment that allows the names of agents and the words of mails, and says how long they stay."""

MISSION = Mission(
    package=__name__,
    title=N_("Reroutes"),
    summary=N_("Where mails go wrong, how it moves, and examples for the router"),
    icon=":material/alt_route:",
    see=EVERYONE,
    act=frozenset({Role.LEAD, Role.ADMIN}),
    order=20,
    tables=(HANDOVERS, TASK_EVENTS, TASKS, VOLUMES, MAILS),
    connectors=CONNECTORS,
    people=People(frozenset({Role.LEAD}), lambda: TREATMENT),
    headline=later("pages.reroutes.headline", "headline"),
    demo=later("pages.reroutes.demo", "make"),
    notices=later("pages.reroutes.alert", "notices"),
    opening=later("pages.reroutes.look", "opening"),
    figures=later("pages.reroutes.figures", "screen"),
)
