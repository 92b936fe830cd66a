"""What is asked of the hand-overs, by their screen and by a mailed view alike: the filters, the slice that they mean,
and the questions put to it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, partial
from typing import Any

import pandas as pd
import pyarrow as pa

from core.base.i18n import _
from core.base.periods import Grain
from core.facts.query import Query, Reader, Result
from core.show.filters import Choice, Choices, Chosen, Days, Filter, Picked, Picks
from pages.reroutes import frames, queries, rules, watch
from pages.reroutes.facts import Way
from pages.reroutes.queries import ONLY, Slice
from pages.reroutes.rules import Rules, Scope
from pages.reroutes.watch import Known, Watched

SHOWN = timedelta(days=182)
Load = Callable[..., Result]
"""(query, parameters by name) → its answer: `Reader.run`, or a screen's `load`, which also tells of a cut answer."""


def ways() -> dict[str, str]:
    """Who moved a task, in words."""
    return {Way.MANUAL.value: _("by hand"), Way.AUTOMATIC.value: _("by a machine"), Way.UNKNOWN.value: _("not said")}


def offered(said: Rules, there: Known, today: date) -> dict[str, Filter[Any]]:
    """Scope, days, grain, both ends, filière, who moved; and what a click on a chart picked."""
    first, last = there.covered or (today - SHOWN, today)
    codes = {code: code for code in there.codes}
    return {
        "scope": Choice(_("Scope"), options={scope.key: scope.title for scope in said.scopes}),
        "days": Days(_("Period"), default=(max(first, last - SHOWN), last), today=today),
        "grain": Choice(_("By"), default="week", options={"day": _("day"), "week": _("week"), "month": _("month")}),
        "origin": Choices(_("Origin"), options=codes),
        "target": Choices(_("Target"), options=codes),
        "line": Choices(_("Filière"), options={line: line for line in there.lines}),
        "way": Choices(_("Moved"), options={way: word for way, word in ways().items() if way in there.ways}),
        "only": Picked(_("Picked in a chart"), columns=ONLY, told=told),
    }


def told(picks: Picks) -> str:
    """What a click on a chart picked, in words."""
    named: list[str] = []
    labels = {"origin_type": _("Type of the origin"), "target_type": _("Type of the target"), "line": _("Filière")}
    labels |= {"placed": _("First entity"), "final": _("Last entity")}
    for name, value in picks.items():
        if name in labels:
            named.append(f"{labels[name]}\u00a0: {_('not said') if value is None else value}")
        elif name == "wait" and isinstance(value, int):
            named.append(f"{_('Waited')}\u00a0: {dict(enumerate(frames.wait_names())).get(value, value)}")
        elif name == "weekday" and isinstance(value, int):
            named.append(frames.weekday_name(value))
        elif name == "hour":
            named.append(f"{value}\u202fh")
        elif name == "total":
            named.append(_("{n} reroutes of one task").format(n=value))
    return ", ".join(named)


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


@dataclass(frozen=True)
class Look:
    """A slice, asked through one reader. `load` runs what the export's note is to name. Each raises QueryFailed."""

    reader: Reader
    load: Load
    said: Rules
    there: Known
    chosen: Chosen
    asked: Slice

    @property
    def scope(self) -> Scope | None:
        """The scope asked for; None for all."""
        return self.said.scope(self.chosen.scope)

    @property
    def grain(self) -> Grain:
        """By which periods."""
        return Grain(self.chosen.grain or Grain.WEEK)

    @cached_property
    def counts(self) -> pd.DataFrame:
        """`queries.by_day`: every day that there is, those outside of the slice too."""
        return self.ask(queries.by_day)

    @cached_property
    def undated(self) -> tuple[int, int]:
        """Hand-overs without a date, and their tasks."""
        return self._undated(self.asked)

    @cached_property
    def count(self) -> int:
        """How many hand-overs the slice holds."""
        return self.total("handovers") + self.undated[0]

    @cached_property
    def before(self) -> int:
        """How many the period of the same length before holds."""
        return self.total("handovers", self.asked.before()) + self._undated(self.asked.before())[0]

    @cached_property
    def watched(self) -> Watched:
        """The rate by period."""
        return watch.watch(self.reader, self.asked, self.grain, self.there.covered)

    def total(self, column: str, asked: Slice | None = None) -> int:
        """The sum of a column of `queries.by_day` over the slice."""
        return int(frames.within(self.counts, asked or self.asked)[column].sum())

    def ask(self, query: Query, asked: Slice | None = None) -> pd.DataFrame:
        """The whole answer to a question, kept and shared: nobody writes into it."""
        return self.load(query, **(asked or self.asked).params(query)).shared()

    def first_rows(self, query: Query, column: str = "handovers") -> pd.DataFrame:
        """The first rows of a list, the newest first; `column` of `queries.by_day` counts those of a day."""
        params = frames.newest(self.counts, self.asked, column).params(query)
        return self.reader.run(query, **params).frame()

    def rows(self, query: Query) -> Callable[[], Iterator[pa.RecordBatch]]:
        """All rows of a list, for an export."""
        return partial(self.reader.stream, query, **self.asked.params(query))

    def _undated(self, asked: Slice) -> tuple[int, int]:
        if not asked.undated:
            return 0, 0
        found = self.ask(queries.undated, asked)
        return int(found["handovers"][0]), int(found["tasks"][0])


def look(reader: Reader, load: Load, said: rules.Rules, there: Known, chosen: Chosen) -> Look:
    """What the filters of a screen or an address mean."""
    return Look(reader, load, said, there, chosen, slice_of(chosen, said, there))
