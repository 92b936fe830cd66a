"""The business rules' data: what `rules.yml` may say.

Wall-clock times are read within the business night: from `night.turns_at` on, they mean the evening before.
How the rules are applied is in `verdicts.py` (one pipeline) and `board.py` (families, data sets, incidents).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, ValidationError, field_validator, model_validator

from core.base import addresses, calendar
from core.base.i18n import _
from core.base.periods import Grain
from core.rules.document import Where
from core.rules.ruleset import FieldWrong, Rule, RuleSet, problem
from core.sources import secrets
from pages.pipelines.names import Names
from pages.pipelines.nights import Night

HERE = Path(__file__).parent


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(_("“{name}” is not a time zone").format(name=name)) from None
    return name


Zone = Annotated[str, AfterValidator(_zone)]


def _recipient(text: str) -> str:
    if text.startswith("${"):
        return secrets.check_reference(text)
    address = addresses.one(text)
    if address is None:
        raise ValueError(_("“{value}” is no mail address").format(value=text))
    return address


Recipient = Annotated[str, AfterValidator(_recipient)]
"""A mail address, or the variable of a place in Teams, as `${VIGIE_SECRET_TEAMS_NIGHT}`."""
Department = Literal["", "57", "67", "68"]


class Dated(Rule):
    """A rule that holds from `since` to `until`, dates of nights, both included; without them, always.

    A rule that changes is written twice, the old one with its last night, so that the past keeps the rules of then.
    """

    since: date | None = None
    until: date | None = None

    @model_validator(mode="after")
    def _in_order_of_dates(self) -> Self:
        if self.since and self.until and self.until < self.since:
            raise ValueError(_("a rule ends after it begins"))
        return self

    def holds(self, day: date) -> bool:
        """Whether it holds in the night of a date."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def meets(self, other: "Dated") -> bool:
        """Whether both hold in some night."""
        return (self.since or date.min) <= (other.until or date.max) and (other.since or date.min) <= (
            self.until or date.max
        )


class Window(Rule):
    """From when to when a pipeline is meant to start and end, wall clock, both included."""

    from_: time = Field(alias="from")
    to: time


class Calendar(Rule):
    """On which dates something is due to start: every day, working days, once a month, or when a cron fires.

    The date is the local one on which the job starts: an evening job of a Friday is due on Friday, though its night is
    that of Saturday. `day_of_month` counts from 1; a day that a month lacks is its last one, and with working days one
    that is no working day is the next that is. `working_day_of_month` counts working days, from 1, or from the end with
    -1; one that a month lacks is its last, or first. `holidays` is the department whose public holidays count. A cron
    that fires several times asks for a run each time; on the other fields' dates alone, where they are given too.
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

    @model_validator(mode="after")
    def _is_due_some_day(self) -> Self:
        if self.working_day_of_month == 0:
            raise ValueError(_("working days are counted from 1, or from the end with -1"))
        if not _ever_due(self):
            raise ValueError(_("this calendar has no day at all"))
        return self

    def due(self, day: date) -> bool:
        """Whether something is due to start on a local date, whatever the hour."""
        if self.days == "working" and not calendar.is_working_day(day, self.holidays):
            return False
        if self.day_of_month is not None and day not in (self._day_of(day), self._day_of(day.replace(day=1) - _DAY)):
            return False
        return self.working_day_of_month is None or day == self._working_day(day)

    def starts(self, night: Night) -> tuple[datetime, ...]:
        """When (UTC) the cron fires in a night, on dates that are due; nothing without a cron."""
        if self.cron is None:
            return ()
        ticks = calendar.cron_times(self.cron, night.start, night.end, night.zone)
        return tuple(tick for tick in ticks if self.due(tick.astimezone(ZoneInfo(night.zone)).date()))

    def _day_of(self, month: date) -> date:
        """The day of the month that `month` lies in; with working days it may lie in the next one."""
        day = month.replace(day=min(self.day_of_month or 1, Grain.MONTH.last(month).day))
        while self.days == "working" and not calendar.is_working_day(day, self.holidays):
            day += _DAY
        return day

    def _working_day(self, month: date) -> date:
        days = calendar.working_days(month, self.holidays)
        rank = self.working_day_of_month or 1
        return days[min(rank, len(days)) - 1] if rank > 0 else days[max(rank, -len(days))]


_DAY = timedelta(days=1)
_LEAP_CYCLE = [date(2024, 1, 1) + n * _DAY for n in range(4 * 366)]


@lru_cache(maxsize=1000)
def _ever_due(rule: Calendar) -> bool:
    """Whether some day of four years is due: whoever waits for the 30th of February waits in vain."""
    if rule.cron is None:
        return any(map(rule.due, _LEAP_CYCLE))
    return any(rule.starts(Night(day, time(0), "UTC")) for day in _LEAP_CYCLE)


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

    def span(self, zone: str) -> tuple[datetime, datetime]:
        """From when to when (UTC) it lasts by the clock of a zone, by every reading of its hours; in hours that lack
        there is none."""
        start = calendar.to_moment(self.from_.date(), self.from_.time(), zone)
        end = calendar.to_moment(self.to.date(), self.to.time(), zone, closing=True)
        return start, max(start, end)


class Step(Rule):
    """A step of a family; steps run in the order they are listed. `confirmed`: the squad agreed to its pipelines."""

    name: str
    confirmed: bool = True


class Former(Rule):
    """A name that a pipeline bore, and the last night in which it did: from the next on it may be another one's."""

    name: str
    until: date


class Member(Dated):
    """A pipeline of a family. What it does not say, its family says.

    `required`: its failure or absence alone makes the family KO. `longest`: minutes that a run may take. `confirmed`:
    the squad agreed to this rule. `formerly`: the names that it bore before; its history goes on under the new one.
    """

    pipeline: str
    required: bool = False
    step: str | None = None
    calendar: Calendar | None = None
    window: Window | None = None
    longest: int | None = Field(default=None, ge=1)
    confirmed: bool = True
    formerly: tuple[Former, ...] = ()


class Family(Dated):
    """A family of pipelines, judged together.

    `squad`: who sees it (None: everybody). `sources`: the sources that must have been read, and the only ones
    whose runs count; none declared: whichever source reported a member last. `criticality`: 1 is the most
    critical; `confirmed`: the squad agreed to it. `grace`: minutes around the window in which nobody is early or late,
    for clocks differ. `window`: none declared, nobody is late. `longest`: minutes that a run may take. `time_zone`: the
    clock that its nights, windows and calendars go by. `step_fails`: a step has failed when any of its pipelines is
    KO, or only when all are; the family is KO when every step has. `child_rerun`: what a run that failed through a
    child is once that child's rerun succeeded: still KO, or WARNING. `needs`: keys of the families that it cannot do
    without: while one of them is down, nobody is told of this one.
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
    longest: int | None = Field(default=None, ge=1)
    step_fails: Literal["any", "all"] = "any"
    child_rerun: Literal["KO", "WARNING"] = "KO"
    steps: tuple[Step, ...] = ()
    members: tuple[Member, ...] = Field(min_length=1)
    maintenance: tuple[Maintenance, ...] = ()
    needs: tuple[str, ...] = ()
    runbook: str = ""
    contact: str = ""


class DataSet(Dated):
    """What business people call by one name, and wait for: the pipelines it needs, who uses it, who owns it.

    `confirmed`: its owner agreed to all of that.
    """

    name: str
    pipelines: tuple[str, ...] = Field(min_length=1)
    consumers: tuple[str, ...] = ()
    owner: str = ""
    confirmed: bool = True


class Share(Rule):
    """At least so large a share of the nights that were judged, of so many last ones."""

    of: float = Field(gt=0, le=1)
    nights: int = Field(ge=2, le=30)


class Mail(Dated):
    """Who is told of the night, by mail or in Teams: of incidents, each once and again where it gets worse, and from
    the hour `morning` on what the night was.

    `families` and `squads`: keys of those it is told of, and whose families; none of either: of all. `failures`: what
    is KO; `warnings`: what is not as expected; `unknown`: what is not known, as its source was not read. `kinds`: kinds
    of error, whole, by code or by name; none: all. `after`: failures in a row, over nights; `share`: of the nights that
    were KO. `unattended`: minutes of working time that nobody has taken it for. `hours`: wall clock in which it is
    told; `working_days`: on working days alone, `holidays` being the department whose public holidays count. What falls
    outside waits. `over`: who was told is told when it is over.
    """

    to: Recipient
    families: tuple[str, ...] = ()
    squads: tuple[str, ...] = ()
    failures: bool = True
    warnings: bool = False
    unknown: bool = False
    kinds: tuple[str, ...] = ()
    after: int = Field(default=1, ge=1, le=30)
    share: Share | None = None
    unattended: int | None = Field(default=None, ge=1, le=10_000)
    hours: Window | None = None
    working_days: bool = False
    holidays: Department = ""
    over: bool = True
    morning: time | None = None

    @model_validator(mode="after")
    def _within_a_day(self) -> Self:
        if self.hours and self.hours.to <= self.hours.from_:
            raise ValueError(_("the hours end before they start"))
        return self


class NightRule(Dated):
    """When the business night turns into the next one, and by when a pipeline without a window must have started."""

    turns_at: time
    due_by: time
    time_zone: Zone = "Europe/Paris"


class Rules(Rule):
    """All rules in force. `night`: in each night one holds, the first one in all before it too; one that always held
    may stand alone, without a list."""

    night: tuple[NightRule, ...] = Field(min_length=1)
    families: tuple[Family, ...]
    data_sets: tuple[DataSet, ...] = ()
    mails: tuple[Mail, ...] = ()

    @field_validator("night", mode="before")
    @classmethod
    def _alone(cls, value: Any) -> Any:
        try:
            return (NightRule.model_validate(value),) if isinstance(value, Mapping) else value
        except ValidationError as error:
            first = error.errors()[0]
            raise FieldWrong(first["loc"], problem(first)) from None

    @field_validator("night")
    @classmethod
    def _from_ever(cls, value: tuple[NightRule, ...]) -> tuple[NightRule, ...]:
        return from_ever(value)

    def night_rule(self, day: date) -> NightRule:
        """The rule of the night of a date."""
        return next(rule for rule in self.night if rule.holds(day))

    def night_of(self, day: date, zone: str | None = None) -> Night:
        """The night of a date, by the clock of a zone; it opens when the one before it ends, by the rule of then."""
        rule, before = self.night_rule(day), self.night_rule(day - _DAY)
        night = Night(day, rule.turns_at, zone or rule.time_zone)
        if rule is before:
            return night
        return replace(night, opens=Night(day - _DAY, before.turns_at, zone or before.time_zone).end)

    def night_at(self, moment: datetime) -> Night:
        """The night that a UTC moment falls in."""
        nights = (self.night_of(moment.date() + n * _DAY) for n in (-1, 0, 1, 2))  # zones are up to 14 hours apart
        return next(night for night in nights if moment < night.end)

    @cached_property
    def pipelines(self) -> frozenset[str]:
        """Names of every pipeline that is in a family."""
        return frozenset(member.pipeline for family in self.families for member in family.members)

    @cached_property
    def names(self) -> Names:
        """Names that pipelines bore before, in whichever version of a family they are told."""
        return Names(
            (former.name, former.until, member.pipeline)
            for family in self.families
            for member in family.members
            for former in member.formerly
        )

    def called(self, pipeline: str, moment: datetime) -> str:
        """The name of now of a pipeline that something was said of at a UTC moment."""
        names = self.names
        return names.name(pipeline, self.night_at(moment).day) if names.renamed(pipeline) else pipeline

    def spans(self) -> list[str]:
        """What questions about runs take as `renamed`."""
        return self.names.spans(self.night_of)

    def needed(self, key: str) -> frozenset[str]:
        """Keys of the families that one cannot do without, directly or through others, itself included."""
        keys, waiting = {key}, [key]
        while waiting:
            family_key = waiting.pop()
            for needed in {
                name for family in self.families if family.key == family_key for name in family.needs
            } - keys:
                keys.add(needed)
                waiting.append(needed)
        return frozenset(keys)

    def on(self, day: date) -> "Rules":
        """The rules that hold in the night of a date; a data set needs those of its pipelines that are in a family.

        Pipelines go by the name of now, and `formerly` says which names they still bore in that night. Who is told of
        squads is told of their families of then.
        """
        former = self.names.on(day)
        families = tuple(
            family if members == family.members else family.model_copy(update={"members": members})
            for family in self.families
            if family.holds(day)
            and (members := tuple(self._called(member, former, day) for member in family.members if member.holds(day)))
        )
        known = {member.pipeline for family in families for member in family.members}
        data_sets = tuple(
            data_set if needed == data_set.pipelines else data_set.model_copy(update={"pipelines": needed})
            for data_set in self.data_sets
            if data_set.holds(day)
            and (
                needed := tuple(
                    name
                    for pipeline in data_set.pipelines
                    if (name := former.get(pipeline.casefold(), pipeline)) in known
                )
            )
        )
        mails = tuple(
            mail.model_copy(update={"families": keys, "squads": ()}) if mail.squads else mail
            for mail in self.mails
            if mail.holds(day)
            and (
                (
                    keys := tuple(
                        family.key for family in families if family.key in mail.families or family.squad in mail.squads
                    )
                )
                or not mail.squads
            )
        )
        return Rules(night=self.night, families=families, data_sets=data_sets, mails=mails)

    def _called(self, member: Member, former: Mapping[str, str], day: date) -> Member:
        """A member by the name of now, with the names that it bore in a night."""
        name = former.get(member.pipeline.casefold(), member.pipeline)
        bore = tuple(Former(name=old, until=self.names.until(old, day)) for old, now in former.items() if now == name)
        if name == member.pipeline and bore == member.formerly:
            return member
        return member.model_copy(update={"pipeline": name, "formerly": bore})


def from_ever(night: tuple[NightRule, ...]) -> tuple[NightRule, ...]:
    """The rules of the night, of which the first holds in all nights before it too."""
    first = min(night, key=lambda rule: rule.since or date.min)
    return tuple(rule.model_copy(update={"since": None}) if rule is first and rule.since else rule for rule in night)


def _contradictions(rules: Rules) -> Iterator[tuple[Where, str]]:
    """What no field says wrongly on its own."""
    yield from _gaps(rules.night)
    for index, family in enumerate(rules.families):
        here: Where = ("families", index)
        if any(before.key == family.key and before.meets(family) for before in rules.families[:index]):
            yield (*here, "key"), _("“{value}” is already used").format(value=family.key)
        steps = [step.name for step in family.steps]
        turns = {night.turns_at for night in rules.night if night.meets(family)}
        yield from _bad_window((*here, "window"), family.window, turns)
        for rank, member in enumerate(family.members):
            there: Where = (*here, "members", rank)
            if any(before.pipeline == member.pipeline and before.meets(member) for before in family.members[:rank]):
                yield (*there, "pipeline"), _("“{value}” is already used").format(value=member.pipeline)
            if (steps and member.step not in steps) or (member.step and not steps):
                yield (*there, "step"), _("“{value}” is no step of the family").format(value=member.step or "")
            yield from _bad_window((*there, "window"), member.window, turns)
            yield from _bad_names(there, member, family, rules)
        for rank, name in enumerate(steps):
            if not any(member.step == name for member in family.members):
                yield (*here, "steps", rank), _("no pipeline is in this step")
    keys = {family.key for family in rules.families}
    for index, family in enumerate(rules.families):
        for rank, key in enumerate(family.needs):
            if key not in keys:
                yield ("families", index, "needs", rank), _("“{value}” is no family").format(value=key)
            elif family.key in rules.needed(key):
                template = _("“{value}” needs this family itself: nobody would be told of either").format(value=key)
                yield ("families", index, "needs", rank), template
    for index, mail in enumerate(rules.mails):
        for rank, key in enumerate(mail.families):
            if key not in keys:
                yield ("mails", index, "families", rank), _("“{value}” is no family").format(value=key)
        for rank, squad in enumerate(mail.squads):
            if all(family.squad != squad for family in rules.families):
                yield ("mails", index, "squads", rank), _("no family is of squad “{value}”").format(value=squad)
    for index, data_set in enumerate(rules.data_sets):
        for rank, pipeline in enumerate(data_set.pipelines):
            if pipeline not in rules.pipelines:
                yield (
                    ("data_sets", index, "pipelines", rank),
                    _("“{value}” is in no family").format(value=pipeline),
                )


def _bad_names(where: Where, member: Member, family: Family, rules: Rules) -> Iterator[tuple[Where, str]]:
    """Former names that would be two pipelines' in one night, or one pipeline that a family would judge twice."""
    for rank, former in enumerate(member.formerly):
        here = (*where, "formerly", rank, "name")
        if former.name.casefold() == member.pipeline.casefold():
            yield here, _("“{value}” is the name of now").format(value=former.name)
        elif rules.names.name(former.name, former.until) != rules.names.name(member.pipeline, former.until):
            yield here, _("“{value}” is another pipeline's name in that night").format(value=former.name)
        elif family.holds(former.until):
            held = [
                rules.names.name(other.pipeline, former.until) for other in family.members if other.holds(former.until)
            ]
            if held.count(member.pipeline) > 1:
                template = _("“{value}” is in this family too up to that night: it would be judged twice")
                yield here, template.format(value=former.name)


def _bad_window(where: Where, window: Window | None, turns: set[time]) -> Iterator[tuple[Where, str]]:
    if window and any((window.from_ < turn, window.from_) >= (window.to < turn, window.to) for turn in turns):
        yield where, _("the window ends before it starts, or contains the turn of the night")


def _gaps(night: Sequence[NightRule]) -> Iterator[tuple[Where, str]]:
    """Nights of which two rules of the night speak, or none."""
    order = sorted(range(len(night)), key=lambda place: night[place].since or date.min)
    for earlier, later in pairwise(order):
        until, since = night[earlier].until, night[later].since
        if until is None or since != until + _DAY:
            yield ("night", later, "since"), _("it does not begin where the rule before it ends")
    if night[order[-1]].until:
        yield ("night", order[-1], "until"), _("no rule of the night follows this one")


RULES = RuleSet(Rules, HERE / "rules.yml", grow=("families", "data_sets"), contradictions=_contradictions)
in_force, load = RULES.in_force, RULES.load
