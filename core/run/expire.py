"""What Vigie holds of people and no longer may: erased once the retention that its own treatments declare is over.
Schedule it each night:

    python -m core.run.expire

The audit and the versions of records are the exception. Both are append-only: an entry taken out of the chain would
look like a forgery, and they prove who answered for what, which the law asks for as long as the register is kept
(GDPR, articles 5.2 and 17.3.e). So entries past their retention are counted and told, never removed here. What makes
an account name in them somebody's is erased with the account: the shown name, the address, the directory's identity.
Whoever must go further archives the store and begins a new one.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from core.base import clock, log
from core.base.errors import VigieError
from core.base.i18n import N_, _, show_number
from core.base.periods import MONTH
from core.facts.forget import forget as forget_people
from core.facts.lake import lake
from core.facts.tables import FactTable
from core.mission.contract import Mission
from core.mission.discovery import missions
from core.run import leftovers
from core.store import changes
from core.store.engine import store
from core.store.schema import (
    alert_choices,
    attempts,
    audit,
    drafts,
    grants,
    incident_steps,
    incidents,
    morning_messages,
    night_decisions,
    outbox,
    people,
    sessions,
    sign_ins,
    silences,
    subscriptions,
)

ENTITY = "retention"


class ExpireFailed(VigieError):
    """Something whose retention may be over could not be erased."""


class Held(StrEnum):
    """What is held of people."""

    ACCOUNTS = "accounts"
    """Accounts, counted from the day that they were closed: the row stays for the audit's sake, without the person."""
    CONNECTIONS = "connections"
    """Sessions that ended, sign-ins under way, attempts, messages that were sent, failed or held back."""
    AUDIT = "audit"
    DESK = "desk"
    """Who was on an incident or noted it, counted from its end; who silenced something, from the end of that; who wrote
    a morning message, from its sending; who decided something of the night, from then. What they wrote stays, without
    their names."""
    FACTS = "facts"
    """Facts in the lake that name people, counted from the end of what they are about: the rows stay, without names.
    How long is said by treatment."""
    FILES = "files"
    """Rows of those facts that were refused, files of them that people dropped or that robots take: they go, after the
    same retention."""


def expire(connection: sa.Connection, months: Mapping[str, int], now: datetime) -> dict[str, int]:
    """Erase what is over, within `Store.write`; gives how many rows by what is held. AUDIT's are only counted.

    What no retention is declared for is left alone.
    """
    steps: dict[Held, Callable[[sa.Connection, datetime], int]] = {
        Held.ACCOUNTS: _accounts,
        Held.CONNECTIONS: _connections,
        Held.AUDIT: _audit,
        Held.DESK: _desk,
    }
    done = {what.value: step(connection, now - months[what] * MONTH) for what, step in steps.items() if what in months}
    erased = {what: number for what, number in done.items() if number and what != Held.AUDIT}
    if erased:
        changes.record(connection, who="vigie", entity=ENTITY, key="expire", action="erase", after=erased)
    return done


def forget(of: Iterable[Mission], months: Mapping[str, int], now: datetime) -> dict[str, int]:
    """Take people out of the facts of missions, after the shortest retention of the treatments that allow a table to
    name them (`months` by their references) and of its own; gives how many rows by FACTS, and what was left of them
    elsewhere by FILES. Tables that were declared and are no more are walked too, with every column that landed.

    Its own transaction, after the lake: whatever is taken out is in the audit, and doing it again finds nothing.
    Raises ExpireFailed, once the others are done, where there is no retention at all.
    """
    rows, without, ended, of = 0, set[str](), dict[str, datetime](), list(of)
    for mission, table in _naming(of):
        references = _treatments(mission, table)
        spans = [months[reference] * MONTH for reference in references if reference in months] + (
            [table.kept] if table.kept else []
        )
        if spans:
            ended[table.name] = now - min(spans)
            rows += forget_people(lake(), table, ended[table.name])
        else:
            without |= {*references}
    with store().write() as connection:
        done = {Held.FACTS.value: rows, Held.FILES.value: leftovers.erase(connection, of, ended)}
        if any(done.values()):
            changes.record(connection, who="vigie", entity=ENTITY, key="expire", action="erase", after=done)
    if without:
        sentence = _("The register declares no retention in {treatments}: the people of those facts are not forgotten.")
        raise ExpireFailed(sentence.format(treatments=", ".join(sorted(without))))
    return done


def _naming(of: Iterable[Mission]) -> Iterator[tuple[Mission, FactTable]]:
    return ((mission, table) for mission in of for table in mission.holding if table.personal)


def _treatments(mission: Mission, table: FactTable) -> tuple[str, ...]:
    return mission.people.treatments(table) if mission.people else table.treatments


def _accounts(connection: sa.Connection, before: datetime) -> int:
    """Take the person out of accounts that were closed before a moment."""
    nobody = sa.and_(people.c.closed_at < before, people.c.display_name != "")
    ids = list(connection.scalars(sa.select(people.c.id).where(nobody)))
    blank: dict[str, Any] = {
        "display_name": "",
        "email": None,
        "password_hash": None,
        "oidc_subject": None,
        "language": None,
        "squads": [],
        "seen_at": None,
        "previous_visit_at": None,
    }
    connection.execute(sa.update(people).where(people.c.id.in_(ids)).values(**blank, version=people.c.version + 1))
    for table in (sessions, sign_ins, drafts, grants, subscriptions, alert_choices):
        connection.execute(sa.delete(table).where(table.c.person_id.in_(ids)))
    return len(ids)


def _connections(connection: sa.Connection, before: datetime) -> int:
    ended = sa.or_(sessions.c.ended_at < before, sessions.c.expires_at < before)
    gone = [
        sa.delete(sessions).where(ended),
        sa.delete(sign_ins).where(sign_ins.c.expires_at < before),
        sa.delete(attempts).where(attempts.c.at < before),
        sa.delete(outbox).where(outbox.c.created_at < before, outbox.c.state.in_(["sent", "failed", "held"])),
    ]
    return sum(connection.execute(statement).rowcount for statement in gone)


def _desk(connection: sa.Connection, before: datetime) -> int:
    """Take people out of incidents, silences and morning messages that were over before a moment, and out of what was
    decided of the night before it."""
    steps, messages = incident_steps, morning_messages
    over = sa.select(incidents.c.id).where(incidents.c.closed_at < before)
    named = sa.or_(steps.c.who.not_in(["", "vigie"]), steps.c.owner.is_not(None))
    of_steps = {"who": sa.case((steps.c.who == "vigie", "vigie"), else_=""), "owner": None}
    gone = [
        sa.update(steps).where(steps.c.incident_id.in_(over), named).values(**of_steps),
        sa.update(silences).where(silences.c.until < before, silences.c.who != "").values(who=""),
        sa.update(messages).where(messages.c.sent_at < before, messages.c.who.not_in(["", "vigie"])).values(who=""),
        sa.update(night_decisions).where(night_decisions.c.at < before, night_decisions.c.who != "").values(who=""),
    ]
    return sum(connection.execute(statement).rowcount for statement in gone)


def _audit(connection: sa.Connection, before: datetime) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(audit).where(audit.c.at < before)) or 0


TOLD = {
    Held.ACCOUNTS: N_("Accounts whose person was erased: {n}"),
    Held.CONNECTIONS: N_("Sessions, attempts and mails erased: {n}"),
    Held.AUDIT: N_("Entries of the audit past their retention, kept as proof: {n}"),
    Held.DESK: N_("Entries of the duty desk whose people were taken out: {n}"),
    Held.FACTS: N_("Facts whose people were taken out: {n}"),
    Held.FILES: N_("Refused rows and files of people that were erased: {n}"),
}


def main(arguments: list[str]) -> int:
    """The command. Exit code 1 when the store or the lake does not answer."""
    parser = argparse.ArgumentParser(prog="python -m core.run.expire", description="Retention of what Vigie holds.")
    parser.parse_args(arguments)
    log.setup()
    now = clock.now()
    try:
        store().upgrade()
        there = list(missions().values())
        allowing = sorted({treatment for mission, table in _naming(there) for treatment in _treatments(mission, table)})
        with store().write() as connection:
            months: dict[str, int] = {}
            for mission in there:
                months |= mission.kept(connection, allowing) if mission.kept else {}
            done = expire(connection, months, now)
        done |= forget(there, months, now)
    except VigieError as error:
        sys.stderr.write(error.sentence + "\n")
        return 1
    for what, number in done.items():
        sys.stdout.write(_(TOLD[Held(what)]).format(n=show_number(number)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
