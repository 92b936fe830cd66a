"""Whose rows there are: the squads that fact tables name."""

from collections.abc import Iterable
from functools import lru_cache

import sqlalchemy as sa

from core.facts.query import Query, Reader
from core.facts.tables import FactTable

HOUSE = "*"
"""In place of a squad: what was counted over the rows of all squads. Whoever sees all rows sees it, nobody else."""


def squads(reader: Reader, tables: Iterable[FactTable]) -> list[str]:
    """The squads whose rows a reader sees in some tables, sorted. Raises QueryFailed."""
    seen = {row for table in tables if table.squad for row in reader.run(_named(table)).table["squad"].to_pylist()}
    return sorted(seen - {HOUSE})


@lru_cache(maxsize=100)
def _named(table: FactTable) -> Query:
    squad = table.sql.c[str(table.squad)]
    return Query(
        name=f"squads_of_{table.name}",
        select=sa.select(squad.label("squad")).where(squad.is_not(None)).distinct(),
        tables=(table,),
        params={},
    )
