"""A check as questions to the lake: its rows with the one outcome of each, how many there are, and scores.

Whatever an analyst wrote is read and written anew, and the whole passes the gate of declared SELECTs
(`core.declared.select`): it reads the tables of the check and nothing else, in the reader's scope. Then the tables are
made once more without rows and the question is asked of them, so that a column that is not there, a pattern that takes
more than linear time or a condition on the wrong kind is told when the check is declared, not at eight in the morning.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from core.base.i18n import _
from core.compare.sides import sides
from core.declared.select import SelectRefused, question, tried
from core.facts.parquet import name, text
from core.facts.query import Query
from core.facts.squads import HOUSE
from core.facts.tables import TEXT, FactTable
from core.rules.document import Where
from pages.checks import reconciled
from pages.checks.definitions import OF_THE_WHOLE, PARAMETERS, Check, Expectation, Outcome, Side

ROWS_KEPT = 2_000
"""So many rows of each outcome are kept behind a run, by key; all are counted."""
ALL_WELL = frozenset({"ok"})
"""Outcomes whose rows nobody needs to see: they are counted and not kept."""
MARKED = r"‹\0›"
"""What a pattern matched, in its text."""
_BLANKS = "\u00a0\u202f\t\r\n"
"""Signs that a key holds for a blank."""
_WORDS = frozenset({"check", "title", "meaning", "why", "says", "called"})
"""Fields of a check that hold words for people, and no SQL."""
ROW = ("outcome", "side", "key", "squad", "reason")
"""Columns that every row of a check has, before those that decided."""


@dataclass(frozen=True)
class Compiled:
    """The questions of a check.

    `rows` gives `outcome`, `side` (left, right, both, row), `key` (as it is written), `squad`, `reason` (what decided,
    as a text) and the columns that decided, at most ROWS_KEPT an outcome; `whole` the same rows, all of them;
    `counts` gives `outcome`, `squad`, `left` and `right` (rows; one list has `left` alone); `scores` gives
    `expectation`, `checked` and `passed`; `levels` what `reconciled.levels` says. `types`: the type of each column of
    `rows`, as DuckDB names it.
    """

    rows: Query
    whole: Query
    counts: Query
    scores: Query | None
    levels: Query | None
    types: Mapping[str, str] = field(default_factory=dict)


def compiled(check: Check, readable: Mapping[str, FactTable]) -> Compiled:
    """The questions of a check over tables by name. Raises SelectRefused with a sentence without its full stop."""
    there = tuple((table, readable[table]) for table in check.tables if table in readable)
    if unknown := sorted({*check.tables} - readable.keys()):
        raise SelectRefused(_("there is no table {names}").format(names=", ".join(unknown)), ("tables",))
    return _compiled(check, there)


@lru_cache(maxsize=500)
def _compiled(check: Check, there: tuple[tuple[str, FactTable], ...]) -> Compiled:
    tables = dict(there)
    for which, side in (("left", check.left), ("right", check.right), ("of", check.of)):
        if side is not None and side.select:
            _alone(side.select, tables, (which, "select"))
    kinds = {"compare": _compare, "match": _match, "expect": _expect, "sql": _own, "reconcile": _reconcile}
    rows = kinds[check.kind](check, tables)
    compiled = Compiled(
        rows=_asked(check, "rows", rows, tables, _KEPT),
        whole=_asked(check, "whole", rows, tables),
        counts=_asked(check, "counts", rows, tables, _COUNTS),
        scores=_asked(check, "scores", _scores(check, tables), tables) if check.kind == "expect" else None,
        levels=_asked(check, "levels", rows, tables, reconciled.levels(check)) if check.fields else None,
    )
    types, *_others = tried(
        [query for query in (compiled.whole, compiled.scores, compiled.levels) if query],
        tables.values(),
        dict(_texts(check.model_dump())),
    )
    return replace(compiled, types=types)


def _alone(select: str, tables: Mapping[str, FactTable], where: Where) -> None:
    """Look at a SELECT by itself: what is wrong is told at its field. Raises SelectRefused."""
    try:
        question("alone", select, tables, PARAMETERS)
    except SelectRefused as error:
        raise SelectRefused(str(error), where) from None


_COUNTS = """
SELECT outcome, squad, count(*) FILTER (WHERE side <> 'right') AS "left",
       count(*) FILTER (WHERE side IN ('right', 'both')) AS "right"
FROM ({rows}) AS rows GROUP BY ALL ORDER BY ALL
"""
_KEPT = f"""
SELECT * FROM ({{rows}}) AS rows WHERE outcome NOT IN ({", ".join(map(text, sorted(ALL_WELL)))})
QUALIFY row_number() OVER (PARTITION BY outcome ORDER BY key, side) <= {ROWS_KEPT} ORDER BY outcome, key, side
"""  # noqa: S608


def _asked(check: Check, what: str, sql: str, tables: Mapping[str, FactTable], of_rows: str = "{rows}") -> Query:
    return question(f"check_{check.check}_{what}", sql, tables, PARAMETERS, of_rows=of_rows, cap=1_000_000)


def _texts(declared: object, where: Where = ()) -> Iterator[tuple[Where, str]]:
    """What is written in a declaration, by its field."""
    if isinstance(declared, str):
        yield where, declared
    elif isinstance(declared, Mapping | list | tuple):
        for place, part in declared.items() if isinstance(declared, Mapping) else enumerate(declared):
            if place not in _WORDS:
                yield from _texts(part, (*where, place))


@lru_cache(maxsize=1000)
def expression(written: str) -> exp.Expr:
    """One expression, and nothing else; it is shared, so nobody changes it. Raises SelectRefused."""
    try:
        statements = sqlglot.parse(written, read="duckdb")
    except (SqlglotError, RecursionError):
        statements = []
    if (
        len(statements) != 1
        or statements[0] is None
        or isinstance(statements[0], exp.Query | exp.Command | exp.DDL | exp.DML)
    ):
        raise SelectRefused(_("“{text}” is no expression").format(text=written[:80]))
    return statements[0]


def _said_anew(written: str) -> str:
    return f"({expression(written).sql(dialect='duckdb', comments=False)})"


def _side(side: Side, tables: Mapping[str, FactTable]) -> str:
    """The rows of a side, with `squad`: whose each is; where its SELECT does not say it, the house's alone."""
    if side.select:
        rows = side.select.strip().rstrip(";")
        by_squad = any(table.squad for table in tables.values())
        if by_squad and "squad" not in _names(rows):
            rows = f"SELECT *, {text(HOUSE)} AS squad FROM ({rows}) AS given"  # noqa: S608
        elif not by_squad and "squad" not in _names(rows):
            rows = f"SELECT *, CAST(NULL AS VARCHAR) AS squad FROM ({rows}) AS given"  # noqa: S608
    else:
        if side.table not in tables:
            raise SelectRefused(
                _("the table {name} is not among its tables ({declared})").format(
                    name=side.table, declared=", ".join(sorted(tables))
                ),
                ("tables",),
            )
        table = tables[str(side.table)]
        empty = ", ".join(text(word.strip().lower()) for word in ("", *side.empty))
        parts = [
            _filled(name(column.name), empty) if column.type == TEXT and side.empty else name(column.name)
            for column in table.columns
            if column.name != "squad"
        ]
        parts.append(f"{name(table.squad)} AS squad" if table.squad else "CAST(NULL AS VARCHAR) AS squad")
        where = f" WHERE {_said_anew(side.where)}" if side.where else ""
        rows = f"SELECT {', '.join(parts)} FROM {name(table.name)}{where}"  # noqa: S608
    more = "".join(f", {_said_anew(column.value)} AS {name(column.name)}" for column in side.columns)
    return f"SELECT *{more} FROM ({rows}) AS given" if more else rows  # noqa: S608


def _filled(column: str, empty: str) -> str:
    """A column of texts, null where it holds one of those that stand for nothing."""
    return f"CASE WHEN lower(trim({column})) IN ({empty}) THEN NULL ELSE {column} END AS {column}"


def _names(select: str) -> list[str]:
    try:
        tree = sqlglot.parse_one(select, read="duckdb")
    except SqlglotError:
        return []  # the gate says what is wrong
    return [column.lower() for column in tree.named_selects] if isinstance(tree, exp.Query) else []


def _normal(written: str, check: Check) -> str:
    """A part of a key made comparable: no blanks around it, no-break spaces as spaces, capitals; nothing is no key.
    Leading zeros stay unless the check drops them. Most keys are of ASCII and hold no blank, which costs little to
    see."""
    raw = f"CAST({_said_anew(written)} AS VARCHAR)"
    tidied = f"trim(translate({raw}, {text(_BLANKS)}, {text(' ' * len(_BLANKS))}))"
    plain = " AND ".join(f"NOT contains({raw}, chr({ord(sign)}))" for sign in " \t\r\n")
    normal = f"upper(CASE WHEN strlen({raw}) = length({raw}) AND {plain} THEN {raw} ELSE {tidied} END)"
    if check.drop_zeros:
        normal = f"regexp_replace({normal}, '^0+(.)', '\\1')"
    if check.drop_accents:
        normal = f"strip_accents({normal})"
    return f"nullif({normal}, '')"


def _keyed(side: Side, keys: Sequence[str], check: Check, tables: Mapping[str, FactTable]) -> str:
    normal = "".join(f", {_normal(key, check)} AS k_{place}" for place, key in enumerate(keys))
    return f"SELECT *, {_raw(keys)} AS raw_key, true AS there{normal} FROM ({_side(side, tables)}) AS given"  # noqa: S608


def _raw(keys: Sequence[str]) -> str:
    return f"concat_ws(' · ', {', '.join(f'CAST({_said_anew(key)} AS VARCHAR)' for key in keys)})"


def _compare(check: Check, tables: Mapping[str, FactTable]) -> str:
    return _paired(check, tables, check.decided, check.show, "''")


def _reconcile(check: Check, tables: Mapping[str, FactTable]) -> str:
    return _paired(check, tables, reconciled.outcomes(check), reconciled.columns(check), reconciled.reason(check))


def _paired(
    check: Check, tables: Mapping[str, FactTable], outcomes: Sequence[Outcome], show: Sequence[str], reason: str
) -> str:
    assert check.left is not None
    assert check.right is not None
    left, right = reconciled.called(check)
    keys = [f"k_{place}" for place in range(len(check.key))]
    free = "".join(f", CASE WHEN apart IS NULL THEN {key} END AS j_{place}" for place, key in enumerate(keys))
    a, b = name(left), name(right)
    same = " AND ".join(f"{a}.j_{place} = {b}.j_{place}" for place in range(len(keys)))
    on = {
        "any": "true",
        "both": f"{a}.there AND {b}.there",
        "left": f"{b}.there IS NULL",
        "right": f"{a}.there IS NULL",
    }
    cases = "".join(f" WHEN {on[outcome.on]} AND {_when(outcome)} THEN {text(outcome.outcome)}" for outcome in outcomes)
    shown = "".join(
        f", {name(side)}.{name(column)} AS {name(f'{side}_{column}')}"
        for side, column in _decisive((*(outcome.when for outcome in outcomes if outcome.when), *show), (left, right))
    )
    return (
        f"WITH l AS MATERIALIZED ({_keyed(check.left, check.key, check, tables)}), "  # noqa: S608
        f"r AS MATERIALIZED ({_keyed(check.right, check.right_key or check.key, check, tables)}), {sides(keys)}, "
        f"left_free AS (SELECT *{free} FROM left_side), right_free AS (SELECT *{free} FROM right_side) "
        f"SELECT CASE WHEN {a}.apart IS NOT NULL THEN {a}.apart WHEN {b}.apart IS NOT NULL THEN {b}.apart{cases} "
        f"ELSE 'other' END AS outcome, "
        f"CASE WHEN {b}.there IS NULL THEN 'left' WHEN {a}.there IS NULL THEN 'right' ELSE 'both' END AS side, "
        f"coalesce({a}.raw_key, {b}.raw_key) AS key, "
        f"CASE WHEN {a}.squad <> {b}.squad THEN {text(HOUSE)} ELSE coalesce({a}.squad, {b}.squad) END AS squad, "
        f"{reason} AS reason{shown} FROM left_free AS {a} FULL JOIN right_free AS {b} ON {same}"
    )


def _when(outcome: Outcome) -> str:
    return _said_anew(outcome.when) if outcome.when else "true"


def _decisive(written: Sequence[str], called: tuple[str, str]) -> list[tuple[str, str]]:
    """The columns of both sides that decide, or that are to be shown, as (side, column)."""
    columns: dict[tuple[str, str], None] = {}
    for each in written:
        for column in expression(each).find_all(exp.Column):
            if column.table in called:
                columns[column.table, column.name] = None
    return list(columns)


def _shown(check: Check, more: Sequence[str] = ()) -> str:
    """The columns of one list that decide, or are to be shown."""
    names: dict[str, None] = dict.fromkeys(more)
    for written in (*(rule.when for rule in check.decided if rule.when), *check.show):
        names |= dict.fromkeys(column.name for column in expression(written).find_all(exp.Column))
    return "".join(f", {name(column)}" for column in names if column not in (*ROW, "matched"))


def _match(check: Check, tables: Mapping[str, FactTable]) -> str:
    assert check.of is not None
    anew = _said_anew(check.text)
    matches = [f"regexp_matches(vigie_text, {text(pattern.pattern)})" for pattern in check.patterns]
    which = " ".join(
        f"WHEN {match} THEN {text(pattern.name)}" for pattern, match in zip(check.patterns, matches, strict=True)
    )
    groups: dict[str, list[str]] = {}
    for pattern, match in zip(check.patterns, matches, strict=True):
        for group, place in places(pattern.pattern).items():
            taken = f"WHEN {match} THEN nullif(regexp_extract(vigie_text, {text(pattern.pattern)}, {place}), '')"
            groups.setdefault(group, []).append(taken)
    taken_groups = "".join(f", CASE {' '.join(cases)} END AS {name(group)}" for group, cases in groups.items())
    cases = "".join(f" WHEN {_when(rule)} THEN {text(rule.outcome)}" for rule in check.decided)
    marked = [
        f"WHEN {match} THEN regexp_replace(vigie_text, {text(pattern.pattern)}, {text(MARKED)})"
        for pattern, match in zip(check.patterns, matches, strict=True)
    ]
    last = "other" if check.decided else "ok"
    shape = "regexp_replace(regexp_replace(vigie_text, '[0-9]+', '9', 'g'), '\\p{L}+', 'A', 'g')"
    return (
        f"WITH given AS (SELECT *, {anew} AS vigie_text, {_raw(check.key)} AS raw_key "  # noqa: S608
        f"FROM ({_side(check.of, tables)}) AS listed), "
        f"matched AS (SELECT *, CASE {which} END AS matched{taken_groups} FROM given) "
        f"SELECT CASE WHEN matched IS NULL THEN 'unmatched'{cases} ELSE {text(last)} END AS outcome, "
        f"'row' AS side, raw_key AS key, squad, "
        f"CASE WHEN matched IS NULL THEN {shape} ELSE matched END AS reason, "
        f"CASE {' '.join(marked)} ELSE vigie_text END AS texte"
        f"{_shown(check, list(groups))} FROM matched"
    )


def places(pattern: str) -> dict[str, int]:
    """The named groups of a pattern, and the number of each among all that it takes out. Raises SelectRefused where
    there are more than nine."""
    groups, number, at, listed = dict[str, int](), 0, 0, False
    while at < len(pattern):
        sign = pattern[at]
        if sign == "\\":
            at += 1
        elif sign == "[":
            listed = True
        elif sign == "]":
            listed = False
        elif sign == "(" and not listed:
            rest = pattern[at + 1 :]
            if rest.startswith(("?P<", "?<")) and not rest.startswith(("?<=", "?<!")):
                number += 1
                groups[rest[rest.index("<") + 1 :].partition(">")[0]] = number
            elif not rest.startswith("?"):
                number += 1
        at += 1
    if number > 9:
        raise SelectRefused(_("a pattern takes out nine groups at most"))
    if own := sorted({*groups} & {*ROW, "matched", "texte"}):
        raise SelectRefused(_("groups are called otherwise than {names}").format(names=", ".join(own)))
    return groups


def _failing(expectation: Expectation, until: str) -> tuple[str, str]:
    """(what holds of a row that the rule is about, what holds of one that fails it)."""
    columns = [name(column) for column in expectation.columns]
    first = columns[0] if columns else "true"
    filled = " AND ".join(f"{column} IS NOT NULL" for column in columns) or "true"
    match expectation.rule:
        case "not_null":
            return "true", f"nullif(trim(CAST({first} AS VARCHAR)), '') IS NULL"
        case "unique":
            return filled, f"count(*) OVER (PARTITION BY {', '.join(columns)}) > 1"
        case "in_set":
            return filled, f"CAST({first} AS VARCHAR) NOT IN ({', '.join(map(text, expectation.values))})"
        case "regex":
            return filled, f"NOT regexp_full_match(CAST({first} AS VARCHAR), {text(expectation.pattern)})"
        case "range":
            below = f"{first} < {expectation.least:g}" if expectation.least is not None else "false"
            above = f"{first} > {expectation.most:g}" if expectation.most is not None else "false"
            return filled, f"({below} OR {above})"
        case "date_order":
            return filled, f"{columns[0]} > {columns[1]}"
        case "foreign_key":
            its = name(str(expectation.other))
            other = f"{name(str(expectation.table))} AS other WHERE other.{its} = given.{columns[0]}"
            return filled, f"NOT EXISTS (SELECT 1 FROM {other})"  # noqa: S608
        case "sql":
            return filled, f"coalesce({_said_anew(expectation.fails)}, false)"
        case "row_count_between":
            least = expectation.least if expectation.least is not None else 0
            above = f"count(*) > {expectation.most:g}" if expectation.most is not None else "false"
            return "true", f"(count(*) < {least:g} OR {above})"
        case _:
            return "true", f"coalesce(max({first}) < {until} - to_seconds({(expectation.hours or 0) * 3600:g}), true)"


def _of_rows(check: Check) -> list[Expectation]:
    return [expectation for expectation in check.expectations if expectation.rule not in OF_THE_WHOLE]


def _flagged(check: Check, tables: Mapping[str, FactTable]) -> str:
    assert check.of is not None
    flags = []
    for place, expectation in enumerate(_of_rows(check)):
        about, fails = _failing(expectation, "$until")
        flags += [f"({about}) AS about_{place}", f"(({about}) AND ({fails})) AS fails_{place}"]
    more = "".join(f", {flag}" for flag in flags)
    return f"SELECT *{more} FROM ({_side(check.of, tables)}) AS given"  # noqa: S608


def _expect(check: Check, tables: Mapping[str, FactTable]) -> str:
    of_rows = _of_rows(check)
    for place, expectation in enumerate(check.expectations):
        _there(expectation, tables, ("expectations", place, "other"))
    failed = ", ".join(
        f"CASE WHEN fails_{place} THEN {text(expectation.name)} END" for place, expectation in enumerate(of_rows)
    )
    reason = f"concat_ws(', ', {failed})" if failed else "''"
    columns = dict.fromkeys(column for expectation in of_rows for column in expectation.columns)
    return (
        f"SELECT CASE WHEN {reason} = '' THEN 'ok' ELSE 'failing' END AS outcome, 'row' AS side, "  # noqa: S608
        f"{_raw(check.key)} AS key, squad, {reason} AS reason{_shown(check, list(columns))} "
        f"FROM ({_flagged(check, tables)}) AS flagged"
    )


def _there(expectation: Expectation, tables: Mapping[str, FactTable], where: Where) -> None:
    """Raises SelectRefused where a foreign key names a column that its table has not."""
    other = tables.get(expectation.table or "")
    known = [column.name for column in other.columns] if other else []
    if known and expectation.other not in known:
        template = _("the table {table} has no column {name}; it has {known}")
        raise SelectRefused(
            template.format(table=expectation.table, name=expectation.other, known=", ".join(known)), where
        )


def _scores(check: Check, tables: Mapping[str, FactTable]) -> str:
    assert check.of is not None
    of_rows = _of_rows(check)
    parts = [
        f"SELECT {text(expectation.name)} AS expectation, count(*) FILTER (WHERE about_{place}) AS checked, "  # noqa: S608
        f"count(*) FILTER (WHERE about_{place} AND NOT fails_{place}) AS passed FROM flagged"
        for place, expectation in enumerate(of_rows)
    ]
    parts += [
        f"SELECT {text(expectation.name)} AS expectation, 1 AS checked, "  # noqa: S608
        f"CASE WHEN {_failing(expectation, '$until')[1]} THEN 0 ELSE 1 END AS passed FROM flagged"
        for expectation in check.expectations
        if expectation.rule in OF_THE_WHOLE
    ]
    return f"WITH flagged AS ({_flagged(check, tables)}) {' UNION ALL '.join(parts)}"


def _own(check: Check, tables: Mapping[str, FactTable]) -> str:
    assert check.of is not None
    cases = "".join(f" WHEN {_when(rule)} THEN {text(rule.outcome)}" for rule in check.decided)
    return (
        f"SELECT CASE{cases} ELSE 'other' END AS outcome, 'row' AS side, {_raw(check.key)} AS key, squad, "  # noqa: S608
        f"'' AS reason{_shown(check)} FROM ({_side(check.of, tables)}) AS listed"
    )
