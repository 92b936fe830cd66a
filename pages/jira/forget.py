"""People are taken out of the facts of issues that were closed long ago; what was done and how long it took stays.

Retention counts from the closing of an issue, as the register's treatment of figures per person says; for an issue
that left Jira, from the day that was found; for changes and hours of an issue that never landed, from their own day.
"""

from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from core.facts.lake import lake
from core.facts.tables import FactTable
from pages.jira.facts import CHANGES, ISSUES, PEOPLE_FIELDS, PERSONAL, WORKLOGS

ISSUE = ["source", "issue_id"]
VALUES = ["before", "after"]
"""What a change says; a name where its field is one of people."""


def forget(before: datetime) -> int:
    """Empty what names people about everything that ended before a moment (UTC). Gives how many rows named somebody."""
    moment = pa.scalar(before, pa.timestamp("us", "UTC"))
    issues = _read(ISSUES, "resolved_at", "gone_at")
    ended = issues.filter(pc.less(pc.coalesce(issues["resolved_at"], issues["gone_at"]), moment))
    done = _empty(ISSUES, _personal(ISSUES), ended)
    for table in (CHANGES, WORKLOGS):
        rows = _read(table, table.time, *(["field", *VALUES] if table is CHANGES else []))
        strays = rows.filter(pc.less(rows[table.time], moment)).join(issues, ISSUE, join_type="left anti")
        old = pa.concat_tables([rows.join(ended, ISSUE, join_type="left semi"), strays])
        done += _empty(table, _personal(table), old)
        if table is CHANGES:
            about = pc.is_in(pc.utf8_lower(old["field"]), value_set=pa.array(sorted(PEOPLE_FIELDS)))
            done += _empty(table, VALUES, old.filter(about))
    return done


def _personal(table: FactTable) -> list[str]:
    return [column.name for column in table.columns if column.name in PERSONAL]


def _read(table: FactTable, *more: str) -> pa.Table:
    return lake().read(table, [*table.key, *_personal(table), *more])


def _empty(table: FactTable, columns: list[str], rows: pa.Table) -> int:
    """Empty columns of the rows that hold something there."""
    named = pa.array([False] * len(rows), pa.bool_())
    for column in columns:
        named = pc.or_(named, pc.is_valid(rows[column]))
    naming = rows.filter(named)
    if len(naming):
        lake().forget(table, columns, naming)
    return len(naming)
