"""Whether the rows of a table are all there: what is counted of them once, and kept, asks it first."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from functools import lru_cache

import sqlalchemy as sa

from core.base.i18n import _
from core.facts.query import Query, Reader
from core.facts.reads import READS, REMOVED, begun
from core.facts.tables import FactTable
from core.mission.discovery import missions

_LIVES = timedelta(days=62)
_R = READS.sql.c
_came = sa.case((_R.landed > 0, _R.read_at))
_ranked = sa.select(
    _R.mission,
    _R.source,
    _R.outcome,
    sa.func.row_number().over(partition_by=_R.source, order_by=_R.read_at.desc()).label("rank"),
    sa.func.max(sa.case((_R.outcome == "ok", sa.func.greatest(_R.covers_until, _came))))
    .over(partition_by=_R.source)
    .label("until"),
).subquery()
_LAST = Query(
    name="last_reads_of_sources",
    select=sa.select(_ranked.c.mission, _ranked.c.source, _ranked.c.outcome, _ranked.c.until).where(
        _ranked.c.rank == 1
    ),
    tables=(READS,),
    params={},
)


def doubt(reader: Reader, names: Collection[str], ended: datetime | None = None) -> str:
    """Why rows of some tables may not be all there, as a sentence; "" where they are.

    A table is in doubt that nothing ever fed, or of which a source's last reading failed, goes on or was killed. Where
    the time that is counted `ended` at a moment (UTC), so is one with a source that is late: that knows nothing of
    later (by what it said, or by its newest row where it said nothing) and got no row since. Late sources hold a table
    if they brought rows of the two months before (a list of names that never changes did not), or if all of the tables
    have none but late ones. Sources that were removed say nothing; of those whose readings are not kept only the mark
    of a reading that goes on does. Raises QueryFailed.
    """
    last = {(row["mission"], row["source"]): row for row in reader.run(_LAST).table.to_pylist()}
    living, old = list[str](), list[str]()
    for mission, table in _named(names):
        newest: dict[str, datetime] = {
            row["source"]: row["newest"] for row in reader.run(fed_by(table)).table.to_pylist()
        }
        if not newest:
            return _("The table {name} is empty: nothing has landed in it yet.").format(name=table.name)
        read = {source: last[mission, source] for source in newest if (mission, source) in last}
        removed = {source for source, row in read.items() if row["outcome"] == REMOVED}
        read = {source: row for source, row in read.items() if source not in removed}
        failed = [source for source, row in read.items() if row["outcome"] != "ok"]
        unfinished = [source for source in newest if source not in removed and begun(source).exists()]
        late = [source for source, row in read.items() if ended and (row["until"] or newest[source]) < ended]
        live = [source for source in late if ended and newest[source] >= ended - _LIVES]
        for sentence, sources in (
            (_("The last reading of {source} failed: rows of {name} may be missing."), failed),
            (_("A reading of {source} did not come to its end: rows of {name} may be missing."), unfinished),
        ):
            if sources:
                return sentence.format(source=", ".join(sources), name=table.name)
        sentence = _(
            "Nothing came from {source} since the month ended: rows of {name} are missing. If nothing comes from there "
            "any more, remove that source."
        )
        if live:
            living.append(sentence.format(source=", ".join(live), name=table.name))
        elif late and len(late) == len(read):
            old.append(sentence.format(source=", ".join(late), name=table.name))
    return next(iter(living or (old if len(old) == len(names) else ())), "")


def _named(names: Iterable[str]) -> list[tuple[str, FactTable]]:
    """Tables by name, each with the key of its mission; what is made of another table stands and falls with it."""
    there = {table.name: (mission.key, table) for mission in missions().values() for table in mission.tables}
    return [(there[name][0], there[name][1].made_of or there[name][1]) for name in names]


@lru_cache(maxsize=200)
def fed_by(table: FactTable) -> Query:
    """The sources whose rows a table holds, and the `newest` moment (UTC) of each."""
    source, time = table.sql.c.source, table.sql.c[table.time]
    named = sa.select(source.label("source"), sa.func.max(time).label("newest")).group_by(source).order_by(source)
    return Query(name=f"sources_of_{table.name}", select=named, tables=(table,), params={})
