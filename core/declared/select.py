"""SELECTs that people declare: parsed, limited to the tables they name, bound to typed parameters, ended in time.

What runs is not the text but what was understood of it, written anew: nothing runs that was not looked at. It runs in
the query core, on views of the reader's scope: whatever it asks, it sees what the person may see.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

import duckdb
import sqlalchemy as sa
from sqlglot import exp
from sqlglot.errors import SqlglotError

from core.base.i18n import _
from core.declared.statements import parsed
from core.facts import apart
from core.facts.parquet import name as quoted
from core.facts.parquet import sql_type
from core.facts.query import Query, waited
from core.facts.tables import FactTable, given_name
from core.rules.document import Where

LONGEST = 20_000
"""Signs of a SELECT."""
SECONDS = 60.0
"""After so long a declared SELECT is ended."""
_FROM_FUNCTIONS = frozenset({"unnest", "range", "generate_series"})
"""What may stand in place of a table: rows made of values alone."""
_TRIED_SECONDS = 15.0
_ASKS_OF_THE_HOUSE = re.compile(
    r"current_|pg_|duckdb_|pragma_|has_|inet_|getenv|getvariable|in_search_path|col_description|obj_description|"
    r"shobj_description|format_pg_type|format_type|generate_subscripts|get_block_size|map_to_pg_oid|session_user|user$|"
    r"nextval|currval|txid|version|which_secret|write_log|sleep|stats$|error$|json_serialize_sql|json_deserialize_sql|"
    r"parse_duckdb_log|"
    r"get_current_|now$|today$|ago$|transaction_timestamp|random|setseed|uuid|gen_random|hash$"
)
"""Functions that tell of the machine, the session or the moment, that wait, or that answer otherwise each time."""
_CALLED_BY_NAME = frozenset(
    {
        *("current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"),
        *("user", "current_user", "session_user", "current_role", "current_catalog", "current_schema"),
    }
)
"""Functions that are called without brackets, where no column bears their name."""
_NO_COLUMN = re.compile(
    r'Binder Error: (?:Referenced column|Values list "[^"]*" does not have a column named) "(?P<name>[^"]+)"'
)
_BY_CHANCE = frozenset({"approx_quantile", "approx_top_k", "reservoir_quantile"})
"""Functions whose answer no order of rows settles."""
_IN_TURN = frozenset(
    {
        *("mode", "any_value", "arbitrary", "first", "last", "list", "array_agg"),
        *("string_agg", "group_concat", "listagg"),
        *("row_number", "ntile", "lag", "lead", "first_value", "last_value", "nth_value"),
    }
)
"""Functions whose answer depends on the order in which rows come, which is chance unless it is said."""
_SOME: Mapping[type, Any] = {
    date: date(2026, 1, 1),
    datetime: datetime(2026, 1, 1, tzinfo=UTC),
    str: "",
    int: 0,
    float: 0.0,
    bool: False,
}
"""Something of each kind of parameter, to try a question with."""
_PLACE = re.compile(r"vigie_parameter_([a-z][a-z0-9_]*)_here")


class SelectRefused(ValueError):
    """Why a SELECT is not run, as a sentence without its full stop; it names the line where it can. `where`: the field
    of the declaration that is meant, where there are several."""

    def __init__(self, problem: str, where: Where = ()) -> None:
        super().__init__(problem)
        self.where = where


@lru_cache(maxsize=200)
def _understood(text: str) -> tuple[exp.Query, str, str]:
    """The one query of a text, and how it is written anew: its common table expressions, and the rest of it. Raises
    SelectRefused."""
    if len(text) > LONGEST or "\0" in text or _PLACE.search(text):
        raise SelectRefused(_("a SELECT has at most {n} signs, and text alone").format(n=LONGEST))
    try:
        statements = parsed(text, "duckdb")
    except SqlglotError as error:
        raise SelectRefused(_unreadable(error)) from None
    except RecursionError:
        raise SelectRefused(_("it is nested too deeply")) from None
    if len(statements) != 1 or not isinstance(statements[0], exp.Query) or isinstance(statements[0], exp.Table):
        raise SelectRefused(_("one SELECT is expected here, and nothing else"))
    try:
        tree = statements[0]
        if tree.find(exp.Create, exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Command, exp.Into, exp.Lock):
            raise SelectRefused(_("it may read and nothing else"))
        rest = tree.transform(_placed)
        clause = rest.args.pop("with_", None)
        before = clause.sql(dialect="duckdb", comments=False) + " " if clause is not None else ""
        return tree, before, rest.sql(dialect="duckdb", comments=False)
    except RecursionError:
        raise SelectRefused(_("it is nested too deeply")) from None


def _unreadable(error: SqlglotError) -> str:
    errors = getattr(error, "errors", None)
    if not errors or not errors[0].get("line"):
        return _("it cannot be read as SQL")
    sentence = _("it cannot be read as SQL at line {line}, column {column}, near “{near}”")
    return sentence.format(line=errors[0]["line"], column=errors[0]["col"], near=str(errors[0]["highlight"])[:40])


def _placed(node: exp.Expr) -> exp.Expr:
    """A parameter as a name that nothing else bears, for `sa.text` to bind."""
    if isinstance(node, exp.Placeholder | exp.Parameter):
        return exp.to_identifier(f"vigie_parameter_{_name_of(node)}_here")
    return node


def _name_of(node: exp.Expr) -> str:
    name = node.name if isinstance(node, exp.Parameter) else str(node.this or "")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise SelectRefused(_("parameters are written as $name, in small letters"))
    return name


def parameters(text: str) -> frozenset[str]:
    """Names of the parameters that a SELECT takes. Raises SelectRefused."""
    return frozenset(_name_of(node) for node in _understood(text)[0].find_all(exp.Placeholder, exp.Parameter))


def tables(text: str) -> frozenset[str]:
    """Names of the tables that a SELECT reads, in small letters. Raises SelectRefused."""
    return frozenset(table.name.lower() for table in _tables(_understood(text)[0], frozenset()))


def _tables(node: exp.Expr, known: frozenset[str]) -> Iterator[exp.Table]:
    """The tables read, common table expressions left out where their name holds."""
    clause = node.args.get("with_") or node.args.get("with")
    if clause is not None:
        for expression in clause.expressions:
            name = expression.alias.lower()
            yield from _tables(expression.this, known | {name} if clause.args.get("recursive") else known)
            known |= {name}
    if isinstance(node, exp.Table):
        yield from _table(node, known)
    for part in node.iter_expressions():
        if part is not clause:
            yield from _tables(part, known)


def _table(node: exp.Table, known: frozenset[str]) -> Iterator[exp.Table]:
    if isinstance(node.this, exp.Func):
        return  # looked at with all functions
    if node.args.get("db") or node.args.get("catalog"):
        raise SelectRefused(_("a table is named alone, without a schema: “{name}”").format(name=node.sql("duckdb")))
    if not isinstance(node.this, exp.Identifier):
        raise SelectRefused(_("“{name}” is no table that may be read").format(name=node.sql("duckdb")[:80]))
    if node.name.lower() not in known:
        yield node


@lru_cache(maxsize=1)
def _parser() -> duckdb.DuckDBPyConnection:
    """A database of nothing, which reads statements without running them; a cursor a use."""
    return duckdb.connect()


@lru_cache(maxsize=1)
def _functions() -> frozenset[str]:
    """Functions that a SELECT may call: DuckDB's own, but those that ask of the house or answer by chance."""
    with _parser().cursor() as connection:
        rows = connection.execute(
            "SELECT DISTINCT lower(function_name) FROM duckdb_functions() "
            "WHERE function_type IN ('scalar', 'aggregate', 'macro')"
        ).fetchall()
    return frozenset(name for (name,) in rows if not _ASKS_OF_THE_HOUSE.match(name)) - _BY_CHANCE


@lru_cache(maxsize=200)
def _looked_at(statement: str) -> None:
    """Look at a statement as DuckDB itself reads it. Raises SelectRefused."""
    with _parser().cursor() as connection:
        (serialized,) = connection.execute("SELECT json_serialize_sql(?)", [statement]).fetchone() or ("{}",)
    tree = json.loads(serialized)
    if tree.get("error") or len(tree.get("statements", ())) != 1:
        raise SelectRefused(_("it cannot be read as SQL: {reason}").format(reason=str(tree.get("error_message"))[:200]))
    nodes = list(_nodes(tree["statements"]))
    for node in nodes:
        _rows_in_order(node)
        if node.get("class") in {"FUNCTION", "WINDOW"}:
            _function(str(node["function_name"]).lower(), node)
            _in_order(str(node["function_name"]).lower(), node)
        elif node.get("class") == "COLUMN_REF" and len(names := node["column_names"]) == 1:
            if names[0].lower() in _CALLED_BY_NAME:
                sentence = _("“{name}” may not be asked here; of a column of that name, write its table before it")
                raise SelectRefused(sentence.format(name=names[0]))
        elif node.get("type") == "TABLE_FUNCTION":
            name = str(node["function"]["function_name"]).lower()
            if name not in _FROM_FUNCTIONS:
                raise SelectRefused(_("“{name}” is no table that may be read").format(name=name))
        elif node.get("type") == "BASE_TABLE" and (node.get("schema_name") or node.get("catalog_name")):
            raise SelectRefused(_("a table is named alone, without a schema: “{name}”").format(name=node["table_name"]))


def _function(name: str, node: Mapping[str, Any]) -> None:
    of_a_window = node.get("class") == "WINDOW" and not str(node.get("type")).endswith("AGGREGATE")
    if not (of_a_window or node.get("is_operator") or name in _functions() or name in _FROM_FUNCTIONS):
        raise SelectRefused(_("the function “{name}” may not be called here").format(name=name))


def _in_order(name: str, node: Mapping[str, Any]) -> None:
    """Raise SelectRefused where the order of rows decides what a function answers, and none is said."""
    of_a_window = node.get("class") == "WINDOW"
    by_rows = of_a_window and any(str(node.get(end)).endswith("_ROWS") for end in ("start", "end"))
    if node.get("orders") if of_a_window else (node.get("order_bys") or {}).get("orders"):
        return
    if node.get("arg_orders") and not by_rows:
        return
    if name in _IN_TURN or by_rows:
        form = f"{name}(…) OVER (ORDER BY …)" if of_a_window else f"{name}(x ORDER BY x)"
        sentence = _("what “{name}” answers is chance unless the order is said: write “{form}”")
        raise SelectRefused(sentence.format(name=name, form=form))


def _rows_in_order(node: Mapping[str, Any]) -> None:
    """Raise SelectRefused where chance decides which rows there are."""
    if node.get("sample"):
        raise SelectRefused(_("a sample holds other rows each time: choose them by a condition"))
    modifiers = {modifier["type"]: modifier for modifier in node.get("modifiers") or ()}
    cut = modifiers.keys() & {"LIMIT_MODIFIER", "LIMIT_PERCENT_MODIFIER"}
    chosen = modifiers.get("DISTINCT_MODIFIER", {}).get("distinct_on_targets")
    if (cut or chosen) and "ORDER_MODIFIER" not in modifiers:
        raise SelectRefused(_("which rows remain is chance unless their order is said: write ORDER BY with it"))


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def question(
    name: str,
    text: str,
    readable: Mapping[str, FactTable],
    kinds: Mapping[str, type],
    *,
    of_rows: str = "{rows}",
    cap: int = 100_000,
) -> Query:
    """A SELECT as a question to the query core: it reads `readable` tables, by their names, and takes those of the
    parameters `kinds` (name → Python type) that it names. The same text is the same question. Raises SelectRefused.

    `of_rows`: what the house asks of its rows, as SQL that names them `{rows}` and is not looked at. Common table
    expressions stand before it, so that columns nobody asks for are not worked out.
    """
    return _question(name, text, tuple(sorted(readable.items())), tuple(sorted(kinds.items(), key=str)), of_rows, cap)


@lru_cache(maxsize=200)
def _question(
    name: str,
    text: str,
    readable: tuple[tuple[str, FactTable], ...],
    kinds: tuple[tuple[str, type], ...],
    of_rows: str,
    cap: int,
) -> Query:
    _tree, before, rest = _understood(text)
    by_name, types = {key.lower(): table for key, table in readable}, dict(kinds)
    if beyond := sorted(tables(text) - by_name.keys()):
        sentence = _("it reads {tables}, which is not among its tables ({declared})")
        raise SelectRefused(sentence.format(tables=", ".join(beyond), declared=", ".join(sorted(by_name))))
    if unknown := sorted(parameters(text) - types.keys()):
        sentence = _("there is no parameter {names}; there are {known}")
        known = ", ".join(f"${name}" for name in sorted(types))
        raise SelectRefused(sentence.format(names=", ".join(f"${name}" for name in unknown), known=known))
    _looked_at(_PLACE.sub("?", before + rest))
    written = before + of_rows.replace("{rows}", rest)
    bound = _PLACE.sub(r":\1", written.replace(":", "\\:"))
    answer = sa.text(f"({bound}) AS answer")
    select = sa.select(sa.text("*")).select_from(answer)
    given = {parameter: types[parameter] for parameter in sorted(parameters(text))}
    read = tuple(by_name[table] for table in sorted(tables(text)))
    return Query(name=name, select=select, tables=read, params=given, cap=cap, seconds=SECONDS)


def tried(queries: Iterable[Query], tables: Iterable[FactTable], texts: Mapping[Where, str]) -> list[dict[str, str]]:
    """Have DuckDB understand some questions to tables without rows, so that what is wrong is told before there are any:
    the columns of each answer with their types, as DuckDB names them. `texts`: what their author wrote, by the field of
    the declaration. Raises SelectRefused; QueryFailed where others keep it waiting."""
    bodies, names, columns_by_statement = {}, list[str](), []
    for table in tables:
        names += [column.name for column in table.columns]
        columns = [f"CAST(NULL AS {sql_type(column)}) AS {quoted(column.name)}" for column in table.columns]
        columns += [f"CAST(NULL AS BOOLEAN) AS {quoted(given_name(column))}" for column in table.personal]
        bodies[table.name] = f"SELECT {', '.join(columns)} WHERE false"
    try:
        for query in queries:
            given = {name: _SOME[kind] for name, kind in query.params.items()}
            statement, places = query.bound(query.values(given), capped=True)
            described = apart.answer(None, bodies, f"DESCRIBE {statement}", places, _TRIED_SECONDS)
            columns_by_statement.append(
                dict(zip(described["column_name"].to_pylist(), described["column_type"].to_pylist(), strict=True))
            )
    except apart.Waited:
        raise waited() from None
    except (duckdb.InterruptException, duckdb.OutOfMemoryException):
        raise SelectRefused(_("it takes too much time or memory also without any rows")) from None
    except duckdb.Error as error:
        raise _refused(str(error), texts, names) from None
    return columns_by_statement


def _refused(error: str, texts: Mapping[Where, str], names: list[str]) -> SelectRefused:
    """What DuckDB says is wrong: where a column is that there is not, with the nearest `names`, else its first line."""
    missing = _NO_COLUMN.match(error)
    for where, text in texts.items() if missing else ():
        for column in _columns(text):
            if missing and column.name.lower() == missing["name"].lower() and "line" in column.this.meta:
                line, end = column.this.meta["line"], column.this.meta["col"]
                sentence = _(
                    "there is no column “{name}”: line {line}, column {column} of “{text}”; the nearest are: {near}"
                )
                place = {"name": column.name, "line": line, "column": end - len(column.name) + 1}
                known = re.findall(r'"([^"]+)"', error.partition("Candidate bindings")[2].partition("LINE")[0]) or names
                near = ", ".join(get_close_matches(column.name, known, cutoff=0.5) or known[:3])
                first = text.strip().splitlines()[0][:40]
                return SelectRefused(sentence.format(**place, text=first, near=near or "–"), where)
    first = error.splitlines()[0].partition("Error:")[2].strip() or error
    return SelectRefused(_("DuckDB refuses it: {reason}").format(reason=first[:300].rstrip(".")))


def _columns(text: str) -> list[exp.Column]:
    try:
        return [column for tree in parsed(text, "duckdb") for column in tree.find_all(exp.Column)]
    except (SqlglotError, RecursionError):
        return []
