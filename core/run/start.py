"""What happens before the first page: store, accounts, demo data. Safe to run again, and twice at once."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from core.base import log
from core.base.errors import SettingInvalid, VigieError
from core.base.i18n import _
from core.base.locks import alone
from core.base.settings import settings
from core.mission.discovery import missions, warehouse
from core.people import accounts, demo, oidc, passwords
from core.people.person import EVERYTHING, ROLE_NAMES, Role
from core.store.engine import store
from core.store.schema import people

DEMO_FRESH = timedelta(hours=6)
"""A story that ends longer ago is told anew, so that last night is always last night."""
SEED = 20261120
FIRST_ADMIN = "admin"


def prepare(address: str = "") -> None:
    """Bring the store up to date, make what a first start needs, and print where to go and as whom.

    Raises SettingInvalid, StoreFailed, or what a mission's demo data raise.
    """
    console = Console()
    log.setup()
    with _alone():
        store().upgrade()
        for mission in missions().values():
            if mission.ship:
                mission.ship()
        if settings().demo:
            _demo(console)
        else:
            _first_administrator(console)
    console.print(f"\n[bold]Vigie[/bold]  {settings().base_url or address}\n")


def prepare_or_end(address: str) -> None:
    """`prepare`; a failure ends the server with its one sentence."""
    try:
        prepare(address)
    except VigieError as error:
        sys.stderr.write(f"{error.sentence}\n")
        sys.stderr.flush()
        os._exit(1)  # an exception here, even SystemExit, would come out as pages of the server's own traceback


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
        told = warehouse().reader(EVERYTHING).fresh(*mission.tables) if mission.tables else None
        if mission.demo and (told is None or datetime.now(UTC) - told > DEMO_FRESH):
            console.print(_("Making demo data: {mission}…").format(mission=_(mission.title)))
            mission.demo(SEED, datetime.now(UTC))
        if mission.freeze:
            mission.freeze(datetime.now(UTC))
    table = Table(title=_("Demo accounts"), title_justify="left")
    for heading in (_("Name"), _("Role"), _("Password")):
        table.add_column(heading)
    for name, role, password in shown:
        table.add_row(name, _(ROLE_NAMES[role]), password)
    console.print(table)


def _first_administrator(console: Console) -> None:
    """Without anybody in the store nobody could sign in: make an administrator and print the password, once."""
    if settings().oidc_issuer:
        return
    password = passwords.generated()
    with store().write() as connection:
        if connection.scalar(sa.select(sa.func.count()).select_from(people)):
            return
        accounts.add(connection, who="start", name=FIRST_ADMIN, role=Role.ADMIN, password=password)
    for told in (
        _("First administrator: {name}, password: {password}"),
        _("It is not shown again; `python -m core.run.accounts password {name}` sets another."),
    ):
        console.print(told.format(name=FIRST_ADMIN, password=password), markup=False, highlight=False, soft_wrap=True)
