"""The mission "zone": tables of the ZM that nobody seems to use, until their owner gives them back or lets them go."""

from core.base.i18n import N_
from core.mission.contract import EVERYONE, Mission, later
from core.people.person import Role
from core.records import links
from pages.zone.collection import TABLES

MISSION = Mission(
    __name__,
    title=N_("Tables of the ZM"),
    summary=N_("Tables that nobody seems to use: proposed, asked about, in quarantine, archived or given back."),
    icon=":material/inventory_2:",
    see=EVERYONE,
    act=frozenset({Role.LEAD, Role.ADMIN}),
    order=35,
    headline=later("pages.zone.headline", "headline"),
    demo=later("pages.zone.demo", "demo"),
    notices=later("pages.zone.acts.notices", "notices"),
    related=links.related(None, TABLES),
    collections=(TABLES,),
)
