"""Indicators as an analyst declares them: a YAML file each, with its question in SQL, checked with line and field.

    indicator: cheques
    title: Chèques émis
    meaning: Nombre de chèques émis, par mois d’émission.
    tables: [payments]
    select: |
      SELECT date_trunc('month', issued_on) AS period, count(*) AS value
      FROM payments
      WHERE issued_on BETWEEN $first AND $last
      GROUP BY ALL
    freeze: {working_day: 5, hour: "07:00"}

The SELECT gives a row a month: `period`, and `value`, or `numerator` and `denominator` of a ratio; further columns are
dimensions, and `squad` says whose a row is. `$first` and `$last` are the days between which months are looked at, and
`$seen_on` is the day of the look: a SELECT that counts what was known by then may be looked at for days gone by.
"""

from datetime import date, time
from hashlib import sha256
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from core.base.periods import Grain
from core.declared.extracts import Names
from core.declared.files import Thing
from core.records.freeze import Day
from core.rules.ruleset import Rule

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,19}$")]
"""Of an indicator: it stands in addresses and in the store."""


def _whole(value: object) -> object:
    """A number as a rules file holds it, as text."""
    return int(value) if isinstance(value, str) and value.strip().isdigit() else value


Whole = Annotated[int, BeforeValidator(_whole)]


class FreezeDay(Rule):
    """When a month is looked at and published: on the n-th working day of the month after, from an hour on."""

    working_day: Annotated[Whole, Field(ge=1, le=15)] = 5
    hour: time = time(7)


class Indicator(Thing):
    """One indicator. A `ratio` is a share, or with a `unit` a mean. `version` goes up with every change of what is
    counted, `why` says what changed; `periods` months are looked at each time; `waits_for` names pipelines that must
    have gone well in the night before."""

    NAMED: ClassVar[str] = "indicator"
    indicator: Name
    meaning: Annotated[str, Field(min_length=1, max_length=1000)]
    unit: Annotated[str, Field(max_length=40)] = ""
    shape: Literal["number", "ratio"] = "number"
    tables: Names
    select: Annotated[str, Field(min_length=1, max_length=20_000)]
    squad: str | None = None
    version: Annotated[Whole, Field(ge=1)] = 1
    why: Annotated[str, Field(max_length=1000)] = ""
    periods: Annotated[Whole, Field(ge=1, le=120)] = 36
    freeze: FreezeDay = FreezeDay()
    waits_for: Names = ()

    @property
    def counted(self) -> str:
        """What tells what is counted: equal where two definitions count alike, whatever they are called."""
        said = "\0".join((self.select.strip(), *sorted(self.tables), self.shape, self.squad or ""))
        return sha256(said.encode()).hexdigest()

    def published(self, department: str) -> Day:
        """When its months are published, by the public holidays of a department."""
        return Day(self.freeze.working_day, department, self.freeze.hour)

    def looked_at(self, day: date) -> tuple[date, date]:
        """The first and the last day of the months that a look on a day covers: those that are over."""
        return Grain.MONTH.moved(day, -self.periods), Grain.MONTH.last(Grain.MONTH.moved(day, -1))
