"""What should have happened and did not: a source that is not read any more, a message that does not leave.

    python -m core.run.watch

It is not the sender, nor the sync: schedule it apart from both, where somebody reads what a task prints; `/healthz`
says the same. Exit code 1 when something is overdue.
"""

import argparse
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from core.base import clock, log
from core.base.errors import VigieError
from core.base.i18n import _, ngettext, show_moment
from core.base.settings import settings
from core.facts.query import Query
from core.facts.reads import READS
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from core.run import registry
from core.store.engine import store
from core.store.schema import outbox
from core.tell.outbox import Channel, State

LATE = timedelta(hours=1)
"""A message that was due for so long should have left, or failed."""
LATELY = timedelta(days=1)
"""Messages that failed are told for so long."""
NOTIFIED = "notified"
"""The file of the data folder that the sender touches whenever it ran to its end."""
_READ = Query(
    name="sources_read",
    select=sa.select(READS.sql.c.source, sa.func.max(READS.sql.c.ended_at).label("at")).group_by(READS.sql.c.source),
    tables=(READS,),
    params={},
)


class Overdue(VigieError):
    """Something should have happened and did not."""


def require_nothing() -> None:
    """Raise Overdue with every sentence where something is overdue; StoreFailed, QueryFailed."""
    if sentences := list(overdue(clock.now())):
        raise Overdue(" ".join(sentences))


def overdue(now: datetime) -> Iterator[str]:
    """What should have happened by a moment (UTC) and did not, a sentence each. Raises StoreFailed, QueryFailed."""
    patience = timedelta(hours=settings().overdue_hours)
    yield from _messages(now)
    if (file := sent_file()).exists():
        ran = datetime.fromisoformat(file.read_text(encoding="utf-8"))
        if now - ran > patience:
            yield _("Nothing has been sent since {moment}: does python -m core.run.notify still run?").format(
                moment=show_moment(ran)
            )
    if not settings().demo:  # nothing reads a demo's sources
        yield from _sources(now - patience)


def sent_file() -> Path:
    """Where the sender says when (UTC) it last ran to its end."""
    return settings().data / NOTIFIED


def _messages(now: datetime) -> Iterator[str]:
    """By ways that are set up: without a mail server, no mail is missing."""
    ways = [Channel.TEAMS, *([Channel.MAIL] if settings().smtp_host else [])]
    waits = sa.and_(outbox.c.state.in_([State.DUE, State.SENDING]), outbox.c.due_at < now - LATE)
    failed = sa.and_(outbox.c.state == State.FAILED, outbox.c.claimed_at > now - LATELY)
    with store().read() as connection:
        late, lost = (
            connection.scalar(
                sa.select(sa.func.count()).select_from(outbox).where(outbox.c.channel.in_(ways), which)
            ) or 0
            for which in (waits, failed)
        )  # fmt: skip
    if late:
        yield ngettext(
            "{n} message has been due for more than an hour.", "{n} messages have been due for more than an hour.", late
        ).format(n=late)
    if lost:
        yield ngettext(
            "{n} message could not be sent since yesterday.", "{n} messages could not be sent since yesterday.", lost
        ).format(n=lost)


def _sources(since: datetime) -> Iterator[str]:
    """Sources that were read once, and not since a moment."""
    with store().read() as connection:
        wanted = {entry.name for entry in registry.entries(connection) if entry.enabled}
    for row in warehouse().reader(EVERYTHING).run(_READ).table.to_pylist():
        if row["source"] in wanted and row["at"] < since:
            yield _("The source “{source}” has not been read since {moment}.").format(
                source=row["source"], moment=show_moment(row["at"])
            )


def main(arguments: list[str]) -> int:
    """The command. Exit code 1 when something is overdue, or the store does not answer."""
    parser = argparse.ArgumentParser(prog="python -m core.run.watch", description="What should have happened.")
    parser.parse_args(arguments)
    log.setup()
    try:
        sentences = list(overdue(clock.now()))
    except VigieError as error:
        sys.stderr.write(error.sentence + "\n")
        return 1
    sys.stdout.write("\n".join(sentences or [_("Nothing is overdue.")]) + "\n")
    return 1 if sentences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
