"""Which databases a source may ask, and how: a list of dialects, each with its driver and the parameters it takes.

SQLite and DuckDB read files of this machine: they are off unless `VIGIE_SOURCE_ENGINES` names them, and then read one
file of an opened folder, read-only, and nothing else.
"""

import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from core.base.errors import SourceFailed
from core.base.i18n import _
from core.base.settings import listed, settings
from core.sources import folders, hosts, limits
from core.sources.secrets import check_reference, holds_secret, names_secret, resolve


@dataclass(frozen=True)
class Dialect:
    """A kind of database that a source may ask. `drivers`: each with what to install for it, the usual one first.

    `parameters`: what may stand after `?`, nothing that names a file, a library or another host.
    """

    title: str
    drivers: Mapping[str, str]
    parameters: frozenset[str]


DIALECTS: Mapping[str, Dialect] = {
    "postgresql": Dialect(
        "PostgreSQL, Greenplum",
        {"psycopg": "psycopg[binary]"},
        frozenset(("sslmode", "application_name", "channel_binding", "target_session_attrs")),
    ),
    "mssql": Dialect(
        "SQL Server",
        {"mssqlpython": "mssql-python", "pyodbc": "pyodbc (apt: unixodbc, msodbcsql18)"},
        frozenset(("driver", "encrypt", "trustservercertificate", "multisubnetfailover", "applicationintent")),
    ),
    "oracle": Dialect("Oracle", {"oracledb": "oracledb"}, frozenset(("service_name",))),
    "hive": Dialect(
        "Hive",
        {"": "PyHive thrift thrift-sasl pure-sasl", "http": "PyHive thrift", "https": "PyHive thrift"},
        frozenset(("auth", "kerberos_service_name")),
    ),
    "databricks": Dialect("Databricks", {"": "databricks-sqlalchemy"}, frozenset(("http_path", "catalog", "schema"))),
}
EMBEDDED = ("sqlite", "duckdb")
_EXAMPLE = "postgresql+psycopg://reader:${VIGIE_SECRET_BASE}@host/base"
_NAME = re.compile(r"[\w.$@\\ -]*")
_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")
_VALUE = re.compile(r"[\w .-]*")
"""Of a parameter: no path, since ODBC loads any file that is named as its driver."""
_HTTP_PATH = re.compile(r"[\w ./-]*")
_DENIED = frozenset((sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH))


def check_url(text: str) -> str:
    """The text if it is the URL of a database that a source may ask, without a secret. Raises ValueError with a
    sentence."""
    try:
        url = sa.make_url(text)
    except (ArgumentError, ValueError):
        raise ValueError(_("This is no database URL, e.g. {example}.").format(example=_EXAMPLE)) from None
    if url.get_backend_name() in EMBEDDED:
        _check_embedded(url)
    else:
        _check_server(url)
    return text


def engine(text: str) -> tuple[sa.Engine, tuple[str, ...]]:
    """What asks the database, read-only, and the texts that no log may hold. Raises SourceFailed."""
    try:
        url = sa.make_url(check_url(text))
    except ValueError as error:
        raise SourceFailed(str(error)) from None
    match url.get_backend_name():
        case "sqlite":
            return _sqlite(folders.one(str(url.database))), ()
        case "duckdb":
            return _duckdb(folders.one(str(url.database))), ()
    if url.password:
        url = url.set(password=resolve(str(url.password)))
    hidden = (str(url.password or ""), url.render_as_string(hide_password=False))
    try:
        return sa.create_engine(url, poolclass=sa.NullPool, connect_args=_arguments(url)), hidden
    except (NoSuchModuleError, ImportError) as error:
        raise SourceFailed(missing(url), detail=type(error).__name__) from None
    except OSError as error:
        raise SourceFailed(unreachable(), detail=type(error).__name__) from None


def unreachable() -> str:
    """What to say of a database that does not open."""
    return _("The database cannot be reached, or refuses the credentials.")


def missing(url: sa.URL) -> str:
    """What to say, and to install, where the driver of a database is not there."""
    of = DIALECTS[url.get_backend_name()]
    package = of.drivers[_driver(url)] if _driver(url) in of.drivers else next(iter(of.drivers.values()))
    return _("The driver of {database} is not installed where Vigie runs: pip install {package}").format(
        database=of.title, package=package
    )


def place(text: str) -> str:
    """Where a database URL leads, for people: the kind, the host and the base, or the file; never a name or secret."""
    url = sa.make_url(text)
    if url.get_backend_name() in EMBEDDED:
        return f"{url.get_backend_name()}, {folders.resolve(str(url.database))}"
    title = DIALECTS[url.get_backend_name()].title
    return f"{title}, {url.host}{f':{url.port}' if url.port else ''}{f'/{url.database}' if url.database else ''}"


def _driver(url: sa.URL) -> str:
    """The driver that a URL asks for; where it asks for none, the usual one of its dialect is meant."""
    return url.drivername.partition("+")[2]


def _check_server(url: sa.URL) -> None:
    of = DIALECTS.get(url.get_backend_name())
    driver = _driver(url)
    if of is None or (driver and driver not in of.drivers):
        known = [f"{name}+{next(iter(dialect.drivers))}".rstrip("+") for name, dialect in DIALECTS.items()]
        raise ValueError(
            _("“{name}” is no database that a source may ask; there are: {all}.").format(
                name=url.drivername, all=", ".join(f"{name}://" for name in known)
            )
        )
    if url.password:
        check_reference(str(url.password))
    _check_parameters(url, of)
    _check_names(url)
    if not url.host:
        raise ValueError(_("Name the host of the database, e.g. {example}.").format(example=_EXAMPLE))
    hosts.check_name(url.host)


def _check_parameters(url: sa.URL, of: Dialect) -> None:
    for name, value in url.query.items():
        usual = _HTTP_PATH if name.lower() == "http_path" else _VALUE
        if name.lower() in of.parameters and isinstance(value, str) and usual.fullmatch(value):
            continue
        if names_secret(name) or holds_secret(str(value)):
            raise ValueError(_secret())
        raise ValueError(
            _("{name}: no parameter that a source may give, or with an odd value; there are: {all}.").format(
                name=name, all=", ".join(sorted(of.parameters))
            )
        )


def _check_names(url: sa.URL) -> None:
    parts = (url.username or "", url.database or "")
    if all(map(_NAME.fullmatch, parts)) and _HOST.fullmatch(url.host or "-"):
        return
    if any(map(holds_secret, (*parts, url.host or ""))):
        raise ValueError(_secret())
    raise ValueError(
        _("The account, the host or the base has signs that no name has; write {example}.").format(example=_EXAMPLE)
    )


def _secret() -> str:
    return _(
        "A URL is kept and shown: write the password as ${{NAME}} before the host and nowhere else: {example}"
    ).format(example=_EXAMPLE)


def _check_embedded(url: sa.URL) -> None:
    name = url.get_backend_name()
    if name not in listed(settings().source_engines):
        raise ValueError(
            _("{name} reads files of this machine: it is closed unless VIGIE_SOURCE_ENGINES names it.").format(
                name=name
            )
        )
    plain = url.drivername in (name, "sqlite+pysqlite")
    file = url.database or ""
    if not plain or url.query or url.host or url.username or url.password or ":" in file or not file:
        raise ValueError(_("Write {name}:///path/of/the/file and nothing else.").format(name=name))
    folders.check(file)


def _arguments(url: sa.URL) -> dict[str, Any]:
    """What a driver is told besides: of PostgreSQL, to go to the very address that was checked, and to end in time."""
    try:
        open_addresses = hosts.addresses(str(url.host), url.port or 0)
    except (OSError, UnicodeError):
        raise SourceFailed(unreachable(), detail="name not resolved") from None
    if url.get_backend_name() == "postgresql":
        limit = f"-c statement_timeout={limits.READING_SECONDS * 1000}"
        names = {"host": ",".join([str(url.host)] * len(open_addresses)), "hostaddr": ",".join(open_addresses)}
        return {**names, "connect_timeout": limits.CONNECT_SECONDS, "options": limit}
    return {}


def _sqlite(path: Path) -> sa.Engine:
    """A SQLite file, opened read-only: nothing is attached."""
    made = sa.create_engine(f"sqlite:///file:{quote(str(path))}?mode=ro&uri=true", poolclass=sa.NullPool)

    def close(raw: Any, _record: Any) -> None:
        raw.execute("PRAGMA query_only=ON")
        raw.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, limits.LARGEST_CELL)
        raw.set_authorizer(lambda action, *_said: sqlite3.SQLITE_DENY if action in _DENIED else sqlite3.SQLITE_OK)

    sa.event.listen(made, "connect", close)
    return made


def _duckdb(path: Path) -> sa.Engine:
    """A DuckDB file, opened read-only: no other file, no network, no extension, a bound on memory."""
    config = {
        "enable_external_access": "false",
        "autoload_known_extensions": "false",
        "autoinstall_known_extensions": "false",
        "python_enable_replacements": "false",
        "memory_limit": f"{limits.MEMORY // 2**20}MiB",
        "threads": "2",
        "lock_configuration": "true",
    }
    return sa.create_engine(
        sa.URL.create("duckdb", database=str(path)),
        poolclass=sa.NullPool,
        connect_args={"read_only": True, "config": config},
    )
