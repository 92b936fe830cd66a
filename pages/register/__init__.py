"""The mission "register": the treatments of personal data, edited together, validated, shown as of any date."""

from core.base.i18n import N_
from core.mission.contract import Mission
from core.people.person import Role
from pages.register.acts.notices import notices
from pages.register.acts.ship import ship
from pages.register.collection import COLLECTIONS
from pages.register.demo import demo
from pages.register.headline import headline
from pages.register.kept import kept
from pages.register.processors import PROCESSORS
from pages.register.related import related
from pages.register.workflow import VALIDATE

MISSION = Mission(
    __name__,
    title=N_("Register of treatments"),
    summary=N_("Every treatment of personal data: complete, validated, provable."),
    icon=":material/policy:",
    see=frozenset({Role.DUTY, Role.LEAD, Role.COMPLIANCE, Role.INSPECTOR, Role.ADMIN}),
    act=frozenset({Role.LEAD, Role.COMPLIANCE}),
    order=30,
    headline=headline,
    demo=demo,
    ship=ship,
    notices=notices,
    related=related,
    kept=kept,
    collections=(*COLLECTIONS, PROCESSORS),
    rights={VALIDATE: N_("Validate treatments of the register")},
)
