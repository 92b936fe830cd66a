"""The mission "migration": lots moved from HIVE to Greenplum, day by day, done once they are reconciled."""

from core.base.i18n import N_
from core.mission.contract import EVERYONE, Mission, later
from core.people.person import Role
from core.records import links
from pages.migration.collection import LOTS

MISSION = Mission(
    __name__,
    title=N_("Migration plan"),
    summary=N_("Lots moved from HIVE to Greenplum: expected, treated, reconciled, and when it may end."),
    icon=":material/move_down:",
    see=EVERYONE,
    act=frozenset({Role.LEAD, Role.ADMIN}),
    order=45,
    headline=later("pages.migration.headline", "headline"),
    demo=later("pages.migration.demo", "demo"),
    related=links.related(None, LOTS),
    collections=(LOTS,),
)
