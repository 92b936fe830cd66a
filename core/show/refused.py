"""Refused rows as a table: where each stood, why, its raw cells, and, of those kept, what a corrected file needs."""

from collections.abc import Sequence

import pandas as pd

from core.base.i18n import Own, _
from core.facts.check import Refused
from core.show.columns import Column
from core.sources.cells import REFUSED_REASON, REFUSED_ROW
from core.sources.refusals import Kept

POSITION = "position"
Rows = Sequence[Kept] | Sequence[Refused]


def frame(rows: Rows) -> pd.DataFrame:
    """One row a refused row; each raw cell in a column `cell <name>`."""
    cells = _cells(rows)
    return pd.DataFrame(
        [
            {
                POSITION: row.position,
                REFUSED_REASON: row.reason,
                **{f"cell {name}": row.row.get(name, "") for name in cells},
                REFUSED_ROW: row.digest if isinstance(row, Kept) else "",
            }
            for row in rows
        ],
        columns=[POSITION, REFUSED_REASON, *(f"cell {name}" for name in cells), REFUSED_ROW],
    )


def columns(rows: Rows) -> list[Column]:
    """How they are shown; the last column names the row that a corrected one puts right."""
    cells = _cells(rows)
    return [
        Column(POSITION, _apart(_("Where"), cells)),
        Column(REFUSED_REASON, _apart(_("Why"), cells), width="large"),
        *(Column(f"cell {name}", Own(name)) for name in cells),
        Column(REFUSED_ROW, REFUSED_ROW, help=_("Leave it as it is: it tells which row a corrected one puts right.")),
    ]


def _cells(rows: Rows) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row.row))


def _apart(label: str, names: Sequence[str]) -> str:
    """A label that no raw column bears: the file is read again when it was corrected."""
    return f"{label} (Vigie)" if label in names else label
