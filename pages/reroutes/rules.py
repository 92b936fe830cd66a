"""The mission's rules as data: scopes, names that changed, the alert. Read from `rules.yml`, checked, resolved."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.base.errors import RulesInvalid
from core.base.i18n import _, language
from core.base.periods import Grain
from core.people.person import Role

HERE = Path(__file__).parent


class _Rule(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Scope(_Rule):
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


class Alias(_Rule):
    """An entity that got another code."""

    was: str
    now: str
    since: date


class Alert(_Rule):
    """When and whom a mail tells that a rate left its limits."""

    scopes: tuple[str, ...] = ()
    grain: Grain = Grain.WEEK
    minimum: int = Field(default=200, ge=1)
    periods: int = Field(default=26, ge=8)
    roles: tuple[Role, ...] = (Role.LEAD,)


class Rules(_Rule):
    """Everything that `rules.yml` says."""

    scopes: tuple[Scope, ...] = ()
    aliases: tuple[Alias, ...] = ()
    alert: Alert = Alert()

    @model_validator(mode="after")
    def _names_agree(self) -> "Rules":
        known = [scope.key for scope in self.scopes]
        for key in known:
            if known.count(key) > 1:
                raise ValueError(_("Two scopes have the key {key}.").format(key=key))
        for key in self.alert.scopes:
            if key not in known:
                raise ValueError(_("The alert names the scope {key}, which is none.").format(key=key))
        return self

    def scope(self, key: str | None) -> Scope | None:
        """The scope of that key; None for all hand-overs."""
        return next((scope for scope in self.scopes if scope.key == key), None)


@dataclass(frozen=True)
class Resolved:
    """A scope as lists of what the data hold. `entities` and `centres` are those that belong to it."""

    entities: tuple[str, ...]
    end: str
    centres: tuple[str, ...] | None


def load(file: Path = HERE / "rules.yml") -> Rules:
    """The rules of a file. Raises RulesInvalid with one sentence that names file and place."""
    try:
        return Rules.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")) or {})
    except (OSError, yaml.YAMLError) as error:
        raise RulesInvalid(
            _("{file} cannot be read: {reason}").format(file=file.name, reason=" ".join(str(error).split()))
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise RulesInvalid(
            _("{file}, {place}: {reason}").format(
                file=file.name, place=place or "–", reason=str(first.get("ctx", {}).get("error", first["msg"]))
            )
        ) from error


@lru_cache(maxsize=1)
def _kept(_changed: int) -> Rules:
    return load()


def in_force() -> Rules:
    """The rules as they now stand; read again when the file changed. Raises RulesInvalid."""
    return _kept((HERE / "rules.yml").stat().st_mtime_ns)


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
