"""Every source and how its last reading went; a picked one shows its refused rows and what can be done."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import pandas as pd

from core.base.i18n import N_, _
from core.mission.discovery import missions
from core.run.registry import Entry
from core.show.about import About
from core.show.columns import Column, Kind, framed
from core.show.figure import Figure, Mark, Note
from pages.sources.look import SourcesLook
from pages.sources.queries import LAST_READINGS

ABOUT = About(
    N_("Each place that facts come from, and how its last reading went, begun by the command or on this screen."),
    N_("The readings that Vigie notes, the sources that the store keeps"),
)
COLUMNS = (
    Column("name", N_("Source")),
    Column("mission", N_("Mission")),
    Column("state", N_("State")),
    Column("good_at", N_("Last success"), Kind.MOMENT),
    Column("covers_until", N_("Complete until"), Kind.MOMENT),
    Column("landed", N_("Rows landed"), Kind.NUMBER),
    Column("refused", N_("Rows refused"), Kind.NUMBER),
    Column("error", N_("Last error"), width="large"),
    Column("note", N_("To be looked at"), width="large"),
)
STATES = {
    "removed": ("–", N_("removed")),
    "failed": ("✖", N_("failing")),
    "ok": ("✔", N_("in order")),
    "never": ("○", N_("not read yet")),
}
"""Mark and word of how a source stands."""


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
    return framed(rows, COLUMNS)


def _moment(value: Any) -> datetime | None:
    return value if isinstance(value, datetime) else None


def _shape(look: SourcesLook, readings: pd.DataFrame) -> pd.DataFrame:
    known = readings.astype(object).where(readings.notna(), None).to_dict("records")
    told = [{str(name): value for name, value in one.items()} for one in known]
    return sources(look.entries, told, look.refused)


def _means(_look: SourcesLook, mark: Mark) -> dict[str, object]:
    return {"source": {"source": mark["name"]}}


def _hint(look: SourcesLook) -> str:
    if not look.picked:
        return _("Pick a source in the list to see its refused rows and what can be done.")
    return "" if look.entry else _("Its facts came without a source that can be read again, as demo data do.")


SOURCES = Figure(
    name="list",
    title=N_("Sources"),
    about=ABOUT,
    query=LAST_READINGS,
    shape=_shape,
    columns=COLUMNS,
    means=_means,
)
HINT = Note(_hint)
