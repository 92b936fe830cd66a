"""Workflows as a source: files of Alteryx in a folder, read again where they changed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
from pydantic import Field as Option

from core.base.errors import SourceFailed
from core.base.i18n import N_, _
from core.facts.check import Refused
from core.facts.tables import FactTable
from core.sources import folders
from core.sources.base import Batch, Cursor, Options, Source
from core.sources.reach import Files
from pages.checks.facts import TABLE_USES

SINCE = datetime(2000, 1, 1, tzinfo=UTC)
"""A use has no moment of its own: all rows bear this one, so that what is not told any more is gone whenever it was."""


class WorkflowOptions(Options):
    """Workflows of Alteryx that lie in a folder."""

    path: Files = Option(
        title=N_("Path"),
        description=N_("A file or a pattern, e.g. incoming/workflows/*.yxmd; relative to the data folder"),
    )


class Workflows:
    """Files of Alteryx (.yxmd, .yxmc, .yxzp): a row a table that a tool reads or writes, and one a workflow that was
    read, which names no table."""

    kind: ClassVar[str] = "alteryx_workflows"
    title: ClassVar[str] = N_("Alteryx, workflows")
    table: ClassVar[FactTable] = TABLE_USES
    options: ClassVar[type[Options]] = WorkflowOptions

    def pull(self, source: Source, cursor: Cursor) -> Iterator[Batch]:
        """All workflows, each time any of them changed: what a workflow no longer names is gone.

        Raises SourceFailed.
        """
        assert isinstance(source.options, WorkflowOptions)
        paths = folders.found(source.options.path)
        if not paths:
            raise SourceFailed(_("No file matches {pattern}.").format(pattern=source.options.path))
        state = [[str(path), path.stat().st_size, path.stat().st_mtime_ns] for path in paths]
        newest = datetime.fromtimestamp(max(path.stat().st_mtime for path in paths), UTC)
        if cursor.get("files") == state:
            yield Batch(pa.table({}), cursor=cursor, covers_until=newest)
            return
        rows, refused = list[dict[str, Any]](), list[Refused]()
        for path in paths:
            try:
                rows += _rows(source, path)
            except SourceFailed as error:
                refused.append(Refused(path.name, {"file": path.name}, error.sentence))
        yield Batch(
            pa.Table.from_pylist(rows, TABLE_USES.schema),
            refused,
            cursor={"files": state},
            covers_until=newest,
            done=len(paths),
            total=len(paths),
            again=True,
            leaves=newest,
        )


def _rows(source: Source, path: Path) -> Iterator[dict[str, Any]]:
    from pages.checks import workflows  # reads SQL: what reads no workflow starts without it

    at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    for workflow, uses in workflows.uses(path).items():
        own = {"source": source.name, "squad": source.squad, "workflow": workflow, "since": SINCE, "changed_at": at}
        yield {**own, "tool": "", "used_table": "", "direction": "", "evidence": "read", "enabled": True}
        for use in uses:
            columns = {"tool": use.tool, "used_table": use.table, "direction": use.direction, "evidence": use.evidence}
            yield {**own, **columns, "connection": use.connection, "enabled": use.enabled}


CONNECTORS = (Workflows(),)
