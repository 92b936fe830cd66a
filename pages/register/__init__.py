"""The mission "register": the treatments of personal data, edited together, validated, shown as of any date."""

from core.base.i18n import N_
from core.mission.contract import Mission, later
from core.people.person import Role
from pages.register.collection import COLLECTIONS
from pages.register.processors import PROCESSORS
from pages.register.workflow import VALIDATE

MISSION = Mission(
    __name__,
    title=N_("Register of treatments"),
    summary=N_("Every treatment of personal data: complete, validated, provable."),
    icon=":material/policy:",
    see=frozenset({Role.DUTY, Role.LEAD, Role.COMPLIANCE, Role.INSPECTOR, Role.ADMIN}),
    act=frozenset({Role.LEAD, Role.COMPLIANCE}),
    order=30,
    headline=later("pages.register.headline", "headline"),
    demo=later("pages.register.demo", "demo"),
    ship=later("pages.register.acts.ship", "ship"),
    notices=later("pages.register.acts.notices", "notices"),
    related=later("pages.register.related", "related"),
    kept=later("pages.register.kept", "kept"),
    collections=(*COLLECTIONS, PROCESSORS),
    rights={VALIDATE: N_("Validate treatments of the register")},
)
