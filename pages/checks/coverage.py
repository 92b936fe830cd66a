"""How much was read of the workflows that tell which tables are used: what stands above any list of unused tables."""

from typing import Any

import sqlalchemy as sa

from core.base.i18n import _, local, ngettext, show_date, show_number
from core.facts.query import Query, Reader
from core.facts.reads import READS
from core.mission.doubts import fed_by
from core.sources import refusals
from core.store.engine import store
from pages.checks.facts import TABLE_USES

NAMED = 3
"""Files that could not be read, and are named; the others are counted."""
_U, _R = TABLE_USES.sql.c, READS.sql.c


def _count(*evidence: str) -> Any:
    return sa.func.count(sa.distinct(sa.case((_U.evidence.in_(evidence), _U.workflow))))


_COUNTS = Query(
    name="workflows_read",
    select=sa.select(_count("read").label("read"), _count("partial", "dynamic").label("unsure")),
    tables=(TABLE_USES,),
    params={},
)
_UNTIL = Query(
    name="workflows_covered",
    select=sa.select(_R.source, sa.func.max(_R.covers_until).label("until"))
    .where(_R.outcome == "ok", _R.mission == "checks")
    .group_by(_R.source),
    tables=(READS,),
    params={},
)


def coverage(reader: Reader) -> str:
    """How many workflows were read of how many are known, up to when, and what could not be read since when, in
    sentences. Raises QueryFailed."""
    sources = reader.run(fed_by(TABLE_USES)).table["source"].to_pylist()
    if not sources:
        return _("No workflow was read: nothing tells which tables are used.")
    [counts] = reader.run(_COUNTS).table.to_pylist()
    covered = [
        row["until"] for row in reader.run(_UNTIL).table.to_pylist() if row["source"] in sources and row["until"]
    ]
    with store().read() as connection:
        unread = [row for source in sources for row in refusals.open_rows(connection, source)]
    share = _("{read} of {known} known workflows were read").format(
        read=show_number(counts["read"]), known=show_number(counts["read"] + len(unread))
    )
    if covered:
        share = _("{read}, up to {day}").format(read=share, day=show_date(local(min(covered)).date()))
    sentences = [share + "."]
    if unread:
        names = [
            _("{file} since {day}").format(file=file.position, day=show_date(local(file.refused_at).date()))
            for file in unread[:NAMED]
        ]
        more = [f"+ {show_number(len(unread) - NAMED)}"] if len(unread) > NAMED else []
        sentences.append(_("Could not be read: {files}.").format(files=", ".join([*names, *more])))
    if unsure := counts["unsure"]:
        sentences.append(
            ngettext(
                "In {n} of them a name or a statement could not be read: a table may be used there.",
                "In {n} of them names or statements could not be read: tables may be used there.",
                unsure,
            ).format(n=show_number(unsure))
        )
    return " ".join(sentences)
