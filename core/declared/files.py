"""The files of what a team declares: one YAML file a thing, in a folder a kind, each checked by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Generic, TypeVar

from core.base.declarations import files
from core.base.errors import RulesInvalid
from core.rules.document import Written, read
from core.rules.ruleset import Rule, checked, opened

M = TypeVar("M", bound=Rule)


@dataclass(frozen=True)
class Declared(Generic[M]):
    """What is declared of a kind, in the order of file names, and one sentence for each file that is not right: a
    broken file hurts nothing but itself."""

    things: tuple[M, ...]
    problems: tuple[str, ...]


def declared(model: type[M], kind: str) -> Declared[M]:
    """What is declared of a kind, as it stands now."""
    return _of(model, files(kind))


def _of(model: type[M], found: Sequence[Path]) -> Declared[M]:
    things, problems = [], []
    for file in found:
        try:
            things.append(_thing(model, opened(file)))
        except RulesInvalid as error:
            problems.append(error.sentence)
    return Declared(tuple(things), tuple(problems))


@lru_cache(maxsize=1000)
def _thing(model: type[M], file: Written) -> M:
    return checked(model, read(file))
