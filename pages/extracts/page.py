"""The screen of the declared data: the tables, their columns, what is wrong with a declaration."""

from core.base.i18n import N_
from core.mission.discovery import missions
from core.ui.forms import told
from core.ui.parts import draw
from core.ui.screen import screen
from pages.extracts.figures import SCREEN

with screen(missions()["extracts"], each=True) as s:
    told()
    look = s.look(
        nothing=N_("No table is declared yet."),
        hint=N_("Write one YAML file a table into the folder `extracts` of the declarations."),
    )
    draw(s, look, *SCREEN)
