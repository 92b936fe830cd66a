"""The screen of the tables: how much was read of what could use them, then the tables and the board of their states."""

import streamlit as st

from core.base.i18n import N_
from core.records.collection import Collection
from core.ui.collection import board, listing
from core.ui.collection.page import View, collection
from core.ui.screen import Screen, screen
from core.ui.words import plain
from pages.zone import MISSION
from pages.zone.collection import TABLES
from pages.zone.evidence import evidence


def draw(s: Screen, collection: Collection) -> None:
    """The list, under what its evidence is worth."""
    st.caption("  \n".join(plain(one) for one in evidence(s.reader, s.person, s.now)))
    listing.draw(s, collection)


with screen(MISSION) as s:
    collection(s, TABLES, views={"list": View(N_("Tables"), draw), "board": View(N_("Board"), board.draw)})
