"""What a view of the hand-overs shows to somebody who is not at its screen: for the mail of the month."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from core import filters, marks
from core.auth.people import Person
from core.filters import Chosen
from core.i18n import _, local, show_number, show_percent
from core.query import Reader
from core.shown import Picture, Shown
from core.store.engine import store
from pages.reroutes import asked, frames, queries, rules, shown, watch
from pages.reroutes.queries import Slice
from pages.reroutes.rules import Grain
from pages.reroutes.watch import Known

MISSION = __name__.split(".")[1]


def picture(reader: Reader, person: Person, params: Mapping[str, str], now: datetime) -> Picture:
    """The charts and tables of the screen under the filters of an address. Raises QueryFailed and RulesInvalid."""
    said, there = rules.in_force(), watch.known(reader)
    chosen = filters.read(asked.offered(said, there, local(now).date()), params)
    if not there.handovers:
        return Picture(Chosen({}, {}), (), ())
    of = asked.slice_of(chosen, said.scope(chosen.scope), there)
    ask = partial(asked.ask, reader.run)
    by_day = ask(queries.by_day, of)
    counted = frames.total(by_day, ["handovers", "tasks", "again", "pingpong"])
    tasks = counted["tasks"] + (int(ask(queries.undated, of)["tasks"].sum()) if by_day["day"].isna().any() else 0)
    figures = [
        (_("Reroutes"), show_number(counted["handovers"])),
        (_("Tasks rerouted"), show_number(tasks)),
        (_("Twice or more"), show_number(counted["again"])),
        (_("Ping-pong"), show_number(counted["pingpong"])),
    ]
    grain: Grain = chosen.grain or "week"
    watched = watch.watch(reader, of, grain, there.covered)
    if not watched.why_not:
        hits, size = watched.rates.measured
        figures.insert(2, (_("Rate"), show_percent(hits / size, 1)))
    parts = _parts(reader, of, there, grain, watched) if counted["handovers"] else []
    return Picture(chosen, tuple(figures), tuple(part for part in parts if len(part.frame)))


def _parts(reader: Reader, of: Slice, there: Known, grain: Grain, watched: watch.Watched) -> list[Shown]:
    ask = partial(asked.ask, reader.run)
    now, before = ask(queries.by_day, of), ask(queries.by_day, of.before())
    pairs, waits = ask(queries.pairs, of), ask(queries.waits, of)
    with store().read() as connection:
        known = [mark for mark in marks.of_mission(connection, MISSION) if of.first <= mark.day <= of.last]
    marked = shown.flags(known)
    over_time = frames.trend(now, before, of, grain, there.covered)
    found = [shown.trend(over_time, marked)] if over_time["handovers"].sum() else []
    found += [shown.control(watched, marked), *shown.distribution(pairs, ask(queries.kinds, of))]
    found += [shown.matrix(pairs), shown.pareto(pairs), shown.flow(pairs)]
    found += [shown.newcomers(pairs, ask(queries.pairs, of.before()))]
    if waits["handovers"].sum():
        found += [shown.waits(waits), shown.hours(ask(queries.hours, of))]
    return found
