"""What the home page says of the register."""

from dataclasses import replace
from datetime import UTC, datetime

from core.base.i18n import _, ngettext, show_number
from core.base.status import Verdict
from core.facts.query import Reader
from core.mission.contract import Headline, Task
from core.mission.discovery import missions
from core.people import grants
from core.people.person import Person
from core.people.rights import may_act
from core.records import records
from core.records.collection import CLOCK
from core.records.listing import DUE, total, yesterday
from core.records.records import Wanted
from core.store.engine import store
from core.store.kept import until_changed
from pages.register.collection import TREATMENTS
from pages.register.figures import run_out
from pages.register.workflow import VALIDATE, State

SHIPPED = Wanted(facets={"state": [State.DRAFT], "author": [CLOCK]})
"""Vigie's own treatments while they are the drafts that it came with."""


def headline(reader: Reader, person: Person, now: datetime, last_visit: datetime | None) -> Headline:
    """How many treatments there are and how many of them are complete; what waits for whoever works on them: what is to
    be validated, reviews that are overdue, data to be erased by now, drafts that came with Vigie and nobody has
    looked at yet."""
    squads = person.scope.squads
    open_ = replace(TREATMENTS.live, squads=squads)
    with store().read() as connection:
        live = until_changed(connection, ("tally", squads), lambda: records.tally(connection, "treatment", open_))
        overdue = total(connection, "treatment", replace(open_, review_until=yesterday(now)))
        own = total(connection, "treatment", replace(SHIPPED, squads=squads))
        waiting = total(connection, "treatment", replace(open_, facets={"state": [State.IN_REVIEW]}))
        gone = len({line.id for line, _one in run_out.over(connection, now, squads)})
        validates = VALIDATE in grants.of(connection, person.id)
    if own and own == live.records:
        sentence = ngettext(
            "draft about Vigie itself, to be reviewed; there is no other treatment yet.",
            "drafts about Vigie itself, to be reviewed; there is no other treatment yet.",
            own,
        )
        return Headline(sentence=sentence, number=show_number(own), freshness=live.newest)
    tasks = []
    if validates and waiting:
        pattern = ngettext("{n} treatment waits for validation", "{n} treatments wait for validation", waiting)
        tasks.append(Task(pattern.format(n=show_number(waiting)), params={"state": State.IN_REVIEW}))
    if may_act(person, missions()["register"]):
        if overdue:
            pattern = ngettext("{n} review is overdue", "{n} reviews are overdue", overdue)
            tasks.append(Task(pattern.format(n=show_number(overdue)), Verdict.WARNING, {"look": DUE}))
        if gone:
            pattern = ngettext(
                "the retention of {n} treatment ran out", "the retention of {n} treatments ran out", gone
            )
            tasks.append(Task(pattern.format(n=show_number(gone)), Verdict.WARNING, {"part": "figures"}))
        if own:
            pattern = ngettext("{n} draft about Vigie itself to review", "{n} drafts about Vigie itself to review", own)
            tasks.append(Task(pattern.format(n=show_number(own)), params={"state": State.DRAFT, "author": CLOCK}))
    return Headline(
        sentence=_("treatments, of which {n} are complete.").format(n=show_number(live.whole)),
        number=show_number(live.records),
        freshness=live.newest or now.astimezone(UTC),
        tasks=tuple(tasks),
    )
