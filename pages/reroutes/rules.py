"""The mission's rules as data: scopes, names that changed, the alert. Read from `rules.yml`, checked, resolved."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

import pyarrow as pa
from pydantic import Field, field_validator, model_validator

from core.base.i18n import _, language
from core.base.periods import Grain
from core.people.person import Role
from core.rules.document import Where
from core.rules.ruleset import Rule, RuleSet
from core.sources.values.moments import read_days

HERE = Path(__file__).parent


class Scope(Rule):
    """Whose hand-overs are looked at. See the head of `rules.yml`."""

    key: str
    name: dict[str, str]
    entities: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    centres: tuple[str, ...] = ()
    end: Literal["origin", "target", "either", "both"] = "origin"
    exclude: bool = Field(False, alias="except")

    @model_validator(mode="after")
    def _says_something(self) -> "Scope":
        if not (self.entities or self.types or self.centres):
            raise ValueError(_("A scope names entities, types or centres."))
        return self

    @property
    def title(self) -> str:
        """Its name in the person's language."""
        return self.name.get(language()) or next(iter(self.name.values()), self.key)


class Alias(Rule):
    """An entity that got another code."""

    was: str
    now: str
    since: date

    @field_validator("since", mode="before")
    @classmethod
    def _is_a_day(cls, value: object) -> object:
        """A day as a rules file may write it: 2025-03-01, 01/03/2025 or «1 mars 2025»."""
        if not isinstance(value, str):
            return value
        day = read_days(pa.array([value]))[0][0].as_py()
        if day is None:
            raise ValueError(_("“{value}” is not a date.").format(value=value))
        return day


class Alert(Rule):
    """When and whom a mail tells that a rate left its limits."""

    scopes: tuple[str, ...] = ()
    grain: Grain = Grain.WEEK
    minimum: int = Field(default=200, ge=1)
    periods: int = Field(default=26, ge=8)
    roles: tuple[Role, ...] = (Role.LEAD,)


class Rules(Rule):
    """Everything that `rules.yml` says."""

    scopes: tuple[Scope, ...] = ()
    aliases: tuple[Alias, ...] = ()
    case_counts: bool = False
    settled_after: int = Field(default=7, ge=0, le=365)
    alert: Alert = Alert()

    def scope(self, key: str | None) -> Scope | None:
        """The scope of that key; None for all hand-overs."""
        return next((scope for scope in self.scopes if scope.key == key), None)


@dataclass(frozen=True)
class Resolved:
    """A scope as lists of what the data hold. `entities` and `centres` are those that belong to it."""

    entities: tuple[str, ...]
    end: str
    centres: tuple[str, ...] | None


def _contradictions(rules: Rules) -> Iterator[tuple[Where, str]]:
    """Names that do not agree."""
    known = [scope.key for scope in rules.scopes]
    for index, key in enumerate(known):
        if key in known[:index]:
            yield ("scopes", index, "key"), _("two scopes have the key {key}").format(key=key)
    for index, key in enumerate(rules.alert.scopes):
        if key not in known:
            yield (
                ("alert", "scopes", index),
                _("the alert names the scope {key}, which is none").format(key=key),
            )


RULES = RuleSet(Rules, HERE / "rules.yml", grow=("scopes", "aliases"), contradictions=_contradictions)
in_force, load = RULES.in_force, RULES.load


def matches(name: str | None, patterns: Iterable[str]) -> bool:
    """Whether a name is one of some patterns (`*`, `?`), whatever its case."""
    return name is not None and any(fnmatchcase(name.casefold(), pattern.casefold()) for pattern in patterns)


def resolve(scope: Scope, entities: Iterable[tuple[str, str | None]], centres: Iterable[str]) -> Resolved:
    """A scope over what there is: `entities` are (code, type) pairs as the data hold them, `centres` names.

    An entity that was met under several types belongs to the scope when one of them does; under `except` it is left
    out when one of them is named.
    """
    named: dict[str, bool] = {}
    for code, kind in entities:
        named[code] = named.get(code, False) or matches(code, scope.entities) or matches(kind, scope.types)
    chosen = tuple(sorted(code for code, hit in named.items() if hit is not scope.exclude))
    if not scope.centres:
        return Resolved(chosen, scope.end, None)
    return Resolved(
        chosen, scope.end, tuple(sorted(name for name in centres if matches(name, scope.centres) is not scope.exclude))
    )
