"""What the home page says of the checks."""

from datetime import datetime

from core.base.i18n import _
from core.base.status import Verdict
from core.facts.query import Reader
from core.mission.contract import Headline, Task
from core.people.person import Person
from core.people.rights import may_act
from core.show.filters import read
from pages.checks import MISSION
from pages.checks.facts import CHECK_RUNS
from pages.checks.figures.board import ABOUT, counted
from pages.checks.look import opening

GRAVE = (Verdict.KO, Verdict.UNKNOWN)


def headline(reader: Reader, person: Person, now: datetime, last_visit: datetime | None) -> Headline:
    """The gravest verdict and how many checks have each; for whoever may act, those that are KO or unknown."""
    opened = opening(reader, person, now)
    if opened is None:
        return Headline(sentence=_("No check is declared."))
    look = opened.look(read(opened.filters, {}))
    acts = may_act(person, MISSION)
    tasks = [
        Task(f"{line.check.title}\u202f: {line.sentence}", line.verdict, {"check": line.check.check})
        for line in look.board.lines
        if line.verdict in GRAVE
    ]
    problems = [Task(problem, Verdict.KO) for problem in look.standing.problems]
    return Headline(
        sentence=counted(look.board) + ".",
        verdict=look.board.verdict,
        freshness=reader.fresh(CHECK_RUNS),
        tasks=(*problems, *tasks) if acts else (),
        about=ABOUT,
    )
