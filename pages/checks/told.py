"""The message of the morning: what a check counted, told to whom its declaration names."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa

from core.base.i18n import _, show_date, show_number
from core.base.settings import settings
from core.base.status import word
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from core.tell.outbox import Notice
from pages.checks import judged
from pages.checks.board import Seen, seen
from pages.checks.definitions import Check
from pages.checks.queries import SINCE
from pages.checks.standing import standing

FRESH = timedelta(days=1)
"""A run is told so long after its hour; one that was made later is no news."""


def lines(check: Check, run: Seen) -> list[str]:
    """A run line by line: its verdict, each outcome with its rows, the equation."""
    if run.error:
        return [f"{word(run.verdict)}\u202f: {run.error}"]
    counts = {count.outcome: count for count in run.counts}
    lines = [f"{word(run.verdict)}\u202f: {judged.sentence(check, run.counts)}"]
    for name, title in check.words.items():
        if name in counts or name in {outcome.outcome for outcome in check.outcomes}:
            count = counts.get(name, judged.Count(name, 0, 0))
            share = judged.share(count.rows, judged.whole(count, run.counts))
            lines.append(f"{title}\u202f: {show_number(count.rows)}" + (f" ({share})" if share else ""))
    return [*lines, *judged.equation(check, run.counts)]


def notices(_connection: sa.Connection, now: datetime) -> Iterator[Notice]:
    """What is to be told at a moment (UTC): each run of the last day whose check says to whom. Raises QueryFailed."""
    checks = [thing for thing in standing().things if thing.tell]
    if not checks:
        return
    reader = warehouse().reader(EVERYTHING)
    runs = seen(checks, SINCE, lambda query: reader.run(query, since=now - FRESH), judging=False)
    for check in checks:
        assert check.tell is not None
        wanted = check.tell.after or (min(check.schedule.after),)
        for run in runs.get(check.check, ()):
            if run.after in wanted and now - FRESH <= run.until <= now and not run.error:
                yield from (_notice(check, run, to) for to in check.tell.to)


def _notice(check: Check, run: Seen, to: str) -> Notice:
    text = [*lines(check, run), "", check.meaning]
    if address := settings().base_url:
        text += ["", f"{address.rstrip('/')}/checks?check={check.check}&day={run.day.isoformat()}"]
    return Notice(
        what=f"checks.run:{check.check}",
        step=f"{run.day.isoformat()}+{run.after}",
        to=to,
        subject=_("{title}, {day}: {verdict}").format(
            title=check.title, day=show_date(run.day), verdict=word(run.verdict)
        ),
        text="\n".join(text) + "\n",
    )
