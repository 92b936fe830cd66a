"""The rules of the activity: what counts, what must be filled, how long a day is, when a month is frozen."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import Field as Limits
from pydantic import field_validator

from core.base.i18n import N_, _
from core.records.freeze import Day
from core.rules.ruleset import Rule, RuleSet
from pages.jira.words import category_of

HERE = Path(__file__).parent

FIELDS: dict[str, str] = {
    "summary": N_("Name"),
    "assignee": N_("Assignee"),
    "request_type": N_("Request type"),
    "client": N_("Client"),
    "estimate": N_("Time estimate"),
    "due": N_("Due date"),
}
"""Fields that have a column of their own, by name; any other field of Jira may be asked for too."""


class Counting(StrEnum):
    """How a request of several clients counts."""

    EACH = "each"
    SPLIT = "split"

    @property
    def column(self) -> str:
        """The column of an answer by client that counts so."""
        return "requests" if self is Counting.EACH else "shares"

    @property
    def digits(self) -> int:
        """Decimals of its counts: shares of a request are no whole numbers."""
        return 0 if self is Counting.EACH else 1


AGES = ("< 7", "7–29", "30–89", "90–179", "≥ 180")
"""The bands of ages, in days."""
COUNTING = {
    Counting.EACH: N_("Counted in each of its clients: the sum exceeds the number of requests"),
    Counting.SPLIT: N_("Split equally between its clients: the sum is the number of requests"),
}


OTHER_FIELD = "field:"
"""Before the name of any other field, where it names a column or stands in an address."""


class Asked(Rule):
    """A field that is asked for: one of FIELDS, or any field of Jira by its id or name, with a word for it.

    `since`: of requests created from that day on; without it, of all.
    """

    field: str = Limits(min_length=1, max_length=100)
    since: date | None = None
    label: str = ""

    @property
    def key(self) -> str:
        """Its name as a column and in an address."""
        return self.field if self.field in FIELDS else f"{OTHER_FIELD}{self.field}"

    @property
    def called(self) -> str:
        """What it is called, in the person's language."""
        return self.label or _(FIELDS.get(self.field, self.field))


class Rules(Rule):
    """What rules.yml holds.

    `types_left_out`: issue types that are no requests (case does not count); sub-tasks and levels above 0 never are.
    `review_day`: number of the month's working day on which the month before is frozen. `drift_limit`: share of the
    estimate beyond which a request has drifted. `waiting`: statuses in which nobody works; time in all others but those
    that are done is work. `blocked`: statuses in which work is held up; nobody works there either. `stalled_days`: days
    without any change after which work stands still. `mandatory` and `ready_needs`: fields that must be filled, and
    those without which work cannot begin. `nothing`: words that fill no field. `subtask_time`: whether estimates and
    times of sub-tasks count for the request that they are part of. `department`: whose public holidays count.
    `people_treatment`: reference of the register's treatment without which nobody sees figures per person. `reminders`:
    whether assignees are told by mail, each month, which of their own requests lack something.
    """

    types_left_out: tuple[str, ...] = ()
    hours_per_day: float = Limits(gt=0, le=24)
    department: str = ""
    review_day: int = Limits(ge=1, le=15)
    drift_limit: float = Limits(gt=0)
    mandatory: tuple[Asked, ...]
    ready_needs: tuple[Asked, ...]
    nothing: tuple[str, ...] = ()
    waiting: tuple[str, ...]
    blocked: tuple[str, ...] = ()
    stalled_days: float = Limits(default=14, gt=0)
    subtask_time: bool = True
    people_treatment: str
    reminders: bool = False
    colours: dict[str, str] = Limits(default_factory=dict)

    @field_validator("mandatory", "ready_needs", mode="before")
    @classmethod
    def _by_name(cls, value: Any) -> Any:
        """A field alone stands for its name."""
        listed = value if isinstance(value, list | tuple) else [value]
        return [{"field": field} if isinstance(field, str) else field for field in listed]

    def asked(self, key: str) -> Asked | None:
        """The mandatory field of a key; None where there is none."""
        return next((field for field in self.mandatory if field.key == key), None)

    @property
    def day_s(self) -> float:
        """Seconds of work in a day."""
        return self.hours_per_day * 3600

    def params(self) -> dict[str, Any]:
        """What queries take of the rules."""
        waiting = (*self.waiting, *self.blocked)
        words = {"left_out": self.types_left_out, "waiting": waiting, "blocked": self.blocked}
        return {name: [word.casefold() for word in listed] for name, listed in words.items()} | {
            "subtasks": self.subtask_time
        }

    @property
    def review(self) -> Day:
        """When a month's figures are frozen."""
        return Day(self.review_day, self.department)

    @property
    def digest(self) -> str:
        """The same for equal rules."""
        return self.model_dump_json()

    @property
    def counted(self) -> str:
        """What tells how the figures of a month are counted: the same for rules that count alike."""
        return sha256(str(self.model_dump_json(include=_COUNTS)).encode()).hexdigest()


_COUNTS = {"types_left_out", "waiting", "blocked", "subtask_time", "drift_limit", "mandatory", "nothing"}
"""Fields of the rules that decide what a month comes to."""
RULES = RuleSet(Rules, HERE / "rules.yml")
in_force, load = RULES.in_force, RULES.load


def people_treatment() -> str:
    """Reference of the register's treatment that allows figures per person. Raises RulesInvalid."""
    return in_force().people_treatment


NAMED = {"types_left_out": "type", "colours": "type", "waiting": "status", "blocked": "status"}
"""Fields of the rules that name types or statuses."""


def doubts(own: Mapping[str, Any], rules: Rules, words: Sequence[Mapping[str, Any]]) -> list[str]:
    """What of the rules does not fit what the sources really have, a sentence each.

    `own` is the own file: the rules as delivered name words of many Jiras. `words` is WORDS.
    """
    known = {kind: {row["word"].casefold() for row in words if row["kind"] == kind} for kind in ("type", "status")}
    sentences = []
    for field, kind in NAMED.items():
        unknown = [str(word) for word in own.get(field, ()) if str(word).casefold() not in known[kind]]
        if unknown:
            sentence = _("{file}, {field}: no source has {names}.")
            sentences.append(sentence.format(file=RULES.own.name, field=field, names=", ".join(unknown)))
    waiting = {word.casefold() for word in (*rules.waiting, *rules.blocked)}
    new = [row["word"] for row in words if row["new"] and row["word"].casefold() not in waiting]
    if new:
        sentence = _(
            "In {names}, by Jira, work has not begun; the rules do not name them as waiting: it counts as begun."
        )
        sentences.append(sentence.format(names=", ".join(new)))
    silent = [row["word"] for row in words if row["past"] and not row["known"] and not category_of(row["word"])]
    unsure = [word for word in silent if word.casefold() not in waiting]
    if unsure:
        sentence = _(
            "Histories name {names}, which no request has today: Jira does not say what that is, and time there counts "
            "as work. Name those that wait in {file}, waiting."
        )
        sentences.append(sentence.format(names=", ".join(unsure), file=RULES.own.name))
    return sentences


def missing_words(row: Mapping[Any, Any], fields: Sequence[Asked]) -> str:
    """Which of some fields a request lacks, in words. `row` has `no_<key>`."""
    return ", ".join(field.called for field in fields if row[f"no_{field.key}"])
