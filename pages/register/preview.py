"""What an import would do, as a frame. Texts are in the person's language."""

import pandas as pd

from core.columns import Column
from core.fields import Form
from core.i18n import _
from core.store.lists import Lists
from pages.register.plan import FATE_NAMES, Plan, Planned
from pages.register.words import tell

SHOWN_CHANGES = 6
"""Changed fields of a row that are named; the others are counted."""


def planned(plan: Plan, form: Form, lists: Lists) -> pd.DataFrame:
    """One row a row of an import."""
    return pd.DataFrame(
        [
            {
                "place": row.place,
                "fate": _(FATE_NAMES[row.fate]),
                "ref": row.ref,
                "name": row.name,
                "changes": _changes(row, form, lists),
                "told": " ".join(filter(None, [row.why, *row.told])),
            }
            for row in plan.rows
        ],
        columns=[column.name for column in planned_columns()],
    )


def _changes(row: Planned, form: Form, lists: Lists) -> str:
    told = [tell(form, one, lists) for one in row.differences[:SHOWN_CHANGES]]
    more = len(row.differences) - len(told)
    words = [f"{one.where} : {one.before} → {one.after}" for one in told]
    return " | ".join([*words, *([f"+ {more}"] if more > 0 else [])])


def planned_columns() -> list[Column]:
    """The columns of `planned`."""
    return [
        Column("place", _("Row")),
        Column("fate", _("What becomes of it")),
        Column("ref", _("Reference")),
        Column("name", _("Name of the treatment"), width="medium"),
        Column("told", _("Remarks"), width="large"),
        Column("changes", _("Before → after"), width="large"),
    ]
