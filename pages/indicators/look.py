"""One look at the indicators: which one, which slice, as seen when."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

import pandas as pd

from core.base.i18n import _, local
from core.declared.files import Declared
from core.facts.query import Reader
from core.people.person import Person
from core.people.rights import may_act
from core.show import growth
from core.show.filters import Choice, Chosen, Day, Filter
from core.show.growth import Completion
from core.show.look import Look
from core.store.engine import store
from pages.indicators import MISSION, published, readings, taking
from pages.indicators.definitions import Indicator
from pages.indicators.facts import REBUILT
from pages.indicators.published import Publication
from pages.indicators.queries import LOOKS, NEWEST
from pages.indicators.rules import RULES, Rules
from pages.indicators.taking import Due

WHOLE = "-"
"""The slice of an indicator that has no dimensions, in an address."""


@dataclass(frozen=True, kw_only=True)
class IndicatorLook(Look):
    """`defined` are the indicators that stand, `publications` what was published within the scope."""

    rules: Rules
    defined: Declared[Indicator]
    publications: tuple[Publication, ...]

    @property
    def content(self) -> Hashable:
        """The definitions and the publications, by their versions."""
        kept = tuple((publication.record.id, publication.record.version) for publication in self.publications)
        return self.rules.digest, self.defined, kept

    @property
    def today(self) -> date:
        """The day on the screens' clock."""
        return local(self.now).date()

    @property
    def indicator(self) -> Indicator | None:
        """The indicator that was chosen."""
        return self.defined.get(self.chosen.indicator) if self.chosen.indicator else None

    @cached_property
    def waiting(self) -> list[date]:
        """The months of the chosen indicator that are to be published and are not."""
        return taking.waiting(self.indicator, self.publications, self.now) if self.indicator else []

    @cached_property
    def due(self) -> list[Due]:
        """What is to be published of what is shown, and why it waits; told to whoever sees everything."""
        if not self.person.scope.everything:
            return []
        shown = [self.indicator] if self.indicator else self.defined.things
        return [taking.due(indicator, self.reader, self.publications, self.now) for indicator in shown]

    @property
    def may_act(self) -> bool:
        """Whether the person may look again and write words. Decides what is drawn; every write checks again."""
        return may_act(self.person, MISSION)

    @cached_property
    def looks(self) -> pd.DataFrame:
        """Every look at the chosen indicator, by whatever slice."""
        return self.ask(LOOKS, indicator=self.chosen.indicator)

    @cached_property
    def slices(self) -> list[str]:
        """The slices of the chosen indicator that are in scope."""
        return sorted(self.looks["slice"].unique()) if self.indicator else []

    @property
    def slice(self) -> str:
        """The slice that is shown: the chosen one, or the first."""
        wanted = "" if self.chosen.slice == WHOLE else self.chosen.slice
        return wanted if wanted in self.slices else next(iter(self.slices), "")

    @cached_property
    def series(self) -> pd.DataFrame:
        """The looks at the slice that is shown."""
        return self.looks[self.looks["slice"] == self.slice]

    @cached_property
    def whole(self) -> bool:
        """Whether all that was seen of the slice that is shown are whole numbers."""
        return all(value.is_integer() for value in self.series["value"].dropna())

    @cached_property
    def own(self) -> tuple[Publication, ...]:
        """What was published of the chosen indicator, the oldest first: the house's where it is in scope."""
        return tuple(one for one in published.widest(self.publications) if one.indicator == self.chosen.indicator)

    @cached_property
    def months(self) -> pd.DataFrame:
        """The months of the slice that is shown, as `readings.compared` gives them, as seen on the chosen day; beside
        them what `readings.rebuilt` gives."""
        frozen = published.frame(self.own)
        frozen = frozen[frozen["slice"] == self.slice]
        told = readings.compared(frozen, self._seen, self.chosen.seen)
        return told.merge(readings.rebuilt(self.series), on="period", how="left")

    @cached_property
    def board(self) -> pd.DataFrame:
        """Every indicator and slice in scope: its months compared."""
        return readings.compared(published.frame(self.publications), self.ask(NEWEST), None)

    @cached_property
    def triangle(self) -> pd.DataFrame:
        """The triangle of the newest version of what is shown; nothing that was rebuilt, which nobody saw grow."""
        newest = self._seen[self._seen["version"] == self._seen["version"].max()]
        return growth.triangle(readings.last_takes(newest))

    @cached_property
    def _seen(self) -> pd.DataFrame:
        return self.series[self.series["origin"] != REBUILT]

    @cached_property
    def unseen(self) -> list[date]:
        """The days as of which the past of the chosen indicator can be rebuilt."""
        return taking.unseen(self.indicator, self.reader, self.now) if self.indicator else []

    @property
    def counts(self) -> bool:
        """Whether what is shown grows to something: a number of things, not a share."""
        return self.indicator is not None and self.indicator.shape == "number"

    @cached_property
    def completion(self) -> Mapping[date, Completion]:
        """What young months come to; nothing of a share."""
        return growth.completion(self.triangle) if self.counts else {}


class Opening:
    """The filters of the indicators."""

    def __init__(self, reader: Reader, person: Person, now: datetime, defined: Declared[Indicator]) -> None:
        self._reader, self._person, self._now, self._defined = reader, person, now, defined

    @cached_property
    def filters(self) -> Mapping[str, Filter[Any]]:
        """Which indicator; of it, which slice; as seen on which day."""
        names = {thing.indicator: thing.title for thing in self._defined.things}
        said = self._reader.run(NEWEST).table.column("slice").unique().to_pylist()
        slices = {one or WHOLE: sliced(one) for one in sorted(said)}
        return {
            "indicator": Choice(_("Indicator"), options=names),
            "slice": Choice(_("Slice"), options=slices, none=_("the first"), rare=True),
            "seen": Day(_("As seen on"), local(self._now).date(), last=local(self._now).date(), rare=True),
        }

    def look(self, chosen: Chosen) -> IndicatorLook:
        """The look that chosen filters mean."""
        with store().read() as connection:
            publications = published.every(connection, self._person.scope)
        return IndicatorLook(
            reader=self._reader,
            person=self._person,
            now=self._now,
            chosen=chosen,
            rules=RULES.in_force(),
            defined=self._defined,
            publications=publications,
        )


def opening(reader: Reader, person: Person, now: datetime) -> Opening | None:
    """The opening of the indicators; None while none is declared. Raises QueryFailed and RulesInvalid."""
    defined = taking.declared_now()
    return Opening(reader, person, now, defined) if defined.things or defined.problems else None


def sliced(said: str) -> str:
    """A slice in words."""
    return ", ".join(value or name for name, value in readings.dimensions_of(said).items()) or _("all")
