"""Volumes that the router placed, by entity and period."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from pydantic import Field as Option

from core.base.i18n import N_, _
from core.base.periods import Grain
from core.facts.query import Query
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from core.sources.base import Batch, Cursor, Source
from core.sources.cells import Cells
from core.sources.mapping import Field, plain
from core.sources.shaping import Piece, totals
from core.sources.tabular import Tabular, is_file
from core.sources.values.kinds import Kind
from core.sources.values.moments import MOMENT_TYPE, read_days, trim
from pages.reroutes.facts import VOLUMES
from pages.reroutes.sources.shared import ROUTER, EntityMapping, without_nulls

_V = VOLUMES.sql.c
STANDING = Query(
    name="standing_volumes",
    select=sa.select(*_V).where(_V.source == sa.bindparam("source", type_=sa.Text()), _V.routed > 0),
    tables=(VOLUMES,),
    params={"source": str},
    cap=10_000_000,
)
"""What a source says of volumes."""

VOLUME_FIELDS = (
    Field("entity", N_("Entity"), Kind.TEXT, (
        "entity", "entité", "entité de gestion", "ancienne_entite", "groupe", "service",
    )),
    Field("start", N_("Period"), Kind.MOMENT, (
        "période", "period", "mois", "month", "semaine", "week", "jour", "date", "début", "start",
    )),
    Field("routed", N_("Routed tasks"), Kind.COUNT, (
        "routed", "volume", "volumes", "tâches routées", "nombre de tâches", "nb tâches", "nb de tâches", "nb", "count",
    )),
    ROUTER,
)  # fmt: skip
"""What a table of volumes says."""


class VolumeMapping(EntityMapping):
    """How a table of volumes is read."""

    grain: Literal["day", "week", "month"] = Option(default="month", title=N_("One row a"))


def _mapping(source: Source) -> VolumeMapping:
    assert isinstance(source.options, VolumeMapping)
    return source.options


_WEEKS = (
    re.compile(r"(?P<year>\d{4})[-/ ]?[WS](?P<week>\d{1,2})", re.I),
    re.compile(r"(?:w|s|sem\.?|semaine|week) ?(?P<week>\d{1,2})[-/ ]+(?P<year>\d{4})", re.I),
)


@lru_cache(maxsize=10_000)
def _monday(text: str) -> str | None:
    """The first day of an ISO week; None of another text."""
    week_match = next((match for week in _WEEKS if (match := week.fullmatch(text))), None)
    try:
        return (
            date.fromisocalendar(int(week_match["year"]), int(week_match["week"]), 1).isoformat()
            if week_match
            else None
        )
    except ValueError:
        return None


def _grain(cells: Cells, columns: dict[str, str]) -> dict[str, Any]:
    """The length of the periods: by the name of their column, weeks that are written as such, or days of which some
    begin no month."""
    name = columns.get("start", "")
    text = trim(cells.text(name)).drop_null() if name else pa.array([], pa.string())
    first = next(iter(text.to_pylist()), "")
    grain = "week" if _monday(first) else _GRAINS.get(plain(name), "")
    days = [day for day in read_days(text)[0].to_pylist() if day]
    if not grain and any(day.day > 1 for day in days):
        grain = "week" if all(day.weekday() == 0 for day in days) else "day"
    return {"columns": columns, **({"grain": grain} if grain else {})}


_GRAINS = {"semaine": "week", "week": "week", "jour": "day", "day": "day"}


def _tidy(source: Source, cells: Cells) -> Cells:
    """The words that mean nothing, as empty cells; months written 2025-03, 03/2025 or «mars 2025», and weeks written
    2025-W12 or «S12 2025», as their first day."""
    cells = without_nulls(source, cells)
    column = _mapping(source).columns.get("start")
    if column not in cells.table.column_names:
        return cells
    text = trim(cells.table[column].combine_chunks())
    text = pc.replace_substring_regex(text, r"^(\d{4})[-/](\d{1,2})$", r"\1-\2-01")
    text = pc.replace_substring_regex(text, r"^(\d{1,2})[-/](\d{4})$", r"\2-\1-01")
    text = pc.replace_substring_regex(text, r"^(\p{L}[\p{L}.]+)[-/ ](\d{2}|\d{4})$", r"1 \1 \2")
    text = pa.array([_monday(written) or written for written in pc.fill_null(text, "").to_pylist()], pa.string())
    table = cells.table.set_column(cells.table.column_names.index(column), column, text)
    return replace(cells, table=table)


def _complete(piece: Piece) -> None:
    """Periods that begin when one of their length does."""
    columns, mapping = piece.columns, _mapping(piece.source)
    piece.need("entity", N_("The row names no entity."))
    piece.need("start", N_("The row has no date."))
    piece.need("routed", N_("The row holds no volume."))
    zone, grain = ZoneInfo(mapping.timezone), Grain(mapping.grain)
    starts = columns["start"].to_pylist()
    ends = {start: _end(start.astimezone(zone), grain) for start in set(starts) if start is not None}
    columns["until"] = pa.array([ends.get(start) for start in starts], MOMENT_TYPE)
    sentence = {
        "day": N_("“{value}” is not the beginning of a day."),
        "week": N_("“{value}” is not a Monday."),
        "month": N_("“{value}” is not the first day of a month."),
    }[mapping.grain]
    piece.reasons.add(
        pc.and_(pc.is_valid(columns["start"]), pc.is_null(columns["until"])),
        lambda row: _(sentence).format(value=starts[row].astimezone(zone).date()),
    )
    columns["router"] = pc.fill_null(columns["router"], "")
    piece.leave_out(totals(columns["entity"]), _("Rows that hold a total are no entity's: they are left out."))
    _add_up(piece)


def _add_up(piece: Piece) -> None:
    """Rows that give parts of what was routed to one entity in one period, e.g. by channel, make up one volume. Rows
    that are alike in every cell are one."""
    import pandas as pd  # a sync that reads no volumes starts without it

    columns, names = piece.columns, ("entity", "start", "router")
    cells = piece.cells.table
    frame = pd.DataFrame({name: columns[name].to_pylist() for name in (*names, "routed")})
    whole = frame.assign(**{f"cell {name}": cells[name].to_pylist() for name in cells.column_names})
    good = pd.Series(piece.reasons.good().to_pylist())
    fresh = good & ~whole.duplicated() & frame["routed"].notna()
    summed = frame["routed"].where(fresh).groupby([frame[name] for name in names], dropna=False).transform("sum")
    first = ~frame[fresh].duplicated(list(names)).reindex(frame.index, fill_value=True)
    further = fresh & ~first
    if further.any():
        columns["routed"] = pa.array(summed.where(fresh, frame["routed"]).astype("Int64").array, pa.int64())
        sentence = _("Rows of one entity and period were added to the first of them: their volumes are parts of one.")
        piece.leave_out(pa.array(further.to_list(), pa.bool_()), sentence)
        like = good & whole.duplicated() & frame["routed"].notna()
        piece.leave_out(pa.array(like.to_list(), pa.bool_()), _("Rows are there more than once: each was kept once."))


def _end(start: datetime, grain: Grain) -> datetime | None:
    """First moment after the period that begins then, on the wall clock of its zone; None where none does."""
    if (start.hour, start.minute) != (0, 0) or grain.first(start.date()) != start.date():
        return None
    return datetime.combine(grain.moved(start.date(), 1), time(), start.tzinfo)


def _emptied_first(source: Source, cursor: Cursor, rows: Iterator[Batch]) -> Iterator[Batch]:
    """The rows; where the source is read from its beginning, what it said before counts no more."""
    if not cursor:
        yield Batch(emptied(source.name))
    yield from rows


def emptied(source: str) -> pa.Table:
    """What the source said of volumes, as zeros: it is about to say it anew, or says nothing of them any more."""
    standing = warehouse().reader(EVERYTHING).run(STANDING, source=source).table
    at = standing.column_names.index("routed")
    return standing.set_column(at, "routed", pa.array([0] * len(standing), pa.int64())).select(VOLUMES.schema.names)


ROUTED_VOLUMES = Tabular(
    kind="volumes",
    title=N_("Routed volumes (CSV or Excel)"),
    sql_title=N_("Routed volumes in a database"),
    table=VOLUMES,
    fields=VOLUME_FIELDS,
    mapping=VolumeMapping,
    guesses=_grain,
    tidy=_tidy,
    complete=_complete,
    around=_emptied_first,
    latest_counts=is_file,
)
