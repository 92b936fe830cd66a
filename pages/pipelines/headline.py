"""What the home page says of last night: the verdict, my squad's families, what changed since my last visit."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cache

from core.base.i18n import N_, _, local, show_date
from core.base.status import LOOKS, Verdict, word
from core.facts.query import Reader
from core.mission.contract import Available, Headline, Task
from core.mission.discovery import warehouse
from core.people.person import Person, Role, Scope
from core.show.about import About
from pages.pipelines import book, rules
from pages.pipelines.availability import BACK, availabilities
from pages.pipelines.board import Board
from pages.pipelines.desk import Standing
from pages.pipelines.facts import PIPELINE_RUNS
from pages.pipelines.judged import UNWELL
from pages.pipelines.night import board_of, ends_before
from pages.pipelines.nights import Night
from pages.pipelines.thresholds import Shares
from pages.pipelines.why import sentence
from pages.pipelines.words import SOURCE

ABOUT = About(
    N_(
        "The most severe verdict of the families of which something was expected this night. The night of a date "
        "lasts from the evening before to that evening."
    ),
    SOURCE,
)
NIGHTS = 12
JUDGED = (Verdict.OK, Verdict.WARNING, Verdict.KO)
MENDS = frozenset({Role.SQUAD, Role.DUTY, Role.LEAD, Role.ADMIN})
"""Who is told of what went wrong as something to do."""


def last_night(now: datetime) -> date:
    """The night shown at first: the one that ended, or ends, this local day."""
    return local(now).date()


def headline(reader: Reader, person: Person, now: datetime, visit: datetime | None) -> Headline:
    """The card of last night. Raises QueryFailed and RulesInvalid."""
    freshness = reader.fresh(PIPELINE_RUNS)
    if freshness is None:
        return Headline(_("No source of runs has been read yet."))
    in_force = rules.in_force()
    night = in_force.night_of(last_night(now))
    board = board_of(reader, in_force, night, to_the_minute(now), replay=False)
    return Headline(
        sentence=_("Night of {day}: {counts}").format(
            day=show_date(night.day), counts=counts(family.verdict for family in board.families)
        ),
        verdict=board.verdict,
        freshness=freshness,
        tasks=(*(_tasks(board) if person.role in MENDS else ()), *book.tasks(person, in_force, board)),
        trend=tuple(_trend(reader, in_force, board, now)),
        concerns=tuple(_concerns(board, person)),
        changes=tuple(_changes(reader, in_force, night, board, visit)) if visit else (),
        about=ABOUT,
    )


def available(now: datetime) -> list[Available]:
    """The data sets of families that everybody sees. Raises QueryFailed, RulesInvalid."""
    in_force, reader = rules.in_force(), warehouse().reader(Scope(frozenset()))
    if reader.fresh(PIPELINE_RUNS) is None:
        return []
    night = in_force.night_of(last_night(now))
    board = board_of(reader, in_force, night, to_the_minute(now), replay=False)
    data_sets = availabilities(board, ends_before(reader, in_force, night, BACK))
    return [Available(availability.data_set.name, availability.state, availability.words) for availability in data_sets]


def _tasks(board: Board) -> Iterator[Task]:
    """What went wrong, by name; what is not known is told after it."""
    for incident in board.incidents:
        name = f"{incident.family.name} · {incident.pipeline}" if incident.pipeline else incident.family.name
        params = {"night": board.night.day.isoformat(), "family": incident.family.key}
        yield Task(f"{name}\u202f: {sentence(incident.why)}", incident.verdict, params)


def _trend(reader: Reader, in_force: rules.Rules, last: Board, now: datetime) -> Iterator[float]:
    """How many families were KO in each of the last nights, this one included."""
    before = (board_before(reader, in_force, last.night, age, now) for age in range(NIGHTS - 1, 0, -1))
    for board in (*before, last):
        yield sum(family.verdict is Verdict.KO for family in board.families)


def board_before(reader: Reader, in_force: rules.Rules, night: Night, nights: int, now: datetime) -> Board:
    """The board so many nights before one, with all that is known of it by now: of a night that is over it is the same
    one at every moment, and so is kept. Raises QueryFailed."""
    then = in_force.night_of(night.day - timedelta(days=nights))
    return board_of(reader, in_force, then, to_the_minute(min(now, then.end)), replay=False)


def shares(reader: Reader, in_force: rules.Rules, board: Board, now: datetime) -> Shares:
    """In how many of the last nights a scope was KO, and how many of them were judged; the present night is one."""

    @cache
    def verdicts(night: int) -> dict[str, Verdict]:
        its = board if night == 0 else board_before(reader, in_force, board.night, night, now)
        by_family = {family.family.key: family.verdict for family in its.families}
        return by_family | {
            f"{member.family.key}/{member.member.pipeline}": member.judged.verdict for member in its.members
        }

    def share(standing: Standing, nights: int) -> tuple[int, int]:
        seen = [verdicts(night).get(standing.scope) for night in range(nights)]
        return seen.count(Verdict.KO), sum(verdict in JUDGED for verdict in seen)

    return share


def when(moment: datetime) -> tuple[str, Mapping[str, str]]:
    """The way to the night that a moment (UTC) lies in. Raises RulesInvalid."""
    day = rules.in_force().night_at(moment).day
    return _("See the night of {day}").format(day=show_date(day, "long")), {"night": day.isoformat()}


def to_the_minute(moment: datetime) -> datetime:
    """The minute that a moment lies in: boards of one minute are the same one."""
    return moment.replace(second=0, microsecond=0)


def counts(verdicts: Iterable[Verdict]) -> str:
    """How many families have each verdict, the most severe first."""
    numbers = Counter(verdicts)
    ordered = sorted(numbers, key=lambda verdict: -LOOKS[verdict].severity)
    counted = (f"{numbers[verdict]} {word(verdict)}".replace(" ", "\u00a0") for verdict in ordered)
    return ", ".join(counted) or _(NO_FAMILY)


NO_FAMILY = N_("no family to judge")


def _concerns(board: Board, person: Person) -> Iterator[str]:
    for family in board.families:
        if family.family.squad in person.squads:
            yield _("{family}: {verdict}, {why}").format(
                family=family.family.name, verdict=word(family.verdict), why=sentence(family.why)
            )


def _changes(reader: Reader, in_force: rules.Rules, night: Night, board: Board, visit: datetime) -> Iterator[str]:
    """Families that got worse or well again since a visit, as the night was then known."""
    then = to_the_minute(max(visit, night.start))
    before = board_of(reader, in_force, night, then, replay=True)
    for was, now in zip(before.families, board.families, strict=True):
        if was.verdict is not now.verdict and (was.verdict in UNWELL or now.verdict in UNWELL):
            yield _("{family}: {before}, now {after}").format(
                family=now.family.name, before=word(was.verdict), after=word(now.verdict)
            )
