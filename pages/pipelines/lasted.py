"""How long good runs lasted, by day, month or year. The lake is asked of a month at a time, or of a year that is over,
by when runs were told: those answers are kept (`core.facts.answers`), and only the month that goes on is read anew."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from core.base.cache import OfFrame
from core.base.calendar import start_of
from core.base.i18n import local
from core.base.periods import Grain, Period
from core.base.settings import settings
from core.facts.conditions import periods, quarter
from core.facts.query import Query, Reader, Result
from pages.pipelines.facts import APART, PIPELINE_RUNS, RunStatus
from pages.pipelines.queries import NAMED, by_month

if TYPE_CHECKING:
    from pages.pipelines.look import NightLook  # a sync works without pandas

_R = NAMED.c
_periods = periods("firsts")
DURATIONS = Query(
    name="durations",
    select=sa.select(
        _R.pipeline,
        _periods.c.first,
        sa.func.list_sort(sa.func.list(_R.duration_s), type_=sa.ARRAY(sa.Double)).label("durations"),
    )
    .join_from(NAMED, _periods, quarter(sa.func.coalesce(_R.started_at, _R.at)) == _periods.c.quarter)
    .where(
        _R.at >= sa.bindparam("since"),
        _R.at < sa.bindparam("until"),
        _R.status == RunStatus.SUCCEEDED.value,
        _R.duration_s.is_not(None),
    )
    .group_by(_R.pipeline, _periods.c.first)
    .order_by(_R.pipeline, _periods.c.first),
    tables=(PIPELINE_RUNS,),
    params={"since": datetime, "until": datetime, "firsts": list, "zone": str, "renamed": list},
    within=("since", "until"),
)
"""Of each pipeline and period (`core.facts.conditions.periods`) how long its successful runs took that began in it, in
seconds, the shortest first; of those told between two moments."""
LASTED = pa.schema(
    [("pipeline", pa.string()), ("first", pa.date32()), ("runs", pa.int64())]
    + [(name, pa.float64()) for name in ("mean", "median", "p95")]
)
DAYS = timedelta(days=90)
PERIODS = {Grain.MONTH: 24, Grain.YEAR: 3}
"""So far back days are told, and so many months and years, those that go on among them."""
_parts: OfFrame[dict[date, pa.Table]] = OfFrame(entries=200)
_wholes: OfFrame[tuple[list[pa.Table], pa.Table]] = OfFrame(entries=200)
"""Periods by the last answer about them, with the answers that they are made of."""


def daily(look: "NightLook") -> pa.Table:
    """LASTED by day, of runs told up to the end of the night shown. Raises QueryFailed."""
    return summed([_asked(look.answer, piece) for piece in _of_days(look.night.end)])


def lasted(look: "NightLook", grain: Grain, first: date) -> pa.Table:
    """LASTED by month or year, from the one of a day on, the newest first, of runs told up to the end of the night
    shown. Raises QueryFailed."""
    of_period: dict[date, list[pa.Table]] = {}
    for piece in _of_periods(grain, first, look.night.end):
        answer = _asked(look.answer, piece)
        for period, part in _parts.get(answer, grain, partial(_by_period, answer, grain)).items():
            if period >= first:
                of_period.setdefault(period, []).append(part)

    def made(period: date, parts: list[pa.Table]) -> pa.Table:
        key = period, grain, *map(id, parts)
        return _wholes.get(parts[-1], key, lambda: (parts, summed(parts)))[1]

    tables = [LASTED.empty_table(), *(made(period, parts) for period, parts in of_period.items())]
    return pa.concat_tables(tables).sort_by([("pipeline", "ascending"), ("first", "descending")])


def first_of(grain: Grain, now: datetime) -> date:
    """The first day of the periods that are told at a moment (UTC)."""
    return grain.moved(local(now).date(), 1 - PERIODS[grain])


def ahead(reader: Reader, renamed: list[str], end: datetime) -> None:
    """Ask what the screen of the night that ends then will ask of months that are over: nobody waits for it, for the
    answers are kept beside the lake. Raises QueryFailed."""
    of_periods = (_of_periods(grain, first_of(grain, end), end) for grain in PERIODS)
    for pieces in (_of_days(end), *of_periods):
        for piece in pieces[:-1]:
            _asked(partial(reader.run, renamed=renamed), piece)


_Piece = tuple[Grain, dict[str, datetime]]


def _of_days(until: datetime) -> list[_Piece]:
    return [(Grain.DAY, month) for month in by_month(until - DAYS, until)]


def _of_periods(grain: Grain, first: date, until: datetime) -> list[_Piece]:
    pieces = _pieces(start_of(first) - APART, until, grain)
    return [(grain if piece["until"] - piece["since"] > timedelta(days=31) else Grain.MONTH, piece) for piece in pieces]


def _pieces(since: datetime, until: datetime, grain: Grain) -> Iterator[dict[str, datetime]]:
    """The months (UTC) between two moments; of years, those that are over are whole."""
    year: list[dict[str, datetime]] = []
    for month in by_month(since, until):
        if grain is not Grain.YEAR:
            yield month
            continue
        year.append(month)
        if month["until"].astimezone(UTC).month == 1 and month["until"] < until:
            yield {"since": year[0]["since"], "until": month["until"]}
            year = []
    yield from year


def _asked(ask: Callable[..., Result], piece: _Piece) -> pa.Table:
    """The answer about what was told between two moments, by periods of a grain that it can lie in."""
    grain, span = piece
    days = Period(local(span["since"] - APART).date(), local(span["until"] + APART).date())
    firsts = [day.isoformat() for day in (*days.each(grain), grain.moved(days.last, 1))]
    return ask(DURATIONS, **span, firsts=firsts, zone=settings().timezone).table


def _by_period(answer: pa.Table, grain: Grain) -> dict[date, pa.Table]:
    """The rows of an answer by the period that they lie in, of which they bear the first day."""
    by_period: dict[date, list[pa.Table]] = {}
    for first in pc.unique(answer["first"]).to_pylist():
        by_period.setdefault(grain.first(first), []).append(answer.filter(pc.equal(answer["first"], first)))

    def dated(period: date, parts: list[pa.Table]) -> pa.Table:
        whole = pa.concat_tables(parts) if len(parts) == 1 else pa.concat_tables(parts).sort_by("pipeline")
        return whole.set_column(1, answer.schema.field(1), pa.array([period] * len(whole), pa.date32()))

    return {period: dated(period, parts) for period, parts in by_period.items()}


def summed(answers: Sequence[pa.Table]) -> pa.Table:
    """Answers to DURATIONS, or rows of such, as LASTED: one row each pipeline and period, in that order."""
    rows = pa.concat_tables(answers)
    if not len(rows):
        return LASTED.empty_table()
    if len(answers) > 1:
        rows = rows.sort_by([("pipeline", "ascending"), ("first", "ascending")])
    names, firsts, lists = (rows[name].combine_chunks() for name in ("pipeline", "first", "durations"))
    values, ends = lists.flatten().to_numpy(), np.cumsum(lists.value_lengths().to_numpy())
    same = pc.and_(pc.equal(names[1:], names[:-1]), pc.equal(firsts[1:], firsts[:-1])).to_numpy(zero_copy_only=False)
    lasts = np.append(np.flatnonzero(~same), len(names) - 1)
    several = np.diff(lasts, prepend=-1) > 1
    ends = ends[lasts]
    begins = np.append(0, ends[:-1])
    if several.any():
        values = values.copy()
        for begin, end in zip(begins[several], ends[several], strict=True):
            values[begin:end].sort()
    runs = ends - begins

    def share(of: float) -> "np.ndarray[Any, Any]":
        """The value below which a share of each row's lies, interpolated."""
        place = of * (runs - 1)
        low = np.floor(place).astype(np.int64)
        below, above = values[begins + low], values[begins + np.minimum(low + 1, runs - 1)]
        return np.asarray(below + (above - below) * (place - low))

    columns = [runs, np.add.reduceat(values, begins) / runs, share(0.5), share(0.95)]
    return pa.table([names.take(pa.array(lasts)), firsts.take(pa.array(lasts)), *map(pa.array, columns)], schema=LASTED)
