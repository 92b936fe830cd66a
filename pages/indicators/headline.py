"""What the home page says of the indicators."""

from collections.abc import Sequence
from datetime import datetime

from core.base.i18n import _, ngettext, show_number
from core.base.status import Verdict
from core.declared.files import Declared
from core.facts.query import Reader
from core.mission.contract import Headline, Task
from core.people.person import Person
from core.people.rights import may_act
from core.store.engine import store
from pages.indicators import MISSION, published, taking
from pages.indicators.definitions import Indicator
from pages.indicators.facts import INDICATOR_VALUES
from pages.indicators.published import Publication
from pages.indicators.words import month, months


def headline(reader: Reader, person: Person, now: datetime, last_visit: datetime | None) -> Headline:
    """How many indicators were published of the newest month; for whoever may act, those that are late or not right."""
    defined = taking.declared_now()
    with store().read() as connection:
        told = published.widest(published.every(connection, person.scope))
    newest = max((one.month for one in told), default=None)
    count = len({one.indicator for one in told if one.month == newest})
    changes = tuple(
        _("{title}: {month} is published.").format(title=one.data["title"], month=month(one.month))
        for one in told
        if last_visit is not None and one.frozen_at > last_visit
    )
    sentence = _("No indicator is published yet.")
    if newest is not None:
        said = ngettext("indicator published of {month}.", "indicators published of {month}.", count)
        sentence = said.format(month=month(newest))
    return Headline(
        sentence=sentence,
        number=show_number(count) if count else None,
        freshness=reader.fresh(INDICATOR_VALUES),
        tasks=_tasks(defined, told, now) if may_act(person, MISSION) else (),
        changes=changes[:5],
    )


def _tasks(defined: Declared[Indicator], told: Sequence[Publication], now: datetime) -> tuple[Task, ...]:
    """What is not right or not published: the gravest first."""
    waiting = []
    for thing in defined.things:
        if due := taking.waiting(thing, told, now):
            said = _("{title}: {months} is not published yet.")
            text = said.format(title=thing.title, months=months(due))
            waiting.append(Task(text, Verdict.WARNING, {"indicator": thing.indicator}))
    return (*(Task(problem, Verdict.KO) for problem in defined.problems), *waiting)
