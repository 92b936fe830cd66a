"""The business rules' data: what `rules.yml` may say.

Wall-clock times are read within the business night: from `night.turns_at` on, they mean the evening before.
How the rules are applied is in `verdicts.py` (one pipeline) and `board.py` (families, data sets, incidents).
"""

from collections.abc import Iterator
from datetime import date, datetime, time
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, field_validator, model_validator

from core.base import calendar
from core.base.i18n import _
from core.base.periods import Grain
from core.rules.document import Where
from core.rules.ruleset import Rule, RuleSet
from pages.pipelines.nights import Night, night_of

HERE = Path(__file__).parent


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(_("“{name}” is not a time zone").format(name=name)) from None
    return name


Zone = Annotated[str, AfterValidator(_zone)]
Department = Literal["", "57", "67", "68"]


class Window(Rule):
    """From when to when a pipeline is meant to start and end, wall clock, both included."""

    from_: time = Field(alias="from")
    to: time


class Calendar(Rule):
    """Which nights something is expected: every night, working days, once a month, or the nights a cron fires.

    `day_of_month` counts from 1; a day that a month lacks is its last one. `working_day_of_month` counts working
    days, from 1, or from the end with -1. `holidays` is the department whose public holidays count.
    """

    days: Literal["every", "working"] = "every"
    day_of_month: int | None = Field(default=None, ge=1, le=31)
    working_day_of_month: int | None = Field(default=None, ge=-23, le=23)
    cron: str | None = None
    holidays: Department = ""

    @model_validator(mode="before")
    @classmethod
    def _words(cls, value: Any) -> Any:
        words = {"every night": {}, "working days": {"days": "working"}}
        return words.get(value, value) if isinstance(value, str) else value

    @field_validator("cron")
    @classmethod
    def _cron(cls, value: str | None) -> str | None:
        if value is not None:
            calendar.check_cron(value)
        return value

    def due(self, night: Night) -> bool:
        """Whether something is expected in this night."""
        day = night.day
        if self.days == "working" and not calendar.is_working_day(day, self.holidays):
            return False
        if self.day_of_month is not None and day.day != min(self.day_of_month, Grain.MONTH.last(day).day):
            return False
        if self.working_day_of_month is not None and day != self._working_day(day):
            return False
        return self.cron is None or bool(calendar.cron_times(self.cron, night.start, night.end, night.zone))

    def _working_day(self, month: date) -> date | None:
        days = calendar.working_days(month, self.holidays)
        rank = self.working_day_of_month or 1
        index = rank - 1 if rank > 0 else len(days) + rank
        return days[index] if 0 <= index < len(days) else None


class Maintenance(Rule):
    """A planned stop, wall clock of the family: what a pipeline had left of its window goes on after it."""

    from_: datetime = Field(alias="from")
    to: datetime
    reason: str

    @model_validator(mode="after")
    def _in_order(self) -> "Maintenance":
        if self.to <= self.from_:
            raise ValueError(_("a maintenance ends after it starts"))
        return self


class Step(Rule):
    """A step of a family; steps run in the order they are listed. `confirmed`: the squad agreed to its pipelines."""

    name: str
    confirmed: bool = True


class Member(Rule):
    """A pipeline of a family. What it does not say, its family says.

    `required`: its failure or absence alone makes the family KO. `confirmed`: the squad agreed to this rule.
    """

    pipeline: str
    required: bool = False
    step: str | None = None
    calendar: Calendar | None = None
    window: Window | None = None
    confirmed: bool = True


class Family(Rule):
    """A family of pipelines, judged together.

    `squad`: who sees it (None: everybody). `sources`: the sources that must have been read, and the only ones
    whose runs count; none declared: whichever source reported a member last. `criticality`: 1 is the most
    critical; `confirmed`: the squad agreed to it. `grace`: minutes after the window in which nobody is late.
    `window`: none declared, nobody is late.
    """

    key: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: str
    squad: str | None = None
    sources: tuple[str, ...] = ()
    criticality: int = Field(default=3, ge=1, le=4)
    confirmed: bool = True
    time_zone: Zone | None = None
    calendar: Calendar = Calendar()
    window: Window | None = None
    grace: int = Field(default=0, ge=0, le=720)
    steps: tuple[Step, ...] = ()
    members: tuple[Member, ...] = Field(min_length=1)
    maintenance: tuple[Maintenance, ...] = ()
    runbook: str = ""
    contact: str = ""


class DataSet(Rule):
    """What business people call by one name, and wait for: the pipelines it needs, who uses it, who owns it.

    `confirmed`: its owner agreed to all of that.
    """

    name: str
    pipelines: tuple[str, ...] = Field(min_length=1)
    consumers: tuple[str, ...] = ()
    owner: str = ""
    confirmed: bool = True


class NightRule(Rule):
    """When the business night turns into the next one, and by when a pipeline without a window must have started."""

    turns_at: time
    due_by: time
    time_zone: Zone = "Europe/Paris"

    def of(self, day: date) -> Night:
        """The night of a business date."""
        return Night(day, self.turns_at, self.time_zone)

    def at(self, moment: datetime) -> Night:
        """The night that a UTC moment falls in."""
        return night_of(moment, self.turns_at, self.time_zone)


class Rules(Rule):
    """All rules in force."""

    night: NightRule
    families: tuple[Family, ...]
    data_sets: tuple[DataSet, ...] = ()

    @cached_property
    def pipelines(self) -> frozenset[str]:
        """Names of every pipeline that is in a family."""
        return frozenset(member.pipeline for family in self.families for member in family.members)


def _contradictions(rules: Rules) -> Iterator[tuple[Where, str]]:
    """What no field says wrongly on its own."""
    keys: set[str] = set()
    for index, family in enumerate(rules.families):
        here: Where = ("families", index)
        if family.key in keys:
            yield (*here, "key"), _("“{value}” is already used").format(value=family.key)
        keys.add(family.key)
        steps = [step.name for step in family.steps]
        yield from _bad_window((*here, "window"), family.window, rules.night)
        seen: set[str] = set()
        for rank, member in enumerate(family.members):
            there: Where = (*here, "members", rank)
            if member.pipeline in seen:
                yield (*there, "pipeline"), _("“{value}” is already used").format(value=member.pipeline)
            seen.add(member.pipeline)
            if (steps and member.step not in steps) or (member.step and not steps):
                yield (*there, "step"), _("“{value}” is no step of the family").format(value=member.step or "")
            yield from _bad_window((*there, "window"), member.window, rules.night)
        for rank, name in enumerate(steps):
            if not any(member.step == name for member in family.members):
                yield (*here, "steps", rank), _("no pipeline is in this step")
    for index, data_set in enumerate(rules.data_sets):
        for rank, pipeline in enumerate(data_set.pipelines):
            if pipeline not in rules.pipelines:
                yield (
                    ("data_sets", index, "pipelines", rank),
                    _("“{value}” is in no family").format(value=pipeline),
                )


def _bad_window(where: Where, window: Window | None, night: NightRule) -> Iterator[tuple[Where, str]]:
    if window and (window.from_ < night.turns_at, window.from_) >= (window.to < night.turns_at, window.to):
        yield where, _("the window ends before it starts, or contains the turn of the night")


RULES = RuleSet(Rules, HERE / "rules.yml", grow=("families", "data_sets"), contradictions=_contradictions)
in_force, load = RULES.in_force, RULES.load
