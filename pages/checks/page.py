"""The screen of the checks: all of them, or one with its outcomes, its rows, and what changed since."""

from core.base.i18n import N_
from core.ui import views
from core.ui.parts import draw
from core.ui.screen import screen
from pages.checks import MISSION
from pages.checks.figures import SCREEN

with screen(MISSION) as s:
    look = s.look(
        *SCREEN,
        nothing=N_("No check has run yet."),
        hint=N_("Declare one in a YAML file of the folder `checks` of the declarations; it runs at the end of a sync."),
    )
    views.menu(s)
    draw(s, look, *SCREEN)
