"""What the home page says of the declared data."""

from datetime import datetime

from core.base.i18n import _, ngettext, show_number
from core.base.status import Verdict
from core.facts.query import Reader
from core.mission.contract import Headline, Task
from core.mission.discovery import missions
from core.people.person import Person
from core.people.rights import may_act
from pages.extracts.declared import extracts


def headline(reader: Reader, person: Person, now: datetime, last_visit: datetime | None) -> Headline:
    """How many tables are declared; what is wrong, for whoever may mend it."""
    found, mission = extracts(), missions()["extracts"]
    count = len(found.things)
    problems = tuple(Task(problem, Verdict.KO) for problem in found.problems)
    return Headline(
        sentence=ngettext("table is declared.", "tables are declared.", count) if count else _("No table is declared."),
        number=show_number(count) if count else None,
        freshness=reader.fresh(*mission.tables) if mission.tables else None,
        tasks=problems if may_act(person, mission) else (),
    )
