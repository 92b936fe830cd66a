"""Mails: to each assignee, which of their open requests lack a mandatory field. Each tells a person their own alone."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.base import addresses
from core.base.i18n import _, local, speaking
from core.facts.query import Reader
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from core.tell.notices import Notice
from pages.jira import asking, figures, people, queries, review, rules
from pages.jira.rules import Rules

LANGUAGE = "fr"
"""Assignees are no accounts of Vigie: their language is not known."""


def notices(connection: sa.Connection, now: datetime) -> Iterable[Notice]:
    """The reminders of the month, from its freezing day on, where the rules want them and the register holds the
    treatment of people's figures."""
    told = rules.in_force()
    month = review.due(told, now)
    if not told.reminders or month is None or not people.validated(connection, told.people_treatment):
        return []
    stamp = f"{local(now):%Y-%m}"
    return list(reminders(warehouse().reader(EVERYTHING), told, stamp))


def reminders(reader: Reader, told: Rules, stamp: str) -> Iterator[Notice]:
    """One mail an assignee whose one address Jira tells and who has something to fill; `stamp` makes it the month's."""
    given = asking.fill(queries.OPEN_NAMED, asking.given(reader, told))
    lacking: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in reader.run(queries.OPEN_NAMED, **given).table.to_pylist():
        address = addresses.one(row["assignee_mail"])
        if address and figures.missing_words(row, told.mandatory):
            lacking[address].append(row)
    with speaking(LANGUAGE):
        for address, rows in sorted(lacking.items()):
            yield Notice(
                key=f"jira.unfilled:{stamp}:{address}",
                to=address,
                subject=_("{n} Jira requests to fill").format(n=len(rows)),
                text=text(rows, told),
            )


def text(rows: list[dict[str, Any]], told: Rules) -> str:
    """The mail of one person."""
    lines = [
        f"- {row['key']} {row['summary'] or ''}: {figures.missing_words(row, told.mandatory)}\n  {row['url'] or ''}"
        for row in rows
    ]
    start = _("Hello,\n\nThese open requests of yours lack a mandatory field:")
    return f"{start}\n\n" + "\n".join(lines) + "\n"
