"""Home: pick a mission."""

from core.base.i18n import N_
from core.mission.contract import EVERYONE, Mission

MISSION = Mission(
    package=__name__,
    title=N_("Home"),
    summary=N_("What needs attention, and the way to every mission."),
    icon=":material/home:",
    see=EVERYONE,
    order=0,
)
