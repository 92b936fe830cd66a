"""What a view of the hand-overs shows to somebody who is not at its screen: for the mail of the month."""

from collections.abc import Mapping
from datetime import datetime

from core.base.i18n import _, local, show_number, show_percent
from core.facts.query import Reader
from core.notes import marks
from core.people.person import Person
from core.show import filters
from core.show.filters import Chosen
from core.show.shown import Picture, Shown
from core.store.engine import store
from pages.reroutes import asked, frames, queries, rules, shown, watch
from pages.reroutes.asked import Look

MISSION = __name__.split(".")[1]


def picture(reader: Reader, person: Person, params: Mapping[str, str], now: datetime) -> Picture:
    """The charts and tables of the screen under the filters of an address. Raises QueryFailed and RulesInvalid."""
    said, there = rules.in_force(), watch.known(reader)
    chosen = filters.read(asked.offered(said, there, local(now).date()), params)
    if not there.handovers:
        return Picture(Chosen({}, {}), (), ())
    v = asked.look(reader, reader.run, said, there, chosen)
    figures = [
        (_("Reroutes"), show_number(v.count)),
        (_("Tasks rerouted"), show_number(v.total("tasks") + v.undated[1])),
        (_("Twice or more"), show_number(v.total("again"))),
        (_("Ping-pong"), show_number(v.total("pingpong"))),
    ]
    if not v.watched.why_not:
        hits, size = v.watched.rates.measured
        figures.insert(2, (_("Rate"), show_percent(hits / size, 1)))
    parts = _parts(v) if v.count else []
    return Picture(chosen, tuple(figures), tuple(part for part in parts if len(part.frame)))


def _parts(v: Look) -> list[Shown]:
    pairs, waits = v.ask(queries.pairs), v.ask(queries.waits)
    with store().read() as connection:
        known = [mark for mark in marks.of_mission(connection, MISSION) if v.asked.first <= mark.day <= v.asked.last]
    marked = shown.flags(known)
    over_time = frames.trend(v.counts, v.asked, v.grain, v.there.covered)
    found = [shown.trend(over_time, marked)] if over_time["handovers"].sum() else []
    found += [shown.control(v.watched, marked), *shown.distribution(v.ask(queries.ends))]
    found += [shown.matrix(pairs), shown.pareto(pairs), shown.flow(pairs)]
    found += [shown.newcomers(pairs, v.ask(queries.pairs_met, v.asked.before()))]
    if waits["handovers"].sum():
        found += [shown.waits(waits), shown.hours(v.ask(queries.hours))]
    return found
