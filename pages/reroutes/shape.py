"""From the cells of a file or table to events, reroutes, volumes and mails; which rows cannot stand, and why."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from core.base.calendar import start_of
from core.base.i18n import N_, _
from core.base.periods import Grain
from core.base.settings import settings
from core.facts.tables import FactTable
from core.sources.cells import REFUSED_ROW, Cells
from core.sources.files import Shaped
from core.sources.mapping import ColumnMapping, Field, Reasons, convert
from core.sources.moments import MOMENT_TYPE, trim
from pages.reroutes import rules
from pages.reroutes.facts import HANDOVERS, MAILS, TASK_EVENTS, VOLUMES, Way
from pages.reroutes.fields import (
    EVENT_FIELDS,
    MAIL_FIELDS,
    REROUTE_FIELDS,
    VOLUME_FIELDS,
    LogMapping,
    RerouteMapping,
    VolumeMapping,
)

FUTURE = timedelta(days=1)
"""How far ahead of now an event may lie: clocks differ, and time zones are mistaken."""

Columns = dict[str, pa.Array]


class _Shaper:
    """What the four have in common: cells in, checked columns, rows of one table out."""

    table: FactTable
    fields: tuple[Field, ...]
    needs_all = False

    def __init__(self, source: str, mapping: ColumnMapping, now: datetime) -> None:
        """`now` (UTC): nothing can lie beyond it."""
        self._source = source
        self._mapping = mapping
        self._now = now

    def shape(self, cells: Cells, observed_at: datetime) -> Shaped:
        """Rows of the table; see `core.sources.files.Shaper`."""
        cells = self._tidied(cells)
        reasons = Reasons(cells)
        columns = convert(cells, self.fields, self._mapping, reasons).columns
        columns["source"] = pa.array([self._source] * len(cells.lines), pa.string())
        columns = self._complete(cells, columns, reasons)
        keep = reasons.good()
        rows = pa.table(
            {
                field.name: columns[field.name].cast(field.type)
                if field.name in columns
                else pa.nulls(len(cells.lines), field.type)
                for field in self.table.schema
            }
        ).filter(keep)
        settles: list[str] = []
        if REFUSED_ROW in cells.table.column_names:
            settles = [row for row in cells.table[REFUSED_ROW].combine_chunks().filter(keep).to_pylist() if row]
        repeats = len(rows) - rows.select(self.table.key).group_by(list(self.table.key)).aggregate([]).num_rows
        notes = {_("Rows are there more than once: each was kept once."): repeats} if repeats else {}
        return Shaped(
            rows=rows,
            refused=reasons.refused(0, {}),
            notes={**notes, **self._notes(rows)},
            settles=tuple(settles),
            latest=pc.max(rows[self.table.time]).as_py(),
        )

    def _tidied(self, cells: Cells) -> Cells:
        return cells

    def _complete(self, cells: Cells, columns: Columns, reasons: Reasons) -> Columns:
        raise NotImplementedError

    def _notes(self, rows: pa.Table) -> dict[str, int]:
        return {}

    def _needs(self, columns: Columns, reasons: Reasons, *needed: tuple[str, str]) -> None:
        """Refuse rows that lack a field, each with its sentence."""
        for name, sentence in needed:
            reasons.add(pc.is_null(columns[name]), lambda _row, sentence=sentence: _(sentence))  # type: ignore[misc]

    def _not_in_future(self, moments: pa.Array, reasons: Reasons) -> None:
        beyond = pc.greater(moments, pa.scalar(self._now + FUTURE, MOMENT_TYPE))
        reasons.add(beyond, lambda row: _("“{value}” lies in the future.").format(value=moments[row].as_py().date()))


class EventShaper(_Shaper):
    """Events of tasks from a log. `lines`: the rows stand in an order that means something, that of a file."""

    table = TASK_EVENTS
    fields = EVENT_FIELDS

    def __init__(self, source: str, mapping: LogMapping, now: datetime, *, lines: bool) -> None:
        super().__init__(source, mapping, now)
        self._nulls = pa.array(mapping.nulls, pa.string())
        self._automatic = mapping.automatic
        self._lines = lines

    def _tidied(self, cells: Cells) -> Cells:
        """The words that mean nothing, as empty cells."""
        table = cells.table
        for column in set(self._mapping.columns.values()) & set(table.column_names):
            text = table[column].combine_chunks()
            empty = pc.is_in(trim(text), self._nulls)
            if pc.any(empty).as_py():
                at = table.column_names.index(column)
                table = table.set_column(at, column, pc.if_else(pc.fill_null(empty, False), "", text))
        return Cells(
            table, cells.lines, cells.where, cells.refused, cells.replayed, cells.mark, cells.done, cells.total
        )

    def _complete(self, cells: Cells, columns: Columns, reasons: Reasons) -> Columns:
        self._needs(columns, reasons, ("task", N_("The row names no task.")), ("moved_at", N_("The row has no date.")))
        self._not_in_future(columns["moved_at"], reasons)
        moment = pc.strftime(columns["moved_at"], format="%Y-%m-%dT%H:%M:%SZ")
        counter = pc.fill_null(columns["counter"].cast(pa.string()), "")
        holder = pc.fill_null(columns["entity"], "")
        columns["event"] = pc.binary_join_element_wise(moment, counter, holder, "#")
        lines = pa.array(list(cells.lines), pa.int64())
        columns["position"] = lines if self._lines else pa.nulls(len(lines), pa.int64())
        columns["way"] = _by_word(columns["actor"], self._way)
        return columns

    def _way(self, actor: str | None) -> str:
        if actor is None:
            return Way.UNKNOWN.value
        return (Way.AUTOMATIC if rules.matches(actor, self._automatic) else Way.MANUAL).value

    def _notes(self, rows: pa.Table) -> dict[str, int]:
        unknown = pc.sum(pc.and_(pc.is_null(rows["entity"]), pc.is_null(rows["previous"]))).as_py() or 0
        return {_("Rows name no entity: they are kept, and passed over."): unknown} if unknown else {}


class RerouteShaper(_Shaper):
    """Hand-overs from a table that holds them as they are."""

    table = HANDOVERS
    fields = REROUTE_FIELDS

    def __init__(self, source: str, mapping: RerouteMapping, now: datetime) -> None:
        super().__init__(source, mapping, now)
        self._period = mapping.period

    def _complete(self, cells: Cells, columns: Columns, reasons: Reasons) -> Columns:
        self._needs(
            columns,
            reasons,
            ("task", N_("The row names no task.")),
            ("origin", N_("The row does not say which entity had the task before.")),
            ("target", N_("The row does not say which entity has it now.")),
        )
        self._not_in_future(columns["moved_at"], reasons)
        size = len(cells.lines)
        dated = pc.is_valid(columns["moved_at"])
        stamp = pc.fill_null(pc.strftime(columns["moved_at"], format="%Y-%m-%dT%H:%M:%SZ"), self._stamp())
        start, until = self._period or (None, None)
        columns["moved_at"] = pc.fill_null(columns["moved_at"], pa.scalar(start, MOMENT_TYPE))
        wall = pc.local_timestamp(columns["moved_at"].cast(pa.timestamp("us", tz=settings().timezone)))
        columns["day"] = pc.if_else(dated, wall.cast(pa.date32(), safe=False), pa.scalar(None, pa.date32()))
        columns["hour"] = pc.if_else(dated, pc.hour(wall), pa.scalar(None, pa.int64()))
        columns["until"] = pc.if_else(dated, pa.scalar(None, MOMENT_TYPE), pa.scalar(until, MOMENT_TYPE))
        self._needs(
            columns,
            reasons,
            ("moved_at", N_("The row has no date: give the period of the file in the settings of the source.")),
        )
        for side in ("origin", "target"):
            columns[side] = _renamed(columns[side], columns["moved_at"])
        reasons.add(
            pc.equal(columns["origin"], columns["target"]),
            lambda row: _("“{entity}” is both the entity before and after: nothing was rerouted.").format(
                entity=columns["target"][row].as_py()
            ),
        )
        pair = pc.binary_join_element_wise(columns["origin"], columns["target"], "→")
        columns["step"] = pc.binary_join_element_wise(stamp, pair, "#")
        columns["way"] = pa.array([Way.MANUAL.value] * size, pa.string())
        columns["void"] = pa.array([False] * size)
        return columns

    def _stamp(self) -> str:
        return "/".join(moment.strftime("%Y-%m-%dT%H:%MZ") for moment in self._period or ())


class VolumeShaper(_Shaper):
    """Volumes that the router placed, by entity and period."""

    table = VOLUMES
    fields = VOLUME_FIELDS

    def __init__(self, source: str, mapping: VolumeMapping, now: datetime) -> None:
        super().__init__(source, mapping, now)
        self._grain = Grain(mapping.grain)
        self._zone = ZoneInfo(mapping.timezone)

    def _tidied(self, cells: Cells) -> Cells:
        """Months written 2025-03 or 03/2025, as their first day."""
        column = self._mapping.columns.get("start")
        if column not in cells.table.column_names:
            return cells
        text = trim(cells.table[column].combine_chunks())
        text = pc.replace_substring_regex(text, r"^(\d{4})[-/](\d{1,2})$", r"\1-\2-01")
        text = pc.replace_substring_regex(text, r"^(\d{1,2})[-/](\d{4})$", r"\2-\1-01")
        table = cells.table.set_column(cells.table.column_names.index(column), column, pc.fill_null(text, ""))
        return Cells(
            table, cells.lines, cells.where, cells.refused, cells.replayed, cells.mark, cells.done, cells.total
        )

    def _complete(self, cells: Cells, columns: Columns, reasons: Reasons) -> Columns:
        self._needs(
            columns,
            reasons,
            ("entity", N_("The row names no entity.")),
            ("start", N_("The row has no date.")),
            ("routed", N_("The row holds no volume.")),
        )
        starts = columns["start"].to_pylist()
        ends = {start: self._end(start) for start in set(starts) if start is not None}
        columns["until"] = pa.array([ends.get(start) for start in starts], MOMENT_TYPE)
        known = pc.is_valid(columns["start"])
        sentence = {
            "day": N_("“{value}” is not the beginning of a day."),
            "week": N_("“{value}” is not a Monday."),
            "month": N_("“{value}” is not the first day of a month."),
        }[self._grain]
        reasons.add(
            pc.and_(known, pc.is_null(columns["until"])),
            lambda row: _(sentence).format(value=starts[row].astimezone(self._zone).date()),
        )
        columns["entity"] = _renamed(columns["entity"], columns["start"])
        columns["router"] = pc.fill_null(columns["router"], "")
        return columns

    def _end(self, start: datetime) -> datetime | None:
        """First moment after the period that begins then; None where none does."""
        wall = start.astimezone(self._zone)
        if (wall.hour, wall.minute) != (0, 0) or self._grain.first(wall.date()) != wall.date():
            return None
        return datetime.combine(self._grain.moved(wall.date(), 1), time(), self._zone)


class MailShaper(_Shaper):
    """Mails that tasks were made of."""

    table = MAILS
    fields = MAIL_FIELDS

    def _complete(self, cells: Cells, columns: Columns, reasons: Reasons) -> Columns:
        self._needs(
            columns, reasons, ("task", N_("The row names no task.")), ("received_at", N_("The row has no date."))
        )
        self._not_in_future(columns["received_at"], reasons)
        return columns


def _by_word(text: pa.Array, say: Callable[[str | None], str]) -> pa.Array:
    """A word for each cell, found once for each distinct text."""
    encoded = text.dictionary_encode()
    words = pa.array([say(word) for word in encoded.dictionary.to_pylist()], pa.string())
    return pc.fill_null(pc.take(words, encoded.indices), say(None))


@lru_cache(maxsize=64)
def _midnight(alias: rules.Alias) -> datetime:
    return start_of(alias.since)


def _renamed(entity: pa.Array, moments: pa.Array) -> pa.Array:
    """Entities under the names they have today."""
    for alias in rules.in_force().aliases:
        then = pc.less(moments, pa.scalar(_midnight(alias), MOMENT_TYPE))
        was = pc.fill_null(pc.and_(pc.equal(entity, alias.was), then), False)
        entity = pc.if_else(was, alias.now, entity)
    return entity
