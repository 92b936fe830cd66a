"""A change of the rules, tried on nights that were: what each of them would have been called. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from core.base.status import Verdict
from pages.pipelines.board import Board
from pages.pipelines.why import Why


@dataclass(frozen=True)
class Change:
    """What would have been called otherwise in a night: a family or a data set, by name; None: it was not judged."""

    day: date
    kind: Literal["family", "data_set"]
    name: str
    before: Verdict | None
    after: Verdict | None
    why: Why


def changes(nights: Iterable[tuple[Board, Board]]) -> Iterator[Change]:
    """What differs between two boards of each night, by the rules in force and by those proposed.

    `why` is the reason of the verdict by the proposed rules; of a family that they no longer judge, that of before.
    """
    for before, after in nights:
        was, now = ({one.family.key: one for one in board.families} for board in (before, after))
        for key in {**now, **was}:
            old, new = was.get(key), now.get(key)
            told = now[key] if new else was[key]
            verdicts = old.verdict if old else None, new.verdict if new else None
            if verdicts[0] is not verdicts[1]:
                yield Change(after.night.day, "family", told.family.name, *verdicts, told.why)
        had, has = ({one.data_set.name: one.verdict for one in board.data_sets} for board in (before, after))
        for name in {**has, **had}:
            if had.get(name) is not has.get(name):
                yield Change(after.night.day, "data_set", name, had.get(name), has.get(name), ())
