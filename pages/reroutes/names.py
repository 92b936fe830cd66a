"""One name for each entity: codes that differ by their case alone, and entities that got another code.

A rename holds for what was written before its day, and renames chain: the oldest comes first, in whatever order they
are written; those of one day are made at once, so that two entities may swap their codes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from core.base.calendar import start_of
from core.facts.query import Query, Reader
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from pages.reroutes import rules
from pages.reroutes.facts import TASK_EVENTS, VOLUMES
from pages.reroutes.rules import Alias, Rules

_E, _V = TASK_EVENTS.sql.c, VOLUMES.sql.c
WRITTEN = Query(
    name="written_entities",
    select=sa.union(
        sa.select(_E.entity.label("code")).distinct(),
        sa.select(_E.previous).distinct(),
        sa.select(_V.entity).distinct(),
    )
    .subquery()
    .select(),
    tables=(TASK_EVENTS, VOLUMES),
    params={},
)
"""Every code, as sources write it."""


@dataclass(frozen=True)
class Names:
    """What an entity is called today. `spellings`: codes whose case is another than that of the code they stand for;
    `renames`: those of one day together, the oldest first."""

    spellings: tuple[tuple[str, str], ...] = ()
    renames: tuple[tuple[date, tuple[tuple[str, str], ...]], ...] = ()

    def today(self, code: str, moment: datetime) -> str:
        """The name that an entity written so at a moment (UTC) has today."""
        code = dict(self.spellings).get(code, code)
        for since, renamed in self.renames:
            if moment < _midnight(since):
                code = dict(renamed).get(code, code)
        return code

    def sql(self, code: sa.ColumnElement[Any], moment: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        """The same of columns."""
        if self.spellings:
            code = sa.case(dict(self.spellings), value=code, else_=code)
        for since, renamed in self.renames:
            then = moment < start_of(since)
            code = sa.case(*((sa.and_(code == was, then), sa.literal(now)) for was, now in renamed), else_=code)
        return code


@lru_cache(maxsize=64)
def _midnight(day: date) -> datetime:
    return start_of(day)


def names_of(in_force: Rules, written: Iterable[str]) -> Names:
    """The names that rules give, of codes as sources write them. Of codes that differ by their case alone, the one in
    capitals stands for all (the first in the order of the alphabet), unless the rules tell them apart."""
    codes = {*filter(None, written), *(code for alias in in_force.aliases for code in (alias.was, alias.now))}
    chosen: dict[str, str] = {}
    for code in sorted(codes):
        chosen.setdefault(code if in_force.case_counts else code.casefold(), code)
    spelled = {code: chosen[code if in_force.case_counts else code.casefold()] for code in codes}
    return Names(
        tuple(sorted((code, name) for code, name in spelled.items() if code != name)),
        tuple((since, tuple(pairs)) for since, pairs in _by_day(in_force.aliases, spelled)),
    )


def _by_day(aliases: Iterable[Alias], spelled: dict[str, str]) -> Iterator[tuple[date, list[tuple[str, str]]]]:
    ordered = sorted(aliases, key=lambda alias: (alias.since, alias.was, alias.now))
    for since, same in groupby(ordered, key=lambda alias: alias.since):
        yield since, [(spelled[alias.was], spelled[alias.now]) for alias in same]


def known_names(reader: Reader | None = None) -> Names:
    """The names by the rules in force, of every code that any source wrote. Raises QueryFailed and RulesInvalid."""
    codes = (reader or warehouse().reader(EVERYTHING)).run(WRITTEN).table["code"].to_pylist()
    return names_of(rules.in_force(), codes)
