"""One look at the checks: which one, which day, as known at which run."""

import json
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from core.base.i18n import _, local
from core.declared.files import Declared
from core.facts.query import Reader
from core.people.person import Person
from core.people.rights import may_act
from core.show.filters import Choice, Chosen, Day, Filter
from core.show.look import Look
from pages.checks import MISSION
from pages.checks.board import Board, Line, Runs, Seen, board, seen
from pages.checks.definitions import Check
from pages.checks.facts import TABLES
from pages.checks.queries import LAST, LEVELS, OF_CHECK, ROWS, Asked
from pages.checks.standing import standing


@dataclass(frozen=True, kw_only=True)
class CheckLook(Look):
    """`standing` are the checks that are declared."""

    standing: Declared[Check]

    @property
    def source(self) -> Declared[Check]:
        """What figures without a question are made of."""
        return self.standing

    @property
    def content(self) -> Hashable:
        """The declarations, what has landed of their runs, and the minute: a check that did not run is told."""
        definitions = tuple(thing.digest for thing in self.standing.things), self.standing.problems
        return (
            definitions,
            self.reader.snapshot.of(TABLES),
            self.reader.scope,
            self.now.replace(second=0, microsecond=0),
        )

    @property
    def check(self) -> Check | None:
        """The check that was chosen."""
        return self.standing.get(self.chosen.check)

    @property
    def may_act(self) -> bool:
        """Whether the person may try and run checks. Decides what is drawn; every write checks again."""
        return may_act(self.person, MISSION)

    @cached_property
    def board(self) -> Board:
        """Every check as it stood on the chosen day."""
        runs = self._runs(self.standing.things, LAST, day=self.chosen.day)
        return board(self.standing.things, runs, self.chosen.day, self.now)

    @cached_property
    def line(self) -> Line | None:
        """The line of the chosen check."""
        return next((line for line in self.board.lines if line.check is self.check), None)

    @cached_property
    def runs(self) -> Sequence[Seen]:
        """Every run of the chosen check, the oldest first, with what each counted within the scope."""
        return (
            self._runs([self.check], OF_CHECK, check=self.check.check).get(self.check.check, ()) if self.check else ()
        )

    def _runs(self, checks: Sequence[Check], asked: Asked, **params: Any) -> Runs:
        judging = not self.person.scope.everything
        return seen(checks, asked, lambda query: self.answer(query, **params), judging=judging)

    @cached_property
    def of_day(self) -> Sequence[Seen]:
        """The runs of the chosen check on the newest day that the board shows, the oldest first."""
        shown = self.line.seen if self.line else None
        return [run for run in self.runs if run.day == shown.day] if shown else ()

    @cached_property
    def seen(self) -> Seen | None:
        """The run that is shown: the one asked for by its number of days, or the newest of the day."""
        wanted = [seen for seen in self.of_day if self.chosen.known in (None, str(seen.after))]
        return wanted[-1] if wanted else None

    @cached_property
    def levels(self) -> list[dict[str, Any]]:
        """What the run that is shown found level by level, where it reconciled two stores."""
        if self.check is None or self.seen is None:
            return []
        answer = self.answer(LEVELS, check=self.check.check, day=self.seen.day, seen_at=self.seen.at)
        rows: list[dict[str, Any]] = answer.table.to_pylist()
        return rows

    def rows(self, seen: Seen) -> list[dict[str, Any]]:
        """The rows behind a run, within the scope: what is kept of each, with the columns that decided beside it."""
        assert self.check is not None
        rows = self.answer(ROWS, check=self.check.check, day=seen.day, seen_at=seen.at).table.to_pylist()
        return [_opened(row) for row in rows]


def _opened(row: Mapping[str, Any]) -> dict[str, Any]:
    decided = json.loads(row["people"] or row["decided"] or "{}")
    key, reason = decided.pop("key", row["key"]), decided.pop("reason", row["reason"])
    return {
        "row": row["row"],
        "outcome": row["outcome"],
        "side": row["side"],
        "key": key,
        "reason": reason,
        "told": decided,
    }


class Opening:
    """The filters of the checks."""

    def __init__(self, reader: Reader, person: Person, now: datetime, declared: Declared[Check]) -> None:
        self._reader, self._person, self._now, self._found = reader, person, now, declared

    @cached_property
    def filters(self) -> Mapping[str, Filter[Any]]:
        """Which check, the day, as known how many days later; of its rows, which outcome."""
        checks = self._found.things
        after = sorted({number for check in checks for number in check.schedule.after})
        titles = {name: title for check in checks for name, title in check.words.items()}
        today: date = local(self._now).date()
        return {
            "check": Choice(_("Check"), options={check.check: check.title for check in checks}),
            "day": Day(_("Up to the day"), today, last=today),
            "known": Choice(
                _("As known at"), options={str(n): f"J+{n}" for n in after}, none=_("the newest run"), rare=True
            ),
            "outcome": Choice(_("Outcome"), options=titles, rare=True),
        }

    def look(self, chosen: Chosen) -> CheckLook:
        """The look that chosen filters mean."""
        return CheckLook(
            reader=self._reader,
            person=self._person,
            now=self._now,
            chosen=chosen,
            standing=self._found,
        )


def opening(reader: Reader, person: Person, now: datetime) -> Opening | None:
    """The opening; None while nothing is declared. Raises QueryFailed."""
    last = reader.run(LAST.runs, day=local(now).date()).table.to_pylist()
    declared = standing(frozenset((row["definition"], row["tables"]) for row in last if row["tables"]))
    return Opening(reader, person, now, declared) if declared.things or declared.problems else None
