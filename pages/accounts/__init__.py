"""The mission "accounts": who may sign in, as what, and who changed it."""

from core.auth.people import Role
from core.i18n import N_
from core.mission import Mission

MISSION = Mission(
    __name__,
    title=N_("Accounts"),
    summary=N_("Who may sign in, with which role and which squads."),
    icon=":material/group:",
    see=frozenset({Role.ADMIN}),
    act=frozenset({Role.ADMIN}),
    section=N_("Administration"),
    order=20,
)
