"""The rules of the activity: what counts, what must be filled, how long a day is, when a month is frozen."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic import Field as Rule

from core.base.calendar import working_days
from core.base.errors import RulesInvalid
from core.base.i18n import N_, _
from core.base.periods import Grain
from core.base.settings import settings

HERE = Path(__file__).parent
OWN_FILE = "jira_rules.yml"

Asked = Literal["summary", "assignee", "request_type", "client", "estimate", "due"]
ASKED: dict[Asked, str] = {
    "summary": N_("Name"),
    "assignee": N_("Assignee"),
    "request_type": N_("Request type"),
    "client": N_("Client"),
    "estimate": N_("Time estimate"),
    "due": N_("Due date"),
}
"""The fields that a request must have, by name."""


class Counting(StrEnum):
    """How a request of several clients counts."""

    EACH = "each"
    SPLIT = "split"

    @property
    def column(self) -> str:
        """The column of an answer by client that counts so."""
        return "requests" if self is Counting.EACH else "shares"


DUE = {"on_time": N_("On time"), "late": N_("Late"), "without_date": N_("Without date")}
AGES = ("< 7", "7–29", "30–89", "90–179", "≥ 180")
"""The bands of ages, in days."""
COUNTING = {
    Counting.EACH: N_("Counted in each of its clients: the sum exceeds the number of requests"),
    Counting.SPLIT: N_("Split equally between its clients: the sum is the number of requests"),
}


class Rules(BaseModel):
    """What rules.yml holds.

    `types_left_out`: issue types that are no requests (case does not count); sub-tasks and levels above 0 never are.
    `review_day`: number of the month's working day on which the month before is frozen. `drift_limit`: share of the
    estimate beyond which a request has drifted. `waiting`: statuses in which work has not begun; the first move to
    another one begins it. `department`: whose public holidays count. `people_treatment`: reference of the register's
    treatment without which nobody sees figures per person. `reminders`: whether assignees are told by mail, each month,
    which of their own requests lack something.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    types_left_out: tuple[str, ...] = ()
    hours_per_day: float = Rule(gt=0, le=24)
    department: str = ""
    review_day: int = Rule(ge=1, le=15)
    drift_limit: float = Rule(gt=0)
    mandatory: tuple[Asked, ...]
    ready_needs: tuple[Asked, ...]
    waiting: tuple[str, ...]
    people_treatment: str
    reminders: bool = False
    colours: dict[str, str] = {}

    @property
    def day_s(self) -> float:
        """Seconds of work in a day."""
        return self.hours_per_day * 3600

    def params(self) -> dict[str, list[str]]:
        """What queries take of the rules."""
        words = {"left_out": self.types_left_out, "waiting": self.waiting}
        return {name: [word.casefold() for word in said] for name, said in words.items()}


def in_force() -> Rules:
    """The rules of this Vigie. Read again when a file changes. Raises RulesInvalid."""
    files = [HERE / "rules.yml", settings().data / OWN_FILE]
    return _cached(tuple((file, file.stat().st_mtime_ns) for file in files if file.exists()))


@lru_cache(maxsize=4)
def _cached(files: tuple[tuple[Path, int], ...]) -> Rules:
    return load(*(file for file, _changed in files))


def own() -> Mapping[str, Any]:
    """What the file of one's own says; empty where there is none. It was read as rules before: it can be read."""
    file = settings().data / OWN_FILE
    content = yaml.safe_load(file.read_text(encoding="utf-8")) if file.exists() else None
    return content if isinstance(content, dict) else {}


NAMED = {"types_left_out": "type", "colours": "type", "waiting": "status"}
"""Fields of the rules that name types or statuses."""


def doubts(said: Mapping[str, Any], told: Rules, there: Sequence[Mapping[str, Any]]) -> list[str]:
    """What of the rules does not fit what the sources really have, a sentence each.

    `said` is the own file: the rules as delivered name words of many Jiras. `there` is WORDS.
    """
    known = {kind: {row["word"].casefold() for row in there if row["kind"] == kind} for kind in ("type", "status")}
    found = []
    for field, kind in NAMED.items():
        unknown = [str(word) for word in said.get(field, ()) if str(word).casefold() not in known[kind]]
        if unknown:
            sentence = _("{file}, {field}: no source has {names}.")
            found.append(sentence.format(file=OWN_FILE, field=field, names=", ".join(unknown)))
    waiting = {word.casefold() for word in told.waiting}
    new = [row["word"] for row in there if row["new"] and row["word"].casefold() not in waiting]
    if new:
        sentence = _(
            "In {names}, by Jira, work has not begun; the rules do not name them as waiting: it counts as begun."
        )
        found.append(sentence.format(names=", ".join(new)))
    return found


def load(*files: Path) -> Rules:
    """Rules from files; each takes the place of what it repeats. Raises RulesInvalid naming file and field."""
    said: dict[str, object] = {}
    for file in files:
        try:
            content = yaml.safe_load(file.read_text(encoding="utf-8"))
        except (OSError, yaml.YAMLError) as error:
            raise RulesInvalid(_("{file} cannot be read.").format(file=file.name), detail=repr(error)) from error
        said |= content if isinstance(content, dict) else {}
    try:
        return Rules.model_validate(said)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        sentence = _("{file}: the field “{field}” is not right ({reason}).")
        raise RulesInvalid(sentence.format(file=files[-1].name, field=where, reason=first["msg"])) from error


def freeze_on(month: date, rules: Rules) -> date:
    """The day on which a month's figures are frozen: a working day of the month after."""
    return working_days(Grain.MONTH.moved(month, 1), rules.department)[rules.review_day - 1]
