"""One run of a check: what it counted, its rows, its verdict, ready to land. Nothing is written here."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

import pyarrow as pa

from core.base.errors import QueryFailed, RulesInvalid, VigieError
from core.base.i18n import _
from core.base.status import Verdict
from core.declared.select import SelectRefused
from core.facts.query import Query, Reader
from core.facts.squads import HOUSE
from core.facts.tables import FactTable
from core.mission.discovery import missions
from core.mission.doubts import doubt
from core.people.person import Scope
from pages.checks import judged, reconciled
from pages.checks.compiled import ROW
from pages.checks.definitions import Check, Slot
from pages.checks.facts import CHECK_COUNTS, CHECK_LEVELS, CHECK_ROWS, CHECK_RUNS, CHECK_SCORES
from pages.checks.queries import DECIDED
from pages.checks.standing import people_of, questions, tables_of

CLOCK = "vigie"
"""Who runs what is due by the calendar."""


@dataclass(frozen=True)
class Run:
    """A run: the rows of each fact table. The one of CHECK_RUNS lands last: what was landed before it does not count
    without it."""

    rows: Mapping[FactTable, Sequence[Mapping[str, Any]]]

    @property
    def told(self) -> Mapping[str, Any]:
        """Its row of CHECK_RUNS."""
        return self.rows[CHECK_RUNS][0]


def scope() -> Scope:
    """What checks are run with: all rows, and the people of declared tables alone."""
    return Scope(None, frozenset(table.name for table in missions()["extracts"].tables if table.personal))


def run(check: Check, reader: Reader, slot: Slot, now: datetime, *, source: str = CLOCK, take: int = 1) -> Run:
    """Check a day now. Whatever goes wrong is an unknown verdict with its sentence, never a good one."""
    own = {"source": source, "check": check.check, "day": slot.day, "seen_at": now}
    record = {
        **own,
        "after": slot.after,
        "take": take,
        "until": slot.at,
        "version": check.version,
        "definition": check.digest,
    }
    try:
        if lacking := doubt(reader, check.tables):
            raise QueryFailed(lacking)
        _same(check, reader)
        asked = questions(check)
        bounds = check.bounds(slot.day, slot.at)
        counts = answered(reader, asked.counts, bounds)
        rows = kept(check, answered(reader, asked.rows, bounds), own)
        scores = _scores(check, answered(reader, asked.scores, bounds) if asked.scores else [], own)
        levels = reconciled.kept(check, answered(reader, asked.levels, bounds)) if asked.levels else []
    except (VigieError, SelectRefused) as error:
        sentence = error.sentence if isinstance(error, VigieError) else str(error)
        return Run({CHECK_RUNS: [{**record, "verdict": Verdict.UNKNOWN.value, "error": sentence}]})
    summed = judged.summed(counts)
    verdict = judged.verdict(check, summed)
    landed = [{**own, **row, "slice": row["squad"] or ""} for row in counts]
    return Run(
        {
            CHECK_COUNTS: landed,
            CHECK_ROWS: rows,
            CHECK_SCORES: scores,
            CHECK_LEVELS: [{**own, **row} for row in levels],
            CHECK_RUNS: [{**record, "decides": check.decides, "tables": tables_of(check), "verdict": verdict.value}],
        }
    )


def _same(check: Check, reader: Reader) -> None:
    """Raises RulesInvalid where what decides changed and the version did not."""
    known = [row for row in reader.run(DECIDED).table.to_pylist() if row["check"] == check.check]
    newest = max((row["version"] for row in known), default=0)
    if {row["decides"] for row in known if row["version"] == check.version} - {check.decides}:
        sentence = _("what it decides by changed, and its version is still {version}: write version: {next}, and why.")
        raise RulesInvalid(sentence.format(version=check.version, next=newest + 1))
    if check.version < newest:
        sentence = _("its version is {version}, and {newest} was run before: versions go up.")
        raise RulesInvalid(sentence.format(version=check.version, newest=newest))


def answered(reader: Reader, query: Query, bounds: Mapping[str, object]) -> list[dict[str, Any]]:
    """The rows of an answer. Raises QueryFailed."""
    rows: list[dict[str, Any]] = reader.run(query, **{name: bounds[name] for name in query.params}).table.to_pylist()
    return rows


def kept(check: Check, rows: Sequence[Mapping[str, Any]], own: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows as they land: told apart by side and key, and by their number where a key comes more than once."""
    people, seen, kept_rows = people_of(check), dict[str, int](), []
    for row in rows:
        side = "" if row["side"] in ("both", "left", "row") else "right"
        base = f"{side}\0{row['key'] or ''}"
        seen[base] = number = seen.get(base, 0) + 1
        name = sha256(f"{check.check}\0{base}\0{number}".encode()).hexdigest()[:24]
        decided = {column: _plain(value) for column, value in row.items() if column not in ROW}
        record = {"outcome": row["outcome"], "side": row["side"], "squad": row["squad"], "row": name}
        if people:
            hidden = {"key": row["key"], "reason": row["reason"], **decided}
            record |= {"people": json.dumps(hidden, ensure_ascii=False)}
        else:
            record |= {"key": row["key"], "reason": row["reason"], "decided": json.dumps(decided, ensure_ascii=False)}
        kept_rows.append({**own, **record})
    return kept_rows


def _plain(value: Any) -> Any:
    """A value as JSON keeps it: what it has no form of is kept as its text."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, pa.MonthDayNano) and not value.months:
        return str(timedelta(days=value.days, microseconds=value.nanoseconds // 1000))
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _scores(check: Check, rows: Sequence[Mapping[str, Any]], own: Mapping[str, Any]) -> list[dict[str, Any]]:
    measures = {expectation.name: expectation.measures.value for expectation in check.expectations}
    table = (check.of.table if check.of else None) or ", ".join(check.tables)
    return [{**own, **row, "dimension": measures[row["expectation"]], "table": table, "squad": HOUSE} for row in rows]


def landed(runs: Sequence[Run], table: FactTable) -> pa.Table:
    """The rows of some runs for a table."""
    return pa.Table.from_pylist([dict(row) for made in runs for row in made.rows.get(table, ())], table.schema)
