"""Two squads' rows in every fact table of every mission, each with words of its own that nobody else's rows hold.

What is told of the tables is what a type cannot say: the words that a mission's rules know.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from core.facts.lake import lake
from core.facts.reads import READS
from core.facts.tables import DAY, FLAG, INTEGER, MOMENT, NUMBER, TEXT, Column, FactTable
from core.mission.discovery import missions

OURS, THEIRS = "Wistiti", "Zorglub"
"""The squads; a text of a row holds its squad's name and its column's: whoever reads it sees where it is from."""
ROWS = 6
KNOWN: dict[str, dict[str, Any]] = {
    "pipeline_runs": {"status": "FAILED", "attempt": 1},
    "issues": {"category": "new", "level": 0, "gone_at": None},
    "task_events": {"way": "MANUAL"},
    "handovers": {"way": "MANUAL", "nth": 1, "total": 2, "back": 1, "wait": 1, "until": None},
    "routed_volumes": {"router": ""},
}
"""Values by table and column."""
SHARED: dict[str, frozenset[str]] = {}


def land(now: datetime) -> None:
    """Rows of both squads, and a good reading of each of their sources."""
    for number, mission in enumerate(missions().values()):
        for table in mission.tables:
            if table is not READS:
                rows = [_row(table, squad, n, now) for squad in (OURS, THEIRS) for n in range(ROWS)]
                lake().land(table, pa.Table.from_pylist(rows, schema=_loose(table)))
        if mission.connectors:
            read = [
                {
                    "source": f"{squad}-source", "mission": mission.key, "read_at": now - timedelta(seconds=number),
                    "ended_at": now,
                    "covers_until": now, "outcome": "ok", "landed": ROWS, "refused": 0, "squad": squad,
                }
                for squad in (OURS, THEIRS)
            ]  # fmt: skip
            lake().land(READS, pa.Table.from_pylist(read, schema=_loose(READS)))


def _row(table: FactTable, squad: str, n: int, now: datetime) -> dict[str, Any]:
    known = KNOWN.get(table.name, {})
    return {
        column.name: known[column.name] if column.name in known else _value(column, table, squad, n, now)
        for column in table.columns
    }


def _value(column: Column, table: FactTable, squad: str, n: int, now: datetime) -> Any:
    moment = now.astimezone(UTC) - timedelta(hours=1 + 8 * n)
    if column.name == table.squad:
        return squad
    text = f"{squad}-{column.name}-{n if column.name in table.key and column.name != 'source' else n % 2}"
    values = {
        TEXT: f"{squad}-source" if column.name == "source" else text,
        INTEGER: n + 1,
        NUMBER: 3_600.0 * (n + 1),
        FLAG: False,
        MOMENT: moment,
        DAY: moment.date(),
    }
    return values[column.type]


def _loose(table: FactTable) -> pa.Schema:
    return pa.schema([field.with_nullable(True) for field in table.schema])
