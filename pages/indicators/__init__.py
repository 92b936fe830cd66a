"""The mission "indicators": numbers of a month as they were published, as they are today, and how they drift."""

from core.base.i18n import N_
from core.mission.contract import EVERYONE, Declaring, Mission, later
from core.people.person import Role
from pages.indicators.facts import INDICATOR_VALUES

MISSION = Mission(
    __name__,
    title=N_("Indicators"),
    summary=N_("Numbers of each month as they were published, as they are today, and what moved since"),
    icon=":material/query_stats:",
    see=EVERYONE,
    act=frozenset({Role.LEAD, Role.ADMIN}),
    order=40,
    tables=(INDICATOR_VALUES,),
    headline=later("pages.indicators.headline", "headline"),
    demo=later("pages.indicators.demo", "make"),
    opening=later("pages.indicators.look", "opening"),
    figures=later("pages.indicators.figures", "screen"),
    freeze=later("pages.indicators.acts.scheduled", "freeze"),
    declaring=Declaring(later("pages.indicators.trying", "problems"), later("pages.indicators.trying", "attempt")),
)
