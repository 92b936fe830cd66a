"""Mission "last night": did the night's pipelines run, and if not, why."""

from core.base.i18n import N_
from core.mission.contract import EVERYONE, Mission, later
from core.people.person import Role
from pages.pipelines.facts import JUDGED_NIGHTS, PIPELINE_RUNS
from pages.pipelines.sources import CONNECTORS

MISSION = Mission(
    package=__name__,
    title=N_("Last night"),
    summary=N_("Whether the night's pipelines ran, and why not"),
    icon=":material/bedtime:",
    see=EVERYONE,
    act=frozenset({Role.DUTY, Role.LEAD, Role.ADMIN}),
    order=10,
    tables=(PIPELINE_RUNS, JUDGED_NIGHTS),
    connectors=CONNECTORS,
    headline=later("pages.pipelines.headline", "headline"),
    demo=later("pages.pipelines.demo_desk", "make"),
    landed=later("pages.pipelines.past", "landed"),
    notices=later("pages.pipelines.alerts", "notices"),
    letters={"pipelines.morning": later("pages.pipelines.alerts", "letter")},
    rechecks={"pipelines.incident": later("pages.pipelines.alerts", "recheck")},
    related=later("pages.pipelines.related", "related"),
    opening=later("pages.pipelines.look", "opening"),
    when=later("pages.pipelines.headline", "when"),
    figures=later("pages.pipelines.figures", "screen"),
    available=later("pages.pipelines.headline", "available"),
)
