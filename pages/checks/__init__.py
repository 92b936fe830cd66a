"""The mission "checks": two lists compared, texts matched, rows as expected; every row accounted for, every morning."""

from core.base.i18n import N_
from core.mission.contract import EVERYONE, Declaring, Mission, later
from core.people.person import Role
from pages.checks.facts import TABLE_USES, TABLES
from pages.checks.people import with_people
from pages.checks.sources import CONNECTORS

MISSION = Mission(
    __name__,
    title=N_("Checks"),
    summary=N_("What is checked every morning, row by row: what came, what is missing, what changed since"),
    icon=":material/rule:",
    see=EVERYONE,
    act=frozenset({Role.LEAD, Role.ADMIN}),
    order=30,
    tables=(*TABLES, TABLE_USES),
    connectors=CONNECTORS,
    headline=later("pages.checks.headline", "headline"),
    demo=later("pages.checks.demo", "make"),
    opening=later("pages.checks.look", "opening"),
    figures=later("pages.checks.figures", "screen"),
    related=later("pages.checks.related", "related"),
    notices=later("pages.checks.told", "notices"),
    landed=later("pages.checks.acts.scheduled", "run_due"),
    erase=later("pages.checks.acts.scheduled", "erase"),
    declared=with_people,
    declaring=Declaring(later("pages.checks.trying", "problems"), later("pages.checks.trying", "attempt")),
)
