"""A check as somebody would have it, tried on days gone by beside the check in force: which rows change their outcome.
Nothing is written.

    python -m pages.checks.trial FILE.yml [--days 30]
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from core.base import clock
from core.base.errors import RulesInvalid, VigieError
from core.base.i18n import _, ngettext, show_date, show_number
from core.declared.select import SelectRefused
from core.facts.query import Reader
from core.mission.discovery import warehouse
from core.rules.document import Written, read
from core.rules.ruleset import checked
from pages.checks import running
from pages.checks.definitions import Check, Slot
from pages.checks.standing import questions, standing

DAYS = 14
SHOWN = 5
"""So many keys of each move are named."""


@dataclass(frozen=True)
class Move:
    """Rows that go from one outcome to another, in titles; "" where there is no such row. `keys` are the first."""

    before: str
    after: str
    rows: int
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Trial:
    """What would change on some days."""

    days: int
    rows: int
    moves: tuple[Move, ...]

    def lines(self) -> list[str]:
        """In words, the commonest move first."""
        template = ngettext("{n} row of {days} days tried.", "{n} rows of {days} days tried.", self.rows)
        lines = [template.format(n=show_number(self.rows), days=show_number(self.days))]
        for move in self.moves:
            keys = ", ".join(move.keys)
            lines.append(f"{move.before or '–'} → {move.after or '–'}\u202f: {show_number(move.rows)} ({keys})")
        return lines if self.moves else [*lines, _("No row changes its outcome.")]


def draft(text: str, name: str = "draft") -> Check:
    """A check as a text says it. Raises RulesInvalid with line and field."""
    check = checked(Check, read(Written(name, text)))
    try:
        questions(check)
    except SelectRefused as error:
        raise RulesInvalid(_("The check {name}: {problem}.").format(name=check.check, problem=error)) from None
    return check


def tried(new: Check, reader: Reader, now: datetime, days: int = DAYS) -> Trial:
    """Check the last days as the draft would have it and as the check of its name in force does, both on what is known
    now. Raises QueryFailed and SelectRefused."""
    old = standing().get(new.check)
    first = min(new.schedule.after)
    slots = [slot for slot in new.slots(now - timedelta(days=days), now) if slot.after == first]
    moved, keys, rows = Counter[tuple[str, str]](), dict[tuple[str, str], list[str]](), 0
    for slot in slots:
        before = _outcomes(old, reader, slot) if old else {}
        after = _outcomes(new, reader, slot)
        rows += len(after)
        for row in dict.fromkeys((*before, *after)):
            pair = before.get(row, ""), after.get(row, "")
            if pair[0] != pair[1]:
                moved[pair] += 1
                keys.setdefault(pair, []).append(f"{row[0]}, {show_date(slot.day)}")
    moves = tuple(Move(*pair, count, tuple(keys[pair][:SHOWN])) for pair, count in moved.most_common())
    return Trial(len(slots), rows, moves)


def _outcomes(check: Check, reader: Reader, slot: Slot) -> dict[tuple[str, str, int], str]:
    """The title of each row's outcome, by key, side and number among equals."""
    outcomes, seen, words = dict[tuple[str, str, int], str](), Counter[tuple[str, str]](), check.words
    rows = running.answered(reader, questions(check).whole, check.bounds(slot.day, slot.at))
    for row in sorted(rows, key=lambda row: (str(row["key"]), str(row["side"]), str(row["outcome"]))):
        base = str(row["key"]), "right" if row["side"] == "right" else ""
        seen[base] += 1
        outcomes[*base, seen[base]] = words.get(row["outcome"], row["outcome"])
    return outcomes


def main(arguments: Sequence[str]) -> int:
    """The command: 0, or 1 where the draft is not right."""
    parser = argparse.ArgumentParser(prog="python -m pages.checks.trial", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--days", type=int, default=DAYS)
    options = parser.parse_args(arguments)
    try:
        new = draft(options.file.read_text(encoding="utf-8"), options.file.name)
        trial = tried(new, warehouse().reader(running.scope()), clock.now(), options.days)
    except VigieError as error:
        sys.stderr.write(error.sentence + "\n")
        return 1
    sys.stdout.writelines(f"{line}\n" for line in trial.lines())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
