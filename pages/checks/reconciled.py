"""Two stores reconciled, level by level, as SQL and as what is kept of it: which types could fail, what differs in each
column, sums by month. Rows and keys are the outcomes of the rows themselves.

The left list is what the old store holds, mostly as texts; the right one what the new store made of it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from core.base.settings import settings
from core.facts.parquet import name, text
from core.facts.squads import HOUSE
from pages.checks.definitions import Check, Compared, Outcome

NUMBERS = frozenset({"integer", "decimal"})
_WRITTEN = {
    "integer": r"-?(0|[1-9][0-9]*)",
    "decimal": r"-?[0-9]+(\.[0-9]+)?",
    "date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "timestamp": r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?",
}
"""How a text is written that a type takes without a loss: 0123 is no number, for its zero would go."""
_SQL = {"integer": "BIGINT", "decimal": "DOUBLE", "date": "DATE", "timestamp": "TIMESTAMP"}
SUM_NOISE = 1e-9
"""So much of a sum may come of the order in which it was added up."""


def outcomes(check: Check) -> tuple[Outcome, ...]:
    """What rows come to, by where they stand and whether a column differs."""
    differ = " OR ".join(_differs(check, field) for field in check.fields)
    return (
        Outcome(outcome="differing", title="-", on="both", when=differ),
        Outcome(outcome="ok", title="-", on="both"),
        Outcome(outcome="only_left", title="-", on="left"),
        Outcome(outcome="only_right", title="-", on="right"),
    )


def reason(check: Check) -> str:
    """The columns that differ in a pair, as SQL."""
    names = [f"CASE WHEN {_differs(check, field)} THEN {text(field.name)} END" for field in check.fields]
    pair = " AND ".join(f"{name(side)}.there" for side in called(check))
    return f"CASE WHEN {pair} THEN concat_ws(', ', {', '.join(names)}) ELSE '' END"


def called(check: Check) -> tuple[str, str]:
    """How the two lists are named."""
    assert check.left is not None
    assert check.right is not None
    left, right = (
        side.called if side.called != "row" else usual for side, usual in ((check.left, "l"), (check.right, "r"))
    )
    return left, right


def columns(check: Check) -> list[str]:
    """The columns of both lists that are compared, as their expressions name them."""
    left, right = called(check)
    return [column for field in check.fields for column in (f"{left}.{field.name}", f"{right}.{field.other}")]


def read(kind: str, column: str) -> str:
    """A text as a type, null where it cannot be one without a loss."""
    raw = f"CAST({column} AS VARCHAR)"
    if kind == "text":
        return f"nullif(rtrim({raw}), '')"
    return f"CASE WHEN regexp_full_match({raw}, {text(_WRITTEN[kind])}) THEN {_local(kind, raw)} END"


def stored(kind: str, column: str) -> str:
    """A value of the new store as a type."""
    if kind == "text":
        return read(kind, column)
    return f"TRY_CAST({column} AS {'TIMESTAMPTZ' if kind == 'timestamp' else _SQL[kind]})"


def _local(kind: str, raw: str) -> str:
    cast = f"TRY_CAST({raw} AS {_SQL[kind]})"
    return f"timezone({text(settings().timezone)}, {cast})" if kind == "timestamp" else cast


def _differs(check: Check, compared: Compared) -> str:
    left, right = called(check)
    return differs(compared, f"{name(left)}.{name(compared.name)}", f"{name(right)}.{name(compared.other)}")


def differs(compared: Compared, left: str, right: str) -> str:
    """Whether two values differ: beyond the tolerance, one alone filled, or one that its type cannot take."""
    was, is_ = read(compared.type, left), stored(compared.type, right)
    apart = f"{was} IS DISTINCT FROM {is_}"
    if compared.type in NUMBERS and compared.within:
        apart = f"(({was} IS NULL) <> ({is_} IS NULL) OR coalesce(abs({was} - {is_}) > {compared.within:g}, false))"
    return f"({apart} OR ({left} IS NOT NULL AND {was} IS NULL))"


def levels(check: Check) -> str:
    """What is asked of the rows for the levels: a row a month (null: none, or it cannot be read)."""
    left, right = called(check)
    asked = [f"{_month(check)} AS month", "count(*) FILTER (WHERE side = 'both') AS pairs"]
    for place, compared in enumerate(check.fields):
        was, is_ = name(f"{left}_{compared.name}"), name(f"{right}_{compared.other}")
        asked.append(f"count({was}) AS filled_{place}")
        asked += [f"count({was}) - count({read(kind, was)}) AS fails_{place}_{kind}" for kind in _WRITTEN]
        asked.append(f"count(*) FILTER (WHERE side = 'both' AND {differs(compared, was, is_)}) AS value_{place}")
        asked.append(f"count(*) FILTER (WHERE side = 'both' AND ({was} IS NULL) <> ({is_} IS NULL)) AS empty_{place}")
        if compared.type in NUMBERS:
            asked.append(f"CAST(sum({read(compared.type, was)}) AS DOUBLE) AS left_{place}")
            asked.append(f"CAST(sum({stored(compared.type, is_)}) AS DOUBLE) AS right_{place}")
    return f"SELECT {', '.join(asked)} FROM ({{rows}}) AS rows GROUP BY ALL ORDER BY ALL"  # noqa: S608


def _month(check: Check) -> str:
    dated = next((field for field in check.fields if field.name == check.month), None)
    if dated is None:
        return "''"
    left, right = called(check)
    was, is_ = read(dated.type, name(f"{left}_{dated.name}")), stored(dated.type, name(f"{right}_{dated.other}"))
    day = f"coalesce({was}, {is_})"
    day = f"timezone({text(settings().timezone)}, {day})" if dated.type == "timestamp" else day
    return f"coalesce(strftime({day}, '%Y-%m'), '')"


def kept(check: Check, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The answer to `levels` as rows of CHECK_LEVELS: `schema` (of each column and type: `checked` values, `failed`
    ones), `columns` (of each column: pairs, those that differ; those filled on one side alone), `months` (sums)."""

    def total(column: str) -> int:
        return sum(int(row[column] or 0) for row in rows)

    kept_rows: list[dict[str, Any]] = []
    for place, compared in enumerate(check.fields):
        for kind in _WRITTEN:
            row_of = {"level": "schema", "field": compared.name, "how": kind, "checked": total(f"filled_{place}")}
            kept_rows.append({**row_of, "failed": total(f"fails_{place}_{kind}")})
        for how in ("value", "empty"):
            row_of = {"level": "columns", "field": compared.name, "how": how, "checked": total("pairs")}
            kept_rows.append({**row_of, "failed": total(f"{how}_{place}")})
        for row in rows if compared.type in NUMBERS else ():
            left, right = float(row[f"left_{place}"] or 0), float(row[f"right_{place}"] or 0)
            far = abs(left - right) > compared.within * row["pairs"] + SUM_NOISE * max(abs(left), abs(right))
            row_of = {"level": "months", "field": compared.name, "how": row["month"], "checked": row["pairs"]}
            kept_rows.append({**row_of, "failed": int(far), "left": left, "right": right})
    return [{**row, "squad": HOUSE} for row in kept_rows]
