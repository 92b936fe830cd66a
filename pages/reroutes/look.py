"""One look at the hand-overs: the filters, the slice that they mean, and what several figures ask of it."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, partial
from typing import Any

import pandas as pd

from core.base.cache import Cache, OfFrame
from core.base.i18n import _, language, local
from core.base.periods import Grain
from core.facts.query import Made, Query, Reader
from core.mission.discovery import missions
from core.notes import marks
from core.notes.marks import Mark
from core.people.person import Person
from core.people.rights import may_act
from core.show.filters import Choice, Choices, Chosen, Day, Days, Filter, OneOf, Picked
from core.show.look import Look
from core.store.engine import store
from pages.reroutes import frames, queries, rules, watch
from pages.reroutes.facts import HANDOVERS
from pages.reroutes.frames import Volume
from pages.reroutes.queries import ONLY, Slice
from pages.reroutes.rules import Rules, Scope
from pages.reroutes.watch import Baseline, Known, Watched
from pages.reroutes.words import picked, ways

SHOWN = timedelta(days=182)
MISSION = __name__.split(".")[1]
MASKED, BARE = "masked", "bare"
QUOTED, BEFORE = "quoted", "before"


_watched: Cache[Made[Watched]] = Cache(entries=100, bytes_=100, size=lambda _watched: 1)
_totals: OfFrame[int] = OfFrame(entries=500)


@dataclass(frozen=True, kw_only=True)
class RerouteLook(Look):
    """`slice` is what the filters mean, `there` what there is at all, `marks` the marked events of the slice's days."""

    rules: Rules
    there: Known
    slice: Slice
    marks: tuple[Mark, ...] = ()

    @property
    def source(self) -> pd.DataFrame:
        """What figures without a question of their own are made of."""
        return self.counts

    @property
    def content(self) -> Hashable:
        """What is known of the whole, and what was marked."""
        return self.there, self.slice, self.marks

    @property
    def today(self) -> date:
        """The day on the screens' clock."""
        return local(self.now).date()

    @property
    def scope(self) -> Scope | None:
        """The scope asked for; None for all."""
        return self.rules.scope(self.chosen.scope)

    @property
    def grain(self) -> Grain:
        """By which periods."""
        return Grain(self.chosen.grain or Grain.WEEK)

    @property
    def flags(self) -> pd.DataFrame:
        """The marked events as charts draw them: `start`, `mark`."""
        return pd.DataFrame([{"start": mark.day, "mark": mark.title} for mark in self.marks], columns=["start", "mark"])

    @cached_property
    def counts(self) -> pd.DataFrame:
        """`queries.by_day`: every day that there is, those outside of the slice too."""
        return self.ask(queries.by_day)

    @cached_property
    def undated(self) -> int:
        """Hand-overs without a date."""
        return self._undated(self.slice)

    @cached_property
    def counted(self) -> Mapping[str, int]:
        """`queries.counted`, of whatever number of hand-overs: distinct tasks of the slice."""
        counts = self.answer(queries.counted).table
        return {name: sum(counts[name].to_pylist()) for name in ("tasks", "again", "pingpong", "later")}

    @cached_property
    def dated(self) -> int:
        """How many hand-overs of the slice have a date."""
        return self.total("handovers")

    @cached_property
    def count(self) -> int:
        """How many hand-overs the slice holds."""
        return self.dated + self.undated

    @cached_property
    def before(self) -> int:
        """How many the period of the same length before holds."""
        earlier = self.slice.before()
        return self.total("handovers", earlier) + self._undated(earlier)

    @cached_property
    def partly_before(self) -> bool:
        """Whether the data tell of a part alone of the period before: what it holds is less than there was."""
        covered, earlier = self.there.covered, self.slice.before()
        return covered is None or earlier.first < covered[0] or earlier.last > covered[1]

    @cached_property
    def watched(self) -> Watched:
        """The rate by period."""
        how = (self.slice, self.grain, self.there, self.rules.settled_after, watch.FEWEST, self.baseline)
        key = (self.reader.scope, self.reader.snapshot, how, language())
        return self.reader.made(_watched, key, lambda reader: watch.watch(reader, *how))

    @cached_property
    def volumes(self) -> list[Volume]:
        """The volumes that lie whole in the slice, of all its scope and origins."""
        asked = self.slice
        volumes = watch.volumes(self.reader, asked) if asked.of_tasks else []
        return [volume for volume in volumes if asked.first <= volume.first and volume.last <= asked.last]

    @property
    def baseline(self) -> Baseline:
        """What limits are made of: anew from every marked event, and from every version of the router but the first."""
        days = sorted({*(mark.day for mark in self.marks), *self.there.changes})
        before = self.slice.before() if self.chosen.baseline == BEFORE else None
        return Baseline(tuple(day for day in days if self.slice.first < day <= self.slice.last), before)

    def total(self, column: str, asked: Slice | None = None) -> int:
        """The sum of a column of `queries.by_day` over the slice, or over another one."""
        asked = asked or self.slice
        made = partial(frames.within, self.counts, asked)
        return _totals.get(self.counts, (column, asked.first, asked.last), lambda: int(made()[column].sum()))

    def first_rows(self, query: Query, column: str = "handovers") -> pd.DataFrame:
        """The first rows of a list, the newest first; `column` of `queries.by_day` counts those of a day."""
        return self.ask(query, **frames.newest(self.counts, self.slice, column).values())

    def of(self, other: Slice) -> "RerouteLook":
        """The same look at another slice."""
        given = {name: getattr(self, name) for name in ("reader", "person", "now", "chosen", "rules", "there", "marks")}
        return RerouteLook(**given, slice=other, params=other.values(), cut=self.cut)

    def _undated(self, asked: Slice) -> int:
        return int(self.ask(queries.undated, **asked.values())["handovers"][0]) if asked.undated else 0


class Opening:
    """The filters of the hand-overs, before they are read."""

    def __init__(self, reader: Reader, person: Person, now: datetime, in_force: Rules, there: Known) -> None:
        self._reader, self._person, self._now, self._rules, self._there = reader, person, now, in_force, there

    @cached_property
    def filters(self) -> Mapping[str, Filter[Any]]:
        """Scope, days, grain, both ends, filière, who moved; what a click picked; what the router's tab asks."""
        bare = may_act(self._person, missions()[MISSION])
        return offered(self._rules, self._there, local(self._now).date(), bare=bare)

    def look(self, chosen: Chosen) -> RerouteLook:
        """The look that chosen filters mean."""
        asked = slice_of(chosen, self._rules, self._there)
        with store().read() as connection:
            marked = marks.of_mission(connection, MISSION, self._person.scope)
        return RerouteLook(
            reader=self._reader,
            person=self._person,
            now=self._now,
            chosen=chosen,
            rules=self._rules,
            there=self._there,
            slice=asked,
            marks=tuple(mark for mark in marked if asked.first <= mark.day <= asked.last),
            params=asked.values(),
        )


def opening(reader: Reader, person: Person, now: datetime) -> Opening | None:
    """The opening of the hand-overs; None before any was read. Raises QueryFailed and RulesInvalid."""
    in_force, there = rules.in_force(), watch.known(reader)
    if reader.fresh(HANDOVERS) is None or not there.handovers:
        return None
    return Opening(reader, person, now, in_force, there)


def offered(in_force: Rules, there: Known, today: date, *, bare: bool = False) -> dict[str, Filter[Any]]:
    """The filters; `bare`: personal data may be asked for."""
    first, last = shown_first(there, today)
    codes = {code: code for code in there.codes}
    whole = {MASKED: _("masked")} | ({BARE: _("as they are")} if bare else {})
    return {
        "scope": Choice(_("Scope"), options={scope.key: scope.title for scope in in_force.scopes}),
        "days": Days(_("Period"), default=(first, last), today=today),
        "grain": OneOf(_("By"), "week", options={"day": _("day"), "week": _("week"), "month": _("month")}),
        "origin": Choices(_("Origin"), options=codes),
        "target": Choices(_("Target"), options=codes),
        "through": Choices(_("Either end"), options=codes, rare=True),
        "line": Choices(_("Filière"), options={line: line for line in there.lines}, rare=True),
        "way": Choices(_("Moved"), options={way: word for way, word in ways().items() if way in there.ways}, rare=True),
        "router": Choice(
            _("Version of the router"), options={version: version for version in there.routers}, rare=True
        ),
        "baseline": Choice(
            _("Limits made of"), options={BEFORE: _("the period before")}, none=_("the periods shown"), rare=True
        ),
        "split": Day(_("Test from"), last - (last - first) // 5, rare=True),
        "people": OneOf(_("Personal data of examples"), MASKED, options=whole, rare=True),
        "quoted": Choice(
            _("Text of mails"), options={QUOTED: _("without what is quoted")}, none=_("all of it"), rare=True
        ),
        "only": Picked(_("Picked in a chart"), columns=ONLY, told=picked),
    }


def shown_first(there: Known, today: date) -> tuple[date, date]:
    """The days that are shown first: half a year up to the newest day that anything is told of, or, where nothing has a
    date there, the period of its newest rows without one."""
    if there.newest is None:
        return today - SHOWN, today
    ended = [period for period in there.undated if period[1] == there.newest]
    covered = there.covered
    if ended and (covered is None or covered[1] < min(first for first, _last, _count in ended)):
        return min(first for first, _last, _count in ended), there.newest
    first = min([there.covered[0]] if there.covered else [there.newest - SHOWN])
    return max(first, there.newest - SHOWN), there.newest


def slice_of(chosen: Chosen, in_force: Rules, there: Known) -> Slice:
    """The hand-overs that the filters mean."""
    first, last = chosen.days
    return Slice(
        first,
        last,
        scope=watch.resolved(in_force.scope(chosen.scope), there),
        origins=tuple(sorted(chosen.origin)),
        targets=tuple(sorted(chosen.target)),
        lines=tuple(sorted(chosen.line)),
        ways=tuple(sorted(chosen.way)),
        only=tuple(sorted(chosen.only.items())),
        through=tuple(sorted(chosen.through)),
        versions=(chosen.router,) if chosen.router else (),
        undated=bool(there.undated),
    )
