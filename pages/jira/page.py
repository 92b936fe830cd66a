"""The screen of the activity: clients, types, time, what is not filled, flow, people, review, one request."""

from core.base.i18n import N_
from core.ui import views
from core.ui.parts import draw
from core.ui.screen import screen
from pages.jira import MISSION
from pages.jira.figures import SCREEN

with screen(MISSION) as s:
    look = s.look(
        *SCREEN,
        nothing=N_("No source of requests has been read yet."),
        hint=N_("Once a Jira or an export of it is added and read, this screen says what the team is asked."),
    )
    views.menu(s)
    draw(s, look, *SCREEN)
