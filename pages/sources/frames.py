"""Sources and refused rows as frames for the screen: pure functions."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import pandas as pd
import pyarrow as pa

from core.base.i18n import N_, _
from core.facts.check import Refused
from core.mission.discovery import missions
from core.run.registry import Entry
from core.show.columns import Column, Kind
from core.sources.cells import REFUSED_REASON, REFUSED_ROW
from core.sources.refusals import Kept

STATES = {
    "removed": ("–", N_("removed")),
    "failed": ("✖", N_("failing")),
    "ok": ("✔", N_("in order")),
    "never": ("○", N_("never read")),
}
"""Mark and word of how a source stands."""

POSITION = "position"


def sources(
    entries: Sequence[Entry], readings: Iterable[Mapping[str, Any]], refused: Mapping[str, int]
) -> pd.DataFrame:
    """One row a source: `name`, `mission`, `state`, `good_at`, `covers_until`, `landed`, `refused`, `error`, `note`.

    The configured ones first, in their order; then those that only readings tell of, as demo data do.
    """
    last = {reading["source"]: reading for reading in readings}
    configured = {entry.name: entry for entry in entries}
    rows = []
    for name in [*configured, *sorted(last.keys() - configured.keys())]:
        entry, reading = configured.get(name), last.get(name, {})
        mission = entry.mission if entry else reading["mission"]
        removed = entry is not None and not entry.enabled
        mark, word = STATES["removed" if removed else reading.get("outcome", "never")]
        rows.append(
            {
                "name": name,
                "mission": _(missions()[mission].title) if mission in missions() else mission,
                "state": f"{mark} {_(word)}",
                "good_at": _moment(reading.get("good_at")),
                "covers_until": _moment(reading.get("covers_until")),
                "error": reading.get("error") or "",
                "landed": int(reading.get("landed") or 0),
                "refused": refused.get(name, 0),
                "note": reading.get("note") or "",
            }
        )
    frame = pd.DataFrame(rows, columns=[column.name for column in source_columns()])
    for name in ("good_at", "covers_until"):
        frame[name] = pd.to_datetime(frame[name], utc=True)
    return frame


def _moment(value: Any) -> datetime | None:
    return value if isinstance(value, datetime) else None


def source_columns() -> list[Column]:
    """How the sources are shown."""
    return [
        Column("name", _("Source")),
        Column("mission", _("Mission")),
        Column("state", _("State")),
        Column("good_at", _("Last success"), Kind.MOMENT),
        Column("covers_until", _("Complete until"), Kind.MOMENT),
        Column("landed", _("Rows landed"), Kind.NUMBER),
        Column("refused", _("Rows refused"), Kind.NUMBER),
        Column("error", _("Last error"), width="large"),
        Column("note", _("To be looked at"), width="large"),
    ]


def refused(rows: Sequence[Kept] | Sequence[Refused]) -> tuple[pd.DataFrame, list[Column]]:
    """One row a refused row: where it stood, why, its raw cells, and, of those kept, what a corrected file needs."""
    cells = list(dict.fromkeys(name for row in rows for name in row.row))
    frame = pd.DataFrame(
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
    columns = [
        Column(POSITION, _apart(_("Where"), cells)),
        Column(REFUSED_REASON, _apart(_("Why"), cells), width="large"),
        *(Column(f"cell {name}", name) for name in cells),
        Column(REFUSED_ROW, REFUSED_ROW, help=_("Leave it as it is: it tells which row a corrected one puts right.")),
    ]
    return frame, columns


def _apart(label: str, names: Sequence[str]) -> str:
    """A label that no raw column bears: the file is read again when it was corrected."""
    return f"{label} (Vigie)" if label in names else label


def new_keys(rows: pa.Table, known: pa.Table, key: Sequence[str]) -> int:
    """How many of some rows have a key that is not known yet."""
    return int(rows.select(key).join(known, list(key), join_type="left anti").num_rows)
