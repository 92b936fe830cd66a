"""What the home page says of the portfolio."""

from dataclasses import replace
from datetime import datetime

from core.base.i18n import _, show_number
from core.facts.query import Reader
from core.mission.contract import Headline
from core.people.person import Person
from core.records import records
from core.records.records import Wanted
from core.store.engine import store
from core.store.kept import until_changed
from pages.portfolio.collection import UNPLACED, USE_CASES


def headline(reader: Reader, person: Person, now: datetime, last_visit: datetime | None) -> Headline:
    """How many use cases are under way, how many of them run, and how many have no phase."""
    squads = person.scope.squads
    with store().read() as connection:
        kind, open_ = USE_CASES.kind, replace(USE_CASES.live, squads=squads)
        live = until_changed(connection, ("tally", kind, squads), lambda: records.tally(connection, kind, open_))
        every = Wanted(squads=squads)
        states = until_changed(
            connection, ("states", kind, squads), lambda: records.counts(connection, kind, "state", every)
        )
    unplaced = _("{n} without a phase.").format(n=show_number(states.get(UNPLACED, 0)))
    return Headline(
        sentence=_("use cases under way, of which {n} run.").format(n=show_number(states.get("run", 0))),
        number=show_number(live.records),
        freshness=live.newest or now,
        concerns=(unplaced,) if states.get(UNPLACED) else (),
    )
