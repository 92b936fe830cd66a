"""The screen of reroutes: how they move, between which entities, how long tasks wait, what the router can learn."""

from core.base.i18n import N_
from core.ui import views
from core.ui.parts import draw
from core.ui.screen import screen
from pages.reroutes import MISSION
from pages.reroutes.figures import SCREEN

with screen(MISSION) as s:
    look = s.look(
        nothing=N_("No task log and no table of reroutes has been read yet."),
        hint=N_("Once one is added and read on the page Sources, this screen shows how reroutes move."),
    )
    views.menu(s)
    draw(s, look, *SCREEN)
