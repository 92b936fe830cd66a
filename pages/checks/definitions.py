"""Checks as an analyst declares them: a YAML file each in the folder `checks`, checked with line and field.

    check: mails
    title: Mails de bienvenue
    meaning: Chaque contrat du jour a reçu son mail.
    tables: [contracts, mails]
    kind: compare
    left: {table: contracts, where: "signed_at >= $start AND signed_at < $end", called: contract}
    right: {table: mails, where: "sent_at >= $start AND sent_at < $until", called: mail}
    key: [number]
    outcomes:
      - {outcome: received, title: reçu, on: both}
      - {outcome: missing, title: non reçu, on: left, ko_above: "2 %"}
      - {outcome: alone, title: mail sans contrat, on: right, warn_above: 0}
    schedule: {after: [1, 2], hour: "08:00"}

Expressions are DuckDB's SQL. They may name `$day` (the day that is checked), `$start` and `$end` (its first moment and
the first after it), and `$until` (the moment up to which this run counts). A row is of the first outcome that holds.
"""

import json
import re
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from core.base.calendar import end_of, is_working_day, start_of, to_moment
from core.base.i18n import N_, _
from core.base.settings import settings
from core.declared.extracts import Name, listed
from core.declared.files import Thing
from core.rules.ruleset import Rule

Expression = Annotated[str, Field(min_length=1, max_length=4000)]


def _wholes(value: object) -> object:
    return tuple(int(number) for number in value) if isinstance(value, list) and all(map(_whole, value)) else value


def _whole(value: object) -> bool:
    return str(value).strip().isdigit()


def _number(value: object) -> object:
    return float(value) if isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value.strip()) else value


Names = Annotated[tuple[Name, ...], BeforeValidator(listed)]
Texts = Annotated[tuple[str, ...], BeforeValidator(listed)]
Whole = Annotated[int, BeforeValidator(lambda value: int(str(value)) if _whole(value) else value)]
Real = Annotated[float, BeforeValidator(_number)]
Limit = Annotated[str, Field(pattern=r"^\d+([.,]\d+)?\s*%?$")]
"""So many rows, or so many in a hundred."""


class Worked(Rule):
    """A column that is worked out: its name, and the expression that is its value."""

    name: Name
    value: Expression


class Side(Rule):
    """Rows to be checked: a table of the check, those of its rows for which `where` holds, with `columns` worked out
    beside its own; or the rows of a SELECT. `empty` are texts that stand for nothing, whatever their case; `called` is
    how expressions name the side."""

    table: Name | None = None
    where: str = ""
    select: str = ""
    columns: Annotated[tuple[Worked, ...], BeforeValidator(listed)] = ()
    empty: Texts = ()
    called: Name = "row"

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        if bool(self.table) == bool(self.select) or (self.select and (self.where or self.empty)):
            raise ValueError(_("say table, with where and empty if need be, or select: one of the two"))
        return self


class Outcome(Rule):
    """What a row may come to. `on`: where it stands, for a comparison; `when`: what holds of it. More rows than
    `warn_above` or `ko_above` are a warning or KO, counted or in percent of the rows checked."""

    outcome: Name
    title: Annotated[str, Field(min_length=1, max_length=120)]
    on: Literal["any", "both", "left", "right"] = "any"
    when: str = ""
    warn_above: Limit | None = None
    ko_above: Limit | None = None


class Pattern(Rule):
    """A pattern of linear time (RE2's words), with named groups."""

    name: Name
    pattern: Annotated[str, Field(min_length=1, max_length=1000)]


class Dimension(StrEnum):
    """The six dimensions of quality."""

    COMPLETENESS = "exhaustivité"
    UNIQUENESS = "unicité"
    CONFORMITY = "conformité"
    FRESHNESS = "actualité"
    ACCURACY = "exactitude"
    ACCESS = "accessibilité"


USUAL = {
    "not_null": Dimension.COMPLETENESS,
    "unique": Dimension.UNIQUENESS,
    "in_set": Dimension.CONFORMITY,
    "regex": Dimension.CONFORMITY,
    "range": Dimension.CONFORMITY,
    "date_order": Dimension.CONFORMITY,
    "foreign_key": Dimension.CONFORMITY,
    "row_count_between": Dimension.COMPLETENESS,
    "freshness": Dimension.FRESHNESS,
    "sql": Dimension.CONFORMITY,
}
OF_THE_WHOLE = frozenset({"row_count_between", "freshness"})
"""Rules that are about all rows together."""


class Expectation(Rule):
    """One thing that rows are expected to satisfy. `columns` are what it is about; `sql` and `when` say by what a row
    fails it."""

    rule: Literal[
        "not_null", "unique", "in_set", "regex", "range", "date_order", "foreign_key", "row_count_between",
        "freshness", "sql",
    ]  # fmt: skip
    name: Name
    columns: Names = ()
    values: Texts = ()
    pattern: str = ""
    least: Real | None = None
    most: Real | None = None
    table: Name | None = None
    other: Name | None = None
    hours: Real | None = None
    fails: str = ""
    dimension: Dimension | None = None

    @property
    def measures(self) -> Dimension:
        """The dimension that it measures: the one given, or its kind's usual one."""
        return self.dimension or USUAL[self.rule]

    @model_validator(mode="after")
    def _told(self) -> Self:
        wants = {"date_order": 2, "row_count_between": 0, "sql": 0}.get(self.rule, 1)
        if len(self.columns) < wants or (wants and self.rule != "unique" and len(self.columns) != wants):
            raise ValueError(_("{rule} wants {n} columns").format(rule=self.rule, n=wants))
        given = {
            "in_set": bool(self.values),
            "regex": bool(self.pattern),
            "range": self.least is not None or self.most is not None,
            "row_count_between": self.least is not None or self.most is not None,
            "foreign_key": bool(self.table and self.other),
            "freshness": self.hours is not None,
            "sql": bool(self.fails),
        }
        if not given.get(self.rule, True):
            raise ValueError(_("{rule} does not say against what: values, pattern, least and most, table and other, "
                               "hours, or fails").format(rule=self.rule))  # fmt: skip
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ValueError(_("least is more than most"))
        return self


class Compared(Rule):
    """A column that two stores are compared by: the type that its texts become, its name in the right list where that
    is another, and how far apart two numbers may be."""

    name: Name
    type: Literal["text", "integer", "decimal", "date", "timestamp"] = "text"
    right: Name | None = None
    within: Annotated[Real, Field(ge=0)] = 0.0

    @property
    def other(self) -> str:
        """Its name in the right list."""
        return self.right or self.name


class Schedule(Rule):
    """When a day is checked: so many days after it (`after`, each a run of its own), at an hour. `days`: which days are
    checked, and how they are counted."""

    after: Annotated[tuple[int, ...], BeforeValidator(_wholes), Field(min_length=1)] = (0,)
    hour: time = time(8)
    days: Literal["every", "working"] = "every"

    def at(self, day: date, after: int) -> datetime:
        """The moment (UTC) at which a day is checked, so many days after it."""
        on = day
        for _number in range(after):
            on += timedelta(days=1)
            while self.days == "working" and not is_working_day(on):
                on += timedelta(days=1)
        return to_moment(on, self.hour, settings().timezone)


class Tell(Rule):
    """Who is told of which runs (days after), by mail; by default of the first."""

    to: Texts
    after: Annotated[tuple[int, ...], BeforeValidator(_wholes)] = ()


class Robot(Rule):
    """A file written once a day with the rows of some outcomes: these columns, in the order of keys."""

    outcomes: Names
    columns: Names


class Filled(Rule):
    """A field of a collection, and the column shown by the check that fills it."""

    name: Name
    column: Name


class Feeds(Rule):
    """A collection that takes rows: those of the outcomes `found` belong there, those of `over` no longer do."""

    collection: Name
    found: Names
    over: Names = ()
    fields: Annotated[tuple[Filled, ...], BeforeValidator(listed), Field(max_length=50)] = ()


class Slot(Rule):
    """One run that the calendar asks for: a day, so many days after it, at a moment (UTC)."""

    day: date
    after: int
    at: datetime


@lru_cache(maxsize=2000)
def _slots(schedule: Schedule, first: datetime, last: datetime) -> tuple[Slot, ...]:
    reach = timedelta(days=3 + 2 * max(schedule.after))
    day, slots = (first - reach).date(), []
    while day <= last.date() + timedelta(days=1):
        if schedule.days == "every" or is_working_day(day):
            slots += [Slot(day=day, after=n, at=schedule.at(day, n)) for n in schedule.after]
        day += timedelta(days=1)
    return tuple(sorted((slot for slot in slots if first < slot.at <= last), key=lambda slot: (slot.at, slot.day)))


KINDS = {
    "compare": N_("two lists compared"),
    "match": N_("texts matched"),
    "expect": N_("rows as expected"),
    "sql": N_("a question of its own"),
    "reconcile": N_("two stores reconciled"),
}


_BESIDES = {"title", "meaning", "show", "schedule", "tell", "robot", "feeds", "owner", "version", "why"}
"""What a check says and nothing is judged by."""


class Check(Thing):
    """One check. `version` goes up when what it checks changes, `why` says what changed."""

    NAMED: ClassVar[str] = "check"
    check: Name
    meaning: Annotated[str, Field(min_length=1, max_length=1000)]
    kind: Literal["compare", "match", "expect", "sql", "reconcile"]
    tables: Names
    left: Side | None = None
    right: Side | None = None
    of: Side | None = None
    key: Annotated[tuple[Expression, ...], BeforeValidator(listed)] = ()
    right_key: Annotated[tuple[Expression, ...], BeforeValidator(listed)] = ()
    drop_zeros: bool = False
    drop_accents: bool = False
    text: str = ""
    patterns: Annotated[tuple[Pattern, ...], BeforeValidator(listed)] = ()
    expectations: Annotated[tuple[Expectation, ...], BeforeValidator(listed)] = ()
    outcomes: Annotated[tuple[Outcome, ...], BeforeValidator(listed)] = ()
    fields: Annotated[tuple[Compared, ...], BeforeValidator(listed), Field(max_length=200)] = ()
    month: Name | None = None
    show: Texts = ()
    schedule: Schedule = Schedule()
    tell: Tell | None = None
    robot: Robot | None = None
    feeds: Feeds | None = None
    owner: Annotated[str, Field(max_length=200)] = ""
    version: Annotated[Whole, Field(ge=1)] = 1
    why: Annotated[str, Field(max_length=1000)] = ""

    @model_validator(mode="after")
    def _whole_of_its_kind(self) -> Self:
        wants = {"compare": ("left", "right", "key", "outcomes"), "match": ("of", "key", "text", "patterns"),
                 "expect": ("of", "key", "expectations"), "sql": ("of", "key", "outcomes"),
                 "reconcile": ("left", "right", "key", "fields")}[self.kind]  # fmt: skip
        if missing := [field for field in wants if not getattr(self, field)]:
            raise ValueError(_("a check of the kind {kind} lacks {fields}").format(
                kind=self.kind, fields=", ".join(missing)))  # fmt: skip
        if self.right_key and len(self.right_key) != len(self.key):
            raise ValueError(_("key and right_key have as many parts"))
        named = [outcome.outcome for outcome in self.outcomes]
        if len(named) != len({*named}):
            raise ValueError(_("two outcomes bear the same name"))
        if self.left and self.right and self.left.called == self.right.called:
            raise ValueError(_("left and right are called by two names (called)"))
        if self.kind == "reconcile" and self.decided:
            raise ValueError(_("the outcomes of two stores are {names}").format(names=", ".join(self.usual)))
        if self.month and self.month not in {
            field.name for field in self.fields if field.type in ("date", "timestamp")
        }:
            raise ValueError(_("month names a field that is a date or a timestamp"))
        if self.robot and ({*self.robot.outcomes} - {*named}):
            raise ValueError(_("the robot's file names outcomes that there are not"))
        if self.feeds and ({*self.feeds.found, *self.feeds.over} - {*named}):
            raise ValueError(_("feeds names outcomes that there are not"))
        return self

    def slots(self, first: datetime, last: datetime) -> tuple[Slot, ...]:
        """The runs that the calendar asks for after a moment (UTC) and up to another, the oldest first."""
        return _slots(self.schedule, first, last)

    def bounds(self, day: date, until: datetime) -> dict[str, object]:
        """What its expressions may name."""
        return {"day": day, "start": start_of(day), "end": end_of(day) + timedelta(microseconds=1), "until": until}

    @property
    def decides(self) -> str:
        """What tells how rows are judged: equal where two definitions judge alike, whatever they are called."""
        content = self.model_dump(mode="json", exclude=_BESIDES)
        content["outcomes"] = [
            {name: value for name, value in outcome.items() if name != "title"} for outcome in content["outcomes"]
        ]
        return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    @property
    def usual(self) -> dict[str, str]:
        """The outcomes of its kind that need not be declared, and their titles (source strings)."""
        return OWN | OF_STORES if self.kind == "reconcile" else OWN

    @property
    def words(self) -> dict[str, str]:
        """The titles of all its outcomes, by name, in their order: its own, then those that any check may have."""
        titles = {outcome.outcome: outcome.title for outcome in self.outcomes}
        return titles | {name: _(title) for name, title in self.usual.items() if name not in titles}

    @property
    def pairs(self) -> bool:
        """Whether two lists are paired by key."""
        return self.kind in ("compare", "reconcile")

    @property
    def called(self) -> dict[str, str]:
        """What the check calls its two lists, and the side of each; nothing where one is judged alone."""
        return {self.left.called: "left", self.right.called: "right"} if self.left and self.right else {}

    @property
    def decided(self) -> tuple[Outcome, ...]:
        """The outcomes that its own conditions tell apart; one that bears a usual name only says its title and
        its limits."""
        return tuple(outcome for outcome in self.outcomes if outcome.outcome not in self.usual)


OWN = {
    "ok": N_("as expected"),
    "failing": N_("not as expected"),
    "unmatched": N_("no pattern matches"),
    "other": N_("no outcome was said"),
    "no_key_left": N_("without a key, on the left"),
    "no_key_right": N_("without a key, on the right"),
    "doubled_left": N_("key twice or more, on the left"),
    "doubled_right": N_("key twice or more, on the right"),
}
"""Outcomes that no check has to declare. Rows that could not be judged are of these."""
OF_STORES = {
    "differing": N_("differs"),
    "only_left": N_("on the left alone"),
    "only_right": N_("on the right alone"),
}
"""Outcomes of two stores besides."""
PARAMETERS: dict[str, type] = {"day": date, "start": datetime, "end": datetime, "until": datetime}
