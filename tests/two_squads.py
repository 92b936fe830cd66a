"""Two squads' rows in every fact table of every mission, each with words of its own that nobody else's rows hold.

What is told of the tables is what a type cannot say: the words that a mission's rules know.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from core.facts.lake import lake
from core.facts.reads import READS
from core.facts.tables import DAY, FLAG, INTEGER, MOMENT, NUMBER, TEXT, Column, FactTable
from core.mission.discovery import missions
from core.notes import marks, views
from core.people import accounts
from core.people.person import Role
from core.records import acts
from core.records.collection import Collection
from core.records.fields import Kind

OURS, THEIRS = "Wistiti", "Zorglub"
"""The squads; a text of a row holds its squad's name and its column's: whoever reads it sees where it is from."""
PASSWORD = "a long enough secret"
ROWS = 6
KNOWN: dict[str, dict[str, Any]] = {
    "pipeline_runs": {"status": "FAILED", "attempt": 1},
    "issues": {"category": "new", "level": 0, "gone_at": None},
    "task_events": {"way": "MANUAL"},
    "handovers": {"way": "MANUAL", "nth": 1, "total": 2, "back": 1, "wait": 1, "until": None},
    "routed_volumes": {"router": ""},
    "indicator_values": {"indicator": "payments", "version": 0, "take": 1},
    "check_runs": {
        "check": "numbered",
        "verdict": "KO",
        "after": 1,
        "take": 1,
        "error": None,
        "file": None,
        "checksum": None,
        "squad": None,
        "source": "vigie",
        "definition": "-",  # that a check was made is everybody's
    },
    "check_counts": {"check": "numbered", "outcome": "twice", "after": 1, "take": 1},
    "check_rows": {"check": "numbered", "outcome": "twice", "side": "both", "after": 1, "take": 1},
}
"""Values by table and column."""
SHARED: dict[str, frozenset[str]] = {}


DECLARED = {
    "extracts/paid.yml": """
extract: paid
title: Paid
meaning: One row a payment.
columns:
  - {name: number, title: Number}
  - {name: paid_at, title: Paid at, kind: moment}
  - {name: squad, title: Squad}
key: [number]
time: paid_at
""",
    "indicators/payments.yml": """
indicator: payments
title: Payments
meaning: Payments by month.
tables: [paid]
select: |
  SELECT date_trunc('month', paid_at) AS period, squad, count(*) AS value FROM paid
  WHERE CAST(paid_at AS DATE) BETWEEN $first AND $last GROUP BY ALL
""",
    "checks/numbered.yml": """
check: numbered
title: Numbered
meaning: Payments have a number.
kind: compare
tables: [paid]
left: {table: paid, where: "paid_at >= $start AND paid_at < $end", called: today}
right: {table: paid, where: "paid_at < $start", called: before}
key: [number]
outcomes:
  - {outcome: twice, title: twice, on: both, ko_above: 0}
  - {outcome: new, title: new, on: left}
  - {outcome: earlier, title: earlier, on: right}
schedule: {after: [1], hour: "08:00"}
""",
}
"""What a team declares, by its file: a table whose rows are those of squads, and what is counted over it."""


def declare(data: Path) -> None:
    """Declare a table, an indicator and a check in a data folder."""
    for name, text in DECLARED.items():
        file = data / "declarations" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def land(now: datetime, squads: Sequence[str] = (OURS, THEIRS)) -> None:
    """Rows of both squads, or of some, and a good reading of each of their sources."""
    for mission in missions().values():
        for table in mission.tables:
            if table is not READS:
                rows = [_row(table, squad, n, now) for squad in squads for n in range(ROWS)]
                lake().land(table, pa.Table.from_pylist(rows, schema=_loose(table)))
    read(now, squads)


def read(now: datetime, squads: Sequence[str] = (OURS, THEIRS)) -> None:
    """A good reading of each source of both squads, or of some, that tells of all until a moment."""
    for number, mission in enumerate(missions().values()):
        if mission.tables:
            rows = [
                {
                    "source": f"{squad}-source", "mission": mission.key, "read_at": now - timedelta(seconds=number),
                    "ended_at": now,
                    "covers_until": now, "outcome": "ok", "landed": ROWS, "refused": 0, "squad": squad,
                    "note": f"{squad}-note",
                }
                for squad in squads
            ]  # fmt: skip
            lake().land(READS, pa.Table.from_pylist(rows, schema=_loose(READS)))


def keep(connection: sa.Connection, now: datetime) -> None:
    """What people of both squads, and of the house, wrote and declared: accounts, views, events, records, sources, rows
    that were refused. A squad's people are called like their squad."""
    for squad in (OURS, THEIRS):
        accounts.add(
            connection, who="t", name=squad.lower(), role=Role.SQUAD, squads=[squad], display_name=f"{squad}-person",
            email=f"{squad.lower()}@example.fr", password=PASSWORD, chosen=True,
        )  # fmt: skip
    lead = accounts.add(
        connection, who="t", name="lead", role=Role.LEAD, password=PASSWORD, chosen=True, email="lead@example.fr"
    )
    for mission in missions().values():
        for squad in (OURS, THEIRS):
            writer = accounts.existing(connection, squad.lower()).person
            address = dict.fromkeys(("issue", "clients", "only", "origin", "pipeline"), f"{squad}-key-0")
            views.save(connection, mission.key, writer.id, f"{squad}-view", address, shared=True, who="t")
            marks.add(connection, mission.key, now.date(), f"{squad}-event", f"{squad}-note", who="t", squad=squad)
        picked = {
            "clients": f"{THEIRS}-clients-0",
            "only": f"origin={THEIRS}-origin-0",
            "pipeline": f"pipeline={THEIRS}",
        }
        views.save(connection, mission.key, lead.person.id, "Of the house", picked, shared=True, who="t")
        for collection in (one for one in mission.collections if one.opened(one.lists(connection))):
            for squad in (OURS, THEIRS):
                _record(connection, collection, lead.person.id, squad)


def _record(connection: sa.Connection, collection: Collection, writer: int, squad: str) -> None:
    """A record of a squad, which names what rows of both squads name."""
    both = [f"{one}-{name}-0" for one in (OURS, THEIRS) for name in ("pipeline", "clients", "key")]
    said = {field.name: both for field in collection.form.fields if field.kind is Kind.TAGS}
    own = {"squad": squad} if collection.has("squad") else {}
    acts.add(connection, collection, writer, {**said, **own, "name": f"{squad}-record"})


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
