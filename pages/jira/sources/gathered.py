"""What is read of Jira, put together until it is worth a landing, and parted into what lands at once."""

from collections.abc import Iterator
from typing import Any

from core.sources.base import Batch, Cursor
from pages.jira.sources.rest import Rows

GATHERED = 2_000
"""Issues that land at once: a landing costs about the same for one as for thousands."""
MONTHS = 12
"""Of so many months of creation at most."""


def landings(issues: list[Any]) -> Iterator[list[Any]]:
    """Parts of some issues, of so many months of creation each: a landing holds in memory the months that it rewrites,
    and what changed may be of all times."""
    part: list[Any] = []
    months: set[str] = set()
    for issue in issues:
        fields = issue.get("fields") if isinstance(issue, dict) else None
        month = str((fields or {}).get("created"))[:7]
        if len(months | {month}) > MONTHS:
            yield part
            part, months = [], set()
        part.append(issue)
        months.add(month)
    if part:
        yield part


def gathered(pages: Iterator[list[Any]], most: int = GATHERED) -> Iterator[list[Any]]:
    """Pages put together until they are worth a landing; `most` of them, where each may be large."""
    waiting: list[Any] = []
    try:
        for number, page in enumerate(pages, start=1):
            waiting += page
            if waiting and (len(waiting) >= GATHERED or number % most == 0):
                yield waiting
                waiting = []
    except BaseException:
        # What came before the fault lands all the same, and reading goes on from there next time.
        if waiting:
            yield waiting
        raise
    if waiting:
        yield waiting


def batches(rows: Rows, cursor: Cursor | None, done: int, total: int | None = None) -> Iterator[Batch]:
    """What lands of some issues; the cursor comes with the last part."""
    parts = rows.tables()
    for table, part in parts[:-1]:
        if len(part):
            yield Batch(part, table=table, done=done, total=total)
    table, part = parts[-1]
    yield Batch(part, table=table, refused=rows.refused, cursor=cursor, done=done, total=total)
