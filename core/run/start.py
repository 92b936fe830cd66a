"""What happens before the first page: store, accounts, demo data. Safe to run again, and twice at once."""

import logging
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from core.base import clock, log
from core.base.errors import SettingInvalid, VigieError
from core.base.i18n import _
from core.base.locks import alone
from core.base.settings import settings
from core.facts.lake import lake
from core.mission.discovery import missions, warehouse
from core.people import accounts, demo, hosts, oidc, passwords
from core.people.person import EVERYTHING, ROLE_NAMES, Role
from core.records.renew import renew
from core.store.engine import store
from core.store.schema import people

DEMO_FRESH = timedelta(hours=6)
"""A story that ends longer ago is told anew, so that last night is always last night."""
SEED = 20261120
LOOPBACK = "127.0.0.1"
FIRST_ADMINS = ("admin", "administrator")
"""What the first administrator is named: the second where a demo account has the first name."""
logger = logging.getLogger("vigie.start")


def prepare(address: str = "", host: str = LOOPBACK) -> None:
    """Bring the store up to date, make what a first start needs, and print where to go and as whom. `host` is what the
    server listens on.

    Raises SettingInvalid, StoreFailed, or what a mission's demo data raise.
    """
    console = Console()
    log.setup()
    if settings().demo and not settings().demo_elsewhere and not _is_this_machine(host):
        raise SettingInvalid(
            _("VIGIE_DEMO: anybody knows the demo passwords. Listen on 127.0.0.1, or set VIGIE_DEMO_ELSEWHERE=1.")
        )
    with _alone():
        mend(settings().data)
        store().upgrade()
        renew(missions().values())
        for mission in missions().values():
            if mission.ship:
                mission.ship()
            for table in mission.tables:
                lake().promise(table)
        if settings().demo:
            _demo(console)
        else:
            _first_administrator(console)
            _demo_accounts_are_dead()
    console.print(f"\n[bold]Vigie[/bold]  {settings().base_url or address}\n")


def prepare_or_end(address: str, host: str) -> None:
    """`prepare`; a failure ends the server with its one sentence."""
    try:
        prepare(address, host)
    except VigieError as error:
        sys.stderr.write(f"{error.sentence}\n")
        sys.stderr.flush()
        os._exit(1)  # an exception here, even SystemExit, would come out as pages of the server's own traceback


def mend(folder: Path) -> None:
    """Take from everybody but the owner what they may do with the files and folders in a folder, and with itself."""
    others = 0
    for place, folders, files in os.walk(folder):
        for path in (Path(place), *(Path(place, name) for name in (*folders, *files))):
            try:
                mode = path.lstat().st_mode
                if not stat.S_ISLNK(mode) and mode & 0o077:
                    path.chmod(stat.S_IMODE(mode) & 0o700)
            except FileNotFoundError:
                continue  # the store's own files come and go
            except PermissionError:
                others += 1
    if others:
        logger.warning("files of somebody else: their rights were left as they are", extra={"files": others})


def _is_this_machine(host: str) -> bool:
    return host == "localhost" or hosts.is_loopback(host)


def secrets() -> dict[str, Any]:
    """What Streamlit needs for OpenID Connect. Ends the process with one sentence when a setting is wrong."""
    try:
        return oidc.secrets()
    except VigieError as error:
        sys.exit(error.sentence)


@contextmanager
def _alone() -> Iterator[None]:
    """One start at a time on this machine: a second one waits, then finds everything made."""
    folder = settings().data
    with ExitStack() as held:
        try:
            held.enter_context(alone(folder / ".starting"))
        except OSError as error:
            raise SettingInvalid(f"VIGIE_DATA: {folder} cannot be written ({error.strerror}).") from error
        yield


def _demo(console: Console) -> None:
    with store().write() as connection:
        demo.ensure(connection)
        shown = demo.present(connection)
    for mission in missions().values():
        read_at = warehouse().reader(EVERYTHING).read_at(*mission.tables) if mission.tables else None
        if mission.demo and (read_at is None or clock.now() - read_at > DEMO_FRESH):
            console.print(_("Making demo data: {mission}…").format(mission=_(mission.title)))
            mission.demo(SEED, clock.now())
        if mission.freeze:
            mission.freeze(clock.now())
    table = Table(title=_("Demo accounts"), title_justify="left")
    for heading in (_("Name"), _("Role"), _("Password")):
        table.add_column(heading)
    for name, role, password in shown:
        table.add_row(name, _(ROLE_NAMES[role]), password)
    console.print(table)


def _demo_accounts_are_dead() -> None:
    """Say in the log that nobody can sign in with the demo accounts of a data folder that was begun with demo data."""
    with store().read() as connection:
        dead = [name for name, _role, _password in demo.present(connection)]
    if dead:
        logger.warning("demo accounts cannot sign in while VIGIE_DEMO is 0", extra={"accounts": dead})


def _first_administrator(console: Console) -> None:
    """Without anybody in the store nobody could sign in: make an administrator and print the password, once."""
    if settings().oidc_issuer:
        return
    password = passwords.generated()
    with store().write() as connection:
        taken = set(connection.scalars(sa.select(people.c.name)))
        if connection.scalar(sa.select(sa.func.count()).where(people.c.demo.is_(False))):
            return
        name = next(name for name in FIRST_ADMINS if name not in taken)
        accounts.add(connection, who="start", name=name, role=Role.ADMIN, password=password)
    for line in (
        _("First administrator: {name}, password: {password}"),
        _("It lasts a day and is not shown again; `python -m core.run.accounts password {name}` makes another."),
    ):
        console.print(line.format(name=name, password=password), markup=False, highlight=False, soft_wrap=True)
