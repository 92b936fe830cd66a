"""Demo data land as a source's rows do: with a reading, so that screens know how fresh they are."""

from collections.abc import Iterable
from datetime import datetime

import pyarrow as pa

from core.facts.lake import lake
from core.facts.reads import READS
from core.facts.tables import FactTable


def tell(mission: str, source: str, until: datetime, rows: Iterable[tuple[FactTable, pa.Table]]) -> None:
    """Land the rows of a story, and its reading, which is complete up to `until` (UTC); an older story gives way.

    The tables have a column `source`, which holds the story's in every row. Rows may be made while others land: each
    table's older story goes before its first rows come.
    """
    lake().remove(READS, source=source, mission=mission)
    landed, gone = 0, set()
    for table, part in rows:
        if table.name not in gone:
            lake().remove(table, source=source)
            gone.add(table.name)
        lake().land(table, part)
        landed += len(part)
    moments = dict.fromkeys(("read_at", "ended_at", "covers_until"), until)
    read = {"source": source, "mission": mission, **moments, "outcome": "ok", "landed": landed, "refused": 0}
    lake().land(READS, pa.Table.from_pylist([read], READS.schema))
