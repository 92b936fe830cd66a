"""How many nights running a pipeline has failed. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from core.base.status import Verdict
from pages.pipelines.board import Board
from pages.pipelines.families import MemberBoard

Key = tuple[str, str]
"""A family and a pipeline."""


@dataclass(frozen=True, slots=True)
class Streak:
    """So many nights in a row, and the first of them."""

    nights: int
    since: date


def streaks(boards: Iterable[Board]) -> Mapping[Key, Streak]:
    """Of each pipeline that failed in the first board, the nights in a row that it did.

    `boards` go back night by night; they are asked for only while some row still grows. A night of which nothing was
    expected and in which nothing ran is passed over; one of which nothing is known ends a row.
    """
    by_key: dict[Key, Streak] = {}
    growing: set[Key] | None = None
    for board in boards:
        members = {(member.family.key, member.member.pipeline): member for member in board.members}
        if growing is None:
            growing = {key for key, member in members.items() if _failed(member)}
        for key in tuple(growing):
            member = members.get(key)
            if member is not None and _failed(member):
                by_key[key] = Streak(by_key[key].nights + 1 if key in by_key else 1, board.night.day)
            elif member is None or member.weighs:
                growing.discard(key)
        if not growing:
            break
    return by_key


def _failed(member: MemberBoard) -> bool:
    return member.weighs and (member.judged.verdict is Verdict.KO or member.judged.failed is not None)
