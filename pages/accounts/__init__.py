"""The mission "accounts": who may sign in, as what, and who changed it."""

from core.base.i18n import N_
from core.mission.contract import Mission, later
from core.people.person import Role

MISSION = Mission(
    __name__,
    title=N_("Accounts"),
    summary=N_("Who may sign in, with which role and which squads."),
    icon=":material/group:",
    see=frozenset({Role.ADMIN}),
    act=frozenset({Role.ADMIN}),
    section=N_("Administration"),
    order=20,
    opening=later("pages.accounts.look", "Opening"),
)
