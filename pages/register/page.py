"""The register's screen: its two registers, in figures with the data that should be gone, and the organisation."""

from core.base.i18n import N_
from core.ui.collection.page import View, collection
from core.ui.screen import screen
from pages.register import MISSION
from pages.register.views.figures import page as figures
from pages.register.views.organisation import page as organisation

VIEWS = {
    "figures": View(N_("Figures"), figures.draw),
    "organisation": View(N_("The organisation"), organisation.draw),
}

with screen(MISSION) as s:
    collection(s, *MISSION.collections, views=VIEWS)
