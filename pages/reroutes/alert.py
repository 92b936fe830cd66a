"""The mail when a rate leaves its limits: once for each excursion, to the people whom `rules.yml` names by role."""

from collections.abc import Iterator
from datetime import date, datetime

import sqlalchemy as sa

from core.base.i18n import _, local, speaking
from core.base.periods import Grain, last_whole
from core.base.settings import settings
from core.facts.query import Reader
from core.mission.discovery import warehouse
from core.notes import marks
from core.people.person import EVERYTHING, Role
from core.store.schema import outbox, people
from core.tell.outbox import Notice
from pages.reroutes import rules
from pages.reroutes.control import Stretch
from pages.reroutes.queries import Slice
from pages.reroutes.watch import Baseline, Watched, known, resolved, sentence, watch

WHAT = "reroutes.rate:{scope}:{grain}"


def notices(connection: sa.Connection, now: datetime) -> Iterator[Notice]:
    """What is to be told at a moment (UTC): the excursion or lasting change, if any, that the last complete period
    belongs to.

    An excursion that was told stays told while it lasts, also where new data move its beginning. Raises QueryFailed
    and RulesInvalid.
    """
    in_force = rules.in_force()
    reader = warehouse().reader(EVERYTHING)
    for key in in_force.alert.scopes:
        watched = _watched(connection, reader, in_force, key, now)
        last = max((at for at, period in enumerate(watched.rates.periods) if period.whole), default=-1)
        ending = (
            (stretch, signal_there)
            for stretch in watched.stretches
            for signal_there in stretch.signals
            if signal_there.last == last
        )
        stretch, signal = next(ending, (None, None))
        if stretch is None or signal is None:
            continue
        begin = watched.rates.begins[signal.first]
        for to, language in _people(connection, in_force.alert.roles):
            begun = _told_since(connection, key, watched.grain, to, begin)
            with speaking(language):
                yield _notice(
                    in_force, key, watched.grain, stretch, sentence(watched, stretch, signal), begun or begin, to
                )


def _watched(connection: sa.Connection, reader: Reader, in_force: rules.Rules, key: str, now: datetime) -> Watched:
    there = known(reader)
    over = last_whole(local(now).date(), in_force.alert.grain, in_force.alert.periods)
    asked = Slice(over.first, over.last, scope=resolved(in_force.scope(key), there))
    every = marks.of_mission(connection, __name__.split(".")[1], EVERYTHING)
    marked = (mark.day for mark in every if mark.squad is None)
    starts = Baseline(tuple(sorted(day for day in {*marked, *there.changes} if over.first < day <= over.last)))
    return watch(reader, asked, in_force.alert.grain, there, in_force.settled_after, in_force.alert.minimum, starts)


def _people(connection: sa.Connection, roles: tuple[Role, ...]) -> list[tuple[str, str]]:
    """Address and language of the open accounts of some roles."""
    rows = connection.execute(
        sa.select(people.c.email, people.c.language)
        .where(people.c.role.in_([role.value for role in roles]), people.c.closed_at.is_(None), people.c.email != "")
        .order_by(people.c.email)
        .distinct()
    )
    return [(email, language or "fr") for email, language in rows]


def _told_since(connection: sa.Connection, scope: str, grain: Grain, to: str, begin: date) -> date | None:
    """The beginning under which this excursion was told already: one in it, or in the period just before it."""
    steps = sa.select(outbox.c.step).filter_by(what=WHAT.format(scope=scope, grain=grain), recipient=to)
    begun = [date.fromisoformat(step) for step in connection.scalars(steps)]
    near = grain.moved(begin, -1)
    return min((begin for begin in begun if begin >= near), default=None)


def _notice(
    in_force: rules.Rules, key: str, grain: Grain, stretch: Stretch, sentence: str, begin: date, to: str
) -> Notice:
    scope = in_force.scope(key)
    name = scope.title if scope else key
    address = settings().base_url
    lines = [
        sentence,
        "",
        _("Scope: {name}. One mail for each excursion; the limits are those of {n} complete periods.").format(
            name=name, n=stretch.limits.periods if stretch.limits else 0
        ),
    ]
    if address:
        lines += ["", f"{address.rstrip('/')}/reroutes?scope={key}&grain={grain}"]
    return Notice(
        what=WHAT.format(scope=key, grain=grain),
        step=begin.isoformat(),
        to=to,
        subject=_("Reroutes, {name}: the rate left its usual limits").format(name=name),
        text="\n".join(lines) + "\n",
    )
