"""The screen of the indicators: all of them, or one with its months, its drift, what it comes to, and its words."""

from core.base.i18n import N_
from core.ui import views
from core.ui.parts import draw
from core.ui.screen import screen
from pages.indicators import MISSION
from pages.indicators.figures import SCREEN

with screen(MISSION) as s:
    look = s.look(
        nothing=N_("No indicator has been looked at yet."),
        hint=N_("Declare one in a YAML file of the declarations folder; it is looked at on its working day."),
    )
    views.menu(s)
    draw(s, look, *SCREEN)
