"""What the home page says of the tables of the zone."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime

import sqlalchemy as sa

from core.base.i18n import _, local, ngettext, show_date, show_number
from core.base.status import Verdict
from core.facts.query import Reader
from core.mission.contract import Headline, Task
from core.mission.discovery import missions
from core.people.person import Person
from core.people.rights import may_act
from core.records import records
from core.records.records import Wanted
from core.store.engine import store
from pages.zone.collection import PROPOSED, QUARANTINE, REUSED, TABLES
from pages.zone.evidence import evidence
from pages.zone.model import TABLE, Table


def headline(reader: Reader, person: Person, now: datetime, last_visit: datetime | None) -> Headline:
    """How many tables nobody seems to use, and what that is worth; for whoever may act: those that are used again,
    quarantines that are over, what is only proposed."""
    squads = person.scope.squads
    with store().read() as connection:
        states = records.counts(connection, TABLE.kind, "state", Wanted(squads=squads))
        live = records.tally(connection, TABLE.kind, replace(TABLES.live, squads=squads))
        acts = may_act(person, missions()["zone"])
        tasks = tuple(_tasks(connection, states, local(now).date())) if acts else ()
    said = ngettext("table that nobody seems to use.", "tables that nobody seems to use.", live.records)
    if n := states.get(QUARANTINE):
        aside = ngettext("{n} is in quarantine.", "{n} are in quarantine.", n).format(n=show_number(n))
        said = f"{said} {aside}"
    return Headline(
        sentence=f"{said} {evidence(reader, person, now)[-1]}",
        number=show_number(live.records),
        freshness=live.newest or now,
        tasks=tasks,
        about=TABLES.about,
    )


def _tasks(connection: sa.Connection, states: Mapping[str, int], today: date) -> Iterator[Task]:
    for line in records.find(connection, TABLE.kind, Wanted(facets={"state": [REUSED]})).lines:
        yield Task(_("{name} is used again, to be decided").format(name=line.title), Verdict.KO, {"record": line.ref})
    for one in records.contents(connection, TABLE.kind, Wanted(facets={"state": [QUARANTINE]})):
        until = Table.model_validate(one.data).quarantine_until
        if until and until <= today:
            said = _("the quarantine of {name} is over since {day}").format(name=one.title, day=show_date(until))
            yield Task(said, Verdict.WARNING, {"record": one.ref})
    if n := states.get(PROPOSED):
        said = ngettext("{n} table to ask its owner about", "{n} tables to ask their owners about", n)
        yield Task(said.format(n=show_number(n)), params={"state": PROPOSED})
