"""Data sets under the names of the business, and whether tonight's pipelines have filled them."""

from collections.abc import Iterable

import pandas as pd

from core.base.i18n import N_
from core.base.status import LOOKS
from core.show.about import About
from core.show.columns import Column, Kind, framed
from core.show.figure import Figure
from pages.pipelines.availability import Availability
from pages.pipelines.board import DataSetBoard
from pages.pipelines.look import NightLook
from pages.pipelines.words import SOURCE, marked

COLUMNS = (
    Column("data_set", N_("Data set")),
    Column("verdict", N_("Availability"), Kind.AVAILABILITY),
    Column("when", N_("When")),
    Column("held_up_by", N_("Held up by")),
    Column("consumers", N_("Awaited by")),
    Column("owner", N_("Owner")),
)


def rows(boards: Iterable[DataSetBoard], available: Iterable[Availability]) -> pd.DataFrame:
    """One row a data set, the worst first."""
    words = {availability.data_set.name: availability.words for availability in available}
    rows = [
        {
            "data_set": marked(board.data_set.name, board.data_set.confirmed),
            "verdict": board.verdict.value,
            "when": words[board.data_set.name],
            "held_up_by": ", ".join(board.held_up_by),
            "consumers": ", ".join(board.data_set.consumers),
            "owner": board.data_set.owner,
        }
        for board in sorted(boards, key=lambda board: -LOOKS[board.verdict].severity)
    ]
    return framed(rows, COLUMNS)


DATA_SETS: Figure[NightLook] = Figure(
    name="data-sets",
    title=N_("Data sets"),
    about=About(
        N_(
            "Data sets under the names of the business, and whether tonight's pipelines have filled them. Expected at: "
            "when nine in ten of the last twenty good nights of that kind of day (working days, other days) were ready."
        ),
        SOURCE,
    ),
    shape=lambda look: rows(look.passing.data_sets, look.available),
    columns=COLUMNS,
    empty=N_("No data set passes these filters, or none is declared for the families you see."),
)
