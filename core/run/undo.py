"""What a source brought can be undone: taken out before it is read anew, or for good with the source itself.

For good only while no process of this machine reads, up to the commit: what it lands would speak of what is not there.
"""

import shutil
from collections.abc import Collection
from contextlib import AbstractContextManager

import sqlalchemy as sa

from core.base.errors import SourceFailed
from core.base.i18n import _
from core.base.locks import alone_now, beside
from core.base.settings import settings
from core.facts import gone
from core.facts.lake import lake
from core.facts.reads import READS, begun
from core.facts.tables import FactTable
from core.mission.discovery import missions
from core.run import registry
from core.run.registry import Entry
from core.sources.files import uploads
from core.store import changes, engine

_LOCK = ".reading.lock"


def reading() -> AbstractContextManager[None]:
    """Hold what keeps others from taking out for good; readings go on beside each other."""
    return beside(settings().data / _LOCK)


def _nobody_reads(connection: sa.Connection) -> None:
    """Keep readings from beginning before the transaction is over."""
    try:
        engine.hold(connection, alone_now(settings().data / _LOCK))
    except BlockingIOError:
        raise SourceFailed(_("A reading goes on: wait for its end, or stop it.")) from None


def take_out(entry: Entry) -> None:
    """Take out every fact that a source brought, and its readings, which would speak of them. Raises LandingFailed."""
    mission = missions().get(entry.mission)
    gone.forget_source(lake(), (*(mission.holding if mission else ()), READS), entry.name)


def empty(connection: sa.Connection, mission: str, table: FactTable, kinds: Collection[str], *, who: str) -> None:
    """Take a table out with all its rows, for good; its sources, those of some kinds, are read from their beginning.

    Raises SourceFailed while a reading goes on, and LandingFailed.
    """
    _nobody_reads(connection)
    for entry in registry.entries(connection):
        if entry.mission == mission and entry.kind in kinds:
            registry.read_anew(connection, entry.name, who=who)
    changes.record(connection, who=who, entity="table", key=table.name, action="empty")
    lake().drop(table)
    _drop_made_of(table)


def forget(connection: sa.Connection, name: str, *, who: str) -> None:
    """Forget a source with its facts, readings, the mark of one, refused rows and dropped files; the audit keeps that
    it was there.

    Raises SourceInvalid when there is none, SourceFailed while a reading goes on, and LandingFailed.
    """
    _nobody_reads(connection)
    entry = registry.find(connection, name)
    registry.forget(connection, name, who=who)
    if entry is not None:
        take_out(entry)
        mission = missions().get(entry.mission)
        _drop_made_of(*(mission.holding if mission else ()))
    shutil.rmtree(uploads(name), ignore_errors=True)
    begun(name).unlink(missing_ok=True)


def _drop_made_of(*tables: FactTable) -> None:
    """Take out what was made of these tables; the next sync makes it of what is left. Raises LandingFailed."""
    for mission in missions().values():
        for table in mission.holding:
            if table.made_of in tables:
                lake().drop(table)
