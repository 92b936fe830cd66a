"""One look at the declared tables."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.base.i18n import _
from core.declared.extracts import Standing
from core.declared.standing import Extracts
from core.facts.query import Reader
from core.facts.reads import READS
from core.people.person import Person
from core.show.filters import Choice, Chosen, Filter
from core.show.look import Look
from pages.extracts.declared import extracts


@dataclass(frozen=True, kw_only=True)
class ExtractsLook(Look):
    """`found` are the extracts that stand, and what is wrong with others."""

    found: Extracts

    @property
    def source(self) -> Extracts:
        """What figures without a question are made of."""
        return self.found

    @property
    def content(self) -> Hashable:
        """The declarations, by what they say, and what has landed of them."""
        landed = [one.table for one in (*self.found.things, *self.found.gone)]
        return self.found, self.reader.snapshot.of(landed), self.reader.snapshot.of([READS])

    @property
    def shown(self) -> tuple[Standing, ...]:
        """The extract that was chosen, or all."""
        chosen = self.chosen.table
        return tuple(thing for thing in self.found.things if chosen is None or thing.extract == chosen)


class Opening:
    """The filter: which table."""

    def __init__(self, reader: Reader, person: Person, now: datetime, found: Extracts) -> None:
        self._reader, self._person, self._now, self._found = reader, person, now, found
        options = {thing.extract: thing.title for thing in found.things}
        self.filters: Mapping[str, Filter[Any]] = {"table": Choice(_("Table"), options=options)}

    def look(self, chosen: Chosen) -> ExtractsLook:
        """The look that chosen filters mean."""
        return ExtractsLook(reader=self._reader, person=self._person, now=self._now, chosen=chosen, found=self._found)


def opening(reader: Reader, person: Person, now: datetime) -> Opening | None:
    """The opening; None while nothing is declared."""
    found = extracts()
    return Opening(reader, person, now, found) if found.things or found.wrong or found.gone else None
