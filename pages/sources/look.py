"""One look at the sources: those that the store keeps, what the readings tell of them, the one that is picked."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from core.base.i18n import _, ngettext, show_number
from core.facts.query import Reader
from core.people.person import Person
from core.run import registry
from core.run.registry import Entry
from core.show.filters import Chosen, Filter, Picked
from core.show.look import Look
from core.sources import refusals
from core.sources.refusals import Kept
from core.store.engine import store
from pages.sources.queries import LAST_READINGS


@dataclass(frozen=True, kw_only=True)
class SourcesLook(Look):
    """`refused` counts the rows that are still to be put right, by source."""

    entries: tuple[Entry, ...]
    refused: Mapping[str, int]

    @property
    def content(self) -> Hashable:
        """What the list is made of beside the readings."""
        kept = tuple((entry.name, entry.mission, entry.enabled) for entry in self.entries)
        return kept, tuple(sorted(self.refused.items()))

    @property
    def picked(self) -> str | None:
        """The name that was picked, also of facts whose source nobody keeps."""
        name: str | None = self.chosen.source.get("source")
        return name

    @property
    def entry(self) -> Entry | None:
        """The source that is picked."""
        return next((entry for entry in self.entries if entry.name == self.picked), None)

    @cached_property
    def refused_rows(self) -> list[Kept]:
        """The rows of the picked source that are still to be put right."""
        if self.entry is None:
            return []
        with store().read() as connection:
            return refusals.open_rows(connection, self.entry.name)


def standing(reader: Reader, entries: Iterable[Entry]) -> tuple[str, str, list[str]]:
    """How many sources are read, in words what becomes of them, and which fail. Raises QueryFailed."""
    kept = list(entries)
    removed = {entry.name for entry in kept if not entry.enabled}
    last = {row["source"]: row["outcome"] for row in reader.run(LAST_READINGS).table.to_pylist()}
    count = len({*last, *(entry.name for entry in kept)} - removed)
    failing = sorted(name for name, outcome in last.items() if outcome == "failed" and name not in removed)
    if not count:
        said = _("source: begin by adding the first")
    elif failing:
        said = ngettext("source, {failing} of them failing", "sources, {failing} of them failing", count)
    else:
        said = ngettext("source, in order", "sources, none of them failing", count)
    return show_number(count), said.format(failing=show_number(len(failing))), failing


class Opening:
    """The sources before one is picked."""

    def __init__(self, reader: Reader, person: Person, now: datetime) -> None:
        self._reader, self._person, self._now = reader, person, now
        with store().read() as connection:
            self.entries = tuple(registry.entries(connection))
            self.refused = refusals.counts(connection)

    @property
    def empty(self) -> bool:
        """Whether no source was ever added, and none ever read."""
        return not self.entries and not self._reader.run(LAST_READINGS).table.num_rows

    @property
    def filters(self) -> Mapping[str, Filter[Any]]:
        """The source picked in the list."""
        return {"source": _picked()}

    def look(self, chosen: Chosen) -> SourcesLook:
        """The look at these sources."""
        return SourcesLook(
            reader=self._reader,
            person=self._person,
            now=self._now,
            chosen=chosen,
            entries=self.entries,
            refused=self.refused,
        )


def _picked() -> Picked:
    return Picked(_("Source"), columns={"source": str}, told=lambda pick: str(pick["source"] or "–"))


def picked(name: str) -> dict[str, str]:
    """The parameters of the screen on which a source is picked."""
    return {"source": str(_picked().encode({"source": name}))}


def opening(reader: Reader, person: Person, now: datetime) -> Opening | None:
    """The opening; None while there is no source. Raises QueryFailed and StoreFailed."""
    made = Opening(reader, person, now)
    return None if made.empty else made
