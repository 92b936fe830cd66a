"""What the home page says of the migration."""

from collections.abc import Iterator
from datetime import date, datetime

from core.base.i18n import _, local, ngettext, show_number
from core.base.status import Verdict
from core.facts.query import Reader
from core.mission.contract import Headline, Task
from core.mission.discovery import missions
from core.people.person import Person
from core.people.rights import may_act
from core.store.engine import store
from pages.migration import plan
from pages.migration.collection import DONE, MOVING, kept
from pages.migration.figures import END, told_end
from pages.migration.model import Lot
from pages.migration.reconciled import unreconciled


def headline(reader: Reader, person: Person, now: datetime, last_visit: datetime | None) -> Headline:
    """What was treated of the scope and when it may end; for whoever may act: lots to be said done, lots that were said
    done and are no longer reconciled, totals that contradict the days."""
    with store().read() as connection:
        found = kept(connection, person.scope.squads)
    if not found:
        return Headline(sentence=_("No lot is planned."))
    lots, today = [lot for _ref, _state, lot in found], local(now).date()
    scope = sum(plan.size(lot, today) for lot in lots)
    end = told_end(plan.end(lots, today))
    return Headline(
        sentence=_("treatments moved, of {n} in scope. {end}").format(n=show_number(scope), end=end),
        number=show_number(plan.sums(lots).treated),
        freshness=now,
        tasks=tuple(_tasks(found, person, today)) if may_act(person, missions()["migration"]) else (),
        about=END,
    )


def _tasks(found: list[tuple[str, str, Lot]], person: Person, today: date) -> Iterator[Task]:
    for ref, state, lot in found:
        at, left = {"record": ref}, plan.remaining([lot], today)
        if state == DONE and (why := unreconciled(lot, person)):
            yield Task(_("{name} was said to be done: {why}").format(name=lot.name, why=why), Verdict.KO, at)
        elif state == MOVING and not left:
            said = _("{name}: all is treated, to be reconciled and said to be done").format(name=lot.name)
            yield Task(said, Verdict.WARNING, at)
    differ = sum(plan.sums([lot]).contradicts for _ref, _state, lot in found)
    if differ:
        said = ngettext(
            "the written total of {n} lot is not what its days add up to",
            "the written totals of {n} lots are not what their days add up to",
            differ,
        )
        yield Task(said.format(n=show_number(differ)), Verdict.WARNING, {"part": "plan"})
