"""Declare sources from files. A file holds one source, or a list of them:

    name: Airflow
    mission: pipelines
    kind: sql                       # the README lists them
    squad: Téléphonie               # optional: whose runs these are
    options:
      url: postgresql+psycopg://reader:${VIGIE_SECRET_AIRFLOW}@host/airflow
      table: dag_run
      since: start_date
      timezone: UTC
      key: [dag_id, run_id]
      columns: {pipeline: dag_id, run_id: run_id, status: state, started_at: start_date, ended_at: end_date}

Adding a source that is there already changes it, and restores it if it was removed. `anew` empties a source and reads
it again; `forget` takes it out with its facts, readings, refused rows and dropped files.
"""

import argparse
import getpass
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from core.base.errors import VigieError
from core.base.i18n import _
from core.run import registry, sync, undo
from core.run.registry import SourceInvalid
from core.sources import reach
from core.sources.base import Source
from core.sources.formats import documents
from core.sources.formats.documents import NoYaml
from core.store.engine import store

_FIELDS = {"name", "mission", "kind", "squad", "options"}


def read(path: Path) -> list[Source]:
    """The sources that a file declares. Raises SourceInvalid naming file, source and field."""
    try:
        content = documents.yaml_value(path.read_bytes(), str(path))
    except OSError as error:
        raise SourceInvalid(f"{path}: {error.strerror}") from error
    except NoYaml as error:
        raise SourceInvalid(_("{file} is no YAML: see line {line}.").format(file=path, line=error.line)) from None
    return [_source(path, written) for written in (content if isinstance(content, list) else [content])]


def _source(path: Path, declared: Any) -> Source:
    if not isinstance(declared, dict) or not {"name", "mission", "kind"} <= declared.keys() <= _FIELDS:
        raise SourceInvalid(
            _("{file}: a source has the fields {fields}.").format(file=path, fields=", ".join(sorted(_FIELDS)))
        )
    name, mission, kind = (str(declared[field]) for field in ("name", "mission", "kind"))
    try:
        options = registry.check(registry.connector(mission, kind), declared.get("options") or {})
    except SourceInvalid as error:
        raise SourceInvalid(f"{path}, {name}: {error.sentence}") from None
    return Source(name, mission, kind, options, declared.get("squad"))


def add(connection: sa.Connection, source: Source, *, who: str) -> None:
    """Add a source, or change and restore the one of that name, mission and kind. Raises SourceInvalid."""
    entry = registry.find(connection, source.name)
    if entry and (entry.mission, entry.kind) == (source.mission, source.kind):
        registry.change(connection, source, entry.version, who=who)
    else:
        registry.add(connection, source, who=who)


def main(arguments: Sequence[str]) -> int:
    """Run from the command line. Returns 0, or 2 with a sentence."""
    asked = _arguments().parse_args(arguments)
    console = Console(highlight=False)
    who = f"{getpass.getuser()} (python -m core.run.sources)"
    try:
        store().upgrade()
        match asked.command:
            case "list":
                console.print(_listed())
            case "add":
                declared = read(asked.file)
                for source in declared:
                    reached = " ".join([f"{source.name}:", *reach.told(source.options)])
                    console.print(reached, markup=False, soft_wrap=True)
                with store().write() as connection:
                    for source in declared:
                        add(connection, source, who=who)
                for source in declared:
                    console.print(_("{name} is declared.").format(name=source.name), markup=False)
            case "remove":
                with store().write() as connection:
                    entry = registry.find(connection, asked.name)
                    registry.enable(connection, asked.name, entry.version if entry else 0, False, who=who)
                console.print(_("{name} is removed; its facts stay.").format(name=asked.name), markup=False)
            case "anew":
                with store().write() as connection:
                    registry.read_anew(connection, asked.name, who=who)
                (outcome,) = sync.run([asked.name])
                console.print(outcome.line, markup=False, soft_wrap=True)
                return int(bool(outcome.error))
            case "forget":
                with store().write() as connection:
                    undo.forget(connection, asked.name, who=who)
                console.print(_("{name} is forgotten with its facts.").format(name=asked.name), markup=False)
    except VigieError as error:
        console.print(error.sentence, markup=False, soft_wrap=True)
        return 2
    return 0


def _arguments() -> argparse.ArgumentParser:
    whole = argparse.RawDescriptionHelpFormatter  # the YAML is there to be copied
    parser = argparse.ArgumentParser(prog="python -m core.run.sources", description=__doc__, formatter_class=whole)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("add", help="declare the sources of a file, or change them").add_argument("file", type=Path)
    commands.add_parser("list", help="list the sources")
    commands.add_parser("remove", help="read a source no more; its facts stay").add_argument("name")
    commands.add_parser("anew", help="empty a source and read it again").add_argument("name")
    commands.add_parser("forget", help="forget a source with its facts and files").add_argument("name")
    return parser


def _listed() -> Table:
    table = Table()
    for heading in (_("Name"), _("Mission"), _("Kind"), _("Squad"), _("Removed")):
        table.add_column(heading)
    with store().read() as connection:
        for entry in registry.entries(connection):
            removed = "" if entry.enabled else _("yes")
            table.add_row(entry.name, entry.mission, entry.kind, entry.squad or "", removed)
    return table


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
