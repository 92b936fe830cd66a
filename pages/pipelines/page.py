"""The screen of last night: families, incidents, the pipelines in order of execution, the data they fill."""

from core.base.i18n import N_
from core.ui import views
from core.ui.parts import draw
from core.ui.screen import screen
from pages.pipelines import MISSION
from pages.pipelines.figures import SCREEN

with screen(MISSION) as s:
    look = s.look(
        *SCREEN,
        nothing=N_("No source of runs has been read yet."),
        hint=N_("Once a source is added and read, this screen says whether last night's pipelines ran."),
    )
    views.menu(s)
    draw(s, look, *SCREEN)
