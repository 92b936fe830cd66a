"""The mission "sources": where the facts come from, how the last readings went, which rows were refused."""

from core.base.i18n import N_
from core.mission.contract import Mission, later
from core.people.person import Role

MISSION = Mission(
    __name__,
    title=N_("Sources"),
    summary=N_("Where the facts come from, how the last readings went, which rows were refused."),
    icon=":material/input:",
    see=frozenset({Role.DUTY, Role.LEAD, Role.ADMIN}),
    act=frozenset({Role.ADMIN}),
    section=N_("Administration"),
    order=10,
    headline=later("pages.sources.headline", "headline"),
    opening=later("pages.sources.look", "opening"),
)
