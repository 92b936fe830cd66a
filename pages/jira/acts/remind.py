"""Mails: to each assignee, which of their open requests lack a mandatory field. Each tells a person their own alone."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from core.base import addresses
from core.base.i18n import _, local, ngettext, speaking
from core.facts.query import Query, Reader
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from core.records.naming import validated
from core.tell.outbox import Notice
from pages.jira import choices, rules
from pages.jira.conditions import ROWS, UNRESOLVED, I, chosen, flags, lacks, query
from pages.jira.rules import Asked, Rules, missing_words

LANGUAGE = "fr"
"""Assignees are no accounts of Vigie: their language is not known."""


@lru_cache(maxsize=20)
def open_named(asked: tuple[Asked, ...]) -> Query:
    """The open requests that lack a field, with whom they are assigned to."""
    select = sa.select(*ROWS, *flags(asked), I.assignee, I.assignee_mail)
    select = select.where(*chosen(), UNRESOLVED, sa.or_(sa.false(), *map(lacks, asked)))
    return query("open_named", select.order_by(I.assignee, I.created_at))


def notices(connection: sa.Connection, now: datetime) -> Iterable[Notice]:
    """The reminders of the month, from its freezing day on, where the rules want them and the register holds the
    treatment of people's figures."""
    in_force = rules.in_force()
    month = in_force.review.due(now)
    if not in_force.reminders or month is None or not validated(connection, in_force.people_treatment):
        return []
    stamp = f"{local(now):%Y-%m}"
    return list(reminders(warehouse().reader(EVERYTHING), in_force, stamp))


def reminders(reader: Reader, in_force: Rules, stamp: str) -> Iterator[Notice]:
    """One mail an assignee whose one address Jira tells and who has something to fill; `stamp` makes it the month's."""
    lacking: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in choices.rows(reader, open_named(in_force.mandatory), choices.standing(reader, in_force)):
        address = addresses.one(row["assignee_mail"])
        if address and missing_words(row, in_force.mandatory):
            lacking[address].append(row)
    with speaking(LANGUAGE):
        for address, rows in sorted(lacking.items()):
            subject = ngettext("{n} Jira request to fill", "{n} Jira requests to fill", len(rows))
            yield Notice(
                what="jira.unfilled",
                step=stamp,
                to=address,
                subject=subject.format(n=len(rows)),
                text=text(rows, in_force),
            )


def _line(text: str | None) -> str:
    """A text of Jira's on one line: a line of its own would be taken for one of Vigie's."""
    return " ".join((text or "").split())


def text(rows: list[dict[str, Any]], in_force: Rules) -> str:
    """The mail of one person."""
    pattern = _("{label}: {value}")
    lines = []
    for row in rows:
        request = f"{_line(row['key'])} {_line(row['summary'])}"
        missing = missing_words(row, in_force.mandatory)
        lines.append(f"- {pattern.format(label=request, value=missing)}\n  {_line(row['url'])}")
    start = _("Hello,\n\nThese open requests of yours lack a mandatory field:")
    return f"{start}\n\n" + "\n".join(lines) + "\n"
