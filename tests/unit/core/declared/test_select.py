"""A declared SELECT reads the tables it names, in its person's scope, with bound parameters, and nothing else."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.base.errors import QueryFailed
from core.declared import select
from core.declared.select import SelectRefused, question
from core.facts.lake import Lake
from core.facts.query import Warehouse
from core.facts.tables import TEXT, Column, FactTable
from core.people.person import EVERYTHING, Scope
from tests.unit.core.facts.jobs import JOBS, batch, job

OTHERS = FactTable("others", JOBS.columns, JOBS.key, JOBS.time)
PEOPLE = FactTable("people", (*JOBS.columns, Column("who", TEXT, "who", personal=True)), JOBS.key, JOBS.time)
KINDS = {"first": date, "since": datetime, "word": str, "least": float}


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(tmp_path / "lake")
    lake.land(JOBS, batch(job("a", team="T"), job("b", team="U"), job("c")))
    return lake


def ask(lake: Lake, text: str, scope: Scope = EVERYTHING, **given: Any) -> list[Any]:
    house = Warehouse(lake, {"work": (JOBS, OTHERS)})
    asked = question("asked", text, {"jobs": JOBS}, KINDS)
    rows: list[Any] = house.reader(scope).run(asked, **given).table.to_pylist()
    return rows


def test_it_counts_what_its_person_may_see(lake: Lake) -> None:
    text = "SELECT count(*) AS n FROM jobs"
    assert ask(lake, text) == [{"n": 3}]
    assert ask(lake, text, Scope(frozenset({"T"}))) == [{"n": 2}]


def test_people_stay_hidden_from_whoever_is_not_told_them(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    lake.land(PEOPLE, batch(job("a")).append_column("who", [["Ana"]]))
    house = Warehouse(lake, {"work": (PEOPLE,)})
    asked = question("asked", "SELECT who, who_given FROM people", {"people": PEOPLE}, {})
    told = {scope: house.reader(scope).run(asked).table.to_pylist() for scope in (EVERYTHING, Scope(None))}
    assert list(told.values()) == [[{"who": "Ana", "who_given": True}], [{"who": None, "who_given": True}]]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("WITH t AS (SELECT job FROM jobs) SELECT max(job) AS n FROM t", [{"n": "c"}]),
        ("FROM jobs SELECT count(*) AS n", [{"n": 3}]),
        ("SELECT n FROM range(2) AS r(n) ORDER BY n", [{"n": 0}, {"n": 1}]),
        ("SELECT unnest([1]) AS n", [{"n": 1}]),
        ("SELECT job AS n FROM jobs UNION SELECT 'z' ORDER BY n DESC LIMIT 1", [{"n": "z"}]),
        ("SELECT job AS n FROM jobs QUALIFY row_number() OVER (ORDER BY job) = 2", [{"n": "b"}]),
        ("SELECT list_transform([1], x -> x + 1)[1] AS n", [{"n": 2}]),
        (
            "SELECT lpad('7', 2, '0') || repeat('-', 1 + 2) || printf('%0*d', 2, 7) || range(3)[3] AS n",
            [{"n": "07---072"}],
        ),
        ("SELECT regexp_extract('a:b\\c', '(\\w):(\\w)', 2) AS n -- :no", [{"n": "b"}]),
        ("SELECT 'it''s $first :first' AS n", [{"n": "it's $first :first"}]),
        ("SELECT count(*) FILTER (WHERE team IS NULL) AS n FROM JOBS;", [{"n": 1}]),
        ("SELECT 1 AS n WHERE EXISTS (SELECT 1 FROM jobs)", [{"n": 1}]),
    ],
)
def test_what_analysts_write_is_answered(lake: Lake, text: str, rows: list[Any]) -> None:
    assert ask(lake, text) == rows


def test_parameters_are_bound_never_joined(lake: Lake) -> None:
    hostile = "x' OR '1'='1"
    assert ask(lake, "SELECT job FROM jobs WHERE team = $word", word="T") == [{"job": "a"}]
    assert ask(lake, "SELECT job FROM jobs WHERE team = $word", word=hostile) == []
    assert ask(lake, "SELECT $first::date + 1 AS n", first=date(2026, 1, 1)) == [{"n": date(2026, 1, 2)}]
    assert select.parameters("SELECT $first, $least > 1, $first") == {"first", "least"}


HOSTILE = [
    "SELECT " + "array[" * 40 + "1" + "]" * 40,
    "SELECT " + "struct(" * 40 + "1" + ")" * 40,
    "SELECT * FROM others",
    "SELECT * FROM main.jobs",
    "SELECT * FROM s1.jobs",
    "SELECT * FROM memory.main.jobs",
    "SELECT * FROM 'data.csv'",
    'SELECT * FROM "/etc/passwd"',
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM parquet_scan('lake/**')",
    "SELECT * FROM glob('*')",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM duckdb_tables",
    "SELECT * FROM pragma_database_list",
    "SELECT * FROM sqlite_master",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM query('SELECT 1')",
    "SELECT * FROM query_table('others')",
    "SELECT * FROM (WITH others AS (SELECT 1) SELECT 1) AS t, others",
    "SELECT (SELECT count(*) FROM others) FROM jobs",
    "SELECT * FROM jobs JOIN LATERAL (SELECT * FROM others) AS o ON true",
    "SELECT * FROM jobs WHERE job IN (SELECT job FROM others)",
    "SELECT 1 FROM jobs UNION ALL SELECT 1 FROM others",
    "WITH RECURSIVE t AS (SELECT 1 UNION ALL SELECT 1 FROM others) SELECT * FROM t",
    "SELECT /* jobs */ * FROM others -- jobs",
    "SELECT * FROM (PIVOT others ON team USING count(*))",
    "SELECT getenv('HOME')",
    "SELECT 'HOME'.getenv()",
    "SELECT current_setting('temp_directory')",
    "SELECT current_database(), version()",
    "SELECT pg_sleep(10)",
    "SELECT sleep_ms(10)",
    "SELECT write_log('x')",
    "SELECT now()",
    "SELECT current_date",
    "SELECT random()",
    "SELECT nextval('s')",
    "SELECT json_execute_serialized_sql('x')",
    "SELECT 1; SELECT 2",
    "SELECT 1; DROP TABLE jobs",
    "DROP TABLE jobs",
    "INSERT INTO jobs SELECT * FROM jobs",
    "COPY jobs TO 'x.csv'",
    "COPY (SELECT 1) TO 'x.csv'",
    "ATTACH 'x.db'",
    "SET memory_limit = '1TB'",
    "PRAGMA database_list",
    "INSTALL httpfs",
    "LOAD httpfs",
    "CALL duckdb_settings()",
    "DESCRIBE jobs",
    "EXPLAIN SELECT 1",
    "CREATE MACRO m() AS 1",
    "USE main",
    "VACUUM",
    "",
    "-- nothing",
    "SELECT * FROM jobs WHERE team = $nobody",
    "SELECT $1 FROM jobs",
    "SELECT ? FROM jobs",
    "SELECT job FROM jobs WHERE (",
    "SELECT " + "(" * 3000 + "1" + ")" * 3000,
    "SELECT vigie_parameter_word_here FROM jobs",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_reaches_beyond_its_tables_is_refused_before_it_runs(text: str) -> None:
    with pytest.raises(SelectRefused):
        question("asked", text, {"jobs": JOBS}, KINDS)


@pytest.mark.parametrize(
    "asked",
    [
        *("mode(team)", "any_value(team)", "arbitrary(team)", "first(team)", "last(team)", "list(team)"),
        *("array_agg(DISTINCT team)", "string_agg(team, ',')", "group_concat(team)", "ARRAY(SELECT team FROM jobs)"),
        *("row_number() OVER (PARTITION BY team)", "lag(team) OVER ()", "first_value(team) OVER ()"),
        "count(*) OVER (ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)",
        "first(job ORDER BY job) OVER (ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)",
        *("approx_quantile(1, 0.5)", "job FROM jobs LIMIT 1 --", "job FROM jobs LIMIT 10% --"),
        *("job FROM (FROM jobs OFFSET 1) --", "DISTINCT ON (team) job", "job FROM jobs USING SAMPLE 1 --"),
        "job FROM jobs TABLESAMPLE 10% --",
    ],
)
def test_what_chance_decides_is_refused(asked: str) -> None:
    with pytest.raises(SelectRefused):
        question("asked", f"SELECT {asked} FROM jobs", {"jobs": JOBS}, {})


def test_what_to_write_in_place_of_chance_is_told_and_is_answered(lake: Lake) -> None:
    with pytest.raises(SelectRefused) as refused:
        question("asked", "SELECT mode(team) FROM jobs", {"jobs": JOBS}, {})
    assert str(refused.value).endswith("écrivez «\u202fmode(x ORDER BY x)\u202f»")
    text = "SELECT mode(team ORDER BY team) AS m, first(job ORDER BY job DESC) AS f, list(job ORDER BY job) AS l, "
    text += "string_agg(job, '' ORDER BY job DESC) AS s FROM jobs"
    assert ask(lake, text) == [{"m": "T", "f": "c", "l": ["a", "b", "c"], "s": "cba"}]
    text = "SELECT DISTINCT mode(job ORDER BY job DESC) OVER () AS m FROM jobs"
    assert ask(lake, text) == [{"m": "c"}]
    text = "SELECT DISTINCT ON (team IS NULL) job FROM jobs ORDER BY team IS NULL, job LIMIT 1"
    assert ask(lake, text) == [{"job": "a"}]


def test_a_mistake_is_told_with_its_line_and_column() -> None:
    with pytest.raises(SelectRefused, match=r"ligne 2, colonne \d+"):
        question("asked", "SELECT a\nFROM jobs WHERE (", {"jobs": JOBS}, {})


def test_a_column_that_is_not_there_is_told_with_its_place_and_the_nearest_names() -> None:
    text = "SELECT count(*) AS n\nFROM jobs AS j WHERE j.teem = 'T'"
    asked = question("asked", text, {"jobs": JOBS}, {})
    with pytest.raises(SelectRefused) as refused:
        select.tried([asked], [JOBS], {("title",): "Jobs", ("select",): text})
    assert refused.value.where == ("select",)
    assert str(refused.value) == (
        "il n’y a pas de colonne «\u202fteem\u202f»\u202f: ligne 2, colonne 24 "
        "de «\u202fSELECT count(*) AS n\u202f»\u202f; les plus proches\u202f: team"
    )


def test_what_is_only_looked_at_is_not_worked_out() -> None:
    """Without an end: it would never come back."""
    endless = "WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT count(*) AS n FROM t, jobs"
    asked = question("asked", endless, {"jobs": JOBS}, {})
    assert select.tried([asked], [JOBS], {}) == [{"n": "BIGINT"}]


def test_the_same_text_is_the_same_question_so_its_answer_is_kept() -> None:
    asked = [question("asked", "SELECT 1 AS n FROM jobs", {"jobs": JOBS}, KINDS) for _again in range(2)]
    assert asked[0] is asked[1]
    assert asked[0].tables == (JOBS,)


def test_one_that_never_ends_is_ended_with_a_sentence(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(select, "SECONDS", 0.2)
    endless = "WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT count(*) AS n FROM t, jobs"
    with pytest.raises(QueryFailed, match=r"a duré plus de 0\.2 secondes"):
        ask(lake, endless)
    monkeypatch.undo()
    assert ask(lake, "SELECT 1 AS n") == [{"n": 1}]


@pytest.mark.parametrize("value", ["repeat(repeat('x', 60000), 60000)", "len(range(400000000))"])
def test_one_that_takes_too_much_memory_ends_alone(lake: Lake, value: str) -> None:
    with pytest.raises(QueryFailed, match="a pris trop de mémoire"):
        ask(lake, f"SELECT {value} AS n FROM jobs")


def test_a_constant_that_takes_too_much_memory_is_refused_before_there_are_rows() -> None:
    text = "SELECT regexp_matches(job, repeat('x', 10000000000)) AS n FROM jobs"
    asked = question("asked", text, {"jobs": JOBS}, {})
    with pytest.raises(SelectRefused):
        select.tried([asked], [JOBS], {})


@given(st.text(max_size=80))
def test_whatever_is_typed_is_a_question_or_a_refusal(text: str) -> None:
    try:
        asked = question("asked", text, {"jobs": JOBS}, KINDS)
    except SelectRefused:
        return
    assert {table.name for table in asked.tables} <= {"jobs"}
