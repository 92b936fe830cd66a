"""One look at the hand-overs: the filters, the slice that they mean, and what several figures ask of it."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

import pandas as pd

from core.base.i18n import _, local
from core.base.periods import Grain
from core.facts.query import Query, Reader
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
from pages.reroutes.queries import ONLY, Slice
from pages.reroutes.rules import Rules, Scope
from pages.reroutes.watch import Known, Watched
from pages.reroutes.words import picked, ways

SHOWN = timedelta(days=182)
MISSION = __name__.split(".")[1]
MASKED, BARE = "masked", "bare"


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
        return pd.DataFrame([{"start": one.day, "mark": one.title} for one in self.marks], columns=["start", "mark"])

    @cached_property
    def counts(self) -> pd.DataFrame:
        """`queries.by_day`: every day that there is, those outside of the slice too."""
        return self.ask(queries.by_day)

    @cached_property
    def undated(self) -> tuple[int, int]:
        """Hand-overs without a date, and their tasks."""
        return self._undated(self.slice)

    @cached_property
    def dated(self) -> int:
        """How many hand-overs of the slice have a date."""
        return self.total("handovers")

    @cached_property
    def count(self) -> int:
        """How many hand-overs the slice holds."""
        return self.dated + self.undated[0]

    @cached_property
    def before(self) -> int:
        """How many the period of the same length before holds."""
        earlier = self.slice.before()
        return self.total("handovers", earlier) + self._undated(earlier)[0]

    @cached_property
    def tasks(self) -> int:
        """Tasks whose first hand-over lies in the slice, those of tables without dates included."""
        return self.total("tasks") + self.undated[1]

    @cached_property
    def watched(self) -> Watched:
        """The rate by period."""
        return watch.watch(self.reader, self.slice, self.grain, self.there.covered)

    def total(self, column: str, asked: Slice | None = None) -> int:
        """The sum of a column of `queries.by_day` over the slice, or over another one."""
        return int(frames.within(self.counts, asked or self.slice)[column].sum())

    def first_rows(self, query: Query, column: str = "handovers") -> pd.DataFrame:
        """The first rows of a list, the newest first; `column` of `queries.by_day` counts those of a day."""
        return self.ask(query, **frames.newest(self.counts, self.slice, column).values())

    def of(self, other: Slice) -> "RerouteLook":
        """The same look at another slice."""
        given = {name: getattr(self, name) for name in ("reader", "person", "now", "chosen", "rules", "there", "marks")}
        return RerouteLook(**given, slice=other, params=other.values(), cut=self.cut)

    def _undated(self, asked: Slice) -> tuple[int, int]:
        if not asked.undated:
            return 0, 0
        found = self.ask(queries.undated, **asked.values())
        return int(found["handovers"][0]), int(found["tasks"][0])


class Opening:
    """The filters of the hand-overs, before they are read."""

    def __init__(self, reader: Reader, person: Person, now: datetime, said: Rules, there: Known) -> None:
        self._reader, self._person, self._now, self._rules, self._there = reader, person, now, said, there

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
    said, there = rules.in_force(), watch.known(reader)
    if reader.fresh(HANDOVERS) is None or not there.handovers:
        return None
    return Opening(reader, person, now, said, there)


def offered(said: Rules, there: Known, today: date, *, bare: bool = False) -> dict[str, Filter[Any]]:
    """The filters; `bare`: personal data may be asked for."""
    first, last = there.covered or (today - SHOWN, today)
    codes = {code: code for code in there.codes}
    start = max(first, last - SHOWN)
    whole = {MASKED: _("masked")} | ({BARE: _("as they are")} if bare else {})
    return {
        "scope": Choice(_("Scope"), options={scope.key: scope.title for scope in said.scopes}),
        "days": Days(_("Period"), default=(start, last), today=today),
        "grain": OneOf(_("By"), "week", options={"day": _("day"), "week": _("week"), "month": _("month")}),
        "origin": Choices(_("Origin"), options=codes),
        "target": Choices(_("Target"), options=codes),
        "line": Choices(_("Filière"), options={line: line for line in there.lines}, rare=True),
        "way": Choices(_("Moved"), options={way: word for way, word in ways().items() if way in there.ways}, rare=True),
        "router": Choice(
            _("Version of the router"), options={version: version for version in there.routers}, rare=True
        ),
        "split": Day(_("Test from"), last - (last - start) // 5, rare=True),
        "people": OneOf(_("Personal data of examples"), MASKED, options=whole, rare=True),
        "only": Picked(_("Picked in a chart"), columns=ONLY, told=picked),
    }


def slice_of(chosen: Chosen, said: Rules, there: Known) -> Slice:
    """The hand-overs that the filters mean."""
    first, last = chosen.days
    return Slice(
        first,
        last,
        scope=watch.resolved(said.scope(chosen.scope), there),
        origins=tuple(sorted(chosen.origin)),
        targets=tuple(sorted(chosen.target)),
        lines=tuple(sorted(chosen.line)),
        ways=tuple(sorted(chosen.way)),
        only=tuple(sorted(chosen.only.items())),
        undated=there.undated > 0,
    )
