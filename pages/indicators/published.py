"""What was published of indicators: one record a month, an indicator, and a squad or the house. It never changes; words
are further versions beside the figures, and are carried over to the next month.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa

from core.people.person import Scope
from core.records import freeze
from core.records.records import Record
from core.store.kept import until_changed
from pages.indicators.definitions import Indicator

KIND = "indicator"
COLUMNS = ["indicator", "slice", "period", "version", "value", "seen_on"]


@dataclass(frozen=True)
class Publication:
    """A month of an indicator as it was published for a squad, or for the house (None)."""

    month: date
    indicator: str
    squad: str | None
    record: Record

    @property
    def data(self) -> Mapping[str, Any]:
        """What was frozen: `title`, `meaning`, `unit`, `shape`, `select`, `version`, `seen_on`, `frozen_at`, `origin`,
        `reason`, `values` (each `slice`, `value`, `numerator`, `denominator`), and `words`."""
        return self.record.data

    @property
    def words(self) -> str:
        """What somebody says of it."""
        return freeze.words(self.record)

    @property
    def seen_on(self) -> date:
        """The day of the look that was published."""
        return date.fromisoformat(self.record.data["seen_on"])

    @property
    def frozen_at(self) -> datetime:
        """When it was frozen (UTC)."""
        return datetime.fromisoformat(self.record.data["frozen_at"])

    @property
    def values(self) -> Sequence[Mapping[str, Any]]:
        """Its figures, a slice each."""
        found: Sequence[Mapping[str, Any]] = self.record.data["values"]
        return found


def every(connection: sa.Connection, scope: Scope) -> tuple[Publication, ...]:
    """Every publication in a scope: the oldest month first, then by indicator, the house before squads. Read once until
    the store changes."""

    def read() -> tuple[Publication, ...]:
        found = freeze.contents(connection, KIND, scope)
        told = [Publication(one.month, one.what, one.squad, record) for one, record in found.items()]
        return tuple(sorted(told, key=lambda one: (one.month, one.indicator, one.squad or "")))

    return until_changed(connection, ("publications", KIND, scope.squads), read)


def widest(publications: Sequence[Publication]) -> tuple[Publication, ...]:
    """Of each month and indicator, the house's publication where it is in scope; else those of the squads."""
    of_house = {(publication.month, publication.indicator) for publication in publications if publication.squad is None}
    return tuple(
        publication
        for publication in publications
        if publication.squad is None or (publication.month, publication.indicator) not in of_house
    )


def frame(publications: Sequence[Publication]) -> pd.DataFrame:
    """The published figures, a row a slice: `COLUMNS`."""
    rows = [
        {
            "indicator": one.indicator,
            "slice": value["slice"],
            "period": one.month,
            "version": one.data["version"],
            "value": value["value"],
            "seen_on": one.seen_on,
        }
        for one in widest(publications)
        for value in one.values
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def content(
    indicator: Indicator, values: Sequence[Mapping[str, Any]], seen_on: date, now: datetime, origin: str, words: str
) -> dict[str, Any]:
    """What is frozen of a month. `values`: the rows of the look that are about it."""
    return {
        "title": indicator.title,
        "meaning": indicator.meaning,
        "unit": indicator.unit,
        "shape": indicator.shape,
        "select": indicator.select,
        "version": indicator.version,
        "why": indicator.why,
        "seen_on": seen_on.isoformat(),
        "frozen_at": now.isoformat(),
        "origin": origin,
        "values": [{name: row[name] for name in ("slice", "value", "numerator", "denominator")} for row in values],
        "words": words,
    }
