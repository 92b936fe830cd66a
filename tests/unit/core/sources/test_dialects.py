"""A source asks databases of a list, and files of embedded engines only where a setting opens them."""

import socket
import sqlite3
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from core.base.errors import SourceFailed
from core.base.i18n import speaking
from core.sources.dialects import check_url
from core.sources.sql import Question, read
from tests.conftest import forget, housed

HERE = "postgresql+psycopg://reader:${VIGIE_SECRET_BASE}@base.example/base"
NOWHERE = timedelta(0)


def refusal(url: str) -> str:
    with speaking("en"), pytest.raises(ValueError, match=r".") as refused:
        check_url(url)
    return str(refused.value)


def failure(question: Question) -> SourceFailed:
    with speaking("en"), pytest.raises(SourceFailed) as failed:
        list(read(question, None, NOWHERE))
    return failed.value


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Path]:
    """A data folder with the settings as they come."""
    with housed(tmp_path, opened=False) as folder:
        yield folder


@pytest.fixture
def base(data: Path) -> Path:
    """A DuckDB file with one table, and a text beside it."""
    with duckdb.connect(str(data / "base.duckdb")) as connection:
        connection.execute("CREATE TABLE t AS SELECT 1 AS a")
    (data / "beside.csv").write_text("secret\nbeside\n")
    return data / "base.duckdb"


@pytest.mark.parametrize(
    "url",
    [
        HERE,
        "postgresql://reader@base.example:5433/base?sslmode=verify-full",
        "mssql+mssqlpython://reader:${VIGIE_SECRET_BASE}@base.example/base?Encrypt=yes",
        "mssql+pyodbc://reader:${VIGIE_SECRET_BASE}@base.example/base?driver=ODBC+Driver+18+for+SQL+Server",
        "oracle+oracledb://reader:${VIGIE_SECRET_BASE}@base.example:1521/?service_name=base",
        "hive://reader:${VIGIE_SECRET_BASE}@base.example:10000/base?auth=LDAP",
        "databricks://token:${VIGIE_SECRET_BASE}@adb.example/?http_path=/sql/1.0/warehouses/abc&catalog=main",
    ],
)
def test_the_databases_of_the_list_are_accepted(url: str) -> None:
    assert check_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u@base.example/base",
        "mssql+pymssql://u@base.example/base",
        "postgresql+psycopg2cffi://u@base.example/base",
        "access+pyodbc://u@base.example/base",
        "shillelagh://",
        "motherduck://x",
    ],
)
def test_any_other_is_refused_with_the_list(url: str) -> None:
    assert "is no database that a source may ask; there are: postgresql+psycopg://" in refusal(url)


@pytest.mark.parametrize("engine", ["sqlite", "duckdb"])
@pytest.mark.parametrize("rest", ["", "/", "/:memory:", "/vigie.db", "//etc/hostname", "/file:/any?mode=rwc&uri=true"])
def test_embedded_engines_are_closed(closed: Path, engine: str, rest: str) -> None:
    sentence = f"{engine} reads files of this machine: it is closed unless VIGIE_SOURCE_ENGINES names it."
    assert refusal(f"{engine}://{rest}") == sentence


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "/",
        "/:memory:",
        "/file:a.db?mode=rwc&uri=true",
        "/file:a.db",
        "/a.db?mode=rwc",
        "/a.db?config=x",
        "/md:base",
        "//a.db?uri=true",
    ],
)
@pytest.mark.parametrize("engine", ["sqlite", "duckdb"])
def test_an_open_engine_takes_the_path_of_one_file(engine: str, rest: str) -> None:
    assert refusal(f"{engine}://{rest}") == f"Write {engine}:///path/of/the/file and nothing else."


@pytest.mark.parametrize("path", ["/etc/hostname", "../elsewhere.db", "/proc/self/mem", "lake/x.db", "vigie.db"])
@pytest.mark.parametrize("engine", ["sqlite", "duckdb"])
def test_an_open_engine_reads_under_opened_folders_alone(engine: str, path: str) -> None:
    assert f"{path} lies outside of the folders that sources may read" in refusal(f"{engine}:///{path}")


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_text('{beside}')",
        "SELECT * FROM read_csv('{beside}')",
        "SELECT * FROM '{beside}'",
        "SELECT * FROM read_blob('/etc/hostname')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM sqlite_scan('{beside}', 't')",
        "SELECT * FROM read_parquet('https://elsewhere.example/x.parquet')",
        "WITH x AS (SELECT 1) SELECT getenv('HOME')",
    ],
)
def test_a_duckdb_file_leads_to_nothing_beside_itself(base: Path, query: str) -> None:
    ((cells, _last),) = read(Question(f"duckdb:///{base}", table="t"), None, NOWHERE)
    assert cells.table["a"].to_pylist() == ["1"]
    asked = Question(f"duckdb:///{base}", query=query.format(beside=base.with_name("beside.csv")))
    assert failure(asked).sentence.startswith("The database cannot answer:")


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT {what} FROM n"
LATE = "The database takes too long to answer: ask SELECT for less."


@pytest.mark.parametrize("engine", ["sqlite", "duckdb"])
def test_a_question_without_an_end_is_ended_with_the_thread_that_asks_it(
    base: Path, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    with sqlite3.connect(base.with_name("base.sqlite")) as connection:
        connection.execute("CREATE TABLE t (a)")
    monkeypatch.setattr("core.sources.limits.READING_SECONDS", 0.2)
    asked = Question(f"{engine}:///{base.with_name(f'base.{engine}')}", query=ENDLESS.format(what="max(i)"))
    assert failure(asked).sentence == LATE
    for thread in threading.enumerate():
        if thread.name == "vigie-in-time":
            thread.join(300)
            assert not thread.is_alive()


def test_who_wants_no_more_ends_the_thread_that_reads(base: Path) -> None:
    with sqlite3.connect(base.with_name("base.sqlite")) as connection:
        connection.execute("CREATE TABLE t (a)")
    asked = Question(f"sqlite:///{base.with_name('base.sqlite')}", query=ENDLESS.format(what="i"))
    pieces = read(asked, None, NOWHERE)
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    for thread in threading.enumerate():
        if thread.name == "vigie-in-time":
            thread.join(300)
            assert not thread.is_alive()


def test_a_database_that_accepts_and_says_nothing_is_left(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.sources.limits.READING_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql+psycopg://u@127.0.0.1:{silent.getsockname()[1]}/base"
        assert failure(Question(url, table="t")).sentence == "The database takes too long to answer: ask t for less."


def test_a_sqlite_file_attaches_no_other(data: Path) -> None:
    path = data / "base.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (a)")
    assert failure(Question(f"sqlite:///{path}", query="SELECT load_extension('x')")).sentence
    assert sorted(one.name for one in data.iterdir()) == ["base.db"]


@pytest.mark.parametrize("where", ["memory", "file"])
@pytest.mark.parametrize("call", ["read_json_auto", "read_csv_auto", "read_text", "glob"])
def test_a_select_of_duckdb_reads_no_file_of_the_server(data: Path, call: str, where: str) -> None:
    path, secret = data / "base.duckdb", data / "secret.json"
    duckdb.connect(str(path)).close()
    secret.write_text('[{"password": "plain"}]', encoding="utf-8")
    base = ":memory:" if where == "memory" else path
    refused = failure(Question(f"duckdb:///{base}", query=f"SELECT * FROM {call}('{secret}')"))
    assert refused.sentence
    assert "plain" not in f"{refused.sentence} {refused.detail}"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:plain@base.example/base",
        "postgresql://u@base.example/base?password=plain",
        "postgresql://u@base.example/base?PWD=plain",
        "postgresql://u@base.example/base?sslmode=x%3Bpassword%3Dplain",
        "postgresql://u@base.example/base?passfile=/etc/passwd",
        "mssql+pyodbc://u@base.example/base;PWD=plain",
        "mssql+pyodbc://u@base.example/base?odbc_connect=Driver%3Dx%3BPWD%3Dplain",
        "oracle+oracledb://u@base.example/?wallet_password=plain",
        "databricks://base.example/?access_token=plain&http_path=/sql",
        "databricks://base.example/base?sig=plain",
    ],
)
def test_a_secret_stands_nowhere_but_before_the_host_as_a_name(url: str) -> None:
    sentence = refusal(url)
    assert "${" in sentence
    assert "plain" not in sentence


@pytest.mark.parametrize(
    "rest",
    [
        "?host=/var/run/postgresql",
        "?hostaddr=127.0.0.1",
        "?service=x",
        "?sslrootcert=/etc/passwd",
        "?options=-csearch_path%3Dx",
    ],
)
def test_no_parameter_leads_elsewhere(rest: str) -> None:
    assert "no parameter that a source may give" in refusal(f"postgresql://u@base.example/base{rest}")


@pytest.mark.parametrize(
    ("url", "part"),
    [
        ("postgresql:///base", "Name the host of the database"),
        ("mssql+pyodbc:///?dsn=x", "no parameter that a source may give"),
        ("mssql+pyodbc://u@base.example/base?driver=/srv/vigie/uploads/x.csv", "with an odd value"),
        ("mssql+pyodbc://u@base.example/base?Driver=../x.so", "with an odd value"),
        ("postgresql://u@a.example,b.example/base", "signs that no name has"),
        ("postgresql://u@127.0.0.2/base", "VIGIE_SOURCE_HOSTS"),
        ("postgresql://u@169.254.169.254/base", "VIGIE_SOURCE_HOSTS"),
        ("postgresql://u:${HOME}@base.example/base", "VIGIE_SOURCE_VARIABLES"),
        ("no url", "This is no database URL"),
        ("postgresql://u@base.example:port/base", "This is no database URL"),
    ],
)
def test_a_url_that_leads_to_no_host_of_its_own_is_refused(url: str, part: str) -> None:
    assert part in refusal(url)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mssql+mssqlpython://u@127.0.0.1/b", "SQL Server is not installed where Vigie runs: pip install mssql-python"),
        ("oracle+oracledb://u@127.0.0.1/b", "Oracle is not installed where Vigie runs: pip install oracledb"),
        (
            "hive://u@127.0.0.1/b",
            "Hive is not installed where Vigie runs: pip install PyHive thrift thrift-sasl pure-sasl",
        ),
        (
            "databricks://u@127.0.0.1/b",
            "Databricks is not installed where Vigie runs: pip install databricks-sqlalchemy",
        ),
    ],
)
def test_a_driver_that_is_not_there_is_named_with_what_to_install(url: str, sentence: str) -> None:
    assert failure(Question(url, table="x")).sentence == f"The driver of {sentence}"


def test_the_settings_are_read_anew(closed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (closed / "incoming").mkdir()
    monkeypatch.setenv("VIGIE_SOURCE_ENGINES", "sqlite")
    forget()
    assert check_url("sqlite:///incoming/a.db") == "sqlite:///incoming/a.db"
    assert "closed unless" in refusal("duckdb:///incoming/a.db")
