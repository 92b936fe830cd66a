"""The mission "portfolio": the team's use cases from idea to run, with their identity cards."""

from core.base.i18n import N_
from core.mission.contract import Mission
from core.people.person import Role
from core.records import links
from pages.portfolio.collection import USE_CASES
from pages.portfolio.demo import demo
from pages.portfolio.headline import headline

MISSION = Mission(
    __name__,
    title=N_("Portfolio of use cases"),
    summary=N_("Every use case with its identity card, from idea to run, and why it moved."),
    icon=":material/lightbulb:",
    see=frozenset({Role.DUTY, Role.LEAD, Role.COMPLIANCE, Role.INSPECTOR, Role.ADMIN}),
    act=frozenset({Role.LEAD, Role.COMPLIANCE}),
    order=40,
    headline=headline,
    demo=demo,
    related=links.related(None, USE_CASES),
    collections=(USE_CASES,),
)
