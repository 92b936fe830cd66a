"""The declared tables: how many rows each holds, from when to when."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_
from core.declared.extracts import Standing
from core.facts.query import Query
from core.facts.tables import FactTable
from core.show.about import About
from core.show.columns import Column, Kind, framed
from core.show.figure import Figure, Mark
from pages.extracts.look import ExtractsLook

SOURCE = N_("The declarations of the team, and what has landed of them")


@lru_cache(maxsize=200)
def held(table: FactTable) -> Query:
    """By source, how many rows of a table there are in scope (`rows`), from when (`first`) to when (`last`)."""
    time, source = table.sql.c[table.time], table.sql.c.source
    counted = sa.select(
        source, sa.func.count().label("rows"), sa.func.min(time).label("first"), sa.func.max(time).label("last")
    )
    return Query(name=f"held_{table.name}", select=counted.group_by(source), tables=(table,), params={})


def counted(look: ExtractsLook, one: Standing) -> Mapping[str, Any]:
    """The rows of a table in scope: `rows`, `first`, `last`, and up to when they are known complete (`until`): the
    stalest of its sources counts."""
    told = look.answer(held(one.whole)).table.to_pylist()
    reach = look.reader.reach(one.whole)
    return {
        "rows": sum(row["rows"] for row in told),
        "first": min((row["first"] for row in told), default=None),
        "last": max((row["last"] for row in told), default=None),
        "until": min((reach[row["source"]] for row in told if row["source"] in reach), default=None),
    }


def _shape(look: ExtractsLook) -> pd.DataFrame:
    rows = []
    for one in look.shown:
        said = {"name": one.extract, "title": one.title, "meaning": one.meaning, "owner": one.owner}
        rows.append({**said, "columns": len(one.columns), **counted(look, one)})
    return framed(rows, TABLES_COLUMNS)


def _means(_look: ExtractsLook, mark: Mark) -> Mapping[str, object]:
    return {"table": mark["name"]}


TABLES_COLUMNS = (
    Column("title", N_("Table")),
    Column("name", N_("Name in SQL")),
    Column("meaning", N_("What it holds"), width=250),
    Column("rows", N_("Rows"), Kind.NUMBER),
    Column("first", N_("First row"), Kind.MOMENT),
    Column("last", N_("Last row"), Kind.MOMENT),
    Column("until", N_("Complete until"), Kind.MOMENT),
    Column("columns", N_("Columns"), Kind.NUMBER),
    Column("owner", N_("Whom to ask")),
)
TABLES: Figure[ExtractsLook] = Figure(
    name="tables",
    title=N_("Tables"),
    about=About(
        N_("The tables that are declared: the rows that you may see, from when to when, complete up to when."),
        SOURCE,
    ),
    shape=_shape,
    columns=TABLES_COLUMNS,
    means=_means,
    empty=N_("No table is declared."),
)
