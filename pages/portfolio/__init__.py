"""The mission "portfolio": the team's use cases from idea to run, with their identity cards."""

from core.base.i18n import N_
from core.mission.contract import Mission, later
from core.people.person import Role
from core.records import links
from pages.portfolio.collection import USE_CASES

MISSION = Mission(
    __name__,
    title=N_("Portfolio of use cases"),
    summary=N_("Every use case with its identity card, from idea to run, and why it moved."),
    icon=":material/lightbulb:",
    see=frozenset({Role.DUTY, Role.LEAD, Role.COMPLIANCE, Role.INSPECTOR, Role.ADMIN}),
    act=frozenset({Role.LEAD, Role.COMPLIANCE}),
    order=40,
    headline=later("pages.portfolio.headline", "headline"),
    demo=later("pages.portfolio.demo", "demo"),
    related=links.related(None, USE_CASES),
    collections=(USE_CASES,),
)
