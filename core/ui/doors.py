"""What settings and sources open, for whoever answers for it: looked up once somebody opens the panel."""

import pandas as pd
import streamlit as st

from core.base.i18n import N_, _
from core.run import doors
from core.show.columns import Column
from core.ui import table as tables

COLUMNS = (
    Column("open", N_("Widened")),
    Column("name", N_("Door")),
    Column("opens", N_("What it opens"), width="large"),
)


def panel() -> None:
    """The panel; closed, it asks nothing."""
    title = _("What settings and sources open")
    opened = st.expander(title, icon=":material/door_open:", key="doors", on_change="rerun")
    if not opened.open:
        return
    with opened:
        doors_there = [*doors.of_settings(), *doors.of_sources()]
        rows = [
            {"open": _("yes") if door.wider else "", "name": door.name, "opens": door.opens} for door in doors_there
        ]
        tables.draw(pd.DataFrame(rows), COLUMNS, key="doors.table", alt=title)
