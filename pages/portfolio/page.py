"""The portfolio's screen: the use cases, and the board of their phases."""

from core.base.i18n import N_
from core.ui.collection import board, listing
from core.ui.collection.page import View, collection
from core.ui.screen import screen
from pages.portfolio import MISSION
from pages.portfolio.collection import USE_CASES

with screen(MISSION) as s:
    collection(
        s, USE_CASES, views={"list": View(N_("Use cases"), listing.draw), "board": View(N_("Board"), board.draw)}
    )
