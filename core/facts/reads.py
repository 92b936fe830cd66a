"""The one fact table that is the machinery's own: every reading of a source, good or failed.

A verdict needs it: without a reading after its window closed, a family is UNKNOWN. It lies in the lake, and a
snapshot resolves it before every other table, so a snapshot never knows of a reading without its rows.
"""

from datetime import datetime, timedelta
from pathlib import Path

from core.base.settings import settings
from core.facts.tables import INTEGER, MOMENT, TEXT, Column, FactTable

REMOVED = "removed"
"""The outcome that says that somebody removed the source."""

READS = FactTable(
    name="source_reads",
    columns=(
        Column("source", TEXT, "name of the source", required=True),
        Column("mission", TEXT, "key of the mission it feeds", required=True),
        Column("read_at", MOMENT, "when the reading began", required=True),
        Column("ended_at", MOMENT, "when it ended", required=True),
        Column("covers_until", MOMENT, "the source was known complete up to here; null when it failed"),
        Column("outcome", TEXT, "ok or failed; removed: from then on the source is not read", required=True),
        Column("landed", INTEGER, "rows new or changed", required=True),
        Column("refused", INTEGER, "rows refused", required=True),
        Column("error", TEXT, "one sentence, when it failed"),
        Column("note", TEXT, "rows kept with a doubt and how many, e.g. those of an unknown status"),
        Column("squad", TEXT, "squad of the source; null: nobody's, everyone sees its readings"),
    ),
    key=("source", "read_at"),
    time="read_at",
    squad="squad",
)


def begun(source: str) -> Path:
    """What stands while a reading of a source goes on, and stays where it was killed: its rows may have landed half."""
    return settings().data / ".readings" / source


_APART = timedelta(minutes=15)


def read_later(covered: datetime | None, read_at: datetime | None) -> bool:
    """Whether data were read so long after the moment up to which they tell that both are worth saying."""
    return covered is not None and read_at is not None and read_at - covered >= _APART
