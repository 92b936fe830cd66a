"""`python -m core.run.accounts`: accounts and sessions from the command line.

    python -m core.run.accounts add NAME --role duty [--squad Sud --squad Nord] [--expires 2027-01-31] [--display NAME]
    python -m core.run.accounts change NAME [--role …] [--squad …] [--expires …]
    python -m core.run.accounts password NAME | close NAME | reopen NAME | list | sessions
    python -m core.run.accounts give NAME register.validate | take NAME register.validate

A password is asked for twice without showing it; with --generate, or without a terminal, one is made and printed once,
when it is set.
"""

import argparse
import getpass
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from core.base import clock, log
from core.base.errors import InputInvalid, VigieError
from core.base.i18n import _, show_moment
from core.base.settings import settings
from core.mission.discovery import rights
from core.people import accounts, grants, passwords, sessions
from core.people.person import Role
from core.store.engine import store

console = Console()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; ends with one sentence on a failure."""
    asked = _parser().parse_args(arguments)
    try:
        log.setup()
        # Asked before the transaction: nobody else may wait for somebody typing.
        asked.password, first_password = _password(asked.generate) if asked.command in ("add", "password") else ("", "")
        store().upgrade()
        with store().write() as connection:
            COMMANDS[asked.command](connection, asked)
    except VigieError as error:
        sys.exit(error.sentence)
    if first_password:
        console.print(first_password, markup=False, highlight=False, soft_wrap=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m core.run.accounts", description="Accounts and sessions.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("add", "change"):
        command = commands.add_parser(name)
        command.add_argument("name")
        command.add_argument("--role", choices=[role.value for role in Role], required=name == "add")
        command.add_argument("--squad", action="append", help="repeat for several")
        command.add_argument("--expires", type=_last_day, help="last day of access, YYYY-MM-DD")
        command.add_argument("--display", help="name shown on screens")
    commands.choices["add"].add_argument("--generate", action="store_true", help="make the password and print it")
    for name in ("close", "reopen", "password"):
        commands.add_parser(name).add_argument("name")
    commands.choices["password"].add_argument("--generate", action="store_true", help="make it and print it")
    for name in ("give", "take"):
        command = commands.add_parser(name, help="a right that a person holds beside the role")
        command.add_argument("name")
        command.add_argument("right", choices=rights())
    commands.add_parser("list")
    commands.add_parser("sessions")
    return parser


def _last_day(text: str) -> datetime:
    """The end of a day given as YYYY-MM-DD, in the screens' time zone."""
    day = datetime.strptime(text, "%Y-%m-%d").date() + timedelta(days=1)  # noqa: DTZ007  # the zone is set below
    return datetime.combine(day, time(), ZoneInfo(settings().timezone)).astimezone(UTC)


def _add(connection: sa.Connection, asked: argparse.Namespace) -> None:
    accounts.add(
        connection,
        who=_who(),
        name=asked.name,
        role=Role(asked.role),
        display_name=asked.display or "",
        squads=asked.squad or (),
        expires_at=asked.expires,
        password=asked.password,
    )


def _change(connection: sa.Connection, asked: argparse.Namespace) -> None:
    given = {"role": asked.role, "squads": asked.squad, "expires_at": asked.expires, "display_name": asked.display}
    account = accounts.existing(connection, asked.name)
    accounts.change(
        connection,
        who=_who(),
        name=asked.name,
        version=account.version,
        **{field: value for field, value in given.items() if value is not None},
    )


def _set_password(connection: sa.Connection, asked: argparse.Namespace) -> None:
    accounts.set_password(connection, who=_who(), name=asked.name, password=asked.password)


def _close(connection: sa.Connection, asked: argparse.Namespace) -> None:
    accounts.close(connection, who=_who(), name=asked.name)


def _reopen(connection: sa.Connection, asked: argparse.Namespace) -> None:
    accounts.reopen(connection, who=_who(), name=asked.name)


def _give(connection: sa.Connection, asked: argparse.Namespace) -> None:
    grants.give(connection, who=_who(), name=asked.name, right=asked.right)


def _take(connection: sa.Connection, asked: argparse.Namespace) -> None:
    grants.take(connection, who=_who(), name=asked.name, right=asked.right)


def _list(connection: sa.Connection, _asked: argparse.Namespace) -> None:
    table = Table(_("Name"), _("Role"), _("Squads"), _("Until"), _("Closed"), _("Last seen"))
    for account in accounts.everyone(connection):
        person = account.person
        moments = [show_moment(m) if m else "" for m in (person.expires_at, account.closed_at, account.seen_at)]
        table.add_row(person.name, person.role.value, ", ".join(sorted(person.squads)), *moments)
    console.print(table)


def _sessions(connection: sa.Connection, _asked: argparse.Namespace) -> None:
    table = Table(_("Name"), _("Opened"), _("Until"))
    for session in sessions.opened(connection, clock.now()):
        table.add_row(session.person.name, show_moment(session.created_at), show_moment(session.expires_at))
    console.print(table)


COMMANDS = {
    "add": _add,
    "change": _change,
    "password": _set_password,
    "close": _close,
    "reopen": _reopen,
    "give": _give,
    "take": _take,
    "list": _list,
    "sessions": _sessions,
}


def _password(generate: bool) -> tuple[str, str]:
    """A password, and what to print of it: a made one once, a typed one never."""
    if generate or not sys.stdin.isatty():
        password = passwords.generated()
        return password, _("Password: {password}").format(password=password)
    password = getpass.getpass(_("Password") + ": ")
    if password != getpass.getpass(_("Again") + ": "):
        raise InputInvalid(_("The two passwords differ."))
    return password, ""


def _who() -> str:
    """Who is named in the audit: whoever runs the command on this machine."""
    return f"cli:{getpass.getuser()}"


if __name__ == "__main__":
    main()
