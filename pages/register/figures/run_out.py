"""The data of ended treatments that should have been erased by now."""

from collections.abc import Iterable
from datetime import datetime

import pandas as pd
import sqlalchemy as sa

from core.base.i18n import _, local
from core.records import records
from core.records.frames import TITLE
from core.records.lists import Lists
from core.records.records import Line, Wanted
from core.show.columns import Column, Kind
from core.store.kept import until_changed
from pages.register.model import TREATMENT
from pages.register.retention import RunOut, category, run_out

Gone = tuple[Line, RunOut]


def over(connection: sa.Connection, now: datetime, squads: frozenset[str] | None) -> list[Gone]:
    """The data of some squads (None: of all) that should be gone, an archived treatment's too; computed once a day and
    change of the store."""
    today = local(now).date()

    def compute() -> list[Gone]:
        ended = records.contents(connection, TREATMENT.kind, Wanted(facets={"course": ["ended"]}, squads=squads))
        return [(line, gone) for line in ended for gone in run_out(TREATMENT.model.model_validate(line.data), today)]

    return until_changed(connection, ("run-out", today, squads), compute)


def frame(rows: Iterable[Gone], lists: Lists) -> pd.DataFrame:
    """One row a category of data whose retention is over."""
    return pd.DataFrame(
        {
            "ref": line.ref,
            "title": line.title,
            "category": category(gone.category, lists),
            "to_do": _(gone.told),
            "until": gone.until,
        }
        for line, gone in rows
    )


def columns() -> list[Column]:
    """The columns of `frame`."""
    return [
        Column("ref", _("Reference number")),
        Column("title", _("Name of the treatment"), width=TITLE),
        Column("category", _("Category")),
        Column("to_do", _("To do")),
        Column("until", _("Since"), Kind.DAY),
    ]
