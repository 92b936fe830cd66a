"""From the cells of a log to runs: who is who, and which rows cannot stand."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import chain
from urllib.parse import quote

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.base.i18n import _
from core.facts.check import newest
from core.facts.tables import FactTable
from core.sources.cells import REFUSED_ROW, Cells
from core.sources.files import Shaped
from core.sources.identity import Ordinals
from core.sources.mapping import JOIN, Converted, Reasons, convert, parts, require_columns
from core.sources.shaping import FUTURE, settled, totals
from core.sources.values import zones
from core.sources.values.hours import on_days
from core.sources.values.moments import MOMENT_TYPE, UNITS, filled, read_moments, trim
from core.sources.values.patterns import groups
from pages.pipelines.facts import PIPELINE_RUNS, RunStatus, complete, statuses
from pages.pipelines.known import GOOD, OPEN, OVER
from pages.pipelines.sources.runs import OF_RERUN, RUN_FIELDS, RunMapping, of_steps

REFUSED_RUN = "vigie_run"
"""Column of a refused row that keeps the number it had among its look-alikes, for when it is put right."""

_DATES = ("started_at", "ended_at", "queued_at", "scheduled_at", "observed_at")
_LATEST = ("queued_at", "started_at", "ended_at")
"""What a log tells as having happened; a plan is no reading."""


class RunShaper:
    """Makes runs of one file or table. `now`: no run can lie beyond it (UTC)."""

    def __init__(self, source: str, squad: str | None, mapping: RunMapping, now: datetime) -> None:
        self._source = source
        self._squad = squad
        self._mapping = mapping
        self._now = now
        self._ordinals = Ordinals()
        self._twins = Ordinals()
        self._begun: dict[str, int] = {}

    @property
    def table(self) -> FactTable:
        return PIPELINE_RUNS

    @property
    def needs_all(self) -> bool:
        return not self._mapping.key and "run_id" not in self._mapping.columns

    def shape(self, cells: Cells, observed_at: datetime) -> Shaped:
        """Runs of `pipeline_runs`; see `core.sources.files.Shaper`."""
        require_columns(cells, self._mapping.key)
        cells, notes = self._without_totals(_plainer(cells, self._mapping))
        reasons = Reasons(cells)
        read = _over_midnight(convert(cells, RUN_FIELDS, self._mapping, reasons), cells, self._mapping)
        columns = {**read.columns, **_settle_clock_change(read)}
        columns["raw_status"], columns["status"] = (
            columns["status"],
            statuses(columns["status"], self._mapping.statuses),
        )
        waiting = self._check(cells, columns, reasons)
        caught_up = self._caught_up(cells, columns["status"])
        columns["status"] = pc.if_else(caught_up, RunStatus.WARNING.value, columns["status"])
        if self._of_events(columns):
            columns |= self._paired(columns)
        told_id, told_when = columns["run_id"], columns["observed_at"]
        columns["observed_at"] = pc.fill_null(told_when, pa.scalar(observed_at, MOMENT_TYPE))
        columns["run_id"] = self._identify(cells, columns, reasons)
        if not self.needs_all:
            reasons.add(
                pc.and_(pc.is_null(told_when), _started_apart(columns)),
                lambda row: _(
                    "Several runs that are over bear the id “{run}” and start apart: name as the key what tells them "
                    "apart (an attempt, a step)."
                ).format(run=columns["run_id"][row].as_py()),
            )
        columns["ended_at"] = _end(columns)
        good = pc.equal(columns["status"], RunStatus.SUCCEEDED)
        columns["error_message"] = pc.if_else(good, pa.scalar(None, pa.string()), columns["error_message"])
        columns["run_url"] = self._addresses(pc.coalesce(told_id, columns["run_id"]), columns["pipeline"])
        columns["source"] = pa.array([self._source] * len(cells.lines), pa.string())
        columns["squad"] = pc.fill_null(columns["squad"], pa.scalar(self._squad, pa.string()))
        fresh = pa.array(np.arange(len(cells.lines)) >= cells.replayed)
        keep = pc.and_(pc.and_(reasons.good(), fresh), pc.invert(waiting))
        notes |= {
            sentence: n
            for sentence, which in (
                (_("Failed, and caught up by a rerun in the same row: they stand as warnings."), caught_up),
                (_("Rows of runs that wait and have no date yet are left out."), pc.and_(waiting, fresh)),
                (
                    _(
                        "Rows say what one above them says, cell by cell: each counts as a run. Where one is told "
                        "twice, take the double out of the file, or name its run ids."
                    ),
                    pc.and_(self._is_told_again(cells), keep),
                ),
            )
            if (n := pc.sum(which).as_py())
        }
        if n := pc.sum(pc.and_(_after_midnight(cells, columns, self._mapping), keep)).as_py():
            notes[
                _(
                    "Below one day hours fall back from the evening to the morning: they are read on that day. Where "
                    "it is the day of the evening, call its column “Night of”."
                )
            ] = n
        rows = complete(pa.table(columns).filter(keep))
        repeats = len(rows) - rows.group_by(["pipeline", "run_id"]).aggregate([]).num_rows
        if repeats:
            rows = _newest_last(rows)
        if repeats and self.needs_all:
            rows, repeats = newest(PIPELINE_RUNS, rows), 0  # a run's start and its end, each told by a row
        if len(rows) and of_steps(self._mapping, cells.table.column_names):
            template = _("Each row is a step, and stands as a pipeline of its own, e.g. “{name}”: families name it so.")
            notes[template.format(name=rows["pipeline"][0].as_py())] = len(rows)
        return Shaped(
            rows=rows,
            refused=reasons.refused(cells.replayed, {REFUSED_RUN: columns["run_id"]} if self.needs_all else {}),
            notes=notes | _notes(rows, repeats),
            settles=settled(cells, keep),
            latest=max((moment for name in _LATEST if (moment := pc.max(rows[name]).as_py())), default=None),
        )

    def _without_totals(self, cells: Cells) -> tuple[Cells, dict[str, int]]:
        """The rows, but those without a date that total the others or, telling no state, explain them; and how many
        these are. Where a pattern gives the dates, all rows stay."""
        held = self._mapping.columns
        names = parts(held.get("pipeline", ""), cells.table.column_names)
        by_pattern = {name for pattern in self._mapping.patterns.values() for name in groups(pattern)}
        if names[0] not in cells.table.column_names or by_pattern & set(_DATES):
            return cells, {}
        called = trim(cells.text(names[0]))
        dates = [parts(held.get(moment, ""), cells.table.column_names) for moment in _DATES]
        columns = set(chain(*dates)) & set(cells.table.column_names)
        states = set(parts(held.get("status", ""), cells.table.column_names)) & set(cells.table.column_names)
        aside = totals(called)
        if columns or states:
            notes = totals(called, notes=True)
            for column in states:
                words = trim(cells.text(column))
                known = pc.not_equal(statuses(words, self._mapping.statuses), RunStatus.UNKNOWN.value)
                stated = pc.or_(pc.match_substring_regex(words, r"\pL"), known)
                notes = pc.and_not(notes, pc.fill_null(stated, False))
            aside = pc.or_(aside, notes)
        for column in columns:
            aside = pc.and_(aside, pc.is_null(filled(cells.text(column))))
        if called.null_count and len(cells.table.column_names) > 1:
            aside = pc.or_(aside, totals(cells.alone(), notes=True))
        n = pc.sum(aside).as_py()
        left = {_("Rows that hold a total or a note are no runs: they are left out."): n} if n else {}
        return cells.without(aside), left

    def _check(self, cells: Cells, columns: dict[str, pa.Array], reasons: Reasons) -> pa.Array:
        """Refuse rows without a pipeline or a date, with an end before its start, or beyond now. Which of those without
        a date tell of a run that waits, and are no fault."""

        def shown(field: str, row: int) -> str:
            held = parts(self._mapping.columns.get(field, ""), cells.table.column_names)
            texts = [cells.table[name][row].as_py() or "" for name in held if name in cells.table.column_names]
            return " ".join(texts) or str(columns[field][row].as_py())

        reasons.add(pc.is_null(columns["pipeline"]), lambda _row: _("The row names no pipeline."))
        dates = _moment(columns) if self.needs_all else pc.coalesce(_moment(columns), columns["observed_at"])
        queued = pc.equal(columns["status"], RunStatus.QUEUED.value)
        reasons.add(pc.and_not(pc.is_null(dates), queued), lambda _row: _("The row has no date."))
        latest = pa.scalar(self._now + FUTURE, MOMENT_TYPE)
        for name in ("queued_at", "started_at", "ended_at", "observed_at"):
            reasons.add(
                pc.greater(columns[name], latest),
                lambda row, name=name: _("{column}: “{value}” lies in the future.").format(  # type: ignore[misc]
                    column=self._mapping.columns.get(name, name), value=shown(name, row)
                ),
            )
        reasons.add(
            pc.less(columns["ended_at"], columns["started_at"]),
            lambda row: _("The end (“{end}”) lies before the start (“{start}”).").format(
                end=shown("ended_at", row), start=shown("started_at", row)
            ),
        )
        return pc.and_(pc.is_null(dates), queued)

    def _caught_up(self, cells: Cells, status: pa.Array) -> pa.Array:
        """The rows that failed and tell, in a column of their own, that a rerun of it went well."""
        held = cells.table.column_names
        names = parts(self._mapping.columns.get("status", ""), held)
        again = [name for name in names[1:] if OF_RERUN.search(name) and name in held]
        if not again or JOIN not in self._mapping.columns["status"]:
            return pa.array([False] * len(status))
        good = pc.is_in(statuses(trim(cells.text(again[-1])), self._mapping.statuses), pa.array(GOOD, pa.string()))
        return pc.and_(good, pc.equal(status, RunStatus.FAILED.value))

    def _of_events(self, columns: dict[str, pa.Array]) -> bool:
        """Whether rows tell of events of runs: each has one moment, that is not called a start, and some begin."""
        held = self._mapping.columns
        start = held.get("started_at", "")
        known = {*held, *self._mapping.constants} & {"ended_at", "queued_at", "scheduled_at"}
        if not self.needs_all or not start or known or _STARTS.search(start) or self._mapping.patterns:
            return False
        return bool(self._begun) or pc.any(pc.equal(columns["status"], RunStatus.RUNNING.value)).as_py()

    def _paired(self, columns: dict[str, pa.Array]) -> dict[str, pa.Array]:
        """Starts and ends of a log of events: a row that tells an end closes the run of its pipeline that began last,
        not long before, and as long before as it says in whatever unit."""
        moments, lasted = columns["started_at"].cast(pa.int64()).to_pylist(), columns["duration_s"].to_pylist()
        starts, ends = list(moments), [None] * len(moments)
        names, states = columns["pipeline"].to_pylist(), columns["status"].to_pylist()
        rows = [row for row, moment in enumerate(moments) if moment is not None]
        for row in sorted(rows, key=lambda row: (moments[row], states[row] != RunStatus.RUNNING)):
            if states[row] == RunStatus.RUNNING:
                self._begun[names[row]] = moments[row]
            elif states[row] in OVER and names[row] in self._begun:
                begun = self._begun.pop(names[row])
                if _fits((moments[row] - begun) / 1e6, lasted[row]):
                    starts[row], ends[row] = begun, moments[row]
        paired = {"started_at": pa.array(starts, pa.int64()), "ended_at": pa.array(ends, pa.int64())}
        own = pc.if_else(pc.is_valid(paired["ended_at"]), pa.scalar(None, pa.float64()), columns["duration_s"])
        return {name: moment.cast(MOMENT_TYPE) for name, moment in paired.items()} | {"duration_s": own}

    def _identify(self, cells: Cells, columns: dict[str, pa.Array], reasons: Reasons) -> pa.Array:
        """The run id of each row, which with its pipeline names the run; null where the row is refused."""
        if self.needs_all:
            return self._number(cells, columns)
        if self._mapping.key:
            ids = joined([trim(cells.text(column)) for column in self._mapping.key])
        else:
            ids = of_attempt(columns["run_id"], columns["attempt"])
        reasons.add(pc.is_null(ids), lambda _row: _("The row has no run id."))
        return ids

    def _number(self, cells: Cells, columns: dict[str, pa.Array]) -> pa.Array:
        """Run ids of pipeline and start, look-alikes numbered: `claims@2026-11-20T01:42:00Z`, then `…Z#2`.

        Rows of each state are numbered apart, so that the row that tells a start and the one that tells the end of it
        name one run.
        """
        start = pc.replace_substring(pc.strftime(_moment(columns), format="%Y-%m-%dT%H:%M:%SZ"), ".000000Z", "Z")
        alike = pc.binary_join_element_wise(columns["pipeline"], start, "@")
        numbers = self._ordinals.number(pc.fill_null(pc.binary_join_element_wise(alike, _unfinished(columns), "@"), ""))
        suffix = pc.if_else(pc.greater(numbers, 1), pc.binary_join_element_wise("#", numbers.cast(pa.string()), ""), "")
        if REFUSED_ROW in cells.table.column_names:
            # A corrected row keeps the number it had; one that had none must not take that of a run that landed.
            suffix = pc.binary_join_element_wise(
                "#", pc.utf8_slice_codeunits(cells.table[REFUSED_ROW].combine_chunks(), 0, 8), ""
            )
        ids = pc.binary_join_element_wise(alike, suffix, "")
        if REFUSED_RUN in cells.table.column_names:
            ids = pc.coalesce(trim(cells.table[REFUSED_RUN].combine_chunks()), ids)
        return ids

    def _is_told_again(self, cells: Cells) -> pa.Array:
        """Which rows of a log without run ids are equal to one above them in every cell."""
        if not self.needs_all or REFUSED_ROW in cells.table.column_names:
            return pa.array([False] * len(cells.lines), pa.bool_())
        texts = [cells.text(name) for name in cells.table.column_names]
        whole = pc.binary_join_element_wise(*texts, "\x1f", null_handling="replace")
        return pc.greater(self._twins.number(whole), 1)

    def _addresses(self, runs: pa.Array, pipelines: pa.Array) -> pa.Array:
        template = self._mapping.run_url
        if not template:
            return pa.nulls(len(runs), pa.string())
        pairs = zip(runs.to_pylist(), pipelines.to_pylist(), strict=True)
        return pa.array(
            [
                template.replace("{run_id}", quote(run, safe="")).replace("{pipeline}", quote(pipeline, safe=""))
                if run and pipeline
                else None
                for run, pipeline in pairs
            ],
            pa.string(),
        )


_LONGEST_S = 20 * 3_600
"""Between two events of one run; farther apart the second is the next night's."""


def _fits(between: float, duration: float | None) -> bool:
    """Whether a length (seconds) is one of a run, and the one that is told, in whatever unit."""
    near = duration is None or any(abs(between - duration * unit) <= 2 + between / 50 for unit in UNITS.values())
    return near and between <= _LONGEST_S


_STARTS = re.compile(r"(?i)d[ée]but|start|beg|lanc|d[ée]marr|last|derni")


_MOST_COMMAS = 3
"""In one moment: `Fri, Mar 12, 2026, 8:00 AM`."""
_MANY = 5
_COUNTS = re.compile(r"\d|[a-z][_\W]")
"""A name that tells its turn."""
_ATTEMPT = r"^\s*(\d+) ?(?:/|sur|of) ?\d+\s*$"


def _plainer(cells: Cells, mapping: RunMapping) -> Cells:
    """The cells, of attempts `2/3` the 2, and of the moments of a run's steps, joined by JSON, the first start and the
    last end."""
    plainer: dict[str, Callable[[pa.Array], pa.Array]] = {
        "attempt": lambda text: pc.replace_substring_regex(text, _ATTEMPT, r"\1"),
        "started_at": lambda text: _moment_where(r"^({})(?:, .*)?$", text, mapping),
        "ended_at": lambda text: _moment_where(r"^(?:.*, )?({})$", text, mapping),
    }
    for field, plain in plainer.items():
        name = mapping.columns.get(field, "")
        if name in cells.table.column_names and (field == "attempt" or "[]." in name):
            at = cells.table.column_names.index(name)
            cells = replace(cells, table=cells.table.set_column(at, name, plain(cells.text(name))))
    return cells


def _moment_where(pattern: str, text: pa.Array, mapping: RunMapping) -> pa.Array:
    """Of moments joined by commas the one that stands where the pattern says, with the commas of its own."""
    moment = pa.nulls(len(text), pa.string())
    for commas in range(_MOST_COMMAS, -1, -1):
        written = r"[^,]*" + ", [^,]*" * commas
        part = pc.struct_field(pc.extract_regex(text, pattern.format(f"?P<moment>{written}")), "moment")
        read = read_moments(part, mapping.timezone, day_first=mapping.day_first)
        moment = pc.coalesce(moment, pc.if_else(pc.is_valid(read.first), part, pa.scalar(None, pa.string())))
    return pc.fill_null(moment, text)


def _moment(columns: dict[str, pa.Array]) -> pa.Array:
    """The moment a run is known by: its start, or what else is known of it."""
    return pc.coalesce(*(columns[name] for name in ("started_at", "scheduled_at", "queued_at", "ended_at")))


def _over_midnight(read: Converted, cells: Cells, mapping: RunMapping) -> Converted:
    """Ends whose hour stands beside the day of the start, on the day after it where they would lie before the start:
    27/11/2026, 22:45 to 00:12."""
    start, end = (parts(mapping.columns.get(name, ""), cells.table.column_names) for name in ("started_at", "ended_at"))
    if len(end) != 2 or start[0] != end[0]:
        return read
    late = pc.fill_null(pc.less(read.second["ended_at"], read.columns["started_at"]), False)
    zone = zones.told(mapping.columns["ended_at"]) or mapping.timezone
    text = on_days(*(cells.text(name) for name in end), day_first=mapping.day_first, later=1)
    next_day = read_moments(text, zone, day_first=mapping.day_first)
    return Converted(
        {**read.columns, "ended_at": pc.if_else(late, next_day.first, read.columns["ended_at"])},
        {**read.second, "ended_at": pc.if_else(late, next_day.second, read.second["ended_at"])},
    )


_EVENING, _NOON = 18, 12


def _after_midnight(cells: Cells, columns: dict[str, pa.Array], mapping: RunMapping) -> pa.Array:
    """Which rows may be of the day after the one that stands beside their hour: below one day hours fall once, from the
    evening to the morning, where the rows are not in order of their names."""
    starts, names = columns["started_at"], parts(mapping.columns.get("started_at", ""), cells.table.column_names)
    if len(names) != 2 or len(starts) < 2:
        return pa.array([False] * len(starts), pa.bool_())
    days = cells.text(names[0]).dictionary_encode().indices.to_numpy()
    moments = starts.cast(pa.timestamp("us", tz=mapping.timezone))
    hours = pc.fill_null(pc.hour(moments), _NOON).to_numpy()
    same = days[1:] == days[:-1]
    falls = same & (np.diff(_microseconds(starts)) < 0)
    block = np.concatenate(([0], np.cumsum(~same)))
    once = np.bincount(block[1:][falls], minlength=block[-1] + 1) == 1
    begins = falls & (hours[:-1] >= _EVENING) & (hours[1:] < _NOON) & once[block[1:]]
    if begins.any() and _by_name(columns["pipeline"], same):
        begins[:] = False
    at = np.concatenate(([0], np.cumsum(begins)))
    return pa.array(at > at[np.searchsorted(block, block)])


def _by_name(pipelines: pa.Array, same: np.ndarray) -> bool:
    """Whether the rows of every day stand in order of their pipelines' names, three or four below some day: more of
    them do not rise but for one fall by chance. Names that count (`01_ODS`, `B_LOAD`) stand in order of their turn.
    `same`: of each row but the first, whether it is of the day of the one above it."""
    names = [(name or "").casefold() for name in pipelines.to_pylist()]
    in_order = all(above <= below for above, below, kept in zip(names, names[1:], same, strict=False) if kept)
    rows = np.bincount(np.concatenate(([0], np.cumsum(~same)))).max()
    return in_order and 3 <= rows < _MANY and not all(map(_COUNTS.match, names))


def _settle_clock_change(read: Converted) -> dict[str, pa.Array]:
    """Starts and ends, where an hour that happens twice or never is read so that they fit each other.

    Of the readings, the one whose length is nearest to the stated duration; without one, the first in which the end
    does not lie before the start; where that leaves two, the one that follows the rows above it, or the first.
    """
    starts = [_microseconds(side["started_at"]) for side in (read.columns, read.second)]
    ends = [_microseconds(side["ended_at"]) for side in (read.columns, read.second)]
    stated = read.columns["duration_s"].to_numpy(zero_copy_only=False) * 1e6
    best = np.full(len(stated), np.inf)
    chosen = [starts[0].copy(), ends[0].copy()]
    for start, end in ((0, 0), (0, 1), (1, 1), (1, 0)):
        length = ends[end] - starts[start]
        misfit = np.where(np.isnan(stated), np.where(length < 0, 1.0, 0.0), np.abs(length - stated))
        better = misfit < best
        best = np.where(better, misfit, best)
        chosen = [np.where(better, starts[start], chosen[0]), np.where(better, ends[end], chosen[1])]
    _follow_the_file(chosen, starts, ends)
    return {name: _moments(values) for name, values in zip(("started_at", "ended_at"), chosen, strict=True)}


def _follow_the_file(chosen: list[np.ndarray], starts: list[np.ndarray], ends: list[np.ndarray]) -> None:
    """Where a log stands in order of its starts, one of the hour that comes twice that would lie before the row above
    it is of the second time. `chosen` is changed in place."""
    twice = starts[1] > starts[0]
    if not twice.any():
        return
    order = np.arange(len(twice))
    sure = np.diff(starts[0][~twice & ~np.isnan(starts[0])])
    if (sure < 0).any():
        if (sure > 0).any():
            return
        order = order[::-1]  # the newest row first
    latest = -np.inf
    for row in order:
        if twice[row] and chosen[0][row] < latest <= starts[1][row]:
            later = [end[row] for end in ends if not end[row] < starts[1][row]]
            if later:
                chosen[0][row], chosen[1][row] = starts[1][row], min(later)
        if chosen[0][row] > latest:
            latest = chosen[0][row]


def _microseconds(moments: pa.Array) -> np.ndarray:
    """Microseconds since 1970 as floats (exact until the year 2255), NaN where there is none."""
    return np.asarray(moments.cast(pa.int64()).cast(pa.float64()).to_numpy(zero_copy_only=False))


def _moments(microseconds: np.ndarray) -> pa.Array:
    missing = np.isnan(microseconds)
    return pa.array(np.where(missing, 0, microseconds).astype(np.int64), mask=missing).cast(MOMENT_TYPE)


def _end(columns: dict[str, pa.Array]) -> pa.Array:
    """Ends of runs that are not open; where a finished run states only its start and duration, their sum."""
    over = pc.is_in(columns["status"], pa.array(OVER, pa.string()))
    length = pc.round(pc.multiply(columns["duration_s"], 1e6)).cast(pa.int64()).cast(pa.duration("us"))
    summed = pc.add(columns["started_at"], length)
    nothing = pa.scalar(None, MOMENT_TYPE)
    ended = pc.coalesce(columns["ended_at"], pc.if_else(over, summed, nothing))
    return pc.if_else(pc.is_in(columns["status"], pa.array(OPEN, pa.string())), nothing, ended)


def joined(parts: list[pa.Array]) -> pa.Array:
    """One name of several cells, `a/b`; others never give the same. Null where one is missing."""
    if len(parts) == 1:
        return parts[0]
    escaped = (pc.replace_substring(pc.replace_substring(part, "\\", "\\\\"), "/", "\\/") for part in parts)
    return pc.binary_join_element_wise(*escaped, "/")


def of_attempt(ids: pa.Array, attempts: pa.Array) -> pa.Array:
    """Run ids that tell attempts apart: `7` is the first one of run 7, `7#2` the second."""
    if attempts.null_count == len(attempts):
        return ids
    first = pc.less_equal(pc.fill_null(attempts, 1), 1)
    plain = pc.and_(first, pc.invert(pc.match_substring_regex(ids, r"#\d+$")))
    numbered = pc.binary_join_element_wise(ids, pc.fill_null(attempts, 1).cast(pa.string()), "#")
    return pc.if_else(plain, ids, numbered)


def _started_apart(columns: dict[str, pa.Array]) -> pa.Array:
    """Rows of runs that are over, where others of the same piece, pipeline and run id are over too and started at
    another moment: nothing says that one is the newer state of the other."""
    over = pc.is_in(columns["status"], pa.array(OVER, pa.string()))
    started = pc.if_else(over, columns["started_at"], pa.scalar(None, MOMENT_TYPE)).cast(pa.int64())
    names = pc.binary_join_element_wise(columns["pipeline"], columns["run_id"], "\n").dictionary_encode().indices
    spans = pa.table({"name": names, "start": started}).group_by("name").aggregate([("start", "min"), ("start", "max")])
    spans = spans.filter(pc.and_(pc.is_valid(spans["name"]), pc.less(spans["start_min"], spans["start_max"])))
    return pc.and_(over, pc.is_in(names, spans["name"].combine_chunks()))


def _unfinished(columns: dict[str, pa.Array]) -> pa.Array:
    """The state of a row that tells no end of its run; empty for one that does."""
    open_ = pc.and_(pc.is_null(columns["ended_at"]), pc.is_in(columns["status"], pa.array(OPEN, pa.string())))
    return pc.if_else(open_, columns["status"], "")


def _newest_last(rows: pa.Table) -> pa.Table:
    """Rows ordered so that of two that repeat a run id the newer comes last, where landing keeps it."""
    done = pc.coalesce(rows["ended_at"], rows["started_at"], rows["at"])
    over = pc.invert(pc.is_in(rows["status"], pa.array(OPEN, pa.string())))
    started = pc.not_equal(rows["status"], RunStatus.QUEUED)
    order = pc.sort_indices(
        pa.table({"observed": rows["observed_at"], "done": done, "over": over, "started": started}),
        sort_keys=[(name, "ascending") for name in ("observed", "done", "over", "started")],
    )
    return rows.take(order)


def _notes(rows: pa.Table, repeats: int) -> dict[str, int]:
    unknown = rows.filter(pc.equal(rows["status"], RunStatus.UNKNOWN.value))["raw_status"]
    notes: dict[str, int] = {}
    for word in pc.value_counts(unknown.combine_chunks()).to_pylist():
        template = _(
            "Status “{word}” is unknown: its runs are kept as UNKNOWN. “Words of status” says what it means."
        ).format(word=word["values"])
        notes[template if word["values"] else _("Runs without a status are kept as UNKNOWN.")] = word["counts"]
    if repeats:
        notes[_("Rows repeat a run id: the newest was kept.")] = repeats
    return notes
