"""A look lands, and what it publishes is frozen."""

from collections import ChainMap
from collections.abc import Sequence
from datetime import datetime

import pyarrow as pa
import sqlalchemy as sa

from core.facts.lake import lake
from core.facts.reads import READS
from core.records import freeze
from pages.indicators.facts import INDICATOR_VALUES
from pages.indicators.published import KIND
from pages.indicators.taking import CLOCK, Ready


def keep(connection: sa.Connection, looks: Sequence[Ready], *, who: str) -> None:
    """Land some looks, then freeze what they publish; the caller has checked the right. Killed in between, the next
    look of that day lands nothing new and freezes what is missing."""
    lake().land(INDICATOR_VALUES, pa.concat_tables(look.rows for look in looks))
    freeze.keep(connection, KIND, ChainMap(*(dict(look.publications) for look in looks)), who=who)


def read_by(now: datetime, landed: int, *, until: datetime | None = None) -> None:
    """Say that the indicators were looked at, as a reading says it of a source; `until`: at an earlier moment (UTC)."""
    moments = {"read_at": now, "ended_at": now, "covers_until": until or now}
    row = {"source": CLOCK, "mission": "indicators", **moments, "outcome": "ok", "landed": landed, "refused": 0}
    lake().land(READS, pa.Table.from_pylist([row], READS.schema))
