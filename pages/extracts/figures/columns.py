"""The dictionary: what each column of the declared tables means."""

import pandas as pd

from core.base.i18n import N_, _
from core.show.about import About
from core.show.columns import Column, Kind, framed
from core.show.figure import Figure
from core.sources.values.kinds import Kind as Sort
from pages.extracts.figures.tables import SOURCE
from pages.extracts.look import ExtractsLook

KINDS = {
    Sort.TEXT: N_("free text"),
    Sort.MOMENT: N_("moment"),
    Sort.DAY: N_("day"),
    Sort.DURATION: N_("duration"),
    Sort.COUNT: N_("whole number"),
    Sort.AMOUNT: N_("number"),
    Sort.SHARE: N_("share"),
    Sort.FLAG: N_("yes or no"),
}
"""What a column holds, in words."""


def _shape(look: ExtractsLook) -> pd.DataFrame:
    rows = [
        {
            "table": one.title,
            "name": column.name,
            "title": column.title,
            "kind": _(KINDS[column.kind]),
            "meaning": column.meaning,
            "unit": column.unit,
            "key": column.name in one.key,
            "personal": column.personal,
            "term": column.term,
        }
        for one in look.shown
        for column in one.columns
    ]
    return framed(rows, COLUMNS_COLUMNS)


COLUMNS_COLUMNS = (
    Column("table", N_("Table")),
    Column("title", N_("Column")),
    Column("name", N_("Name in SQL")),
    Column("kind", N_("Kind")),
    Column("meaning", N_("What it means"), width="large"),
    Column("unit", N_("Unit")),
    Column("key", N_("Key"), Kind.FLAG),
    Column("personal", N_("Personal"), Kind.FLAG),
    Column("term", N_("Term")),
)
COLUMNS: Figure[ExtractsLook] = Figure(
    name="columns",
    title=N_("Columns"),
    about=About(
        N_("What each column means, as it is declared; personal ones are shown to the team lead alone."), SOURCE
    ),
    shape=_shape,
    columns=COLUMNS_COLUMNS,
    empty=N_("No table is declared."),
)
