"""What people are told of the register by mail: that a treatment must be reviewed, once for each day of review."""

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa

from core.base.i18n import _, local, show_date, speaking
from core.base.settings import settings
from core.people import accounts
from core.people.person import Person
from core.people.rights import may_act
from core.records import acts, records
from core.records.collection import Collection
from core.records.records import Line, Wanted
from core.tell.outbox import Notice
from pages.register.collection import COLLECTIONS
from pages.register.workflow import VALIDATION, Action, State

DUE = (State.VALIDATED.value, State.TO_REVIEW.value)


def notices(connection: sa.Connection, now: datetime) -> Iterator[Notice]:
    """Calls every treatment whose review is due (the daily step of the workflow), then tells its author and those who
    may validate, where they have an address. Within `Store.write`."""
    today = local(now).date()
    for collection in COLLECTIONS:
        if collection.opened(collection.lists(connection)):
            acts.call_due(connection, collection, today, Action.CALL)
            due = records.find(connection, collection.kind, Wanted(facets={"state": DUE}, review_until=today)).lines
            yield from _about(connection, collection, due, now) if due else ()


def _about(connection: sa.Connection, collection: Collection, due: list[Line], now: datetime) -> Iterator[Notice]:
    open_ = {account.person.name: account.person for account in accounts.everyone(connection) if account.active(now)}
    holders = acts.holders(connection, collection, VALIDATION)
    for line in due:
        author = open_.get(line.author)
        people = {
            person.name: person for person in ([author] if author else []) + holders if may_act(person, collection.home)
        }
        for person in people.values():
            if person.email:
                yield _notice(line, person, person.email)


def _notice(line: Line, person: Person, address: str) -> Notice:
    link = f"{settings().base_url.rstrip('/')}/register?record={line.ref}" if settings().base_url else ""
    with speaking(person.language or "fr"):
        day = show_date(line.review_on) if line.review_on else ""
        lines = [
            _("The treatment {ref}, {name}, was to be reviewed on {day}."),
            _("Look at it, correct what has changed, and have it validated again."),
        ]
        lines_told = [line_pattern.format(ref=line.ref, name=line.title, day=day) for line_pattern in lines]
        return Notice(
            what=f"register.review:{line.ref}",
            step=str(line.review_on),
            to=address,
            subject=_("To be reviewed: {ref}").format(ref=line.ref),
            text="\n".join([*lines_told, link]).strip() + "\n",
        )
