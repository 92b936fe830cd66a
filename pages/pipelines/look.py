"""One look at a night: its filters, the board that was judged, and what of it passes them."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, cached_property
from typing import Any

from core.base.i18n import N_, _
from core.base.once import once
from core.base.status import LOOKS, word
from core.facts.query import Reader
from core.people.person import Person
from core.show.filters import Choice, Choices, Chosen, Day, Filter, Picked, Range
from core.show.look import Look
from core.store.engine import store
from pages.pipelines import judged, rules
from pages.pipelines.availability import BACK, Availability, availabilities
from pages.pipelines.board import Board
from pages.pipelines.book import Book
from pages.pipelines.decisions import Decisions, What, known
from pages.pipelines.desk import Desk, desk_at, scope_of
from pages.pipelines.facts import PIPELINE_RUNS
from pages.pipelines.headline import board_before, last_night, to_the_minute
from pages.pipelines.night import board_of, ends_before
from pages.pipelines.nights import Night
from pages.pipelines.passing import Hours, Passing, passing
from pages.pipelines.rules import Rules
from pages.pipelines.streaks import Key, Streak, streaks

STREAK = 30
"""As many nights are looked at for pipelines that fail night after night."""
FAILURES_BACK = timedelta(days=90)
"""Errors are told by kind over these days up to the end of the night shown."""
HALF_HOUR, QUARTER = timedelta(minutes=30), timedelta(minutes=15)
BEFORE = N_("{hour} the day before")


@dataclass(frozen=True, kw_only=True)
class NightLook(Look):
    """`board` is the night's as known at `as_of` (UTC): by now, or at the hour of the night that was asked for; `desk`
    is the duty desk's then, `normal` what people said of durations by then."""

    rules: Rules
    night: Night
    board: Board
    hours: Hours | None
    replay: bool
    book: Book
    desk: Desk
    normal: Decisions

    @property
    def source(self) -> Board:
        """What every figure is made of."""
        return self.board

    @property
    def content(self) -> Hashable:
        """The hours as moments, the versions of the rules, and what happened at the desk, what was decided."""
        decided = tuple(self.normal.values())
        return self.hours, self.book.content, self.desk.incidents, self.desk.silences, self.desk.kinds.content, decided

    @cached_property
    def family_names(self) -> dict[str, str]:
        """The names of the families by their keys, as the rules have them that hold now."""
        return {family.key: family.name for family in self.rules.families}

    @cached_property
    def passing(self) -> Passing:
        """What of the board passes the filters."""
        return passing(self.board, self.chosen.family, self.chosen.status, self.hours)

    @cached_property
    def available(self) -> tuple[Availability, ...]:
        """Whether each data set of the board is ready, expected or unavailable. Raises QueryFailed."""
        return tuple(availabilities(self.board, ends_before(self.reader, self.rules, self.night, BACK)))

    def board_before(self, nights: int) -> Board:
        """The board of an earlier night, with all that is known of it by now."""
        if nights == 0 and not self.replay:
            return self.board
        return board_before(self.reader, self.rules, self.night, nights, self.now)

    @cached_property
    def streaks(self) -> Mapping[Key, Streak]:
        """How many nights running each pipeline has failed, up to this one."""
        return streaks(self.board if nights == 0 else self.board_before(nights) for nights in range(STREAK))


class Opening:
    """The night's filters, before they are read."""

    def __init__(self, reader: Reader, person: Person, now: datetime, in_force: Rules) -> None:
        self._reader, self._person, self._now, self._rules = reader, person, now, in_force
        self._book = Book(person, in_force, in_force.night_at(now).day)

    @cached_property
    def filters(self) -> Mapping[str, Filter[Any]]:
        """Night, family, verdict, hours, the hour of knowing, and the pipeline picked; which version of the rules is
        shown, and which rule is changed."""
        scope, in_force = self._person.scope, self._rules
        seen = [f for f in in_force.families if scope.everything or f.squad is None or f.squad in self._person.squads]
        tonight = in_force.night_at(self._now)
        hours, quarters = half_hours(tonight.turn), hours_of(tonight.turn, QUARTER)
        return {
            "night": Day(_("Night"), default=last_night(self._now), last=tonight.day),
            "family": Choices(_("Family"), options={family.key: family.name for family in seen}),
            "status": Choices(_("Status"), options={verdict.value: word(verdict) for verdict in LOOKS}),
            "hours": Range(_("Hours"), (0, 0), tuple(_labelled(hours)), rare=True),
            "known": Choice(
                _("What was known at"), options={hour: hour for hour in quarters[1:]}, none=_("Now"), rare=True
            ),
            "pipeline": Picked(_("Pipeline"), columns={"pipeline": str}, told=lambda pick: str(pick["pipeline"])),
            **self._of_rules,
        }

    @property
    def _of_rules(self) -> Mapping[str, Filter[Any]]:
        book = self._book
        if not book.may_act:
            return {}
        versions, first, changes = book.offered
        return {
            "version": Choice(_("Version"), options=versions, none=versions[first], aside=True),
            "rule": Choice(_("What is changed"), options=changes, none=next(iter(changes.values())), aside=True),
        }

    def look(self, chosen: Chosen) -> NightLook:
        """The night asked for, judged. Raises QueryFailed."""
        night = self._rules.night_of(chosen.night)
        replay = chosen.known is not None
        as_of = min(moment_at(night, chosen.known), self._now) if replay else self._now
        hours = half_hours(self._rules.night_at(self._now).turn)
        first, last = chosen.hours
        whole = chosen.hours == (0, len(hours) - 1)
        board = board_of(self._reader, self._rules, night, to_the_minute(as_of), replay=replay)
        families = [family.family.key for family in board.families]
        with store().read() as connection:
            desk = desk_at(
                connection, families, as_of, {scope_of(incident) for incident in board.incidents}, self._rules.called
            )
            normal = known(connection, What.NORMAL, as_of, self._rules.called)
        return NightLook(
            reader=self._reader,
            person=self._person,
            now=self._now,
            chosen=chosen,
            params={
                "renamed": self._rules.spans(),
                "failed_since": night.end - FAILURES_BACK,
                "failed_until": night.end,
                **judged.params(night.day, chosen.family),
            },
            rules=self._rules,
            night=night,
            board=board,
            hours=None if whole else (_place(night, hours, first), _place(night, hours, last)),
            replay=replay,
            book=self._book,
            desk=desk,
            normal=normal,
        )


def opening(reader: Reader, person: Person, now: datetime) -> Opening | None:
    """The night's opening; None before any run was read. Raises QueryFailed and RulesInvalid."""
    return (
        None
        if reader.fresh(PIPELINE_RUNS) is None
        else Opening(reader, person, now, once("rules of the night", rules.in_force))
    )


def half_hours(turn: time) -> tuple[str, ...]:
    """The half hours of a night in its order, as the clock shows them: its first and its last are the same."""
    return hours_of(turn, HALF_HOUR)


@cache
def hours_of(turn: time, every: timedelta) -> tuple[str, ...]:
    """The hours of a night, one `every` so often, as `half_hours`."""
    start = datetime.combine(date.min, turn, UTC)
    return tuple(f"{start + n * every:%H:%M}" for n in range(timedelta(days=1) // every + 1))


def _labelled(hours: Sequence[str]) -> list[tuple[str, str]]:
    """The night begins and ends at the same hour: the first is told apart."""
    return [(hours[0], _(BEFORE).format(hour=hours[0])), *((hour, hour) for hour in hours[1:])]


def _place(night: Night, hours: Sequence[str], place: int) -> datetime:
    return night.end if place == len(hours) - 1 else moment_at(night, hours[place], first=place == 0)


def moment_at(night: Night, hour: str, *, first: bool = False) -> datetime:
    """The UTC moment at which the clock shows an hour in a night; of its turn the end, or with `first` the start."""
    wall = time.fromisoformat(hour)
    return night.end if wall == night.turn and not first else night.moment(wall)
